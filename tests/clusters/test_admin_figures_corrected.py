"""Corrections of figures in the admin: the history of everybody whom they touch, and two editors with the same figure."""

import contextlib
import threading

import pytest
from django.db import connection
from django.test import Client

from clusters.admin.figures import ObservationForm
from clusters.history import Revision
from clusters.models import Observation
from tests import factories as make
from tests.clusters.test_admin import change, errors, figure, form_of
from tests.clusters.test_history_at_once import at_once

pytestmark = pytest.mark.django_db
ADD = "/admin/clusters/observation/add/"


def correcting(old, **values):
    return figure(old.indicator, old.source, scope=old.scope, value="90", supersedes=old.pk, **values)


def last_line(record, lines):
    last = Revision.objects.of(record).first()
    assert last.number == record.version == 2
    assert last.why.startswith("chiffre remplacé\u00a0: ")
    return last.snapshot.lines[lines][-1]["said"]


def test_a_correction_about_another_is_in_the_history_of_both(client, as_role):
    as_role("editor")
    first, second = make.make_cluster(), make.make_cluster()
    old = make.make_observation(first)
    assert client.post(ADD, correcting(old, about=[second.pk])).status_code == 302
    for one in (first, second):
        one.refresh_from_db()
    assert last_line(first, "observation_links").endswith("remplacé par un autre")
    assert "à la place de" in last_line(second, "observation_links")


def test_a_correction_that_leaves_a_programme_is_in_its_history(client, as_role):
    as_role("editor")
    programme, cluster = make.make_programme(), make.make_cluster()
    old = make.make_observation(scope="programme", programme=programme)
    assert client.post(ADD, {**correcting(old, about=[cluster.pk]), "scope": "cluster"}).status_code == 302
    programme.refresh_from_db()
    assert last_line(programme, "observations").endswith("remplacé par un autre")
    assert Observation.objects.get(supersedes=old).clusters.get() == cluster


def link_to(figure):
    return f'<a href="/admin/clusters/observation/{figure.pk}/change/">'


def test_a_figure_that_somebody_has_corrected_leads_to_the_newer_one(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    old = make.make_observation(cluster)
    newer = make.make_observation(cluster, supersedes=make.make_observation(cluster, supersedes=old))
    sent = correcting(old, about=[cluster.pk], note="Tapé ici")
    page = errors(client.post(ADD, sent))
    assert "a déjà été corrigé" in page
    assert link_to(newer) in page
    assert "rechargez" not in page
    assert 'value="Tapé ici"' in page
    form = client.post(ADD, sent).context["adminform"].form
    assert [str(one.value) for one, _label in form.fields["supersedes"].choices if one] == [str(old.pk), str(newer.pk)]
    assert str(form["supersedes"].value()) == str(old.pk), "what was chosen is not taken for a new figure"
    assert client.post(ADD, {**sent, "supersedes": newer.pk}).status_code == 302
    assert Observation.objects.get(supersedes=newer).note == "Tapé ici"


def test_the_same_on_the_page_of_a_cluster(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    old = make.make_observation(cluster)
    newer = make.make_observation(cluster, supersedes=old)
    rows = [figure(old.indicator, old.source, supersedes=old.pk, note="Tapé ici")]
    page = errors(client.post(change(cluster), form_of(cluster, observation_links=rows)))
    assert link_to(newer) in page
    assert 'value="Tapé ici"' in page
    stranger = figure(old.indicator, old.source, supersedes=make.make_observation(make.make_cluster()).pk)
    page = errors(client.post(change(cluster), form_of(cluster, observation_links=[stranger])))
    assert "n’est pas de ceux-ci" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scope", ["cluster", "country"])
def test_of_two_who_correct_one_figure_at_once_one_is_told_and_keeps_the_words(monkeypatch, scope):
    cluster = make.make_cluster()
    old = make.make_observation(cluster) if scope == "cluster" else make.make_observation(country="MA")
    about = {"about": [cluster.pk]} if scope == "cluster" else {"country": "MA"}
    both = threading.Barrier(2)
    validated = ObservationForm._post_clean

    def together(form):
        validated(form)
        if connection.vendor == "postgresql" and not both.broken and both.n_waiting < 2:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(5)
                both.abort()  # the second round of the one who is refused waits for nobody

    monkeypatch.setattr(ObservationForm, "_post_clean", together)
    clients = [Client(), Client()]
    for one in clients:
        one.force_login(make.make_user("editor"))
    results = at_once(*(lambda one=one, n=n: one.post(ADD, correcting(old, note=f"Note {n}", **about)) for n, one in enumerate(clients)))  # fmt: skip
    told = [one.status_code for one in results]
    refused = 409 if connection.vendor == "postgresql" else 200  # SQLite lets the second begin when the first has ended
    assert sorted(told) == sorted([302, refused])
    newer = Observation.objects.get(supersedes=old)
    lost = told.index(refused)
    assert newer.note == f"Note {1 - lost}"
    page = results[lost].content.decode()
    assert link_to(newer) in page
    assert f'value="Note {lost}"' in page
