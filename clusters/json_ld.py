"""Structured data of the registry's pages, in schema.org's words."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from clusters.exports.about import Download, Span, licence
from clusters.models import Cluster, Observation, Programme


def organization(cluster: Cluster, base: str, figures: Iterable[Observation] = ()) -> dict[str, Any]:
    """A cluster as schema.org `Organization`; what is not known, or not agreed on, is left out.

    Args:
        cluster: with `shown_names` and `shown_identifiers` fetched.
        base: the site's address without a slash at its end.
        figures: those that may be seen, with their indicators.
    """
    figures = list(figures)
    founded, employees = agreed(figures, "founded"), agreed(figures, "employees")
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": f"{base}{cluster.get_absolute_url()}",
        "identifier": cluster.public_id,
        "name": cluster.name,
        "url": cluster.website or None,
        "description": cluster.summary or None,
        "alternateName": sorted({name.value for name in cluster.shown_names} | ({cluster.acronym} - {""})) or None,
        "sameAs": [one.address for one in cluster.shown_identifiers if one.address],
        "foundingDate": str(founded) if founded else None,
        "numberOfEmployees": {"@type": "QuantitativeValue", "value": employees} if employees else None,
        "address": {
            "@type": "PostalAddress",
            "addressCountry": cluster.country.code,
            "addressLocality": cluster.city or None,
        },
    }
    if cluster.latitude is not None:
        data["location"] = {
            "@type": "Place",
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": float(cluster.latitude),
                "longitude": float(cluster.longitude),
            },
        }
    return _without_empty(data)


def agreed(figures: list[Observation], code: str) -> int | None:
    """What all sources say exactly of this cluster alone, where they say the same; else nothing.

    A figure shared with others, one that is « about » or a range, or two that differ, cannot be said in one number.
    """
    own = [
        row
        for row in figures
        if row.indicator.code == code
        and row.scope == Observation.Scope.CLUSTER
        and row.rank != Observation.Rank.DEPRECATED
    ]
    is_exact = all(row.precision == Observation.Precision.EXACT and row.upper is None for row in own)
    values = {row.value for row in own}
    return int(values.pop()) if is_exact and len(values) == 1 else None


def dataset(base: str, downloads: list[Download], countries: Iterable[tuple[str, str]], span: Span) -> dict[str, Any]:
    """The whole registry as schema.org `Dataset`.

    Args:
        base: the site's address without a slash at its end.
        downloads: the files of the whole.
        countries: (code, name) of those that it covers.
        span: the days that its figures cover, and when it last changed.
    """
    publisher = {"@type": "Organization", "name": settings.SITE_NAME, "url": base}
    covered = (span.first, span.last)
    return _without_empty(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": f"{base}{reverse('clusters:list')}",
            "url": f"{base}{reverse('clusters:list')}",
            "name": gettext("Registre des clusters de %(site)s") % {"site": settings.SITE_NAME},
            "description": gettext(
                "Les clusters économiques de la Méditerranée : noms, situations, lieux, secteurs, programmes et chiffres, chacun "
                "avec sa source et sa date ; les valeurs qui se contredisent côte à côte."
            ),
            "inLanguage": "fr",
            "isAccessibleForFree": True,
            "license": licence()["url"],
            "creator": publisher,
            "publisher": publisher,
            "dateModified": span.modified and span.modified.isoformat(),
            "temporalCoverage": "/".join(day.isoformat() for day in covered) if all(covered) else None,
            "spatialCoverage": [{"@type": "Country", "name": name, "identifier": code} for code, name in countries],
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": one.title,
                    "encodingFormat": one.media_type,
                    "contentUrl": f"{base}{one.href}",
                }
                for one in downloads
            ],
        }
    )


def programme(row: Programme, base: str) -> dict[str, Any]:
    """A programme as schema.org `Project`."""
    return _without_empty(
        {
            "@context": "https://schema.org",
            "@type": "Project",
            "@id": f"{base}{row.get_absolute_url()}",
            "name": row.name,
            "alternateName": row.full_name or None,
            "description": row.summary or None,
        }
    )


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_empty(value) if isinstance(value, dict) else value
        for key, value in data.items()
        if value not in (None, "", [])
    }
