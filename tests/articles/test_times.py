"""An article comes and goes by the clock: to the second, everywhere at once, with no worker, and back again with the clock.

The time is given: `timezone.now` is what every page asks, and the only thing that these tests change.
"""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article, FurtherReading
from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_reading,
    make_series,
    make_source,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
T = dt.datetime(2027, 3, 1, 7, 0, tzinfo=dt.UTC)
END = T + dt.timedelta(days=30)
SECOND = dt.timedelta(seconds=1)
TITLE = "Les onduleurs de Benguérir"


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock: `clock(T)`."""

    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


@pytest.fixture
def timed(clock):
    """An article from T to END with ties to everything, published by an editor two days before."""
    clock(T - dt.timedelta(days=2))
    cluster, tag, series, author, source = make_cluster(), make_tag(), make_series(), make_author(), make_source()
    ties = {"authors": [author], "tags": [tag], "clusters": [cluster], "sources": [source]}
    first = make_article(title="La première partie", series=series, series_position=1, **ties)
    article = make_article(
        title=TITLE,
        slug="onduleurs",
        series=series,
        series_position=2,
        state="draft",
        published_at=T,
        ends_at=END,
        **ties,
    )
    make_reading(first, article)
    article.change_state("publish", make_user("editor"))
    return article


def addresses(article):
    """Every kind of page on which it can be met, and what of it stands there."""
    first = Article.objects.get(series_position=1)
    slugs = {
        "tags": article.tags.get().slug, "series": article.series.slug, "authors": article.authors.get().slug,
        "clusters": article.clusters.get().slug, "sources": article.sources.get().slug,
    }  # fmt: skip
    feeds = [f"/{kind}/{slugs[kind]}/feed/{atom}" for kind in ("tags", "series", "authors") for atom in ("", "atom/")]
    return {
        **dict.fromkeys(["/", "/articles/", "/series/", "/search/?q=onduleurs", first.get_absolute_url()], TITLE),
        **{f"/{kind}/{slug}/": TITLE for kind, slug in slugs.items()},
        f"/articles/?year={T.year}&month={T.month}": TITLE,
        **dict.fromkeys(["/feed/", "/feed/atom/", *feeds], TITLE),
        "/sitemap.xml": "/articles/onduleurs/",
    }


def pages_with(article):
    """Of all pages, those on which it stands; and what its own answers."""
    client = Client()
    found = {path for path, text in addresses(article).items() if text in client.get(path).content.decode()}
    return client.get(article.get_absolute_url()).status_code, found


def test_it_is_nowhere_a_second_before_and_everywhere_at_its_time(timed, clock):
    everywhere = set(addresses(timed))
    for moment, expected in (
        (T - SECOND, (404, set())),
        (T, (200, everywhere)),
        (END - SECOND, (200, everywhere)),
        (END, (404, set())),
        (END + dt.timedelta(days=400), (404, set())),
    ):
        clock(moment)
        assert pages_with(timed) == expected, moment


def test_a_clock_set_back_takes_it_back_and_nothing_is_lost(timed, clock):
    clock(T + SECOND)
    assert pages_with(timed)[0] == 200
    clock(T - dt.timedelta(hours=1))
    assert pages_with(timed) == (404, set())
    stored = Article.objects.get(pk=timed.pk)
    assert (stored.state, stored.published_at, stored.is_scheduled) == ("published", T, True)
    clock(END + SECOND)
    clock(T + SECOND)
    assert pages_with(timed) == (200, set(addresses(timed)))


def test_what_is_published_at_once_is_dated_by_the_clock_of_that_moment(clock):
    """A clock that was ahead when it was published hides it until the right one has caught up; the next save does not move it."""
    clock(T + dt.timedelta(hours=1))
    article = make_article(state="draft", published_at=None)
    article.change_state("publish", make_user("editor"))
    clock(T)
    assert Client().get(article.get_absolute_url()).status_code == 404
    article.title = "Relu"
    article.save()
    clock(T + dt.timedelta(hours=1))
    assert Client().get(article.get_absolute_url()).status_code == 200


def test_relations_wait_and_leave_with_it(timed, clock):
    first, series = Article.objects.get(series_position=1), timed.series
    for moment, is_there in ((T - SECOND, False), (T, True), (END, False)):
        clock(moment)
        assert FurtherReading.objects.visible().exists() is is_there
        assert (timed in Article.objects.related_to(first)) is is_there
        (shown,) = type(series).objects.visible().with_parts()
        assert (timed in shown.shown_parts) is is_there


def test_its_comments_come_and_go_with_it(timed, clock):
    clock(T)
    assert Client().post(f"{timed.get_absolute_url()}comments/", {}).status_code == 422
    clock(END)
    assert Client().post(f"{timed.get_absolute_url()}comments/", {}).status_code == 404


def test_an_editor_sees_what_has_ended_as_a_preview_and_the_list_says_so(timed, clock, client):
    user = make_user("editor")
    clock(timezone.now())
    client.force_login(user)
    Article.objects.filter(pk=timed.pk).update(
        published_at=timezone.now() - 2 * SECOND, ends_at=timezone.now() - SECOND
    )
    page = client.get(timed.get_absolute_url())
    assert page.status_code == 200
    assert 'name="robots" content="noindex' in page.content.decode()
    assert "Arrivé à terme" in client.get("/admin/articles/article/").content.decode()
