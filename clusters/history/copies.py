"""Working copies: what is written over a record whose rows readers see, and how it takes their place, at once or in time.

A copy is a revision that the rows do not follow; at most one is ahead of them. When a record's rows are written by another
way meanwhile, `keep` makes the copy anew from what they then say.
"""

import datetime as dt
import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from clusters.history.ahead import is_ahead
from clusters.history.keeping import STALE, add, changing, claim, keep, signed
from clusters.history.registry import kept_of, registered
from clusters.history.restoring import plan_for, write
from clusters.history.revisions import Act, Revision
from clusters.history.snapshots import Snapshot, columns, rebased

logger = logging.getLogger(__name__)
CLEARED = {"working_copy": None, "copy_due": None, "copy_due_at": None, "copy_due_by": None, "copy_in_review": False}


def draft(record: Any, state: Snapshot, *, by: Any, act: str = Act.DRAFTED, why: str = "") -> Revision | None:
    """Keep a state as a record's working copy; None if it is what the copy, or else the rows, say already.

    A time that is set goes on to what an editor saves; what saves itself is never due.

    Args:
        record: with the `version` that the state was made from.

    Raises:
        ValidationError: somebody has saved it in the meantime; says so.
    """
    with transaction.atomic():
        _write_beside(record, state, by)
        newest = Revision.objects.of(record).first()
        if newest and newest.snapshot.is_same_state(state) and not why and not (act != newest.act == Act.AUTOSAVED):
            if newest.number > record.version:
                raise ValidationError(STALE, code="stale")
            return None
        claim(record, record.version)
        base = Revision.objects.of(record).live().values_list("number", flat=True).first()
        made = add(record, state, act=act, by=by, why=why, base=base)
        written: dict[str, Any] = {"working_copy": made.number}
        if act != Act.AUTOSAVED:
            is_due = models.Q(copy_due__isnull=False)
            written |= {"copy_refused": "", "copy_due": models.Case(models.When(is_due, models.Value(made.number)))}
        _set(record, **written)
    return made


def _write_beside(record: Any, state: Snapshot, by: Any) -> None:
    """Give the rows at once what of a state no reader sees; the copy that is there is made anew with it."""
    kept = kept_of(type(record))
    fields = [one for one in kept.fields if one.name in kept.beside and one.name in state.fields]
    stored = columns(type(record)._base_manager.get(pk=record.pk), fields)
    if differing := [one for one in fields if stored[one.name] != state.fields[one.name]]:
        with changing(record, by=by, act=Act.CHANGED):
            for one in differing:
                setattr(record, one.attname, one.to_python(state.fields[one.name]))
            record.save(update_fields=[one.name for one in differing])


def publish(
    record: Any, *, by: Any, act: str = Act.PUBLISHED, why: str = "", state: Snapshot | None = None
) -> list[str]:
    """Give a record's rows the state of its working copy, or another that an editor has written, as a new version.

    Args:
        record: with the `version` that whoever decides has seen.

    Returns:
        what could not be there any more, a sentence each.

    Raises:
        ValidationError: there is no copy, somebody has saved it in the meantime, or the state is not valid any more.
    """
    found = Revision.objects.of(record).filter(number=record.working_copy).first()
    if state is None and found is None:
        raise ValidationError(gettext("Il n’y a pas de copie de travail : rechargez la page."), code="no_copy")
    try:
        with transaction.atomic():
            claim(record, record.version)
            _set(record, **CLEARED, copy_refused="")
            kept = kept_of(type(record))
            done = plan_for(record, state or found.snapshot, {*kept.also, *(() if state else kept.beside)})
            left_out = [*done.left_out, *write(record, done.now, done.target)]
            record.save(update_fields=signed(record, by))
            keep(record, by=by, act=act, why=why)
    except IntegrityError:
        sentence = gettext("Une valeur qui ne peut être là qu’une fois vient d’être prise par une autre fiche.")
        raise ValidationError(sentence) from None
    return left_out


def drop(record: Any, *, by: Any) -> Revision:
    """Give a record's working copy up; it stays in the history, which can go back to it.

    Raises:
        ValidationError: somebody has saved the record in the meantime; says so.
    """
    with transaction.atomic():
        number = record.working_copy
        claim(record, record.version)
        _set(record, **CLEARED, copy_refused="")
        return keep(record, by=by, act=Act.DROPPED, why=gettext("version %d") % number if number else "")


def schedule(record: Any, at: dt.datetime, *, by: Any) -> None:
    """Let a record's working copy, as it is now, take the rows' place at a time, whether anybody is there or not.

    Raises:
        ValidationError: the time is past, there is no copy, or somebody has saved it in the meantime.
    """
    if at <= timezone.now():
        raise ValidationError(gettext("Cette heure est passée : choisissez-en une à venir, ou publiez."), code="past")
    if not is_ahead(record):
        raise ValidationError(gettext("Il n’y a pas de copie de travail : rechargez la page."), code="no_copy")
    _decide(record, copy_due=record.working_copy, copy_due_at=at, copy_due_by=by, copy_refused="")


def unschedule(record: Any) -> None:
    """Take the time of a working copy back."""
    _decide(record, copy_due=None, copy_due_at=None, copy_due_by=None)


def ask_to_read(record: Any, is_asked: bool) -> None:
    """Say that colleagues are to read a working copy, or that they have."""
    if is_asked and not is_ahead(record):
        raise ValidationError(gettext("Il n’y a pas de copie de travail : rechargez la page."), code="no_copy")
    _decide(record, copy_in_review=is_asked)


def _decide(record: Any, **values: Any) -> None:
    """Write what is decided about the copy that somebody has seen, and no other."""
    same = type(record)._base_manager.filter(pk=record.pk, working_copy=record.working_copy, version=record.version)
    if not same.update(**values):
        raise ValidationError(STALE, code="stale")
    for name, value in values.items():
        setattr(record, name, value)


def _set(record: Any, **values: Any) -> None:
    type(record)._base_manager.filter(pk=record.pk).update(**values)
    record.refresh_from_db(fields=list(values))


# -- In time ---------------------------------------------------------------------------------------------------------


def put_due_in_force(at: dt.datetime | None = None) -> int:
    """Give every record whose scheduled change is due the state that was set; how many were changed.

    Called before anything is answered: rows cannot be chosen by the clock in a query, as visibility is. Of two processes
    that come at once one does it, and the other waits for it. What cannot be done leaves the rows as they are, and says so
    on the record. One query for each kind of record that has copies, when nothing is due.
    """
    now, changed = at or timezone.now(), 0
    for model in registered():
        if kept_of(model).copied is not None:
            for pk in (
                model._base_manager.filter(copy_due_at__lte=now)
                .order_by("copy_due_at", "pk")
                .values_list("pk", flat=True)
            ):
                changed += _put_in_force(model, pk, now)
    return changed


def _put_in_force(model: Any, pk: int, now: dt.datetime) -> bool:
    with transaction.atomic():
        # Held from here on: who comes second finds it done.
        record = model._base_manager.select_for_update(of=("self",)).filter(pk=pk, copy_due_at__lte=now).first()
        if record is None:
            return False
        by, number, ahead = record.copy_due_by, record.copy_due, record.working_copy
        try:
            with transaction.atomic():
                _apply(record, number, ahead, by)
        except (ValidationError, IntegrityError) as error:
            why = " ".join(getattr(error, "messages", [])) or gettext(
                "Une autre fiche a pris ce qui ne peut être là qu’une fois."
            )
            longest = model._meta.get_field("copy_refused").max_length
            nothing_due = {"copy_due": None, "copy_due_at": None, "copy_due_by": None}
            model._base_manager.filter(pk=pk).update(**nothing_due, copy_refused=why[:longest])
            logger.warning("The scheduled change of %s %s is not in force: %s", model._meta.label, pk, why)
            return False
    return True


def _apply(record: Any, number: int, ahead: int, by: Any) -> None:
    kept, revisions = kept_of(type(record)), Revision.objects.of(record)
    due = revisions.get(number=number)
    if missing := due.snapshot.missing(kept):
        names = [due.snapshot.word_for(model, pk) for model, ids in missing.items() for pk in sorted(ids)]
        raise ValidationError(gettext("La copie s’appuie sur ce qui a été supprimé depuis : %s.") % ", ".join(names))
    live = revisions.live().first()
    start = revisions.get(number=due.base).snapshot
    state, _both = rebased(kept, start, due.snapshot, live.snapshot)
    rest = revisions.get(number=ahead) if ahead != number else None
    left_out = publish(record, by=by, why=gettext("modifications programmées, version %d") % number, state=state)
    if left_out:
        raise ValidationError(left_out)
    if rest is not None:  # what was written after the time was set is still a copy
        now = revisions.live().first().snapshot
        further, _both = rebased(kept, live.snapshot, rest.snapshot, now)
        if not further.is_same_state(now):
            draft(record, further, by=rest.by, why=gettext("reporte la version %d") % record.version)
