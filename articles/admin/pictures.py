"""Pictures in the admin: taken in with the texts that readers need, and listed where those are wanting.

The upload goes through the model's own door; what that refuses is said at the file's field.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Picture
from articles.models.pictures import require_texts
from clusters.admin import badge
from clusters.editing import VersionedAdmin, VersionedForm, as_sentences


def thumbnail(picture: Picture) -> str:
    width = min(picture.width, 240)
    height = round(width * picture.height / picture.width)
    return format_html(
        '<img class="thumbnail" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        picture.thumbnail, picture.alt, width, height,
    )  # fmt: skip


class PictureForm(VersionedForm):
    file = forms.FileField(
        label=_("Fichier"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
        help_text=_("JPEG, PNG, WebP ou AVIF, 15 Mo au plus. La position et les données de l’appareil sont retirées."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        texts = {name: self.cleaned_data.get(name) or "" for name in ("alt", "caption", "credit")}
        texts["is_decorative"] = bool(self.cleaned_data.get("is_decorative"))
        try:
            require_texts(Picture(**texts))
        except ValidationError as error:
            for one in error.error_list:
                self.add_error(one.code, one)
        return self.cleaned_data

    def _post_clean(self) -> None:
        super()._post_clean()
        if "file" in self.fields and not self.errors:
            try:
                texts = {name: getattr(self.instance, name) for name in ("alt", "is_decorative", "caption", "credit")}
                self.instance, self.is_new = Picture.objects.take_in(self.cleaned_data["file"], **texts)
            except ValidationError as error:
                self.add_error("file", error)

    def save(self, commit: bool = True) -> Picture:
        # An added picture is there already: the same file twice is the picture that was there before.
        return self.instance if "file" in self.fields else super().save(commit)

    def save_m2m(self) -> None:
        """A picture has no such relation; the admin calls this after save()."""


class WantingText(admin.SimpleListFilter):
    title, parameter_name = _("textes"), "textes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("manquants", _("texte de remplacement ou crédit manquant"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.wanting_text() if self.value() == "manquants" else queryset


@admin.register(Picture)
class PictureAdmin(VersionedAdmin):
    form = PictureForm
    shows_uses = True
    list_display = ["preview", "__str__", "texts", "credit", "size", "use_count"]
    list_display_links = ["preview", "__str__"]
    list_filter = [WantingText]
    list_per_page = 30
    search_fields = ["caption", "alt", "credit"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(covers=models.Count("covered_articles"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first = ["preview", "size"] if obj else ["file"]
        return [
            (None, {"fields": first}),
            (_("Pour qui ne la voit pas"), {"fields": ["alt", "is_decorative"]}),
            (_("Sous l’image"), {"fields": ["caption", "credit"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["preview", "size"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change or form.is_new:
            super().save_model(request, obj, form, change)
        else:
            text = _("Cette image était déjà dans la bibliothèque ; ses textes sont restés les siens.")
            self.message_user(request, text, messages.WARNING)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if change or form.is_new:  # the same file again writes nothing, and there is nothing to keep
            super().save_related(request, form, formsets, change)

    @admin.display(description=_("aperçu"))
    def preview(self, picture: Picture) -> str:
        return thumbnail(picture)

    @admin.display(description=_("textes"))
    def texts(self, picture: Picture) -> str:
        try:
            require_texts(picture)
        except ValidationError as error:
            return badge("missing", as_sentences(error))
        return badge("plain", _("décorative")) if picture.is_decorative else picture.alt

    @admin.display(description=_("dimensions"))
    def size(self, picture: Picture) -> str:
        return gettext("%(width)s × %(height)s points") % {"width": picture.width, "height": picture.height}

    @admin.display(description=_("articles"), ordering="covers")
    def use_count(self, picture: Any) -> int:
        return picture.covers
