"""What is published, what is counted, and what is never seen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.comments.models import Comment
from articles.comments.transitions import Event, State
from tests.articles.comments.helpers import make_answer, make_comment
from tests.factories import make_article, make_draft, make_scheduled

pytestmark = pytest.mark.django_db


def count_of(article):
    article.refresh_from_db()
    return article.comment_count


def test_only_published_comments_count():
    article, other = make_article(), make_article()
    for state in State.values:
        make_comment(article, state)
    assert (count_of(article), count_of(other)) == (1, 0)


def test_the_count_follows_every_change():
    article = make_article()
    comment = make_comment(article, "pending")
    reply = make_comment(article, parent=make_comment(article))
    assert count_of(article) == 2
    counts = []
    for event in (Event.APPROVE, Event.REPORT, Event.APPROVE, Event.SPAM, Event.UNDO, Event.DELETE):
        comment.apply(event, rule="test")
        counts.append(count_of(article))
    assert counts == [3, 2, 3, 2, 3, 2]
    reply.apply(Event.ERASE, rule="test")
    assert count_of(article) == 1


def test_a_reply_under_a_removed_comment_is_still_shown_and_counted():
    article = make_article()
    root = make_comment(article)
    reply = make_comment(article, parent=root)
    root.apply(Event.SPAM, rule="test")
    assert count_of(article) == 1
    assert [reply] == list(Comment.objects.visible())


def test_an_answer_of_the_newsroom_counts():
    article = make_article()
    make_answer(article)
    assert count_of(article) == 1


def test_an_article_without_comments_counts_none_and_shows_none():
    article = make_article()
    make_comment(article)
    article.comments_policy = "off"
    article.save()
    assert count_of(article) == 0
    assert not Comment.objects.visible()
    assert not Comment.objects.threads(article)
    article.comments_policy = "closed"
    article.save(update_fields=["comments_policy"])
    assert count_of(article) == 1


def test_saving_an_article_does_not_write_an_old_count_back():
    article = make_article()  # as an editor's form holds it
    make_comment(article)
    article.title = "Un autre titre"
    article.save()
    assert count_of(article) == 1


@pytest.mark.parametrize("state", [state for state in State.values if state != "published"])
def test_no_other_state_is_visible(state):
    article = make_article()
    make_comment(article, state)
    shown = make_comment(article)
    assert list(Comment.objects.visible()) == list(Comment.objects.recent(5)) == [shown]
    assert list(Comment.objects.threads(article)) == list(Comment.objects.open_to_replies(article)) == [shown]


def test_comments_of_hidden_articles_are_never_seen():
    shown = make_comment(make_article())
    for hidden in (make_draft(), make_scheduled(), make_article(state="withdrawn"), make_article(state="in_review")):
        make_comment(hidden)
    assert list(Comment.objects.visible()) == list(Comment.objects.recent(9)) == [shown]


def test_recent_comments_are_the_latest_with_what_the_front_page_prints():
    article = make_article()
    comments = [make_comment(article) for _ in range(6)]
    reply = make_comment(article, parent=comments[0])
    with CaptureQueriesContext(connection) as queries:
        recent = list(Comment.objects.recent(3))
        printed = [(c.name, c.excerpt, c.article.title, c.article.get_absolute_url(), c.href, c.at) for c in recent]
    assert len(queries) == 1
    assert recent == [reply, comments[5], comments[4]]
    assert printed[0][4] == f"/articles/{article.slug}/?thread={comments[0].pk}#c{reply.pk}"
    assert printed[1][4] == f"/articles/{article.slug}/?thread={comments[5].pk}#c{comments[5].pk}"


def test_an_excerpt_is_short_and_of_one_line():
    comment = make_comment(make_article(), body="Un mot\n\net puis " + "encore " * 60)
    assert len(comment.excerpt) <= 140
    assert comment.excerpt.startswith("Un mot et puis")
    assert comment.excerpt.endswith("…")


def test_recounting_several_articles_at_once():
    one, two, three = make_article(), make_article(), make_article()
    make_comment(one), make_comment(one), make_comment(two)
    for article in (one, two, three):
        type(article).objects.filter(pk=article.pk).update(comment_count=77)
    Comment.objects.recount([one.pk, two.pk, three.pk])
    assert [count_of(article) for article in (one, two, three)] == [2, 1, 0]
