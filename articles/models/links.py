"""Where the texts of articles lead: one row for each article and target, so that « where is this used » is a question to the database.

Written whenever an article is saved, as its place in the full-text index is; read again by the daily housekeeping where a row is missing. What a
text holds is read here and nowhere else: references by id (`data-cluster`, `data-to`), addresses of our own site, and outside
pages, which those of « pour aller plus loin » stand beside.
"""

import datetime as dt
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext_lazy as _

from clusters.models import FormerAddress
from clusters.nodes import LINK, REFERENCE
from clusters.related import is_id

LONGEST = 2000
"""Signs of an address: what every database keeps in an index. A longer one is not followed."""
MOST_AT_ONCE = 300
"""Texts that one housekeeping reads for their links: whoever opens the desk first waits for it."""
BROKEN_FROM = 3
"""So many checks in a row have failed: a page that was down for a day is no broken link."""
ASKED_AGAIN, FAILED_AGAIN = dt.timedelta(days=7), dt.timedelta(hours=20)
"""After how long an outside page is asked for again: one that answered, one that did not."""


class Kind(models.TextChoices):
    ARTICLE = "article", _("article")
    CLUSTER = "cluster", _("fiche de cluster")
    PROGRAMME = "programme", _("programme")
    SOURCE = "source", _("source")
    SERIES = "series", _("dossier")
    TAG = "tag", _("mot-dièse")
    AUTHOR = "author", _("auteur")
    PAGE = "page", _("autre page du site")
    NOWHERE = "nowhere", _("page qui n’existe pas")
    OUTSIDE = "outside", _("page extérieure")


RECORDS = {
    Kind.ARTICLE: "articles.Article",
    Kind.CLUSTER: "clusters.Cluster",
    Kind.PROGRAMME: "clusters.Programme",
    Kind.SOURCE: "clusters.Source",
    Kind.SERIES: "articles.Series",
    Kind.TAG: "articles.Tag",
    Kind.AUTHOR: "articles.Author",
}
"""Kind → model of what is linked to."""
ROUTES = {
    "articles:detail": Kind.ARTICLE, "articles:series": Kind.SERIES, "articles:series_feed": Kind.SERIES,
    "articles:series_feed_atom": Kind.SERIES, "articles:tag": Kind.TAG, "articles:tag_feed": Kind.TAG,
    "articles:tag_feed_atom": Kind.TAG, "articles:author": Kind.AUTHOR, "articles:author_feed": Kind.AUTHOR,
    "articles:author_feed_atom": Kind.AUTHOR, "clusters:detail": Kind.CLUSTER, "clusters:correct_cluster": Kind.CLUSTER,
    "clusters:programme": Kind.PROGRAMME, "clusters:correct_programme": Kind.PROGRAMME, "clusters:source": Kind.SOURCE,
    "clusters:correct_source": Kind.SOURCE,
}  # fmt: skip
"""Name of a route with a slug → the kind of record that stands there."""


@dataclass(frozen=True)
class Found:
    """One target that a text leads to.

    Attributes:
        key: as the text has it: `GRP-0001`, `article/12`, `/tags/maroc/`, `https://…`.
    """

    kind: str
    key: str


class _Reader(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.found: dict[Found, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if REFERENCE in values:
            self._add(Found(Kind.CLUSTER, values[REFERENCE]))
        elif LINK in values:
            self._add(found_by_id(values[LINK]))
        elif tag == "a" and values.get("href"):
            self._add(found_at(values["href"], self.base))

    def _add(self, one: Found | None) -> None:
        if one and len(one.key) <= LONGEST:
            self.found[one] = None


def found_by_id(target: str) -> Found:
    """Where a link by id leads, as the text has it: `article/12`."""
    kind = target.partition("/")[0]
    return Found(kind if kind in RECORDS else Kind.NOWHERE, target)


def found_at(href: str, base: str) -> Found | None:
    """Where an address leads; None for what is no page: a place on the same one, a mail address, a file of the design.

    Args:
        base: whole address of the page where it stands.
    """
    try:
        whole = urlsplit(iri_to_uri(urljoin(base, href.strip())))
        host, own = whole.netloc.lower(), urlsplit(settings.SITE_URL).netloc.lower()
    except ValueError:  # an address that is none, such as //[
        return Found(Kind.NOWHERE, href)
    if whole.scheme not in ("http", "https") or href.strip().startswith("#"):
        return None
    if host != own:
        return Found(Kind.OUTSIDE, whole._replace(fragment="").geturl())
    return None if whole.path.startswith(settings.STATIC_URL) else Found(_route(whole.path)[0], whole.path)


def _route(path: str) -> tuple[str, str]:
    """What stands under a path of our site: its kind, and the slug of a record."""
    for one in (path, f"{path}/"):
        try:
            match = resolve(one)
        except Resolver404:
            continue
        return ROUTES.get(match.view_name, Kind.PAGE), str(match.kwargs.get("slug", ""))
    return Kind.NOWHERE, ""


def page_of(article: Any) -> str:
    """Whole address of an article's page, from which its relative links are followed; one without a slug has that of the site."""
    return urljoin(settings.SITE_URL, f"/articles/{article.slug}/" if article.slug else "/")


def links_in(article: Any) -> list[Found]:
    """The targets of an article's text, each once, in the order of the text."""
    reader = _Reader(page_of(article))
    reader.feed(article.body)
    reader.close()
    return list(reader.found)


def targets_of(found: Iterable[Found]) -> dict[Found, int | None]:
    """The row that each of them leads to, seen or hidden; None for one that is not there, or no row."""
    by_kind: dict[str, list[Found]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one)
    targets: dict[Found, int | None] = dict.fromkeys(found)
    for kind, listed in by_kind.items():
        if kind not in RECORDS:
            continue
        rows = apps.get_model(RECORDS[kind])._base_manager
        slugs = {one: _route(one.key)[1] for one in listed if one.key.startswith("/")}
        names = [one.key for one in listed if one not in slugs]
        by_slug = dict(rows.filter(slug__in=slugs.values()).values_list("slug", "pk"))
        left = FormerAddress.objects.of(rows.model).filter(slug__in=set(slugs.values()) - by_slug.keys())
        by_slug |= dict(left.values_list("slug", "object_id"))
        by_name: dict[str, int] = {}
        if kind == Kind.CLUSTER:
            by_name = dict(rows.filter(public_id__in=[_id(name) for name in names]).values_list("public_id", "pk"))
        else:
            ids = [int(_id(name)) for name in names if is_id(_id(name))]
            by_name = {str(pk): pk for pk in rows.filter(pk__in=ids).values_list("pk", flat=True)}
        for one in listed:
            targets[one] = by_slug.get(slugs[one]) if one in slugs else by_name.get(_id(one.key))
    return targets


def _id(key: str) -> str:
    return key.rpartition("/")[2]


def is_lost(one: Found, target: int | None) -> bool:
    """Whether a link within the site leads to nothing.

    Args:
        target: the row that `targets_of` has for it.
    """
    return one.kind == Kind.NOWHERE or (one.kind in RECORDS and target is None)


def hidden_among(targets: Mapping[Found, int | None]) -> list[Found]:
    """Those of these links that lead to a page which is there and which readers may not see."""
    hidden = [one for one in targets if one.kind == Kind.PAGE and one.key.startswith(reverse("admin:index"))]
    for kind, label in RECORDS.items():
        led = {one: pk for one, pk in targets.items() if one.kind == kind and pk is not None}
        if not led:
            continue
        rows = apps.get_model(label)._default_manager.filter(pk__in=led.values())
        seen = set(rows.visible().values_list("pk", flat=True))
        if hasattr(rows.model, "merged_into"):  # its address leads on
            seen |= set(rows.exclude(merged_into=None).values_list("pk", flat=True))
        hidden += [one for one, pk in led.items() if pk not in seen]
    return hidden


# -- Outside pages ------------------------------------------------------------------------------------------------------


class Verdict(models.TextChoices):
    OK = "ok", _("répond")
    MOVED = "moved", _("a changé d’adresse")
    SHY = "shy", _("ne répond pas aux programmes")
    FAILED = "failed", _("ne répond pas")


class OutsideAddressQuerySet(models.QuerySet):
    def due(self, at: dt.datetime | None = None) -> Self:
        """Those that some article links to and that it is time to ask for, the longest unasked first."""
        now = at or timezone.now()
        failed = models.Q(verdict=Verdict.FAILED)
        late = (failed & models.Q(checked_at__lte=now - FAILED_AGAIN)) | (
            ~failed & models.Q(checked_at__lte=now - ASKED_AGAIN)
        )
        return (
            self.filter(models.Q(checked_at=None) | late, links__isnull=False)
            .distinct()
            .order_by(models.F("checked_at").asc(nulls_first=True), "pk")
        )

    def unused(self) -> Self:
        return self.filter(links=None)


class OutsideAddress(models.Model):
    """A page of somebody else's that our articles link to, and what it last answered.

    Attributes:
        status: the last HTTP answer; None if there was none.
        error: why there was none, in words for an editor.
        failures: how many checks in a row have failed.
        moved_to: where it says it is for good.
    """

    url = models.CharField(_("adresse"), max_length=LONGEST, unique=True)
    verdict = models.CharField(_("état"), max_length=6, choices=Verdict, blank=True)
    status = models.PositiveSmallIntegerField(_("réponse"), null=True)
    error = models.CharField(_("raison"), max_length=200, blank=True)
    failures = models.PositiveIntegerField(_("échecs de suite"), default=0)
    moved_to = models.CharField(_("nouvelle adresse"), max_length=LONGEST, blank=True)
    checked_at = models.DateTimeField(_("vérifiée le"), null=True)

    objects = OutsideAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("page extérieure")
        verbose_name_plural = _("pages extérieures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(checked_at=None, verdict="") | (models.Q(checked_at__isnull=False) & ~models.Q(verdict="")),
                name="outside_verdict_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.FAILED, failures__gt=0) | (~models.Q(verdict=Verdict.FAILED) & models.Q(failures=0)),
                name="outside_failures_are_of_a_failed_one",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.url

    def note(
        self, verdict: str, at: dt.datetime, *, status: int | None = None, error: str = "", moved_to: str = ""
    ) -> None:
        """Write down what a check has found."""
        self.verdict, self.checked_at, self.status = verdict, at, status
        self.error, self.moved_to = error[:200], moved_to[:LONGEST]
        self.failures = self.failures + 1 if verdict == Verdict.FAILED else 0
        self.save(update_fields=["verdict", "checked_at", "status", "error", "moved_to", "failures"])


# -- Links --------------------------------------------------------------------------------------------------------------


class LinkQuerySet(models.QuerySet):
    def visible(self, at: dt.datetime | None = None) -> Self:
        """Those in articles that anybody may see."""
        seen = apps.get_model("articles.Article").objects.visible(at)
        return self.filter(article__in=seen.order_by().values("pk"))

    def to(self, record: models.Model) -> Self:
        """Those that lead to a record of ours."""
        kinds = [kind for kind, label in RECORDS.items() if label == record._meta.label]
        return self.filter(kind__in=kinds, target=record.pk)

    def lost(self) -> Self:
        """Those within the site that lead to nothing."""
        gone = models.Q(kind=Kind.NOWHERE)
        for kind, label in RECORDS.items():
            there = apps.get_model(label)._base_manager.filter(pk=models.OuterRef("target"))
            gone |= models.Q(kind=kind) & ~models.Exists(there)
        return self.filter(gone)

    def dead(self) -> Self:
        """Those to outside pages that have not answered several times in a row."""
        return self.filter(outside__failures__gte=BROKEN_FROM)

    def to_repair(self) -> Self:
        return self.lost() | self.dead()

    def renew_missing(self, articles: models.QuerySet) -> int:
        """Read those of some articles that may lead somewhere and of which no row says where; how many there were.

        Of the time before this table, or written past the ORM. Of more than one housekeeping reads, any: one that only
        names what is no page would be among the first each time. Each is fetched held: an editor may save it meanwhile.
        """
        leads = models.Q(further_reading__url__gt="")
        for sign in ("href=", f"{REFERENCE}=", f"{LINK}="):
            leads |= models.Q(body__contains=sign)
        found = list(articles.filter(leads, links=None).order_by().values_list("pk", flat=True).distinct())
        number = 0
        for pk in random.sample(found, min(len(found), MOST_AT_ONCE)):
            with transaction.atomic():
                article = articles.model.objects.select_for_update(no_key=True).filter(pk=pk).first()
                if article and not article.links.exists():
                    self.renew(article)
                    number += 1
        return number

    def renew(self, article: Any) -> None:
        """Make the rows of an article what its text and its further reading say; idempotent."""
        found = links_in(article)
        rows: dict[tuple[str, str], int | None] = {}
        for one, target in targets_of(found).items():
            rows[one.kind, one.key] = target
        pages = article.further_reading.filter(target=None).values_list("url", flat=True)
        rows |= {(Kind.OUTSIDE, url): None for url in map(_without_fragment, pages) if url}
        with transaction.atomic():
            outside = _addresses([key for kind, key in rows if kind == Kind.OUTSIDE])
            stored = {(row.kind, row.key): row for row in self.filter(article=article)}
            self.filter(pk__in=[row.pk for key, row in stored.items() if key not in rows]).delete()
            for key, target in rows.items():
                if key in stored and stored[key].target != target:
                    self.filter(pk=stored[key].pk).update(target=target)
            new = [
                Link(article=article, kind=kind, key=key, target=target, outside=outside.get(key))
                for (kind, key), target in rows.items()
                if (kind, key) not in stored
            ]
            self.bulk_create(new, ignore_conflicts=True)  # somebody who saves it at the same moment writes the same


def _without_fragment(url: str) -> str:
    try:
        clean = urlsplit(iri_to_uri(url))._replace(fragment="").geturl()
    except ValueError:
        return ""
    return clean if len(clean) <= LONGEST else ""


def _addresses(urls: list[str]) -> Mapping[str, OutsideAddress]:
    """The rows of these outside pages, made where they are missing."""
    if not urls:
        return {}
    known = OutsideAddress.objects.filter(url__in=urls)
    missing = set(urls) - set(known.values_list("url", flat=True))
    OutsideAddress.objects.bulk_create((OutsideAddress(url=url) for url in sorted(missing)), ignore_conflicts=True)
    return {row.url: row for row in known.all()}


class Link(models.Model):
    """One target of one article's text.

    Attributes:
        target: the number of the record that it leads to; None if there is none, or it is no record.
        outside: the page of somebody else's that it leads to.
    """

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="links")
    kind = models.CharField(_("type"), max_length=9, choices=Kind)
    key = models.CharField(_("lien"), max_length=LONGEST)
    target = models.PositiveBigIntegerField(null=True)
    outside = models.ForeignKey(OutsideAddress, models.CASCADE, null=True, related_name="links")

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lien")
        verbose_name_plural = _("liens")
        indexes = [models.Index(fields=["kind", "target"], name="link_by_target")]
        constraints = [
            models.UniqueConstraint(fields=["article", "kind", "key"], name="link_once"),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.OUTSIDE, outside__isnull=False, target=None)
                | (~models.Q(kind=Kind.OUTSIDE) & models.Q(outside=None)),
                name="link_outside_or_within",
            ),
        ]

    def __str__(self) -> str:
        return self.key
