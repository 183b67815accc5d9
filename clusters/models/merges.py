"""Two records of one body made one, and how to part them again."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.clusters import Cluster


class Merge(models.Model):
    """One merge: what moved from the record that is given up to the one that stays, so that it can be undone.

    Attributes:
        moved: what to give back: rows by model and id, and the columns of the loser before.
    """

    loser = models.ForeignKey(Cluster, models.PROTECT, related_name="merges_away", verbose_name=_("fiche fusionnée"))
    survivor = models.ForeignKey(Cluster, models.PROTECT, related_name="merges", verbose_name=_("fiche gardée"))
    reason = models.CharField(_("raison"), max_length=300, blank=True)
    moved = models.JSONField(_("ce qui a été déplacé"), default=dict)
    merged_at = models.DateTimeField(_("fusionnées le"), auto_now_add=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("fusionnées par")
    )
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("annulée par")
    )

    class Meta:
        verbose_name = _("fusion")
        verbose_name_plural = _("fusions")
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(loser=models.F("survivor")), name="merge_of_two"),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_who_and_when",
            ),
            models.UniqueConstraint(fields=["loser"], condition=models.Q(undone_at=None), name="merge_in_force_once"),
        ]

    def __str__(self) -> str:
        return f"{self.loser.short_name} → {self.survivor.short_name}"
