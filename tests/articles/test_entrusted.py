"""Whose an article is: who may be given one, what the list says of it, and what becomes of those who leave."""

import datetime as dt

import pytest
from django.utils import timezone

from tests import factories as make
from tests.articles.test_admin import LIST, change, form_of, page_of

pytestmark = pytest.mark.django_db


def test_an_article_is_entrusted_to_a_member_of_the_newsroom_and_the_list_says_to_whom(client, as_role):
    as_role("editor")
    article = make.make_draft()
    author = make.make_user("author", first_name="Leïla", last_name="Tamzarti")
    reader, gone = (
        make.make_user(None, username="lectrice"),
        make.make_user("author", is_active=False, username="partie"),
    )
    page = page_of(client.get(change(article)))
    assert f'<option value="{author.pk}">Leïla Tamzarti</option>' in page
    assert not any(f'<option value="{one.pk}"' in page for one in (reader, gone))
    day = timezone.localdate() - dt.timedelta(days=1)
    client.post(change(article), form_of(article, assigned_to=author.pk, due_on=f"{day:%d/%m/%Y}"))
    article.refresh_from_db()
    assert (article.assigned_to, article.due_on) == (author, day)
    listed = page_of(client.get(LIST))
    assert "Leïla Tamzarti" in listed
    assert "en retard" in listed


def test_whoever_has_left_can_keep_an_article_and_not_be_given_one(client, as_role):
    as_role("editor")
    gone = make.make_user("author", is_active=False)
    kept, other = make.make_draft(assigned_to=gone), make.make_draft()
    assert client.post(change(kept), form_of(kept, title="Relu")).status_code == 302
    kept.refresh_from_db()
    assert (kept.title, kept.assigned_to) == ("Relu", gone)
    kept.assigned_to = None
    kept.save()
    assert "Sélectionnez un choix valide" in page_of(client.post(change(other), form_of(other, assigned_to=gone.pk)))
