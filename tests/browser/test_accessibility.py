"""WCAG 2.2 AA, as far as a machine can see it (axe-core): every kind of public page and the admin pages that we made."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from articles.models import Article
from clusters.models import Cluster

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


def violations(page):
    found = Axe().run(page, options=RULES).response["violations"]
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_admin_pages(new_page, demo_site, width, scheme):
    article, cluster = Article.objects.get(slug="maroc-la-fabrique-des-clusters"), Cluster.objects.get(slug="ce3m")
    page = new_page(width=width, scheme=scheme)
    page.goto("/admin/login/")
    found = {"/admin/login/": violations(page)}
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "demonstration")
    page.click("[type=submit]")
    paths = ["/admin/", "/admin/search/", "/admin/search/?q=textile", "/admin/articles/article/", f"/admin/articles/article/{article.pk}/change/", "/admin/articles/comment/",
             "/admin/clusters/cluster/", f"/admin/clusters/cluster/{cluster.pk}/change/", "/admin/articles/picture/add/", "/admin/articles/picture/", "/admin/articles/picture/texts/"]  # fmt: skip
    for path in paths:
        page.goto(path)
        found[path] = violations(page)
    assert not {path: wrong for path, wrong in found.items() if wrong}


def test_no_page_scrolls_sideways_at_320_px(new_page, demo_site):
    page = new_page(width=320)
    too_wide = []
    for path in ("/", "/articles/", "/articles/maroc-la-fabrique-des-clusters/", "/clusters/", "/clusters/?view=table", "/clusters/ce3m/",
                 "/series/", "/search/?q=solaire", "/programmes/vision-2020/", "/sources/seed/", "/nulle-part/"):  # fmt: skip
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            too_wide.append(path)
    assert not too_wide
