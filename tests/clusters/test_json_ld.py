"""Structured data: a cluster says only what its sources agree on, and the list says that it is a data set."""

from decimal import Decimal

import pytest

from clusters.models import ClusterIdentifier
from tests.clusters.test_pages import json_ld
from tests.factories import make_cluster, make_indicator, make_observation, make_source

pytestmark = pytest.mark.django_db


def organization(client, cluster):
    return json_ld(client.get(cluster.get_absolute_url()).content.decode())


@pytest.fixture
def cluster():
    return make_cluster(slug="ce3m", name="CE3M")


@pytest.fixture
def told(cluster):
    indicators = {code: make_indicator(code=code) for code in ("founded", "employees")}

    def tell(code, value, *others, **values):
        return make_observation(cluster, *others, indicator=indicators[code], value=Decimal(value), **values)

    return tell


def test_the_year_of_foundation_where_all_sources_agree(client, cluster, told):
    told("founded", 2010)
    told("founded", 2010, source=make_source())
    told("founded", 1910, rank="deprecated", rank_reason="faute de frappe")
    assert organization(client, cluster)["foundingDate"] == "2010"
    told("founded", 2011)
    assert "foundingDate" not in organization(client, cluster)


def test_the_employees_of_the_cluster_itself_where_one_exact_number_is_known(client, cluster, told):
    assert "numberOfEmployees" not in organization(client, cluster)
    told("employees", 29000, make_cluster())
    assert "numberOfEmployees" not in organization(client, cluster), "a joint figure is nobody’s"
    own = told("employees", 120)
    assert organization(client, cluster)["numberOfEmployees"] == {"@type": "QuantitativeValue", "value": 120}
    told("employees", 130, supersedes=own, precision="about")
    assert "numberOfEmployees" not in organization(client, cluster)


@pytest.mark.parametrize("values", [{"precision": "about"}, {"precision": "at_least"}, {"upper": Decimal(200)}])
def test_what_is_not_exact_is_not_said_in_one_number(client, cluster, told, values):
    told("employees", 120, **values)
    assert "numberOfEmployees" not in organization(client, cluster)


def test_a_figure_whose_source_is_hidden_says_nothing(client, cluster, told):
    told("employees", 120, source=make_source(publication="draft"))
    assert "numberOfEmployees" not in organization(client, cluster)


def test_the_same_body_in_other_registries(client, cluster):
    for registry, value in (("wikidata", "Q42"), ("eccp", "ce3m")):
        ClusterIdentifier.objects.create(cluster=cluster, registry=registry, value=value)
    assert organization(client, cluster)["sameAs"] == ["https://www.wikidata.org/wiki/Q42"]  # the other has no address


def test_the_list_is_a_data_set(client, cluster, told, settings):
    settings.SITE_URL = "https://grappe.example"
    told("employees", 120, dated="2015")
    told("founded", 1999, dated="2019-03")
    make_cluster(country="TN")
    data = json_ld(client.get("/clusters/").content.decode())
    assert data["@type"] == "Dataset"
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["temporalCoverage"] == "2015-01-01/2019-03-31"
    assert {one["identifier"] for one in data["spatialCoverage"]} == {"MA", "TN"}
    assert (
        data["creator"]
        == data["publisher"]
        == {"@type": "Organization", "name": "Grappe", "url": "https://grappe.example"}
    )
    assert 50 < len(data["description"]) < 5_000
    files = {one["contentUrl"]: one["encodingFormat"] for one in data["distribution"]}
    assert len(files) == 6
    assert files["https://grappe.example/clusters/export.csv"] == "text/csv"
    for address in files:
        response = client.get(address.removeprefix("https://grappe.example"))
        assert response.headers["Content-Type"].startswith(files[address])
        response.getvalue()  # reads it to its end, which closes it


def test_a_part_of_the_list_is_none(client, cluster):
    for address in ("/clusters/?country=MA", "/clusters/?as_of=2020", "/clusters/?country=XX"):
        assert "application/ld+json" not in client.get(address).content.decode()


def test_an_empty_registry_is_a_data_set_without_days(client):
    data = json_ld(client.get("/clusters/").content.decode())
    assert "temporalCoverage" not in data
    assert "spatialCoverage" not in data


def test_the_files_of_a_list_keep_its_filters(client, cluster):
    html = client.get("/clusters/?country=MA&country=TN&view=table&page=1&status=zombie").content.decode()
    for name in ("csv", "xlsx", "json", "geojson"):
        assert f'href="/clusters/export.{name}?country=MA&amp;country=TN"' in html.replace("&amp;rows=figures", "")
    assert 'href="/clusters/export.csv?country=MA&amp;country=TN&amp;rows=figures"' in html
    assert 'href="/clusters/export.zip"' in html
    assert 'href="https://creativecommons.org/licenses/by/4.0/" rel="license"' in html
