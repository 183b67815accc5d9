"""The registry's filters: what is asked, the counts beside each choice, and links that keep the rest."""

import datetime as dt
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict

from clusters.filters import ClusterFilter
from tests.factories import (
    make_cluster,
    make_name,
    make_observation,
    make_participation,
    make_programme,
    make_sector,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db


def asked(query="", **values):
    return ClusterFilter(QueryDict(query.removeprefix("?")) or None, **values)


def found(query=""):
    return [cluster.slug for cluster in asked(query).qs]


def counts(facets, name):
    return {
        choice["value"]: choice["count"] for facet in facets if facet["name"] == name for choice in facet["choices"]
    }


@pytest.fixture
def some():
    """Four visible clusters that each filter tells apart, and hidden ones that resemble them."""
    textile, solar = make_sector(code="textile", label="Textile"), make_sector(code="energie", label="Énergie")
    vision, label = make_programme(slug="vision", name="Vision 2020"), make_programme(slug="label", name="Label or")
    rows = {
        "a": make_cluster(slug="a", name="Alpha", sector=textile, country="MA", status="active"),
        "b": make_cluster(slug="b", name="Bêta", sector=textile, country="MA", status="dormant"),
        "c": make_cluster(slug="c", name="Gamma", sector=solar, country="TN", status="active"),
        "d": make_cluster(slug="d", name="Delta", sector=solar, country="DZ", status="expected", kind="project"),
    }
    rows["a"].sector_links.create(sector=solar)
    for slug in "ac":
        make_participation(rows[slug], vision)
    make_participation(rows["a"], vision, role="labelled", level="or")
    make_participation(rows["b"], label)
    make_participation(rows["d"], vision, source=make_source(publication="draft"))
    for hidden in ({"publication": "draft"}, {"publication": "withdrawn"}, {"merged_into": rows["a"]}):
        row = make_cluster(sector=textile, country="MA", status="active", name="Alpha caché", **hidden)
        make_participation(row, vision)
    make_participation(rows["b"], make_programme(slug="secret", name="Secret", publication="draft"))
    return rows


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", "abdc"),
        ("?country=MA", "ab"),
        ("?sector=energie", "adc"),
        ("?sector=textile", "ab"),
        ("?status=active", "ac"),
        ("?programme=vision", "ac"),
        ("?programme=label", "b"),
        ("?q=alpha", "a"),
        ("?q=introuvable", ""),
        ("?country=MA&status=active", "a"),
        ("?sector=energie&programme=vision", "ac"),
        ("?sector=energie&programme=vision&q=gamma", "c"),
        ("?sector=energie&programme=vision&q=gamma&sort=figures", "c"),
        ("?country=MA&country=TN", "abc"),
        ("?country=TN&country=TN&country=XX", "c"),
        ("?country=MA&country=TN&status=active&status=dormant&sector=energie", "ac"),
        ("?kind=project", "d"),
        ("?kind=project&kind=organisation&kind=", "abdc"),
        ("?sort=name", "abdc"),
        ("?country=&q=&sort=", "abdc"),
    ],
)
def test_the_filters_narrow_the_registry(some, query, slugs):
    assert "".join(found(query)) == slugs


@pytest.mark.parametrize(
    "query",
    [
        "?country=XX",
        "?sector=rien",
        "?status=zombie",
        "?programme=rien",
        "?programme=secret",
        "?sort=hasard",
        f"?q={'a' * 201}",
    ],
)
def test_a_filter_that_is_not_understood_is_said_and_left_out(client, some, query):
    assert len(found(query)) == 4
    filters = asked(query)
    assert (filters.asked, filters.is_filtered, filters.querystring) == ({}, True, "")
    html = client.get(f"/clusters/{query}").content.decode()
    assert "n’a pas été compris" in html
    assert '<meta name="robots" content="noindex">' in html


def test_every_count_is_that_of_what_may_be_seen(some):
    facets = asked().facets()
    assert counts(facets, "country") == {"MA": 2, "TN": 1, "DZ": 1}
    assert counts(facets, "sector") == {"textile": 2, "energie": 3}
    assert counts(facets, "status") == {"active": 2, "dormant": 1, "expected": 1}
    assert counts(facets, "programme") == {"vision": 2, "label": 1}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?country=MA",
        "?sector=energie",
        "?status=active&country=MA",
        "?programme=vision",
        "?q=alpha",
        "?country=MA&sector=textile&sort=verified",
    ],
)
def test_every_choice_leads_to_as_many_clusters_as_it_says(some, query):
    for facet in asked(query).facets():
        for choice in facet["choices"]:
            if not choice["current"]:
                # Chosen beside another one it widens the list; its count is what it brings by itself.
                alone = QueryDict(choice["href"][1:], mutable=True)
                alone.setlist(facet["name"], [choice["value"]])
                assert len(found(alone.urlencode())) == choice["count"], choice


def test_a_choice_keeps_the_other_filters_and_takes_itself_away_when_it_is_the_one(some):
    facets = asked("?country=MA&sector=textile&q=alpha&sort=verified&page=2&x=y").facets()
    links = {choice["value"]: parse_qs(choice["href"][1:]) for facet in facets for choice in facet["choices"]}
    others = {"sector": ["textile"], "q": ["alpha"], "sort": ["verified"]}
    assert links["MA"] == others
    assert [facet["chosen"] for facet in facets] == [True, True, False, False, False]
    facets = asked("?country=MA&sort=verified").facets()
    links = {choice["value"]: parse_qs(choice["href"][1:]) for facet in facets for choice in facet["choices"]}
    assert links["TN"] == {"country": ["MA", "TN"], "sort": ["verified"]}


def test_choices_of_a_facet_stay_when_one_is_chosen(some):
    facets = asked("?country=MA").facets()
    assert counts(facets, "country") == {"MA": 2, "TN": 1, "DZ": 1}
    assert counts(facets, "status") == {"active": 1, "dormant": 1}
    current = [choice["value"] for facet in facets for choice in facet["choices"] if choice["current"]]
    assert current == ["MA"]


def test_choices_come_with_the_most_clusters_first_and_in_words(some):
    facets = {facet["name"]: facet for facet in asked().facets()}
    assert [choice["label"] for choice in facets["country"]["choices"]] == ["Maroc", "Algérie", "Tunisie"]
    assert [choice["label"] for choice in facets["sector"]["choices"]] == ["Énergie", "Textile"]
    assert [choice["label"] for choice in facets["status"]["choices"]] == ["Actif", "Attendu", "En sommeil"]


def test_filters_in_force_are_told_in_words_with_a_link_that_takes_each_away(some):
    active = asked("?country=MA&status=active&programme=vision&q=alpha&sort=verified").active
    assert [one["label"] for one in active] == ["« alpha »", "Maroc", "Actif", "Vision 2020"]
    assert parse_qs(active[0]["href"][1:]) == {
        "country": ["MA"],
        "status": ["active"],
        "programme": ["vision"],
        "sort": ["verified"],
    }
    assert asked("?sort=verified").active == []
    assert asked("?sort=verified").is_filtered is False


def test_the_table_is_kept_by_every_link(client, some):
    context = client.get("/clusters/?view=table&country=MA").context
    assert all("view=table" in choice["href"] for facet in context["facets"] for choice in facet["choices"])
    assert "view=table" in context["querystring"]
    assert [(one["current"], "view=table" in one["href"]) for one in context["views"]][:2] == [
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("query", "summary"),
    [
        ("", "4 clusters, dont 2 actifs, dans 2 secteurs et 3 pays"),
        ("?country=TN", "1 cluster, dont 1 actif, dans 1 secteur et 1 pays"),
        ("?status=expected", "1 cluster, dans 1 secteur et 1 pays"),
        ("?country=TN&status=dormant", "Aucun cluster ne correspond à cette recherche."),
    ],
)
def test_a_sentence_says_what_there_is(some, query, summary):
    assert asked(query).summary() == summary


def test_those_verified_last_come_first_and_never_verified_ones_last(some):
    editor = make_user()
    some["d"].verify(editor, dt.date(2026, 1, 2))
    some["c"].verify(editor, dt.date(2026, 1, 3))
    assert "".join(found("?sort=verified")) == "cdab"


def test_joint_figures_and_those_set_aside_document_nobody(some):
    for _n in range(3):
        make_observation(some["d"], some["c"], scope="joint")
        make_observation(some["d"], rank="deprecated", rank_reason="faux")
    make_observation(some["b"])
    make_observation(some["b"])
    assert found("?sort=figures")[0] == "b"


def test_the_best_documented_come_first_by_figures_that_may_be_seen(some):
    for _n in range(2):
        make_observation(some["d"])
    make_observation(some["b"])
    secret = make_source(publication="draft")
    for _n in range(5):
        make_observation(some["c"], source=secret)
    wrong = make_observation(some["a"])
    make_observation(some["b"], supersedes=wrong)
    assert "".join(found("?sort=figures")) in ("bdac", "dbac")


def test_a_search_puts_the_name_before_the_text_and_reads_every_name(some):
    make_name(some["d"], value="Ancien solaire", kind="former")
    make_cluster(slug="e", name="Solaire")
    make_cluster(slug="f", name="Autre", summary="À propos du solaire.")
    assert found("?q=solaire")[-1] == "f"
    assert set(found("?q=solaire")) == {"d", "e", "f"}


def test_the_address_of_a_search_is_written_so_that_it_can_be_read(some):
    query = QueryDict(mutable=True)
    query["q"] = "R&D = « été » #1"
    filters = ClusterFilter(query)
    assert QueryDict(filters.href()[1:])["q"] == "R&D = « été » #1"
    assert QueryDict(filters.querystring)["q"] == "R&D = « été » #1"


def test_where_nothing_is_found_the_page_says_what_to_take_away(client, some):
    filters = asked("?country=TN&status=dormant&q=alpha")
    assert filters.total == 0
    assert filters.ways_out() == []
    filters = asked("?country=TN&sector=textile&view=table", kept={"view": "table"})
    ways = {one["label"]: (one["left"], parse_qs(one["href"][1:])) for one in filters.ways_out()}
    assert ways == {
        "Tunisie": (2, {"sector": ["textile"], "view": ["table"]}),
        "Textile": (1, {"country": ["TN"], "view": ["table"]}),
    }
    html = client.get("/clusters/?country=TN&sector=textile").content.decode()
    assert "Sans Textile" in html


def test_a_name_that_was_mistyped_is_offered(client, some):
    make_cluster(slug="elentica", name="Elentica", acronym="ELC")
    make_cluster(slug="hidden", name="Elenticat", publication="draft")
    assert [one["label"] for one in asked("?q=elantica").alike()] == ["Elentica"]
    assert asked("?q=x").alike() == asked("?country=TN").alike() == []
    assert "Vouliez-vous dire" in client.get("/clusters/?q=elantica").content.decode()


def test_a_facet_of_many_values_is_read_to_its_end_and_no_further(some):
    query = "?" + "&".join(f"sector=x{n}" for n in range(3000)) + "&sector=textile"
    assert len(found(query)) == 4  # the one that is known stands beyond what anybody chooses
    assert asked(query).complaints


@pytest.mark.parametrize(
    "query", ["?q=%00", "?country=%00", "?sector=%FF", "?as_of=%00", "?page=1&sort=%00", "?country[]=MA"]
)
def test_signs_that_are_no_text_break_no_list(client, some, query):
    assert client.get(f"/clusters/{query}").status_code in (200, 400)  # a NUL is refused before any page


def test_names_are_sorted_without_accents_or_capitals(db):
    for slug, name in [
        ("a", "Cluster automobile"),
        ("b", "Cluster Électronique"),
        ("c", "cluster Textile"),
        ("d", "Clusters unis"),
    ]:
        make_cluster(slug=slug, name=name)
    assert "".join(found()) == "abcd"
