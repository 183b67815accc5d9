"""Automatic saves: what can be saved is, what cannot yet stays with the writer, nobody is overwritten, oneself least of all."""

import datetime as dt
import itertools

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from clusters import history
from clusters.history import Act, Revision
from clusters.history.presence import OpenForm
from tests import factories as make
from tests.articles.test_working_copy import (
    article,
    as_read,
    assert_kept,
    desk,
    line,
    mine,
    opened,
    press,
    save,
    stored,
    theirs,
)
from tests.clusters.test_conflicts import contested, send
from tests.house.test_history import sent_by

pytestmark = pytest.mark.django_db
__all__ = ["article", "desk", "mine", "theirs"]
ADD = "/admin/articles/article/add/"
TABS = itertools.count(1)


def autosave(record):
    return reverse("admin:articles_article_autosave", args=[record.pk])


class Writer:
    """A form in a browser's tab, with what the script keeps of it between two saves."""

    def __init__(self, client, record=None):
        self.client, self.record, self.tab = client, record, f"tab-{next(TABS)}"
        self.sent = opened(client, record) if record else sent_by(client.get(ADD), with_lines=False)
        self.sent |= {"tab": self.tab}

    def save(self, is_lost=False, status=200, **values):
        self.sent |= values
        address = autosave(self.record) if self.record else f"{ADD}autosave/"
        response = self.client.post(address, self.sent)
        assert response.status_code == status, response.content
        answer = response.json()
        if status == 200 and not is_lost:
            self.sent["version"] = answer["version"]
            self.sent |= {f"{prefix}-id": pk for prefix, pk in answer["lines"].items()}
            self.record = self.record or Article.objects.get(pk=answer["id"])
        return answer

    def press_save(self, **values):
        return send(self.client, self.record, self.sent | values)


@pytest.fixture
def draft(editor):
    draft = make.make_draft(title="Un début", body="<p>Un.</p>", sources=[make.make_source()])
    history.keep(draft, by=editor, act=Act.CREATED)
    return draft


# -- What is saved ---------------------------------------------------------------------------------------------------


def test_a_draft_is_saved_while_it_is_written(draft, mine):
    writer = Writer(mine, draft)
    answer = writer.save(title="Un titre", body="<p>Un. Deux.</p>")
    assert (answer["pending"], answer["contested"], answer["version"]) == ([], [], 2)
    now = stored(draft)
    assert (now.title, now.body, now.version) == ("Un titre", "<p>Un. Deux.</p>", 2)
    assert Revision.objects.of(draft).first().act == Act.AUTOSAVED
    assert writer.save()["version"] == 2, "nothing new is no new version"


def test_a_published_article_is_saved_aside_and_readers_see_the_same_bytes(article, mine):
    before = as_read()
    writer = Writer(mine, article)
    for number in range(4):
        answer = writer.save(title=f"Titre {number}", body=f"<p>zqapres {number}</p>")
        assert (answer["is_copy"], answer["pending"], answer["contested"]) == (True, [], [])
        assert as_read() == before
    assert opened(mine, article)["title"] == "Titre 3"
    assert_kept(article)


def test_the_first_save_begins_an_article(mine):
    writer = Writer(mine)
    answer = writer.save(body="<p>Les premiers mots.</p>")
    assert answer["address"] == reverse("admin:articles_article_change", args=[answer["id"]])
    begun = Article.objects.get()
    assert (begun.title, begun.state, begun.created_by, begun.body) == (
        "Sans titre",
        "draft",
        mine.user,
        "<p>Les premiers mots.</p>",
    )
    writer.save(title="Un titre", slug="un-titre")
    begun = Article.objects.get()
    assert (begun.title, begun.slug) == ("Un titre", "un-titre")
    assert writer.press_save(title="Un titre fini").status_code == 302
    assert Article.objects.get().title == "Un titre fini"


def test_a_first_save_whose_answer_is_lost_begins_one_article(mine):
    writer = Writer(mine)
    for text in ("Un", "Un deux", "Un deux trois"):
        writer.save(is_lost=True, title=text, slug="un")
    assert Article.objects.get().title == "Un deux trois"


def test_lines_are_on_record_once(draft, mine):
    writer = Writer(mine, draft)
    sources = [make.make_source() for _n in range(2)]
    for number, source in enumerate(sources):
        writer.sent = line(writer.sent, "citations", source=source.pk, position=number + 2, article=draft.pk)
        writer.save(title=f"Titre {number}")
        writer.save(title=f"Titre {number} bis")
    assert draft.citations.count() == 3
    assert writer.press_save(**{"citations-2-note": "p. 3"}).status_code == 302
    assert sorted(draft.citations.values_list("note", flat=True)) == ["", "", "p. 3"]


def test_lines_of_a_copy_are_on_record_once(article, mine):
    writer = Writer(mine, article)
    writer.sent = line(writer.sent, "citations", source=make.make_source().pk, position=2, article=article.pk)
    for number in range(3):
        writer.save(title=f"Titre {number}")
    assert opened(mine, article)["citations-TOTAL_FORMS"] == 2
    assert writer.press_save(**{"citations-1-note": "p. 3"}).status_code == 302
    assert press(mine, article, opened(mine, article), "publish").status_code == 302
    assert [one.note for one in article.citations.order_by("position")] == ["", "p. 3"]
    assert_kept(article)


@pytest.mark.parametrize("is_published", [False, True])
def test_a_line_that_is_taken_out_again_is_gone(article, draft, mine, is_published):
    record = article if is_published else draft
    writer = Writer(mine, record)
    before = dict(writer.sent)
    writer.sent = line(writer.sent, "citations", source=make.make_source().pk, position=2, article=record.pk)
    pk = writer.save()["lines"]["citations-1"]
    writer.sent = before | {"version": writer.sent["version"], "gone": f"citations:{pk}"}
    writer.save()
    assert opened(mine, record)["citations-TOTAL_FORMS"] == 1
    assert writer.press_save().status_code == 302
    assert opened(mine, record)["citations-TOTAL_FORMS"] == 1


def test_lines_of_a_new_article_are_on_record_once(mine):
    writer = Writer(mine)
    writer.sent["bylines-TOTAL_FORMS"] = 0
    writer.sent = line(writer.sent, "further_reading", url="demi", label="", position=1)
    writer.sent = line(writer.sent, "bylines", author=make.make_author().pk, position=1)
    answer = writer.save(title="Un titre")
    assert list(answer["lines"]) == ["bylines-0"]
    assert len(answer["pending"]) == 1
    writer.save(standfirst="Un chapô.")
    begun = Article.objects.get()
    assert (begun.bylines.count(), begun.further_reading.count(), begun.standfirst) == (1, 0, "Un chapô.")
    writer.save(**{"further_reading-0-url": "https://example.org/", "further_reading-0-label": "Une page"})
    writer.save(standfirst="Un autre.")
    assert (begun.bylines.count(), begun.further_reading.count()) == (1, 1)


# -- What is not valid yet -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_published", [False, True])
def test_what_is_not_valid_yet_keeps_the_rest_from_nothing(article, draft, mine, is_published):
    record = article if is_published else draft
    title, slug = record.title, record.slug
    make.make_draft(slug="prise")
    writer = Writer(mine, record)
    writer.sent = line(writer.sent, "further_reading", url="exampl", label="", position=1, article=record.pk)
    answer = writer.save(title="", slug="prise", standfirst="Un chapô.", body="<p>Mon texte.</p>")
    assert len(answer["pending"]) == 3
    assert any("Titre" in one for one in answer["pending"])
    assert any("déjà prise" in one for one in answer["pending"])
    shown = opened(mine, record)
    assert (shown["title"], shown["slug"], shown["standfirst"], shown["body"]) == (
        title,
        slug,
        "Un chapô.",
        "<p>Mon texte.</p>",
    )
    writer.save(
        title="Enfin un titre",
        slug="libre",
        **{"further_reading-0-url": "https://example.org/", "further_reading-0-label": "Là"},
    )
    shown = opened(mine, record)
    assert (shown["title"], shown["slug"], shown["further_reading-TOTAL_FORMS"]) == ("Enfin un titre", "libre", 1)


def test_what_only_goes_together_is_left_out_and_the_text_saved(draft, mine):
    answer = Writer(mine, draft).save(series_position="3", body="<p>Mon texte.</p>")
    assert "hors dossier, il n’en a pas" in " ".join(answer["pending"])
    assert (stored(draft).body, stored(draft).series_position) == ("<p>Mon texte.</p>", None)


def test_a_source_twice_leaves_the_lines_as_they_were(draft, mine):
    writer = Writer(mine, draft)
    writer.sent = line(writer.sent, "citations", source=draft.citations.get().source_id, position=2, article=draft.pk)
    answer = writer.save(body="<p>Mon texte.</p>")
    assert answer["pending"] == ["Source citée"]
    assert (stored(draft).body, draft.citations.count()) == ("<p>Mon texte.</p>", 1)


@pytest.mark.parametrize("values", [{"version": "x"}, {"version": ""}, {"version": "9" * 30}, {"bylines-TOTAL_FORMS": "x"},
                                    {"bylines-TOTAL_FORMS": "99999"}, {"tab": "é" * 500}, {"gone": "x y:z citations:1 :"},
                                    {"citations-0-id": "77"}, {"title": "x" * 500}, {"cover": "abc"}, {"tags": ["x"]}])  # fmt: skip
def test_whatever_is_sent_is_answered_and_loses_nothing(draft, mine, values):
    response = mine.post(autosave(draft), opened(mine, draft) | {"body": "<p>Mon texte.</p>"} | values)
    assert response.status_code in (200, 409)
    assert response.headers["Content-Type"] == "application/json"
    assert stored(draft).title == "Un début"


# -- Oneself ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_published", [False, True])
def test_nobody_conflicts_with_oneself_whatever_answer_is_lost(article, draft, mine, is_published):
    record = article if is_published else draft
    writer = Writer(mine, record)
    for number in range(12):
        answer = writer.save(is_lost=number % 3 != 0, title=f"Titre {number}", body=f"<p>Texte {number}</p>")
        assert answer["contested"] == []
    assert writer.press_save(title="Fini").status_code == 302
    assert opened(mine, record)["title"] == "Fini"


# -- Others ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_published", [False, True])
def test_what_others_write_meanwhile_is_never_written_over(article, draft, mine, theirs, is_published):
    record = article if is_published else draft
    writer, other = Writer(mine, record), Writer(theirs, record)
    other.save(standfirst="Le sien.")
    answer = writer.save(title="Le mien")
    assert "chapô" in answer["told"]
    for number in range(3):
        writer.save(title=f"Le mien {number}")  # the form still shows the old standfirst
        other.save(standfirst=f"Le sien {number}")
    assert writer.press_save(body="<p>À moi.</p>").status_code == 302
    shown = opened(mine, record)
    assert (shown["title"], shown["standfirst"], shown["body"]) == ("Le mien 2", "Le sien 2", "<p>À moi.</p>")


@pytest.mark.parametrize("is_published", [False, True])
def test_what_both_write_is_told_kept_and_asked_in_the_end(article, draft, mine, theirs, is_published):
    record = article if is_published else draft
    writer, other = Writer(mine, record), Writer(theirs, record)
    other.save(title="Le sien")
    for number in range(3):
        answer = writer.save(title=f"Le mien {number}", standfirst=f"À moi {number}")
        assert answer["contested"] == ["Titre"]
    shown = opened(mine, record)
    assert (shown["title"], shown["standfirst"]) == ("Le sien", "À moi 2")
    response = writer.press_save()
    assert contested(response) == [("Titre", "Le mien 2", "Le sien")]


def test_lines_of_others_stay(draft, mine, theirs):
    writer, other = Writer(mine, draft), Writer(theirs, draft)
    other.sent = line(
        other.sent, "citations", source=make.make_source().pk, position=2, article=draft.pk, note="la sienne"
    )
    other.save()
    for number in range(3):
        writer.save(title=f"Titre {number}")
    assert other.save(**{"citations-0-DELETE": "on"})["contested"] == []
    writer.save(title="Titre 3")
    assert [one.note for one in draft.citations.all()] == ["la sienne"]
    assert writer.press_save(title="Titre 4").status_code == 302
    assert [one.note for one in draft.citations.all()] == ["la sienne"]


def test_a_decision_meanwhile_is_said(draft, desk):
    author = desk("author")
    Article.objects.filter(pk=draft.pk).update(created_by=author.user)
    writer = Writer(author, draft)
    writer.save(title="Un")
    stored(draft).change_state("submit", make.make_user("editor"))
    answer = writer.save(title="Deux", status=403)
    assert "son état a changé" in answer["error"]
    assert stored(draft).title == "Un"


@pytest.mark.parametrize("role", [None, "author", "moderator"])
def test_who_may_not_write_saves_nothing(draft, article, desk, role):
    client = desk(role) if role else Client()
    for record in (draft, article):
        response = client.post(autosave(record), {"title": "Forgé", "version": record.version, "tab": "x"})
        assert response.status_code == (302 if role is None else 403 if record == article else 404)
        assert client.get(reverse("admin:articles_article_here", args=[record.pk])).status_code == (
            302 if role is None else 200
        )
    assert (stored(draft).title, stored(article).title) == ("Un début", "Le titre en ligne")
    assert not history.is_ahead(stored(article))
    assert OpenForm.objects.count() == 0
    assert client.get(autosave(draft)).status_code == (302 if role is None else 405)


def test_a_token_from_before_a_log_in_is_refused_and_a_fresh_one_given(draft, editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    here = reverse("admin:articles_article_here", args=[draft.pk])
    sent = {"title": "Un titre", "version": draft.version, "tab": "x", "language": "fr", "slug": draft.slug} | {
        f"{prefix}-{name}": "0"
        for prefix in ("bylines", "citations", "further_reading")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    client.get(here)
    assert client.post(autosave(draft), sent | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    token = client.get(here).json()["token"]
    assert client.post(autosave(draft), sent | {"csrfmiddlewaretoken": token}).status_code == 200


# -- Rows ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    now = timezone.now()
    moved = {"by": dt.timedelta()}
    monkeypatch.setattr(timezone, "now", lambda: now + moved["by"])
    return lambda **by: moved.update(by=dt.timedelta(**by))


@pytest.mark.parametrize("is_published", [False, True])
def test_an_hour_of_writing_leaves_six_automatic_saves_at_most(article, draft, mine, clock, is_published):
    record = article if is_published else draft
    Revision.objects.of(record).update(at=timezone.now() - dt.timedelta(days=3))
    writer = Writer(mine, record)
    for number in range(240):
        clock(seconds=15 * number)
        writer.save(is_lost=number % 7 == 3, title=f"Titre {number}")
    saved = Revision.objects.of(record).filter(act=Act.AUTOSAVED)
    assert 4 <= saved.count() <= 6
    assert saved.first().snapshot.fields["title"] == "Titre 239"
    assert_kept(record) if is_published else None


def test_an_automatic_save_stays_that_somebody_stands_on_or_has_named(draft, mine, theirs):
    writer = Writer(mine, draft)
    writer.save(title="Un")
    reader = Writer(theirs, draft)
    theirs.get(
        reverse("admin:articles_article_here", args=[draft.pk]), {"tab": reader.tab, "version": reader.sent["version"]}
    )
    writer.save(title="Deux")
    Revision.objects.of(draft).filter(number=3).set_name("À garder")
    writer.save(title="Trois")
    writer.save(title="Quatre")
    writer.save(title="Cinq")
    assert [one.snapshot.fields["title"] for one in Revision.objects.of(draft)] == ["Cinq", "Deux", "Un", "Un début"]
    assert reader.press_save(standfirst="Sans conflit.").status_code == 302
    assert stored(draft).title == "Cinq"


def test_after_a_day_one_in_ten_minutes_is_left(draft, mine, editor):
    start = timezone.now() - dt.timedelta(days=2)
    for number in range(60):
        revision = history.keep(draft, by=editor, act=Act.CHANGED, why=f"{number}")
        Revision.objects.filter(pk=revision.pk).update(act=Act.AUTOSAVED, at=start + dt.timedelta(minutes=number))
    named = Revision.objects.of(draft).get(number=5)
    Revision.objects.filter(pk=named.pk).set_name("Avant la relecture")
    newest = Revision.objects.of(draft).first()
    gone = Revision.objects.thin(timezone.now())
    left = Revision.objects.of(draft).filter(act=Act.AUTOSAVED)
    assert gone == 60 - left.count()
    assert 6 <= left.exclude(pk__in=[named.pk, newest.pk]).count() <= 7
    assert left.filter(pk=named.pk).exists()
    assert Revision.objects.of(draft).first() == newest
    assert Revision.objects.thin(timezone.now()) == 0
    assert Revision.objects.of(draft).filter(act=Act.CREATED).count() == 1


def test_what_a_copy_was_made_from_is_never_thinned_out(article, mine, editor):
    Revision.objects.of(article).update(act=Act.AUTOSAVED, at=timezone.now() - dt.timedelta(days=3))
    save(mine, article, opened(mine, article) | {"title": "De la copie"})
    assert Revision.objects.thin(timezone.now()) == 0
    assert_kept(article)
