"""Remarks of colleagues: written and settled beside the form, read by those whose article it is, and by nobody else."""

import pytest
from django.core.cache import cache
from django.test import Client

from articles.models import Article, Remark
from tests import factories as make
from tests.articles.test_admin import LIST, change, form_of, page_of, told

pytestmark = pytest.mark.django_db


def page(article):
    return f"/admin/articles/article/{article.pk}/remarks/"


def say(article, by=None, **values):
    return Remark.objects.create(article=article, by=by or make.make_user("editor"), **{"body": "zqremark", **values})


def test_a_remark_is_added_with_who_and_when_and_shown_beside_the_form(client, as_role):
    editor = as_role("editor")
    editor.first_name = "Rose"
    editor.save()
    article = make.make_draft()
    response = client.post(page(article), {"body": "  Et l'avis du port ?\r\nÀ demander.", "add": "1"})
    assert (response.status_code, response.headers["Location"]) == (303, page(article))
    remark = Remark.objects.get()
    assert (remark.body, remark.by, remark.to, remark.settled_at) == (
        "Et l’avis du port\u202f?\nÀ demander.",
        editor,
        None,
        None,
    )
    for address in (change(article), page(article)):
        shown = page_of(client.get(address))
        assert "l’avis du port" in shown
        assert "<strong>Rose</strong>" in shown
    article.refresh_from_db()
    assert article.version == 1, "it is no part of the article"


def test_its_form_is_its_own_and_leaves_the_articles_window_alone(client, as_role):
    as_role("editor")
    article = make.make_draft()
    shown = page_of(client.get(change(article)))
    assert (
        f'<form id="remarks-form" method="post" novalidate action="{page(article)}" target="_blank" rel="noopener">'
        in shown
    )
    assert 'name="body" cols="40" rows="3" form="remarks-form"' in shown
    assert shown.count('id="id_body"') == 1
    say(article)
    client.post(change(article), form_of(article, title="Relu", to="1"))
    article.refresh_from_db()
    assert article.title == "Relu"
    assert Remark.objects.count() == 1


@pytest.mark.parametrize("body", ["", "   ", "\u202e"])
def test_an_empty_one_is_refused_with_a_sentence(client, as_role, body):
    as_role("editor")
    article = make.make_draft()
    response = client.post(page(article), {"body": body, "add": "1"})
    assert "Écrivez d’abord votre remarque." in page_of(response)
    assert not Remark.objects.exists()


def test_one_that_is_too_long_is_refused_and_stays_to_be_shortened(client, as_role):
    as_role("editor")
    article = make.make_draft()
    shown = page_of(client.post(page(article), {"body": "x" * 4001, "add": "1"}))
    assert "x" * 4001 in shown
    assert not Remark.objects.exists()


@pytest.mark.parametrize("to", ["x", "0", "99999999999999999999"])
def test_it_is_addressed_to_a_colleague_who_may_read_it_and_to_nobody_else(client, as_role, to):
    as_role("editor")
    article = make.make_draft()
    stranger = make.make_user("author", username="zqstranger")
    assert "zqstranger" not in page_of(client.get(page(article)))
    for one in (to, stranger.pk, make.make_user("moderator").pk):
        assert client.post(page(article), {"body": "Oui", "to": one}).status_code == 200
    assert not Remark.objects.exists()
    article.assigned_to = stranger
    article.save()
    assert client.post(page(article), {"body": "Oui", "to": stranger.pk}).status_code == 303


def test_it_is_settled_once_by_somebody_and_may_be_opened_again(client, as_role):
    editor = as_role("editor")
    article = make.make_draft()
    remark = say(article)
    client.post(page(article), {"settle": remark.pk})
    remark.refresh_from_db()
    assert (remark.settled_by, remark.settled_at is not None) == (editor, True)
    first = remark.settled_at
    assert "C’était déjà fait" in told(client.post(page(article), {"settle": remark.pk}, follow=True))
    remark.refresh_from_db()
    assert remark.settled_at == first
    assert "Réglée par" in page_of(client.get(page(article)))
    client.post(page(article), {"reopen": remark.pk})
    remark.refresh_from_db()
    assert (remark.settled_by, remark.settled_at) == (None, None)
    for key in ("0", "x", str(say(make.make_draft()).pk)):
        client.post(page(article), {"settle": key})
    assert not Remark.objects.exclude(settled_at=None).exists()


def test_an_author_reads_and_answers_on_her_own_in_every_state(client, as_role):
    author = as_role("author")
    for state in ("draft", "in_review", "ready", "published", "withdrawn"):
        date = None if state in ("draft", "in_review", "ready") else make.timezone.now()
        article = make.make_article(state=state, published_at=date, created_by=author)
        say(article)
        assert "zqremark" in page_of(client.get(change(article))), state
        assert client.post(page(article), {"body": "Entendu."}).status_code == 303, state


@pytest.mark.parametrize("role", ["author", "moderator", None])
def test_nobody_else_reads_or_writes_them(client, as_role, role):
    reader = as_role(role) if role else make.make_user(None)
    client.force_login(reader)
    public, hidden = make.make_article(), make.make_draft()
    for article in (public, hidden):
        say(article, to=make.make_user("editor"))
        expected = 302 if role is None else 403 if article == public or role == "moderator" else 404
        expected = {("author", hidden.pk): 404, ("moderator", hidden.pk): 404}.get((role, article.pk), expected)
        assert client.get(page(article)).status_code == expected
        assert client.post(page(article), {"body": "Oui"}).status_code == expected
        assert client.post(page(article), {"settle": article.remarks.get().pk}).status_code == expected
        if role:
            shown = client.get(change(article), follow=True).content.decode()
            assert "zqremark" not in shown
            assert "remarks-form" not in shown
            assert client.get(f"{LIST}?remarks__isnull=0").status_code in (302, 400)
    assert Remark.objects.count() == 2
    assert not Remark.objects.exclude(settled_at=None).exists()


def test_no_preview_and_no_history_prints_them(client, as_role):
    as_role("editor")
    article = make.make_draft(title="Le port")
    say(article)
    client.post(change(article), form_of(article, title="Les ports"))
    for address in (article.get_absolute_url(), *(f"/admin/articles/article/{article.pk}/{one}" for one in (
        "history/", "history/1/", "history/compare/?from=1&to=2", "publish/"))):  # fmt: skip
        assert "zqremark" not in client.get(address).content.decode(), address
    Article.objects.filter(pk=article.pk).update(state="published", published_at=make.timezone.now())
    cache.clear()
    assert "zqremark" not in Client().get(article.get_absolute_url()).content.decode()
