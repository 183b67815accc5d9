"""What of each kind of record is kept in its history: declared by the room that the record belongs to.

The history itself knows nobody: it reads models and this table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Lines:
    """Rows that are part of a record.

    Attributes:
        relation: how the record reaches them, `names`.
        fields: the columns kept, in the order in which they are told; all that an editor fills in, unless given.
        said: for lines that are only ever added: a line in words. Such lines are kept to be compared, never restored.
        with_related: what `said` reads of other tables.
        label: what an editor calls them; the plural of their model, unless given.
    """

    relation: str
    fields: tuple[str, ...] = ()
    said: Callable[[Any], str] | None = None
    with_related: tuple[str, ...] = ()
    label: Any = ""

    @property
    def is_appended(self) -> bool:
        return self.said is not None


@dataclass(frozen=True)
class Kept:
    """What of one kind of record is kept.

    Attributes:
        lines: the rows that are part of it.
        also: columns that no form fills in, but that belong to its state.
        stays: fields that going back to an earlier state leaves as they are now.
        shown: field → how its value is said, where the field itself does not tell.
        settle: called once a state is restored with all its lines; raises ValidationError if it cannot be so.
        copied: whether an editor's save of a record leaves its rows alone and makes a working copy; None: never. The
            model of such a record has the columns of `copies.WithWorkingCopy`.
        beside: columns that no reader ever sees, such as whose work it is: written at once, whatever waits in a copy.
        leads: columns of several states → for each: model → ids of the rows that its texts need, where no relation of the
            database says so.
    """

    model: type[models.Model]
    lines: tuple[Lines, ...] = ()
    also: tuple[str, ...] = ()
    stays: frozenset[str] = frozenset()
    shown: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    settle: Callable[[Any], None] | None = None
    copied: Callable[[Any], bool] | None = None
    leads: Callable[[Sequence[Mapping[str, Any]]], list[dict[type[models.Model], set[int]]]] | None = None
    beside: frozenset[str] = frozenset()

    @property
    def fields(self) -> list[models.Field]:
        """The columns that are kept."""
        concrete = self.model._meta.concrete_fields
        return [one for one in concrete if not one.primary_key and (one.editable or one.name in self.also)]

    @property
    def many(self) -> list[models.ManyToManyField]:
        """The relations that are kept by id; one with rows of its own is kept as lines."""
        return [one for one in self.model._meta.many_to_many if one.remote_field.through._meta.auto_created]

    def model_of(self, lines: Lines) -> type[models.Model]:
        return self.model._meta.get_field(lines.relation).related_model

    def key_of(self, lines: Lines) -> models.Field:
        """The column by which a line belongs to its record."""
        return self.model._meta.get_field(lines.relation).field

    def fields_of(self, lines: Lines) -> list[models.Field]:
        """The columns of a line that are kept."""
        options = self.model_of(lines)._meta
        if lines.fields:
            return [options.get_field(name) for name in lines.fields]
        key = self.key_of(lines)
        return [one for one in options.concrete_fields if one.editable and not one.primary_key and one != key]


_kept: dict[type[models.Model], Kept] = {}


def register(
    model: type[models.Model],
    *,
    lines: tuple[Lines, ...] = (),
    also: tuple[str, ...] = (),
    stays: tuple[str, ...] = (),
    shown: Mapping[str, Callable[[Any], str]] | None = None,
    settle: Callable[[Any], None] | None = None,
    copied: Callable[[Any], bool] | None = None,
    leads: Callable[[Sequence[Mapping[str, Any]]], list[dict[type[models.Model], set[int]]]] | None = None,
    beside: tuple[str, ...] = (),
) -> None:
    """Declare what is kept of a kind of record; see Kept."""
    _kept[model] = Kept(model, lines, also, frozenset(stays), shown or {}, settle, copied, leads, frozenset(beside))


def registered() -> list[type[models.Model]]:
    return list(_kept)


def kept_of(model: type[models.Model]) -> Kept:
    """What is kept of this kind of record.

    Raises:
        LookupError: nobody has registered it.
    """
    try:
        return _kept[model]
    except KeyError:
        raise LookupError(f"{model._meta.label} is not registered with clusters.history.") from None
