"""Forms of rows that have no version (accounts, groups): what two people have set at once is merged, or asked.

Apart from clusters/editing.py because there is no history to lay a form over: the form itself says what it was opened on, a
digest for each field, and a field that a colleague alone has changed takes what they made of it.
"""

import hashlib
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext

from clusters.editing import in_words
from clusters.related import is_id

LENGTH = 16


class ComparedForm(forms.ModelForm):
    """A form that compares what it was opened on with what is stored when it is sent."""

    opened_on = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contested: list[str] = []
        if not self.instance.pk:
            return
        stands = {name: self._said(name) for name in self._compared()}
        if self.is_bound:
            self._lay(stands)
        self.initial["opened_on"] = _told(stands)

    def _compared(self) -> list[str]:
        columns = {one.name for one in (*self._meta.model._meta.concrete_fields, *self._meta.model._meta.many_to_many)}
        return [name for name, of in self.fields.items() if name in columns and name != "password" and not of.disabled]

    def _said(self, name: str) -> list[str]:
        """What is stored of a field, as a browser sends it."""
        of = self.instance._meta.get_field(name)
        if of.many_to_many:
            return sorted(str(pk) for pk in getattr(self.instance, name).values_list("pk", flat=True))
        value = getattr(self.instance, name)
        if isinstance(value, bool):
            return ["on"] if value else []
        return [str(value)] if value not in (None, "") else []

    def _lay(self, stands: dict[str, list[str]]) -> None:
        """Lay what is sent over what is stored."""
        opened_on = dict(pair.partition(":")[::2] for pair in self.data.get(self.add_prefix("opened_on"), "").split())
        sent = self.data.copy()
        for name, stored in stands.items():
            if opened_on.get(name, _digest(stored)) == _digest(stored):
                continue
            key = self.add_prefix(name)
            mine = sorted(text for text in sent.getlist(key) if text)
            if _digest(mine) == opened_on[name]:
                sent.setlist(key, stored)  # a colleague's alone
            elif mine != stored:
                self.contested.append(name)
        sent[self.add_prefix("opened_on")] = _told(stands)  # sent again, it is meant
        self.data = sent

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in self.contested:
            words = {"field": capfirst(str(self.fields[name].label)), "stored": in_words(self.instance, name)}
            text = gettext(
                "%(field)s : quelqu’un a enregistré « %(stored)s » entre-temps. Rien n’est enregistré ; votre valeur est encore "
                "ci-dessous : corrigez-la, ou enregistrez de nouveau pour la mettre à la place."
            )
            self.add_error(None, ValidationError(text % words, code="stale"))
        return self.cleaned_data if data is None else data


class ComparingAdmin(admin.ModelAdmin):
    """An admin with such a form: a row is held while it is compared and written, so that of two who save at once one is told."""

    form = ComparedForm

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST" and connection.in_atomic_block and is_id(str(object_id)):
            # Alone: the list's own rows are counted, which the database cannot hold.
            self.model._base_manager.select_for_update(of=("self",)).filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)


def _told(stands: dict[str, list[str]]) -> str:
    return " ".join(f"{name}:{_digest(texts)}" for name, texts in stands.items())


def _digest(texts: list[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:LENGTH]
