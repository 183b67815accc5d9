"""The history of a record in the admin: what its pages say, who is told that they come too late, and the way back."""

import datetime as dt
import re

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clusters import history
from clusters.history import Act, Revision, snapshots
from clusters.history.pages import PER_PAGE
from clusters.models import Cluster, ClusterIdentifier, Source
from tests import factories as make
from tests.clusters.test_admin import LIST, change, form_of

pytestmark = pytest.mark.django_db


def page(record, name="history", *numbers):
    options = record._meta
    name = name if name == "history" else f"history_{name}"
    return reverse(f"admin:{options.app_label}_{options.model_name}_{name}", args=[record.pk, *numbers])


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def do(record, by, why="", act=Act.CHANGED, **values):
    """A change by somebody; the record as it is read afresh."""
    with history.changing(record, by=by, act=act, why=why):
        for name, value in values.items():
            setattr(record, name, value)
        record.save()
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def cluster():
    return make.make_cluster(name="Cluster solaire", city="Rabat")


# -- The list --------------------------------------------------------------------------------------------------------


def test_the_list_says_who_when_why_and_what(client, as_role, cluster):
    editor = as_role("editor")
    editor.first_name, editor.last_name = "Elissa", "Marzouk"
    editor.save()
    make.make_name(cluster)
    with history.changing(cluster, by=editor, act=Act.CHANGED, why="lettre du 3 mars"):
        cluster.city = "Salé"
        cluster.save()
        cluster.names.all().delete()
        make.make_name(cluster, value="Un")
        make.make_name(cluster, value="Deux")
    shown = text(client, page(cluster))
    assert "ville\u202f; autres noms\u00a0: 2 ajouts, 1 suppression" in shown
    assert "«\u202flettre du 3 mars\u202f»" in shown
    assert "Elissa Marzouk" in shown
    assert "Première version conservée." in shown
    assert shown.index("Version 2") < shown.index("Version 1"), "the newest first"
    assert page(cluster, "restore", 1) in shown
    assert page(cluster, "restore", 2) not in shown, "nobody goes back to where they are"


def test_a_record_without_a_history_says_when_it_begins(client, as_role, cluster):
    as_role("editor")
    assert "l’historique commence au prochain enregistrement" in text(client, page(cluster))


def test_the_log_tells_of_the_time_before(client, as_role, cluster):
    editor = as_role("editor")
    kind = ContentType.objects.get_for_model(Cluster)
    line = LogEntry.objects.create(
        user=editor, content_type=kind, object_id=cluster.pk, object_repr="x", action_flag=ADDITION, change_message="Import d’autrefois"
    )  # fmt: skip
    LogEntry.objects.filter(pk=line.pk).update(action_time=timezone.now() - dt.timedelta(days=900))
    assert "Selon le journal" in text(client, page(cluster))
    do(cluster, editor, city="Salé")
    shown = text(client, page(cluster))
    assert "Avant l’historique, selon le journal" in shown
    assert "Import d’autrefois" in shown


def test_a_long_history_has_pages_and_asks_no_more_often(client, as_role, cluster):
    editor = as_role("editor")

    def queries(address):
        text(client, address)
        with CaptureQueriesContext(connection) as asked:
            text(client, address)
        return len(asked)

    for number in range(2):
        cluster = do(cluster, editor, city=f"Ville {number}")
    few = queries(page(cluster))
    for number in range(PER_PAGE + 10):
        cluster = do(cluster, editor, city=f"Ville {number} bis")
    assert queries(page(cluster)) <= few
    second = text(client, f"{page(cluster)}?p=2")
    assert "Version 1 " in second
    assert "Première version conservée." in second
    assert f"<h2>Version {cluster.version} " not in second
    for asked in ("0", "99", "x", "-1", "9" * 30, ""):
        assert client.get(f"{page(cluster)}?p={asked}").status_code == 200, asked


def ticked(shown):
    """(from, to) as the page has them."""
    found = dict(re.findall(r'name="(from|to)" value="(\d+)" checked', shown))
    return int(found["from"]), int(found["to"])


def test_versions_of_different_pages_can_be_compared_without_a_script(client, as_role, cluster):
    editor = as_role("editor")
    for number in range(2 * PER_PAGE + 5):
        cluster = do(cluster, editor, city=f"Ville {number}")
    newest = cluster.version
    assert ticked(text(client, page(cluster))) == (newest - 1, newest)
    second = text(client, f"{page(cluster)}?p=2")
    assert ticked(second) == (newest - PER_PAGE, newest), "the version of today can be chosen on every page"
    assert "Version actuelle" in second
    assert f'formaction="{page(cluster)}" name="p" value="3"' in second, (
        "the pages are buttons: they take along what is ticked"
    )
    third = text(client, f"{page(cluster)}?from={newest - 3}&to={newest - 30}&p=3")
    assert ticked(third) == (newest - 3, newest - 30)
    assert third.count('name="from"') == 6 + 3, "those of this page, and the two chosen elsewhere beside the newest"
    compared = text(client, f"{page(cluster, 'compare')}?from={newest - 3}&to=1")
    assert f"Versions 1 et {newest - 3}" in compared
    for wrong in ("from=x&to=", "from=0&to=999999", f"from={'9' * 40}"):
        assert ticked(text(client, f"{page(cluster)}?p=2&{wrong}")) == (newest - PER_PAGE, newest)


# -- Two of them -----------------------------------------------------------------------------------------------------


def test_two_versions_in_words_escaped_and_readable_without_colour(client, as_role, cluster):
    editor = as_role("editor")
    cluster = do(cluster, editor, city="<b>Salé</b>", description="<p>Un texte sur le solaire.</p>")
    cluster = do(cluster, editor, description="<p>Un texte sur le soleil.</p><p>Et la suite.</p>", why="<i>raison</i>")
    for first, second in ((1, 3), (3, 1)):
        shown = text(client, f"{page(cluster, 'compare')}?from={first}&to={second}")
        assert "&lt;b&gt;Salé&lt;/b&gt;" in shown
        assert "<b>Salé" not in shown
        assert "&lt;i&gt;raison" in shown
    shown = text(client, f"{page(cluster, 'compare')}?from=2&to=3")
    assert "[supprimé\u00a0: </span>solaire." in shown
    assert "[ajouté\u00a0: </span>soleil." in shown
    assert "<del>" in shown


@pytest.mark.parametrize(
    "query", ["", "?from=1", "?from=1&to=9", "?from=x&to=1", f"?from={'9' * 40}&to=1", "?from=-1&to=1"]
)
def test_whoever_chooses_no_two_versions_is_asked_again(client, as_role, cluster, query):
    do(cluster, as_role("editor"), city="Salé")
    response = client.get(page(cluster, "compare") + query, follow=True)
    assert response.redirect_chain == [(page(cluster), 302)]
    assert "Choisissez deux versions de cette liste" in response.content.decode()


def test_a_version_with_itself_differs_in_nothing(client, as_role, cluster):
    do(cluster, as_role("editor"), city="Salé")
    assert "Ces deux versions disent la même chose." in text(client, f"{page(cluster, 'compare')}?from=1&to=1")


def test_a_state_can_be_read(client, as_role, cluster):
    editor = as_role("editor")
    make.make_name(cluster, value="العنقود", language="ar", kind="alias")
    cluster = do(cluster, editor, city="Salé", description="<h2>Un titre</h2><p>Un texte.</p>")
    shown = text(client, page(cluster, "state", 2))
    for word in ("Salé", "Maroc", "العنقود", "arabe", "Un texte.", "C’est l’état actuel"):
        assert word in shown
    assert "Rabat" in text(client, page(cluster, "state", 1))
    for number in (0, 3, 9_999_999_999_999_999_999_999):
        assert client.get(f"{page(cluster)}{number}/").status_code == 404


# -- The way back ----------------------------------------------------------------------------------------------------


def test_going_back_is_asked_first_and_makes_a_new_version(client, as_role, cluster):
    editor = as_role("editor")
    cluster = do(cluster, editor, city="Salé")
    asked = text(client, page(cluster, "restore", 1))
    assert "Ce qui va changer" in asked
    assert "Ce qui reste comme aujourd’hui" in asked
    assert Cluster.objects.get().city == "Salé", "a question changes nothing"
    response = client.post(
        page(cluster, "restore", 1), {"version": cluster.version, "why": "faute de frappe"}, follow=True
    )
    shown = response.content.decode()
    assert "La fiche est revenue à l’état de la version 1." in shown
    assert "retour à la version 1 – faute de frappe" in shown
    stored = Cluster.objects.get()
    assert (stored.city, stored.version, stored.modified_by, stored.publication) == ("Rabat", 3, editor, "published")


@pytest.mark.parametrize("version", [1, "", "x", "9" * 40])
def test_whoever_has_read_an_older_version_is_told_and_changes_nothing(client, as_role, cluster, version):
    cluster = do(cluster, as_role("editor"), city="Salé")
    response = client.post(page(cluster, "restore", 1), {"version": version}, follow=True)
    assert "Quelqu’un vient de l’enregistrer" in response.content.decode()
    assert Cluster.objects.get().city == "Salé"
    assert Revision.objects.of(cluster).count() == 2


def test_a_reason_that_came_too_late_stays_in_its_box(client, as_role, cluster):
    editor = as_role("editor")
    cluster = do(cluster, editor, city="Salé")
    seen = cluster.version
    cluster = do(cluster, editor, city="Fès")
    response = client.post(page(cluster, "restore", 1), {"version": seen, "why": "une longue raison"}, follow=True)
    shown = response.content.decode()
    assert "Quelqu’un vient de l’enregistrer" in shown
    assert 'value="une longue raison"' in shown
    assert "Fès" in shown, "what would change is told of the state of today"
    again = {"version": response.context["version"], "why": "une longue raison"}
    client.post(page(cluster, "restore", 1), again)
    assert (Cluster.objects.get().city, Revision.objects.of(cluster).first().why) == (
        "Rabat",
        "retour à la version 1 – une longue raison",
    )


def test_lines_that_the_database_refuses_are_told_and_nothing_is_written(client, as_role, cluster):
    editor = as_role("editor")
    first, second = exchanged_identifiers(cluster, editor)
    cluster.refresh_from_db()
    before = snapshots.current(cluster)
    response = client.post(page(cluster, "restore", first.number), {"version": cluster.version, "why": "raison"})
    shown = response.content.decode()
    assert "Rien n’a changé." in shown
    assert "La ligne d’aujourd’hui" in shown
    assert 'value="raison"' in shown
    assert snapshots.current(cluster) == before
    assert Revision.objects.of(cluster).first() == second


def test_what_cannot_come_back_is_said_before_and_after(client, as_role, cluster):
    editor = as_role("editor")
    programme = make.make_programme(name="Programme d’autrefois")
    part = make.make_participation(cluster, programme)
    with history.changing(cluster, by=editor, act=Act.CHANGED):
        part.delete()
        cluster.city = "Salé"
        cluster.save()
    programme.delete()
    sentence = "a été supprimé depuis."
    assert sentence in text(client, page(cluster, "restore", 1))
    response = client.post(page(cluster, "restore", 1), {"version": cluster.version}, follow=True)
    assert sentence in response.content.decode()
    assert Cluster.objects.get().city == "Rabat"


def test_a_state_that_would_not_be_valid_is_refused_with_its_field(client, as_role):
    editor = as_role("editor")
    source = make.make_source(title="Étude", url="https://example.org")
    source = do(source, editor, title="Autre étude")
    first = Revision.objects.of(source).last()
    state = first.snapshot
    Revision.objects.filter(pk=first.pk).update(
        content=type(state)(**{**vars(state), "fields": {**state.fields, "title": ""}}).packed()
    )
    response = client.post(page(source, "restore", 1), {"version": source.version}, follow=True)
    shown = response.content.decode()
    assert "Rien n’a changé. Titre\u00a0:" in shown
    assert Source.objects.get().title == "Autre étude"


def test_nothing_to_go_back_to_is_said(client, as_role, cluster):
    editor = as_role("editor")
    cluster = do(cluster, editor, city="Salé")
    cluster = do(cluster, editor, city="Rabat")
    shown = text(client, page(cluster, "restore", 1))
    assert "Il n’y a rien à rétablir" in shown


def test_whoever_only_reads_the_registry_reads_its_history_but_goes_nowhere(client, as_role, cluster):
    cluster = do(cluster, as_role("editor"), city="Salé")
    as_role("author")
    assert "Voir cet état" in text(client, page(cluster))
    assert "Revenir à cet état" not in text(client, page(cluster))
    assert client.get(page(cluster, "restore", 1)).status_code == 403
    assert client.post(page(cluster, "restore", 1), {"version": 2}).status_code == 403


def exchanged_identifiers(cluster, editor):
    """Two revisions: of the first neither line can come back, since another record has what the second of them said."""
    one = ClusterIdentifier.objects.create(cluster=cluster, registry="wikidata", value="Q2")
    two = ClusterIdentifier.objects.create(cluster=cluster, registry="wikidata", value="Q3")
    first = history.keep(cluster, by=editor, act=Act.CREATED)
    with history.changing(cluster, by=editor, act=Act.CHANGED):
        ClusterIdentifier.objects.filter(pk=one.pk).update(value="Q9")
        ClusterIdentifier.objects.filter(pk=two.pk).update(value="Q2")
        ClusterIdentifier.objects.create(cluster=make.make_cluster(), registry="wikidata", value="Q3")
    return first, Revision.objects.of(cluster).first()


# -- Saving and acting -----------------------------------------------------------------------------------------------


def test_a_form_says_why_and_an_untouched_one_leaves_no_line(client, as_role, cluster):
    editor = as_role("editor")
    assert "Raison de la modification" in text(client, change(cluster))
    assert "Raison de la modification" not in text(client, f"{LIST}add/")
    sent = form_of(cluster, city="Salé", why="  l’association a déménagé !  ")
    assert client.post(change(cluster), sent).status_code == 302
    last = Revision.objects.of(cluster).first()
    assert (last.number, last.by, last.why) == (2, editor, "l’association a déménagé\u202f!")
    cluster.refresh_from_db()
    assert client.post(change(cluster), form_of(cluster)).status_code == 302
    assert Revision.objects.of(cluster).count() == 2


def test_publishing_and_withdrawing_in_the_form_are_acts_of_their_own(client, as_role, cluster):
    as_role("editor")
    for state, act in (
        ("withdrawn", "withdrawn"),
        ("published", "published"),
        ("published", "changed"),
        ("draft", "changed"),
    ):
        cluster.refresh_from_db()
        sent = form_of(cluster, publication=state, summary=f"{state} {act}")
        assert client.post(change(cluster), sent).status_code == 302
        assert Revision.objects.of(cluster).first().act == act


def test_a_reason_that_is_too_long_is_refused_at_its_field(client, as_role, cluster):
    as_role("editor")
    response = client.post(change(cluster), form_of(cluster, why="x" * 301))
    assert response.status_code == 200
    assert "300" in response.content.decode()
    assert not Revision.objects.exists()


def test_deleting_what_records_list_is_in_their_history(client, as_role):
    editor = as_role("editor")
    source = make.make_source(title="Une étude", publisher="")
    programme = make.make_programme()
    programme.sources.set([source])
    address = reverse("admin:clusters_source_delete", args=[source.pk])
    assert client.post(address, {"post": "yes"}).status_code == 302
    last = Revision.objects.of(programme).first()
    assert (last.number, last.by, last.why) == (2, editor, "suppression de «\u202fUne étude\u202f»")
    assert "sources\u00a0: 1 suppression" in text(client, page(programme))
