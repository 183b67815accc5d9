"""The read-only API: every address, its pages, its refusals as JSON, and a description that its answers keep to."""

import json
from decimal import Decimal

import jsonschema
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from clusters.filters import ClusterFilter
from tests.factories import (
    make_cluster,
    make_indicator,
    make_name,
    make_observation,
    make_participation,
    make_programme,
    make_sector,
    make_source,
    make_status,
)

pytestmark = pytest.mark.django_db

LISTS = [
    "/api/clusters/",
    "/api/observations/",
    "/api/programmes/",
    "/api/sources/",
    "/api/indicators/",
    "/api/sectors/",
]
EVERY = ["/api/", *LISTS, "/api/clusters/{a}/", "/api/schema/"]


def answer(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    assert not response.cookies
    return response.json()


@pytest.fixture
def some():
    source = make_source(slug="etude", title="Étude", published="2019-05", url="https://example.org/", accessed_on="2020-01-02",
                         derived_from=make_source(slug="mere"))  # fmt: skip
    sector = make_sector(code="textile", label="Textile")
    a = make_cluster(sector, slug="a", name="Alpha", country="MA", latitude=Decimal("33.5"), longitude=Decimal("-7.6"),
                     location_precision="city", location_source=source, verified_on=None)  # fmt: skip
    b = make_cluster(sector, slug="b", name="Bêta", country="TN")
    make_name(a, value="Ancien", kind="former", valid_from="2010", valid_to="2014", source=source)
    make_status(a, since="2015", source=source)
    programme = make_programme(slug="vision", name="Vision", parent=make_programme(slug="mere", countries=["MA", "TN"]))
    programme.sources.add(source)
    make_participation(a, programme, source=source)
    staff = make_indicator(code="employees", label="Salariés", unit="salariés")
    make_observation(a, b, indicator=staff, value=Decimal(29000), precision="about", source=source)
    make_observation(a, indicator=staff, value=Decimal("12.5"), upper=Decimal(15), dated="2018", source=source)
    make_observation(programme=programme, indicator=staff, source=source)
    hidden = make_source(slug="cachee", title="Cachée", publication="draft")
    make_observation(a, indicator=staff, value=Decimal(666), source=hidden)
    draft = make_cluster(sector, slug="c", name="Caché", publication="draft")
    merged = make_cluster(sector, slug="d", name="Fusion", merged_into=a)
    return {"a": a.public_id, "b": b.public_id, "draft": draft.public_id, "merged": merged.public_id}


@pytest.mark.parametrize("address", EVERY)
def test_it_answers_anybody_in_json_and_leaves_nothing_with_them(client, some, address):
    response = client.get(address.format(**some), headers={"Accept": "text/html", "Origin": "https://example.org"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert 'rel="license"' in response.headers["Link"]
    assert not response.cookies
    assert "Cach" not in json.dumps(response.json(), ensure_ascii=False)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("address", [*EVERY, "/api/nothing/"])
def test_it_is_only_read(some, address, method):
    response = getattr(Client(enforce_csrf_checks=True), method)(address.format(**some))
    assert response.status_code == 405
    assert response.json() == {"detail": "Ces données se lisent seulement, par GET."}
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.parametrize("address", ["/api/nothing/", "/api/clusters/GRP-9999/", "/api/clusters/{draft}/", "/api/clusters/a/",
                                     "/api/clusters/?page=2", "/api/clusters/?page=0", "/api/clusters/?page=x", "/api/sources/?page=99999999999999999999",
                                     "/api/clusters/{a}/more/", "/api/../etc/"])  # fmt: skip
def test_what_there_is_not_is_said_in_json(client, some, address):
    assert "Il n’y a rien à cette adresse" in answer(client, address.format(**some), 404)["detail"]


def test_a_forgotten_slash_is_added(client):
    assert client.get("/api/clusters").headers["Location"] == "/api/clusters/"


def test_the_index_leads_to_everything(client, some):
    index = answer(client, "/api/")
    for name in ("clusters", "observations", "programmes", "sources", "indicators", "sectors", "schema"):
        answer(client, index[name].removeprefix("http://127.0.0.1:8000"))
    assert index["licence"] == {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}


def test_a_cluster_is_the_record_of_the_exports(client, some):
    one = answer(client, f"/api/clusters/{some['a']}/")
    exported = json.loads(client.get("/clusters/export.json").getvalue())
    assert one == exported["clusters"][0] == answer(client, "/api/clusters/")["results"][0]
    figures = answer(client, f"/api/observations/?cluster={some['a']}")["results"]
    assert sorted(figures, key=lambda row: row["id"]) == sorted(exported["observations"], key=lambda row: row["id"])


def test_a_merged_record_leads_to_the_one_that_stays(client, some):
    response = client.get(f"/api/clusters/{some['merged']}/?as_of=2020")
    assert (response.status_code, response.headers["Location"]) == (301, f"/api/clusters/{some['a']}/?as_of=2020")


@pytest.mark.parametrize(
    ("query", "names"),
    [("", ["Alpha", "Bêta"]), ("?country=TN", ["Bêta"]), ("?country=MA&country=TN", ["Alpha", "Bêta"]), ("?q=ancien", ["Alpha"]),
     ("?programme=vision", ["Alpha"]), ("?sector=textile&status=active", ["Alpha", "Bêta"]), ("?country=DZ", []), ("?utm_source=x", ["Alpha", "Bêta"]),
     ("?country=&q=", ["Alpha", "Bêta"])],
)  # fmt: skip
def test_the_filters_are_those_of_the_list(client, some, query, names):
    found = answer(client, f"/api/clusters/{query}")
    assert [row["name"] for row in found["results"]] == names
    assert (
        found["count"]
        == len(names)
        == ClusterFilter(client.get(f"/clusters/{query}").wsgi_request.GET or None).qs.count()
    )


@pytest.mark.parametrize(
    ("query", "name"),
    [("country=XX", "country"), ("country=MA&country=ZZ", "country"), ("status=zombie", "status"), ("sector=rien", "sector"),
     ("programme=rien", "programme"), ("sort=hasard", "sort"), ("as_of=demain", "as_of"), ("as_of=2999", "as_of"), (f"q={'a' * 201}", "q")],
)  # fmt: skip
def test_a_filter_that_is_not_understood_is_refused_with_a_sentence(client, some, query, name):
    for address in ("/api/clusters/", "/api/observations/"):
        refused = answer(client, f"{address}?{query}", 400)
        assert refused["detail"] == "Un paramètre n’a pas été compris. Corrigez-le ou retirez-le."
        assert list(refused["errors"]) == [name]
        assert f"n’est pas une valeur de «\u202f{name}\u202f»" in refused["errors"][name][0]


def test_pages_follow_each_other_in_a_stable_order(client, settings):
    settings.SITE_URL = "https://grappe.example"
    for _n in range(7):
        make_cluster(name="Même nom")
    seen, address = [], "/api/clusters/?page_size=3&country=MA"
    while address:
        page = answer(client, address)
        assert page["count"] == 7
        seen += [row["id"] for row in page["results"]]
        following = page["next"]
        assert following is None or following.startswith("https://grappe.example/api/clusters/?")
        address = following and following.removeprefix("https://grappe.example")
    assert len(seen) == len(set(seen)) == 7
    assert answer(client, "/api/clusters/?page=3&page_size=3")["previous"].endswith("page_size=3")
    assert answer(client, "/api/clusters/?page_size=100000")["count"] == 7
    assert len(answer(client, "/api/clusters/?page_size=x")["results"]) == 7


def test_a_joint_figure_is_one_record_of_all_its_clusters(client, some):
    for cluster in (some["a"], some["b"]):
        joint = [
            row for row in answer(client, f"/api/observations/?cluster={cluster}")["results"] if row["scope"] == "joint"
        ]
        assert [[one["id"] for one in row["clusters"]] for row in joint] == [[some["a"], some["b"]]]
    everything = answer(client, "/api/observations/")["results"]
    assert sorted(row["scope"] for row in everything) == ["cluster", "joint", "programme"]
    assert len(answer(client, "/api/observations/?country=MA&country=TN")["results"]) == 2
    assert answer(client, "/api/observations/?cluster=GRP-9999")["count"] == 0
    assert answer(client, "/api/observations/?indicator=employees&source=etude")["count"] == 3
    assert answer(client, "/api/observations/?source=cachee")["count"] == 0


def test_the_registry_of_a_past_day(client, some):
    then = answer(client, f"/api/clusters/{some['a']}/?as_of=2013")
    assert (then["name"], then["status"]) == ("Ancien", "unknown")
    answer(client, f"/api/clusters/{some['b']}/?as_of=1999", 404)


def test_queries_do_not_grow_with_rows(client, some):
    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            answer(client, address)
        return len(queries)

    few = {address: asked(address) for address in LISTS}
    for _n in range(10):
        source = make_source(derived_from=make_source())
        programme = make_programme(parent=make_programme())
        programme.sources.add(source)
        cluster = make_cluster()
        make_participation(cluster, programme, source=source)
        make_name(cluster, source=source)
        make_observation(cluster, make_cluster(), source=source)
    assert {address: asked(address) for address in LISTS} == few
    assert max(few.values()) <= 12


# -- The description ----------------------------------------------------------------------------------------------------


def test_the_description_is_valid_openapi(client, settings, capsys):
    settings.SITE_URL = "https://grappe.example"
    GENERATOR_STATS.reset()
    told = answer(client, "/api/schema/")
    validate_schema(told)
    assert not GENERATOR_STATS, capsys.readouterr().err
    assert told["openapi"].startswith("3.0")
    assert told["servers"] == [{"url": "https://grappe.example"}]
    assert set(told["paths"]) == {*LISTS, "/api/clusters/{public_id}/"}
    assert {method for path in told["paths"].values() for method in path} == {"get"}
    parameters = {one["name"] for one in told["paths"]["/api/clusters/"]["get"]["parameters"]}
    assert parameters == {*ClusterFilter.base_filters, "page", "page_size"}


def checked(value, schema):
    """OpenAPI 3.0 is JSON Schema but for `nullable`, which is said here in the words of JSON Schema."""
    if isinstance(value, dict):
        made = {key: checked(one, schema) for key, one in value.items() if key not in ("nullable", "$ref")}
        if "$ref" in value:
            made = checked(schema["components"]["schemas"][value["$ref"].rpartition("/")[2]], schema)
        if made.get("type") == "object" and "properties" in made:
            made["additionalProperties"] = False
        return {"anyOf": [made, {"type": "null"}]} if value.get("nullable") else made
    return [checked(one, schema) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("address", LISTS)
def test_every_answer_keeps_to_the_description(client, some, address):
    told = answer(client, "/api/schema/")
    schema = told["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    found = answer(client, address)
    assert found["results"]
    jsonschema.validate(found, checked(schema, told))
