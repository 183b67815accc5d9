"""What only a working copy uses: it is listed where it is used, and does not go without a word."""

import dataclasses

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Picture, Tag
from clusters import history
from clusters.history import Act, copies, snapshots
from tests import factories as make
from tests.articles.test_working_copy import line
from tests.clusters.test_conflicts import desk, mine, opened, save
from tests.house.test_history import page
from tests.house.test_queries import queries

pytestmark = pytest.mark.django_db
__all__ = ["desk", "mine"]


@pytest.fixture
def article(editor):
    article = make.make_article(title="Le titre en ligne", body="<p>Avant.</p>")
    history.keep(article, by=editor, act=Act.PUBLISHED)
    return article


def used_by(kind, record, sent, article):
    """What an editor sends whose copy uses a record, by one of the ways in which an article can."""
    if kind == "tag":
        return sent | {"tags": [record.pk]}
    if kind == "author":
        return line(sent, "bylines", article=article.pk, author=record.pk, position=2)
    if kind == "source":
        return line(sent, "citations", article=article.pk, source=record.pk, position=1)
    if kind == "series":
        return sent | {"series": record.pk, "series_position": 1}
    if kind == "cover":
        return sent | {"cover": record.pk}
    if kind == "body picture":
        return sent | {"body": f'<p>Avant.</p><figure data-picture="{record.pk}" data-size="normal"></figure>'}
    if kind == "link to an article":
        return sent | {
            "body": f'<p>Lire <a data-to="article/{record.pk}" href="/articles/{record.slug}/">ceci</a>.</p>'
        }
    return sent | {"body": f'<p>Lire <a href="/sources/{record.slug}/">ceci</a>.</p>'}


WAYS = {
    "tag": (make.make_tag, False),
    "author": (make.make_author, True),
    "source": (make.make_source, True),
    "series": (make.make_series, True),
    "cover": (make.make_picture, True),
    "body picture": (make.make_picture, True),
    "link to an article": (make.make_draft, True),
    "link to a source": (make.make_source, True),
}
"""How a copy uses a record → what makes one, and whether the copy would be broken without it."""


@pytest.mark.parametrize("kind", WAYS)
def test_what_a_working_copy_alone_uses_does_not_go_without_a_word(kind, article, mine):
    factory, breaks = WAYS[kind]
    record = factory()
    history.keep_new([record], by=None)
    address = page(type(record), "delete", record.pk)
    assert "Le titre en ligne" not in mine.get(address).content.decode()
    save(mine, article, used_by(kind, record, opened(mine, article), article))
    assert Article.objects.get(pk=article.pk).working_copy
    asked = mine.get(address).content.decode()
    assert "Le titre en ligne" in asked
    assert "copie de travail" in asked
    response = mine.post(address, {"post": "yes"})
    assert type(record)._base_manager.filter(pk=record.pk).exists() is breaks
    assert (response.status_code == 302) is not breaks


@pytest.mark.parametrize("kind", ["tag", "author", "cover"])
def test_it_is_among_the_uses_on_its_own_page(kind, article, mine):
    record = WAYS[kind][0]()
    history.keep_new([record], by=None)
    save(mine, article, used_by(kind, record, opened(mine, article), article))
    shown = mine.get(page(type(record), "change", record.pk)).content.decode()
    assert reverse("admin:articles_article_change", args=[article.pk]) in shown
    assert "copie de travail" in shown


def test_a_version_that_is_scheduled_counts_though_the_copy_has_gone_on(article, mine):
    picture = make.make_picture()
    save(mine, article, opened(mine, article) | {"cover": picture.pk})
    copies.schedule(Article.objects.get(), timezone.now() + timezone.timedelta(days=1), by=mine.user)
    due = Article.objects.get().copy_due
    state = history.Revision.objects.of(article).first().snapshot
    state.fields["cover"] = None
    copies.draft(Article.objects.get(), state, by=mine.user, act=Act.AUTOSAVED)
    now = Article.objects.get()
    assert (now.copy_due, now.working_copy != due) == (due, True)
    mine.post(page(Picture, "delete", picture.pk), {"post": "yes"})
    assert Picture.objects.filter(pk=picture.pk).exists()


def test_a_copy_that_was_dropped_holds_nothing(article, mine):
    tag = make.make_tag()
    history.keep_new([tag], by=None)
    save(mine, article, opened(mine, article) | {"tags": [tag.pk]})
    copies.drop(Article.objects.get(), by=mine.user)
    assert "Le titre en ligne" not in mine.get(page(Tag, "delete", tag.pk)).content.decode()


def test_who_may_not_read_a_copy_is_not_told_what_it_uses(article, mine, desk):
    source = make.make_source(title="Une source")
    save(mine, article, line(opened(mine, article), "citations", article=article.pk, source=source.pk, position=1))
    address = reverse("admin:clusters_source_change", args=[source.pk])
    assert "dans leur copie de travail" in mine.get(address).content.decode()
    told = desk("author").get(address).content.decode()
    assert "Une source" in told
    assert "copie de travail" not in told


@pytest.mark.parametrize("role", ["editor", "author"])
def test_ten_copies_are_asked_as_often_as_two(editor, as_role, client, role):
    """Each leads to a cluster, an article and a source of its own, and to one source, whose form reads them all."""
    as_role(role)
    one, asked = make.make_source(), []

    def rewrite(number):
        cluster, other, source = make.make_cluster(), make.make_article(), make.make_source()
        record = make.make_article()
        history.keep(record, by=editor, act=Act.PUBLISHED)
        body = (
            f'<p><span data-cluster="{cluster.public_id}">lui</span> <a data-to="article/{other.pk}" href="/x/">x</a>'
            f' <a href="/sources/{source.slug}/">y</a> <a href="/sources/{one.slug}/">z</a></p>'
        )
        state = snapshots.current(record)
        copies.draft(record, dataclasses.replace(state, fields={**state.fields, "body": body}), by=editor)

    for number in range(10):
        rewrite(number)
        if number in (1, 9):
            asked.append(queries(client, reverse("admin:clusters_source_change", args=[one.pk])))
    assert asked[0] == asked[1]
