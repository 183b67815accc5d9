"""The address to which the editor sends what is pasted: staff only, by POST with its token, and never an error."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/clusters/cluster/paste/"


def send(client, source, **headers):
    return client.post(ADDRESS, source, content_type="text/html; charset=utf-8", headers=headers)


@pytest.mark.parametrize("role", ["author", "editor", "admin", "moderator"])
def test_staff_get_their_paste_back_clean(client, as_role, role):
    as_role(role)
    answer = send(client, "<p class=MsoNormal>l'<b>eau</b><o:p></o:p><img alt=Port src=x></p>")
    assert answer.status_code == 200
    told = "Une image n’a pas été collée («\u202fPort\u202f»)\u00a0: ajoutez-la par la bibliothèque d’images, avec son texte de remplacement et son crédit."
    assert answer.json() == {"html": "<p>l'<strong>eau</strong></p>", "told": [told]}


def test_nobody_else_is_answered(client):
    assert send(client, "<p>a</p>").status_code == 302
    client.force_login(User.objects.create_user("lectrice", password="x" * 12))
    assert send(client, "<p>a</p>").status_code == 302


def test_it_takes_posts_with_their_token_only(as_role, client):
    as_role("editor")
    assert client.get(ADDRESS).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("editor"))
    assert send(strict, "<p>a</p>").status_code == 403


def test_one_that_is_too_heavy_is_told(client, as_role, settings):
    as_role("editor")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = send(client, "<p>" + "a" * 2000)
    assert answer.status_code == 413
    assert "trop lourd" in answer.json()["told"][0]
    assert "html" not in answer.json()


@pytest.mark.parametrize(
    "kind", ["text/html", "text/html; charset=utf-16", "application/json", "text/plain; charset=xx"]
)
def test_whatever_it_is_called_it_is_read(client, as_role, kind):
    as_role("editor")
    answer = client.generic("POST", ADDRESS, b"<p>\xe9t\xc3\xa9", content_type=kind)
    assert answer.json()["html"] == "<p>\ufffdté</p>"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(source=st.binary(max_size=200))
def test_any_bytes_are_answered(client, admin_user, source):
    client.force_login(admin_user)
    answer = client.post(ADDRESS, source, content_type="text/html")
    assert answer.status_code == 200
    assert set(json.loads(answer.content)) == {"html", "told"}
