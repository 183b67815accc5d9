"""A change of a published article that is set for an hour is there at that hour, with nobody and no worker to bring it."""

import dataclasses
import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from clusters import history
from clusters.history import Act, Revision, copies
from config import middleware
from tests import factories as make
from tests.articles.test_admin import change
from tests.articles.test_working_copy import (
    READ,
    article,
    as_read,
    assert_kept,
    desk,
    mine,
    opened,
    press,
    rewritten,
    save,
    stored,
)

pytestmark = pytest.mark.django_db
__all__ = ["article", "desk", "mine"]
BEFORE = dt.timedelta(seconds=1)


@pytest.fixture
def clock(monkeypatch):
    """Set the time."""
    return lambda at: monkeypatch.setattr(timezone, "now", lambda: at)


@pytest.fixture
def due(article, mine):
    """When the change of everything is set for: eight o'clock tomorrow."""
    save(mine, article, rewritten(mine, article))
    day = timezone.localdate() + dt.timedelta(days=1)
    at = {"copy_due_at_0": f"{day:%d/%m/%Y}", "copy_due_at_1": "08:00:00"}
    assert press(mine, article, opened(mine, article), "schedule", **at).status_code == 302
    due = stored(article).copy_due_at
    assert timezone.localtime(due).hour == 8
    return due


@pytest.mark.parametrize("first", READ)
def test_it_is_there_at_its_hour_for_whoever_comes_first(article, mine, due, clock, first):
    old = as_read()
    clock(due - BEFORE)
    assert Client().get(first).content  # a second before, on whichever page
    assert stored(article).title == "Le titre en ligne"
    clock(due)
    Client().get(first)
    assert stored(article).title == "Un titre nouveau"
    new = as_read()
    changed = {address for address in READ if new[address] != old[address]}
    gone = {address for address in READ if new[address][0] == 404}
    assert new["/articles/le-titre/"][0] == 301, "the address that it had leads on"
    assert changed >= set(READ) - {"/search/?q=nouveau", "/api/clusters/"} - gone
    assert Client().get("/articles/autre-adresse/").status_code == 200
    assert_kept(article)


def test_all_pages_a_second_before_are_the_old_ones_and_at_the_hour_the_new_ones(article, due, clock):
    old = as_read()
    clock(due - BEFORE)
    assert as_read() == old
    clock(due)
    pages = as_read()
    assert "Un titre nouveau" in pages["/"][1]
    assert "Un titre nouveau" in pages["/search/?q=zqapres"][1]


def test_it_is_signed_by_whoever_set_it_and_done_once(article, mine, due, clock):
    clock(due)
    assert copies.put_due_in_force() == 1
    assert copies.put_due_in_force() == 0
    last = Revision.objects.of(article).first()
    assert (last.act, last.by, "modifications programmées" in last.why) == (Act.PUBLISHED, mine.user, True)


def test_a_clock_that_is_set_back_does_no_harm(article, due, clock):
    clock(due)
    new = as_read()
    clock(due - dt.timedelta(hours=3))
    assert as_read()["/articles/le-titre/"] == new["/articles/le-titre/"]
    assert stored(article).title == "Un titre nouveau"
    assert_kept(article)


def test_what_saved_itself_after_the_time_was_set_is_not_due(article, mine, due, clock, editor):
    row = stored(article)
    state = history.Revision.objects.of(row).first().snapshot
    later = type(state)(**{**vars(state), "fields": {**state.fields, "title": "À moitié"}})
    copies.draft(row, later, by=editor, act=Act.AUTOSAVED)
    assert stored(article).copy_due < stored(article).working_copy
    assert "n’en fait pas partie" in mine.get(change(article)).content.decode()
    clock(due)
    assert copies.put_due_in_force() == 1
    now = stored(article)
    assert (now.title, now.slug, history.is_ahead(now)) == ("Un titre nouveau", "autre-adresse", True)
    assert opened(mine, article)["title"] == "À moitié"
    assert_kept(article)


def test_what_is_saved_after_the_time_was_set_is_due(article, mine, due, clock):
    save(mine, article, opened(mine, article) | {"title": "Encore mieux"})
    clock(due)
    assert copies.put_due_in_force() == 1
    assert (stored(article).title, stored(article).working_copy) == ("Encore mieux", None)


def test_what_rows_were_given_meanwhile_stays(article, due, clock, editor):
    with history.changing(stored(article), by=editor, act=Act.CHANGED) as row:
        row.standfirst = "Par une autre voie."
        row.save()
    clock(due)
    assert copies.put_due_in_force() == 1
    assert (stored(article).title, stored(article).standfirst) == ("Un titre nouveau", "Par une autre voie.")
    assert_kept(article)


def test_what_cannot_be_done_leaves_the_page_and_tells_the_editor(article, mine, due, clock):
    before = as_read()
    article.others["tag"].delete()
    clock(due)
    assert as_read() == before
    assert copies.put_due_in_force() == 0
    now = stored(article)
    assert (now.copy_due_at, history.is_ahead(now), "supprimé depuis" in now.copy_refused) == (None, True, True)
    assert "n’ont pas pu être mises en ligne" in mine.get(change(article)).content.decode()
    assert "Modifications refusées" in mine.get("/admin/articles/article/").content.decode()
    assert "#Mot" in now.copy_refused, "what is missing has its name"
    save(mine, article, opened(mine, article) | {"title": "Réparé"})
    assert stored(article).copy_refused == ""
    assert_kept(article)


def test_an_address_that_another_took_is_told(article, due, clock):
    make.make_draft(slug="autre-adresse")
    clock(due)
    assert copies.put_due_in_force() == 0
    assert "déjà prise" in stored(article).copy_refused
    assert stored(article).title == "Le titre en ligne"


@pytest.mark.parametrize("value", ["", "hier", "31/02/2027"])
def test_no_time_or_a_past_one_is_refused_and_the_text_kept(article, mine, value):
    for day in (value, f"{timezone.localdate() - dt.timedelta(days=1):%d/%m/%Y}"):
        sent = opened(mine, article) | {"title": f"Gardé {day}"}
        at = {"copy_due_at_0": day, "copy_due_at_1": "08:00:00"}
        response = mine.post(change(article), sent | at | {"_copy": "schedule"}, follow=True)
        assert response.status_code == 200
        assert stored(article).copy_due_at is None
        assert opened(mine, article)["title"] == f"Gardé {day}".strip()


def test_nothing_due_costs_one_query():
    with CaptureQueriesContext(connection) as asked:
        assert copies.put_due_in_force() == 0
    assert len(asked) == 1
    assert "copy_due_at" in asked[0]["sql"]


def test_a_page_is_answered_if_the_database_refuses(article, client, monkeypatch, caplog):
    def refuse():
        raise DatabaseError("locked")

    monkeypatch.setattr(middleware, "put_due_in_force", refuse)
    assert client.get("/articles/le-titre/").status_code == 200
    assert "could not be looked for" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_at_once_one_does_it_and_both_see_it(article, due, clock):
    clock(due)
    start, seen, faults = threading.Barrier(4), [], []

    def come():
        try:
            start.wait()
            seen.append(Client().get("/articles/autre-adresse/").status_code)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    people = [threading.Thread(target=come) for _n in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert faults == []
    assert seen == [200] * 4
    assert [one.act for one in Revision.objects.of(Article.objects.get(pk=article.pk)).filter(act=Act.PUBLISHED)] == [
        Act.PUBLISHED
    ] * 2


# -- Whose work it is, given meanwhile ---------------------------------------------------------------------------------


def test_what_saved_itself_is_due_once_it_is_saved_with_whose_work_it_is(article, mine, due, clock):
    user = make.make_user("editor")
    record = stored(article)
    later = Revision.objects.of(record).first().snapshot
    later = dataclasses.replace(later, fields={**later.fields, "title": "Plus neuf encore"})
    copies.draft(record, later, by=user, act=Act.AUTOSAVED)
    assert stored(article).copy_due != stored(article).working_copy
    save(mine, article, opened(mine, article) | {"assigned_to": user.pk})
    now = stored(article)
    assert now.copy_due == now.working_copy
    clock(due)
    Client().get("/")
    assert stored(article).title == "Plus neuf encore"


def test_a_change_that_is_set_and_then_entrusted_leaves_no_copy_behind(article, mine, due, clock):
    save(mine, article, opened(mine, article) | {"assigned_to": make.make_user("editor").pk})
    now = stored(article)
    assert now.copy_due == now.working_copy, "the change that is set is the same still"
    clock(due)
    Client().get("/")
    now = stored(article)
    assert (now.title, now.working_copy) == ("Un titre nouveau", None)
