"""The same instant twice: threads with connections of their own, on a database that really commits."""

import threading

import pytest
from django.db import connections
from django.test import Client

from articles.comments.models import Comment, Decision
from articles.comments.transitions import Event, Reason, Stale
from articles.models import Article
from tests.articles.comments.helpers import make_comment
from tests.articles.comments.test_forms import GOOD, token_aged
from tests.factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)


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
        thread.join(30)
    return results


def sender(article, **values):
    data = {**GOOD, "token": token_aged(article, 60), **values}
    return lambda: Client().post(f"/articles/{article.slug}/comments/", data).status_code


def test_a_double_submit_at_the_same_instant_makes_one():
    article = make_article()
    assert at_once(*[sender(article)] * 4) == [303] * 4
    assert Comment.objects.count() == Decision.objects.count() == 1


def test_a_burst_to_one_article_or_to_many_stays_within_the_limits():
    one, articles = make_article(), [make_article() for _ in range(4)]
    calls = [sender(one, body=f"Avis {n}", email=f"e{n}@example.org") for n in range(4)]
    calls += [sender(article, email=f"f{n}@example.org") for n, article in enumerate(articles)]
    assert sorted(at_once(*calls)) == [303] * 3 + [429] * 5
    assert Comment.objects.count() == 3


def test_of_two_moderators_at_once_one_is_told():
    article = make_article()
    key = make_comment(article, "pending").pk
    mine, theirs = Comment.objects.get(pk=key), Comment.objects.get(pk=key)
    results = at_once(
        lambda: mine.apply(Event.APPROVE, rule="mine"),
        lambda: theirs.apply(Event.REJECT, rule="theirs", reason=Reason.OTHER),
    )
    assert sorted(type(result) for result in results if result) == [Stale]
    assert Decision.objects.count() == 2
    comment = Comment.objects.get(pk=key)
    assert comment.state == comment.decisions.last().to_state


def test_the_count_is_right_when_many_are_decided_at_once():
    article = make_article()
    comments = [make_comment(article, "pending") for _ in range(6)]
    results = at_once(*[lambda one=one: one.apply(Event.APPROVE, rule="test") for one in comments])
    assert results == [None] * 6
    assert Article.objects.get(pk=article.pk).comment_count == 6


def test_an_editor_who_saves_while_a_comment_is_approved_leaves_the_count_right():
    article = make_article()
    comments = [make_comment(article, "pending") for _ in range(3)]
    held = [Article.objects.get(pk=article.pk) for _ in range(3)]
    calls = [lambda one=one: one.apply(Event.APPROVE, rule="test") for one in comments]
    results = at_once(*calls, *[one.save for one in held])
    assert results == [None] * 6
    assert Article.objects.get(pk=article.pk).comment_count == 3
