"""From the admin's front page to a published article, counted in clicks and keys; and the flow's pages in a real browser."""

import time

import pytest
from playwright.sync_api import expect

from articles.models import Article, Remark
from tests.browser.test_accessibility import violations
from tests.browser.test_main_job import log_in
from tests.factories import make_author, make_draft, make_picture, make_tag, make_user

TITLE, TEXT = "Le port de Nador ouvre", "Une zone de huit cents hectares, dit le port. Elle attend ses entreprises."


class Hand:
    """An editor's hand: what it does is counted, but for the typing of words."""

    def __init__(self, page):
        self.page, self.clicks, self.keys = page, 0, 0

    def click(self, target):
        self.clicks += 1
        target.click()

    def press(self, keys):
        self.keys += 1
        self.page.keyboard.press(keys)

    def type(self, text):
        self.page.keyboard.type(text)


def test_one_click_title_and_text_two_keys_and_it_is_read_everywhere_in_the_same_second(new_page, live_server):
    editor = make_user("editor")
    author = make_author(name="Élissa Marzouk", slug="elissa-marzouk", user=editor)
    page = new_page()
    log_in(page, editor)
    hand = Hand(page)
    hand.click(page.get_by_role("link", name="Écrire un article"))
    page.get_by_role("toolbar").wait_for()
    hand.type(TITLE)
    hand.click(page.get_by_role("textbox", name="Texte"))
    hand.type(TEXT)
    hand.press("Control+Enter")
    page.get_by_role("button", name="Publier", exact=True).wait_for()
    hand.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("est publié")
    assert (hand.clicks, hand.keys) == (2, 2)
    article = Article.objects.visible().get()
    assert article.authors.get() == author
    # Asked of the server at once: no page waits for a worker or a cache.
    began = time.monotonic()
    slug = "le-port-de-nador-ouvre"
    for path in (f"/articles/{slug}/", "/", "/articles/", "/authors/elissa-marzouk/", "/search/?q=nador", "/feed/", "/feed/atom/",
                 "/authors/elissa-marzouk/feed/"):  # fmt: skip
        answer = page.request.get(path)
        assert answer.status == 200, path
        assert TITLE in answer.text(), path
    assert f"/articles/{slug}/" in page.request.get("/sitemap.xml").text()
    assert time.monotonic() - began < 5, "nine pages, one after the other, on a machine with much else to do"


def test_a_tag_and_its_feed_have_it_in_the_same_second(new_page, live_server):
    editor = make_user("editor")
    draft = make_draft(title=TITLE, tags=[make_tag(name="Nador", slug="nador")])
    page = new_page()
    log_in(page, editor)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.get_by_role("toolbar").wait_for()
    assert page.request.get("/tags/nador/").status == 404
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Publier", exact=True).wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("est publié")
    for path in ("/tags/nador/", "/tags/nador/feed/"):
        assert TITLE in page.request.get(path).text()


def test_an_editor_without_a_signature_gets_one_on_the_way(new_page, live_server):
    editor = make_user("editor", first_name="Nora", last_name="Ziani")
    page = new_page()
    log_in(page, editor)
    page.get_by_role("link", name="Écrire un article").click()
    page.get_by_role("toolbar").wait_for()
    page.keyboard.type(TITLE)
    page.get_by_role("textbox", name="Texte").click()
    page.keyboard.type(TEXT)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Signer").wait_for()
    page.keyboard.press("Enter")  # signs
    page.get_by_role("button", name="Publier", exact=True).wait_for()
    page.keyboard.press("Enter")  # publishes
    expect(page.locator(".messagelist .success")).to_contain_text("est publié")
    assert Article.objects.visible().get().authors.get().name == "Nora Ziani"


def test_it_works_without_a_script_on_a_phone(new_page, live_server):
    editor = make_user("editor")
    signature = make_author(user=editor)
    page = new_page(width=360, javascript=False)
    log_in(page, editor)
    page.get_by_role("link", name="Écrire un article").click()
    page.fill("[name=title]", TITLE)
    page.fill("[name=body]", f"<p>{TEXT}</p>")
    page.select_option("[name='bylines-0-author']", str(signature.pk))
    page.get_by_role("button", name="Publier…").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Publier", exact=True).click()
    assert Article.objects.visible().get().slug == "le-port-de-nador-ouvre"


def test_a_double_click_publishes_once_and_nobody_is_startled(new_page, live_server):
    draft = make_draft(title=TITLE)
    page = new_page()
    log_in(page, make_user("editor"))
    page.goto(f"/admin/articles/article/{draft.pk}/publish/")
    page.get_by_role("button", name="Publier", exact=True).dblclick()
    page.wait_for_url("**/change/")
    article = Article.objects.visible().get()
    published_at = article.published_at
    page.go_back()
    page.reload()
    expect(page.locator(".errornote")).to_contain_text("il n’y a plus rien à faire ici")
    article.refresh_from_db()
    assert article.published_at == published_at


def test_a_remark_is_added_and_settled_without_leaving_what_is_typed(new_page, live_server):
    draft = make_draft(title="Titre")
    page = new_page()
    log_in(page, make_user("editor"))
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.get_by_role("toolbar").wait_for()
    page.fill("[name=title]", "Un titre en cours")
    page.get_by_role("textbox", name="Remarque").fill("Et la source ?")
    page.get_by_role("button", name="Ajouter la remarque").click()
    expect(page.locator(".remarks")).to_contain_text("Et la source")
    expect(page.get_by_role("textbox", name="Remarque")).to_have_value("")
    expect(page.get_by_role("textbox", name="Remarque")).to_be_focused()
    page.get_by_role("button", name="Marquer comme réglée").click()
    expect(page.get_by_role("button", name="Rouvrir")).to_be_focused()
    assert page.locator("[name=title]").input_value() == "Un titre en cours"
    remark = Remark.objects.get()
    assert remark.settled_at is not None
    page.get_by_role("button", name="Ajouter la remarque").click()
    expect(page.locator(".remark-new .errorlist")).to_contain_text("Écrivez d’abord")
    draft.refresh_from_db()
    assert draft.title == "Titre", "it is not saved, and not lost"


def test_a_remark_whose_server_does_not_answer_stays_where_it_was_written(new_page, live_server):
    draft = make_draft()
    page = new_page()
    log_in(page, make_user("editor"))
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.get_by_role("toolbar").wait_for()
    page.route("**/remarks/", lambda route: route.fulfill(status=401, body="non"))
    page.get_by_role("textbox", name="Remarque").fill("Et la source ?")
    page.get_by_role("button", name="Ajouter la remarque").click()
    expect(page.locator("[data-remarks] [role=alert]")).to_contain_text("Rien n’est perdu")
    expect(page.get_by_role("textbox", name="Remarque")).to_have_value("Et la source ?")


@pytest.mark.parametrize(
    ("link", "focused"),
    [
        ("n’a pas de texte.", ".field-body .ProseMirror"),
        ("texte de remplacement", ".field-cover .select2-selection"),
        ("description", "[name=description]"),
    ],
)
def test_a_line_of_the_checklist_leads_into_its_field(new_page, live_server, link, focused):
    draft = make_draft(body="", cover=make_picture(alt=""))
    page = new_page()
    log_in(page, make_user("editor"))
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.get_by_role("toolbar").wait_for()
    page.locator(".checklist li", has_text=link).get_by_role("link").press("Enter")
    expect(page.locator(focused).first).to_be_focused()
    page.goto(f"/admin/articles/article/{draft.pk}/publish/")
    page.locator(".checklist li", has_text=link).get_by_role("link").press("Enter")
    expect(page.locator(focused).first).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_name", ["change", "publish", "send-back", "remarks"])
def test_its_pages_pass_axe_and_fit_a_phone(new_page, live_server, page_name, scheme):
    editor = make_user("editor", first_name="Nora", last_name="Ziani")
    article = make_draft(authors=[], state="in_review", description="")
    Remark.objects.create(article=article, by=editor, body="À revoir.\n\n" + "mot" * 60)
    page = new_page(width=360, scheme=scheme)
    log_in(page, editor)
    page.goto(f"/admin/articles/article/{article.pk}/{page_name}/")
    if page_name == "change":
        page.get_by_role("toolbar").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
