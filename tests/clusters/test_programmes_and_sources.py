"""The registry's pages of programmes and sources."""

import datetime as dt
from decimal import Decimal

import pytest

from tests.clusters.test_pages import json_ld, page, text
from tests.factories import (
    make_article,
    make_cluster,
    make_indicator,
    make_observation,
    make_participation,
    make_programme,
    make_source,
)

pytestmark = pytest.mark.django_db


# -- A programme -----------------------------------------------------------------------------------------------------


def test_a_programme_shows_who_takes_part_and_what_it_is_part_of(client):
    source = make_source(title="Loi 2020", slug="loi")
    parent, hidden = (
        make_programme(name="Stratégie", slug="strategie"),
        make_programme(publication="draft", name="Cachée"),
    )
    programme = make_programme(
        name="Vision 2020", slug="vision", full_name="Vision touristique 2020", owner="Ministère", parent=parent, start="2010-11", end="2020",
        countries=["MA", "TN"], description="<p>Huit territoires.</p>",
    )  # fmt: skip
    programme.sources.add(source, make_source(title="Source cachée", publication="draft"))
    make_programme(name="Souss", slug="souss", parent=programme)
    make_programme(name="Souss caché", parent=programme, publication="draft")
    cluster = make_cluster(name="Haliopôle", slug="haliopole")
    make_participation(cluster, programme, role="selected", valid_from="2011")
    make_participation(cluster, programme, role="labelled", level="or", valid_from="2013")
    make_participation(make_cluster(name="Fiche cachée", publication="draft"), programme)
    make_observation(
        programme=programme,
        value=Decimal(38_000_000),
        currency="MAD",
        indicator=make_indicator(measure="money", unit=""),
    )
    context = page(client, "/programmes/vision/").context
    assert [(member["cluster"], len(member["participations"])) for member in context["clusters"]] == [(cluster, 2)]
    html = text(client, "/programmes/vision/")
    for part in (
        "Vision 2020", "Vision touristique 2020", "Ministère", "Huit territoires.", "novembre 2010", 'href="/programmes/strategie/"', 'href="/programmes/souss/"',
        'href="/clusters/haliopole/"', "labellisé or", "38 millions de dirhams", 'href="/sources/loi/"', "Maroc", "Tunisie",
    ):  # fmt: skip
        assert part in html, part
    assert "aché" not in html
    assert json_ld(html)["alternateName"] == "Vision touristique 2020"
    programme.parent = hidden
    programme.save()
    assert "Cachée" not in text(client, "/programmes/vision/")


def test_a_bare_programme_has_a_page(client):
    assert "Le registre n’en connaît encore aucun" in text(client, f"/programmes/{make_programme().slug}/")


# -- A source --------------------------------------------------------------------------------------------------------


def test_a_source_shows_what_comes_from_it_and_what_it_comes_from(client):
    study, secret = make_source(title="Étude IPEMED", slug="ipemed"), make_source(title="Secrète", publication="draft")
    source = make_source(
        title="Panorama", slug="panorama", author="F. Z.", publisher="Ecomnews Med", published="2020-03-02", derived_from=study, url="https://exemple.org/p",
        archived_url="https://archive.example/p", accessed_on=dt.date(2026, 1, 1),
    )  # fmt: skip
    make_source(title="Reprise", slug="reprise", derived_from=source)
    make_source(title="Reprise cachée", derived_from=source, publication="withdrawn")
    cluster, hidden = make_cluster(name="Denim", slug="denim"), make_cluster(name="Fiche cachée", publication="draft")
    make_observation(cluster, value=Decimal(80), source=source)
    make_observation(hidden, value=Decimal(666), source=source)
    make_observation(cluster, value=Decimal(50), source=source, rank="deprecated", rank_reason="Erreur")
    make_article(title="Une analyse", sources=[source])
    html = text(client, "/sources/panorama/")
    for part in (
        "Panorama", "F. Z.", "Ecomnews Med", "2 mars 2020", 'href="/sources/ipemed/"', 'href="/sources/reprise/"', 'href="https://exemple.org/p"',
        'href="https://archive.example/p"', "1er janvier 2026", 'href="/clusters/denim/"', "80 adhérents", "écarté", "Une analyse",
    ):  # fmt: skip
        assert part in html, part
    assert "aché" not in html
    assert "666" not in html
    source.derived_from = secret
    source.save()
    assert "Secrète" not in text(client, "/sources/panorama/")


def test_a_bare_source_has_a_page(client):
    html = text(client, f"/sources/{make_source(publisher='').slug}/")
    assert "sans date" in html
    assert "Aucun chiffre du registre n’en vient" in html
