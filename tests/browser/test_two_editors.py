"""Two editors at once, each in a browser of their own: nothing that either wrote is lost, and the keyboard settles the rest."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from clusters import history
from clusters.blocks import split
from clusters.history import Act
from tests.browser.test_editor import box, change
from tests.factories import PASSWORD, make_draft, make_user

BODY = "<p>Un cluster au nord.</p><p>Un cluster au sud.</p><p>Vingt entreprises adhérentes.</p>"


@pytest.fixture
def article(live_server):
    article = make_draft(title="Titre", standfirst="Chapô.", body=BODY)
    history.keep(article, by=None, act=Act.CREATED)
    return article


@pytest.fixture
def two(new_page, article):
    """Both have the article open."""

    def open_page(name):
        user = make_user("editor", first_name=name)
        page = new_page()
        page.goto(f"/admin/login/?next={change(article)}")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
        page.get_by_role("toolbar").first.wait_for()
        return page

    return open_page("Elissa"), open_page("Amina")


def write(page, number, text):
    """Go to the end of a paragraph by keyboard, and write there."""
    box(page).press("Control+Home")
    for _step in range(number - 1):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type(text)


def save(page):
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible(timeout=15_000)


def stored(article):
    article.refresh_from_db()
    return [one.text for one in split(article.body)]


def test_different_fields(two, article):
    one, other = two
    one.locator("#id_title").fill("Un autre titre")
    save(one)
    other.locator("#id_standfirst").fill("Un autre chapô.")
    save(other)
    expect(other.locator(".messagelist .info")).to_have_text("Enregistré entre-temps par Elissa : titre.")
    assert Article.objects.filter(pk=article.pk, title="Un autre titre", standfirst="Un autre chapô.").exists()


def test_different_blocks(two, article):
    one, other = two
    write(one, 2, " De Tanger.")
    save(one)
    write(other, 3, " Au moins.")
    save(other)
    expect(other.locator(".messagelist .info")).to_have_text(
        "Enregistré entre-temps par Elissa : texte (2e paragraphe)."
    )
    assert stored(article) == [
        "Un cluster au nord.", "Un cluster au sud. De Tanger.", "Vingt entreprises adhérentes. Au moins.",
    ]  # fmt: skip


@pytest.mark.parametrize(("keys", "kept"), [((), "d’Agadir"), (("ArrowDown",), "de Tanger")])
def test_the_same_block_is_settled_by_keyboard(keys, kept, two, article):
    one, other = two
    write(one, 2, " Et de Tanger.")
    save(one)
    write(other, 2, " Et d’Agadir.")
    write(other, 1, " Beau.")
    other.keyboard.press("Control+s")
    other.locator(".conflict").wait_for()
    asked = other.get_by_role("group", name="Texte, 2e paragraphe")
    expect(asked.locator(".conflict-mine")).to_contain_text("Un cluster au sud. Et d’Agadir.")
    expect(asked.locator(".conflict-theirs")).to_contain_text("Un cluster au sud. Et de Tanger.")
    expect(asked.locator(".conflict-mine mark")).to_have_text("d’Agadir.")
    for text in ("Et d’Agadir.", "Et de Tanger.", "Un cluster au nord. Beau."):
        expect(box(other)).to_contain_text(text)
    assert stored(article)[1] == "Un cluster au sud. Et de Tanger."
    expect(asked.get_by_label("Garder le vôtre")).to_be_focused()
    other.keyboard.press("Space")
    for key in keys:
        other.keyboard.press(key)
    save(other)
    assert stored(article) == [
        "Un cluster au nord. Beau.",
        f"Un cluster au sud. Et {kept}.",
        "Vingt entreprises adhérentes.",
    ]
