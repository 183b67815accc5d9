"""The one rule for who may see which article, to the second; and what gathers articles is seen when one of them is."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from articles.models import Article, Author, FurtherReading, Series, Tag
from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_draft,
    make_participation,
    make_programme,
    make_reading,
    make_scheduled,
    make_series,
    make_source,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
T = dt.datetime(2020, 3, 2, 7, 40, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def test_an_article_is_seen_from_the_second_of_its_publication_on():
    article = make_article(published_at=T)
    assert not Article.objects.visible(T - SECOND).exists()
    assert list(Article.objects.visible(T)) == [article]
    assert list(Article.objects.visible(T + SECOND)) == [article]
    assert list(Article.objects.scheduled(T - SECOND)) == [article]
    assert not Article.objects.scheduled(T).exists()


def test_an_article_is_seen_up_to_the_second_of_its_end():
    article = make_article(published_at=T, ends_at=T + 2 * SECOND)
    assert not Article.objects.visible(T - SECOND).exists()
    assert list(Article.objects.visible(T + SECOND)) == [article]
    assert not Article.objects.visible(T + 2 * SECOND).exists()
    assert not Article.objects.ended(T + SECOND).exists()
    assert list(Article.objects.ended(T + 2 * SECOND)) == [article]
    assert (article.is_visible, article.has_ended) == (False, True)


@pytest.mark.parametrize("state", ["draft", "in_review", "ready", "withdrawn"])
def test_no_other_state_is_seen_however_old(state):
    article = make_article(state=state, published_at=T)
    assert not Article.objects.visible().exists()
    assert not article.is_visible


def test_what_each_person_sees():
    author_user, editor, moderator, nobody = (make_user(role) for role in ("author", "editor", "moderator", None))
    public, draft, scheduled = make_article(), make_draft(), make_scheduled()
    own = make_draft(created_by=author_user)
    signed = make_scheduled(authors=[make_author(user=author_user), make_author()])

    def seen(user):
        return set(Article.objects.visible_to(user))

    assert seen(AnonymousUser()) == {public}
    assert seen(nobody) == {public}
    assert seen(moderator) == {public}
    assert seen(author_user) == {public, own, signed}
    assert seen(editor) == {public, draft, scheduled, own, signed}
    editor.is_active = False
    assert seen(editor) == {public}


GATHERINGS = {
    Tag: (make_tag, lambda row, make, **values: make(tags=[row], **values)),
    Author: (make_author, lambda row, make, **values: make(authors=[row], **values)),
    Series: (make_series, lambda row, make, **values: make(series=row, series_position=7, **values)),
}


@pytest.mark.parametrize("model", GATHERINGS)
def test_a_gathering_is_seen_when_one_of_its_articles_is(model):
    make, put = GATHERINGS[model]
    empty, hidden, timed = make(), make(), make()
    put(hidden, make_draft)
    put(timed, make_article, published_at=T)
    assert empty not in model.objects.visible(T)
    assert list(model.objects.visible(T - SECOND)) == []
    assert list(model.objects.visible(T)) == [timed]
    assert set(model.objects.visible_to(make_user("editor"))) == {hidden, timed}
    assert list(model.objects.visible_to(AnonymousUser())) == [timed]


@pytest.mark.parametrize("model", GATHERINGS)
def test_only_visible_articles_are_counted(model):
    make, put = GATHERINGS[model]
    row = make()
    put(row, make_article)
    make_draft(tags=[row] if model is Tag else (), authors=[row] if model is Author else None)
    assert model.objects.with_article_counts().get(pk=row.pk).article_count == 1
    assert model.objects.with_article_counts(T).get(pk=row.pk).article_count == 0


def test_series_come_by_their_last_visible_article_with_their_visible_parts_in_order():
    old, new = make_series(title="Ancien"), make_series(title="Récent")
    second = make_article(series=old, series_position=2, published_at=T)
    first = make_article(series=old, series_position=1, published_at=T + SECOND)
    make_scheduled(series=old, series_position=3)
    only = make_article(series=new, series_position=5, published_at=T + 2 * SECOND)
    rows = list(Series.objects.visible().newest_first().with_parts())
    assert rows == [new, old]
    assert [row.shown_parts for row in rows] == [[only], [first, second]]


def test_articles_about_a_subject():
    cluster, other, source = make_cluster(), make_cluster(), make_source()
    programme = make_programme()
    make_participation(cluster, programme)
    make_participation(cluster, programme, role="labelled")
    make_participation(other, programme, source=make_source(publication="draft"))
    about = make_article(clusters=[cluster], sources=[source])
    make_article(clusters=[other])
    assert list(Article.objects.about(cluster)) == [about]
    assert list(Article.objects.about(source)) == [about]
    assert list(Article.objects.about(programme)) == [about]


def test_articles_of_a_hidden_cluster_are_not_about_its_programme():
    programme, hidden = make_programme(), make_cluster(publication="draft")
    make_participation(hidden, programme)
    make_article(clusters=[hidden])
    assert not Article.objects.about(programme).exists()


def test_the_page_is_given_nothing_that_is_hidden():
    shown, hidden = make_cluster(), make_cluster(publication="draft")
    merged = make_cluster(merged_into=shown)
    source, secret = make_source(), make_source(publication="withdrawn")
    article = make_article(clusters=[shown, hidden, merged], sources=[secret, source])
    elsewhere = make_reading(article, position=2)
    inside = make_reading(article, target=make_article(), position=1)
    make_reading(article, target=make_scheduled(), position=3)
    fetched = Article.objects.with_page().get(pk=article.pk)
    assert fetched.shown_clusters == [shown]
    assert [citation.source for citation in fetched.shown_citations] == [source]
    assert fetched.shown_reading == [inside, elsewhere]
    assert [(one.title, one.is_external) for one in fetched.shown_reading] == [
        (inside.target.title, False),
        ("Une page", True),
    ]


def test_further_reading_waits_for_its_article():
    row = make_reading(make_article(), target=make_article(published_at=T))
    assert list(FurtherReading.objects.visible(T - SECOND)) == []
    assert list(FurtherReading.objects.visible(T)) == [row]


def test_related_articles_share_clusters_first_then_tags_and_are_visible():
    cluster, tags = make_cluster(), [make_tag(), make_tag(), make_tag()]
    article = make_article(clusters=[cluster], tags=tags)
    by_three_tags = make_article(tags=tags)
    by_cluster = make_article(clusters=[cluster], published_at=T)
    by_both = make_article(clusters=[cluster], tags=tags, published_at=T)
    by_one_tag = make_article(tags=tags[:1])
    make_scheduled(clusters=[cluster], tags=tags)
    make_draft(clusters=[cluster])
    make_article(tags=[make_tag()])
    assert list(Article.objects.related_to(article)) == [by_both, by_three_tags, by_cluster, by_one_tag]
    assert by_both.pk in Article.objects.related_to(article, at=T).values_list("pk", flat=True)
    assert not Article.objects.related_to(article, at=T - SECOND).exists()


def test_newest_first_breaks_a_tie_in_the_order_of_writing():
    first, second = make_article(published_at=T), make_article(published_at=T)
    third = make_article(published_at=T + SECOND)
    assert list(Article.objects.newest_first()) == [third, second, first]


def test_a_saved_or_deleted_article_is_found_or_forgotten_at_once():
    article = make_article(title="Le solaire", standfirst="À Benguérir", body="<p>Des <strong>onduleurs</strong></p>")
    for query in ("solaire", "benguerir", "onduleur"):
        assert list(Article.objects.matching(query)) == [article], query
    article.title = "Le marin"
    article.save(update_fields=["title"])
    assert not Article.objects.matching("solaire").exists()
    assert list(Article.objects.matching("marin")) == [article]
    article.delete()
    assert not Article.objects.matching("marin").exists()


def test_the_language_of_an_article_decides_its_stems():
    article = make_article(title="Renewable energies", language="en")
    assert list(Article.objects.matching("energy")) == [article]


def test_parts_are_not_visible_before_their_time_in_a_teaser_list():
    make_scheduled()
    soon = make_article(published_at=timezone.now() - SECOND)
    teasers = list(Article.objects.visible().newest_first().with_teaser())
    assert teasers == [soon]
    assert "body" in teasers[0].get_deferred_fields()
    assert [byline.author for byline in teasers[0].shown_bylines] == list(soon.authors.all())
