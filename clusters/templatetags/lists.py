"""The admin's lists where there is little room: cells that carry the name of their column, filters that say which are on."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from clusters.admin import ChosenFilter
from clusters.markup import with_attribute

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: list[dict[str, Any]]) -> Iterator[SafeString]:
    """The cells of a row, each with the name of its column, which a phone prints where no heading stands above it.

    One that holds nothing to read has an empty name: there it is left out. The record's own and the box to tick have none.
    """
    for cell, header in zip(cells, headers, strict=True):
        if cell.startswith("<th") or "action-checkbox" in cell:
            yield cell
        else:
            is_bare = strip_tags(cell).strip() in ("", "–", "-") and "<img" not in cell
            yield with_attribute(cell, "data-label", "" if is_bare else capfirst(str(header["text"])))


@register.simple_tag
def filters_of(cl: ChangeList) -> list[dict[str, Any]]:
    """What a list may be narrowed by: title, choices, and of one that is on the choice taken and the way to be without it.

    `typed` is the filter itself where a row is chosen by typing, instead of from choices.
    """
    found = []
    for one in cl.filter_specs:
        choices = list(one.choices(cl))
        taken = next((choice for choice in choices[1:] if choice["selected"]), None)
        filter_ = {"title": one.title, "choices": choices, "taken": taken, "without": choices[0]["query_string"]}
        found.append({**filter_, "typed": one if isinstance(one, ChosenFilter) else None})
    return found
