"""Deleting in the admin: refused with the list of uses where something would be left broken, asked with it where it is only shorter.

Apart from editing.py because it knows nothing of forms, only of what rests on a record.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from clusters import history
from clusters.uses import in_texts, uses


class Deleting(admin.ModelAdmin):
    """An admin that says what uses a record before it goes."""

    uses_shown_apart: tuple[type[models.Model], ...] = ()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, list[Any]]:
        """Refuse what a text leads to as the database refuses what a row refers to; a link is no relation that it knows."""
        listed, counts, lacking, protected = super().get_deleted_objects(objs, request)
        linked = [one for one in objs if in_texts(one)]
        return listed, counts, lacking, [*protected, *(gettext("%s : des textes y renvoient") % one for one in linked)]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        may = record is not None and self.has_delete_permission(request, record)
        found = uses(self.admin_site, request, record, self.uses_shown_apart) if may else []
        return super().delete_view(request, object_id, {"uses": found, **(extra_context or {})})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete it from the records that list it too, each with a version of its own that says so."""
        why = gettext("suppression de « %s »") % obj
        with history.adding_to(history.listing(obj), by=request.user, act=history.Act.CHANGED, why=why):
            super().delete_model(request, obj)
