"""Pasting in a real browser, by clipboard events: from the clipboard to the database, and what happens on the way."""

import re

import pytest
from playwright.sync_api import expect

from clusters.markup import sanitise
from tests.browser.desk import body, box, log_in, paste
from tests.clusters.test_pasting import PASTES, fixture
from tests.factories import make_cluster, make_draft

NOTE = re.compile(r'<span data-note="">|(?<=\.)</span>')
ROUTE = "**/admin/clusters/cluster/paste/"


@pytest.fixture
def desk(new_page, live_server):
    """A form of an article with an empty body, and the article."""
    article = make_draft(body="")
    page = new_page()
    log_in(page, f"/admin/articles/article/{article.pk}/change/")
    box(page).click()
    return page, article


def expected(name):
    return (PASTES / f"{name}.expected.html").read_text(encoding="utf-8").replace("\n", "")


def saved(page, article):
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    return article.body


@pytest.mark.parametrize(
    "name",
    ["word-numbering", "word-table-spans", "word-quotations", "mac-word-paragraphs", "online-lists", "docs-lists", "docs-links",
     "docs-paragraphs", "libreoffice-lists", "libreoffice-headings", "word-arabic"],
)  # fmt: skip
def test_a_clipboard_is_stored_as_the_house_writes_it_and_comes_back_equal(desk, name):
    page, article = desk
    paste(page, fixture(name))
    expect(body(page)).not_to_have_value("")
    stored = saved(page, article)
    assert stored == sanitise(expected(name))
    # Opened again, touched and saved, it is the same.
    box(page).press("Control+Home")
    page.keyboard.type("X")
    page.keyboard.press("Backspace")
    assert saved(page, article) == stored


def test_the_words_of_notes_are_pasted(desk):
    page, article = desk
    paste(page, fixture("word-footnotes"))
    expect(body(page)).not_to_have_value("")
    # As notes where the editor knows them, and else as words.
    assert NOTE.sub("", saved(page, article)) == NOTE.sub("", sanitise(expected("word-footnotes")))


def test_a_paste_is_one_step_back(desk):
    page, _article = desk
    page.keyboard.type("Avant. ")
    paste(page, "<p>un</p><p>deux</p><ul><li>trois</li></ul>")
    expect(body(page)).to_have_value(re.compile("trois"))
    page.keyboard.press("Control+z")
    expect(body(page)).to_have_value("<p>Avant. </p>")
    page.keyboard.press("Control+Shift+z")
    expect(body(page)).to_have_value(re.compile("trois"))


def test_what_is_selected_is_replaced(desk):
    page, _article = desk
    page.keyboard.type("un mot ici")
    page.keyboard.press("Control+a")
    page.wait_for_timeout(50)  # until the editor has heard of it
    paste(page, "<b>autre</b>")
    expect(body(page)).to_have_value("<p><strong>autre</strong></p>")


def test_who_types_on_while_the_answer_is_on_its_way_finds_both_in_their_order(desk):
    page, _article = desk
    held = []
    page.route(ROUTE, lambda route: held.append(route))
    page.keyboard.type("Avant, ")
    paste(page, "<p><b>collé</b></p>")
    expect(page.get_by_text("Collage…")).to_be_visible()
    page.keyboard.type(", après")
    page.keyboard.press("Enter")
    page.keyboard.type("ailleurs")
    held[0].continue_()
    expect(body(page)).to_have_value("<p>Avant, <strong>collé</strong>, après</p><p>ailleurs</p>")
    expect(page.get_by_text("Collage…")).to_have_count(0)
    page.keyboard.type("!")  # the caret has stayed where it was
    expect(body(page)).to_have_value(re.compile("ailleurs!</p>$"))


def test_what_was_selected_and_is_written_over_meanwhile_is_not_lost(desk):
    page, _article = desk
    held = []
    page.route(ROUTE, lambda route: held.append(route))
    page.keyboard.type("vieux")
    page.keyboard.press("Control+a")
    page.wait_for_timeout(50)  # until the editor has heard of it
    paste(page, "<b>collé</b>")
    expect(page.get_by_text("Collage…")).to_be_visible()
    page.keyboard.type("neuf")
    held[0].continue_()
    expect(body(page)).to_have_value("<p><strong>collé</strong>neuf</p>")


def test_a_form_that_is_sent_waits_for_its_paste(desk):
    page, article = desk
    held = []
    page.route(ROUTE, lambda route: held.append(route))
    paste(page, "<p>arrivé à temps</p>")
    expect(page.get_by_text("Collage…")).to_be_visible()
    page.keyboard.press("Control+s")
    page.wait_for_timeout(200)
    held[0].continue_()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert article.body == "<p>arrivé à temps</p>"


@pytest.mark.parametrize("how", ["error", "login"])
def test_without_the_server_the_words_are_pasted_and_it_is_said(desk, how):
    page, _article = desk
    answers = {
        "error": lambda route: route.fulfill(status=400, body="<h1>Erreur</h1>"),
        "login": lambda route: route.fulfill(status=200, content_type="text/html", body="<p>Connexion</p>"),
    }
    page.route(ROUTE, answers[how])
    paste(page, "<p>un <b>mot</b></p><p>deux</p>", "un mot\n\ndeux")
    expect(body(page)).to_have_value("<p>un mot</p><p>deux</p>")
    told = page.locator(".paste-told")
    expect(told).to_contain_text("collé sans sa mise en forme")
    assert told.get_attribute("role") == "status"
    told.get_by_role("button", name="Fermer").click()
    expect(told).to_have_count(0)
    expect(box(page)).to_be_focused()


def test_refused_pictures_are_told(desk):
    page, _article = desk
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.url.endswith("/paste/") else None)
    paste(page, '<p>a<img alt="Le port" src="data:image/png;base64,AAAA"></p>')
    expect(page.locator(".paste-told")).to_contain_text("Une image n’a pas été collée («\u202fLe port\u202f»)")
    assert "base64" not in sent[0]  # a picture is not sent to be refused


def test_what_is_copied_in_the_editor_stays_there(desk):
    page, _article = desk
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/paste/" in request.url else None)
    cluster = make_cluster(name="Alpha")
    own = f'<p data-pm-slice="1 1 []">Le <span data-cluster="{cluster.public_id}">pôle Alpha</span></p>'
    paste(page, own, "Le pôle Alpha")
    expect(body(page)).to_have_value(f'<p>Le <span data-cluster="{cluster.public_id}">pôle Alpha</span></p>')
    paste(page, None, " et du texte")
    expect(body(page)).to_have_value(re.compile("et du texte"))
    assert asked == []


def test_plain_pasting_stays_plain(desk):
    page, _article = desk
    page.keyboard.down("Shift")
    paste(page, "<p><b>gras</b></p>", "gras")
    page.keyboard.up("Shift")
    expect(body(page)).to_have_value("<p>gras</p>")
