"""The history of a record in the admin: its versions, two of them compared, one of them read, and the way back to it.

It decides nothing: what differs and what can come back stand beside it; who may see and who may change say the record's own
admin. Needs no script.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from clusters.history.ahead import is_ahead, is_copied
from clusters.history.comparing import Comparison, compare, state_in_words
from clusters.history.registry import kept_of
from clusters.history.restoring import plan, restore
from clusters.history.revisions import Revision
from clusters.history.snapshots import Snapshot, references
from clusters.history.trying import restore_aside, tried_on
from clusters.related import is_id
from clusters.typography import typeset

PER_PAGE = 25
LOG_LINES = 100
"""Lines of the admin's log that are shown of the time before a record's history."""


@dataclass(frozen=True)
class Entry:
    """A version in the list.

    Attributes:
        change: what differs from the version before, in short; None for the first one that is kept.
        address, restore_address: of its pages; "" where there is none for this person.
    """

    revision: Revision
    change: str | None = None
    address: str = ""
    restore_address: str = ""


@dataclass(frozen=True)
class Folded:
    """Automatic saves in a row, behind one line: how many, the last of them, and whether one of them is ticked."""

    number: int
    last: Any
    is_open: bool


def in_groups(
    entries: list[Entry], current: int | None, ticked: set[int | None]
) -> list[tuple[Folded | None, list[Entry]]]:
    """Versions in their order, automatic saves that follow each other together; the newest of all is never folded away."""
    groups = []
    for is_folded, run in groupby(entries, lambda one: one.revision.is_automatic and one.revision.number != current):
        group = list(run)
        is_open = any(one.revision.number in ticked for one in group)
        groups.append((Folded(len(group), group[0].revision.at, is_open) if is_folded else None, group))
    return groups


def asked_numbers(request: HttpRequest) -> dict[str, int]:
    """The versions that the address of a page names to be compared: `from`, `to` → number."""
    return {name: int(text) for name in ("from", "to") if is_id(text := request.GET.get(name, ""))}


class HistoryPages(admin.ModelAdmin):
    """An admin whose records have a history."""

    def readable(self, request: HttpRequest, rows: Any) -> Any:
        """Those of some rows of which this person may read what they were, and not only that they were changed."""
        return rows if self.has_view_or_change_permission(request) else rows.none()

    def may_read_states(self, request: HttpRequest, record: Any) -> bool:
        """Whether a record is one of those."""
        return self.readable(request, self.model._default_manager.filter(pk=record.pk)).exists()

    def history_address(self, page: str, record: Any, *number: int) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_history{page}"
        return reverse(name, args=[record.pk, *number])

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_history"
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/history/compare/", view(self.compare_view), name=f"{name}_compare"),
            path("<path:object_id>/history/<int:number>/", view(self.state_view), name=f"{name}_state"),
            path("<path:object_id>/history/<int:number>/restore/", view(self.restore_view), name=f"{name}_restore"),
            path("<path:object_id>/history/<int:number>/name/", view(self.name_view), name=f"{name}_name"),
            *super().get_urls(),
        ]

    # -- the versions

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self._known_record(request, object_id)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        revisions = Revision.objects.of(record).select_related("by")
        page = Paginator(revisions, PER_PAGE).get_page(request.GET.get("p"))
        reads = self.may_read_states(request, record)
        # One more than is shown: each is told by what differs from the one before it.
        start = max(page.start_index() - 1, 0)
        listed = list((revisions if reads else revisions.defer("content"))[start:][: PER_PAGE + 1])
        newest = listed[0].number if page.number == 1 and listed else revisions.values_list("number", flat=True).first()
        entries = self._entries(request, record, listed, newest) if reads else [Entry(one) for one in listed[:PER_PAGE]]
        chosen = self._chosen(request, revisions, [one.number for one in listed[:PER_PAGE]], newest)
        context = {
            "entries": entries,
            "groups": in_groups(entries, newest, set(asked_numbers(request).values())),
            **chosen,
            "live": revisions.live().values_list("number", flat=True).first() if is_ahead(record) else None,
            "may_name": reads and self.has_change_permission(request, record),
            "page": page,
            "page_range": list(page.paginator.get_elided_page_range(page.number)),
            "reads": reads,
            "log": [] if page.has_next() else self._log_before(record, listed[-1] if listed else None),
            "compare_address": self.history_address("_compare", record),
            "current": newest,
            **(extra_context or {}),
        }
        return self._history_page(request, record, "admin/history/list.html", gettext("Historique"), context)

    def _entries(self, request: HttpRequest, record: Any, listed: list[Revision], current: int | None) -> list[Entry]:
        kept, may_restore = kept_of(self.model), self.has_change_permission(request, record)
        entries = []
        for one, before in zip_longest(listed, listed[1:]):
            change = compare(kept, before.snapshot, one.snapshot).in_short if before else None
            address = self.history_address("_state", record, one.number)
            is_past = may_restore and one.number != current
            back = self.history_address("_restore", record, one.number) if is_past else ""
            entries.append(Entry(one, change, address, back))
        return entries[:PER_PAGE]

    def _chosen(
        self, request: HttpRequest, revisions: models.QuerySet, shown: list[int], newest: int | None
    ) -> dict[str, Any]:
        """The two versions that are ticked, and those that can be although they stand on another page.

        What was ticked on another page comes in the address (`?from=3&to=40`); the newest can always be.
        """
        asked = asked_numbers(request)
        apart = revisions.filter(number__in={*asked.values(), newest} - {None, *shown}).defer("content")
        elsewhere = list(apart) if asked or newest not in shown else []
        there = {*shown, *(one.number for one in elsewhere)}
        new = asked.get("to") if asked.get("to") in there else newest
        first = next((number for number in shown if number != new), None)
        old = asked.get("from") if asked.get("from") in there else first
        return {"elsewhere": elsewhere, "chosen_from": old, "chosen_to": new}

    def _log_before(self, record: Any, first: Revision | None) -> list[LogEntry]:
        """What the admin's log says of the time before the history."""
        kind = ContentType.objects.get_for_model(self.model)
        lines = LogEntry.objects.filter(object_id=record.pk, content_type=kind).select_related("user")
        if first is not None:
            lines = lines.filter(action_time__lt=first.at)
        return list(lines.order_by("-action_time", "-pk")[:LOG_LINES])

    # -- two of them, and one

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """`?from=3&to=5`: what differs between two versions, the older one first whichever was chosen first."""
        record = self._readable(request, object_id)
        chosen = [request.GET.get(name, "") for name in ("from", "to")]
        numbers = sorted(int(one) for one in chosen if is_id(one))
        found = {one.number: one for one in self._revisions(record).filter(number__in=numbers)}
        if len(numbers) < 2 or not all(number in found for number in numbers):
            messages.warning(request, gettext("Choisissez deux versions de cette liste, puis comparez-les."))
            return HttpResponseRedirect(self.history_address("", record))
        old, new = (found[number] for number in numbers)
        context = {
            "old": old,
            "new": new,
            "old_address": self.history_address("_state", record, old.number),
            "new_address": self.history_address("_state", record, new.number),
            "comparison": self._compared(request, old.snapshot, new.snapshot),
        }
        title = gettext("Versions %(old)d et %(new)d") % {"old": old.number, "new": new.number}
        return self._history_page(request, record, "admin/history/compare.html", title, context)

    def state_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """What the record said in one version."""
        record = self._readable(request, object_id)
        return self._state_page(request, record, self._revision(record, number))

    def _state_page(
        self, request: HttpRequest, record: Any, revision: Revision, typed: str | None = None
    ) -> HttpResponse:
        """One version. `typed`: the name that somebody wants to give it who has not seen the one that it has."""
        number = revision.number
        fields, lines = state_in_words(kept_of(self.model), self._masked(request, revision.snapshot)[0])
        is_last = not self._revisions(record).filter(number__gt=number).exists()
        may_restore = not is_last and self.has_change_permission(request, record)
        context = {"revision": revision, "fields": fields, "lines": lines, "is_last": is_last}
        context |= {"typed": revision.name if typed is None else typed, "is_overtaken": typed is not None}
        may_name = self.has_change_permission(request, record)
        context["name_address"] = self.history_address("_name", record, number) if may_name else ""
        context["longest"] = Revision._meta.get_field("name").max_length
        context["restore_address"] = self.history_address("_restore", record, number) if may_restore else ""
        return self._history_page(request, record, "admin/history/state.html", gettext("Version %d") % number, context)

    def name_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """Give a version a name, or take it away."""
        record = self._readable(request, object_id)
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        revision = self._revision(record, number)
        name = typeset(" ".join(request.POST.get("name", "").split()))[: Revision._meta.get_field("name").max_length]
        was = request.POST.get("was", revision.name)
        if name != revision.name and not Revision.objects.filter(pk=revision.pk, name=was).set_name(name):
            response = self._state_page(request, record, self._revision(record, number), name)
            response.status_code = 409
            return response
        words = {"number": number, "name": name}
        messages.success(
            request,
            gettext("La version %(number)d s’appelle « %(name)s » : elle sera toujours gardée.") % words
            if name
            else gettext("La version %(number)d n’a plus de nom.") % words,
        )
        return HttpResponseRedirect(self.history_address("_state", record, number))

    # -- the way back

    def restore_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """Asks first, with what would change and what would not; then goes back."""
        record = self._readable(request, object_id)
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        revision = self._revision(record, number)
        leave = {name for name in self.get_readonly_fields(request, record) if self._is_field(name)}
        if request.method == "POST":
            why = " ".join(request.POST.get("why", "").split())
            if done := self._go_back(request, record, revision, leave, why):
                return done
            record = self._readable(request, object_id)  # as it is by now: what is shown again is about that
        else:
            why = ""
        with tried_on(record) if is_ahead(record) else nullcontext():
            planned = plan(record, revision, leave)
        context = {
            "revision": revision,
            "plan": planned,
            "state_address": self.history_address("_state", record, number),
            "comparison": self._compared(request, planned.now, planned.target),
            "version": record.version,
            "to_copy": is_ahead(record) or is_copied(record),
            "why": why,
            "longest": Revision._meta.get_field("why").max_length - 40,
        }
        title = gettext("Revenir à la version %d ?") % number
        return self._history_page(request, record, "admin/history/restore.html", title, context)

    def _go_back(
        self, request: HttpRequest, record: Any, revision: Revision, leave: set[str], why: str
    ) -> HttpResponse | None:
        """The answer once it is done; None if it was refused, which a message tells."""
        seen = request.POST.get("version", "")
        record.version = int(seen) if is_id(seen) else 0
        try:
            aside = is_ahead(record) or is_copied(record)
            left_out = (restore_aside if aside else restore)(record, revision, by=request.user, leave=leave, why=why)
        except ValidationError as error:
            text = gettext("Rien n’a changé. %s") % self._sentences(error)
            messages.error(request, text)
            return None
        done = (
            gettext("L’état de la version %d est maintenant la copie de travail : rien n’a changé en ligne.")
            if aside
            else gettext("La fiche est revenue à l’état de la version %d.")
        ) % revision.number
        self.log_change(request, record, done)
        messages.success(request, done)
        for sentence in left_out:
            messages.warning(request, sentence)
        return HttpResponseRedirect(self.history_address("", record))

    # -- what they share

    def _known_record(self, request: HttpRequest, object_id: str) -> Any:
        """The record, if this person may know of it.

        Raises:
            PermissionDenied: they may, but not read it.
        """
        record = self.get_object(request, unquote(object_id))
        if record is not None and not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        return record

    def _readable(self, request: HttpRequest, object_id: str) -> Any:
        record = self._known_record(request, object_id)
        if record is None:
            raise Http404
        if not self.may_read_states(request, record):
            raise PermissionDenied
        return record

    def _revisions(self, record: Any) -> models.QuerySet:
        return Revision.objects.of(record).select_related("by")

    def _revision(self, record: Any, number: int) -> Revision:
        found = self._revisions(record).filter(number=number).first() if is_id(number) else None
        if found is None:
            raise Http404
        return found

    def _compared(self, request: HttpRequest, old: Snapshot, new: Snapshot) -> Comparison:
        return compare(kept_of(self.model), *self._masked(request, old, new))

    def _masked(self, request: HttpRequest, *states: Snapshot) -> list[Snapshot]:
        """These states without the names of rows that are there and that this person may not see."""
        kept, hidden = kept_of(self.model), {}
        referred: dict[type[models.Model], set[int]] = {}
        for state in states:
            for model, ids in references(kept, state.fields, state.many, state.lines).items():
                referred.setdefault(model, set()).update(ids)
        for model, ids in referred.items():
            if self.admin_site.is_registered(model):
                seen = self.admin_site.get_model_admin(model).get_queryset(request).filter(pk__in=ids)
                there = model._base_manager.filter(pk__in=ids)
                hidden[model] = set(there.values_list("pk", flat=True)) - set(seen.values_list("pk", flat=True))
        name = gettext("une fiche que vous ne pouvez pas voir")
        return [state.without_words(hidden, name) for state in states]

    def _is_field(self, name: str) -> bool:
        try:
            self.opts.get_field(name)
        except FieldDoesNotExist:
            return False
        return True

    def _sentences(self, error: ValidationError) -> str:
        """The sentences of an error, each with the label of its field."""
        if not hasattr(error, "error_dict"):
            return " ".join(error.messages)
        told = []
        for name, sentences in error.message_dict.items():
            label = "" if name == NON_FIELD_ERRORS else capfirst(str(self.opts.get_field(name).verbose_name))
            told += [
                gettext("%(field)s : %(sentence)s") % {"field": label, "sentence": one} if label else one
                for one in sentences
            ]
        return " ".join(told)

    def _history_page(
        self, request: HttpRequest, record: Any, template: str, title: str, context: dict[str, Any]
    ) -> TemplateResponse:
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "record": record,
            "title": title,
            "subtitle": str(record),
            "list_address": self.history_address("", record),
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, page)
