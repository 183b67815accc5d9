"""Authors, tags and series in the admin, each with how many articles anybody may see.

They have no publication of their own: they are public as soon as one of their articles is.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.admin.making import TagMaking, is_choosing
from articles.admin.merging import TagMerging
from articles.admin.parts import SeriesParts
from articles.models import Author, Series, Tag
from clusters.admin import badge
from clusters.editing import VersionedAdmin, VersionedForm


class GatheringList(ChangeList):
    """A list that tells of each row how many articles anybody may see; a form that names a few rows needs no such count."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        self.root_queryset = self.root_queryset.with_article_counts()
        return super().get_queryset(request, exclude_parameters)


class GatheringAdmin(VersionedAdmin):
    """A tag, author or series."""

    shows_uses = True

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return GatheringList

    @admin.display(description=_("articles publiés"), ordering="article_count")
    def articles_out(self, gathering: Any) -> int:
        return gathering.article_count


@admin.register(Author)
class AuthorAdmin(GatheringAdmin):
    fields = ["name", "bio", "user", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "account", "articles_out"]
    list_filter = [("user", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["name"]

    @admin.display(description=_("compte"), ordering="user")
    def account(self, author: Author) -> str:
        return str(author.user) if author.user_id else badge("guest", _("invité"))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = get_user_model().objects.filter(is_staff=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TagForm(VersionedForm):
    def clean_name(self) -> str:
        """Refuse what differs from another tag by nothing but capitals and accents; readers would have two pages of one thing."""
        name = self.cleaned_data["name"].strip().lstrip("#")
        if name != self.instance.name:
            other = Tag.objects.exclude(pk=self.instance.pk).alike(name).first()
            if other and other.name != name:
                raise ValidationError(
                    _("%(other)s existe déjà, aux capitales et aux accents près : prenez-le, ou renommez-le."),
                    params={"other": other},
                )
        return name


class MergedFilter(admin.SimpleListFilter):
    title, parameter_name = _("fusion"), "fusion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("fusionnés dans un autre"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.exclude(merged_into=None) if self.value() == "oui" else queryset


@admin.register(Tag)
class TagAdmin(TagMerging, TagMaking, GatheringAdmin):
    form = TagForm
    change_form_template = "admin/articles/tag/change_form.html"
    fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["__str__", "articles_out", "leads_to"]
    list_filter = [MergedFilter]
    list_select_related = ["merged_into"]
    search_fields = ["name", "merged_from__name"]
    uses_shown_apart = (Tag,)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if not is_choosing(request):
            return found, duplicates
        # Where one is chosen, the name of a merged one finds the other, and nobody types accents to find « Économie ».
        held = Tag.objects.holding(search_term)
        found = queryset.filter(Q(pk__in=held) | Q(merged_from__in=held)) if search_term else found
        return found.filter(merged_into=None), True

    @admin.display(description=_("mène à"), ordering="merged_into")
    def leads_to(self, tag: Tag) -> str:
        return str(tag.merged_into) if tag.merged_into_id else ""


@admin.register(Series)
class SeriesAdmin(SeriesParts, GatheringAdmin):
    change_form_template = "admin/articles/series/change_form.html"
    fields = ["title", "standfirst", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    list_display = ["title", "articles_out"]
    search_fields = ["title"]
