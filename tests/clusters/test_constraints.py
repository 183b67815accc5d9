"""What the database itself refuses, whoever writes: each constraint of the registry is violated once, past every form."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from clusters.models import (
    Cluster,
    ClusterIdentifier,
    ClusterName,
    ClusterSector,
    FormerAddress,
    Indicator,
    MapSettings,
    Merge,
    Observation,
    ObservationSubject,
    OpenForm,
    Participation,
    Programme,
    Revision,
    SearchEntry,
    Sector,
    Source,
    StatusChange,
    Suggestion,
)
from tests.factories import (
    make_cluster,
    make_indicator,
    make_name,
    make_observation,
    make_participation,
    make_programme,
    make_sector,
    make_source,
    make_status,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2020, 3, 2)


def refused(name, write):
    """The write fails on the constraint of this name (SQLite names a unique one by its columns)."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    text = str(error.value)
    assert name in text or (connection.vendor == "sqlite" and text.startswith("UNIQUE constraint failed")), text


def duplicate_of_itself():
    own = suggestion()
    return update(own, state="duplicate", duplicate_of=own, decided_by=make_user(), decided_at=timezone.now())


def past_the_triggers():
    """Let rows be changed that the database keeps from any change, until the test's transaction ends."""
    with connection.cursor() as cursor:
        for table in ("clusters_observation", "clusters_statuschange"):
            of = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {table}_append_only{of}")


def update(row, **values):
    return lambda: type(row)._base_manager.filter(pk=row.pk).update(**values)


def again(row, **values):
    """A copy of the row, written past save()."""

    def write():
        fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        type(row)._base_manager.bulk_create([type(row)(**{**fields, **values})])

    return write


def dates(make, name, constraint):
    """The ways in which a partial date and its days can disagree."""
    first, last = f"{name}_first", f"{name}_last"
    return [
        (constraint, lambda: update(make(), **{name: "2008"})),
        (constraint, lambda: update(make(), **{first: DAY, last: DAY})),
        (constraint, lambda: update(make(**{name: "2008"}), **{name: ""})),
        (constraint, lambda: update(make(**{name: "2008"}), **{first: None})),
        (constraint, lambda: update(make(**{name: "2008"}), **{last: None})),
        (constraint, lambda: update(make(**{name: "2008"}), **{first: dt.date(2009, 1, 1)})),
    ]


def revision():
    return Revision.objects.create(kind="x.y", object_id=1, number=1, act="created", content=b"")


def open_form():
    return OpenForm.objects.create(
        kind="x.y", object_id=1, user=make_user(), tab="a", version=1, last_seen=timezone.now()
    )


def observation(**values):
    return make_observation(make_cluster(), **values)


def name_of(**values):
    return make_name(make_cluster(), **values)


def status_of(**values):
    return make_status(make_cluster(), **values)


def participation(**values):
    return make_participation(make_cluster(), make_programme(), **values)


def verified():
    cluster = make_cluster()
    cluster.verify(make_user(), DAY)
    return cluster


def identifier():
    return ClusterIdentifier.objects.create(cluster=make_cluster(), registry="wikidata", value="Q42")


def merge():
    return Merge.objects.create(loser=make_cluster(), survivor=make_cluster(), merged_by=make_user())


def suggestion():
    return Suggestion.objects.create(
        cluster=make_cluster(), field="city", proposed="Rabat", evidence="https://example.org/"
    )


def into_itself(row, name, to="pk"):
    return update(row, **{name: getattr(row, to)})


VIOLATIONS = [
    ("former_address_once", lambda: again(FormerAddress.objects.create(kind="articles.tag", slug="un", object_id=1), object_id=2)),
    ("cluster_verified_who_and_when", lambda: update(make_cluster(), verified_on=DAY)),
    ("cluster_verified_who_and_when", lambda: update(make_cluster(), verified_by=make_user())),
    ("cluster_verified_who_and_when", lambda: update(verified(), verified_by=None)),
    ("cluster_coordinates_together", lambda: update(make_cluster(location_precision="city"), latitude=Decimal(33))),
    ("cluster_coordinates_together", lambda: update(make_cluster(location_precision="city"), longitude=Decimal(-7))),
    ("cluster_coordinates_together", lambda: update(make_cluster(location_precision="city"), latitude=Decimal(91), longitude=Decimal(0))),
    ("cluster_coordinates_together", lambda: update(make_cluster(location_precision="city"), latitude=Decimal(0), longitude=Decimal(-181))),
    ("cluster_coordinates_have_a_precision", lambda: update(make_cluster(), latitude=Decimal(33), longitude=Decimal(-7))),
    ("cluster_not_merged_into_itself", lambda: into_itself(make_cluster(), "merged_into")),
    ("cluster_published_is_complete", lambda: update(make_cluster(), status="")),
    ("cluster_published_is_complete", lambda: update(make_cluster(), country="")),
    ("cluster_published_is_complete", lambda: update(make_cluster(), name="")),
    ("cluster_published_is_complete", lambda: update(make_cluster(publication="draft", country=""), publication="published")),
    ("cluster_merged_has_a_survivor", lambda: update(make_cluster(), status="merged")),
    ("cluster_website_of_the_web", lambda: update(make_cluster(), website="javascript:alert(1)")),
    ("cluster_sector_once", lambda: again(make_cluster().sector_links.get(), is_primary=False)),
    ("cluster_one_primary_sector", lambda: again(make_cluster().sector_links.get(), sector_id=make_sector().pk)),
    ("cluster_name_once", lambda: again(name_of())),
    *dates(name_of, "valid_from", "cluster_name_from_days"),
    *dates(name_of, "valid_to", "cluster_name_to_days"),
    ("cluster_name_from_before_to", lambda: again(name_of(value="A"), value="B", valid_from="2010", valid_to="2009")),
    *dates(status_of, "since", "status_change_since_days"),
    ("status_change_once", lambda: again(status_of())),
    *dates(make_source, "published", "source_published_days"),
    ("source_not_from_itself", lambda: into_itself(make_source(), "derived_from")),
    ("source_addresses_of_the_web", lambda: update(make_source(), url="ftp://example.org/")),
    ("source_addresses_of_the_web", lambda: update(make_source(), url="https:example.org")),
    ("source_addresses_of_the_web", lambda: update(make_source(), archived_url="data:text/html,x")),
    *dates(make_programme, "start", "programme_start_days"),
    *dates(make_programme, "end", "programme_end_days"),
    ("programme_start_before_end", lambda: again(make_programme(), slug="autre", start="2020", end="2019")),
    *dates(participation, "valid_from", "participation_from_days"),
    *dates(participation, "valid_to", "participation_to_days"),
    ("participation_from_before_to", lambda: again(participation(), level="or", valid_from="2010", valid_to="2009")),
    ("participation_once", lambda: again(participation(valid_from="2010"))),
    *dates(observation, "dated", "observation_dated_days"),
    ("observation_not_negative", lambda: update(observation(), value=Decimal(-1))),
    ("observation_range_in_order", lambda: update(observation(), upper=Decimal(80))),
    ("observation_deprecated_has_reason", lambda: update(observation(), rank="deprecated")),
    ("observation_currency_code", lambda: update(observation(), currency="mad")),
    ("observation_currency_code", lambda: update(observation(), currency="€")),
    ("observation_scope_and_subject", lambda: update(observation(), scope="programme")),
    ("observation_scope_and_subject", lambda: update(observation(), scope="country")),
    ("observation_scope_and_subject", lambda: update(observation(), country="MA")),
    ("observation_scope_and_subject", lambda: update(observation(), programme=make_programme())),
    ("observation_scope_and_subject", lambda: update(observation(), scope="region")),
    ("observation_not_its_own_correction", lambda: into_itself(observation(), "supersedes")),
    ("observation_subject_once", lambda: again(observation().subjects.get())),
    ("cluster_identifier_once", lambda: again(identifier(), cluster_id=make_cluster().pk)),
    ("map_settings_once", lambda: lambda: MapSettings.objects.create(pk=2)),
    ("merge_of_two", lambda: into_itself(merge(), "survivor", "loser_id")),
    ("merge_undone_who_and_when", lambda: update(merge(), undone_at=timezone.now())),
    ("merge_in_force_once", lambda: again(merge(), survivor_id=make_cluster().pk)),
    ("revision_once", lambda: again(revision())),
    ("suggestion_about_one_record", lambda: update(suggestion(), cluster=None)),
    ("suggestion_about_one_record", lambda: update(suggestion(), source=make_source())),
    ("suggestion_evidence_of_the_web", lambda: update(suggestion(), evidence="javascript:alert(1)")),
    ("suggestion_decided_who_and_when", lambda: update(suggestion(), state="accepted")),
    ("suggestion_decided_who_and_when", lambda: update(suggestion(), decided_by=make_user())),
    ("suggestion_rejected_has_reply", lambda: update(suggestion(), state="rejected", decided_by=make_user(), decided_at=timezone.now())),
    ("suggestion_duplicate_of_another", lambda: update(suggestion(), duplicate_of=suggestion())),
    ("suggestion_duplicate_of_another", lambda: update(suggestion(), state="duplicate", decided_by=make_user(), decided_at=timezone.now())),
    ("suggestion_no_duplicate_of_itself", duplicate_of_itself),
    ("suggestion_made_when_accepted", lambda: update(suggestion(), made=observation())),
    ("revision_base_is_earlier", lambda: update(revision(), base=1)),
    ("open_form_once", lambda: again(open_form())),
    ("open_form_shows_what_it_made", lambda: update(open_form(), shown=b"x")),
    ("search_entry_once", lambda: again(SearchEntry.objects.create(kind="x.y", object_id=1))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "violation"), VIOLATIONS, ids=[f"{name}-{n}" for n, (name, _v) in enumerate(VIOLATIONS)]
)
def test_the_database_refuses(name, violation):
    past_the_triggers()
    refused(name, violation())


def test_every_constraint_of_the_registry_is_among_them():
    declared = {
        constraint.name
        for model in apps.get_app_config("clusters").get_models()
        for constraint in model._meta.constraints
    }
    assert declared == {name for name, _violation in VIOLATIONS}


@pytest.mark.parametrize(
    ("model", "field", "make"),
    [
        (Cluster, "slug", make_cluster),
        (Cluster, "public_id", make_cluster),
        (Source, "slug", make_source),
        (Programme, "slug", make_programme),
        (Sector, "code", make_sector),
        (Indicator, "code", make_indicator),
    ],
)
def test_two_rows_never_share_an_address_or_a_code(model, field, make):
    row = make()
    others = {"slug": "un-autre", "public_id": "GRP-9999"}
    others.pop(field, None)
    values = {name: value for name, value in others.items() if hasattr(row, name)}
    refused(field, again(row, **values))


@pytest.mark.parametrize(
    ("make", "rely"),
    [
        (make_source, lambda source: make_observation(make_cluster(), source=source)),
        (make_source, lambda source: make_status(make_cluster(), source=source)),
        (make_source, lambda source: make_source(derived_from=source)),
        (make_indicator, lambda indicator: make_observation(make_cluster(), indicator=indicator)),
        (make_programme, lambda programme: make_participation(make_cluster(), programme)),
        (make_cluster, make_observation),
        (make_cluster, lambda cluster: make_cluster(merged_into=cluster)),
        (make_sector, lambda sector: make_cluster(sector=sector)),
    ],
)
def test_what_others_rest_on_cannot_be_deleted(make, rely):
    row = make()
    rely(row)
    with pytest.raises(models.ProtectedError):
        row.delete()


def test_deleting_a_cluster_takes_its_own_lines_along():
    cluster = make_cluster()
    make_name(cluster)
    make_status(cluster)
    make_participation(cluster, make_programme())
    cluster.delete()
    for model in (ClusterName, StatusChange, Participation, ClusterSector):
        assert not model.objects.exists(), model


def test_a_correction_replaces_one_observation_once():
    past_the_triggers()
    first = observation()
    make_observation(make_cluster(), supersedes=first)
    refused("supersedes", update(make_observation(make_cluster()), supersedes=first))


def test_two_primary_sectors_are_refused_and_two_others_are_not():
    cluster = make_cluster()
    for _n in range(2):
        ClusterSector.objects.create(cluster=cluster, sector=make_sector())
    assert cluster.sector_links.count() == 3


def test_what_is_allowed_is_written():
    make_cluster(latitude=Decimal("33.59000"), longitude=Decimal("-7.61000"), location_precision="city")
    make_cluster(publication="draft", country="", status="")
    make_observation(make_cluster(), upper=Decimal(90), rank="deprecated", rank_reason="Erreur de zéro", currency="MAD")
    make_observation(programme=make_programme())
    make_observation(country="MA")
    make_observation(make_cluster(), make_cluster())
    make_source(url="HTTPS://example.org/", archived_url="http://archive.example.org/1")
    assert ObservationSubject.objects.count() == 3
    assert Observation.objects.count() == 4


@pytest.mark.parametrize("change", [{"note": "x"}, {"rank": "preferred"}, {"value": 3}, {"dated": ""}])
def test_a_figure_is_not_changed_behind_the_model_s_back(change):
    figure = make_observation(make_cluster())
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.filter(pk=figure.pk).update(**change)


def test_a_line_of_the_history_is_not_changed_but_moves_with_a_merge():
    line, other = make_status(make_cluster()), make_cluster()
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusChange.objects.filter(pk=line.pk).update(status="closed")
    StatusChange.objects.filter(pk=line.pk).update(cluster=other)
    line.refresh_from_db()
    assert line.cluster == other
