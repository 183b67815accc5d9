"""The history of articles: the same mechanism, and no more of an article's past than its readers among the authors may see."""

import pytest
from django.urls import reverse

from articles.models import Article
from clusters import history
from clusters.history import Act, Revision
from tests import factories as make

pytestmark = pytest.mark.django_db


def page(article, name="history", *numbers):
    name = name if name == "history" else f"history_{name}"
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *numbers])


def do(article, by, **values):
    with history.changing(article, by=by, act=Act.CHANGED, why="zqwhy"):
        for name, value in values.items():
            setattr(article, name, value)
        article.save()
    return Article.objects.get(pk=article.pk)


def test_a_long_text_is_compared_paragraph_by_paragraph(client, as_role):
    editor = as_role("editor")
    paragraphs = [f"<p>Paragraphe numéro {n} de cette analyse.</p>" for n in range(300)]
    article = make.make_article(body="".join(paragraphs))
    paragraphs[150] = "<p>Paragraphe numéro 150 de cette longue analyse.</p>"
    article = do(article, editor, body="".join(paragraphs))
    shown = client.get(page(article, "compare") + "?from=1&to=2").content.decode()
    assert "</span>longue " in shown
    assert shown.count("149 paragraphes inchangés") == 1
    assert shown.count("148 paragraphes inchangés") == 1


def test_an_author_goes_back_in_her_own_draft_but_decides_nothing(client, as_role):
    author = as_role("author")
    article = make.make_draft(title="Premier titre", created_by=author)
    article = do(article, author, title="Second titre", comments_policy="closed")
    response = client.post(page(article, "restore", 1), {"version": article.version}, follow=True)
    assert response.status_code == 200
    article.refresh_from_db()
    assert (article.title, article.comments_policy) == ("Premier titre", "closed"), (
        "whether readers write is the editors'"
    )


def test_an_author_does_not_go_back_in_a_published_article(client, as_role):
    author = as_role("author")
    article = do(make.make_article(created_by=author), author, title="Un titre")
    assert client.get(page(article, "state", 1)).status_code == 200, "what she wrote she may read"
    assert client.get(page(article, "restore", 1)).status_code == 403
    assert client.post(page(article, "restore", 1), {"version": article.version}).status_code == 403


def test_the_drafts_of_another_stay_hers_after_publication(client, as_role):
    article = make.make_article(title="zqopentitle")
    article = do(article, make.make_user("editor"), title="zqopentitle deux", body="<p>zqpast</p>")
    as_role("author")
    response = client.get(page(article))
    assert response.status_code == 200
    shown = response.content.decode()
    assert "zqwhy" not in shown
    assert "Voir cet état" not in shown
    for name, numbers, query in (("compare", (), "?from=1&to=2"), ("state", (1,), ""), ("restore", (1,), "")):
        assert client.get(page(article, name, *numbers) + query).status_code == 403, name


def test_a_hidden_article_is_no_address_of_the_history(client, as_role):
    article = do(make.make_draft(), make.make_user("editor"), title="zqhidden")
    as_role("author")
    for name, numbers, query in (("compare", (), "?from=1&to=2"), ("state", (1,), ""), ("restore", (1,), "")):
        assert client.get(page(article, name, *numbers) + query).status_code == 404, name


def test_the_name_of_a_hidden_article_is_not_told_by_the_history_of_another(client, as_role):
    author = as_role("author")
    article = make.make_draft(created_by=author)
    hidden = make.make_draft(title="zqhiddentitle")
    with history.changing(article, by=author, act=Act.CHANGED):
        make.make_reading(article, hidden)
    for address in (
        page(article),
        page(article, "compare") + "?from=1&to=2",
        page(article, "state", 2),
        page(article, "restore", 1),
    ):
        shown = client.get(address)
        assert shown.status_code == 200
        assert "zqhiddentitle" not in shown.content.decode(), address
    assert "une fiche que vous ne pouvez pas voir" in client.get(page(article, "state", 2)).content.decode()


def test_deleting_a_hashtag_is_in_the_history_of_its_articles(client, as_role):
    as_role("editor")
    tag = make.make_tag(name="Essai")
    article = make.make_article(tags=[tag])
    assert client.post(reverse("admin:articles_tag_delete", args=[tag.pk]), {"post": "yes"}).status_code == 302
    assert Revision.objects.of(article).first().why == "suppression de «\u202f#Essai\u202f»"
