"""Names: what a body is and was called, when, and by whom; and how a name is sorted."""

import datetime as dt
import re
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters import fulltext
from clusters.as_of import established, is_past
from clusters.dates import Dated, PartialDate, PartialDateField, companions
from clusters.models.sources import Source


def sort_key(name: str) -> str:
    """A name as it is sorted: without accents, capitals or signs, the same order on both databases.

    Words are joined by a zero, since a space counts for one database's collation and not for the other's, while both
    put figures before letters.
    """
    return "0".join(re.findall(r"\w+", fulltext.fold(name)))[:200]


class SortKeyField(models.CharField):
    """The sort key of another column, `of`: filled whenever it is written, by save() and bulk_create() alike."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **{"max_length": 200, "default": "", "editable": False, "db_index": True, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = sort_key(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, key)
        return key


class ClusterNameQuerySet(models.QuerySet):
    def visible(self) -> Self:
        """Names whose source may be seen (or that have none)."""
        return self.filter(models.Q(source=None) | models.Q(source__in=Source.objects.visible()))

    def as_of(self, day: dt.date | None) -> Self:
        """Names without those that came later than a day; one that is not dated may always have been one."""
        return self.filter(models.Q(valid_from="") | models.Q(valid_from_last__lte=day)) if is_past(day) else self

    def begun_by(self, day: dt.date) -> Self:
        """Names that are established to have been in use on a day or before it."""
        return self.filter(established(day, "valid_from"))

    def in_use_on(self, day: dt.date) -> Self:
        """What the body was called on a day, the latest name first: official and former names with a date.

        The day of a change belongs to the new name.
        """
        kinds = (ClusterName.Kind.OFFICIAL, ClusterName.Kind.FORMER)
        begun = models.Q(valid_from="") | models.Q(valid_from_last__lte=day)
        lasting = models.Q(valid_to="") | models.Q(valid_to_last__gt=day)
        dated = ~models.Q(valid_from="") | ~models.Q(valid_to="")
        latest = models.F("valid_from_last").desc(nulls_last=True)
        return self.filter(begun, lasting, dated, kind__in=kinds).order_by(latest, "-pk")


class ClusterName(Dated):
    """Another name of a cluster, with its language and the time it was in use. A renamed body stays one record."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("Officiel")
        SHORT = "short", _("Court")
        ACRONYM = "acronym", _("Sigle")
        ALIAS = "alias", _("Autre graphie")
        FORMER = "former", _("Ancien nom")

    cluster = models.ForeignKey("clusters.Cluster", models.CASCADE, related_name="names")
    value = models.CharField(_("nom"), max_length=250, help_text=_("Le nom tel que la source l’écrit."))
    sort_value = SortKeyField(_("clé du nom"), of="value")
    kind = models.CharField(
        _("sorte"), max_length=10, choices=Kind, default=Kind.ALIAS, help_text=_("Un ancien nom reste cherchable.")
    )
    language = models.CharField(
        _("langue"),
        max_length=3,
        default="fr",
        choices=[("fr", _("français")), ("en", _("anglais")), ("ar", _("arabe")), ("ber", _("amazighe"))],
        help_text=_("Langue dans laquelle le nom est écrit."),
    )
    valid_from = PartialDateField(_("depuis"), first="valid_from_first", last="valid_from_last")
    valid_from_first = models.DateField(null=True, editable=False)
    valid_from_last = models.DateField(null=True, editable=False)
    valid_to = PartialDateField(_("jusqu’à"), first="valid_to_first", last="valid_to_last")
    valid_to_first = models.DateField(null=True, editable=False)
    valid_to_last = models.DateField(null=True, editable=False)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cluster_names",
        verbose_name=_("source"),
        help_text=_("Qui emploie ce nom."),
    )

    objects = ClusterNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("autre nom")
        verbose_name_plural = _("autres noms")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "value", "kind"],
                name="cluster_name_once",
                violation_error_message=_("Ce nom est déjà enregistré."),
            ),
            models.CheckConstraint(condition=companions("valid_from"), name="cluster_name_from_days"),
            models.CheckConstraint(condition=companions("valid_to"), name="cluster_name_to_days"),
            models.CheckConstraint(
                condition=models.Q(valid_from_first=None)
                | models.Q(valid_to_last=None)
                | models.Q(valid_from_first__lte=models.F("valid_to_last")),
                name="cluster_name_from_before_to",
                violation_error_message=_("La fin précède le début."),
            ),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def from_date(self) -> PartialDate | None:
        return PartialDate.parse(self.valid_from) if self.valid_from else None

    @property
    def to_date(self) -> PartialDate | None:
        return PartialDate.parse(self.valid_to) if self.valid_to else None
