"""The settings of the map in the admin: one row, straight to its form, nothing to add and nothing to delete.

Who may change it stands in config/roles.py; what it changes is seen on the map at once, since nothing keeps the page.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from clusters.editing import VersionedAdmin, VersionedForm
from clusters.models import MapSettings


class MapSettingsForm(VersionedForm):
    class Meta:
        widgets = {"boundary": forms.RadioSelect, "note": forms.Textarea(attrs={"rows": 3})}


@admin.register(MapSettings)
class MapSettingsAdmin(VersionedAdmin):
    form = MapSettingsForm
    fieldsets = [(None, {"fields": ["boundary", "note"]})]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The form itself: a list of one row would be a page to click through."""
        return self.changeform_view(request, "1", extra_context=extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        alone = {"subtitle": None, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, {**alone, **(extra_context or {})})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> models.Model | None:
        """The settings, even before anybody has saved them."""
        return MapSettings.current() if str(object_id) == "1" else None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # Nothing is there before the first save: of two people who make it, the second finds the version of the first.
        MapSettings.objects.get_or_create(pk=obj.pk)
        super().save_model(request, obj, form, change)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Stay: there is no list to go back to."""
        where = reverse("clusters:map")
        said = format_html('{} <a href="{}">{}</a>', gettext("Réglages enregistrés."), where, gettext("Voir la carte"))
        self.message_user(request, said, messages.SUCCESS)
        return redirect(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")
