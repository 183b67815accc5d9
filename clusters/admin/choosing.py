"""A filter of a list by one row of another table, typed and chosen as in a form: nothing of that table is asked until then.

Django's own names every row beside the list: a query for each such filter, and hundreds of links.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from clusters.related import OneOf, Suggested, is_id


class ChosenFilter(admin.RelatedFieldListFilter):
    """Rows that are related to one chosen row.

    Attributes:
        chosen: that row; None while none is chosen.
        control: the field in which a row is chosen.
        others: the rest of the query of the list, as (name, value), which choosing keeps.
    """

    template = "admin/chosen_filter.html"

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        self.title = field.remote_field.model._meta.verbose_name  # one, though the relation may hold several
        asked = self.lookup_val[-1] if self.lookup_val else None
        if not asked:  # the form sent with nothing in it
            self.lookup_val = None
            self.used_parameters.pop(self.lookup_kwarg, None)
        rows = self._shown(field, request, model_admin)
        self.chosen = rows.filter(pk=asked).first() if asked and is_id(asked) else None
        widget = Suggested(field, model_admin.admin_site)
        widget.known = lambda: {str(self.chosen.pk): self.chosen} if self.chosen else {}
        form = forms.Form(initial={self.lookup_kwarg: asked}, auto_id="filter-%s")
        form.fields[self.lookup_kwarg] = OneOf(rows, required=False, label=self.title, widget=widget)
        self.control = form[self.lookup_kwarg]
        own = {*self.expected_parameters(), "p", "e"}  # another choice begins at the first page, and forgives the last
        self.others = [(name, value) for name, values in request.GET.lists() if name not in own for value in values]

    @classmethod
    def media(cls, model_admin: admin.ModelAdmin, names: Iterator[str]) -> forms.Media:
        """What a list with such filters needs besides its own."""
        fields = (model_admin.model._meta.get_field(name) for name in names)
        own = forms.Media(css={"all": ["css/choosing.css"]})
        return sum((Suggested(field, model_admin.admin_site).media for field in fields), own)

    def field_choices(self, field: models.Field, request: HttpRequest, model_admin: Any) -> list[Any]:
        return []

    def _shown(self, field: Any, request: HttpRequest, model_admin: Any) -> models.QuerySet:
        """The rows that the related admin shows this person."""
        owner = model_admin.admin_site.get_model_admin(field.remote_field.model)
        self.may_choose = owner.has_view_permission(request)
        return owner.get_queryset(request) if self.may_choose else field.remote_field.model._default_manager.none()

    def has_output(self) -> bool:
        return self.may_choose

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """All of the list, and what has been chosen."""
        without = changelist.get_query_string(remove=self.expected_parameters())
        is_on = bool(self.lookup_val or self.lookup_val_isnull)
        yield {"selected": not is_on, "query_string": without, "display": gettext("Tout")}
        if is_on:
            yield {"selected": True, "query_string": "", "display": str(self.chosen or gettext("introuvable"))}

    def shown(self) -> SafeString:
        """The field, as HTML."""
        return self.control.as_widget()
