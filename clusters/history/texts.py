"""Two texts compared for a reader: paragraph by paragraph, and word by word within those that changed.

Rich text is read as blocks of words; what only changes its looks or where a link leads is told in a note.
"""

import difflib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.nodes import EMBED, LINK, NOTE, PICTURE, REFERENCE, node_of

_KINDS = {
    "h2": _("Intertitre"),
    "h3": _("Sous-titre"),
    "li": _("Liste"),
    "blockquote": _("Citation"),
    "tr": _("Tableau"),
    "hr": _("Filet"),
    "p": _("Paragraphe"),
    "figure": _("Image ou page d’un autre site"),
    "aside": _("Encadré ou exergue"),
    "caption": _("Titre du tableau"),
}
_AROUND = frozenset({"li", "blockquote", "aside"})
_MARKS = frozenset({"a", "span", "strong", "em", "sup", "sub"})
_ALIKE = 0.3
"""Share of common words from which two paragraphs are taken for one that was rewritten."""
_MOST_PAIRS = 40_000
_MOST_WORDS = 4_000_000
"""Products of lengths beyond which a closer look would keep a person waiting; the parts are then told as replaced."""
_MOST_STEPS = 8_000_000
"""The same of whole texts, counted as the library works: pairs of paragraphs that are alike, times how many there are."""


@dataclass(frozen=True)
class Run:
    """Words that are the same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Passage:
    """A paragraph of a comparison: `same`, `added`, `removed`, `changed`; or `skipped`, standing for `number` that are the same."""

    kind: str
    runs: tuple[Run, ...] = ()
    note: str = ""
    number: int = 0


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, item or row of a rich text; `marks` are what its words carry."""

    kind: str
    text: str
    marks: tuple[tuple[str, str, str], ...] = ()

    @property
    def links(self) -> list[str]:
        return [target for tag, target, _text in self.marks if tag in ("a", "span")]


def blocks_of(source: str) -> list[Block]:
    """The blocks of a rich text, in order."""
    return _Reader().run(source)


def compare_rich(old: str, new: str) -> list[Passage]:
    """What changed in a rich text, with a paragraph around each change; empty if nothing did."""
    if old == new:
        return []
    found = _compare(blocks_of(old), blocks_of(new))
    if all(one.kind == "skipped" for one in found):  # the same blocks, otherwise nested
        return [*found, Passage("changed", note=gettext("mise en forme"))]
    return found


def compare_plain(old: str, new: str) -> list[Passage]:
    """What changed in a text of several lines."""
    return [] if old == new else _compare(*([Block("p", line) for line in text.splitlines()] for text in (old, new)))


def compare_words(old: str, new: str) -> tuple[Run, ...]:
    """What changed within a line."""
    before, after = (re.findall(r"\S+\s*|\s+", text) for text in (old, new))
    if len(before) * len(after) > _MOST_WORDS:
        return (Run("removed", old), Run("added", new))
    runs = []
    keys = ([word.strip() for word in words] for words in (before, after))  # the space after a word is not of the word
    for kind, i, j, k, m in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if kind == "equal":
            # The last of a text has no space after it, and would stick to what is told next.
            runs.append(Run("same", max("".join(before[i:j]), "".join(after[k:m]), key=len)))
        else:
            runs += [Run("removed", "".join(before[i:j]))] if j > i else []
            runs += [Run("added", "".join(after[k:m]))] if m > k else []
    return tuple(runs)


def _compare(old: Sequence[Block], new: Sequence[Block]) -> list[Passage]:
    found: list[Passage] = []
    for kind, i, j, k, m in opcodes(old, new):
        if kind == "equal":
            found += [Passage("same", (Run("same", block.text),)) for block in old[i:j]]
        else:
            found += [_passage(before, after) for before, after in pairs(old[i:j], new[k:m])]
    return _folded(found)


def opcodes(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[str, int, int, int, int]]:
    """How one becomes the other, as difflib tells it.

    Of texts that it would take minutes over (a thousand times the same paragraph), what lies between paragraphs that are
    alike beyond doubt is compared as long as there are steps left, and then told as replaced.
    """
    if _steps(old, new) <= _MOST_STEPS:
        return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    found: list[tuple[str, int, int, int, int]] = []
    left, i, k = _MOST_STEPS, 0, 0
    for j, m in [*_anchors(old, new), (len(old), len(new))]:
        before, after = old[i:j], new[k:m]
        steps = _steps(before, after)
        if steps <= left:
            left -= steps
            parts = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
            found += [(kind, i + a, i + b, k + c, k + d) for kind, a, b, c, d in parts]
        else:
            found.append(("replace", i, j, k, m))
        if j < len(old):
            found.append(("equal", j, j + 1, m, m + 1))
        i, k = j + 1, m + 1
    return found


def _steps(old: Sequence[Block], new: Sequence[Block]) -> int:
    """What comparing them costs at worst: each pair that is alike is looked at again for each part that is found."""
    times = Counter(new)
    return sum(times[block] for block in old) * min(len(old), len(new))


def _anchors(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[int, int]]:
    """Places of paragraphs that are surely the same: as both texts begin, as they end, and between, those that are there once."""
    shortest = min(len(old), len(new))
    first = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    last = next((n for n in range(shortest - first) if old[-1 - n] != new[-1 - n]), shortest - first)
    here, there = range(first, len(old) - last), range(first, len(new) - last)
    once = [{block for block, n in Counter(text[i] for i in places).items() if n == 1} for text, places in ((old, here), (new, there))]  # fmt: skip
    place = {new[m]: m for m in there if new[m] in once[1]}
    between = _rising([(j, place[old[j]]) for j in here if old[j] in once[0] and old[j] in place])
    ends = [(len(old) - n, len(new) - n) for n in range(last, 0, -1)]
    return [*((n, n) for n in range(first)), *between, *ends]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of these pairs, whose first numbers rise, of which the second do too."""
    lasts: list[int] = []  # the least second number on which so many pairs can end
    ends: list[int] = []  # and where that pair stands
    before: list[int] = []
    for at, (_first, second) in enumerate(pairs):
        size = bisect_left(lasts, second)
        before.append(ends[size - 1] if size else -1)
        lasts[size : size + 1] = [second]
        ends[size : size + 1] = [at]
    found: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _passage(before: Block | None, after: Block | None) -> Passage:
    if before is None or after is None:
        block, kind = (after, "added") if before is None else (before, "removed")
        note = "" if block.kind == "p" else str(_KINDS.get(block.kind, ""))
        return Passage(kind, (Run(kind, block.text or note),), note)
    return Passage("changed", compare_words(before.text, after.text), _note(before, after))


def _note(before: Block, after: Block) -> str:
    """What differs beside the words."""
    notes = []
    if before.kind != after.kind:
        words = {"old": _KINDS.get(before.kind, before.kind), "new": _KINDS.get(after.kind, after.kind)}
        notes.append(gettext("%(old)s devenu : %(new)s") % words)
    if before.links != after.links:
        words = {"old": ", ".join(before.links) or "–", "new": ", ".join(after.links) or "–"}
        notes.append(gettext("liens : %(old)s → %(new)s") % words)
    elif before.text == after.text and before.marks != after.marks:
        notes.append(gettext("mise en forme"))
    elif before.text != after.text and before.text.split() == after.text.split():
        notes.append(gettext("espaces"))
    return " ; ".join(notes)


def pairs(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[Block | None, Block | None]]:
    """Paragraphs that were rewritten beside what became of them, the others alone; in order."""
    if len(old) * len(new) > _MOST_PAIRS:
        return [*((block, None) for block in old), *((None, block) for block in new)]
    words = [[set(re.findall(r"\w+", block.text)) for block in blocks] for blocks in (old, new)]
    # best[i][j]: how well the first i of the old and the first j of the new go together at best.
    best = [[0.0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for i, before in enumerate(words[0], 1):
        for j, after in enumerate(words[1], 1):
            paired = best[i - 1][j - 1] + _likeness(before, after)
            best[i][j] = max(best[i - 1][j], best[i][j - 1], paired)
    found: list[tuple[Block | None, Block | None]] = []
    i, j = len(old), len(new)
    while i or j:
        if j and best[i][j] == best[i][j - 1]:
            j -= 1
            found.append((None, new[j]))
        elif i and best[i][j] == best[i - 1][j]:
            i -= 1
            found.append((old[i], None))
        else:
            i, j = i - 1, j - 1
            found.append((old[i], new[j]))
    return found[::-1]


def _likeness(before: set[str], after: set[str]) -> float:
    if not before and not after:
        return 1.0
    share = len(before & after) / len(before | after)
    return share if share >= _ALIKE else 0.0


def _folded(passages: list[Passage]) -> list[Passage]:
    """With one paragraph before and after each change; of others that are the same only their number."""
    changed = [place for place, one in enumerate(passages) if one.kind != "same"]
    shown = {place + step for place in changed for step in (-1, 0, 1)}
    found: list[Passage] = []
    for place, one in enumerate(passages):
        if place in shown:
            found.append(one)
        elif found and found[-1].kind == "skipped":
            found[-1] = Passage("skipped", number=found[-1].number + 1)
        else:
            found.append(Passage("skipped", number=1))
    return found


class _Reader(HTMLParser):
    """Reads a sanitised rich text as blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[Block] = []
        self._around: list[str] = []
        self._kind = "p"
        self._text: list[str] = []
        self._marks: list[tuple[str, str, str]] = []
        self._open: list[tuple[str, str, int]] = []
        self._in_row = False
        self._notes: list[bool] = []

    def run(self, source: str) -> list[Block]:
        self.feed(source)
        self.close()
        self._end()
        return self._found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name, target = node_of(tag, attrs) or ("", "")
        if tag in _MARKS:
            target = target if name in (REFERENCE, LINK) else dict(attrs).get("href") or ""
            self._open.append((tag, target, len(self._text)))
            self._notes += [name == NOTE] if tag == "span" else []
            if name == NOTE:
                self._text.append(" (")
        elif tag == "figcaption":
            return
        elif tag == "figure":
            self._end()
            self._kind = "figure"
            if name == PICTURE:
                self._text.append(gettext("[Image n° %s] ") % target)
            elif name == EMBED:
                self._text.append(gettext("[Contenu de %s] ") % target)
        elif tag == "hr":
            self._end()
            self._found.append(Block("hr", ""))
        elif tag == "br":
            self._text.append(" ")
        elif tag in _AROUND:
            self._end()
            self._around.append(tag)
        elif tag == "tr":
            self._end()
            self._kind, self._in_row = "tr", True
        elif not self._in_row:
            self._end()
            self._kind = tag if tag in _KINDS else "p"

    def handle_endtag(self, tag: str) -> None:
        if tag in _MARKS:
            if self._open:
                opened, target, since = self._open.pop()
                self._marks.append((opened, target, "".join(self._text[since:])))
            if tag == "span" and self._notes and self._notes.pop():
                self._text.append(")")
        elif tag == "figcaption":
            return
        elif tag in {"td", "th"}:
            self._text.append(" | ")
        elif tag == "tr":
            self._end()
            self._in_row = False
        elif not self._in_row:
            self._end()
            if tag in _AROUND and self._around:
                self._around.pop()

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def _end(self) -> None:
        text = "".join(self._text).strip().removesuffix("|").strip()
        if text:
            kind = self._around[-1] if self._kind == "p" and self._around else self._kind
            self._found.append(Block(kind, text, tuple(self._marks)))
        self._text, self._marks, self._open, self._kind = [], [], [], "p"
