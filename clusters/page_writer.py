"""How a stored rich text is written for readers: anchors, numbered notes, pictures, links of today, and words for the rest.

Only clusters.markup calls this; it alone marks what comes out as safe.
"""

import html
import re
from typing import Any
from urllib.parse import urljoin

from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext

from clusters.embeds import frame_of
from clusters.nodes import BOX, EMBED, LINK, NOTE, PICTURE, REFERENCE, VOID, Attributes, Rewriter, is_unknown, node_of

_PAGE_IDS = re.compile(
    r"content|discussion|repondre|sources|notes|(?:c|source-|note-|note-call-)\d+|comment-.*|.*-title"
)
"""Anchors that pages give to their own parts, which a heading « Sources » would otherwise have a second time."""
_SIZES = "(min-width: 44rem) 41rem, 100vw"


class PageWriter(Rewriter):
    """Writes a text for one page; `headings` and `origins` are known once it has run."""

    def __init__(self, around: Any, address: str = "") -> None:
        super().__init__()
        self.around = around
        self.address = address
        self.headings: list[tuple[str, str]] = []
        self.origins: dict[str, None] = {}
        self._open: list[
            tuple[str, str]
        ] = []  # of each span, link, figure and aside: what ends it, or what is then done
        self._heading: tuple[int, list[str]] | None = None
        self._anchors: set[str] = set()
        self._tables = 0
        self._notes: list[str] = []
        self._apart: list[list[str]] = []  # the outer text, while a note or a caption is written
        self._unknown: list[str] = []

    def run(self, source: str) -> str:
        super().run(source)
        if self._notes:
            label = html.escape(gettext("Notes"))
            self.out.append(f'<section class="notes" aria-label="{label}"><ol>{"".join(self._notes)}</ol></section>')
        return "".join(self.out)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._unknown or is_unknown(tag, attrs):
            self._begin_unknown(tag)
            return
        name, value = node_of(tag, attrs) or ("", "")
        values = {name: value or "" for name, value in attrs}
        if tag == "span":
            self._begin_span(name, value)
        elif tag == "a":
            self._begin_link(name, value, values)
        elif tag == "figure":
            self._open.append((name, value))
            self._set_apart()
        elif tag == "aside":
            is_quote = (name, value) == (BOX, "quote")
            self.out.append('<blockquote class="pull-quote">' if is_quote else '<div class="boxed" role="note">')
            self._open.append(("", "</blockquote>" if is_quote else "</div>"))
        elif tag == "figcaption":
            return
        elif tag == "table":
            # A wide table scrolls in its own box, which the keyboard must reach (WCAG 2.1.1) and a screen reader name.
            self._tables += 1
            label = html.escape(gettext("Tableau %(number)d") % {"number": self._tables})
            self.out.append(f'<div class="table-box" tabindex="0" role="region" aria-label="{label}"><table>')
        elif tag == "h2":
            self._heading = (len(self.out), [])
            self.out.append("<h2>")
        else:
            super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._unknown:
            self._end_unknown(tag)
        elif tag in ("span", "a", "figure", "aside"):
            name, value = self._open.pop() if self._open else ("", "")
            if name == NOTE:
                self._end_note()
            elif tag == "figure":
                self._end_figure(name, value)
            else:
                self.out.append(value)
        elif tag != "figcaption":
            if tag == "h2" and self._heading:
                self._end_heading()
            super().handle_endtag(tag)
            if tag == "table":
                self.out.append("</div>")

    def handle_data(self, data: str) -> None:
        if self._heading and not self._apart:
            self._heading[1].append(data)
        super().handle_data(data)

    # -- words within a line

    def _begin_span(self, name: str, value: str) -> None:
        if name == NOTE:
            self._open.append((NOTE, ""))
            self._set_apart()
            return
        address = self.around.links.get(f"cluster/{value}") if name == REFERENCE else None
        self._open.append(("", "</a>" if address else ""))
        if address:
            self.out.append(f'<a class="cluster-ref" href="{html.escape(address)}">')

    def _begin_link(self, name: str, value: str, values: dict[str, str]) -> None:
        if name == LINK:
            address = self.around.links.get(value)
            self._open.append(("", "</a>" if address else ""))
            self.out.append(f'<a href="{html.escape(address)}">' if address else "")
            return
        self._open.append(("", "</a>"))
        href = values.get("href", "")
        if href.lower().startswith(("http:", "https:")):
            self.out.append(f'<a href="{html.escape(href)}" rel="external noopener">')
        else:
            whole = [(name, self._whole(value) if name == "href" else value) for name, value in values.items()]
            super().handle_starttag("a", whole)

    def _end_note(self) -> None:
        words = self._put_back()
        number = len(self._notes) + 1
        here = html.escape(self.address)
        call = html.escape(gettext("Note %(number)d") % {"number": number})
        back = html.escape(gettext("Retour à l’appel de la note %(number)d") % {"number": number})
        self.out.append(
            f'<sup class="note-call" id="note-call-{number}"><a href="{here}#note-{number}" aria-label="{call}">{number}</a></sup>'
        )
        self._notes.append(
            f'<li id="note-{number}">{words} <a class="note-back" href="{here}#note-call-{number}" aria-label="{back}">↩</a></li>'
        )

    # -- blocks

    def _end_figure(self, name: str, value: str) -> None:
        words = self._put_back().strip()
        if name == PICTURE:
            self._write_picture(self.around.pictures.get(int(value)), words)
        elif name == EMBED:
            self._write_embed(value, words)
        else:
            self.out.append(words)

    def _write_picture(self, picture: Any, words: str) -> None:
        if picture is None:  # gone from the library; the newsroom is told before it publishes
            return
        if self.address:
            src, alt = html.escape(self._whole(picture.src)), html.escape(picture.alt)
            shown = f'<img src="{src}" alt="{alt}" width="{picture.width}" height="{picture.height}">'
        else:
            values = {"picture": picture, "sizes": _SIZES, "alt": picture.alt, "is_first": False}
            shown = render_to_string("components/picture.html", values).strip()
        words = words or html.escape(picture.caption, quote=False)
        credit = f' <span class="credit">{html.escape(picture.credit, quote=False)}</span>' if picture.credit else ""
        caption = f"<figcaption>{words}{credit}</figcaption>" if words or credit else ""
        self.out.append(f'<figure class="body-picture">{shown}{caption}</figure>')

    def _write_embed(self, address: str, words: str) -> None:
        frame = frame_of(address)
        title = words or html.escape(address, quote=False)
        link = f'<a href="{html.escape(address)}" rel="external noopener">{title}</a>'
        if frame is None:
            self.out.append(f"<p>{link}</p>")
            return
        self.origins[frame.provider.origin] = None
        name = html.escape(frame.provider.name)
        kind = gettext("Vidéo") if frame.provider.is_video else gettext("Graphique")
        self.out.append(
            f'<figure class="embed" data-frame="{html.escape(frame.src)}" data-provider="{name}">'
            f'<figcaption><span class="embed-kind">{html.escape(kind)} · {name}</span> {link}</figcaption></figure>'
        )

    def _end_heading(self) -> None:
        place, words = self._heading or (0, [])
        text = " ".join("".join(words).split())
        anchor = self._anchor(text)
        self.out[place] = f'<h2 id="{anchor}">'
        self.headings.append((anchor, text))
        self._heading = None

    def _begin_unknown(self, tag: str) -> None:
        if not self._unknown:
            self._set_apart()
        if tag in VOID:
            self.out.append(" ")
        else:
            self._unknown.append(tag)

    def _end_unknown(self, tag: str) -> None:
        first = self._unknown[0]
        self._unknown.pop()
        if tag not in ("strong", "em", "sup", "sub", "a", "span"):
            self.out.append(" ")
        if not self._unknown:
            words = " ".join(self._put_back().split())
            self.out.append(words if first == "span" or not words else f"<p>{words}</p>")

    def _set_apart(self) -> None:
        self._apart.append(self.out)
        self.out = []

    def _put_back(self) -> str:
        words = "".join(self.out)
        self.out = self._apart.pop()
        return words

    def _whole(self, href: str) -> str:
        try:
            return urljoin(self.address, href)
        except ValueError:  # of an address that is none, such as //[
            return href

    def _anchor(self, text: str) -> str:
        base = slugify(text)[:60] or "partie"
        if _PAGE_IDS.fullmatch(base):
            base = f"{base}-partie"
        anchor, number = base, 2
        while anchor in self._anchors:
            anchor, number = f"{base}-{number}", number + 1
        self._anchors.add(anchor)
        return anchor
