"""The front page of the admin, which is the newsroom's day: what waits for one person, what happens next, what went out.

Each number is shown to those who may act on it, and links to the list of exactly what it counts. What presses stands before
what can wait: first the work of the day, the most urgent first, then what is looked after when there is time.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Min, Prefetch, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.comments.models import Comment
from articles.models import Article, Byline, Link, Picture, Remark, State
from articles.models.articles import COMING
from articles.models.states import UNFINISHED
from clusters import care
from clusters.dates import day_in_words
from clusters.models import Cluster, Suggestion

ROWS = 6
"""Rows that each list of the front page shows."""
STILL = dt.timedelta(days=1)
"""From this age on it is said that nobody has touched a text."""
EVENTS: dict[str, tuple[str, str | Promise]] = {
    "published_at": ("published", _("Paraît")),
    "copy_due_at": ("scheduled", _("Modifications")),
    "ends_at": ("draft", _("Quitte le site")),
}
"""What happens by itself, by the column that says when: kind of its badge, and words."""


@dataclass(frozen=True)
class Task:
    """A line of what waits: how many, of what, since when, and where it is done."""

    number: int
    label: str
    href: str
    note: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a list.

    Attributes:
        badge: kind and words of a badge; none if empty.
        said: beside the moment, in words; `at` is said by itself unless `age` does.
        links: (words, address) of lists about it.
    """

    title: str
    href: str
    at: dt.datetime
    age: str = ""
    badge: tuple[str, Any] = ()
    said: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class List:
    """Some rows, where all of them are, and what is said when there are none."""

    title: str
    rows: list[Row]
    more: str
    none: str


@dataclass(frozen=True)
class Desk:
    """What the front page shows one person.

    Attributes:
        actions: (words, address) of what is begun here.
        tasks, upkeep: what waits, the most urgent first; what is looked after when there is time.
        waiting, going: lists of what is to be done, and of what goes out and went out.
        first_steps: what else is done where there is nothing yet.
    """

    greeting: str
    today: str
    actions: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    upkeep: list[Task] = field(default_factory=list)
    waiting: list[List] = field(default_factory=list)
    going: list[List] = field(default_factory=list)
    first_steps: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.tasks or self.upkeep or any(one.rows for one in (*self.waiting, *self.going)))


def desk_of(user: Any, now: dt.datetime | None = None) -> Desk:
    """The day of one person, in a dozen queries or so, however much there is."""
    now = now or timezone.now()
    name = user.get_short_name() or user.get_username()
    today = day_in_words(timezone.localdate(now), weekday=True)
    desk = Desk(gettext("Bonjour %(name)s") % {"name": name}, today, _actions(user))
    if user.has_perm("articles.view_article"):
        _articles(desk, user, now)
    if user.has_perm("articles.moderate_comment"):
        _comments(desk, now)
    if user.has_perm("articles.change_article"):
        _remarks(desk, user, now)
    if user.has_perm("clusters.change_suggestion"):
        _suggestions(desk, now)
    _upkeep(desk, user, now)
    desk.tasks.sort(key=lambda task: not task.is_urgent)
    if desk.is_empty:
        desk.first_steps.extend(_first_steps(user))
    return desk


def _actions(user: Any) -> list[tuple[str, str]]:
    actions = (
        ("articles.add_article", gettext("Écrire un article"), "admin:articles_article_add"),
        ("clusters.add_cluster", gettext("Ajouter un cluster"), "admin:clusters_cluster_add"),
    )
    return [(label, reverse(view)) for permission, label, view in actions if user.has_perm(permission)]


def _first_steps(user: Any) -> list[tuple[str, str]]:
    steps = (
        (
            admin.site.get_model_admin(Cluster).import_permissions,
            gettext("Importer des clusters d’un tableau"),
            "admin:clusters_cluster_import",
        ),
        (("articles.add_picture",), gettext("Ajouter une image à la bibliothèque"), "admin:articles_picture_add"),
        (("auth.add_user",), gettext("Ouvrir un compte à un collègue"), "admin:auth_user_add"),
    )
    return [(label, reverse(view)) for permissions, label, view in steps if user.has_perms(permissions)]


def _address(table: str, query: str = "") -> str:
    listed = reverse(f"admin:{table}_changelist")
    return f"{listed}?{query}" if query else listed


def _add(tasks: list[Task], number: int, label: str, href: str, note: str = "", *, is_urgent: bool = False) -> None:
    if number:
        tasks.append(Task(number, label, href, note, is_urgent))


# -- Articles ----------------------------------------------------------------------------------------------------------


def _articles(desk: Desk, user: Any, now: dt.datetime) -> None:
    seen, own = Article.objects.visible_to(user, now), Article.objects.own(user).order_by().values("pk")
    decides = user.has_perm("articles.publish_article")
    if decides or user.has_perm("articles.add_article"):
        # What is public of others', or waits for somebody else, is not a writer's to do.
        theirs, mine = (seen, "") if decides else (seen.filter(pk__in=own), "&mes=1")
        drafts = seen.filter(state=State.DRAFT, pk__in=own)
        _tasks(desk, user, seen, drafts, now)
        review = gettext("À relire") if decides else gettext("En relecture")
        desk.waiting.extend(
            [
                _review(review, theirs, f"etat=a_relire{mine}", now),
                _drafts(drafts, now),
            ]
        )
        desk.going.append(_coming(theirs, f"avenir=tout{mine}", now))
    desk.going.append(_out(user, now))


def _tasks(desk: Desk, user: Any, seen: Any, drafts: Any, now: dt.datetime) -> None:
    """All that is counted of articles, in one query."""
    today = timezone.localdate(now)

    def among(rows: Any) -> Q:
        return Q(pk__in=rows.order_by().values("pk"))

    is_draft, is_entrusted = among(drafts), among(Article.objects.entrusted_to(user))
    is_late, is_review = among(Article.objects.overdue(today)), among(Article.objects.awaiting_review())
    # Few of many: what is out and untouched waits for nobody, and is not asked about each of these.
    waits = Q(state__in=UNFINISHED) | Q(copy_in_review=True) | ~Q(copy_refused="")
    counts = (
        seen.filter(waits)
        .order_by()
        .aggregate(
            drafts=Count("pk", filter=is_draft),
            draft_since=Min("modified_at", filter=is_draft),
            review=Count("pk", filter=is_review),
            review_since=Min("modified_at", filter=is_review),
            ready=Count("pk", filter=Q(state=State.READY)),
            entrusted=Count("pk", filter=is_entrusted),
            entrusted_for=Min("due_on", filter=is_entrusted & Q(due_on__gte=today)),
            late=Count("pk", filter=is_late),
            late_for=Min("due_on", filter=is_late),
            refused=Count("pk", filter=among(Article.objects.refused())),
        )
    )

    def task(key: str, label: str, query: str, note: str = "", is_urgent: bool = False) -> None:
        _add(desk.tasks, counts[key], label, _address("articles_article", query), note, is_urgent=is_urgent)

    def told(words: str, key: str) -> str:
        return words % day_in_words(counts[key]) if counts[key] else ""

    def unchanged(key: str) -> str:
        since = counts[key]
        is_old = since is not None and now - since >= STILL
        return gettext("le plus ancien n’a pas changé depuis %s") % age_in_words(now - since) if is_old else ""

    label = ngettext("article en retard", "articles en retard", counts["late"])
    task("late", label, "echeance=retard", told(gettext("le premier était à rendre le %s"), "late_for"), True)
    if user.has_perm("articles.publish_article"):
        number = counts["refused"]
        label = ngettext("modification programmée refusée", "modifications programmées refusées", number)
        task("refused", label, "copie=refusee", gettext("rien n’a changé en ligne : la fiche dit pourquoi"), True)
        label = ngettext("texte à relire", "textes à relire", counts["review"])
        task("review", label, "etat=a_relire", unchanged("review_since"))
        label = ngettext("article prêt à publier", "articles prêts à publier", counts["ready"])
        task("ready", label, "etat=ready")
    label = ngettext("article qui vous est confié", "articles qui vous sont confiés", counts["entrusted"])
    task("entrusted", label, "confie=moi", told(gettext("le prochain à rendre le %s"), "entrusted_for"))
    label = ngettext("brouillon à finir", "brouillons à finir", counts["drafts"])
    task("drafts", label, "etat=draft&mes=1", unchanged("draft_since"))


def _form(pk: int) -> str:
    return reverse("admin:articles_article_change", args=[pk])


def _review(title: str, rows: Any, query: str, now: dt.datetime) -> List:
    """Those that have been left alone longest first."""
    signed = Prefetch("bylines", Byline.objects.select_related("author").order_by("position", "pk"), to_attr="signed")
    found = rows.awaiting_review().order_by("modified_at", "pk").only("title", "state", "modified_at")
    listed = [
        Row(
            article.title, _form(article.pk), article.modified_at, _changed(article.modified_at, now),
            badge=() if article.state == State.IN_REVIEW else ("in_review", gettext("Copie de travail")),
            said=[byline.author.name for byline in article.signed],
        )
        for article in found.prefetch_related(signed)[:ROWS]
    ]  # fmt: skip
    return List(title, listed, _address("articles_article", query), gettext("Rien à relire."))


def _drafts(rows: Any, now: dt.datetime) -> List:
    listed = [
        Row(
            article.title, _form(article.pk), article.modified_at, _changed(article.modified_at, now),
            badge=("missing", gettext("en retard")) if article.is_overdue else (),
            said=[gettext("pour le %s") % day_in_words(article.due_on)] if article.due_on else [],
        )
        for article in rows.order_by("-modified_at", "-pk").only("title", "state", "modified_at", "due_on")[:ROWS]
    ]  # fmt: skip
    more = _address("articles_article", "etat=draft&mes=1")
    return List(gettext("Mes brouillons"), listed, more, gettext("Aucun brouillon."))


def _coming(rows: Any, query: str, now: dt.datetime) -> List:
    """What happens by itself, the next first: an article appears, changes or leaves the site; an article may do all three."""
    first, *others = (
        rows.coming(now, column).order_by().annotate(at=F(column), what=Value(column)).values_list("pk", "title", "at", "what")
        for column in COMING
    )  # fmt: skip
    events = first.union(*others, all=True).order_by("at", "pk")[:ROWS]
    listed = [Row(title, _form(pk), at, badge=EVENTS[what]) for pk, title, at, what in events]
    return List(gettext("Ce qui vient"), listed, _address("articles_article", query), gettext("Rien n’est programmé."))


def _out(user: Any, now: dt.datetime) -> List:
    """What readers were given last, with what has come of it."""
    reads = user.has_perm("articles.view_comment")
    found = Article.objects.visible(now).newest_first().only("title", "comment_count", "published_at")
    found = found.with_correction_counts()
    listed = []
    for article in found[:ROWS]:
        said, links, number = [], [], article.comment_count
        comments = ngettext("%d commentaire", "%d commentaires", number) % number
        if number and reads:
            query = f"article__id__exact={article.pk}&state=published"
            links = [(comments, _address("articles_comment", query))]
        elif number:
            said = [comments]
        if number := article.correction_count:
            said.append(ngettext("%d correction", "%d corrections", number) % number)
        listed.append(Row(article.title, _form(article.pk), article.published_at, said=said, links=links))
    more = _address("articles_article", "etat=published")
    return List(gettext("Parus dernièrement"), listed, more, gettext("Rien n’a encore paru."))


# -- What others write to the newsroom ---------------------------------------------------------------------------------


def _comments(desk: Desk, now: dt.datetime) -> None:
    waiting = Comment.objects.waiting()
    counted = waiting.aggregate(count=Count("pk"), oldest=Min("created_at"))
    queue = _address("articles_comment")
    if counted["count"]:
        label = ngettext("commentaire à lire", "commentaires à lire", counted["count"])
        note = gettext("le plus ancien attend depuis %s") % age_in_words(now - counted["oldest"])
        _add(desk.tasks, counted["count"], label, queue, note)
    rows = waiting.select_related("article").only("body", "name", "created_at", "article__title")
    listed = [
        Row(
            comment.excerpt, reverse("admin:articles_comment_change", args=[comment.pk]), comment.created_at,
            _ago(comment.created_at, now), said=[comment.name, comment.article.title],
        )
        for comment in rows.order_by("created_at", "pk")[:ROWS]
    ]  # fmt: skip
    desk.waiting.insert(0, List(gettext("Commentaires à lire"), listed, queue, gettext("Aucun commentaire n’attend.")))


def _remarks(desk: Desk, user: Any, now: dt.datetime) -> None:
    """Articles, not remarks: what is opened to answer is the article."""
    waiting = Remark.objects.waiting_for(user).order_by()
    counted = waiting.aggregate(count=Count("article", distinct=True), oldest=Min("created_at"))
    if counted["count"]:
        label = ngettext(
            "article où une remarque vous attend", "articles où une remarque vous attend", counted["count"]
        )
        note = gettext("la plus ancienne attend depuis %s") % age_in_words(now - counted["oldest"])
        _add(desk.tasks, counted["count"], label, _address("articles_article", "remarques=moi"), note)


def _suggestions(desk: Desk, now: dt.datetime) -> None:
    waiting = Suggestion.objects.open().order_by().aggregate(count=Count("pk"), oldest=Min("created_at"))
    if waiting["count"]:
        label = ngettext("correction proposée", "corrections proposées", waiting["count"])
        note = gettext("la plus ancienne attend depuis %s") % age_in_words(now - waiting["oldest"])
        _add(desk.tasks, waiting["count"], label, _address("clusters_suggestion", "state__exact=new"), note)


# -- What is looked after when there is time ---------------------------------------------------------------------------


def _upkeep(desk: Desk, user: Any, now: dt.datetime) -> None:
    if user.has_perm("articles.publish_article"):
        number = Link.objects.visible(now).to_repair().count()
        label = ngettext("lien à réparer dans ce qui est paru", "liens à réparer dans ce qui est paru", number)
        _add(desk.upkeep, number, label, f"{reverse('admin:articles_article_links')}?articles=parus")
    if user.has_perm("clusters.change_cluster"):
        number = care.number(timezone.localdate(now))
        label = ngettext("fiche publiée à soigner", "fiches publiées à soigner", number)
        _add(desk.upkeep, number, label, reverse("admin:clusters_cluster_care"))
        number = Cluster.objects.filter(publication="draft").count()
        label = ngettext("fiche en brouillon", "fiches en brouillon", number)
        _add(desk.upkeep, number, label, _address("clusters_cluster", "publication__exact=draft"))
    if user.has_perm("articles.change_picture"):
        number = Picture.objects.wanting_text().count()
        label = ngettext("image sans texte ou sans crédit", "images sans texte ou sans crédit", number)
        _add(desk.upkeep, number, label, reverse("admin:articles_picture_texts"))


# -- Ages --------------------------------------------------------------------------------------------------------------


def age_in_words(age: dt.timedelta) -> str:
    """« 3 jours », « 5 heures », « moins d’une heure »."""
    hours = int(age.total_seconds() // 3600)
    if hours >= 48:
        return ngettext("%d jour", "%d jours", hours // 24) % (hours // 24)
    return ngettext("%d heure", "%d heures", hours) % hours if hours > 0 else gettext("moins d’une heure")


def _changed(moment: dt.datetime, now: dt.datetime) -> str:
    return gettext("modifié il y a %s") % age_in_words(now - moment)


def _ago(moment: dt.datetime, now: dt.datetime) -> str:
    return gettext("il y a %s") % age_in_words(now - moment)
