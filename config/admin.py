"""The admin site: its front page is the newsroom's day, its search finds everything, its tables stand in the order of the work."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

from config import desk_search, housekeeping
from config.desk import desk_of

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
