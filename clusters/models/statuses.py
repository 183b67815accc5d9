"""Status: what a body was from a day on, and who says so."""

import datetime as dt
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clusters.as_of import established, holds_from, is_past
from clusters.dates import Dated, PartialDate, PartialDateField, companions
from clusters.models.sources import Source


class Status(models.TextChoices):
    EXPECTED = "expected", _("Attendu")
    ANNOUNCED = "announced", _("Annoncé")
    ACTIVE = "active", _("Actif")
    DORMANT = "dormant", _("En sommeil")
    MERGED = "merged", _("Fusionné")
    CLOSED = "closed", _("Fermé")
    UNKNOWN = "unknown", _("Non établi")


class StatusChangeQuerySet(models.QuerySet):
    def visible(self) -> Self:
        """Lines whose source may be seen."""
        return self.filter(source__in=Source.objects.visible())

    def as_of(self, day: dt.date | None) -> Self:
        """Lines that held on a day or before it."""
        return self.filter(established(day, "since")) if is_past(day) else self

    def latest_first(self) -> Self:
        """By the day from which they hold, those that nothing dates last; of one day, the one recorded last first."""
        return self.order_by(holds_from("since").desc(nulls_last=True), "-pk")


class StatusChange(Dated):
    """A cluster's status from a date on, and who says so. Lines are added, not changed."""

    cluster = models.ForeignKey("clusters.Cluster", models.CASCADE, related_name="status_changes")
    status = models.CharField(
        _("situation"), max_length=10, choices=Status, help_text=_("La situation que la source constate.")
    )
    since = PartialDateField(_("depuis"), first="since_first", last="since_last")
    since_first = models.DateField(null=True, editable=False)
    since_last = models.DateField(null=True, editable=False)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        related_name="status_changes",
        verbose_name=_("source"),
        help_text=_("Qui le dit ; obligatoire."),
    )
    note = models.CharField(
        _("note"), max_length=300, blank=True, help_text=_("Ce que la source précise, en une phrase.")
    )
    recorded_at = models.DateTimeField(_("enregistrée le"), auto_now_add=True)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement de situation")
        verbose_name_plural = _("historique de la situation")
        ordering = [models.F("since_first").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(condition=companions("since"), name="status_change_since_days"),
            models.UniqueConstraint(
                fields=["cluster", "status", "since", "source"],
                name="status_change_once",
                violation_error_message=_("Cette ligne est déjà enregistrée."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()

    def clean(self) -> None:
        super().clean()
        if self.since_first and self.since_first > timezone.localdate():
            raise ValidationError(
                {
                    "since": _(
                        "Cette date est à venir. Une ligne constate une situation : notez-la le jour venu ; d’ici là, "
                        "dites-le dans la présentation."
                    )
                }
            )

    @property
    def since_date(self) -> PartialDate | None:
        return PartialDate.parse(self.since) if self.since else None
