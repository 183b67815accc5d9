"""World time: the registry as the world was on a day, whatever has been learnt or recorded since.

One rule for every kind of statement, so that page, map, export and replay cannot differ. A statement holds from the last
day that its date can mean; without a date, from the last day on which its source can have appeared; a source that is not
dated either, from the day it was read. What may have begun later is not shown as having been. As of today the registry is
what it is today: no statement is about days to come, and one of « 2026 », made in 2026, holds.
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
        """« le 31 décembre 2018 », « fin juin 2018 », « fin 2018 »; the day itself where what was asked for is not over."""
        date = PartialDate.parse(self.text)
        if self.day < date.last:
            date = PartialDate.parse(self.day.isoformat())
        return (gettext("le %(date)s") if date.first == date.last else gettext("fin %(date)s")) % {"date": date}


class MomentField(forms.CharField):
    """A day in the past, to read the registry as of it; cleans to a Moment, or None where nothing was asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40, **kwargs})

    def clean(self, value: Any) -> Moment | None:
        text = super().clean(value)
        return Moment.parse(text, timezone.localdate()) if text else None


def is_past(day: dt.date | None) -> bool:
    """Whether the registry of this day is another than today's; None stands for today."""
    return day is not None and day < timezone.localdate()


def established(day: dt.date, date: str) -> Q:
    """Statements that held on a past day at the latest.

    Args:
        day: the day asked for.
        date: name of the partial date from which the statement holds; the model has a `source` besides.
    """
    return Q(**{f"{date}_last__lte": day}) | Q(**{date: ""}) & appeared(day, "source")


def appeared(day: dt.date, source: str) -> Q:
    """Rows whose source, named by its relation, had appeared on a past day, or was read by then."""
    unknown = {f"{source}__published": "", f"{source}__accessed_on__lte": day}
    return Q(**{f"{source}__published_last__lte": day}) | Q(**unknown)


def holds_from(date: str) -> Coalesce:
    """The day from which a statement holds at the latest, by the same rule; null where nothing bounds it."""
    return Coalesce(F(f"{date}_last"), F("source__published_last"), F("source__accessed_on"))
