"""The picture at the head of an article, brought along with the article's form: it goes to the library and becomes the cover.

Apart from the article's admin because the file is the library's matter. With a script it is sent as soon as it is chosen
(static/js/admin/cover.js); without, it goes along when the article is saved.
"""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from js_asset import Script

from articles.models import Picture, PictureUpload
from clusters import history
from clusters.editing import VersionedForm

FIELD = "cover_file"


class CoverForm(VersionedForm):
    """A form with a file that becomes the record's `cover`."""

    fills = {FIELD: "cover"}
    cover_file = forms.FileField(
        required=False, label=_("Ou un nouveau fichier"),
        help_text=_("JPEG, PNG, WebP ou AVIF, 15 Mo au plus ; il rejoint la bibliothèque et passe en tête de l’article."),
        widget=forms.FileInput(attrs={
            "accept": "image/jpeg,image/png,image/webp,image/avif",
            "data-upload-address": reverse_lazy("admin:articles_picture_upload"),
            "data-choices-address": reverse_lazy("admin:articles_picture_choices"),
        }),
    )  # fmt: skip
    new_cover: Picture | None = None

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors and (upload := self.cleaned_data.get(FIELD)):
            try:
                self.instance.cover, is_new = Picture.objects.take_in(upload)
            except ValidationError as error:
                self.add_error(FIELD, error)
            else:
                self.new_cover = self.instance.cover if is_new else None


class CoverUploads(admin.ModelAdmin):
    """An admin whose form takes the file of a cover, from those who may add a picture."""

    class Media:
        css = {"all": ["css/library.css"]}
        js = (Script("js/admin/cover.js", type="module"),)

    def _takes_files(self, request: HttpRequest, obj: Any = None) -> bool:
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return may_write and self.admin_site.get_model_admin(Picture).has_add_permission(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if not self._takes_files(request, obj):
            form.base_fields.pop(FIELD, None)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if self._takes_files(request, obj):
            return fieldsets
        return [
            (name, {**options, "fields": [one for one in options["fields"] if one != FIELD]})
            for name, options in fieldsets
        ]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        upload = request.FILES.get(FIELD) if request.method == "POST" else None
        if upload and self.admin_site.get_model_admin(Picture).has_add_permission(request):
            self._take_in_early(request, object_id, upload)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _take_in_early(self, request: HttpRequest, object_id: str | None, upload: Any) -> None:
        """Do the work of an upload before the save that it belongs to begins.

        For a record whose save makes a working copy the picture itself joins the library now: of that save all rows are
        undone, and the copy would have a cover that is not there.
        """
        record = self.get_object(request, unquote(object_id)) if object_id else None
        if record is None or not history.is_copied(record):
            PictureUpload.objects.receive_early(upload)
            return
        with suppress(ValidationError):  # the form, which asks again, says why
            picture, is_new = Picture.objects.take_in(upload)
            if is_new:
                history.keep(picture, by=request.user, act=history.Act.CREATED)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if picture := getattr(form, "new_cover", None):
            history.keep(picture, by=request.user, act=history.Act.CREATED)
        super().save_model(request, obj, form, change)
