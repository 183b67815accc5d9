"""A cluster in the admin: its form with all its lines, its list, and the chooser of the body editor.

All lines are written before the model is asked whether the record may be public, in one transaction.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import fulltext
from clusters.admin.care import Caring
from clusters.admin.figures import FigureInline, figures_on_record
from clusters.admin.imports import Importing
from clusters.admin.links import link_choices
from clusters.admin.merging import Merging
from clusters.admin.records import Incomplete, RecordAdmin, badge, publication, publish, verify, withdraw
from clusters.admin.writing import Writing
from clusters.editing import (
    LineFormSet,
    LineInline,
    Refused,
    VersionedForm,
    periods_in_order,
)
from clusters.imports.clusters import ClusterImporter
from clusters.models import (
    Cluster,
    ClusterIdentifier,
    ClusterName,
    ClusterSector,
    Observation,
    ObservationSubject,
    Participation,
    StatusChange,
)
from clusters.models.clusters import VERIFIED_FOR
from clusters.models.publication import PublicationState

CHOICES = 20
"""Clusters that the body editor's chooser offers at a time."""


class ClusterForm(VersionedForm):
    fills = {"logo_file": "logo"}
    logo_file = forms.FileField(
        required=False, label=_("Logo"), help_text=_("JPEG, PNG, WebP ou AVIF. Un nouveau fichier remplace l’ancien."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
    )  # fmt: skip

    class Meta:
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors and self.cleaned_data.get("logo_file"):
            try:
                self.instance.set_logo(self.cleaned_data["logo_file"])
            except ValidationError as error:
                self.add_error("logo_file", error)

    def _get_validation_exclusions(self) -> set[str]:
        # Whether it can be published is asked once all lines are written (ClusterAdmin.settle): the situation may
        # come from a new line of the history, the sector from a new line of sectors.
        return {*super()._get_validation_exclusions(), "publication"}


class SectorFormSet(LineFormSet):
    """Sectors, exactly one of which is the primary one."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data.get("sector") and not self._should_delete_form(form)]
        primary = [form for form in kept if form.cleaned_data.get("is_primary")]
        if len(kept) == 1 and not primary:
            # A single sector is the primary one, whether anybody ticked the box or not.
            kept[0].cleaned_data["is_primary"] = kept[0].instance.is_primary = True
            kept[0].has_changed = lambda: True
        elif kept and len(primary) != 1:
            raise ValidationError(_("Cochez un secteur comme principal, et un seul."))

    @property
    def initial_forms(self) -> list[Any]:
        # The primary one is written last: for a moment there is none, never two, which the database would refuse.
        return sorted(super().initial_forms, key=self._is_primary) if self.is_bound else super().initial_forms

    def _is_primary(self, form: Any) -> bool:
        data = getattr(form, "cleaned_data", {})
        return bool(data.get("is_primary")) and not data.get("DELETE")


class SectorInline(LineInline):
    model = ClusterSector
    formset = SectorFormSet
    fields = ["sector", "is_primary"]
    autocomplete_fields = ["sector"]
    verbose_name, verbose_name_plural = _("secteur"), _("secteurs")


class PeriodForm(forms.ModelForm):
    def clean(self) -> None:
        super().clean()
        periods_in_order(self, [("valid_from", "valid_to")])


class NameInline(LineInline):
    model = ClusterName
    form = PeriodForm
    fields = ["value", "kind", "language", "valid_from", "valid_to", "source"]
    autocomplete_fields = ["source"]


class StatusInline(LineInline):
    """The history of the situation: lines are added, not changed."""

    model = StatusChange
    fields = ["status", "since", "source", "note"]
    autocomplete_fields = ["source"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("clusters.delete_statuschange")  # a line recorded by mistake


class ParticipationInline(LineInline):
    model = Participation
    form = PeriodForm
    fields = ["programme", "role", "level", "valid_from", "valid_to", "source", "note"]
    autocomplete_fields = ["programme", "source"]


class IdentifierInline(LineInline):
    """What other registries call it, each with its page there where they have one."""

    model = ClusterIdentifier
    fields = ["registry", "value", "page"]
    readonly_fields = ["page"]

    @admin.display(description=_("page du registre"))
    def page(self, identifier: ClusterIdentifier) -> str:
        if not identifier.address:
            return "–"
        return format_html('<a href="{}" rel="external noopener noreferrer">{}</a>', identifier.address, identifier)


class CountryFilter(admin.SimpleListFilter):
    """Only the countries that are in the registry."""

    title, parameter_name = _("pays"), "pays"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = model_admin.get_queryset(request).exclude(country="").order_by().values_list("country", flat=True)
        return sorted(((code, countries.name(code)) for code in codes.distinct()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(country=self.value()) if self.value() else queryset


class ClusterIncomplete(Incomplete):
    choices_of = {
        "verifier": (_("à vérifier"), lambda rows: rows.needing_care(timezone.localdate())),
        "chiffres": (_("sans chiffre"), lambda rows: rows.filter(figure_count=0)),
        "resume": (_("sans résumé"), lambda rows: rows.filter(summary="")),
        "secteur": (_("sans secteur"), lambda rows: rows.filter(sector_links=None)),
        "situation": (_("sans situation"), lambda rows: rows.filter(status="")),
    }


@admin.register(Cluster)
class ClusterAdmin(Caring, Merging, Importing, Writing, RecordAdmin):
    form = ClusterForm
    importer = ClusterImporter
    import_title = _("Importer des clusters")
    import_about = _(
        "Un tableau de clusters, une ligne par fiche : les nouvelles sont créées, les autres complétées ou corrigées."
    )
    import_permissions = ("clusters.add_cluster", "clusters.change_cluster")
    add_title = _("Ajouter un cluster")
    change_form_template = "admin/clusters/cluster/change_form.html"
    fieldsets = [
        (None, {"fields": [("name", "acronym"), "kind", "summary"]}),
        (_("Où"), {"fields": ["country", ("city", "region")]}),
        (
            _("Sur la carte"),
            {
                "classes": ["collapse"],
                "fields": [("latitude", "longitude", "location_precision"), "location_source", "location_note"],
            },
        ),
        (_("Présentation"), {"fields": ["description", ("website", "legal_form"), ("logo_file", "logo_preview")]}),
        (
            _("Situation et publication"),
            {"fields": [("status", "publication"), "slug", ("public_id", "verification", "last_saved")]},
        ),
    ]
    uses_shown_apart = (Observation,)
    inlines = [SectorInline, StatusInline, NameInline, ParticipationInline, IdentifierInline, FigureInline]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["location_source"]
    list_display = ["__str__", "country_name", "situation", "primary_sector", "figures", "verification", publication]
    list_display_links = ["__str__"]
    list_filter = [
        "publication",
        ClusterIncomplete,
        "status",
        CountryFilter,
        ("sectors", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["verified_by"]
    list_per_page = 50
    search_fields = ["name", "acronym", "public_id"]
    search_help_text = _("Nom, ancien nom, sigle, ville, secteur ou mot de la présentation")
    actions = [publish, verify, withdraw]

    # -- the list

    def get_queryset(self, request: HttpRequest) -> Any:
        in_force = ObservationSubject.objects.filter(cluster=models.OuterRef("pk"), observation__superseded_by=None)
        count = in_force.order_by().values("cluster").annotate(n=models.Count("pk")).values("n")
        return (
            super()
            .get_queryset(request)
            .annotate(figure_count=models.functions.Coalesce(models.Subquery(count), 0))
            .with_sectors()
            .select_related("modified_by")
        )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By any name, of today or of the past, and by words of the text; accents do not matter."""
        named, duplicates = super().get_search_results(request, queryset, search_term)
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            queryset, named = queryset.filter(merged_into=None), named.filter(merged_into=None)
        if not search_term:
            return named, duplicates
        found = fulltext.hits(queryset, search_term)
        return queryset.filter(models.Q(pk__in=named.order_by().values("pk")) | models.Q(pk__in=found.keys)), False

    @admin.display(description=_("pays"), ordering="country")
    def country_name(self, cluster: Cluster) -> str:
        return cluster.country.name if cluster.country else "–"

    @admin.display(description=_("situation"), ordering="status")
    def situation(self, cluster: Cluster) -> str:
        if cluster.merged_into_id:
            return badge("withdrawn", _("Fiche fusionnée"))
        return cluster.get_status_display() or badge("missing", _("à dire"))

    @admin.display(description=_("secteur"))
    def primary_sector(self, cluster: Any) -> Any:
        links = cluster.shown_sectors
        if not links:
            return badge("missing", _("aucun"))
        others = len(links) - 1
        return f"{links[0].sector} + {others}" if others else links[0].sector

    @admin.display(description=_("chiffres"), ordering="figure_count")
    def figures(self, cluster: Any) -> Any:
        return cluster.figure_count or badge("missing", _("aucun"))

    @admin.display(description=_("vérifiée"), ordering="verified_on")
    def verification(self, cluster: Cluster) -> str:
        if not cluster.verified_on:
            return badge("missing", _("à vérifier")) if cluster.pk else "–"
        day = date_format(cluster.verified_on, "SHORT_DATE_FORMAT")
        is_old = timezone.localdate() - cluster.verified_on > VERIFIED_FOR
        return badge("missing", _("à revoir, vue le %s") % day) if is_old else day

    # -- the form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        follows = ["status"] if obj and obj.status_line else []
        return ["public_id", "verification", "last_saved", "logo_preview", *follows]

    @admin.display(description=_("logo actuel"))
    def logo_preview(self, cluster: Cluster) -> str:
        return format_html('<img class="thumbnail" src="{}" alt="">', cluster.logo_url) if cluster.logo else "–"

    def signed_fields(self, request: HttpRequest, obj: Any, change: bool) -> dict[str, Any]:
        return {**super().signed_fields(request, obj, change), "logo": obj.logo}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A public id is never reused and others may cite it: a record is withdrawn, not deleted.
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.wants_publication = obj.publication == PublicationState.PUBLISHED
        if form.wants_publication:
            # Written as a draft within this transaction, since its lines are not there yet; see settle.
            obj.publication = PublicationState.DRAFT
        super().save_model(request, obj, form, change)

    def settle(self, request: HttpRequest, form: Any) -> None:
        super().settle(request, form)
        form.instance.follow_status()
        if form.wants_publication:
            try:
                form.instance.publish()
            except ValidationError as error:
                raise Refused({"publication": error.messages}) from None

    def publish_record(self, record: Any) -> None:
        record.publish()

    def withdraw_record(self, record: Any) -> None:
        if record.merged_into_id:
            raise ValidationError(
                gettext(
                    "Cette fiche est fusionnée dans « %(other)s » et ne se modifie plus : annulez d’abord la fusion."
                )
                % {"other": record.merged_into}
            )
        super().withdraw_record(record)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        cluster = kwargs.get("obj")
        context["figures"] = list(figures_on_record(cluster)) if cluster else []
        context["may_record"] = request.user.has_perm("clusters.add_observation")
        return super().render_change_form(request, context, **kwargs)

    # -- the body editor's chooser

    def get_urls(self) -> list[URLPattern]:
        choices = self.admin_site.admin_view(self.choices)
        links = self.admin_site.admin_view(partial(link_choices, self.admin_site))
        return [
            path("choices/", choices, name="clusters_cluster_choices"),
            path("links/", links, name="clusters_link_choices"),
            *super().get_urls(),
        ]

    def choices(self, request: HttpRequest) -> HttpResponse:
        """Clusters whose name begins with or holds the words asked for, for a reference in a text."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = request.GET.get("q", "").strip()[:100]
        rows, _duplicates = self.get_search_results(request, Cluster.objects.filter(merged_into=None), query)
        results = [
            {
                "id": cluster.public_id,
                "name": cluster.name,
                "acronym": cluster.acronym,
                "place": cluster.place,
                "note": "" if cluster.is_published else cluster.get_publication_display(),
            }
            for cluster in rows.only("public_id", "name", "acronym", "city", "region", "country", "publication")[
                :CHOICES
            ]
        ]
        return JsonResponse({"results": results})
