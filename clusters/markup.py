"""Rich text: the one definition of what it may hold, its sanitiser, and its way to the page.

The only place that marks content as safe; the body editor's abilities and the server's allow-list both come from EXTENSIONS.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import nh3
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django_prose_editor.config import allowlist_from_extensions, expand_extensions
from django_prose_editor.fields import ProseEditorField

from clusters.destinations import DESTINATIONS
from clusters.embeds import PROVIDERS
from clusters.nodes import (
    EMBED,
    INLINE,
    LINK,
    NOTE,
    PICTURE,
    REFERENCE,
    VOID,
    Attributes,
    Keeper,
    Rewriter,
    is_unknown,
    node_of,
    shallow,
)
from clusters.page_writer import PageWriter
from clusters.typography import FRENCH, language_of, typeset

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
    # Our own nodes (static/js/editor/); what they may leave in the text is named in settings, beside their scripts.
    "ClusterReference": {"url": reverse_lazy("admin:clusters_cluster_choices")},
    "InternalLink": {"url": reverse_lazy("admin:clusters_link_choices")},
    "BodyPicture": {"url": lazy(DESTINATIONS.picture_choices, str)()},
    "Footnote": True,
    "PullQuote": True,
    "BoxedText": True,
    "Embed": {"providers": [{"name": one.name, "address": one.address} for one in PROVIDERS]},
    "UnknownBlock": True,
    "UnknownInline": True,
    "Shortcuts": True,
}
"""What the editor offers and what the sanitiser lets through."""

_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]|$)", re.IGNORECASE)
_URL_SCHEMES = {"http", "https", "mailto"}
_allowed = allowlist_from_extensions(expand_extensions(EXTENSIONS))
_attributes: dict[str, set[str]] = {tag: set(names) for tag, names in _allowed["attributes"].items()}
_attributes["a"] = {"href", "title"}
_attributes["th"] = {"rowspan", "colspan", "scope"}
_tags = {*_allowed["tags"], "caption"}


def _complete_address(tag: str, attribute: str, value: str) -> str | None:
    """« example.org/page », as it is typed, is an address of the web and not of a page beneath this one."""
    typed = value.strip()
    if tag == "a" and attribute == "href" and _DOMAIN.match(typed):
        return f"https://{typed}"
    return value


_cleaner = nh3.Cleaner(
    tags=_tags,
    attributes=_attributes,
    generic_attribute_prefixes={"data-"},  # those that name a node; Keeper drops the others
    url_schemes=_URL_SCHEMES,
    link_rel=None,
    attribute_filter=_complete_address,
    clean_content_tags={"script", "style", "title"},
)
_EMPTY = re.compile(
    r'(?:<(?:p|h2|h3|blockquote|aside data-box="[a-z]+")>(?:\s|&nbsp;|<br>)*</(?:p|h2|h3|blockquote|aside)>\s*)+'
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def plain(text: str) -> str:
    """Text without the characters that nobody types and that can disguise it: control characters and bidi overrides."""
    return _CONTROL.sub("", text)


def sanitise(source: str, language: str = FRENCH) -> str:
    """The same text with nothing but allowed elements, attributes and addresses; "" if it says nothing.

    Args:
        language: a French text is set in French typography, one in another language (or "") is not.
    """
    clean = Keeper().run(_cleaner.clean(shallow(plain(source))))
    while (fuller := _EMPTY.sub("", clean)) != clean:  # a block may hold nothing but empty ones
        clean = fuller
    if not text_of(clean, is_told=True) and "<hr" not in clean:
        return ""
    return (_Typesetter() if language == FRENCH else Rewriter()).run(clean)


def text_of(source: str, is_told: bool = False) -> str:
    """The words of a rich text, blocks set apart by a line break; for search, excerpts and counting.

    Args:
        is_told: tell besides what is no word (pictures, embeds, where links lead), for a person who compares.
    """
    lines = (line.strip() for line in _TextOnly(is_told).run(source).split("\n"))
    return "\n".join(line for line in lines if line)


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
        has_nodes: whether it holds more than words, lists, links and tables, so that the page needs their style sheet.
        origins: places whose frames a reader may open from it (see clusters.embeds.allow).
    """

    html: SafeString
    headings: list[tuple[str, str]] = field(default_factory=list)
    words: int = 0
    has_nodes: bool = False
    origins: tuple[str, ...] = ()


def references(source: str) -> set[str]:
    """The public ids of the clusters that a rich text refers to."""
    return set(re.findall(rf'<span {REFERENCE}="([^"]*)"', source))


def links_of(source: str) -> set[tuple[str, str]]:
    """(kind, id) of what a rich text links to by id; references to clusters are told by `references`."""
    return {(kind, number) for kind, number in re.findall(rf'<a {LINK}="([^"/]*)/([^"]*)"', source)}


def pictures_of(source: str) -> set[int]:
    """The ids of the pictures that a rich text shows."""
    return {int(number) for number in re.findall(rf'<figure {PICTURE}="([0-9]{{1,18}})"', source)}


def embeds_of(source: str) -> set[str]:
    """The addresses of others' pages that a rich text shows."""
    return {html.unescape(address) for address in re.findall(rf'<figure {EMBED}="([^"]*)"', source)}


@dataclass(frozen=True)
class Surroundings:
    """What texts show of the rest of the site, fetched for all of them at once.

    Attributes:
        links: « kind/id » → address, of what anybody may see; a link to anything else is printed as plain words.
        pictures: id → picture, as the library has it.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[int, Any] = field(default_factory=dict)


def surroundings(*sources: str, base: str = "") -> Surroundings:
    """What these texts show of the rest of the site, in a query for each kind that they name.

    Args:
        base: put before each address, where the texts will be read elsewhere.
    """
    wanted = {("cluster", public_id) for source in sources for public_id in references(source)}
    links = DESTINATIONS.addresses(wanted.union(*(links_of(source) for source in sources)))
    pictures = DESTINATIONS.shown_pictures(set().union(*(pictures_of(source) for source in sources)))
    return Surroundings({to: f"{base}{address}" for to, address in links.items()}, pictures)


def render(source: str, around: Surroundings | None = None, address: str = "") -> Rendered:
    """Prepare a sanitised rich text for a page.

    Args:
        source: the stored text.
        around: what it shows of the rest of the site; fetched if not given.
        address: whole address of the text's page, where it will be read elsewhere; links within the site are made whole.
    """
    writer = PageWriter(surroundings(source) if around is None else around, address)
    body = writer.run(source)
    has_nodes = any(sign in source for sign in ("<figure", "<aside", "<caption", f"<span {NOTE}"))
    return Rendered(mark_safe(body), writer.headings, len(text_of(source).split()), has_nodes, tuple(writer.origins))


def with_attribute(element: SafeString, name: str, value: str) -> SafeString:
    """An element that was made safe elsewhere, with one attribute more; Django's lists give their cells as such.

    Args:
        element: begins with its opening tag.
        value: any text.
    """
    opening, end, rest = element.partition(">")
    return mark_safe(f'{opening} {name}="{html.escape(value)}"{end}{rest}')


class _Typesetter(Rewriter):
    """Sets the words in French typography, seeing past marks: in `l'<em>eau</em>` the apostrophe stands between letters."""

    def __init__(self) -> None:
        super().__init__()
        # Of each line of words: the places of its pieces, and their text.
        self._runs: list[list[tuple[int, str]]] = [[]]
        self._line = self._runs[0]
        self._spans: list[list[tuple[int, str]] | None] = []  # of each open span: the line that a note interrupts
        self._unknown: list[str] = []  # elements open within a node that nobody knows: its words are not ours to set

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

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._unknown or is_unknown(tag, attrs):
            self._unknown += [tag] if tag not in VOID else []
        elif tag == "span":
            is_note = (node_of(tag, attrs) or ("",))[0] == NOTE
            self._spans.append(self._line if is_note else None)
            if is_note:
                self._new_line()
        elif tag not in INLINE:
            self._new_line()
        super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._unknown:
            self._unknown.pop()
        elif tag == "span":
            self._line = (self._spans.pop() if self._spans else None) or self._line
        elif tag not in INLINE:
            self._new_line()
        super().handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._unknown:
            super().handle_data(data)
            return
        self._line.append((len(self.out), data))
        self.out.append("")

    def _new_line(self) -> None:
        self._line = []
        self._runs.append(self._line)


class _TextOnly(Rewriter):
    """Keeps the words, with a line break where a block ends; a note's in brackets at the place of its call."""

    def __init__(self, is_told: bool = False) -> None:
        super().__init__()
        self._is_told = is_told
        self._spans: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        name, value = node_of(tag, attrs) or ("", "")
        if tag == "span":
            self._spans.append(")" if name == NOTE else "")
            self.out.append(" (" if name == NOTE else "")
        elif tag in VOID or tag in ("figure", "aside"):
            self.out.append("\n")
        if self._is_told and name == PICTURE:
            self.out.append(gettext("[Image n° %s] ") % value)
        elif self._is_told and name == EMBED:
            self.out.append(gettext("[Contenu de %s] ") % value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self.out.append(self._spans.pop() if self._spans else "")
        elif tag in {"td", "th"}:
            self.out.append(" ")
        elif tag in {"p", "h2", "h3", "li", "blockquote", "tr", "figcaption", "aside", "div", "caption"}:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        self.out.append(data)


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
