"""Where a record is used: by which rows of which admin, whichever room they are in.

Apart from the forms that show it because it reads the whole admin site, and they do not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from clusters.history.leaning import leaning_on


@dataclass(frozen=True)
class Use:
    """Rows of one kind that use a record: their names with their addresses in the admin, and whether there are more."""

    label: str
    rows: list[tuple[str, str]]
    has_more: bool


Finder = Callable[[models.Model], Iterable[tuple[type[models.Model], models.Q]]]
_finders: list[Finder] = []


def also(finder: Finder) -> None:
    """Have a room tell of uses that are no relation of the database, as a link in a text is.

    Args:
        finder: record → (model, which of its rows use the record).
    """
    _finders.append(finder)


def told_by_rooms(record: models.Model) -> list[tuple[type[models.Model], models.Q]]:
    return [told for finder in _finders for told in finder(record)]


def in_texts(record: models.Model) -> int:
    """How many rows use a record where the database itself would not refuse to lose it, whoever may see them."""
    return sum(model._base_manager.filter(found).count() for model, found in told_by_rooms(record))


def uses(
    site: admin.AdminSite,
    request: HttpRequest,
    record: models.Model,
    but: Iterable[type[models.Model]] = (),
    limit: int = 8,
) -> list[Use]:
    """Where a record is used, as far as this person may see it, whichever app the use is in.

    Lines of a record (a signature, a cited source) are given as the record they stand on.
    """
    inlined = {inline.model: (owner, inline) for owner in site._registry.values() for inline in owner.inlines}
    wanted: dict[Any, models.Q] = {}
    for relation in record._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if model in but:
            continue
        if model in site._registry:
            owner, found = site.get_model_admin(model), models.Q(**{name: record})
        elif model in inlined:
            owner, inline = inlined[model]
            key = inline.fk_name or next(
                field.name for field in model._meta.fields if field.related_model is owner.model
            )
            if key == name:
                continue  # a line of the record itself
            found = models.Q(pk__in=model._default_manager.filter(**{name: record}).values(key))
        else:
            continue
        wanted[owner] = wanted.get(owner, models.Q()) | found
    for model, found in told_by_rooms(record):
        owner = site.get_model_admin(model)
        wanted[owner] = wanted.get(owner, models.Q()) | found
    listed = [(owner, found, str(owner.opts.verbose_name_plural)) for owner, found in wanted.items()]
    for model, ids in leaning_on(record).rows.items():
        owner = site.get_model_admin(model)
        label = gettext("%s, dans leur copie de travail") % owner.opts.verbose_name_plural
        # Whoever may not read a copy is not told what it uses.
        read = owner.readable(request, model._default_manager.filter(pk__in=ids))
        listed.append((owner, models.Q(pk__in=read.order_by().values("pk")), label))
    shown = []
    for owner, found, kind in listed:
        if not owner.has_view_permission(request):
            continue
        rows = list(owner.get_queryset(request).filter(found).distinct()[: limit + 1])
        if rows:
            options = owner.opts
            address = f"{site.name}:{options.app_label}_{options.model_name}_change"
            label = getattr(owner, "label_of", str)
            links = [(label(row), reverse(address, args=[row.pk])) for row in rows[:limit]]
            shown.append(Use(kind, links, len(rows) > limit))
    return shown
