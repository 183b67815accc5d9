"""Where words find room on a drawing: beside what they name, over nothing else; numbers in, geometry out.

Apart from the chart because it knows nothing of dates or values, only of boxes and strokes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

GLYPH = 0.64
"""Width of a digit in text of size one, in the widest family that a reader may have instead of ours (DejaVu, Verdana)."""
AWAY = 3
"""Between a word and what it names."""

Stroke = tuple[tuple[float, float], tuple[float, float]]


class Word(NamedTuple):
    """Words: where they begin, end or have their middle, on the line on which they stand."""

    text: str
    x: float
    y: float
    anchor: str = "middle"


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return round(self.right - self.left, 1)

    @property
    def height(self) -> float:
        return round(self.bottom - self.top, 1)

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )  # fmt: skip

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


@dataclass
class Room:
    """A sheet with what stands on it already.

    Attributes:
        sheet: no word leaves it.
        taken: no word lies over any of these.
        strokes: a word lies over one only where there is no other place for it.
    """

    sheet: Box
    taken: list[Box]
    strokes: Sequence[Stroke] = ()

    def write_beside(self, text: str, thing: Box, size: float) -> Word | None:
        """Find a place for a text beside a thing, which is one of those taken, and take it; None where there is none."""
        places = list(_beside(text, thing, size))
        for over_strokes in (False, True):
            for word, box in places:
                if self._is_free(box, over_strokes):
                    self.taken.append(box)
                    return word
        return None

    def _is_free(self, box: Box, over_strokes: bool) -> bool:
        if not self.sheet.holds(box) or any(box.meets(other) for other in self.taken):
            return False
        return over_strokes or not any(crosses(stroke, box) for stroke in self.strokes)


def _beside(text: str, thing: Box, size: float) -> Iterator[tuple[Word, Box]]:
    """Where a text may stand, the best place first, and the box that it takes there."""
    long = len(text) * GLYPH * size
    across, down = (thing.left + thing.right) / 2, (thing.top + thing.bottom) / 2
    over, under = thing.top - AWAY, thing.bottom + AWAY + 0.72 * size
    for anchor, x, base in (
        ("middle", across, over),
        ("middle", across, under),
        ("start", thing.right + AWAY, down + 0.36 * size),
        ("end", thing.left - AWAY, down + 0.36 * size),
        ("start", thing.left, over),
        ("end", thing.right, over),
        ("start", thing.left, under),
        ("end", thing.right, under),
    ):
        left = x - {"middle": long / 2, "start": 0, "end": long}[anchor]
        box = Box(left, base - 0.74 * size, left + long, base + 0.06 * size)
        yield Word(text, round(x, 1), round(base, 1), anchor), box


def crosses(stroke: Stroke, box: Box) -> bool:
    """Whether a stroke goes through a box (Liang and Barsky, 1984)."""
    (x, y), (to_x, to_y) = stroke
    low, high = 0.0, 1.0
    for delta, near, far in ((to_x - x, box.left - x, box.right - x), (to_y - y, box.top - y, box.bottom - y)):
        if delta == 0:
            if near > 0 or far < 0:
                return False
            continue
        first, second = sorted((near / delta, far / delta))
        low, high = max(low, first), min(high, second)
    return low <= high
