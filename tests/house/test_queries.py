"""Pages do not ask the database more often when there is more: two rows of everything, then twelve."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.comments.models import Comment
from articles.models import (
    Author,
    BodyPicture,
    Byline,
    Citation,
    ShareLink,
    Tag,
)
from clusters.models import (
    ClusterSector,
    FormerAddress,
)
from tests import factories as make
from tests.house.world import addresses, make_comment

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 12
ARTICLE_PAGE = 14
"""Queries of an article's page with a full page of threads; one of them asks whether a change is due, one for corrections."""


def start():
    """One row of each kind, to which the others are tied."""
    w = SimpleNamespace(size=0)
    w.user = make.make_user("editor")
    w.source, w.sector, w.indicator = make.make_source(published="2020"), make.make_sector(), make.make_indicator()
    w.second_source = make.make_source(derived_from=w.source)
    w.parent = make.make_programme()
    w.programme = make.make_programme(parent=w.parent)
    w.child = make.make_programme(parent=w.programme)
    w.cluster, w.second = make.make_cluster(w.sector), make.make_cluster(w.sector, country="TN")
    w.author, w.tag, w.series, w.picture = make.make_author(), make.make_tag(), make.make_series(), make.make_picture()
    common = {
        "authors": [w.author],
        "tags": [w.tag],
        "clusters": [w.cluster],
        "sources": [w.source],
        "cover": w.picture,
    }
    w.article = make.make_article(**common, series=w.series, series_position=1, created_by=w.user)
    w.later, w.silent = make.make_article(**common), make.make_article(comments_policy="off")
    w.thread = make_comment(w.article, "first")
    w.reply = make_comment(w.article, "firstreply", parent=w.thread)
    w.link = ShareLink.objects.share(w.article, w.user)
    w.told = make.make_suggestion(w.cluster)
    w.told.reject(w.user, "Non.")
    return w


def grow(w, size):
    """Add rows of every kind, tied to the first ones and to each other, until there are so many besides them."""
    for n in range(w.size, size):
        source, sector, indicator = make.make_source(derived_from=w.source), make.make_sector(), make.make_indicator()
        programme = make.make_programme(parent=w.programme)
        make.make_programme(parent=w.parent)
        cluster = make.make_cluster(
            sector,
            country=("MA", "TN", "DZ", "EG")[n % 4],
            status=("active", "dormant")[n % 2],
            latitude=30 + n % 5,
            longitude=n,
            location_precision="city",
        )
        ClusterSector.objects.create(cluster=w.cluster, sector=sector)
        w.programme.sources.add(source)
        for subject in (cluster, w.cluster):
            make.make_name(subject, source=source)
            make.make_status(subject, source=source, since=str(2001 + n))
            make.make_participation(subject, programme, source=source)
            make.make_observation(subject, indicator=indicator, source=source)
        make.make_participation(cluster, w.programme, source=w.source)
        make.make_observation(cluster, w.cluster, indicator=w.indicator, source=w.source)
        make.make_observation(cluster, w.second, indicator=w.indicator, source=w.second_source)
        for record in (w.cluster, w.programme, w.source):
            make.make_suggestion(record)
            make.make_suggestion(record).reject(w.user, "Non.")
        for owner in (w.programme, w.parent, w.child):
            make.make_observation(programme=owner, indicator=indicator, source=w.source)
        for record in (w.cluster, w.tag, w.programme):
            FormerAddress.objects.leave(record, f"quittee-{n}-{record._meta.model_name}")
        author, tag, series, picture = make.make_author(), make.make_tag(), make.make_series(), make.make_picture()
        article = make.make_article(
            authors=[w.author, author], tags=[w.tag, tag], clusters=[w.cluster, cluster], sources=[w.source, source],
            cover=picture, series=w.series, series_position=n + 2, created_by=make.make_user("author"),
            published_at=timezone.now() - dt.timedelta(days=31 * n + 1),
        )  # fmt: skip
        BodyPicture.objects.create(article=article, picture=w.picture)
        make.make_picture(alt="", credit="")
        make.make_article(series=series, series_position=1, authors=[author], tags=[tag])
        for state in ("draft", "in_review"):
            make.make_article(authors=[author], state=state, published_at=None, created_by=w.user)
        make.make_scheduled(authors=[author])
        for draft in (
            make.make_cluster(sector, publication="draft"),
            make.make_cluster(sector, publication="withdrawn"),
        ):
            make.make_name(draft)
        Byline.objects.create(article=w.article, author=author, position=n + 2)
        Citation.objects.create(article=w.article, source=source, position=n + 2)
        w.article.tags.add(tag)
        w.article.clusters.add(cluster)
        w.article.body += f'<p><span data-cluster="{cluster.public_id}">fiche</span></p><h2>Partie {n}</h2>'
        make.make_reading(w.article, article, position=n)
        for place in range(2):
            thread = make_comment(w.article, f"thread{n}x{place}")
            make_comment(w.article, f"reply{n}x{place}", parent=thread)
        for state in ("pending", "hidden", "rejected", "spam", "deleted", "unconfirmed"):
            make_comment(article, f"{state}{n}", state=state)
        make_comment(article, f"published{n}")
        Comment.objects.recount([article.pk, w.article.pk])
    w.article.save()
    w.size = size


def queries(client, address, name=""):
    """How many queries a page takes, after one call that fills what is kept in memory."""
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            response = client.post(address, {}) if name == "comments:submit" else client.get(address)
            if response.streaming:
                response.getvalue()
    assert response.status_code in (200, 302, 404, 422), (address, response.status_code)
    return len(asked)


def grown(w, count):
    """Pages that take more queries with twelve rows than with two: (address, before, after)."""
    grow(w, FEW)
    before = count()
    grow(w, MANY)
    after = count()
    return [(address, before[address], after[address]) for address in before if after[address] > before[address]]


def public(client, w, only=None):
    return {
        address: queries(client, address, name)
        for name, listed in addresses(w).items()
        for address in listed
        if only is None or name in only
    }


def of_the_admin(client):
    return {address: queries(client, address) for address in admin_lists()}


def admin_lists():
    """The front page, every list, and whatever else of the admin opens without naming a row."""
    for model, options in admin.site._registry.items():
        for page in options.get_urls():
            name = getattr(page, "name", None)
            if name and name.endswith("_changelist"):
                yield reverse(f"admin:{name}")
        changelist = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        # A letter that the names of all rows have: what finds some of many and none of few asks more often, rightly.
        yield f"{changelist}?q={'mot' if model is Tag else 'e'}" if options.search_fields else changelist
    yield reverse("admin:index")
    yield from map(reverse, ("admin:articles_picture_choices", "admin:articles_picture_texts"))


def test_public_pages_do_not_ask_more_often(client):
    w = start()
    assert grown(w, lambda: public(client, w)) == []


def test_lists_of_the_admin_do_not_ask_more_often(client):
    client.force_login(make.make_user("admin", is_superuser=True))
    assert grown(start(), lambda: of_the_admin(client)) == []


def test_an_article_with_a_full_page_of_threads(client):
    w = start()
    grow(w, FEW)
    for n in range(30):
        thread = make_comment(w.article, f"more{n}")
        make_comment(w.article, f"morereply{n}", parent=thread)
    Comment.objects.recount([w.article.pk])
    page = client.get(f"/articles/{w.article.slug}/").content.decode()
    assert page.count('class="replies"') >= 20
    assert queries(client, f"/articles/{w.article.slug}/") <= ARTICLE_PAGE


def test_a_planted_query_for_each_row_is_found(client, monkeypatch):
    def address(author):
        return f"/authors/{Author.objects.get(pk=author.pk).slug}/"

    monkeypatch.setattr(Author, "get_absolute_url", address)
    w = start()
    found = [
        one
        for one, _before, _after in grown(w, lambda: public(client, w, {"articles:list", "articles:detail", "robots"}))
    ]
    assert "/articles/" in found
    assert f"/articles/{w.article.slug}/" in found
    assert "/robots.txt" not in found


def test_a_planted_query_for_each_row_of_the_admin_is_found(client, monkeypatch):
    options = admin.site._registry[Tag]
    monkeypatch.setattr(options, "list_display", [lambda tag: Tag.objects.get(pk=tag.pk).name], raising=False)
    client.force_login(make.make_user("admin", is_superuser=True))
    found = grown(
        start(),
        lambda: {reverse("admin:articles_tag_changelist"): queries(client, reverse("admin:articles_tag_changelist"))},
    )
    assert found
