"""The rows of the history: one for each save of a record, written once.

Apart from how they come about because models and migrations need nothing else of it.
"""

import datetime as dt
from functools import cached_property
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.history.snapshots import Snapshot


class Act(models.TextChoices):
    """What was done to a record."""

    CREATED = "created", _("Création")
    CHANGED = "changed", _("Modification")
    PUBLISHED = "published", _("Publication")
    WITHDRAWN = "withdrawn", _("Retrait du site")
    VERIFIED = "verified", _("Vérification")
    RESTORED = "restored", _("Retour à un état antérieur")
    IMPORTED = "imported", _("Import")
    SUGGESTED = "suggested", _("Correction proposée par un lecteur")
    MERGED = "merged", _("Fusion")
    UNMERGED = "unmerged", _("Fusion annulée")


class RevisionQuerySet(models.QuerySet):
    def of(self, record: models.Model) -> Self:
        """The history of one record, newest first."""
        return self.filter(kind=record._meta.label_lower, object_id=record.pk).order_by("-number")

    def set_date(self, at: dt.datetime) -> None:
        """Say when a state came about that was there before its history was kept."""
        self.update(at=at)


class Revision(models.Model):
    """A record as it was after one save. Written once, never changed.

    Attributes:
        kind: label of the record's model, `clusters.cluster`.
        number: the record's version that this save made.
        suggestion: the reader's correction that it accepted, if it did.
        content: what the record and its lines held, as compressed JSON.
    """

    kind = models.CharField(_("type"), max_length=60)
    object_id = models.PositiveBigIntegerField(_("identifiant"))
    number = models.PositiveIntegerField(_("version"))
    act = models.CharField(_("acte"), max_length=10, choices=Act)
    why = models.CharField(_("raison"), max_length=300, blank=True)
    at = models.DateTimeField(_("le"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    suggestion = models.ForeignKey(
        "clusters.Suggestion",
        models.SET_NULL,
        null=True,
        related_name="revisions",
        verbose_name=_("correction proposée"),
    )
    content = models.BinaryField(_("contenu"))

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version d’une fiche")
        verbose_name_plural = _("versions des fiches")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} v{self.number}"

    @cached_property
    def snapshot(self) -> Snapshot:
        """The state that was kept."""
        return Snapshot.unpacked(self.content)
