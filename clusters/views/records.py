"""The registry's pages: the list with its filters, a cluster, a programme, a source."""

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import F, Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from django_countries import countries

from clusters import addresses, json_ld, markup
from clusters.care import sole_witness_in_words
from clusters.charting import charts_of
from clusters.exports.about import Span, downloads, licence
from clusters.filters import ClusterFilter, asked_moment
from clusters.models import (
    Cluster,
    Indicator,
    Observation,
    ObservationSubject,
    Participation,
    Programme,
    Source,
    Suggestion,
    documented_by,
)
from clusters.models.clusters import VERIFIED_FOR
from clusters.paging import page_of
from clusters.templatetags.journal import day

TOLD = 20
"""Decided corrections that a record's page lists."""


@require_safe
@addresses.lasting_query(programme=Programme.objects.visible)
def cluster_list(request: HttpRequest) -> HttpResponse:
    view = "table" if request.GET.get("view") == "table" else "cards"
    found = ClusterFilter(request.GET or None, kept={"view": "table"} if view == "table" else None)
    page = page_of(found.qs.with_sectors(), request, total=found.total)
    page.object_list = with_headlines(page.object_list, found.day)
    facets = found.facets()
    context = {
        "page_title": gettext("Le registre des clusters"),
        "page_description": gettext(
            "Les clusters de la Méditerranée, leurs secteurs, leurs chiffres sourcés et datés."
        ),
        "filter": found,
        "facets": facets,
        "active": found.active,
        "complaints": found.complaints,
        "moment": found.moment,
        "wrong_day": found.wrong_day,
        "today": found.href(as_of=None),
        "kept": found.hidden("q"),
        "kept_in_sort": found.hidden("sort"),
        "kept_in_time": found.hidden("as_of"),
        "ways_out": [] if found.total else found.ways_out(),
        "alike": [] if found.total else found.alike(),
        "summary": found.summary(),
        "is_filtered": found.is_filtered,
        "querystring": found.querystring,
        "page": page,
        "country": _of_the_country(found) if page.number == 1 else {},
        "view": view,
        "views": presentations(found, view),
        "noindex": found.is_filtered,
        "downloads": downloads(found.asked),
        "licence": licence(),
        "json_ld": None if found.is_filtered or page.number > 1 else _dataset(facets),
    }
    return render(request, "clusters/list.html", context)


def _dataset(facets: list[dict[str, Any]]) -> dict[str, Any]:
    """The structured data of the whole registry, for the list that shows all of it."""
    facet = next(one for one in facets if one["name"] == "country")
    countries = [(choice["value"], choice["label"]) for choice in facet["choices"]]
    return json_ld.dataset(settings.SITE_URL, downloads({}), countries, Span.current())


def presentations(found: ClusterFilter, current: str) -> list[dict[str, Any]]:
    """The ways to look at a filtered set of clusters, each with the address that keeps the filters."""
    ways = [
        ("cards", gettext("Fiches"), "clusters:list", {}),
        ("table", gettext("Tableau"), "clusters:list", {"view": "table"}),
        ("map", gettext("Carte"), "clusters:map", {}),
    ]
    return [
        {
            "name": name,
            "label": label,
            "href": reverse(route) + found.href(**{"view": None, "area": None, **own}),
            "current": name == current,
        }
        for name, label, route, own in ways
    ]


def _of_the_country(found: ClusterFilter) -> dict[str, Any]:
    """Figures about a country as a whole, for the list of its clusters; empty for several, and where there are none.

    {figures, deprecated, sources, name}.
    """
    chosen = found.asked.get("country", [])
    if len(chosen) != 1:
        return {}
    # Named first, as for the cards: they are few, and SQLite would begin with the sources of all figures.
    about = list(Observation.objects.about(chosen[0]).order_by().values_list("pk", flat=True))
    notes = SourceNotes()
    rows = []
    if about:
        rows = list(Observation.objects.visible().as_of(found.day).filter(pk__in=about).with_details(found.day))
    if not rows:
        return {}
    return {
        "figures": grouped_figures(rows, notes),
        "deprecated": set_aside(rows, notes),
        "sources": notes.listed(),
        "name": countries.name(chosen[0]),
    }


@require_safe
@addresses.lasting
def cluster_detail(request: HttpRequest, slug: str) -> HttpResponse:
    moment, complaints = asked_moment(request.GET)
    then = moment and moment.day
    clusters = Cluster.objects.visible_to(request.user).with_sectors().with_names(then).with_state_of(then)
    clusters = clusters.with_identifiers().prefetch_related(Prefetch("location_source", Source.objects.visible()))
    cluster = addresses.find(clusters.filter(merged_into=None), slug)
    notes = SourceNotes()
    observations = list(Observation.objects.visible().as_of(then).about(cluster).with_details(then))
    correct = reverse("clusters:correct_cluster", args=[cluster.slug]) if cluster.is_published else ""
    context = {
        "page_title": cluster.shown_name,
        "page_description": cluster.summary,
        "moment": moment,
        "complaints": complaints,
        "wrong_day": request.GET["as_of"] if complaints else "",
        "is_known": then is None or cluster.is_known_on(then),
        "cluster": cluster,
        "body": body_of(cluster.description),
        "figures": grouped_figures(observations, notes, cluster, "" if moment else correct),
        "charts": charts_of(cluster, observations),
        "deprecated": set_aside(observations, notes, cluster),
        "statuses": notes.numbered(
            cluster.status_changes.visible().as_of(then).latest_first().select_related("source")
        ),
        "participations": notes.numbered(
            Participation.objects.visible().as_of(then).filter(cluster=cluster).select_related("programme", "source")
        ),
        "names": notes.numbered(cluster.shown_names),
        "place_number": notes.number(cluster.location_source),
        "sources": notes.listed(),
        "witness": notes.witness([cluster.location_source_id]),
        "care": care_of(cluster),
        "correct": correct,
        "told": list(Suggestion.objects.about(cluster).told()[:TOLD]),
        "is_preview": not cluster.is_published,
        "noindex": not cluster.is_published or moment is not None or bool(complaints),
        "json_ld": json_ld.organization(cluster, settings.SITE_URL, observations),
    }
    return render(request, "clusters/detail.html", context)


@require_safe
@addresses.lasting
def programme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    programme = addresses.find(Programme.objects.visible_to(request.user).with_parts(), slug)
    notes = SourceNotes()
    observations = list(Observation.objects.visible().about(programme).with_details())
    correct = reverse("clusters:correct_programme", args=[programme.slug]) if programme.is_published else ""
    figures = grouped_figures(observations, notes, correct=correct)
    parent = programme.parent if programme.parent and programme.parent.is_published else None
    context = {
        "page_title": programme.name,
        "page_description": programme.summary,
        "programme": programme,
        "parent": parent,
        "body": body_of(programme.description),
        "figures": figures,
        "deprecated": set_aside(observations, notes),
        "clusters": members_of(programme),
        "sources": notes.listed(programme.shown_sources),
        "correct": correct,
        "told": list(Suggestion.objects.about(programme).told()[:TOLD]),
        "is_preview": not programme.is_published,
        "noindex": not programme.is_published,
        "json_ld": json_ld.programme(programme, settings.SITE_URL),
    }
    return render(request, "clusters/programme.html", context)


@require_safe
@addresses.lasting
def source_detail(request: HttpRequest, slug: str) -> HttpResponse:
    source = addresses.find(Source.objects.visible_to(request.user).select_related("derived_from"), slug)
    observations = list(Observation.objects.visible().filter(source=source).with_details())
    parent = source.derived_from if source.derived_from and source.derived_from.is_published else None
    context = {
        "page_title": source.title,
        "page_description": "",
        "source": source,
        "parent_source": parent,
        "root": source.root if parent and source.root != parent and source.root.is_published else None,
        "observations": observations,
        "clusters": list(documented_by(source).order_by("name")),
        "derived": list(source.derived.visible().in_order()),
        "correct": reverse("clusters:correct_source", args=[source.slug]) if source.is_published else "",
        "told": list(Suggestion.objects.about(source).told()[:TOLD]),
        "is_preview": not source.is_published,
        "noindex": not source.is_published,
    }
    return render(request, "clusters/source.html", context)


class SourceNotes:
    """The numbered sources of one page: the first cited is 1, and each is listed once."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._sources: dict[int, Source] = {}
        self._facts = 0

    def numbered(self, rows: Iterable[Any]) -> list[Any]:
        """The rows, each with `source_number` (0 where it names no source that may be seen)."""
        rows = list(rows)
        for row in rows:
            row.source_number = self.number(row.source)
        return rows

    def number(self, source: Source | None) -> int:
        """The number of the source of one more fact; 0 where there is none that may be seen."""
        if source is None:
            return 0
        self._facts += 1
        return self._number(source)

    def listed(self, more: Iterable[Source] = ()) -> list[dict[str, Any]]:
        """The sources so far, then `more`, as {number, source}."""
        for source in more:
            self._number(source)
        return [{"number": number, "source": self._sources[pk]} for pk, number in self._numbers.items()]

    def witness(self, more: Iterable[int | None]) -> dict[str, Any]:
        """The one study that several facts all go back to, as {text, source}; {} if there are several studies, or one fact.

        Args:
            more: ids of sources that speak of the record, whether or not they may be seen.
        """
        cited = {*self._sources, *(pk for pk in more if pk)}
        roots = list(Source.objects.filter(pk__in=cited).roots()[:2]) if self._facts > 1 else []
        if len(roots) != 1:
            return {}
        return {"text": sole_witness_in_words(roots[0]), "source": roots[0] if roots[0].is_published else None}

    def _number(self, source: Source) -> int:
        self._sources[source.pk] = source
        return self._numbers.setdefault(source.pk, len(self._numbers) + 1)


def grouped_figures(
    observations: list[Observation], notes: SourceNotes, cluster: Cluster | None = None, correct: str = ""
) -> list[dict[str, Any]]:
    """The figures in force by indicator, competing values side by side, the preferred first; deprecated ones left out.

    Args:
        correct: where a correction to one of them is proposed; "" where none can be.
    """
    groups: dict[int, dict[str, Any]] = {}
    for row in notes.numbered(row for row in observations if row.rank != Observation.Rank.DEPRECATED):
        row.others = _others(row, cluster)
        row.correction = f"{correct}?figure={row.pk}" if correct else ""
        groups.setdefault(row.indicator_id, {"indicator": row.indicator, "rows": []})["rows"].append(row)
    for group in groups.values():
        group["rows"].sort(key=lambda row: row.rank != Observation.Rank.PREFERRED)
        group["is_disputed"] = any(itertools.starmap(_contradict, itertools.combinations(group["rows"], 2)))
    return list(groups.values())


def set_aside(
    observations: Iterable[Observation], notes: SourceNotes, cluster: Cluster | None = None
) -> list[Observation]:
    """The figures that are deprecated, each numbered and with its `others`, for the list that gives their reasons."""
    rows = notes.numbered(row for row in observations if row.rank == Observation.Rank.DEPRECATED)
    for row in rows:
        row.others = _others(row, cluster)
    return rows


def _others(row: Observation, cluster: Cluster | None) -> list[Cluster]:
    """With whom a figure is shared, on the page of a cluster or of none."""
    return [other for other in row.shown_subjects if cluster is None or other.pk != cluster.pk]


def _contradict(one: Observation, other: Observation) -> bool:
    """Whether two figures of one indicator cannot both be right: of the same thing, at the same time, and not the same."""
    of_the_same = (one.unit, one.currency, one.scope) == (other.unit, other.currency, other.scope)
    if one.value == other.value or not of_the_same or {*one.others} != {*other.others}:
        return False
    if one.indicator.measure == Indicator.Measure.YEAR:
        return True
    return (
        bool(one.dated and other.dated) and one.dated_first <= other.dated_last and other.dated_first <= one.dated_last
    )


def with_headlines(clusters: Iterable[Cluster], day: dt.date | None = None) -> list[Cluster]:
    """The clusters of a page, each with the figure that its card shows as `headline_figure`, or None.

    Their figures are named first: left to itself, SQLite, which keeps no statistics of its own accord, begins with every
    figure of membership that there is.
    """
    rows = list(clusters)
    about = list(ObservationSubject.objects.filter(cluster__in=rows).values_list("observation", flat=True))
    figures = Observation.objects.visible().as_of(day).of_membership().filter(pk__in=about)
    prefetch_related_objects(rows, Prefetch("observations", figures, to_attr="shown_figures"))
    for cluster in rows:
        cluster.headline_figure = next(iter(cluster.shown_figures), None)
    return rows


def body_of(text: str) -> markup.Rendered:
    """A record's rich text with its references to other records."""
    return markup.render(text)


def members_of(programme: Programme) -> list[dict[str, Any]]:
    """The clusters that take part, each once, with their participations."""
    rows = (
        programme.participations.visible()
        .select_related("cluster", "source")
        .order_by("cluster__name", F("valid_from_first").asc(nulls_last=True))
    )
    members: dict[int, dict[str, Any]] = {}
    for row in rows:
        members.setdefault(row.cluster_id, {"cluster": row.cluster, "participations": []})["participations"].append(row)
    return list(members.values())


def care_of(cluster: Cluster) -> dict[str, Any]:
    """Whether the record has been verified within the year, in words."""
    if cluster.verified_on is None:
        return {"verified": False, "text": gettext("À vérifier")}
    text = gettext("Vérifié le %(day)s") % {"day": day(cluster.verified_on)}
    if timezone.localdate() - cluster.verified_on > VERIFIED_FOR:
        return {"verified": False, "text": gettext("%(verified)s, à vérifier de nouveau") % {"verified": text}}
    return {"verified": True, "text": text}
