"""Markup of any kind, however broken, read into a tree: in time that grows with its length alone, and never deeper than DEEPEST.

Not the standard library's reader nor the sanitiser's, which on nested or unclosed markup take the square of its length
(100,000 nested elements: 14 seconds); here nothing is read twice.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

GONE = "gone"
"""The name of an element that was taken out."""
DEEPEST = 60
"""Elements within each other that are told apart; what stands deeper is read as part of the one that is this deep."""
MOST = 100_000
"""Elements that are read; a long report of Word's, with all its marks, has half of that."""
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"})
RAW = frozenset({"script", "style", "title", "iframe", "noembed", "noframes", "xmp", "textarea"})
"""Elements whose content is no markup."""
LISTS = frozenset({"ul", "ol", "dir", "menu"})
_CELLS = frozenset({"td", "th", "caption"})
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # element: which open ones its beginning ends, and which stop the search for them
    "li": (frozenset({"li"}), LISTS | _CELLS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _CELLS),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _CELLS),
    "td": (frozenset({"td", "th"}), frozenset({"table"})),
    "th": (frozenset({"td", "th"}), frozenset({"table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **{one: (frozenset({"tr", "thead", "tbody", "tfoot"}), frozenset({"table"})) for one in ("thead", "tbody", "tfoot")},
    # A paragraph ends where another block begins, which may be in marks that were never closed.
    **{
        one: (frozenset({"p"}), _CELLS | {"li", "div", "table", "blockquote"})
        for one in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "div", "blockquote", "hr", "pre")
    },
}  # fmt: skip
_START = re.compile(r"<([a-zA-Z][^\s/>]*)")
_END = re.compile(r"</([a-zA-Z][^\s/>]*+)[^>]*+>")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=][^\s/>=]*|=)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?""")
_TAG_END = re.compile(r"[\s/]*>")


@dataclass(eq=False, slots=True)
class Node:
    """An element: its name and attributes in lower case, and what it holds, elements and texts."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    parent: "Node | None" = None
    _style: dict[str, str] | None = None

    @property
    def style(self) -> dict[str, str]:
        """What its style attribute declares, in lower case."""
        if self._style is None:
            said = (one.partition(":") for one in self.attrs.get("style", "").lower().split(";"))
            self._style = {name.strip(): value.strip() for name, _colon, value in said}
        return self._style

    @property
    def classes(self) -> str:
        """Its classes, in lower case."""
        return self.attrs.get("class", "").lower()

    def nodes(self) -> Iterator["Node"]:
        """Every element in it, in the order of the text."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.nodes()

    def text(self) -> str:
        """All its words."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def add(self, child: "Node | str") -> None:
        if isinstance(child, Node):
            child.parent = self
        self.children.append(child)

    def become(self, tag: str, children: list["Node | str"] | None = None) -> None:
        """Be another element, that holds something else."""
        self.tag, self.attrs, self._style, self.children = tag, {}, None, []
        for child in children or ():
            self.add(child)

    def remove(self) -> None:
        """Take it out of the text. It stays in the tree: finding it among ten thousand others would take too long."""
        self.become(GONE)


class _Builder:
    def __init__(self) -> None:
        self.root = Node("")
        self.count = 0
        self._open = [self.root]
        self._deeper: list[str] = []  # elements past DEEPEST, which have no node of their own
        self._texts: list[str] = []  # of the element that is open, since its last child

    def text(self, data: str) -> None:
        if data:
            self._texts.append(data)

    def end_text(self) -> None:
        """What comes next is no text: an element begins or ends."""
        if self._texts:
            self._open[-1].add(html.unescape("".join(self._texts)))
            self._texts.clear()

    def raw(self, tag: str, attrs: dict[str, str], content: str) -> None:
        self.end_text()
        node = Node(tag, attrs)
        node.add(content)
        self._open[-1].add(node)

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        self.end_text()
        self.count += 1
        if tag in _CLOSES:
            self._close_implied(*_CLOSES[tag])
        if tag in VOID:
            self._open[-1].add(Node(tag, attrs))
        elif len(self._open) > DEEPEST:
            self._deeper.append(tag)
        else:
            node = Node(tag, attrs)
            self._open[-1].add(node)
            self._open.append(node)

    def end(self, tag: str) -> None:
        self.end_text()
        if self._deeper:
            if self._deeper[-1] == tag:
                self._deeper.pop()
            return
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return
            if self._open[place].tag in _CELLS and tag not in {"table", "tr", "tbody", "thead", "tfoot"}:
                return  # what is closed in a cell was not opened outside it

    def _close_implied(self, closed: frozenset[str], until: frozenset[str]) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag in closed:
                del self._open[place:]
                self._deeper.clear()
                return
            if self._open[place].tag in until:
                return


def read(source: str) -> tuple[Node, bool]:
    """The tree of a markup, and whether it is the whole.

    Comments and declarations, and what a program keeps in them, are not in it.
    """
    builder, place, end = _Builder(), 0, len(source)
    while place < end and builder.count < MOST:
        sign = source.find("<", place)
        if sign < 0:
            builder.text(source[place:])
            place = end
            break
        builder.text(source[place:sign])
        place = _read_tag(source, sign, builder)
    builder.end_text()
    return builder.root, place >= end


def _read_tag(source: str, place: int, builder: _Builder) -> int:
    """Read what begins with « < » at a place; where reading goes on."""
    if found := _START.match(source, place):
        tag = found[1].lower()
        attrs, after = _read_attributes(source, found.end())
        if after < 0:
            return len(source)  # never closed: as in a browser, it is none
        if tag in RAW:
            # Looked for only once where there is none: then it reaches to the end.
            closing = re.compile(rf"</{tag}\b[^>]*>?", re.IGNORECASE).search(source, after)
            content, after = (
                (source[after : closing.start()], closing.end()) if closing else (source[after:], len(source))
            )
            builder.raw(tag, attrs, content)
        else:
            builder.start(tag, attrs)
        return after
    if found := _END.match(source, place):
        builder.end(found[1].lower())
        return found.end()
    if source.startswith("<!--", place):
        close = source.find("-->", place + 2)
        return close + 3 if close >= 0 else len(source)
    if source.startswith(("<!", "<?", "</"), place):
        close = source.find(">", place)
        return close + 1 if close >= 0 else len(source)
    builder.text("<")
    return place + 1


def _read_attributes(source: str, place: int) -> tuple[dict[str, str], int]:
    """The attributes from a place on, and where the tag ends; -1 if it does not."""
    attrs: dict[str, str] = {}
    while True:
        if done := _TAG_END.match(source, place):
            return attrs, done.end()
        found: Any = _ATTRIBUTE.match(source, place)
        if found is None:
            return attrs, -1
        value = found[2] or ""
        if value[:1] in ("'", '"') and len(value) > 1 and value[-1] == value[0]:
            value = value[1:-1]
        attrs.setdefault(found[1].lower(), html.unescape(value))
        place = found.end()
