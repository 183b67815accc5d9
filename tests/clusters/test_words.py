"""Figures and their dates in words: every precision, range, money, percentage and year, and the figures without a date."""

from decimal import Decimal

import pytest

from clusters import words
from clusters.dates import PartialDate
from clusters.models import Indicator, Observation, Source
from clusters.words import grouped, value, when

N, F = "\u202f", "\u00a0"


def observation(measure="count", unit="adhérents", published="", **values):
    indicator = Indicator(code="x", label="X", unit=unit, measure=measure)
    source = Source(title="Étude", published=published)
    return Observation(indicator=indicator, source=source, **{"value": Decimal(80), **values})


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"), (7, "7"), (999, "999"), (1000, f"1{N}000"), (29000, f"29{N}000"), (1234567, f"1{N}234{N}567"), (100000, f"100{N}000"),
        (Decimal("29000.0000"), f"29{N}000"), (Decimal("0.5000"), "0,5"), (Decimal("1234.5600"), f"1{N}234,56"), (Decimal("1E+3"), f"1{N}000"),
        (Decimal("-1500"), f"-1{N}500"), (12.5, "12,5"), (Decimal("9999999999999999.9999"), f"9{N}999{N}999{N}999{N}999{N}999,9999"),
    ],
)  # fmt: skip
def test_numbers_are_grouped_in_the_french_manner(number, words):
    assert grouped(number) == words


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        ("exact", f"80{F}adhérents"),
        ("about", f"environ 80{F}adhérents"),
        ("at_least", f"plus de 80{F}adhérents"),
        ("at_most", f"au plus 80{F}adhérents"),
    ],
)
def test_how_sure_it_is_is_said(precision, words):
    assert value(observation(precision=precision)) == words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"value": Decimal("29000.0000"), "unit": "employés"}, f"29{N}000{F}employés"),
        ({"measure": "count", "unit": ""}, "80"),
        ({"measure": "area", "unit": "hectares", "value": Decimal("12.5")}, f"12,5{F}hectares"),
        ({"measure": "percentage", "unit": "de l’export", "value": Decimal("60.0000")}, f"60{F}%"),
        ({"measure": "percentage", "value": Decimal("2.5"), "precision": "about"}, f"environ 2,5{F}%"),
        ({"measure": "year", "unit": "", "value": Decimal("2008.0000")}, "2008"),
        ({"measure": "year", "unit": "", "value": Decimal(2008), "precision": "about"}, "environ 2008"),
    ],
)
def test_each_measure_has_its_form(values, words):
    assert value(observation(**values)) == words


def test_the_unit_of_the_source_stands_before_the_one_of_the_indicator():
    row = observation(unit="adhérents")
    row.unit = "entreprises"
    assert value(row) == f"80{F}entreprises"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("950000", "MAD", f"950{N}000{F}dirhams"),
        ("1000000", "MAD", f"1{F}million de{F}dirhams"),
        ("1500000", "MAD", f"1,5{F}million de{F}dirhams"),
        ("38000000", "MAD", f"38{F}millions de{F}dirhams"),
        ("38000000", "EUR", f"38{F}millions d’euros"),
        ("2250000", "TND", f"2,25{F}millions de{F}dinars tunisiens"),
        ("5000000000", "MAD", f"5{F}milliards de{F}dirhams"),
        ("1000000000", "USD", f"1{F}milliard de{F}dollars"),
        ("38000000", "CHF", f"38{F}millions de{F}CHF"),
        # What the source counted to the unit is not rounded for it.
        ("1234567", "MAD", f"1{N}234{N}567{F}dirhams"),
        ("999999999", "MAD", f"999{N}999{N}999{F}dirhams"),
        ("1234500000", "MAD", f"1{N}234,5{F}millions de{F}dirhams"),
    ],
)
def test_money_is_told_in_millions_and_milliards_without_losing_anything(amount, currency, words):
    assert value(observation("money", "", value=Decimal(amount), currency=currency)) == words


def test_money_per_something():
    row = observation("money", "", value=Decimal(38000000), currency="MAD")
    row.unit = "par an"
    assert value(row) == f"38{F}millions de{F}dirhams par an"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"value": Decimal(12), "upper": Decimal(15), "unit": "hectares"}, f"de 12 à 15{F}hectares"),
        ({"value": Decimal(900), "upper": Decimal(1500)}, f"de 900 à 1{N}500{F}adhérents"),
        ({"measure": "percentage", "value": Decimal(10), "upper": Decimal(15)}, f"de 10 à 15{F}%"),
        ({"measure": "year", "value": Decimal(2008), "upper": Decimal(2010)}, "de 2008 à 2010"),
        (
            {"measure": "money", "value": Decimal(500_000), "upper": Decimal(2_000_000), "currency": "EUR"},
            f"de 500{N}000{F}euros à 2{F}millions d’euros",
        ),
    ],
)
def test_a_range_gives_both_ends(values, words):
    assert value(observation(**values)) == words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"dated": "2008"}, "2008"),
        ({"dated": "2013-11"}, "novembre 2013"),
        ({"dated": "2016/2017"}, "2016–2017"),
        ({"dated": "2008", "period_note": "cumul depuis 2005"}, "2008 (cumul depuis 2005)"),
        ({"period_note": "au plus tard mars 2020"}, "au plus tard mars 2020"),
        ({"published": "2020-03-02"}, "non daté, au plus tard le 2 mars 2020"),
        ({"published": "2020-03"}, "non daté, au plus tard mars 2020"),
        ({"published": "2020"}, "non daté, au plus tard 2020"),
        ({}, "non daté"),
        ({"measure": "year", "published": "2020"}, ""),
        ({"measure": "year", "period_note": "selon le site"}, "selon le site"),
        ({"measure": "year", "dated": "2011"}, "2011"),
    ],
)
def test_of_when_a_figure_is(values, words):
    assert when(observation(**values)) == words


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2008", "", "depuis 2008"),
        ("2022-06-30", "", "depuis le 30 juin 2022"),
        ("", "2022-06-30", "jusqu’au 30 juin 2022"),
        ("", "2022", "jusqu’en 2022"),
        ("2014", "2019", "de 2014 à 2019"),
        ("2014-01-02", "2019-03-04", "du 2 janvier 2014 au 4 mars 2019"),
        ("2017-03-12", "2018", "du 12 mars 2017 à 2018"),
        ("2018", "2019-03-12", "de 2018 au 12 mars 2019"),
        ("2020-04", "2021-10", "d’avril 2020 à octobre 2021"),
        ("2019-10", "2020-08-01", "d’octobre 2019 au 1er août 2020"),
        ("2018-08", "2018-11", "d’août 2018 à novembre 2018"),
        ("2018-05", "2019", "de mai 2018 à 2019"),
        ("2018-04", "", "depuis avril 2018"),
        ("", "2018-04", "jusqu’en avril 2018"),
        ("2016/2017", "", "depuis 2016–2017"),
        ("", "2016/2017", "jusqu’en 2016–2017"),
        ("2016/2017", "2019", "de 2016–2017 à 2019"),
        ("2017-03-12/2017-03-20", "", "depuis le 12 mars 2017–20 mars 2017"),
        ("", "", ""),
    ],
)
def test_a_period_has_the_articles_that_french_wants(first, last, said):
    first, last = (PartialDate.parse(text) if text else None for text in (first, last))
    assert words.period(first, last) == said


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2018", "en 2018"),
        ("2013-11", "en novembre 2013"),
        ("2020-04", "en avril 2020"),
        ("2017-03-01", "le 1er mars 2017"),
        ("2016/2017", "de 2016 à 2017"),
        ("2020-04/2021", "d’avril 2020 à 2021"),
        ("2017-03-12/2017-03-20", "du 12 mars 2017 au 20 mars 2017"),
    ],
)
def test_when_something_was_has_the_small_word_that_french_wants(date, said):
    assert words.at(PartialDate.parse(date)) == said
