"""What other registries call a cluster: their identifiers, so that records can be matched without guessing by name."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.models.clusters import Cluster


@dataclass(frozen=True)
class Scheme:
    """A registry outside: the form of its identifiers and, where it has pages, their address."""

    form: str
    example: str
    address: str = ""


SCHEMES = {
    "wikidata": Scheme(r"Q[1-9][0-9]{0,11}", "Q42", "https://www.wikidata.org/wiki/{}"),
    "ror": Scheme(r"0[a-z0-9]{6}[0-9]{2}", "05dxps055", "https://ror.org/{}"),
    "lei": Scheme(r"[A-Z0-9]{18}[0-9]{2}", "529900T8BM49AURSDO55", "https://search.gleif.org/#/record/{}"),
    "isni": Scheme(r"[0-9]{15}[0-9X]", "0000000121032683", "https://isni.org/isni/{}"),
    "eccp": Scheme(r"[a-z0-9]+(?:-[a-z0-9]+)*", "cluster-solaire"),
    "ice": Scheme(r"[0-9]{15}", "001512572000078"),
}


class ClusterIdentifier(models.Model):
    """The identifier of a cluster in a registry outside; one body has it, and no second record may claim it."""

    class Registry(models.TextChoices):
        WIKIDATA = "wikidata", _("Wikidata")
        ROR = "ror", _("ROR")
        LEI = "lei", _("LEI")
        ISNI = "isni", _("ISNI")
        ECCP = "eccp", _("Plateforme européenne des clusters (ECCP)")
        ICE = "ice", _("ICE (Maroc)")

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="identifiers", verbose_name=_("cluster"))
    registry = models.CharField(
        _("registre"), max_length=10, choices=Registry, help_text=_("Le registre qui donne cet identifiant.")
    )
    value = models.CharField(
        _("identifiant extérieur"), max_length=80, help_text=_("Tel que ce registre l’écrit, sans l’adresse.")
    )

    class Meta:
        verbose_name = _("identifiant extérieur")
        verbose_name_plural = _("identifiants extérieurs")
        ordering = ["registry", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["registry", "value"],
                name="cluster_identifier_once",
                violation_error_message=_(
                    "Une autre fiche porte déjà cet identifiant : c’est peut-être le même organisme, à fusionner."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_registry_display()} {self.value}"

    @property
    def address(self) -> str:
        """The page of this identifier at its registry; "" where there is none."""
        scheme = SCHEMES.get(self.registry)
        return scheme.address.format(self.value) if scheme and scheme.address else ""

    def clean(self) -> None:
        """Refuse an identifier that its registry could not have given."""
        super().clean()
        scheme = SCHEMES.get(self.registry)
        self.value = self.value.strip()
        if scheme and not re.fullmatch(scheme.form, self.value):
            errors: dict[str, Any] = {
                "value": gettext("Cet identifiant n’a pas la forme attendue, par exemple « %(example)s ».")
                % {"example": scheme.example}
            }
            raise ValidationError(errors)
