"""The map as people use it: with the keyboard, with a finger, without JavaScript; and what is really drawn."""

import pytest

from tests.browser.test_accessibility import violations

MAP = "/clusters/map/"


def names_of_dots(page):
    return page.locator("a.map-pin").evaluate_all("dots => dots.map(dot => dot.getAttribute('aria-label'))")


def focused(page):
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def tab_to_the_dots(page, limit=80):
    for _n in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('map-pin')"):
            return
    pytest.fail("Tab does not reach the map")


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_tab_goes_through_the_dots_in_reading_order_and_enter_opens_one(new_page, demo_site, width, javascript):
    page = new_page(width=width, javascript=True)
    page.goto(MAP)
    expected = names_of_dots(page)
    places = page.locator("a.map-pin").evaluate_all(
        "dots => dots.map(dot => { const box = dot.querySelector('circle').getBoundingClientRect(); return box.y })"
    )
    assert len(expected) >= 8
    assert places[-1] > places[0], "from the north to the south"
    tab_to_the_dots(page)
    reached = [focused(page)]
    for _n in range(len(expected) - 1):
        page.keyboard.press("Tab")
        reached.append(focused(page))
    assert reached == expected
    single = next(name for name in expected if name.startswith("Tan-Tan"))
    page = new_page(width=width, javascript=javascript)
    page.goto(MAP)
    page.locator(f"a.map-pin[aria-label='{single}']").press("Enter")
    page.wait_for_url("**/clusters/*/")
    assert "Tan" in page.locator("h1").inner_text()


def test_the_dot_that_has_the_focus_is_seen(new_page, demo_site):
    page = new_page()
    page.goto(MAP)
    tab_to_the_dots(page)
    frame = page.locator("a.map-pin:focus .map-target")
    with_focus = frame.evaluate("target => { const s = getComputedStyle(target); return [s.stroke, s.strokeWidth] }")
    page.locator("h1").click()
    without = page.locator(".map-target").first.evaluate("target => getComputedStyle(target).stroke")
    assert without == "none"
    assert with_focus[0] != "none"
    assert with_focus[1] == "3px"


def test_a_dot_of_several_opens_the_list_of_exactly_those(new_page, demo_site):
    page = new_page(width=360, javascript=False)
    page.goto(f"{MAP}?area=maghreb")
    dot = page.locator("a.map-pin[aria-label*='clusters']").first
    total = int(dot.locator(".map-number").text_content())
    dot.click()
    assert page.locator(".cluster-card").count() == total
    page.get_by_role("link", name="Carte").click()
    assert page.locator("a.map-pin").count() >= 1


@pytest.mark.parametrize("width", [320, 360, 480, 700, 1280])
@pytest.mark.parametrize("area", ["mediterranean", "maghreb", "MA"])
def test_every_dot_can_be_hit_with_a_finger(new_page, demo_site, width, area):
    """24 px on both sides, and whoever presses its middle gets it, whatever stands beside it."""
    page = new_page(width=width)
    page.goto(f"{MAP}?area={area}")
    page.locator(".map-sheet").scroll_into_view_if_needed()
    sizes = page.locator("a.map-pin").evaluate_all(
        """dots => dots.map(dot => {
            const box = dot.querySelector('.map-target').getBoundingClientRect()
            const disc = dot.querySelector('.map-dot').getBoundingClientRect()
            window.scrollTo(0, window.scrollY + disc.y - 300)
            const now = dot.querySelector('.map-dot').getBoundingClientRect()
            const hit = document.elementFromPoint(now.x + now.width / 2, now.y + now.height / 2)
            return [box.width, box.height, dot.contains(hit)]
        })"""
    )
    assert sizes
    assert all(wide >= 23.9 and high >= 23.9 and is_hit for wide, high, is_hit in sizes), sizes
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_accessibility(new_page, demo_site, width, scheme):
    page, found = new_page(width=width, scheme=scheme), {}
    for path in (
        MAP,
        f"{MAP}?area=mediterranean",
        f"{MAP}?area=MA",
        f"{MAP}?country=TN&area=nulle-part",
        f"{MAP}?q=zzz",
    ):
        page.goto(path)
        if wrong := violations(page):
            found[path] = wrong
    assert not found


def test_it_prints(new_page, demo_site):
    page = new_page()
    page.goto(MAP)
    page.emulate_media(media="print")
    assert page.locator(".map-sheet").is_visible()
    assert page.locator(".places").is_visible()
    assert not page.locator(".areas").is_visible()
    fill = page.locator(".map-dot").first.evaluate("dot => getComputedStyle(dot).fill")
    ground = page.locator(".map-land").evaluate("land => getComputedStyle(land).fill")
    assert fill != ground
