"""Sources, programmes and sectors in the admin: what clusters and figures refer to.

Each shows where it is used, so that nobody changes what they cannot see the reach of.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.admin.imports import Importing
from clusters.admin.records import Incomplete, RecordAdmin, publication, publish, withdraw
from clusters.dates import PartialDate
from clusters.editing import Refused, VersionedAdmin, VersionedForm
from clusters.following import follow
from clusters.imports.sources import SourceImporter
from clusters.models import (
    Programme,
    Sector,
    Source,
)


class SourceForm(VersionedForm):
    class Meta:
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class SourceIncomplete(Incomplete):
    choices_of = {
        "date": (_("sans date de parution"), lambda rows: rows.filter(published="")),
        "adresse": (_("sans adresse en ligne"), lambda rows: rows.filter(url="")),
        "copie": (_("sans copie archivée"), lambda rows: rows.exclude(url="").filter(archived_url="")),
        "usage": (_("sans aucun chiffre"), lambda rows: rows.filter(observations=None)),
    }


@admin.register(Source)
class SourceAdmin(Importing, RecordAdmin):
    form = SourceForm
    importer = SourceImporter
    import_title = _("Importer des sources")
    import_about = _("Un tableau de sources, une ligne par document. Importez-les avant les chiffres qui les citent.")
    import_permissions = ("clusters.add_source", "clusters.change_source")
    fieldsets = [
        (None, {"fields": ["title", ("author", "publisher"), ("kind", "language", "published")]}),
        (_("Où la lire"), {"fields": ["url", ("archived_url", "accessed_on")]}),
        (_("D’où elle tient ses faits"), {"fields": ["derived_from", "witness", "note"]}),
        (_("Publication"), {"fields": ["publication", "slug", "last_saved"]}),
    ]
    readonly_fields = ["last_saved", "witness"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["derived_from"]
    list_display = ["title", "publisher", "kind", "date", "figures", publication]
    list_filter = ["publication", SourceIncomplete, "kind"]
    list_per_page = 50
    search_fields = ["title", "publisher", "author", "url"]
    actions = [publish, withdraw]

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .annotate(figure_count=models.Count("observations"))
            .select_related("modified_by")
        )

    def settle(self, request: HttpRequest, form: Any) -> None:
        super().settle(request, form)
        if "publication" in form.changed_data:
            try:
                follow(form.instance, request.user)
            except ValidationError as error:
                raise Refused({"publication": error.messages}) from None

    def each(
        self, request: HttpRequest, chosen: models.QuerySet, do: Callable[[Any], None], done: Any, act: str
    ) -> None:
        def and_follow(source: Source) -> None:
            do(source)
            follow(source, request.user)

        super().each(request, chosen, and_follow, done, act)

    @admin.display(description=_("un seul témoin"))
    def witness(self, source: Source) -> Any:
        """What it goes back to, and what draws on it: together they are one witness."""
        derived = list(source.derived.in_order()) if source.pk else []
        lines = [(gettext("À l’origine"), source.root)] if source.derived_from_id else []
        lines += [(gettext("En dérive"), one) for one in derived]
        linked = [
            (label, reverse(f"{self.admin_site.name}:clusters_source_change", args=[one.pk]), one)
            for label, one in lines
        ]
        listed = format_html_join("", '<li>{} : <a href="{}">{}</a></li>', linked)
        return format_html("<ul>{}</ul>", listed) if linked else "–"

    @admin.display(description=_("parue"), ordering="published_last")
    def date(self, source: Source) -> Any:
        return source.published_date or "–"

    @admin.display(description=_("chiffres"), ordering="figure_count")
    def figures(self, source: Any) -> int:
        return source.figure_count


class ProgrammeForm(VersionedForm):
    periods = (("start", "end"),)

    class Meta:
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}


@admin.register(Programme)
class ProgrammeAdmin(RecordAdmin):
    form = ProgrammeForm
    fieldsets = [
        (None, {"fields": [("name", "full_name"), ("kind", "owner"), "summary"]}),
        (_("Quand et où"), {"fields": [("start", "end"), "countries", "parent"]}),
        (_("Présentation"), {"fields": ["description", "sources"]}),
        (_("Publication"), {"fields": ["publication", "slug", "last_saved"]}),
    ]
    readonly_fields = ["last_saved"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["parent", "sources"]
    list_display = ["name", "kind", "owner", "period", "participants", publication]
    list_filter = ["publication", "kind"]
    list_per_page = 50
    search_fields = ["name", "full_name", "owner"]
    actions = [publish, withdraw]

    def get_queryset(self, request: HttpRequest) -> Any:
        participants = models.Count("participations__cluster", distinct=True)
        return super().get_queryset(request).annotate(participant_count=participants).select_related("modified_by")

    @admin.display(description=_("période"), ordering="start_first")
    def period(self, programme: Programme) -> str:
        dates = [PartialDate.parse(text) for text in (programme.start, programme.end) if text]
        return " – ".join(str(date) for date in dates) or "–"

    @admin.display(description=_("clusters"), ordering="participant_count")
    def participants(self, programme: Any) -> int:
        return programme.participant_count


@admin.register(Sector)
class SectorAdmin(VersionedAdmin):
    shows_uses = True
    fields = ["label", "label_en", "code", "scheme", "number"]
    prepopulated_fields = {"code": ["label"]}
    list_display = ["label", "code", "scheme", "cluster_count"]
    list_filter = ["scheme"]
    search_fields = ["label", "label_en", "code"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(clusters_in=models.Count("cluster_links"))

    @admin.display(description=_("clusters"), ordering="clusters_in")
    def cluster_count(self, sector: Any) -> int:
        return sector.clusters_in
