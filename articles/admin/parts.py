"""The parts of a series on its page in the admin: moved up and down, numbered, added and taken out.

It decides nothing: what becomes of an order that a colleague has overtaken stands in articles/ordering.py. Each button is a
form of its own beside the form of the series, so that neither saves the other.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from articles import ordering
from articles.models import Article, Series
from clusters.editing import as_sentences
from clusters.related import OneOf, Suggested, is_id

MOVES = {"up": -1, "down": 1}


class PartForm(forms.Form):
    """An article to add."""

    def __init__(self, *args: Any, site: admin.AdminSite, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["article"] = OneOf(
            Article.objects.visible_to(user),
            label=_("Ajouter un article"),
            widget=Suggested(Article._meta.get_field("read_after").field, site),
            error_messages={"required": _("Choisissez un article à ajouter.")},
        )


class SeriesParts(admin.ModelAdmin):
    """The admin of series, with the order of their parts."""

    def get_urls(self) -> list[URLPattern]:
        page = require_http_methods(["GET", "HEAD", "POST"])(self.parts_page)
        own = path("<path:object_id>/parts/", self.admin_site.admin_view(page), name="articles_series_parts")
        return [own, *super().get_urls()]

    def may_order(self, request: HttpRequest) -> bool:
        """Whether this person may number articles that others wrote, published ones among them."""
        return self.has_change_permission(request) and request.user.has_perm("articles.publish_article")

    def parts_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.may_order(request):
            raise PermissionDenied
        series = get_object_or_404(Series, pk=object_id if is_id(object_id) else None)
        form = PartForm(request.POST if "add" in request.POST else None, site=self.admin_site, user=request.user)
        shown, status = None, 200
        if request.method == "POST":
            try:
                said = self._done(request, series, form)
            except ordering.Overtaken as overtaken:
                shown, status = overtaken.order, 409
                text = gettext(
                    "Quelqu’un a changé ce dossier pendant que vous le rangiez ; rien n’est enregistré. Votre ordre est "
                    "ci-dessous, avec ce qui s’y est ajouté : relisez-le, puis enregistrez-le."
                )
                self.message_user(request, text, messages.WARNING)
            except ValidationError as error:
                status = 422
                self.message_user(request, as_sentences(error), messages.ERROR)
            else:
                self.message_user(request, said, messages.SUCCESS)
                return HttpResponseRedirect(request.path)
        stored = ordering.parts_of(series)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": series,
            "title": gettext("Ranger « %s »") % series,
            "media": self.media + form.media,
            "form": form,
            "parts": shown or stored,
            "seen": " ".join(str(part.pk) for part in stored),
            "is_unsaved": shown is not None,
        }
        return TemplateResponse(request, "admin/articles/series/parts.html", context, status=status)

    def _done(self, request: HttpRequest, series: Series, form: PartForm) -> str:
        """Do what was pressed; a sentence of what was done.

        Raises:
            ValidationError: what was sent is no order, or cannot be done.
        """
        if "add" in request.POST:
            if not form.is_valid():
                raise ValidationError([message for errors in form.errors.values() for message in errors])
            article = form.cleaned_data["article"]
            ordering.add(series, article, by=request.user)
            return gettext("« %s » est ajouté à la fin du dossier.") % article
        if key := request.POST.get("remove", ""):
            gone = ordering.remove(series, int(key), by=request.user) if is_id(key) else None
            if gone is None:
                raise ValidationError(gettext("Cet article n’est plus dans le dossier."))
            return gettext("« %s » n’est plus dans le dossier ; l’article lui-même reste.") % gone
        seen, wanted = _keys(request.POST.get("seen", "").split()), _wanted(request)
        step, _colon, moving = request.POST.get("move", "").partition(":")
        if step in MOVES and is_id(moving):
            wanted = ordering.moved(wanted, int(moving), MOVES[step])
        count = ordering.reorder(series, seen, wanted, by=request.user)
        if not count:
            return gettext("L’ordre est déjà celui-là.")
        return ngettext("%d article a changé de rang.", "%d articles ont changé de rang.", count) % count

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        series = kwargs.get("obj")
        parts = Article.objects.visible_to(request.user).filter(series=series).order_by("series_position").defer("body")
        context["parts"] = list(parts) if series else []
        may = bool(series) and self.may_order(request)
        name = f"{self.admin_site.name}:articles_series_parts"
        context["order_address"] = reverse(name, args=[series.pk]) if may else ""
        return super().render_change_form(request, context, **kwargs)


def _keys(texts: list[str]) -> list[int]:
    if not all(is_id(text) for text in texts):
        raise ValidationError(gettext("Cet ordre n’est pas lisible : rechargez la page."))
    return [int(text) for text in texts]


def _wanted(request: HttpRequest) -> list[int]:
    """The order that was sent: that of the rows, unless numbers were typed; equal ones stay in the order of the rows."""
    keys = _keys(request.POST.getlist("part"))

    def typed(key: int) -> int:
        text = request.POST.get(f"position-{key}", "").strip()
        if not is_id(text):
            raise ValidationError(gettext("Un rang est un nombre : 1 pour la première partie."))
        return int(text)

    # A move is from where the rows stand; the numbers beside them are those that they had.
    return keys if "move" in request.POST else sorted(keys, key=typed)
