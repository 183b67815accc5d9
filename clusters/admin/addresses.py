"""Former addresses in the admin: where each leads, and how one is given free for another page.

They are written by the changes of slugs themselves; here they are read, and taken away.
"""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clusters.dates import day_in_words
from clusters.editing import EditorAdmin
from clusters.models import FormerAddress


class KindFilter(admin.SimpleListFilter):
    title, parameter_name = _("type"), "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        kinds = FormerAddress.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, capfirst(apps.get_model(kind)._meta.verbose_name)) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class AddressList(ChangeList):
    """The list's rows with the records that they lead to, in one query for each kind."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        for kind in {row.kind for row in self.result_list}:
            own = [row for row in self.result_list if row.kind == kind]
            found = apps.get_model(kind)._base_manager.in_bulk([row.object_id for row in own])
            for row in own:
                row.known = found.get(row.object_id)


@admin.register(FormerAddress)
class FormerAddressAdmin(EditorAdmin):
    list_display = ["slug", "kind_in_words", "leads_to", "day"]
    list_filter = [KindFilter]
    list_per_page = 50
    search_fields = ["slug"]
    search_help_text = _("Une partie de l’ancienne adresse")
    fields = ["slug", "kind_in_words", "leads_to", "day"]
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AddressList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("type"), ordering="kind")
    def kind_in_words(self, row: FormerAddress) -> str:
        return str(apps.get_model(row.kind)._meta.verbose_name)

    @admin.display(description=_("mène à"))
    def leads_to(self, row: Any) -> str:
        record = row.known if hasattr(row, "known") else row.record
        if record is None:
            return "–"
        options = record._meta
        href = reverse(f"{self.admin_site.name}:{options.app_label}_{options.model_name}_change", args=[record.pk])
        return format_html('<a href="{}">{}</a> ({})', href, record, record.slug)

    @admin.display(description=_("quittée le"), ordering="left_at")
    def day(self, row: FormerAddress) -> str:
        return day_in_words(timezone.localdate(row.left_at))
