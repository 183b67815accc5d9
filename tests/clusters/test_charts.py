"""The chart as geometry: axes, marks by precision, lines that break, what has no date, and room for words."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import charts
from clusters.charts import NARROW, WIDE, Point, draw, ticks
from clusters.lettering import Box, Room, crosses


def at(value, first=None, last=None, **more):
    """A value of a year, of a day, or of the days between two; of no date."""
    if isinstance(first, int):
        first, last = dt.date(first, 1, 1), dt.date(last or first, 12, 31)
    return Point(Decimal(str(value)), first, last or first, **more)


def marks(drawing, **wanted):
    return [mark for mark in drawing.marks if all(getattr(mark.point, name) == value for name, value in wanted.items())]


def nodes(drawing, series=0):
    return [line.nodes for line in drawing.lines if line.series == series]


# -- the value axis


@pytest.mark.parametrize(
    ("top", "is_whole", "expected"),
    [
        (96, True, [0, 20, 40, 60, 80, 100]),
        (210, True, [0, 50, 100, 150, 200, 250]),
        (5, True, [0, 1, 2, 3, 4, 5]),
        (3, True, [0, 1, 2, 3]),
        (1, True, [0, 1]),
        (1, False, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ("0.0003", False, ["0", "0.0001", "0.0002", "0.0003"]),
        (0, True, [0, 1]),
        (10**15, True, [0, 2 * 10**14, 4 * 10**14, 6 * 10**14, 8 * 10**14, 10**15]),
    ],
)
def test_ticks_are_round_and_begin_at_zero(top, is_whole, expected):
    assert ticks(Decimal(top), 5, is_whole) == [Decimal(step) for step in expected]


@given(st.decimals(min_value=0, max_value=10**16, places=4), st.booleans())
def test_ticks_hold_the_largest_value_and_waste_no_more_than_a_step(top, is_whole):
    steps = ticks(top, 5, is_whole)
    gaps = {other - one for one, other in itertools.pairwise(steps)}
    assert len(gaps) == 1
    assert len(steps) <= 6
    assert steps[0] == 0
    assert steps[-1] >= top
    assert steps[-2] < top or top == 0
    assert not is_whole or all(step == int(step) for step in steps)


# -- the time axis


def test_a_year_stands_over_its_name_in_the_middle_with_a_bar_as_long_as_it():
    drawing = draw([at(16, 2012), at(35, dt.date(2014, 11, 2))], WIDE)
    year, day = drawing.marks
    names = {word.text: word.x for word in drawing.years}
    assert abs(year.x - names["2012"]) < 1
    assert (year.start, year.end) == tuple(drawing.edges[:2])
    assert day.start is None  # the mark covers the day
    assert names.keys() == {"2012", "2013", "2014"}


def test_a_period_of_two_years_stands_in_the_middle_of_it():
    drawing = draw([at(60, 2016, 2017), at(200, 2022)], WIDE)
    mark = drawing.marks[0]
    assert abs(mark.x - drawing.edges[1]) < 1  # where 2017 begins
    assert (mark.start, mark.end) == (drawing.edges[0], drawing.edges[2])


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((2008, 2020), ["2008", "2010", "2012", "2014", "2016", "2018", "2020"]),
        ((2011, 2014), ["2011", "2012", "2013", "2014"]),
        ((2003, 2031), ["2005", "2010", "2015", "2020", "2025", "2030"]),
        ((1, 9999), ["2000", "4000", "6000", "8000"]),
        ((2014, 2014), ["2014"]),
    ],
)
def test_as_many_years_are_named_as_there_is_room_for(years, expected):
    drawing = draw([at(1, years[0]), at(2, years[1])], NARROW)
    assert [word.text for word in drawing.years] == expected


# -- what has no date


def test_what_has_no_date_stands_apart_from_the_time_axis():
    drawing = draw([at(16, 2012), at(35, 2014), at(96), at(80)], WIDE, undated="sans date")
    dated, undated = drawing.marks[:2], drawing.marks[2:]
    assert drawing.gutter.left - drawing.plot.right == charts.GAP
    assert all(drawing.plot.left < mark.x < drawing.plot.right for mark in dated)
    assert all(drawing.gutter.left < mark.x < drawing.gutter.right for mark in undated)
    assert undated[0].x < undated[1].x
    assert drawing.undated.text == "sans date"
    assert all(x < drawing.plot.right for line in drawing.lines for x, _y in line.nodes)


def test_there_is_no_gutter_where_all_has_a_date():
    drawing = draw([at(16, 2012), at(35, 2014)], WIDE, undated="sans date")
    assert drawing.gutter is None
    assert drawing.undated is None


def test_without_any_date_there_is_no_chart():
    with pytest.raises(ValueError, match="needs a date"):
        draw([at(16), at(35)], WIDE)


def test_the_gutter_never_takes_more_than_a_third():
    drawing = draw([at(1, 2012), *(at(n) for n in range(200))], NARROW, undated="sans date")
    assert drawing.gutter.width <= NARROW.width / 3 + 0.1
    assert all(drawing.gutter.left <= mark.x <= NARROW.width for mark in marks(drawing, first=None))


# -- marks


@pytest.mark.parametrize("precision", ["exact", "about", "at_least", "at_most"])
def test_each_precision_has_its_mark(precision):
    drawing = draw([at(16, 2012, precision=precision)], WIDE)
    assert drawing.shapes == {precision}
    assert drawing.marks[0].outline == charts.OUTLINES[precision]
    assert charts.OUTLINES["at_least"] != charts.OUTLINES["at_most"]


def test_a_range_is_a_bar_between_its_ends():
    drawing = draw([at(10, 2012, upper=Decimal(20))], WIDE)
    mark = drawing.marks[0]
    assert drawing.shapes == {"range"}
    assert mark.outline == ""
    assert mark.top < mark.y
    assert mark.top == drawing.values[-1].y
    assert mark.middle == pytest.approx((mark.top + mark.y) / 2, abs=0.1)


def test_competing_values_at_one_date_stand_side_by_side_and_break_the_line():
    drawing = draw([at(5, 2010), at(13, 2012), at(15, 2012), at(20, 2014)], WIDE)
    _before, one, other, _after = drawing.marks
    assert other.x - one.x == pytest.approx(charts.SIDE_BY_SIDE, abs=0.1)
    assert drawing.lines == []


def test_of_competing_values_the_line_takes_the_preferred_one():
    drawing = draw([at(5, 2010), at(13, 2012), at(15, 2012, is_preferred=True), at(20, 2014)], WIDE)
    preferred = marks(drawing, is_preferred=True)[0]
    (line,) = nodes(drawing)
    assert (preferred.x, preferred.y) in line
    assert len(line) == 3


def test_what_two_sources_agree_on_is_no_break():
    drawing = draw([at(5, 2010), at(13, 2012), at(13, 2012), at(20, 2014)], WIDE)
    assert marks(drawing, value=Decimal(13))[0].x != marks(drawing, value=Decimal(13))[1].x
    assert len(nodes(drawing)[0]) == 3


def test_two_clusters_at_one_date_stand_at_it_unless_one_would_cover_the_other():
    apart = draw([at(10, 2012), at(90, 2012, series=1)], WIDE).marks
    near = draw([at(90, 2012), at(90, 2012, series=1)], WIDE).marks
    assert apart[0].x == apart[1].x
    assert near[0].x < near[1].x


# -- lines


def test_a_line_joins_neighbours_in_time():
    drawing = draw([at(35, 2014), at(16, 2012), at(30, dt.date(2013, 2, 1), dt.date(2013, 2, 28))], WIDE)
    (line,) = nodes(drawing)
    assert [x for x, _y in line] == sorted(x for x, _y in line)
    assert drawing.lines[0].path == "M" + "L".join(f"{x:g} {y:g}" for x, y in line)


def test_a_line_breaks_where_another_thing_is_counted():
    points = [at(60, 2016, unit="membres"), at(200, 2020, unit="adhérents"), at(210, 2022, unit="adhérents")]
    assert [len(line) for line in nodes(draw(points, WIDE))] == [2]


def test_a_line_breaks_where_nobody_knows_which_came_first():
    assert nodes(draw([at(16, 2012), at(30, dt.date(2012, 5, 1))], WIDE)) == []
    overlapping = draw([at(16, 2012, 2014), at(30, 2014, 2016), at(40, 2018)], WIDE)
    assert [len(line) for line in nodes(overlapping)] == [2]


def test_a_line_to_a_bound_is_loose():
    drawing = draw([at(5, 2010), at(16, 2012), at(30, 2014, precision="at_least"), at(35, 2016)], WIDE)
    assert [(line.is_loose, len(line.nodes)) for line in drawing.lines] == [(False, 2), (True, 3)]


def test_lines_keep_to_their_series():
    drawing = draw([at(5, 2010), at(6, 2011, series=1), at(7, 2012), at(8, 2013, series=1)], WIDE)
    assert [(line.letter, len(line.nodes)) for line in drawing.lines] == [("A", 2), ("B", 2)]


# -- ends of the scale


def test_one_value():
    drawing = draw([at(16, 2012, label="16")], WIDE)
    assert drawing.lines == []
    assert drawing.marks[0].label.text == "16"


def test_equal_values_make_a_level_line():
    drawing = draw([at(16, 2012), at(16, 2014)], WIDE)
    (line,) = nodes(drawing)
    assert line[0][1] == line[1][1]


def test_zeros_stand_on_the_ground():
    drawing = draw([at(0, 2012), at(0, 2014)], WIDE)
    assert {mark.y for mark in drawing.marks} == {drawing.plot.bottom}


@pytest.mark.parametrize("value", ["0.0001", "9999999999999999"])
def test_huge_and_tiny_values(value):
    drawing = draw([at(value, 2012), at(0, 2014)], WIDE, is_whole=False, write=lambda number: f"{number:.1e}")
    assert drawing.plot.top <= drawing.marks[0].y < drawing.plot.bottom
    assert drawing.marks[1].y == drawing.plot.bottom


# -- words


def test_a_word_lies_over_no_mark_and_no_other_word():
    drawing = draw([at(n % 7, 2000 + n, label=f"A {n}") for n in range(20)], NARROW)
    boxes = []
    for mark in drawing.marks:
        boxes.append(mark.box)
        if mark.label:
            long = len(mark.label.text) * 0.64 * 13
            left = mark.label.x - {"start": 0, "middle": long / 2, "end": long}[mark.label.anchor]
            boxes.append(Box(left, mark.label.y - 9, left + long, mark.label.y))
    words = boxes[1::2] if len(boxes) == 40 else [box for box in boxes if box.width > 20]
    assert words
    assert not any(
        one.meets(other) for word in words for one, other in [(word, box) for box in boxes if box is not word]
    )


def test_a_word_avoids_a_stroke_if_it_can():
    thing = Box(40, 40, 50, 50)
    free = Room(Box(0, 0, 100, 100), [thing]).write_beside("35", thing, 10)
    aside = Room(Box(0, 0, 100, 100), [thing], [((0, 32), (100, 32))]).write_beside("35", thing, 10)
    assert free.y < 40
    assert aside.y > 50
    assert Room(Box(30, 30, 60, 60), [thing]).write_beside("35", thing, 10) is None


@pytest.mark.parametrize(
    ("stroke", "expected"),
    [
        (((0, 5), (20, 5)), True),
        (((5, 0), (5, 20)), True),
        (((0, 0), (20, 20)), True),
        (((0, 15), (20, 15)), False),
        (((15, 0), (15, 20)), False),
        (((0, 12), (12, 24)), False),
        (((-5, 5), (-1, 5)), False),
    ],
)
def test_strokes_that_cross_a_box(stroke, expected):
    assert crosses(stroke, Box(0, 0, 10, 10)) is expected


# -- whatever is drawn

DAYS = st.dates(min_value=dt.date(1, 1, 1), max_value=dt.date(9999, 12, 31))
RECENT = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2026, 12, 31))


@st.composite
def points(draw_from, days):
    first, last = sorted(draw_from(st.tuples(days, days)))
    is_dated = draw_from(st.booleans())
    value = draw_from(st.decimals(min_value=0, max_value=10**9, places=2))
    upper = draw_from(st.one_of(st.none(), st.decimals(min_value=value + 1, max_value=value + 10**6, places=2)))
    return Point(
        value,
        first if is_dated else None,
        draw_from(st.sampled_from([first, last])) if is_dated else None,
        upper,
        draw_from(st.sampled_from(["exact", "about", "at_least", "at_most"])),
        draw_from(st.sampled_from(["", "entreprises"])),
        draw_from(st.integers(0, 3)),
        draw_from(st.booleans()),
        "A > 200",
    )


@given(
    st.lists(st.one_of(points(DAYS), points(RECENT)), min_size=1, max_size=25),
    st.sampled_from([NARROW, WIDE]),
    st.booleans(),
)
def test_all_stands_on_the_sheet_and_in_the_order_of_time(given_points, frame, is_whole):
    if not any(point.is_dated for point in given_points):
        return
    drawing = draw(given_points, frame, undated="sans date", unit="adhérents", is_whole=is_whole)
    assert len(drawing.marks) == len(given_points)  # nothing is lost
    places = [(mark.x, y) for mark in drawing.marks for y in (mark.y, mark.top)]
    places += [(x, mark.middle) for mark in drawing.marks for x in (mark.start, mark.end) if x is not None]
    places += [node for line in drawing.lines for node in line.nodes]
    places += [(word.x, word.y) for word in [*drawing.values, *drawing.years, drawing.unit]]
    places += [(mark.label.x, mark.label.y) for mark in drawing.marks if mark.label]
    places += [(edge, drawing.plot.bottom) for edge in drawing.edges]
    assert all(0 <= x <= frame.width and 0 <= y <= frame.height for x, y in places)
    assert all(round(number, 1) == number for place in places for number in place)
    dated = sorted(
        (mark for mark in drawing.marks if mark.point.is_dated), key=lambda mark: (mark.point.middle, mark.x)
    )
    assert [mark.x for mark in dated] == sorted(mark.x for mark in dated)
    assert all(mark.start <= mark.end for mark in dated if mark.start is not None)
    for mark in drawing.marks:
        ground = drawing.plot if mark.point.is_dated else drawing.gutter
        assert ground.left <= mark.x <= ground.right
    for line in drawing.lines:
        assert [x for x, _y in line.nodes] == sorted(x for x, _y in line.nodes)
