"""What is said of a chart beside its drawing: its course, in a sentence."""

from decimal import Decimal

import pytest

from tests import factories as make
from tests.clusters.test_comparison import charts_of, figure, page

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


def test_what_a_chart_leaves_out_has_its_source_beside_it(client):
    members = make.make_indicator(unit="adhérents")
    one, other = make.make_cluster(), make.make_cluster()
    drawn, left_out, joint = (make.make_source(title=title) for title in ("Annuaire", "Journal", "Rapport"))
    for cluster, year in ((one, "2012"), (one, "2014"), (other, "2011"), (other, "2013")):
        figure(cluster, members, 20, year, source=drawn)
    figure(other, members, 30, "2015", unit="entreprises", source=left_out)
    make.make_observation(one, other, indicator=members, value=Decimal(29000), source=joint)
    compared = page(client, one.slug, other.slug, indicator=members.code)
    for response in (compared, client.get(other.get_absolute_url())):
        html = response.content.decode()
        told = html.partition('class="note chart-left-out"')[2].partition("</div>")[0]
        numbers = {entry["source"]: entry["number"] for entry in response.context["sources"]}
        for source in (left_out, joint):
            assert f'href="#source-{numbers[source]}"' in told
            assert f'id="source-{numbers[source]}"' in html
    assert [row.row.source_number for row in compared.context["chart"].left_out] == [2, 3]
