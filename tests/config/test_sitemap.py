"""The sitemap and robots.txt: every visible page once, under the site's own address, and nothing else."""

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_draft,
    make_programme,
    make_scheduled,
    make_series,
    make_source,
    make_tag,
)

pytestmark = pytest.mark.django_db
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(client):
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{NAMESPACE}urlset"
    return {url.findtext(f"{NAMESPACE}loc"): url.findtext(f"{NAMESPACE}lastmod") for url in root}


def test_everything_visible_is_in_it_under_site_url(client, settings):
    settings.SITE_URL = "https://grappe.example"
    source = make_source(slug="etude")
    make_programme(slug="vision")
    make_article(
        slug="analyse", tags=[make_tag(slug="maroc")], authors=[make_author(slug="fatima")], series=make_series(slug="dossier"),
        series_position=1, clusters=[make_cluster(slug="ce3m")], sources=[source],
    )  # fmt: skip
    assert set(entries(client)) == {
        f"https://grappe.example{path}"
        for path in (
            "/", "/articles/", "/series/", "/clusters/", "/articles/analyse/", "/clusters/ce3m/", "/series/dossier/", "/tags/maroc/",
            "/authors/fatima/", "/programmes/vision/", "/sources/etude/",
        )
    }  # fmt: skip


def test_every_address_of_it_answers(client, settings):
    settings.SITE_URL = "http://testserver"
    make_article(
        tags=[make_tag()], series=make_series(), series_position=1, clusters=[make_cluster()], sources=[make_source()]
    )
    make_programme()
    for address in entries(client):
        assert client.get(address.removeprefix("http://testserver")).status_code == 200, address


def test_nothing_hidden_is_in_it(client):
    shown = make_cluster()
    for make in (make_draft, make_scheduled):
        make(tags=[make_tag()], series=make_series(), series_position=1)
    make_article(state="withdrawn")
    make_cluster(publication="draft")
    make_cluster(merged_into=shown)
    make_source(publication="withdrawn")
    make_programme(publication="draft")
    paths = {address.partition("8000")[2] for address in entries(client)}
    assert paths == {"/", "/articles/", "/series/", "/clusters/", f"/clusters/{shown.slug}/"}


def test_an_article_appears_with_its_time(client):
    soon = make_article(slug="bientot", published_at=timezone.now() + dt.timedelta(hours=1))
    assert not [address for address in entries(client) if "bientot" in address]
    type(soon).objects.filter(pk=soon.pk).update(published_at=timezone.now())
    assert [address for address in entries(client) if "bientot" in address]


def test_when_an_article_last_changed_for_its_readers(client):
    published = dt.datetime(2020, 3, 2, 7, 40, tzinfo=dt.UTC)
    article = make_article(slug="analyse", published_at=published)
    address = "http://127.0.0.1:8000/articles/analyse/"
    article.body = "<p>Une coquille.</p>"
    article.save()
    assert entries(client)[address] == "2020-03-02"
    article.mark_updated(at=dt.datetime(2020, 3, 4, tzinfo=dt.UTC))
    assert entries(client)[address] == "2020-03-04"


@pytest.mark.parametrize("page", ["0", "-1", "2", "a", "99999999999999999999", "%00"])
def test_a_page_of_it_that_there_is_not(client, page):
    assert client.get(f"/sitemap.xml?p={page}").status_code in (400, 404)


def test_robots_are_told_where_it_is_and_what_not_to_read(client, settings):
    settings.SITE_URL = "https://grappe.example"
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /search/",
        "Disallow: /clusters/export.",
        "Disallow: /api/",
        "Sitemap: https://grappe.example/sitemap.xml",
    ]
