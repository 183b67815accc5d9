"""The page of the map: the filtered registry where it is, with a table that says the same in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe
from django_countries import countries

from clusters import addresses, basemap, maps, places
from clusters.filters import ClusterFilter
from clusters.models import Cluster, MapSettings, Programme
from clusters.models.statuses import Status
from clusters.views.records import presentations

SHOWN = (
    "slug",
    "name",
    "acronym",
    "status",
    "country",
    "city",
    "region",
    "latitude",
    "longitude",
    "location_precision",
)
ROWS = 100
"""Places in the table; a longer one is the list's work, which has pages."""
NAMED = 8
"""Clusters of one place that the table names."""
PLACES_IN_LINK = 12
"""Places of one dot that an address names; a dot of more leads nearer."""

Found = Mapping[maps.Place, list[Cluster]]


@require_safe
@addresses.lasting_query(programme=Programme.objects.visible)
def cluster_map(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("area", "")
    area = asked if asked in basemap.areas() else ""
    found = ClusterFilter(request.GET or None, kept={"area": area} if area else None)
    clusters = list(found.qs.only(*SHOWN).order_by("sort_name", "pk"))
    placed = placed_clusters(clusters)
    area = area or default_area(placed, found)
    drawing = maps.draw(area, list(placed), {**dict(countries), **seas()})
    drawn = [place for dot in drawing.dots for place in dot.places]
    settings = MapSettings.current()
    complaints = [*found.complaints, *([gettext("Cette vue de la carte n’existe pas.")] if asked not in ("", *basemap.areas()) else [])]  # fmt: skip
    is_filtered = found.is_filtered or bool(asked)
    context = {
        "page_title": gettext("La carte des clusters"),
        "page_description": gettext("Où sont les clusters de la Méditerranée : une carte, et le tableau des lieux."),
        "filter": found,
        "facets": found.facets(),
        "active": found.active,
        "complaints": complaints,
        "moment": found.moment,
        "wrong_day": found.wrong_day,
        "today": found.href(as_of=None),
        "kept_in_time": found.hidden("as_of"),
        "summary": found.summary(),
        "is_filtered": is_filtered,
        "total": found.total,
        "ways_out": [] if found.total else found.ways_out(),
        "views": presentations(found, "map"),
        "areas": area_links(found, area, placed),
        "area_name": area_name(area),
        "drawing": drawing,
        "pins": [{"dot": dot, **pin(dot, found, placed)} for dot in drawing.dots],
        "boundary": settings.boundary,
        "note": settings.note,
        "rows": rows(drawn, found, placed),
        "rows_left_out": max(0, len(drawn) - ROWS),
        "remarks": remarks(clusters, drawing, found, placed),
        "list_href": list_href(found),
        "noindex": is_filtered,
    }
    return render(request, "clusters/map.html", context)


def placed_clusters(clusters: Sequence[Cluster]) -> Found:
    """The clusters that a source locates, by their place."""
    at: dict[tuple[str, str, Any, Any], list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        if cluster.latitude is not None:
            name = cluster.city or cluster.region or cluster.country.name
            at[cluster.country.code, name, cluster.latitude, cluster.longitude].append(cluster)
    return {
        maps.Place(
            name,
            float(latitude),
            float(longitude),
            count=len(here),
            expected=sum(is_expected(cluster) for cluster in here),
            is_vague=all(is_vague(cluster) for cluster in here),
            key=(country, places.written(latitude, longitude)),
        ): here
        for (country, name, latitude, longitude), here in at.items()
    }


def is_expected(cluster: Cluster) -> bool:
    return cluster.shown_status in (Status.EXPECTED, Status.ANNOUNCED)


def is_vague(cluster: Cluster) -> bool:
    return cluster.location_precision in (Cluster.Precision.REGION, Cluster.Precision.COUNTRY)


def default_area(placed: Found, found: ClusterFilter) -> str:
    """The view that shows all that was found and the least besides; of one country without any dot, that country."""
    chosen = found.asked.get("country", [])
    if not placed and len(chosen) == 1 and chosen[0] in basemap.areas():
        return chosen[0]
    return basemap.narrowest((place.key[0], place.latitude, place.longitude) for place in placed)


def seas() -> dict[str, str]:
    return {"mediterranean": gettext("Mer Méditerranée"), "atlantic": gettext("Océan Atlantique")}


def area_name(area: str) -> str:
    names = {basemap.MEDITERRANEAN: gettext("Méditerranée"), basemap.MAGHREB: gettext("Maghreb")}
    return names.get(area) or str(countries.name(area))


def area_links(found: ClusterFilter, current: str, placed: Found) -> list[dict[str, Any]]:
    """The views: the two regions, and each country that holds something of what was found."""
    held = {place.key[0] for place in placed} | {current}
    lands = sorted((area for area in basemap.areas() if area in held - set(basemap.REGIONS)), key=area_name)
    return [
        {"label": area_name(area), "href": found.href(area=area), "current": area == current}
        for area in (*basemap.REGIONS, *lands)
    ]


def list_href(found: ClusterFilter, **changes: Any) -> str:
    """The address of the list with the same filters, or some changed."""
    return reverse("clusters:list") + found.href(**{"area": None, **changes})


def pin(dot: maps.Dot, found: ClusterFilter, placed: Found) -> dict[str, str]:
    """Where a dot leads, and what it is called: to the cluster if it is one, to the list if they are several."""
    here = [cluster for place in dot.places for cluster in placed[place]]
    where = gettext("%(places)s, lieu approximatif") % {"places": together(dot)} if dot.is_vague else together(dot)
    if len(here) == 1:
        who = gettext("%(name)s (%(status)s)") if dot.is_expected else "%(name)s"
        said = who % {"name": here[0].shown_name, "status": here[0].shown_status_label.lower()}
        return {"href": here[0].shown_address, "name": gettext("%(where)s : %(what)s") % {"where": where, "what": said}}
    said = ngettext("%d cluster", "%d clusters", dot.total) % dot.total
    if dot.expected:
        waiting = ngettext("dont %d attendu", "dont %d attendus", dot.expected) % dot.expected
        said = f"{said}, {gettext('tous attendus') if dot.is_expected else waiting}"
    return {"href": dot_href(dot, found), "name": gettext("%(where)s : %(what)s") % {"where": where, "what": said}}


def dot_href(dot: maps.Dot, found: ClusterFilter) -> str:
    if len(dot.places) <= PLACES_IN_LINK:
        return list_href(found, place=[place.key[1] for place in dot.places])
    country = dot.places[0].key[0]
    nearer = country in basemap.areas() and found.kept.get("area") != country
    return found.href(area=country) if nearer else "#places"


def together(dot: maps.Dot) -> str:
    """« Casablanca », « Casablanca et Settat », « Casablanca, Settat et 3 autres lieux »."""
    names = list(dict.fromkeys(place.name for place in dot.places))
    if len(names) <= 2:
        return gettext(" et ").join(names)
    rest = len(names) - 2
    said = ngettext("%(places)s et %(rest)d autre lieu", "%(places)s et %(rest)d autres lieux", rest)
    return said % {"places": ", ".join(names[:2]), "rest": rest}


def rows(drawn: Sequence[maps.Place], found: ClusterFilter, placed: Found) -> list[dict[str, Any]]:
    """The table: each place of the view with its country, what is there and how precisely that is known; `ROWS` at most."""
    lands = {code: str(countries.name(code)) for code in {place.key[0] for place in drawn}}
    shown = sorted(drawn, key=lambda place: (lands[place.key[0]], place.name, place.latitude, place.longitude))
    return [
        {
            "name": place.name,
            "country": lands[place.key[0]],
            "precision": " / ".join(
                dict.fromkeys(str(cluster.get_location_precision_display()).lower() for cluster in placed[place])
            ),
            "clusters": [
                {
                    "name": cluster.shown_name,
                    "href": cluster.shown_address,
                    "status": cluster.shown_status_label.lower() if is_expected(cluster) else "",
                }
                for cluster in placed[place][:NAMED]
            ],
            "left_out": max(0, place.count - NAMED),
            "href": list_href(found, place=[place.key[1]]),
        }
        for place in shown[:ROWS]
    ]  # fmt: skip


def remarks(
    clusters: Sequence[Cluster], drawing: maps.Drawing, found: ClusterFilter, placed: Found
) -> list[dict[str, str]]:
    """What the map does not show, each with where to find it: clusters outside the view, and those without a place."""
    said = []
    outside = sum(place.count for place in drawing.outside)
    if outside:
        text = ngettext("%d cluster est hors de cette vue.", "%d clusters sont hors de cette vue.", outside) % outside
        far = not any(
            basemap.frame(basemap.MEDITERRANEAN).place(one.latitude, one.longitude) for one in drawing.outside
        )
        if far:
            keys = [place.key[1] for place in drawing.outside][:PLACES_IN_LINK]
            said.append({"text": text, "href": list_href(found, place=keys), "label": gettext("Voir ces fiches")})
        else:
            href = found.href(area=basemap.narrowest((one.key[0], one.latitude, one.longitude) for one in placed))
            said.append({"text": text, "href": href, "label": gettext("Élargir la vue")})
    nowhere = len(clusters) - sum(place.count for place in placed)
    if nowhere:
        text = ngettext(
            "%d cluster n’est pas sur la carte : aucune source n’en donne le lieu exact.",
            "%d clusters ne sont pas sur la carte : aucune source n’en donne le lieu exact.",
            nowhere,
        )
        href = list_href(found, place=[places.NOWHERE])
        label = ngettext("Voir cette fiche", "Voir ces fiches", nowhere)
        said.append({"text": text % nowhere, "href": href, "label": label})
    return said
