"""Partial dates: what is read, what is refused, which days they cover, and how they are said."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from clusters.dates import PartialDate, day_in_words, validate_partial_date
from clusters.models import Source
from tests.factories import make_source


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2008", dt.date(2008, 1, 1), dt.date(2008, 12, 31), "2008"),
        ("2013-11", dt.date(2013, 11, 1), dt.date(2013, 11, 30), "novembre 2013"),
        ("2020-02", dt.date(2020, 2, 1), dt.date(2020, 2, 29), "février 2020"),
        ("2017-03-12", dt.date(2017, 3, 12), dt.date(2017, 3, 12), "12 mars 2017"),
        ("2017-05-01", dt.date(2017, 5, 1), dt.date(2017, 5, 1), "1er mai 2017"),
        ("2016/2017", dt.date(2016, 1, 1), dt.date(2017, 12, 31), "2016–2017"),
        ("2016-03/2016-05", dt.date(2016, 3, 1), dt.date(2016, 5, 31), "mars 2016–mai 2016"),
        ("2016/2016-03", dt.date(2016, 1, 1), dt.date(2016, 3, 31), "2016–mars 2016"),
        ("  2008 ", dt.date(2008, 1, 1), dt.date(2008, 12, 31), "2008"),
    ],
)
def test_a_partial_date_covers_its_days_and_is_said_in_french(text, first, last, words):
    date = PartialDate.parse(text)
    assert (date.first, date.last, str(date), date.text) == (first, last, words, text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "08", "200", "20080", "2008-1", "2008-00", "2008-13", "2008-02-00", "2008-02-30", "2019-02-29", "2008-3-12",
        "2008/", "/2008", "2008/2007", "2008-05/2008-04", "2008/2009/2010", "2008–2009", "12/03/2017", "mars 2008", "-2008",
        "0000", "2008-03-12T10:00", "٢٠٠٨", "2008?", "2008\n2009",
    ],
)  # fmt: skip
def test_what_the_calendar_does_not_have_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 (any text at all may come in: the type is the promise)
        PartialDate.parse(text)
    with pytest.raises(ValidationError) as refusal:
        validate_partial_date(text)
    assert "n’est pas une date" in refusal.value.messages[0]


def test_the_sentence_of_a_refusal_does_not_repeat_a_whole_pasted_page():
    with pytest.raises(ValidationError) as refusal:
        validate_partial_date("x" * 10_000)
    assert len(refusal.value.messages[0]) < 200


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_every_day_month_and_year_holds_its_day(day):
    for text in (f"{day:%Y-%m-%d}", f"{day:%Y-%m}", f"{day.year:04d}"):
        date = PartialDate.parse(text)
        assert date.first <= day <= date.last
        assert PartialDate.parse(date.text) == date


@given(st.dates(min_value=dt.date(1000, 1, 1)), st.dates(min_value=dt.date(1000, 1, 1)))
def test_an_interval_is_read_if_and_only_if_it_does_not_run_backwards(start, end):
    text = f"{start:%Y-%m-%d}/{end:%Y-%m-%d}"
    if start <= end:
        assert (PartialDate.parse(text).first, PartialDate.parse(text).last) == (start, end)
    else:
        with pytest.raises(ValueError, match=text):
            PartialDate.parse(text)


@given(st.text(max_size=30))
def test_any_text_is_a_date_in_order_or_a_value_error(text):
    try:
        date = PartialDate.parse(text)
    except ValueError:
        return
    assert date.first <= date.last


def test_the_first_of_a_month_is_ordinal_in_french_only():
    assert day_in_words(dt.date(2020, 3, 1)) == "1er mars 2020"
    assert day_in_words(dt.date(2020, 3, 1), weekday=True) == "dimanche 1er mars 2020"
    assert day_in_words(dt.date(2020, 3, 11), weekday=True) == "mercredi 11 mars 2020"
    with translation.override("en"):
        assert "1er" not in day_in_words(dt.date(2020, 3, 1))


@pytest.mark.django_db
def test_saving_fills_the_days_behind_a_partial_date_and_emptying_it_takes_them_away():
    source = make_source(published=" 2013-11 ")
    source.refresh_from_db()
    assert (source.published, source.published_first, source.published_last) == (
        "2013-11",
        dt.date(2013, 11, 1),
        dt.date(2013, 11, 30),
    )
    assert str(source.published_date) == "novembre 2013"
    source.published = ""
    source.save()
    source.refresh_from_db()
    assert (source.published_first, source.published_last, source.published_date) == (None, None, None)


@pytest.mark.django_db
def test_bulk_writing_fills_the_days_too():
    Source.objects.bulk_create([Source(slug="en-masse", kind="study", title="T", published="2016/2017")])
    source = Source.objects.get(slug="en-masse")
    assert (source.published_first, source.published_last) == (dt.date(2016, 1, 1), dt.date(2017, 12, 31))


@pytest.mark.django_db
def test_no_importer_can_write_a_date_that_is_none():
    with pytest.raises(ValidationError):
        make_source(published="vers 2008")


@pytest.mark.django_db
def test_a_date_that_is_typed_changed_and_emptied_passes_the_constraints_before_it_is_saved():
    source = make_source(published="2008-05")
    source.published = "2013/2014"
    source.full_clean()
    assert (source.published_first, source.published_last) == (dt.date(2013, 1, 1), dt.date(2014, 12, 31))
    source.published = ""
    source.full_clean()
    assert source.published_first is None
    assert source.published_last is None
