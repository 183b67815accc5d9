"""Pages for what goes wrong, in French; and the health check."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django.urls import path

from config import views
from tests.factories import make_article, make_draft


def fail(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [path("broken/", fail), path("", views.home, name="home")]
handler500 = views.server_error


@pytest.mark.django_db
def test_what_is_not_there_is_said_in_french_with_the_latest_articles(client):
    shown = [make_article(title=f"Analyse {number}") for number in range(4)]
    make_draft(title="Brouillon")
    response = client.get("/articles/rien/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "Cette page est introuvable" in html
    assert [article.title in html for article in shown] == [False, True, True, True]
    assert "Brouillon" not in html
    assert '<meta name="robots" content="noindex">' in html
    assert 'lang="fr"' in html


@pytest.mark.django_db
def test_an_empty_newsroom_has_a_page_for_what_is_not_there(client):
    assert "Cette page est introuvable" in client.get("/rien/").content.decode()


@pytest.mark.django_db
def test_the_address_asked_for_is_not_printed_as_markup(client):
    html = client.get("/%3Cscript%3Ealert(1)%3C/script%3E/").content.decode()
    assert "<script>alert" not in html


@pytest.mark.urls("tests.config.test_errors")
def test_an_error_of_ours_is_a_page_that_asks_nothing_of_the_database():
    # No mark django_db: any query would fail the test.
    response = Client(raise_request_exception=False).get("/broken/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "Le site a trébuché" in html
    assert "broken on purpose" not in html
    assert not response.cookies


@pytest.mark.django_db
def test_a_page_for_a_request_that_was_not_understood(client):
    response = client.get("/?q=%00")
    assert response.status_code == 400
    assert 'lang="fr"' in response.content.decode()


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_refused(client, settings):
    settings.ALLOWED_HOSTS = ["grappe.example"]
    response = client.get("/", headers={"host": "pirate.example"})
    assert response.status_code == 400
    assert "pirate.example" not in response.content.decode()


@pytest.mark.django_db
def test_more_fields_than_anybody_sends_are_refused(client):
    for address in ("/articles/", "/clusters/", "/search/"):
        assert client.get(f"{address}?{'a=1&' * 6_000}").status_code == 400


@pytest.mark.django_db
def test_a_form_of_the_admin_without_its_token_is_refused_in_french():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"})
    assert response.status_code == 403
    assert 'lang="fr"' in response.content.decode()


def test_a_request_that_cannot_be_read_still_gets_its_page(db):
    request = RequestFactory().post("/", b"a=b", content_type="application/x-www-form-urlencoded; charset=utf-16")
    assert views.bad_request(request, Exception()).status_code == 400


@pytest.mark.django_db
def test_healthy(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_unhealthy_when_the_database_does_not_answer(client, monkeypatch):
    def refuse():
        raise DatabaseError("secret host name")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert b"secret" not in response.content
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_the_health_check_is_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 301
