"""Lists of articles: all with filters and archive, series, a tag, an author."""

import datetime as dt
import re

import pytest

from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_draft,
    make_scheduled,
    make_series,
    make_tag,
)

pytestmark = pytest.mark.django_db


def at(year, month, day=15, hour=12):
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC)


def shown(client, query=""):
    response = client.get(f"/articles/{query}")
    assert response.status_code == 200
    return list(response.context["page"].object_list)


@pytest.fixture
def some():
    """Three articles that each filter tells apart."""
    tag, series, author = make_tag(name="Maroc", slug="maroc"), make_series(slug="panorama"), make_author(slug="fatima")
    moroccan, tunisian = make_cluster(country="MA"), make_cluster(country="TN")
    return {
        "old": make_article(slug="old", published_at=at(2019, 11), tags=[tag], clusters=[moroccan]),
        "both": make_article(
            slug="both", published_at=at(2020, 3), tags=[tag], authors=[author, make_author()], clusters=[moroccan, make_cluster(country="MA"), tunisian],
            series=series, series_position=1,
        ),
        "new": make_article(slug="new", published_at=at(2020, 11), authors=[author]),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["new", "both", "old"]),
        ("?tag=maroc", ["both", "old"]),
        ("?series=panorama", ["both"]),
        ("?author=fatima", ["new", "both"]),
        ("?country=MA", ["both", "old"]),
        ("?country=TN", ["both"]),
        ("?year=2020", ["new", "both"]),
        ("?month=11", ["new", "old"]),
        ("?year=2020&month=11", ["new"]),
        ("?tag=maroc&author=fatima", ["both"]),
        ("?tag=maroc&year=2020&country=TN&series=panorama&month=3", ["both"]),
        ("?tag=maroc&month=12", []),
        ("?tag=&author=&year=", ["new", "both", "old"]),
    ],
)
def test_the_filters_narrow_the_list(client, some, query, slugs):
    assert [article.slug for article in shown(client, query)] == slugs


@pytest.mark.parametrize(
    "query",
    ["?tag=rien", "?year=abc", "?month=13", "?month=0", "?country=XX", "?author=rien", "?series=rien", "?year=20200"],
)
def test_a_filter_that_is_not_understood_is_said_and_left_out(client, some, query):
    response = client.get(f"/articles/{query}")
    html = response.content.decode()
    assert len(response.context["page"].object_list) == 3
    assert "n’a pas été compris" in html
    assert '<meta name="robots" content="noindex">' in html


def test_values_that_only_hidden_articles_have_are_not_offered(client, some):
    hidden = (
        make_tag(name="Secret", slug="secret"),
        make_series(title="Dossier secret"),
        make_author(name="Autrice secrète"),
    )
    make_draft(
        tags=hidden[:1],
        series=hidden[1],
        series_position=1,
        authors=hidden[2:],
        clusters=[make_cluster(country="EG", publication="draft")],
    )
    html = client.get("/articles/").content.decode()
    assert "ecret" not in html
    assert "Égypte" not in html
    assert "n’a pas été compris" in client.get("/articles/?tag=secret").content.decode()


def test_an_article_about_a_hidden_cluster_is_not_found_by_its_country(client):
    make_cluster(country="MA")
    make_article(clusters=[make_cluster(country="MA", publication="draft")])
    assert shown(client, "?country=MA") == []


def test_filters_are_kept_from_page_to_page(client):
    tag = make_tag(slug="maroc")
    for _n in range(13):
        make_article(tags=[tag], published_at=at(2020, 3))
    html = client.get("/articles/?tag=maroc&year=2020&x=1").content.decode()
    assert 'href="?tag=maroc&amp;year=2020&amp;page=2"' in html
    second = client.get("/articles/?tag=maroc&year=2020&page=2")
    assert len(second.context["page"].object_list) == 1
    assert 'rel="prev" href="?tag=maroc&amp;year=2020&amp;page=1"' in second.content.decode()
    assert client.get("/articles/?tag=maroc&page=3").status_code == 404


def test_the_archive_counts_what_is_visible_by_year_and_month(client, some):
    make_draft()
    make_scheduled()
    archive = client.get("/articles/?year=2020&month=11").context["archive"]
    assert [(year["year"], year["count"], year["current"]) for year in archive] == [(2020, 2, True), (2019, 1, False)]
    assert [(month["label"], month["count"], month["href"], month["current"]) for month in archive[0]["months"]] == [
        ("novembre", 1, "?year=2020&month=11", True),
        ("mars", 1, "?year=2020&month=3", False),
    ]


def test_every_link_of_the_archive_leads_to_as_many_articles_as_it_says(client, some):
    for year in client.get("/articles/").context["archive"]:
        assert len(shown(client, year["href"])) == year["count"]
        for month in year["months"]:
            assert len(shown(client, month["href"])) == month["count"]


def test_months_are_those_of_the_newsrooms_clock(client):
    late = make_article(published_at=at(2020, 2, 29, 23) + dt.timedelta(minutes=30))  # already March at Casablanca
    assert shown(client, "?year=2020&month=3") == [late]
    assert shown(client, "?year=2020&month=2") == []
    assert client.get("/articles/").context["archive"][0]["months"][0]["label"] == "mars"


@pytest.mark.parametrize(("count", "sentence"), [(1, "1 article"), (3, "3 articles")])
def test_how_many_there_are_is_said(client, count, sentence):
    for _n in range(count):
        make_article()
    assert client.get("/articles/").context["summary"] == sentence


def test_empty_lists_say_what_to_do(client):
    assert "Pas encore d’article" in client.get("/articles/").content.decode()
    assert "Pas encore de dossier" in client.get("/series/").content.decode()
    make_article(published_at=at(2020, 3))
    assert "Aucun article ne répond à ces filtres" in client.get("/articles/?year=2019").content.decode()


def test_series_are_listed_with_their_visible_parts(client):
    series = make_series(title="Panorama", slug="panorama", standfirst="Trois pays.")
    make_article(series=series, series_position=2, title="Deuxième")
    make_article(series=series, series_position=1, title="Première")
    make_scheduled(series=series, series_position=3, title="Troisième")
    make_draft(series=make_series(title="Vide"), series_position=1)
    html = client.get("/series/").content.decode()
    assert "2 parties" in html
    assert html.index("Première") < html.index("Deuxième")
    assert "Troisième" not in html
    assert "Vide" not in html
    page = client.get("/series/panorama/").content.decode()
    assert "Trois pays." in page
    assert page.index("Première") < page.index("Deuxième")
    assert "Troisième" not in page
    assert 'href="/series/panorama/feed/"' in page


@pytest.mark.parametrize(
    ("address", "make", "heading"),
    [
        ("/tags/maroc/", lambda make, **values: make(tags=[make_tag(slug="maroc", name="Maroc")], **values), "<h1>#Maroc</h1>"),
        ("/authors/fatima/", lambda make, **values: make(authors=[make_author(slug="fatima", name="Fatima", bio="Économiste.")], **values), "<h1>Fatima</h1>"),
    ],
)  # fmt: skip
def test_a_tag_and_an_author_have_their_page_with_their_visible_articles(client, address, make, heading):
    make_article(title="Ailleurs")
    article = make(make_article, title="Le leur")
    hidden = make_scheduled(title="À venir", authors=list(article.authors.all()), tags=list(article.tags.all()))
    response = client.get(address)
    html = response.content.decode()
    assert list(response.context["page"].object_list) == [article]
    assert heading in html
    assert hidden.title not in html
    assert "1 article" in html
    assert re.search(rf'<link rel="alternate" type="application/rss\+xml" title="[^"]*" href="{address}feed/">', html)


@pytest.mark.parametrize("make", [make_draft, make_scheduled])
@pytest.mark.parametrize("kind", ["tags", "authors", "series"])
def test_what_gathers_no_visible_article_is_not_found(client, as_role, make, kind):
    rows = {
        "tags": {"tags": [make_tag(slug="x")]},
        "authors": {"authors": [make_author(slug="x")]},
        "series": {"series": make_series(slug="x"), "series_position": 1},
    }
    make(**rows[kind])
    assert client.get(f"/{kind}/x/").status_code == 404
    as_role("editor")
    assert client.get(f"/{kind}/x/").status_code == 404


def test_a_tag_has_pages(client):
    tag = make_tag(slug="maroc")
    for _n in range(13):
        make_article(tags=[tag])
    assert 'href="?page=2"' in client.get("/tags/maroc/").content.decode()
    assert len(client.get("/tags/maroc/?page=2").context["page"].object_list) == 1


def test_a_teaser_says_who_when_and_how_much_is_discussed(client):
    make_article(
        title="Analyse",
        authors=[make_author(name="Fatima Z.")],
        published_at=at(2020, 3, 2),
        comment_count=3,
        series=make_series(title="Panorama"),
        series_position=1,
    )
    html = client.get("/articles/").content.decode().replace("\u00a0", " ")
    for part in ("Analyse", "Fatima Z.", "2 mars 2020", "3 commentaires", "Panorama", "Un chapô."):
        assert part in html, part


def test_what_an_editor_typed_is_not_markup(client):
    evil = "<script>alert(1)</script>"
    make_article(
        title=evil,
        standfirst=evil,
        authors=[make_author(name=evil, bio=evil, slug="e")],
        tags=[make_tag(name="<script>", slug="t")],
        series=make_series(title=evil, standfirst=evil, slug="s"),
        series_position=1,
        slug="a",
    )
    for address in ("/", "/articles/", "/articles/a/", "/series/", "/series/s/", "/tags/t/", "/authors/e/", "/rien/"):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html, address
        assert "<script>" not in html.replace('<script type="application/ld+json">', ""), address
