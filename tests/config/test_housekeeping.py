"""What grows by itself is thinned out, by a command or by whoever opens the admin first, once a day, and never in their way."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from articles.models import Link
from clusters import history
from clusters.history import Act, Revision
from clusters.history.presence import OpenForm
from config import housekeeping
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def grown(editor):
    """Thirty automatic saves of two days ago, and two forms, one of which is long closed."""
    draft, start = make.make_draft(), timezone.now() - dt.timedelta(days=2)
    for number in range(30):
        revision = history.keep(draft, by=editor, act=Act.CHANGED, why=str(number))
        Revision.objects.filter(pk=revision.pk).update(act=Act.AUTOSAVED, at=start + dt.timedelta(minutes=number))
    for tab, days in (("old", 8), ("slept", 3)):
        form = OpenForm.objects.see(draft, editor, tab, 1)
        OpenForm.objects.filter(pk=form.pk).update(last_seen=timezone.now() - dt.timedelta(days=days))
    return draft


def test_the_command_thins_out_and_says_so(grown, capsys):
    call_command("housekeep")
    assert Revision.objects.of(grown).count() == 4
    assert [one.tab for one in OpenForm.objects.all()] == ["slept"]
    assert "thinned out: 26" in capsys.readouterr().out


def test_whoever_opens_the_front_page_first_does_it_once(grown, client, as_role, monkeypatch):
    as_role("moderator")
    assert client.get("/admin/").status_code == 200
    assert Revision.objects.of(grown).count() == 4
    monkeypatch.setattr(housekeeping, "run", lambda: pytest.fail("a second time"))
    assert client.get("/admin/").status_code == 200


def test_the_front_page_opens_even_if_it_cannot_be_done(client, as_role, monkeypatch, caplog):
    def refuse():
        raise DatabaseError("locked")

    monkeypatch.setattr(housekeeping, "run", refuse)
    as_role("editor")
    assert client.get("/admin/").status_code == 200
    assert "could not be done" in caplog.text


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its statistics by itself")
def test_the_database_knows_how_its_tables_have_grown(grown):
    for _number in range(40):
        make.make_tag()
    housekeeping.run()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'articles_tag'")
        assert {stat.split()[0] for (stat,) in cursor.fetchall()} == {"40"}


def test_texts_of_the_time_before_their_links_were_noted_are_read_once(editor):
    cluster = make.make_cluster()
    led = make.make_draft(body=f'<p><span data-cluster="{cluster.public_id}">lui</span></p>')
    reading = make.make_draft()
    make.make_reading(reading, url="https://example.org/page")
    make.make_draft(body="<p>Sans lien.</p>")
    Link.objects.all().delete()
    assert "Texts read for their links: 2." in housekeeping.run()
    assert {link.article_id for link in Link.objects.all()} == {led.pk, reading.pk}
    assert "Texts read for their links: 0." in housekeeping.run()
