"""Merging in the admin while somebody works on one of the two: what was typed is not lost."""

import pytest

from clusters import merging
from clusters.models import Cluster, ClusterIdentifier
from tests.clusters.test_admin import change, form_of
from tests.clusters.test_merging import merged, two

pytestmark = pytest.mark.django_db


def test_a_form_that_was_open_while_its_record_was_merged_is_shown_again(client, as_role):
    as_role("editor")
    loser, survivor = two()
    typed = form_of(loser, summary="Un résumé écrit pendant ce temps.")
    done = merged(loser, survivor)
    response = client.post(change(loser), typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Un résumé écrit pendant ce temps." in page
    assert (
        f'dans « <a href="/admin/clusters/cluster/{survivor.pk}/change/">Cluster Solaire</a> » entre-temps'
        in page.replace("\u00a0", " ")
    )
    stored = Cluster.objects.get(pk=loser.pk)
    assert client.post(change(loser), {**typed, "version": stored.version}).status_code == 422
    assert client.post(change(loser), {**typed, "replaces": stored.version}).status_code == 422
    assert Cluster.objects.get(pk=loser.pk).summary != "Un résumé écrit pendant ce temps."
    merging.undo(done, by=done.merged_by)
    fresh = form_of(Cluster.objects.get(pk=loser.pk), summary="Un résumé écrit après.")
    assert client.post(change(loser), fresh).status_code == 302


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_whoever_may_not_change_it_is_refused_as_before(client, as_role, role):
    as_role(role)
    loser, survivor = two()
    typed = form_of(loser)
    merged(loser, survivor)
    assert client.post(change(loser), typed).status_code == 403


def test_two_identifiers_of_one_registry_are_a_warning(client, as_role):
    as_role("editor")
    loser, survivor = two()
    address = f"/admin/clusters/cluster/{loser.pk}/merge/?with={survivor.pk}"
    ClusterIdentifier.objects.create(cluster=loser, registry="wikidata", value="Q1")
    assert "Deux identifiants" not in client.get(address).content.decode()
    ClusterIdentifier.objects.create(cluster=survivor, registry="wikidata", value="Q2")
    assert "Deux identifiants d’un même registre" in client.get(address).content.decode()
