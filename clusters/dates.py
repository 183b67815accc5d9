"""Dates known to the year, the month or the day, and intervals of them.

A subset of EDTF (ISO 8601-2:2019, levels 0 and 1): enough for what sources say, small enough to be typed by hand.
"""

import calendar
import contextlib
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_PART = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
HELP = _("Année, mois ou jour : 2008, 2013-11, 2017-03-12 ; une période : 2016/2017 ; vide si la date est inconnue.")


@dataclass(frozen=True)
class PartialDate:
    """An EDTF string with the first and the last day that it may mean.

    Attributes:
        text: the EDTF string, `2008`, `2013-11`, `2017-03-12` or `2016/2017`.
        first: the first day covered.
        last: the last day covered, never before `first`.
    """

    text: str
    first: dt.date
    last: dt.date

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an EDTF string.

        Raises:
            ValueError: the text is no date that the calendar has, or an interval that ends before it starts.
        """
        start, slash, end = text.strip().partition("/")
        first, last = _days(start)
        if slash:
            last = _days(end)[1]
        if last < first:
            raise ValueError(text)
        return cls(text.strip(), first, last)

    def has_begun(self, day: dt.date) -> bool:
        """Whether it may lie on a day or before it: both ends of an interval."""
        return all(_days(part)[0] <= day for part in self.text.split("/"))

    def __str__(self) -> str:
        """In words of the active language: « 2008 », « novembre 2013 », « 12 mars 2017 », « 2016–2017 »."""
        return "\N{EN DASH}".join(_words(part) for part in self.text.split("/"))


def _days(part: str) -> tuple[dt.date, dt.date]:
    match = _PART.fullmatch(part)
    if match is None:
        raise ValueError(part)
    year = int(match["year"])
    month, day = (int(match[name]) if match[name] else None for name in ("month", "day"))
    # Not `month or 1`: a month or a day 00 is none, and must not pass for one that is left out.
    first = dt.date(year, 1 if month is None else month, 1 if day is None else day)
    if day is not None:
        return first, first
    last_month = 12 if month is None else month
    return first, dt.date(year, last_month, calendar.monthrange(year, last_month)[1])


def _words(part: str) -> str:
    first, last = _days(part)
    if first == last:
        return day_in_words(first)
    return formats.date_format(first, "F Y") if first.month == last.month else str(first.year)


def day_in_words(day: dt.date, weekday: bool = False) -> str:
    """A day in the manner of the active language; in French the first of a month is « 1er »."""
    text = formats.date_format(day, "l j F Y" if weekday else "j F Y")
    if formats.get_language() == "fr" and day.day == 1:
        text = re.sub(r"\b1 ", "1er ", text, count=1)
    return text


def moment_in_words(moment: dt.datetime) -> str:
    """« 2 mars 2020 à 08:40 », in the site's time zone."""
    local = timezone.localtime(moment)
    return gettext("%(day)s à %(time)s") % {"day": day_in_words(local.date()), "time": f"{local:%H:%M}"}


def validate_partial_date(value: str) -> None:
    """Refuse, with a sentence, a text that is no partial date."""
    try:
        PartialDate.parse(value)
    except ValueError:
        raise ValidationError(
            _("« %(value)s » n’est pas une date. Écrivez 2008, 2013-11, 2017-03-12 ou une période 2016/2017."),
            code="invalid",
            params={"value": value[:40]},
        ) from None


class PartialDateField(models.CharField):
    """A partial date as text; fills its companion date columns, named by `first` and `last`, whenever it is saved.

    The companions are ordinary DateFields declared beside it (so that migrations show them); they exist for sorting
    and for constraints, and are null exactly when the text is empty.
    """

    def __init__(self, *args: Any, first: str = "", last: str = "", **kwargs: Any) -> None:
        self.first, self.last = first, last
        super().__init__(*args, **{"max_length": 21, "blank": True, "default": "", "help_text": HELP, **kwargs})
        self.validators.append(validate_partial_date)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "first": self.first, "last": self.last}

    def pre_save(self, instance: models.Model, add: bool) -> str:
        date = self.fill(instance)
        return date.text if date else ""

    def fill(self, instance: models.Model) -> PartialDate | None:
        """Bring the companions in line with the text.

        Raises:
            ValidationError: the text is no partial date.
        """
        text = getattr(instance, self.attname) or ""
        if text:
            validate_partial_date(text)
        date = PartialDate.parse(text) if text else None
        if self.first:
            setattr(instance, self.first, date and date.first)
        if self.last:
            setattr(instance, self.last, date and date.last)
        return date


def with_days(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """These columns of a model, with the days behind those that are partial dates: what a save of them writes."""
    columns = []
    for name in names:
        field = model._meta.get_field(name)
        columns.append(name)
        if isinstance(field, PartialDateField):
            columns += [day for day in (field.first, field.last) if day]
    return columns


class Dated(models.Model):
    """A model with partial dates: their companions are there already when its constraints are validated.

    The field's own clean() would not do: Django does not call it for a date that an editor has emptied.
    """

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        for field in self._meta.concrete_fields:
            if isinstance(field, PartialDateField):
                with contextlib.suppress(ValidationError):  # said at the field itself, by its validator
                    field.fill(self)


def companions(name: str) -> models.Q:
    """The condition that the companions of the partial date `name` are null together with its text, and in order."""
    empty = models.Q(**{name: "", f"{name}_first__isnull": True, f"{name}_last__isnull": True})
    # Said of both days that they are there: a comparison with NULL is neither true nor false, and a CHECK lets it pass.
    full = ~models.Q(**{name: ""}) & models.Q(
        **{
            f"{name}_first__isnull": False,
            f"{name}_last__isnull": False,
            f"{name}_first__lte": models.F(f"{name}_last"),
        }
    )
    return empty | full
