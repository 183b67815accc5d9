"""Beside each fact of a record's page: who says so, of whom it is besides, and why it is set aside."""

import re
from decimal import Decimal

import pytest

from clusters.models import Cluster, ClusterIdentifier
from tests.clusters.test_pages import page, text
from tests.factories import (
    make_cluster,
    make_indicator,
    make_name,
    make_observation,
    make_participation,
    make_programme,
    make_source,
    make_status,
)

pytestmark = pytest.mark.django_db


def test_a_rejected_figure_of_a_programme_or_a_country_is_kept_with_its_reason(client):
    programme, source = make_programme(slug="vision"), make_source(slug="s", title="Le journal")
    make_cluster(country="MA")
    for about in ({"programme": programme}, {"country": "MA"}):
        make_observation(
            **about, source=source, value=Decimal(654), rank="deprecated", rank_reason="Compte les promesses"
        )
        make_observation(
            **about,
            source=make_source(publication="draft"),
            value=Decimal(999),
            rank="deprecated",
            rank_reason="Cachée",
        )
    for address in ("/programmes/vision/", "/clusters/?country=MA", "/sources/s/"):
        html = text(client, address)
        for part in ("<s>", "654 adhérents", "Compte les promesses", "Le journal"):
            assert part in html, (address, part)
        assert "999" not in html
        assert "Cachée" not in html
        assert "<strong>654" not in html
    assert "1 chiffre écarté, et pourquoi" in text(client, "/programmes/vision/")


@pytest.mark.parametrize("years", [[2008], [2008, 2010]])
def test_a_joint_year_names_the_others(client, years):
    founded = make_indicator(label="Année de création", measure="year", unit="")
    cluster, other = make_cluster(slug="a", name="Textile de maison"), make_cluster(slug="b", name="Design d’intérieur")
    for year in years:
        make_observation(cluster, other, value=Decimal(year), indicator=founded)
    for slug, name in (("a", "Design d’intérieur"), ("b", "Textile de maison")):
        html = text(client, f"/clusters/{slug}/")
        assert html.count("ensemble avec") == len(years)
        assert html.count(f">{name}</a>") == len(years)


def test_two_bodies_of_one_acronym_are_told_apart_beside_a_figure(client):
    """MCIC is two bodies."""
    cluster = make_cluster(slug="a")
    industry = make_cluster(name="Industries culturelles", acronym="MCIC")
    building = make_cluster(name="Matériaux de construction", acronym="MCIC")
    source = make_source(slug="s")
    make_observation(cluster, industry, source=source, indicator=make_indicator(position=1))
    make_observation(cluster, building, source=source, indicator=make_indicator(position=2))
    for address in ("/clusters/a/", "/sources/s/"):
        html = text(client, address)
        for name in ("Industries culturelles", "Matériaux de construction"):
            assert f'>{name}</a> <span class="acronym">MCIC</span>' in html, address


def test_whatever_is_recorded_of_it_is_shown_with_who_says_so(client):
    atlas, article, hidden = (
        make_source(title="Atlas"), make_source(title="Article"), make_source(title="Secrète", publication="draft")
    )  # fmt: skip
    cluster = make_cluster(
        slug="a", latitude=Decimal("33.5"), longitude=Decimal("-7.5"), location_precision="region", location_source=atlas,
        location_note="Casablanca ou Marrakech : laquelle n’est pas dit.",
    )  # fmt: skip
    ClusterIdentifier.objects.create(cluster=cluster, registry="wikidata", value="Q42")
    ClusterIdentifier.objects.create(cluster=cluster, registry="ice", value="001512572000078")
    make_name(cluster, value="Autre graphie", source=article)
    make_name(cluster, value="Sans source")
    make_status(cluster, since="2014", source=article, note="L’agrément date de 2015.")
    make_participation(cluster, make_programme(), source=article, note="Sur dossier.")
    context = page(client, "/clusters/a/").context
    assert [(entry["number"], entry["source"]) for entry in context["sources"]] == [(1, article), (2, atlas)]
    assert [name.source_number for name in context["names"]] == [1, 0]
    assert context["place_number"] == 2
    html = text(client, "/clusters/a/")
    for part in (
        "précision : région", "laquelle n’est pas dit", 'href="https://www.wikidata.org/wiki/Q42"', "Wikidata", "001512572000078",
        "L’agrément date de 2015.", "Sur dossier.",
    ):  # fmt: skip
        assert part in html, part
    for number in re.findall(r'href="#source-(\d+)"', html):
        assert html.count(f'id="source-{number}"') == 1
    Cluster.objects.update(location_source=hidden)
    html = text(client, "/clusters/a/")
    assert "Casablanca, Maroc" in html
    assert "Secrète" not in html
    assert 'id="source-2"' not in html
