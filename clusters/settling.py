"""What somebody has answered of the blocks of a text that two people have changed: which go, which stay, which are asked again.

Apart from blocks.py, which finds what clashes, because it knows what was asked; and from conflicts.py, which asks it of a form,
because it knows no form.
"""

from collections.abc import Iterable, Mapping, Sequence

from clusters.blocks import Block, Clash, Spot, place_of, split, spots, without
from clusters.related import is_id

MINE, THEIRS, BOTH = "mine", "theirs", "both"
"""What may be answered."""


def settle(
    text: str, stored: str, asked: Iterable[str], chosen: Mapping[str, str], keeps_mine: bool
) -> tuple[str, list[Clash]]:
    """A text with what was asked of its blocks settled, and the clashes that it holds both blocks of still.

    Of two blocks that clash in several places each is asked for itself. Whoever rewrote one of the two, or took one away, has
    chosen there; which of several places that was nobody knows, and the others are asked again.

    Args:
        text: with both blocks of each clash.
        stored: what somebody else has saved, in which the places are counted.
        asked: what was asked, `field:` and a clash's name.
        chosen: what was asked → MINE, THEIRS or BOTH.
        keeps_mine: what is taken where nothing was answered; else it is asked again.
    """
    there, counted, gone, again = split(text), split(stored), set[int | None](), list[Clash]()
    for (mine, theirs), questions in _by_blocks(asked).items():
        found = spots(there, mine, theirs) if mine or theirs else []
        is_as_asked = all(total in (1, len(found)) for _among, total, _key in questions)
        still = []
        for place, (among, _total, key) in enumerate(sorted(questions)):
            number = among if is_as_asked else place
            if number >= len(found):
                continue
            take = (chosen.get(key, "") if is_as_asked else "") or (MINE if keeps_mine else "")
            if take in (MINE, THEIRS):
                gone.add(found[number][take == THEIRS])
            elif take != BOTH:
                still.append(found[number])
        left = [spot for spot in found if gone.isdisjoint(set(spot) - {None})]
        for spot in still:
            own, other = (None if one is None else there[one] for one in reversed(spot))
            named = _named_place(there, spot, counted if is_as_asked else there)
            again.append(Clash(named, own, other, spot, left.index(spot), len(left)))
    return (without(text, gone) if gone - {None} else text), again


def _by_blocks(asked: Iterable[str]) -> dict[tuple[str, str], list[tuple[int, int, str]]]:
    """What was asked, by the marks of the two blocks: which of how many places, and the question."""
    groups: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for key in asked:
        _field, mine, theirs, which = (*key.split(":"), "", "", "")[:4]
        among, _dot, total = which.partition(".")
        numbers = (int(among), int(total)) if is_id(among) and is_id(total) else (0, 1)
        groups.setdefault((mine, theirs), []).append((*numbers, key))
    return groups


def _named_place(there: Sequence[Block], spot: Spot, counted: Sequence[Block]) -> str:
    """« 2e paragraphe »: where a block that is asked stands in what is counted, or else in the form's own text."""
    for at, blocks in ((spot[0], counted), (spot[1], there)):
        if at is not None:
            mark = there[at].mark
            before = sum(one.mark == mark for one in there[:at])
            if named := place_of(blocks, mark, before):
                return named
    return ""
