"""What needs an editor's care: the warnings of the registry, in the order in which they are worked off.

Warnings refuse nothing; what is refused stands in the models.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Q

from clusters.care.concerns import Concern, Sentences
from clusters.care.figures import Fall, FewMembers, Leap, Stale
from clusters.care.records import (
    EndedLabel,
    Namesake,
    OneWitness,
    Unarchived,
    Unsourced,
    Unverified,
    sole_witness_in_words,
)
from clusters.models import Cluster

CONCERNS: tuple[Concern, ...] = (
    Leap(), Fall(), Namesake(), EndedLabel(), FewMembers(), Stale(), OneWitness(), Unsourced(), Unverified(), Unarchived(),
)  # fmt: skip
KEPT_FOR = 60
"""Seconds for which the number of records that need care is kept."""


@dataclass(frozen=True)
class Told:
    """One sentence, and the warning that says it."""

    concern: Concern
    sentence: str


def named(key: str) -> Concern | None:
    """The warning with this key."""
    return next((one for one in CONCERNS if one.key == key), None)


def about(kind: type) -> list[Concern]:
    """The warnings about one kind of record."""
    return [one for one in CONCERNS if one.about is kind]


def needing(rows: Any, on: dt.date) -> Any:
    """Those of these records that have any warning."""
    found = Q(pk__in=())
    for concern in about(rows.model):
        found |= Q(pk__in=concern.among(rows.order_by(), on).values("pk"))
    return rows.filter(found)


def told(records: Sequence[Any], on: dt.date, concerns: Iterable[Concern] | None = None) -> dict[int, list[Told]]:
    """Record → all that is to be said of it, in the order of the warnings; in a fixed number of queries."""
    found: dict[int, list[Told]] = {one.pk: [] for one in records}
    if not records:
        return found
    for concern in about(type(records[0])) if concerns is None else concerns:
        for pk, sentences in concern.tell(records, on).items():
            found[pk] += [Told(concern, sentence) for sentence in sentences]
    return found


def number(on: dt.date) -> int:
    """How many public clusters have any warning; as it was up to a minute ago.

    Kept because the front page of the admin asks each time, and ten thousand records take it two seconds.
    """
    return cache.get_or_set(f"care:{on}", lambda: needing(Cluster.objects.visible().order_by(), on).count(), KEPT_FOR)


def namesakes(cluster: Cluster) -> list[Cluster]:
    """Other records that have a name or an acronym of this one."""
    return Namesake().others(cluster)


__all__ = [
    "CONCERNS", "Concern", "Sentences", "Told", "about", "named", "namesakes", "needing", "number", "sole_witness_in_words", "told",
]  # fmt: skip
