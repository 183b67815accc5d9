"""How pages print dates, figures and structured data; the words themselves come from clusters.words and clusters.dates."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from clusters import words
from clusters.dates import PartialDate, day_in_words, moment_in_words
from clusters.markup import script_json
from clusters.models import Observation
from clusters.typography import typeset as typeset_text

register = template.Library()


def _local(moment: dt.datetime | dt.date) -> dt.date:
    return timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment


@register.filter
def day(moment: dt.datetime | dt.date | None) -> str:
    """« 2 mars 2020 »; empty for None."""
    return day_in_words(_local(moment)) if moment else ""


@register.filter
def weekday(moment: dt.datetime | dt.date | None) -> str:
    """« lundi 2 mars 2020 »; empty for None."""
    return day_in_words(_local(moment), weekday=True) if moment else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """« 2 mars 2020 à 08:40 », in the site's time zone; empty for None."""
    return moment_in_words(value) if value else ""


@register.filter
def iso(value: dt.datetime | dt.date | None) -> str:
    """For `<time datetime>`, to the second: microseconds are not valid HTML there."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if value else ""


@register.filter(name="words")
def in_words(date: PartialDate | None) -> str:
    return str(date) if date else ""


@register.filter
def value(observation: Observation) -> str:
    return words.value(observation)


@register.filter
def when(observation: Observation) -> str:
    return words.when(observation)


@register.filter
def grouped(number: Decimal | int) -> str:
    return words.grouped(number)


@register.filter
def typeset(text: Any) -> str:
    return typeset_text(str(text))


@register.simple_tag
def period(first: PartialDate | None, last: PartialDate | None) -> str:
    """« depuis 2008 », « depuis le 12 mars 2017 », « jusqu’au 30 juin 2022 », « de 2008 à 2022 »."""
    return words.period(first, last)


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """Structured data for search engines, in a script element that cannot be closed from within."""
    return script_json(data, "application/ld+json")
