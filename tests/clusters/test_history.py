"""The history of records: what is kept, that nobody overwrites anybody, and that an old state reads as it was."""

import datetime as dt
import html
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article
from clusters import history
from clusters.history import Act, Revision, registry, snapshots
from clusters.history.comparing import compare
from clusters.history.restoring import restore
from clusters.models import Cluster, ClusterIdentifier, ClusterSector, Programme
from tests import factories as make

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
    with pytest.raises(LookupError, match="Sector"):
        registry.kept_of(type(make.make_sector()))


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


def full_cluster(**values):
    """A cluster with every kind of line."""
    source = make.make_source(title="Étude mère")
    cluster = make.make_cluster(location_source=source, **values)
    make.make_name(cluster, value="Ancien nom", kind="former", valid_to="2012", source=source)
    make.make_status(cluster, since="2014", source=source)
    make.make_participation(cluster, make.make_programme(name="Maroc Innovation"), level="argent", source=source)
    make.make_observation(cluster, source=source, indicator=make.make_indicator(label="Adhérents"), dated="2020")
    ClusterIdentifier.objects.create(cluster=cluster, registry="wikidata", value="Q42")
    return cluster


def full_programme():
    programme = make.make_programme(countries="MA,TN", start="2014", end="2020", parent=make.make_programme())
    programme.sources.set([make.make_source(), make.make_source()])
    make.make_observation(programme=programme)
    return programme


def full_source():
    return make.make_source(
        derived_from=make.make_source(),
        accessed_on=dt.date(2024, 2, 29),
        published="2020-03",
        url="https://example.org",
    )


def full_article():
    article = make.make_draft(
        tags=[make.make_tag()], clusters=[make.make_cluster()], sources=[make.make_source()], cover=make.make_picture(),
        series=make.make_series(), series_position=1,
    )  # fmt: skip
    make.make_reading(article)
    make.make_reading(article, make.make_article(), position=2)
    return article


FULL = {"cluster": full_cluster, "programme": full_programme, "source": full_source, "article": full_article}


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


def empty(record):
    """Take everything away that may be."""
    kept = registry.kept_of(type(record))
    for field in kept.fields:
        if (
            field.name in kept.stays
            or field.unique
            or field.name in ("name", "title", "kind", "country", "status", "language")
        ):
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
    assert not snapshots.current(record).is_same_state(first.snapshot)
    left_out = restore(record, first, by=editor)
    assert left_out == []
    assert snapshots.current(record).is_same_state(first.snapshot)
    last = Revision.objects.of(record).first()
    assert (last.act, last.why, last.number) == ("restored", "retour à la version 1", 3)
    assert type(record).objects.get(pk=record.pk).version == 3


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


# -- Comparing -------------------------------------------------------------------------------------------------------


def told(change):
    """« -old +new » of a change."""
    runs = [run for passage in change.passages for run in passage.runs] or list(change.runs)
    return " ".join(f"{'+' if run.kind == 'added' else '-'}{run.text.strip()}" for run in runs if run.kind != "same")


def difference(record, act):
    """What a comparison says of something done to a record."""
    before = snapshots.current(record)
    act()
    return compare(registry.kept_of(type(record)), before, snapshots.current(record))


def test_fields_are_compared_in_words(editor):
    cluster = full_cluster(
        city="Rabat", latitude=Decimal("33.5"), longitude=Decimal("-7.5"), location_precision="city", location_note="x"
    )
    other = make.make_source(title="Autre étude", publisher="")

    def act():
        cluster.city, cluster.country, cluster.kind, cluster.latitude = "", "TN", "pole", Decimal("33.25")
        cluster.location_source = other
        cluster.verified_on, cluster.verified_by = dt.date(2026, 3, 1), editor
        cluster.summary = "Un cluster ancien."
        cluster.save()

    found = {change.label: told(change) for change in difference(cluster, act).fields}
    assert found == {
        "Ville": "-Rabat +–",
        "Pays": "-Maroc +Tunisie",
        "Nature": "-Cluster +Pôle de compétitivité",
        "Latitude": "-33,5 +33,25",
        "Source du lieu": "-Institut, Étude mère +Autre étude",
        "Vérifiée le": "-– +1er mars 2026",
        "Vérifiée par": f"-– +{editor.username}",
        "Résumé": "-cluster. +cluster ancien.",
    }


def test_lines_are_compared_by_name_and_what_they_say():
    cluster = full_cluster()
    name, participation = cluster.names.get(), cluster.participations.get()

    def act():
        name.delete()
        make.make_name(cluster, value="Nouveau nom", language="en")
        participation.level, participation.valid_to = "or", "2030"
        participation.save()
        make.make_status(cluster, status="dormant", since="2024-05")

    found = difference(cluster, act)
    assert found.in_short == (
        "historique de la situation\u00a0: 1 ajout\u202f; autres noms\u00a0: 1 ajout, 1 suppression\u202f; participations\u00a0: 1 modification"
    )
    status, names, participations = found.lines
    assert status.lines[0].name.startswith("En sommeil, mai 2024 (Institut, Étude")
    gone, came = names.lines
    assert (gone.kind, gone.name, came.kind, came.name) == ("removed", "Ancien nom", "added", "Nouveau nom")
    assert ("Source", "Institut, Étude mère") in gone.details
    assert ("Langue", "anglais") in came.details
    (changed,) = participations.lines
    assert changed.name == "Maroc Innovation"
    assert [(one.label, told(one)) for one in changed.changes] == [("Niveau", "-argent +or"), ("Jusqu’à", "-– +2030")]


def test_a_figure_and_its_correction_are_told():
    cluster = full_cluster()
    old = cluster.observations.get()
    found = difference(cluster, lambda: make.make_observation(
        cluster, indicator=old.indicator, source=old.source, value=Decimal(90), precision="about", supersedes=old, dated="2021",
    ))  # fmt: skip
    (line,) = found.lines[0].lines
    assert line.name == (
        "Adhérents\u00a0: environ 90\u00a0adhérents, 2021 (Institut, Étude mère), à la place de\u00a0: 80\u00a0adhérents"
    )


def test_rows_that_are_gone_keep_their_name():
    programme = full_programme()
    sources = list(programme.sources.all())
    before = snapshots.current(programme)
    programme.sources.clear()
    for source in sources:
        source.delete()
    after = snapshots.current(programme)
    (change,) = compare(registry.kept_of(Programme), before, after).lines
    assert {line.name for line in change.lines} == {str(source) for source in sources}


def test_a_line_taken_away_and_put_back_is_no_change():
    cluster = full_cluster()
    old = cluster.names.get()

    def act():
        old.delete()
        make.make_name(cluster, value="Ancien nom", kind="former", valid_to="2012", source=old.source)

    assert difference(cluster, act).is_empty


def test_a_column_that_came_later_says_nothing_and_one_that_went_is_told_by_its_name():
    cluster = make.make_cluster()
    state = snapshots.current(cluster)
    kept = registry.kept_of(Cluster)
    fewer = {name: value for name, value in state.fields.items() if name != "city"}
    assert compare(kept, replace(state, fields=fewer), state).is_empty
    old, new = (replace(state, fields={**state.fields, "fax": text}) for text in ("1", "2"))
    (change,) = compare(kept, old, new).fields
    assert (change.label, told(change)) == ("fax", "-1 +2")


# -- Restoring -------------------------------------------------------------------------------------------------------


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
