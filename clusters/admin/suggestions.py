"""Corrections that readers propose, in the admin: a list of what waits, and one page on which each is decided.

It decides nothing itself: what an accepted correction changes stands in `clusters.corrections`.
"""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters import corrections
from clusters.admin.records import badge, named
from clusters.colleagues import person
from clusters.dates import PartialDateField, validate_partial_date
from clusters.editing import EditorAdmin
from clusters.intake import readings
from clusters.models import ClusterName, Observation, Source, Suggestion
from clusters.models.publication import free_slug
from clusters.models.statuses import Status
from clusters.numbers import NumberField
from clusters.related import OneOf

Field, State = Suggestion.Field, Suggestion.State
BADGES = {State.NEW: "missing", State.ACCEPTED: "published", State.REJECTED: "withdrawn", State.DUPLICATE: "plain"}
DECISIONS = ("accept", "reject", "duplicate")


class DecisionForm(forms.Form):
    """What an editor says of one correction. What the correction needs is filled in as its reader wrote it."""

    value = NumberField(label=_("Valeur"), required=False, max_digits=20, decimal_places=4)
    upper = NumberField(
        label=_("Jusqu’à"), required=False, max_digits=20, decimal_places=4,
        help_text=_("Haut d’une fourchette."),
    )  # fmt: skip
    precision = forms.ChoiceField(label=_("Précision"), required=False, choices=Observation.Precision.choices)
    text = forms.CharField(label=_("La fiche dira"), required=False, max_length=300)
    old_name = forms.ChoiceField(label=_("Le nom d’avant"), required=False, choices=corrections.OLD_NAMES)
    name_kind = forms.ChoiceField(label=_("Sorte de nom"), required=False, choices=ClusterName.Kind.choices)
    status = forms.ChoiceField(label=_("Situation"), required=False, choices=[("", "–"), *Status.choices])
    dated = PartialDateField(_("Date du fait")).formfield(required=False, validators=[validate_partial_date])
    source_title = forms.CharField(label=_("Titre de la source"), required=False, max_length=300)
    source_publisher = forms.CharField(label=_("Éditeur"), required=False, max_length=200)
    source_kind = forms.ChoiceField(label=_("Nature de la source"), required=False, choices=Source.Kind.choices)
    source_published = PartialDateField(_("Parue le")).formfield(required=False, validators=[validate_partial_date])
    reply = forms.CharField(
        label=_("Réponse publique"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Se lit sur la fiche ; obligatoire pour un refus."),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    duplicate_of = OneOf(
        Suggestion.objects.none(), label=_("Dit la même chose que"), required=False, empty_label=_("choisissez…")
    )

    NEEDS = {
        Field.FIGURE: ("value", "upper", "precision", "dated"),
        Field.NAME: ("text", "old_name", "dated"),
        Field.OTHER_NAME: ("text", "name_kind", "dated"),
        Field.STATUS: ("status", "dated"),
        Field.OTHER: (),
    }
    """What must be known to apply each sort of correction; the others are one text."""

    def __init__(self, *args: Any, suggestion: Suggestion, decision: str = "", **kwargs: Any) -> None:
        self.suggestion, self.decision = suggestion, decision
        self.known_source = corrections.source_at(suggestion.evidence)
        super().__init__(*args, initial=self._as_proposed(), **kwargs)
        needed = self.NEEDS.get(suggestion.field, ("text",))
        if suggestion.field == Field.NAME and not suggestion.cluster_id:
            needed = ("text",)
        self.change_names = needed
        self.source_names = () if self.known_source or suggestion.field == Field.OTHER else (
            "source_title", "source_publisher", "source_kind", "source_published",
        )  # fmt: skip
        for name in {"value", "upper", "precision", "text", "old_name", "name_kind", "status", "dated"} - set(needed):
            del self.fields[name]
        if not self.source_names:
            for name in [name for name in self.fields if name.startswith("source_")]:
                del self.fields[name]
        others = Suggestion.objects.about(suggestion.record).exclude(pk=suggestion.pk)
        self.fields["duplicate_of"].queryset = others.exclude(state=State.DUPLICATE)

    def _as_proposed(self) -> dict[str, Any]:
        suggestion = self.suggestion
        said = suggestion.proposed
        value, upper = readings.range_in(said)
        return {
            "value": value,
            "upper": upper,
            "precision": readings.precision_in(said),
            "text": " ".join(said.split()),
            "name_kind": ClusterName.Kind.ALIAS,
            "status": readings.status_in(said),
            "dated": suggestion.dated,
            "source_title": suggestion.evidence[:300],
            "source_publisher": (urlsplit(suggestion.evidence).hostname or "").removeprefix("www."),
            "source_kind": Source.Kind.PRESS,
        }

    @property
    def typed(self) -> list[tuple[str, str]]:
        """(label, text) of what was written otherwise than proposed, to copy where the correction is decided already."""
        # Read as it was sent: the fields of a source are gone once the colleague who decided has made one.
        sent = ((name, field, self.data.get(name, "").strip()) for name, field in self.base_fields.items())
        return [
            (str(field.label), str(dict(getattr(field, "choices", ())).get(text, text)))
            for name, field, text in sent
            if name not in ("seen", "duplicate_of") and text and text != str(self.initial.get(name, ""))
        ]

    def _bound(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def change_fields(self) -> list[forms.BoundField]:
        return self._bound(self.change_names)

    @property
    def source_fields(self) -> list[forms.BoundField]:
        return self._bound(self.source_names)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.decision == "accept":
            for name in (*self.change_names, *self.source_names):
                if name in ("value", "text", "status", "source_title") and data.get(name) in (None, ""):
                    self._say(name, _("Ce champ est nécessaire pour accepter la correction."))
            if self.suggestion.field == Field.OTHER and not data.get("reply", "").strip():
                self._say("reply", _("Dites ce que vous avez corrigé vous-même : la réponse se lit sur la fiche."))
            # Only figures are added to a record; the rest replaces what it says, which must have been read.
            seen = data.get("seen")
            if seen is not None and seen != self.suggestion.record.version and not self.suggestion.observation_id:
                self.add_error(
                    None,
                    _(
                        "La fiche a été enregistrée depuis l’ouverture de cette page. Relisez ce qu’elle dit maintenant, puis acceptez de nouveau."
                    ),
                )
        elif self.decision == "reject" and not data.get("reply", "").strip():
            self._say("reply", _("Répondez en une phrase : la réponse se lit sur la fiche."))
        elif self.decision == "duplicate" and not data.get("duplicate_of"):
            self._say("duplicate_of", _("Choisissez la correction qui disait déjà la même chose."))
        return data

    def _say(self, name: str, sentence: Any) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)

    def decide(self, by: Any) -> None:
        """Do what was decided.

        Raises:
            ValidationError: it cannot be done; says why.
        """
        data, suggestion = self.cleaned_data, self.suggestion
        if self.decision == "reject":
            corrections.reject(suggestion, by, data["reply"])
        elif self.decision == "duplicate":
            corrections.mark_duplicate(suggestion, by, data["duplicate_of"], data["reply"])
        else:
            corrections.accept(suggestion, by, {**data, "source": self.known_source or self._new_source(by)})

    def _new_source(self, by: Any) -> Source:
        data = self.cleaned_data
        title = data.get("source_title", "")
        return Source(
            slug=free_slug(Source, title, "source"), title=title, publisher=data.get("source_publisher", ""),
            kind=data.get("source_kind") or Source.Kind.PRESS, published=data.get("source_published", ""),
            url=self.suggestion.evidence, accessed_on=timezone.localdate(), publication="published", modified_by=by,
        )  # fmt: skip


@admin.register(Suggestion)
class SuggestionAdmin(EditorAdmin):
    list_display = ["proposed_in_short", "what", "about", "situation", "waiting", "proof"]
    list_filter = ["state", "field"]
    list_per_page = 50
    list_select_related = ["cluster", "programme", "source", "decided_by"]
    ordering = [
        # Those that wait stand first.
        models.Case(models.When(state=State.NEW, then=0), default=1, output_field=models.IntegerField()).asc(),
        "-created_at",
        "-pk",
    ]
    search_fields = ["proposed", "evidence", "cluster__name", "cluster__acronym", "programme__name", "source__title"]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        # Django lets an address filter by any column: ?email__startswith=a would tell whoever may only read.
        return lookup in {"state__exact", "field__exact"} and super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("proposition"))
    def proposed_in_short(self, suggestion: Suggestion) -> str:
        return f"{suggestion.proposed[:80]}…" if len(suggestion.proposed) > 80 else suggestion.proposed

    @admin.display(description=_("ce qui est à corriger"), ordering="field")
    def what(self, suggestion: Suggestion) -> str:
        label = suggestion.get_field_display()
        return f"{label} – {suggestion.current[:80]}" if suggestion.current else label

    @admin.display(description=_("fiche"))
    def about(self, suggestion: Suggestion) -> str:
        record = suggestion.record
        return record.short_name if suggestion.cluster_id else str(record)

    @admin.display(description=_("preuve"))
    def proof(self, suggestion: Suggestion) -> str:
        host = (urlsplit(suggestion.evidence).hostname or suggestion.evidence).removeprefix("www.")
        return format_html('<a href="{}" rel="external noopener noreferrer">{}</a>', suggestion.evidence, host)

    @admin.display(description=_("proposée"), ordering="created_at")
    def waiting(self, suggestion: Suggestion) -> str:
        days = (timezone.localdate() - timezone.localtime(suggestion.created_at).date()).days
        if days == 0:
            return gettext("aujourd’hui")
        return gettext("hier") if days == 1 else gettext("il y a %(days)d jours") % {"days": days}

    @admin.display(description=_("état"), ordering="state")
    def situation(self, suggestion: Suggestion) -> str:
        return badge(BADGES[State(suggestion.state)], suggestion.get_state_display())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page on which a correction is read beside the record, and decided."""
        suggestion = self.get_object(request, object_id)
        if suggestion is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, suggestion):
            raise PermissionDenied
        may_decide = self.has_change_permission(request, suggestion)
        decision = request.POST.get("decision", "")
        if request.method == "POST":
            if not may_decide or decision not in DECISIONS:
                raise PermissionDenied
            form = DecisionForm(request.POST, suggestion=suggestion, decision=decision)
            if form.is_valid():
                try:
                    form.decide(request.user)
                except ValidationError as error:
                    self._tell(form, error)
                    suggestion.refresh_from_db()
                else:
                    return self._done(request, suggestion)
        else:
            form = DecisionForm(suggestion=suggestion)
        context = {
            **self.admin_site.each_context(request),
            "title": str(self.opts.verbose_name).capitalize(),
            "opts": self.opts,
            "original": suggestion,
            "suggestion": suggestion,
            "record_admin": self._address(suggestion.record),
            "source_admin": self._address(form.known_source) if form.known_source else "",
            "made_admin": self._address(suggestion.made) if suggestion.made else "",
            "decided_by": person(suggestion.decided_by),
            "form": form,
            "says_now": corrections.says_now_of(suggestion),
            "typed": form.typed if not suggestion.is_open else [],
            "may_decide": may_decide and suggestion.is_open,
            "media": self.media,
            **(extra_context or {}),
        }
        status = 200 if not form.errors else 422
        return TemplateResponse(request, "admin/clusters/suggestion/decide.html", context, status=status)

    def _address(self, row: models.Model) -> str:
        return reverse(f"{self.admin_site.name}:clusters_{row._meta.model_name}_change", args=[row.pk])

    @staticmethod
    def _tell(form: DecisionForm, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            form.add_error(None, error)
            return
        for name, sentences in error.message_dict.items():
            form.add_error(name if name in form.fields else None, sentences)

    def _done(self, request: HttpRequest, suggestion: Suggestion) -> HttpResponse:
        said = suggestion.get_state_display().lower()
        self.log_change(request, suggestion, said)
        told = {
            State.ACCEPTED: gettext("la correction est acceptée."),
            State.REJECTED: gettext("la correction est refusée."),
            State.DUPLICATE: gettext("la correction est un doublon."),
        }
        text = named(suggestion.record, told[State(suggestion.state)])
        self.message_user(request, text, messages.SUCCESS)
        moved = suggestion.state == State.ACCEPTED and suggestion.field in (Field.CITY, Field.REGION)
        if moved and suggestion.cluster.latitude is not None:
            text = gettext("les coordonnées sont celles du lieu d’avant : vérifiez-les.")
            self.message_user(request, named(suggestion.record, text), messages.WARNING)
        following = Suggestion.objects.open().order_by("created_at", "pk").first()
        name = f"{self.admin_site.name}:clusters_suggestion_"
        where = reverse(f"{name}change", args=[following.pk]) if following else reverse(f"{name}changelist")
        return HttpResponseRedirect(where)
