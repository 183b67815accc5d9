"""Merging in the admin: two records side by side with what would move, the confirmation, the list of merges, and undoing.

It decides nothing: what moves and what is refused stands in clusters/merging.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from clusters import care, merging
from clusters.admin.records import badge
from clusters.colleagues import person
from clusters.dates import day_in_words
from clusters.editing import EditorAdmin, Refused, as_sentences, in_words
from clusters.models import Cluster, Merge
from clusters.related import OneOf, Suggested, is_id

COMPARED = (
    "name", "acronym", "kind", "status", "publication", "country", "city", "region", "website", "legal_form", "summary", "verified_on",
)  # fmt: skip
"""What of two records is shown side by side."""


class OtherForm(forms.Form):
    """Which record it is merged with."""

    def __init__(self, *args: Any, site: admin.AdminSite, this: Cluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["with"] = OneOf(
            Cluster.objects.filter(merged_into=None).exclude(pk=this.pk),
            label=_("Autre fiche"),
            widget=Suggested(Cluster._meta.get_field("merged_into"), site),
            help_text=_("Par son nom, un ancien nom, son sigle ou son identifiant."),
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Raison"), max_length=300, widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("En une phrase, pour l’historique : « même association, renommée en 2022 »."),
        error_messages={"required": _("Dites en une phrase pourquoi c’est le même organisme.")},
    )  # fmt: skip
    versions = forms.CharField(widget=forms.HiddenInput, required=False)


@dataclass(frozen=True)
class Line:
    """One field of both records."""

    label: str
    loser: str
    survivor: str

    @property
    def differs(self) -> bool:
        return self.loser != self.survivor


class Merging(admin.ModelAdmin):
    """An admin whose records can be merged."""

    def get_urls(self) -> list[URLPattern]:
        page = require_http_methods(["GET", "HEAD", "POST"])(self.merge_page)
        return [
            path("<path:object_id>/merge/", self.admin_site.admin_view(page), name="clusters_cluster_merge"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A record that was given up is read, not changed: what were written on it would be seen by nobody.
        away = obj and obj.merged_into_id and not getattr(request, "shown_again", False)
        return super().has_change_permission(request, obj) and not away

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A form that was open while its record was merged is shown again with what was typed, to be copied."""
        record = self.get_object(request, unquote(object_id)) if request.method == "POST" and object_id else None
        if not (record and record.merged_into_id and super().has_change_permission(request, record)):
            return super().changeform_view(request, object_id, *args, **kwargs)
        href = reverse(f"{self.admin_site.name}:clusters_cluster_change", args=[record.merged_into_id])
        link = format_html('<a href="{}">{}</a>', href, record.merged_into)
        text = gettext(
            "Cette fiche a été fusionnée dans « {} » entre-temps : rien n’a été enregistré. Recopiez là-bas ce que vous avez écrit ici."
        )
        request.shown_again, request.refusal = True, Refused({None: [format_html(text, link)]})
        response = super().changeform_view(request, object_id, *args, **kwargs)
        response.status_code = 422
        return response

    def merge_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose the other record; then both side by side; then it is done."""
        if not request.user.has_perm("clusters.add_merge"):
            raise PermissionDenied
        this = get_object_or_404(Cluster, pk=object_id if is_id(object_id) else None)
        choice = OtherForm(request.GET if "with" in request.GET else None, site=self.admin_site, this=this)
        if not (choice.is_bound and choice.is_valid()):
            context = {"form": choice, "media": self.media + choice.media, "alike": care.namesakes(this)}
            return self._merge_page(request, this, "admin/clusters/merge/choose.html", context)
        other = choice.cleaned_data["with"]
        loser, survivor = (other, this) if request.GET.get("garder") == "celle-ci" else (this, other)
        form = ReasonForm(request.POST or None, initial={"versions": _versions(loser, survivor)})
        if form.is_bound and form.is_valid() and (done := self._merged(request, form, loser, survivor)):
            return done
        context = {
            "form": form,
            "plan": merging.plan(loser, survivor),
            "lines": _side_by_side(loser, survivor),
            "loser": loser,
            "survivor": survivor,
            "versions": _versions(loser, survivor),
            "swapped": f"?with={other.pk}" + ("" if loser == other else "&garder=celle-ci"),
        }
        return self._merge_page(request, this, "admin/clusters/merge/confirm.html", context)

    def _merged(self, request: HttpRequest, form: ReasonForm, loser: Cluster, survivor: Cluster) -> HttpResponse | None:
        """The way on once it is done; None if it is not, and the form says why."""
        if form.cleaned_data["versions"] != _versions(loser, survivor):
            form.add_error(
                None, gettext("Une des deux fiches a changé depuis : relisez ce qui suit, puis fusionnez de nouveau.")
            )
            return None
        try:
            merging.merge(loser, survivor, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error.messages)
            return None
        said = gettext("« %(loser)s » est fusionnée dans « %(survivor)s » ; son adresse y mène.")
        self.log_change(request, survivor, gettext("Fusion de « %(loser)s »") % {"loser": loser})
        self.message_user(request, said % {"loser": loser, "survivor": survivor})
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:clusters_cluster_change", args=[survivor.pk]))

    def _merge_page(
        self, request: HttpRequest, this: Cluster, template: str, context: dict[str, Any]
    ) -> TemplateResponse:
        title = gettext("Fusionner « %(record)s »") % {"record": this.name}
        page = {**self.admin_site.each_context(request), "opts": self.opts, "original": this, "title": title, **context}
        return TemplateResponse(request, template, page)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        may = request.user.has_perm("clusters.add_merge")
        away = (
            record.merges_away.filter(undone_at=None).select_related("survivor", "merged_by").first()
            if record
            else None
        )
        context["may_merge"] = bool(record) and may and not record.merged_into_id
        context["merged_into"] = record.merged_into if record else None
        context["merge_away"] = away
        context["merged_by"] = person(away.merged_by) if away else ""
        context["may_undo"] = bool(away) and may
        return super().render_change_form(request, context, **kwargs)


def _versions(loser: Cluster, survivor: Cluster) -> str:
    return f"{loser.version}-{survivor.version}"


def _in_words(cluster: Cluster, name: str) -> str:
    value = getattr(cluster, name)
    return day_in_words(value) if isinstance(value, dt.date) else in_words(cluster, name)


def _side_by_side(loser: Cluster, survivor: Cluster) -> list[Line]:
    lines = [Line(gettext("identifiant"), loser.public_id, survivor.public_id)]
    for name in COMPARED:
        label = str(Cluster._meta.get_field(name).verbose_name)
        lines.append(Line(label, _in_words(loser, name), _in_words(survivor, name)))
    return [line for line in lines if {line.loser, line.survivor} != {"–"}]


class MergeState(admin.SimpleListFilter):
    title, parameter_name = _("état"), "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("vigueur", _("en vigueur")), ("annulee", _("annulées"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(undone_at__isnull=self.value() == "vigueur") if self.value() else queryset


@admin.register(Merge)
class MergeAdmin(EditorAdmin):
    """Merges are made on the page of a record; here they are read, and undone."""

    change_form_template = "admin/clusters/merge/change_form.html"
    list_display = ["what", "reason", "day", "by", "state"]
    list_filter = [MergeState]
    list_per_page = 50
    search_fields = ["loser__name", "loser__public_id", "survivor__name", "survivor__public_id", "reason"]
    fields = [
        "loser_link", "survivor_link", "reason", "what_moved", "what_stayed", "day", "by", "state",
    ]  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("loser", "survivor", "merged_by", "undone_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(require_POST(self.undo))
        return [path("<path:object_id>/undo/", undo, name="clusters_merge_undo"), *super().get_urls()]

    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Part the two records again, and say what could not go back."""
        if not request.user.has_perm("clusters.add_merge"):
            raise PermissionDenied
        done = get_object_or_404(Merge.objects.select_related("loser"), pk=object_id if is_id(object_id) else None)
        try:
            left = merging.undo(done, by=request.user)
        except ValidationError as error:
            self.message_user(request, as_sentences(error), messages.ERROR)
        else:
            self.message_user(request, gettext("La fusion est annulée : les deux fiches sont de nouveau distinctes."))
            for sentence in left:
                self.message_user(request, sentence, messages.WARNING)
            self.log_change(request, done.loser, gettext("Fusion annulée"))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:clusters_cluster_change", args=[done.loser_id]))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        done = kwargs.get("obj")
        context["may_undo"] = bool(done) and not done.undone_at and request.user.has_perm("clusters.add_merge")
        return super().render_change_form(request, context, **kwargs)

    @admin.display(description=_("fusion"), ordering="loser__sort_name")
    def what(self, done: Merge) -> str:
        return gettext("%(loser)s, dans %(survivor)s") % {"loser": done.loser, "survivor": done.survivor}

    @admin.display(description=_("le"), ordering="merged_at")
    def day(self, done: Merge) -> str:
        return day_in_words(timezone.localdate(done.merged_at))

    @admin.display(description=_("par"), ordering="merged_by")
    def by(self, done: Merge) -> str:
        return person(done.merged_by)

    @admin.display(description=_("fiche fusionnée"), ordering="loser__sort_name")
    def loser_link(self, done: Merge) -> str:
        return self._link(done.loser)

    @admin.display(description=_("dans"), ordering="survivor__sort_name")
    def survivor_link(self, done: Merge) -> str:
        return self._link(done.survivor)

    def _link(self, cluster: Cluster) -> str:
        href = reverse(f"{self.admin_site.name}:clusters_cluster_change", args=[cluster.pk])
        return format_html('<a href="{}">{}</a> ({})', href, cluster, cluster.public_id)

    @admin.display(description=_("état"), ordering="undone_at")
    def state(self, done: Merge) -> str:
        if not done.undone_at:
            return badge("published", _("En vigueur"))
        said = {"day": day_in_words(timezone.localdate(done.undone_at)), "who": person(done.undone_by)}
        return format_html("{} {}", badge("withdrawn", _("Annulée")), gettext("le %(day)s, par %(who)s") % said)

    @admin.display(description=_("ce qui a été déplacé"))
    def what_moved(self, done: Merge) -> str:
        moved = merging.moved_in_words(done)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} : {}</li>", moved)) if moved else "–"

    @admin.display(description=_("ce qui est resté sur la fiche fusionnée"))
    def what_stayed(self, done: Merge) -> str:
        left = done.moved.get("left", [])
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} : {} ({})</li>", left)) if left else "–"
