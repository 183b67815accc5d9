"""The desk without a mouse: every stop is seen and reached, nothing holds the focus, and an article goes out by keys alone."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from clusters import history
from clusters.history import Act
from tests import factories as make
from tests.browser.desk import box
from tests.browser.keyboard import enter, stops, tab_to

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "<p>Un cluster au nord.</p><p>Un cluster au sud.</p>"


@pytest.fixture
def editor(live_server):
    return make.make_user("editor", first_name="Nora", last_name="Ziani")


@pytest.fixture
def draft(editor):
    draft = make.make_draft(title="Le port de Nador ouvre", body=TEXT, created_by=editor, tags=[make.make_tag()])
    history.keep(draft, by=None, act=Act.CREATED)
    return draft


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "name", ["front page", "list", "form", "published form", "step", "series", "library", "cluster form"]
)
def test_every_stop_is_seen_and_none_holds_the_focus(new_page, editor, draft, name, width):
    series = make.make_series()
    online = make.make_article(title="En ligne", body=TEXT, series=series, series_position=1, cover=make.make_picture())
    cluster = make.make_cluster()
    make.make_name(cluster)
    path = {
        "front page": "/admin/", "list": "/admin/articles/article/?etat=published", "form": change(draft), "published form": change(online),
        "step": f"/admin/articles/article/{draft.pk}/publish/", "series": f"/admin/articles/series/{series.pk}/parts/",
        "library": "/admin/articles/picture/", "cluster form": f"/admin/clusters/cluster/{cluster.pk}/change/",
    }[name]  # fmt: skip
    page = new_page(width=width, height=640 if width == 360 else 800, still=True)
    enter(page, editor)
    page.goto(path)
    if "form" in name:
        page.get_by_role("toolbar").first.wait_for()
    found, is_left = stops(page)
    assert is_left, f"the focus does not leave {found[-1]['name']}"
    assert len(found) > 10
    assert [one["name"] for one in found if not one["isMarked"]] == [], "does not show that it has the focus"
    assert [one["name"] for one in found if not one["isSeen"]] == [], "has the focus and cannot be seen"


def test_from_the_front_page_to_published(new_page, editor, draft):
    page = new_page()
    enter(page, editor)
    tab_to(page, f"[href='{change(draft)}']")
    page.keyboard.press("Enter")
    page.get_by_role("toolbar").first.wait_for()
    tab_to(page, ".ProseMirror")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Il compte.")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible(timeout=15_000)
    draft.refresh_from_db()
    assert draft.body == "<p>Un cluster au nord.</p><p>Un cluster au sud. Il compte.</p>"
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Publier", exact=True).wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("est publié", timeout=15_000)
    assert Article.objects.visible().get() == draft


def test_a_conflict_is_settled_and_saved_from_a_narrow_screen(new_page, editor, draft):
    """That both texts stay is asked in test_two_editors.py; here, that keys alone lead through the page."""
    page = new_page(width=360, height=640)
    enter(page, editor, change(draft))
    page.get_by_role("toolbar").first.wait_for()
    tab_to(page, ".ProseMirror")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Ici.")
    body = TEXT.replace("sud.", "sud. Ailleurs.")
    with history.changing(draft, by=make.make_user("editor", first_name="Amina"), act=Act.CHANGED):
        Article.objects.filter(pk=draft.pk).update(body=body)
    page.keyboard.press("Control+s")
    page.locator(".conflict").wait_for()
    expect(page.get_by_label("Garder le vôtre")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Prendre celui de Amina")).to_be_checked()
    tab_to(page, ".submit-row [name=_continue]")
    expect(page.locator(".submit-row [name=_continue]")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible(timeout=15_000)
    draft.refresh_from_db()
    assert draft.body == body


def test_escape_leaves_the_dialog_of_a_note_though_an_editor_is_in_it(new_page, editor, draft):
    page = new_page()
    enter(page, editor, change(draft))
    page.get_by_role("toolbar").first.wait_for()
    tab_to(page, ".ProseMirror")
    page.keyboard.press("Control+Alt+n")
    dialog = page.get_by_role("dialog", name="Note de bas de page")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("Une note")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(box(page)).to_be_focused()
    expect(page.locator("#id_body")).to_have_value(TEXT)


def test_a_table_at_the_end_of_a_text_does_not_hold_the_focus(new_page, editor):
    cells = "<tr><th><p>An</p></th></tr><tr><td><p>2020</p></td></tr>"
    draft = make.make_draft(body=f"<table><tbody>{cells}</tbody></table>")
    page = new_page()
    enter(page, editor, change(draft))
    page.get_by_role("toolbar").first.wait_for()
    tab_to(page, ".ProseMirror")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Tab")  # the next cell
    expect(box(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(box(page)).not_to_be_focused()
    expect(page.locator(".ProseMirror tr")).to_have_count(2)
