"""Clusters named without a link, in the admin: whose texts are listed, what a press does, and what it leaves alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.admin import mentions
from articles.models import Article
from clusters import history
from tests.factories import make_article, make_author, make_cluster, make_draft, make_name

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/articles/article/mentions/"
BODY = "<p>Le pôle Agadir Haliopôle grandit.</p><p>Agadir Haliopôle, encore.</p>"


@pytest.fixture
def cluster():
    return make_cluster(name="Agadir Haliopôle", acronym="AHP")


def reference(cluster, words="Agadir Haliopôle"):
    return f'<span data-cluster="{cluster.public_id}">{words}</span>'


def listed(client, query=""):
    page = client.get(ADDRESS + query)
    assert page.status_code == 200
    return [(row.article.pk, row.mention.name.public_id, row.times) for row in page.context["rows"]]


def test_texts_that_name_a_cluster_without_leading_to_it_are_listed(client, as_role, cluster):
    as_role("editor")
    draft, public = make_draft(body=BODY), make_article(body="<p>Selon AHP.</p>")
    make_article(body=f"<p>Le {reference(cluster)} et Agadir Haliopôle.</p>")
    make_article(body="<p>Rien.</p>")
    assert listed(client) == [(public.pk, cluster.public_id, 1), (draft.pk, cluster.public_id, 2)]
    page = client.get(ADDRESS).content.decode()
    assert "Le pôle <mark>Agadir Haliopôle</mark> grandit." in page
    assert draft.title in page


def test_the_list_may_be_of_one_cluster_or_of_one_text(client, as_role, cluster):
    as_role("editor")
    other = make_cluster(name="Pôle solaire")
    first, second = make_draft(body=BODY), make_draft(body="<p>Un Pôle solaire, AHP.</p>")
    assert listed(client, f"?fiche={other.public_id}") == [(second.pk, other.public_id, 1)]
    assert listed(client, f"?texte={first.pk}") == [(first.pk, cluster.public_id, 2)]
    for strange in (
        "?fiche=GRP-9999",
        "?texte=0",
        "?texte=x",
        "?avant=²",
        f"?fiche={'x' * 500}",
        "?texte=99999999999999999999",
    ):
        assert client.get(ADDRESS + strange).status_code == 200


def test_the_list_reads_so_many_texts_at_a_time(client, as_role, cluster, monkeypatch):
    monkeypatch.setattr(mentions, "SCANNED", 2)
    as_role("editor")
    texts = [make_draft(body=BODY) for _n in range(5)]
    page = client.get(ADDRESS)
    assert [row.article.pk for row in page.context["rows"]] == [texts[4].pk, texts[3].pk]
    page = client.get(page.context["older"])
    assert [row.article.pk for row in page.context["rows"]] == [texts[2].pk, texts[1].pk]
    page = client.get(page.context["older"])
    assert [row.article.pk for row in page.context["rows"]] == [texts[0].pk]
    assert page.context["older"] == ""


def test_the_list_asks_as_often_for_many_texts(client, as_role, cluster):
    as_role("editor")
    counts = []
    for _round in range(2):
        for _n in range(3):
            make_name(make_cluster())
            make_draft(body=BODY)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(ADDRESS)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_authors_see_and_change_their_own_drafts_only(client, as_role, cluster):
    author = as_role("author")
    own, signed = make_draft(body=BODY, created_by=author), make_draft(body=BODY, authors=[make_author(user=author)])
    theirs, public = make_draft(body=BODY), make_article(body=BODY, created_by=author)
    assert [pk for pk, _id, _count in listed(client)] == [signed.pk, own.pk]
    client.post(ADDRESS, {"mention": [f"{one.pk}:{cluster.public_id}" for one in (own, theirs, public)]})
    bodies = {one.pk: Article.objects.get(pk=one.pk).body for one in (own, theirs, public)}
    assert reference(cluster) in bodies[own.pk]
    assert bodies[theirs.pk] == bodies[public.pk] == BODY


@pytest.mark.parametrize("role", ["moderator"])
def test_who_may_not_write_sees_nothing(client, as_role, role):
    as_role(role)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {"un": "1:GRP-0001"}).status_code == 403


def test_a_press_links_the_first_mention_as_a_version_of_its_own(client, as_role, cluster):
    editor = as_role("editor")
    article = make_article(body=BODY)
    answer = client.post(ADDRESS, {"un": f"{article.pk}:{cluster.public_id}"}, follow=True)
    assert "1 mention est liée." in answer.content.decode()
    after = Article.objects.get(pk=article.pk)
    assert after.body == BODY.replace("Agadir Haliopôle", reference(cluster), 1)
    assert after.version == article.version + 1
    last = history.Revision.objects.of(article).first()
    assert (last.number, last.by, last.why) == (after.version, editor, "lien vers Agadir Haliopôle")
    assert listed(client) == []


def test_those_chosen_are_linked_everywhere_if_asked(client, as_role, cluster):
    as_role("editor")
    solar = make_cluster(name="Pôle solaire")
    first, second = make_draft(body=BODY), make_draft(body="<p>Un Pôle solaire, AHP, AHP.</p>")
    chosen = [f"{first.pk}:{cluster.public_id}", f"{second.pk}:{cluster.public_id}", f"{second.pk}:{solar.public_id}"]
    client.post(ADDRESS, {"mention": chosen, "combien": "toutes"})
    assert Article.objects.get(pk=first.pk).body.count("data-cluster") == 2
    assert Article.objects.get(pk=second.pk).body.count("data-cluster") == 3


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"mention": ["", ":", "x:y", "1", "²:GRP-0001", "99999999999999999999:GRP-0001", "1:GRP-9999"]},
        {"un": "1:"},
        {"combien": "x"},
    ],
)
def test_a_strange_post_changes_nothing_and_says_so(client, as_role, cluster, sent):
    as_role("editor")
    article = make_draft(body=BODY)
    answer = client.post(ADDRESS, sent, follow=True)
    assert answer.status_code == 200
    assert list(answer.context["messages"])
    article.refresh_from_db()
    assert (article.body, article.version) == (BODY, 1)


def test_what_somebody_saves_at_the_same_moment_is_not_overwritten(client, as_role, cluster, monkeypatch):
    as_role("editor")
    article = make_draft(body=BODY)
    link = mentions.linked

    def meanwhile(*args, **kwargs):
        Article.objects.filter(pk=article.pk).claim(1)
        return link(*args, **kwargs)

    monkeypatch.setattr(mentions, "linked", meanwhile)
    answer = client.post(ADDRESS, {"un": f"{article.pk}:{cluster.public_id}"}, follow=True)
    assert "n’a pas changé" in answer.content.decode()
    article.refresh_from_db()
    assert article.body == BODY


def test_the_form_of_a_text_lists_its_own(client, as_role, cluster):
    as_role("editor")
    article, done = make_draft(body=BODY), make_draft(body=f"<p>{reference(cluster)}</p>")
    page = client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    assert "Clusters nommés sans lien" in page
    assert f'href="{ADDRESS}?texte={article.pk}"' in page
    assert "Clusters nommés sans lien" not in client.get(f"/admin/articles/article/{done.pk}/change/").content.decode()
    assert "Clusters nommés sans lien" not in client.get("/admin/articles/article/add/").content.decode()


def test_the_ways_to_the_list(client, as_role, cluster):
    as_role("editor")
    assert f'href="{ADDRESS}"' in client.get("/admin/").content.decode()
    page = client.get(f"/admin/clusters/cluster/{cluster.pk}/change/").content.decode()
    assert f'href="{ADDRESS}?fiche={cluster.public_id}"' in page
    hidden = make_cluster(publication="draft")
    assert f"{ADDRESS}?fiche" not in client.get(f"/admin/clusters/cluster/{hidden.pk}/change/").content.decode()
    as_role("moderator")
    assert ADDRESS not in client.get("/admin/").content.decode()


# -- What the editor looks out for -----------------------------------------------------------------------------------


def test_the_names_are_fetched_once(client, as_role, cluster):
    as_role("author")
    answer = client.get("/admin/clusters/cluster/names/")
    wanted = [
        {"id": cluster.public_id, "name": "Agadir Haliopôle", "words": words}
        for words in (["AHP"], ["agadir", "haliopole"])
    ]
    assert answer.json() == {"names": wanted}
    tag = answer.headers["ETag"]
    again = client.get("/admin/clusters/cluster/names/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    make_cluster(name="Pôle solaire")
    assert client.get("/admin/clusters/cluster/names/", headers={"If-None-Match": tag}).status_code == 200
