"""What holds for every public address alike: methods, headers, no cookie, and bad input that is never an error of ours."""

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_observation,
    make_participation,
    make_picture,
    make_programme,
    make_series,
    make_source,
    make_tag,
)

pytestmark = pytest.mark.django_db

LISTS = ["/articles/", "/clusters/", "/tags/maroc/", "/authors/fatima/"]
PAGES = [
    "/", *LISTS, "/articles/analyse/", "/series/", "/series/dossier/", "/clusters/ce3m/", "/programmes/vision/", "/sources/etude/",
    "/search/", "/search/?q=analyse",
]  # fmt: skip
FEEDS = [
    f"{start}feed/{kind}"
    for start in ("/", "/tags/maroc/", "/series/dossier/", "/authors/fatima/")
    for kind in ("", "atom/")
]
FILES = ["/sitemap.xml", "/robots.txt", "/healthz"]
EVERY = [*PAGES, *FEEDS, *FILES]


@pytest.fixture
def one_of_each():
    source = make_source(slug="etude")
    cluster = make_cluster(slug="ce3m")
    programme = make_programme(slug="vision")
    programme.sources.add(source)
    make_participation(cluster, programme, source=source)
    make_observation(cluster, source=source)
    return make_article(
        slug="analyse", title="Analyse", tags=[make_tag(slug="maroc", name="Maroc")], authors=[make_author(slug="fatima")],
        series=make_series(slug="dossier"), series_position=1, clusters=[cluster], sources=[source], cover=make_picture(),
    )  # fmt: skip


@pytest.mark.parametrize("address", EVERY)
def test_it_answers_a_reader_and_leaves_nothing_with_them(client, one_of_each, address):
    response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("address", EVERY)
def test_its_headers_are_strict(client, one_of_each, address):
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["img-src"] == policy["form-action"] == "'self'"
    assert not any(word in headers["Content-Security-Policy"] for word in ("unsafe", "nonce", "*", "data:", "http"))


@pytest.mark.parametrize("address", EVERY)
def test_a_head_request_has_the_same_answer_without_its_body(client, one_of_each, address):
    response = client.head(address)
    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["Content-Type"] == client.get(address).headers["Content-Type"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", EVERY)
def test_another_method_is_refused(client, one_of_each, address, method):
    response = getattr(client, method)(address)
    assert response.status_code == 405
    assert not response.cookies


@pytest.mark.parametrize("address", EVERY)
def test_a_post_from_elsewhere_is_refused_without_a_cookie(one_of_each, address):
    response = Client(enforce_csrf_checks=True).post(address, {"a": "b"})
    assert response.status_code in (403, 405)
    assert not response.cookies


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1", "unicode_escape", "x-unknown", "'"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strange_charset_is_not_an_error_of_ours(one_of_each, method, charset):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for address in (
        "/articles/?tag=maroc&q=a%FFb",
        "/search/?q=%C3%A9",
        "/articles/analyse/comments/",
        "/admin/login/",
    ):
        for media_type in ("text/html", "application/x-www-form-urlencoded"):
            response = client.generic(
                method.upper(), address, b"name=a%FF&b=\xff\xfe+AD0", content_type=f"{media_type}; charset={charset}"
            )
            assert response.status_code < 500, (address, media_type)


BAD_PAGES = [
    "0",
    "-1",
    "99999999",
    "999999999999999999999",
    "2",
    "a",
    "",
    "1.0",
    "1e1",
    "%2B1",
    "%D9%A1",
    "last",
    "1%00",
    "%20",
    "1&page=0",
]


@pytest.mark.parametrize("page", BAD_PAGES)
@pytest.mark.parametrize("address", LISTS)
def test_a_page_that_there_is_not_is_not_found(client, one_of_each, address, page):
    assert client.get(f"{address}?page={page}").status_code in (404, 400)


@pytest.mark.parametrize("address", LISTS)
def test_the_first_page_is_there(client, one_of_each, address):
    assert client.get(f"{address}?page=1").status_code == 200
    assert client.get(f"{address}?page=0&page=1").status_code == 200


FILTERS = {
    "/articles/": ["tag", "series", "author", "country", "year", "month"],
    "/clusters/": ["q", "country", "sector", "status", "programme", "sort", "view"],
    "/search/": ["q"],
}
STRANGE = [
    "", "zzz", "0", "-1", "1", "13", "abc", "2020.5", "NaN", "Infinity", "1e400", "2e3", "%D9%A2%D9%A0%D9%A2%D9%A0", "null", "None", "on",
    "%FF", "%ED%A0%80", "%E2%80%AE", "'", "%22", "%27%20OR%201%3D1--", "%3Cscript%3E", "..%2F..%2F", "a" * 10_000, "%F0%9F%98%80" * 300,
    "MA&{name}=TN", "ma", "%20MA%20", "[]", "{{7*7}}", "99999999999999999999", "%0A", "%D9%80",
]  # fmt: skip


@pytest.mark.parametrize(("address", "name"), [(address, name) for address, names in FILTERS.items() for name in names])
def test_a_strange_value_of_a_filter_is_not_an_error(client, one_of_each, address, name):
    for value in STRANGE:
        response = client.get(f"{address}?{name}={value.replace('{name}', name)}")
        assert response.status_code == 200, value[:40]
        assert not response.cookies


@pytest.mark.parametrize("address", ["/articles/", "/clusters/", "/search/"])
def test_a_null_byte_is_refused_politely(client, one_of_each, address):
    for query in ("q=%00", "tag=a%00b", "%00=1"):
        response = client.get(f"{address}?{query}")
        assert response.status_code == 400
        assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "address",
    [
        "/articles/rien/", "/series/rien/", "/series/rien/feed/", "/tags/rien/", "/tags/rien/feed/", "/authors/rien/", "/authors/rien/feed/",
        "/clusters/rien/", "/programmes/rien/", "/sources/rien/", "/rien", "/rien/", "/articles/%C3%A9t%C3%A9/", "/articles/a b/",
        "/articles/../../etc/passwd", "/articles/" + "a" * 3_000 + "/", "/clusters/GRP-0001/", "/articles//", "/media/", "/tags/", "/authors/",
    ],
)  # fmt: skip
def test_what_there_is_not_is_not_found(client, one_of_each, address):
    response = client.get(address)
    assert response.status_code == 404
    assert not response.cookies


def test_an_address_with_a_null_byte_is_refused(client):
    assert client.get("/articles/a%00b/").status_code == 400


@pytest.mark.parametrize("address", ["/articles", "/clusters/ce3m", "/feed"])
def test_a_forgotten_slash_is_added(client, one_of_each, address):
    response = client.get(address)
    assert (response.status_code, response.headers["Location"]) == (301, f"{address}/")


@pytest.mark.parametrize("address", PAGES)
def test_it_names_itself_once_under_the_sites_own_address(client, one_of_each, settings, address):
    settings.SITE_URL = "https://grappe.example"
    html = client.get(address).content.decode()
    canonical = f'<link rel="canonical" href="https://grappe.example{address}">'
    assert html.count('<link rel="canonical"') + html.count('<meta name="robots" content="noindex">') == 1
    assert (canonical in html) is not address.startswith("/search/")
    assert f'<meta property="og:url" content="https://grappe.example{address.partition("?")[0]}">' in html
    assert html.count('<meta property="og:title"') == html.count('<meta property="og:type"') == 1
    assert "testserver" not in html
    assert html.count("<h1") == 1
    assert html.startswith('<!doctype html>\n<html lang="fr" dir="ltr">')


@pytest.mark.parametrize("address", PAGES)
def test_it_needs_nothing_from_elsewhere_and_no_inline_script(client, one_of_each, address):
    import re

    html = client.get(address).content.decode()
    assert not re.findall(
        r'<(?:link rel="(?:stylesheet|preload|icon)[^>]*href|script[^>]*src|img[^>]*src)="(?:https?:)?//', html
    )
    assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", html)
    assert set(re.findall(r'<script type="([^"]*)"', html)) <= {"application/ld+json"}
    assert len(html.encode()) < 60_000


def test_a_page_for_somebody_who_is_logged_in_is_kept_by_no_cache(client, one_of_each, as_role):
    assert "no-store" not in client.get("/articles/analyse/").headers.get("Cache-Control", "")
    as_role("editor")
    for address in PAGES:
        assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_the_pictures_of_a_page_are_there(client, one_of_each):
    for address in one_of_each.cover.srcset.replace(",", "").split()[::2]:
        assert default_storage.exists(address.removeprefix("/media/"))
        response = client.get(address)
        assert response.status_code == 200
        response.close()
