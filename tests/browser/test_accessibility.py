"""WCAG 2.2 AA, as far as a machine can see it (axe-core): every kind of public page.

Those of the admin: test_every_admin_page.py.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

PUBLIC = [
    "/", "/articles/", "/articles/?tag=nulle-part", "/articles/maroc-la-fabrique-des-clusters/", "/series/", "/series/les-clusters-du-maghreb/",
    "/tags/analyse-economique/", "/authors/redaction-grappe/", "/clusters/", "/clusters/?view=table&country=TN", "/clusters/?q=zzz",
    "/clusters/map/?area=mediterranean", "/clusters/map/?country=MA",
    "/clusters/ce3m/", "/clusters/cluster-mecatronic-tunisie/", "/clusters/compare/",
    "/clusters/compare/?c=cluster-solaire&c=ce3m&c=nulle-part&q=menara&indicator=members", "/programmes/vision-2020/", "/sources/seed/", "/search/", "/search/?q=solaire", "/nulle-part/",
]  # fmt: skip
RULES = {
    "preload": False,  # axe would write a style of its own into the page, which our policy refuses
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}


def stretch(page, width=None):
    """Make the window as high as its page: bars that stay on the screen then stand at their own places, and cover nothing.

    Not under a dialog, which covers the page by its nature and is alone looked at.
    """
    width = width or page.viewport_size["width"]
    page.set_viewport_size({"width": width, "height": 900})
    high = page.evaluate("document.querySelector('dialog[open]') ? 900 : document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": high})


def violations(page):
    size = page.viewport_size
    stretch(page)
    context = "dialog[open]" if page.locator("dialog[open]").count() else None
    found = Axe().run(page, context=context, options=RULES).response["violations"]
    page.set_viewport_size(size)
    return [f"{one['id']}: {node['html'][:160]} {node['any'][:1]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_public_pages(new_page, demo_site, width, scheme):
    page = new_page(width=width, scheme=scheme)
    found = {}
    for path in PUBLIC:
        page.goto(path)
        if wrong := violations(page):
            found[path] = wrong
    assert not found


def test_no_page_scrolls_sideways_at_320_px(new_page, demo_site):
    page = new_page(width=320)
    too_wide = []
    for path in ("/", "/articles/", "/articles/maroc-la-fabrique-des-clusters/", "/clusters/", "/clusters/?view=table", "/clusters/ce3m/",
                 "/series/", "/search/?q=solaire", "/programmes/vision-2020/", "/sources/seed/", "/nulle-part/"):  # fmt: skip
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            too_wide.append(path)
    assert not too_wide
