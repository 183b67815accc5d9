"""What the description of a cluster or a programme leads to is used there: it is listed, and does not go without a word."""

import pytest

from articles.models import Article, Picture, Series
from clusters.models import Cluster, Programme, Source
from tests import factories as make
from tests.house.test_history import page

pytestmark = pytest.mark.django_db


def by_id(kind):
    return lambda row: f'<a href="#" data-to="{kind}/{row.pk}">ceci</a>'


WAYS = {
    "article by id": (make.make_draft, by_id("article")),
    "article by address": (make.make_draft, lambda row: f'<a href="/articles/{row.slug}/">ceci</a>'),
    "series by id": (make.make_series, by_id("series")),
    "programme by id": (make.make_programme, by_id("programme")),
    "source by id": (make.make_source, by_id("source")),
    "source by whole address": (make.make_source, lambda row: f'<a href="{{site}}/sources/{row.slug}/#x">ceci</a>'),
    "picture": (make.make_picture, lambda row: f'</p><figure data-picture="{row.pk}"></figure><p>'),
}


def described(model, link, settings):
    text = f"<p>Lire {link}.</p>".replace("{site}", settings.SITE_URL)
    factory = {Cluster: make.make_cluster, Programme: make.make_programme}[model]
    row = factory(name="Celui qui y mène", description=text)
    assert "data-" in row.description or "href" in row.description, row.description
    return row


@pytest.mark.parametrize("model", [Cluster, Programme])
@pytest.mark.parametrize("way", WAYS)
def test_what_a_description_leads_to_is_not_deleted_and_says_where(way, model, client, as_role, settings):
    as_role("admin")
    factory, link = WAYS[way]
    record = factory()
    kind = type(record)
    row = described(model, link(record), settings)
    asked = client.get(page(kind, "delete", record.pk)).content.decode()
    assert row.name in asked
    client.post(page(kind, "delete", record.pk), {"post": "yes"})
    assert kind._base_manager.filter(pk=record.pk).exists()
    if kind is not Article:  # its form shows its uses nowhere
        assert row.name in client.get(page(kind, "change", record.pk)).content.decode()


@pytest.mark.parametrize("kind", [Source, Series, Picture])
def test_what_no_description_leads_to_is_deleted(kind, client, as_role, settings):
    as_role("admin")
    factory = {Source: make.make_source, Series: make.make_series, Picture: make.make_picture}[kind]
    record, other = factory(), factory()
    described(Cluster, f'<a href="#" data-to="{kind.__name__.lower()}/{other.pk}0">ceci</a>', settings)
    client.post(page(kind, "delete", record.pk), {"post": "yes"})
    assert not kind._base_manager.filter(pk=record.pk).exists()


def test_a_description_that_leads_to_its_own_page_is_no_use(client, as_role, settings):
    as_role("admin")
    programme = make.make_programme()
    Programme.objects.filter(pk=programme.pk).update(
        description=f'<p><a data-to="programme/{programme.pk}">ici</a></p>'
    )
    client.post(page(Programme, "delete", programme.pk), {"post": "yes"})
    assert not Programme.objects.exists()
