"""Going back to an earlier state of a record: what of it can come back, and the act itself, as a version of its own.

Nothing comes back that could not be saved today: what it refers to and is gone stays away, and is said.
"""

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.text import capfirst
from django.utils.translation import gettext

from clusters.dates import with_days
from clusters.history.comparing import line_name, value_in_words
from clusters.history.keeping import changing
from clusters.history.registry import Kept, Lines, kept_of
from clusters.history.revisions import Act, Revision
from clusters.history.snapshots import PRIVATE, Snapshot, current


@dataclass(frozen=True)
class Plan:
    """What going back to a state would do.

    Attributes:
        now: the state of today.
        target: the state that it would give: the one asked for, without what cannot come back and with what stays.
        left_out: what cannot come back, a sentence each.
        stays: (label, value) of what is left as it is today.
        appended: what only ever grows, and is left alone.
    """

    now: Snapshot
    target: Snapshot
    left_out: list[str]
    stays: list[tuple[str, str]]
    appended: list[str]


def plan(record: models.Model, revision: Revision, leave: Collection[str] = ()) -> Plan:
    """What going back to a revision of a record would do today. Writes nothing.

    Args:
        leave: fields that whoever asks may not change.
    """
    return plan_for(record, revision.snapshot, kept_of(type(record)).stays | set(leave))


def plan_for(record: models.Model, then: Snapshot, staying: Collection[str] = ()) -> Plan:
    """What giving a record this state would do today; the fields that stay are as they are now. Writes nothing."""
    kept, now = kept_of(type(record)), current(record)
    missing, left_out = then.missing(kept), []
    fields = dict(now.fields)
    for one in kept.fields:
        if one.name in staying or one.name not in then.fields:
            continue
        value = then.fields[one.name]
        if isinstance(one, models.ForeignKey) and value in missing.get(one.related_model, ()):
            left_out.append(_without(one, value_in_words(one, value, then)))
            value = None
        fields[one.name] = value
    many = dict(now.many)
    for relation in kept.many:
        if relation.name in staying or relation.name not in then.many:
            continue
        gone = missing.get(relation.related_model, set())
        names = [then.word_for(relation.related_model, pk) for pk in then.many[relation.name] if pk in gone]
        left_out += [_without(relation, name) for name in names]
        many[relation.name] = [pk for pk in then.many[relation.name] if pk not in gone]
    lines = dict(now.lines)
    for one in kept.lines:
        if not one.is_appended and one.relation in then.lines:
            lines[one.relation] = _lines_that_can(kept, one, then, missing, left_out)
    words = {kind: {**now.words.get(kind, {}), **then.words.get(kind, {})} for kind in now.words | then.words}
    target = replace(now, fields=fields, many=many, lines=lines, words=words)
    by_name = {one.name: one for one in kept.fields}
    told = [
        (by_name[name], value_in_words(by_name[name], now.fields.get(name), now)) for name in by_name if name in staying
    ]
    stays = [(capfirst(str(one.verbose_name)), value) for one, value in told if value]
    appended = [str(one.label or kept.model_of(one)._meta.verbose_name_plural) for one in kept.lines if one.is_appended]
    return Plan(now, target, left_out, stays, appended)


def _lines_that_can(
    kept: Kept, lines: Lines, then: Snapshot, missing: Mapping[Any, Collection[int]], left_out: list[str]
) -> list[dict[str, Any]]:
    """The lines of a state as they can come back: without rows that are gone, or not at all."""
    found = []
    for row in then.lines[lines.relation]:
        able, is_there = dict(row), True
        for one in kept.fields_of(lines):
            if not (isinstance(one, models.ForeignKey) and row.get(one.name) in missing.get(one.related_model, ())):
                continue
            words = {"line": line_name(kept, lines, row, then), "gone": value_in_words(one, row[one.name], then)}
            if one.null:
                able[one.name] = None
                left_out.append(gettext("« %(line)s » revient sans « %(gone)s », supprimé depuis.") % words)
            else:
                is_there = False
                left_out.append(gettext("« %(line)s » ne revient pas : « %(gone)s » a été supprimé depuis.") % words)
        if is_there:
            found.append(able)
    return found


def _without(of: Any, name: str) -> str:
    words = {"field": capfirst(str(of.verbose_name)), "gone": name}
    return gettext("%(field)s : « %(gone)s » ne revient pas, supprimé depuis.") % words


def restore(record: Any, revision: Revision, *, by: Any, leave: Collection[str] = (), why: str = "") -> list[str]:
    """Go back to an earlier state, as a new version, through the validation of a save.

    Args:
        record: with the `version` that whoever decides has seen.
        leave: fields that this person may not change.

    Returns:
        what could not come back, a sentence each.

    Raises:
        ValidationError: somebody has saved it since, or the state is not valid any more; says which. Nothing is changed.
    """
    try:
        return _restore(record, revision, by, leave, why)
    except IntegrityError:
        sentence = gettext(
            "Une valeur qui ne peut être là qu’une fois vient d’être prise par une autre fiche ; rouvrez cette page."
        )
        raise ValidationError(sentence) from None


def _restore(record: Any, revision: Revision, by: Any, leave: Collection[str], why: str) -> list[str]:
    told = gettext("retour à la version %d") % revision.number
    with changing(record, by=by, act=Act.RESTORED, why=f"{told} – {why}" if why else told):
        done = plan(record, revision, leave)
        return [*done.left_out, *write(record, done.now, done.target)]


def write(record: Any, now: Snapshot, target: Snapshot, *, is_tried: bool = False) -> list[str]:
    """Make the rows of a record, in the caller's transaction, what a state says.

    Args:
        now: what they say.
        target: refers to rows that are there.
        is_tried: all of it will be undone: lines keep the ids that the state gives them, and what was valid when the
            state was kept is not checked again, but by the database.

    Returns:
        the lines that are left out because they are not valid any more, a sentence each.

    Raises:
        ValidationError, IntegrityError: the state is not valid any more. The caller's transaction must not go on.
    """
    kept, left_out = kept_of(type(record)), []
    names = [one.name for one in kept.fields if target.fields.get(one.name) != now.fields.get(one.name)]
    for one in kept.fields:
        if one.name in names:
            setattr(record, one.attname, one.to_python(target.fields[one.name]))
    if not is_tried:
        record.full_clean()
    if names:
        record.save(update_fields=with_days(type(record), names))
    for relation in kept.many:
        if target.many[relation.name] != now.many[relation.name]:
            getattr(record, relation.name).set(target.many[relation.name])
    for lines in kept.lines:
        if not lines.is_appended:
            left_out += _write_lines(kept, lines, record, now, target, is_tried)
    if kept.settle and not is_tried:
        kept.settle(record)
    return left_out


def _write_lines(kept: Kept, lines: Lines, record: Any, now: Snapshot, target: Snapshot, is_tried: bool) -> list[str]:
    """Make the lines what a state says; those that are not valid any more are left out, and said."""
    model, key = kept.model_of(lines), kept.key_of(lines)
    wanted = {row["id"]: row for row in target.lines[lines.relation]}
    before = {row["id"]: row for row in now.lines[lines.relation]}
    differing = [pk for pk in wanted.keys() | before.keys() if wanted.get(pk) != before.get(pk)]
    rows = model._base_manager.in_bulk([pk for pk in differing if pk in before])
    as_now = {pk: copy.copy(row) for pk, row in rows.items()}
    for row in rows.values():
        row.delete()  # all of them first: two lines may have exchanged what must be there once only
    left_out = []
    for pk in sorted(differing):
        if pk not in wanted:
            continue
        row = rows.get(pk) or model()
        row.pk, row._state.adding = pk if is_tried else _free(model, pk), True
        setattr(row, key.attname, record.pk)
        for one in kept.fields_of(lines):
            if one.name in wanted[pk]:
                setattr(row, one.attname, one.to_python(wanted[pk][one.name]))
        try:
            row.full_clean()
            row.save(force_insert=True)
        except ValidationError as error:
            words = {"line": line_name(kept, lines, wanted[pk], target), "why": " ".join(error.messages)}
            if pk in as_now:
                _put_back(as_now[pk], line_name(kept, lines, before[pk], now))
                left_out.append(gettext("« %(line)s » reste comme aujourd’hui : %(why)s") % words)
            else:
                left_out.append(gettext("« %(line)s » ne revient pas : %(why)s") % words)
    return left_out


def _put_back(row: models.Model, name: str) -> None:
    """Leave a line as it is today, unless one that has come back has taken its place.

    Raises:
        ValidationError: it has; says so. The database has refused it: the caller's transaction must not go on.
    """
    try:
        row.save(force_insert=True)
    except IntegrityError:
        text = gettext(
            "La ligne d’aujourd’hui « %s » empêche de revenir à cet état : ce qu’elle dit ne peut être là qu’une fois. "
            "Changez-la ou supprimez-la dans la fiche, puis recommencez."
        )
        raise ValidationError(text % name) from None


def _free(model: type[models.Model], pk: int) -> int | None:
    """The number that a line had, unless another record has the row by now, or only a working copy gave it."""
    return None if pk >= PRIVATE or model._base_manager.filter(pk=pk).exists() else pk
