"""The rows that leave the registry, each with what its record needs, already narrowed to what anybody may see.

Apart from the records so that the number of queries stands in one place: a few for each chunk of rows, whatever they hold.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet, Subquery

from clusters.models import (
    Cluster,
    ClusterName,
    Observation,
    ObservationSubject,
    Participation,
    Programme,
    Source,
    StatusChange,
)
from clusters.models.clusters import ClusterQuerySet

CHUNK = 500
"""Rows in memory at once while a file is written."""


@contextmanager
def snapshot() -> Iterator[None]:
    """Read one state of the registry however long the file takes to write, and keep nobody from writing meanwhile.

    Inside a transaction that is there already it does nothing.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Not atomic(): its BEGIN IMMEDIATE (see the settings) would keep the editors out until the reader has all.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def clusters(rows: ClusterQuerySet, day: dt.date | None = None) -> ClusterQuerySet:
    """Clusters for their records, as of a day where one is given; `rows` are visible ones, in their order."""
    lines = StatusChange.objects.visible().as_of(day).select_related("source").latest_first()
    parts = Participation.objects.visible().as_of(day).select_related("programme", "source")
    parts = parts.order_by("programme__name", F("valid_from_first").asc(nulls_last=True), "pk")
    return (
        rows.with_sectors()
        .with_names(day)
        .with_identifiers()
        .prefetch_related(
            Prefetch("status_changes", lines, to_attr="shown_statuses"),
            Prefetch("participations", parts, to_attr="shown_participations"),
            Prefetch("location_source", Source.objects.visible()),
        )
    )


def with_figures(rows: ClusterQuerySet, day: dt.date | None = None) -> ClusterQuerySet:
    """Clusters with their figures as `shown_figures`, for the one that a line of a table shows."""
    figures = Observation.objects.visible().as_of(day).with_details(day)
    return rows.prefetch_related(Prefetch("observations", figures, to_attr="shown_figures"))


def observations(day: dt.date | None = None) -> QuerySet:
    """Figures for their records: of clusters, programmes and countries, each once."""
    return Observation.objects.visible().as_of(day).with_details(day)


def observations_of(rows: ClusterQuerySet, day: dt.date | None = None) -> QuerySet:
    """Figures about at least one of these clusters, each once; by the name of their first cluster, then as on its page."""
    subjects = ObservationSubject.objects.filter(observation=OuterRef("pk"))
    first = subjects.order_by("cluster__sort_name", "cluster").values("cluster__sort_name")[:1]
    return (
        observations(day)
        .filter(Exists(subjects.filter(cluster__in=rows.order_by().values("pk"))))
        .alias(first_name=Subquery(first))
        .order_by(
            "first_name", "indicator__position", "indicator__label", F("dated_last").desc(nulls_last=True), "pk"
        )
    )  # fmt: skip


def sources() -> QuerySet:
    """Sources for their records, the most recently published first."""
    return Source.objects.visible().in_order().prefetch_related(Prefetch("derived_from", Source.objects.visible()))


def sources_of(rows: ClusterQuerySet, day: dt.date | None = None) -> QuerySet:
    """Sources that something in the records of these clusters, or in their figures, rests on."""
    chosen = rows.order_by().values("pk")
    own = {"source": OuterRef("pk"), "cluster__in": chosen}
    return sources().filter(
        Exists(observations_of(rows, day).order_by().filter(source=OuterRef("pk")))
        | Exists(ClusterName.objects.visible().as_of(day).filter(**own))
        | Exists(StatusChange.objects.visible().as_of(day).filter(**own))
        | Exists(Participation.objects.visible().as_of(day).filter(**own))
        | Exists(Cluster.objects.filter(pk__in=chosen, location_source=OuterRef("pk")))
    )


def programmes() -> QuerySet:
    """Programmes for their records, by name."""
    return (
        Programme.objects.visible()
        .order_by("name", "pk")
        .prefetch_related(
            Prefetch("parent", Programme.objects.visible()),
            Prefetch("sources", Source.objects.visible().in_order(), to_attr="shown_sources"),
        )
    )
