"""What is said of a chart beside its drawing: its course, in a sentence."""

from decimal import Decimal

import pytest

from tests import factories as make
from tests.clusters.test_comparison import charts_of, figure

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ({}, "60 adhérents"),
        ({"precision": "about"}, "Environ 60 adhérents"),
        ({"precision": "at_least"}, "Plus de 60 adhérents"),
        ({"precision": "at_most"}, "Au plus 60 adhérents"),
        ({"upper": Decimal(70)}, "De 60 à 70 adhérents"),
    ],
)
@pytest.mark.parametrize(
    ("dated", "when"),
    [
        ("2015", "en 2015"),
        ("2015-04", "en avril 2015"),
        ("2015-03-01", "le 1er mars 2015"),
        ("2014/2015", "de 2014 à 2015"),
    ],
)
def test_what_a_chart_says_is_a_sentence_whatever_is_known(first, said, dated, when):
    cluster = make.make_cluster()
    members = make.make_indicator(unit="adhérents")
    figure(cluster, members, 60, dated, **first)
    figure(cluster, members, 90, "2018", upper=Decimal(120))
    (chart,) = charts_of(cluster)
    assert (
        chart.description.replace("\xa0", " ")
        == f"{said} {when}, puis de 90 à 120 adhérents en 2018, 2 valeurs datées et aucune sans date."
    )
