"""A record's state as plain data: read from the database in a fixed number of queries, and packed to be stored.

With the words of whatever it refers to, so that it can still be read when those rows are gone.
"""

import datetime as dt
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from clusters.history.registry import Kept, kept_of

_LEVEL = 9
PRIVATE = 2**50
"""From here on: ids of lines that stand in a working copy alone. No table counts so far, and JavaScript still counts exactly."""


@dataclass(frozen=True)
class Snapshot:
    """A record's state.

    Attributes:
        name: the record in words.
        fields: column → value, as JSON has it.
        many: relation → ids, in order.
        lines: relation → lines; each has its `id`, and either its columns or, as `said`, its words of that moment, to be read.
        words: model (`clusters.source`) → id as text → name, of the rows that the state refers to.
    """

    name: str
    fields: dict[str, Any]
    many: dict[str, list[int]]
    lines: dict[str, list[dict[str, Any]]]
    words: dict[str, dict[str, str]] = field(default_factory=dict)

    def packed(self) -> bytes:
        text = json.dumps(vars(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return zlib.compress(text.encode(), _LEVEL)

    @classmethod
    def unpacked(cls, content: bytes | memoryview) -> Self:
        return cls(**json.loads(zlib.decompress(content)))

    def is_same_state(self, other: "Snapshot") -> bool:
        """Whether nothing of the record differs; what it refers to may have another name by now."""
        return (self.fields, self.many, self._own_lines()) == (other.fields, other.many, other._own_lines())

    def _own_lines(self) -> dict[str, list[dict[str, Any]]]:
        return {relation: [own_part(row) for row in rows] for relation, rows in self.lines.items()}

    def word_for(self, model: type[models.Model], pk: Any) -> str:
        """The name that a related row had; "" for one that this state does not refer to."""
        return self.words.get(model._meta.label_lower, {}).get(str(pk), "")

    def without_words(self, hidden: Mapping[type[models.Model], set[int]], name: str) -> Self:
        """The same state with another name for some of the rows that it refers to."""
        words = {kind: dict(told) for kind, told in self.words.items()}
        for model, ids in hidden.items():
            told = words.get(model._meta.label_lower, {})
            told.update({str(pk): name for pk in ids if str(pk) in told})
        return replace(self, words=words)

    def missing(self, kept: Kept) -> dict[type[models.Model], set[int]]:
        """Rows that this state refers to and that are no longer there."""
        gone = {}
        for model, ids in references(kept, self.fields, self.many, self.lines).items():
            there = set(model._base_manager.filter(pk__in=ids).values_list("pk", flat=True))
            if ids - there:
                gone[model] = ids - there
        return gone

    def renumbered(self, ids: Mapping[str, Mapping[int, int]]) -> Self:
        """The same state with other ids for some of its lines: relation → id → id."""
        lines = {
            relation: [{**row, "id": ids.get(relation, {}).get(row["id"], row["id"])} for row in rows]
            for relation, rows in self.lines.items()
        }
        return replace(self, lines=lines)


def rebased(kept: Kept, base: Snapshot, copy: Snapshot, now: Snapshot) -> tuple[Snapshot, list[str]]:
    """What a state changes of another, laid over a third: a working copy over what its record has become.

    Args:
        base: what the copy was made from.
        copy: what is kept wherever both have changed the same.
        now: what the record says by now.

    Returns:
        the state, and what both have changed, in words.
    """
    both: list[str] = []
    fields, many, lines = dict(now.fields), dict(now.many), dict(now.lines)
    for one in kept.fields:
        was, mine, theirs = (state.fields.get(one.name) for state in (base, copy, now))
        if one.name in copy.fields and mine != was:
            fields[one.name] = mine
            if theirs not in (was, mine):
                both.append(str(one.verbose_name))
    for relation in kept.many:
        was, mine, theirs = (set(state.many.get(relation.name, ())) for state in (base, copy, now))
        many[relation.name] = sorted((theirs | (mine - was)) - (was - mine))
    for one in kept.lines:
        if one.is_appended:
            continue
        was, mine, theirs = (
            {row["id"]: row for row in state.lines.get(one.relation, ())} for state in (base, copy, now)
        )
        laid = dict(theirs)
        for pk in was.keys() | mine.keys():
            if mine.get(pk) == was.get(pk):
                continue
            if theirs.get(pk) not in (was.get(pk), mine.get(pk)):
                both.append(str(one.label or kept.model_of(one)._meta.verbose_name_plural))
            laid.pop(pk, None)
            if pk in mine:
                laid[pk] = mine[pk]
        lines[one.relation] = [laid[pk] for pk in sorted(laid)]
    words = {kind: {**now.words.get(kind, {}), **copy.words.get(kind, {})} for kind in now.words | copy.words}
    return replace(copy, fields=fields, many=many, lines=lines, words=words), list(dict.fromkeys(both))


def own_part(row: dict[str, Any]) -> dict[str, Any]:
    """What of a kept line is its own: of one that is only ever added, that it is there. Its words hold others' names."""
    return {"id": row["id"]} if "said" in row else row


def current(record: models.Model) -> Snapshot:
    """The state of a record as the database has it now, whatever has been done to it in memory."""
    return take(type(record)._base_manager.get(pk=record.pk))


def take(stored: models.Model) -> Snapshot:
    """The state of a record that has just been read from the database."""
    kept = kept_of(type(stored))
    fields = columns(stored, kept.fields)
    many = {}
    for relation in kept.many:
        links = relation.remote_field.through._base_manager.filter(**{relation.m2m_field_name(): stored.pk})
        many[relation.name] = sorted(links.values_list(f"{relation.m2m_reverse_field_name()}_id", flat=True))
    lines = {}
    for one in kept.lines:
        rows = kept.model_of(one)._base_manager.filter(**{kept.key_of(one).name: stored.pk}).order_by("pk")
        if one.said:
            told = rows.select_related(*one.with_related)
            lines[one.relation] = [{"id": row.pk, "said": one.said(row)} for row in told]
        else:
            wanted = kept.fields_of(one)
            lines[one.relation] = [{"id": row.pk, **columns(row, wanted)} for row in rows]
    words = {
        model._meta.label_lower: {str(pk): name_of(row) for pk, row in model._base_manager.in_bulk(ids).items()}
        for model, ids in references(kept, fields, many, lines).items()
    }
    return Snapshot(str(stored), fields, many, lines, words)


def name_of(row: models.Model) -> str:
    """A row in words; people by their name."""
    if isinstance(row, AbstractBaseUser):
        return row.get_full_name() or row.get_username()
    return str(row)


def columns(row: models.Model, fields: Iterable[models.Field]) -> dict[str, Any]:
    """Columns of a row as JSON has them."""
    return {one.name: plain_value(one, one.value_from_object(row)) for one in fields}


def plain_value(of: models.Field, value: Any) -> Any:
    """A value as JSON has it, the same for the same value on every database."""
    plain = of.get_prep_value(value)
    if isinstance(plain, dt.datetime):
        return plain.astimezone(dt.UTC).isoformat()
    if isinstance(plain, dt.date):
        return plain.isoformat()
    if isinstance(plain, Decimal):
        return f"{plain.normalize():f}"
    return plain


def references(
    kept: Kept,
    fields: Mapping[str, Any],
    many: Mapping[str, list[int]],
    lines: Mapping[str, list[dict[str, Any]]],
) -> dict[type[models.Model], set[int]]:
    """Model → ids of the rows that a state refers to, as far as the models still know the relation."""
    found: dict[type[models.Model], set[int]] = {}

    def add(of: models.Field, value: Any) -> None:
        if isinstance(of, models.ForeignKey) and value is not None:
            found.setdefault(of.related_model, set()).add(value)

    for one in kept.fields:
        add(one, fields.get(one.name))
    for relation in kept.many:
        if ids := many.get(relation.name):
            found.setdefault(relation.related_model, set()).update(ids)
    for one in kept.lines:
        if not one.said:
            for of in kept.fields_of(one):
                for row in lines.get(one.relation, ()):
                    add(of, row.get(of.name))
    return found
