"""The front page: what it opens with, what it counts, and that an empty newsroom has one too."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.factories import (
    make_article,
    make_cluster,
    make_draft,
    make_observation,
    make_picture,
    make_scheduled,
    make_series,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def home(client):
    response = client.get("/")
    assert response.status_code == 200
    return response


def aged(hours, **values):
    return make_article(published_at=NOW - dt.timedelta(hours=hours), **values)


def test_an_empty_newsroom_has_a_front_page(client):
    html = home(client).content.decode()
    assert "La une attend son premier article" in html
    assert "n’a pas encore de fiche" in html


def test_it_opens_with_the_latest_article_that_has_a_picture(client):
    newest, illustrated = aged(1), aged(2, cover=make_picture())
    rest = [aged(hours) for hours in range(3, 20)]
    context = home(client).context
    assert context["lead"] == illustrated
    assert context["leads"] == [newest, *rest[:3]]
    assert context["latest"] == rest[3:11]


def test_it_opens_with_the_latest_when_no_recent_one_has_a_picture(client):
    newest = aged(1)
    for hours in range(2, 7):
        aged(hours)
    aged(8, cover=make_picture())
    assert home(client).context["lead"] == newest


def test_nothing_hidden_stands_on_it(client):
    aged(1, title="Visible")
    for make, title in ((make_draft, "Brouillon"), (make_scheduled, "Futur")):
        make(title=title, series=make_series(title=f"Dossier {title}"), series_position=1)
    make_cluster(name="Fiche cachée", publication="draft")
    html = home(client).content.decode()
    assert "Visible" in html
    assert not [word for word in ("Brouillon", "Futur", "Fiche cachée") if word in html]


def test_it_counts_what_may_be_seen(client):
    clusters = [make_cluster(country=country) for country in ("MA", "MA", "TN")]
    make_cluster(country="DZ", publication="draft")
    make_cluster(merged_into=clusters[0], country="EG")
    shared, secret = make_source(), make_source(publication="withdrawn")
    make_observation(clusters[0], source=shared)
    make_observation(clusters[0], clusters[1], source=shared)
    make_observation(clusters[0], source=secret)
    assert home(client).context["counts"] == {"clusters": 3, "countries": 2, "figures": 2, "sources": 1}


def test_the_records_shown_are_those_verified_last(client):
    editor = make_user()
    never, long_ago, lately = make_cluster(), make_cluster(), make_cluster()
    long_ago.verify(editor, dt.date(2020, 1, 1))
    lately.verify(editor, dt.date(2026, 1, 1))
    assert home(client).context["cluster_spotlight"] == [lately, long_ago, never]


def test_two_series_by_their_last_article_with_their_visible_parts(client):
    old, middle, new = (make_series() for _n in range(3))
    aged(30, series=old, series_position=1)
    second = aged(20, series=middle, series_position=2)
    first = aged(5, series=middle, series_position=1)
    make_scheduled(series=middle, series_position=3)
    only = aged(1, series=new, series_position=1)
    blocks = home(client).context["series_blocks"]
    assert [(block["series"], block["parts"]) for block in blocks] == [(new, [only]), (middle, [first, second])]


def test_an_article_stands_there_in_the_second_it_is_published(client):
    article = make_draft(title="À l’instant")
    assert "À l’instant" not in home(client).content.decode()
    article.change_state("publish", make_user("editor"))
    assert "À l’instant" in home(client).content.decode()
