"""A cluster's name that is typed: the link is offered and taken by keyboard or press, put away, and never in the way."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import body, box, log_in
from tests.factories import make_cluster, make_draft


@pytest.fixture
def cluster():
    return make_cluster(name="Agadir Haliopôle", acronym="AHP")


@pytest.fixture
def desk(new_page, live_server, cluster):
    """A form of an article with an empty body, once the names are known."""
    page = new_page()
    log_in(page, f"/admin/articles/article/{make_draft(body='').pk}/change/")
    with page.expect_response("**/names/"):
        box(page).click()
    return page


def offer(page):
    return page.locator(".mention-offer")


def test_the_link_is_offered_and_taken_by_keyboard(desk, cluster):
    desk.keyboard.type("Le pôle Agadir haliopole")
    expect(offer(desk)).to_be_visible()
    expect(offer(desk)).to_contain_text("Lier à « Agadir Haliopôle » : Alt+Entrée")
    expect(desk.locator(".prose-editor [role=status]").first).to_contain_text("Alt+Entrée")
    desk.keyboard.press("Alt+Enter")
    expect(offer(desk)).to_be_hidden()
    desk.keyboard.type(" grandit")
    wanted = f'<p>Le pôle <span data-cluster="{cluster.public_id}">Agadir haliopole</span> grandit</p>'
    expect(body(desk)).to_have_value(wanted)
    desk.keyboard.press("Control+z")
    desk.keyboard.press("Control+z")
    expect(body(desk)).to_have_value(re.compile("Agadir haliopole<"))


def test_it_is_taken_by_a_press_and_after_a_sign(desk, cluster):
    desk.keyboard.type("L’AHP,")
    desk.get_by_role("button", name=re.compile("^Lier à")).click()
    desk.keyboard.type(" donc")
    expect(body(desk)).to_have_value(f'<p>L’<span data-cluster="{cluster.public_id}">AHP</span>, donc</p>')


def test_escape_puts_it_away_and_tab_is_not_taken(desk):
    desk.keyboard.type("AHP")
    expect(offer(desk)).to_be_visible()
    desk.keyboard.press("Escape")
    expect(offer(desk)).to_be_hidden()
    desk.keyboard.type(" et AHP")
    expect(offer(desk)).to_be_hidden()
    expect(body(desk)).to_have_value("<p>AHP et AHP</p>")


def test_writing_on_puts_it_away_and_what_is_linked_is_not_offered_again(desk):
    desk.keyboard.type("AHP")
    expect(offer(desk)).to_be_visible()
    desk.keyboard.type("X")
    expect(offer(desk)).to_be_hidden()
    desk.keyboard.press("Backspace")
    expect(offer(desk)).to_be_visible()
    desk.keyboard.press("Alt+Enter")
    desk.keyboard.type(" puis AHP")
    expect(offer(desk)).to_be_hidden()
    desk.keyboard.type(" et Agadir Haliopôle.")
    expect(offer(desk)).to_be_hidden()


def test_the_box_of_the_form_links_in_the_open_text(new_page, live_server, cluster):
    page = new_page()
    log_in(page, f"/admin/articles/article/{make_draft(body='<h2>AHP</h2><p>Selon AHP, oui.</p>').pk}/change/")
    page.get_by_role("button", name="Lier dans le texte : AHP").click()
    wanted = f'<h2>AHP</h2><p>Selon <span data-cluster="{cluster.public_id}">AHP</span>, oui.</p>'
    expect(body(page)).to_have_value(wanted)
    expect(page.get_by_text("Lié ; enregistrez pour le garder.")).to_be_visible()
