"""Readers propose corrections: what the form takes, what it refuses, and that nothing typed is lost or shown."""

import datetime as dt
import re

import pytest
from django.core import signing
from django.utils import timezone

from clusters.corrections import source_at
from clusters.intake.readings import number_in, precision_in, status_in
from clusters.models import Cluster, Suggestion
from tests.factories import (
    make_cluster,
    make_indicator,
    make_observation,
    make_programme,
    make_source,
    make_suggestion,
    make_user,
)

pytestmark = pytest.mark.django_db
TYPED = {
    "field": "city", "proposed": "Rabat", "dated": "2024", "evidence": "https://example.org/preuve", "remark": "Vu sur place.",
    "email": "lectrice@example.org",
}  # fmt: skip


@pytest.fixture
def cluster():
    return make_cluster(slug="solaire", name="Cluster Solaire", city="Casablanca")


def token(client, address):
    html = client.get(address).content.decode()
    return re.search(r'name="token" value="([^"]+)"', html)[1]


def aged(monkeypatch, seconds=60):
    """Time passes between the form and the post."""
    clock = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: clock() + seconds)


def send(client, monkeypatch, address="/clusters/solaire/correction/", **typed):
    data = {**TYPED, "token": token(client, address), **typed}
    aged(monkeypatch)
    return client.post(address, data)


def test_a_correction_waits_and_its_reader_can_follow_it(client, monkeypatch, cluster):
    response = send(client, monkeypatch)
    suggestion = Suggestion.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, f"/corrections/{suggestion.token}/?received")
    assert (suggestion.cluster, suggestion.field, suggestion.current) == (cluster, "city", "Casablanca")
    assert (suggestion.proposed, suggestion.dated, suggestion.email) == ("Rabat", "2024", "lectrice@example.org")
    assert suggestion.network
    assert "203" not in suggestion.network
    assert "set-cookie" not in {name.lower() for name in response.headers}
    html = client.get(response.headers["Location"]).content.decode()
    assert "votre correction est arrivée" in html
    assert suggestion.token in html
    assert not any(typed in html for typed in ("lectrice", "Vu sur place", "Rabat"))
    assert '<meta name="robots" content="noindex">' in html


def test_a_figure_is_corrected_by_a_number(client, monkeypatch, cluster):
    figure = make_observation(cluster, indicator=make_indicator(label="Adhérents", unit="adhérents"), dated="2017")
    address = f"/clusters/solaire/correction/?figure={figure.pk}"
    assert "Adhérents" in client.get(address).content.decode()
    refused = send(client, monkeypatch, address, proposed="beaucoup")
    assert refused.status_code == 422
    assert "Écrivez un nombre" in refused.content.decode()
    assert send(client, monkeypatch, address, proposed="plus de 90").status_code == 303
    suggestion = Suggestion.objects.get()
    assert (suggestion.field, suggestion.observation) == ("figure", figure)
    assert "80" in suggestion.current


@pytest.mark.parametrize(
    ("record", "path"), [(make_programme, "programmes"), (make_source, "sources"), (make_cluster, "clusters")]
)
def test_every_record_takes_corrections_while_it_is_public(client, record, path):
    shown, hidden = record(slug="ouverte"), record(slug="cachee", publication="draft")
    assert client.get(f"/{path}/{shown.slug}/correction/").status_code == 200
    assert client.get(f"/{path}/{hidden.slug}/correction/").status_code == 404
    assert f"/{path}/{shown.slug}/correction/" in client.get(f"/{path}/{shown.slug}/").content.decode()


def test_a_figure_of_another_record_or_replaced_is_not_there(client, cluster):
    other = make_observation(make_cluster())
    old = make_observation(cluster)
    make_observation(cluster, supersedes=old)
    for asked in (other.pk, old.pk, "x", "9" * 30, "-1"):
        assert client.get(f"/clusters/solaire/correction/?figure={asked}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"field": ""}, "Choisissez ce qui est à corriger"),
        ({"field": "figure"}, "Choisissez dans la liste"),
        ({"proposed": "\u202e \u200b"}, "Écrivez ce qu’il faudrait lire"),
        ({"proposed": "a" * 1001}, "1001 signes"),
        ({"proposed": "a" * 100_000}, "100000 signes"),
        ({"evidence": ""}, "Donnez l’adresse"),
        ({"evidence": "javascript:alert(1)"}, "adresse complète"),
        ({"evidence": "le journal"}, "adresse complète"),
        ({"evidence": "https://example.org/" + "a" * 500}, "520 signes"),
        ({"email": "lectrice"}, "adresse complète"),
        ({"dated": "hier"}, "n’est pas une date"),
        ({"remark": "é" * 2001}, "2001 signes"),
        ({"token": ""}, "n’a pas pu être vérifié"),
        ({"token": "x.y"}, "n’a pas pu être vérifié"),
    ],
)
def test_bad_input_is_told_and_nothing_is_lost(client, monkeypatch, cluster, typed, sentence):
    response = send(client, monkeypatch, **typed)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html.replace("\xa0", " ")
    assert "Vu sur place." in html or "remark" in typed
    assert not Suggestion.objects.exists()


def test_markup_and_turned_text_are_stored_as_text(client, monkeypatch, cluster):
    assert (
        send(client, monkeypatch, proposed="<script>x</script>\u202eRabat", remark="<b>gras</b>\u2066").status_code
        == 303
    )
    suggestion = Suggestion.objects.get()
    assert (suggestion.proposed, suggestion.remark) == ("<script>x</script>Rabat", "<b>gras</b>")


def test_a_program_is_answered_alike_and_leaves_nothing(client, monkeypatch, cluster):
    response = send(client, monkeypatch, fax="0522")
    assert response.status_code == 303
    assert "votre correction est arrivée" in client.get(response.headers["Location"]).content.decode()
    assert not Suggestion.objects.exists()


def test_the_token_of_one_record_is_not_good_for_another(client, monkeypatch, cluster):
    make_cluster(slug="autre")
    other = token(client, "/clusters/autre/correction/")
    assert send(client, monkeypatch, token=other).status_code == 422


def test_a_post_from_another_site_is_refused_and_its_text_kept(client, monkeypatch, cluster):
    data = {**TYPED, "token": token(client, "/clusters/solaire/correction/")}
    aged(monkeypatch)
    response = client.post("/clusters/solaire/correction/", data, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert "Vu sur place." in response.content.decode()
    assert not Suggestion.objects.exists()


def test_too_much_is_refused_before_it_is_read(client, cluster):
    response = client.post("/clusters/solaire/correction/", {"remark": "a" * 600_000})
    assert response.status_code == 413
    assert "trop volumineux" in response.content.decode()


def test_the_fourth_in_ten_minutes_waits(client, monkeypatch, cluster):
    for city in ("Rabat", "Fès", "Agadir"):
        assert send(client, monkeypatch, proposed=city, email="").status_code == 303
    response = send(client, monkeypatch, proposed="Oujda", email="")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "Oujda" in response.content.decode()
    Suggestion.objects.update(created_at=timezone.now() - dt.timedelta(minutes=11))
    assert send(client, monkeypatch, proposed="Oujda", email="").status_code == 303


def test_a_second_press_of_the_button_is_the_same_correction(client, monkeypatch, cluster):
    first, second = (send(client, monkeypatch).headers["Location"] for _press in range(2))
    assert first == second
    assert Suggestion.objects.count() == 1


def test_what_was_decided_is_told_on_the_record_and_no_more(client, cluster):
    editor = make_user()
    rejected = make_suggestion(cluster, proposed="zqproposed", remark="zqremark", email="zq@example.org")
    rejected.reject(editor, "La page citée dit Casablanca.")
    waiting = make_suggestion(cluster, proposed="zqwaiting")
    html = client.get("/clusters/solaire/").content.decode()
    assert "La page citée dit Casablanca." in html
    assert not any(
        word in html for word in ("zqproposed", "zqremark", "zq@example.org", waiting.proposed, editor.username)
    )
    followed = client.get(rejected.get_absolute_url()).content.decode()
    assert "Refusée" in followed
    assert "La page citée dit Casablanca." in followed
    assert "zqproposed" not in followed
    assert client.get("/corrections/nothing/").status_code == 404


def test_a_record_withdrawn_since_is_not_named(client, cluster):
    suggestion = make_suggestion(cluster)
    type(cluster).objects.filter(pk=cluster.pk).update(publication="withdrawn")
    html = client.get(suggestion.get_absolute_url()).content.decode()
    assert "Cluster Solaire" not in html


@pytest.mark.parametrize(
    ("text", "number", "precision"),
    [
        ("90", 90, "exact"),
        ("environ 29 000 emplois", 29000, "about"),
        ("Près de 29\u202f000", 29000, "about"),
        ("plus de 200", 200, "at_least"),
        ("+90 PME", 90, "at_least"),
        ("au plus 12,5 %", 12.5, "at_most"),
        ("aucun", None, "exact"),
    ],
)
def test_a_number_is_read_as_it_is_said(text, number, precision):
    assert number_in(text) == number
    assert precision_in(text) == precision


def test_a_status_is_read_as_it_is_said():
    assert [status_in(text) for text in ("En sommeil", "fermé.", "ACTIF", "mort")] == [
        "dormant",
        "closed",
        "active",
        "",
    ]


def test_a_source_is_found_by_its_address_in_whatever_form():
    source = make_source(url="https://www.example.org/etude/")
    make_source(url="https://example.org/autre")
    assert source_at("http://example.org/etude#page=3") == source
    assert source_at("https://example.org/etude/annexe") is None


# -- A record that goes away while somebody writes -----------------------------------------------------------------------


def test_a_record_merged_meanwhile_leads_to_the_other_and_loses_no_word(client, cluster):
    survivor, opened = make_cluster(slug="enr", name="Cluster EnR"), token(client, "/clusters/solaire/correction/")
    Cluster.objects.filter(pk=cluster.pk).update(merged_into=survivor, status="merged")
    asked = client.get("/clusters/solaire/correction/")
    assert (asked.status_code, asked.headers["Location"]) == (301, "/clusters/enr/correction/")
    refused = client.post("/clusters/solaire/correction/", {**TYPED, "token": opened})
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "vient d’être réunie" in html
    assert "Rabat" in html
    assert 'action="/clusters/enr/correction/"' in html
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("asked", ["", "?figure=1"])
def test_a_record_withdrawn_meanwhile_gives_the_text_back_and_shows_nothing_of_itself(client, cluster, asked):
    Cluster.objects.filter(pk=cluster.pk).update(publication="withdrawn")
    assert client.get(f"/clusters/solaire/correction/{asked}").status_code == 404
    refused = client.post(f"/clusters/solaire/correction/{asked}", TYPED)
    html = refused.content.decode()
    assert refused.status_code == 410
    assert "n’est plus sur le site" in html
    assert "Rabat" in html
    assert cluster.name not in html
    assert not Suggestion.objects.exists()
