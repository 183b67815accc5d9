"""The rows of the history: one for each save of a record, written once.

Apart from how they come about because models and migrations need nothing else of it.
"""

import datetime as dt
from collections.abc import Collection
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
    AUTOSAVED = "autosaved", _("Enregistrement automatique")
    DRAFTED = "drafted", _("Copie de travail")
    DROPPED = "dropped", _("Copie de travail abandonnée")


APART = dt.timedelta(minutes=12)
"""What lies between two automatic saves that both stay while somebody writes: six of them after an hour."""
SPARSE = dt.timedelta(minutes=10)
"""What lies between two automatic saves that both stay once a day has passed."""
RECENT = dt.timedelta(days=1)


class RevisionQuerySet(models.QuerySet):
    def of(self, record: models.Model) -> Self:
        """The history of one record, newest first."""
        return self.filter(kind=record._meta.label_lower, object_id=record.pk).order_by("-number")

    def live(self) -> Self:
        """Those that were, when they were made, what the record's rows say; the others were working copies."""
        return self.filter(base=None)

    def replaceable(self) -> Self:
        """Automatic saves that nothing rests on: nobody has named them, no copy was made from them or is them."""
        made_from = Revision.objects.filter(
            kind=models.OuterRef("kind"), object_id=models.OuterRef("object_id"), base=models.OuterRef("number")
        )
        return self.filter(models.Q(act=Act.AUTOSAVED, name="") & ~models.Exists(made_from))

    def replace(self, made: "Revision", held: Collection[int] = ()) -> None:
        """Take away the automatic save that the same person's next one replaces.

        Args:
            made: the newer one.
            held: versions that open forms stand on, which stay.
        """
        before = self.filter(kind=made.kind, object_id=made.object_id, number__lt=made.number)
        last = before.replaceable().filter(by=made.by_id).order_by("-number").defer("content").first()
        if last is None or last.number in held:
            return
        stays = before.filter(number__lt=last.number).order_by("-number").values_list("at", flat=True).first()
        if stays is None or last.at - stays < APART:
            last.delete()

    def thin(self, now: dt.datetime) -> int:
        """Leave one automatic save in ten minutes of those that are older than a day; how many went.

        The newest version of a record stays, whatever it is: it is what its next editor starts from.
        """
        later = self.filter(
            kind=models.OuterRef("kind"), object_id=models.OuterRef("object_id"), number__gt=models.OuterRef("number")
        )
        old = self.replaceable().filter(models.Exists(later), at__lt=now - RECENT)
        going, last = [], (None, now)
        for pk, kind, object_id, at in old.order_by("kind", "object_id", "number").values_list(
            "pk", "kind", "object_id", "at"
        ):
            record, since = last
            if record == (kind, object_id) and at - since < SPARSE:
                going.append(pk)
            else:
                last = ((kind, object_id), at)
        for start in range(0, len(going), 500):
            self.filter(pk__in=going[start : start + 500]).delete()
        return len(going)

    def set_date(self, at: dt.datetime) -> None:
        """Say when a state came about that was there before its history was kept."""
        self.update(at=at)

    def set_name(self, name: str) -> int:
        """Give a version a name, by which it is found again and for which it is never thinned out; "" takes it away.

        Returns:
            how many have it now: none if a colleague has named it otherwise than the caller's filter says.
        """
        return self.update(name=name)


class Revision(models.Model):
    """A record as it was after one save. Written once; only its name is ever changed.

    Attributes:
        kind: label of the record's model, `clusters.cluster`.
        number: the record's version that this save made.
        base: of a working copy: the version that the record's rows were at. None of a state that the rows have had.
        name: what an editor calls this version; "" for most.
        suggestion: the reader's correction that it accepted, if it did.
        content: what the record and its lines held, as compressed JSON.
    """

    kind = models.CharField(_("type"), max_length=60)
    object_id = models.PositiveBigIntegerField(_("identifiant"))
    number = models.PositiveIntegerField(_("version"))
    act = models.CharField(_("acte"), max_length=10, choices=Act)
    base = models.PositiveIntegerField(_("faite à partir de la version"), null=True, blank=True)
    name = models.CharField(_("nom de la version"), max_length=80, blank=True)
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
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "number"], name="revision_once"),
            models.CheckConstraint(
                condition=models.Q(base=None) | models.Q(base__lt=models.F("number")), name="revision_base_is_earlier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} v{self.number}"

    @property
    def is_live(self) -> bool:
        """Whether this was what the record's rows said when it was made."""
        return self.base is None

    @property
    def is_automatic(self) -> bool:
        """Whether nobody asked for it: one among many, unless somebody has named it."""
        return self.act == Act.AUTOSAVED and not self.name

    @cached_property
    def snapshot(self) -> Snapshot:
        """The state that was kept."""
        return Snapshot.unpacked(self.content)
