"""World time: the registry as the world was on a day, whatever has been learnt or recorded since.

One rule for every kind of statement, so that page, map, export and replay cannot differ. A statement holds from the last
day that its date can mean; without a date, from the last day on which its source can have appeared; a source that is not
dated either, from the day it was read. What may have begun later is not shown as having been. No statement is about days to
come: one of « 2026 », made in 2026, holds today.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.dates import PartialDate


@dataclass(frozen=True)
class Moment:
    """A day that was asked for.

    Attributes:
        text: as it stands in the address: `2018`, `2018-12` or `2018-12-31`.
        day: the last day that it means, today at the latest.
    """

    text: str
    day: dt.date

    @classmethod
    def parse(cls, text: str, today: dt.date) -> Self:
        """Read a year, a month or a day.

        Raises:
            ValidationError: it is none, or has not begun yet; says so.
        """
        try:
            date = PartialDate.parse(text)
        except ValueError:
            date = None
        if date is None or "/" in text:
            raise ValidationError(
                _(
                    "« %(value)s » n’est pas une date. Écrivez une année, un mois ou un jour : 2018, 2018-06, 2018-12-31."
                ),
                params={"value": text[:40]},
            )
        if date.first > today:
            raise ValidationError(
                _(
                    "« %(value)s » est à venir : le registre se lit à une date passée. Le voici tel qu’il est aujourd’hui."
                ),
                params={"value": text[:40]},
            )
        return cls(date.text, min(date.last, today))

    def __str__(self) -> str:
        """« le 31 décembre 2018 », « fin juin 2018 », « fin 2018 »."""
        date = PartialDate.parse(self.text)
        return (gettext("le %(date)s") if date.first == date.last else gettext("fin %(date)s")) % {"date": date}


class MomentField(forms.CharField):
    """A day in the past, to read the registry as of it; cleans to a Moment, or None where nothing was asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40, **kwargs})

    def clean(self, value: Any) -> Moment | None:
        text = super().clean(value)
        return Moment.parse(text, timezone.localdate()) if text else None


def come_by(day: dt.date, date: str) -> Q:
    """Rows whose partial date had come on a day, whichever of its days it means; of today, those that have begun."""
    return Q(**{f"{date}_{'first' if _is_today(day) else 'last'}__lte": day})


def established(day: dt.date, date: str) -> Q:
    """Statements that held on a day at the latest.

    Args:
        day: the day asked for.
        date: name of the partial date from which the statement holds; the model has a `source` besides.
    """
    undated = Q(**{date: ""})
    if not _is_today(day):
        undated &= come_by(day, "source__published") | Q(source__published="", source__accessed_on__lte=day)
    return come_by(day, date) | undated


def _is_today(day: dt.date) -> bool:
    return day >= timezone.localdate()


def holds_from(date: str) -> Coalesce:
    """The day from which a statement holds at the latest, by the same rule; null where nothing bounds it."""
    return Coalesce(F(f"{date}_last"), F("source__published_last"), F("source__accessed_on"))
