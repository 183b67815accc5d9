"""Numbers as people type them: one reading for the import and the forms of the admin."""

import contextlib
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clusters.models import Observation
from clusters.numbers import NoNumber, NumberField, read, written
from tests import factories as make
from tests.clusters.test_admin import change, errors, figure, form_of

WRITTEN = [
    ("29 000", 29000),
    ("29\u00a0000", 29000),
    ("29\u202f000", 29000),
    ("1,5", "1.5"),
    ("1.5", "1.5"),
    (" 80 ", 80),
]


@pytest.mark.parametrize(("said", "value"), WRITTEN)
def test_a_field_reads_a_number_as_it_is_written(said, value):
    assert NumberField(max_digits=20, decimal_places=4).clean(said) == Decimal(value)


@pytest.mark.parametrize(
    ("said", "words"),
    [("29.000", "deux façons"), ("1,234", "deux façons"), ("beaucoup", "n’est pas un nombre"), ("1e5", "n’est pas un nombre"),
     ("1" * 5000, "n’est pas un nombre"), ("1" * 21, "20 chiffres")],
)  # fmt: skip
def test_a_field_refuses_with_the_sentence_of_the_import(said, words):
    with pytest.raises(ValidationError) as refused:
        NumberField(max_digits=20, decimal_places=4).clean(said)
    assert words in refused.value.messages[0]


def test_an_empty_field():
    assert NumberField(required=False).clean(" ") is None
    with pytest.raises(ValidationError):
        NumberField().clean("")


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=4))
def test_a_number_is_read_as_it_was_shown(number):
    assert read(NumberField().prepare_value(number)) == number


@pytest.mark.parametrize(("number", "said"), [("29000.0000", "29000"), ("1.5000", "1,5"), ("1.2340", "1,2340")])
def test_a_number_is_shown_as_it_is_typed(number, said):
    assert written(Decimal(number)) == said


@given(st.text("0123456789 .,-+−'’\u202fe٣"))
def test_whatever_is_typed_is_a_number_or_none(said):
    with contextlib.suppress(NoNumber):
        assert read(said).is_finite()


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "value"), WRITTEN[:5])
def test_a_figure_is_typed_in_french_on_both_pages(client, as_role, said, value):
    as_role("editor")
    cluster, indicator, source = make.make_cluster(), make.make_indicator(), make.make_source()
    rows = [figure(indicator, source, value=said, note="dans la fiche")]
    assert client.post(change(cluster), form_of(cluster, observation_links=rows)).status_code == 302
    alone = figure(indicator, source, value=said, scope="cluster", about=[cluster.pk])
    assert client.post("/admin/clusters/observation/add/", alone).status_code == 302
    assert [one.value for one in Observation.objects.all()] == [Decimal(value)] * 2
    assert "se lit de deux façons" in errors(
        client.post("/admin/clusters/observation/add/", {**alone, "value": "29.000"})
    )


@pytest.mark.django_db
def test_a_reader_s_correction_is_decided_in_french(client, as_role):
    as_role("editor")
    old = make.make_observation(make.make_cluster())
    asked = make.make_suggestion(old.clusters.get(), field="figure", observation=old, proposed="29.125 adhérents")
    page = f"/admin/clusters/suggestion/{asked.pk}/change/"
    sent = {"decision": "accept", "precision": "exact", "source_title": "Preuve", "source_kind": "press"}
    refused = client.post(page, {**sent, "value": "29.000"})
    assert refused.status_code == 422
    assert "se lit de deux façons" in refused.content.decode()
    assert client.post(page, {**sent, "value": "29 000,5"}).status_code == 302
    assert Observation.objects.get(supersedes=old).value == Decimal("29000.5")
