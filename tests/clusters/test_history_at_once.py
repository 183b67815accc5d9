"""Two people at the same instant: of those who have read the same version one is told, and no state is lost from the history."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client

from clusters import history
from clusters.history import Act, Revision, snapshots
from clusters.history.restoring import restore
from clusters.models import Cluster, MapSettings, ObservationSubject
from tests import factories as make
from tests.clusters.test_admin import LIST, change, form_of

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4


def at_once(*calls):
    """Run calls in threads that start together; their results, exceptions included."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            start.wait(10)
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def numbers(cluster):
    return list(Revision.objects.of(cluster).values_list("number", flat=True))


def check(cluster, versions):
    """One revision for each version, and the last is what is stored."""
    cluster.refresh_from_db()
    assert cluster.version == versions
    assert numbers(cluster) == list(range(versions, 0, -1))
    assert Revision.objects.of(cluster).first().snapshot.is_same_state(snapshots.current(cluster))


@pytest.mark.parametrize("has_history", [False, True])
def test_of_several_who_change_what_they_read_one_succeeds(has_history):
    editor, cluster = make.make_user("editor"), make.make_cluster()
    if has_history:
        history.keep(cluster, by=editor, act=Act.CREATED)
    read = [Cluster.objects.get() for _person in range(PEOPLE)]

    def write(place):
        with history.changing(read[place], by=editor, act=Act.CHANGED):
            read[place].city = f"Ville {place}"
            read[place].save(update_fields=["city"])
        return "done"

    results = at_once(*(lambda place=place: write(place) for place in range(PEOPLE)))
    assert results.count("done") == 1, results
    assert all(isinstance(one, ValidationError) for one in results if one != "done"), results
    check(cluster, 2)


def test_restoring_and_changing_at_once():
    editor, cluster = make.make_user("editor"), make.make_cluster(city="Rabat")
    first = history.keep(cluster, by=editor, act=Act.CREATED)
    with history.changing(cluster, by=editor, act=Act.CHANGED):
        cluster.city = "Salé"
        cluster.save()
    mine, yours = Cluster.objects.get(), Cluster.objects.get()

    def write():
        with history.changing(yours, by=editor, act=Act.CHANGED):
            yours.city = "Fès"
            yours.save()

    results = at_once(lambda: restore(mine, first, by=editor), write)
    assert sum(isinstance(one, ValidationError) for one in results) == 1, results
    check(cluster, 3)


def test_added_lines_wait_for_each_other_and_none_is_refused():
    editor, cluster, other = make.make_user("editor"), make.make_cluster(), make.make_cluster()
    figures = [make.make_observation() for _person in range(PEOPLE)]

    def add(place):
        pair = [cluster, other] if place % 2 else [other, cluster]
        with history.adding_to(pair, by=editor, act=Act.CHANGED):
            for one in pair:
                ObservationSubject.objects.create(observation=figures[place], cluster=one)

    assert at_once(*(lambda place=place: add(place) for place in range(PEOPLE))) == [None] * PEOPLE
    check(cluster, 1 + PEOPLE)
    check(other, 1 + PEOPLE)


def test_a_form_and_an_action_at_once():
    cluster = make.make_cluster()
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(make.make_user("editor"))
    sent = form_of(cluster, city="Salé")
    action = {"action": "withdraw", "_selected_action": [cluster.pk], "index": 0}
    results = at_once(
        lambda: clients[0].post(change(cluster), sent).status_code, lambda: clients[1].post(LIST, action).status_code
    )
    assert set(results) <= {200, 302}, results
    cluster.refresh_from_db()
    # The form comes first and the action finds it, or the action comes first and the form is shown again, or both came.
    assert (cluster.city == "Salé") == (results[0] == 302)
    check(cluster, cluster.version)


def test_of_several_who_first_set_the_map_one_succeeds():
    """There is no row before the first save: nothing to wait for each other at."""
    clients = [Client() for _person in range(PEOPLE)]
    for client in clients:
        client.force_login(make.make_user("editor"))
    address = "/admin/clusters/mapsettings/1/change/"

    def saving(client, place):
        return lambda: client.post(address, {"version": 1, "boundary": "un", "note": f"Note {place}"}).status_code

    results = at_once(*(saving(client, place) for place, client in enumerate(clients)))
    assert sorted(results, key=str) == [200] * (PEOPLE - 1) + [302]
    settings = MapSettings.objects.get()
    assert settings.note == f"Note {results.index(302)}"
    check(settings, 2)
