"""The registry as its editors see it: one admin for each kind of record, laid out in the order of the work.

It decides nothing: what may be published, verified or recorded stands in the models; this asks them and says what they answer.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import fulltext, words
from clusters.dates import PartialDate, day_in_words
from clusters.editing import (
    EditorAdmin,
    LineFormSet,
    LineInline,
    Refused,
    VersionedAdmin,
    VersionedForm,
    as_sentences,
    periods_in_order,
    person,
)
from clusters.models import (
    Cluster,
    ClusterName,
    ClusterSector,
    Indicator,
    Observation,
    ObservationSubject,
    Participation,
    Programme,
    Sector,
    Source,
    StatusChange,
)
from clusters.models.clusters import VERIFIED_FOR
from clusters.models.publication import PublicationState

CHOICES = 20
"""Clusters that the body editor's chooser offers at a time."""


def badge(kind: str, text: Any) -> str:
    """A state as a word in a coloured frame: the word says it, the colour only helps to find it."""
    return format_html('<span class="badge badge-{}">{}</span>', kind, text)


def named(record: Any, sentences: str) -> str:
    """« Cluster solaire : rangez la fiche… » for a message about one row of several."""
    return gettext("%(record)s : %(sentences)s") % {"record": record, "sentences": sentences}


@admin.display(description=_("publication"), ordering="publication")
def publication(record: Any) -> str:
    return badge(record.publication, record.get_publication_display())


@admin.action(description=_("Publier les fiches choisies"), permissions=["change"])
def publish(model_admin: "RecordAdmin", request: HttpRequest, chosen: models.QuerySet) -> None:
    done = ngettext_lazy("%d fiche publiée.", "%d fiches publiées.")
    model_admin.each(request, chosen, model_admin.publish_record, done)


@admin.action(description=_("Retirer du site les fiches choisies"), permissions=["change"])
def withdraw(model_admin: "RecordAdmin", request: HttpRequest, chosen: models.QuerySet) -> None:
    done = ngettext_lazy("%d fiche retirée du site.", "%d fiches retirées du site.")
    model_admin.each(request, chosen, model_admin.withdraw_record, done)


@admin.action(description=_("Noter les fiches choisies comme vérifiées aujourd’hui"), permissions=["change"])
def verify(model_admin: "RecordAdmin", request: HttpRequest, chosen: models.QuerySet) -> None:
    today = timezone.localdate()
    done = ngettext_lazy("%d fiche notée comme vérifiée.", "%d fiches notées comme vérifiées.")
    model_admin.each(request, chosen, lambda record: record.verify(request.user, today), done)


class Incomplete(admin.SimpleListFilter):
    """What a record lacks, as a filter: the list of what is to be done."""

    title = _("ce qui manque")
    parameter_name = "manque"
    choices_of: dict[str, tuple[Any, Callable[[Any], models.QuerySet]]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _narrow) in self.choices_of.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        choice = self.choices_of.get(self.value() or "")
        return choice[1](queryset) if choice else queryset


class RecordAdmin(VersionedAdmin):
    """A record that is prepared, published and withdrawn."""

    shows_uses = True
    save_on_top = False

    def publish_record(self, record: Any) -> None:
        record.publication = PublicationState.PUBLISHED
        record.save(update_fields=["publication", "modified_at"])

    def withdraw_record(self, record: Any) -> None:
        if not record.is_published:
            raise ValidationError(_("Cette fiche n’est pas publiée."))
        record.publication = PublicationState.WITHDRAWN
        record.save(update_fields=["publication", "modified_at"])

    def each(self, request: HttpRequest, chosen: models.QuerySet, act: Callable[[Any], None], done: Any) -> None:
        """Do something to each chosen row, each by itself, and say for each that refused why."""
        succeeded = 0
        for record in chosen:
            try:
                with transaction.atomic():
                    if not type(record)._default_manager.filter(pk=record.pk).claim(record.version):
                        raise ValidationError(_("Quelqu’un vient de l’enregistrer ; recommencez."))
                    act(record)
                    record.refresh_from_db(fields=["version"])
            except ValidationError as error:
                self.message_user(request, named(record, as_sentences(error)), messages.ERROR)
            else:
                self.log_change(request, record, str(done % 1))
                succeeded += 1
        if succeeded:
            self.message_user(request, done % succeeded, messages.SUCCESS)

    @admin.display(description=_("enregistrée"))
    def last_saved(self, record: Any) -> str:
        if not record.pk:
            return "–"
        name = person(record.modified_by)
        moment = timezone.localtime(record.modified_at)
        day = gettext("%(day)s à %(time)s") % {"day": day_in_words(moment.date()), "time": f"{moment:%H:%M}"}
        return gettext("%(when)s par %(who)s") % {"when": day, "who": name} if name else day


# -- Clusters --------------------------------------------------------------------------------------------------------


class ClusterForm(VersionedForm):
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
        # Whether it can be published is asked once all lines are written (ClusterAdmin.save_related): the situation may
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


FIGURE_FIELDS = (
    "indicator", "value", "upper", "precision", "unit", "currency", "dated", "period_note", "source", "rank",
    "rank_reason", "note", "supersedes",
)  # fmt: skip
WIDGETS = {"note": forms.TextInput, "value": forms.TextInput, "upper": forms.TextInput}


class CurrentFigure(forms.ModelChoiceField):
    """A figure in force, to be corrected by a new one."""

    default_error_messages = {
        "invalid_choice": _("Ce chiffre a déjà été corrigé, ou n’est pas de ceux-ci : rechargez la page.")
    }

    def label_from_instance(self, figure: Observation) -> str:
        return figure_in_words(figure)


def figure_in_words(figure: Observation) -> str:
    """« Adhérents : 80 adhérents (mars 2020) »; needs the indicator and the source."""
    said = gettext("%(indicator)s : %(value)s") % {"indicator": figure.indicator, "value": words.value(figure)}
    dated = words.when(figure)
    return f"{said} ({dated})" if dated else said


class FigureForm(forms.ModelForm):
    """A new figure about the cluster whose page this is."""

    class Meta:
        model = ObservationSubject
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        figures = Observation.objects.filter(superseded_by=None, scope=Observation.Scope.CLUSTER)
        own = figures.about(self.cluster) if self.cluster else figures.none()
        self.fields["supersedes"].queryset = own.select_related("indicator", "source")

    cluster: Cluster | None = None  # set by the inline

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.has_changed() and not self.errors:
            self.figure = Observation(**{name: self.cleaned_data[name] for name in FIGURE_FIELDS})
            try:
                self.figure.clean_fields()  # by itself first: clean() reads dates, which must be dates
                self.figure.full_clean()
            except ValidationError as error:
                self.add_error(None, error)
        return self.cleaned_data

    def save(self, commit: bool = True) -> ObservationSubject:
        self.figure.recorded_by = self.recorded_by
        self.figure.save()
        self.instance.observation = self.figure
        return super().save(commit)


def figure_form(request: HttpRequest, cluster: Cluster | None, site: admin.AdminSite) -> type[FigureForm]:
    """The form of a new figure, its fields made from the model's own."""
    made = forms.fields_for_model(Observation, fields=FIGURE_FIELDS, widgets=WIDGETS)
    for name in ("indicator", "source"):
        made[name].widget = AutocompleteSelect(Observation._meta.get_field(name), site, choices=made[name].choices)
    supersedes = made["supersedes"]
    made["supersedes"] = CurrentFigure(
        supersedes.queryset, required=False, label=_("Corrige"), empty_label=_("rien : c’est un nouveau chiffre"),
        help_text=_("Le chiffre enregistré que celui-ci remplace. Il reste dans l’historique."),
    )  # fmt: skip
    return type(FigureForm)("FigureForm", (FigureForm,), {**made, "cluster": cluster, "recorded_by": request.user})


class FigureInline(admin.StackedInline):
    """New figures. Those on record are shown above it and are not changed: a correction is a new figure."""

    model = ObservationSubject
    extra = 0
    verbose_name, verbose_name_plural = _("nouveau chiffre"), _("nouveaux chiffres")
    classes = ("figures",)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.form = figure_form(request, obj, self.admin_site)
        return super().get_formset(request, obj, **{**kwargs, "fields": ()})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return figure_fieldsets()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).none()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("clusters.add_observation")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_view_permission = has_change_permission


def figure_fieldsets(*subject: Any) -> list[Any]:
    """A figure in the order in which it is read in a source."""
    return [
        (None, {"fields": [*subject, "indicator", ("value", "upper", "precision"), ("unit", "currency")]}),
        (None, {"fields": ["source", ("dated", "period_note"), "note"]}),
        (_("Correction ou valeurs qui se contredisent"), {"fields": ["supersedes", "rank", "rank_reason"], "classes": ["collapse"]}),
    ]  # fmt: skip


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
class ClusterAdmin(RecordAdmin):
    form = ClusterForm
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
    inlines = [SectorInline, StatusInline, NameInline, ParticipationInline, FigureInline]
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
        if not search_term:
            return named, duplicates
        ranks = fulltext.hits(Cluster, search_term)
        return queryset.filter(models.Q(pk__in=named.order_by().values("pk")) | models.Q(pk__in=list(ranks))), False

    @admin.display(description=_("pays"), ordering="country")
    def country_name(self, cluster: Cluster) -> str:
        return cluster.country.name if cluster.country else "–"

    @admin.display(description=_("situation"), ordering="status")
    def situation(self, cluster: Cluster) -> str:
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
        day = day_in_words(cluster.verified_on)
        is_old = timezone.localdate() - cluster.verified_on > VERIFIED_FOR
        return badge("missing", _("à revoir, vue le %s") % day) if is_old else day

    # -- the form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        follows = ["status"] if obj and obj.status_changes.exists() else []
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
            # Written as a draft within this transaction, since its lines are not there yet; see save_related.
            obj.publication = PublicationState.DRAFT
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.follow_status()
        if form.wants_publication:
            try:
                form.instance.publish()
            except ValidationError as error:
                raise Refused({"publication": error.messages}) from None

    def publish_record(self, record: Any) -> None:
        record.publish()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        cluster = kwargs.get("obj")
        context["figures"] = list(figures_on_record(cluster)) if cluster else []
        context["may_record"] = request.user.has_perm("clusters.add_observation")
        return super().render_change_form(request, context, **kwargs)

    # -- the body editor's chooser

    def get_urls(self) -> list[URLPattern]:
        choices = self.admin_site.admin_view(self.choices)
        return [path("choices/", choices, name="clusters_cluster_choices"), *super().get_urls()]

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


def figures_on_record(cluster: Cluster) -> models.QuerySet:
    """Figures about a cluster for its editors: those in force first, whatever the public sees of them."""
    return (
        Observation.objects.about(cluster)
        .select_related("indicator", "source")
        .annotate(is_superseded=models.Q(superseded_by__isnull=False))
        .prefetch_related(models.Prefetch("clusters", Cluster.objects.order_by("name"), to_attr="subjects_shown"))
        .order_by(
            "is_superseded", "indicator__position", models.F("dated_last").desc(nulls_last=True), "pk"
        )
    )  # fmt: skip


# -- Figures ---------------------------------------------------------------------------------------------------------


class ObservationForm(forms.ModelForm):
    """A figure about one cluster, several together, a programme or a country."""

    about = forms.ModelMultipleChoiceField(
        Cluster.objects.all(), required=False, label=_("Clusters"),
        help_text=_("Un seul, ou tous ceux que le chiffre réunit : il ne sera jamais partagé entre eux."),
    )  # fmt: skip

    supersedes = CurrentFigure(
        Observation.objects.none(), required=False, label=_("Corrige"), empty_label=_("rien : c’est un nouveau chiffre")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "supersedes" in self.fields:
            # Chosen by « Corriger » beside a figure, not looked for in a list of all of them.
            chosen = str(self["supersedes"].value() or "")
            in_force = Observation.objects.filter(superseded_by=None).select_related("indicator", "source")
            self.fields["supersedes"].queryset = in_force.filter(pk=chosen) if chosen.isdecimal() else in_force.none()

    def clean(self) -> dict[str, Any]:
        super().clean()
        scope, chosen = self.cleaned_data.get("scope"), list(self.cleaned_data.get("about") or [])
        if scope == Observation.Scope.CLUSTER and len(chosen) != 1:
            self.add_error("about", _("Choisissez un cluster, et un seul ; pour un chiffre commun à plusieurs, dites-le sous « Porte sur »."))  # fmt: skip
        elif scope == Observation.Scope.JOINT and len(chosen) < 2:
            self.add_error("about", _("Un chiffre commun réunit au moins deux clusters : ajoutez les autres."))
        elif scope in (Observation.Scope.PROGRAMME, Observation.Scope.COUNTRY) and chosen:
            self.add_error(
                "about", _("Un chiffre sur un programme ou un pays ne nomme pas de cluster : videz ce champ.")
            )
        indicator = self.cleaned_data.get("indicator")
        if indicator and indicator.code in Cluster.FIGURES_OF_PEOPLE:
            for cluster in chosen:
                if cluster.is_published and cluster.is_expected:
                    self.add_error("about", named(cluster, " ".join(cluster.publication_problems(1, True))))
        return self.cleaned_data


class InForce(admin.SimpleListFilter):
    title, parameter_name = _("validité"), "vigueur"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("en vigueur")), ("non", _("remplacés"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(superseded_by__isnull=self.value() == "oui") if self.value() else queryset


@admin.register(Observation)
class ObservationAdmin(EditorAdmin):
    """Figures are recorded and read, never changed: a correction is a new figure that supersedes the old one."""

    form = ObservationForm
    list_display = ["what", "indicator", "subject", "dated_in_words", "source", "validity"]
    list_filter = [InForce, "scope", "rank", ("indicator", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["indicator", "source", "programme", "superseded_by"]
    list_per_page = 50
    ordering = ["-recorded_at", "-pk"]
    search_fields = [
        "clusters__name",
        "clusters__acronym",
        "programme__name",
        "source__title",
        "indicator__label",
        "note",
    ]
    autocomplete_fields = ["indicator", "source", "programme"]

    def get_queryset(self, request: HttpRequest) -> Any:
        subjects = models.Prefetch("clusters", Cluster.objects.order_by("name"), to_attr="subjects_shown")
        return (
            super()
            .get_queryset(request)
            .select_related("indicator", "source", "programme", "recorded_by", "superseded_by")
            .prefetch_related(subjects)
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return figure_fieldsets("scope", "about", ("programme", "country"))
        stated = [
            "what",
            "indicator",
            "subject",
            "dated_in_words",
            "source",
            "note",
            "validity",
            "rank_reason",
            "corrects",
        ]
        return [(None, {"fields": [*stated, "recorded_at", "recorded_by"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return (
            ["what", "subject", "dated_in_words", "validity", "corrects", "recorded_at", "recorded_by"] if obj else []
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **{**kwargs, "widgets": WIDGETS})
        field = form.base_fields["about"]
        field.widget = AutocompleteSelectMultiple(
            Observation._meta.get_field("clusters"), self.admin_site, choices=field.choices
        )
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the correction of a figure begins with: the figure itself (`?supersedes=`)."""
        initial = super().get_changeform_initial_data(request)
        number = initial.get("supersedes", "")
        figure = self.get_queryset(request).filter(pk=number).first() if number.isdecimal() else None
        if figure is None:
            return initial
        kept = {name: getattr(figure, name) for name in (*FIGURE_FIELDS, "scope", "programme", "country")}
        about = [cluster.pk for cluster in figure.subjects_shown]
        return {**kept, "about": about, "supersedes": figure.pk, **initial}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.recorded_by = request.user
        obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for cluster in form.cleaned_data["about"]:
            ObservationSubject.objects.create(observation=form.instance, cluster=cluster)

    @staticmethod
    def label_of(figure: Observation) -> str:
        return figure_in_words(figure)

    @admin.display(description=_("valeur"), ordering="value")
    def what(self, figure: Observation) -> str:
        return words.value(figure)

    @admin.display(description=_("porte sur"))
    def subject(self, figure: Any) -> str:
        if figure.programme:
            return str(figure.programme)
        if figure.country:
            return figure.country.name
        names = [cluster.short_name for cluster in figure.subjects_shown]
        return gettext("%s ensemble") % " + ".join(names) if len(names) > 1 else "".join(names)

    @admin.display(description=_("date"), ordering="dated_last")
    def dated_in_words(self, figure: Observation) -> str:
        return words.when(figure) or "–"

    @admin.display(description=_("corrige"))
    def corrects(self, figure: Observation) -> str:
        return figure_in_words(figure.supersedes) if figure.supersedes else "–"

    @admin.display(description=_("valeur retenue"))
    def validity(self, figure: Any) -> str:
        if hasattr(figure, "superseded_by"):
            return badge("withdrawn", _("Remplacé"))
        if figure.rank == Observation.Rank.DEPRECATED:
            return badge("missing", figure.get_rank_display())
        return badge("published" if figure.rank == Observation.Rank.PREFERRED else "plain", figure.get_rank_display())


# -- What figures and clusters refer to ------------------------------------------------------------------------------


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
class SourceAdmin(RecordAdmin):
    form = SourceForm
    fieldsets = [
        (None, {"fields": ["title", ("author", "publisher"), ("kind", "language", "published")]}),
        (_("Où la lire"), {"fields": ["url", ("archived_url", "accessed_on")]}),
        (_("D’où elle tient ses faits"), {"fields": ["derived_from", "note"]}),
        (_("Publication"), {"fields": ["publication", "slug", "last_saved"]}),
    ]
    readonly_fields = ["last_saved"]
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
class SectorAdmin(EditorAdmin):
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


@admin.register(Indicator)
class IndicatorAdmin(EditorAdmin):
    shows_uses = True
    fields = [
        ("label", "code"), "counts", ("unit", "measure"), ("behaviour", "is_additive"), ("freshness_days", "position"),
    ]  # fmt: skip
    list_display = ["label", "unit", "measure", "behaviour", "is_additive", "figures"]
    list_filter = ["measure", "behaviour"]
    search_fields = ["label", "code", "counts"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(figure_count=models.Count("observations"))

    @admin.display(description=_("chiffres"), ordering="figure_count")
    def figures(self, indicator: Any) -> int:
        return indicator.figure_count
