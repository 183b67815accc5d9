"""The land under the map: coasts and borders, their projection, and the frames that pages show of it.

Apart from the dots because only this knows the file, and where the one disputed line runs.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

WIDTH = 720
"""Every frame is drawn so many units wide, so that sizes mean the same in all of them."""
REGIONS = MEDITERRANEAN, MAGHREB = "mediterranean", "maghreb"
DISPUTED = "EH"
"""Nothing is printed on this territory, and it has no view of its own: its line is a setting, not a statement."""
_OF_MAGHREB = ("MA", DISPUTED, "DZ", "TN")


class Box(NamedTuple):
    """A rectangle by its edges; y grows to the south."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True)
class Ring:
    """A closed line of the basemap: its SVG path and the box around it."""

    path: str
    box: Box


_COMMANDS = re.compile(r"([Mlz])([^Mlz]*)")
_NUMBERS = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def rings(path: str) -> list[Ring]:
    """The parts of a path made of `M`, `l` and `z`, which is all that the basemap uses."""
    return [Ring(part, _box_of(part)) for part in re.findall(r"M[^M]*", path)]


def _box_of(part: str) -> Box:
    x = y = 0.0
    xs, ys = [], []
    for command, written in _COMMANDS.findall(part):
        numbers = [float(number) for number in _NUMBERS.findall(written)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
            xs.append(x)
            ys.append(y)
    return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True)
class Basemap:
    """The coasts and borders around the Mediterranean, in the units of their projection.

    Attributes:
        whole: what the file shows.
        countries: ISO code → the rings of a country that the registry may have clusters in.
        rest: other land.
        union: Morocco and the Western Sahara without the line between them.
        line: that line alone.
    """

    projection: Mapping[str, float]
    whole: Box
    countries: Mapping[str, list[Ring]]
    rest: list[Ring]
    union: list[Ring]
    line: Ring

    def project(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Degrees to units of the file, by the formula that stands in it (equirectangular)."""
        given = self.projection
        x = (longitude - given["lon0"]) * math.cos(math.radians(given["std_parallel"])) * given["k"]
        return x, (given["lat0"] - latitude) * given["k"]

    def box(self, codes: Iterable[str]) -> Box:
        """What some countries cover together, as far as the file shows them."""
        boxes = [ring.box for code in codes for ring in self.countries[code]]
        found = Box(*(pick(edge) for pick, edge in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)))
        return Box(
            max(found.left, self.whole.left),
            max(found.top, self.whole.top),
            min(found.right, self.whole.right),
            min(found.bottom, self.whole.bottom),
        )


@cache
def basemap() -> Basemap:
    """Natural Earth 1:50m (public domain); the file says where it comes from."""
    given: dict[str, Any] = json.loads((Path(__file__).parent / "data/basemap.json").read_text(encoding="utf-8"))
    projection = given["projection"]
    return Basemap(
        projection={key: value for key, value in projection.items() if isinstance(value, int | float)},
        whole=Box(0, 0, projection["width"], projection["height"]),
        countries={code: rings(path) for code, path in given["paths"].items()},
        rest=rings(given["context"]),
        union=rings(given["MA_EH_union"]),
        line=rings(given["MA_EH_line"])[0],
    )


@dataclass(frozen=True)
class Frame:
    """A part of the basemap, drawn `WIDTH` units wide."""

    area: str
    box: Box

    @property
    def scale(self) -> float:
        return WIDTH / (self.box.right - self.box.left)

    @property
    def height(self) -> float:
        return (self.box.bottom - self.box.top) * self.scale

    def place(self, latitude: float, longitude: float) -> tuple[float, float] | None:
        """Where a point is drawn; None outside the frame, wherever on Earth that is."""
        x, y = basemap().project(latitude, longitude)
        if not self.box.holds(x, y):
            return None
        return (x - self.box.left) * self.scale, (y - self.box.top) * self.scale

    @property
    def transform(self) -> str:
        """What brings the basemap's paths into this frame."""
        x, y = -self.box.left * self.scale, -self.box.top * self.scale
        return f"matrix({self.scale:.4f} 0 0 {self.scale:.4f} {x:.2f} {y:.2f})"

    def land(self) -> str:
        """The one path of all land that the frame touches: the rest of the file is not sent."""
        known = basemap()
        apart = [*known.rest, *(ring for code, all_of in known.countries.items() if code not in ("MA", DISPUTED) for ring in all_of)]  # fmt: skip
        return "".join(ring.path for ring in (*apart, *known.union) if ring.box.meets(self.box))

    def line(self) -> str:
        """The disputed line, if the frame shows it."""
        ring = basemap().line
        return ring.path if ring.box.meets(self.box) else ""


def areas() -> list[str]:
    """Every view there is: the two regions, then the countries by their code."""
    return [*REGIONS, *sorted(set(basemap().countries) - {DISPUTED})]


@cache
def frame(area: str) -> Frame:
    """The frame of a view.

    Args:
        area: one of `areas()`.
    """
    known = basemap()
    if area == MEDITERRANEAN:
        return Frame(area, known.whole)
    if area == MAGHREB:
        return Frame(area, _fitted(known.box(_OF_MAGHREB), known.whole, 0.03))
    return Frame(area, _fitted(known.box([area]), known.whole, 0.07))


def _fitted(box: Box, whole: Box, margin: float, flattest: float = 1.7, steepest: float = 1.35) -> Box:
    """A box with a margin, neither flat nor steep, inside the whole."""
    width, height = ((box.right - box.left) * (1 + 2 * margin), (box.bottom - box.top) * (1 + 2 * margin))
    width = min(max(width, height * steepest), whole.right - whole.left)
    height = min(max(height, width / flattest), whole.bottom - whole.top)
    left = _between((box.left + box.right - width) / 2, whole.left, whole.right - width)
    top = _between((box.top + box.bottom - height) / 2, whole.top, whole.bottom - height)
    return Box(left, top, left + width, top + height)


def _between(value: float, lowest: float, highest: float) -> float:
    return max(lowest, min(value, highest))


def narrowest(points: Iterable[tuple[str, float, float]]) -> str:
    """The view that shows all of some points and the least besides.

    Args:
        points: country code, latitude, longitude of each.
    """
    codes, placed = set(), []
    for code, latitude, longitude in points:
        codes.add(code)
        placed.append((latitude, longitude))
    own = [code for code in codes if len(codes) == 1 and code in areas()]
    for area in (*own, MAGHREB):
        if placed and all(frame(area).place(*point) for point in placed):
            return area
    return MEDITERRANEAN
