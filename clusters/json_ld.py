"""Structured data of the registry's pages, in schema.org's words."""

from typing import Any

from clusters.models import Cluster, Programme


def organization(cluster: Cluster, base: str) -> dict[str, Any]:
    """A cluster as schema.org `Organization`; what is not known is left out.

    Args:
        cluster: with `shown_names` fetched.
        base: the site's address without a slash at its end.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": f"{base}{cluster.get_absolute_url()}",
        "identifier": cluster.public_id,
        "name": cluster.name,
        "url": cluster.website or None,
        "description": cluster.summary or None,
        "alternateName": sorted({name.value for name in cluster.shown_names} | ({cluster.acronym} - {""})) or None,
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
