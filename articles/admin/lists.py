"""The list of articles in the admin: its rows, and the filters that make it the list of what is to be done.

Apart from the form, with which it has nothing in common but the article.
"""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Citation, Remark, State
from articles.models.articles import COMING
from articles.models.states import UNFINISHED
from clusters.admin import Incomplete

ENDED = _("Arrivé à terme")


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("état"), "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (State.DRAFT, State.DRAFT.label),
            (State.IN_REVIEW, State.IN_REVIEW.label),
            ("a_relire", _("À relire, copies comprises")),
            (State.READY, State.READY.label),
            ("scheduled", _("Programmé")),
            (State.PUBLISHED, State.PUBLISHED.label),
            ("ended", ENDED),
            (State.WITHDRAWN, State.WITHDRAWN.label),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "a_relire":
            return queryset.awaiting_review()
        if self.value() == "scheduled":
            return queryset.scheduled()
        if self.value() == "ended":
            return queryset.ended()
        if self.value() == State.PUBLISHED:
            return queryset.visible()
        return queryset.filter(state=self.value()) if self.value() in State.values else queryset


class MineFilter(admin.SimpleListFilter):
    title, parameter_name = _("signature"), "mes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("mes articles"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.own(request.user) if self.value() == "1" else queryset


class EntrustedFilter(admin.SimpleListFilter):
    title, parameter_name = _("responsable"), "confie"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("moi", _("à moi, à finir")), ("personne", _("à personne, à finir"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        whose = {"moi": request.user, "personne": None}
        if self.value() not in whose:
            return queryset
        return queryset.entrusted_to(whose[self.value()])


class DueFilter(admin.SimpleListFilter):
    title, parameter_name = _("échéance"), "echeance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("retard", _("en retard")), ("semaine", _("dans les sept jours"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "retard":
            return queryset.overdue()
        if self.value() == "semaine":
            today = timezone.localdate()
            return queryset.filter(state__in=UNFINISHED, due_on__range=(today, today + dt.timedelta(days=7)))
        return queryset


class ComingFilter(admin.SimpleListFilter):
    """What happens by itself; see COMING."""

    title, parameter_name = _("ce qui vient"), "avenir"
    columns = {"parution": ["published_at"], "modification": ["copy_due_at"], "fin": ["ends_at"], "tout": COMING}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("tout", _("tout ce qui vient")),
            ("parution", _("parution")),
            ("modification", _("modifications programmées")),
            ("fin", _("départ du site")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        columns = self.columns.get(self.value() or "")
        return queryset.coming(None, *columns) if columns else queryset


class CopyFilter(admin.SimpleListFilter):
    title, parameter_name = _("copie de travail"), "copie"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("oui", _("avec une copie")),
            ("relire", _("à relire")),
            ("refusee", _("refusée à son heure")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "refusee":
            return queryset.refused()
        asked = {"oui": {"working_copy__isnull": False}, "relire": {"copy_in_review": True}}
        return queryset.filter(**asked.get(self.value() or "", {}))


class RemarksFilter(admin.SimpleListFilter):
    title, parameter_name = _("remarques"), "remarques"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("moi", _("attendent ma réponse"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "moi":
            return queryset
        return queryset.filter(pk__in=Remark.objects.waiting_for(request.user).order_by().values("article"))


class ArticleIncomplete(Incomplete):
    choices_of = {
        "image": (_("image de tête"), lambda rows: rows.filter(cover=None)),
        "source": (_("source"), lambda rows: rows.filter(citations=None)),
        "mot-diese": (_("mot-dièse"), lambda rows: rows.filter(tags=None)),
        "description": (_("description"), lambda rows: rows.filter(description="")),
        "cluster": (_("cluster"), lambda rows: rows.filter(clusters=None)),
    }


class ArticleList(ChangeList):
    """The list's rows with what it prints of them, in as many queries for twelve rows as for two."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        cited = Citation.objects.filter(article=models.OuterRef("pk"))
        rows = super().get_queryset(request, exclude_parameters).with_teaser().select_related("assigned_to")
        return rows.annotate(has_source=models.Exists(cited))
