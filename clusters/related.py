"""Relations in the editors' forms: an id is a bounded number, and a row that a person may not see is no row to them.

Apart from editing.py because Django leaves both open: its choice fields hand any text to the database, and only its
suggestions are narrowed to what the related admin shows, not what is sent.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple, ForeignKeyRawIdWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

ID_DIGITS = 18
"""Digits that every database holds in a big integer, and SQLite's driver takes."""
REFUSED_LOOKUPS = frozenset({"regex", "iregex", "year", "iso_year"})
"""Their values can be such that the database or the calendar fails; no filter of ours asks for them."""


def is_id(value: Any) -> bool:
    """Whether this is a number that a row could have."""
    text = str(value)
    return text.isascii() and text.isdecimal() and len(text) <= ID_DIGITS


def may_look_up(lookup: str, values: Any) -> bool:
    """Whether the database can be asked this: no pattern, no number beyond its own."""
    asked = values if isinstance(values, (list, tuple)) else [values]
    numbers = (part.strip().lstrip("+-") for value in asked for part in str(value).split(","))
    too_long = any(number.isdecimal() and len(number) > ID_DIGITS for number in numbers)
    return not too_long and REFUSED_LOOKUPS.isdisjoint(lookup.split("__"))


class OneOf(forms.ModelChoiceField):
    """One row, by its id."""

    def to_python(self, value: Any) -> Any:
        if not (value in self.empty_values or isinstance(value, models.Model) or is_id(value)):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": ""})
        return super().to_python(value)


class SomeOf(forms.ModelMultipleChoiceField):
    """Several rows, by their ids."""

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, (list, tuple)) else ():
            if not (isinstance(one, models.Model) or is_id(one)):
                shown = {"pk": str(one)[:ID_DIGITS]}
                raise ValidationError(self.error_messages["invalid_pk_value"], code="invalid_pk_value", params=shown)
        return super().clean(value)


class IdsOnly:
    """A widget with suggestions that looks up nothing but ids."""

    def optgroups(self, name: str, value: list[Any], attrs: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if one == "" or is_id(one)], attrs)


class Suggested(IdsOnly, AutocompleteSelect):
    """One row, shown by its name.

    Attributes:
        known: for a column of many lines: ids as text → the rows of all of them, asked for once.
    """

    known: Callable[[], Mapping[str, models.Model]] | None = None

    def optgroups(self, name: str, value: list[Any], attrs: Any = None) -> Any:
        if self.known is None:
            return super().optgroups(name, value, attrs)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        rows = self.known()
        for row in (rows[one] for one in value if one in rows):
            label = self.choices.field.label_from_instance(row)
            options.append(self.create_option(name, row.pk, label, True, len(options)))
        return [(None, options, 0)]


class SuggestedMany(IdsOnly, AutocompleteSelectMultiple):
    pass


class RawId(ForeignKeyRawIdWidget):
    """An id, typed; what is none is shown again as it was typed, without a row beside it."""

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        return super().label_and_url_for_value(value) if is_id(value) else ("", "")


class RelatedRows(BaseModelAdmin):
    """An admin, or its lines, whose relations take the rows that the related admin shows this person, and no others."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs = {"form_class": OneOf, **self._shown(db_field, request), **kwargs}
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Suggested(db_field, self.admin_site, using=kwargs.get("using")))
        elif db_field.name in self.raw_id_fields:
            kwargs.setdefault("widget", RawId(db_field.remote_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs = {"form_class": SomeOf, **self._shown(db_field, request), **kwargs}
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SuggestedMany(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _shown(self, db_field: Any, request: HttpRequest) -> dict[str, Any]:
        model = db_field.remote_field.model
        if not self.admin_site.is_registered(model):
            return {}
        return {"queryset": self.admin_site.get_model_admin(model).get_queryset(request)}


def accepted(form: forms.BaseForm, initial: dict[str, Any]) -> dict[str, Any]:
    """What an address fills a form in with, without the values that its fields refuse.

    A field of several parts (day and hour) gets its value read, since its widget cannot.
    """
    kept = dict(initial)
    for name, value in initial.items():
        field = form.fields.get(name)
        if field is None:
            continue
        in_parts = isinstance(field, forms.MultiValueField)
        try:
            read = field.clean(str(value).split(" ", 1) if in_parts else value)
        except ValidationError:
            del kept[name]
        else:
            kept[name] = read if in_parts else value
    return kept
