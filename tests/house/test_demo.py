"""The demonstration newsroom: loaded twice it is the same, the facts of the seed are in it, and every link of the site answers."""

import os
import re
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from articles.models import Article, Link, Picture, Remark, Series, TagMerge
from clusters import pictures
from clusters.markup import text_of
from clusters.mentions import known_names, unlinked
from clusters.models import Cluster, FormerAddress, Observation
from clusters.models.statuses import Status
from config.demo import covers
from tests.house.test_history import unkept

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]

EXISTING = {
    # The thirteen that the article of 2 March 2020 presents.
    "ce3m", "aerospace-moroccan-cluster", "maroc-numeric-cluster", "c2tm", "moroccan-denim-cluster", "cise", "cluster-solaire",
    "cluster-emc", "agadir-haliopole", "menara", "agrinova", "cluster-textile-de-maison", "cluster-design-d-interieur",
}  # fmt: skip
EXPECTED = {"cluster-automobile-plasturgie", "cluster-automobile-batteries"}
OUR_TABLES = ("clusters", "articles", "auth")
FOLLOWED_PARAMETERS = 1
"""Filters combine without end: an address with more parameters than this is opened, but its links are not followed."""
MOST_PAGES = 3_000


def counts():
    return {
        model._meta.label: model._default_manager.count()
        for app in OUR_TABLES
        for model in apps.get_app_config(app).get_models()
    }


@pytest.fixture(scope="module")
def newsroom(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration, loaded twice, once for all tests of this module; nothing of it stays."""
    place = tmp_path_factory.mktemp("demo")
    draw = covers.draw
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, override_settings(
        MEDIA_ROOT=place / "media", DEMO_PASSWORD="demonstration"
    ), transaction.atomic(), open(os.devnull, "w") as nowhere:  # fmt: skip
        patch.setattr(covers, "draw", lambda motif, seed: draw(motif, seed, (640, 360)))
        call_command("demo", stdout=nowhere)
        first = counts()
        call_command("demo", stdout=nowhere)
        yield SimpleNamespace(media=place / "media", first=first, second=counts())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def own_place(settings, newsroom, tmp_path):
    settings.MEDIA_ROOT, settings.STATIC_ROOT = newsroom.media, tmp_path
    return newsroom.media


# -- What is in it ------------------------------------------------------------------------------------------------------


def test_the_desk_has_one_of_each_thing_that_it_can_show():
    """What waits, what is planned and what is to be repaired: an editor who tries it out finds nothing empty."""
    ahead = Article.objects.exclude(working_copy=None)
    assert [one.assigned_to.get_full_name() for one in ahead.filter(copy_in_review=True)] == ["Naïma Zerrad-Costa"]
    (planned,) = ahead.exclude(copy_due=None)
    assert Article.objects.visible().filter(pk=planned.pk).exists()
    assert planned.copy_due_at > timezone.now()
    assert planned.copy_due == planned.working_copy
    names = known_names()
    assert any(unlinked(one.body, names) for one in Article.objects.filter(state="draft"))
    assert Remark.objects.open().exists()
    assert Article.objects.visible().exclude(corrections=None).exists()
    assert Link.objects.dead().exists()
    assert TagMerge.objects.filter(undone_at=None).exists()
    assert FormerAddress.objects.exists()


def test_loaded_twice_it_is_the_same(newsroom):
    assert newsroom.first == newsroom.second
    assert newsroom.first["articles.Article"] >= 10
    assert newsroom.first["articles.Comment"] >= 30


def test_every_record_has_a_history():
    assert unkept() == []


def test_thirteen_clusters_and_two_expected():
    verified = Cluster.objects.visible().exclude(verified_on=None)
    assert set(verified.filter(status=Status.ACTIVE).values_list("slug", flat=True)) == EXISTING
    assert set(verified.filter(status=Status.EXPECTED).values_list("slug", flat=True)) == EXPECTED
    assert verified.count() == 15


def test_a_series_of_three_long_parts():
    parts = list(Article.objects.visible().filter(series=Series.objects.get()).order_by("series_position"))
    assert [part.series_position for part in parts] == [1, 2, 3]
    assert [part.title for part in parts if len(text_of(part.body).split()) < 600] == []


def test_ce3m_grew_from_six_in_2008_to_eighty_without_a_date(client):
    figures = Observation.objects.visible().about(Cluster.objects.get(slug="ce3m")).filter(indicator__code="members")
    told = {(int(one.value), one.dated) for one in figures}
    assert {(6, "2008"), (80, "")} <= told
    page = words_of(client.get("/clusters/ce3m/"))
    assert "80 adhérents" in page
    assert "non daté, au plus tard mars 2020" in page


def test_the_joint_figure_is_on_both_pages_and_said_to_be_joint(client):
    joint = Observation.objects.visible().get(value=29_000)
    assert set(joint.clusters.values_list("slug", flat=True)) == {
        "cluster-textile-de-maison",
        "cluster-design-d-interieur",
    }
    for slug in ("cluster-textile-de-maison", "cluster-design-d-interieur"):
        page = words_of(client.get(f"/clusters/{slug}/"))
        assert "29 000" in page, slug
        assert "ensemble" in page, slug


def test_covers_exist_with_all_their_renditions():
    covered = Article.objects.visible().exclude(cover=None)
    assert covered.count() >= 3
    assert not Picture.objects.visible().wanting_text().exists()
    for picture in Picture.objects.all():
        names = [pictures.path(picture.digest, width, kind) for width in pictures.WIDTHS for kind in pictures.KINDS]
        for name in (*names, pictures.card_path(picture.digest, picture.focus)):
            assert default_storage.size(name) > 500


def test_the_library_has_what_its_pages_are_for():
    assert Picture.objects.unused().count() >= 2
    assert Picture.objects.wanting_text().count() == 1
    assert Picture.objects.exclude(focus_x=50, focus_y=50).count() >= 4


def words_of(response):
    """The words of a page, no-break spaces as spaces."""
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u202f", " ").replace("\xa0", " ")
    )


# -- Every link ----------------------------------------------------------------------------------------------------------


class Links(HTMLParser):
    """The addresses that a page sends a reader or a browser to, and the places in it that an address may name."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.anchors = set(), {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        self.addresses |= {values[name] for name in ("href", "src") if name in values}
        self.addresses |= {part.split()[0] for part in values.get("srcset", "").split(",") if part.strip()}
        if tag == "form" and values.get("method", "get").lower() == "get" and "action" in values:
            self.addresses.add(values["action"])


def inside(address, page):
    """The path of an address of this site, as written on a page; None for an address elsewhere."""
    absolute = urljoin(f"{configured.SITE_URL}{page}", address.strip())
    if not absolute.startswith(f"{configured.SITE_URL}/") and absolute != configured.SITE_URL:
        return None
    return absolute.removeprefix(configured.SITE_URL) or "/"


def crawl(client, start="/"):
    """Follow every link of the site.

    Returns:
        the addresses that were opened, and a line for each fault: an answer other than 200 or 301, a place on a page that is
        not there, a cookie.
    """
    waiting, opened, faults, anchors, wanted = [(start, "")], set(), [], {}, set()
    while waiting:
        address, origin = waiting.pop(0)
        if address in opened:
            continue
        opened.add(address)
        assert len(opened) < MOST_PAGES, "the site goes on for ever"
        response = client.get(address)
        if response.status_code not in (200, 301):
            faults.append(f"{response.status_code} {address} (linked from {origin})")
            continue
        if response.cookies:
            faults.append(f"{address} sets a cookie")
        text = (response.getvalue() if response.streaming else response.content).decode("utf-8", "replace")
        if response.status_code == 301:
            found = {response.headers["Location"]}
        elif response.headers["Content-Type"].startswith("text/html"):
            page = Links(text)
            anchors[address], found = page.anchors, page.addresses
        elif "xml" in response.headers["Content-Type"] and "svg" not in response.headers["Content-Type"]:
            found = set(re.findall(r"<(?:loc|link)>([^<]+)</", text)) | set(re.findall(r'href="([^"]+)"', text))
        elif "css" in response.headers["Content-Type"]:
            found = set(re.findall(r"url\(\s*[\"']?([^\"')]+)", text))
        else:
            found = set()
        if len(parse_qsl(urlsplit(address).query, keep_blank_values=True)) > FOLLOWED_PARAMETERS:
            found = {one for one in found if one.startswith("#")}
        for one in found:
            if one.startswith(("mailto:", "data:", "tel:")) or (path := inside(one, address)) is None:
                continue
            path, place = urldefrag(path)
            wanted.add((path, unquote(place), address))
            if not path.startswith("/admin"):
                waiting.append((path, address))
    faults += [
        f"{path}#{place} is no place on that page (linked from {origin})"
        for path, place, origin in sorted(wanted)
        if path in anchors and place not in anchors[path]
    ]
    return opened, faults


def test_every_link_answers_and_no_page_sets_a_cookie():
    opened, faults = crawl(Client())
    assert faults == []
    assert {"/", "/clusters/", "/articles/", "/series/", "/feed/", "/clusters/ce3m/"} <= opened
    assert len([address for address in opened if address.startswith("/clusters/")]) >= 40
    for prefix in ("/static/css/", "/media/pictures/", "/tags/", "/authors/", "/programmes/", "/sources/"):
        assert any(address.startswith(prefix) for address in opened), prefix


def test_what_the_sitemap_names_answers_without_a_cookie():
    client = Client()
    for address in re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").content.decode()):
        response = client.get(inside(address, "/"))
        assert (response.status_code, bool(response.cookies)) == (200, False), address


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ('<a href="/clusters/no-such-cluster/">', "404 /clusters/no-such-cluster/"),
        ('<a href="/clusters/ce3m/#no-such-place">', "/clusters/ce3m/#no-such-place is no place"),
        ('<img srcset="/media/pictures/none.webp 480w">', "404 /media/pictures/none.webp"),
        ('<form action="/nowhere/">', "404 /nowhere/"),
    ],
)
def test_planted_faults_are_found(planted, fault):
    """A client that shows one page of its own, and of the rest of the site only what that page links to."""

    class Planted(Client):
        def get(self, path, *args, **kwargs):
            response = super().get(path, *args, **kwargs)
            if path == "/":
                response.content = planted.encode()
            elif response.status_code == 200:
                response.content = re.sub(rb'(?:href|src|srcset|action)="[^"]*"', b"", response.content)
            return response

    _opened, faults = crawl(Planted())
    assert [line for line in faults if fault in line], faults
