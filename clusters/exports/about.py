"""What a file says of itself: what it holds, of when it is, under which licence, and what was left out of the question.

The same words for every format, the API and the structured data of the list.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.filters import ClusterFilter
from clusters.models import Cluster, Observation
from clusters.models.clusters import ClusterQuerySet

GEONAMES = {"name": "GeoNames", "url": "https://www.geonames.org/", "licence": "CC BY 4.0"}
JOINT = _(
    "Un chiffre commun à plusieurs clusters y figure une seule fois, avec les identifiants de tous : il ne se partage pas "
    "entre eux et n’entre dans aucune somme."
)
COMPETING = _(
    "Des sources peuvent se contredire : chaque valeur est donnée avec la sienne. Un chiffre « écarté » reste, avec sa raison."
)
DATES = _(
    "Les dates sont écrites comme elles sont connues (EDTF) : 2008, 2013-11, 2017-03-12, 2016/2017. Sans date, la source n’en "
    "donne pas ; sa parution n’est alors que la date la plus tardive possible."
)
UNKNOWN = _("Une valeur absente n’est pas connue : elle ne vaut pas zéro.")
IGNORED = _("Une valeur de filtre inconnue ou répétée est laissée de côté, comme dans la liste.")
SPAN_FOR = 3_600
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
    "zip": "application/zip",
}
RULES = [JOINT, COMPETING, DATES, UNKNOWN, IGNORED]


def licence() -> dict[str, str]:
    """The licence of the data, by the environment."""
    return {"name": settings.DATA_LICENCE, "url": settings.DATA_LICENCE_URL}


def credit() -> str:
    """Where the coordinates come from, as their licence wants it said."""
    return gettext("Coordonnées : %(name)s (%(url)s), %(licence)s.") % GEONAMES


@dataclass(frozen=True)
class Download:
    """A file that the list offers.

    Attributes:
        label: the format in a word; `title` says what is in it.
        href: its address, with the filters of the list.
    """

    label: str
    title: str
    media_type: str
    href: str


def downloads(filters: dict[str, Any]) -> list[Download]:
    """The files of a filtered list; the last one is the whole registry whatever the filters."""
    query = f"?{urlencode(filters, doseq=True)}" if filters else ""
    figures = f"?{urlencode({**filters, 'rows': 'figures'}, doseq=True)}"
    files = [
        ("csv", "CSV", gettext("Une ligne par cluster, à ouvrir dans un tableur (CSV)"), query),
        (
            "csv",
            gettext("CSV des chiffres"),
            gettext("Une ligne par chiffre, avec sa source et sa date (CSV)"),
            figures,
        ),
        ("xlsx", "Excel", gettext("Clusters, chiffres et sources, une feuille pour chacun (XLSX)"), query),
        ("json", "JSON", gettext("Clusters, chiffres et sources, pour un logiciel (JSON)"), query),
        ("geojson", "GeoJSON", gettext("Clusters placés sur une carte (GeoJSON)"), query),
        ("zip", gettext("tout le registre"), gettext("Toutes les tables et leur schéma (ZIP)"), ""),
    ]
    return [
        Download(label, title, MEDIA_TYPES[name], f"{reverse(f'clusters:export_{name}')}{asked}")
        for name, label, title, asked in files
    ]


@dataclass(frozen=True)
class Span:
    """The days that the figures of the registry cover, and the day of its last change."""

    first: dt.date | None
    last: dt.date | None
    modified: dt.date | None

    @classmethod
    def current(cls) -> "Span":
        """Kept for an hour: to look through every figure for a line of structured data would cost each reader."""
        return cache.get_or_set("registry-span", cls._read, SPAN_FOR)

    @classmethod
    def _read(cls) -> "Span":
        days = Observation.objects.visible().aggregate(first=Min("dated_first"), last=Max("dated_last"))
        changed = Cluster.objects.visible().aggregate(at=Max("modified_at"))["at"]
        return cls(days["first"], days["last"], changed and timezone.localtime(changed).date())


@dataclass(frozen=True)
class Taking:
    """What somebody takes away: the clusters of a filtered list, as of a day where one was asked for.

    Attributes:
        rows: visible clusters, in the order of the list.
        day: the day as of which they are read; None for today.
        as_of: that day as it was asked, "" for today; `as_of_words` says it.
        filters: what narrows the list, as in its address; `filters_words` says each.
        warnings: what was asked and not understood, in sentences.
        page: the list that this is taken from.
        generated_on: today. To the day, so that the same data make the same file.
    """

    rows: ClusterQuerySet
    day: dt.date | None
    as_of: str
    as_of_words: str
    filters: dict[str, Any]
    filters_words: list[str]
    warnings: list[str]
    page: str
    generated_on: dt.date

    @classmethod
    def of(cls, found: ClusterFilter) -> "Taking":
        moment = found.moment
        query = found.querystring.rstrip("&")
        return cls(
            rows=found.qs,
            day=found.day,
            as_of=moment.text if moment else "",
            as_of_words=str(moment) if moment else "",
            filters={name: value for name, value in found.asked.items() if name != "as_of"},
            filters_words=[one["label"] for one in found.active],
            warnings=found.complaints,
            page=f"{settings.SITE_URL}{reverse('clusters:list')}{'?' if query else ''}{query}",
            generated_on=timezone.localdate(),
        )

    def file_name(self, what: str, extension: str) -> str:
        """« grappe-clusters-au-2018-12-31-genere-2026-02-03.csv »: what it is, of when, made when."""
        moment = f"-au-{self.as_of}" if self.as_of else ""
        return f"{slugify(settings.SITE_NAME) or 'registre'}-{what}{moment}-{self.generated_on.isoformat()}.{extension}"

    def metadata(self) -> dict[str, Any]:
        """What the file says of itself, for JSON and GeoJSON."""
        return {
            "title": gettext("Registre des clusters de %(site)s") % {"site": settings.SITE_NAME},
            "publisher": settings.SITE_NAME,
            "page": self.page,
            "generated_on": self.generated_on.isoformat(),
            "as_of": self.as_of or None,
            "licence": licence(),
            "credits": [GEONAMES],
            "filters": self.filters,
            "filters_words": self.filters_words,
            "warnings": self.warnings,
            "notes": [str(rule) for rule in RULES],
        }
