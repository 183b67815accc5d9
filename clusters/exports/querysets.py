"""Which rows leave the registry, in which order and with what fetched: only what anybody may see, and all that is told of it.

Apart from the records, which say what is told, so that a page of the API and a chunk of a file ask the same few queries.
"""

import datetime as dt

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

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

# -- Clusters -----------------------------------------------------------------------------------------------------------


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


# -- Figures ------------------------------------------------------------------------------------------------------------


def observations(day: dt.date | None = None) -> QuerySet:
    """Figures for their records, each once: of clusters, programmes and countries."""
    return Observation.objects.visible().as_of(day).with_details(day)


def observations_of(rows: ClusterQuerySet, day: dt.date | None = None) -> QuerySet:
    """Figures about at least one of these clusters, each once; by the name of their first cluster, then as on its page."""
    about = ObservationSubject.objects.filter(cluster__in=rows.order_by().values("pk")).values("observation")
    subjects = ObservationSubject.objects.filter(observation=OuterRef("pk"))
    first = subjects.order_by("cluster__sort_name", "cluster").values("cluster__sort_name")[:1]
    return (
        observations(day)
        .filter(pk__in=about)
        .alias(first_name=Subquery(first))
        .order_by(
            "first_name", "indicator__position", "indicator__label", F("dated_last").desc(nulls_last=True), "pk"
        )
    )  # fmt: skip


# -- Sources and programmes ---------------------------------------------------------------------------------------------


def sources() -> QuerySet:
    """Sources for their records, the most recently published first."""
    return Source.objects.visible().in_order().prefetch_related(Prefetch("derived_from", Source.objects.visible()))


def sources_of(rows: ClusterQuerySet, day: dt.date | None = None) -> QuerySet:
    """Sources that something in the records of these clusters, or in their figures, rests on.

    Which they are is asked question by question: in one query the clusters of a past day, number by number, would stand as
    often as there are questions.
    """
    chosen = rows.order_by().values("pk")
    of_clusters = (
        ClusterName.objects.visible().as_of(day),
        StatusChange.objects.visible().as_of(day),
        Participation.objects.visible().as_of(day),
    )
    cited = [told.order_by().filter(cluster__in=chosen).values("source") for told in of_clusters]
    cited.append(observations_of(rows, day).order_by().values("source"))
    cited.append(Cluster.objects.filter(pk__in=chosen).order_by().values("location_source"))
    found: set[int] = set()
    for one in cited:
        found.update(key for (key,) in one.distinct().values_list(*one.query.values_select))
    return sources().filter(pk__in=found - {None})


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
