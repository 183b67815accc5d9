"""The order of a series: all its positions in one act, or none.

Whoever sends an order says which parts they saw. What a colleague has done since is laid under it and shown: nothing is
written on top of an order that nobody has read.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from articles.models import Article, Series
from clusters import history


class Overtaken(Exception):
    """The parts are not those that were seen any more.

    Args:
        order: what was asked, with what has come since at the place that it has, and without what is gone.
    """

    def __init__(self, order: list[Article]) -> None:
        super().__init__(order)
        self.order = order


def parts_of(series: Series) -> list[Article]:
    """The articles of a series in their order, without their text."""
    return list(Article.objects.filter(series=series).order_by("series_position").defer("body"))


def moved(keys: Sequence[int], key: int, step: int) -> list[int]:
    """The same keys with one of them a place further up (-1) or down (1), if there is one."""
    order = list(keys)
    if key in order and 0 <= (place := order.index(key) + step) < len(order):
        order.remove(key)
        order.insert(place, key)
    return order


def reorder(series: Series, seen: Sequence[int], wanted: Sequence[int], *, by: Any) -> int:
    """Number the parts of a series anew, from 1.

    Args:
        seen: ids of the parts in the order in which they were shown.
        wanted: the same ids in the order that is asked.

    Returns:
        how many articles have another number now.

    Raises:
        Overtaken: somebody has added, removed or moved a part since. Nothing is changed.
        ValidationError: they are not the same ids.
    """
    if sorted(seen) != sorted(wanted) or len(set(wanted)) != len(wanted):
        raise ValidationError(gettext("Cet ordre ne compte pas chaque article une fois : rechargez la page."))
    with transaction.atomic():
        parts = _held(series)
        if [part.pk for part in parts] != list(seen):
            raise Overtaken(_laid_under(parts, list(wanted)))
        places = {pk: place for place, pk in enumerate(wanted, 1)}
        changed = [part for part in parts if part.series_position != places[part.pk]]
        if changed:
            why = gettext("ordre du dossier « %s »") % series
            with history.adding_to(changed, by=by, act=history.Act.CHANGED, why=why):
                Article.objects.set_parts(series, {part.pk: places[part.pk] for part in changed})
        return len(changed)


def add(series: Series, article: Article, *, by: Any) -> None:
    """Put an article at the end of a series.

    Raises:
        ValidationError: it is in a series already; says which.
    """
    with transaction.atomic():
        _held(series)
        stored = Article.objects.select_related("series").get(pk=article.pk)
        if stored.series_id:
            words = {"article": stored, "series": stored.series}
            raise ValidationError(
                gettext("« %(article)s » est déjà dans le dossier « %(series)s » : ôtez-le d’abord de là.") % words
            )
        last = Article.objects.filter(series=series).aggregate(last=Max("series_position"))["last"] or 0
        why = gettext("ajouté au dossier « %s »") % series
        with history.adding_to([stored], by=by, act=history.Act.CHANGED, why=why):
            Article.objects.set_parts(series, {stored.pk: last + 1})


def remove(series: Series, key: int, *, by: Any) -> Article | None:
    """Take an article out of a series; None if it is not in it any more. The others keep their numbers."""
    with transaction.atomic():
        article = next((part for part in _held(series) if part.pk == key), None)
        if article:
            why = gettext("ôté du dossier « %s »") % series
            with history.adding_to([article], by=by, act=history.Act.CHANGED, why=why):
                Article.objects.set_parts(None, {article.pk: None})
        return article


def _held(series: Series) -> list[Article]:
    """The parts as they are stored. The series is held until the transaction ends, so that two orders come one after the other."""
    Series.objects.select_for_update(of=("self",), no_key=True).get(pk=series.pk)
    return parts_of(series)


def _laid_under(parts: list[Article], wanted: list[int]) -> list[Article]:
    """The wanted order of those that are still there, each new one behind the part that it stands behind now."""
    by_key = {part.pk: part for part in parts}
    order = [by_key[key] for key in wanted if key in by_key]
    for before, part in zip([None, *parts], parts, strict=False):
        if part not in order:
            order.insert(order.index(before) + 1 if before in order else 0, part)
    return order
