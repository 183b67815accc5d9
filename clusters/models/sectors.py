"""Sectors: the branches of the economy, and which of them a cluster works in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.publication import SlugField, Versioned


class Sector(Versioned):
    """A branch of the economy: the fourteen industrial ecosystems of the European Union, and two of our own."""

    code = SlugField(_("code"), max_length=40)
    label = models.CharField(_("nom"), max_length=80, help_text=_("Nom français, tel que les lecteurs le lisent."))
    label_en = models.CharField(
        _("nom anglais"), max_length=80, blank=True, help_text=_("Nom dans la nomenclature d’origine.")
    )
    scheme = models.CharField(
        _("nomenclature"),
        max_length=10,
        choices=[("eu", _("Écosystèmes industriels de l’UE")), ("grappe", _("Ajout de la rédaction"))],
        help_text=_("D’où vient ce secteur."),
    )
    number = models.PositiveSmallIntegerField(
        _("numéro"), null=True, blank=True, help_text=_("Rang dans la nomenclature européenne.")
    )

    class Meta:
        verbose_name = _("secteur")
        verbose_name_plural = _("secteurs")
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class ClusterSector(models.Model):
    """A cluster's place in a sector; one of them is the primary one."""

    cluster = models.ForeignKey("clusters.Cluster", models.CASCADE, related_name="sector_links")
    sector = models.ForeignKey(
        Sector,
        models.PROTECT,
        related_name="cluster_links",
        verbose_name=_("secteur"),
        help_text=_("Un secteur de la nomenclature."),
    )
    is_primary = models.BooleanField(
        _("principal"), default=False, help_text=_("Le secteur principal ; il y en a un seul.")
    )

    class Meta:
        verbose_name = _("secteur du cluster")
        verbose_name_plural = _("secteurs du cluster")
        indexes = [models.Index(fields=["sector", "cluster"], name="cluster_sector_counted")]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "sector"],
                name="cluster_sector_once",
                violation_error_message=_("Ce secteur est déjà indiqué."),
            ),
            models.UniqueConstraint(
                fields=["cluster"],
                condition=models.Q(is_primary=True),
                name="cluster_one_primary_sector",
                violation_error_message=_("Un seul secteur est le principal."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.sector)
