"""The article's page beside its form, at three widths, and a link for somebody without an account, in a real Chromium."""

from playwright.sync_api import expect

from articles.models import ShareLink
from tests.browser.test_main_job import log_in
from tests.factories import make_draft, make_user


def open_form(new_page, draft, **options):
    page = new_page(**options)
    log_in(page, make_user("editor"))
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    return page


def test_the_page_stands_beside_the_form_at_three_widths(live_server, new_page):
    draft = make_draft(title="Le port sec de Fès", body="<p>Un brouillon à lire.</p>")
    page = open_form(new_page, draft, width=1440)
    button = page.get_by_role("button", name="Aperçu à côté")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    frame = page.frame_locator(".preview-frame")
    expect(frame.get_by_role("heading", name="Le port sec de Fès")).to_be_visible()
    shown = page.locator(".preview-frame")
    for name, pixels in (("Téléphone 360", 360), ("Tablette 768", 768), ("Ordinateur 1280", 1280)):
        page.get_by_role("link", name=name).press("Enter")
        assert frame.locator("body").evaluate("() => innerWidth") == pixels
        box, screen = shown.bounding_box(), page.locator(".preview-screen").bounding_box()
        assert box["width"] <= screen["width"] + 1  # made smaller, never cut off
    # The text of the form is still there: a width is no page of its own here.
    expect(page.locator("#id_title")).to_have_value("Le port sec de Fès")
    page.reload()
    expect(page.frame_locator(".preview-frame").get_by_role("heading", name="Le port sec de Fès")).to_be_visible()


def test_the_pane_is_drawn_anew_when_the_text_has_been_kept(live_server, new_page):
    draft = make_draft(title="Avant")
    page = open_form(new_page, draft, width=1440)
    page.get_by_role("button", name="Aperçu à côté").click()
    frame = page.frame_locator(".preview-frame")
    expect(frame.get_by_role("heading", name="Avant")).to_be_visible()
    draft.title = "Après"
    draft.save(update_fields=["title"])
    page.evaluate("document.querySelector('#article_form').dispatchEvent(new CustomEvent('form:saved'))")
    expect(frame.get_by_role("heading", name="Après")).to_be_visible()


def test_without_a_script_the_preview_is_a_page_with_links(live_server, new_page):
    draft = make_draft(title="Le port sec de Fès")
    page = open_form(new_page, draft, javascript=False)
    expect(page.locator(".preview-beside")).to_be_hidden()
    page.goto(f"/admin/articles/article/{draft.pk}/preview/")
    page.get_by_role("link", name="Tablette 768").click()
    expect(page.locator(".preview-frame")).to_have_class("preview-frame preview-768")
    assert page.locator(".preview-frame").bounding_box()["width"] == 768


def test_a_link_is_made_copied_and_opened_by_a_stranger(live_server, new_page):
    draft = make_draft(title="Le port sec de Fès")
    page = open_form(new_page, draft)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Partager").click()
    page.get_by_label("Pour qui").fill("Mme Haddad")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mme Haddad")).to_be_visible()
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_role("status").filter(has_text="Adresse copiée.")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.endswith(ShareLink.objects.get().get_absolute_url())
    stranger = new_page(width=360)
    stranger.goto(address)
    expect(stranger.get_by_role("heading", name="Le port sec de Fès")).to_be_visible()
    page.get_by_role("button", name="Révoquer").click()
    expect(page.get_by_text("Révoqué par")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role("heading", name="Ce lien n’ouvre plus rien")).to_be_visible()
