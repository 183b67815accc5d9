"""Keeping a record's state after each save, and the one way to change a record that somebody else may have open.

Whoever writes a record outside its form does it inside `changing`; what has just been created, or has changed its state
by a rule of its own, is kept with `keep`.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.history.registry import kept_of, registered
from clusters.history.revisions import Act, Revision
from clusters.history.snapshots import Snapshot, rebased, take
from clusters.typography import typeset

STALE = _("Quelqu’un vient de l’enregistrer ; recommencez.")


def keep(record: Any, *, by: Any, act: str, why: str = "", suggestion: Any = None) -> Revision:
    """Keep a record's state as the database has it now, numbered by its version.

    A plain change that has changed nothing, and gives no reason, adds nothing: the revision that stands is returned. Where
    a write has not claimed a version of its own, it is given the next one here, so that no state is lost. A working copy
    that was made from the state before is made anew from this one: what the copy does not say otherwise, it takes over.

    Args:
        record: of a registered model, saved with all its lines.
        by: who did it; None for nobody in particular.
        act: one of Act.
        why: in the words of whoever did it.
        suggestion: the reader's correction that it accepts.
    """
    manager = type(record)._base_manager
    with transaction.atomic():
        stored = manager.get(pk=record.pk)
        state, last = take(stored), Revision.objects.of(record).first()
        record.version = stored.version
        copy = getattr(stored, "working_copy", None)
        # What the rows said before; a copy that stands above it is no state of theirs.
        live = Revision.objects.of(record).live().first() if copy else last
        if last is not None:
            is_same = live is not None and live.is_live and live.snapshot.is_same_state(state)
            is_kept = is_same and (live.number, live.act, live.why) == (stored.version, act, _line(why))
            is_told = live is not None and live.act == Act.AUTOSAVED != act  # by a row that is folded away
            if is_same and (is_kept or (act in _PLAIN and not why and not is_told)):
                return live
            if last.number >= stored.version:
                _claim_next(record, stored.version)
        made = add(record, state, act=act, by=by, why=why, suggestion=suggestion)
        if copy:
            _make_anew(record, copy, live, made)
        return made


_PLAIN = (Act.CHANGED, Act.AUTOSAVED)


def add(
    record: Any, state: Snapshot, *, act: str, by: Any, why: str = "", suggestion: Any = None, base: int | None = None
) -> Revision:
    """Add a revision under the version that a record has just claimed."""
    return Revision.objects.create(
        kind=record._meta.label_lower,
        object_id=record.pk,
        number=record.version,
        act=act,
        why=_line(why),
        by=by,
        suggestion=suggestion,
        base=base,
        content=state.packed(),
    )


def _claim_next(record: Any, version: int) -> None:
    type(record)._default_manager.filter(pk=record.pk).claim(version)
    record.version = version + 1


def _make_anew(record: Any, number: int, before: Revision | None, made: Revision) -> None:
    """Make a record's working copy anew from a state that its rows have just been given by another way."""
    copy = Revision.objects.of(record).select_related("by").get(number=number)
    start = before.snapshot if before else made.snapshot
    state, both = rebased(kept_of(type(record)), start, copy.snapshot, made.snapshot)
    _claim_next(record, record.version)
    why = gettext("reporte la version %d") % made.number
    if both:
        why = gettext("%(why)s ; changé des deux côtés, et gardé de la copie : %(what)s") % {
            "why": why,
            "what": ", ".join(both),
        }
    # What had saved itself is still to be saved by somebody; what is due at its hour is so still.
    act = Act.AUTOSAVED if copy.act == Act.AUTOSAVED else Act.DRAFTED
    anew = add(record, state, act=act, by=copy.by, why=why, base=made.number)
    same = type(record)._base_manager.filter(pk=record.pk)
    same.update(working_copy=anew.number)
    same.filter(copy_due=number).update(copy_due=anew.number)


def begin(record: Any, version: int) -> None:
    """Keep the state in which a record is found that has no history yet: before it is changed, with its version claimed.

    It is dated and signed as its last save was, as far as the record knows.

    Args:
        version: the one that it had before the claim.
    """
    if Revision.objects.of(record).exists():
        return
    stored = type(record)._base_manager.get(pk=record.pk)
    first = Revision.objects.create(
        kind=record._meta.label_lower,
        object_id=record.pk,
        number=version,
        act=Act.CHANGED if version > 1 else Act.CREATED,
        by_id=getattr(stored, "modified_by_id", None),
        content=take(stored).packed(),
    )
    Revision.objects.filter(pk=first.pk).set_date(stored.modified_at)


def claim(record: Any, version: int) -> None:
    """Take the next version of a record that was read at one, in the caller's transaction.

    Raises:
        ValidationError: somebody has saved it in the meantime; says so.
    """
    if not type(record)._default_manager.filter(pk=record.pk).claim(version):
        raise ValidationError(STALE, code="stale")
    begin(record, version)
    record.version = version + 1  # so that a save of the whole row does not write the old one back


@contextmanager
def changing(record: Any, *, by: Any, act: str, why: str = "", suggestion: Any = None) -> Iterator[Any]:
    """Change a record and its lines, as one act, unless somebody has saved it since it was read.

    The next version is claimed before the block runs. In the block the caller changes and saves; the record is signed and
    its state kept when the block ends, or all of it is undone.

    Args:
        record: as it was read; its `version` is compared with the one that is stored. It may be changed already, but not saved.

    Raises:
        ValidationError: somebody has saved it in the meantime; says so. Or whatever the block raises.
    """
    read = record.version
    try:
        with transaction.atomic():
            claim(record, read)
            yield record
            record.save(update_fields=signed(record, by))
            keep(record, by=by, act=act, why=why, suggestion=suggestion)
    except BaseException:
        record.version = read
        raise


@contextmanager
def adding_to(records: Iterable[Any], *, by: Any, act: str, why: str = "", suggestion: Any = None) -> Iterator[None]:
    """Add lines, which overwrite nothing, to one or several records: each has a new version, whichever was read before."""
    with transaction.atomic(), ExitStack() as changes:
        for kind, ids in _by_kind(records).items():
            # Held until the end, in one order for all, so that none of them is stale by the time that it is claimed.
            for record in kind._base_manager.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"):
                changes.enter_context(changing(record, by=by, act=act, why=why, suggestion=suggestion))
        yield


def listing(row: models.Model) -> list[Any]:
    """The records that name a row among others (a hashtag, a source): they change with it when it is deleted."""
    found: list[Any] = []
    for model in registered():
        for relation in kept_of(model).many:
            if relation.related_model is type(row):
                found += model._base_manager.filter(**{relation.name: row})
    return found


def keep_new(records: Iterable[Any], *, by: Any, why: str = "") -> None:
    """Keep the state of those records that have no history yet, as their creation."""
    for kind, ids in _by_kind(records).items():
        kept = Revision.objects.filter(kind=kind._meta.label_lower, object_id__in=ids).values_list(
            "object_id", flat=True
        )
        for record in kind._base_manager.filter(pk__in=ids - set(kept)).order_by("pk"):
            keep(record, by=by, act=Act.CREATED, why=why)


def _by_kind(records: Iterable[Any]) -> dict[type[models.Model], set[int]]:
    found: dict[type[models.Model], set[int]] = {}
    for record in records:
        found.setdefault(type(record), set()).add(record.pk)
    return found


def signed(record: Any, by: Any) -> list[str]:
    """Sign a record; the columns that say who and when."""
    try:
        record._meta.get_field("modified_by")
    except FieldDoesNotExist:
        return ["modified_at"]
    record.modified_by = by
    return ["modified_by", "modified_at"]


def _line(text: str) -> str:
    longest = Revision._meta.get_field("why").max_length
    return typeset(" ".join(str(text).split()))[:longest]
