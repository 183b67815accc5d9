"""Corrections of figures in the admin: the history of everybody whom they touch, and two editors with the same figure."""

import pytest

from clusters.history import Revision
from clusters.models import Observation
from tests import factories as make
from tests.clusters.test_admin import figure

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
