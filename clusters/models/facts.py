"""Facts: what was counted, its value, its date, and the source that says so.

Past 400 lines: an indicator, a figure and its subjects are one idea, and half of the lines are words that editors read.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clusters.as_of import established, is_past
from clusters.dates import Dated, PartialDate, PartialDateField, companions
from clusters.models.clusters import EXPECTED_WITH_PEOPLE, Cluster, ClusterQuerySet
from clusters.models.programmes import Programme
from clusters.models.publication import Versioned
from clusters.models.sources import Source

TOO_LARGE = Decimal(10**15)
"""SQLite keeps a decimal as a float: from here on it cannot be read back with its four decimals."""


MEANING_STAYS = _(
    "Cet indicateur a déjà des chiffres : son code, son unité et sa mesure ne changent plus, car ce que les sources ont dit "
    "changerait de sens. Pour compter autre chose, ajoutez un indicateur."
)


class Indicator(Versioned):
    """Something that can be counted or measured of a cluster, a programme or a country."""

    class Measure(models.TextChoices):
        COUNT = "count", _("Nombre")
        MONEY = "money", _("Somme d’argent")
        PERCENTAGE = "percentage", _("Pourcentage")
        AREA = "area", _("Superficie")
        YEAR = "year", _("Année")

    class Behaviour(models.TextChoices):
        STOCK = "stock", _("État à une date")
        FLOW = "flow", _("Flux sur une période")
        CUMULATIVE = "cumulative", _("Cumul depuis l’origine")

    MEMBERSHIP = ("members", "member_companies")
    """Codes of the indicators that count who belongs to a cluster."""
    MEANING = ("code", "unit", "measure")
    """What the figures of an indicator are read by: to change it would rewrite what their sources said."""

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        help_text=_("En minuscules, sans espace ; ne change plus une fois employé."),
    )
    label = models.CharField(_("nom"), max_length=100, help_text=_("Tel que les lecteurs le lisent."))
    unit = models.CharField(_("unité"), max_length=40, blank=True, help_text=_("Au pluriel : adhérents, hectares…"))
    counts = models.CharField(
        _("ce qui est compté"), max_length=300, blank=True, help_text=_("En une phrase : ce qui entre dans le compte.")
    )
    measure = models.CharField(
        _("mesure"),
        max_length=10,
        choices=Measure,
        default=Measure.COUNT,
        help_text=_("Décide de la façon d’écrire la valeur."),
    )
    behaviour = models.CharField(
        _("comportement"),
        max_length=10,
        choices=Behaviour,
        default=Behaviour.STOCK,
        help_text=_("État à une date, flux d’une période ou cumul."),
    )
    is_additive = models.BooleanField(
        _("s’additionne"), default=False, help_text=_("Si la somme sur plusieurs clusters a un sens.")
    )
    freshness_days = models.PositiveIntegerField(
        _("fraîcheur, en jours"), null=True, blank=True, help_text=_("Au-delà, le chiffre est à revoir.")
    )
    position = models.PositiveSmallIntegerField(
        _("rang"), default=100, help_text=_("Les plus petits d’abord sur les fiches.")
    )

    class Meta:
        verbose_name = _("indicateur")
        verbose_name_plural = _("indicateurs")
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label

    @property
    def has_figures(self) -> bool:
        return self.pk is not None and self.observations.exists()

    def clean(self) -> None:
        """Refuse another meaning for figures that are recorded."""
        super().clean()
        if self.has_figures:
            stored = Indicator.objects.get(pk=self.pk)
            changed = [name for name in self.MEANING if getattr(self, name) != getattr(stored, name)]
            if changed:
                raise ValidationError(dict.fromkeys(changed, MEANING_STAYS))


class ObservationQuerySet(models.QuerySet):
    def visible(self) -> Self:
        """Figures in force whose source and every subject may be seen.

        A joint figure with a subject that is hidden is hidden as a whole: shown on the other alone it would be untrue.
        Of a figure and its corrections the last one that may be shown is in force.
        """
        chain = functions.Coalesce(models.OuterRef("origin"), models.OuterRef("pk"))
        later = Observation.objects.showable().filter(origin=chain, pk__gt=models.OuterRef("pk"))
        return self.showable().filter(~models.Exists(later))

    def showable(self) -> Self:
        """Figures that may be seen, corrected ones among them."""
        # Asked of each subject by its key: as a list, all visible clusters would be gathered for a page of twenty figures.
        seen = Cluster.objects.visible().filter(pk=models.OuterRef("cluster"))
        hidden_subject = ObservationSubject.objects.filter(~models.Exists(seen), observation=models.OuterRef("pk"))
        return self.filter(
            ~models.Exists(hidden_subject),
            models.Q(programme=None) | models.Q(programme__in=Programme.objects.visible()),
            source__in=Source.objects.visible(),
        )

    def as_of(self, day: dt.date | None) -> Self:
        """Figures that were true on a day or before it; a year (of foundation) dates itself."""
        if not is_past(day):
            return self
        year = day.year if (day.month, day.day) == (12, 31) else day.year - 1
        is_year = models.Q(indicator__measure=Indicator.Measure.YEAR)
        return self.filter(is_year & models.Q(value__lte=year) | ~is_year & established(day, "dated"))

    def bulk_create(self, objs: Iterable["Observation"], *args: Any, **kwargs: Any) -> list["Observation"]:
        figures = list(objs)
        for figure in figures:
            figure.set_origin()
        return super().bulk_create(figures, *args, **kwargs)

    def about(self, subject: Cluster | Programme | str) -> Self:
        """Figures about a cluster (alone or jointly), a programme, or a country by its code."""
        if isinstance(subject, Cluster):
            return self.filter(clusters=subject)
        if isinstance(subject, Programme):
            return self.filter(programme=subject)
        return self.filter(country=subject)

    def about_any(self, clusters: Iterable[Cluster]) -> Self:
        """Figures about at least one of these clusters, alone or jointly, each figure once."""
        return self.filter(pk__in=ObservationSubject.objects.filter(cluster__in=list(clusters)).values("observation"))

    def in_force(self) -> Self:
        """Figures that no correction has replaced, whatever the public sees of them."""
        return self.filter(superseded_by=None)

    def of_people(self) -> Self:
        """Figures in force, and not set aside, that say who belongs to a cluster or works there."""
        return (
            self.in_force()
            .exclude(rank=Observation.Rank.DEPRECATED)
            .filter(indicator__code__in=Cluster.FIGURES_OF_PEOPLE)
        )

    def of_membership(self) -> Self:
        """What a card shows: how many belong to one cluster, figures set aside left out; what is preferred first, then the latest.

        Jobs or turnover of a whole branch, which some sources give beside a cluster's name, would be taken for its own;
        a figure of several clusters is nobody's own.
        """
        return (
            self.filter(indicator__code__in=Indicator.MEMBERSHIP, scope=Observation.Scope.CLUSTER)
            .exclude(rank=Observation.Rank.DEPRECATED)
            .select_related("indicator", "source")
            .order_by(
                "indicator__position",
                "indicator__label",
                models.Case(models.When(rank=Observation.Rank.PREFERRED, then=0), default=1),
                models.F("dated_last").desc(nulls_last=True),
                "pk",
            )
        )

    def with_details(self, day: dt.date | None = None) -> Self:
        """With indicator, source and, as `shown_subjects`, the clusters it is about (as they were on a day); in the order of a page."""
        # By key again: else SQLite, which keeps no statistics of its own accord, begins with all published clusters.
        seen = Cluster.objects.visible().filter(pk=models.OuterRef("pk"))
        named = Cluster.objects.filter(models.Exists(seen)).with_state_of(day).order_by("name")
        subjects = models.Prefetch("clusters", named, to_attr="shown_subjects")
        return (
            self.select_related("indicator", "source", "programme")
            .prefetch_related(subjects)
            .order_by("indicator__position", "indicator__label", models.F("dated_last").desc(nulls_last=True), "pk")
        )


class Observation(Dated):
    """One statement of a source: an indicator's value, for somebody, at a date or without one.

    Append-only: what is saved is not changed. A correction is a new row that supersedes the old one.
    """

    class Scope(models.TextChoices):
        CLUSTER = "cluster", _("Un cluster")
        JOINT = "joint", _("Plusieurs clusters ensemble")
        PROGRAMME = "programme", _("Un programme")
        COUNTRY = "country", _("Un pays")

    class Precision(models.TextChoices):
        EXACT = "exact", _("exactement")
        ABOUT = "about", _("environ")
        AT_LEAST = "at_least", _("plus de")
        AT_MOST = "at_most", _("au plus")

    class Rank(models.TextChoices):
        PREFERRED = "preferred", _("Retenu")
        NORMAL = "normal", _("Normal")
        DEPRECATED = "deprecated", _("Écarté")

    indicator = models.ForeignKey(
        Indicator,
        models.PROTECT,
        related_name="observations",
        verbose_name=_("indicateur"),
        help_text=_("Ce que la source compte."),
    )
    value = models.DecimalField(
        _("valeur"), max_digits=20, decimal_places=4, help_text=_("Un nombre, sans unité ni espace : 38000000.")
    )
    upper = models.DecimalField(
        _("jusqu’à"), max_digits=20, decimal_places=4, null=True, blank=True, help_text=_("Haut d’une fourchette.")
    )
    precision = models.CharField(
        _("précision"),
        max_length=8,
        choices=Precision,
        default=Precision.EXACT,
        help_text=_("« environ », « plus de »… comme la source l’écrit."),
    )
    unit = models.CharField(
        _("unité de la source"), max_length=40, blank=True, help_text=_("Si elle diffère de celle de l’indicateur.")
    )
    currency = models.CharField(
        _("monnaie"), max_length=3, blank=True, help_text=_("Code ISO 4217 : MAD, EUR, TND, DZD…")
    )
    dated = PartialDateField(_("date du fait"), first="dated_first", last="dated_last")
    dated_first = models.DateField(null=True, editable=False)
    dated_last = models.DateField(null=True, editable=False)
    period_note = models.CharField(
        _("précision sur la date"),
        max_length=200,
        blank=True,
        help_text=_("Par exemple « cumul depuis 2008 » ou « au plus tard mars 2020 »."),
    )
    scope = models.CharField(
        _("porte sur"),
        max_length=10,
        choices=Scope,
        default=Scope.CLUSTER,
        help_text=_("Un chiffre commun à plusieurs clusters n’est jamais partagé entre eux."),
    )
    clusters = models.ManyToManyField(
        Cluster,
        through="ObservationSubject",
        related_name="observations",
        verbose_name=_("clusters"),
        help_text=_("Un seul, ou au moins deux pour un chiffre commun."),
    )
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observations",
        verbose_name=_("programme"),
        help_text=_("Si le chiffre porte sur un programme."),
    )
    country = CountryField(_("pays"), blank=True, help_text=_("Si le chiffre porte sur un pays."))
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        related_name="observations",
        verbose_name=_("source"),
        help_text=_("Aucun chiffre sans source."),
    )
    rank = models.CharField(
        _("rang"),
        max_length=10,
        choices=Rank,
        default=Rank.NORMAL,
        help_text=_("« Retenu » passe devant ; « écarté » reste visible avec sa raison."),
    )
    rank_reason = models.CharField(
        _("raison du rang"), max_length=300, blank=True, help_text=_("Obligatoire pour un chiffre écarté.")
    )
    note = models.CharField(_("note"), max_length=500, blank=True, help_text=_("Ce qu’il faut savoir pour le lire."))
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("remplace"),
        help_text=_("Le chiffre que celui-ci corrige ; l’ancien reste enregistré."),
    )
    origin = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="corrections",
        verbose_name=_("premier chiffre corrigé"),
    )
    """The first figure of the row of corrections that this one belongs to; None for a figure that corrects none."""
    recorded_at = models.DateTimeField(_("enregistrée le"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("enregistrée par"),
    )

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("chiffre")
        verbose_name_plural = _("chiffres")
        ordering = ["indicator", "-dated_last", "pk"]
        indexes = [models.Index(fields=["country"], name="observation_of_country")]
        constraints = [
            models.CheckConstraint(condition=companions("dated"), name="observation_dated_days"),
            models.CheckConstraint(
                condition=models.Q(value__gte=0),
                name="observation_not_negative",
                violation_error_message=_("La valeur ne peut pas être négative."),
            ),
            models.CheckConstraint(
                condition=models.Q(upper=None) | models.Q(upper__gt=models.F("value")),
                name="observation_range_in_order",
                violation_error_message=_("Le haut de la fourchette dépasse la valeur."),
            ),
            models.CheckConstraint(
                condition=~models.Q(rank="deprecated") | ~models.Q(rank_reason=""),
                name="observation_deprecated_has_reason",
                violation_error_message=_("Dites pourquoi ce chiffre est écarté."),
            ),
            models.CheckConstraint(
                condition=models.Q(currency="") | models.Q(currency__regex=r"^[A-Z]{3}$"),
                name="observation_currency_code",
                violation_error_message=_("La monnaie s’écrit en trois capitales : MAD, EUR, TND, DZD…"),
            ),
            models.CheckConstraint(
                condition=models.Q(scope__in=("cluster", "joint"), programme=None, country="")
                | models.Q(scope="programme", programme__isnull=False, country="")
                | (models.Q(scope="country", programme=None) & ~models.Q(country="")),
                name="observation_scope_and_subject",
                violation_error_message=_(
                    "Indiquez ce sur quoi porte le chiffre : un programme ou un pays, selon le choix fait, et rien d’autre."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(supersedes=None) | ~models.Q(supersedes=models.F("pk")),
                name="observation_not_its_own_correction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} = {self.value.normalize():f}"

    @property
    def date(self) -> PartialDate | None:
        return PartialDate.parse(self.dated) if self.dated else None

    def clean(self) -> None:
        """Refuse a fact that cannot be: money without a currency, a date in the future or after its own source."""
        super().clean()
        errors: dict[str, Any] = {}
        measure = self.indicator.measure if self.indicator_id else ""
        if measure == Indicator.Measure.MONEY and not self.currency:
            errors["currency"] = _("Une somme a une monnaie : MAD, EUR, TND, DZD…")
        for name in ("value", "upper"):
            number = getattr(self, name)
            if number is not None and number >= TOO_LARGE:
                errors[name] = _("Ce nombre est trop grand pour être vrai : quinze chiffres au plus.")
            elif number is not None and measure == Indicator.Measure.PERCENTAGE and number > Decimal(100):
                errors[name] = _("Un pourcentage va de 0 à 100.")
        if self.dated:
            date, today = PartialDate.parse(self.dated), timezone.localdate()
            if date.first > today:
                errors["dated"] = _("Cette date est à venir. Un chiffre constate ce qui est.")
            elif not date.has_begun(today):
                errors["dated"] = _(
                    "Cette période s’achève dans l’avenir. Un chiffre constate ce qui est : arrêtez-la à ce qui est compté."
                )
            elif (
                self.source_id and self.source.published and date.first > PartialDate.parse(self.source.published).last
            ):
                errors["dated"] = _("Cette date suit la parution de la source, qui ne pouvait pas la connaître.")
        if errors:
            raise ValidationError(errors)

    def check_about(self, clusters: Iterable[Cluster]) -> None:
        """Refuse subjects that a figure of this scope cannot be about.

        Raises:
            ValidationError: of `clusters`, a sentence for each thing that is wrong.
        """
        chosen, problems = list(clusters), []
        if self.scope == self.Scope.CLUSTER and len(chosen) != 1:
            problems.append(_("Choisissez un cluster, et un seul ; pour un chiffre commun à plusieurs, dites-le sous « Porte sur »."))  # fmt: skip
        elif self.scope == self.Scope.JOINT and len({one.pk for one in chosen}) < 2:
            problems.append(_("Un chiffre commun réunit au moins deux clusters : ajoutez les autres."))
        elif self.scope in (self.Scope.PROGRAMME, self.Scope.COUNTRY) and chosen:
            problems.append(_("Un chiffre sur un programme ou un pays ne nomme pas de cluster : videz ce champ."))
        code = self.indicator.code if self.indicator_id else ""
        is_of_people = self.rank != self.Rank.DEPRECATED and code in Cluster.FIGURES_OF_PEOPLE
        for cluster in chosen:
            if cluster.merged_into_id:
                problems.append(
                    gettext("« %(record)s » est fusionnée dans une autre fiche : choisissez celle-ci.")
                    % {"record": cluster}
                )
            elif is_of_people and cluster.is_published and cluster.is_expected:
                problems.append(
                    gettext("%(record)s : %(problem)s") % {"record": cluster, "problem": EXPECTED_WITH_PEOPLE}
                )
        if problems:
            raise ValidationError({"clusters": problems})

    def set_origin(self) -> None:
        """Note the first figure of the row of corrections that this one is added to."""
        if self.supersedes is not None:
            self.origin_id = self.supersedes.origin_id or self.supersedes_id

    def write(self, clusters: Iterable[Cluster], by: Any) -> list["ObservationSubject"]:
        """Save a figure that has been checked, with whom it is about, in one transaction; the links to its subjects."""
        self.recorded_by = by
        with transaction.atomic():
            self.save()
            return ObservationSubject.objects.bulk_create(
                ObservationSubject(observation=self, cluster=cluster) for cluster in clusters
            )

    @classmethod
    def record(cls, values: Mapping[str, Any], *, clusters: Iterable[Cluster] = (), by: Any = None) -> Self:
        """Record a figure: the one way for whatever is no form of its own.

        Args:
            values: its columns; the scope follows from whom it is about, unless it is given.
            clusters: whom it is about, alone or jointly; none for a figure about a programme or a country.
            by: who records it; None for nobody in particular.

        Raises:
            ValidationError: it is no fact that can be recorded; says why, by field, `clusters` for its subjects.
        """
        chosen = list(clusters)
        about = "programme" if values.get("programme") else "country" if values.get("country") else ""
        figure = cls(**{"scope": about or ("joint" if len(chosen) > 1 else "cluster"), **values})
        figure.clean_fields()  # by itself first: clean() reads dates, which must be dates
        figure.full_clean()
        figure.check_about(chosen)
        figure.write(chosen, by)
        return figure

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An observation is not changed: record a new one that supersedes it.")
        self.set_origin()
        super().save(*args, **kwargs)


class ObservationSubjectQuerySet(models.QuerySet):
    def shown_by(self, day: dt.date) -> Self:
        """Whom a figure in force, and not set aside, was about on a day or before it."""
        figures = Observation.objects.visible().as_of(day).exclude(rank=Observation.Rank.DEPRECATED)
        return self.filter(observation__in=figures)


class ObservationSubject(models.Model):
    """A cluster that an observation is about, alone or jointly with others."""

    observation = models.ForeignKey(Observation, models.CASCADE, related_name="subjects")
    cluster = models.ForeignKey(
        Cluster,
        models.PROTECT,
        related_name="observation_links",
        verbose_name=_("cluster"),
        help_text=_("Un des clusters sur lesquels porte le chiffre."),
    )

    objects = ObservationSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("sujet d’un chiffre")
        verbose_name_plural = _("sujets d’un chiffre")
        constraints = [models.UniqueConstraint(fields=["observation", "cluster"], name="observation_subject_once")]

    def __str__(self) -> str:
        return f"{self.observation_id} – {self.cluster_id}"


def documented_by(source: Source) -> ClusterQuerySet:
    """Visible clusters of which a source says something: a figure in force, a name, a status, a place, a participation."""
    subjects = ObservationSubject.objects.filter(observation__in=Observation.objects.visible().filter(source=source))
    return Cluster.objects.visible().filter(
        models.Q(pk__in=subjects.values("cluster"))
        | models.Q(pk__in=source.cluster_names.values("cluster"))
        | models.Q(pk__in=source.status_changes.values("cluster"))
        | models.Q(pk__in=source.participations.visible().values("cluster"))
        | models.Q(location_source=source)
        | models.Q(pk__in=source.corrections_proven.values("cluster"))
    )
