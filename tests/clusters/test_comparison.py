"""Charts made of recorded figures: what may share an axis, and the pages that show it, of one cluster and of several."""

import re
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clusters import charting
from clusters.models import Observation
from tests import factories as make

pytestmark = pytest.mark.django_db

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
MOST_QUERIES = 15


@pytest.fixture
def members(db):
    return make.make_indicator(code="members", label="Adhérents", unit="adhérents", counts="Les adhérents.", position=2)


def figure(cluster, indicator, value, dated="", **more):
    return make.make_observation(cluster, indicator=indicator, value=Decimal(str(value)), dated=dated, **more)


def observations(cluster):
    return list(Observation.objects.visible().about(cluster).with_details())


def charts_of(cluster):
    return charting.charts_of(cluster, observations(cluster))


def compared(indicator, *clusters):
    return charting.comparison_of(indicator, [(cluster, observations(cluster)) for cluster in clusters])


def page(client, *slugs, **more):
    return client.get("/clusters/compare/", {"c": slugs, **more})


def text_of(response):
    return " ".join(
        re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").replace("\u202f", " ").split()
    )


def sheets(response):
    """The drawings of a page, read as XML; small ones of the legend left aside."""
    return [
        one
        for one in map(ET.fromstring, SVG.findall(response.content.decode()))
        if "chart-sheet" in one.get("class", "")
    ]


# -- what may share an axis


def test_two_dated_values_make_a_chart_and_one_does_not(members):
    cluster = make.make_cluster()
    figure(cluster, members, 16, "2012")
    assert charts_of(cluster) == []
    figure(cluster, members, 35, "2014-11")
    figure(cluster, members, 96)
    (chart,) = charts_of(cluster)
    assert [row.value for row in chart.rows] == [35, 16, 96]  # the latest first, those without a date last
    assert chart.unit == "adhérents"
    assert (
        chart.description.replace("\xa0", " ")
        == "16 adhérents en 2012, puis 35 adhérents en novembre 2014, 2 valeurs datées et 1 sans date."
    )
    assert [drawing.frame.name for drawing in chart.drawings] == ["narrow", "wide"]
    assert {len(drawing.marks) for drawing in chart.drawings} == {3}


def test_values_without_any_date_make_no_chart(members):
    cluster = make.make_cluster()
    figure(cluster, members, 80)
    figure(cluster, members, 110)
    assert charts_of(cluster) == []


def test_another_thing_is_left_out_and_said_so(members):
    """CE3M: « more than twenty companies » in 2017 beside members."""
    cluster = make.make_cluster()
    figure(cluster, members, 6, "2008")
    figure(cluster, members, 80, "2020")
    figure(cluster, members, 20, "2017-03-12", unit="entreprises", precision="at_least")
    (chart,) = charts_of(cluster)
    assert [row.value for row in chart.rows] == [80, 6]
    assert [one.text for one in chart.left_out] == [
        "plus de 20\xa0entreprises (12 mars 2017)\xa0: compte des entreprises, et non des adhérents."
    ]


def test_the_same_people_counted_more_strictly_share_the_axis_but_no_line(members):
    """The solar cluster: 60 full members, then more than 200 members, then more than 210 active ones."""
    cluster = make.make_cluster()
    figure(cluster, members, 60, "2016/2017", unit="membres à part entière")
    figure(cluster, members, 200, "2022-07", precision="at_least")
    figure(cluster, members, 210, "2024-02-23", precision="at_least", unit="membres actifs")
    (chart,) = charts_of(cluster)
    assert len(chart.rows) == 3
    assert chart.left_out == []
    assert all(drawing.lines == [] for drawing in chart.drawings)
    (remark,) = chart.remarks
    assert "membres actifs, adhérents, membres à part entière" in remark
    assert [mark.point.label for mark in chart.drawings[1].marks] == ["60", ">\xa0200", ">\xa0210"]
    assert [sign["shape"] for sign in chart.signs] == ["exact", "at_least", "period"]


def test_a_joint_figure_is_on_no_curve(members):
    cluster, other = make.make_cluster(name="Textile"), make.make_cluster(name="Design")
    figure(cluster, members, 10, "2012")
    figure(cluster, members, 20, "2014")
    make.make_observation(cluster, other, indicator=members, value=Decimal(29000), dated="2016", precision="about")
    (chart,) = charts_of(cluster)
    assert [row.value for row in chart.rows] == [20, 10]
    assert [one.text for one in chart.left_out] == [
        "environ 29\u202f000\xa0adhérents (2016)\xa0: chiffre commun à Design et Textile, que rien ne permet de partager."
    ]
    both = compared(members, cluster, other)
    assert len(both.left_out) == 1
    assert both.missing == ["Design"]


def test_what_is_set_aside_is_never_drawn(members):
    cluster = make.make_cluster()
    figure(cluster, members, 10, "2012")
    figure(cluster, members, 20, "2014")
    figure(cluster, members, 9999, "2016", rank="deprecated", rank_reason="Faute de frappe.")
    (chart,) = charts_of(cluster)
    assert [row.value for row in chart.rows] == [20, 10]
    assert chart.left_out == []


def test_two_currencies_are_two_axes(db):
    turnover = make.make_indicator(code="turnover", label="Chiffre d’affaires", unit="", measure="money")
    cluster = make.make_cluster()
    figure(cluster, turnover, 38_000_000, "2012", currency="MAD")
    figure(cluster, turnover, 52_500_000, "2014", currency="MAD")
    figure(cluster, turnover, 9_000_000, "2016", currency="EUR")
    (chart,) = charts_of(cluster)
    assert chart.unit == "millions de\xa0dirhams"
    assert [mark.point.label for mark in chart.drawings[1].marks] == ["38", "52,5"]
    assert [one.text for one in chart.left_out] == [
        "9\xa0millions d’euros (2016)\xa0: exprimé en euros, et non en dirhams."
    ]


def test_a_year_is_no_curve(db):
    founded = make.make_indicator(code="founded", label="Année de création", unit="", measure="year")
    cluster = make.make_cluster()
    figure(cluster, founded, 2008, "2008")
    figure(cluster, founded, 2010, "2010")
    assert charts_of(cluster) == []
    chart = compared(founded, cluster)
    assert chart.reason == "Une année ne se trace pas au fil du temps\xa0: la voici en tableau."
    assert len(chart.rows) == 2


@pytest.mark.parametrize(("measure", "unit"), [("count", "adhérents"), ("year", "")])
def test_where_all_figures_are_shared_nothing_is_drawn(client, measure, unit):
    """Of two joint years the record's page, which draws nothing, once answered with an error."""
    indicator = make.make_indicator(measure=measure, unit=unit)
    cluster, other = make.make_cluster(), make.make_cluster()
    for value in (2008, 2010):
        make.make_observation(cluster, other, indicator=indicator, value=Decimal(value), dated=str(value))
    assert charts_of(cluster) == []
    assert client.get(cluster.get_absolute_url()).status_code == 200
    chart = compared(indicator, cluster, other)
    assert (chart.reason, chart.drawings) == ("Aucune valeur ne peut être tracée.", [])
    assert len(chart.left_out) == 2


def test_percentages_and_ranges_are_written_shortly(db):
    share = make.make_indicator(code="share", label="Part", unit="%", measure="percentage")
    cluster = make.make_cluster()
    figure(cluster, share, 12, "2012", upper=Decimal(15))
    figure(cluster, share, "20.5", "2014", precision="at_most")
    (chart,) = charts_of(cluster)
    assert chart.unit == "%"
    assert [mark.point.label for mark in chart.drawings[1].marks] == ["12–15", "≤\xa020,5"]
    assert [row.precision_label for row in chart.rows] == ["au plus", "fourchette"]


def test_very_large_counts_keep_a_short_axis(members):
    cluster = make.make_cluster()
    figure(cluster, members, 2_500_000, "2012")
    figure(cluster, members, 900_000_000_000_000, "2014")
    (chart,) = charts_of(cluster)
    assert chart.unit == "milliards d’adhérents"
    assert all(word.x - len(word.text) * 7.3 >= -1 for drawing in chart.drawings for word in drawing.values)


# -- the cluster's page


def test_a_record_shows_its_chart_with_every_value_in_the_table(client, members):
    cluster = make.make_cluster(name="Mécatronique")
    sources = [make.make_source(publisher=f"Éditeur {number}") for number in range(3)]
    for (value, dated), source in zip([(16, "2012"), (35, "2014-11"), (96, "")], sources, strict=True):
        figure(cluster, members, value, dated, source=source)
    response = client.get(cluster.get_absolute_url())
    narrow, wide = sheets(response)
    for sheet, size in ((narrow, "0 0 320 248"), (wide, "0 0 720 340")):
        assert sheet.get("viewBox") == size
        assert sheet.get("role") == "img"
        named = {one.get("id"): one.text for one in sheet.iter() if one.get("id")}
        assert named[sheet.get("aria-labelledby")] == "Adhérents\xa0: Mécatronique"
        assert "3 valeurs" not in named[sheet.get("aria-describedby")]
        assert "2 valeurs datées et 1 sans date" in named[sheet.get("aria-describedby")]
        assert not [one for one in sheet.iter() if "style" in one.attrib]
        words = [one.text for one in sheet.iter("text")]
        assert {"adhérents", "2012", "2013", "2014", "sans date"} <= set(words)
    ids = re.findall(r'id="([^"]+)"', response.content.decode())
    assert len(ids) == len(set(ids))
    table = response.content.decode().partition('class="chart-table"')[2].partition("</table>")[0]
    assert table.count("<tr>") == 4
    assert all(f"Éditeur {number}" in table for number in range(3))
    assert f'<a href="/clusters/compare/?c={cluster.slug}"' in response.content.decode()


def test_a_record_without_a_curve_has_no_chart(client, members):
    cluster = make.make_cluster()
    figure(cluster, members, 16, "2012")
    response = client.get(cluster.get_absolute_url())
    assert sheets(response) == []
    assert "chart.css" not in response.content.decode()


def test_the_chart_of_a_past_day_knows_nothing_later(client, members):
    cluster = make.make_cluster()
    for year in (2012, 2014, 2020):
        figure(cluster, members, year - 2000, str(year), source=make.make_source(published="2021"))
    assert "20 adhérents" in text_of(client.get(cluster.get_absolute_url()))
    then = client.get(f"{cluster.get_absolute_url()}?as_of=2015")
    assert len(sheets(then)) == 2
    assert "20 adhérents" not in text_of(then)


# -- the comparison


def test_two_clusters_on_one_chart(client, members):
    one, other = make.make_cluster(name="Solaire"), make.make_cluster(name="Aéronautique")
    for year in (2012, 2014):
        figure(one, members, year - 2000, str(year))
        figure(other, members, year - 1950, str(year))
    response = page(client, one.slug, other.slug, indicator="members")
    text = text_of(response)
    assert response.status_code == 200
    assert "Adhérents au fil du temps" in text
    _narrow, wide = sheets(response)
    lines = [path.get("class") for path in wide.iter("path") if "chart-line" in path.get("class", "")]
    assert lines == ["chart-line is-A", "chart-line is-B"]
    labels = [label.text.replace("\xa0", " ") for label in wide.iter("text") if "chart-label" in label.get("class", "")]
    assert sorted(labels) == ["A 12", "A 14", "B 62", "B 64"]
    assert "Solaire : 12 adhérents en 2012, puis 14 adhérents en 2014, 2 valeurs datées et aucune sans date." in text
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert text.count("Sources") == 1


def test_each_cluster_can_be_taken_away_and_another_added(client, members):
    one, other, third = (make.make_cluster(name=name) for name in ("Solaire", "Textile", "Solaire du Sud"))
    make.make_name(third, value="Héliopolis", kind="former")
    third.index()
    figure(one, members, 12, "2012")
    html = (
        page(client, one.slug, other.slug, indicator="members", q="Héliopolis").content.decode().replace("&amp;", "&")
    )
    assert f'href="/clusters/compare/?c={other.slug}&indicator=members"' in html  # without the first
    assert f'href="/clusters/compare/?c={one.slug}&c={other.slug}&c={third.slug}&indicator=members"' in html
    assert f'<input type="hidden" name="c" value="{one.slug}">' in html
    assert 'value="Héliopolis"' in html


def test_a_search_that_finds_nothing_says_what_to_do(client):
    one = make.make_cluster(name="Solaire")
    one.index()
    assert "Aucun autre cluster ne répond à « zzzz »" in text_of(page(client, q="zzzz"))
    assert "Aucun autre cluster ne répond à « solaire »" in text_of(page(client, one.slug, q="solaire"))


def test_without_an_indicator_the_one_that_most_have_is_shown(client, members):
    employees = make.make_indicator(code="employees", label="Salariés", unit="salariés", position=1)
    founded = make.make_indicator(code="founded", label="Création", measure="year", position=0)
    one, other = make.make_cluster(), make.make_cluster()
    figure(one, employees, 100, "2012")
    for cluster in (one, other):
        figure(cluster, members, 12, "2012")
        figure(cluster, founded, 2008)
    html = page(client, one.slug, other.slug).content.decode()
    assert '<option value="members" selected>Adhérents (2 sur 2)</option>' in html
    assert '<option value="employees">Salariés (1 sur 2)</option>' in html


def test_why_a_value_is_left_out_is_said(client, members):
    one, other = make.make_cluster(name="Solaire"), make.make_cluster(name="CE3M")
    figure(one, members, 60, "2016")
    figure(one, members, 80, "2018")
    figure(other, members, 20, "2017-03-12", unit="entreprises", precision="at_least")
    text = text_of(page(client, one.slug, other.slug))
    assert "CE3M, plus de 20 entreprises (12 mars 2017) : compte des entreprises, et non des adhérents." in text
    assert "Sans chiffre à comparer : CE3M." in text


def test_values_without_a_date_are_a_table(client, members):
    one, other = make.make_cluster(), make.make_cluster()
    figure(one, members, 60)
    figure(other, members, 80)
    response = page(client, one.slug, other.slug)
    assert sheets(response) == []
    assert "Aucune de ces valeurs n’est datée" in text_of(response)
    assert "80 adhérents" in text_of(response)


def test_nothing_asked(client):
    response = client.get("/clusters/compare/")
    assert response.status_code == 200
    assert "Aucun cluster n’est choisi" in text_of(response)
    assert "noindex" not in response.content.decode()


def test_a_cluster_without_figures(client):
    assert "Aucun chiffre à comparer" in text_of(page(client, make.make_cluster().slug))


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_what_is_not_public_is_not_compared(client, members, state):
    hidden = make.make_cluster(name="Secret", slug="cache", publication=state)
    figure(hidden, members, 4321, "2012")
    text = text_of(page(client, "cache", q="Secret"))
    assert "Aucune fiche du registre n’a l’adresse « cache »" in text
    assert "4 321" not in text
    client.force_login(make.make_user("editor"))
    assert "4 321" not in text_of(page(client, "cache"))


def test_a_merged_record_is_the_one_that_it_became(client, members):
    survivor = make.make_cluster(name="Survivant")
    make.make_cluster(slug="perdu", merged_into=survivor)
    figure(survivor, members, 12, "2012")
    response = page(client, "perdu")
    assert "Survivant" in text_of(response)
    assert "alert" not in response.content.decode()
    assert "était demandé plusieurs fois" in text_of(page(client, "perdu", survivor.slug))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"c": ["nulle-part"]}, "Aucune fiche du registre n’a l’adresse « nulle-part »"),
        ({"c": ["un", "un"]}, "Un était demandé plusieurs fois ; il n’est compté qu’une fois."),
        ({"c": ["un", "deux", "trois", "quatre", "cinq"]}, "On compare quatre clusters au plus : les premiers demandés sont là, pas Cinq."),
        ({"c": ["un"] * 500}, "pas les suivants"),
        ({"c": ["un"], "indicator": "inconnu"}, "Aucun de ces clusters n’a de chiffre pour l’indicateur « inconnu » : en voici un autre."),
        ({"c": ["<b>x</b>"]}, "« &lt;b&gt;x&lt;/b&gt; »"),
        ({"c": ["x" * 5000], "indicator": "y" * 5000, "q": "z" * 5000}, f"« {'x' * 80} »"),
        ({"c": ["", " "]}, "Aucun cluster n’est choisi"),
        ({"indicator": "members"}, "Aucun cluster n’est choisi"),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_a_sentence(client, members, query, said):
    for slug in ("un", "deux", "trois", "quatre", "cinq"):
        figure(make.make_cluster(slug=slug, name=slug.capitalize()), members, 12, "2012")
    response = client.get("/clusters/compare/", query)
    assert response.status_code == 200
    assert said in text_of(response)


def test_four_clusters_cost_what_one_costs(client, members):
    clusters = [make.make_cluster(name=f"Solaire {number}") for number in range(6)]
    for cluster in clusters:
        cluster.index()
        for year in range(2000, 2020):
            figure(cluster, members, year, str(year))

    def queries(*slugs):
        with CaptureQueriesContext(connection) as asked:
            assert page(client, *slugs, "nulle-part", q="solaire").status_code == 200
        return len(asked)

    few, many = queries(clusters[0].slug), queries(*(cluster.slug for cluster in clusters[:4]))
    assert few == many <= MOST_QUERIES


def test_the_list_leads_to_the_comparison(client):
    cluster = make.make_cluster()
    assert f'href="/clusters/compare/?c={cluster.slug}"' in client.get("/clusters/?view=table").content.decode()
