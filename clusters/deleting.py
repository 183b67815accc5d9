"""Deleting in the admin: refused with the list of uses where something would be left broken, asked with it where it is only shorter.

Apart from editing.py because it knows nothing of forms, only of what rests on a record.
"""

import re
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from clusters import history
from clusters.colleagues import deleted_by, last_editor
from clusters.history.leaning import leaning_on
from clusters.related import is_id
from clusters.uses import in_texts, uses


class Deleting(admin.ModelAdmin):
    """An admin that says what uses a record before it goes."""

    uses_shown_apart: tuple[type[models.Model], ...] = ()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, list[Any]]:
        """Refuse what a text leads to as the database refuses what a row refers to; a link is no relation that it knows."""
        listed, counts, lacking, protected = super().get_deleted_objects(objs, request)
        linked = [gettext("%s : des textes y renvoient") % one for one in objs if in_texts(one)]
        leaning = [gettext("%s : une copie de travail en a besoin") % one for one in objs if leaning_on(one).breaks]
        return listed, counts, lacking, [*protected, *linked, *leaning]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        may = record is not None and self.has_delete_permission(request, record)
        context: dict[str, Any] = {
            "uses": uses(self.admin_site, request, record, self.uses_shown_apart) if may else [],
            **(extra_context or {}),
        }
        if not (may and hasattr(record, "version")):
            return super().delete_view(request, object_id, context)
        with transaction.atomic():
            # Held until it is gone: whoever saves at this moment comes before, and is told of here, or finds it gone.
            held = type(record)._base_manager.select_for_update(of=("self",)).filter(pk=record.pk)
            context["version"] = held.values_list("version", flat=True).first()
            seen = request.POST.get("version", "")
            if seen and seen != str(context["version"]):
                request.POST, context["saved_by"] = QueryDict(), last_editor(record)
            return super().delete_view(request, object_id, context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete it from the records that list it too, each with a version of its own that says so."""
        why = gettext("suppression de « %s »") % obj
        with history.adding_to(history.listing(obj), by=request.user, act=history.Act.CHANGED, why=why):
            super().delete_model(request, obj)

    # -- a form whose record is gone

    @property
    def add_address(self) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_add")

    def told_gone(self, request: HttpRequest, object_id: str) -> str:
        """What to say above what was typed into the form of a record that somebody has deleted since; "" if it is there."""
        key = unquote(object_id)
        if not (is_id(key) and request.POST.get("version") and self.has_add_permission(request)):
            return ""
        if self.model._base_manager.filter(pk=key).exists():
            return ""
        who = deleted_by(self.model, key)
        told = (
            gettext("Cette fiche a été supprimée entre-temps par %s : rien n’est enregistré.") % who
            if who
            else gettext("Cette fiche a été supprimée entre-temps : rien n’est enregistré.")
        )
        return f"{told} {gettext('Votre texte est encore ci-dessous : l’enregistrer en fait une nouvelle fiche.')}"


def as_new(sent: QueryDict) -> QueryDict:
    """What the form of a record has sent, as that of a new one: its lines are on record nowhere."""
    made = sent.copy()
    for key in list(made):
        if key in ("version", "replaces", "contested") or re.fullmatch(r"\w+-\d+-id", key):
            del made[key]
        elif key.endswith("-INITIAL_FORMS"):
            made[key] = "0"
    return made
