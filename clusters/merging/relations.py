"""What points at a cluster, in whichever app: found by asking the model, so that no room above is named here.

Apart from merging itself because moving rows needs to know of tables what only their models say: what may be there once.
"""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst

from clusters.kept import FIGURE, figure_in_words, status_in_words
from clusters.models import Cluster, ClusterSector, Merge, Observation, ObservationSubject

_APART = (Cluster, Merge)
"""What points at clusters and is no row to move: records merged before, and the merges themselves."""
_SAID = {
    "clusters.observationsubject": (
        lambda row: figure_in_words(row.observation), ("observation", *(f"observation__{name}" for name in FIGURE)),
    ),
    "clusters.statuschange": (status_in_words, ("source",)),
    "clusters.participation": (lambda row: f"{row.programme}, {row.get_role_display().lower()}", ("programme",)),
    "clusters.clustersector": (str, ("sector",)),
    "clusters.clustername": (lambda row: f"{row.value} ({row.get_kind_display().lower()})", ()),
}  # fmt: skip
"""Model → how a row is said in words, and what of other tables that reads."""


def _shown(row: Any, column: models.Field) -> str:
    return str(getattr(row, f"get_{column.name}_display")() if column.choices else getattr(row, column.name))


@dataclass(frozen=True)
class Relation:
    """A column, of whichever app, that points at a cluster."""

    model: type[models.Model]
    name: str

    @classmethod
    def every(cls) -> Iterator["Relation"]:
        """All of them, those of tables that Django made for a many-to-many relation among them."""
        for one in Cluster._meta.get_fields(include_hidden=True):
            if one.auto_created and not one.concrete and (one.one_to_many or one.one_to_one):
                model = one.related_model
                if model not in _APART and model._meta.managed and not model._meta.proxy:
                    yield cls(model, one.field.name)

    @classmethod
    def at(cls, key: str) -> "Relation | None":
        """The one with this key; None if the program no longer has it."""
        return next((one for one in cls.every() if one.key == key), None)

    @property
    def key(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    @cached_property
    def owner(self) -> models.ForeignKey | None:
        """Of a table that Django made: the column of the record that has the relation."""
        if not self.model._meta.auto_created:
            return None
        return next(one for one in self.model._meta.concrete_fields if one.is_relation and one.name != self.name)

    @property
    def label(self) -> str:
        model = self.owner.related_model if self.owner else self.model
        if model is ObservationSubject:
            model = Observation
        return capfirst(str(model._meta.verbose_name_plural))

    def rows(self, cluster: Cluster) -> models.QuerySet:
        """The rows that point at a cluster, with what saying them in words reads."""
        rows = self.model._base_manager.filter(**{self.name: cluster}).order_by("pk")
        joined = (self.owner.name,) if self.owner else _SAID.get(self.model._meta.label_lower, (str, ()))[1]
        return rows.select_related(*joined) if joined else rows

    def said(self, row: Any) -> str:
        """A row in words."""
        if self.owner:
            return str(getattr(row, self.owner.name))
        return _SAID.get(self.model._meta.label_lower, (str, ()))[0](row)

    def taken(self, rows: models.QuerySet, to: Cluster) -> dict[Any, Any]:
        """Keys of those rows beside which the table lets the other record have no second one; with the key of the one it has."""
        found: dict[Any, Any] = {}
        for columns, condition in self._unique():
            others = [name for name in columns if name != self.name]
            there = self.model._base_manager.filter(condition, **{self.name: to}).values_list("pk", *others)
            keys = {tuple(key): pk for pk, *key in there}
            mine = rows.filter(condition).values_list("pk", *others)
            found |= {pk: keys[tuple(key)] for pk, *key in mine if tuple(key) in keys}
        return found

    def missing(self, row: Any, twin: Any) -> tuple[dict[str, Any], list[str]]:
        """What one of two rows says that the other, which stands in its place, does not.

        Returns:
            columns that the other leaves empty, with their values; and labels of those in which they contradict each other.
        """
        empty = (None, "")
        told, against = {}, []
        for one in self.model._meta.concrete_fields:
            if one.primary_key or one.name == self.name or isinstance(one, models.BooleanField):
                continue
            own, other = getattr(row, one.attname), getattr(twin, one.attname)
            if own in empty or own == other:
                continue
            if other in empty:
                told[one.attname] = own
            elif one.editable:
                against.append(f"{one.verbose_name} ({_shown(row, one)} / {_shown(twin, one)})")
        filled = copy.copy(twin)
        for name, value in told.items():
            setattr(filled, name, value)
        try:
            filled.validate_constraints()
        except ValidationError:  # each says half of a period, and the halves do not meet
            against += [str(one.verbose_name) for one in self._editable(told)]
        return told, against

    def _editable(self, columns: Iterable[str]) -> list[models.Field]:
        return [one for one in self.model._meta.concrete_fields if one.attname in columns and one.editable]

    def columns_in_words(self, columns: Iterable[str]) -> str:
        return ", ".join(str(one.verbose_name) for one in self._editable(columns))

    def _unique(self) -> Iterator[tuple[tuple[str, ...], models.Q]]:
        meta = self.model._meta
        for columns in meta.unique_together:
            if self.name in columns:
                yield tuple(columns), models.Q()
        for one in meta.constraints:
            if isinstance(one, models.UniqueConstraint) and self.name in one.fields:
                if self.model is ClusterSector and one.condition is not None:
                    continue  # the primary sector: a sector that moves becomes one of the others
                yield tuple(one.fields), one.condition or models.Q()
        if meta.get_field(self.name).unique:
            yield (self.name,), models.Q()
