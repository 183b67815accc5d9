"""The body's own nodes: which elements they are, what of them is kept, and what is done with those nobody knows.

A node is an element that a `data-` attribute names. One that is named but not known (of a later version, of an import) is
kept as it is, cleaned, for the version that knows it; a page prints its words alone.
"""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]

REFERENCE = "data-cluster"  # <span data-cluster="GRP-0001">name</span>: a reference by id, which follows a rename
LINK = "data-to"  # <a data-to="programme/3">words</a>
PICTURE = (
    "data-picture"  # <figure data-picture="12"><figcaption>caption, or nothing for the library's</figcaption></figure>
)
NOTE = "data-note"  # <span data-note="">text</span>, at the place of its call
BOX = "data-box"  # <aside data-box="quote">: a pull quote; "note": boxed text
EMBED = "data-embed"  # <figure data-embed="https://…"><figcaption>title</figcaption></figure>

KNOWN: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "span": {REFERENCE: re.compile(r"[\w-]{1,40}", re.ASCII), NOTE: re.compile("")},
    "a": {LINK: re.compile(r"[a-z]{1,30}/[\w-]{1,40}", re.ASCII)},
    "figure": {PICTURE: re.compile(r"[1-9][0-9]{0,17}"), EMBED: re.compile(r"https://[^\s<>\"'`]{1,500}")},
    "aside": {BOX: re.compile("quote|note")},
}
"""Element → attribute that names a node → what its value must be."""

INLINE = frozenset({"strong", "em", "sup", "sub", "a", "span"})
VOID = frozenset({"br", "hr", "img", "col"})
CARRIERS = frozenset({"div", "figure", "aside", "span"})
"""Elements that may be a node; without a name they are nothing, and their words stay."""
_NAMES = frozenset(name for names in KNOWN.values() for name in names)
_NODE_NAME = re.compile(r"data-[a-z]{3,30}")
"""A node's name is one word; programs that mark what they copy write several (data-pm-slice, data-sheets-value)."""
_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)

MAX_DEPTH = 60
"""Elements within elements. Parsers take time by the square of it; no text needs ten."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^<>]*>")
_CLOSED_BY_OTHERS = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "colgroup",
        "option",
        "optgroup",
        "html",
        "head",
        "body",
        "br",
        "hr",
        "img",
        "col",
        "input",
        "meta",
        "link",
        "base",
        "embed",
        "source",
        "track",
        "wbr",
        "area",
    ]
)


def shallow(source: str) -> str:
    """The same markup without the elements that lie deeper than MAX_DEPTH; their words stay."""
    if source.count("<") <= MAX_DEPTH:
        return source
    opened: list[str] = []
    beyond: list[str] = []

    def kept(tag: re.Match[str]) -> str:
        closes, name = tag[1], tag[2].lower()
        if name in _CLOSED_BY_OTHERS:
            return "" if beyond else tag[0]
        if not closes:
            if beyond or len(opened) >= MAX_DEPTH:
                beyond.append(name)
                return " "
            opened.append(name)
        elif beyond:
            if beyond[-1] == name:
                beyond.pop()
            return " "
        elif name in opened:
            while opened.pop() != name:
                pass
        return tag[0]

    return re.sub(" {2,}", " ", _TAG.sub(kept, source))


def node_of(tag: str, attrs: Attributes) -> tuple[str, str] | None:
    """The (name, value) by which an element is a node that we know."""
    for name, value in attrs:
        wanted = KNOWN.get(tag, {}).get(name)
        if wanted and wanted.fullmatch(value or ""):
            return name, value or ""
    return None


def is_unknown(tag: str, attrs: Attributes) -> bool:
    """Whether an element is a node, but none that we know."""
    return (
        tag in CARRIERS
        and node_of(tag, attrs) is None
        and any(_NODE_NAME.fullmatch(name) and name not in _NAMES for name, _value in attrs)
    )


class Rewriter(HTMLParser):
    """Writes well-formed HTML out again."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []

    def run(self, source: str) -> str:
        self.feed(source)
        self.close()
        return "".join(self.out)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        written = "".join(f' {name}="{html.escape(value or "")}"' for name, value in attrs)
        self.out.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(html.escape(data, quote=False))


class Keeper(Rewriter):
    """Reduces cleaned HTML to nodes in the one form that they are stored in, and what nobody knows to what is kept of it.

    In a caption and in a note there are only words and their marks; a header cell says whether it heads a row or a column.
    """

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, int]] = []  # what is to be written where each element ends, and where it began
        self._unknown = 0  # elements open within one that nobody knows, itself counted
        self._line = ""  # the node whose content is a single line: NOTE, PICTURE or EMBED
        self._rows: list[list[int]] = []  # of each open table: its rows so far, the cells of the last
        self._heads = False

    def run(self, source: str) -> str:
        super().run(source)
        return "".join(self.out)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag in VOID:
            self._void(tag, attrs)
            return
        begins = len(self.out)
        self._open.append((self._begun(tag, attrs), begins))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self._open:
            return
        closing, begins = self._open.pop()
        if self._unknown:
            self._unknown -= 1
            self.out.append(closing)
            return
        if closing.startswith("\n"):  # a node of a single line
            self._line = ""
            closing = closing[1:]
            words = "".join(self.out[begins + 1 :]).strip()
            self.out[begins + 1 :] = [words]
            if not words and closing == "</span>":
                del self.out[begins:]
                return
        elif closing == "</table>":
            self._rows.pop()
        elif closing == "</thead>":
            self._heads = False
        elif closing == "</aside>" and not "".join(self.out[begins + 1 :]).strip():
            del self.out[begins:]
            return
        self.out.append(closing)

    def handle_data(self, data: str) -> None:
        if self._unknown or self._line:  # the editor's parser drops lines that hold nothing
            data = " ".join(line.strip() for line in re.split(r"[\n\r]+", data)) if re.search(r"[\n\r]", data) else data
        super().handle_data(data)

    def _begun(self, tag: str, attrs: Attributes) -> str:
        """Write an element's beginning; what is to be written at its end."""
        if self._unknown or (not self._line and is_unknown(tag, attrs)):
            self._unknown += 1
            return self._write(tag, [(name, self._harmless(name, value)) for name, value in attrs])
        if self._line:
            return self._in_a_line(tag, attrs)
        node = node_of(tag, attrs)
        if node and node[0] in (NOTE, PICTURE, EMBED):
            self._line = node[0]
            caption = "<figcaption>" if tag == "figure" else ""
            self.out.append(f'<{tag} {node[0]}="{html.escape(node[1])}">{caption}')
            return "\n" + caption.replace("<", "</") + f"</{tag}>"
        if node:
            return self._write(tag, [node])
        if tag in CARRIERS or tag == "figcaption":
            return ""
        plain = [(name, value) for name, value in attrs if not name.startswith("data-")]
        if tag == "table":
            self._rows.append([0, 0])
        elif tag == "thead":
            self._heads = True
        elif tag == "tr" and self._rows:
            self._rows[-1][0] += 1
            self._rows[-1][1] = 0
        elif tag in ("td", "th") and self._rows:
            self._rows[-1][1] += 1
            if tag == "th":
                plain = self._with_scope(plain)
        return self._write(tag, plain)

    def _in_a_line(self, tag: str, attrs: Attributes) -> str:
        node = node_of(tag, attrs)
        if tag in INLINE and tag != "span" and self._line != EMBED:
            return self._write(tag, [node] if node else [one for one in attrs if not one[0].startswith("data-")])
        if node and node[0] == REFERENCE and self._line != EMBED:
            return self._write(tag, [node])
        if tag not in INLINE and self.out and not self.out[-1].endswith((" ", ">")):
            self.out.append(" ")
        return ""

    def _with_scope(self, attrs: Attributes) -> Attributes:
        row, cell = self._rows[-1]
        scopes = {"col", "row", "colgroup", "rowgroup"}
        if any(name == "scope" and value in scopes for name, value in attrs):
            return attrs
        is_column = self._heads or row == 1 or cell > 1
        return [*((name, value) for name, value in attrs if name != "scope"), ("scope", "col" if is_column else "row")]

    def _write(self, tag: str, attrs: Attributes) -> str:
        super().handle_starttag(tag, attrs)
        return f"</{tag}>"

    def _void(self, tag: str, attrs: Attributes) -> None:
        if self._line and not self._unknown:
            self.out.append(" ")
        else:
            super().handle_starttag(tag, [one for one in attrs if not one[0].startswith("data-")])

    @staticmethod
    def _harmless(name: str, value: str | None) -> str:
        """A value of what nobody knows: nothing that a later version could mistake for a script."""
        value = value or ""
        return "" if name.startswith("data-") and (_SCRIPT.match(value) or re.search(r"[<>\"'`]", value)) else value
