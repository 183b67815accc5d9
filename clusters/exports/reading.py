"""All records of a kind one after the other: from one state of the registry, with a chunk of rows in memory.

What makes a file of 10,000 clusters cost the memory of a page stands here, and nowhere else.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from clusters.exports import querysets, records
from clusters.exports.about import Taking
from clusters.exports.shapes import Shape
from clusters.models import Cluster, Indicator, Observation, Programme, Sector, Source
from clusters.models.clusters import ClusterQuerySet

CHUNK = 200
"""Rows in memory at once."""

Records = Iterator[dict[str, Any]]


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


def in_chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    items = iter(items)
    while chunk := list(islice(items, CHUNK)):
        yield chunk


def _read(shape: Shape, keys: QuerySet, fetch: Callable[[list[int]], QuerySet]) -> Records:
    """The records of a queryset's rows, in its order.

    The keys first, a few bytes each, then the rows by their keys: a database that sorted whole rows would hold all their
    texts, and would look for what may be seen among all rows once more for each chunk.

    Args:
        keys: which rows, in which order.
        fetch: keys → those rows with all that their records need, in any order.
    """
    for chunk in in_chunks(list(keys.values_list("pk", flat=True))):
        found = {row.pk: row for row in fetch(chunk)}
        for key in chunk:
            row = found.pop(key)
            yield shape.of(row)
            # A row and its parts refer to each other: let go of by hand, they do not pile up until they are collected.
            vars(row).clear()


def clusters(rows: ClusterQuerySet, day: dt.date | None = None) -> Records:
    def fetch(keys: list[int]) -> QuerySet:
        return querysets.clusters(Cluster.objects.filter(pk__in=keys).with_state_of(day), day).order_by()

    return _read(records.CLUSTER, rows, fetch)


def clusters_with_figure(rows: ClusterQuerySet, day: dt.date | None = None) -> Records:
    """The records of clusters, each with the `figure` that a card shows of it, or None."""
    # Which figure is whose is asked once: by chunk, it would be looked for among all figures of the indicator each time.
    first: dict[str, int] = {}
    figures = Observation.objects.visible().as_of(day).of_membership()
    for cluster, figure in figures.values_list("subjects__cluster__public_id", "pk").iterator(CHUNK):
        first.setdefault(cluster, figure)
    for chunk in in_chunks(clusters(rows, day)):
        keys = Observation.objects.filter(pk__in=[first[record["id"]] for record in chunk if record["id"] in first])
        found = {record["id"]: record for record in observations(keys, day)}
        yield from ({**record, "figure": found.get(first.get(record["id"]))} for record in chunk)


def observations(rows: QuerySet, day: dt.date | None = None) -> Records:
    def fetch(keys: list[int]) -> QuerySet:
        return Observation.objects.filter(pk__in=keys).with_details(day).order_by()

    return _read(records.OBSERVATION, rows, fetch)


def observations_of(taking: Taking) -> Records:
    """The figures of the clusters that are taken away, each once."""
    return observations(querysets.observations_of(taking.rows, taking.day), taking.day)


def sources_of(taking: Taking) -> Records:
    """The sources of the clusters that are taken away, and of their figures."""
    return _sources(querysets.sources_of(taking.rows, taking.day))


def _sources(rows: QuerySet) -> Records:
    return _read(records.SOURCE, rows, lambda keys: querysets.sources().filter(pk__in=keys).order_by())


# -- The whole of a kind --------------------------------------------------------------------------------------------------


def all_clusters() -> Records:
    return clusters(Cluster.objects.visible().order_by("pk"))


def all_observations() -> Records:
    return observations(Observation.objects.visible().order_by("pk"))


def all_sources() -> Records:
    return _sources(Source.objects.visible().order_by("pk"))


def all_programmes() -> Records:
    rows = Programme.objects.visible().order_by("pk")
    return _read(records.PROGRAMME, rows, lambda keys: querysets.programmes().filter(pk__in=keys).order_by())


def all_sectors() -> Records:
    return map(records.SECTOR.of, Sector.objects.order_by("pk"))


def all_indicators() -> Records:
    return map(records.INDICATOR.of, Indicator.objects.order_by("pk"))
