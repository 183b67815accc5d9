"""Authors, tags and series in the admin, each with how many articles anybody may see.

They have no publication of their own: they are public as soon as one of their articles is.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, Series, Tag
from clusters.editing import VersionedAdmin


class GatheringAdmin(VersionedAdmin):
    """A tag, author or series, with how many articles anybody may see."""

    shows_uses = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_article_counts()

    @admin.display(description=_("articles publiés"), ordering="article_count")
    def articles_out(self, gathering: Any) -> int:
        return gathering.article_count


@admin.register(Author)
class AuthorAdmin(GatheringAdmin):
    fields = ["name", "bio", "user", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "user", "articles_out"]
    list_select_related = ["user"]
    search_fields = ["name"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = get_user_model().objects.filter(is_staff=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Tag)
class TagAdmin(GatheringAdmin):
    fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["__str__", "articles_out"]
    search_fields = ["name"]


@admin.register(Series)
class SeriesAdmin(GatheringAdmin):
    change_form_template = "admin/articles/series/change_form.html"
    fields = ["title", "standfirst", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    list_display = ["title", "articles_out"]
    search_fields = ["title"]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        series = kwargs.get("obj")
        parts = Article.objects.visible_to(request.user).filter(series=series).order_by("series_position").defer("body")
        context["parts"] = list(parts) if series else []
        return super().render_change_form(request, context, **kwargs)
