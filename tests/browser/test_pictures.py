"""Pictures by hand, in real Chromium: chosen, dropped and pasted, set at the head of an article, cut around a point; and without script."""

import base64

import pytest
from django.test import Client
from playwright.sync_api import expect

from articles.models import Picture
from tests import factories as make
from tests import hostile_pictures as hostile
from tests.browser.keyboard import tab_to
from tests.browser.test_accessibility import violations

LIBRARY = "/admin/articles/picture/"
GIVE = """([place, kind, content, name]) => {
  const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))
  const data = new DataTransfer()
  data.items.add(new File([bytes], name, { type: "image/jpeg" }))
  const options = { bubbles: true, cancelable: true }
  const event = kind === "drop" ? new DragEvent("drop", { ...options, dataTransfer: data }) : new ClipboardEvent("paste", { ...options, clipboardData: data })
  document.querySelector(place).dispatchEvent(event)
}"""
"""What a browser does when a person drops a file on a place, or pastes it there."""


def give(page, place, kind, content, name="photo.jpg"):
    page.evaluate(GIVE, [place, kind, base64.b64encode(content).decode(), name])


def file(name, content):
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


@pytest.fixture
def at_the_desk(new_page, live_server):
    def open_desk(path, **options):
        client = Client()
        client.force_login(make.make_user("editor"))
        page = new_page(**options)
        page.context.add_cookies(
            [{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}]
        )
        page.goto(path)
        return page

    return open_desk


def test_pictures_are_chosen_dropped_and_pasted_into_the_library(at_the_desk):
    page = at_the_desk(LIBRARY)
    page.set_input_files("#library-files", [file("serre.jpg", hostile.photograph()), file("dessin.svg", hostile.svg())])
    sent = page.locator("[data-upload-list] > li")
    expect(sent.nth(0)).to_contain_text("Image ajoutée à la bibliothèque")
    expect(sent.nth(1)).to_contain_text("SVG")
    give(page, "form[data-upload]", "drop", hostile.photograph((70, 50)), "port.jpg")
    expect(sent.nth(2)).to_contain_text("Image ajoutée à la bibliothèque")
    give(page, "body", "paste", hostile.photograph(), "encore.jpg")
    expect(sent.nth(3)).to_contain_text("déjà dans la bibliothèque")
    assert Picture.objects.count() == 2
    assert violations(page) == []


def test_without_script_the_form_sends_them_together(at_the_desk):
    page = at_the_desk(LIBRARY, javascript=False)
    page.set_input_files(
        "#library-files", [file("serre.jpg", hostile.photograph()), file("port.jpg", hostile.photograph((70, 50)))]
    )
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".messagelist li")).to_have_count(2)
    assert Picture.objects.count() == 2


def test_a_session_that_has_ended_is_told_and_nothing_is_lost(at_the_desk):
    page = at_the_desk(LIBRARY)
    page.context.clear_cookies(name="session")
    page.set_input_files("#library-files", [file("serre.jpg", hostile.photograph())])
    expect(page.locator("[data-upload-list] > li")).to_contain_text("Votre session a expiré")


def test_a_picture_dropped_on_an_article_is_at_its_head(at_the_desk):
    article = make.make_draft()
    page = at_the_desk(f"/admin/articles/article/{article.pk}/change/")
    give(page, ".cover-drop", "drop", hostile.photograph(), "serre.jpg")
    expect(page.locator(".cover-told")).to_contain_text("Image ajoutée à la bibliothèque")
    expect(page.locator("#select2-id_cover-container")).to_contain_text("serre.jpg")
    expect(page.locator(".field-cover_preview .thumbnail")).to_be_visible()
    page.locator(".submit-row [name=_continue]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    article.refresh_from_db()
    assert article.cover == Picture.objects.get()


def test_a_cover_is_chosen_from_the_library_by_keyboard_alone(at_the_desk):
    wanted, _other = make.make_picture(alt="Un quai"), make.make_picture(alt="Une serre")
    article = make.make_draft()
    page = at_the_desk(f"/admin/articles/article/{article.pk}/change/", width=360)
    page.get_by_role("toolbar").first.wait_for()
    tab_to(page, ".cover-drop button.button")
    page.keyboard.press("Enter")
    choices = page.locator(".library-choices button")
    expect(choices).to_have_count(2)
    assert violations(page) == []
    page.keyboard.type("quai")
    expect(choices).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#select2-id_cover-container")).to_contain_text("Un quai")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_be_visible()
    article.refresh_from_db()
    assert article.cover == wanted


def test_a_focal_point_is_set_by_a_click_or_by_keys(at_the_desk):
    picture = make.make_picture()
    page = at_the_desk(f"/admin/articles/picture/{picture.pk}/change/")
    image = page.locator("[data-focus-box] img")
    box = image.bounding_box()
    image.click(position={"x": box["width"] * 0.8, "y": box["height"] * 0.25})
    across, down = page.locator("#id_focus_x"), page.locator("#id_focus_y")
    assert abs(int(across.input_value()) - 80) <= 2
    assert abs(int(down.input_value()) - 25) <= 4
    across.fill("30")
    across.press("ArrowUp")
    assert across.input_value() == "31"
    assert page.locator(".focus-cuts img").first.evaluate("cut => cut.style.objectPosition").startswith("31%")
    assert violations(page) == []
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_be_visible()
    picture.refresh_from_db()
    assert picture.focus_x == 31


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_missing_texts_are_written_on_any_screen(at_the_desk, width, scheme):
    for _one in range(2):
        make.make_picture(alt="")
    page = at_the_desk("/admin/articles/picture/texts/", width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    page.get_by_label("Texte de remplacement").first.fill("Un quai")
    page.get_by_role("button", name="Enregistrer ces textes").click()
    expect(page.locator(".messagelist")).to_contain_text("1 image enregistrée")
    expect(page.locator(".library-rows > li")).to_have_count(1)


def test_readers_get_avif_where_their_browser_can(new_page, live_server):
    article = make.make_article(cover=make.make_picture(focus_x=80, focus_y=20))
    page = new_page()
    page.goto(f"/articles/{article.slug}/")
    image = page.locator(".article-cover img")
    assert image.evaluate("image => image.currentSrc").endswith(".avif")
    assert image.evaluate("image => image.naturalWidth") > 0
    assert image.evaluate("image => getComputedStyle(image).objectPosition") == "80% 20%"
