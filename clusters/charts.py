"""The chart of an indicator over time as geometry: numbers in, geometry out; no database, no request, no HTML.

Apart from the page because dates that are not days, values that are not exact and room for words are one problem, and are
tested as one. Past 400 lines: marks, lines and axes share one scale, and a third of the lines say what is meant.
"""

import datetime as dt
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from clusters.lettering import GLYPH, Box, Room, Word

RADIUS = 4.5
"""Of a mark."""
SIDE_BY_SIDE = 2 * RADIUS + 3
"""From one mark to the next where several stand at one date."""
INSET = 10
"""Between the ends of the axes and the outermost days, so that a mark on the first of January stays whole."""
GAP = 16
"""Between the time axis and the gutter of what has no date: nobody must take the gutter for the latest year."""
STEPS = 5
"""Of the value axis, at most."""
DIGITS = 4
"""Of a year."""
LETTERS = "ABCD"
"""Of the series: a reader tells them apart by it, and by the stroke, where colours are not seen."""
_CIRCLE = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"
OUTLINES = {
    "exact": _CIRCLE,
    "about": _CIRCLE,
    "at_least": "M0-5.5L5.5 4.5H-5.5z",
    "at_most": "M0 5.5L5.5-4.5H-5.5z",
}
"""Of the marks, round their place; how they are filled is left to the style."""
LOOSE = ("at_least", "at_most")


@dataclass(frozen=True)
class Frame:
    """A sheet to draw on, in units that are about pixels where it is shown.

    Attributes:
        name: told apart in the page by it.
        text: size of all words and numbers.
    """

    name: str
    width: int
    height: int
    text: int


NARROW = Frame("narrow", 320, 248, 13)
"""For phones: shown 288 px wide on a screen of 320 px, its words are still 11.7 px high."""
WIDE = Frame("wide", 720, 340, 13)


@dataclass(frozen=True)
class Point:
    """One value of a source.

    Attributes:
        value: what is counted, never below zero; the lower end of a range.
        first, last: the days between which it was so; both None where no date is known.
        upper: the upper end of a range.
        precision: `exact`, `about`, `at_least` or `at_most`.
        unit: what exactly is counted; a line joins no two units.
        series: whose it is, from 0.
        is_preferred: of several values at one date, the one that stands for them.
        label: what is written beside the mark, if there is room.
        key: the caller's own, handed back untouched.
    """

    value: Decimal
    first: dt.date | None = None
    last: dt.date | None = None
    upper: Decimal | None = None
    precision: str = "exact"
    unit: str = ""
    series: int = 0
    is_preferred: bool = False
    label: str = ""
    key: Any = None

    @property
    def is_dated(self) -> bool:
        return self.first is not None and self.last is not None

    @property
    def middle(self) -> float:
        """The middle of the period, in days; a day is as long as it is."""
        return (self.first.toordinal() + self.last.toordinal() + 1) / 2 if self.first and self.last else math.inf

    @property
    def shape(self) -> str:
        """How it is marked: by its precision, or as a range."""
        return self.precision if self.upper is None else "range"


@dataclass
class Mark:
    """A value where it stands.

    Attributes:
        x, y: its place; of a range, its lower end.
        top: height of the upper end of a range, else `y`.
        start, end: ends of the bar that says that its day is not known, or None where the mark covers it.
    """

    point: Point
    x: float
    y: float
    top: float
    start: float | None = None
    end: float | None = None
    label: Word | None = None

    @property
    def middle(self) -> float:
        """Height at which a line meets it."""
        return _rounded((self.y + self.top) / 2)

    @property
    def letter(self) -> str:
        return LETTERS[self.point.series]

    @property
    def outline(self) -> str:
        return OUTLINES.get(self.point.shape, "")

    @property
    def box(self) -> Box:
        return Box(self.x - RADIUS - 1, self.top - RADIUS - 1, self.x + RADIUS + 1, self.y + RADIUS + 1)


@dataclass(frozen=True)
class Line:
    """A run of comparable values of one series; loose where an end of it is only a bound or a range."""

    series: int
    nodes: tuple[tuple[float, float], ...]
    is_loose: bool = False

    @property
    def letter(self) -> str:
        return LETTERS[self.series]

    @property
    def path(self) -> str:
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self.nodes)


@dataclass(frozen=True)
class Drawing:
    """What is drawn.

    Attributes:
        plot: the ground of the time axis.
        gutter: the ground of what has no date, or None.
        unit: what the value axis counts, over it.
        values: the lines of the value axis, each a number with its height.
        years: names of years under the time axis.
        edges: small strokes on the time axis, where a named year begins.
        undated: the name of the gutter, or None.
    """

    frame: Frame
    plot: Box
    gutter: Box | None
    unit: Word
    values: list[Word]
    years: list[Word]
    edges: list[float]
    undated: Word | None
    lines: list[Line]
    marks: list[Mark]

    @property
    def shapes(self) -> set[str]:
        """The kinds of mark that the legend has to explain."""
        return {mark.point.shape for mark in self.marks}

    @property
    def has_periods(self) -> bool:
        return any(mark.start is not None for mark in self.marks)


def draw(
    points: Sequence[Point],
    frame: Frame,
    *,
    write: Callable[[Decimal], str] = str,
    unit: str = "",
    undated: str = "",
    is_whole: bool = True,
) -> Drawing:
    """Values of one kind over time.

    Args:
        points: in any order, at least one of them dated; all are drawn.
        frame: how large.
        write: how a number is written.
        unit: what the value axis counts.
        undated: the name of the gutter.
        is_whole: what is counted has no halves, so that no line of the axis stands between two numbers.

    Raises:
        ValueError: no point is dated, so that there is no time axis.
    """
    dated = [point for point in points if point.is_dated]
    others = sorted((point for point in points if not point.is_dated), key=lambda one: (one.series, one.value))
    if not dated:
        raise ValueError("A chart over time needs a date.")
    steps = ticks(max(point.upper or point.value for point in points), STEPS, is_whole)
    plot, gutter = _grounds(frame, [write(step) for step in steps], undated, len(others))
    height = (plot.bottom - plot.top) / float(steps[-1])

    def y(value: Decimal) -> float:
        return _rounded(plot.bottom - float(value) * height)

    years = range(min(one.first for one in dated).year, max(one.last for one in dated).year + 1)
    start, end = dt.date(years[0], 1, 1).toordinal(), dt.date(years[-1], 12, 31).toordinal() + 1
    long = (plot.right - plot.left - 2 * INSET) / (end - start)

    def x(day: float) -> float:
        return plot.left + INSET + (day - start) * long

    marks = [*_dated_marks(dated, plot, x, y), *(_undated_marks(others, gutter, y) if gutter else ())]
    lines = [line for series in sorted({one.series for one in dated}) for line in _lines(marks, series)]
    _give_labels(marks, lines, frame, plot)
    names, edges = _years(years, x, frame)
    base = plot.bottom + 1.45 * frame.text
    middle = gutter and (gutter.left + gutter.right) / 2
    return Drawing(
        frame=frame,
        plot=plot,
        gutter=gutter,
        unit=Word(unit, 0, frame.text, "start"),
        values=[Word(write(step), plot.left - 6, y(step), "end") for step in steps],
        years=[Word(name, _rounded(at), _rounded(base)) for name, at in names],
        edges=[_rounded(edge) for edge in edges],
        undated=Word(undated, _rounded(middle), _rounded(base)) if middle else None,
        lines=lines,
        marks=marks,
    )


def ticks(top: Decimal, most: int, is_whole: bool) -> list[Decimal]:
    """From zero to `top`, or just past it, in at most `most` steps of one, two or five times a power of ten."""
    if top <= 0:
        return [Decimal(0), Decimal(1)]
    least = top / most
    power = Decimal(10) ** least.adjusted()
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    if is_whole:
        step = max(step, Decimal(1))
    count = int((top / step).to_integral_value(ROUND_CEILING))
    return [step * number for number in range(count + 1)]


def _rounded(number: float) -> float:
    return round(number, 1)


def _grounds(frame: Frame, numbers: Iterable[str], undated: str, count: int) -> tuple[Box, Box | None]:
    """Where the time axis stands, and the gutter if anything has no date."""
    glyph = frame.text * GLYPH
    left = min(frame.width / 3, max(map(len, numbers)) * glyph + 8)
    top, bottom = 2.6 * frame.text, frame.height - 1.9 * frame.text
    if not count:
        return Box(_rounded(left), _rounded(top), frame.width - 8, _rounded(bottom)), None
    wide = min(frame.width / 3, max(len(undated) * glyph + 4, (count + 0.5) * SIDE_BY_SIDE))
    edge = _rounded(frame.width - wide)
    plot = Box(_rounded(left), _rounded(top), edge - GAP, _rounded(bottom))
    return plot, Box(edge, plot.top, frame.width, plot.bottom)


Scale = Callable[[Any], float]


def _dated_marks(points: Iterable[Point], plot: Box, x: Scale, y: Scale) -> list[Mark]:
    """Marks at the middle of their period; several at one date beside each other, no farther than halfway to the next."""
    at: dict[float, list[Point]] = defaultdict(list)
    for point in points:
        at[point.middle].append(point)
    places = [x(middle) for middle in sorted(at)]
    apart = {
        place: min((abs(place - other) for other in places if other != place), default=math.inf) for place in places
    }
    marks = []
    for middle in sorted(at):
        here = sorted(at[middle], key=lambda one: (one.series, not one.is_preferred, one.value))
        place = x(middle)
        edge = 2 * min(place - plot.left, plot.right - place) / max(1, len(here) - 1)
        shift = min(SIDE_BY_SIDE, apart[place] / len(here), edge) if _crowded(here, y) else 0
        for number, point in enumerate(here):
            start, end = x(point.first.toordinal()), x(point.last.toordinal() + 1)
            is_seen = end - start > 2 * RADIUS + 1
            mark = Mark(
                point,
                _rounded(place + (number - (len(here) - 1) / 2) * shift),
                y(point.value),
                y(point.value if point.upper is None else point.upper),
                _rounded(start) if is_seen else None,
                _rounded(end) if is_seen else None,
            )
            marks.append(mark)
    return marks


def _crowded(here: Sequence[Point], y: Scale) -> bool:
    """Whether values at one date need room beside each other: they compete, or would cover each other."""
    series = [point.series for point in here]
    heights = sorted(y(point.value) for point in here)
    return len(set(series)) < len(series) or any(low - high < SIDE_BY_SIDE for high, low in itertools.pairwise(heights))


def _undated_marks(points: Sequence[Point], gutter: Box, y: Scale) -> list[Mark]:
    step = min(SIDE_BY_SIDE, (gutter.right - gutter.left - 2 * RADIUS) / len(points))
    middle = (gutter.left + gutter.right) / 2
    return [
        Mark(
            point,
            _rounded(middle + (number - (len(points) - 1) / 2) * step),
            y(point.value),
            y(point.value if point.upper is None else point.upper),
        )
        for number, point in enumerate(points)
    ]


def _lines(marks: Iterable[Mark], series: int) -> Iterator[Line]:
    """The line of a series, broken wherever two neighbours do not say how one became the other."""
    periods: dict[tuple[dt.date, dt.date], list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.point.series == series and mark.point.is_dated:
            periods[mark.point.first, mark.point.last].append(mark)
    nodes = [_standing(rivals) for _period, rivals in sorted(periods.items(), key=lambda one: one[1][0].point.middle)]
    run: list[Mark] = []
    was_loose = False
    for one, other in itertools.pairwise(nodes):
        joined = one is not None and other is not None and _follows(one.point, other.point)
        is_loose = joined and any(
            mark.point.upper is not None or mark.point.precision in LOOSE for mark in (one, other)
        )
        if run and (not joined or is_loose != was_loose):
            yield _line(series, run, was_loose)
            run = []
        if joined:
            run = [*(run or [one]), other]
            was_loose = is_loose
    if run:
        yield _line(series, run, was_loose)


def _line(series: int, run: Iterable[Mark], is_loose: bool) -> Line:
    return Line(series, tuple((mark.x, mark.middle) for mark in run), is_loose)


def _standing(rivals: Sequence[Mark]) -> Mark | None:
    """The value that stands for a period: the only one, the preferred one, or the one that all agree on; else none."""
    preferred = [mark for mark in rivals if mark.point.is_preferred]
    if len(preferred) == 1:
        return preferred[0]
    said = {(mark.point.value, mark.point.upper, mark.point.precision, mark.point.unit) for mark in rivals}
    return rivals[0] if len(said) == 1 else None


def _follows(one: Point, other: Point) -> bool:
    """Whether a line may lead from one to the other: of the same thing, and surely later."""
    return one.unit == other.unit and one.last is not None and other.first is not None and one.last < other.first


def _years(years: range, x: Scale, frame: Frame) -> tuple[list[tuple[str, float]], list[float]]:
    """Names of years with their places, and where the named years begin.

    A year's name stands under the middle of it while each has one, so that what is dated to the year stands over its name.
    """

    def begins(year: int) -> float:
        # Counted, not looked up: the calendar of Python ends with the year 9999.
        return x(dt.date(year, 1, 1).toordinal() if year <= dt.MAXYEAR else dt.date.max.toordinal() + 1)

    room = DIGITS * GLYPH * frame.text + 8
    if all(begins(year + 1) - begins(year) >= room for year in years):
        return (
            [(str(year), (begins(year) + begins(year + 1)) / 2) for year in years],
            [begins(year) for year in (*years, years[-1] + 1)],
        )
    step = next(
        factor * 10**power
        for power in range(DIGITS + 1)
        for factor in (1, 2, 5)
        if (begins(years[-1]) - begins(years[0])) / (len(years) - 1) * factor * 10**power >= room
    )
    named = [year for year in years if year % step == 0]
    if len(named) < 2 and begins(years[-1]) - begins(years[0]) >= room:
        named = [years[0], years[-1]]
    named = named or [years[0]]
    return [(str(year), begins(year)) for year in named], [begins(year) for year in named]


def _give_labels(marks: Sequence[Mark], lines: Iterable[Line], frame: Frame, plot: Box) -> None:
    """Write values beside their marks where there is room, the first and the last first; the table has them all."""
    strokes = [stroke for line in lines for stroke in itertools.pairwise(line.nodes)]
    room = Room(Box(plot.left, 1.3 * frame.text, frame.width, plot.bottom), [mark.box for mark in marks], strokes)
    ends: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.point.is_dated:
            ends[mark.point.series].append(mark)
    urgent = {id(mark) for own in ends.values() for mark in (own[0], own[-1])}
    for mark in sorted(marks, key=lambda one: id(one) not in urgent):
        if mark.point.label:
            mark.label = room.write_beside(mark.point.label, mark.box, frame.text)
