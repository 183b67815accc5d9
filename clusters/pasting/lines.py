"""The paragraphs of a text in a row, each with what it is: a heading of a rank, an item of a list, quoted, or a table.

In a row and not in a tree, because no two programs nest them alike: Word has no lists but paragraphs that say their level,
Google puts a deeper list beside its item, Word on the web wraps each item in a list of its own.
"""

import re
from dataclasses import dataclass, field, replace

from clusters.pasting.apart import NOTE
from clusters.pasting.runs import BREAK, Marks, Run, marks_of, tidy, words
from clusters.pasting.trees import GONE, LISTS, Node

_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark",
    "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", NOTE,
})  # fmt: skip
"""Elements within a line; of what is not known, one in the manner of Word (o:p, st1:place) is too, and all else a block."""
_HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}
_QUOTED = re.compile(r"\b(?:mso)?(?:intense|block)?(?:quot(?:e|ation)s?|citation(?:intense)?)\b")
"""The paragraph styles of a quotation in Word and LibreOffice, in English and in French."""
_LEVEL = re.compile(r"\bl(\d+)\s+level(\d)")
_NUMBER = re.compile(r"(\d{1,6})\W*$")
_LETTER = re.compile(r"^\W*([a-z]{1,2})\s*[.)\]]\W*$")
_ROMAN = re.compile(r"^\W*(m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3}))\s*[.)\]]\W*$")
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_LENGTH = re.compile(r"(-?\d{0,5}(?:\.\d{1,6})?)(pt|px|in|cm|mm|em|rem)$")
_POINTS = {"pt": 1, "px": 0.75, "in": 72, "cm": 28.35, "mm": 2.835, "em": 12, "rem": 12}
INDENTED = 28
"""Points from which a paragraph stands in far enough to be a quotation; Word's own step is 35.4, Google's 36."""
_ANY_SPACE = re.compile(r"^\s*$")


@dataclass(frozen=True)
class Item:
    """A place in a list.

    Attributes:
        level: 1 for the outermost.
        number: the one that the program shows, 0 where it says none.
        or_number: what the same mark says in another count (« i. » is one, or nine after « h. »); 0 where there is no other.
        is_new: False for a further paragraph of the item before it.
    """

    level: int
    is_ordered: bool = False
    number: int = 0
    or_number: int = 0
    is_new: bool = True


@dataclass
class Line:
    """A paragraph, a rule (`is_rule`) or a table."""

    runs: list[Run] = field(default_factory=list)
    rank: int | None = None
    item: Item | None = None
    is_quoted: bool = False
    indent: float = 0
    is_rule: bool = False
    table: Node | None = None

    @property
    def says_something(self) -> bool:
        return self.is_rule or self.table is not None or any(run.note or run.text.strip() for run in self.runs)


def lines_of(root: Node) -> list[Line]:
    """The paragraphs in an element, in order, without the empty ones."""
    reader = _Reader()
    reader.read(root)
    return [line for line in reader.lines if line.says_something]


def runs_of(root: Node) -> tuple[Run, ...]:
    """The words of a tree in one line, whatever blocks they are in: of a note."""
    runs: list[Run] = []
    for line in lines_of(root):
        inside = line.runs if line.table is None else list(runs_of(line.table))
        runs += [*([Run(" ")] if runs else []), *(run for run in inside if not run.note)]
    return tuple(tidy(Run(" ") if run.text == BREAK else run for run in runs))


class _Reader:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._line = Line()
        self._lists: list[tuple[Node, list[int]]] = []  # the open ones, and the number of the next item of each
        self._items: list[Item] = []
        self._quoted = 0

    def read(self, root: Node) -> None:
        self._children(root, marks_of(root, Marks()))
        self._flush()

    def _children(self, node: Node, marks: Marks) -> None:
        for child in node.children:
            if isinstance(child, str):
                self._words(child, marks)
            else:
                self._element(child, marks)

    def _words(self, text: str, marks: Marks) -> None:
        if not self._line.runs and not marks.keeps_lines and _ANY_SPACE.match(text):
            return  # between two blocks
        for run in words(text, marks):
            self._break() if run.text == BREAK else self._line.runs.append(run)

    def _break(self) -> None:
        """A line break; two in a row are the end of a paragraph."""
        runs = self._line.runs
        place = len(runs) - 1
        while place >= 0 and not runs[place].note and runs[place].text != BREAK and _ANY_SPACE.match(runs[place].text):
            place -= 1
        if place >= 0 and not runs[place].note and runs[place].text == BREAK:
            del runs[place:]
            self._flush()
        elif place >= 0:
            runs.append(Run(BREAK))

    def _element(self, node: Node, marks: Marks) -> None:
        tag = node.tag
        if tag == GONE:
            return
        if tag == "br":
            if "page-break-before" not in node.style and "interchange" not in node.classes:
                self._break()
        elif tag == NOTE:
            if note := runs_of(Node("", {}, node.children)):
                self._line.runs.append(Run("", note=note))
        elif tag in _INLINE or ":" in tag:
            self._inline(node, marks)
        elif tag == "hr":
            self._flush()
            self.lines.append(Line(is_rule=True))
        elif tag == "table":
            self._flush()
            self.lines.append(Line(table=node, is_quoted=bool(self._quoted)))
        elif tag in LISTS:
            self._list(node, marks)
        elif tag == "li":
            self._item(node, marks)
        else:
            self._block(node, marks)

    def _inline(self, node: Node, marks: Marks) -> None:
        if node.style.get("mso-list") == "ignore":
            return  # the number or bullet of an item, which has been read with its paragraph
        if node.tag == "q":
            self._words("« ", marks)
        self._children(node, marks_of(node, marks))
        if node.tag == "q":
            self._words(" »", marks)

    def _block(self, node: Node, marks: Marks) -> None:
        self._flush()
        is_quote = node.tag == "blockquote" or bool(_QUOTED.search(node.classes))
        self._quoted += is_quote
        line = self._line = self._new_line()
        line.rank = _rank(node)
        line.indent = max(line.indent, _indent(node))
        if found := _word_item(node):
            line.item = found if line.rank is None else None
        elif "msolistparagraph" in node.classes and self.lines and (last := self.lines[-1].item):
            line.item = replace(last, is_new=False)
        inner = marks_of(node, marks)
        self._children(node, inner)
        self._flush()
        self._quoted -= is_quote
        self._line = self._new_line()

    def _list(self, node: Node, marks: Marks) -> None:
        self._flush()
        first = (
            int(start)
            if (start := node.attrs.get("start", "")).isascii() and start.isdecimal() and len(start) < 7
            else 1
        )
        self._lists.append((node, [first]))
        self._children(node, marks)
        self._flush()
        self._lists.pop()

    def _item(self, node: Node, marks: Marks) -> None:
        self._flush()
        of, counter = self._lists[-1] if self._lists else (Node("ul"), [1])
        value = node.attrs.get("value", "")
        if value.isascii() and value.isdecimal() and len(value) < 7:
            counter[0] = int(value)
        said = node.attrs.get("data-aria-level") or node.attrs.get("aria-level") or ""
        level = max(len(self._lists), int(said) if said.isascii() and said.isdecimal() and len(said) < 3 else 1, 1)
        ordered = of.tag == "ol"
        item = Item(level, ordered, counter[0] if ordered else 0)
        counter[0] += 1
        self._items.append(item)
        self._line = self._new_line()
        self._children(node, marks_of(node, marks))
        self._flush()
        self._items.pop()
        self._line = self._new_line()

    def _new_line(self) -> Line:
        item = self._items[-1] if self._items else None
        return Line(item=item, is_quoted=bool(self._quoted))

    def _flush(self) -> None:
        """End the paragraph that is being read."""
        line, self._line = self._line, self._new_line()
        if line.says_something:
            if self._items and line.item is self._items[-1]:
                self._items[-1] = replace(line.item, is_new=False)
                self._line = self._new_line()
            self.lines.append(line)


def _rank(node: Node) -> int | None:
    """How high a heading stands: 0 for the title of a document; None for what is no heading."""
    if node.tag in _HEADINGS:
        return _HEADINGS[node.tag]
    if "msotitle" in node.classes.split() or node.classes == "title":
        return 0
    said = (
        node.attrs.get("aria-level", "")
        if node.attrs.get("role") == "heading"
        else node.style.get("mso-outline-level", "")
    )
    return int(said) if said.isascii() and said.isdecimal() and len(said) == 1 else None


def _indent(node: Node) -> float:
    """How far a paragraph stands in from the margin, in points; 0 for one whose first line hangs out."""
    if _points(node.style.get("text-indent", "")) < 0:
        return 0
    box = node.style.get("margin", "").split()
    left = node.style.get("margin-left") or node.style.get("margin-inline-start") or (box[3] if len(box) == 4 else "")
    return _points(left)


def _points(length: str) -> float:
    found = _LENGTH.match(length)
    return float(found[1]) * _POINTS[found[2]] if found and found[1] not in ("", "-") else 0


def _word_item(node: Node) -> Item | None:
    """The place in a list that a paragraph of Word says in its style; its bullet or number is read from its beginning."""
    said = node.style.get("mso-list", "")
    found = _LEVEL.search(said)
    if found is None:
        return None
    mark = next((inner for inner in node.nodes() if inner.style.get("mso-list") == "ignore"), None)
    text = " ".join(mark.text().split()).lower() if mark else ""
    level = max(int(found[2]), 1)
    if number := _NUMBER.search(text):
        return Item(level, True, int(number[1]))
    # Of one letter alone, only these are numbers more often than letters; empty is not one of them.
    if (roman := _ROMAN.match(text)) and (len(roman[1]) > 1 or roman[1] in {"i", "v", "x"}):
        return Item(level, True, _from_roman(roman[1]), ord(roman[1][0]) - 96 if len(roman[1]) == 1 else 0)
    if letter := _LETTER.match(text):
        return Item(level, True, ord(letter[1][0]) - 96)
    return Item(level)


def _from_roman(text: str) -> int:
    total = 0
    for digit, after in zip(text, [*text[1:], ""], strict=True):
        value = _ROMAN_DIGITS[digit]
        total += -value if value < _ROMAN_DIGITS.get(after, 0) else value
    return total
