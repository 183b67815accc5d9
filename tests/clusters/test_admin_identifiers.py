"""What other registries call a cluster, on its form: added, corrected and removed by whoever may change the record."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clusters.models import ClusterIdentifier
from tests import factories as make
from tests.clusters.test_admin import change, errors, form_of

pytestmark = pytest.mark.django_db


def test_identifiers_are_added_corrected_and_removed_on_the_record(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    rows = [{"registry": "wikidata", "value": "Q42"}, {"registry": "ice", "value": "001512572000078"}]
    assert client.post(change(cluster), form_of(cluster, identifiers=rows)).status_code == 302
    page = client.get(change(cluster)).content.decode()
    assert page.count('href="https://www.wikidata.org/wiki/Q42"') == 1
    assert 'name="identifiers-1-value" value="Q42"' in page, "in the order of the registries"
    assert 'name="identifiers-2-' not in page, "no empty line until one is asked for"
    cluster.refresh_from_db()
    ice, wikidata = cluster.identifiers.order_by("registry")
    rows = [
        {"id": ice.pk, "cluster": cluster.pk, "registry": "ice", "value": ice.value, "DELETE": "on"},
        {"id": wikidata.pk, "cluster": cluster.pk, "registry": "wikidata", "value": "Q43"},
    ]
    assert client.post(change(cluster), form_of(cluster, identifiers=rows)).status_code == 302
    assert [(one.registry, one.value) for one in cluster.identifiers.all()] == [("wikidata", "Q43")]
    told = client.get(reverse("admin:clusters_cluster_history", args=[cluster.pk])).content.decode()
    assert "identifiants extérieurs\xa0: 1 suppression, 1 modification" in told


@pytest.mark.parametrize(
    ("value", "sentence"),
    [("42", "n’a pas la forme attendue"), ("Q7", "Une autre fiche porte déjà cet identifiant")],
)
def test_an_identifier_that_cannot_be_is_refused_with_a_sentence(client, as_role, value, sentence):
    as_role("editor")
    cluster = make.make_cluster()
    ClusterIdentifier.objects.create(cluster=make.make_cluster(), registry="wikidata", value="Q7")
    rows = [{"registry": "wikidata", "value": value}]
    assert sentence in errors(client.post(change(cluster), form_of(cluster, identifiers=rows)))
    assert not cluster.identifiers.exists()


def test_identifiers_cost_one_question_however_many(client, as_role):
    as_role("author")
    cluster = make.make_cluster()
    counts = []
    for number in (2, 12):
        registries = [("wikidata", f"Q{number}{place}") for place in range(number)]
        ClusterIdentifier.objects.bulk_create(
            ClusterIdentifier(cluster=cluster, registry=registry, value=value) for registry, value in registries
        )
        with CaptureQueriesContext(connection) as asked:
            page = client.get(change(cluster)).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert "identifiers-0-value" not in page, "who may only read is shown no field"
    assert "Q20" in page
