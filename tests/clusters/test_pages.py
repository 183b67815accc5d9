"""The registry's pages: the list, a cluster, a programme, a source."""

import datetime as dt
import json
import re
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import (
    make_article,
    make_cluster,
    make_draft,
    make_indicator,
    make_name,
    make_observation,
    make_participation,
    make_programme,
    make_sector,
    make_source,
    make_status,
    make_user,
)

pytestmark = pytest.mark.django_db
HIDDEN = ("draft", "withdrawn")


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response


def text(client, address):
    """The page with its no-break spaces as plain ones."""
    return re.sub("[\u00a0\u202f]|&nbsp;", " ", page(client, address).content.decode())


def json_ld(html):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


# -- The list --------------------------------------------------------------------------------------------------------


def test_an_empty_registry_says_so(client):
    assert "Le registre est vide" in text(client, "/clusters/")


def test_cards_and_a_table_show_the_same_records(client):
    cluster = make_cluster(name="Cluster du denim", acronym="CDN", slug="denim", sector=make_sector(label="Textile"))
    make_observation(
        cluster, value=Decimal(29000), indicator=make_indicator(code="members"), precision="about", dated="2018"
    )
    for address in ("/clusters/", "/clusters/?view=table"):
        html = text(client, address)
        for part in (
            'href="/clusters/denim/"',
            "Cluster du denim",
            "CDN",
            "Casablanca, Maroc",
            "Textile",
            "Actif",
            "environ 29 000 adhérents",
            "2018",
        ):
            assert part in html, (address, part)
    assert "<table" in text(client, "/clusters/?view=table")


def test_a_joint_a_deprecated_or_a_hidden_figure_heads_no_card(client):
    cluster, other = make_cluster(), make_cluster()
    first, last = make_indicator(position=1, code="members"), make_indicator(position=9, code="member_companies")
    make_observation(cluster, other, value=Decimal(29000), indicator=first)
    make_observation(cluster, value=Decimal(50), rank="deprecated", rank_reason="Erreur", indicator=first)
    make_observation(cluster, value=Decimal(70), source=make_source(publication="draft"), indicator=first)
    make_observation(cluster, value=Decimal(5000), indicator=make_indicator(code="employees", position=2))
    figure = make_observation(cluster, value=Decimal(80), indicator=last)
    rows = page(client, "/clusters/").context["page"].object_list
    assert [row.headline_figure for row in rows] in ([figure, None], [None, figure])


def test_twenty_four_to_a_page(client):
    for _n in range(25):
        make_cluster()
    assert len(page(client, "/clusters/").context["page"].object_list) == 24
    assert 'href="?page=2"' in text(client, "/clusters/")
    assert len(page(client, "/clusters/?page=2").context["page"].object_list) == 1
    assert 'href="?country=MA&amp;page=2"' in text(client, "/clusters/?country=MA")


# -- A cluster -------------------------------------------------------------------------------------------------------


def test_a_record_shows_what_is_known_and_who_says_so(client):
    source = make_source(slug="panorama", title="Panorama des clusters", publisher="IPEMED", published="2020-03-02")
    cluster = make_cluster(
        slug="enr", name="Cluster EnR", acronym="CENR", kind="pole", sector=make_sector(label="Énergie", code="energie"), summary="Des panneaux.",
        description="<p>Une longue <strong>présentation</strong>.</p>", website="https://exemple.org/", legal_form="Association",
    )  # fmt: skip
    make_name(cluster, value="Cluster Solaire", kind="former", valid_to="2022-06-30", source=source)
    make_status(cluster, since="2022-06", source=source)
    make_status(cluster, since="2015-02-24", source=source)
    programme = make_programme(slug="vision", name="Vision 2020")
    make_participation(
        cluster, programme, role="labelled", level="or", valid_from="2013", valid_to="2016", source=source
    )
    make_observation(
        cluster, value=Decimal(80), indicator=make_indicator(label="Adhérents", unit="adhérents"), source=source
    )
    html = text(client, "/clusters/enr/")
    for part in (
        "Cluster EnR", "CENR", "Pôle de compétitivité", "Actif", "Casablanca, Maroc", "Association", 'href="https://exemple.org/"', "Des panneaux.",
        "<strong>présentation</strong>", "Énergie", "?sector=energie", "Cluster Solaire", "30 juin 2022", "depuis juin 2022", "depuis le 24 février 2015", 'href="/programmes/vision/"',
        "Labellisé", "or", "de 2013 à 2016", "80 adhérents", "non daté, au plus tard le 2 mars 2020", 'href="/sources/panorama/"', "IPEMED", "À vérifier",
        cluster.public_id,
    ):  # fmt: skip
        assert part in html, part


def test_a_bare_record_has_a_page(client):
    html = text(client, f"/clusters/{make_cluster(summary='', city='').slug}/")
    assert "Aucun chiffre sourcé" in html
    assert "Aucune participation connue" in html
    assert "Aucun article n’en parle encore" in html


def test_competing_values_stand_side_by_side_the_preferred_first(client):
    cluster, founded = make_cluster(slug="ce3m"), make_indicator(label="Année de création", measure="year", unit="")
    rows = [make_observation(cluster, value=Decimal(year), indicator=founded) for year in (2008, 2010)]
    preferred = make_observation(
        cluster, value=Decimal(2011), indicator=founded, rank="preferred", rank_reason="Statuts"
    )
    figures = page(client, "/clusters/ce3m/").context["figures"]
    assert [(group["indicator"], group["rows"]) for group in figures] == [(founded, [preferred, *rows])]
    html = text(client, "/clusters/ce3m/")
    assert all(year in html for year in ("2008", "2010", "2011", "Statuts", "valeur retenue"))


def test_a_joint_figure_names_the_others_on_the_page_of_each(client):
    first, second = (
        make_cluster(slug="textile", name="Textile de maison"),
        make_cluster(slug="design", name="Design d’intérieur"),
    )
    make_observation(first, second, value=Decimal(29000), precision="about", indicator=make_indicator(unit="employés"))
    for address, other in (("/clusters/textile/", second), ("/clusters/design/", first)):
        html = text(client, address)
        assert "environ 29 000 employés" in html
        assert re.search(rf'ensemble avec\s*<a href="/clusters/{other.slug}/">{other.name}</a>', html)


def test_a_joint_figure_with_a_hidden_subject_stands_nowhere(client):
    shown, hidden = make_cluster(slug="vu"), make_cluster(publication="draft")
    make_observation(shown, hidden, value=Decimal(29000))
    assert "29 000" not in text(client, "/clusters/vu/")


def test_a_rejected_figure_is_kept_with_its_reason(client):
    cluster, other = make_cluster(slug="a"), make_cluster(name="Design d’intérieur")
    make_observation(
        cluster, other, value=Decimal(50), dated="2016-04", rank="deprecated", rank_reason="Cinq milliards, recopiés cinquante", note="Une dépêche."
    )  # fmt: skip
    context = page(client, "/clusters/a/").context
    assert context["figures"] == []
    assert [row.value for row in context["deprecated"]] == [50]
    html = text(client, "/clusters/a/")
    for part in (
        "Cinq milliards, recopiés cinquante",
        "avril 2016",
        "ensemble avec",
        "Design d’intérieur",
        "Une dépêche.",
    ):
        assert part in html, part


def test_sources_are_numbered_once_in_the_order_they_are_cited(client):
    cluster = make_cluster(slug="a")
    first, second = make_source(title="Première"), make_source(title="Seconde")
    one, two = make_indicator(position=1), make_indicator(position=2)
    make_observation(cluster, indicator=one, source=first)
    make_observation(cluster, indicator=two, source=second)
    make_observation(cluster, indicator=two, source=first, dated="2010")
    make_participation(cluster, make_programme(), source=second)
    make_participation(cluster, make_programme())
    make_status(cluster, source=make_source(title="Cachée", publication="draft"))
    context = page(client, "/clusters/a/").context
    assert [(entry["number"], entry["source"]) for entry in context["sources"]] == [(1, first), (2, second)]
    assert sorted(row.source_number for row in context["participations"]) == [0, 2]
    assert context["statuses"] == []
    html = text(client, "/clusters/a/")
    assert "Cachée" not in html
    for number in re.findall(r'href="#source-(\d+)"', html):
        assert html.count(f'id="source-{number}"') == 1


def test_a_corrected_figure_is_shown_corrected(client):
    cluster = make_cluster(slug="a")
    wrong = make_observation(cluster, value=Decimal(777), indicator=make_indicator())
    make_observation(cluster, value=Decimal(888), indicator=wrong.indicator, supersedes=wrong)
    html = text(client, "/clusters/a/")
    assert "888" in html
    assert "777" not in html


@pytest.mark.parametrize(
    ("days", "verified", "words"),
    [(None, False, "À vérifier"), (365, True, "Vérifié le"), (366, False, "à vérifier de nouveau")],
)
def test_when_it_was_verified(client, days, verified, words):
    cluster = make_cluster(slug="a")
    if days is not None:
        cluster.verify(make_user(), timezone.localdate() - dt.timedelta(days=days))
    context = page(client, "/clusters/a/").context
    assert context["care"]["verified"] is verified
    assert words in context["care"]["text"]


def test_the_articles_about_it_are_the_visible_ones(client):
    cluster = make_cluster(slug="a")
    for number in range(13):
        make_article(
            title=f"Analyse n° {number:02}",
            clusters=[cluster],
            published_at=timezone.now() - dt.timedelta(days=number + 1),
        )
    make_draft(title="Brouillon", clusters=[cluster])
    html = text(client, "/clusters/a/")
    assert "Analyse n° 11" in html
    assert "Analyse n° 12" not in html
    assert "sur 13" in html
    assert "Brouillon" not in html


def test_what_machines_are_told_of_a_record(client, settings):
    settings.SITE_URL = "https://grappe.example"
    cluster = make_cluster(
        slug="enr", name="Cluster </script> EnR", acronym="CENR", website="https://exemple.org/", latitude=Decimal("32.24"), longitude=Decimal("-7.95"),
        location_precision="city",
    )  # fmt: skip
    make_name(cluster, value="Cluster Solaire")
    make_name(cluster, value="Nom caché", source=make_source(publication="draft"))
    html = page(client, "/clusters/enr/").content.decode()
    data = json_ld(html)
    assert data["@id"] == "https://grappe.example/clusters/enr/"
    assert (data["@type"], data["name"], data["identifier"]) == (
        "Organization",
        "Cluster </script> EnR",
        cluster.public_id,
    )
    assert data["alternateName"] == ["CENR", "Cluster Solaire"]
    assert data["address"]["addressCountry"] == "MA"
    assert data["location"]["geo"]["latitude"] == 32.24
    assert data["url"] == "https://exemple.org/"
    assert html.count("</script>") == 1
    bare = json_ld(text(client, f"/clusters/{make_cluster(summary='', city='').slug}/"))
    assert not {"url", "description", "alternateName", "location"} & set(bare)


def test_a_merged_record_answers_with_its_survivor_for_good(client):
    survivor = make_cluster(slug="survivant")
    make_cluster(slug="fusionne", merged_into=survivor)
    response = client.get("/clusters/fusionne/")
    assert (response.status_code, response.headers["Location"]) == (301, "/clusters/survivant/")
    response = client.get("/clusters/fusionne/?as_of=2018-06")
    assert response.headers["Location"] == "/clusters/survivant/?as_of=2018-06"


@pytest.mark.parametrize("publication", HIDDEN)
def test_a_merged_record_that_was_not_public_leads_nowhere(client, publication):
    make_cluster(
        slug="brouillon", name="Brouillon", publication=publication, merged_into=make_cluster(slug="survivant")
    )
    assert client.get("/clusters/brouillon/").status_code == 404
    assert client.get("/clusters/compare/?c=brouillon").context["chosen"] == []
    said = [client.get(f"/clusters/compare/?c={slug}").context["asked"].complaints for slug in ("brouillon", "absent")]
    assert said[0] == [said[1][0].replace("absent", "brouillon")]


@pytest.mark.parametrize("publication", HIDDEN)
def test_a_merged_record_does_not_tell_of_a_hidden_survivor(client, publication):
    make_cluster(slug="fusionne", merged_into=make_cluster(slug="survivant", publication=publication))
    response = client.get("/clusters/fusionne/")
    assert response.status_code == 404
    assert b"survivant" not in response.content


# -- Who is shown what is not public ---------------------------------------------------------------------------------

RECORDS = [("/clusters/x/", make_cluster), ("/programmes/x/", make_programme), ("/sources/x/", make_source)]


@pytest.mark.parametrize(("address", "make"), RECORDS)
@pytest.mark.parametrize("publication", HIDDEN)
def test_a_hidden_record_is_not_found_by_a_reader(client, as_role, address, make, publication):
    make(slug="x", publication=publication, **{"title" if make is make_source else "name": "Secret"})
    for role in (False, None, "moderator"):
        if role is not False:
            as_role(role)
        response = client.get(address)
        assert response.status_code == 404
        assert "Secret" not in response.content.decode()


@pytest.mark.parametrize(("address", "make"), RECORDS)
@pytest.mark.parametrize("role", ["editor", "author"])
def test_those_who_work_on_it_see_a_preview_that_nobody_keeps(client, as_role, address, make, role):
    make(slug="x", publication="draft")
    as_role(role)
    response = page(client, address)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "Aperçu." in response.content.decode()


@pytest.mark.parametrize("publication", HIDDEN)
def test_a_draft_without_anything_can_be_previewed(client, as_role, publication):
    cluster = make_cluster(slug="x", publication=publication, country="", city="", status="", summary="", name="")
    cluster.sector_links.all().delete()
    as_role("editor")
    assert page(client, "/clusters/x/")


def test_what_an_editor_typed_is_not_markup(client):
    evil = "<script>alert(1)</script>"
    source = make_source(title=evil, author=evil, publisher=evil, note=evil, slug="s")
    cluster = make_cluster(
        name=evil,
        acronym="<b>",
        city=evil,
        region=evil,
        legal_form=evil,
        summary=evil,
        description=evil + "<p>x</p>",
        slug="c",
        sector=make_sector(label=evil),
    )
    programme = make_programme(name=evil, full_name=evil, owner=evil, summary=evil, slug="p")
    make_name(cluster, value=evil)
    make_participation(cluster, programme, level=evil, source=source)
    make_observation(
        cluster, make_cluster(name=evil), indicator=make_indicator(label=evil, unit=evil, counts=evil), source=source, note=evil, period_note=evil, rank_reason=evil
    )  # fmt: skip
    for address in ("/clusters/", "/clusters/?view=table", "/clusters/c/", "/programmes/p/", "/sources/s/", "/"):
        html = page(client, address).content.decode()
        assert "<script>" not in html, address
        assert "<b>" not in html, address


def test_figures_of_a_country_stand_under_the_list_of_its_clusters(client):
    make_cluster(country="MA")
    indicator = make_indicator(label="Clusters existants", unit="clusters")
    for value, source in ((13, make_source(publisher="Ecomnews Med")), (15, make_source(publisher="Maghreb Émergent"))):
        make_observation(country="MA", indicator=indicator, value=value, source=source, dated="2019")
    make_observation(country="MA", indicator=indicator, value=99, source=make_source(publication="draft"))
    html = client.get("/clusters/?country=MA").content.decode()
    assert "Maroc : les chiffres du pays" in html.replace("\xa0", " ")
    assert [f"{value}\xa0clusters" in html for value in (13, 15, 99)] == [True, True, False]
    assert "les sources ne s’accordent pas" in html
    assert "les chiffres du pays" not in client.get("/clusters/").content.decode()
    assert "les chiffres du pays" not in client.get("/clusters/?country=MA&country=TN").content.decode()
