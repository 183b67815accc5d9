"""Nothing hidden leaks: with every kind of hidden row added, no public page changes by a single byte.

Stronger than to look for the hidden words, which is done as well: a count, an order or a suggestion that a hidden row
has its part in changes a page without printing a word of it.

Past 400 lines: the kinds of hidden rows stand beside what looks for them.
"""

import datetime as dt
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import views as article_views
from articles.comments.models import Comment, CommentQuerySet
from articles.comments.transitions import State as CommentState
from articles.models import Article, Author, FurtherReading, Picture, Remark, Series, Tag
from articles.models.articles import ArticleQuerySet
from articles.models.people import GatheringQuerySet
from clusters.history import copies, snapshots
from clusters.history.presence import OpenForm
from clusters.history.snapshots import PRIVATE as PRIVATE_ID
from clusters.history.trying import tried_on
from clusters.models import (
    Cluster,
    ClusterName,
    FormerAddress,
    Observation,
    Participation,
    Programme,
    Source,
    StatusChange,
    Suggestion,
)
from clusters.models.clusters import ClusterQuerySet
from clusters.models.facts import ObservationQuerySet
from clusters.models.programmes import ParticipationQuerySet
from clusters.models.publication import PublishableQuerySet
from config import views
from tests import factories as make
from tests.house.world import (
    IN_CASABLANCA,
    PRIVATE,
    addresses,
    all_words,
    build,
    make_comment,
    read,
    routes,
    word,
    words,
)

pytestmark = pytest.mark.django_db

HIDDEN = {}
"""Kind of hidden row → function that adds one to the open newsroom, with ties to everything; returns what was hidden."""


def hides(*kinds):
    """Register a function that makes hidden rows, once for each kind."""

    def register(function):
        for number, kind in enumerate(kinds):
            HIDDEN[kind] = lambda w, kind=kind, number=number: function(w, kind, number)
        return function

    return register


def hidden(slugs=(), words=()):
    return SimpleNamespace(slugs=list(slugs), words=list(words))


@hides("draft article", "review article", "ready article", "withdrawn article", "scheduled article", "ended article")
def _article(w, kind, number):
    when, now = kind.split()[0], timezone.now()
    state = {"review": "in_review", "scheduled": "published", "ended": "published"}.get(when, when)
    moments = {"scheduled": 5, "withdrawn": -5, "ended": -5}
    moment = now + dt.timedelta(minutes=moments[when]) if when in moments else None
    ends_at = now - dt.timedelta(minutes=1) if when == "ended" else None
    picture = make.make_picture(**words(Picture, f"{kind}picture"))
    article = make.make_article(
        authors=[w.author], tags=[w.tag], clusters=[w.cluster, w.second], sources=[w.source, w.second_source], series=w.series,
        series_position=10 + number, cover=picture, created_by=w.editor, state=state, published_at=moment, ends_at=ends_at,
        updated_at=now, assigned_to=w.editor, due_on=now.date(),
        **words(Article, kind),
    )  # fmt: skip
    make.make_reading(w.article, article, position=1, **words(FurtherReading, f"{kind}reading", url=""))
    thread = make_comment(article, f"{kind}comment")
    make_comment(article, f"{kind}reply", parent=thread)
    Comment.objects.recount([article.pk])
    told = [*all_words(Article, kind), *all_words(Picture, f"{kind}picture"), *all_words(Comment, f"{kind}comment")]
    return hidden([article.slug], told)


@hides("remark", "settled remark")
def _remark(w, kind, number):
    """What colleagues say of articles that anybody may read."""
    settled = {"settled_at": timezone.now(), "settled_by": w.editor} if kind.startswith("settled") else {}
    for article in (w.article, w.later):
        Remark.objects.create(article=article, by=w.editor, to=w.editor, **words(Remark, kind, **settled))
    return hidden(words=all_words(Remark, kind))


@hides("working copy", "scheduled copy", "refused copy", "open form")
def _copy(w, kind, number):
    """What is written over articles that anybody may read, with all that it refers to; and who has one open, with what it shows."""
    article = Article.objects.get(pk=(w.later, w.silent, w.later, w.later)[number].pk)
    picture = make.make_picture(**words(Picture, f"{kind}picture"))
    tag, author = make.make_tag(**words(Tag, f"{kind}tag")), make.make_author(**words(Author, f"{kind}author"))
    series = make.make_series(**words(Series, f"{kind}series"))
    state = snapshots.current(article)
    reading = {"id": PRIVATE_ID, "target": None, "position": 1, **words(FurtherReading, f"{kind}reading")}
    byline = {"id": PRIVATE_ID, "author": author.pk, "position": 1}
    state = replace(
        state,
        fields={**state.fields, **words(Article, kind), "cover": picture.pk, "series": series.pk, "series_position": 1,
                "published_at": "2020-01-01T08:00:00+00:00", "ends_at": None},
        many={"tags": [tag.pk], "clusters": [w.cluster.pk, w.second.pk]},
        lines={**state.lines, "bylines": [byline], "citations": [], "further_reading": [reading]},
    )  # fmt: skip
    if kind == "open form":
        OpenForm.objects.see(article, w.editor, word(kind, "tab"), article.version).saved(
            article.version, article.version, state
        )
    else:
        copies.draft(article, state, by=w.editor, why=word(kind, "why"))
        copies.ask_to_read(article, True)
    if kind == "scheduled copy":
        copies.schedule(article, timezone.now() + dt.timedelta(days=1), by=w.editor)
    if kind == "refused copy":
        Article.objects.filter(pk=article.pk).update(copy_refused=word(kind, "copy_refused"))
    told = [
        *all_words(Article, kind),
        *all_words(FurtherReading, f"{kind}reading"),
        word(kind, "why"),
        word(kind, "tab"),
    ]
    for model, what in ((Picture, "picture"), (Tag, "tag"), (Author, "author"), (Series, "series")):
        told += all_words(model, f"{kind}{what}")
    return hidden([word(kind, "slug"), tag.slug, author.slug, series.slug], told)


@hides("moved article", "moved tag", "moved cluster")
def _moved(w, kind, number):
    """What may not be seen any more, and has left addresses that lead to it."""
    what = kind.split()[1]
    row = {
        "article": lambda: make.make_article(state="withdrawn", updated_at=timezone.now(), **words(Article, kind)),
        "tag": lambda: make.make_tag(**words(Tag, kind)),
        "cluster": lambda: make.make_cluster(w.sector, publication="withdrawn", **words(Cluster, kind)),
    }[what]()
    left = f"zqleft{what}"
    FormerAddress.objects.leave(row, left)
    return hidden([row.slug, left], all_words(type(row), kind))


@hides("draft author", "draft tag", "draft series", "future author", "empty tag", "empty series", "empty author")
def _gathering(w, kind, number):
    """Signatures, hashtags and series none of whose articles may be seen."""
    when, what = kind.split()
    row = {
        "author": lambda: make.make_author(**words(Author, kind)),
        "tag": lambda: make.make_tag(**words(Tag, kind)),
        "series": lambda: make.make_series(**words(Series, kind)),
    }[what]()
    values = (
        {"authors": [row]}
        if what == "author"
        else {"tags": [row]}
        if what == "tag"
        else {"series": row, "series_position": 1}
    )
    if when == "draft":
        make.make_draft(**{"authors": [w.author], **values})
    elif when == "future":
        make.make_scheduled(**values)
    return hidden([row.slug], all_words(type(row), kind))


@hides("draft cluster", "withdrawn cluster", "merged cluster")
def _cluster(w, kind, number):
    values = {"merged_into": w.cluster} if kind.startswith("merged") else {"publication": kind.split()[0]}
    cluster = make.make_cluster(w.sector, **words(Cluster, kind, location_source=w.source, **IN_CASABLANCA, **values))
    w.article.clusters.add(cluster)
    make.make_name(cluster, **words(ClusterName, f"{kind}name", source=w.source))
    make.make_status(cluster, **words(StatusChange, f"{kind}status", source=w.source))
    make.make_participation(cluster, w.programme, **words(Participation, f"{kind}part", source=w.source))
    told = {"indicator": w.indicator, "source": w.source}
    make.make_observation(cluster, **words(Observation, f"{kind}fact", **told))
    make.make_observation(cluster, w.cluster, **words(Observation, f"{kind}joint", **told))
    return hidden([cluster.slug], [*all_words(Cluster, kind), *all_words(ClusterName, f"{kind}name")])


@hides("draft programme", "withdrawn programme")
def _programme(w, kind, number):
    programme = make.make_programme(**words(Programme, kind, publication=kind.split()[0], parent=w.programme))
    programme.sources.set([w.source])
    Programme.objects.filter(pk=w.parent.pk).update(parent=programme)
    make.make_participation(w.cluster, programme, **words(Participation, f"{kind}part", source=w.source))
    make.make_observation(
        programme=programme, **words(Observation, f"{kind}fact", indicator=w.indicator, source=w.source)
    )
    return hidden([programme.slug], all_words(Programme, kind))


@hides("draft source", "withdrawn source")
def _source(w, kind, number):
    source = make.make_source(**words(Source, kind, publication=kind.split()[0], derived_from=w.source))
    Source.objects.filter(pk=w.source.pk).update(derived_from=source)
    Cluster.objects.filter(pk=w.second.pk).update(location_source=source)
    w.programme.sources.add(source)
    w.article.citations.create(source=source, note=word(f"{kind}citation", "note"))
    name = make.make_name(w.cluster, **words(ClusterName, f"{kind}name", source=source))
    make.make_status(w.cluster, **words(StatusChange, f"{kind}status", source=source, since="2019"))
    make.make_participation(w.second, w.programme, **words(Participation, f"{kind}part", source=source))
    for place in range(5):
        # Enough to turn the order of « les plus documentés » round, were they counted.
        make.make_observation(
            w.second, **words(Observation, f"{kind}fact{place}", indicator=w.indicator, source=source)
        )
    make.make_observation(
        programme=w.programme, **words(Observation, f"{kind}part", indicator=w.indicator, source=source)
    )
    return hidden([source.slug], [*all_words(Source, kind), name.value])


@hides("waiting correction")
def _suggestion(w, kind, number):
    for record in (w.cluster, w.programme, w.source):
        field = record._meta.model_name
        Suggestion.objects.create(**words(Suggestion, f"{kind}{field}", field="other", **{field: record}))
    return hidden(words=[word(f"{kind}cluster", column) for column in ("proposed", "remark", "email")])


@hides(*(f"{state} comment" for state in CommentState.values if state != "published"))
def _comment(w, kind, number):
    state = kind.split()[0]
    own = make_comment(w.article, kind, state=state, fingerprint=f"{kind} 1")
    make_comment(w.article, f"{kind}reply", state=state, parent=w.thread, fingerprint=f"{kind} 2")
    make_comment(w.silent, f"{kind}off", fingerprint=f"{kind} 3")
    Comment.objects.recount([w.article.pk, w.silent.pk])
    return hidden(words=[own.name, own.body] if own.body else [])


@pytest.fixture
def world():
    return build()


def pages(client, w, few=False):
    """Every public address, or of each route only the first, with what it answers."""
    return {
        (name, address): read(client, name, address)
        for name, listed in addresses(w).items()
        for address in (listed[:1] if few else listed)
    }


def leaks(client, w, kinds, before=None, few=False):
    """What changes for a reader when hidden rows of these kinds are there, a line for each; the rows are taken back."""
    before = before or pages(client, w, few)
    faults = []
    with transaction.atomic():
        rows = [HIDDEN[kind](w) for kind in kinds]
        for (name, address), after in pages(client, w, few).items():
            if after != before[name, address]:
                faults.append(f"{name} {address} {difference(before[name, address], after)}")
        for row in rows:
            faults += [line for slug in row.slugs for line in found_by_slug(client, slug)]
        faults += found_by_asking(client, rows)
        transaction.set_rollback(True)
    return faults


def difference(before, after):
    if before[:2] != after[:2]:
        return f"answers {after[:2]} instead of {before[:2]}"
    old = set(before[2].splitlines())
    return "says " + " … ".join(line.strip()[:160] for line in after[2].splitlines() if line not in old)[:400]


MOVED = ("clusters:detail", "clusters:correct_cluster")
"""Where the slug of a merged record leads to the one that took it over."""


def found_by_slug(client, slug):
    """Public routes that open something by a hidden row's slug, and filters that know it."""
    for name, pattern in routes():
        if "<slug:slug>" in pattern:
            status, target, _text = read(client, name, pattern.replace("<slug:slug>", slug))
            if status != 404 and not (name in MOVED and status == 301 and slug.startswith("zqmerged")):
                yield f"{name} {slug}: {status} {target}"


OFFERED = re.compile(r"<p>Vouliez-vous dire.*?</p>")
"""Open names that resemble the word asked for: those of a hidden row resemble theirs in this newsroom."""


def found_by_asking(client, rows):
    """Filters that know a hidden slug and searches that find something by a hidden word: not the page of a word of nobody."""
    nothing = "zqnothing"
    for address in (
        "/articles/?tag=",
        "/articles/?series=",
        "/articles/?author=",
        "/clusters/?programme=",
        "/search/?q=",
        "/clusters/?q=",
        "/clusters/export.json?programme=",
        "/clusters/export.json?q=",
        "/api/clusters/?programme=",
        "/api/clusters/?q=",
    ):
        _status, _target, answered = read(client, "", address + nothing)
        for text in (text for row in rows for text in (row.words if address.endswith("q=") else row.slugs)):
            _status, _target, asked = read(client, "", address + text)
            offered = " ".join(OFFERED.findall(asked))
            if OFFERED.sub("", asked).replace(text, nothing) != OFFERED.sub("", answered):
                yield f"{address}{text} finds something"
            if any(word in offered for row in rows for word in (*row.words, *row.slugs)):
                yield f"{address}{text} offers something hidden"


def test_nothing_hidden_leaks(client, world):
    before = pages(client, world)
    together = leaks(client, world, HIDDEN, before)
    if together:
        # Only to tell which kind it is.
        each = {kind: leaks(client, world, [kind], before) for kind in HIDDEN}
        pytest.fail(
            "\n".join(f"{kind}: {line}" for kind, lines in each.items() for line in lines) or "\n".join(together)
        )


def test_private_columns_and_hidden_foundations_are_not_read(client, world):
    faults = [
        f"{name} {address}: {text}"
        for (name, address), (_status, _target, body) in pages(client, world).items()
        for text in PRIVATE
        if text in body
    ]
    assert faults == []


SHOWN = {
    # Where a reader must find the words of the open rows: were a page empty, nothing could leak from it.
    "/": ["articletitle", "articlestandfirst", "latertitle", "seriestitle", "authorname", "clustername", "threadbody", "threadname"],
    "/articles/": ["articletitle", "articlestandfirst", "latertitle", "authorname", "tagname", "seriestitle"],
    "/articles/zqarticleslug/": [
        "articletitle", "articlestandfirst", "articlebody", "articleheading", "articleupdatenote", "articledescription", "latertitle",
        "authorname", "tagname", "seriestitle", "picturealt", "picturecaption", "picturecredit", "clustername", "sourcetitle",
        "citationnote", "readinglabel", "readingurl", "threadname", "threadbody", "replyname", "replybody", "orphanbody",
        "answername", "answerbody", "erratumnature",
    ],
    "/series/": ["seriestitle", "seriesstandfirst", "articletitle", "latertitle"],
    "/series/zqseriesslug/": ["seriestitle", "seriesstandfirst", "articletitle", "latertitle"],
    "/tags/zqtagslug/": ["tagname", "articletitle", "latertitle"],
    "/authors/zqauthorslug/": ["authorname", "authorbio", "articletitle", "latertitle"],
    "/feed/": ["articletitle", "articlestandfirst", "articlebody", "latertitle", "authorname", "tagname"],
    "/feed/atom/": ["articletitle", "articlebody", "latertitle", "authorname"],
    "/tags/zqtagslug/feed/": ["articletitle", "latertitle"],
    "/series/zqseriesslug/feed/": ["articletitle", "latertitle"],
    "/authors/zqauthorslug/feed/": ["articletitle", "latertitle"],
    "/sitemap.xml": ["articleslug", "laterslug", "clusterslug", "secondslug", "programmeslug", "sourceslug", "tagslug", "authorslug",
                     "seriesslug"],
    "/clusters/": ["clustername", "secondname", "sectorlabel", "programmename"],
    "/clusters/?country=MA": ["clustername", "asidecountryrankreason"],
    "/clusters/?view=table": ["clustername", "secondname"],
    "/clusters/?place=33.58831,-7.61138": ["clustername", "clustercity"],
    "/clusters/?place=none": ["secondname"],
    "/clusters/map/": ["clustername", "clustercity", "sectorlabel"],
    "/clusters/zqclusterslug/": [
        "clustername", "clusteracronym", "clustersummary", "clusterdescription", "clusterlegalform", "clusterwebsite", "clustercity",
        "sectorlabel", "namevalue", "programmename", "participationlevel", "sourcetitle", "indicatorlabel", "figurenote", "figureperiodnote",
        "jointnote", "secondacronym", "deprecatedrankreason", "correctionnote", "articletitle", "latertitle", "toldreply",
        "clusterlocationnote", "statusnote", "participationnote",
    ],
    "/clusters/compare/?c=zqclusterslug&c=zqsecondslug&indicator=zqindicatorcode": [
        "clustername", "secondname", "indicatorlabel", "indicatorcounts", "figureunit", "figureperiodnote", "jointunit", "sourcetitle",
    ],
    "/clusters/compare/?c=zqclusterslug&q=zqsecondname": ["clustername", "secondname", "secondcity"],
    "/clusters/zqsecondslug/": ["secondname", "jointnote", "clusteracronym"],
    "/programmes/zqprogrammeslug/": ["programmename", "programmefullname", "programmeowner", "programmesummary", "programmedescription",
                                     "parentname", "childname", "clustername", "sourcetitle", "ofprogrammenote", "articletitle",
                                     "asideprogrammerankreason"],
    "/sources/zqsourceslug/": ["sourcetitle", "sourceauthor", "sourcepublisher", "sourceurl", "secondsourcetitle", "clustername",
                               "indicatorlabel", "articletitle", "deprecatedrankreason", "asideprogrammerankreason",
                               "asidecountryrankreason"],
    "/clusters/export.csv": ["clustername", "secondname", "sectorlabel", "namevalue", "programmename", "clusterwebsite", "sourcetitle"],
    "/clusters/export.csv?rows=figures": ["clustername", "figurenote", "jointnote", "deprecatedrankreason", "correctionnote", "sourceurl"],
    "/clusters/export.json": ["clusterdescription", "namevalue", "statusnote", "participationlevel", "jointnote", "sourcetitle"],
    "/clusters/export.geojson": ["clustername", "secondname"],
    "/clusters/export.xlsx": ["clustername", "jointnote", "sourcetitle"],
    "/clusters/export.zip": ["clustername", "namevalue", "statusnote", "participationnote", "programmedescription", "childname",
                             "sectorlabelen", "indicatorcounts", "ofprogrammenote", "jointnote", "secondsourcetitle"],
    "/api/clusters/": ["clustername", "secondname", "namevalue", "statusnote"],
    "/api/observations/": ["figurenote", "jointnote", "ofprogrammenote", "deprecatedrankreason"],
    "/api/programmes/": ["programmename", "childname", "sourcetitle"],
    "/api/sources/": ["sourcetitle", "sourceauthor", "secondsourcetitle"],
    "/api/indicators/": ["indicatorlabel"],
    "/api/sectors/": ["sectorlabel"],
    "/search/?q=zqarticletitle": ["articletitle", "articlestandfirst"],
    "/search/?q=zqclustername": ["clustername"],
    "/search/?q=zqnamevalue": ["clustername"],
    "/nothing-here/": ["articletitle"],
}  # fmt: skip


@pytest.mark.parametrize("address", SHOWN)
def test_what_is_open_is_shown(client, world, address):
    _status, _target, text = read(client, "", address)
    assert [one for one in SHOWN[address] if f"zq{one}" not in text] == []


def test_every_public_route_is_opened_and_answers(client, world):
    for (name, address), (status, _target, text) in pages(client, world).items():
        wanted = {"comments:submit": 422, "(not found)": 404, "api:nothing": 404, "articles:picture": 302}.get(
            name, 200
        )
        assert status == wanted, (name, address, status)
        assert text or wanted == 302, (name, address)


# -- In the admin, for those who may see less -------------------------------------------------------------------------


def admin_addresses(row):
    yield reverse("admin:index")
    for model in admin.site._registry:
        yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    yield from (reverse(f"admin:articles_article_{page}", args=[row.pk]) for page in ("change", "history", "delete"))
    yield row.get_absolute_url()
    for owner, field in (("furtherreading", "target"), ("comment", "article")):
        query = f"app_label=articles&model_name={owner}&field_name={field}&term=zqdraft"
        yield f"{reverse('admin:autocomplete')}?{query}"
    yield reverse("admin:articles_article_changelist") + "?q=zqdraftarticletitle"
    yield reverse("admin:articles_article_changelist") + "?etat=draft"


def read_by(user, row):
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return {address: client.get(address).content.decode() for address in admin_addresses(row)}


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_a_lower_role_does_not_see_anothers_draft(world, role):
    draft = make.make_draft(created_by=world.editor, updated_at=timezone.now(), **words(Article, "draft article"))
    told = [text for text in all_words(Article, "draft article") if not text.endswith("slug")]
    found = [
        f"{address}: {text}"
        for address, page in read_by(make.make_user(role), draft).items()
        for text in told
        if text in re.sub(r'(q=|q%3D|value=")zqdraftarticletitle', "", page)  # the search says what it was asked
    ]
    assert found == []


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_a_lower_role_does_not_see_what_colleagues_say_of_anothers_article(world, role):
    """Not on the article that everybody may read, nor through the list, its search or its filters."""
    Remark.objects.create(article=world.article, by=world.editor, to=world.editor, **words(Remark, "remark"))
    found = [
        address
        for address, page in read_by(make.make_user(role), world.article).items()
        if word("remark", "body") in page
    ]
    assert found == []


def test_an_author_sees_her_own_draft(world):
    author = make.make_user("author")
    draft = make.make_draft(created_by=author, updated_at=timezone.now(), **words(Article, "draft article"))
    read = read_by(author, draft)
    for address in (
        reverse("admin:articles_article_changelist"),
        reverse("admin:articles_article_change", args=[draft.pk]),
    ):
        assert "zqdraftarticletitle" in read[address]
    assert "zqdraftarticlebody" in read[draft.get_absolute_url()]


# -- That it can fail ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queryset", "method", "kind"),
    [
        (ArticleQuerySet, "visible", "withdrawn article"),
        (ArticleQuerySet, "visible", "scheduled article"),
        (ArticleQuerySet, "visible", "ended article"),
        (ClusterQuerySet, "visible", "withdrawn cluster"),
        (PublishableQuerySet, "visible", "draft source"),
        (PublishableQuerySet, "visible", "withdrawn programme"),
        (ObservationQuerySet, "visible", "draft source"),
        (ParticipationQuerySet, "visible", "draft programme"),
        (GatheringQuerySet, "visible", "empty tag"),
        (CommentQuerySet, "published", "pending comment"),
    ],
)
def test_a_rule_taken_away_is_noticed(client, world, monkeypatch, queryset, method, kind):
    monkeypatch.setattr(queryset, method, lambda self, at=None: self.all())
    assert leaks(client, world, [kind], few=True)


def test_a_working_copy_that_readers_are_shown_is_noticed(client, world, monkeypatch):
    shown = article_views.article_page

    def of_the_copy(request, article, **said):
        with tried_on(article):
            return shown(request, Article.objects.with_page().get(pk=article.pk), **said)

    monkeypatch.setattr(article_views, "article_page", of_the_copy)
    told = leaks(client, world, ["working copy"])
    assert any("/articles/zqlaterslug/ says" in line for line in told), told


def test_a_count_of_hidden_rows_is_noticed(client, world, monkeypatch):
    counts = views.registry_counts
    monkeypatch.setattr(views, "registry_counts", lambda: {**counts(), "clusters": Cluster.objects.count()})
    assert any(line.startswith("home ") for line in leaks(client, world, ["draft cluster"], few=True))


def test_a_new_route_has_to_say_how_it_is_opened(world, monkeypatch):
    monkeypatch.setattr("tests.house.world.routes", lambda: [("clusters:map", "/clusters/<slug:slug>/map/")])
    with pytest.raises(AssertionError, match="how to open the route clusters:map"):
        addresses(world)


def test_a_name_is_found_as_long_as_its_source_may_be_seen(world):
    """What nothing_hidden_leaks cannot see: the source is hidden after the name was indexed, and shown again."""
    assert world.cluster in Cluster.objects.matching("zqnamevalue")
    for publication, found in (("withdrawn", False), ("published", True)):
        world.source.publication = publication
        world.source.save()
        assert Cluster.objects.matching("zqnamevalue").exists() is found
