"""What the forms of both apps' editors share: no save overwrites another's, the body editor, and lines in tables.

Kept apart from the two admin modules because each rule here must be the same on every record, and knows none of them.

Past 400 lines: a form, its lines and the save that compares versions are one act, and every admin stands on all of it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext, gettext_lazy
from js_asset import ImportMap, Script
from js_asset import Media as NoncedMedia

from clusters import history
from clusters.chosen import ChosenRows
from clusters.colleagues import last_editor, person
from clusters.conflicts import Conflict, Overlay, asked_of, choices_of
from clusters.dates import PartialDate, with_days
from clusters.deleting import Deleting, as_new
from clusters.history import snapshots
from clusters.history.comparing import compare
from clusters.history.keeping import STALE
from clusters.history.pages import HistoryPages
from clusters.history.snapshots import Snapshot
from clusters.markup import RichTextField, text_of
from clusters.related import RelatedRows, Suggested, accepted, is_id, may_look_up
from clusters.uses import uses

LINES = "admin/includes/lines.html"
"""The template of lines in a table, which is one of cards on a phone."""
ATTEMPTS = 4
"""How often a save is tried while others save the same record at the same moment; the last time only tells."""


class Refused(Exception):
    """A save that turned out not to be possible once begun: it is undone, and the form shown again with what was typed.

    Args:
        errors: field name (None for the whole form) → sentences. Empty: somebody else saved at the same moment.
    """

    def __init__(self, errors: dict[str | None, list[str]] | None = None) -> None:
        super().__init__(errors)
        self.errors = errors or {}


class VersionedForm(forms.ModelForm):
    """A form that knows which version of the record it was opened on."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)
    contested = forms.CharField(required=False, widget=forms.HiddenInput)
    why = forms.CharField(
        required=False, max_length=300, label=gettext_lazy("Raison de la modification"),
        help_text=gettext_lazy("Facultatif ; se lit dans l’historique de la fiche, jamais sur le site."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )  # fmt: skip
    refusal: Refused | None = None  # set by VersionedAdmin on the form it shows again, as is the conflict
    conflict: Conflict | None = None
    fills: Mapping[str, str] = {}
    """Fields for a file → the column that they fill."""
    periods: tuple[tuple[str, str], ...] = ()
    """Pairs of partial dates, the second of which must not end before the first begins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        super().clean()
        periods_in_order(self, self.periods)
        for name, value in self.cleaned_data.items():
            # A form shows no fractions of a second: sent back unchanged, a time is still the one that is stored.
            stored = getattr(self.instance, name, None) if isinstance(value, dt.datetime) else None
            if stored and stored.replace(microsecond=0) == value:
                self.cleaned_data[name] = stored
        if self.conflict:
            self._tell_conflict()
        if self.refusal and self.refusal.errors:
            for name, sentences in self.refusal.errors.items():
                self.add_error(name if name in self.fields else None, [ValidationError(one) for one in sentences])
        elif not self.conflict and self.instance.pk and self.cleaned_data.get("version") != self.instance.version:
            raise Refused  # somebody has saved since this was laid over what was stored
        return self.cleaned_data

    def _tell_conflict(self) -> None:
        self.add_error(
            None,
            ValidationError(
                gettext_lazy(
                    "Quelqu’un a enregistré cette fiche pendant que vous y travailliez. Rien n’est perdu : votre texte est "
                    "encore dans ce formulaire, le sien est enregistré. Choisissez ci-dessus ce qui "
                    "reste de chaque passage, ou corrigez-le dans le formulaire et cochez « Remplacer », "
                    "puis enregistrez de nouveau."
                ),
                code="stale",
            ),
        )


def periods_in_order(form: forms.BaseForm, pairs: Iterable[tuple[str, str]]) -> None:
    """Refuse a period that ends before it begins; the database does too, but has no sentence for it."""
    for first, last in pairs:
        since, until = form.cleaned_data.get(first), form.cleaned_data.get(last)
        if since and until and PartialDate.parse(until).last < PartialDate.parse(since).first:
            form.add_error(last, gettext("La fin précède le début."))


def in_words(stored: models.Model, name: str) -> str:
    """The stored value of a field, for a person to compare with what they typed."""
    field = stored._meta.get_field(name)
    if field.many_to_many:
        value: Any = ", ".join(str(one) for one in getattr(stored, name).all())
    elif isinstance(field, RichTextField):
        value = text_of(getattr(stored, name), is_told=True)
    elif field.choices:
        value = getattr(stored, f"get_{name}_display")()
    else:
        value = getattr(stored, name)
    return "–" if value in (None, "") else str(getattr(value, "name", value))


def written_fields(form: forms.ModelForm) -> list[str]:
    """The columns that a form writes, with the days behind its partial dates; never what others count or decide."""
    model = form._meta.model
    columns = model._meta.concrete_fields
    return with_days(model, (one.name for one in columns if one.name in form.cleaned_data and one.editable))


def with_calm_links(field: Any, change: bool = True) -> Any:
    """A form field whose related record can be added and perhaps changed from here, but not deleted."""
    if isinstance(field and field.widget, RelatedFieldWidgetWrapper):
        field.widget.can_delete_related = field.widget.can_view_related = False
        field.widget.can_change_related = field.widget.can_change_related and change
        if isinstance(field.widget.widget, AutocompleteSelectMultiple):
            # Takes the cross that empties the whole field away; it also stands where a list must not have it.
            field.widget.widget.is_required = True
    return field


class EditorAdmin(Deleting, RelatedRows, admin.ModelAdmin):
    """An admin whose form may hold the body editor, and which shows where the record is used."""

    shows_uses = False
    add_title: Any = gettext_lazy("Ajouter")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = with_calm_links(super().formfield_for_dbfield(db_field, request, **kwargs))
        if isinstance(field and field.widget, AdminSplitDateTime):
            for part, name in zip(field.widget.widgets, (gettext_lazy("jour"), gettext_lazy("heure")), strict=True):
                part.attrs["aria-label"] = format_lazy("{}, {}", field.label, name)
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        return accepted(self.get_form(request)(initial=initial), initial)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return may_look_up(lookup, value) and super().lookup_allowed(lookup, value, request)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        if getattr(context["media"], "_importmap", None):
            # The import map is an inline script by nature: the one place of the site that needs the nonce.
            shared = NoncedMedia(importmap=ImportMap({"grappe/dialogs": "js/editor/dialogs.js"}))
            context["media"] = NoncedMedia.from_media(context["media"] + shared, nonce=request.csp_nonce)
        record = kwargs.get("obj")
        # Django's own titles are sentences with a hole, which French cannot fill (« Modification de image »).
        context["title"] = capfirst(self.opts.verbose_name) if record else str(self.add_title)
        context["uses"] = (
            uses(self.admin_site, request, record, self.uses_shown_apart) if self.shows_uses and record else []
        )
        return super().render_change_form(request, context, **kwargs)

    def get_paginator(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> Any:
        if (
            not queryset.ordered
        ):  # a counting annotation drops the model's own order, and the autocomplete asks for none
            queryset = queryset.order_by(*self.model._meta.ordering, "pk")
        return super().get_paginator(request, queryset, *args, **kwargs)

    def response_action(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        # Django hands whatever was ticked to the database.
        ticked = [one for one in request.POST.getlist(ACTION_CHECKBOX_NAME) if is_id(one)]
        request.POST = request.POST.copy()
        request.POST.setlist(ACTION_CHECKBOX_NAME, ticked)
        return super().response_action(request, queryset)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    class Media:
        css = {"all": ["css/editor.css", "css/ordering.css"]}
        js = (Script("js/admin/form.js", type="module"), Script("js/admin/ordering.js", type="module"))


class VersionedAdmin(ChosenRows, HistoryPages, EditorAdmin):
    """An admin whose saves claim the version they were made from; what others have saved since is merged, or chosen."""

    form = VersionedForm

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal, form.conflict = getattr(request, "refusal", None), getattr(request, "conflict", None)
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        sent = request.POST
        for attempt in range(ATTEMPTS):
            request.caught_up = ""
            try:
                response = self.attempt(request, object_id, sent, *args, **kwargs)
            except Refused as refusal:
                # What had been written is rolled back. With sentences the next round stops at the form, which tells
                # them; without, somebody else was faster, and what they have saved is taken in.
                is_last = attempt == ATTEMPTS - 2
                request.refusal = Refused({None: [str(STALE)]}) if is_last and not refusal.errors else refusal
                for upload in request.FILES.values():
                    upload.seek(0)
            else:
                if request.caught_up:
                    self.message_user(request, request.caught_up, messages.INFO)
                return response
        raise Refused

    def attempt(
        self, request: HttpRequest, object_id: str | None, sent: QueryDict, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form shown, or what is sent of it saved, over what is stored at this moment; raises Refused."""
        if object_id and request.method == "POST":
            if gone := self.told_gone(request, object_id):
                request.POST, request.refusal = as_new(sent), Refused({None: [gone]})
                response = super().changeform_view(request, None, self.add_address)
                response.status_code = 422
                return response
            self._catch_up(request, object_id, sent)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _catch_up(self, request: HttpRequest, object_id: str, sent: QueryDict) -> None:
        """Lay what is sent over what others have saved since the form was opened; see clusters/conflicts.py."""
        request.POST, request.conflict = sent, None
        record, asked = self.get_object(request, unquote(object_id)), asked_of(request)
        read = int(sent["version"]) if is_id(sent.get("version", "")) else 0
        if record is None or not self.has_change_permission(request, record):
            return
        shown = self.shown_state(request, record, read)
        if read == record.version and not (asked or shown or self.lays_always(request)):
            return
        kept, revisions = history.kept_of(self.model), history.Revision.objects.of(record).select_related("by")
        # A save that has changed nothing has a version and no state of its own: the state is the one before.
        found = revisions.filter(number__lte=read).first() if 0 < read <= record.version else None
        now = snapshots.current(record)
        state = shown or (found.snapshot if found else None)
        base, now = self._masked(request, state or now, now)
        overlay = Overlay(kept, base if state else None, now, sent.copy(), request.FILES, asked)
        is_chosen = overlay.keeps_mine = sent.get("replaces") == str(record.version)
        if read == record.version:
            overlay.chosen = choices_of(request)
            overlay.base = overlay.base if shown else now
        overlay.lay(self.get_form(request, record, change=True)(instance=record), self._lines_of(request, record))
        contested = {} if is_chosen else overlay.contested
        overlay.sent["version"], overlay.sent["contested"] = str(record.version), " ".join(contested)
        request.POST, request.overlay = overlay.sent, overlay
        if contested or not (found or read == record.version or is_chosen):
            shown = list(contested.values())
            request.conflict = Conflict(record.version, last_editor(record), record.modified_at, shown)
        if found and (changes := compare(kept, base, now).in_short):
            since = revisions.filter(number__gt=read).order_by("number")
            people = ", ".join(dict.fromkeys(filter(None, (person(one.by) for one in since.defer("content")))))
            request.caught_up = (
                gettext("Enregistré entre-temps par %(who)s : %(what)s.") % {"who": people, "what": changes}
                if people
                else gettext("Enregistré entre-temps : %s.") % changes
            )

    def shown_state(self, request: HttpRequest, record: Any, read: int) -> Snapshot | None:
        """What a form that says it stands on a version shows, where that is known to be another state."""
        return None

    def lays_always(self, request: HttpRequest) -> bool:
        """Whether what is sent is to be laid over what is stored even if nobody else has saved."""
        return False

    def _lines_of(self, request: HttpRequest, record: Any) -> list[Any]:
        return [
            made(instance=record, prefix=made.get_default_prefix(), queryset=inline.get_queryset(request))
            for made, inline in self.get_formsets_with_inlines(request, record)
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        own = self.signed_fields(request, obj, change)
        for name, value in own.items():
            setattr(obj, name, value)
        if not change:
            obj.save()
            return
        try:
            history.claim(obj, form.cleaned_data["version"])
        except ValidationError:
            raise Refused from None
        obj.save(update_fields=[*written_fields(form), *own, "modified_at"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        self.save_lines(request, form, formsets, change)
        act, why = self.act_of(form, change), form.cleaned_data.get("why", "")
        history.keep(form.instance, by=request.user, act=act, why=why)

    def save_lines(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        """Write what belongs to the record besides its own row; raises Refused if they do not go together."""
        super().save_related(request, form, formsets, change)
        self.settle(request, form)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        record = kwargs.get("obj")  # why a record is created is not asked: it says so itself
        context["asks_why"] = bool(record) and self.has_change_permission(request, record)
        return super().render_change_form(request, context, **kwargs)

    def settle(self, request: HttpRequest, form: Any) -> None:
        """What is asked once all lines are written, and before the state is kept; raises Refused."""

    def act_of(self, form: Any, change: bool) -> str:
        """What this save did, for the history."""
        if not change:
            return history.Act.CREATED
        before, now = form.initial.get("publication"), getattr(form.instance, "publication", None)
        acts = {"published": history.Act.PUBLISHED, "withdrawn": history.Act.WITHDRAWN}
        return acts.get(now, history.Act.CHANGED) if now != before else history.Act.CHANGED

    def signed_fields(self, request: HttpRequest, obj: Any, change: bool) -> dict[str, Any]:
        """Columns that say who did it."""
        return {"modified_by": request.user}


class LineFormSet(forms.BaseInlineFormSet):
    """Lines in a table: each field carries the name of its column, since a heading names it only for those who see.

    What the lines of a column refer to is asked for once, and not line by line.
    """

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, bound in form.fields.items():
            widget = getattr(bound.widget, "widget", bound.widget)  # a field with links beside it wraps its own
            if not widget.is_hidden:
                widget.attrs.setdefault("aria-label", str(bound.label or name))
            if isinstance(widget, Suggested):
                widget.known = partial(self._referred, name, bound.queryset)

    def _referred(self, name: str, among: models.QuerySet) -> dict[str, models.Model]:
        """The rows that this column names, in any line: as stored, and as sent."""
        found = self.__dict__.setdefault("_found", {})
        if name not in found:
            column = self.model._meta.get_field(name).attname
            ids = {str(getattr(row, column)) for row in self.get_queryset()}
            ids |= {
                one for key, one in self.data.items() if key.startswith(f"{self.prefix}-") and key.endswith(f"-{name}")
            }
            ids |= {str(getattr(one.get(name), "pk", one.get(name))) for one in self.initial_extra or ()}
            found[name] = {str(row.pk): row for row in among.filter(pk__in=[one for one in ids if is_id(one)])}
        return found[name]


class LineInline(RelatedRows, admin.TabularInline):
    """Lines that are part of a record: whoever may change the record may change them, and nobody else."""

    formset = LineFormSet
    template = LINES
    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return with_calm_links(super().formfield_for_dbfield(db_field, request, **kwargs), change=False)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        # A line that is only read is shown by the names of what it refers to.
        columns = self.model._meta.concrete_fields
        related = [one.name for one in columns if one.many_to_one and one.name in (self.fields or ())]
        rows = super().get_queryset(request)
        return rows.select_related(*related) if related else rows

    def _parent(self) -> BaseModelAdmin:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        parent = self._parent()
        return parent.has_change_permission(request, obj) if obj else parent.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_view_permission(request, obj)

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission


def as_sentences(error: ValidationError) -> str:
    """The sentences of an error, one after the other, for a message."""
    return " ".join(error.messages)
