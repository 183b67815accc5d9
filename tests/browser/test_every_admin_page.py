"""Every page of the desk, as wide as a phone and as a desk, in light and in dark: no violation of WCAG 2.2 AA that a machine sees,
and nothing that scrolls sideways.

The addresses come from tests/house/test_admin_pages.py, so that a page made tomorrow is looked at without being named here;
what shows only after a press or a refusal is named below.
"""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import F
from playwright.sync_api import expect

from articles.comments.models import Comment
from articles.models import Article, Tag
from clusters.models import Cluster, MapSettings, Merge, Suggestion
from tests import factories as make
from tests.browser.desk import box
from tests.browser.test_accessibility import RULES, stretch
from tests.clusters.imports.tables import TWO, table
from tests.house.test_admin_pages import every_page

WIDTHS, SCHEMES = (360, 1280), ("light", "dark")
PARTS = 6
"""Into how many tests the addresses are dealt out, so that workers share them."""
PUBLISHED, DRAFT = "lire-un-chiffre-de-cluster", "textile-trois-clusters-marocains"
RUN = "rules => axe.run(document.querySelector('dialog[open]') ?? document, rules).then(found => found.violations.flatMap(one => one.nodes.map(node => [one.id, node.html, node.any[0]?.message ?? ''])))"
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter(one =>
    /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1
    && !one.matches("[tabindex='0'], [role=toolbar], input, textarea, select")
).map(one => `${one.tagName} ${one.id} ${one.className}`)"""
"""Boxes that scroll sideways and are neither a toolbar nor, as a comparison may be, one that the keyboard stops at."""


@pytest.fixture(scope="module")
def rows(demo_site):
    """Rows of the demonstration to open, and what it has none of."""
    editor = User.objects.get(username="editor")
    merge = Merge.objects.create(loser=make.make_cluster(), survivor=Cluster.objects.get(slug="ce3m"), merged_by=editor)
    MapSettings.objects.create(pk=1)
    chosen = {model: list(model._default_manager.all()[:1]) for model in admin.site._registry}
    return chosen | {
        Article: [Article.objects.get(slug=slug) for slug in (PUBLISHED, DRAFT)],
        Cluster: [Cluster.objects.get(slug="ce3m")],
        Comment: [Comment.objects.waiting()[0]],
        Merge: [merge],
        Suggestion: [Suggestion.objects.filter(state=state)[0] for state in ("new", "accepted")],
    }


@pytest.fixture
def page(new_page, rows):
    """The desk of who may do everything. Still: its colours are changed while it is open, and none may be on its way."""
    page = new_page(still=True)
    page.goto("/admin/login/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "demonstration")
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    return page


def faults(page):
    """What is wrong with the page that is open: a line for each, with the width and the scheme in which it is."""
    page.evaluate(Axe().axe_script)
    found = []
    for width in WIDTHS:
        stretch(page, width)
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{width} px: {wide} px wide")
        found += [f"{width} px: scrolls sideways: {one}" for one in page.evaluate(TOO_WIDE)]
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            # In the dark the same elements stand at the same places: only their colours are others.
            rules = RULES if scheme == SCHEMES[0] else {**RULES, "runOnly": ["color-contrast"]}
            for rule, html, why in page.evaluate(RUN, rules):
                found.append(f"{width} px, {scheme}, {rule}: {html[:200]} {why[:200]}")
    page.emulate_media(color_scheme=SCHEMES[0])
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_passes_axe_and_fits(page, rows, part):
    wrong, opened = {}, 0
    for address in every_page(rows)[part::PARTS]:
        answer = page.goto(address)
        assert answer.status in (200, 403), (address, answer.status)  # 403: what even a superuser may not do
        opened += answer.status == 200
        if answer.status == 200 and (found := faults(page)):
            wrong[address] = found
    assert opened > 10
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_a_fault_is_found(page):
    page.evaluate("""() => {
        document.querySelector("main").insertAdjacentHTML("beforeend", "<img src='/x'><input class='wide'><div class='scrolls'><p></p></div>")
        document.querySelector(".scrolls p").style.inlineSize = "2000px"
        document.querySelector("#content h1").style.color = "rgb(32, 32, 32)"
    }""")
    found = " ".join(faults(page))
    for sign in ("light, image-alt", "light, label", "360 px: scrolls sideways", "360 px, dark, color-contrast"):
        assert sign in found, sign
    assert "light, color-contrast" not in found


def change(slug):
    return f"/admin/articles/article/{Article.objects.get(slug=slug).pk}/change/"


def opened(page, slug=DRAFT):
    page.goto(change(slug))
    page.get_by_role("toolbar").first.wait_for()


def filters(page):
    page.goto("/admin/articles/article/?etat=published&_facets=True")
    page.locator(".filters > details > summary").click()


def a_list_without_rows(page):
    page.goto("/admin/articles/article/?q=nulle-part")


def a_search_that_finds(page):
    page.goto("/admin/search/?q=textile")
    page.locator(".found-group").first.wait_for()


def a_form_refused(page):
    page.goto("/admin/clusters/source/add/")
    page.locator("[name=_save]").click()
    page.locator(".errornote").wait_for()


def a_working_copy(page):
    opened(page, "agadir-haliopole-cinq-milliards")
    page.fill("[name=standfirst]", "Un chapô qui n’est pas en ligne.")
    page.keyboard.press("Control+s")
    page.locator(".messagelist .success").wait_for()
    page.locator(".working-copy").wait_for()


def a_conflict(page):
    opened(page)
    box(page).press("Control+Home")
    page.keyboard.type("Chez moi. ")
    article = Article.objects.get(slug=DRAFT)
    # A colleague's save, whose every text is another.
    Article.objects.filter(pk=article.pk).update(
        body=article.body.replace("<p>", "<p>Ailleurs. ", 1), version=F("version") + 1
    )
    page.keyboard.press("Control+s")
    page.locator(".conflict").wait_for()


def what_an_import_would_do(page):
    page.goto("/admin/clusters/cluster/import/")
    page.set_input_files("[name=file]", {"name": "clusters.csv", "mimeType": "text/csv", "buffer": table(TWO)})
    page.locator("[type=submit].default").click()
    page.locator(".import-counts").wait_for()


def clusters_made_one(page):
    this, other = Cluster.objects.get(slug="ce3m"), Cluster.objects.get(slug="cluster-solaire")
    page.goto(f"/admin/clusters/cluster/{this.pk}/merge/?with={other.pk}")
    page.locator(".merge-table").wait_for()


def tags_made_one(page):
    this, other = Tag.objects.order_by("pk")[:2]
    page.goto(f"/admin/articles/tag/{this.pk}/merge/?with={other.pk}")
    page.locator(".merge-parts").wait_for()


def the_way_in(page):
    page.context.clear_cookies()
    page.goto("/admin/login/")
    page.fill("[name=username]", "personne")
    page.fill("[name=password]", "rien")
    page.click("[type=submit]")
    page.locator(".errornote").wait_for()


def a_dialog(keys):
    def show(page):
        opened(page)
        box(page).press("Control+Home")
        page.keyboard.press(keys)
        page.locator("dialog[open]").wait_for()

    return show


def the_library(page):
    opened(page)
    page.get_by_role("button", name="Choisir dans la bibliothèque").click()
    page.locator(".library-choices button").first.wait_for()


def a_table_in_the_text(page):
    opened(page)
    box(page).press("Control+Home")
    page.get_by_role("button", name="Insérer un tableau").click()
    dialog = page.locator("dialog[open]")
    if dialog.count():
        dialog.locator("[type=submit]").click()
    page.locator(".ProseMirror table").wait_for()
    for heading in ("An", "Adhérents", "Source"):
        page.keyboard.type(heading)
        page.keyboard.press("Tab")


STATES = {
    "filters of a list, opened, one of them on": filters,
    "a list without rows": a_list_without_rows,
    "a search that finds": a_search_that_finds,
    "a form refused": a_form_refused,
    "a working copy": a_working_copy,
    "a conflict": a_conflict,
    "an import": what_an_import_would_do,
    "two clusters": clusters_made_one,
    "two tags": tags_made_one,
    "a login refused": the_way_in,
    "dialog: link": a_dialog("Control+k"),
    "dialog: cluster": a_dialog("Control+Shift+k"),
    "dialog: picture": a_dialog("Control+Alt+i"),
    "dialog: note": a_dialog("Control+Alt+n"),
    "dialog: embed": a_dialog("Control+Alt+v"),
    "dialog: shortcuts": a_dialog("Control+/"),
    "dialog: library": the_library,
    "a table": a_table_in_the_text,
}


@pytest.mark.parametrize("state", STATES)
def test_what_shows_after_a_press_passes_axe_and_fits(page, state):
    STATES[state](page)
    assert faults(page) == []
    page.set_viewport_size({"width": 360, "height": 640})
    for dialog in page.locator("dialog[open]").all():
        place = dialog.bounding_box()
        assert place["y"] >= 0
        assert place["y"] + place["height"] <= 640, "its buttons are on the screen"
        expect(dialog.get_by_role("button", name=re.compile("Annuler|Fermer"))).to_be_in_viewport()
