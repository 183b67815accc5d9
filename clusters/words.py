"""Figures and their dates in words: how a reader is told a number, how sure it is, and of when.

One place, so that page, export, feed and admin say the same figure in the same way.
"""

from decimal import Decimal

from django.utils.translation import gettext, ngettext

from clusters.dates import PartialDate
from clusters.models import Indicator, Observation
from clusters.typography import FIXED, NARROW

_CURRENCIES = {"MAD": "dirhams", "EUR": "euros", "TND": "dinars tunisiens", "DZD": "dinars algériens", "USD": "dollars"}


def grouped(number: Decimal | int | float) -> str:
    """A number in the French manner: thousands set apart by a narrow no-break space, decimals after a comma.

    >>> grouped(Decimal("29000.0000"))
    '29\u202f000'
    """
    plain = f"{Decimal(str(number)).normalize():f}"
    whole, _point, decimals = plain.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    groups = []
    while digits:
        digits, group = digits[:-3], digits[-3:]
        groups.insert(0, group)
    return sign + NARROW.join(groups) + (f",{decimals}" if decimals else "")


def quantity(number: Decimal, observation: Observation) -> str:
    """A number with its unit: « 80 adhérents », « 38 millions de dirhams », « 60 % », « 2008 »."""
    measure = observation.indicator.measure
    if measure == Indicator.Measure.YEAR:
        return f"{number:.0f}"
    if measure == Indicator.Measure.PERCENTAGE:
        return f"{grouped(number)}{FIXED}%"
    if measure == Indicator.Measure.MONEY:
        return _money(number, observation)
    unit = observation.unit or observation.indicator.unit
    return f"{grouped(number)}{FIXED}{unit}" if unit else grouped(number)


def currency_name(code: str) -> str:
    """« dirhams » for MAD; the code itself where it has no name here."""
    return gettext(_CURRENCIES.get(code, code))


def _money(number: Decimal, observation: Observation) -> str:
    currency = currency_name(observation.currency)
    per = f" {observation.unit}" if observation.unit else ""
    for size, one, many in ((10**9, "milliard", "milliards"), (10**6, "million", "millions")):
        amount = number / size
        # Only where nothing is lost: what a source counted to the unit is not rounded for it.
        if amount >= 1 and amount == round(amount, 2):
            elided = "d’" if currency[:1].lower() in "aeiouyé" else f"de{FIXED}"
            return f"{grouped(amount)}{FIXED}{ngettext(one, many, 2 if amount >= 2 else 1)} {elided}{currency}{per}"
    return f"{grouped(number)}{FIXED}{currency}{per}"


def value(observation: Observation) -> str:
    """What the source says: « environ 29 000 employés », « plus de 200 adhérents », « de 12 à 15 hectares »."""
    if observation.upper is not None:
        low = _low_end(observation)
        return gettext("de %(low)s à %(high)s") % {"low": low, "high": quantity(observation.upper, observation)}
    said = quantity(observation.value, observation)
    pattern = {
        Observation.Precision.ABOUT: gettext("environ %s"),
        Observation.Precision.AT_LEAST: gettext("plus de %s"),
        Observation.Precision.AT_MOST: gettext("au plus %s"),
    }.get(observation.precision, "%s")
    return pattern.replace("%s", said)


def _low_end(observation: Observation) -> str:
    """The lower number of a range: bare where the upper one's unit serves both."""
    measure = observation.indicator.measure
    million_or_more = measure == Indicator.Measure.MONEY and observation.upper >= 10**6
    if measure == Indicator.Measure.YEAR or million_or_more:
        return quantity(observation.value, observation)
    return grouped(observation.value)


def when(observation: Observation) -> str:
    """Of when it is: its date in words, or that it has none and what bounds it.

    A fact without a date is never given its source's date: that day is only the latest it can be.
    """
    if observation.date:
        dated = str(observation.date)
        return f"{dated} ({observation.period_note})" if observation.period_note else dated
    if observation.indicator.measure == Indicator.Measure.YEAR:
        return observation.period_note
    if observation.period_note:
        return observation.period_note
    published = observation.source.published_date
    if published and published.first == published.last:
        return gettext("non daté, au plus tard le %(day)s") % {"day": published}
    if published:
        return gettext("non daté, au plus tard %(date)s") % {"date": published}
    return gettext("non daté")


def period(first: PartialDate | None, last: PartialDate | None) -> str:
    """From when to when, with the small words that French wants: « depuis le 12 mars 2017 », « d’avril 2020 à 2022 »."""
    if first and last:
        return gettext("%(from)s %(to)s") % {"from": _from(first), "to": _to(last)}
    if first:
        pattern = gettext("depuis le %(date)s") if _opens_with_a_day(first) else gettext("depuis %(date)s")
        return pattern % {"date": first}
    if last:
        pattern = gettext("jusqu’au %(date)s") if _opens_with_a_day(last) else gettext("jusqu’en %(date)s")
        return pattern % {"date": last}
    return ""


def at(date: PartialDate) -> str:
    """When something was: « en 2018 », « en novembre 2013 », « le 12 mars 2017 », « de 2016 à 2017 »."""
    start, _slash, end = date.text.partition("/")
    if end:
        return period(PartialDate.parse(start), PartialDate.parse(end))
    return (gettext("le %(date)s") if _opens_with_a_day(date) else gettext("en %(date)s")) % {"date": date}


def _from(date: PartialDate) -> str:
    if _opens_with_a_day(date):
        return gettext("du %(date)s") % {"date": date}
    elided = str(date)[:1].lower() in "aeiouyé"
    return (gettext("d’%(date)s") if elided else gettext("de %(date)s")) % {"date": date}


def _to(date: PartialDate) -> str:
    return (gettext("au %(date)s") if _opens_with_a_day(date) else gettext("à %(date)s")) % {"date": date}


def _opens_with_a_day(date: PartialDate) -> bool:
    """Whether its words begin with the number of a day: then « le » stands before them."""
    start = PartialDate.parse(date.text.partition("/")[0])
    return start.first == start.last
