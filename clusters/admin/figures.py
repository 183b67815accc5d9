"""Figures in the admin: recorded, read and superseded, never changed; on the page of their cluster or on their own.

The two ways in share one form, so that a figure is asked for in the same words wherever it is recorded.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters import history, words
from clusters.admin.imports import Importing
from clusters.admin.records import badge
from clusters.editing import EditorAdmin, Refused
from clusters.imports.figures import FigureImporter
from clusters.kept import records_of
from clusters.models import (
    Cluster,
    Observation,
    ObservationSubject,
)
from clusters.numbers import NumberField
from clusters.related import OneOf, SomeOf, Suggested, SuggestedMany, is_id

FIGURE_FIELDS = (
    "indicator", "value", "upper", "precision", "unit", "currency", "dated", "period_note", "source", "rank",
    "rank_reason", "note", "supersedes",
)  # fmt: skip
CHANGE = "admin:clusters_observation_change"
WIDGETS = {"note": forms.TextInput}
NUMBERS = {"value": NumberField, "upper": NumberField}


class CurrentFigure(OneOf):
    """A figure in force, to be corrected by a new one."""

    default_error_messages = {"invalid_choice": _("Ce chiffre n’est pas de ceux-ci : choisissez-en un dans la liste.")}

    def label_from_instance(self, figure: Observation) -> str:
        said = figure_in_words(figure)
        return gettext("%(figure)s – remplacé") % {"figure": said} if is_superseded(figure) else said

    def to_python(self, value: Any) -> Observation | None:
        """The figure; one that is in force no more is told with a link to the one that is, and whatever was typed stays."""
        try:
            figure = super().to_python(value)
        except ValidationError:
            figure = Observation.objects.filter(pk=value).first() if is_id(value) else None
            if figure is None or not is_superseded(figure):
                raise
        if figure is None or not is_superseded(figure):
            return figure
        newer = newest(figure)
        raise ValidationError(
            format_html(
                gettext(
                    "Ce chiffre a déjà été corrigé : {} le remplace. Rien n’est perdu de ce que vous avez tapé : si le nouveau est "
                    "faux lui aussi, choisissez-le sous « Corrige » et enregistrez ; sinon, quittez cette page sans enregistrer."
                ),
                format_html('<a href="{}">{}</a>', reverse(CHANGE, args=[newer.pk]), figure_in_words(newer)),
            ),
            code="superseded",
        )


def is_superseded(figure: Observation) -> bool:
    return hasattr(figure, "superseded_by")


def newest(figure: Observation) -> Observation:
    """What stands in the place of a figure today: the correction of its correction, and so on; itself if there is none."""
    while is_superseded(figure):
        figure = figure.superseded_by
    return figure


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
        self.fields["supersedes"].queryset = own.select_related("indicator", "source", "superseded_by")

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
        (self.instance,) = self.figure.write([self.instance.cluster], self.recorded_by)
        return self.instance


def figure_form(request: HttpRequest, cluster: Cluster | None, site: admin.AdminSite) -> type[FigureForm]:
    """The form of a new figure, its fields made from the model's own."""
    made = forms.fields_for_model(Observation, fields=FIGURE_FIELDS, widgets=WIDGETS, field_classes=NUMBERS)
    for name in ("indicator", "source"):
        field = Observation._meta.get_field(name)
        made[name] = field.formfield(form_class=OneOf, widget=Suggested(field, site))
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


class ObservationForm(forms.ModelForm):
    """A figure about one cluster, several together, a programme or a country."""

    about = SomeOf(
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
            figure = Observation.objects.filter(pk=chosen).first() if is_id(chosen) else None
            offered = {figure.pk, newest(figure).pk} if figure else ()
            figures = Observation.objects.select_related("indicator", "source", "superseded_by").order_by("pk")
            self.fields["supersedes"].queryset = figures.filter(pk__in=offered)

    def _post_clean(self) -> None:
        super()._post_clean()
        if "about" in self.cleaned_data:
            try:
                self.instance.check_about(self.cleaned_data["about"])
            except ValidationError as error:
                self.add_error("about", error.error_dict["clusters"])


class InForce(admin.SimpleListFilter):
    title, parameter_name = _("validité"), "vigueur"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("en vigueur")), ("non", _("remplacés"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(superseded_by__isnull=self.value() == "oui") if self.value() else queryset


@admin.register(Observation)
class ObservationAdmin(Importing, EditorAdmin):
    """Figures are recorded and read, never changed: a correction is a new figure that supersedes the old one."""

    form = ObservationForm
    importer = FigureImporter
    import_title = _("Importer des chiffres")
    import_about = _(
        "Un tableau de chiffres, une ligne par valeur que donne une source. Ce qui est enregistré ne change pas : une correction est une nouvelle ligne qui remplace l’ancienne."
    )
    import_permissions = ("clusters.add_observation",)
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
            .select_related("indicator", "source", "programme", "recorded_by", "superseded_by", "suggestion")
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
            *(["proposed"] if hasattr(obj, "suggestion") else []),
        ]
        return [(None, {"fields": [*stated, "recorded_at", "recorded_by"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return (
            ["what", "subject", "dated_in_words", "validity", "corrects", "proposed", "recorded_at", "recorded_by"]
            if obj
            else []
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **{**kwargs, "widgets": WIDGETS, "field_classes": NUMBERS})
        field = form.base_fields["about"]
        field.widget = SuggestedMany(Observation._meta.get_field("clusters"), self.admin_site, choices=field.choices)
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the correction of a figure begins with: the figure itself (`?supersedes=`)."""
        initial = super().get_changeform_initial_data(request)
        number = initial.get("supersedes")  # there only if it is a figure in force
        figure = self.get_queryset(request).filter(pk=number).first() if number else None
        if figure is None:
            return initial
        kept = {name: getattr(figure, name) for name in (*FIGURE_FIELDS, "scope", "programme", "country")}
        about = [cluster.pk for cluster in figure.subjects_shown]
        return {**kept, "about": about, "supersedes": figure.pk, **initial}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused:
            # Somebody has corrected the same figure at the same instant. The second round stops at the form, which tells.
            response = super().changeform_view(request, *args, **kwargs)
            response.status_code = 409
            return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        clusters = list(form.cleaned_data["about"])
        # Told as the reason, which is kept whatever else of the record of the old figure is as before.
        why = gettext("chiffre remplacé : %(figure)s") % {"figure": figure_in_words(obj.supersedes)} if obj.supersedes else ""  # fmt: skip
        with history.adding_to(records_of([obj], clusters), by=request.user, act=history.Act.CHANGED, why=why):
            if obj.supersedes_id:
                # A figure of a country has no record to wait at.
                old = Observation.objects.select_for_update(of=("self",)).get(pk=obj.supersedes_id)
                if is_superseded(old):
                    raise Refused
            obj.write(clusters, request.user)

    def response_add(self, request: HttpRequest, obj: Observation, *args: Any, **kwargs: Any) -> HttpResponse:
        """Back to the cluster of a new figure, from where the public page is one step: that is where its editor came from."""
        response = super().response_add(request, obj, *args, **kwargs)
        cluster = obj.clusters.order_by("pk").first()
        if cluster is None or "_save" not in request.POST or IS_POPUP_VAR in request.POST:
            return response
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:clusters_cluster_change", args=[cluster.pk]))

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

    @admin.display(description=_("proposé par un lecteur"))
    def proposed(self, figure: Any) -> Any:
        """The correction that it came from."""
        address = reverse(f"{self.admin_site.name}:clusters_suggestion_change", args=[figure.suggestion.pk])
        said = gettext("correction n° %(number)s") % {"number": figure.suggestion.pk}
        return format_html('<a href="{}">{}</a>', address, said)

    @admin.display(description=_("valeur retenue"))
    def validity(self, figure: Any) -> str:
        if hasattr(figure, "superseded_by"):
            return badge("withdrawn", _("Remplacé"))
        if figure.rank == Observation.Rank.DEPRECATED:
            return badge("missing", figure.get_rank_display())
        return badge("published" if figure.rank == Observation.Rank.PREFERRED else "plain", figure.get_rank_display())
