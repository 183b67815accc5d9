"""Synthetic content: as much as was asked, the same every time, and in line with what the rules would have written."""

import pytest
from django.core.management import CommandError, call_command

from articles.comments.models import Comment
from articles.models import Article
from clusters.markup import references
from clusters.models import Cluster

pytestmark = pytest.mark.django_db


def populate(capsys, **numbers):
    call_command("populate", **numbers)
    return capsys.readouterr().out


def texts():
    return [list(Article.objects.order_by("slug").values_list("slug", "title", "body")),
            list(Comment.objects.order_by("pk").values_list("name", "email", "body", "state"))]  # fmt: skip


def test_as_much_as_was_asked_and_a_second_run_adds(capsys):
    assert "3 articles, 12 clusters and 27 comments" in populate(capsys, articles=3, clusters=12, comments=9)
    populate(capsys, articles=2, clusters=1)
    assert (Article.objects.count(), Cluster.objects.count(), Comment.objects.count()) == (5, 13, 27)


def test_the_same_every_time(capsys):
    populate(capsys, articles=3, clusters=4, comments=9)
    first = texts()
    Comment.objects.filter(parent__isnull=False).delete()
    Comment.objects.all().delete()
    Article.objects.all().delete()
    populate(capsys, articles=3, comments=9)
    assert texts() == first


def test_what_the_rules_would_have_written(capsys, client):
    populate(capsys, articles=3, clusters=12, comments=30)
    before = list(Article.objects.order_by("pk").values_list("comment_count", flat=True))
    assert all(before)
    Comment.objects.recount(Article.objects.values_list("pk", flat=True))
    assert list(Article.objects.order_by("pk").values_list("comment_count", flat=True)) == before
    for article in Article.objects.all():
        assert article in Article.objects.matching(article.title.partition("(")[0])
        assert 650 < len(article.body.split()) < 1_100
        assert references(article.body) <= set(Cluster.objects.visible().values_list("public_id", flat=True))
    for comment in Comment.objects.prefetch_related("decisions"):
        assert comment.decisions.last().to_state == comment.state
        assert comment.decisions.last().version == comment.version
    cluster = Cluster.objects.visible().first()
    assert cluster in Cluster.objects.matching(cluster.name)
    assert cluster in Cluster.objects.matching(cluster.sectors.first().label)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"articles": -1}, "cannot be negative"),
        ({"comments": -1, "articles": 1}, "cannot be negative"),
        ({"clusters": 10**9}, "at most 10000"),
        ({"articles": 100_000, "comments": 1_000}, "more than 5000000 comments"),
        ({"comments": 5}, "Nothing to add"),
    ],
)
def test_absurd_numbers_are_refused_with_a_sentence(numbers, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("populate", **numbers)
    assert not Article.objects.exists()
    assert not Cluster.objects.exists()
