"""Programmes (strategies, calls, labels, laws) and who takes part in them."""

import datetime as dt
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clusters.as_of import established, is_past
from clusters.dates import Dated, PartialDate, PartialDateField, companions
from clusters.markup import RichTextField
from clusters.models.clusters import Cluster
from clusters.models.publication import Publishable, PublishableQuerySet, SlugField, typeset_fields
from clusters.models.sources import Source


class ProgrammeQuerySet(PublishableQuerySet):
    def with_parts(self) -> Self:
        """With what a programme's page shows of its parent and its parts, already narrowed to what is public."""
        visible = Programme.objects.visible()
        return self.prefetch_related(
            models.Prefetch("children", visible.order_by("name"), to_attr="shown_children"),
            models.Prefetch("sources", Source.objects.visible().in_order(), to_attr="shown_sources"),
        ).select_related("parent")


class Programme(Dated, Publishable):
    """Something that clusters take part in: a strategy, a call, a label, a donor's programme, a law."""

    class Kind(models.TextChoices):
        STRATEGY = "strategy", _("Stratégie")
        CALL = "call", _("Appel à projets")
        LABEL = "label", _("Label")
        DONOR = "donor", _("Programme d’un bailleur")
        LAW = "law", _("Loi")

    slug = SlugField(_("adresse"))
    name = models.CharField(_("nom"), max_length=200, help_text=_("Le nom d’usage."))
    full_name = models.CharField(
        _("nom complet"), max_length=300, blank=True, help_text=_("Le nom entier, ou dans une autre langue.")
    )
    kind = models.CharField(
        _("nature"), max_length=10, choices=Kind, help_text=_("Stratégie, appel, label, programme ou loi.")
    )
    owner = models.CharField(_("porteur"), max_length=300, blank=True, help_text=_("Qui le conduit ou le finance."))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("partie de"),
        help_text=_("Le programme plus large dont celui-ci est un volet."),
    )
    countries = CountryField(_("pays"), multiple=True, blank=True, help_text=_("Pays concernés."))
    start = PartialDateField(_("début"), first="start_first", last="start_last")
    start_first = models.DateField(null=True, editable=False)
    start_last = models.DateField(null=True, editable=False)
    end = PartialDateField(_("fin"), first="end_first", last="end_last")
    end_first = models.DateField(null=True, editable=False)
    end_last = models.DateField(null=True, editable=False)
    summary = models.TextField(
        _("résumé"), blank=True, max_length=400, help_text=_("Une ou deux phrases, pour les listes.")
    )
    description = RichTextField(
        _("description"), blank=True, help_text=_("Ce que les sources en disent ; qui dit quoi.")
    )
    sources = models.ManyToManyField(
        Source,
        blank=True,
        related_name="programmes",
        verbose_name=_("sources"),
        help_text=_("Les documents sur lesquels repose la fiche."),
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=companions("start"), name="programme_start_days"),
            models.CheckConstraint(condition=companions("end"), name="programme_end_days"),
            models.CheckConstraint(
                condition=models.Q(start_first=None)
                | models.Q(end_last=None)
                | models.Q(start_first__lte=models.F("end_last")),
                name="programme_start_before_end",
                violation_error_message=_("La fin précède le début."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("clusters:programme", args=[self.slug])

    @property
    def start_date(self) -> PartialDate | None:
        return PartialDate.parse(self.start) if self.start else None

    @property
    def end_date(self) -> PartialDate | None:
        return PartialDate.parse(self.end) if self.end else None

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "name", "summary")


class ParticipationQuerySet(models.QuerySet):
    def visible(self) -> Self:
        """Participations whose cluster and programme may both be seen, and whose source, if it has one, too."""
        return self.of_visible(Cluster.objects.visible())

    def of_visible(self, clusters: models.QuerySet) -> Self:
        """Those of some clusters, which the caller has taken from the visible ones."""
        sourced = models.Q(source=None) | models.Q(source__in=Source.objects.visible())
        return self.filter(sourced, cluster__in=clusters.order_by(), programme__in=Programme.objects.visible())

    def begun_by(self, day: dt.date) -> Self:
        """Those that had begun on a day, whether or not they have ended since."""
        return self.filter(established(day, "valid_from"))

    def as_of(self, day: dt.date | None) -> Self:
        """Those that ran on a day; the last day of a label is one of its days."""
        if not is_past(day):
            return self
        return self.begun_by(day).filter(models.Q(valid_to="") | models.Q(valid_to_last__gte=day))


class Participation(Dated):
    """A cluster in a programme: its role, the level of a label, from when to when. A label is one that expires."""

    class Role(models.TextChoices):
        PARTICIPANT = "participant", _("Participant")
        SELECTED = "selected", _("Sélectionné")
        LABELLED = "labelled", _("Labellisé")

    cluster = models.ForeignKey(
        Cluster,
        models.CASCADE,
        related_name="participations",
        verbose_name=_("cluster"),
        help_text=_("Le cluster qui participe."),
    )
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        related_name="participations",
        verbose_name=_("programme"),
        help_text=_("Le programme auquel il participe."),
    )
    role = models.CharField(
        _("rôle"),
        max_length=12,
        choices=Role,
        default=Role.PARTICIPANT,
        help_text=_("Participant, sélectionné, ou titulaire d’un label."),
    )
    level = models.CharField(_("niveau"), max_length=80, blank=True, help_text=_("D’un label : bronze, argent, or…"))
    valid_from = PartialDateField(_("depuis"), first="valid_from_first", last="valid_from_last")
    valid_from_first = models.DateField(null=True, editable=False)
    valid_from_last = models.DateField(null=True, editable=False)
    valid_to = PartialDateField(_("jusqu’à"), first="valid_to_first", last="valid_to_last")
    valid_to_first = models.DateField(null=True, editable=False)
    valid_to_last = models.DateField(null=True, editable=False)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name=_("source"),
        help_text=_("Qui le dit."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("Ce que la source précise."))

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["programme", "valid_from_first", "pk"]
        indexes = [models.Index(fields=["cluster", "programme", "source"], name="participation_counted")]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "programme", "role", "level", "valid_from"],
                name="participation_once",
                violation_error_message=_("Cette participation est déjà enregistrée."),
            ),
            models.CheckConstraint(condition=companions("valid_from"), name="participation_from_days"),
            models.CheckConstraint(condition=companions("valid_to"), name="participation_to_days"),
            models.CheckConstraint(
                condition=models.Q(valid_from_first=None)
                | models.Q(valid_to_last=None)
                | models.Q(valid_from_first__lte=models.F("valid_to_last")),
                name="participation_from_before_to",
                violation_error_message=_("La fin précède le début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cluster_id} – {self.programme_id}"

    @property
    def from_date(self) -> PartialDate | None:
        return PartialDate.parse(self.valid_from) if self.valid_from else None

    @property
    def to_date(self) -> PartialDate | None:
        return PartialDate.parse(self.valid_to) if self.valid_to else None
