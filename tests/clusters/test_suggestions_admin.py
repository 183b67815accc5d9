"""Corrections are decided in the admin: each sort changes the registry with its evidence as the source, or leaves it alone."""

from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clusters.history import Act, Revision
from clusters.models import Cluster, Observation, Source, Suggestion, documented_by
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
NEW_SOURCE = {
    "source_title": "Le siège déménage", "source_publisher": "Le Quotidien", "source_kind": "press", "source_published": "2024-05-03",
}  # fmt: skip


@pytest.fixture
def cluster():
    return make_cluster(slug="solaire", name="Cluster Solaire", city="Casablanca", status="active")


def address(suggestion):
    return f"/admin/clusters/suggestion/{suggestion.pk}/change/"


def decide(client, suggestion, decision, **data):
    return client.post(address(suggestion), {"decision": decision, "reply": "", **data})


def test_the_page_shows_both_sides_and_is_filled_in_as_the_reader_wrote(client, as_role, cluster):
    as_role("editor")
    figure = make_observation(cluster, indicator=make_indicator(label="Adhérents"), dated="2017")
    suggestion = make_suggestion(
        cluster,
        field="figure",
        observation=figure,
        current="Adhérents : 80",
        proposed="environ 29 000",
        dated="2024-05",
    )
    html = client.get(address(suggestion)).content.decode()
    for shown in ("Adhérents : 80", "environ 29 000", "https://example.org/preuve", 'value="29000"', 'value="2024-05"'):
        assert shown in html
    assert '<option value="about" selected>' in html


def test_an_accepted_figure_supersedes_the_old_one_with_its_evidence(client, as_role, cluster):
    editor = as_role("editor")
    figure = make_observation(cluster, value=80, unit="entreprises", dated="2017")
    suggestion = make_suggestion(cluster, field="figure", observation=figure, proposed="90")
    response = decide(client, suggestion, "accept", value="90", precision="about", dated="2024", **NEW_SOURCE)
    assert response.status_code == 302
    suggestion.refresh_from_db()
    made = suggestion.made
    assert (suggestion.state, suggestion.decided_by) == ("accepted", editor)
    assert (made.value, made.precision, made.dated, made.unit) == (Decimal(90), "about", "2024", "entreprises")
    assert (made.supersedes, made.recorded_by, list(made.clusters.all())) == (figure, editor, [cluster])
    assert (made.source.url, made.source.publisher, made.source.published) == (
        suggestion.evidence, "Le Quotidien", "2024-05-03",
    )  # fmt: skip
    assert list(Observation.objects.visible().about(cluster)) == [made]
    kept = Revision.objects.filter(kind="clusters.cluster", object_id=cluster.pk).first()
    assert (kept.act, kept.by) == (Act.SUGGESTED, editor)
    assert str(suggestion.pk) in kept.why


def test_evidence_that_is_a_source_already_is_used(client, as_role, cluster):
    as_role("editor")
    source = make_source(url="http://www.example.org/preuve/")
    suggestion = make_suggestion(cluster, field="city", proposed="Rabat")
    assert "déjà une source du registre" in client.get(address(suggestion)).content.decode()
    decide(client, suggestion, "accept", text="Rabat")
    cluster.refresh_from_db()
    assert cluster.city == "Rabat"
    assert Source.objects.get() == source


@pytest.mark.parametrize(
    ("field", "data", "read", "expected"),
    [
        ("website", {"text": "https://solaire.example"}, lambda c: c.website, "https://solaire.example"),
        ("acronym", {"text": "CSM"}, lambda c: c.acronym, "CSM"),
        ("legal_form", {"text": "association"}, lambda c: c.legal_form, "association"),
        ("status", {"status": "dormant", "dated": "2024"}, lambda c: c.status, "dormant"),
        ("other_name", {"text": "Pôle solaire", "name_kind": "alias"}, lambda c: c.names.get().value, "Pôle solaire"),
        ("name", {"text": "Cluster EnR", "dated": "2022-06-30"}, lambda c: c.name, "Cluster EnR"),
    ],
)
def test_each_sort_of_correction_changes_its_own_thing(client, as_role, cluster, field, data, read, expected):
    as_role("editor")
    suggestion = make_suggestion(cluster, field=field, proposed=expected)
    assert decide(client, suggestion, "accept", **data, **NEW_SOURCE).status_code == 302
    cluster = Cluster.objects.get(pk=cluster.pk)
    assert read(cluster) == expected
    assert cluster.version == 2


@pytest.mark.parametrize(
    ("field", "data"), [("acronym", {"text": "CSM"}), ("city", {"text": "Rabat"}), ("status", {"status": "dormant"})]
)
def test_the_evidence_is_a_source_that_readers_find_and_versions_lead_to_the_correction(
    client, as_role, cluster, field, data
):
    as_role("editor")
    Cluster.objects.filter(pk=cluster.pk).update(location_source=make_source(), location_note="Selon une étude.")
    suggestion = make_suggestion(cluster, field=field, proposed="x")
    assert decide(client, suggestion, "accept", **data, **NEW_SOURCE).status_code == 302
    source = Source.objects.get(url=suggestion.evidence)
    suggestion.refresh_from_db()
    assert suggestion.proof == source
    assert cluster in documented_by(source)
    assert f'<a href="/sources/{source.slug}/">' in client.get("/clusters/solaire/").content.decode()
    history = client.get(f"/admin/clusters/cluster/{cluster.pk}/history/").content.decode()
    assert address(suggestion) in history
    cluster.refresh_from_db()
    if field == "city":
        assert (cluster.location_source, cluster.location_note) == (source, "")
    Source.objects.filter(pk=source.pk).update(publication="draft")
    assert "siège déménage" not in client.get("/clusters/solaire/").content.decode()


def test_a_figure_leads_to_the_correction_that_it_came_from(client, as_role, cluster):
    as_role("editor")
    old = make_observation(cluster)
    suggestion = make_suggestion(cluster, field="figure", observation=old, proposed="90")
    decide(client, suggestion, "accept", value="90", precision="exact", **NEW_SOURCE)
    suggestion.refresh_from_db()
    for figure, leads in ((suggestion.made, True), (old, False)):
        page = client.get(f"/admin/clusters/observation/{figure.pk}/change/").content.decode()
        assert (address(suggestion) in page) is leads


def test_a_new_name_leaves_the_old_one_to_be_found(client, as_role, cluster):
    as_role("editor")
    suggestion = make_suggestion(cluster, field="name", proposed="Cluster EnR")
    decide(client, suggestion, "accept", text="Cluster EnR", dated="2022-06-30", **NEW_SOURCE)
    names = {(name.value, name.kind, name.valid_from, name.valid_to) for name in cluster.names.all()}
    assert names == {("Cluster Solaire", "former", "", "2022-06-30"), ("Cluster EnR", "official", "2022-06-30", "")}
    assert list(Cluster.objects.matching("solaire")) == [cluster]
    assert "Cluster Solaire" in client.get("/clusters/solaire/?as_of=2018").content.decode()


@pytest.mark.parametrize(
    ("record", "field", "column"),
    [(make_programme, "name", "name"), (make_source, "name", "title"), (make_source, "website", "url")],
)
def test_programmes_and_sources_are_corrected_too(client, as_role, record, field, column):
    as_role("editor")
    row = record()
    suggestion = make_suggestion(row, field=field, proposed="https://example.org/neuf")
    assert decide(client, suggestion, "accept", text="https://example.org/neuf", **NEW_SOURCE).status_code == 302
    row.refresh_from_db()
    assert getattr(row, column) == "https://example.org/neuf"


def test_what_the_record_refuses_is_told_and_nothing_is_half_done(client, as_role, cluster):
    as_role("editor")
    suggestion = make_suggestion(cluster, field="website", proposed="pas une adresse", email="l@example.org")
    response = decide(client, suggestion, "accept", text="pas une adresse", reply="Merci.", **NEW_SOURCE)
    html = response.content.decode()
    assert response.status_code == 422
    assert "adresse complète" in html
    assert "Merci." in html
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.email, Source.objects.count(), mail.outbox) == ("new", "l@example.org", 0, [])


@pytest.mark.parametrize(
    ("decision", "data", "sentence"),
    [
        ("reject", {}, "Répondez en une phrase"),
        ("duplicate", {}, "Choisissez la correction"),
        ("accept", {"text": ""}, "nécessaire pour accepter"),
        ("duplicate", {"duplicate_of": "999999"}, ""),
        ("duplicate", {"duplicate_of": "x"}, ""),
    ],
)
def test_what_is_missing_is_asked_for(client, as_role, cluster, decision, data, sentence):
    as_role("editor")
    suggestion = make_suggestion(cluster)
    response = decide(client, suggestion, decision, **{**NEW_SOURCE, **data})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    suggestion.refresh_from_db()
    assert suggestion.is_open


def test_a_refusal_is_answered_and_the_address_forgotten(client, as_role, cluster, django_capture_on_commit_callbacks):
    as_role("editor")
    suggestion = make_suggestion(cluster, email="lectrice@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        decide(client, suggestion, "reject", reply="La page dit autre chose.")
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.email) == ("rejected", "")
    assert [message.to for message in mail.outbox] == [["lectrice@example.org"]]
    assert "La page dit autre chose." in mail.outbox[0].body
    cluster.refresh_from_db()
    assert (cluster.city, cluster.version) == ("Casablanca", 1)


def test_a_duplicate_names_the_other_one_of_the_same_record(client, as_role, cluster):
    as_role("editor")
    first, second, elsewhere = make_suggestion(cluster), make_suggestion(cluster), make_suggestion(make_cluster())
    assert decide(client, second, "duplicate", duplicate_of=elsewhere.pk).status_code == 422
    assert decide(client, second, "duplicate", duplicate_of=first.pk).status_code == 302
    second.refresh_from_db()
    assert (second.state, second.duplicate_of) == ("duplicate", first)
    with pytest.raises(ValidationError):
        first.mark_duplicate(make_user(), second)


def test_the_second_of_two_editors_is_told(client, as_role, cluster):
    as_role("editor")
    suggestion = make_suggestion(cluster)
    Suggestion.objects.get(pk=suggestion.pk).reject(make_user(), "Déjà vu.")
    response = decide(client, suggestion, "accept", text="Rabat", **NEW_SOURCE)
    assert response.status_code == 422
    assert "déjà décidée" in response.content.decode()
    cluster.refresh_from_db()
    assert cluster.city == "Casablanca"


def test_a_figure_corrected_meanwhile_is_not_corrected_twice(client, as_role, cluster):
    as_role("editor")
    figure = make_observation(cluster)
    suggestion = make_suggestion(cluster, field="figure", observation=figure, proposed="90")
    make_observation(cluster, supersedes=figure, value=85)
    response = decide(client, suggestion, "accept", value="90", precision="exact", **NEW_SOURCE)
    assert response.status_code == 422
    assert "a été corrigé entre-temps" in response.content.decode()
    assert Observation.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "sees", "decides"), [("editor", True, True), ("author", True, False), ("moderator", False, False)]
)
def test_editors_decide_and_authors_read(client, as_role, cluster, role, sees, decides):
    as_role(role)
    suggestion = make_suggestion(cluster)
    assert client.get(address(suggestion)).status_code == (200 if sees else 403)
    assert ("Accepter et corriger" in client.get(address(suggestion)).content.decode()) is decides
    assert decide(client, suggestion, "reject", reply="Non.").status_code == (302 if decides else 403)
    assert decide(client, suggestion, "nonsense").status_code == 403


def test_open_ones_are_counted_on_the_front_page_and_stand_first(client, as_role, cluster):
    as_role("editor")
    make_suggestion(cluster, proposed="Attend")
    make_suggestion(cluster, proposed="Décidée").reject(make_user(), "Non.")
    html = client.get("/admin/").content.decode()
    assert 'href="/admin/clusters/suggestion/?state__exact=new"><strong>1</strong>' in html
    listed = client.get("/admin/clusters/suggestion/").content.decode()
    assert listed.index("Attend") < listed.index("Décidée")
    assert "Décidée" not in client.get("/admin/clusters/suggestion/?state__exact=new").content.decode()


def test_the_page_of_one_asks_the_database_no_more_with_many_others(client, as_role, cluster):
    as_role("editor")
    suggestion = make_suggestion(cluster)

    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(address(suggestion))
        return len(asked)

    count()
    before = count()
    for _n in range(12):
        make_suggestion(cluster)
    assert count() == before
