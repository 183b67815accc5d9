"""Addresses that records have left: what readers and other sites have kept of them still leads to the record.

Apart from the records because one table serves all kinds, of both rooms; what an old address answers is clusters/addresses.py.
"""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class FormerAddressQuerySet(models.QuerySet):
    def of(self, model: type[models.Model]) -> Self:
        """Those of one kind of record."""
        return self.filter(kind=model._meta.label_lower)

    def elsewhere(self, record: models.Model, slug: str) -> Self:
        """Those under this slug that lead to another record of the same kind than this one."""
        return self.of(type(record)).filter(slug=slug).exclude(object_id=record.pk)

    def leave(self, record: models.Model, slug: str) -> None:
        """From now on this slug leads to the record, which has another."""
        found = {"object_id": record.pk}
        self.update_or_create(kind=record._meta.label_lower, slug=slug, defaults=found)


class FormerAddress(models.Model):
    """A slug under which a record stood once.

    Attributes:
        kind: label of the record's model, `clusters.programme`.
    """

    kind = models.CharField(_("type"), max_length=60)
    slug = models.CharField(_("ancienne adresse"), max_length=160)
    object_id = models.PositiveBigIntegerField(_("identifiant"))
    left_at = models.DateTimeField(_("quittée le"), auto_now_add=True)

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("ancienne adresse")
        verbose_name_plural = _("anciennes adresses")
        ordering = ["-left_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="former_address_once")]
        indexes = [models.Index(fields=["kind", "object_id"], name="former_address_of_record")]

    def __str__(self) -> str:
        return self.slug

    @property
    def record(self) -> Any:
        """The record that it leads to; None if it is gone."""
        app, _dot, name = self.kind.partition(".")
        return self._meta.apps.get_model(app, name)._base_manager.filter(pk=self.object_id).first()
