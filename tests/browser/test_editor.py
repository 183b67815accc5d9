"""The body editor in a real browser: no violated policy, a body that comes back equal, and the keyboard all the way."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import Article
from clusters.markup import EXTENSIONS
from tests.browser.desk import box, log_in
from tests.factories import PASSWORD, make_author, make_cluster, make_draft, make_name, make_user

BODY = (
    "<h2>Qui compte</h2><p>Quatre-vingts <strong>adhérents</strong> en <em>mars</em>, une note<sup>1</sup>.</p>"
    "<ul><li><p>un</p></li><li><p>deux</p></li></ul><ol><li><p>premier</p></li></ol>"
    "<blockquote><p>Une citation.</p></blockquote><hr><h3>Un détail</h3>"
    '<p>Le <span data-cluster="{id}">cluster de la chimie</span> et <a href="https://example.org/page">une page</a>.<br>Fin.</p>'
    "<table><tbody><tr><th><p>Année</p></th><th><p>Valeur</p></th></tr>"
    "<tr><td><p>2020</p></td><td><p>80</p></td></tr></tbody></table>"
)


@pytest.fixture
def desk(new_page, live_server):
    """A page of an editor, with the policy's violations gathered; there must be none."""
    user = make_user("editor", first_name="Elissa")
    violations = []

    def open_desk(path, **options):
        page = new_page(**options)
        page.on(
            "console", lambda message: violations.append(message.text) if "Security Policy" in message.text else None
        )
        log_in(page, path, user)
        return page

    yield open_desk
    assert not violations


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def save(page):
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_a_body_of_every_kind_comes_back_equal(desk):
    body = BODY.format(id=make_cluster(name="Cluster de la chimie").public_id)
    article = make_draft(body=body)
    article.refresh_from_db()
    stored = article.body
    page = desk(change(article))
    expect(page.locator("#id_body")).to_have_value(stored)
    box(page).press("Control+Home")
    page.keyboard.type("X")
    page.keyboard.press("Backspace")
    assert page.locator("#id_body").input_value().replace("\u00a0", "&nbsp;") == stored.replace("\u00a0", "&nbsp;")
    save(page)
    article.refresh_from_db()
    assert article.body == stored
    page.reload()
    expect(page.locator("#id_body")).to_have_value(stored)


def test_what_is_written_block_by_block_is_what_the_whole_text_says(desk):
    """The text that is sent is put together of blocks that are remembered; it is what the editor would write of it all."""
    page = desk(change(make_draft(body=BODY.format(id=make_cluster().public_id))))
    box(page).press("Control+Home")
    for keys in ("X", "Enter", "Y", "Control+b", "Z", "ArrowDown", "ArrowDown", "W", "Control+z", "Control+End", "V"):
        page.keyboard.press(keys)
        sent, whole = page.evaluate(
            """() => { const {editor} = document.querySelector('.ProseMirror')
            return [editor.getHTML(), Object.getPrototypeOf(editor).getHTML.call(editor)] }"""
        )
        assert sent == whole
    assert page.locator("#id_body").input_value() == whole


def test_a_cluster_is_referred_to_by_keyboard_alone(desk):
    cluster = make_cluster(name="Cluster EnR", acronym="CEnR")
    make_name(cluster, value="Cluster Solaire", kind="former")
    for n in range(3):
        make_cluster(name=f"Autre cluster {n}")
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.type("Le ")
    page.keyboard.press("Control+Shift+K")
    dialog = page.get_by_role("dialog", name="Renvoyer à un cluster du registre")
    search = dialog.get_by_role("combobox")
    expect(search).to_be_focused()
    expect(dialog.get_by_role("option")).to_have_count(4)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(dialog.locator("[aria-selected=true]")).to_contain_text("Cluster EnR")
    page.keyboard.type("solaire")
    expect(dialog.get_by_role("option")).to_have_count(1)
    # Without "preload", in which axe itself writes styles into the page.
    found = Axe().run(page, context=".chooser", options={"preload": False})
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Enter")
    words = dialog.get_by_label("Mots affichés")
    expect(words).to_be_focused()
    expect(words).to_have_value("Cluster EnR")
    page.keyboard.type("cluster des énergies")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    page.keyboard.type(" aussi.")
    wanted = f'<p>Le <span data-cluster="{cluster.public_id}">cluster des énergies</span> aussi.</p>'
    expect(page.locator("#id_body")).to_have_value(wanted)


def test_escape_leaves_the_text_as_it_was_and_the_cursor_in_it(desk):
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.type("Rien")
    page.keyboard.press("Control+Shift+K")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(box(page)).to_be_focused()
    expect(page.locator("#id_body")).to_have_value("<p>Rien</p>")


def test_selected_words_become_the_label_and_a_reference_can_be_changed(desk):
    first, second = make_cluster(name="Alpha"), make_cluster(name="Beta")
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.type("ce pôle")
    page.keyboard.press("Shift+Home")
    page.wait_for_function("getSelection().toString() === 'ce pôle'")
    page.wait_for_timeout(50)  # until the editor has heard of it
    page.keyboard.press("Control+Shift+K")
    page.get_by_role("option", name="Alpha").click()
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_have_value(f'<p><span data-cluster="{first.public_id}">ce pôle</span></p>')
    page.locator(".ProseMirror span[data-cluster]").click()
    page.get_by_role("button", name=re.compile("^Cluster du registre")).click()
    page.get_by_role("option", name="Beta").click()
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_have_value(f'<p><span data-cluster="{second.public_id}">ce pôle</span></p>')


def test_the_toolbar_is_one_stop_of_the_tab_key_and_speaks_french(desk):
    page = desk("/admin/articles/article/add/")
    bar = page.get_by_role("toolbar", name="Mise en forme")
    names = bar.get_by_role("button").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert {"Intertitre", "Gras (Ctrl+B)", "Liste à puces", "Insérer un tableau"} <= set(names)
    assert bar.locator("button[tabindex='0']").count() == 1
    bar.locator("button[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Sous-intertitre")).to_be_focused()
    page.keyboard.press("Enter")
    expect(bar.get_by_role("button", name="Sous-intertitre")).to_have_attribute("aria-pressed", "true")


def test_a_table_begins_with_a_header_row(desk):
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.get_by_role("button", name="Insérer un tableau").click()
    assert page.locator("#id_body").input_value().count("<th") == 3


def test_the_editor_offers_what_the_server_lets_through(desk):
    page = desk("/admin/articles/article/add/")
    nodes = page.evaluate(
        "() => Object.keys({...document.querySelector('.ProseMirror').editor.schema.nodes, ...document.querySelector('.ProseMirror').editor.schema.marks})"
    )
    offered = {name for name, value in EXTENSIONS.items() if value} - {"PasteCleaner", "MentionOffer", "Shortcuts"}
    assert {name[0].lower() + name[1:] for name in offered} <= set(nodes)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_text_looks_as_on_the_site(desk, scheme):
    page = desk("/admin/articles/article/add/", scheme=scheme)
    box(page).click()
    page.keyboard.type("Un texte")
    style = "one => { const s = getComputedStyle(one.querySelector('p')); return [s.fontFamily, s.fontSize] }"
    family, size = page.locator(".ProseMirror").evaluate(style)
    assert family.startswith('"Source Serif 4"')
    assert float(size.removesuffix("px")) >= 18


def test_leaving_unsaved_work_asks_first(desk):
    page = desk("/admin/articles/article/add/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    box(page).click()
    page.keyboard.type("Pas encore enregistré")
    page.goto("/admin/")
    assert asked == ["beforeunload"]


def test_from_the_front_page_to_published(new_page, live_server):
    """One press, type, Ctrl+Enter, then the button: no mouse beyond that."""
    author = make_user("editor")
    make_author(user=author)
    page = new_page()
    page.goto("/admin/login/")
    page.fill("[name=username]", author.username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Écrire un article").click()
    page.get_by_role("toolbar").wait_for()
    page.keyboard.type("Un titre tout neuf")
    page.get_by_role("textbox", name="Texte").click()
    page.keyboard.type("Le texte.")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.get_by_role("button", name="Publier…").press("Enter")
    page.get_by_role("button", name="Publier", exact=True).press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("est publié")
    assert Article.objects.visible().get().slug == "un-titre-tout-neuf"


def test_a_colleagues_save_is_shown_beside_ones_own(desk):
    article = make_draft(title="Titre", body="<p>Avant.</p>")
    mine, theirs = desk(change(article)), desk(change(article))
    for page, text in ((theirs, "Le sien"), (mine, "Le mien")):
        box(page).click()
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        page.keyboard.press("Control+s")
        page.wait_for_load_state()
    expect(mine.get_by_role("heading", name="Ce qui a été enregistré entre-temps")).to_be_visible()
    expect(mine.locator(".conflict-theirs")).to_contain_text("Le sien")
    expect(box(mine)).to_contain_text("Le mien")
    mine.get_by_label("Remplacer la version enregistrée").check()
    save(mine)
    article.refresh_from_db()
    assert article.body == "<p>Le mien</p>"
