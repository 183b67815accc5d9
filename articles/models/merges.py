"""Two hashtags made one: what moved, so that it can be undone.

Apart from the tags because a merge is an act with a life of its own; how it is done stands in articles/merging.py.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.people import Tag


class TagMerge(models.Model):
    """One merge.

    Attributes:
        moved: ids: `articles` that had the lost tag alone, `both` those that had the two, `followers` tags merged before.
    """

    loser = models.ForeignKey(Tag, models.PROTECT, related_name="merges_away", verbose_name=_("mot-dièse fusionné"))
    survivor = models.ForeignKey(Tag, models.PROTECT, related_name="merges", verbose_name=_("mot-dièse gardé"))
    reason = models.CharField(_("raison"), max_length=300, blank=True)
    moved = models.JSONField(_("ce qui a été déplacé"), default=dict)
    merged_at = models.DateTimeField(_("fusionnés le"), auto_now_add=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("fusionnés par")
    )
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("annulée par")
    )

    class Meta:
        verbose_name = _("fusion de mots-dièse")
        verbose_name_plural = _("fusions de mots-dièse")
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(loser=models.F("survivor")), name="tag_merge_of_two"),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="tag_merge_undone_who_and_when",
            ),
            models.UniqueConstraint(
                fields=["loser"], condition=models.Q(undone_at=None), name="tag_merge_in_force_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loser} → {self.survivor}"
