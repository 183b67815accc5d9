"""RSS and Atom as a reader's program sees them: all articles, and those of a tag, a series or an author."""

import datetime as dt
import re
import warnings

import pytest

from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_draft,
    make_picture,
    make_scheduled,
    make_series,
    make_tag,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import feedparser

pytestmark = pytest.mark.django_db

RSS = ["/feed/", "/tags/maroc/feed/", "/series/dossier/feed/", "/authors/fatima/feed/"]
ATOM = [f"{address}atom/" for address in RSS]
FEEDS = [*RSS, *ATOM]
T = dt.datetime(2020, 3, 2, 7, 40, tzinfo=dt.UTC)


@pytest.fixture
def gathered(settings):
    settings.SITE_URL = "https://grappe.example"
    tag, series, author = (
        make_tag(slug="maroc", name="Maroc"),
        make_series(slug="dossier"),
        make_author(slug="fatima", name="Fatima Z."),
    )

    def put(make=make_article, **values):
        position = series.articles.count() + 1
        return make(tags=[tag], series=series, series_position=position, authors=[author], **values)

    return put


def parsed(client, address):
    response = client.get(address)
    assert response.status_code == 200
    feed = feedparser.parse(response.content, response_headers={"content-type": response.headers["Content-Type"]})
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_holds_its_visible_articles_the_latest_first(client, gathered, address):
    gathered(title="Ancien", slug="ancien", published_at=T)
    gathered(title="L’avenir & le <pôle>", slug="nouveau", published_at=T + dt.timedelta(days=1))
    gathered(make_scheduled, title="À venir")
    gathered(make_draft, title="Brouillon")
    gathered(state="withdrawn", title="Retiré")
    other = make_article(title="Ailleurs", published_at=T - dt.timedelta(days=1))
    feed = parsed(client, address)
    titles = [entry.title for entry in feed.entries]
    assert titles == ["L’avenir & le <pôle>", "Ancien"] + (
        [other.title] if address in ("/feed/", "/feed/atom/") else []
    )
    entry = feed.entries[0]
    assert entry.link == "https://grappe.example/articles/nouveau/"
    assert entry.author == "Fatima Z."
    assert [tag.term for tag in entry.tags] == ["Maroc"]
    assert entry.published_parsed[:5] == (2020, 3, 3, 7, 40)


@pytest.mark.parametrize("address", FEEDS)
def test_every_address_in_a_feed_is_the_sites_own_and_whole(client, gathered, address):
    shown, hidden = make_cluster(slug="ce3m"), make_cluster(publication="draft", slug="secret")
    gathered(
        slug="analyse",
        body=f'<p>Le <span data-cluster="{shown.public_id}">CE3M</span>, le <span data-cluster="{hidden.public_id}">secret</span>, '
        '<a href="/articles/autre/">suite</a>, <a href="#bas">bas</a>, <a href="https://exemple.org/x">dehors</a></p>',
        cover=make_picture(),
    )
    raw = client.get(address).content.decode()
    assert "testserver" not in raw
    assert "/clusters/secret/" not in raw
    feed = parsed(client, address)
    body = feed.entries[0].summary
    assert set(re.findall(r'href="([^"]*)"', body)) == {
        "https://grappe.example/clusters/ce3m/",
        "https://grappe.example/articles/autre/",
        "https://grappe.example/articles/analyse/#bas",
        "https://exemple.org/x",
    }
    page = address.partition("feed/")[0]
    assert feed.feed.link == f"https://grappe.example{page}"
    own = [link.href for link in feed.feed.links if link.rel == "self"]
    assert own == [f"https://grappe.example{address}"]


@pytest.mark.parametrize("address", FEEDS)
def test_the_whole_text_is_in_it(client, gathered, address):
    gathered(standfirst="Un <chapô> & demi", body="<h2>Titre</h2><p>Le corps « entier » &lt;x&gt;.</p>")
    body = parsed(client, address).entries[0].summary
    assert "Un &lt;chapô&gt; &amp; demi" in body
    assert "Titre</h2>" in body
    assert "Le corps «\u202fentier\u202f» &lt;x&gt;." in body


def test_what_each_feed_is_called(client, gathered, settings):
    gathered()
    titles = {address: parsed(client, address).feed.title for address in FEEDS}
    assert titles["/feed/"] == titles["/feed/atom/"] == "Grappe"
    assert titles["/tags/maroc/feed/"] == "#Maroc – Grappe"
    assert titles["/authors/fatima/feed/"] == "Fatima Z. – Grappe"
    assert parsed(client, "/feed/").feed.language == "fr"


def test_an_article_keeps_its_number_when_its_address_is_corrected(client, gathered):
    article = gathered()
    before = parsed(client, "/feed/").entries[0]
    article.slug = "corrige"
    article.save()
    after = parsed(client, "/feed/").entries[0]
    assert before.id == after.id
    assert before.link != after.link


def test_an_update_is_told_in_atom(client, gathered):
    article = gathered(published_at=T)
    assert parsed(client, "/feed/atom/").entries[0].updated_parsed[:3] == (2020, 3, 2)
    article.mark_updated(at=T + dt.timedelta(days=2))
    entry = parsed(client, "/feed/atom/").entries[0]
    assert entry.updated_parsed[:3] == (2020, 3, 4)
    assert entry.published_parsed[:3] == (2020, 3, 2)


def test_no_more_than_twenty(client, gathered):
    for _n in range(21):
        gathered()
    assert len(parsed(client, "/feed/").entries) == 20


@pytest.mark.parametrize("address", ["/feed/", "/feed/atom/"])
def test_an_empty_newsroom_has_a_valid_feed(client, db, address):
    feed = parsed(client, address)
    assert feed.entries == []
    assert feed.feed.title == "Grappe"


@pytest.mark.parametrize("address", [*RSS[1:], *ATOM[1:]])
def test_a_gathering_without_a_visible_article_has_none(client, gathered, address):
    gathered(make_scheduled)
    gathered(make_draft)
    assert client.get(address).status_code == 404


def test_what_a_browser_is_told_they_are(client, gathered):
    gathered()
    assert client.get("/feed/").headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert client.get("/feed/atom/").headers["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_signs_that_xml_cannot_hold_do_not_break_a_feed(client, gathered):
    gathered(title="A\x0bB\x1fC\ufffeD", standfirst="x\x00y".replace("\x00", "\x08"))
    assert len(parsed(client, "/feed/").entries) == 1
