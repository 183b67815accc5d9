"""Which descriptions of clusters and programmes lead to a record: asked of their text, where no relation of the database says so.

There are hundreds of them, and each is a page at most: rows for their links, as texts of thousands have, would be one more
thing to keep true.
"""

from typing import Any

from django.conf import settings
from django.db.models import Model, Q
from django.urls import NoReverseMatch, reverse

from clusters.destinations import DESTINATIONS
from clusters.models import Cluster, Programme
from clusters.nodes import LINK, PICTURE, REFERENCE


def by_descriptions(record: Model) -> list[tuple[type[Model], Q]]:
    """The clusters and programmes whose description leads to a record, or holds it, besides itself; for `clusters.uses`."""
    marks = marks_of(record)
    if not marks:
        return []
    found = Q()
    for mark in marks:
        found |= Q(description__contains=mark)
    return [(model, found & ~Q(pk=record.pk) if isinstance(record, model) else found) for model in (Cluster, Programme)]


def marks_of(record: Any) -> list[str]:
    """What stands in a sanitised text that leads to a record or holds it."""
    if DESTINATIONS.pictures and isinstance(record, DESTINATIONS.pictures):
        return [f'{PICTURE}="{record.pk}"']
    marks = []
    for one in DESTINATIONS.kinds.values():
        if isinstance(record, one.model):
            marks.append(f'{LINK}="{one.kind}/{getattr(record, one.key)}"')
            if address := _address(one.view, record.slug):
                marks += [f'href="{host}{address}{end}' for host in ("", settings.SITE_URL) for end in ('"', "#", "?")]
    if isinstance(record, Cluster):
        marks.append(f'{REFERENCE}="{record.public_id}"')
    return marks


def _address(view: str, slug: str) -> str:
    """Where a record stands; nowhere while its slug is what somebody has typed into a form that refused it."""
    try:
        return reverse(view, args=[slug])
    except NoReverseMatch:
        return ""
