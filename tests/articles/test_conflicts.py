"""Two people with one article open: its text and its lines are merged as a cluster's are, and hide what they must."""

import pytest

from articles.models import Article
from clusters import history
from clusters.history import Act
from tests import factories as make
from tests.clusters.test_conflicts import again, contested, desk, mine, opened, save, send, theirs, told

pytestmark = pytest.mark.django_db
__all__ = ["desk", "mine", "theirs"]


@pytest.fixture
def article(editor):
    article = make.make_draft(title="Titre", body="<p>Avant.</p>\n<p>Suite.</p>", sources=[make.make_source()])
    history.keep(article, by=editor, act=Act.CREATED)
    return article


def row(sent, kind, pk):
    (key,) = [
        key for key, value in sent.items() if key.startswith(f"{kind}-") and key.endswith("-id") and str(value) == str(pk)
    ]  # fmt: skip
    return key.removesuffix("id")


def test_the_text_and_the_title_are_merged(article, mine, theirs):
    sent = opened(mine, article)
    save(theirs, article, opened(theirs, article) | {"body": "<p>Après.</p>", "tags": [make.make_tag().pk]})
    response = save(mine, article, sent | {"title": "Autre titre"})
    assert any("Enregistré entre-temps par Elissa Marzouk" in one and "texte" in one for one in told(mine, response))
    article.refresh_from_db()
    assert (article.title, article.body, article.tags.count()) == ("Autre titre", "<p>Après.</p>", 1)


def test_the_same_text_is_chosen_side_by_side(article, mine, theirs):
    sent = opened(mine, article)
    save(theirs, article, opened(theirs, article) | {"body": "<p>Le sien.</p>", "standfirst": "Chapô."})
    response = send(mine, article, sent | {"body": "<p>Le mien.</p>"})
    ((label, own, stored),) = contested(response)
    assert (label, own, stored) == ("Texte", "Le mien.", "Le sien.")
    save(mine, article, again(response))
    article.refresh_from_db()
    assert (article.body, article.standfirst) == ("<p>Le mien.</p>", "Chapô.")


def test_what_is_chosen_of_several_is_one_choice(article, mine, theirs):
    first, second = make.make_tag(), make.make_tag()
    sent = opened(mine, article)
    save(theirs, article, opened(theirs, article) | {"tags": [first.pk]})
    response = send(mine, article, sent | {"tags": [second.pk]})
    assert contested(response) == [("Mots-dièse", str(second), str(first))]
    save(mine, article, again(response))
    assert list(article.tags.all()) == [second]


def test_signatures_and_sources_are_merged(article, mine, theirs):
    citation, other_source = article.citations.get(), make.make_source()
    sent, other = opened(mine, article), opened(theirs, article)
    save(theirs, article, other | {f"{row(other, 'citations', citation.pk)}note": "p. 12"})
    place = f"bylines-{sent['bylines-TOTAL_FORMS']}-"
    added = {
        "bylines-TOTAL_FORMS": int(sent["bylines-TOTAL_FORMS"]) + 1, f"{place}article": article.pk,
        f"{place}author": make.make_author().pk, f"{place}position": 9,
    }  # fmt: skip
    save(mine, article, sent | added)
    citation.refresh_from_db()
    assert (citation.note, article.bylines.count()) == ("p. 12", int(added["bylines-TOTAL_FORMS"]))
    sent, other = opened(mine, article), opened(theirs, article)
    save(theirs, article, other | {f"{row(other, 'citations', citation.pk)}source": other_source.pk})
    response = send(mine, article, sent | {f"{row(sent, 'citations', citation.pk)}note": "p. 13"})
    ((_label, own, stored),) = contested(response)
    assert "p. 13" in own
    assert str(other_source) in stored


def test_a_publication_meanwhile_is_told(article, mine, theirs):
    make.make_author()
    sent = opened(mine, article)
    assert send(theirs, article, opened(theirs, article) | {"_state": "publish"}).status_code == 302
    response = save(mine, article, sent | {"title": "Autre titre"})
    assert any("état" in one and "Elissa Marzouk" in one for one in told(mine, response))
    stored = Article.objects.get(pk=article.pk)
    assert (stored.title, stored.state) == ("Titre", "published"), "what is out changes by an act of its own"
    assert opened(mine, article)["title"] == "Autre titre"
