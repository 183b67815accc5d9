"""The history of records: what a record was at each save, who made it so, when and why.

In the lower room because the records of both rooms are kept alike; it knows nothing of what a record holds.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Revision(models.Model):
    """A record as it was after one save. Written once, never changed.

    Attributes:
        kind: label of the record's model, `clusters.cluster`.
        number: the record's version that this save made.
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
    content = models.BinaryField(_("contenu"))

    class Meta:
        verbose_name = _("version d’une fiche")
        verbose_name_plural = _("versions des fiches")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} v{self.number}"
