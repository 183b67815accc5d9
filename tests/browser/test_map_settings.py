"""The map where the registry or its settings are others than the demonstration's."""

import io

import pytest
from PIL import Image, ImageChops

from clusters.models import MapSettings
from tests.browser.test_accessibility import violations
from tests.factories import make_cluster

MAP = "/clusters/map/"
IN_CASABLANCA = {"latitude": "33.58831", "longitude": "-7.61138", "location_precision": "city"}
IN_RABAT = {"latitude": "34.01325", "longitude": "-6.83255", "location_precision": "city"}


def picture(page):
    sheet = page.locator(".map-sheet")
    return Image.open(io.BytesIO(sheet.screenshot())).convert("RGB")


def test_the_three_settings_of_the_line_differ_on_the_screen_and_only_there(new_page, live_server):
    make_cluster(city="Casablanca", **IN_CASABLANCA)
    page, seen = new_page(), {}
    for boundary in MapSettings.Boundary.values:
        MapSettings.objects.update_or_create(pk=1, defaults={"boundary": boundary})
        page.goto(f"{MAP}?area=maghreb")
        seen[boundary] = picture(page)
    line = page.evaluate(
        """() => { const sheet = document.querySelector('.map-sheet').getBoundingClientRect()
                   return [sheet.width, sheet.height] }"""
    )
    for one, other in (("dashed", "none"), ("un", "none"), ("dashed", "un")):
        box = ImageChops.difference(seen[one], seen[other]).getbbox()
        assert box, (one, other)
        assert box[3] - box[1] <= 6, "a flat line"
        assert box[2] - box[0] <= line[0] / 5
    solid, dashed = (
        sum(1 for pixel in ImageChops.difference(seen[one], seen["none"]).get_flattened_data() if max(pixel) > 8)
        for one in ("un", "dashed")
    )
    assert solid > 0
    assert dashed > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dot_of_an_expected_cluster_is_accessible(new_page, live_server, scheme):
    make_cluster(city="Casablanca", **IN_CASABLANCA)
    make_cluster(city="Rabat", status="expected", kind="project", **IN_RABAT)
    page = new_page(scheme=scheme)
    page.goto(MAP)
    assert page.locator("a.map-pin").count() == 2
    assert violations(page) == []
