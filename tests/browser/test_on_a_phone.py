"""An editor with a phone: 360 px, fingers and no keys but those that type. A correction, and an article from nothing to its readers."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from tests import factories as make
from tests.browser.desk import box
from tests.browser.keyboard import enter

pytestmark = pytest.mark.django_db(transaction=True)
WIDTH, HEIGHT = 360, 640
BODY = "".join(
    f"<p>Le paragraphe numéro {number} dit ce que l’on sait de ce pôle, et de qui on le tient.</p>"
    for number in range(30)
)


@pytest.fixture
def phone(new_page, live_server):
    editor = make.make_user("editor", first_name="Nora", last_name="Ziani")
    make.make_author(user=editor, name="Nora Ziani")
    page = new_page(width=WIDTH, height=HEIGHT, touch=True)
    enter(page, editor)
    return page


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH


def in_hand(page, text):
    """Tap on words of the body: they are between the bars of the editor, which leave most of the screen to the text."""
    words = box(page).get_by_text(text)
    words.scroll_into_view_if_needed()
    words.tap()
    expect(box(page)).to_be_focused()
    fits(page)
    top, bottom = page.evaluate(
        """() => [document.querySelector("[role=toolbar]").getBoundingClientRect().bottom,
                  document.querySelector(".submit-main").getBoundingClientRect().top]"""
    )
    place = words.bounding_box()
    assert place["y"] >= top - 1
    assert place["y"] + place["height"] <= bottom + 1
    assert bottom - top > HEIGHT * 0.6, "what the bars leave to the text"


def test_a_word_of_a_published_article_is_corrected_before_its_readers(phone):
    article = make.make_article(title="Le pôle de Nador", body=f"{BODY}<p>Il compte vingt adhérents.</p>{BODY}")
    phone.goto("/admin/articles/article/")
    fits(phone)
    phone.get_by_role("link", name="Le pôle de Nador").tap()
    phone.get_by_role("toolbar").first.wait_for()
    in_hand(phone, "Il compte vingt adhérents.")
    phone.keyboard.press("End")
    for _letter in "vingt adhérents.":
        phone.keyboard.press("Backspace")
    phone.keyboard.type("trente adhérents.")
    expect(box(phone)).to_contain_text("Il compte trente adhérents.")
    nature = phone.get_by_label("Nature de la correction")
    nature.tap()
    nature.fill("Le nombre d’adhérents était faux.")
    phone.get_by_role("button", name="Enregistrer et publier la correction").tap()
    expect(phone.locator(".messagelist .success").last).to_contain_text("correction", timeout=15_000)
    fits(phone)
    phone.goto(article.get_absolute_url())
    expect(phone.locator("main")).to_contain_text("Il compte trente adhérents.")
    expect(phone.locator("main")).to_contain_text("Le nombre d’adhérents était faux.")
    fits(phone)


def test_an_article_is_written_and_published(phone):
    phone.get_by_role("link", name="Écrire un article").tap()
    phone.get_by_role("toolbar").first.wait_for()
    phone.get_by_label("Titre", exact=False).first.tap()
    phone.keyboard.type("Le port de Nador ouvre")
    box(phone).tap()
    for number in range(8):
        phone.keyboard.type(
            f"Phrase {number} : une zone de huit cents hectares, dit le port, et qui attend ses entreprises."
        )
        phone.keyboard.press("Enter")
    phone.get_by_role("button", name="Gras (Ctrl+B)").tap()  # the bar of one line goes sideways under the finger
    phone.keyboard.type("Fin")
    in_hand(phone, "Phrase 7")
    phone.locator(".submit-main").get_by_role("button", name="Publier…").tap()
    publish = phone.get_by_role("button", name="Publier", exact=True)
    expect(publish).to_be_in_viewport(timeout=15_000)
    fits(phone)
    publish.tap()
    expect(phone.locator(".messagelist .success")).to_contain_text("est publié", timeout=15_000)
    article = Article.objects.visible().get()
    assert (article.title, article.authors.get().name) == ("Le port de Nador ouvre", "Nora Ziani")
    assert article.body.endswith("<p><strong>Fin</strong></p>")


def test_filters_are_closed_until_asked_for_and_those_that_are_on_are_taken_off(phone):
    make.make_draft(title="Un brouillon")
    make.make_article(title="En ligne")
    phone.goto("/admin/articles/article/")
    expect(phone.get_by_role("link", name="Un brouillon")).to_be_in_viewport()
    phone.locator(".filters > details > summary").tap()
    phone.locator("#changelist-filter").get_by_role("link", name="Brouillon", exact=True).tap()
    expect(phone.get_by_role("link", name="En ligne")).to_have_count(0)
    phone.locator(".filters-on a", has_text="Brouillon").tap()
    expect(phone.get_by_role("link", name="En ligne")).to_be_visible()
    expect(phone.locator(".filters-on")).to_have_count(0)


def test_a_correction_needs_no_script(new_page, live_server):
    editor = make.make_user("editor")
    article = make.make_article(body="<p>Il compte vingt adhérents.</p>")
    page = new_page(width=WIDTH, height=HEIGHT, touch=True, javascript=False)
    page.goto(f"/admin/login/?next=/admin/articles/article/{article.pk}/change/")
    page.fill("[name=username]", editor.username)
    page.fill("[name=password]", make.PASSWORD)
    page.click("[type=submit]")
    text = page.locator("#id_body")
    expect(text).to_have_value("<p>Il compte vingt adhérents.</p>")
    fits(page)
    text.fill("<p>Il compte trente adhérents.</p>")
    page.get_by_role("button", name="Enregistrer la copie").click()
    expect(page.locator(".working-copy")).to_be_visible()
    article.refresh_from_db()
    assert article.body == "<p>Il compte vingt adhérents.</p>", "what readers see is not what is saved aside"
    page.get_by_label("Nature de la correction").fill("Le nombre était faux.")
    page.get_by_role("button", name="Enregistrer et publier la correction").click()
    article.refresh_from_db()
    assert article.body == "<p>Il compte trente adhérents.</p>"
    assert article.corrections.get().nature == "Le nombre était faux."
