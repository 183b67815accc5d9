"""The form of a cluster asks the database as often for many lines as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clusters import merging
from clusters.models import ClusterSector
from tests import factories as make
from tests.clusters.test_admin import change

pytestmark = pytest.mark.django_db


def test_the_form_asks_as_often_for_twelve_lines_as_for_two(client, as_role):
    """Each kind of line with its source, and records that were merged into this one."""
    editor = as_role("editor")
    cluster = make.make_cluster()

    def grow(number):
        for _line in range(number):
            source = make.make_source()
            make.make_name(cluster, source=source)
            make.make_status(cluster, source=source, since="2014")
            make.make_participation(cluster, make.make_programme(), source=source)
            make.make_observation(cluster, source=source)
            ClusterSector.objects.create(cluster=cluster, sector=make.make_sector())
            merging.merge(make.make_cluster(), cluster, by=editor, reason="la même")

    def queries():
        for _round in range(2):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(change(cluster)).status_code == 200
        return [one["sql"] for one in asked]

    grow(2)
    few = queries()
    grow(10)
    many = queries()
    assert len(many) <= len(few), "\n".join(sorted(set(many) - set(few), key=lambda sql: sql.partition(" FROM ")[2]))
