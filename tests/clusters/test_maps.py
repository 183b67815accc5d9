"""The map's geometry: the projection, which dots are one, what is large, what is written where."""

import itertools
import math
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import basemap, maps
from clusters.basemap import Box, frame
from clusters.maps import JOIN, PX, Place, draw

CASABLANCA, RABAT, TUNIS = (33.58831, -7.61138), (34.01325, -6.83255), (36.81897, 10.16579)
COSINE = 0.8090169943749475
"""Of 36°, the standard parallel."""


def place(name="Ici", at=CASABLANCA, **values):
    return Place(name, *at, **values)


def degrees(view, x, y):
    """The point that is drawn at x, y."""
    box = frame(view).box
    across = frame(view).scale * 22.474
    return (48 - (box.top / 22.474) - y / across, -18 + box.left / (COSINE * 22.474) + x / (across * COSINE))


def at(view, x, y, name="Ici", **values):
    return Place(name, *degrees(view, x, y), **values)


# -- The projection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude", "x", "y"),
    [
        (48, -18, 0, 0),
        (20, 37, 1000, 629.272),
        (34, 9.5, 500, 314.636),
        # By hand: (−7.61138 + 18) · cos 36° · 22.474 and (48 − 33.58831) · 22.474
        (*CASABLANCA, 188.8837, 323.8883),
        (*TUNIS, 512.0660, 251.2625),
    ],
)
def test_points_are_where_the_formula_puts_them(latitude, longitude, x, y):
    assert basemap.basemap().project(latitude, longitude) == pytest.approx((x, y), abs=0.05)


def test_places_lie_on_their_coasts():
    """Nothing is moved or turned over: Casablanca is in Morocco's box, Tunis in Tunisia's, and not the other way round."""
    known = basemap.basemap()
    for point, country, other in ((CASABLANCA, "MA", "TN"), (TUNIS, "TN", "MA")):
        assert known.box([country]).holds(*known.project(*point))
        assert not known.box([other]).holds(*known.project(*point))


@pytest.mark.parametrize("area", basemap.areas())
def test_every_view_shows_what_it_is_called_after(area):
    view, known = frame(area), basemap.basemap()
    whole = (
        known.whole if area == "mediterranean" else known.box(("MA", "EH", "DZ", "TN") if area == "maghreb" else [area])
    )
    assert view.box.left <= whole.left + 0.1
    assert view.box.top <= whole.top + 0.1
    assert view.box.right >= whole.right - 0.1
    assert view.box.bottom >= whole.bottom - 0.1
    assert 1.3 < basemap.WIDTH / view.height < 1.75
    assert view.land().startswith("M")
    assert set(re.sub(r"[\d.\s-]", "", view.land())) <= set("Mlz")


def test_a_view_of_a_country_is_nearer_and_sends_less_land():
    assert frame("TN").scale > 2 * frame("maghreb").scale > 2 * frame("mediterranean").scale
    assert len(frame("TN").land()) < len(frame("mediterranean").land())


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(-33.6, 172.4), (90, 0), (-90, 0), (33.6, 180), (33.6, -180), (-7.61138, 33.58831), (48.01, 0), (34, 37.1)],
)  # fmt: skip
def test_points_elsewhere_on_earth_are_left_out_and_told(latitude, longitude):
    """Antipodes, poles, swapped coordinates, just over the edge."""
    drawing = draw("mediterranean", [place(at=(latitude, longitude)), place(at=TUNIS)])
    assert [dot.total for dot in drawing.dots] == [1]
    assert [(one.latitude, one.longitude) for one in drawing.outside] == [(latitude, longitude)]


@given(st.floats(-90, 90), st.floats(-180, 180), st.sampled_from(basemap.areas()))
def test_whatever_is_drawn_is_inside_the_frame(latitude, longitude, area):
    drawing = draw(area, [place(at=(latitude, longitude))])
    assert len(drawing.dots) + len(drawing.outside) == 1
    for dot in drawing.dots:
        assert 0 <= dot.x <= basemap.WIDTH
        assert 0 <= dot.y <= frame(area).height + 0.01


@pytest.mark.parametrize(
    ("points", "area"),
    [
        ([], "mediterranean"),
        ([("MA", *CASABLANCA)], "MA"),
        ([("MA", *CASABLANCA), ("MA", *RABAT)], "MA"),
        ([("MA", *CASABLANCA), ("TN", *TUNIS)], "maghreb"),
        ([("MA", *CASABLANCA), ("EG", 30.04, 31.23)], "mediterranean"),
        ([("EH", 27.15, -13.2)], "maghreb"),
        ([("LB", 33.89, 35.5)], "mediterranean"),
        ([("MA", *TUNIS)], "maghreb"),
        ([("MA", 0, 100)], "mediterranean"),
    ],
)
def test_the_view_fits_what_is_shown(points, area):
    assert basemap.narrowest(points) == area


# -- Which dots are one -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pixels", "dots"), [(0, 1), (13.9, 1), (14.1, 2), (40, 2)])
@pytest.mark.parametrize("angle", [0, 30, 45, 90, 200])
def test_places_nearer_than_fourteen_pixels_are_one_dot(pixels, dots, angle):
    dx, dy = (pixels * PX * side(math.radians(angle)) for side in (math.cos, math.sin))
    drawing = draw("maghreb", [at("maghreb", 300, 200, "A", count=2), at("maghreb", 300 + dx, 200 + dy, "B")])
    assert len(drawing.dots) == dots
    assert sum(dot.total for dot in drawing.dots) == 3


def test_a_joined_dot_stands_on_its_largest_place_and_names_the_others():
    drawing = draw("mediterranean", [place("Rabat", RABAT), place("Casablanca", count=4, expected=1)])
    (dot,) = drawing.dots
    assert (dot.total, dot.expected, [one.name for one in dot.places]) == (5, 1, ["Casablanca", "Rabat"])
    assert (dot.x, dot.y) == pytest.approx(frame("mediterranean").place(*CASABLANCA))
    assert dot.name == "Casablanca…"
    assert len(draw("MA", [place("Rabat", RABAT), place("Casablanca", count=4)]).dots) == 2


SOMEWHERE = st.builds(
    lambda x, y, count, name: at("maghreb", x, y, name, count=count),
    st.floats(1, 700),
    st.floats(1, 400),
    st.integers(1, 30),
    st.sampled_from("ABC"),
)


@given(st.lists(SOMEWHERE, max_size=60), st.randoms())
def test_dots_are_apart_lose_nothing_and_do_not_depend_on_the_order(places, random):
    drawing = draw("maghreb", places)
    assert sum(dot.total for dot in drawing.dots) == sum(one.count for one in places)
    for one, other in itertools.combinations(drawing.dots, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) >= JOIN
    shuffled = places[:]
    random.shuffle(shuffled)
    again = draw("maghreb", shuffled)
    assert [(dot.x, dot.y, dot.total) for dot in again.dots] == [(dot.x, dot.y, dot.total) for dot in drawing.dots]


@given(st.lists(SOMEWHERE, max_size=60))
def test_what_is_to_be_pressed_overlaps_nothing_and_holds_its_dot(places):
    drawing = draw("maghreb", places)
    boxes = [Box(dot.x + dot.target.left, dot.y + dot.target.top, dot.x + dot.target.right, dot.y + dot.target.bottom) for dot in drawing.dots]  # fmt: skip
    for box, dot in zip(boxes, drawing.dots, strict=True):
        assert box.holds(dot.x, dot.y)
    for one, other in itertools.combinations(boxes, 2):
        shared = min(one.right, other.right) - max(one.left, other.left), min(one.bottom, other.bottom) - max(one.top, other.top)  # fmt: skip
        assert min(shared) < 0.001


def test_two_neighbours_can_both_be_pressed_with_a_finger():
    """15 px apart, each has 24 × 24 px of its own."""
    drawing = draw("maghreb", [at("maghreb", 300, 200), at("maghreb", 300 + 15 * PX, 200)])
    for dot in drawing.dots:
        assert min(dot.width, dot.height) >= 24 * PX


def test_ten_thousand_places_are_joined_in_time_that_grows_with_them():
    def spread(n):
        return [Place("Ici", 20.5 + 27 * (k * 0.618034 % 1), -17.5 + 54 * (k * 0.414214 % 1)) for k in range(n)]

    def seconds(places):
        start = time.perf_counter()
        drawing = draw("mediterranean", places)
        assert len(drawing.dots) < 800
        return time.perf_counter() - start

    few, many = spread(1_000), spread(10_000)
    assert min(seconds(many) for _n in range(2)) < 40 * max(seconds(few), 0.01)


# -- Sizes and signs ----------------------------------------------------------------------------------------------------


def test_the_area_is_proportional_to_the_count():
    one, four = draw("maghreb", [place(count=1), place("Tunis", TUNIS, count=4)]).dots[::-1]
    assert {one.total, four.total} == {1, 4}
    small, large = sorted((one.radius, four.radius))
    assert large**2 / small**2 == pytest.approx(4)


@pytest.mark.parametrize("most", [1, 5, 50, 900])
def test_the_largest_dot_covers_no_other_and_the_smallest_is_seen(most):
    large, small = sorted(draw("maghreb", [place(count=most), place("Tunis", TUNIS)]).dots, key=lambda dot: -dot.total)
    assert large.radius <= maps.LARGEST < JOIN
    assert small.radius >= 1.5 * PX


@pytest.mark.parametrize(
    ("places", "is_expected", "is_vague", "marks"),
    [
        ([place()], False, False, set()),
        ([place(expected=1)], True, False, {"expected"}),
        ([place(count=3, expected=1)], False, False, {"partly_expected"}),
        ([place(is_vague=True)], False, True, {"vague"}),
        ([place(is_vague=True, expected=1)], True, True, {"expected", "vague"}),
        ([place(is_vague=True), place("Rabat")], False, False, set()),
    ],
)
def test_expected_is_dashed_and_imprecise_is_hollow(places, is_expected, is_vague, marks):
    drawing = draw("maghreb", places)
    (dot,) = drawing.dots
    assert (dot.is_expected, dot.is_vague) == (is_expected, is_vague)
    assert {name for name, shown in drawing.marks.items() if shown} == marks


def test_dots_come_in_reading_order():
    """From the north in bands, from the west in each."""
    places = [at("maghreb", 600, 62, "B"), at("maghreb", 100, 70, "A"), at("maghreb", 50, 300, "C"), at("maghreb", 500, 300, "D")]  # fmt: skip
    assert [dot.places[0].name for dot in draw("maghreb", places).dots] == ["A", "B", "C", "D"]


# -- Words, and the one line --------------------------------------------------------------------------------------------

NAMES = {"MA": "Maroc", "DZ": "Algérie", "TN": "Tunisie", "EH": "?", "mediterranean": "Mer Méditerranée"}


def disputed(area):
    view = frame(area)
    (ring,) = basemap.basemap().countries["EH"]
    left, top = ((edge - start) * view.scale for edge, start in zip(ring.box[:2], view.box[:2], strict=True))
    right, bottom = ((edge - start) * view.scale for edge, start in zip(ring.box[2:], view.box[:2], strict=True))
    return Box(left, top, right, bottom)


@pytest.mark.parametrize("area", ["mediterranean", "maghreb", "MA"])
def test_nothing_is_written_on_the_disputed_territory(area):
    places = [place("Laâyoune", (27.15, -13.2), count=9), place("Tan-Tan", (28.44, -11.1)), place()]
    drawing, ground = draw(area, places, NAMES), disputed(area)
    assert all(word.text != "?" and not ground.holds(word.x, word.y) for word in drawing.words)
    for dot in drawing.dots:
        if dot.label:
            assert not ground.holds(dot.x + dot.label.x, dot.y + dot.label.y)
    assert "EH" not in basemap.areas()


def test_words_do_not_lie_on_each_other():
    places = [Place(f"Ville {n}", 31 + n % 5, -8 + n * 1.7, count=1 + n % 4) for n in range(12)]
    drawing = draw("maghreb", places, NAMES)
    labelled = [dot for dot in drawing.dots if dot.label]
    assert len(labelled) >= 5
    boxes = []
    for dot in labelled:
        long = len(dot.label.text) * maps.LABEL * 0.5
        start = {"start": 0, "end": -long, "middle": -long / 2}[dot.label.anchor]
        left, line = dot.x + dot.label.x + start, dot.y + dot.label.y
        boxes.append(Box(left, line - maps.LABEL * 0.7, left + long, line))
    assert not any(one.meets(other) for one, other in itertools.combinations(boxes, 2))


def test_the_land_has_no_edge_where_the_line_is_a_setting():
    """The two points of that edge: in Morocco's own outline they follow each other, in what is drawn they do not."""
    known = basemap.basemap()
    assert known.line.path == "M169.4 457.2l-8.8-.2l-72.7 0"
    for area in ("mediterranean", "maghreb", "MA"):
        view = frame(area)
        assert view.line() == known.line.path
        assert known.union[0].path in view.land()
        for code in ("MA", "EH"):
            assert known.countries[code][0].path not in view.land()
    assert frame("TN").line() == frame("EG").line() == ""
