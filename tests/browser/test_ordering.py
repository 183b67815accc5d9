"""Order by hand in the editors' forms, and hashtags made by typing: what the scripts add to pages that work without them."""

import pytest
from playwright.sync_api import expect

from articles import ordering
from articles.models import Article, Tag
from tests import factories as make
from tests.browser.keyboard import enter, tab_to

pytestmark = pytest.mark.django_db(transaction=True)


def log_in(page, user):
    page.goto("/admin/login/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", make.PASSWORD)
    page.click("[type=submit]")


def titles(series):
    return [part.title for part in ordering.parts_of(series)]


@pytest.fixture
def series(db):
    made = make.make_series()
    for n, title in enumerate(("Un", "Deux", "Trois"), 1):
        make.make_article(title=title, series=made, series_position=n)
    return made


def test_parts_are_moved_by_keyboard_told_and_saved_together(live_server, new_page, series):
    page = new_page(width=360)
    enter(page, make.make_user("editor"), f"/admin/articles/series/{series.pk}/change/")
    tab_to(page, ".parts-way a")
    page.keyboard.press("Enter")
    page.locator("[data-told]").wait_for(state="attached")
    tab_to(page, "[data-move='1']")
    page.keyboard.press("Alt+ArrowDown")
    assert page.locator("[data-told]").inner_text() == "Un : 2 / 3"
    assert page.evaluate("document.activeElement.closest('[data-row]').dataset.name") == "Un"
    assert titles(series) == ["Un", "Deux", "Trois"]  # nothing is written before it is saved
    page.keyboard.press("Enter")
    tab_to(page, ".button.default")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_be_visible(timeout=15_000)
    assert titles(series) == ["Deux", "Trois", "Un"]


def test_parts_are_drawn_by_their_handle(live_server, new_page, series):
    page = new_page()
    log_in(page, make.make_user("editor"))
    page.goto(f"/admin/articles/series/{series.pk}/parts/")
    page.locator("[data-handle]").first.drag_to(page.locator("[data-row]").last)
    assert page.locator("[data-told]").inner_text().startswith("Un")
    page.click("text=Enregistrer l’ordre")
    page.wait_for_load_state()
    assert titles(series)[0] != "Un"


def test_without_script_the_same_buttons_move_at_once(live_server, new_page, series):
    page = new_page(javascript=False)
    log_in(page, make.make_user("editor"))
    page.goto(f"/admin/articles/series/{series.pk}/parts/")
    page.click("[aria-label*='Descendre « Un']")
    assert titles(series) == ["Deux", "Un", "Trois"]


def test_signatures_are_ordered_and_a_new_line_taken_away_leaves_those_on_record(live_server, new_page):
    one, two = make.make_author(name="Alpha"), make.make_author(name="Beta")
    article = make.make_draft(authors=[one, two])
    page = new_page()
    log_in(page, make.make_user("editor"))
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.click("#bylines-0 [data-move='1']")
    page.click("#bylines-group .add-row a")
    page.click("#bylines-2 [data-move='-1']")
    page.click("#bylines-2 .inline-deletelink")
    page.click(".submit-row [name=_continue]")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert [line.author.name for line in article.bylines.order_by("position")] == ["Beta", "Alpha"]


def test_a_name_that_is_no_tag_yet_is_made_and_its_twin_taken(live_server, new_page):
    make.make_tag(name="Économie", slug="economie")
    article = make.make_draft()
    page = new_page()
    log_in(page, make.make_user("editor"))
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    for typed, chosen in (("PortSec", "#PortSec est créé."), ("economie", "#Économie existe déjà")):
        field = page.locator(".field-tags .select2-search__field")
        field.click()
        field.press_sequentially(typed)
        page.locator(".select2-results__option", has_text=f"Créer #{typed}").click()
        page.locator(".tags-told", has_text=chosen).wait_for()
    page.click(".submit-row [name=_continue]")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert set(Article.objects.get().tags.values_list("name", flat=True)) == {"PortSec", "Économie"}
    assert Tag.objects.count() == 2
