"""The body's own nodes in a real browser: each comes back equal, is made by keyboard alone, and asks nothing of a third party."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import Picture
from tests.browser.test_editor import box, change, desk, save  # noqa: F401
from tests.factories import make_article, make_cluster, make_draft, make_picture, make_programme

YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"


def every_node(**ids):
    return (
        '<p>Un <a data-to="programme/{programme}">programme</a>, un <span data-cluster="{cluster}">pôle</span><span data-note="">Voir '
        '<em>ceci</em> et <a href="https://exemple.org/?a=1&amp;b=2">cela</a>, ou <a data-to="programme/{programme}">là</a>.</span>.</p>'
        '<figure data-picture="{picture}"><figcaption>Le <em>quai</em></figcaption></figure>'
        '<figure data-picture="{picture}"><figcaption></figcaption></figure>'
        '<aside data-box="quote"><p>Une phrase.</p></aside><aside data-box="note"><h3>Repère</h3><p>Un fait.</p></aside>'
        f'<figure data-embed="{YOUTUBE}"><figcaption>Un film</figcaption></figure>'
        '<table><caption>Deux ans</caption><tbody><tr><th scope="col"><p>An</p></th><th colspan="2" scope="col"><p>b</p></th></tr>'
        '<tr><th rowspan="2" scope="row"><p>c</p></th><td><p>d</p></td><td><p>e</p></td></tr>'
        "<tr><td><p>f</p></td><td><p>g</p></td></tr></tbody></table>"
        '<div data-gallery="4 5"><p>un <strong>reste</strong></p></div><p>Et <span data-gloss="x">un mot</span>.</p>'
    ).format(**ids)


def test_a_body_of_every_node_comes_back_equal(desk):  # noqa: F811
    programme, cluster = make_programme(), make_cluster()
    body = every_node(programme=programme.pk, cluster=cluster.public_id, picture=make_picture().pk)
    article = make_draft(body=body)
    article.refresh_from_db()
    assert article.body == body
    page = desk(change(article))
    box(page).press("Control+Home")
    page.keyboard.type("X")
    page.keyboard.press("Backspace")
    expect(page.locator("#id_body")).to_have_value(body)
    expect(page.locator(".node-unknown").first).to_contain_text("Élément inconnu, conservé tel quel : un reste")
    save(page)
    article.refresh_from_db()
    assert article.body == body


def test_a_picture_is_chosen_by_keyboard_and_captioned_in_its_place(desk):  # noqa: F811
    make_picture(caption="Autre chose")
    wanted = make_picture(caption="Le port de Bizerte", alt="Un quai", credit="M. Photo")
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.press("Control+Alt+I")
    dialog = page.get_by_role("dialog", name="Insérer une image de la bibliothèque")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("bizerte")
    expect(dialog.get_by_role("option")).to_have_count(1)
    found = Axe().run(page, context=".chooser", options={"preload": False})
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator("#id_body")).to_have_value(
        f'<figure data-picture="{wanted.pk}"><figcaption></figcaption></figure>'
    )
    expect(page.locator(".node-picture > div img")).to_have_attribute("alt", "Un quai")
    assert Picture.objects.count() == 2


def test_a_link_to_a_page_of_ours_is_by_id_chosen_or_pasted(desk, live_server):  # noqa: F811
    article = make_article(title="Le port et la ville")
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.type("Voir ")
    page.keyboard.press("Control+K")
    dialog = page.get_by_role("dialog", name="Lien")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("port et la ville")
    expect(dialog.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    link = f'<a data-to="article/{article.pk}">Le port et la ville</a>'
    expect(page.locator("#id_body")).to_have_value(f"<p>Voir {link}</p>")
    page.keyboard.press("End")
    page.keyboard.type(" et ")
    page.keyboard.press("Control+K")
    page.keyboard.type(f"{live_server.url}{article.get_absolute_url()}")
    page.get_by_role("dialog").get_by_role("button", name="Insérer").click()
    expect(page.locator("#id_body")).to_have_value(f"<p>Voir {link} et {link}</p>")
    page.keyboard.press("End")
    page.keyboard.type(" puis ")
    page.keyboard.press("Control+K")
    page.keyboard.type("exemple.org/x")
    page.get_by_role("dialog").get_by_role("button", name="Insérer").click()
    expect(page.locator("#id_body")).to_have_value(
        f'<p>Voir {link} et {link} puis <a href="https://exemple.org/x">exemple.org/x</a></p>'
    )


def test_a_note_is_written_and_changed_by_keyboard(desk):  # noqa: F811
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.type("Un mot")
    page.keyboard.press("Control+Alt+N")
    note = page.get_by_role("textbox", name="Texte de la note")
    expect(note).to_be_focused()
    page.keyboard.type("Une étude")
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_have_value('<p>Un mot<span data-note="">Une étude</span></p>')
    page.keyboard.press("Shift+ArrowLeft")
    page.locator(".node-note").click()
    page.keyboard.press("Enter")
    page.keyboard.type(" de 2019")
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_have_value('<p>Un mot<span data-note="">Une étude de 2019</span></p>')


def test_quotes_boxes_and_shortcuts(desk):  # noqa: F811
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.type("Une phrase")
    page.keyboard.press("Control+Alt+Q")
    expect(page.locator("#id_body")).to_have_value('<aside data-box="quote"><p>Une phrase</p></aside>')
    page.keyboard.press("Control+Alt+Q")
    page.keyboard.press("Control+Alt+B")
    expect(page.locator("#id_body")).to_have_value('<aside data-box="note"><p>Une phrase</p></aside>')
    page.keyboard.press("Control+/")
    expect(page.get_by_role("dialog", name="Raccourcis")).to_contain_text("Ctrl+Alt+N")
    page.keyboard.press("Escape")
    expect(box(page)).to_be_focused()


def test_an_embed_of_a_stranger_is_refused_with_a_sentence(desk):  # noqa: F811
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.press("Control+Alt+V")
    dialog = page.get_by_role("dialog", name="Vidéo ou graphique d’un autre site")
    page.keyboard.type("https://exemple.org/film")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert").first).to_contain_text("YouTube, Vimeo, Datawrapper")
    page.keyboard.press("Control+a")
    page.keyboard.type(YOUTUBE)
    page.keyboard.press("Tab")
    page.keyboard.type("Un film")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator("#id_body")).to_have_value(
        f'<figure data-embed="{YOUTUBE}"><figcaption>Un film</figcaption></figure>'
    )


def test_a_table_is_captioned_and_headed(desk):  # noqa: F811
    page = desk("/admin/articles/article/add/")
    box(page).click()
    page.keyboard.press("Control+Alt+T")
    page.get_by_role("button", name="Titre du tableau").click()
    page.keyboard.type("Deux ans")
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_have_value(re.compile("^<table><caption>Deux ans</caption><tbody><tr><th"))


def test_nothing_of_a_third_party_is_asked_before_the_click(chromium, new_page, live_server):
    article = make_article(body=f'<p>a</p><figure data-embed="{YOUTUBE}"><figcaption>Un film</figcaption></figure>')
    plain = new_page(javascript=False)
    plain.goto(article.get_absolute_url())
    expect(plain.get_by_role("link", name="Un film")).to_have_attribute("href", YOUTUBE)
    expect(plain.get_by_role("button", name="Afficher ici")).to_have_count(0)
    context = chromium.new_context(base_url=live_server.url)
    asked, faults = [], []
    context.route(
        lambda address: not address.startswith(live_server.url),
        lambda route: (asked.append(route.request.url), route.fulfill(body="film", content_type="text/html")),
    )
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if "Security Policy" in message.text else None)
    page.goto(article.get_absolute_url())
    button = page.get_by_role("button", name="Afficher ici")
    expect(button).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked == []
    button.press("Enter")
    expect(page.frame_locator("iframe").locator("body")).to_have_text("film")
    assert asked == ["https://www.youtube-nocookie.com/embed/abcdefghijk"]
    assert not faults
    context.close()
