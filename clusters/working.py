"""An admin whose records may have a working copy: its form shows the copy, and its save leaves alone what readers see.

All of it happens over a state that is tried on (clusters/history/trying.py), so that forms, lines and the rules of the
database are those of any other save; only what comes of it is kept as a copy, or takes the rows' place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from clusters import history
from clusters.admin.records import badge
from clusters.colleagues import person
from clusters.dates import moment_in_words
from clusters.editing import Refused, VersionedAdmin, as_sentences
from clusters.history import copies, snapshots
from clusters.history.snapshots import Snapshot
from clusters.history.trying import head, line_ids, private_ids, tried_on
from clusters.related import is_id

BUTTON = "_copy"
"""Name of the buttons that decide about a working copy: publish, schedule, unschedule, submit, reviewed, drop."""


@dataclass
class Aside:
    """A save, or a look, over a state that is undone afterwards.

    Attributes:
        record: as it was read before.
        lines: relation → ids of the lines that the state had.
        left_out: what of the copy cannot be there any more, a sentence each.
        ids: relation → id of a new line in the block → the id that it has in what is kept.
    """

    record: Any
    lines: dict[str, set[int]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    ids: dict[str, dict[int, int]] = field(default_factory=dict)


class WrittenAside(Exception):
    """A save has gone through; carries its outcome out of the block that is undone."""

    def __init__(self, state: Snapshot, act: str, why: str) -> None:
        super().__init__(act)
        self.state, self.act, self.why = state, act, why


def with_copy(state: str, record: Any) -> str:
    """What a list says of a record's state, and of its working copy if it has one."""
    if record.copy_refused:
        copy = badge("missing", gettext("Modifications refusées"))
    elif not history.is_ahead(record):
        return state
    elif record.copy_due_at:
        copy = badge("scheduled", gettext("Modifications le %s") % moment_in_words(record.copy_due_at))
    elif record.copy_in_review:
        copy = badge("in_review", gettext("Copie à relire"))
    else:
        copy = badge("draft", gettext("Copie de travail"))
    return format_html("{} {}", state, copy)


class ScheduleForm(forms.Form):
    """When a working copy takes the place of what readers see."""

    copy_due_at = forms.SplitDateTimeField(label=gettext_lazy("En ligne le"), widget=AdminSplitDateTime)
    copy_due_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = self.fields["copy_due_at"].widget.widgets
        for part, name in zip(parts, (gettext("jour"), gettext("heure")), strict=True):
            part.attrs["aria-label"] = gettext("En ligne le, %s") % name


class WorkingCopyAdmin(VersionedAdmin):
    """See the module."""

    def may_publish_copy(self, request: HttpRequest, record: Any) -> bool:
        """Whether this person may change what readers see."""
        return self.has_change_permission(request, record)

    def stands_against(self, record: Any) -> list[str]:
        """What keeps a state, as the rows have it at this moment, from being shown to readers, a sentence each."""
        return []

    def goes_live(self, request: HttpRequest) -> bool:
        """Whether the button that was pressed asks to change what readers see."""
        return request.POST.get(BUTTON) == "publish"

    def written_aside(self, request: HttpRequest, record: Any) -> None:
        """What follows once a save over a state that is undone is kept."""

    def copy_decided(self, request: HttpRequest, record: Any, action: str, writer: Any) -> None:
        """What follows from a decision about a working copy.

        Args:
            action: a key of ACTIONS, or `publish`.
            writer: who wrote the copy last.
        """

    # -- over a state that is undone

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if object_id and request.method == "POST" and request.POST.get(BUTTON) in WITHOUT_SAVING:
            return self._decide_alone(request, object_id, request.POST[BUTTON])
        return super().changeform_view(request, object_id, *args, **kwargs)

    def attempt(
        self, request: HttpRequest, object_id: str | None, sent: QueryDict, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        request.aside = None
        record = self.get_object(request, unquote(object_id)) if object_id else None
        if record is None or not self._is_aside(request, record):
            return super().attempt(request, object_id, sent, *args, **kwargs)
        try:
            with transaction.atomic():
                try:
                    with self.aside(request, record):
                        response = super().attempt(request, object_id, sent, *args, **kwargs)
                        if isinstance(response, TemplateResponse):
                            response.render()  # while the rows still are what it shows
                        return response
                except WrittenAside as written:
                    self._keep(request, record, written)
        except ValidationError as error:
            sentences = [] if getattr(error, "code", "") == "stale" else error.messages
            raise Refused({None: sentences} if sentences else None) from None
        finally:
            request.aside = None
        stored = self.get_object(request, unquote(object_id))
        return self._answer(request, stored)

    def aside(self, request: HttpRequest, record: Any) -> Any:
        """A block in which the rows of a record are its newest state, and after which they are what they were."""
        return _Trying(request, record)

    def _is_aside(self, request: HttpRequest, record: Any) -> bool:
        if history.is_ahead(record) and self.may_read_states(request, record):
            return self.has_view_or_change_permission(request, record)
        return request.method == "POST" and history.is_copied(record) and self.has_change_permission(request, record)

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        aside = getattr(request, "aside", None)
        if aside is None:
            super().save_related(request, form, formsets, change)
            return
        self.save_lines(request, form, formsets, change)
        if self.goes_live(request) and (said := self.stands_against(form.instance)):
            raise Refused({None: said})
        state = snapshots.current(form.instance)
        aside.ids = private_ids(aside.lines, state)
        raise WrittenAside(state.renumbered(aside.ids), self.act_of(form, change), form.cleaned_data.get("why", ""))

    def _keep(self, request: HttpRequest, record: Any, written: WrittenAside) -> None:
        """Make of what has been written a copy, or what readers see."""
        is_copied = history.is_copied(record)
        if not is_copied or self.goes_live(request):
            if is_copied and not self.may_publish_copy(request, record):
                raise PermissionDenied
            act = history.Act.PUBLISHED if is_copied else written.act
            request.copy_writer = _writer(record)
            request.left_out = copies.publish(record, by=request.user, act=act, why=written.why, state=written.state)
        else:
            act = history.Act.DRAFTED if written.act == history.Act.CHANGED else written.act
            read = record.version
            request.drafted = copies.draft(record, written.state, by=request.user, act=act, why=written.why)
            request.is_written = record.version != read

    # -- what is said and decided afterwards

    def _answer(self, request: HttpRequest, record: Any) -> HttpResponse:
        self.written_aside(request, record)
        here = HttpResponseRedirect(self.change_address(record))
        action = request.POST.get(BUTTON, "")
        if not history.is_copied(record):
            self.log_change(request, record, gettext("Enregistré."))
            return self.response_change(request, record)
        if self.goes_live(request):
            done = gettext("Les modifications de « %s » sont en ligne.") % record
            self.log_change(request, record, done)
            for sentence in getattr(request, "left_out", ()):
                self.message_user(request, sentence, messages.WARNING)
            self.copy_decided(request, record, "publish", request.copy_writer)
            if action != "publish":
                return self.response_change(request, record)
            self.message_user(request, done, messages.SUCCESS)
            return here
        done = (
            gettext("Enregistré dans la copie de travail : rien n’a changé en ligne.")
            if history.is_ahead(record)
            else gettext("Enregistré.")
            if request.is_written
            else gettext("Rien n’a changé.")
        )
        self.log_change(request, record, done)
        if action in ACTIONS:
            self._decide(request, record, action)
            return here
        if "_continue" in request.POST or "_save" in request.POST:
            self.message_user(request, done, messages.SUCCESS)
            if "_continue" in request.POST:
                return here
            return HttpResponseRedirect(
                reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")
            )
        return self.response_change(request, record)

    def change_address(self, record: Any) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[record.pk])

    def _decide_alone(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        """A decision about the copy as it is, whatever the form says."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        if unseen := self._unseen(request, record):
            request.refusal = Refused({None: [unseen]})
            response = super().changeform_view(request, object_id)
            response.status_code = 409
            return response
        self._decide(request, record, action)
        return HttpResponseRedirect(self.change_address(record))

    def _unseen(self, request: HttpRequest, record: Any) -> str:
        """What a colleague has done about a working copy since the form was opened that decides about it; "" if nothing."""
        newest = history.Revision.objects.of(record).select_related("by").first()
        read = request.POST.get("version", "")
        shown = self.shown_state(request, record, int(read)) if is_id(read) else None
        is_seen = newest.snapshot.is_same_state(shown) if newest and shown else read == str(record.version)
        if not is_seen:
            who = person(newest.by) if newest else ""
            text = (
                gettext("%s a enregistré depuis que vous avez ouvert cette page : rien n’est décidé de la copie.") % who
                if who
                else gettext("La copie a changé depuis que vous avez ouvert cette page : rien n’en est décidé.")
            )
            return f"{text} {gettext('Relisez ce qui suit, puis recommencez.')}"
        return self._unseen_hour(request, record)

    def _unseen_hour(self, request: HttpRequest, record: Any) -> str:
        """That a colleague has set, changed or taken back the hour of a copy since the form was opened; "" if nobody has."""
        if request.POST.get("copy_due_seen", _hour(record)) == _hour(record):
            return ""
        if not record.copy_due_at:
            return gettext("Cette copie n’est plus programmée : relisez, puis recommencez.")
        words = {"who": person(record.copy_due_by), "when": moment_in_words(record.copy_due_at)}
        return gettext("%(who)s l’a programmée entre-temps pour le %(when)s : relisez, puis recommencez.") % words

    def _decide(self, request: HttpRequest, record: Any, action: str) -> None:
        writer = _writer(record)
        try:
            done = ACTIONS[action](self, request, record)
        except ValidationError as error:
            self.message_user(request, as_sentences(error), messages.ERROR)
        else:
            self.log_change(request, record, done)
            self.message_user(request, done, messages.SUCCESS)
            self.copy_decided(request, record, action, writer)

    def _schedule(self, request: HttpRequest, record: Any) -> str:
        if not self.may_publish_copy(request, record):
            raise PermissionDenied
        if unseen := self._unseen_hour(request, record):
            raise ValidationError([gettext("La copie est enregistrée, mais son heure n’a pas changé."), unseen])
        form = ScheduleForm(request.POST)
        if not form.is_valid():
            text = gettext("La copie est enregistrée, mais pas programmée. %s")
            raise ValidationError(text % " ".join(form.errors["copy_due_at"]))
        at = form.cleaned_data["copy_due_at"]
        with tried_on(record):
            said = self.stands_against(record)
        if said:
            raise ValidationError([gettext("La copie est enregistrée, mais pas programmée."), *said])
        copies.schedule(record, at, by=request.user)
        return gettext("Ces modifications seront en ligne le %s.") % moment_in_words(at)

    def _unschedule(self, request: HttpRequest, record: Any) -> str:
        if not self.may_publish_copy(request, record):
            raise PermissionDenied
        copies.unschedule(record)
        return gettext("Ces modifications ne sont plus programmées ; la copie de travail reste.")

    def _submit(self, request: HttpRequest, record: Any) -> str:
        copies.ask_to_read(record, True)
        return gettext("La copie de travail est à relire.")

    def _reviewed(self, request: HttpRequest, record: Any) -> str:
        copies.ask_to_read(record, False)
        return gettext("La copie de travail n’est plus à relire.")

    def _drop(self, request: HttpRequest, record: Any) -> str:
        number = record.working_copy
        if number is None:
            raise ValidationError(gettext("Il n’y a pas de copie de travail : rechargez la page."))
        copies.drop(record, by=request.user)
        text = gettext(
            "La copie de travail est abandonnée, rien n’a changé en ligne. Elle se retrouve dans l’historique : version %d."
        )
        return text % number

    # -- the form

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        record, aside = kwargs.get("obj"), getattr(request, "aside", None)
        context["copy"] = None
        context["is_copied"] = bool(record) and history.is_copied(record)
        if record is not None and aside is not None:
            context["stored"] = aside.record  # as readers know it
        is_shown = context["is_copied"] or (record is not None and history.is_ahead(record))
        if is_shown and self.may_read_states(request, record):
            context["copy"] = self._copy_of(request, record, aside)
        return super().render_change_form(request, context, **kwargs)

    def _copy_of(self, request: HttpRequest, record: Any, aside: Aside | None) -> dict[str, Any]:
        """What the form says of the copy and lets this person do with it."""
        newest = head(record)
        live = newest and newest.base
        return {
            "revision": newest,
            "by": person(newest.by) if newest else "",
            "left_out": aside.left_out if aside else [],
            "refused": record.copy_refused,
            "due_at": record.copy_due_at,
            "is_later": bool(record.copy_due) and record.copy_due != record.working_copy,
            "in_review": record.copy_in_review,
            "may_publish": self.may_publish_copy(request, record),
            "schedule": ScheduleForm(initial={"copy_due_at": record.copy_due_at, "copy_due_seen": _hour(record)}),
            "compare": f"{self.history_address('_compare', record)}?from={live}&to={newest.number}" if newest else "",
        }


def _writer(record: Any) -> Any:
    """Who wrote a record's working copy last; None if it has none."""
    newest = head(record)
    return newest.by if newest else None


def _hour(record: Any) -> str:
    """The hour that is set for a copy, as a form says which one it shows."""
    return record.copy_due_at.isoformat() if record.copy_due_at else ""


class _Trying:
    """The block of `WorkingCopyAdmin.aside`."""

    def __init__(self, request: HttpRequest, record: Any) -> None:
        self.request, self.block, self.record = request, tried_on(record), record

    def __enter__(self) -> Aside:
        left_out = self.block.__enter__()
        self.request.aside = Aside(self.record, line_ids(self.record), left_out)
        return self.request.aside

    def __exit__(self, *raised: Any) -> Any:
        return self.block.__exit__(*raised)


ACTIONS = {
    "schedule": WorkingCopyAdmin._schedule,
    "unschedule": WorkingCopyAdmin._unschedule,
    "submit": WorkingCopyAdmin._submit,
    "reviewed": WorkingCopyAdmin._reviewed,
    "drop": WorkingCopyAdmin._drop,
}
WITHOUT_SAVING = frozenset({"drop", "unschedule", "reviewed"})
