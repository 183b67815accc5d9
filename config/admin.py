"""The admin site: its front page is the newsroom's day, and its list of tables stands in the order of the work.

Each line of the day is shown to those who may act on it, and links to the list that it counts.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

from articles.comments.models import Comment
from articles.models import Article, Picture, State
from articles.models.articles import UNFINISHED
from clusters import care
from clusters.dates import day_in_words
from clusters.models import Cluster, Suggestion
from config import desk_search, housekeeping

ROWS = 6
"""Articles that each list of the front page shows."""
ORDER = {
    "articles": ["Article", "Mentions", "Comment", "Picture", "Series", "Tag", "Author"],
    "clusters": [
        "Cluster",
        "Observation",
        "Suggestion",
        "Source",
        "Programme",
        "Indicator",
        "Sector",
        "MapSettings",
        "Merge",
        "FormerAddress",
    ],
    "auth": ["User", "Group"],
}
"""Tables in the order of the work; what is not named comes after."""

NAMES = {"auth": _("Comptes")}
_MENTIONS = {
    "name": _("Mentions sans lien"),
    "object_name": "Mentions",
    "add_url": None,
    "view_only": False,
    "perms": {},
}
"""A list among the tables that is of no table of its own."""


@dataclass(frozen=True)
class Task:
    """A line of what waits: how many, of what, since when, and where it is done."""

    number: int
    label: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class Desk:
    """What the front page shows one person."""

    greeting: str
    today: str
    actions: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    lists: list[dict[str, Any]] = field(default_factory=list)


class NewsroomAdmin(AdminSite):
    site_header = site_title = settings.SITE_NAME
    index_title = _("Aujourd’hui")
    site_url = "/"
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Content is withdrawn, not deleted by the dozen; a single row can still be deleted where its admin allows it.
        self.disable_action("delete_selected")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        housekeeping.run_once_a_day()
        return super().index(request, {**(extra_context or {}), "desk": desk_of(request.user)})

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_view(require_safe(self.search_page))
        return [path("search/", page, name="search"), *super().get_urls()]

    def search_page(self, request: HttpRequest) -> TemplateResponse:
        """« Chercher à la rédaction »: everything that this person may see, by words, number or address."""
        query = desk_search.asked(request.GET.get("q", ""))
        context = {
            **self.each_context(request),
            "title": gettext("Chercher à la rédaction"),
            "query": query,
            "found": desk_search.run(self, request, query),
            "kinds": [capfirst(str(one.opts.verbose_name_plural)) for one in desk_search.searched(self, request)],
        }
        return TemplateResponse(request, "admin/search.html", context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            names = ORDER.get(app["app_label"], [])
            app["name"] = NAMES.get(app["app_label"], app["name"])
            if app["app_label"] == "articles" and request.user.has_perm("articles.change_article"):
                app["models"].append(_MENTIONS | {"admin_url": reverse(f"{self.name}:articles_article_mentions")})
            app["models"].sort(key=lambda model, names=names: _place(names, model["object_name"]))
        return sorted(apps, key=lambda app: _place(list(ORDER), app["app_label"]))

    def i18n_javascript(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The admin's own words for its scripts, and the body editor's."""
        return JavaScriptCatalog.as_view(packages=["django.contrib.admin", "django_prose_editor"])(request)


def _place(order: list[str], name: str) -> tuple[int, str]:
    return (order.index(name) if name in order else len(order), name)


def desk_of(user: Any, now: dt.datetime | None = None) -> Desk:
    """The day of one person: what waits for them, what goes out next, what went out.

    Fifteen queries at most with those that find out who the person is, however much there is.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    name = user.get_short_name() or user.get_username()
    desk = Desk(gettext("Bonjour %(name)s") % {"name": name}, day_in_words(today, weekday=True))
    if user.has_perm("articles.add_article"):
        desk.actions.append((gettext("Écrire un article"), reverse("admin:articles_article_add")))
    if user.has_perm("clusters.add_cluster"):
        desk.actions.append((gettext("Ajouter un cluster"), reverse("admin:clusters_cluster_add")))
    if user.has_perm("articles.moderate_comment"):
        _comments(desk, now)
    if user.has_perm("articles.view_article"):
        _articles(desk, user, now)
    if user.has_perm("clusters.change_suggestion"):
        _suggestions(desk, now)
    if user.has_perm("clusters.change_cluster"):
        _registry(desk, today)
    if user.has_perm("articles.change_picture"):
        waiting = Picture.objects.wanting_text().count()
        label = ngettext("image sans texte ou sans crédit", "images sans texte ou sans crédit", waiting)
        if waiting:
            desk.tasks.append(Task(waiting, label, reverse("admin:articles_picture_texts")))
    return desk


def _add_task(desk: Desk, count: int, label: str, table: str, query: str, note: str = "") -> None:
    if count:
        desk.tasks.append(Task(count, label, f"{reverse(f'admin:{table}_changelist')}?{query}", note))


def _comments(desk: Desk, now: dt.datetime) -> None:
    waiting = Comment.objects.waiting().aggregate(count=Count("pk"), oldest=Min("created_at"))
    if waiting["count"]:
        label = ngettext("commentaire à lire", "commentaires à lire", waiting["count"])
        note = gettext("le plus ancien attend depuis %s") % age_in_words(now - waiting["oldest"])
        desk.tasks.append(Task(waiting["count"], label, reverse("admin:articles_comment_changelist"), note))


def _articles(desk: Desk, user: Any, now: dt.datetime) -> None:
    seen = Article.objects.visible_to(user, now)
    drafts = seen.filter(state=State.DRAFT, pk__in=Article.objects.own(user).values("pk"))
    review, coming = seen.filter(state=State.IN_REVIEW), seen.scheduled(now)
    decides = user.has_perm("articles.publish_article")
    if decides or user.has_perm("articles.add_article"):
        counts = seen.order_by().aggregate(
            drafts=Count("pk", filter=Q(pk__in=drafts.order_by().values("pk"))),
            review=Count("pk", filter=Q(state=State.IN_REVIEW)),
            ready=Count("pk", filter=Q(state=State.READY)),
            entrusted=Count("pk", filter=Q(state__in=UNFINISHED, assigned_to=user)),
            overdue=Count(
                "pk", filter=Q(pk__in=Article.objects.overdue(timezone.localdate(now)).order_by().values("pk"))
            ),
        )
        label = ngettext("brouillon à finir", "brouillons à finir", counts["drafts"])
        _add_task(desk, counts["drafts"], label, "articles_article", "etat=draft&mes=1")
        if decides:
            label = ngettext("article à relire", "articles à relire", counts["review"])
            _add_task(desk, counts["review"], label, "articles_article", "etat=in_review")
            label = ngettext("article prêt à publier", "articles prêts à publier", counts["ready"])
            _add_task(desk, counts["ready"], label, "articles_article", "etat=ready")
        label = ngettext("article qui vous est confié", "articles qui vous sont confiés", counts["entrusted"])
        _add_task(desk, counts["entrusted"], label, "articles_article", "confie=moi")
        label = ngettext("article en retard", "articles en retard", counts["overdue"])
        _add_task(desk, counts["overdue"], label, "articles_article", "echeance=retard")
        _add_list(desk, gettext("Mes brouillons"), drafts.order_by("-modified_at"), "modified_at", "etat=draft&mes=1")
        title = gettext("À relire") if decides else gettext("En relecture")
        _add_list(desk, title, review.order_by("modified_at"), "modified_at", "etat=in_review")
        _add_list(desk, gettext("À paraître"), coming.order_by("published_at", "pk"), "published_at", "etat=scheduled")
    out = Article.objects.visible(now).newest_first()
    _add_list(desk, gettext("Parus dernièrement"), out, "published_at", "etat=published", counts_comments=True)


def _add_list(desk: Desk, title: str, articles: Any, dated: str, query: str, *, counts_comments: bool = False) -> None:
    rows = [
        {
            "title": article.title,
            "href": reverse("admin:articles_article_change", args=[article.pk]),
            "at": getattr(article, dated),
            "comments": article.comment_count if counts_comments else 0,
        }
        for article in articles.only("title", "comment_count", dated)[:ROWS]
    ]
    more = f"{reverse('admin:articles_article_changelist')}?{query}"
    desk.lists.append({"title": title, "rows": rows, "more": more})


def _suggestions(desk: Desk, now: dt.datetime) -> None:
    waiting = Suggestion.objects.open().order_by().aggregate(count=Count("pk"), oldest=Min("created_at"))
    if waiting["count"]:
        label = ngettext("correction proposée", "corrections proposées", waiting["count"])
        note = gettext("la plus ancienne attend depuis %s") % age_in_words(now - waiting["oldest"])
        _add_task(desk, waiting["count"], label, "clusters_suggestion", "state__exact=new", note)


def _registry(desk: Desk, today: dt.date) -> None:
    if number := care.number(today):
        label = ngettext("fiche publiée à soigner", "fiches publiées à soigner", number)
        desk.tasks.append(Task(number, label, reverse("admin:clusters_cluster_care")))
    drafts = Cluster.objects.filter(publication="draft").count()
    label = ngettext("fiche en brouillon", "fiches en brouillon", drafts)
    _add_task(desk, drafts, label, "clusters_cluster", "publication__exact=draft")


def age_in_words(age: dt.timedelta) -> str:
    """« 3 jours », « 5 heures », « moins d’une heure »."""
    hours = int(age.total_seconds() // 3600)
    if hours >= 48:
        return ngettext("%d jour", "%d jours", hours // 24) % (hours // 24)
    return ngettext("%d heure", "%d heures", hours) % hours if hours else gettext("moins d’une heure")
