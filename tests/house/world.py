"""A small newsroom in which every text says whose it is, and the list of the site's public addresses.

Every text field of a row holds one word of its own, `zq<row><field>`: what a reader is shown can be traced to its column.
"""

import datetime as dt
import io
import re
import zipfile
from types import SimpleNamespace

from django.db import models
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from articles.comments.models import Comment
from articles.models import Article, Author, Citation, Correction, FurtherReading, Picture, Series, ShareLink, Tag
from clusters.dates import PartialDateField
from clusters.markup import RichTextField
from clusters.models import (
    Cluster,
    ClusterName,
    Indicator,
    Observation,
    Participation,
    Programme,
    Sector,
    Source,
    StatusChange,
    Suggestion,
)
from tests import factories as make

WITHOUT_A_WORD = {
    "public_id",
    "currency",
    "digest",
    "logo",
    "language",
    "countries",
    "country",
    "scheme",
    "signals",
    "token",
}
"""Columns of a fixed form, which nobody can put a word into."""
ADDRESSES = {"url", "archived_url", "website", "evidence"}


IN_CASABLANCA = {"latitude": "33.58831", "longitude": "-7.61138", "location_precision": "city"}


def text_fields(model):
    """The columns of a model that hold words."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not isinstance(field, PartialDateField)
        and field.name not in WITHOUT_A_WORD
    ]


def word(row, field):
    """The word of one column of one row."""
    return f"zq{row}{field}".replace("_", "").replace(" ", "").lower()


def words(model, row, **values):
    """Values for a factory: each text column with its word, the rest as given."""
    marked = {}
    for field in text_fields(model):
        text = word(row, field.name)
        if field.name in ADDRESSES:
            text = f"https://example.org/{text}"
        elif isinstance(field, models.EmailField):
            text = f"{text}@example.org"
        elif isinstance(field, RichTextField):
            text = f"<p>{text}</p>"
        assert field.max_length is None or len(text) <= field.max_length, (row, field.name)
        marked[field.name] = text
    return {**marked, **values}


def all_words(model, row):
    return [word(row, field.name) for field in text_fields(model)]


def make_comment(article, row, **values):
    state = values.setdefault("state", "published")
    gone = {"body": ""} if state in ("deleted", "erased") else {}
    if state == "erased":
        gone |= {"name": "", "email": "", "network": ""}
    return Comment.objects.create(article=article, **{**words(Comment, row), **gone, **values})


def build():
    """What anybody may see, with a few hidden rows that it rests on (their words begin with `zqbase`)."""
    w = SimpleNamespace()
    w.editor = make.make_user("editor", username="zqbaseusername", email="zqbaseuser@example.org",
                              first_name="zqbasefirstname", last_name="zqbaselastname")  # fmt: skip
    signed = {"modified_by": w.editor}
    w.sector = make.make_sector(**words(Sector, "sector"))
    w.source = make.make_source(**words(Source, "source", published="2020-03", **signed))
    w.second_source = make.make_source(**words(Source, "second source", derived_from=w.source))
    w.parent = make.make_programme(**words(Programme, "parent"))
    w.programme = make.make_programme(**words(Programme, "programme", parent=w.parent, start="2014", **signed))
    w.child = make.make_programme(**words(Programme, "child", parent=w.programme))
    w.programme.sources.set([w.source])
    w.cluster = make.make_cluster(
        w.sector, **words(Cluster, "cluster", location_source=w.source, verified_by=w.editor,
                          verified_on=dt.date(2026, 1, 5), created_at=timezone.now(), **IN_CASABLANCA, **signed),
    )  # fmt: skip
    w.second = make.make_cluster(w.sector, **words(Cluster, "second", country="TN"))
    w.name = make.make_name(w.cluster, **words(ClusterName, "name", source=w.source, kind="former"))
    w.status = make.make_status(w.cluster, **words(StatusChange, "status", source=w.source, since="2014"))
    w.participation = make.make_participation(
        w.cluster, w.programme, **words(Participation, "participation", source=w.source)
    )
    w.indicator = make.make_indicator(**words(Indicator, "indicator"))
    told = {"indicator": w.indicator, "source": w.source, "recorded_by": w.editor}
    w.figure = make.make_observation(w.cluster, **words(Observation, "figure", **told))
    w.joint = make.make_observation(w.cluster, w.second, **words(Observation, "joint", **told))
    w.deprecated = make.make_observation(w.cluster, **words(Observation, "deprecated", rank="deprecated", **told))
    w.of_programme = make.make_observation(**words(Observation, "ofprogramme", programme=w.programme, **told))
    aside = {"rank": "deprecated", **told}
    w.aside_programme = make.make_observation(**words(Observation, "asideprogramme", programme=w.programme, **aside))
    w.aside_country = make.make_observation(**words(Observation, "asidecountry", country="MA", **aside))
    w.author = make.make_author(**words(Author, "author"))
    w.tag = make.make_tag(**words(Tag, "tag"))
    w.series = make.make_series(**words(Series, "series"))
    w.picture = make.make_picture(**words(Picture, "picture"))
    w.told = Suggestion.objects.create(
        **words(Suggestion, "told", cluster=w.cluster, field="city", state="rejected", decided_by=w.editor,
                decided_at=timezone.now())
    )  # fmt: skip
    _base(w, told)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=3)
    common = {
        "authors": [w.author],
        "tags": [w.tag],
        "clusters": [w.cluster],
        "series": w.series,
        "created_by": w.editor,
    }
    body = f'<p>zqarticlebody <span data-cluster="{w.cluster.public_id}">fiche</span></p><h2>zqarticleheading</h2>'
    body += f'<p><span data-cluster="{w.base_cluster.public_id}">sans lien</span></p>'
    w.article = make.make_article(
        **common, cover=w.picture, published_at=hour, updated_at=hour, series_position=1, **words(Article, "article", body=body)
    )  # fmt: skip
    w.later = make.make_article(
        **common,
        published_at=hour - dt.timedelta(days=40),
        series_position=2,
        **words(Article, "later", update_note=""),
    )
    w.silent = make.make_article(
        published_at=hour - dt.timedelta(days=80), comments_policy="off", title="Sans commentaires", slug="sans-commentaires"
    )  # fmt: skip
    w.citation = Citation.objects.create(article=w.article, source=w.source, note=word("citation", "note"))
    Correction.objects.create(article=w.article, **words(Correction, "erratum", corrected_at=hour))
    w.reading = make.make_reading(w.article, **words(FurtherReading, "reading"))
    w.inside = make.make_reading(w.article, w.later, position=2)
    w.thread = make_comment(w.article, "thread")
    w.reply = make_comment(w.article, "reply", parent=w.thread)
    w.link = ShareLink.objects.share(w.article, w.editor, "zqbaselabel")
    removed = make_comment(w.article, "baseremoved", state="rejected")
    w.orphan = make_comment(w.article, "orphan", parent=removed)
    w.answer = make_comment(w.article, "answer", parent=w.thread, user=w.editor, email="")
    make_comment(w.silent, "baseoff")
    Comment.objects.recount([w.article.pk, w.silent.pk])
    return w


def _base(w, told):
    """Hidden rows that the open ones have to do with from the start."""
    w.base_cluster = make.make_cluster(w.sector, **words(Cluster, "base", publication="draft"))
    old = make.make_observation(w.cluster, **words(Observation, "baseold", **told))
    w.correction = make.make_observation(w.cluster, **words(Observation, "correction", supersedes=old, **told))


PRIVATE = (
    "toldproposed",
    "toldcurrent",
    "toldremark",
    "toldemail",
    "toldnetwork",
    "toldevidence",
    "threademail",
    "threadnetwork",
    "threadfingerprint",
    "replyemail",
    "replynetwork",
    "orphanemail",
    "zqbase",
)
"""Words of the open newsroom that no reader may see: private columns of public rows, and all of `zqbase`."""


def routes():
    """(name, pattern) of every public route, as the resolver knows them; the admin has tests of its own."""
    found = []

    def walk(resolver, before, namespace):
        for entry in resolver.url_patterns:
            pattern = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                if entry.namespace != "admin":
                    walk(entry, pattern, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
            else:
                found.append((f"{namespace}{entry.name}", f"/{pattern}"))

    walk(get_resolver(), "", "")
    return found


def addresses(w):
    """Public route → the addresses under which this newsroom can be read through it.

    A new route fails every test that asks for it, until it stands here.
    """
    slugs = {
        "articles:picture": [str(w.picture.pk)],
        "articles:detail": [w.article.slug, w.later.slug, w.silent.slug],
        "articles:shared": [w.link.get_absolute_url().split("/")[-2]],
        "articles:series": [w.series.slug],
        "articles:tag": [w.tag.slug],
        "articles:author": [w.author.slug],
        "comments:submit": [w.article.slug],
        "clusters:detail": [w.cluster.slug, w.second.slug],
        "clusters:programme": [w.programme.slug, w.parent.slug, w.child.slug],
        "clusters:correct_cluster": [w.cluster.slug],
        "clusters:correct_programme": [w.programme.slug],
        "clusters:correct_source": [w.source.slug],
        "clusters:correction_followed": [w.told.token],
        "clusters:source": [w.source.slug, w.second_source.slug],
        "api:cluster": [w.cluster.public_id, w.second.public_id],
        "api:nothing": ["nothing"],
    }
    for name in ("series", "tag", "author"):
        slugs[f"articles:{name}_feed"] = slugs[f"articles:{name}_feed_atom"] = slugs[f"articles:{name}"]
    queries = {
        "articles:list": [f"tag={w.tag.slug}", f"series={w.series.slug}", f"author={w.author.slug}", "country=MA",
                          f"year={w.article.published_at.year}", "month=13", "page=1"],
        "clusters:list": ["country=MA", f"sector={w.sector.code}", "status=active", f"programme={w.programme.slug}",
                          "q=zqclustername", "sort=figures", "sort=verified", "view=table", "q=zqnothing",
                          "place=33.58831,-7.61138", "place=none"],
        "clusters:map": ["country=MA", f"sector={w.sector.code}", "area=MA", "area=maghreb", "area=nowhere", "as_of=2018", "q=zqnothing"],
        "clusters:compare": [f"c={w.cluster.slug}&c={w.second.slug}&indicator={w.indicator.code}", f"c={w.cluster.slug}&q=zqsecondname",
                             "c=zqnothing&q=zqnothing&indicator=zqnothing"],
        "clusters:export_csv": ["rows=figures", "country=MA&sort=figures", "q=zqclustername", "as_of=2018", "as_of=2018&rows=figures"],
        "clusters:export_json": ["country=MA", "q=zqnothing", "as_of=2018"],
        "clusters:export_xlsx": [f"programme={w.programme.slug}", "as_of=2018"],
        "clusters:export_geojson": ["status=active", "as_of=2018"],
        "api:clusters": ["country=MA", "q=zqclustername", "page_size=1", "as_of=2018"],
        "api:observations": [f"cluster={w.cluster.public_id}", "country=TN", f"source={w.source.slug}", "page_size=2", "as_of=2018"],
        "search": ["q=zqarticletitle", "q=zqclustername", "q=fiche", "q=zqnothing"],
    }  # fmt: skip
    opened = {}
    for name, pattern in routes():
        if name == "media":
            opened[name] = [w.picture.src]
        elif "<" not in pattern:
            opened[name] = [pattern, *(f"{pattern}?{query}" for query in queries.get(name, ()))]
        elif name in slugs and pattern.count("<") == 1:
            opened[name] = [re.sub(r"<[^>]+>", slug, pattern) for slug in slugs[name]]
        else:
            raise AssertionError(f"Say in tests/house/world.py how to open the route {name} ({pattern}).")
    opened["articles:detail"] += [
        f"/articles/{w.article.slug}/?thread={w.reply.pk}",
        f"/articles/{w.article.slug}/?reply={w.thread.pk}",
    ]
    opened["(not found)"] = ["/nothing-here/"]
    return opened


def read(client, name, address):
    """The answer of one public address as (status, where to, text), without what differs from one answer to the next."""
    response = client.post(address, {}) if name == "comments:submit" else client.get(address)
    content = response.getvalue() if response.streaming else response.content
    text = re.sub(r'(name="token" value=")[^"]*', r"\1", readable(content))
    return response.status_code, response.headers.get("Location", ""), text


def readable(content):
    """The text of an answer; of an archive (a spreadsheet is one), that of all its files."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(name.encode() + b"\n" + archive.read(name) for name in archive.namelist())
    return content.decode("utf-8", "replace")
