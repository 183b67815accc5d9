"""A form that saves itself in a real browser: two people at once, a server that is stopped, a session that has run out, no network.

Times of the script are shortened by the clock of the browser where a test would wait.
"""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from articles.models import Article
from clusters import history
from clusters.history import Act, Revision
from tests.factories import PASSWORD, make_article, make_author, make_draft, make_user

SAVED = re.compile(r"Enregistré à \d\d:\d\d")


def until_forgotten(page):
    """Until the browser keeps no copy; asked from here, since the page's policy lets nothing be evaluated again and again."""
    for _try in range(100):
        if not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('grappe:copy:'))"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the copy in the browser is still there")


@pytest.fixture
def desk(new_page, live_server):
    def sit(path, user=None, **options):
        user = user or make_user("editor", first_name="Elissa")
        page = new_page(**options)
        log_in(page, user, path)
        page.user = user
        return page

    return sit


def log_in(page, user, path):
    page.goto(f"/admin/login/?next={path}")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(f"**{path}")


def ready(page):
    page.get_by_role("toolbar").first.wait_for()


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def box(page):
    return page.get_by_role("textbox", name="Texte")


def status(page):
    return page.locator(".autosave-status")


def until(seen, seconds=20):
    """Wait until something is true in the database."""
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.1)


def stored(article):
    return Article.objects.get(pk=article.pk)


def fail(page, answer):
    """Let automatic saves and signs of life be answered otherwise."""
    page.route(re.compile(r"/(autosave|here)/"), answer)


def mend(page):
    page.unroute(re.compile(r"/(autosave|here)/"))


def test_a_new_article_is_begun_goes_on_under_its_address_and_is_saved(desk):
    user = make_user("author")
    make_author(user=user)
    page = desk("/admin/articles/article/add/", user)
    ready(page)
    box(page).click()
    page.keyboard.type("Les premiers mots.")
    expect(status(page)).to_have_text(SAVED)
    article = Article.objects.get()
    assert (article.title, article.body) == ("Sans titre", "<p>Les premiers mots.</p>")
    assert page.url.endswith(change(article))
    page.fill("[name=title]", "Un titre")
    until(lambda: stored(article).title == "Un titre")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Article.objects.count() == 1
    until_forgotten(page)
    expect(page.locator(".autosave-offer")).to_have_count(0)


def test_two_people_type_at_once_and_both_keep_all(desk):
    article = make_draft(title="Titre", standfirst="Chapô", body="<p>Texte</p>")
    history.keep(article, by=None, act=Act.CREATED)
    one = desk(change(article))
    other = desk(change(article), make_user("editor", first_name="Hannon", last_name="Barca"))
    ready(one)
    ready(other)
    for number in range(4):
        for page, name in ((one, "title"), (other, "standfirst")):
            page.locator(f"[name={name}]").press("End")
            page.keyboard.type(f" {number}")
        one.wait_for_timeout(1500)
    expect(one.locator(".autosave-people")).to_contain_text("Hannon Barca", timeout=30_000)
    until(lambda: (stored(article).title, stored(article).standfirst) == ("Titre 0 1 2 3", "Chapô 0 1 2 3"))
    for page in (one, other):
        page.keyboard.press("Control+s")
        expect(page.locator(".messagelist .success")).to_be_visible()
    assert (stored(article).title, stored(article).standfirst) == ("Titre 0 1 2 3", "Chapô 0 1 2 3")
    one.goto("/admin/articles/article/")
    expect(one.locator("#result_list")).to_contain_text("Hannon Barca écrit")


def test_both_type_in_one_field_and_a_person_chooses_in_the_end(desk):
    article = make_draft(title="Titre")
    history.keep(article, by=None, act=Act.CREATED)
    one, other = desk(change(article)), desk(change(article))
    ready(one)
    ready(other)
    other.fill("[name=title]", "Le sien")
    until(lambda: stored(article).title == "Le sien")
    one.fill("[name=title]", "Le mien")
    expect(one.locator(".autosave-notes")).to_contain_text("Quelqu’un a changé la même chose : Titre")
    expect(one.locator("[name=title]")).to_have_value("Le mien")
    assert stored(article).title == "Le sien"
    one.keyboard.press("Control+s")
    expect(one.locator(".conflict")).to_contain_text("Le mien")
    expect(one.locator(".conflict")).to_contain_text("Le sien")


@pytest.mark.parametrize("way", ["stopped", "500"])
def test_a_server_that_is_stopped_costs_nothing(desk, way):
    article = make_article(title="En ligne", body="<p>Texte</p>")
    page = desk(change(article), is_cut_off=True)
    ready(page)
    fail(page, lambda route: route.abort() if way == "stopped" else route.fulfill(status=500, body="Erreur"))
    page.fill("[name=standfirst]", "Écrit sans serveur")
    expect(status(page)).to_contain_text("Hors ligne : gardé dans ce navigateur, nouvel essai dans 2 s")
    page.keyboard.press("Control+s")
    expect(page.locator("[name=standfirst]")).to_have_value("Écrit sans serveur")
    assert page.url.endswith(change(article)), "no error page of the browser"
    page.fill("[name=standfirst]", "Écrit sans serveur, et la suite")
    mend(page)
    expect(status(page)).to_have_text(re.compile("Enregistré à .* dans la copie de travail"), timeout=30_000)
    assert Revision.objects.of(article).first().snapshot.fields["standfirst"] == "Écrit sans serveur, et la suite"
    assert stored(article).standfirst == "Un chapô."


def test_a_browser_that_is_closed_without_a_server_has_the_text_when_it_comes_back(desk):
    article = make_draft(title="Titre", body="<p>Texte</p>")
    page = desk(change(article), is_cut_off=True)
    ready(page)
    page.context.set_offline(True)
    page.fill("[name=title]", "Ce que personne n’a reçu")
    box(page).click()
    page.keyboard.press("End")
    page.keyboard.type(" et la suite")
    page.wait_for_timeout(500)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(change(article))
    ready(page)
    # What a page sends while it is left may arrive all the same: then there is nothing to resume.
    resume = page.get_by_role("button", name="Reprendre ce texte")
    until(lambda: resume.is_visible() or stored(article).title == "Ce que personne n’a reçu")
    if resume.is_visible():
        resume.click()
    until(lambda: stored(article).title == "Ce que personne n’a reçu")
    assert stored(article).body == "<p>Texte et la suite</p>"
    expect(page.locator(".autosave-offer")).to_have_count(0)
    until_forgotten(page)


def test_a_session_that_has_run_out_loses_nothing(desk):
    article = make_draft(title="Titre")
    page = desk(change(article))
    ready(page)
    Session.objects.all().delete()
    page.fill("[name=title]", "Écrit sans session")
    expect(status(page)).to_have_text("Session expirée : reconnectez-vous dans un autre onglet, rien n’est perdu")
    page.keyboard.press("Control+s")
    expect(page.locator("[name=title]")).to_have_value("Écrit sans session")
    assert stored(article).title == "Titre"
    other = page.context.new_page()
    log_in(other, page.user, "/admin/")
    expect(status(page)).to_have_text(SAVED, timeout=20_000)
    assert stored(article).title == "Écrit sans session"
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_a_slow_server_brings_nobody_into_conflict_with_oneself(desk):
    article = make_article(title="En ligne", body="<p>Texte</p>")
    page = desk(change(article))
    ready(page)
    delays = iter([0.5, 3, 0, 2, 1, 3, 0.2] * 5)

    def late(route):
        time.sleep(next(delays))
        route.continue_()

    fail(page, late)
    for number in range(4):
        page.fill("[name=title]", f"Titre {number}")
        page.wait_for_timeout(1800)
        page.fill("[name=standfirst]", f"Chapô {number}")
        with page.expect_navigation(timeout=20_000):
            page.keyboard.press("Control+s")  # while an automatic save is on its way
        expect(page.locator(".messagelist .success")).to_be_visible()
        expect(page.locator(".conflict")).to_have_count(0)
        ready(page)
    state = Revision.objects.of(article).first().snapshot.fields
    assert (state["title"], state["standfirst"]) == ("Titre 3", "Chapô 3")
    assert stored(article).title == "En ligne"


def test_without_a_script_the_form_saves_as_ever(desk):
    article = make_article(title="En ligne")
    page = desk(change(article), javascript=False)
    page.fill("[name=title]", "Dans la copie")
    page.get_by_role("button", name="Enregistrer la copie").click()
    expect(page.locator(".messagelist .success")).to_contain_text("rien n’a changé en ligne")
    page.get_by_role("button", name="Publier les modifications", exact=True).click()
    expect(page.locator(".messagelist .success")).to_contain_text("sont en ligne")
    assert stored(article).title == "Dans la copie"


def test_enter_saves_and_decides_nothing(desk):
    article = make_article(title="En ligne")
    page = desk(change(article))
    ready(page)
    for title in ("Un", "Deux"):  # the second time with the boxes of a copy before the title
        page.fill("[name=title]", title)
        with page.expect_navigation():
            page.locator("[name=title]").press("Enter")
        expect(page.locator(".messagelist .success")).to_contain_text("rien n’a changé en ligne")
        ready(page)
    now = stored(article)
    assert (now.title, now.copy_in_review, now.working_copy is None) == ("En ligne", False, False)
