"""A rich text as a row of blocks, and two people's changes to it made one, block by block.

Beside conflicts.py, which merges forms field by field, because a text is the one field that two people write at once: here
only what both made of the same paragraph, list, table or figure is for a person to choose.
"""

import difflib
import itertools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2s

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.history.texts import opcodes, pairs
from clusters.markup import text_of
from clusters.nodes import VOID

_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)[^>]*>")
_LOOSE = frozenset({"a", "br", "em", "img", "span", "strong", "sub", "sup"})
"""Elements that stand in a line; at the top of a text they belong to a paragraph that nobody has marked as one."""
_SPACE = re.compile(r"[ \t\r\n]+")  # never the spaces that French typography puts before a sign
_DEFAULT = re.compile(r' (?:colspan|rowspan)="1"|</?(?:tbody|colgroup)>')
_ALONE = re.compile(r"(<(?:li|td|th)[^>]*>)<p>((?:(?!</?p>).)*)</p>(?=</(?:li|td|th)>|<(?:ul|ol)>)")
_KINDS = {
    # tag: (its name, whether it is masculine)
    "p": (_("paragraphe"), True),
    "h2": (_("intertitre"), True),
    "h3": (_("sous-titre"), True),
    "ul": (_("liste"), False),
    "ol": (_("liste"), False),
    "blockquote": (_("citation"), False),
    "table": (_("tableau"), True),
    "hr": (_("filet"), True),
    "figure": (_("figure"), False),
    "aside": (_("encadré"), True),
}
_OTHER = (_("bloc"), True)
_MOST_PLACES = 3
"""So many changed blocks are named; of more, only their number is told."""


@dataclass(frozen=True)
class Block:
    """A block at the top of a rich text: its HTML, and the white space that follows it."""

    html: str
    tail: str = ""

    @cached_property
    def key(self) -> str:
        """What makes two blocks the same, however a browser's editor has written them out."""
        plain = _SPACE.sub(" ", _DEFAULT.sub("", self.html)).replace("> <", "><")
        return _ALONE.sub(r"\1\2", plain)

    @cached_property
    def mark(self) -> str:
        """A short name for this block and its like, for a form to send back."""
        return blake2s(self.key.encode(), digest_size=8).hexdigest()

    @cached_property
    def text(self) -> str:
        return text_of(self.html)

    @property
    def kind(self) -> tuple[str, bool]:
        """Its name, and whether that is masculine."""
        found = _TAG.match(self.html)
        return _KINDS.get(found[2], _OTHER) if found else _OTHER


Spot = tuple[int | None, int | None]
"""Places of two blocks that clash among those of a text: of theirs and of mine."""


@dataclass(frozen=True)
class Clash:
    """A block of which both made something else; None where one of them deleted it.

    Attributes:
        place: « 2e paragraphe », counted in the text that both had read.
        at: where theirs and mine stand in a text that holds both.
        among, total: how many places before this one, and in all, hold the same two.
    """

    place: str
    mine: Block | None
    theirs: Block | None
    at: "Spot" = (None, None)
    among: int = 0
    total: int = 1

    @property
    def name(self) -> str:
        """By which a form tells it: the marks of the two, and which of several it is where they stand there more than once."""
        marks = ":".join(one.mark if one else "" for one in (self.mine, self.theirs))
        return f"{marks}:{self.among}.{self.total}" if self.total > 1 else marks


@dataclass(frozen=True)
class Merged:
    """Two people's changes in one text, in which nothing of either is lost.

    Attributes:
        html: where they clash, it holds what the other has stored and then what one has written oneself.
    """

    html: str
    clashes: list[Clash] = field(default_factory=list)


def split(source: str) -> list[Block]:
    """The blocks of a sanitised rich text, in order; words that stand in none are made a paragraph."""
    found: list[Block] = []
    depth = start = end = 0  # how deep we are; where the block or the loose words begin; where what is read ends
    for tag in _TAG.finditer(source):
        is_end, name = bool(tag[1]), tag[2]
        if not depth and not is_end and name not in _LOOSE:
            _add_loose(found, source[start : tag.start()])
            start = tag.start()
        if name not in _LOOSE:
            depth = max(depth + (-1 if is_end else name not in VOID), 0)
            if not depth:
                end = tag.end()
                found.append(Block(source[start:end]))
                start = end
    _add_loose(found, source[start:])
    return found


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Lay what two people made of a text over each other. All three are sanitised, and so is what comes of them.

    A block that one of them left alone takes what the other made of it; what both have put in the same place stands there
    one after the other, theirs first; a block that was moved counts as taken away here and put there.
    """
    if theirs == base or mine == theirs:
        return Merged(mine)
    if mine == base:
        return Merged(theirs)
    was, wrote, stands = split(base), split(mine), split(theirs)
    (of_mine, put_by_me), (of_theirs, put_by_them) = _changes(was, wrote), _changes(was, stands)
    merged, clashes = [], []
    for place, before in enumerate([*was, None]):
        merged += _both(put_by_them[place], put_by_me[place])
        if before is None:
            break
        own, other = of_mine[place], of_theirs[place]
        if _same(own, before) or _same(own, other):
            merged += [other] if other else []
        elif _same(other, before):
            merged += [own] if own else []
        else:
            at = len(merged) if other else None, len(merged) + bool(other) if own else None
            clashes.append(Clash(_place_in(was, place), own, other, at))
            merged += [one for one in (other, own) if one]
    return Merged(_joined(merged), [_numbered(one, merged) for one in clashes])


def spots(blocks: Sequence[Block], mine: str, theirs: str) -> list[Spot]:
    """Where a text holds both blocks of a clash, theirs before mine, or the only one that there is; each place once.

    Args:
        mine, theirs: their marks; "" for one that was deleted.
    """
    if not (mine and theirs):
        places = [place for place, one in enumerate(blocks) if one.mark == (mine or theirs)]
        return [(None, place) if mine else (place, None) for place in places]
    pairs = enumerate(itertools.pairwise(blocks))
    found: list[Spot] = [
        (place, place + 1) for place, (one, next_) in pairs if (one.mark, next_.mark) == (theirs, mine)
    ]
    if found:
        return found
    apart = ([place for place, one in enumerate(blocks) if one.mark == mark] for mark in (theirs, mine))
    return list(zip(*apart, strict=False))  # moved away from each other, and still both there


def without(source: str, places: Collection[int | None]) -> str:
    """The text without the blocks at these places."""
    return _joined([one for place, one in enumerate(split(source)) if place not in places])


def place_of(blocks: Sequence[Block], mark: str, among: int = 0) -> str:
    """« 2e paragraphe »: where the block of this mark stands, after so many of the same; "" if it is not there."""
    places = [place for place, one in enumerate(blocks) if one.mark == mark]
    return _place_in(blocks, places[among]) if among < len(places) else ""


def where(old: str, new: str) -> str:
    """Where a text changed: « 2e paragraphe, 1re liste », « 5 passages »; "" if nowhere that could be named."""
    was, stands = split(old), split(new)
    became, put = _changes(was, stands)
    places = {}  # each once, in the order of the text
    shown = 0
    for place, before in enumerate([*was, None]):
        for _block in put[place]:
            places[_place_in(stands, shown)] = True
            shown += 1
        if before is not None:
            if became[place] is None:
                places[gettext("%s supprimé") % _place_in(was, place) if before.kind[1] else gettext("%s supprimée") % _place_in(was, place)] = True  # fmt: skip
            elif not _same(became[place], before):
                places[_place_in(stands, shown)] = True
            shown += became[place] is not None
    if len(places) > _MOST_PLACES:
        return gettext("%d passages") % len(places)
    return ", ".join(places)


def _add_loose(found: list[Block], between: str) -> None:
    """What stands between two blocks: white space, or words that are in none."""
    if text_of(between):
        found.append(Block(f"<p>{between.strip()}</p>", "\n"))
    elif found and between.isspace():
        found[-1] = Block(found[-1].html, between)


def _joined(blocks: Sequence[Block]) -> str:
    return "".join(f"{one.html}{one.tail}" for one in blocks).rstrip("\n")


def _changes(base: Sequence[Block], side: Sequence[Block]) -> tuple[list[Block | None], list[list[Block]]]:
    """What somebody made of each block (None: taken away), and what they put before each and after the last."""
    became: list[Block | None] = [None] * len(base)
    put: list[list[Block]] = [[] for _place in range(len(base) + 1)]
    for kind, i, j, k, m in opcodes([one.key for one in base], [one.key for one in side]):
        if kind == "equal":
            became[i:j] = side[k:m]
            continue
        place = i
        for before, after in _rewritten(pairs(base[i:j], side[k:m])):
            if before is None:
                put[place].append(after)
            else:
                became[place] = after
                place += 1
    return became, put


def _rewritten(found: Iterable[tuple[Block | None, Block | None]]) -> list[tuple[Block | None, Block | None]]:
    """Pairs, in which a block that is gone stands beside the new one in its place, however little they have in common."""
    settled: list[tuple[Block | None, Block | None]] = []
    gone: list[Block] = []
    new: list[Block] = []

    def settle() -> None:
        both = min(len(gone), len(new))
        settled.extend(zip(gone, new, strict=False))
        settled.extend((None, one) for one in new[both:])
        settled.extend((one, None) for one in gone[both:])
        gone.clear()
        new.clear()

    for before, after in found:
        if before is not None and after is not None:
            settle()
            settled.append((before, after))
        elif before is not None:
            gone.append(before)
        elif after is not None:
            new.append(after)
    settle()
    return settled


def _numbered(clash: Clash, blocks: Sequence[Block]) -> Clash:
    """A clash with its number among those of the same two blocks in a text."""
    found = spots(blocks, *(one.mark if one else "" for one in (clash.mine, clash.theirs)))
    return replace(clash, among=found.index(clash.at), total=len(found))


def _both(theirs: Sequence[Block], mine: Sequence[Block]) -> list[Block]:
    """What both have put in the same place; what is the same, once."""
    if not (theirs and mine):
        return [*theirs, *mine]
    found: list[Block] = []
    keys = ([one.key for one in blocks] for blocks in (theirs, mine))
    for kind, i, j, k, m in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        found += theirs[i:j] if kind == "equal" else [*theirs[i:j], *mine[k:m]]
    return found


def _same(one: Block | None, other: Block | None) -> bool:
    return one is other or (one is not None and other is not None and one.key == other.key)


def _place_in(blocks: Sequence[Block], place: int) -> str:
    name, is_masculine = blocks[place].kind
    number = sum(one.kind[0] == name for one in blocks[: place + 1])
    first = gettext("1er %s") if is_masculine else gettext("1re %s")
    return first % name if number == 1 else gettext("%(number)de %(name)s") % {"number": number, "name": name}
