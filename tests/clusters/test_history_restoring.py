"""Going back: a state comes back whole, without what is gone, and decides nothing about publication."""

import html
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article
from clusters import history
from clusters.history import Act, Revision, registry, snapshots
from clusters.history.restoring import restore
from clusters.models import Cluster, ClusterIdentifier, ClusterSector
from tests import factories as make
from tests.clusters.full_records import FULL, TEXT, full_cluster

pytestmark = pytest.mark.django_db


NEVER_EMPTY = ("name", "title", "kind", "country", "status", "language", "alt", "credit")
"""Columns that their forms want filled in."""


def empty(record):
    """Take everything away that may be."""
    kept = registry.kept_of(type(record))
    for field in kept.fields:
        if field.name in kept.stays or field.unique or field.name in NEVER_EMPTY:
            continue
        if field.null or field.blank:
            setattr(record, field.attname, None if field.null else "")
    record.save()
    for relation in kept.many:
        getattr(record, relation.name).clear()
    for lines in kept.lines:
        if not lines.is_appended:
            kept.model_of(lines).objects.filter(**{kept.key_of(lines).name: record}).delete()


@pytest.mark.parametrize("kind", FULL)
def test_a_state_comes_back_whole(kind, editor):
    record = FULL[kind]()
    if kind == "cluster":
        Cluster.objects.filter(pk=record.pk).update(publication="draft")
        record.refresh_from_db()
    first = history.keep(record, by=editor, act=Act.CREATED)
    with history.changing(record, by=editor, act=Act.CHANGED):
        empty(record)
        if kind == "tag":  # of which nothing can be empty
            record.name = "Autre"
            record.save()
    assert not snapshots.current(record).is_same_state(first.snapshot)
    left_out = restore(record, first, by=editor)
    assert left_out == []
    assert snapshots.current(record).is_same_state(first.snapshot)
    last = Revision.objects.of(record).first()
    assert (last.act, last.why, last.number) == ("restored", "retour à la version 1", 3)
    assert type(record).objects.get(pk=record.pk).version == 3


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    names=st.tuples(TEXT, TEXT), cities=st.tuples(TEXT, TEXT), bodies=st.tuples(TEXT, TEXT),
    places=st.tuples(*[st.none() | st.decimals(28, 34, places=5)] * 2), dates=st.tuples(*[st.sampled_from(["", "2012", "2013-11", "2016/2017"])] * 2),
)  # fmt: skip
def test_whatever_was_typed_comes_back(names, cities, bodies, places, dates):
    editor = make.make_user("editor")
    cluster = make.make_cluster(publication="draft")
    name = make.make_name(cluster)

    def write(turn):
        cluster.name, cluster.city = f"N{names[turn]}", cities[turn]
        cluster.description = f"<p>{html.escape(bodies[turn])}</p>"
        cluster.latitude = places[turn]
        cluster.longitude = None if places[turn] is None else Decimal("-7.5")
        cluster.location_precision, cluster.location_note = "city", "vu sur place"
        cluster.clean()
        cluster.save()
        name.valid_to, name.value = dates[turn], f"A{names[turn]}"
        name.clean()
        name.save()

    write(0)
    first = history.keep(cluster, by=editor, act=Act.CREATED)
    with history.changing(cluster, by=editor, act=Act.CHANGED):
        write(1)
    second = Revision.objects.of(cluster).first()
    for target in (first, second, first):
        cluster = Cluster.objects.get(pk=cluster.pk)
        assert restore(cluster, target, by=editor) == []
        assert snapshots.current(cluster).is_same_state(target.snapshot)


def changed(record, editor, act):
    """The revision before something is done to a record; the record as it is after."""
    first = history.keep(record, by=editor, act=Act.CREATED)
    with history.changing(record, by=editor, act=Act.CHANGED):
        act()
    return first, type(record).objects.get(pk=record.pk)


def test_the_publication_and_the_address_stay(editor):
    cluster = make.make_cluster(city="Rabat")

    def act():
        cluster.city, cluster.publication, cluster.slug = "Salé", "withdrawn", "autre-adresse"
        cluster.save()

    first, cluster = changed(cluster, editor, act)
    restore(cluster, first, by=editor)
    cluster.refresh_from_db()
    assert (cluster.city, cluster.publication, cluster.slug) == ("Rabat", "withdrawn", "autre-adresse")


def test_an_article_stays_in_its_state(editor):
    article = make.make_draft(title="Un titre", body="<p>Premier texte.</p>")

    def act():
        article.body = "<p>Second texte.</p>"
        article.save()
        article.change_state("publish", editor)

    first, article = changed(article, editor, act)
    published_at = article.published_at
    restore(article, first, by=editor)
    article.refresh_from_db()
    assert (article.body, article.state, article.published_at) == ("<p>Premier texte.</p>", "published", published_at)


def test_figures_and_status_lines_are_left_alone(editor):
    cluster = make.make_cluster(status="active")

    def act():
        make.make_observation(cluster)
        make.make_status(cluster, status="dormant", since="2024")
        cluster.follow_status()

    first, cluster = changed(cluster, editor, act)
    restore(cluster, first, by=editor)
    cluster.refresh_from_db()
    assert (cluster.observations.count(), cluster.status_changes.count(), cluster.status) == (1, 1, "dormant")


def test_what_is_gone_stays_away_and_is_said(editor):
    cluster = full_cluster()
    participation, name = cluster.participations.get(), cluster.names.get()
    programme, source = participation.programme, make.make_source(title="Source perdue", publisher="")
    name.source = source
    name.save()

    def act():
        participation.delete()
        name.delete()

    first, cluster = changed(cluster, editor, act)
    programme.delete()
    source.delete()
    left_out = restore(cluster, first, by=editor)
    assert left_out == [
        "«\u202fAncien nom\u202f» revient sans «\u202fSource perdue\u202f», supprimé depuis.",
        "«\u202fMaroc Innovation\u202f» ne revient pas\u00a0: «\u202fMaroc Innovation\u202f» a été supprimé depuis.",
    ]
    assert cluster.names.get().source is None
    assert not cluster.participations.exists()


def test_a_line_that_another_record_has_by_now_is_left_out(editor):
    cluster = full_cluster()
    identifier = cluster.identifiers.get()
    first, cluster = changed(cluster, editor, identifier.delete)
    ClusterIdentifier.objects.create(cluster=make.make_cluster(), registry="wikidata", value="Q42")
    (sentence,) = restore(cluster, first, by=editor)
    assert sentence.startswith("«\u202fWikidata\u202f» ne revient pas")
    assert "Une autre fiche porte déjà cet identifiant" in sentence
    assert not cluster.identifiers.exists()


def test_lines_that_exchanged_what_is_there_once_come_back(editor):
    cluster = make.make_cluster()
    first_link = cluster.sector_links.get()
    second = ClusterSector.objects.create(cluster=cluster, sector=make.make_sector())

    def act():
        ClusterSector.objects.filter(pk=first_link.pk).update(is_primary=False)
        ClusterSector.objects.filter(pk=second.pk).update(is_primary=True)

    first, cluster = changed(cluster, editor, act)
    assert restore(cluster, first, by=editor) == []
    assert cluster.sector_links.get(is_primary=True).pk == first_link.pk


def test_a_state_that_is_not_valid_any_more_is_refused_whole(editor):
    series = make.make_series()
    article = make.make_draft(series=series, series_position=1, title="Ancien titre")

    def act():
        article.series = article.series_position = None
        article.title = "Titre d’aujourd’hui"
        article.save()

    first, article = changed(article, editor, act)
    make.make_draft(series=series, series_position=1)
    with pytest.raises(ValidationError, match="Un autre article occupe déjà ce rang"):
        restore(article, first, by=editor)
    article = Article.objects.get(pk=article.pk)
    assert (article.title, article.series, article.version) == ("Titre d’aujourd’hui", None, 2)
    assert Revision.objects.of(article).count() == 2


def test_a_published_record_is_not_left_without_what_it_needs(editor):
    cluster = make.make_cluster()
    link = cluster.sector_links.get()
    link.delete()
    empty_state = history.keep(cluster, by=editor, act=Act.CREATED)
    with history.changing(cluster, by=editor, act=Act.CHANGED):
        ClusterSector.objects.create(cluster=cluster, sector=link.sector, is_primary=True)
    with pytest.raises(ValidationError, match="Rangez la fiche dans au moins un secteur"):
        restore(Cluster.objects.get(), empty_state, by=editor)
    assert cluster.sector_links.exists()


def test_whoever_restores_an_old_reading_is_told(editor):
    cluster = make.make_cluster(city="Rabat")
    read = Cluster.objects.get()
    first, _cluster = changed(cluster, editor, lambda: None)
    with pytest.raises(ValidationError, match="Quelqu’un vient de l’enregistrer"):
        restore(read, first, by=editor)
