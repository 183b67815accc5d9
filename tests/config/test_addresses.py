"""Addresses that last: every kind of record, its feeds and forms with it, and nothing that is hidden now."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import merging as tag_merging
from articles.comments.models import Comment
from articles.models import Article, Author, Series, Tag
from clusters import history, merging
from clusters.addresses import MOST_SLUGS
from clusters.history import Act, Revision
from clusters.history.restoring import restore
from clusters.models import Cluster, FormerAddress, Programme, Source
from tests import factories as make
from tests.articles.comments.test_forms import GOOD, token_aged
from tests.clusters.test_history_at_once import at_once
from tests.house.world import read

pytestmark = pytest.mark.django_db


def tag():
    made = make.make_tag()
    make.make_article(tags=[made])
    return made


def author():
    made = make.make_author()
    make.make_article(authors=[made])
    return made


def series():
    made = make.make_series()
    make.make_article(series=made, series_position=1)
    return made


KINDS = {
    "articles": make.make_article,
    "tags": tag,
    "authors": author,
    "series": series,
    "clusters": make.make_cluster,
    "programmes": make.make_programme,
    "sources": make.make_source,
}
"""First part of the address → a record that anybody may see."""
UNDER = {kind: ["", *(["feed/", "feed/atom/"] if kind in ("tags", "authors", "series") else [])] for kind in KINDS}
for _kind in ("clusters", "programmes", "sources"):
    UNDER[_kind] = ["", "correction/"]


def move(record, *slugs):
    for slug in slugs:
        record.slug = slug
        record.full_clean()
        record.save()


def hide(record):
    """Take away what makes a record public."""
    if isinstance(record, Article):
        Article.objects.filter(pk=record.pk).update(state="withdrawn")
    elif isinstance(record, Tag | Author | Series):
        record.articles.update(state="withdrawn")
    else:
        type(record).objects.filter(pk=record.pk).update(publication="withdrawn")


@pytest.mark.parametrize("kind", KINDS)
def test_changed_five_times_it_is_one_hop_and_so_is_all_that_stands_under_it(client, kind):
    record = KINDS[kind]()
    first = record.slug
    move(record, "deux", "trois", "quatre", "cinq", "six")
    for old in (first, "deux", "trois", "quatre", "cinq"):
        for under in UNDER[kind]:
            response = client.get(f"/{kind}/{old}/{under}", {"page": "1", "q": "é&"})
            assert response.status_code == 301, (old, under)
            assert response["Location"] == f"/{kind}/six/{under}?page=1&q=%C3%A9%26"
            assert "no-cache" in response["Cache-Control"]  # a slug that is changed back is no circle
            assert client.get(response["Location"]).status_code == 200


FILTERED = {
    "tag": ("tags", ["/articles/"]),
    "series": ("series", ["/articles/"]),
    "author": ("authors", ["/articles/"]),
    "programme": (
        "programmes",
        ["/clusters/", "/clusters/map/", "/clusters/export.csv", "/clusters/export.json", "/clusters/export.xlsx",
         "/clusters/export.geojson", "/api/clusters/"],
    ),
    "source": ("sources", ["/api/observations/"]),
}  # fmt: skip
"""Filter by a slug → the kind of record, and the lists that have it."""


@pytest.mark.parametrize("name", FILTERED)
def test_a_list_that_was_filtered_by_an_old_slug_is_one_hop_away(client, name):
    kind, lists = FILTERED[name]
    record, other = KINDS[kind](), KINDS[kind]()
    first = record.slug
    move(record, "deuxieme", "troisieme")
    for address in lists:
        for old in (first, "deuxieme"):
            response = client.get(f"{address}?country=MA&{name}={old}&page=1")
            assert response.status_code == 301, address
            assert response.url == f"{address}?country=MA&{name}=troisieme&page=1"
            assert response.headers["Cache-Control"] == "no-cache"
        asked = {slug: read(client, "", f"{address}?{name}={slug}")[0] for slug in ("troisieme", other.slug, "jamais")}
        assert asked.pop("jamais") in (200, 400), "of what leads nowhere the filter tells"
        assert set(asked.values()) == {200}


def test_several_old_slugs_are_one_hop_and_what_is_the_same_is_asked_once(client):
    record, other = KINDS["programmes"](), KINDS["programmes"]()
    first, second = record.slug, other.slug
    move(record, "un")
    move(other, "deux")
    response = client.get(f"/clusters/?programme={first}&programme={second}&programme=un")
    assert response.url == "/clusters/?programme=un&programme=deux"


def test_a_list_does_not_follow_the_old_slug_of_what_is_hidden_now(client):
    programme = KINDS["programmes"]()
    first = programme.slug
    move(programme, "zqsecret")
    Programme.objects.filter(pk=programme.pk).update(publication="withdrawn")
    response = client.get(f"/clusters/?programme={first}")
    assert response.status_code == 200
    assert "zqsecret" not in response.content.decode()


def test_a_list_filtered_by_a_hashtag_that_was_merged_is_that_of_the_other(client, editor):
    record, other = tag(), tag()
    history.keep_new([record, other, *Article.objects.all()], by=None)
    tag_merging.merge(record, other, by=editor)
    assert client.get(f"/articles/?tag={record.slug}").url == f"/articles/?tag={other.slug}"


@pytest.mark.parametrize("kind", KINDS)
def test_an_old_address_shows_nothing_that_is_hidden_now(client, kind):
    record = KINDS[kind]()
    first = record.slug
    move(record, "nouvelle")
    hide(record)
    for under in UNDER[kind]:
        assert client.get(f"/{kind}/{first}/{under}").status_code == 404
    assert client.get(f"/{kind}/personne/").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_a_slug_changed_back_works(client, kind):
    record = KINDS[kind]()
    first = record.slug
    move(record, "autre", first)
    assert client.get(f"/{kind}/{first}/").status_code == 200
    assert client.get(f"/{kind}/autre/")["Location"] == f"/{kind}/{first}/"


@pytest.mark.parametrize("kind", KINDS)
def test_another_record_does_not_take_an_address_that_leads_elsewhere_without_being_told(client, kind):
    record, other = KINDS[kind](), KINDS[kind]()
    first = record.slug
    move(record, "nouvelle")
    other.slug = first
    with pytest.raises(ValidationError, match="a été celle d’une autre page"):
        other.full_clean()
    # Written past every form, it stands there, and the redirect has ended for good.
    other.save()
    assert client.get(f"/{kind}/{first}/").status_code == 200
    other.delete() if kind == "articles" else move(other, "ailleurs")
    assert client.get(f"/{kind}/{first}/").get("Location") in (None, f"/{kind}/ailleurs/")


def test_the_address_of_one_kind_is_free_for_another():
    record, other = tag(), make.make_series()
    first = record.slug
    move(record, "nouvelle")
    move(other, first)
    assert other.slug == first


def test_what_nobody_was_shown_left_no_address(client):
    draft = make.make_draft(slug="titre-de-travail")
    dated = make.make_draft(slug="date-prevue", published_at=timezone.now())
    scheduled = make.make_scheduled(slug="programme-tot")
    record = make.make_cluster(slug="fiche-de-travail", publication="draft")
    for one in (draft, dated, scheduled, record):
        one.slug = f"neuf-{one.pk}-{one._meta.model_name}"
        one.save()
    assert not FormerAddress.objects.exists()


def test_what_was_read_keeps_its_address_through_a_withdrawal(client):
    article, record, sent_back = make.make_article(), make.make_cluster(), make.make_article()
    first, of_record = article.slug, record.slug
    history.keep(record, by=None, act=Act.PUBLISHED)
    history.keep(sent_back, by=None, act=Act.PUBLISHED)
    article.state, record.publication, sent_back.state = "withdrawn", "draft", "draft"
    for one in (article, record, sent_back):
        one.save()
    move(article, "un")
    move(record, "deux")
    move(sent_back, "trois")
    assert client.get(f"/articles/{first}/").status_code == 404
    article.state, record.publication = "published", "published"
    article.save()
    record.save()
    assert client.get(f"/articles/{first}/")["Location"] == "/articles/un/"
    assert client.get(f"/clusters/{of_record}/")["Location"] == "/clusters/deux/"
    assert FormerAddress.objects.count() == 3


def test_a_save_of_other_columns_changes_no_address():
    article = make.make_article()
    article.slug = "autre"
    article.save(update_fields=["title"])
    assert not FormerAddress.objects.exists()


def test_editors_are_led_to_the_preview_of_what_is_hidden(client, as_role):
    as_role("editor")
    article = make.make_article()
    first = article.slug
    move(article, "nouvelle")
    hide(article)
    assert client.get(f"/articles/{first}/")["Location"] == "/articles/nouvelle/"


def test_a_merged_record_s_former_address_is_one_hop_too(client):
    loser, survivor, editor = make.make_cluster(), make.make_cluster(), make.make_user("editor")
    first = loser.slug
    move(loser, "donnee")
    done = merging.merge(loser, survivor, by=editor, reason="même organisme")
    move(survivor, "gardee")
    for old in (first, "donnee"):
        assert client.get(f"/clusters/{old}/")["Location"] == "/clusters/gardee/"
        assert client.get(f"/clusters/{old}/correction/")["Location"] == "/clusters/gardee/correction/"
    merging.undo(done, by=editor)
    assert client.get(f"/clusters/{first}/")["Location"] == "/clusters/donnee/"


def test_going_back_in_the_history_leaves_the_address(client):
    article, editor = make.make_article(), make.make_user("editor")
    history.keep(article, by=editor, act=Act.CREATED)
    first = article.slug
    move(article, "nouvelle")
    with history.changing(article, by=editor, act=Act.CHANGED):
        article.title = "Un autre titre"
        article.save(update_fields=["title"])
    restore(article, Revision.objects.of(article).last(), by=editor)
    assert Article.objects.get().slug == "nouvelle"
    assert client.get(f"/articles/{first}/")["Location"] == "/articles/nouvelle/"


def test_a_comment_written_under_the_old_address_arrives(client):
    article = make.make_article()
    first = article.slug
    data = {**GOOD, "body": "Un avis argumenté.", "token": token_aged(article, 60)}
    move(article, "nouvelle")
    response = client.post(f"/articles/{first}/comments/", data)
    assert response.status_code == 303
    assert response["Location"].startswith("/articles/nouvelle/")
    assert Comment.objects.get(article=article).body == "Un avis argumenté."


def test_a_correction_written_under_the_old_address_is_kept(client):
    record = make.make_cluster()
    first = record.slug
    move(record, "nouvelle")
    response = client.post(f"/clusters/{first}/correction/", {"field": "city", "proposed": "Rabat, je crois"})
    assert response.status_code == 422
    assert "Rabat, je crois" in response.content.decode()


def test_deleting_a_record_ends_its_addresses(client):
    record = tag()
    first = record.slug
    move(record, "nouvelle")
    record.delete()
    assert not FormerAddress.objects.exists()
    assert client.get(f"/tags/{first}/").status_code == 404


def test_an_editor_sees_where_they_lead_and_gives_one_free(client, as_role):
    as_role("editor")
    record = tag()
    first = record.slug
    move(record, "nouvelle")
    page = client.get("/admin/clusters/formeraddress/").content.decode()
    assert first in page
    assert str(record) in page
    assert reverse("admin:articles_tag_change", args=[record.pk]) in page
    left = FormerAddress.objects.get()
    assert (
        client.post(reverse("admin:clusters_formeraddress_delete", args=[left.pk]), {"post": "yes"}).status_code == 302
    )
    other = make.make_tag()
    move(other, first)
    assert client.get(f"/tags/{first}/").status_code == 404


def test_the_form_says_so(client, as_role):
    as_role("editor")
    record = tag()
    first = record.slug
    move(record, "nouvelle")
    response = client.post("/admin/articles/tag/add/", {"name": "Neuf", "slug": first})
    assert response.status_code == 200
    assert "où elle mène encore" in response.content.decode()
    assert "Neuf" in response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Tag, Programme, Source, Cluster])
def test_two_who_change_one_slug_at_once_leave_one_whole_trace(model):
    made = {Tag: tag, Programme: make.make_programme, Source: make.make_source, Cluster: make.make_cluster}[model]
    record = made()
    first = record.slug

    def change(slug):
        own = model.objects.get(pk=record.pk)
        own.version = record.version

        def call():
            with history.changing(own, by=None, act=Act.CHANGED):
                own.slug = slug
                own.save(update_fields=["slug"])

        return call

    told = [one for one in at_once(change("gauche"), change("droite")) if one is not None]
    assert len(told) == 1
    assert isinstance(told[0], ValidationError)
    record.refresh_from_db()
    assert record.slug in ("gauche", "droite")
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == [first]


def test_a_filter_with_a_thousand_slugs_is_looked_up_for_none(client):
    make.make_article()
    few, many = ([f"tag=mot-qui-n-est-pas-{n}" for n in range(number)] for number in (MOST_SLUGS, 1000))
    numbers = []
    for query in (many, [*few, *few, "tag="]):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/articles/?{'&'.join(query)}").status_code == 200
        numbers.append(len(asked))
    assert numbers[0] < 20
    assert numbers[1] <= numbers[0] + 4 * MOST_SLUGS
