"""Automatic saves of a form while it is written in: what can be saved is, what cannot yet stays with the writer, and is said.

An automatic save overwrites nobody and asks nothing: what both have changed, and what is not valid yet, stays as it is
stored; the form keeps it, and the save that a person asks for tells. Static script: js/admin/autosave.js.

Past 400 lines: what is asked, what is saved of it and what is answered are one exchange; apart, each would be read with the others.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms import all_valid
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe
from js_asset import Script

from clusters import history
from clusters.admin.records import badge
from clusters.colleagues import person
from clusters.editing import ATTEMPTS, Refused
from clusters.history import copies
from clusters.history.comparing import compare
from clusters.history.presence import MAX_TAB, OpenForm
from clusters.history.snapshots import Snapshot
from clusters.related import is_id
from clusters.working import WorkingCopyAdmin, WrittenAside

TAB, GONE = "tab", "gone"
"""Hidden fields: the token of a browser's tab, and the lines that an automatic save made and that were deleted since."""
ROUNDS = 4
"""How often what is not valid is left out, the most telling first, before everything is."""


class AutosavingAdmin(WorkingCopyAdmin):
    """See the module."""

    def blanks(self, request: HttpRequest) -> dict[str, str]:
        """What the fields say that a new record must have and that nobody has filled in yet."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        name, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        return [
            path("add/autosave/", view(self.autosave_view), name=f"{name}_autosave_new"),
            path("<path:object_id>/change/autosave/", view(self.autosave_view), name=f"{name}_autosave"),
            path("<path:object_id>/change/here/", view(self.here_view), name=f"{name}_here"),
            path("add/here/", view(self.here_view), name=f"{name}_here_new"),
            *super().get_urls(),
        ]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (
            request.method == "POST"
            and object_id is None
            and (begun := self._record_of(request, None, _tab(request.POST)))
        ):
            object_id = str(begun.pk)  # an automatic save has begun it, and its answer was lost on the way
        return super().changeform_view(request, object_id, *args, **kwargs)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, each row with those who are writing in it now: `writers`."""
        listed = super().get_changelist_instance(request)
        writers = (
            OpenForm.objects.others(request.user).alive().by_record(self.model, [row.pk for row in listed.result_list])
        )
        for row in listed.result_list:
            row.writers = [person(one) for one in writers.get(row.pk, ())]
        return listed

    # -- what the page asks

    @method_decorator(require_safe)
    def here_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """A sign of life of an open form: who else is there, what is stored, and a token that a log-in has not made stale."""
        answer: dict[str, Any] = {"token": get_token(request), "user": request.user.pk}
        record = self.get_object(request, unquote(object_id)) if object_id else None
        if asked := request.GET.get("asked", "")[:MAX_TAB]:
            # Whether what another tab had sent has come through, before it was closed.
            forms = OpenForm.objects.filter(kind=self.opts.label_lower, user=request.user, tab=asked)
            answer["made"] = forms.values_list("made", flat=True).first()
        elif record is not None and self.has_change_permission(request, record):
            version = request.GET.get("version", "")
            if tab := _tab(request.GET):
                OpenForm.objects.see(record, request.user, tab, int(version) if is_id(version) else record.version)
            answer |= {"stored": record.version, "others": others_at(record, request.user)}
        return JsonResponse(answer)

    @method_decorator(require_POST)
    def autosave_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Save what can be saved of a form; what became of it, for the script."""
        sent, tab = request.POST, _tab(request.POST)
        for _attempt in range(ATTEMPTS):
            record = self._record_of(request, object_id, tab)
            if record is None and object_id:
                return _refusal(gettext("Cette fiche n’existe plus, ou ne vous est plus ouverte."), 404)
            may = self.has_change_permission(request, record) if record else self.has_add_permission(request)
            if not may:
                return _refusal(gettext("Vous ne pouvez plus y écrire : son état a changé."), 403)
            request.POST, request.is_automatic, request.aside = sent, True, None
            try:
                with transaction.atomic():
                    answer = self._saved(request, record, sent, tab) if record else self._begun(request, sent, tab)
            except (Refused, IntegrityError):
                continue  # somebody saved at the same moment
            except ValidationError as error:
                if error.code == "stale":
                    continue
                return _refusal(" ".join(error.messages), 409)
            return JsonResponse(answer)
        return _refusal(gettext("D’autres enregistrent au même moment."), 503)

    def _record_of(self, request: HttpRequest, object_id: str | None, tab: str) -> Any:
        if object_id:
            return self.get_object(request, unquote(object_id))
        # An answer that was lost on the way: this form has begun its record already.
        begun = OpenForm.objects.filter(kind=self.opts.label_lower, user=request.user, tab=tab).first() if tab else None
        return self.get_object(request, str(begun.object_id)) if begun else None

    # -- saving

    def act_of(self, form: Any, change: bool) -> str:
        act = super().act_of(form, change)
        return history.Act.AUTOSAVED if getattr(form, "is_automatic", False) and change else act

    def _saved(self, request: HttpRequest, record: Any, sent: QueryDict, tab: str) -> dict[str, Any]:
        written = None
        is_aside = self._is_aside(request, record)
        if is_aside:
            try:
                with self.aside(request, record):
                    outcome = _Outcome()
                    self._write(request, record, sent, outcome)
            except WrittenAside as carried:
                written = carried
                copies.draft(record, written.state, by=request.user, act=history.Act.AUTOSAVED)
                outcome.ids = request.aside.ids
                self.written_aside(request, record)
        else:
            outcome = _Outcome()
            self._write(request, record, sent, outcome)
        newest = history.Revision.objects.of(record).first()
        stored = type(record)._base_manager.values_list("version", flat=True).get(pk=record.pk)
        read = min(int(sent["version"]), stored) if is_id(sent.get("version", "")) else 0
        overlay = getattr(request, "overlay", None)
        shown = overlay.shown(newest.snapshot, sent, outcome.sample) if overlay and outcome.sample else None
        version = read if shown else stored
        if tab:
            form = OpenForm.objects.see(record, request.user, tab, read)
            form.saved(read, stored, shown)
            held = OpenForm.objects.of(record).exclude(pk=form.pk).held()
            if newest.act == history.Act.AUTOSAVED and newest.by_id == request.user.pk and newest.number == stored:
                history.Revision.objects.replace(newest, held)
        told = ""
        if overlay and overlay.base is not None and shown is not None:
            changes = compare(overlay.kept, overlay.base, overlay.now).in_short
            told = gettext("Enregistré entre-temps par d’autres : %s.") % changes if changes else ""
        return {
            "version": version,
            "id": record.pk,
            "address": self.change_address(record),
            "at": f"{timezone.localtime():%H:%M}",
            "pending": outcome.pending,
            "contested": [one.label for one in overlay.contested.values()] if overlay else [],
            "told": told,
            "lines": outcome.lines(),
            "others": others_at(record, request.user),
            "is_copy": is_aside,
        }

    def _write(self, request: HttpRequest, record: Any, sent: QueryDict, outcome: "_Outcome") -> None:
        """Write what can be written; raises WrittenAside over a state that is undone."""
        request.overlay = None
        self._catch_up(request, str(record.pk), with_deletions(sent))
        request.conflict, overlay = None, request.overlay
        if overlay is None:
            raise Refused  # it has gone, or is no longer theirs, since it was read
        kind = self.get_form(request, record, change=True)
        sample, lines = kind(instance=self.get_object(request, str(record.pk))), self._lines_of(request, record)
        outcome.sample = sample
        overlay.give_up(sample, lines, set(overlay.contested))
        for round_ in range(ROUNDS):
            row = self.get_object(request, str(record.pk))
            form = kind(overlay.sent, {}, instance=row)
            form.is_automatic = True
            request.POST = overlay.sent
            formsets, _inlines = self._create_formsets(request, row, change=True)
            is_valid = form.is_valid()
            if all_valid(formsets) and is_valid:
                break
            names = self._not_yet(form, formsets, round_, outcome)
            overlay.give_up(sample, lines, names)
        else:
            raise ValidationError(
                gettext("Rien de ce formulaire ne peut être enregistré pour l’instant."), code="invalid"
            )
        known = {one.name for one in (*overlay.kept.fields, *overlay.kept.many)}
        if not (known.intersection(form.changed_data) or any(formset.has_changed() for formset in formsets)):
            return
        outcome.formsets = formsets
        outcome.origins = {
            prefix: [row.origin for side in laid for row in side] for prefix, laid in overlay.laid.items()
        }
        form.cleaned_data["why"] = ""  # that is said of the save which somebody asks for
        saved = form.save(commit=False)
        self.save_model(request, saved, form, change=True)
        self.save_related(request, form, formsets, change=True)

    def _not_yet(self, form: Any, formsets: Iterable[Any], round_: int, outcome: "_Outcome") -> set[str]:
        """The fields and lines that are not valid yet, so that what is stored stays in their place."""
        names = {name for name in form.errors if name in form.fields}
        for name in names:
            outcome.add(form.fields[name].label or name, form.errors[name])
        if not names and form.errors:
            # What only goes together (a place in a series) names no field: first what is no text, then all of it.
            changed = [one for one in form.changed_data if one in form.fields]
            texts = [one for one in changed if _is_text(self.opts.model, one)]
            names = set(changed) - set(texts) if round_ < ROUNDS - 2 else set(changed)
            outcome.add("", form.non_field_errors())
        for formset in formsets:
            label = capfirst(str(formset.model._meta.verbose_name))
            wrong = {f"{formset.prefix}-{place}" for place, errors in enumerate(formset.errors) if errors}
            if formset.non_form_errors() or (wrong and round_ >= ROUNDS - 2):
                wrong = {f"{formset.prefix}-{place}" for place in range(len(formset.forms))}
            if wrong:
                outcome.add(label, [])
            names |= wrong
        return names

    def _begun(self, request: HttpRequest, sent: QueryDict, tab: str) -> dict[str, Any]:
        """The first save of a new record."""
        outcome, values = _Outcome(), with_deletions(sent).copy()
        kind = self.get_form(request, None, change=False)
        for round_ in range(ROUNDS):
            form = kind(values, {}, instance=None)
            is_valid = form.is_valid()
            request.POST = values
            row = form.save(commit=False) if is_valid else self.model()
            formsets, _inlines = self._create_formsets(request, row, change=False)
            if all_valid(formsets) and is_valid:
                break
            blanks = self.blanks(request)
            wrong = [name for name in form.errors if name in form.fields]
            for name in wrong or (form.fields if not is_valid and round_ > 1 else ()):
                if values.get(name):
                    outcome.add(form.fields[name].label or name, form.errors.get(name, []))
                for key in [key for key in values if key == name or key.startswith(f"{name}_")]:
                    del values[key]
                if name in blanks:
                    values[name] = blanks[name]
            if not is_valid and not wrong:
                outcome.add("", form.non_field_errors())
            for formset in formsets:
                if any(formset.errors) or formset.non_form_errors():
                    outcome.add(capfirst(str(formset.model._meta.verbose_name)), [])
                    _without_lines(values, formset, outcome)
        else:
            raise ValidationError(
                gettext("Rien de ce formulaire ne peut être enregistré pour l’instant."), code="invalid"
            )
        self.save_model(request, row, form, change=False)
        self.save_related(request, form, formsets, change=False)
        self.log_addition(request, row, gettext("Créé par l’enregistrement automatique."))
        if tab:
            OpenForm.objects.see(row, request.user, tab, 0).saved(0, row.version, None)
        outcome.formsets = formsets
        answer = {
            "version": row.version,
            "id": row.pk,
            "address": self.change_address(row),
            "at": f"{timezone.localtime():%H:%M}",
        }
        return answer | {
            "pending": outcome.pending,
            "contested": [],
            "told": "",
            "lines": outcome.lines(),
            "others": [],
            "is_copy": False,
        }

    # -- the form

    def shown_state(self, request: HttpRequest, record: Any, read: int) -> Snapshot | None:
        tab = _tab(request.POST)
        if not tab:
            return None
        form = OpenForm.objects.of(record).filter(user=request.user, tab=tab).first()
        if form is None or form.made is None or read not in (form.version, form.made):
            return None
        if form.shown:
            return form.state
        if read == form.made:
            return None
        # The answer to the save before was lost on the way: what it made is this form's own.
        made = history.Revision.objects.of(record).filter(number__lte=form.made).first()
        return made.snapshot if made else None

    def lays_always(self, request: HttpRequest) -> bool:
        return getattr(request, "is_automatic", False) or bool(request.POST.get(GONE)) or has_late_lines(request.POST)

    def attempt(
        self, request: HttpRequest, object_id: str | None, sent: QueryDict, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().attempt(request, object_id, with_deletions(sent), *args, **kwargs)
        tab = _tab(sent) if request.method == "POST" and response.status_code == 302 else ""
        record = self.get_object(request, unquote(object_id)) if tab and object_id else None
        if record is not None:
            read = int(sent["version"]) if is_id(sent.get("version", "")) else 0
            OpenForm.objects.see(record, request.user, tab, read).saved(min(read, record.version), record.version, None)
        return response

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        record = kwargs.get("obj")
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        may = self.has_change_permission(request, record) if record else self.has_add_permission(request)
        context["autosave"] = None
        if may and not context["is_popup"]:
            arguments, end = ([record.pk], "") if record else ([], "_new")
            context["autosave"] = {
                "address": reverse(f"{name}_autosave{end}", args=arguments),
                "here": reverse(f"{name}_here{end}", args=arguments),
                "login": f"{reverse(f'{self.admin_site.name}:login')}",
                "record": record.pk if record else "",
                "kind": self.opts.label_lower,
                "others": others_at(record, request.user) if record else [],
            }
        return super().render_change_form(request, context, **kwargs)

    class Media:
        css = {"all": ["css/autosave.css"]}
        js = (Script("js/admin/autosave.js", type="module"),)


class _Outcome:
    """What became of the parts of a form."""

    def __init__(self) -> None:
        self.pending: list[str] = []
        self.formsets: Iterable[Any] = ()
        self.origins: dict[str, list[int | None]] = {}  # of a kind of lines: the places at which they were sent
        self.sample: Any = None
        self.ids: Mapping[str, Mapping[int, int]] = {}

    def add(self, label: Any, sentences: Iterable[Any]) -> None:
        """A part that is not saved, and why."""
        why = " ".join(str(one) for one in sentences)
        named = capfirst(str(label))
        text = (
            gettext("%(field)s : %(sentence)s") % {"field": named, "sentence": why} if named and why else named or why
        )
        if text and text not in self.pending:
            self.pending.append(text)

    def lines(self) -> dict[str, int]:
        """The lines that are on record since this save, by their place in the form that was sent: prefix → id."""
        found = {}
        for formset in self.formsets:
            origins = self.origins.get(formset.prefix, list(range(len(formset.forms))))
            relation = formset.fk.remote_field.get_accessor_name()
            for place, form in enumerate(formset.forms):
                pk = form.instance.pk
                if pk is None or form in formset.deleted_forms or place < formset.initial_form_count():
                    continue
                origin = origins[place]
                if origin is not None:
                    found[f"{formset.prefix}-{origin}"] = self.ids.get(relation, {}).get(pk, pk)
        return found


def others_at(record: models.Model, user: Any) -> list[str]:
    """The names of those who have a record open now, besides one."""
    return [person(one) for one in OpenForm.objects.of(record).alive().others(user).people()]


def with_writers(state: str, record: Any) -> str:
    """What a list says of a record's state, and who is writing in it now."""
    writers = getattr(record, "writers", [])
    if not writers:
        return state
    told = ngettext("%s écrit", "%s écrivent", len(writers)) % ", ".join(writers)
    return format_html("{} {}", state, badge("writing", told))


def with_deletions(sent: QueryDict) -> QueryDict:
    """What is sent, with the lines marked as deleted that an automatic save had made and that the form has no more."""
    gone = sent.get(GONE, "").split()
    if not gone:
        return sent
    changed = sent.copy()
    del changed[GONE]
    for one in gone:
        prefix, _colon, pk = one.rpartition(":")
        total = changed.get(f"{prefix}-TOTAL_FORMS", "")
        if is_id(pk) and is_id(total):
            changed[f"{prefix}-{total}-id"], changed[f"{prefix}-{total}-DELETE"] = pk, "on"
            changed[f"{prefix}-TOTAL_FORMS"] = str(int(total) + 1)
    return changed


def has_late_lines(sent: QueryDict) -> bool:
    """Whether a line has been on record only since the form was opened: it stands after those that were then."""
    for key, value in sent.items():
        found = re.fullmatch(r"(\w+)-(\d{1,4})-id", key)
        if found and value:
            initial = sent.get(f"{found[1]}-INITIAL_FORMS", "")
            if is_id(initial) and int(found[2]) >= int(initial):
                return True
    return False


def _without_lines(values: QueryDict, formset: Any, outcome: _Outcome) -> None:
    """Take lines that are wrong out of what is sent, and close up behind them; all of them where they go wrong together."""
    prefix, total = formset.prefix, formset.total_form_count()
    places = {place for place, errors in enumerate(formset.errors) if errors}
    rows = [
        {
            key.removeprefix(f"{prefix}-{place}-"): values.getlist(key)
            for key in values
            if key.startswith(f"{prefix}-{place}-")
        }
        for place in range(total)
    ]
    for key in [key for key in values if re.match(rf"{re.escape(prefix)}-\d+-", key)]:
        del values[key]
    stays = [place for place in range(total) if places and place not in places]
    origins = outcome.origins.get(prefix, list(range(total)))
    outcome.origins[prefix] = [origins[place] for place in stays]
    kept = [rows[place] for place in stays]
    for place, row in enumerate(kept):
        for name, texts in row.items():
            values.setlist(f"{prefix}-{place}-{name}", texts)
    values[f"{prefix}-TOTAL_FORMS"], values[f"{prefix}-INITIAL_FORMS"] = str(len(kept)), "0"


def _is_text(model: type[models.Model], name: str) -> bool:
    of = model._meta.get_field(name)
    return isinstance(of, models.CharField | models.TextField) and not of.choices and not of.unique


def _tab(values: QueryDict) -> str:
    return values.get(TAB, "")[:MAX_TAB]


def _refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
