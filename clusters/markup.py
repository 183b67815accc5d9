"""Rich text: the one definition of what it may hold, its sanitiser, and its way to the page.

The only place that marks content as safe; the body editor's abilities and the server's allow-list both come from EXTENSIONS.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

import nh3
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse_lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext
from django_prose_editor.config import allowlist_from_extensions, expand_extensions
from django_prose_editor.fields import ProseEditorField

from clusters.typography import FRENCH, language_of, typeset

REFERENCE = "data-cluster"  # <span data-cluster="GRP-0001">name</span>: a reference by id, which follows a rename

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Superscript": True,
    "Subscript": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "ListItem": True,
    "NoSpellCheck": False,  # on by default; a newsroom wants its spelling checked
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "MentionOffer": {"url": reverse_lazy("admin:clusters_cluster_names")},  # static/js/editor/mentions.js
    "PasteCleaner": {"url": reverse_lazy("admin:clusters_cluster_paste")},  # static/js/editor/paste.js
    # Our own node (static/js/editor/cluster.js); what it may leave in the text is named in settings, beside its script.
    "ClusterReference": {"url": reverse_lazy("admin:clusters_cluster_choices")},
}
"""What the editor offers and what the sanitiser lets through."""

_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]|$)", re.IGNORECASE)
_URL_SCHEMES = {"http", "https", "mailto"}
_allowed = allowlist_from_extensions(expand_extensions(EXTENSIONS))
_attributes: dict[str, set[str]] = {tag: set(names) for tag, names in _allowed["attributes"].items()}
_attributes["a"] = {"href", "title"}
_attributes["th"] = {"rowspan", "colspan", "scope"}


def _complete_address(tag: str, attribute: str, value: str) -> str | None:
    """« example.org/page », as it is typed, is an address of the web and not of a page beneath this one."""
    typed = value.strip()
    if tag == "a" and attribute == "href" and _DOMAIN.match(typed):
        return f"https://{typed}"
    return value


_cleaner = nh3.Cleaner(
    tags=set(_allowed["tags"]),
    attributes=_attributes,
    url_schemes=_URL_SCHEMES,
    link_rel=None,
    attribute_filter=_complete_address,
    clean_content_tags={"script", "style", "title"},
)
_EMPTY = re.compile(r"(?:<(?:p|h2|h3|blockquote)>(?:\s|&nbsp;|<br>)*</(?:p|h2|h3|blockquote)>\s*)+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_VOID = frozenset({"br", "hr", "img"})
_PAGE_IDS = re.compile(r"content|discussion|repondre|sources|(?:c|source-)\d+|comment-.*|.*-title")
"""Anchors that pages give to their own parts, which a heading « Sources » would otherwise have a second time."""
_INLINE = frozenset({"strong", "em", "sup", "sub", "a", "span"})


def plain(text: str) -> str:
    """Text without the characters that nobody types and that can disguise it: control characters and bidi overrides."""
    return _CONTROL.sub("", text)


def sanitise(source: str, language: str = FRENCH) -> str:
    """The same text with nothing but allowed elements, attributes and addresses; "" if it says nothing.

    Args:
        language: a French text is set in French typography, one in another language (or "") is not.
    """
    clean = _cleaner.clean(plain(source))
    while (fuller := _EMPTY.sub("", clean)) != clean:  # a block may hold nothing but empty ones
        clean = fuller
    if not text_of(clean) and "<hr" not in clean:
        return ""
    return (_Typesetter() if language == FRENCH else _Rewriter()).run(clean)


def text_of(source: str) -> str:
    """The words of a rich text, blocks set apart by a line break; for search, excerpts and counting."""
    return re.sub(r"[ \t]*\n\s*", "\n", _TextOnly().run(source)).strip()


class RichTextField(ProseEditorField):
    """Rich text that is sanitised whenever it is written through the ORM: forms, importers and bulk_create alike.

    In the language of its row, where a column `language` says one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("extensions", None)
        # The library is given what needs no language; the rest is done where the row, and with it the language, is known.
        super().__init__(*args, **{"sanitize": plain, **kwargs, "extensions": EXTENSIONS})

    def clean(self, value: Any, instance: models.Model) -> str:
        return sanitise(super().clean(value, instance), language_of(instance))

    def pre_save(self, instance: models.Model, add: bool) -> str:
        value = sanitise(getattr(instance, self.attname) or "", language_of(instance))
        setattr(instance, self.attname, value)
        return value


@dataclass
class Rendered:
    """A rich text ready for a page.

    Attributes:
        html: safe to print.
        headings: (anchor, text) of each heading of the second level, in order; for a table of contents.
        words: how many words it holds.
    """

    html: SafeString
    headings: list[tuple[str, str]] = field(default_factory=list)
    words: int = 0


def references(source: str) -> set[str]:
    """The public ids of the clusters that a rich text refers to."""
    return set(re.findall(rf'<span {REFERENCE}="([^"]*)"', source))


def render(source: str, links: Mapping[str, str] | None = None, address: str = "") -> Rendered:
    """Prepare a sanitised rich text for a page.

    Args:
        source: the stored text.
        links: public id → address of the clusters that this reader may see. A reference to any other is printed as plain words.
        address: whole address of the text's page, where it will be read elsewhere; links within the site are made whole.
    """
    writer = _PageWriter(links or {}, address)
    body = writer.run(source)
    return Rendered(mark_safe(body), writer.headings, len(text_of(source).split()))


class _Rewriter(HTMLParser):
    """Writes well-formed HTML out again."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []

    def run(self, source: str) -> str:
        self.feed(source)
        self.close()
        return "".join(self.out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = "".join(f' {name}="{html.escape(value or "")}"' for name, value in attrs)
        self.out.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(html.escape(data, quote=False))


class _Typesetter(_Rewriter):
    """Sets the words in French typography, seeing past marks: in `l'<em>eau</em>` the apostrophe stands between letters."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: list[list[tuple[int, str]]] = [
            []
        ]  # of each line of words: the places of its pieces, and their text

    def run(self, source: str) -> str:
        super().run(source)
        for run in self._runs:
            before = ""
            for (place, text), (_place, following) in pairwise([*run, (0, "")]):
                after = following[:1]
                piece = typeset(f"{before}{text}{after}")
                piece = piece[len(before) : len(piece) - len(after)]
                before = piece[-1:] or before
                self.out[place] = html.escape(piece, quote=False)
        return "".join(self.out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_of_line(tag)
        super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._end_of_line(tag)
        super().handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        self._runs[-1].append((len(self.out), data))
        self.out.append("")

    def _end_of_line(self, tag: str) -> None:
        if tag not in _INLINE:
            self._runs.append([])


class _TextOnly(_Rewriter):
    """Keeps the words, with a line break where a block ends."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "h2", "h3", "li", "blockquote", "tr", "td", "th"}:
            self.out.append("\n" if tag not in {"td", "th"} else " ")

    def handle_data(self, data: str) -> None:
        self.out.append(data)


class _PageWriter(_Rewriter):
    """Gives headings an anchor, cluster references their address, tables a box that scrolls, outside links their rel."""

    def __init__(self, links: Mapping[str, str], address: str = "") -> None:
        super().__init__()
        self.links = links
        self.address = address
        self.headings: list[tuple[str, str]] = []
        self._spans: list[str] = []
        self._heading: tuple[int, list[str]] | None = None
        self._anchors: set[str] = set()
        self._tables = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "span":
            address = self.links.get(values.get(REFERENCE, ""))
            self._spans.append("a" if address else "")
            if address:
                self.out.append(f'<a class="cluster-ref" href="{html.escape(address)}">')
        elif tag == "table":
            # A wide table scrolls in its own box, which the keyboard must reach (WCAG 2.1.1) and a screen reader name.
            self._tables += 1
            label = html.escape(gettext("Tableau %(number)d") % {"number": self._tables})
            self.out.append(f'<div class="table-box" tabindex="0" role="region" aria-label="{label}"><table>')
        elif tag == "h2":
            self._heading = (len(self.out), [])
            self.out.append("<h2>")
        elif tag == "a" and values.get("href", "").lower().startswith(("http:", "https:")):
            self.out.append(f'<a href="{html.escape(values["href"])}" rel="external noopener">')
        elif tag == "a" and "href" in values:
            super().handle_starttag(
                tag, [(name, self._whole(value) if name == "href" else value) for name, value in values.items()]
            )
        else:
            super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            if self._spans and self._spans.pop():
                self.out.append("</a>")
            return
        if tag == "h2" and self._heading:
            place, words = self._heading
            text = " ".join("".join(words).split())
            anchor = self._anchor(text)
            self.out[place] = f'<h2 id="{anchor}">'
            self.headings.append((anchor, text))
            self._heading = None
        super().handle_endtag(tag)
        if tag == "table":
            self.out.append("</div>")

    def handle_data(self, data: str) -> None:
        if self._heading:
            self._heading[1].append(data)
        super().handle_data(data)

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


def script_json(data: Any, media_type: str) -> SafeString:
    """A script element that holds data; nothing in the data can close it or start another."""
    text = json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder)
    for sign, escaped in (
        ("<", "\\u003C"),
        (">", "\\u003E"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(sign, escaped)
    return mark_safe(f'<script type="{media_type}">{text}</script>')
