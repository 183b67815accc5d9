"""What rests on a record by a working copy alone: no row of the database says so, and losing the record would break the copy.

Apart from copies.py because it reads the copies of all records, and writes nothing. There are as many copies as records that
somebody is rewriting: each is unpacked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from clusters.history.registry import Kept, kept_of, registered
from clusters.history.revisions import Revision
from clusters.history.snapshots import Snapshot, references


@dataclass
class Leaning:
    """The records whose working copy needs another record.

    Attributes:
        rows: model → their ids.
        breaks: whether the copy would lose more than one of several: what the database protects, or a link of its text.
    """

    rows: dict[type[models.Model], set[int]] = field(default_factory=dict)
    breaks: bool = False


def leaning_on(record: models.Model) -> Leaning:
    """The working copies, those that are scheduled included, that refer to a record."""
    found, model = Leaning(), type(record)
    for one in registered():
        kept = kept_of(one)
        if kept.copied is None:
            continue
        copies = list(_copies(one))
        led_to = kept.leads([state.fields for _pk, state in copies]) if kept.leads else [{}] * len(copies)
        for (pk, state), targets in zip(copies, led_to, strict=True):
            is_led_to = record.pk in targets.get(model, ())
            is_referred = record.pk in references(kept, state.fields, state.many, state.lines).get(model, ())
            if is_led_to or is_referred:
                found.rows.setdefault(one, set()).add(pk)
                found.breaks = found.breaks or is_led_to or _is_protected(kept, state, record)
    return found


def _copies(model: Any) -> Iterator[tuple[int, Snapshot]]:
    ahead = model._base_manager.exclude(working_copy=None).values_list("pk", "working_copy", "copy_due")
    numbers = {pk: {copy, due} - {None} for pk, copy, due in ahead}
    if not numbers:
        return
    revisions = Revision.objects.filter(kind=model._meta.label_lower, object_id__in=numbers)
    for one in revisions.filter(number__in={number for listed in numbers.values() for number in listed}):
        if one.number in numbers[one.object_id]:
            yield one.object_id, one.snapshot


def _is_protected(kept: Kept, state: Snapshot, record: models.Model) -> bool:
    """Whether the database would refuse to lose the record if the rows said what this state says."""

    def holds(of: Any, value: Any) -> bool:
        is_key = isinstance(of, models.ForeignKey) and of.related_model is type(record)
        return is_key and value == record.pk and of.remote_field.on_delete is models.PROTECT

    return any(holds(one, state.fields.get(one.name)) for one in kept.fields) or any(
        holds(of, row.get(of.name))
        for one in kept.lines
        if not one.is_appended
        for of in kept.fields_of(one)
        for row in state.lines.get(one.relation, ())
    )
