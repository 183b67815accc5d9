"""The comparison of clusters: up to four of them, one indicator, one chart where units allow, and the table beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from clusters import charting, charts
from clusters.models import Cluster, Indicator, Observation
from clusters.views.records import SourceNotes

MOST = len(charts.LETTERS)
READ = 12
"""Addresses that are read of a query; nobody asks for more, and each that is wrong has its sentence."""
SHOWN = 80
"""Signs of a wrong value that a sentence repeats."""
OFFERED = 10
"""Clusters that a search offers."""


@dataclass
class Asked:
    """What was asked for, and sentences about what could not be taken."""

    clusters: list[Cluster] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    indicator: str = ""
    q: str = ""

    def href(self, *, clusters: Iterable[Cluster] | None = None, indicator: str | None = None) -> str:
        """The address of this comparison, with other clusters or another indicator."""
        chosen = self.clusters if clusters is None else clusters
        code = self.indicator if indicator is None else indicator
        query = [("c", cluster.slug) for cluster in chosen] + ([("indicator", code)] if code else [])
        return reverse("clusters:compare") + (f"?{urlencode(query)}" if query else "")


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    asked = read(request)
    figures = figures_of(asked.clusters)
    indicators = indicators_of(figures)
    indicator = chosen_indicator(asked, indicators)
    notes = SourceNotes()
    chart = charting.comparison_of(indicator, figures) if indicator else None
    if chart:
        notes.numbered([*chart.rows, *(one.row for one in chart.left_out)])
    context = {
        "page_title": gettext("Comparer des clusters"),
        "page_description": gettext("Jusqu’à quatre clusters sur un même graphique, chaque chiffre avec sa date et sa source."),
        "asked": asked,
        "chosen": [
            {
                "letter": letter,
                "cluster": cluster,
                "without": asked.href(clusters=[other for other in asked.clusters if other is not cluster]),
            }
            for letter, cluster in zip(charts.LETTERS, asked.clusters, strict=False)
        ],
        "is_full": len(asked.clusters) >= MOST,
        "table": f"{reverse('clusters:list')}?view=table",
        "found": found_by(asked),
        "indicator": indicator,
        "indicators": [
            {"code": one.code, "label": label_of(one, having, len(asked.clusters)), "is_current": one == indicator}
            for one, having in indicators.items()
        ],
        "sources": notes.listed(),
        "noindex": bool(request.GET),
        "chart": chart,
    }  # fmt: skip
    return render(request, "clusters/compare.html", context)


def read(request: HttpRequest) -> Asked:
    """The clusters asked for, each once and four at most, with a sentence for whatever is wrong."""
    slugs = [slug.strip() for slug in request.GET.getlist("c") if slug.strip()]
    asked = Asked(indicator=request.GET.get("indicator", "").strip(), q=request.GET.get("q", "").strip()[:200])
    known = by_slug(slugs[:READ])
    extra: list[Cluster] = []
    for slug in slugs[:READ]:
        cluster = known.get(slug)
        if cluster is None:
            sentence = gettext("Aucune fiche du registre n’a l’adresse « %(slug)s » : la comparaison s’en passe. Cherchez ce cluster par son nom.")  # fmt: skip
            asked.complaints.append(sentence % {"slug": slug[:SHOWN]})
        elif cluster in asked.clusters or cluster in extra:
            sentence = gettext("%(cluster)s était demandé plusieurs fois ; il n’est compté qu’une fois.")
            asked.complaints.append(sentence % {"cluster": cluster.name})
        elif len(asked.clusters) == MOST:
            extra.append(cluster)
        else:
            asked.clusters.append(cluster)
    if extra or len(slugs) > READ:
        sentence = gettext("On compare quatre clusters au plus : les premiers demandés sont là, %(others)s.")
        names = ", ".join(cluster.name for cluster in extra)
        others = gettext("pas %(names)s") % {"names": names} if names else gettext("pas les suivants")
        asked.complaints.append(sentence % {"others": others})
    asked.complaints = list(dict.fromkeys(asked.complaints))
    return asked


def by_slug(slugs: Iterable[str]) -> dict[str, Cluster]:
    """The visible clusters of these addresses; a record that was merged into another is that other."""
    asked = set(slugs)
    if not asked:
        return {}
    known = {cluster.slug: cluster for cluster in Cluster.objects.visible().filter(slug__in=asked)}
    if missing := asked - known.keys():
        moved = Cluster.objects.survivors_of(slug__in=missing).annotate(old_slug=F("merged_from__slug"))
        known |= {one.old_slug: one for one in moved}
    return known


def found_by(asked: Asked) -> list[dict[str, str]] | None:
    """What a search by name offers to add; None where nothing was searched for."""
    if not asked.q:
        return None
    others = Cluster.objects.visible().matching(asked.q).exclude(pk__in=[one.pk for one in asked.clusters])
    return [
        {
            "name": str(cluster),
            "place": cluster.place,
            "href": "" if len(asked.clusters) == MOST else asked.href(clusters=[*asked.clusters, cluster]),
        }
        for cluster in others[:OFFERED]
    ]


def figures_of(clusters: list[Cluster]) -> list[tuple[Cluster, list[Observation]]]:
    """Each cluster with its figures, those that are set aside left out."""
    if not clusters:
        return []
    rows = [
        row
        for row in Observation.objects.visible().about_any(clusters).with_details()
        if row.rank != Observation.Rank.DEPRECATED
    ]
    return [(cluster, [row for row in rows if cluster in row.shown_subjects]) for cluster in clusters]


def indicators_of(figures: Iterable[tuple[Cluster, list[Observation]]]) -> dict[Indicator, int]:
    """The indicators of which at least one cluster has a figure, in their order, with how many have."""
    counted: dict[Indicator, int] = {}
    for _cluster, rows in figures:
        for indicator in dict.fromkeys(row.indicator for row in rows):
            counted[indicator] = counted.get(indicator, 0) + 1
    return dict(sorted(counted.items(), key=lambda one: (one[0].position, one[0].label)))


def chosen_indicator(asked: Asked, indicators: dict[Indicator, int]) -> Indicator | None:
    """The one asked for; else the one that most clusters have, years last, since they cannot be drawn over time."""
    found = next((one for one in indicators if one.code == asked.indicator), None)
    if found:
        return found
    best = max(
        indicators,
        key=lambda one: (one.measure != Indicator.Measure.YEAR, indicators[one], -one.position),
        default=None,
    )
    if asked.indicator and asked.clusters:
        sentence = (
            gettext("Aucun de ces clusters n’a de chiffre pour l’indicateur « %(code)s » : en voici un autre.")
            if best
            else gettext(
                "Aucun de ces clusters n’a de chiffre pour l’indicateur « %(code)s » : choisissez-en d’autres."
            )
        )
        asked.complaints.append(sentence % {"code": asked.indicator[:SHOWN]})
    asked.indicator = best.code if best else ""
    return best


def label_of(indicator: Indicator, having: int, total: int) -> str:
    """« Adhérents (3 sur 4) »: how many of the clusters have a figure, where they are several."""
    if total < 2:
        return indicator.label
    return gettext("%(indicator)s (%(having)d sur %(total)d)") % {
        "indicator": indicator.label,
        "having": having,
        "total": total,
    }
