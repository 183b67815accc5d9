"""The search of the newsroom by keyboard: one key from anywhere, none that somebody sets off by typing."""

from playwright.sync_api import expect

from tests.browser.test_editor import box, change, desk  # noqa: F401
from tests.factories import PASSWORD, make_draft, make_user

KEY = "Control+Shift+F"


def test_a_key_goes_to_the_search_from_a_field_and_from_the_body(desk):  # noqa: F811
    make_draft(title="Le port de Bizerte")
    page = desk(change(make_draft(title="Autre", body="<p>Un texte.</p>")))
    field = page.get_by_role("search", name="Toute la rédaction").get_by_role("searchbox")
    expect(field).to_have_attribute("aria-keyshortcuts", "Control+Shift+F")
    page.get_by_label("Titre").first.focus()
    page.keyboard.press(KEY)
    expect(field).to_be_focused()
    box(page).click()
    page.keyboard.type("f/F?")
    expect(box(page)).to_contain_text("f/F?")
    expect(box(page)).to_be_focused()
    page.keyboard.press(KEY)
    expect(field).to_be_focused()
    page.on("dialog", lambda dialog: dialog.accept())  # the browser asks whether to leave what is not saved yet
    page.keyboard.type("bizerte")
    page.keyboard.press("Enter")
    found = page.get_by_role("region", name="Articles").get_by_role("link", name="Le port de Bizerte")
    expect(found).to_be_visible(timeout=15_000)


def test_the_key_stays_out_of_a_dialog(desk):  # noqa: F811
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.press("Control+Alt+N")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press(KEY)
    expect(page.locator("#desk-search")).not_to_be_focused()


def test_the_field_works_without_any_script_on_a_narrow_screen(new_page, live_server):
    user = make_user("editor")
    make_draft(title="Le port de Bizerte")
    page = new_page(javascript=False, width=360)
    page.goto("/admin/login/?next=/admin/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.fill("#desk-search", "bizerte")
    page.press("#desk-search", "Enter")
    expect(page.get_by_role("link", name="Le port de Bizerte")).to_be_visible(timeout=15_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
