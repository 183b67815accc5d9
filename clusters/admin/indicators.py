"""Indicators in the admin: what figures count. Once one has figures, what it means stays as it is."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clusters.editing import VersionedAdmin, VersionedForm
from clusters.models import Indicator
from clusters.models.facts import MEANING_STAYS


class IndicatorForm(VersionedForm):
    def clean(self) -> dict[str, Any]:
        """Tell whoever has typed into a field that a figure has closed since: what was typed is not passed over in silence."""
        super().clean()
        closed = [name for name in Indicator.MEANING if name in self.data and name not in self.fields]
        if any(self.data[name] != getattr(self.instance, name) for name in closed):
            self.add_error(None, MEANING_STAYS)
        return self.cleaned_data


@admin.register(Indicator)
class IndicatorAdmin(VersionedAdmin):
    form = IndicatorForm
    shows_uses = True
    list_display = ["label", "unit", "measure", "behaviour", "is_additive", "figures"]
    list_filter = ["measure", "behaviour"]
    search_fields = ["label", "code", "counts"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        stays = MEANING_STAYS if obj and obj.has_figures else ""
        rows = ("unit", "measure"), ("behaviour", "is_additive"), ("freshness_days", "position")
        return [(None, {"fields": [("label", "code"), "counts", *rows], "description": stays})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return Indicator.MEANING if obj and obj.has_figures else ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(figure_count=models.Count("observations"))

    @admin.display(description=_("chiffres"), ordering="figure_count")
    def figures(self, indicator: Any) -> int:
        return indicator.figure_count
