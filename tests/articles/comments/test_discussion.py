"""The discussion on the page: threads, replies, removed comments, pages by key, and the form without a script."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.comments.models import Comment
from articles.comments.transitions import State
from tests.articles.comments.helpers import make_answer, make_comment
from tests.factories import make_article, make_draft

pytestmark = pytest.mark.django_db


def page_of(client, article, query=""):
    response = client.get(f"/articles/{article.slug}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def discussion_of(client, article, query=""):
    return re.search(r'<section class="discussion".*?</section>', page_of(client, article, query), re.DOTALL)[0]


def anchors(page):
    return [int(key) for key in re.findall(r'id="c(\d+)"', page)]


def test_threads_and_replies_oldest_first(client):
    article = make_article()
    one, two = make_comment(article), make_comment(article)
    reply = make_comment(article, parent=one)
    answer = make_answer(article, parent=one)
    page = discussion_of(client, article)
    assert anchors(page) == [one.pk, reply.pk, answer.pk, two.pk]
    assert "4 commentaires" in page
    assert one.body in page
    assert page.count('class="badge"') == 1
    assert "Elissa Marzouk" in page
    assert 'dir="auto"' in page
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+\d\d:\d\d">', page)


def test_without_comments(client):
    page = discussion_of(client, make_article())
    assert "Aucun commentaire" in page
    assert "Réagissez à cet article" in page
    assert "Votre adresse électronique ne sera pas publiée" in page


@pytest.mark.parametrize("state", [state for state in State.values if state != "published"])
def test_a_comment_that_is_not_published_leaves_no_trace(client, state):
    article = make_article()
    said = {"name": "Nadia Zweifel", "email": "nadia@example.org", "body": "Phrase unique."}
    make_comment(article, state, **said)
    page = page_of(client, article)
    assert not [text for text in said.values() if text in page]
    assert anchors(page) == []
    assert "Commentaire retiré" not in page


@pytest.mark.parametrize("state", ["rejected", "spam", "deleted", "erased"])
def test_a_removed_comment_with_replies_leaves_its_place(client, state):
    article = make_article()
    said = {"name": "Nadia Zweifel", "email": "nadia@example.org", "body": "Phrase unique."}
    root = make_comment(article, **said)
    reply = make_comment(article, parent=root)
    hidden = make_comment(article, "pending", parent=root)
    event = {"rejected": "reject", "deleted": "delete", "erased": "erase"}.get(state, state)
    root.apply(event, rule="test", reason="other" if event == "reject" else "")
    page = discussion_of(client, article)
    assert anchors(page) == [root.pk, reply.pk]
    assert "Commentaire retiré" in page
    assert "1 commentaire" in page
    assert not [text for text in (*said.values(), hidden.body) if text in page]
    assert f"reply={root.pk}" not in page


def test_the_email_and_the_network_are_on_no_page(client):
    article = make_article()
    root = make_comment(article, email="secret@example.org", network="ab" * 32)
    make_comment(article, parent=root, email="secret@example.org", network="ab" * 32)
    for address in (f"/articles/{article.slug}/", f"/articles/{article.slug}/?reply={root.pk}", "/"):
        page = client.get(address).content.decode()
        assert "secret" not in page
        assert "abab" not in page
    assert root.body in client.get("/").content.decode()


def test_html_is_text(client):
    article = make_article()
    make_comment(article, name="<i>Nadia</i>", body="<script>alert(1)</script>\n\n<b>deux</b> https://example.org")
    page = discussion_of(client, article)
    assert "<script>" not in page
    assert "&lt;i&gt;Nadia&lt;/i&gt;" in page
    assert "<p>&lt;b&gt;deux&lt;/b&gt; https://example.org</p>" in page


def test_the_form_answers_a_comment_without_a_script(client):
    article = make_article()
    root = make_comment(article, name="Salma B.")
    page = discussion_of(client, article)
    link = re.search(r'<a href="([^"]*reply=[^"]*)"', page)[1].replace("&amp;", "&")
    assert link == f"/articles/{article.slug}/?thread={root.pk}&reply={root.pk}#repondre"
    form = discussion_of(client, article, link.partition("/?")[2].partition("#")[0].join(["?", ""]))
    assert f'<input type="hidden" name="parent" value="{root.pk}">' in form
    assert "Répondre à <bdi>Salma B.</bdi>" in form
    assert 'name="parent"' not in page


@pytest.mark.parametrize(
    "query",
    [
        "?reply=x",
        "?reply=999999",
        "?reply=-1",
        "?reply=" + "9" * 40,
        "?reply=²",
        "?after=x",
        "?thread=" + "9" * 18,
        "?after=" + "9" * 18,
        "?thread=0",
        "?comment=x",
    ],
)
def test_odd_addresses_are_the_page(client, query):
    article = make_article()
    make_comment(article)
    page = discussion_of(client, article, query)
    assert 'name="parent"' not in page
    assert 'class="comment-form"' in page


def test_only_what_may_be_answered_is_answered(client):
    article = make_article()
    root = make_comment(article)
    for other in (make_comment(article, parent=root), make_comment(article, "pending"), make_comment(make_article())):
        assert 'name="parent"' not in discussion_of(client, article, f"?reply={other.pk}")


def test_a_refused_reply_stays_a_reply(client):
    article = make_article()
    root = make_comment(article, name="Salma B.")
    answer = client.post(f"/articles/{article.slug}/comments/", {"parent": root.pk, "body": "Bien dit"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'<input type="hidden" name="parent" value="{root.pk}">' in page
    assert f'href="/articles/{article.slug}/#repondre"' in page


def test_pages_of_threads_by_key(client):
    article = make_article()
    roots = [make_comment(article) for _ in range(60)]
    keys = [root.pk for root in roots]
    first = discussion_of(client, article)
    assert anchors(first) == keys[:25]
    assert "Premiers commentaires" not in first
    following = re.search(r'href="[^"]*(\?after=\d+)#discussion" rel="next"', first)[1]
    roots[3].apply("spam", rule="test")  # what is removed before a page does not move it
    second = discussion_of(client, article, following)
    assert anchors(second) == keys[25:50]
    assert "Premiers commentaires" in second
    last = discussion_of(client, article, re.search(r'href="[^"]*(\?after=\d+)#discussion" rel="next"', second)[1])
    assert anchors(last) == keys[50:]
    assert "Commentaires suivants" not in last
    assert "59 commentaires" in last


def test_a_permanent_address_leads_to_the_comment_wherever_it_is(client):
    article = make_article()
    roots = [make_comment(article) for _ in range(30)]
    reply = make_comment(article, parent=roots[28])
    for comment in (roots[0], roots[10], roots[28], reply):
        path, _, anchor = comment.get_absolute_url().partition("#")
        page = client.get(path).content.decode()
        assert f'id="{anchor}"' in page
    assert anchors(discussion_of(client, article, f"?thread={roots[10].pk}"))[0] == roots[0].pk
    assert anchors(discussion_of(client, article, f"?thread={roots[28].pk}"))[0] == roots[28].pk


def test_closed_comments_are_read_but_not_added_to(client):
    article = make_article(comments_policy="closed")
    comment = make_comment(article)
    page = discussion_of(client, article, f"?reply={comment.pk}")
    assert comment.body in page
    assert "sont fermés" in page
    assert "<form" not in page
    assert "Répondre" not in page


def test_an_article_without_comments_has_no_discussion(client):
    article = make_article(comments_policy="off")
    comment = make_comment(article)
    page = page_of(client, article)
    assert comment.body not in page
    assert 'class="discussion"' not in page


def test_a_preview_has_no_form(client, as_role):
    as_role("editor")
    page = discussion_of(client, make_draft())
    assert "aperçu" in page
    assert "<form" not in page


@pytest.mark.parametrize("query", ["", "?thread={pk}", "?reply={pk}", "?after={pk}"])
def test_queries_do_not_grow_with_threads(client, query):
    article = make_article()
    counts = []
    for rows in (2, 10, 18):  # 30 in the end: more than a page
        for _ in range(rows):
            make_comment(article, parent=make_comment(article))
        first = Comment.objects.earliest("pk").pk
        with CaptureQueriesContext(connection) as queries:
            page_of(client, article, query.format(pk=first))
        counts.append(len([query for query in queries if "articles_comment" in query["sql"]]))
    assert counts[0] == counts[1] == counts[2] <= 3


def test_a_comment_s_row_is_read_without_its_private_columns(client):
    article = make_article()
    make_comment(article, parent=make_comment(article))
    with CaptureQueriesContext(connection) as queries:
        page_of(client, article)
    said = [query["sql"] for query in queries if "articles_comment" in query["sql"]]
    assert said
    assert not [sql for sql in said if '"email"' in sql or '"network"' in sql]


def test_the_form_is_labelled_and_plain(client):
    page = discussion_of(client, make_article())
    for field, hint in (("name", "name"), ("email", "email")):
        assert f'for="comment-{field}"' in page
        assert re.search(rf'<input[^>]*name="{field}"[^>]*autocomplete="{hint}"[^>]*required', page)
    assert "maxlength" not in page
    assert "autofocus" not in page
    assert re.search(r'class="honeypot" aria-hidden="true"', page)
    assert re.search(r'<input[^>]*name="website"[^>]*tabindex="-1"', page)
    assert "style=" not in page
