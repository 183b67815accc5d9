"""Pictures taken in without a form: dropped, pasted, or several at once; and found again from inside an article.

Apart from the library because what speaks here is a script (static/js/admin/upload.js), which shows the answers that it gets.
The same address takes the plain form of those who have no script.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext

from articles.models import Picture, PictureUpload
from articles.models.pictures import require_texts
from clusters import history
from clusters.editing import as_sentences
from clusters.related import is_id

CHOICES = 24
"""Pictures that the chooser shows at a time."""
AT_ONCE = 20
"""Files that the plain form takes at a time."""


class UploadTexts(forms.ModelForm):
    """Texts that may come along with a file; none has to."""

    class Meta:
        model = Picture
        fields = ["alt", "is_decorative", "caption", "credit"]


@dataclass(frozen=True)
class Taken:
    """A file that was taken in, or refused: then there is no picture, and `told` says why."""

    told: str
    picture: Picture | None = None
    is_new: bool = False


def described(picture: Picture) -> dict[str, Any]:
    """A picture for a script of the admin."""
    return {
        "id": picture.pk,
        "label": str(picture),
        "thumb": picture.thumbnail,
        "width": picture.width,
        "height": picture.height,
        "alt": picture.alt,
        "is_decorative": picture.is_decorative,
        "caption": picture.caption,
        "credit": picture.credit,
        "address": reverse("admin:articles_picture_change", args=[picture.pk]),
    }


class PictureUploads(admin.ModelAdmin):
    """An admin of pictures that takes files in and offers what is there."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("upload/", view(self.upload_view), name="articles_picture_upload"),
            path("choices/", view(self.choices_view), name="articles_picture_choices"),
            *super().get_urls(),
        ]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """POST `file`, and texts if there are any. One file for a script, which is answered in JSON; several for a form.

        JSON: `id, label, thumb, width, height, alt, is_decorative, caption, credit, address, is_new, told` (201, or 200 if it
        was there before); a refusal is `told` alone (403, 405, 422).
        """
        is_script = "application/json" in request.headers.get("Accept", "")
        may = self.has_add_permission(request)
        if request.method != "POST" or not may:
            if is_script:
                told = (
                    gettext("Votre rôle ne permet pas d’ajouter une image.")
                    if not may
                    else gettext("Envoyez un fichier.")
                )
                return JsonResponse({"told": told}, status=405 if may else 403)
            if not may:
                raise PermissionDenied
            return HttpResponseRedirect(reverse("admin:articles_picture_changelist"))
        uploads = request.FILES.getlist("file")
        if not is_script:
            return self._answer_form(request, uploads)
        if len(uploads) != 1:
            return JsonResponse({"told": gettext("Envoyez une image, et une seule à la fois.")}, status=422)
        taken = self.take(request, uploads[0], UploadTexts(request.POST))
        if taken.picture is None:
            return JsonResponse({"told": taken.told}, status=422)
        picture = self.get_queryset(request).get(pk=taken.picture.pk)  # with the name of its file
        answer = {**described(picture), "is_new": taken.is_new, "told": taken.told}
        return JsonResponse(answer, status=201 if taken.is_new else 200)

    def take(self, request: HttpRequest, upload: Any, texts: UploadTexts | None = None) -> Taken:
        """Take one file into the library, signed and kept like a picture that was added by its form."""
        if texts is not None and not texts.is_valid():
            return Taken(" ".join(sentence for sentences in texts.errors.values() for sentence in sentences))
        told = {name: getattr(texts.instance, name) for name in UploadTexts.Meta.fields} if texts else {}
        try:
            PictureUpload.objects.receive_early(upload)
            with transaction.atomic():
                picture, is_new = Picture.objects.take_in(upload, modified_by=request.user, **told)
                if is_new:
                    self.log_addition(request, picture, [{"added": {}}])
                    history.keep(picture, by=request.user, act=history.Act.CREATED)
        except ValidationError as error:
            return Taken(as_sentences(error))
        if not is_new:
            return Taken(gettext("Cette image était déjà dans la bibliothèque."), picture)
        try:
            require_texts(picture)
        except ValidationError as error:
            return Taken(f"{gettext('Image ajoutée à la bibliothèque.')} {as_sentences(error)}", picture, is_new)
        return Taken(gettext("Image ajoutée à la bibliothèque."), picture, is_new)

    def _answer_form(self, request: HttpRequest, uploads: list[Any]) -> HttpResponse:
        for upload in uploads[:AT_ONCE]:
            taken = self.take(request, upload)
            level = messages.ERROR if not taken.picture else messages.SUCCESS if taken.is_new else messages.WARNING
            words = {"name": upload.name, "told": taken.told}
            self.message_user(request, gettext("%(name)s : %(told)s") % words, level)
        if not uploads:
            self.message_user(request, gettext("Choisissez d’abord un fichier."), messages.ERROR)
        if rest := len(uploads[AT_ONCE:]):
            told = (
                ngettext("%d fichier de trop n’a pas été pris.", "%d fichiers de trop n’ont pas été pris.", rest) % rest
            )
            self.message_user(request, told, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:articles_picture_changelist"))

    def choices_view(self, request: HttpRequest) -> HttpResponse:
        """`?q=` and `?p=`, or `?id=`: pictures to choose from, as JSON: `pictures` (as an upload is answered), `page`, `has_more`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = " ".join(request.GET.get("q", "").split())[:200]
        found, _duplicates = self.get_search_results(request, self.get_queryset(request), asked)
        if number := request.GET.get("id", ""):
            found = found.filter(pk=int(number) if is_id(number) else 0)
        page = Paginator(found.order_by("-created_at", "-pk"), CHOICES).get_page(request.GET.get("p"))
        pictures = [described(picture) for picture in page]
        return JsonResponse({"pictures": pictures, "page": page.number, "has_more": page.has_next()})
