"""Corrections where something goes on meanwhile, or goes wrong: history of every subject, numbers as the press writes them, mail.

Past 400 lines: the edges of one form and one decision are read together.
"""

import contextlib
import datetime as dt
import logging
import re
import smtplib
from decimal import Decimal

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clusters import corrections, history
from clusters.intake.readings import number_in, precision_in, range_in
from clusters.models import Cluster, Source, Suggestion
from tests import factories as make
from tests.house.test_history import unkept

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/clusters/suggestion/{}/change/"
SOURCE = {"source_title": "Preuve", "source_publisher": "Le Quotidien", "source_kind": "press", "source_published": ""}


def evidence():
    return Source(
        slug="preuve", title="Preuve", kind="press", url="https://example.org/preuve", publication="published"
    )


def figure_values(**values):
    return {
        "source": evidence(),
        "reply": "",
        "value": Decimal(90),
        "upper": None,
        "precision": "exact",
        "dated": "",
        **values,
    }


def keep_all():
    for model in history.registered():
        history.keep_new(model._base_manager.all(), by=None)


# -- The history of everybody a figure is about -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "proposed_on", ["one of two clusters", "its source", "a programme's source", "a country's source"]
)
def test_a_new_figure_is_kept_with_each_subject(proposed_on):
    one, other, programme, source = make.make_cluster(), make.make_cluster(), make.make_programme(), make.make_source()
    about = {
        "one of two clusters": (one, other), "its source": (one,), "a programme's source": (), "a country's source": (),
    }[proposed_on]  # fmt: skip
    told = (
        {"programme": programme}
        if "programme" in proposed_on
        else {"country": "MA"}
        if "country" in proposed_on
        else {}
    )
    figure = make.make_observation(*about, source=source, **told)
    keep_all()
    suggestion = make.make_suggestion(
        one if proposed_on == "one of two clusters" else source, field="figure", observation=figure, proposed="90"
    )
    corrections.accept(suggestion, make.make_user(), figure_values())
    assert suggestion.made.supersedes == figure
    assert (set(suggestion.made.clusters.all()), suggestion.made.country.code or "") == (
        set(about),
        told.get("country", ""),
    )
    assert unkept() == []


# -- Numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number", "precision"),
    [
        ("5 milliards de dirhams", 5 * 10**9, "exact"),
        ("environ 38 millions", 38 * 10**6, "about"),
        ("3,5 millions", 3_500_000, "exact"),
        ("28 MDH", 28 * 10**6, "exact"),
        ("29.000", 29_000, "exact"),
        ("1.200.000 emplois", 1_200_000, "exact"),
        ("12.5", Decimal("12.5"), "exact"),
        ("2 024 adhérents", 2024, "exact"),
        ("80 2024", 80, "exact"),
        ("entreprises universitaires : 80", 80, "exact"),
        ("divers : 12", 12, "exact"),
        ("80 milliardaires", 80, "exact"),
    ],
)
def test_a_number_is_read_as_the_press_writes_it(text, number, precision):
    assert (number_in(text), precision_in(text)) == (number, precision)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("de 12 à 15 hectares", 12, 15),
        ("70-80", 70, 80),
        ("de 3 à 5 millions", 3 * 10**6, 5 * 10**6),
        ("80 à Casablanca", 80, None),
        ("2014-12", 2014, None),
        ("rien", None, None),
    ],
)
def test_a_range_is_read_as_one(text, low, high):
    assert range_in(text) == (low, high)


# -- Meanwhile ----------------------------------------------------------------------------------------------------------


def token(client, address):
    return re.search(r'name="token" value="([^"]+)"', client.get(address).content.decode())[1]


def test_a_figure_corrected_while_a_reader_types_loses_nothing(client, monkeypatch):
    cluster = make.make_cluster()
    figure = make.make_observation(cluster)
    address = f"/clusters/{cluster.slug}/correction/?figure={figure.pk}"
    typed = {
        "proposed": "91",
        "evidence": "https://example.org/x",
        "remark": "Page 3.",
        "token": token(client, address),
    }
    make.make_observation(cluster, indicator=figure.indicator, supersedes=figure, value=85)
    response = client.post(address, typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "vient d’être corrigé" in page
    assert ">\n91</textarea>" in page
    assert "Page 3." in page
    assert '<option value="other" selected>' in page
    # What is shown again can be sent: as another thing, about the record.
    assert f'action="/clusters/{cluster.slug}/correction/"' in page
    clock = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: clock() + 60)
    assert client.post(f"/clusters/{cluster.slug}/correction/", {**typed, "field": "other"}).status_code == 303


def test_what_is_sent_at_once_is_asked_for_again_and_then_taken(client, monkeypatch):
    cluster = make.make_cluster()
    address = f"/clusters/{cluster.slug}/correction/"
    typed = {"field": "city", "proposed": "Rabat", "evidence": "https://example.org/x", "token": token(client, address)}
    first = client.post(address, typed)
    page = first.content.decode()
    assert first.status_code == 422
    assert "Rabat" in page
    assert typed["token"] in page  # its age counts on
    clock = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: clock() + 3)
    assert client.post(address, typed).status_code == 303
    assert Suggestion.objects.get().proposed == "Rabat"


def test_the_second_editor_is_told_who_decided_and_keeps_the_reply(client, as_role):
    as_role("editor")
    suggestion = make.make_suggestion(make.make_cluster())
    other = make.make_user("editor", first_name="Nadia", last_name="Karam")
    form = client.get(ADDRESS.format(suggestion.pk))
    assert form.status_code == 200
    # Between the check of the form and the UPDATE.
    decide = corrections.reject
    corrections.reject = lambda *args: (decide(Suggestion.objects.get(pk=suggestion.pk), other, "Vu."), decide(*args))
    try:
        response = client.post(ADDRESS.format(suggestion.pk), {"decision": "reject", "reply": "Texte tapé"})
    finally:
        corrections.reject = decide
    page = response.content.decode()
    assert response.status_code == 422
    assert "Nadia Karam" in page
    assert "Texte tapé" in page
    suggestion.refresh_from_db()
    assert (suggestion.reply, suggestion.decided_by) == ("Vu.", other)


def test_a_record_that_was_saved_meanwhile_is_read_again_first(client, as_role):
    as_role("editor")
    cluster = make.make_cluster(city="Casablanca")
    suggestion = make.make_suggestion(cluster, current="Casablanca", proposed="Rabat")
    page = client.get(ADDRESS.format(suggestion.pk)).content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    assert "Elle dit maintenant" not in page
    with history.changing(cluster, by=None, act=history.Act.CHANGED):
        cluster.city = "Settat"
        cluster.save(update_fields=["city"])
    response = client.post(
        ADDRESS.format(suggestion.pk), {"decision": "accept", "text": "Rabat", "seen": seen, **SOURCE}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Elle dit maintenant" in page
    assert "Settat" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    sent = {"decision": "accept", "text": "Rabat", "seen": seen, **SOURCE}
    assert client.post(ADDRESS.format(suggestion.pk), sent).status_code == 302
    cluster.refresh_from_db()
    assert cluster.city == "Rabat"


# -- What a change would leave untrue -----------------------------------------------------------------------------------


def test_a_status_without_a_date_that_would_change_nothing_is_refused(client, as_role):
    as_role("editor")
    cluster = make.make_cluster(status="active")
    make.make_status(cluster, status="active", since="2014")
    suggestion = make.make_suggestion(cluster, field="status", proposed="En sommeil")
    response = client.post(
        ADDRESS.format(suggestion.pk), {"decision": "accept", "status": "dormant", **SOURCE, "source_published": "2010"}
    )
    assert response.status_code == 422
    assert "Donnez une date" in response.content.decode()
    assert cluster.status_changes.count() == 1
    sent = {"decision": "accept", "status": "dormant", "dated": "2024", **SOURCE}
    assert client.post(ADDRESS.format(suggestion.pk), sent).status_code == 302
    cluster.refresh_from_db()
    assert cluster.status == "dormant"


@pytest.mark.parametrize(("old_name", "kept"), [("former", 1), ("mistaken", 0)])
def test_a_misspelt_name_does_not_stay_as_a_former_one(client, as_role, old_name, kept):
    as_role("editor")
    cluster = make.make_cluster(name="Cluster Solère")
    suggestion = make.make_suggestion(cluster, field="name", proposed="Cluster Solaire")
    sent = {"decision": "accept", "text": "Cluster Solaire", "old_name": old_name, **SOURCE}
    assert client.post(ADDRESS.format(suggestion.pk), sent).status_code == 302
    assert Cluster.objects.get(pk=cluster.pk).name == "Cluster Solaire"
    assert cluster.names.filter(value="Cluster Solère").count() == kept


@pytest.mark.parametrize("field", ["city", "region"])
def test_the_evidence_of_a_place_becomes_its_source(client, as_role, field):
    as_role("editor")
    cluster = make.make_cluster()
    suggestion = make.make_suggestion(cluster, field=field, proposed="Rabat")
    assert (
        client.post(ADDRESS.format(suggestion.pk), {"decision": "accept", "text": "Rabat", **SOURCE}).status_code == 302
    )
    cluster.refresh_from_db()
    assert getattr(cluster, field) == "Rabat"
    assert cluster.location_source.url == suggestion.evidence


@pytest.mark.parametrize("old_name", ["former", "mistaken"])
@pytest.mark.parametrize("second", ["", "2018", "2022", "2022-06-30"])
@pytest.mark.parametrize("first", ["", "2020", "2020-03"])
def test_two_renames_in_any_order_leave_one_name_of_today(first, second, old_name):
    cluster, editor = make.make_cluster(name="Nom A"), make.make_user("editor")
    for name, dated in (("Nom B", first), ("Nom C", second)):
        suggestion = make.make_suggestion(Cluster.objects.get(pk=cluster.pk), field="name", proposed=name)
        values = {"source": make.make_source(), "reply": "", "text": name, "dated": dated}
        with contextlib.suppress(ValidationError):
            corrections.accept(suggestion, editor, values | {"old_name": old_name if name == "Nom C" else "former"})
        now = Cluster.objects.with_state_of(timezone.localdate()).get(pk=cluster.pk)
        assert now.name_then == now.name
    refused = first and second in ("", "2018") and old_name == "former"
    assert now.name == ("Nom B" if refused else "Nom C")
    assert [name.value for name in cluster.names.filter(kind="official")] == [now.name]
    if first and not refused and old_name == "former":
        assert (former := cluster.names.get(value="Nom B")).kind == "former"
        assert (former.valid_from, former.valid_to) == (first, second)


@pytest.mark.parametrize(
    ("dated", "sentence"), [("", "serait encore le nom d’aujourd’hui"), ("2999", "précisez le mois ou le jour")]
)
def test_the_date_of_a_rename_is_asked_for_in_a_sentence(client, as_role, dated, sentence):
    as_role("editor")
    cluster = make.make_cluster(name="Nom B")
    make.make_name(cluster, value="Nom B", kind="official", valid_from="2020")
    suggestion = make.make_suggestion(cluster, field="name", proposed="Nom C")
    sent = {"decision": "accept", "text": "Nom C", "old_name": "former", "dated": dated, **SOURCE}
    response = client.post(ADDRESS.format(suggestion.pk), sent)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Cluster.objects.get(pk=cluster.pk).name == "Nom B"
    assert cluster.names.get().kind == "official"


def test_a_name_that_is_borne_again_says_when():
    cluster, editor = make.make_cluster(name="Nom A"), make.make_user("editor")
    for name, dated in (("Nom B", "2010"), ("Nom A", "2015"), ("Nom B", "2020")):
        suggestion = make.make_suggestion(Cluster.objects.get(pk=cluster.pk), field="name", proposed=name)
        values = {"source": make.make_source(), "reply": "", "text": name, "dated": dated, "old_name": "former"}
        corrections.accept(suggestion, editor, values)
    said = [
        Cluster.objects.with_state_of(dt.date(year, 6, 1)).get(pk=cluster.pk).name_then
        for year in (2005, 2012, 2017, 2022)
    ]
    assert said == ["Nom A", "Nom B", "Nom A", "Nom B"]


def test_a_new_city_says_that_the_coordinates_are_the_old_ones(client, as_role):
    as_role("editor")
    cluster = make.make_cluster(latitude="33.58831", longitude="-7.61138", location_precision="city")
    suggestion = make.make_suggestion(cluster)
    sent = {"decision": "accept", "text": "Rabat", **SOURCE}
    page = client.post(ADDRESS.format(suggestion.pk), sent, follow=True).content.decode()
    assert "les coordonnées sont celles du lieu d’avant" in page


# -- Duplicates ---------------------------------------------------------------------------------------------------------


def test_duplicates_point_at_what_is_none_and_tell_nobody_s_address(client):
    cluster, editor = make.make_cluster(), make.make_user()
    first, second, third = (make.make_suggestion(cluster) for _number in range(3))
    corrections.mark_duplicate(second, editor, first)
    corrections.mark_duplicate(Suggestion.objects.get(pk=first.pk), editor, third)
    second.refresh_from_db()
    assert second.duplicate_of == third
    corrections.reject(Suggestion.objects.get(pk=third.pk), editor, "La page dit autre chose.")
    page = client.get(second.get_absolute_url()).content.decode()
    assert "La page dit autre chose." in page
    assert third.token not in page


def test_the_reply_to_a_duplicate_is_kept(client, as_role):
    as_role("editor")
    cluster = make.make_cluster(name="Cluster Solaire")
    first, second = make.make_suggestion(cluster), make.make_suggestion(cluster)
    sent = {"decision": "duplicate", "duplicate_of": first.pk, "reply": "Déjà signalé, merci."}
    page = client.post(ADDRESS.format(second.pk), sent, follow=True).content.decode()
    second.refresh_from_db()
    assert second.reply == "Déjà signalé, merci."
    assert "la correction est un doublon." in page


def test_no_correction_becomes_a_duplicate_of_itself():
    cluster, editor = make.make_cluster(), make.make_user("editor")
    first, second = make.make_suggestion(cluster), make.make_suggestion(cluster)
    read = [
        (Suggestion.objects.get(pk=one.pk), Suggestion.objects.get(pk=other.pk))
        for one, other in ((first, second), (second, first))
    ]
    corrections.mark_duplicate(read[0][0], editor, read[0][1])
    with pytest.raises(ValidationError, match="ne soit pas un doublon"):
        corrections.mark_duplicate(read[1][0], editor, read[1][1])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.duplicate_of, second.state) == ("duplicate", second, "new")
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.filter(pk=first.pk).update(duplicate_of=first)


def test_the_source_typed_for_a_correction_decided_meanwhile_is_shown_again(client, as_role):
    as_role("editor")
    suggestion = make.make_suggestion(make.make_cluster())
    make.make_source(url=suggestion.evidence)
    Suggestion.objects.get(pk=suggestion.pk).accept(make.make_user("editor"), "", lambda: None)
    sent = {
        "decision": "accept",
        "text": "Rabat",
        "reply": "",
        **SOURCE,
        "source_title": "Un titre tapé",
        "source_publisher": "Un éditeur tapé",
    }
    response = client.post(ADDRESS.format(suggestion.pk), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Un titre tapé" in page
    assert "Un éditeur tapé" in page


# -- Who may know -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["email__startswith=s", "email=secret@example.org", "token__startswith=a", "network=abc"]
)
@pytest.mark.parametrize("role", ["author", "editor"])
def test_the_list_cannot_be_asked_for_what_a_sender_is_not_to_be_known_by(client, as_role, role, query):
    as_role(role)
    make.make_suggestion(make.make_cluster(), email="secret@example.org", network="abc")
    assert client.get(f"/admin/clusters/suggestion/?{query}").status_code in (302, 400)
    assert client.get("/admin/clusters/suggestion/?state__exact=new&field__exact=city").status_code == 200


def test_a_mail_that_fails_takes_nothing_back_and_its_address_is_not_logged(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refused(*args):
        raise smtplib.SMTPRecipientsRefused({"secret@example.org": (550, b"no")})

    monkeypatch.setattr(corrections, "send_mail", refused)
    suggestion = make.make_suggestion(make.make_cluster(), email="secret@example.org")
    with caplog.at_level(logging.INFO), django_capture_on_commit_callbacks(execute=True):
        corrections.reject(suggestion, make.make_user(), "Non.")
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.email) == ("rejected", "")
    assert f"correction {suggestion.pk} could not be sent" in caplog.text
    assert "secret" not in caplog.text


def test_what_a_page_tells_is_read_without_what_its_sender_typed():
    cluster = make.make_cluster()
    suggestion = make.make_suggestion(cluster)
    corrections.reject(suggestion, make.make_user(), "Non.")
    (told,) = Suggestion.objects.about(cluster).told()
    assert {"email", "network", "token", "proposed", "remark", "evidence"} <= told.get_deferred_fields()
