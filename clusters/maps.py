"""The map as geometry: numbers in, geometry out; no database, no request, no HTML.

Apart from the page because projecting, joining and finding room for words are one problem, and are tested as one.

Every frame is drawn `WIDTH` units wide. Sizes that matter to a reader's eye or finger are given in pixels of the
narrowest screen that the map is made for, 360 px, where it is `SCREEN` px wide; wider screens only have more room.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clusters.basemap import DISPUTED, WIDTH, Box, Frame, basemap, frame
from clusters.targets import Targets

SCREEN = 328
"""Width of the map on a screen of 360 px, in pixels: the page has a gutter of 16 px on each side."""
PX = WIDTH / SCREEN
JOIN = 14 * PX
"""Dots whose centres would be nearer than this are one dot."""
ONE = 5 * PX
"""Radius of the dot of one cluster."""
LARGEST = 11 * PX
"""No radius is larger, so that no dot covers the number in another; where a count would ask for more, all shrink alike."""
SMALLEST = 1.5 * PX
"""Below this a dot would not be seen: the one place where its area says more than its count."""
TARGET = 24.5 * PX
"""Side of what a finger must hit: 24 px (WCAG 2.5.8), and a little for rounding."""
LABEL = 12 * PX
"""Size of a place's name on the narrowest screen; elsewhere it is smaller in units, so what fits here fits there."""
LABELS = 24
"""Places that are named at most: the largest ones."""
COUNTRY_LABEL = 10 * PX

ANCHORS: dict[str, tuple[tuple[float, float], ...]] = {
    # Where a country's name may stand (longitude, latitude), the best place first; none near the disputed line.
    "MA": ((-4.6, 32.6), (-3.6, 33.5), (-6.0, 30.6)),
    "DZ": ((2.6, 28.3), (2.6, 31.5)),
    "TN": ((9.3, 32.2), (12.6, 34.6), (9.4, 38.2)),
    "LY": ((17.2, 27.6), (12.6, 30.2)),
    "EG": ((29.2, 27.2), (29.2, 29.2)),
    "ES": ((-3.6, 40.0), (-3.8, 41.7)),
    "PT": ((-12.6, 39.6),),
    "FR": ((2.4, 46.4), (2.4, 44.6)),
    "IT": ((10.7, 45.1), (12.4, 43.0)),
    "GR": ((18.6, 37.4), (22.0, 39.6)),
    "TR": ((32.4, 39.2), (30.0, 39.2)),
}
SEA_ANCHORS: dict[str, tuple[tuple[float, float], ...]] = {
    "mediterranean": ((22.6, 34.2), (19.0, 34.4), (4.6, 38.2), (6.0, 37.6)),
    "atlantic": ((-13.0, 43.4), (-12.6, 35.4), (-13.2, 33.6), (-10.6, 34.6)),
}
NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True)
class Place:
    """A point with the clusters that are there.

    Attributes:
        name: how the place is called.
        count: clusters at this place; figures about them size nothing.
        expected: how many of them are not there yet.
        is_vague: only a region or a country is known, the point stands for it.
        key: the caller's own, handed back untouched.
    """

    name: str
    latitude: float
    longitude: float
    count: int = 1
    expected: int = 0
    is_vague: bool = False
    key: Any = None


@dataclass(frozen=True)
class Word:
    """Words on the map: where they begin, end or have their middle."""

    text: str
    x: float
    y: float
    anchor: str = "middle"
    kind: str = ""


@dataclass
class Dot:
    """One dot: the places that it stands for, the largest first, which is where it stands."""

    x: float
    y: float
    places: list[Place] = field(default_factory=list)
    radius: float = 0
    target: Box = NOWHERE
    label: Word | None = None

    @property
    def total(self) -> int:
        """How many clusters it stands for."""
        return sum(place.count for place in self.places)

    @property
    def expected(self) -> int:
        return sum(place.expected for place in self.places)

    @property
    def is_expected(self) -> bool:
        """Nothing is there yet."""
        return self.expected == self.total

    @property
    def is_vague(self) -> bool:
        """None of its places is known more precisely than by its region."""
        return all(place.is_vague for place in self.places)

    @property
    def name(self) -> str:
        """The largest of its places, with a word for the others."""
        others = {place.name for place in self.places} - {self.places[0].name}
        return f"{self.places[0].name}…" if others else self.places[0].name

    @property
    def ring(self) -> float:
        """Radius of the ring that says that something is still to come."""
        return self.radius + 3 * PX

    @property
    def width(self) -> float:
        return self.target.right - self.target.left

    @property
    def height(self) -> float:
        return self.target.bottom - self.target.top


@dataclass(frozen=True)
class Drawing:
    """What is drawn: dots in reading order, the names of countries and seas, and the places that the frame leaves out."""

    frame: Frame
    dots: list[Dot]
    words: list[Word]
    outside: list[Place]

    @property
    def marks(self) -> dict[str, bool]:
        """Which signs the legend has to explain."""
        return {
            "expected": any(dot.is_expected for dot in self.dots),
            "partly_expected": any(dot.expected and not dot.is_expected for dot in self.dots),
            "vague": any(dot.is_vague for dot in self.dots),
        }


def draw(area: str, places: Sequence[Place], names: Mapping[str, str] | None = None) -> Drawing:
    """Places on a view of the map.

    Args:
        area: one of `areas()`.
        places: in any order; the same places give the same drawing.
        names: what countries (by code) and seas (`mediterranean`, `atlantic`) are called; none is printed without.
    """
    view = frame(area)
    inside, outside = [], []
    for place in places:
        at = view.place(place.latitude, place.longitude)
        if at:
            inside.append((place, at))
        else:
            outside.append(place)
    dots = joined(inside)
    _size(dots)
    dots.sort(key=lambda dot: (int(dot.y // (2 * JOIN)), dot.x, dot.y))
    found = Targets([(dot.x, dot.y) for dot in dots], (WIDTH, view.height), TARGET, least=6 * PX)
    for dot, (left, top, right, bottom) in zip(dots, found.reach, strict=True):
        dot.target = Box(-left, -top, right, bottom)
    return Drawing(view, dots, _give_words(dots, view, names or {}), outside)


def joined(placed: Iterable[tuple[Place, tuple[float, float]]], nearest: float = JOIN) -> list[Dot]:
    """One dot for each place, but for those nearer than `nearest` to the dot of a larger one: they are part of it.

    The largest place is taken first and stays where it is, so that a dot stands on a real place, no two dots are nearer than
    `nearest`, and the order of the rows does not matter. A grid as wide as `nearest` makes it linear: whatever may be near is in
    one of nine cells, each of which holds four dots at most.
    """
    order = sorted(
        placed,
        key=lambda row: (-row[0].count, row[0].is_vague, row[0].name, row[0].latitude, row[0].longitude),
    )
    cells: dict[tuple[int, int], list[Dot]] = defaultdict(list)
    dots = []
    for place, (x, y) in order:
        near = [(math.hypot(dot.x - x, dot.y - y), n, dot) for n, dot in enumerate(_around(cells, x, y, nearest))]
        distance, _n, dot = min(near, default=(math.inf, 0, None))
        if dot is None or distance >= nearest:
            dot = Dot(x, y)
            cells[int(x // nearest), int(y // nearest)].append(dot)
            dots.append(dot)
        dot.places.append(place)
    return dots


def _around(cells: Mapping[tuple[int, int], list[Dot]], x: float, y: float, size: float) -> Iterator[Dot]:
    column, row = int(x // size), int(y // size)
    for cell in ((column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
        yield from cells.get(cell, ())


def _size(dots: Sequence[Dot]) -> None:
    """Give each dot a radius that makes its area proportional to how many clusters it stands for."""
    most = max((dot.total for dot in dots), default=1)
    one = min(ONE, LARGEST / math.sqrt(most))
    for dot in dots:
        dot.radius = max(SMALLEST, one * math.sqrt(dot.total))


def _give_words(dots: Sequence[Dot], view: Frame, names: Mapping[str, str]) -> list[Word]:
    """Name the largest dots where there is room beside them, then countries and seas where there still is."""
    taken = [Box(dot.x + dot.target.left, dot.y + dot.target.top, dot.x + dot.target.right, dot.y + dot.target.bottom) for dot in dots]  # fmt: skip
    known = basemap()
    inside = Box(0, 0, WIDTH, view.height)
    for ring in known.countries[DISPUTED]:
        box = ring.box
        taken.append(Box(*((edge - start) * view.scale for edge, start in zip(box, (view.box.left, view.box.top) * 2, strict=True))))  # fmt: skip

    def is_free(box: Box, but: Box | None = None) -> bool:
        fits = inside.holds(box.left, box.top) and inside.holds(box.right, box.bottom)
        return fits and not any(box.meets(other) for other in taken if other is not but)

    own = dict(zip(map(id, dots), taken, strict=False))
    for dot in sorted(dots, key=lambda dot: (-dot.total, dot.is_vague, dot.name))[:LABELS]:
        for word, box in _beside(dot):
            if is_free(box, own[id(dot)]):
                dot.label = word
                taken.append(box)
                break
    words = []
    for code, anchors in {**ANCHORS, **SEA_ANCHORS}.items():
        text = names.get(code, "")
        for longitude, latitude in anchors if text else ():
            at = view.place(latitude, longitude)
            half = len(text) * COUNTRY_LABEL * 0.4
            box = at and Box(at[0] - half, at[1] - COUNTRY_LABEL, at[0] + half, at[1] + COUNTRY_LABEL / 2)
            if at and box and is_free(box):
                words.append(Word(text, *at, kind="country" if code in ANCHORS else "sea"))
                taken.append(box)
                break
    return words


def _beside(dot: Dot) -> Iterator[tuple[Word, Box]]:
    """Where the name of a dot may stand, the best place first: its place relative to the dot, and the box it takes."""
    long, gap = len(dot.name) * LABEL * 0.56, dot.radius + 3 * PX
    high = LABEL * 0.6
    for anchor, x, y, start in (
        ("start", gap, LABEL * 0.35, gap),
        ("end", -gap, LABEL * 0.35, -gap - long),
        ("middle", 0, -gap - LABEL * 0.1, -long / 2),
        ("middle", 0, gap + LABEL * 0.75, -long / 2),
    ):
        middle = dot.y + y - LABEL * 0.35
        yield (
            Word(dot.name, x, y, anchor, "place"),
            Box(dot.x + start, middle - high, dot.x + start + long, middle + high),
        )
