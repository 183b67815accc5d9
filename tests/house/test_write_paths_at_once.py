"""The paths on which a check and a write could come apart, by two people at the same instant: threads with connections of their own.

Whatever comes first, nobody's words are gone: both are stored, or one of them is told with theirs on the page.
"""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Tag
from clusters.history import Act, Revision, copies
from clusters.models import Cluster, Source
from tests import factories as make
from tests.articles.test_autosave import Writer
from tests.clusters.imports.tables import table
from tests.clusters.imports.test_admin import PAGES, token_of, upload
from tests.clusters.test_conflicts import opened, send
from tests.clusters.test_history_at_once import at_once
from tests.house.test_history import page, unkept
from tests.house.test_write_paths import MINE, THEIRS, kept, stored

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(3)


def sit(name):
    client = Client()
    client.user = make.make_user("admin", is_superuser=True, first_name=name)
    client.force_login(client.user)
    return client


@pytest.fixture
def people():
    return sit("Anna"), sit("Elissa")


def answers(results):
    """The status of each answer; an exception in a thread is a failure."""
    assert not [one for one in results if isinstance(one, Exception)], results
    return [response.status_code for response in results]


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_forms_with_the_same_field(_round, people):
    source = make.make_source(title="Avant")
    kept()
    sent = [opened(client, source) | {"title": value} for client, value in zip(people, (MINE, THEIRS), strict=True)]
    results = at_once(*(lambda one=one: send(one[0], source, one[1]) for one in zip(people, sent, strict=True)))
    assert sorted(answers(results)) == [200, 302]
    for response, value in zip(results, (MINE, THEIRS), strict=True):
        assert stored(source).title == value if response.status_code == 302 else value in response.content.decode()
    assert unkept() == []


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_forms_with_different_fields(_round, people):
    source = make.make_source(title="Avant", publisher="Avant")
    kept()
    changes = ({"title": MINE}, {"publisher": THEIRS})
    sent = [opened(client, source) | values for client, values in zip(people, changes, strict=True)]
    results = at_once(*(lambda one=one: send(one[0], source, one[1]) for one in zip(people, sent, strict=True)))
    assert answers(results) == [302, 302]
    assert (stored(source).title, stored(source).publisher) == (MINE, THEIRS)
    assert unkept() == []


@pytest.mark.parametrize("is_out", [False, True])
def test_an_automatic_save_and_a_form(is_out, people):
    article = make.make_article(title="Avant") if is_out else make.make_draft(title="Avant")
    kept()
    writer, sent = Writer(people[0], article), opened(people[1], article) | {"title": THEIRS}
    results = at_once(
        lambda: writer.save(title=MINE, description="D’autre chose."), lambda: send(people[1], article, sent)
    )
    answer, response = results
    assert isinstance(answer, dict), answer
    found = Revision.objects.of(article).first().snapshot.fields
    assert found["description"] == "D’autre chose."
    if response.status_code == 302:  # the form first: the automatic save has left the title to a person
        assert found["title"] == THEIRS
        assert answer["contested"] == ["Titre"]
    else:
        assert found["title"] == MINE
        assert THEIRS in response.content.decode()


@pytest.mark.parametrize("_round", ROUNDS)
def test_an_action_and_a_form(_round, people):
    source = make.make_source(title="Avant", publication="draft")
    kept()
    action = {
        "action": "publish",
        ACTION_CHECKBOX_NAME: [source.pk],
        "index": "0",
        "seen": [f"{source.pk}:{source.version}"],
    }
    sent = opened(people[1], source) | {"title": THEIRS}
    results = at_once(lambda: people[0].post(page(Source, "changelist"), action), lambda: send(people[1], source, sent))
    assert answers(results) == [302, 302]
    now = stored(source)
    assert now.title == THEIRS, "an action writes its own column, and no text"
    is_done = any("publiée." in str(one) for one in people[0].get(page(Source, "changelist")).context["messages"])
    assert (now.publication == "published") is is_done, "and says whether it did"
    assert unkept() == []


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_step_of_an_article_and_a_form(_round, people):
    article = make.make_draft(title="Avant")
    kept()
    address = reverse("admin:articles_article_submit", args=[article.pk])
    step, sent = {"version": article.version, "words": MINE}, opened(people[1], article) | {"title": THEIRS}
    results = at_once(lambda: people[0].post(address, step), lambda: send(people[1], article, sent))
    codes, now = answers(results), stored(article)
    assert now.title == THEIRS if codes[1] == 302 else THEIRS in results[1].content.decode()
    assert (now.state == "in_review") is article.remarks.exists(), "the word goes with the step"
    assert unkept() == []


@pytest.mark.parametrize("_round", ROUNDS)
def test_an_import_and_a_form(_round, people, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    cluster = make.make_cluster(slug="solaire", city="Rabat")
    kept()
    shown = upload(people[0], table([{"adresse de la fiche": "solaire", "ville": "Salé"}]), PAGES["cluster"])
    confirmed, sent = {"token": token_of(shown)}, opened(people[1], cluster) | {"city": "Fès"}
    results = at_once(lambda: people[0].post(PAGES["cluster"], confirmed), lambda: send(people[1], cluster, sent))
    imported, saved = answers(results)
    city = Cluster.objects.get().city
    assert (imported, saved) in ((302, 200), (200, 302)), "whoever comes second is told"
    assert city == ("Salé" if imported == 302 else "Fès")
    assert unkept() == []


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_deletion_and_a_form(_round, people):
    tag = make.make_tag(name="Avant")
    kept()
    version = tag.version
    sent = opened(people[1], tag) | {"name": THEIRS}
    results = at_once(
        lambda: people[0].post(page(Tag, "delete", tag.pk), {"post": "yes", "version": version}),
        lambda: send(people[1], tag, sent),
    )
    deleted, saved = answers(results)
    if Tag.objects.filter(pk=tag.pk).exists():
        assert (deleted, saved, stored(tag).name) == (200, 302, THEIRS)
    else:
        assert (deleted, saved) == (302, 422)
        assert THEIRS in results[1].content.decode()


@pytest.mark.parametrize("button", ["drop", "unschedule", "reviewed"])
def test_a_decision_about_a_copy_and_a_form(button, people):
    article = make.make_article(title="Avant")
    kept()
    assert send(people[0], article, opened(people[0], article) | {"title": "Copie"}).status_code == 302
    copies.schedule(stored(article), timezone.now() + timezone.timedelta(days=1), by=people[0].user)
    pressed, sent = opened(people[0], article) | {"_copy": button}, opened(people[1], article) | {"title": THEIRS}
    results = at_once(
        lambda: people[0].post(page(Article, "change", article.pk), pressed), lambda: send(people[1], article, sent)
    )
    answers(results)
    newest = Revision.objects.of(article).first()
    if results[1].status_code == 302:
        titles = [one.snapshot.fields["title"] for one in Revision.objects.of(article)]
        assert THEIRS in titles
        if newest.act == Act.DROPPED:
            raise AssertionError("a copy is not dropped over what was saved after it was seen")
    else:
        assert THEIRS in results[1].content.decode()


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_names_of_one_version(_round, people):
    source = make.make_source()
    kept()
    address = page(Source, "history_name", source.pk, 1)
    results = at_once(
        *(
            lambda one=one: one[0].post(address, {"was": "", "name": one[1]})
            for one in zip(people, (MINE, THEIRS), strict=True)
        )
    )
    assert sorted(answers(results)) == [302, 409]
    name = Revision.objects.of(source).get(number=1).name
    assert name == (MINE if results[0].status_code == 302 else THEIRS)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_forms_of_one_account(_round, people):
    account = make.make_user("editor", first_name="Avant")
    sent = [
        opened(client, account) | {"first_name": value} for client, value in zip(people, (MINE, THEIRS), strict=True)
    ]
    results = at_once(*(lambda one=one: send(one[0], account, one[1]) for one in zip(people, sent, strict=True)))
    assert sorted(answers(results)) == [200, 302]
    assert User.objects.get(pk=account.pk).first_name == (MINE if results[0].status_code == 302 else THEIRS)
