"""A published article is changed, saved, submitted, scheduled or dropped, and its readers see the same bytes until it is published.

Past 400 lines: what an editor can do to a copy, and by which way its article can change meanwhile, each once.
"""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Byline, Citation
from clusters import history
from clusters.history import Act, Revision, copies, snapshots
from clusters.history.snapshots import PRIVATE
from clusters.history.trying import tried_on
from tests import factories as make
from tests.articles.test_admin import change
from tests.clusters.test_conflicts import contested, desk, mine, opened, save, send, theirs, told
from tests.house.world import readable

pytestmark = pytest.mark.django_db
__all__ = ["desk", "mine", "theirs"]


@pytest.fixture
def article(editor):
    tag, series = make.make_tag(name="Solaire", slug="solaire"), make.make_series(slug="dossier")
    article = make.make_article(
        title="Le titre en ligne", slug="le-titre", body="<p>zqavant.</p>", tags=[tag], series=series, series_position=1,
        sources=[make.make_source()], clusters=[make.make_cluster()], created_by=editor,
    )  # fmt: skip
    history.keep(article, by=editor, act=Act.PUBLISHED)
    article.others = {"author": make.make_author(name="Zoubida"), "source": make.make_source(), "tag": make.make_tag()}
    return article


READ = (
    "/", "/articles/", "/articles/le-titre/", "/series/dossier/", "/tags/solaire/", "/feed/", "/feed/atom/",
    "/tags/solaire/feed/", "/series/dossier/feed/", "/sitemap.xml", "/search/?q=zqavant", "/search/?q=zqapres", "/search/?q=nouveau",
    "/api/clusters/",
)  # fmt: skip


def as_read():
    """Every public page that tells of the article, to the byte but for what differs from one answer to the next."""
    reader, pages = Client(), {}
    for address in READ:
        response = reader.get(address)
        text = readable(response.getvalue() if response.streaming else response.content)
        pages[address] = response.status_code, re.sub(r'(name="token" value=")[^"]*', r"\1", text)
    return pages


def stored(article):
    return Article.objects.get(pk=article.pk)


def line(sent, kind, **values):
    """What is sent with one line more."""
    place = int(sent[f"{kind}-TOTAL_FORMS"])
    return (
        sent | {f"{kind}-TOTAL_FORMS": place + 1} | {f"{kind}-{place}-{name}": value for name, value in values.items()}
    )


def rewritten(client, article):
    """What an editor sends who changes everything of an article."""
    sent = opened(client, article)
    sent = line(sent, "bylines", article=article.pk, author=article.others["author"].pk, position=2)
    sent = line(sent, "citations", article=article.pk, source=article.others["source"].pk, position=2, note="p. 3")
    when = {"published_at_0": "01/01/2020", "published_at_1": "08:00:00"}
    return sent | when | {
        "title": "Un titre nouveau", "slug": "autre-adresse", "body": "<p>zqapres.</p>", "tags": [article.others["tag"].pk],
        "series": "", "series_position": "", "clusters": [], "citations-0-DELETE": "on", "description": "Autre.",
    }  # fmt: skip


def press(client, article, sent, button, **values):
    return client.post(change(article), sent | {"_copy": button} | values)


def assert_kept(article):
    """The rows are the last live version, and the copy the newest of all."""
    now = stored(article)
    assert Revision.objects.of(now).live().first().snapshot.is_same_state(snapshots.current(now))
    newest = Revision.objects.of(now).first()
    assert now.working_copy == (None if newest.is_live else newest.number)
    for rows in (Byline.objects.all(), Citation.objects.all()):
        assert not rows.filter(pk__gte=PRIVATE).exists(), "no row has an id that only a copy may give"


# -- What readers see ------------------------------------------------------------------------------------------------


def test_whatever_an_editor_does_short_of_publishing_readers_see_the_same_bytes(article, mine):
    before = as_read()
    assert before["/search/?q=zqavant"] != before["/search/?q=zqapres"]
    save(mine, article, rewritten(mine, article))
    assert as_read() == before
    shown = opened(mine, article)
    assert (shown["title"], shown["body"], shown["slug"]) == ("Un titre nouveau", "<p>zqapres.</p>", "autre-adresse")
    assert (shown["bylines-TOTAL_FORMS"], shown["citations-TOTAL_FORMS"], shown["citations-0-note"]) == (2, 1, "p. 3")
    save(mine, article, shown | {"title": "Un titre nouveau encore"})
    assert as_read() == before
    assert press(mine, article, opened(mine, article), "submit").status_code == 302
    assert stored(article).copy_in_review
    assert as_read() == before
    day = timezone.localdate() + dt.timedelta(days=1)
    at = {"copy_due_at_0": f"{day:%d/%m/%Y}", "copy_due_at_1": "08:00:00"}
    assert press(mine, article, opened(mine, article), "schedule", **at).status_code == 302
    assert stored(article).copy_due_at
    assert as_read() == before
    assert press(mine, article, opened(mine, article), "unschedule").status_code == 302
    assert stored(article).copy_due_at is None
    assert_kept(article)
    assert press(mine, article, opened(mine, article), "drop").status_code == 302
    assert not history.is_ahead(stored(article))
    assert as_read() == before
    assert opened(mine, article)["title"] == "Le titre en ligne"
    assert_kept(article)


def test_publishing_changes_all_of_it_at_once(article, mine):
    before = as_read()
    sent = rewritten(mine, article)
    save(mine, article, sent)
    response = press(mine, article, opened(mine, article), "publish")
    assert "sont en ligne" in " ".join(told(mine, response))
    now, pages = stored(article), as_read()
    assert (now.title, now.slug, now.series, now.working_copy) == ("Un titre nouveau", "autre-adresse", None, None)
    assert [one.author.name for one in now.bylines.all()][1] == "Zoubida"
    assert [one.note for one in now.citations.all()] == ["p. 3"]
    assert pages["/search/?q=zqapres"][1].count("Un titre nouveau")
    assert "Le titre en ligne" not in pages["/search/?q=zqavant"][1]
    assert pages["/feed/"] != before["/feed/"]
    assert Revision.objects.of(now).first().act == Act.PUBLISHED
    assert_kept(article)


def test_publishing_takes_what_was_typed_last(article, mine):
    assert press(mine, article, opened(mine, article) | {"title": "En une fois"}, "publish").status_code == 302
    assert stored(article).title == "En une fois"
    assert_kept(article)


def test_what_stands_against_publishing_keeps_a_change_back_and_loses_nothing(article, mine):
    sent = opened(mine, article) | {"body": "<p>Neuf.</p><h3>Sans intertitre au-dessus</h3>"}
    page = mine.post(change(article), sent | {"_copy": "publish"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "saute un niveau" in text
    assert "Sans intertitre au-dessus" in text
    assert not history.is_ahead(stored(article))
    save(mine, article, sent)
    assert history.is_ahead(stored(article)), "it can be kept as a copy"
    later = timezone.localtime() + dt.timedelta(days=1)
    due = {"copy_due_at_0": f"{later:%d/%m/%Y}", "copy_due_at_1": f"{later:%H:%M}"}
    told = mine.post(change(article), opened(mine, article) | due | {"_copy": "schedule"}, follow=True)
    assert "saute un niveau" in told.content.decode()
    assert stored(article).copy_due_at is None


def test_an_update_is_told_with_the_text_that_it_is_about(article, mine):
    sent = opened(mine, article) | {"title": "Corrigé", "_state": "mark_updated", "what_changed": "un chiffre"}
    assert mine.post(change(article), sent).status_code == 302
    now = stored(article)
    assert (now.title, now.update_note, now.working_copy) == ("Corrigé", "un chiffre", None)
    assert_kept(article)


def test_what_is_scheduled_to_appear_has_a_copy_too(mine):
    article = make.make_scheduled(title="Demain")
    save(mine, article, opened(mine, article) | {"title": "Après-demain"})
    assert stored(article).title == "Demain"
    assert history.is_ahead(stored(article))


def test_a_draft_is_what_its_writers_wrote_last(mine):
    article = make.make_draft()
    save(mine, article, opened(mine, article) | {"title": "Un brouillon"})
    assert (stored(article).title, stored(article).working_copy) == ("Un brouillon", None)


def test_a_save_that_changes_nothing_makes_no_copy(article, mine):
    save(mine, article, opened(mine, article))
    assert not history.is_ahead(stored(article))
    assert stored(article).version == article.version


def test_nothing_wrong_gets_into_a_copy(article, mine):
    other = make.make_draft(slug="prise")
    for values, sentence in (
        ({"slug": other.slug}, "déjà prise"),
        ({"title": ""}, "obligatoire"),
        ({"series": ""}, "rang"),
    ):
        response = send(mine, article, opened(mine, article) | {"body": "<p>Mon texte.</p>"} | values)
        assert response.status_code == 200
        assert sentence in response.content.decode()
        assert "Mon texte." in response.content.decode()
    assert not history.is_ahead(stored(article))
    assert Revision.objects.of(article).count() == 1


# -- Lines of a copy -------------------------------------------------------------------------------------------------


def test_lines_of_a_copy_never_meet_lines_of_others(article, mine):
    sent = line(opened(mine, article), "citations", article=article.pk, source=make.make_source().pk, position=2)
    save(mine, article, sent)
    other = make.make_article(sources=[make.make_source(), make.make_source()])
    shown = opened(mine, article)
    (pk,) = {int(shown[f"citations-{place}-id"]) for place in range(2)} - set(
        article.citations.values_list("pk", flat=True)
    )
    assert pk >= PRIVATE
    place = next(place for place in range(2) if int(shown[f"citations-{place}-id"]) == pk)
    save(mine, article, shown | {f"citations-{place}-note": "p. 9"})
    assert other.citations.count() == 2
    assert press(mine, article, opened(mine, article), "publish").status_code == 302
    assert sorted(one.note for one in article.citations.all()) == ["", "p. 9"]
    assert_kept(article)
    assert make.make_article(sources=[make.make_source()]).citations.get().pk < PRIVATE, "the table counts on as before"


# -- Two people ------------------------------------------------------------------------------------------------------


def test_two_people_in_one_copy_are_merged(article, mine, theirs):
    sent = opened(mine, article)
    save(theirs, article, opened(theirs, article) | {"standfirst": "Le sien."})
    response = save(mine, article, sent | {"title": "Le mien"})
    assert any("Enregistré entre-temps par Elissa Marzouk" in one for one in told(mine, response))
    shown = opened(mine, article)
    assert (shown["title"], shown["standfirst"]) == ("Le mien", "Le sien.")
    assert stored(article).title == "Le titre en ligne"
    assert_kept(article)


def test_the_same_field_of_a_copy_is_chosen(article, mine, theirs):
    sent = opened(mine, article)
    save(theirs, article, opened(theirs, article) | {"title": "Le sien"})
    assert contested(send(mine, article, sent | {"title": "Le mien"})) == [("Titre", "Le mien", "Le sien")]
    assert opened(mine, article)["title"] == "Le sien"


def test_a_publication_meanwhile_is_no_conflict(article, mine, theirs):
    save(mine, article, opened(mine, article) | {"standfirst": "Un."})
    sent = opened(mine, article)
    assert press(theirs, article, opened(theirs, article), "publish").status_code == 302
    save(mine, article, sent | {"title": "La suite"})
    now = stored(article)
    assert (now.standfirst, now.title) == ("Un.", "Le titre en ligne")
    assert opened(mine, article)["title"] == "La suite"
    assert_kept(article)


def test_a_decision_about_a_copy_is_about_the_one_that_was_seen(article, mine, theirs, editor):
    save(mine, article, opened(mine, article) | {"title": "Un"})
    seen = stored(article)
    save(theirs, article, opened(theirs, article) | {"title": "Deux"})
    at = timezone.now() + dt.timedelta(hours=1)
    for act in (
        lambda: copies.drop(seen, by=editor),
        lambda: copies.publish(seen, by=editor),
        lambda: copies.schedule(seen, at, by=editor),
        lambda: copies.ask_to_read(seen, True),
    ):
        with pytest.raises(Exception, match="Quelqu’un vient de l’enregistrer"):
            act()
    assert_kept(article)
    assert opened(mine, article)["title"] == "Deux"


# -- Rows written by another way -------------------------------------------------------------------------------------


def test_what_rows_are_given_by_another_way_is_in_the_copy_too(article, mine, editor):
    save(mine, article, opened(mine, article) | {"title": "De la copie"})
    with history.changing(stored(article), by=editor, act=Act.CHANGED) as row:
        row.standfirst = "Par une autre voie."
        row.save()
    shown = opened(mine, article)
    assert (shown["title"], shown["standfirst"]) == ("De la copie", "Par une autre voie.")
    assert_kept(article)
    assert press(mine, article, shown, "publish").status_code == 302
    assert (stored(article).title, stored(article).standfirst) == ("De la copie", "Par une autre voie.")


def test_what_both_have_changed_stays_the_copys_and_is_told(article, mine, editor):
    save(mine, article, opened(mine, article) | {"title": "De la copie"})
    with history.changing(stored(article), by=editor, act=Act.CHANGED) as row:
        row.title = "Par une autre voie"
        row.save()
    assert opened(mine, article)["title"] == "De la copie"
    assert "changé des deux côtés, et gardé de la copie : titre" in Revision.objects.of(article).first().why.replace(
        "\u00a0", " "
    )
    assert [one.snapshot.fields["title"] for one in Revision.objects.of(article)[:2]] == [
        "De la copie",
        "Par une autre voie",
    ]


def test_a_hashtag_that_is_deleted_leaves_the_copy(article, mine):
    tag = make.make_tag()
    save(mine, article, opened(mine, article) | {"tags": [tag.pk], "title": "De la copie"})
    assert mine.post(reverse("admin:articles_tag_delete", args=[tag.pk]), {"post": "yes"}).status_code == 302
    response = mine.get(change(article))
    assert "ne revient pas, supprimé depuis" in response.content.decode()
    assert press(mine, article, opened(mine, article), "publish").status_code == 302
    assert (stored(article).title, stored(article).tags.count()) == ("De la copie", 0)


def test_a_withdrawal_keeps_the_copy(article, mine):
    save(mine, article, opened(mine, article) | {"title": "De la copie"})
    assert mine.post(change(article), opened(mine, article) | {"_state": "withdraw"}).status_code == 302
    now = stored(article)
    assert (now.state, now.title) == ("withdrawn", "Le titre en ligne")
    assert opened(mine, article)["title"] == "De la copie"
    assert_kept(article)
    save(mine, article, opened(mine, article) | {"standfirst": "Plus de copie."})
    now = stored(article)
    assert (now.state, now.title, now.standfirst, now.working_copy) == (
        "withdrawn",
        "De la copie",
        "Plus de copie.",
        None,
    )
    assert_kept(article)


def test_an_address_that_another_has_taken_leaves_the_rest_of_the_copy(article, mine):
    save(mine, article, opened(mine, article) | {"slug": "a-prendre", "title": "De la copie"})
    make.make_draft(slug="a-prendre")
    shown = opened(mine, article)
    assert (shown["slug"], shown["title"]) == ("le-titre", "De la copie")
    assert "la valeur de la copie est prise par une autre fiche" in mine.get(change(article)).content.decode()


# -- Tried on --------------------------------------------------------------------------------------------------------


def test_a_state_that_is_tried_on_leaves_nothing(article, mine, django_capture_on_commit_callbacks):
    save(mine, article, rewritten(mine, article))
    before, pages = snapshots.current(article), as_read()
    with django_capture_on_commit_callbacks() as called, tried_on(stored(article)) as left_out:
        now = stored(article)
        assert (now.title, now.bylines.count(), left_out) == ("Un titre nouveau", 2, [])
        assert list(Article.objects.matching("zqapres")) == [article]
        from django.db import transaction

        transaction.on_commit(lambda: None)
    assert called == []
    assert snapshots.current(article) == before
    assert as_read() == pages


def test_any_version_can_be_tried_on(article, mine):
    save(mine, article, opened(mine, article) | {"title": "Un"})
    save(mine, article, opened(mine, article) | {"title": "Deux"})
    for revision in Revision.objects.of(article):
        with tried_on(stored(article), revision):
            assert snapshots.current(article).is_same_state(revision.snapshot)
    assert stored(article).title == "Le titre en ligne"


def test_a_form_without_a_copy_tries_nothing_on(article, mine):

    with CaptureQueriesContext(connection) as asked:
        assert mine.get(change(article)).status_code == 200
    assert not [one["sql"] for one in asked if one["sql"].startswith(("UPDATE", "INSERT", "DELETE", "SAVEPOINT"))]


# -- Going back ------------------------------------------------------------------------------------------------------


def test_going_back_in_a_published_article_makes_a_copy(article, mine):
    assert press(mine, article, opened(mine, article) | {"title": "Publié ensuite"}, "publish").status_code == 302
    before = as_read()
    address = reverse("admin:articles_article_history_restore", args=[article.pk, 1])
    assert "copie de travail" in mine.get(address).content.decode()
    response = mine.post(address, {"version": stored(article).version})
    assert any("rien n’a changé en ligne" in one for one in told(mine, response))
    assert as_read() == before
    assert opened(mine, article)["title"] == "Le titre en ligne"
    assert_kept(article)


def test_a_dropped_copy_can_come_back(article, mine):
    save(mine, article, rewritten(mine, article))
    number = stored(article).working_copy
    assert press(mine, article, opened(mine, article), "drop").status_code == 302
    address = reverse("admin:articles_article_history_restore", args=[article.pk, number])
    assert mine.post(address, {"version": stored(article).version}).status_code == 302
    shown = opened(mine, article)
    assert (shown["title"], shown["bylines-TOTAL_FORMS"]) == ("Un titre nouveau", 2)
    assert_kept(article)


# -- Who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", ["publish", "schedule", "unschedule", "submit", "reviewed", "drop"])
@pytest.mark.parametrize("role", ["author", "moderator"])
def test_a_lower_role_decides_nothing_about_a_copy(article, mine, desk, role, button):
    save(mine, article, opened(mine, article) | {"title": "De la copie"})
    lower = desk(role)
    Byline.objects.create(article=article, author=make.make_author(user=lower.user))
    sent = opened(mine, article)
    day = timezone.localdate() + dt.timedelta(days=1)
    at = {"copy_due_at_0": f"{day:%d/%m/%Y}", "copy_due_at_1": "08:00:00"}
    before = snapshots.current(article), stored(article).working_copy
    assert press(lower, article, sent | {"title": "Forgé"}, button, **at).status_code == 403
    assert (snapshots.current(article), stored(article).working_copy) == before
    assert (stored(article).copy_due_at, stored(article).copy_in_review) == (None, False)


def test_nobody_reads_a_copy_who_may_not_read_versions(article, mine, desk):
    save(mine, article, opened(mine, article) | {"title": "zqsecret"})
    for role in ("author", "moderator"):
        response = desk(role).get(change(article))
        assert "zqsecret" not in response.content.decode(), role


# -- What is no reader's ---------------------------------------------------------------------------------------------


def test_whose_work_it_is_is_written_at_once_and_makes_no_copy(article, mine):
    before, user = as_read(), make.make_user("editor")
    save(mine, article, opened(mine, article) | {"assigned_to": user.pk, "due_on": "01/03/2030"})
    now = stored(article)
    assert (now.assigned_to, now.due_on, now.working_copy) == (user, dt.date(2030, 3, 1), None)
    assert Revision.objects.of(article).first().snapshot.fields["assigned_to"] == user.pk
    assert "Enregistré." in mine.get(change(article)).content.decode()
    assert as_read() == before
    assert_kept(article)


def test_it_is_written_beside_a_copy_that_stays(article, mine, theirs):
    user = make.make_user("editor")
    save(mine, article, opened(mine, article) | {"title": "Un titre nouveau"})
    sent = opened(theirs, article)
    save(mine, article, opened(mine, article) | {"assigned_to": user.pk})
    now = stored(article)
    assert (now.title, now.assigned_to) == ("Le titre en ligne", user)
    assert opened(mine, article)["title"] == "Un titre nouveau"
    save(theirs, article, sent | {"description": "Autre."})
    assert stored(article).assigned_to == user, "merged, as whatever two people change apart"
    assert_kept(article)
    press(mine, article, opened(mine, article), "publish")
    now = stored(article)
    assert (now.title, now.description, now.assigned_to) == ("Un titre nouveau", "Autre.", user)


def test_a_copy_that_is_dropped_or_put_in_force_in_time_leaves_it(article, mine):
    first, second = make.make_user("editor"), make.make_user("editor")
    save(mine, article, opened(mine, article) | {"title": "Un titre nouveau", "assigned_to": first.pk})
    copies.schedule(stored(article), timezone.now() + dt.timedelta(days=1), by=mine.user)
    with history.changing(stored(article), by=mine.user, act=Act.CHANGED) as row:
        row.assigned_to = second
        row.save(update_fields=["assigned_to"])
    if stored(article).copy_due:
        copies.put_due_in_force(timezone.now() + dt.timedelta(days=2))
        assert stored(article).title == "Un titre nouveau"
    assert stored(article).assigned_to == second
    save(mine, article, opened(mine, article) | {"title": "Encore un", "assigned_to": first.pk})
    press(mine, article, opened(mine, article), "drop")
    assert stored(article).assigned_to == first


def test_when_it_leaves_the_site_waits_with_the_text(article, mine):
    save(mine, article, opened(mine, article) | {"ends_at_0": "01/03/2090", "ends_at_1": "08:00:00"})
    assert stored(article).ends_at is None
    assert stored(article).working_copy
