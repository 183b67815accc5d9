"""Links in the admin: the list of those to repair, and what is said before a page goes that others lead to.

It decides nothing: what is broken stands in articles/models/links.py, and outside pages are asked by a command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from articles.models import Article, Link
from articles.models.links import BROKEN_FROM, Kind, LinkQuerySet, Verdict
from clusters.paging import page_of

PER_PAGE = 50
SHOWN = 8
"""Articles that a warning names."""

STATES: dict[str, tuple[Any, Callable[[LinkQuerySet], LinkQuerySet]]] = {
    "reparer": (_("À réparer"), lambda links: links.to_repair()),
    "echecs": (
        _("Sans réponse, à redemander"),
        lambda links: links.filter(outside__verdict=Verdict.FAILED, outside__failures__lt=BROKEN_FROM),
    ),
    "deplaces": (_("Page déplacée"), lambda links: links.filter(outside__verdict=Verdict.MOVED)),
    "robots": (_("À vérifier à la main"), lambda links: links.filter(outside__verdict=Verdict.SHY)),
    "jamais": (_("Jamais vérifiés"), lambda links: links.filter(outside__checked_at=None, kind=Kind.OUTSIDE)),
    "bons": (_("Répondent"), lambda links: links.filter(outside__verdict=Verdict.OK)),
    "tous": (_("Tous les liens"), lambda links: links.all()),
}
"""What the list can be narrowed to: key → words, and which links."""
WHERE = {
    "interieur": (_("du site"), lambda links: links.exclude(kind=Kind.OUTSIDE)),
    "exterieur": (_("extérieurs"), lambda links: links.filter(kind=Kind.OUTSIDE)),
}

READ = {"parus": (_("que les lecteurs voient"), lambda links: links.visible())}
"""Of which articles."""


@dataclass(frozen=True)
class Choice:
    label: str
    href: str
    is_chosen: bool
    number: int | None = None


@dataclass(frozen=True)
class Row:
    """A link as the list shows it.

    Attributes:
        target: where it leads, for those who want to see for themselves; "" within the site.
    """

    link: Link
    article_href: str
    said: str
    target: str


def said_of(link: Link) -> str:
    """What is wrong with a link, or that nothing is."""
    page = link.outside
    if page is None:
        return gettext("Cette page du site n’existe pas.") if link.is_lost else gettext("Page du site.")
    if page.verdict == Verdict.FAILED:
        times = ngettext("%d échec", "%d échecs de suite", page.failures) % page.failures
        code = f" ({page.status})" if page.status else ""
        return gettext("%(why)s%(code)s %(times)s.") % {"why": page.error, "code": code, "times": times}
    if page.verdict == Verdict.MOVED:
        return gettext("Déplacée pour de bon : %s") % page.moved_to
    if page.verdict == Verdict.SHY:
        return gettext("Le site ne répond pas aux programmes (%s) : ouvrez la page pour voir.") % page.status
    return gettext("Répond.") if page.verdict else gettext("Pas encore vérifiée.")


class LinksToRepair(admin.ModelAdmin):
    """The articles' admin, with the list of links to repair."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(require_safe(self.links_page))
        return [path("links/", page, name="articles_article_links"), *super().get_urls()]

    def links_page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("etat", "")
        state = asked if asked in STATES else "reparer"
        where = request.GET.get("ou", "") if request.GET.get("ou", "") in WHERE else ""
        seen = Link.objects.filter(article__in=Article.objects.visible_to(request.user).order_by().values("pk"))
        read = request.GET.get("articles", "") if request.GET.get("articles", "") in READ else ""
        narrowed = WHERE[where][1](seen) if where else seen
        narrowed = READ[read][1](narrowed) if read else narrowed
        found = STATES[state][1](narrowed).select_related("article", "outside").defer("article__body")
        page = page_of(found.order_by("article__title", "article_id", "pk"), request, PER_PAGE)
        links = list(page.object_list)
        lost = set(Link.objects.filter(pk__in=[link.pk for link in links]).lost().values_list("pk", flat=True))

        def address(**changed: str) -> str:
            asks = {"etat": state, "ou": where, "articles": read} | changed
            return f"?{urlencode({name: value for name, value in asks.items() if value})}"

        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Liens à réparer"),
            "page": page,
            "rows": [self._row(link, link.pk in lost) for link in links],
            "chosen": STATES[state][0],
            "states": [
                Choice(str(label), address(etat=key), key == state, narrow(narrowed).order_by().count())
                for key, (label, narrow) in STATES.items()
            ],
            "places": [
                Choice(gettext("tous"), address(ou=""), not where),
                *(Choice(str(label), address(ou=key), key == where) for key, (label, _narrow) in WHERE.items()),
            ],
            "articles": [
                Choice(gettext("tous"), address(articles=""), not read),
                *(Choice(str(label), address(articles=key), key == read) for key, (label, _narrow) in READ.items()),
            ],
            "querystring": address()[1:],
        }
        return TemplateResponse(request, "admin/articles/article/links.html", context)

    def _row(self, link: Any, is_lost: bool) -> Row:
        link.is_lost = is_lost
        href = reverse(f"{self.admin_site.name}:articles_article_change", args=[link.article_id])
        return Row(link, href, said_of(link), link.outside.url if link.outside else "")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        links = {"links_address": reverse(f"{self.admin_site.name}:articles_article_links")}
        return super().changelist_view(request, {**links, **(extra_context or {})})


def warn_of_links(model_admin: admin.ModelAdmin, request: HttpRequest, article: Article) -> None:
    """Say which articles lead to one that has just left the site: readers see the words there, and no link."""
    linking = Article.objects.filter(pk__in=Link.objects.to(article).values("article")) | Article.objects.filter(
        pk__in=article.read_after.values("article")
    )
    rows = list(linking.visible_to(request.user).distinct().order_by("title", "pk").defer("body")[: SHOWN + 1])
    if not rows:
        return
    site = model_admin.admin_site.name
    listed = format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        ((reverse(f"{site}:articles_article_change", args=[row.pk]), row.title) for row in rows[:SHOWN]),
    )
    more = gettext(" et d’autres") if len(rows) > SHOWN else ""
    text = gettext("Des articles y renvoient ; leurs lecteurs n’y verront plus de lien : {}{}. Relisez-les.")
    model_admin.message_user(request, format_html(text, listed, more), messages.WARNING)
