"""The history of records: what is kept, and that nobody overwrites anybody."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from clusters import history
from clusters.history import Act, Revision, registry, snapshots
from clusters.models import Cluster
from tests import factories as make
from tests.clusters.full_records import FULL

pytestmark = pytest.mark.django_db


def numbers(record):
    return list(Revision.objects.of(record).values_list("number", "act"))


# -- Keeping ---------------------------------------------------------------------------------------------------------


def test_a_new_record_is_kept_with_who_when_and_why(editor):
    cluster = make.make_cluster(name="Cluster solaire")
    before = timezone.now()
    kept = history.keep(cluster, by=editor, act=Act.CREATED, why="  demande de\nla direction ")
    kept.refresh_from_db()
    assert (kept.number, kept.act, kept.by, kept.why) == (1, "created", editor, "demande de la direction")
    assert before <= kept.at <= timezone.now()
    assert kept.snapshot.fields["name"] == "Cluster solaire"


def test_the_same_act_is_kept_once(editor):
    cluster = make.make_cluster()
    for _round in range(2):
        history.keep(cluster, by=editor, act=Act.CREATED, why="démonstration")
    history.keep(cluster, by=editor, act=Act.CHANGED)
    assert numbers(cluster) == [(1, "created")]


def test_an_act_that_changes_nothing_is_an_act(editor):
    cluster = make.make_cluster()
    history.keep(cluster, by=editor, act=Act.CREATED)
    for day in (1, 2):
        with history.changing(cluster, by=editor, act=Act.VERIFIED):
            cluster.verify(editor, dt.date(2026, 1, 1))
        assert cluster.version == 1 + day
    assert numbers(cluster) == [(3, "verified"), (2, "verified"), (1, "created")]


def test_a_write_that_claimed_nothing_gets_a_version_of_its_own(editor):
    cluster = make.make_cluster()
    history.keep(cluster, by=editor, act=Act.CREATED)
    Cluster.objects.filter(pk=cluster.pk).update(city="Fès")
    history.keep(cluster, by=editor, act=Act.CHANGED)
    cluster.refresh_from_db()
    assert (cluster.version, numbers(cluster)) == (2, [(2, "changed"), (1, "created")])


def test_changing_signs_claims_and_keeps(editor):
    cluster = make.make_cluster(city="Rabat")
    with history.changing(cluster, by=editor, act=Act.CHANGED, why="déménagement") as same:
        assert same is cluster
        cluster.city = "Salé"
        cluster.save()
    stored = Cluster.objects.get()
    assert (stored.city, stored.version, stored.modified_by) == ("Salé", 2, editor)
    assert cluster.version == 2
    new, old = Revision.objects.of(cluster)
    assert (new.number, new.why, new.snapshot.fields["city"]) == (2, "déménagement", "Salé")
    assert (old.number, old.snapshot.fields["city"]) == (1, "Rabat"), "the state before is not lost"
    assert old.at <= new.at


def test_the_state_found_is_signed_and_dated_as_its_last_save(editor):
    cluster = make.make_cluster(modified_by=editor)
    at = timezone.now() - dt.timedelta(days=400)
    Cluster.objects.update(modified_at=at, version=7)
    cluster.refresh_from_db()
    with history.changing(cluster, by=None, act=Act.CHANGED):
        cluster.city = "Fès"
        cluster.save()
    old = Revision.objects.of(cluster).last()
    assert (old.number, old.by, old.at, old.act) == (7, editor, at, "changed")


def test_whoever_has_read_an_older_version_is_told(editor):
    mine = make.make_cluster(city="Rabat")
    yours = Cluster.objects.get()
    with history.changing(yours, by=editor, act=Act.CHANGED):
        yours.city = "Salé"
        yours.save()
    with (
        pytest.raises(ValidationError, match="Quelqu’un vient de l’enregistrer"),
        history.changing(mine, by=editor, act=Act.CHANGED),
    ):
        raise AssertionError("never begun")
    assert mine.version == 1
    assert Cluster.objects.get().city == "Salé"


def test_what_fails_leaves_nothing(editor):
    cluster = make.make_cluster(city="Rabat")

    def fail():
        with history.changing(cluster, by=editor, act=Act.CHANGED):
            cluster.city = "Salé"
            cluster.save()
            raise ValidationError("non")

    with pytest.raises(ValidationError, match="non"):
        fail()
    assert cluster.version == 1
    stored = Cluster.objects.get()
    assert (stored.version, stored.city, stored.modified_by) == (1, "Rabat", None)
    assert not Revision.objects.exists()


def test_an_article_is_kept_by_the_same_means(editor):
    article = make.make_article(title="Un titre", tags=[make.make_tag()])
    with history.changing(article, by=editor, act=Act.CHANGED):
        article.title = "Un autre"
        article.save(update_fields=["title"])
    new, old = Revision.objects.of(article)
    assert (old.snapshot.fields["title"], new.snapshot.fields["title"]) == ("Un titre", "Un autre")
    assert Article.objects.get().version == 2


def test_a_kind_that_nobody_has_registered_is_an_error_of_ours():
    with pytest.raises(LookupError, match="Revision"):
        registry.kept_of(Revision)


def keeping_queries(record):
    with CaptureQueriesContext(connection) as asked:
        snapshots.current(record)
    return len(asked)


def test_keeping_takes_as_many_queries_for_many_lines_as_for_few():
    cluster = make.make_cluster()

    def grow(count):
        for _n in range(count):
            source = make.make_source()
            make.make_name(cluster, source=source)
            make.make_status(cluster, source=source)
            make.make_participation(cluster, make.make_programme(), source=source)
            make.make_observation(cluster, source=source, supersedes=make.make_observation(cluster))

    grow(1)
    few = keeping_queries(cluster)
    grow(5)
    assert keeping_queries(cluster) == few <= 12


# -- What a snapshot holds -------------------------------------------------------------------------------------------


def test_every_registered_kind_has_a_full_record_here():
    assert {model._meta.model_name for model in history.registered()} == set(FULL)


@pytest.mark.parametrize("kind", FULL)
def test_a_snapshot_packs_and_unpacks_to_itself_and_is_read_again_as_the_same(kind):
    record = FULL[kind]()
    state = snapshots.current(record)
    assert snapshots.Snapshot.unpacked(state.packed()) == state == snapshots.current(record)
    for name, rows in state.lines.items():
        assert rows, f"no line of {name} in this test"
    for name, ids in state.many.items():
        assert ids, f"none of {name} in this test"
