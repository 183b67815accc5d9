"""The address that the form is posted to: what is kept, what is refused, and what it never gives."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.comments.limits import network_of
from articles.comments.models import Comment
from tests.articles.comments.helpers import ago, make_comment
from tests.articles.comments.test_forms import GOOD, token_aged
from tests.factories import make_article, make_draft, make_scheduled

pytestmark = pytest.mark.django_db


def post(client, article, *, headers=None, address="203.0.113.7", **values):
    data = {**GOOD, "token": token_aged(article, 60), **values}
    return client.post(f"/articles/{article.slug}/comments/", data, headers=headers or {}, REMOTE_ADDR=address)


def test_a_comment_waits_and_its_author_is_told(client):
    article = make_article()
    response = post(client, article)
    assert response.status_code == 303
    assert response["Location"] == f"/articles/{article.slug}/?comment=received#discussion"
    comment = Comment.objects.get()
    assert (comment.article, comment.state, comment.parent) == (article, "pending", None)
    assert (comment.name, comment.email, comment.body) == tuple(GOOD.values())
    assert comment.network == network_of("203.0.113.7")
    assert len(comment.network) == 64
    page = client.get(response["Location"].partition("#")[0]).content.decode()
    assert "bien arrivé" in page
    assert GOOD["body"] not in page
    assert GOOD["email"] not in page


def test_no_cookie_is_ever_set(client):
    article = make_article()
    answers = [
        client.get(f"/articles/{article.slug}/"),
        post(client, article),
        post(client, article, body=""),
        post(client, article, token="forged"),
        post(client, article, headers={"Origin": "https://elsewhere.example"}),
        client.get(f"/articles/{article.slug}/?comment=received"),
        *(post(client, article, body=f"Encore {n}") for n in range(4)),
    ]
    assert [answer.status_code for answer in answers] == [200, 303, 422, 422, 403, 200, 303, 303, 429, 429]
    assert not client.cookies
    for answer in answers:
        assert not answer.cookies
        assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_a_refused_form_is_the_article_s_page_with_what_was_typed(client):
    article = make_article(title="Le titre de l’article")
    response = post(client, article, email="salma", body='Un <b>avis</b> & "deux"')
    page = response.content.decode()
    assert response.status_code == 422
    assert "Le titre de l’article" in page
    assert "Un &lt;b&gt;avis&lt;/b&gt; &amp; &quot;deux&quot;</textarea>" in page
    assert 'value="salma"' in page
    assert '<a href="#comment-email">Écrivez une adresse complète' in page
    field = re.search(r'<input[^>]*name="email"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="comment-email_error"' in field
    assert 'id="comment-email_error"' in page
    assert "no-store" in response["Cache-Control"]
    assert not Comment.objects.exists()


def test_a_form_that_was_refused_can_be_sent_again(client):
    article = make_article()
    page = post(client, article, token="stale").content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    assert post(client, article, token=token).status_code == 303
    assert Comment.objects.get().signals == ["too_fast"]


def test_a_double_submit_makes_one(client):
    article = make_article()
    token = token_aged(article, 60)
    answers = [
        post(client, article, token=token, body=body)
        for body in (GOOD["body"], GOOD["body"], " MERCI pour\nce tableau.")
    ]
    assert {answer["Location"] for answer in answers} == {f"/articles/{article.slug}/?comment=received#discussion"}
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("change", ["article", "parent", "email", "body"])
def test_another_place_person_or_text_is_another_comment(client, change):
    article = make_article()
    post(client, article)
    values = {"email": "driss@example.org"} if change == "email" else {"body": "Autre"} if change == "body" else {}
    if change == "parent":
        values = {"parent": str(make_comment(article).pk)}
    before = Comment.objects.count()
    assert post(client, make_article() if change == "article" else article, **values).status_code == 303
    assert Comment.objects.count() == before + 1


def test_the_same_text_is_welcome_again_once_its_author_deleted_it(client):
    article = make_article()
    post(client, article)
    Comment.objects.get().apply("delete", rule="author")
    post(client, article)
    assert sorted(Comment.objects.values_list("state", flat=True)) == ["deleted", "pending"]


def test_a_filled_honeypot_looks_like_success_and_stays_out_of_the_queue(client):
    article = make_article()
    response = post(client, article, website="https://spam.example")
    assert response["Location"].endswith("?comment=received#discussion")
    comment = Comment.objects.get()
    assert (comment.state, comment.signals) == ("spam", ["honeypot"])
    assert comment.decisions.get().rule == "honeypot"


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_only_posting(client, method):
    article = make_article()
    assert getattr(client, method)(f"/articles/{article.slug}/comments/").status_code == 405


@pytest.mark.parametrize(
    "make",
    [make_draft, make_scheduled, lambda: make_article(state="withdrawn"), lambda: make_article(state="in_review")],
)
def test_an_article_that_nobody_sees_takes_no_comment(client, make):
    assert post(client, make()).status_code == 404
    assert not Comment.objects.exists()


def test_no_article_no_comment(client, db):
    assert client.post("/articles/nothing/comments/", GOOD).status_code == 404


@pytest.mark.parametrize("policy", ["closed", "off"])
def test_closed_comments_say_so_and_give_the_text_back(client, policy):
    article = make_article(comments_policy=policy)
    response = post(client, article, body="Un avis <i>perdu</i> ?")
    page = response.content.decode()
    assert response.status_code == 403
    assert "sont fermés" in page
    assert "Un avis &lt;i&gt;perdu&lt;/i&gt; ?</textarea>" in page
    assert "comment-form" not in page
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "http://127.0.0.1:8000"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "http://testserver.elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"}, 403),
    ],
)
def test_a_post_from_elsewhere_is_refused(client, headers, status):
    article = make_article()
    response = post(client, article, headers=headers)
    assert response.status_code == status
    assert Comment.objects.exists() == (status == 303)
    if status == 403:
        assert GOOD["body"] in response.content.decode()


def test_ten_megabytes_are_a_sentence(client):
    article = make_article()
    response = post(client, article, body="a" * 10_000_000)
    assert response.status_code == 413
    assert "trop volumineux" in response.content.decode()
    assert GOOD["name"] not in response.content.decode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a" * 10_000_000, "application/x-www-form-urlencoded"),
        (b"name=x", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"name=x", "multipart/form-data"),
        (b"name=x", "multipart/form-data; boundary=\xe9"),
        (b"&".join(b"f%d=1" % n for n in range(6000)), "application/x-www-form-urlencoded"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_too(client, body, content_type):
    article = make_article()
    response = client.generic("POST", f"/articles/{article.slug}/comments/", body, content_type)
    assert response.status_code == 413
    assert "illisible" in response.content.decode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b'{"name": "x"}', "application/json"),
        (b"name=%FF%FE&body=%ED%A0%80%00&email=%00&token=%00&parent=%00", "application/x-www-form-urlencoded"),
    ],
)
def test_what_says_nothing_is_the_form_again(client, body, content_type):
    article = make_article()
    response = client.generic("POST", f"/articles/{article.slug}/comments/", body, content_type)
    assert response.status_code == 422
    assert not Comment.objects.exists()


def test_no_more_than_three_in_ten_minutes_from_one_network(client):
    article = make_article()
    statuses = [
        post(client, article, email=f"e{n}@example.org", body=f"Avis {n}", address=f"203.0.113.{n}").status_code
        for n in range(5)
    ]
    assert statuses == [303, 303, 303, 429, 429]
    response = post(client, article, email="z@example.org", body="Avis gardé")
    assert 590 <= int(response["Retry-After"]) <= 600
    assert "Avis gardé</textarea>" in response.content.decode()
    assert "10 minutes" in response.content.decode()
    assert post(client, article, email="z@example.org", body="D’ailleurs", address="198.51.100.1").status_code == 303
    assert Comment.objects.count() == 4


def test_no_more_than_three_in_ten_minutes_from_one_address(client):
    statuses = [post(client, make_article(), body=f"Avis {n}", address=f"198.51.{n}.1").status_code for n in range(4)]
    assert statuses == [303, 303, 303, 429]


def test_no_more_than_twenty_a_day(client):
    article = make_article()
    for n in range(20):
        make_comment(article, "pending", network=network_of("203.0.113.1"), at=ago(hours=20, minutes=-30 * n))
    response = post(client, article)
    assert response.status_code == 429
    assert 4 * 3600 - 60 < int(response["Retry-After"]) <= 4 * 3600
    assert "4 heures" in response.content.decode()
    assert post(client, article, address="198.51.100.1").status_code == 303


def test_the_limit_passes_and_a_double_submit_is_no_comment_more(client):
    article = make_article()
    for minutes in (30, 9, 1):
        make_comment(article, "pending", email=GOOD["email"], at=ago(minutes=minutes))
    assert post(client, article).status_code == 303
    assert post(client, article).status_code == 303
    assert post(client, article, body="Et ceci").status_code == 429


def test_a_post_without_an_address_is_limited_by_its_sender_alone(client):
    article = make_article()
    statuses = [post(client, article, email=f"e{n}@example.org", address="").status_code for n in range(4)]
    assert statuses == [303] * 4
    assert {comment.network for comment in Comment.objects.all()} == {""}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.1", "203.0.113.250", True),
        ("203.0.113.1", "203.0.114.1", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.9", "203.0.113.1", True),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_a_network_is_a_24_or_a_64(one, other, same):
    assert (network_of(one) == network_of(other)) is same
    assert one not in network_of(one)


def test_an_editor_who_is_logged_in_comments_like_anybody(client, as_role):
    as_role("editor")
    post(client, make_article())
    assert Comment.objects.get().user is None
    assert Comment.objects.get().state == "pending"


def test_a_comment_is_dated_when_it_came(client):
    before = timezone.now()
    post(client, make_article())
    assert before <= Comment.objects.get().created_at <= timezone.now()


def test_the_address(db):
    assert reverse("comments:submit", args=["un-article"]) == "/articles/un-article/comments/"
