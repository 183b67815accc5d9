"""How the newsroom draws the map: the one line that is disputed, and the note under it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.publication import Versioned, typeset_fields

NOTE = "Fond : Natural Earth (domaine public). Les tracés n’impliquent aucune prise de position de la rédaction."


class MapSettings(Versioned):
    """The one row of settings of the map."""

    class Boundary(models.TextChoices):
        DASHED = "dashed", _("Tireté, rien d’écrit sur le territoire")
        UN = "un", _("Trait plein, comme sur les cartes des Nations unies")
        NONE = "none", _("Aucun trait")

    boundary = models.CharField(
        _("ligne du Sahara occidental"),
        max_length=6,
        choices=Boundary,
        default=Boundary.DASHED,
        help_text=_("Le choix vaut pour toutes les cartes du site."),
    )
    note = models.TextField(
        _("note sous la carte"), max_length=500, default=NOTE, blank=True, help_text=_("Se lit sous chaque carte.")
    )

    class Meta:
        verbose_name = _("réglages de la carte")
        verbose_name_plural = _("réglages de la carte")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="map_settings_once")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "note")

    @classmethod
    def current(cls) -> Self:
        """The settings in force; the defaults until somebody has saved them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
