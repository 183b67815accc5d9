"""An article is set in the typography of its own language, on every way it is written."""

import pytest

from articles.models import Article
from clusters import history
from tests.factories import make_draft

pytestmark = pytest.mark.django_db
FRENCH = "<p>L’eau\u00a0: «\u202foui\u202f»\u202f!</p>"


@pytest.mark.parametrize(
    ("language", "written", "stored"),
    [
        ("fr", "<p>L'eau : « oui » !</p>", FRENCH),
        ("en", "<p>Don't: 'yes' !</p>", "<p>Don't: 'yes' !</p>"),
        ("ar", "<p>نعم : لا !</p>", "<p>نعم : لا !</p>"),
    ],
)
def test_a_body_written_through_the_orm(language, written, stored):
    article = make_draft(language=language, body=written)
    article.refresh_from_db()
    assert article.body == stored
    article.full_clean()
    assert article.body == stored


def test_titles_and_standfirsts_of_another_language_keep_their_signs():
    english = Article(title=" What's next? ", standfirst="It's here: now!", description="Why?", slug="a", language="en")
    english.clean()
    assert (english.title, english.standfirst, english.description) == ("What's next?", "It's here: now!", "Why?")
    french = Article(title="Et l'eau?", standfirst="C'est là: ici!", slug="b", language="fr")
    french.clean()
    assert (french.title, french.standfirst) == ("Et l’eau\u202f?", "C’est là\u00a0: ici\u202f!")


def sent(article, **changed):
    """What the form of an article sends that has one author."""
    byline = article.bylines.get()
    return {
        "title": article.title, "slug": article.slug, "standfirst": article.standfirst, "body": article.body, "language": article.language,
        "description": "", "comments_policy": "", "version": article.version, "published_at_0": "", "published_at_1": "",
        "bylines-TOTAL_FORMS": 1, "bylines-INITIAL_FORMS": 1, "bylines-0-id": byline.pk, "bylines-0-author": byline.author_id,
        "bylines-0-article": article.pk, "bylines-0-position": 1,
        "citations-TOTAL_FORMS": 0, "citations-INITIAL_FORMS": 0,
        "further_reading-TOTAL_FORMS": 0, "further_reading-INITIAL_FORMS": 0, "_continue": "1", **changed,
    }  # fmt: skip


def test_the_form_sets_the_body_in_the_language_that_is_chosen_with_it(client, as_role):
    as_role("editor")
    article = make_draft(body="<p>It's here: now!</p>", language="en")
    page = f"/admin/articles/article/{article.pk}/change/"
    assert client.post(page, sent(article)).status_code == 302
    article.refresh_from_db()
    assert article.body == "<p>It's here: now!</p>"
    assert client.post(page, sent(article, language="fr")).status_code == 302
    article.refresh_from_db()
    assert article.body == "<p>It’s here\u00a0: now\u202f!</p>"


def test_what_one_has_not_changed_of_an_english_text_takes_what_a_colleague_made_of_it(client, as_role, editor):
    """A browser writes the same text in other signs: what it says is compared as it would be written, in its language."""
    article = make_draft(body="<p>It's here: now!</p>", language="en", title="What's next?")
    history.keep(article, by=editor, act=history.Act.CREATED)
    mine = sent(article, body="<p>It&#39;s here: now!</p>", standfirst="It's new!")
    with history.changing(article, by=editor, act=history.Act.CHANGED):
        article.body = "<p>It's there: later!</p>"
        article.save(update_fields=["body"])
    as_role("editor")
    answer = client.post(f"/admin/articles/article/{article.pk}/change/", mine)
    assert answer.status_code == 302
    article.refresh_from_db()
    assert (article.body, article.title, article.standfirst) == (
        "<p>It's there: later!</p>",
        "What's next?",
        "It's new!",
    )
