"""The texts that pictures lack, as a list to work through: a picture beside its fields, twenty in one form.

Each row is saved by itself, against the version that it was read at: what somebody else has saved meanwhile refuses that row
alone, with what was typed still in it.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from articles.models import Picture
from clusters import history
from clusters.editing import as_sentences
from clusters.related import is_id

PER_PAGE = 20


class RowForm(forms.ModelForm):
    """The texts of one picture of the list. They may be filled in one by one: the picture stays listed until none is missing."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Picture
        fields = ["alt", "is_decorative", "credit"]
        widgets = {
            "alt": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "credit": forms.TextInput(attrs={"class": "vTextField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for name in self.Meta.fields:
            # What was read is sent along: a row that nobody has typed in is not theirs to save.
            self.fields[name].show_hidden_initial = True


class PictureTexts(admin.ModelAdmin):
    """An admin of pictures with the list of those that lack a text."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.texts_view)
        return [path("texts/", view, name="articles_picture_texts"), *super().get_urls()]

    def texts_view(self, request: HttpRequest) -> HttpResponse:
        """Pictures that lack an alternative text or a credit, those that readers see first."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        refused: list[RowForm] = []
        if request.method == "POST":
            refused = self._save_rows(request)
            if not refused:
                return HttpResponseRedirect(reverse("admin:articles_picture_texts"))
        rows = self.get_queryset(request).wanting_text().order_by("-cover_count", "-body_count", "-created_at", "-pk")
        page = Paginator(rows.exclude(pk__in=[form.instance.pk for form in refused]), PER_PAGE).get_page(
            request.GET.get("p") if not refused else 1
        )
        forms_shown = [*refused, *(RowForm(instance=picture, prefix=_prefix(picture.pk)) for picture in page)]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Textes manquants"),
            "rows": [(form, reverse("admin:articles_picture_change", args=[form.instance.pk])) for form in forms_shown],
            "total": page.paginator.count + len(refused),
            "page": page,
            "media": self.media,
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
        }
        return TemplateResponse(request, "admin/articles/picture/texts.html", context)

    def _save_rows(self, request: HttpRequest) -> list[RowForm]:
        """Save what was typed, row by row; the forms of the rows that were refused."""
        ids = [int(one) for one in request.POST.getlist("picture") if is_id(one)][: 2 * PER_PAGE]
        pictures = self.get_queryset(request).in_bulk(ids)
        saved, refused = 0, []
        for picture in (pictures[pk] for pk in dict.fromkeys(ids) if pk in pictures):
            form = RowForm(request.POST, instance=picture, prefix=_prefix(picture.pk))
            if not set(form.changed_data) - {"version"}:
                continue
            if form.is_valid():
                try:
                    self._save_row(request, form)
                except ValidationError as error:
                    self._tell(form, error)
                else:
                    saved += 1
            if form.errors:
                refused.append(form)
        if missing := len(set(ids) - pictures.keys()):
            told = ngettext(
                "%d image a été supprimée entre-temps.", "%d images ont été supprimées entre-temps.", missing
            )
            self.message_user(request, told % missing, messages.WARNING)
        if saved:
            told = ngettext("%d image enregistrée.", "%d images enregistrées.", saved) % saved
            self.message_user(request, told, messages.SUCCESS)
        elif not refused:
            self.message_user(request, gettext("Rien n’a été changé."), messages.INFO)
        return refused

    def _save_row(self, request: HttpRequest, form: RowForm) -> None:
        picture = form.instance
        picture.version = form.cleaned_data["version"]
        with history.changing(picture, by=request.user, act=history.Act.CHANGED):
            picture.save(update_fields=[*RowForm.Meta.fields, "modified_at"])
        changed = [name for name in form.changed_data if name != "version"]
        self.log_change(request, picture, [{"changed": {"fields": changed}}])

    def _tell(self, form: RowForm, error: ValidationError) -> None:
        """Say why a row is not saved, and what is stored by now: sent again, it replaces that knowingly."""
        stored = Picture.objects.get(pk=form.instance.pk)
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = str(stored.version)
        form.add_error(None, gettext("Cette image n’est pas enregistrée. %s") % as_sentences(error))
        words = {"alt": stored.alt or "–", "credit": stored.credit or "–"}
        told = gettext("Enregistré à présent : texte de remplacement « %(alt)s », crédit « %(credit)s ».") % words
        form.add_error(None, told)


def _prefix(pk: int) -> str:
    return f"p{pk}"
