"""What is taken away of the registry: each format holds the filtered list, says of when it is, and is read by what reads it."""

import csv
import datetime as dt
import io
import json
import zipfile
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from clusters.exports import reading
from clusters.models import ClusterIdentifier
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

FILES = ["/clusters/export.csv", "/clusters/export.csv?rows=figures", "/clusters/export.json", "/clusters/export.geojson",
         "/clusters/export.xlsx", "/clusters/export.zip"]  # fmt: skip
TODAY = dt.date.today  # the site's day; none of these tests runs at midnight


def content(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.getvalue()


def rows(client, address):
    """The lines of a CSV as dictionaries by its French headings."""
    text = content(client, address).decode()
    assert text.startswith("\ufeff")
    assert "\r\n" in text
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def sheet(client, name, address="/clusters/export.xlsx"):
    book = load_workbook(io.BytesIO(content(client, address)))
    lines = [list(line) for line in book[name].iter_rows(values_only=True)]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def archive(client, address="/clusters/export.zip"):
    return zipfile.ZipFile(io.BytesIO(content(client, address)))


def table(opened, name):
    return list(csv.DictReader(io.TextIOWrapper(opened.open(f"{name}.csv"), "utf-8", newline="")))


HIDDEN_FIGURE = 48_151_623  # what no public figure is, and no number of a row comes to


@pytest.fixture
def some():
    """A Moroccan and a Tunisian cluster, an own and a joint figure, and hidden rows that resemble them."""
    textile = make_sector(code="textile", label="Textile, habillement")
    study = make_source(
        slug="etude",
        title="Étude « Maille »",
        publisher="Institut",
        published="2019-05",
        url="https://example.org/e?a=1&b=2",
    )
    a = make_cluster(textile, slug="a", name="Alpha é", acronym="AL", country="MA", latitude=Decimal("33.58831"),
                     longitude=Decimal("-7.61138"), location_precision="city", location_source=study)  # fmt: skip
    b = make_cluster(textile, slug="b", name="Bêta", country="TN", city="", region="Sahel")
    make_name(a, value="العنقود", language="ar", source=study)
    make_status(a, status="active", since="2015", source=study)
    programme = make_programme(slug="vision", name="Vision 2020")
    make_participation(a, programme, role="labelled", level="or", valid_from="2016", source=study)
    ClusterIdentifier.objects.create(cluster=a, registry="wikidata", value="Q42")
    members = make_indicator(code="members", label="Adhérents", unit="adhérents")
    staff = make_indicator(code="employees", label="Salariés", unit="salariés")
    make_observation(a, indicator=members, value=Decimal(80), dated="2018", source=study, note="n")
    make_observation(a, b, indicator=staff, value=Decimal(29000), precision="about", source=study)
    make_observation(
        b, indicator=staff, value=Decimal(50), rank="deprecated", rank_reason="faute de frappe", source=study
    )
    make_observation(programme=programme, indicator=staff, value=Decimal(7), source=study)
    hidden = make_source(slug="cachee", title="Cachée", publication="draft")
    make_observation(a, indicator=members, value=Decimal(HIDDEN_FIGURE), source=hidden)
    draft = make_cluster(textile, slug="c", name="Caché", country="MA", publication="draft")
    make_observation(a, draft, indicator=members, value=Decimal(HIDDEN_FIGURE), source=study)
    make_cluster(textile, slug="d", name="Fusionné", country="MA", merged_into=a)
    return {"a": a, "b": b, "study": study}


# -- What every file has in common ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", FILES)
def test_a_file_says_how_it_may_be_used(client, some, settings, address):
    settings.SITE_NAME = "L’Écho des grappes"
    response = client.get(address)
    response.getvalue()  # reads it to its end, which closes it
    headers = response.headers
    extension = address.partition("?")[0].rpartition(".")[2]
    assert headers["Content-Disposition"].startswith('attachment; filename="lecho-des-grappes-')
    assert headers["Content-Disposition"].endswith(f'-{TODAY()}.{extension}"')
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("address", FILES)
def test_the_licence_is_that_of_the_environment(client, some, settings, address):
    settings.DATA_LICENCE, settings.DATA_LICENCE_URL = "ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"
    raw = content(client, address)
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            raw = b"".join(opened.read(name) for name in opened.namelist())
    text = raw.decode("utf-8", "replace")
    for told in ("ODbL 1.0", settings.DATA_LICENCE_URL, "GeoNames", TODAY().isoformat()):
        assert told in text, told


@pytest.mark.parametrize("address", FILES)
def test_what_is_hidden_is_in_no_file(client, some, address):
    raw = content(client, address)
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            raw = b"".join(opened.read(name) for name in opened.namelist())
    for secret in ("Cach", str(HIDDEN_FIGURE), "Fusionné", "cachee"):
        if secret != "Fusionné":  # a status is called so
            assert secret not in raw.decode("utf-8", "replace")
    assert "/clusters/d/" not in raw.decode("utf-8", "replace")


@pytest.mark.parametrize("address", FILES)
def test_another_method_is_refused_and_head_has_no_body(client, some, address):
    assert client.post(address).status_code == 405
    response, whole = client.head(address), client.get(address)
    assert response.status_code == 200
    assert response.getvalue() == b""
    assert whole.getvalue()
    assert response.headers["Content-Type"] == whole.headers["Content-Type"]
    assert response.headers.get("Content-Length") != "0"


@pytest.mark.parametrize("address", FILES)
def test_an_empty_registry_makes_a_file_that_can_be_read(client, address):
    raw = content(client, address)
    if address.endswith("json"):
        json.loads(raw)
    elif address.endswith(("xlsx", "zip")):
        assert zipfile.ZipFile(io.BytesIO(raw)).testzip() is None
    else:
        assert len(raw.decode().splitlines()) == 1


@pytest.mark.parametrize("address", FILES[:5])
def test_the_same_data_make_the_same_file(client, some, address):
    assert content(client, address) == content(client, address)


@pytest.mark.parametrize(
    "address", ["/clusters/export.csv", "/clusters/export.json", "/clusters/export.xlsx", "/clusters/export.zip"]
)
def test_queries_grow_by_chunk_and_not_by_row(client, some, address, monkeypatch):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            content(client, address)
        return len(queries)

    asked()
    few = asked()
    for _n in range(8):
        make_observation(make_cluster(), source=make_source())
    assert asked() == few
    monkeypatch.setattr(reading, "CHUNK", 4)
    assert asked() > few


# -- The filtered set ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Alpha é", "Bêta"]), ("?country=TN", ["Bêta"]), ("?country=MA&country=TN", ["Alpha é", "Bêta"]), ("?q=alpha", ["Alpha é"]),
        ("?programme=vision", ["Alpha é"]), ("?country=DZ", []), ("?country=XX", ["Alpha é", "Bêta"]), ("?country=TN&country=TN", ["Bêta"]),
        ("?sort=figures", ["Alpha é", "Bêta"]), ("?page=7&view=table&utm=x", ["Alpha é", "Bêta"]),
    ],
)  # fmt: skip
def test_every_format_holds_the_clusters_of_the_list(client, some, query, names):
    assert [row["Nom"] for row in rows(client, f"/clusters/export.csv{query}")] == names
    assert [row["Nom"] for row in sheet(client, "Clusters", f"/clusters/export.xlsx{query}")] == names
    data = json.loads(content(client, f"/clusters/export.json{query}"))
    assert [row["name"] for row in data["clusters"]] == names
    places = json.loads(content(client, f"/clusters/export.geojson{query}"))
    assert [one["properties"]["name"] for one in places["features"]] == names


def test_figures_and_sources_are_those_of_the_filtered_clusters(client, some):
    make_observation(some["b"], source=make_source(title="De Bêta seul"))
    data = json.loads(content(client, "/clusters/export.json?country=MA"))
    assert {row["value"] for row in data["observations"]} == {80, 29000}
    assert [row["title"] for row in data["sources"]] == ["Étude « Maille »"]
    assert [row["Valeur"] for row in rows(client, "/clusters/export.csv?rows=figures&country=MA")] == ["80", "29000"]


def test_a_file_says_which_filters_it_has_and_what_was_not_understood(client, some):
    about = json.loads(content(client, "/clusters/export.json?country=TN&status=zombie"))["metadata"]
    assert about["filters"] == {"country": ["TN"]}
    assert about["filters_words"] == ["Tunisie"]
    assert about["page"].endswith("/clusters/?country=TN")
    assert about["warnings"] == [
        "Un filtre n’a pas été compris ; la liste n’en tient pas compte.".replace(" ;", "\u202f;")
    ]
    told = [line[2] for line in load_workbook(io.BytesIO(content(client, "/clusters/export.xlsx?country=TN")))["À lire"].iter_rows(
        values_only=True)]  # fmt: skip
    assert "Tunisie" in told


def test_the_registry_of_a_past_day(client):
    source = make_source(published="2014")
    cluster = make_cluster(name="Cluster EnR", slug="enr")
    make_name(cluster, value="Cluster Solaire", kind="former", valid_from="2014", valid_to="2022-06-30", source=source)
    make_status(cluster, status="announced", since="2014", source=source)
    make_status(cluster, status="active", since="2019", source=source)
    other = make_cluster(name="Autre", slug="autre")
    late = make_source(published="2021")
    make_status(other, since="2016", source=source)
    make_observation(cluster, other, value=Decimal(7), dated="2017", source=source)
    make_observation(cluster, value=Decimal(8), dated="2021", source=late)
    response = client.get("/clusters/export.json?as_of=2018-12-31")
    data = json.loads(response.getvalue())
    then = {row["name"]: row for row in data["clusters"]}
    assert set(then) == {"Cluster Solaire", "Autre"}
    assert then["Cluster Solaire"]["status"] == "announced"
    assert [row["status"] for row in then["Cluster Solaire"]["statuses"]] == ["announced"]
    assert [(row["value"], {one["name"] for one in row["clusters"]}) for row in data["observations"]] == [
        (7, {"Cluster Solaire", "Autre"})
    ]
    assert data["metadata"]["as_of"] == "2018-12-31"
    assert f"-au-2018-12-31-{TODAY()}.json" in response.headers["Content-Disposition"]
    assert {row["Registre au"] for row in rows(client, "/clusters/export.csv?as_of=2018-12-31")} == {"2018-12-31"}
    readme = load_workbook(io.BytesIO(content(client, "/clusters/export.xlsx?as_of=2018-12-31")))["À lire"]
    assert "le 31 décembre 2018" in [line[2] for line in readme.iter_rows(values_only=True)]


# -- Each format --------------------------------------------------------------------------------------------------------


def test_a_line_for_each_cluster_with_its_own_figure(client, some):
    alpha, beta = rows(client, "/clusters/export.csv")
    assert (alpha["Situation"], alpha["Situation depuis"], alpha["Source de la situation"]) == (
        "Actif",
        "2015",
        "Étude « Maille »",
    )
    assert (alpha["Latitude"], alpha["Longitude"], alpha["Source du lieu"]) == (
        "33.58831",
        "-7.61138",
        "Étude « Maille »",
    )
    assert (alpha["Autres noms"], alpha["Programmes"], alpha["Secteurs"]) == (
        "العنقود",
        "Vision 2020",
        "Textile, habillement",
    )
    figure = {
        name.removeprefix("Chiffre\u00a0: "): value for name, value in alpha.items() if name.startswith("Chiffre")
    }
    assert (figure["valeur"], figure["se dit"], figure["date (EDTF)"]) == ("80", "80\u00a0adhérents", "2018")
    assert (figure["source"], figure["source parue le"]) == ("Étude « Maille »", "2019-05")
    # The joint figure is nobody's own, and what is set aside is not shown as the figure.
    assert not any(value for name, value in beta.items() if name.startswith("Chiffre"))


def test_a_line_for_each_figure_and_a_joint_one_once(client, some):
    told = rows(client, "/clusters/export.csv?rows=figures")
    assert [row["Valeur"] for row in told] == ["80", "29000", "50"]
    joint = told[1]
    ids = [some["a"].public_id, some["b"].public_id]
    assert joint["Identifiants des clusters"] == " ; ".join(ids)
    assert (joint["Clusters"], joint["Porte sur"]) == ("Alpha é ; Bêta", "Plusieurs clusters ensemble")
    assert (joint["Se dit"], joint["Précision"]) == ("environ 29\u202f000\u00a0salariés", "environ")
    assert "au plus tard" in joint["Date en mots"]
    assert joint["Date (EDTF)"] == joint["Premier jour"] == ""
    assert (told[0]["Premier jour"], told[0]["Dernier jour"]) == ("2018-01-01", "2018-12-31")
    assert (told[2]["Rang"], told[2]["Raison du rang"]) == ("Écarté", "faute de frappe")
    assert told[0]["Adresse de la source"] == "https://example.org/e?a=1&b=2"


def test_the_spreadsheet_has_four_sheets_with_numbers_as_numbers(client, some):
    book = load_workbook(io.BytesIO(content(client, "/clusters/export.xlsx")))
    assert book.sheetnames == ["Clusters", "Chiffres", "Sources", "À lire"]
    assert sheet(client, "Clusters")[0]["Latitude"] == 33.58831
    figures = sheet(client, "Chiffres")
    assert [row["Valeur"] for row in figures] == [80, 29000, 50]
    assert figures[0]["Date (EDTF)"] == "2018"  # a text: the year is not a number to add up
    assert [row["Titre"] for row in sheet(client, "Sources")] == ["Étude « Maille »"]


def test_json_has_each_figure_once_with_all_its_clusters(client, some):
    data = json.loads(content(client, "/clusters/export.json"))
    assert list(data) == ["metadata", "clusters", "observations", "sources"]
    joint = [row for row in data["observations"] if row["scope"] == "joint"]
    assert [[one["id"] for one in row["clusters"]] for row in joint] == [[some["a"].public_id, some["b"].public_id]]
    alpha = data["clusters"][0]
    assert alpha["location_source"]["id"] == "etude"
    assert alpha["identifiers"] == [
        {"registry": "wikidata", "value": "Q42", "url": "https://www.wikidata.org/wiki/Q42"}
    ]
    assert alpha["participations"][0]["level"] == "or"
    assert (alpha["region"], alpha["latitude"]) == (None, 33.58831)


def test_geojson_has_points_and_null_geometries(client, some):
    data = json.loads(content(client, "/clusters/export.geojson"))
    assert data["type"] == "FeatureCollection"
    placed, unplaced = data["features"]
    assert placed["geometry"] == {"type": "Point", "coordinates": [-7.61138, 33.58831]}  # longitude first
    assert unplaced["geometry"] is None
    for one in (placed, unplaced):
        assert one["type"] == "Feature"
        assert one["id"] == one["properties"]["id"]
        assert not {"latitude", "longitude", "figure"} & set(one["properties"])
    assert placed["properties"]["figure_value"] == 80
    assert unplaced["properties"]["figure_value"] is None
    assert "crs" not in data  # RFC 7946: WGS 84 is the only one
    assert data["metadata"]["credits"][0]["name"] == "GeoNames"


# -- The whole dump -----------------------------------------------------------------------------------------------------


def test_the_dump_holds_what_its_schema_says(client, some):
    opened = archive(client)
    package = json.loads(opened.read("datapackage.json"))
    described = {one["path"]: one["schema"] for one in package["resources"]}
    assert set(opened.namelist()) == {*described, "datapackage.json", "LISEZ-MOI.md"}
    lines = {path.removesuffix(".csv"): table(opened, path.removesuffix(".csv")) for path in described}
    for path, schema in described.items():
        heading = opened.read(path).decode().split("\r\n", 1)[0].split(",")
        assert heading == [one["name"] for one in schema["fields"]], path
        for line in lines[path.removesuffix(".csv")]:
            for one in schema["fields"]:
                fits(line[one["name"]], one, path)
        key = schema.get("primaryKey")
        if key:
            values = [tuple(line[name] for name in key) for line in lines[path.removesuffix(".csv")]]
            assert len(values) == len(set(values)), path
        for reference in schema.get("foreignKeys", ()):
            target = reference["reference"]
            known = {line[target["fields"][0]] for line in lines[target["resource"]]}
            used = {line[reference["fields"][0]] for line in lines[path.removesuffix(".csv")]} - {""}
            assert used <= known, (path, reference)


def fits(value, described, path):
    """Fails where a value is none of its field's type, or not one that the field may have."""
    rules = described.get("constraints", {})
    assert value or not rules.get("required"), (path, described["name"])
    if value:
        assert value in rules.get("enum", [value]), (path, described["name"], value)
        {"integer": int, "number": float, "date": dt.date.fromisoformat, "boolean": {"true": 1, "false": 0}.__getitem__,
         "string": str}[described["type"]](value)  # fmt: skip


def test_the_dump_holds_every_visible_row_and_explains_itself(client, some):
    opened = archive(client)
    assert [row["name"] for row in table(opened, "clusters")] == ["Alpha é", "Bêta"]
    assert len(table(opened, "observations")) == 4
    assert (
        len(table(opened, "observation_subjects")) == 4
    )  # own, two of the joint one, set aside; none of the programme's
    assert [(row["cluster"], row["registry"]) for row in table(opened, "identifiers")] == [
        (some["a"].public_id, "wikidata")
    ]
    assert [row["source"] for row in table(opened, "status_changes")] == ["etude"]
    readme = opened.read("LISEZ-MOI.md").decode()
    for told in ("Licence", "GeoNames", "## observations.csv", "ne se partage pas"):
        assert told in readme
    package = json.loads(opened.read("datapackage.json"))
    assert package["licenses"] == [
        {"name": "CC-BY-4.0", "title": "CC BY 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
    ]
    assert package["created"] == f"{TODAY()}T00:00:00Z"


def test_the_dump_is_the_whole_whatever_the_address_says(client, some):
    assert len(table(archive(client, "/clusters/export.zip?country=TN&as_of=2001"), "clusters")) == 2
