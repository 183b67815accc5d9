"""A state that is not live, tried on: written onto the rows, looked at or saved over by whatever reads rows, and undone.

Forms, lines, pages and constraints thus know nothing of working copies. Nothing leaks: the full-text index is written in
the same transaction, and what waits for its commit is dropped with it.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext

from clusters.history.copies import draft
from clusters.history.registry import kept_of
from clusters.history.restoring import Plan, plan, plan_for, write
from clusters.history.revisions import Revision
from clusters.history.snapshots import PRIVATE, Snapshot, current


def head(record: Any) -> Revision | None:
    """The working copy that is ahead of a record's rows, if there is one."""
    number = getattr(record, "working_copy", None)
    return Revision.objects.of(record).filter(number=number).first() if number else None


@contextmanager
def tried_on(record: Any, revision: Revision | None = None) -> Iterator[list[str]]:
    """Let a record's rows be a state that is not live, and undo whatever was written in the block when it ends.

    Takes the database's lock for writing (on SQLite that of all tables), so keep the block short.

    Args:
        record: as it was read; it is not changed, read it again in the block.
        revision: whose state; the working copy's unless given. Without either the rows stay what they are.

    Yields:
        what of the state cannot be there any more (a source that was deleted), a sentence each.
    """
    with transaction.atomic():
        found = revision or head(record)
        yield _put_on(record, found.snapshot) if found else []
        transaction.set_rollback(True)


def _put_on(record: Any, state: Snapshot) -> list[str]:
    # What no form fills in (whether it is published) is never part of what is tried, nor what is written at once.
    kept = kept_of(type(record))
    done = plan_for(record, state, {*kept.also, *kept.beside})
    try:
        return [*done.left_out, *_written(record, done)]
    except IntegrityError:
        # Another record has taken meanwhile what can be there only once (an address, a place in a series).
        told = _give_way(record, done)
        return [*done.left_out, *told, *_written(record, done)]


def _written(record: Any, done: Plan) -> list[str]:
    with transaction.atomic():  # what the database refuses is undone, and no more
        return write(type(record)._base_manager.get(pk=record.pk), done.now, done.target, is_tried=True)


def _give_way(record: Any, done: Plan) -> list[str]:
    """Leave those fields as they are now that another record stands in the way of; the sentences that say so."""
    row, kept = type(record)._base_manager.get(pk=record.pk), kept_of(type(record))
    for one in kept.fields:
        setattr(row, one.attname, one.to_python(done.target.fields[one.name]))
    told = []
    for names in _once(type(record)):
        try:
            row.validate_unique(exclude=[one.name for one in kept.fields if one.name not in names])
            row.validate_constraints(exclude=[one.name for one in kept.fields if one.name not in names])
        except ValidationError:
            for one in kept.fields:
                if one.name in names:
                    done.target.fields[one.name] = done.now.fields[one.name]
                    sentence = gettext(
                        "%s : la valeur de la copie est prise par une autre fiche ; celle d’avant reste."
                    )
                    told.append(sentence % capfirst(str(one.verbose_name)))
    return told


def _once(model: type[models.Model]) -> list[set[str]]:
    """The fields, alone or together, that no two records may share."""
    alone = [{one.name} for one in model._meta.concrete_fields if one.unique and not one.primary_key]
    return alone + [set(one.fields) for one in model._meta.total_unique_constraints]


def restore_aside(record: Any, revision: Revision, *, by: Any, leave: Collection[str] = (), why: str = "") -> list[str]:
    """Go back to an earlier state as a working copy, through the validation of a save; as `restore` for rows.

    Raises:
        ValidationError: somebody has saved it since, or the state is not valid any more; says which. Nothing is changed.
    """
    told = gettext("retour à la version %d") % revision.number
    with transaction.atomic():
        with tried_on(record) as left_out:
            row, known = type(record)._base_manager.get(pk=record.pk), line_ids(record)
            done = plan(row, revision, leave)
            try:
                left_out = [*left_out, *done.left_out, *write(row, done.now, done.target)]
            except IntegrityError:
                sentence = gettext("Une valeur qui ne peut être là qu’une fois est prise par une autre fiche.")
                raise ValidationError(sentence) from None
            state = current(row)
            state = state.renumbered(private_ids(known, state))
        draft(record, state, by=by, why=f"{told} – {why}" if why else told)
    return left_out


def line_ids(record: Any) -> dict[str, set[int]]:
    """Relation → ids of the lines that a record has now."""
    kept = kept_of(type(record))
    return {
        one.relation: set(
            kept.model_of(one)._base_manager.filter(**{kept.key_of(one).name: record.pk}).values_list("pk", flat=True)
        )
        for one in kept.lines
    }


def private_ids(known: Mapping[str, Collection[int]], state: Snapshot) -> dict[str, dict[int, int]]:
    """Ids for the lines that are new in a state which was written in a tried-on block: relation → id there → id to be.

    Those that the database gave them are given again to others once the block is undone.

    Args:
        known: `line_ids` before the writing.
    """
    return {
        relation: {
            row["id"]: PRIVATE + secrets.randbits(49)
            for row in rows
            if row["id"] not in known.get(relation, ()) and row["id"] < PRIVATE
        }
        for relation, rows in state.lines.items()
    }
