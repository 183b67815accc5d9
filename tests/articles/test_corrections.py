"""Corrections: an editor's act on a published article, said on its page with date and nature, and never taken back."""

import datetime as dt
import json
import re

import pytest
from django.core.exceptions import ValidationError

from articles.models import Article, Correction
from clusters import history
from clusters.history.trying import head
from tests import factories as make
from tests.articles.test_admin import change, form_of, told

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2020, 3, 4, 9, 30, tzinfo=dt.UTC)
NATURE = "Le CE3M compte 80 adhérents, et non 60."


def press(client, article, **values):
    return client.post(
        change(article), form_of(article, **{"_state": "correct", "correction": NATURE, **values}), follow=True
    )


def test_an_editor_corrects_in_one_press_and_readers_are_told(client, as_role):
    as_role("editor")
    article = make.make_article(body="<p>Soixante adhérents.</p>")
    response = press(client, article, body="<p>Quatre-vingts adhérents.</p>")
    assert "est publiée sous l’article" in told(response)
    article.refresh_from_db()
    assert article.body == "<p>Quatre-vingts adhérents.</p>"
    assert (article.corrections.get().nature, article.updated_at) == (NATURE, None)
    assert NATURE in response.content.decode(), "the form lists what was published"


def test_the_page_lists_them_in_order_with_their_dates_and_so_does_its_data(client):
    article = make.make_article()
    article.correct("Un nom était mal écrit.", at=MOMENT + dt.timedelta(days=1))
    article.correct("Le total était faux : treize, et non douze.", at=MOMENT)
    page = client.get(article.get_absolute_url()).content.decode()
    part = page[page.index('id="corrections-title"') :]
    assert part.index("treize, et non douze") < part.index("mal écrit")
    assert '<time datetime="2020-03-04T10:30:00+01:00">4 mars 2020 à 10:30</time>' in part
    assert "2 corrections apportées à cet article" in page
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.S)[1])
    assert [one["@type"] for one in data["correction"]] == ["CorrectionComment", "CorrectionComment"]
    assert data["correction"][0]["datePublished"].startswith("2020-03-04T")
    assert data["correction"][1]["text"] == "Un nom était mal écrit."


def test_an_article_without_any_says_nothing_of_them(client):
    page = client.get(make.make_article().get_absolute_url()).content.decode()
    assert "correction" not in page.replace("corrections.css", "").lower()


@pytest.mark.parametrize("nature", ["", "   "])
def test_a_correction_says_what_it_is(client, as_role, nature):
    as_role("editor")
    article = make.make_article()
    response = press(client, article, correction=nature, title="Relu")
    assert "Dites en une phrase ce qui était faux" in told(response)
    assert not Correction.objects.exists()
    article.refresh_from_db()
    assert article.title != "Relu", "nothing goes out that readers are told nothing of"
    assert head(article).snapshot.fields["title"] == "Relu", "the text is kept all the same"


def test_one_that_is_too_long_is_refused_and_stays_in_the_form(client, as_role):
    as_role("editor")
    page = press(client, make.make_article(), correction="x" * 301)
    assert page.status_code == 200
    assert "x" * 301 in page.content.decode()
    assert not Correction.objects.exists()
    with pytest.raises(ValidationError, match="raccourcissez"):
        make.make_article().correct("a:" * 150)


@pytest.mark.parametrize(
    ("role", "state"), [("author", "draft"), ("editor", "draft"), ("editor", "withdrawn"), ("author", "published")]
)
def test_nobody_else_and_nothing_else_is_corrected(client, as_role, role, state):
    user = as_role(role)
    article = make.make_article(state=state, published_at=None if state == "draft" else MOMENT, created_by=user)
    assert 'value="correct"' not in client.get(change(article)).content.decode()
    press(client, article)
    assert not Correction.objects.exists()


def test_it_is_kept_with_who_made_it_and_does_not_go_with_an_older_text(client, as_role):
    editor = as_role("editor")
    article = make.make_article(title="Premier titre")
    history.keep_new([article], by=None)
    press(client, article, title="Second titre")
    last = history.Revision.objects.of(article).first()
    assert (last.by, last.why) == (editor, f"correction\u00a0: {NATURE}")
    assert [line["said"] for line in last.snapshot.lines["corrections"]] == [NATURE]
    article.refresh_from_db()
    client.post(f"/admin/articles/article/{article.pk}/history/1/restore/", {"version": article.version})
    article.refresh_from_db()
    assert head(article).snapshot.fields["title"] == "Premier titre"
    assert article.corrections.count() == 1


def test_a_hidden_article_shows_its_corrections_to_nobody(client):
    article = make.make_article()
    article.correct("zqnature")
    Article.objects.filter(pk=article.pk).update(state="withdrawn")
    assert client.get(article.get_absolute_url()).status_code == 404
