"""Hashtags merged, parted again and made by typing: nothing lost, nothing twice, and readers led on."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from articles import merging
from articles.models import Article, Tag, TagMerge
from clusters.history import Act, Revision
from clusters.history.restoring import restore
from tests import factories as make
from tests.articles.test_admin import change, form_of
from tests.clusters.test_history_at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(db):
    """(loser, survivor, article of the one, article of both, editor)."""
    loser, survivor = make.make_tag(name="Clusters", slug="clusters"), make.make_tag(name="Cluster", slug="cluster")
    return loser, survivor, make.make_article(tags=[loser]), make.make_article(tags=[loser, survivor]), make.make_user()


def names(article):
    return sorted(article.tags.values_list("name", flat=True))


def test_a_merge_moves_articles_and_leads_readers_on(client, pair):
    loser, survivor, one, both, editor = pair
    merging.merge(loser, survivor, by=editor, reason="pluriel")
    assert names(one) == names(both) == ["Cluster"]
    for under in ("", "feed/", "feed/atom/"):
        response = client.get(f"/tags/clusters/{under}?page=1")
        assert response.status_code == 301
        assert response["Location"] == f"/tags/cluster/{under}?page=1"
    assert loser.pk not in Tag.objects.visible().values_list("pk", flat=True)
    for article in (one, both):
        last = Revision.objects.of(article).first()
        assert (last.act, last.why, last.by) == (Act.MERGED, "pluriel", editor)
        assert last.snapshot.many["tags"] == [survivor.pk]
    for tag in (loser, survivor):
        assert Revision.objects.of(tag).first().act == Act.MERGED


def test_undoing_puts_everything_back_and_tells_what_was_changed_since(client, pair):
    loser, survivor, one, both, editor = pair
    changed, gone = (make.make_article(tags=[loser], title=f"Article {n}") for n in range(2))
    done = merging.merge(loser, survivor, by=editor)
    changed.tags.set([])
    gone.delete()
    make.make_article(tags=[survivor])
    told = merging.undo(done, by=editor)
    assert names(one) == ["Clusters"]
    assert names(both) == ["Cluster", "Clusters"]
    assert names(changed) == []
    assert any("Article 0" in sentence for sentence in told)
    assert any("supprimé" in sentence for sentence in told)
    assert any("écrit depuis" in sentence for sentence in told)
    assert client.get("/tags/clusters/").status_code == 200
    assert Revision.objects.of(one).first().act == Act.UNMERGED
    with pytest.raises(ValidationError, match="déjà annulée"):
        merging.undo(done, by=editor)
    merging.merge(loser, survivor, by=editor)  # and again


def test_those_merged_before_follow_in_one_hop_and_come_back(client, pair):
    loser, survivor, _one, _both, editor = pair
    third = make.make_tag(slug="grappe")
    first = merging.merge(loser, survivor, by=editor)
    second = merging.merge(survivor, third, by=editor)
    assert client.get("/tags/clusters/")["Location"] == client.get("/tags/cluster/")["Location"] == "/tags/grappe/"
    with pytest.raises(ValidationError, match="annulez d’abord"):
        merging.undo(first, by=editor)
    merging.undo(second, by=editor)
    assert client.get("/tags/clusters/")["Location"] == "/tags/cluster/"


def test_a_tag_into_itself_or_one_that_is_merged_is_refused(pair):
    loser, survivor, one, _both, editor = pair
    with pytest.raises(ValidationError, match="le même"):
        merging.merge(loser, loser, by=editor)
    merging.merge(loser, survivor, by=editor)
    for args in ((loser, make.make_tag()), (make.make_tag(), loser)):
        with pytest.raises(ValidationError, match="déjà fusionné"):
            merging.merge(*args, by=editor)
    assert TagMerge.objects.count() == 1
    assert names(one) == ["Cluster"]


def test_a_hidden_survivor_is_not_led_to(client, pair):
    loser, survivor, _one, _both, editor = pair
    merging.merge(loser, survivor, by=editor)
    Article.objects.update(state="withdrawn")
    assert client.get("/tags/clusters/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_at_once_in_opposite_directions_do_it_once():
    one, other, editor = make.make_tag(), make.make_tag(), make.make_user()
    article = make.make_article(tags=[one, other])
    results = at_once(lambda: merging.merge(one, other, by=editor), lambda: merging.merge(other, one, by=editor))
    assert sorted(type(result).__name__ for result in results) == ["TagMerge", "ValidationError"]
    assert article.tags.count() == 1
    assert Tag.objects.filter(merged_into=None).count() == 1


# -- Around a merge -----------------------------------------------------------------------------------------------------


def test_a_form_that_was_open_since_before_gives_the_survivor(client, pair):
    loser, survivor, one, _both, editor = pair
    client.force_login(editor)
    data = form_of(one, title="Un titre changé entre-temps", _copy="publish")
    merging.merge(loser, survivor, by=editor)
    response = client.post(change(one), data)
    assert response.status_code == 302, response.context["errors"]
    one.refresh_from_db()
    assert one.title == "Un titre changé entre-temps"
    assert names(one) == ["Cluster"]


def test_a_forged_choice_of_a_merged_tag_gives_the_survivor(client, pair):
    loser, survivor, _one, _both, editor = pair
    client.force_login(editor)
    merging.merge(loser, survivor, by=editor)
    article = make.make_article()
    assert client.post(change(article), form_of(article) | {"tags": [loser.pk], "_copy": "publish"}).status_code == 302
    assert names(article) == ["Cluster"]
    assert Revision.objects.of(article).first().snapshot.many["tags"] == [survivor.pk]


def test_going_back_to_a_state_from_before_gives_the_survivor(pair):
    loser, survivor, one, _both, editor = pair
    merging.merge(loser, survivor, by=editor)
    one.refresh_from_db()
    restore(one, Revision.objects.of(one).last(), by=editor)
    assert names(one) == ["Cluster"]


def test_the_old_name_finds_the_survivor_where_one_is_chosen(client, pair):
    loser, survivor, _one, _both, editor = pair
    Tag.objects.filter(pk=survivor.pk).update(name="Pôle")
    merging.merge(loser, survivor, by=editor)
    client.force_login(editor)
    query = {"app_label": "articles", "model_name": "article", "field_name": "tags", "term": "clusters"}
    found = client.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [row["text"] for row in found] == ["#Pôle"]
    found = client.get(reverse("admin:autocomplete"), query | {"term": "pole"}).json()["results"]
    assert [row["text"] for row in found] == ["#Pôle"]
    page = client.get("/admin/articles/tag/?q=clusters").content.decode()
    assert "#Clusters" in page


# -- The pages ----------------------------------------------------------------------------------------------------------


def test_it_is_shown_before_it_is_done_and_undone_from_its_page(client, as_role, pair):
    loser, survivor, one, both, _editor = pair
    as_role("editor")
    page = client.get(f"/admin/articles/tag/{loser.pk}/change/").content.decode()
    address = f"/admin/articles/tag/{loser.pk}/merge/"
    assert address in page
    assert client.get(address).status_code == 200
    shown = client.get(f"{address}?with={survivor.pk}")
    text = shown.content.decode()
    assert one.title in text
    assert both.title in text
    assert names(one) == ["Clusters"]
    data = {"reason": "pluriel", "versions": shown.context["versions"]}
    assert (
        client.post(f"{address}?with={survivor.pk}", data)["Location"] == f"/admin/articles/tag/{survivor.pk}/change/"
    )
    assert names(one) == ["Cluster"]
    assert "#Clusters" in client.get(f"/admin/articles/tag/{survivor.pk}/change/").content.decode()
    page = client.get(f"/admin/articles/tag/{loser.pk}/change/").content.decode()
    assert "Raison\u00a0: pluriel" in page
    assert 'name="_save"' not in page
    assert client.post(f"/admin/articles/tag/{loser.pk}/delete/", {"post": "yes"}).status_code == 403
    undo = f"/admin/articles/tag/{loser.pk}/unmerge/"
    assert undo in page
    for _twice in range(2):
        assert client.post(undo).status_code == 302
    assert names(one) == ["Clusters"]


def test_the_other_way_round(client, as_role, pair):
    loser, survivor, _one, _both, _editor = pair
    as_role("editor")
    address = f"/admin/articles/tag/{loser.pk}/merge/?with={survivor.pk}&garder=celui-ci"
    client.post(address, {"versions": client.get(address).context["versions"]})
    assert list(Tag.objects.filter(merged_into=None)) == [loser]


def test_what_changed_since_it_was_shown_is_shown_again(client, as_role, pair):
    loser, survivor, *_rest = pair
    as_role("editor")
    address = f"/admin/articles/tag/{loser.pk}/merge/?with={survivor.pk}"
    versions = client.get(address).context["versions"]
    make.make_article(tags=[loser], title="Venu entre-temps")
    page = client.post(address, {"reason": "gardée", "versions": versions}).content.decode()
    assert "relisez" in page
    assert "Venu entre-temps" in page
    assert "gardée" in page
    assert not TagMerge.objects.exists()


@pytest.mark.parametrize("bad", ["", "abc", "9" * 40, "987654"])
def test_a_choice_that_is_none_is_told(client, as_role, pair, bad):
    as_role("editor")
    assert client.get(f"/admin/articles/tag/{pair[0].pk}/merge/?with={bad}").status_code == 200
    assert client.get("/admin/articles/tag/987654/merge/").status_code == 404


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_others_may_not(client, as_role, pair, role):
    as_role(role)
    loser, survivor, one, _both, editor = pair
    assert client.post(f"/admin/articles/tag/{loser.pk}/merge/?with={survivor.pk}", {}).status_code == 403
    merging.merge(loser, survivor, by=editor)
    assert client.post(f"/admin/articles/tag/{loser.pk}/unmerge/").status_code == 403
    assert names(one) == ["Cluster"]


# -- Made by typing -----------------------------------------------------------------------------------------------------

CREATE = "/admin/articles/tag/create/"


def test_a_new_name_is_a_new_tag(client, as_role):
    user = as_role("author")
    response = client.post(CREATE, {"name": " #PortSec "})
    tag = Tag.objects.get()
    assert response.status_code == 201
    assert response.json() == {"id": tag.pk, "text": "#PortSec", "said": "#PortSec est créé."}
    assert (tag.name, tag.slug) == ("PortSec", "portsec")
    assert Revision.objects.of(tag).get().by == user


def test_one_that_differs_by_capitals_or_accents_is_taken_and_said(client, as_role):
    as_role("author")
    tag = make.make_tag(name="Économie", slug="economie")
    assert client.post(CREATE, {"name": "Économie"}).json() == {"id": tag.pk, "text": "#Économie", "said": ""}
    answer = client.post(CREATE, {"name": "economie"}).json()
    assert answer["id"] == tag.pk
    assert "existe déjà" in answer["said"]
    assert Tag.objects.count() == 1


def test_the_name_of_a_merged_one_gives_the_survivor(client, as_role, pair):
    loser, survivor, _one, _both, editor = pair
    merging.merge(loser, survivor, by=editor)
    as_role("author")
    assert client.post(CREATE, {"name": "CLUSTERS"}).json()["id"] == survivor.pk


@pytest.mark.parametrize("name", ["", "#", "deux mots", "x" * 61, "a#b"])
def test_what_is_no_tag_is_refused_in_a_sentence(client, as_role, name):
    as_role("author")
    response = client.post(CREATE, {"name": name})
    assert response.status_code == 422
    assert response.json()["said"].endswith((".", "?", "!", ")"))
    assert not Tag.objects.exists()


@pytest.mark.parametrize("name", ["日本", "map", "port", "_"])
def test_every_name_has_an_address_of_its_own(client, as_role, name):
    as_role("author")
    former = make.make_tag(slug="port")
    former.slug = "havre"
    former.save()
    assert client.post(CREATE, {"name": name}).status_code in (201, 422)
    assert client.post(CREATE, {"name": f"{name}X"}).status_code == 201


def test_who_may_not_add_tags_may_not_here(client, as_role):
    as_role("moderator")
    assert client.post(CREATE, {"name": "Neuf"}).status_code == 403
    assert client.get(CREATE).status_code in (403, 405)


def test_the_form_of_a_tag_warns_of_its_likes(client, as_role):
    as_role("editor")
    make.make_tag(name="Économie", slug="economie")
    page = client.post("/admin/articles/tag/add/", {"name": "economie", "slug": "autre"}).content.decode()
    assert "#Économie existe déjà, aux capitales et aux accents près" in page
