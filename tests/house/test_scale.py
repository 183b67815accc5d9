"""The registry's pages ask the database at most fifteen times, however much there is and whatever is asked of them.

Growth in time is measured by the benchmark (`python -m tests.bench.registry`); growth in queries is a rule, and is here.
"""

import pytest

from clusters.models import Cluster, Programme, Sector, Source
from config.synthetic import registry
from tests.house.test_queries import queries

pytestmark = pytest.mark.django_db

MOST = 15
FEW, MANY = 4, 60
ADDRESSES = (
    "/clusters/", "/clusters/?page=2", "/clusters/?view=table", "/clusters/?sort=figures", "/clusters/?sort=verified",
    "/clusters/?country=MA&status=active&sector={sector}", "/clusters/?country=MA&country=TN&sector={sector}&kind=organisation",
    "/clusters/?programme={programme}&status=active&country=MA", "/clusters/?q=cluster", "/clusters/?q=introuvable",
    "/clusters/?country=MA&status=closed&kind=network&q=introuvable", "/clusters/?as_of=2015", "/clusters/?as_of=2015&status=active&country=MA",
    "/clusters/{slug}/", "/clusters/{slug}/?as_of=2015", "/clusters/map/", "/clusters/map/?as_of=2015",
    "/clusters/map/?country=MA&status=active&sector={sector}", "/programmes/{programme}/", "/sources/{source}/", "/",
)  # fmt: skip


def asked(client):
    """How many queries each address takes; those of a page that there is none of are left out."""
    known = {
        "slug": Cluster.objects.visible().order_by("pk").values_list("slug", flat=True).first(),
        "sector": Sector.objects.order_by("pk").values_list("code", flat=True).first(),
        "programme": Programme.objects.visible().order_by("pk").values_list("slug", flat=True).first(),
        "source": Source.objects.visible().order_by("pk").values_list("slug", flat=True).first(),
    }
    return {address: queries(client, address.format(**known)) for address in ADDRESSES}


def test_no_page_of_the_registry_asks_more_than_fifteen_times(client):
    registry.add_clusters(1, FEW)
    few = asked(client)
    registry.add_clusters(FEW + 1, MANY)
    many = asked(client)
    assert {address: count for address, count in {**few, **many}.items() if count > MOST} == {}
    assert Cluster.objects.count() == FEW + MANY


def test_a_planted_query_for_each_cluster_is_found(client, monkeypatch):
    monkeypatch.setattr(Cluster, "place", property(lambda cluster: Cluster.objects.get(pk=cluster.pk).city))
    registry.add_clusters(1, MANY)
    assert queries(client, "/clusters/") > MOST
