"""The map's page: what is on it, where its links lead, what it says when there is little to show, and its settings.

Past 400 lines: one page, read by its drawing and by its table, which must say the same.
"""

import gzip
import html as entities
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clusters.models import Cluster, ClusterSector, MapSettings, Revision
from tests.factories import (
    make_cluster,
    make_indicator,
    make_name,
    make_observation,
    make_sector,
    make_source,
    make_status,
)

pytestmark = pytest.mark.django_db

CASABLANCA = {"latitude": "33.58831", "longitude": "-7.61138", "location_precision": "city", "city": "Casablanca"}
MOHAMMEDIA = {"latitude": "33.68607", "longitude": "-7.38298", "location_precision": "city", "city": "Mohammedia"}
AGADIR = {"latitude": "30.42018", "longitude": "-9.59815", "location_precision": "city", "city": "Agadir"}
TUNIS = {
    "latitude": "36.81897",
    "longitude": "10.16579",
    "location_precision": "city",
    "city": "Tunis",
    "country": "TN",
}
CAIRO = {
    "latitude": "30.04440",
    "longitude": "31.23570",
    "location_precision": "city",
    "city": "Le Caire",
    "country": "EG",
}
BOUIRA = {"latitude": "36.37489", "longitude": "3.90200", "location_precision": "region", "city": "", "region": "Bouira", "country": "DZ"}  # fmt: skip
ADDRESS = "/clusters/map/"


def page(client, query=""):
    response = client.get(ADDRESS + query)
    assert response.status_code == 200
    return response


def text(client, query=""):
    """The page with its no-break spaces as plain ones."""
    return re.sub("[\u00a0\u202f]", " ", entities.unescape(page(client, query).content.decode()))


def pins(client, query=""):
    """Accessible name → address of each dot, in the order of the page."""
    found = re.findall(r'<a class="map-pin" href="([^"]*)" aria-label="([^"]*)"', text(client, query))
    return {name: href for href, name in found}


def asked(href):
    return parse_qs(urlsplit(href).query)


def found_by(client, href):
    """Slugs of the clusters that an address of the list shows."""
    return {cluster.slug for cluster in client.get(href).context["page"].object_list}


@pytest.fixture
def some():
    textile = make_sector(code="textile", label="Textile")
    return {
        "a": make_cluster(slug="a", name="Alpha", sector=textile, **CASABLANCA),
        "b": make_cluster(slug="b", name="Bêta", sector=textile, status="expected", kind="project", **CASABLANCA),
        "c": make_cluster(slug="c", name="Gamma", **MOHAMMEDIA),
        "d": make_cluster(slug="d", name="Delta", **AGADIR),
        "e": make_cluster(slug="e", name="Epsilon", sector=textile, **TUNIS),
        "f": make_cluster(slug="f", name="Zêta", **BOUIRA),
        "g": make_cluster(slug="g", name="Sans lieu", city=""),
    }


# -- Dots and the table -------------------------------------------------------------------------------------------------


def test_each_dot_is_a_link_that_says_what_it_is(client, some):
    assert pins(client) == {
        "Bouira, lieu approximatif : Zêta": "/clusters/f/",
        "Tunis : Epsilon": "/clusters/e/",
        "Casablanca et Mohammedia : 3 clusters, dont 1 attendu": "/clusters/?place=33.58831%2C-7.61138&place=33.68607%2C-7.38298",
        "Agadir : Delta": "/clusters/d/",
    }


def test_a_dot_leads_to_exactly_what_it_counts(client, some):
    (href,) = (href for name, href in pins(client).items() if "3 clusters" in name)
    assert found_by(client, href) == {"a", "b", "c"}
    assert "Casablanca" in text_of_chips(client, href)
    (href,) = (href for name, href in pins(client, "?sector=textile").items() if "2 clusters" in name)
    assert found_by(client, href) == {"a", "b"}


def text_of_chips(client, href):
    return " ".join(re.findall(r'<ul class="chips".*?</ul>', client.get(href).content.decode(), re.DOTALL))


def test_expected_is_dashed_and_imprecise_is_hollow_and_the_legend_says_so(client, some):
    html = text(client)
    assert html.count("map-dot is-vague") == 2, "the dot and its place in the legend"
    assert html.count('class="map-ring"') == 2
    assert "is-expected" not in html
    html = text(client, "?status=expected")
    assert "map-dot is-expected" in html
    assert "Casablanca : Bêta (attendu)" in pins(client, "?status=expected")
    assert "is-vague" not in html


def test_the_table_says_the_same_in_words(client, some):
    rows = page(client).context["rows"]
    assert [
        (row["country"], row["name"], row["precision"], [one["name"] for one in row["clusters"]]) for row in rows
    ] == [
        ("Algérie", "Bouira", "région", ["Zêta"]),
        ("Maroc", "Agadir", "ville", ["Delta"]),
        ("Maroc", "Casablanca", "ville", ["Alpha", "Bêta"]),
        ("Maroc", "Mohammedia", "ville", ["Gamma"]),
        ("Tunisie", "Tunis", "ville", ["Epsilon"]),
    ]
    assert '<th scope="row">Casablanca</th>' in text(client)


def test_those_without_a_place_are_counted_and_can_be_read(client, some):
    (remark,) = page(client).context["remarks"]
    assert remark["text"].startswith("1 cluster n’est pas sur la carte")
    assert found_by(client, remark["href"]) == {"g"}


def test_a_place_of_many_clusters_names_some_and_links_to_all(client):
    for n in range(11):
        make_cluster(slug=f"n{n}", name=f"Cluster {n:02}", **CASABLANCA)
    (row,) = page(client).context["rows"]
    assert (len(row["clusters"]), row["left_out"]) == (8, 3)
    assert "et 3 autres" in text(client)
    assert len(found_by(client, row["href"])) == 11


def test_a_dot_of_many_places_leads_nearer(client):
    for n in range(14):
        make_cluster(slug=f"n{n}", **{**CASABLANCA, "latitude": f"33.5{n:02}"})
    (href,) = pins(client, "?area=mediterranean").values()
    assert asked(href) == {"area": ["MA"]}
    (href,) = pins(client, "?area=MA").values()
    assert href == "#places"
    assert 'id="places"' in text(client, "?area=MA")


def test_joint_figures_and_numbers_of_members_size_nothing(client, some):
    def radii():
        return re.findall(r'<circle class="map-dot[^"]*" r="([\d.]+)"', text(client))

    before = radii()
    make_observation(some["d"], some["e"], value=29000, indicator=make_indicator(code="employees"))
    make_observation(some["d"], value=5000, indicator=make_indicator(code="members"))
    assert radii() == before


@pytest.mark.parametrize("values", [{"publication": "draft"}, {"publication": "withdrawn"}, {"merged": True}])
def test_hidden_clusters_are_not_counted(client, some, values):
    before = text(client)
    merged = {"merged_into": some["a"]} if values.pop("merged", False) else {}
    make_cluster(name="Caché", **{**CASABLANCA, **values, **merged})
    make_cluster(name="Caché", city="", **{**values, **merged})
    assert text(client) == before
    assert found_by(client, "/clusters/?place=33.58831,-7.61138") == {"a", "b"}


# -- Views and filters --------------------------------------------------------------------------------------------------


def shown_area(client, query=""):
    (current,) = (one["label"] for one in page(client, query).context["areas"] if one["current"])
    return current


@pytest.mark.parametrize(
    ("query", "area"),
    [
        ("", "Maghreb"),
        ("?country=MA", "Maroc"),
        ("?country=TN", "Tunisie"),
        ("?country=MA&country=TN", "Maghreb"),
        ("?area=mediterranean", "Méditerranée"),
        ("?country=MA&area=maghreb", "Maghreb"),
        ("?q=sans", "Méditerranée"),
        ("?q=sans&country=MA", "Maroc"),
    ],
)
def test_the_view_is_the_one_asked_for_or_fits_what_is_shown(client, some, query, area):
    assert shown_area(client, query) == area


def test_the_whole_sea_is_shown_as_soon_as_it_is_needed(client, some):
    make_cluster(**CAIRO)
    assert shown_area(client) == "Méditerranée"


@pytest.mark.parametrize("area", ["atlantis", "EH", "ma", "<script>", "a" * 500])
def test_an_unknown_view_is_said_and_the_map_is_shown_all_the_same(client, some, area):
    response = client.get(ADDRESS, {"area": area})
    assert response.status_code == 200
    assert "Cette vue de la carte n’existe pas." in response.content.decode()
    assert len(response.context["pins"]) == 4
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_every_link_keeps_the_filters(client, some):
    context = page(client, "?sector=textile&status=active&status=expected&q=&sort=verified&area=MA").context
    kept = {"sector": ["textile"], "status": ["active", "expected"], "sort": ["verified"]}
    for one in context["areas"]:
        assert {name: value for name, value in asked(one["href"]).items() if name != "area"} == kept
    for one in context["views"]:
        assert {name: value for name, value in asked(one["href"]).items() if name != "view"} == kept
    assert asked(context["list_href"]) == kept
    for pin in context["pins"]:
        assert "/clusters/?" not in pin["href"] or {**kept, "place": ["33.58831,-7.61138"]} == asked(pin["href"])
    for remark in context["remarks"]:
        assert kept.items() <= asked(remark["href"]).items()
    choices = [choice for facet in context["facets"] for choice in facet["choices"]]
    assert choices
    assert all(asked(choice["href"])["area"] == ["MA"] for choice in choices)


def test_the_list_leads_to_the_map_and_back(client, some):
    ways = {one["name"]: one["href"] for one in client.get("/clusters/?sector=textile&view=table").context["views"]}
    assert ways["map"] == "/clusters/map/?sector=textile"
    ways = {one["name"]: one["href"] for one in page(client, "?sector=textile&area=MA").context["views"]}
    assert (ways["cards"], ways["table"]) == ("/clusters/?sector=textile", "/clusters/?sector=textile&view=table")


def test_what_is_outside_a_view_is_counted_with_a_way_there(client, some):
    outside, _nowhere = page(client, "?area=MA").context["remarks"]
    assert outside["text"] == "2 clusters sont hors de cette vue."
    assert asked(outside["href"]) == {"area": ["maghreb"]}
    make_cluster(slug="far", country="MA", city="Ailleurs", latitude="-33", longitude="151", location_precision="city")
    outside, _nowhere = page(client, "?area=mediterranean").context["remarks"]
    assert outside["text"] == "1 cluster est hors de cette vue."
    assert found_by(client, outside["href"]) == {"far"}


def test_a_past_day_shows_names_and_situations_of_then(client):
    cluster = make_cluster(slug="s", name="Cluster EnR", **CASABLANCA)
    source = make_source(published="2015")
    make_status(cluster, status="expected", since="2014", source=source)
    make_status(cluster, status="active", since="2020", source=source)
    make_name(cluster, value="Cluster Solaire", kind="former", valid_to="2022-06-30", source=source)
    make_cluster(slug="later", **CASABLANCA)
    html = text(client, "?as_of=2016")
    assert "Casablanca : Cluster Solaire (attendu)" in pins(client, "?as_of=2016")
    assert "Le registre tel qu’il était fin 2016" in html
    assert pins(client, "?as_of=2016")["Casablanca : Cluster Solaire (attendu)"].startswith("/clusters/s/?as_of=2016")


# -- Little to show -----------------------------------------------------------------------------------------------------


def test_an_empty_registry_says_so(client):
    html = text(client)
    assert "Le registre est vide" in html
    assert '<svg class="map-sheet"' not in html


def test_an_empty_result_says_what_to_do(client, some):
    html = text(client, "?country=TN&status=dormant")
    assert "Aucun cluster ne répond à cette demande" in html
    assert "Voir toute la carte" in html
    assert "map-sheet" not in html
    assert page(client, "?country=TN&status=dormant").context["ways_out"]


def test_clusters_without_any_place_leave_an_empty_map_that_says_so(client):
    make_cluster(slug="g", city="")
    html = text(client)
    assert "map-sheet" in html
    assert "1 cluster n’est pas sur la carte" in html
    assert "Les lieux de cette vue" not in html


@pytest.mark.parametrize("place", ["x", "91,999,3", "33.58831", "33.588311111,-7.6", "٣٣,٧", "none'--", "," * 300])
def test_a_place_that_is_none_is_said_and_left_out(client, some, place):
    response = client.get("/clusters/", {"place": place})
    assert "n’a pas été compris" in response.content.decode()
    assert len(response.context["page"].object_list) == 7
    assert client.get(ADDRESS, {"place": place}).status_code == 200


# -- The disputed line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("boundary", "line"), [("dashed", "map-line is-dashed"), ("un", "map-line is-un"), ("none", "")]
)
def test_the_disputed_line_is_drawn_as_the_newsroom_has_decided(client, some, boundary, line):
    MapSettings.objects.create(pk=1, boundary=boundary, note="Une note à nous.")
    html = text(client)
    assert re.findall(r'class="(map-line[^"]*)"', html) == ([line] if line else [])
    assert ('M169.4 457.2l-8.8-.2l-72.7 0"' in html) is bool(line)
    assert "Une note à nous." in html
    assert "Sahara" not in re.sub(r"<[^>]+>", "", html)
    assert "map-line" not in text(client, "?area=TN"), "only where it is in view"


def test_until_somebody_decides_the_line_is_dashed_and_the_note_is_there(client, some):
    html = text(client)
    assert "map-line is-dashed" in html
    assert (
        "Fond : Natural Earth (domaine public). Les tracés n’impliquent aucune prise de position de la rédaction."
        in html
    )


SETTINGS = "/admin/clusters/mapsettings/"


def test_an_editor_sets_the_line_and_sees_it_at_once(client, as_role, some):
    as_role("editor")
    form = client.get(SETTINGS)
    assert form.status_code == 200
    assert "Tireté" in form.content.decode()
    assert MapSettings.objects.count() == 0, "reading writes nothing"
    answer = client.post(SETTINGS, {"version": 1, "boundary": "none", "note": "Fond : à nous ; d'ici."}, follow=True)
    assert "Réglages enregistrés." in answer.content.decode()
    assert MapSettings.objects.get().note == "Fond\u00a0: à nous\u202f; d’ici."
    client.logout()
    html = text(client)
    assert "map-line" not in html
    assert "Fond : à nous ; d’ici." in html
    as_role("editor")
    client.post(f"{SETTINGS}1/change/", {"version": 2, "boundary": "un", "note": ""})
    client.logout()
    assert "map-line is-un" in text(client)
    assert 'class="map-note"' not in text(client)


def test_bad_settings_are_refused_with_a_sentence_and_lose_nothing(client, as_role):
    as_role("editor")
    answer = client.post(SETTINGS, {"version": 1, "boundary": "dotted", "note": "x" * 501})
    assert answer.status_code == 200
    assert "x" * 501 in answer.content.decode()
    assert MapSettings.objects.count() == 0


def test_of_two_who_first_set_the_map_the_second_is_told(client, as_role):
    editor = as_role("editor")
    assert client.get(SETTINGS).context["adminform"].form["version"].value() == 1, "before there is a row"
    assert client.post(SETTINGS, {"version": 1, "boundary": "un", "note": "Premier"}).status_code == 302
    second = client.post(SETTINGS, {"version": 1, "boundary": "none", "note": "Second"})
    assert "Quelqu’un a enregistré cette fiche" in second.content.decode()
    settings = MapSettings.objects.get()
    assert (settings.boundary, settings.note, settings.version, settings.modified_by) == ("un", "Premier", 2, editor)
    kept = Revision.objects.of(settings)
    assert [(one.number, one.snapshot.fields["boundary"]) for one in kept] == [(2, "un"), (1, "dashed")]
    page = client.get(f"{SETTINGS}1/history/").content.decode()
    assert f"{SETTINGS}1/history/1/restore/" in page


@pytest.mark.parametrize(("role", "status"), [("author", 403), ("moderator", 403), ("editor", 200), ("admin", 200)])
def test_who_may_open_the_settings(client, as_role, role, status):
    as_role(role)
    assert client.get(SETTINGS).status_code == status
    assert client.post(f"{SETTINGS}add/", {"boundary": "un"}).status_code == 403
    assert client.post(f"{SETTINGS}1/delete/", {"post": "yes"}).status_code == 403


# -- Weight and queries -------------------------------------------------------------------------------------------------

MOST_BYTES = 20_000
MOST_QUERIES = 15


def test_the_demonstration_weighs_less_than_twenty_kilobytes(client, demo):
    for query in ("", "?area=mediterranean", "?area=MA", "?country=TN"):
        response = page(client, query)
        assert len(gzip.compress(response.content, 6)) < MOST_BYTES, query
        assert "<script" not in response.content.decode()
        assert " style=" not in response.content.decode()


def many(count):
    sector = make_sector()
    Cluster.objects.bulk_create(
        Cluster(
            slug=f"many-{n}", public_id=f"many-{n}", name=f"Cluster {n}", sort_name=f"cluster0{n:05}", country=("MA", "DZ", "TN", "EG")[n % 4],
            city=f"Ville {n % 900}", status=("active", "expected")[n % 7 == 0], publication="published", location_precision="city",
            latitude=round(22 + 20 * (n * 0.618034 % 1), 5), longitude=round(-16 + 50 * (n * 0.414214 % 1), 5),
        )
        for n in range(count)
    )  # fmt: skip
    ClusterSector.objects.bulk_create(ClusterSector(cluster=one, sector=sector) for one in Cluster.objects.all())


def test_ten_thousand_clusters_take_no_more_queries_than_ten(client):
    def queries():
        page(client)
        with CaptureQueriesContext(connection) as done:
            response = page(client, "?status=active&status=expected&country=MA&country=DZ&country=TN&country=EG")
        assert len(response.context["rows"]) <= 100
        return len(done)

    make_cluster(**CASABLANCA)
    few = queries()
    many(10_000)
    assert queries() == few <= MOST_QUERIES
    response = page(client)
    assert len(response.content) < 600_000
    assert sum(pin["dot"].total for pin in response.context["pins"]) == 10_001
