"""Sources: who says so, and when."""

from collections.abc import Mapping
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.dates import Dated, PartialDate, PartialDateField, companions
from clusters.models.publication import Publishable, PublishableQuerySet, SlugField, of_the_web, web_address

MAX_STEPS = 4
"""How many sources may stand between one and the study that all of them go back to, that study included."""


def root_of(path: str = "") -> Coalesce:
    """The number of the source that a source goes back to, itself if it draws on no other.

    Args:
        path: how the query reaches the source, `observation__source__`; "" for sources themselves.
    """
    chain = [f"{path}{'__'.join(['derived_from'] * steps)}" for steps in range(MAX_STEPS, 0, -1)]
    return Coalesce(*(f"{step}_id" for step in chain), f"{path}pk")


class Origins:
    """Which source draws on which, as they are or as they would be: what may not be of them is said here alone.

    Args:
        origin_of: source → the one that it draws on, by whatever names them; None stands for one that is not saved.
    """

    def __init__(self, origin_of: Mapping[Any, Any]) -> None:
        self.origin_of = origin_of
        self.drawn_from: dict[Any, set[Any]] = {}
        for source, origin in origin_of.items():
            self.drawn_from.setdefault(origin, set()).add(source)

    def problem_of(self, source: Any) -> Any:
        """Why a source cannot draw on what it does: it leads back to itself, or nobody can follow it. "" if it can."""
        above = self._above(source)
        if source in above:
            return _("Cette source est elle-même tirée de celle-ci, directement ou non : l’une des deux vient de l’autre, pas l’inverse.")  # fmt: skip
        if len(above) + self._steps_below(source) > MAX_STEPS:
            return _("La chaîne est trop longue : indiquez directement l’étude d’origine.")
        return ""

    def _above(self, source: Any) -> list[Any]:
        found: list[Any] = []
        while source in self.origin_of and len(found) <= MAX_STEPS:
            source = self.origin_of[source]
            found.append(source)
        return found

    def _steps_below(self, source: Any) -> int:
        steps, level = 0, {source}
        while level and steps <= MAX_STEPS:
            level = {one for origin in level for one in self.drawn_from.get(origin, ())}
            steps += bool(level)
        return steps


class SourceQuerySet(PublishableQuerySet):
    def in_order(self) -> Self:
        """The most recently published first, those without a date last."""
        return self.order_by(models.F("published_last").desc(nulls_last=True), "title")

    def roots(self) -> Self:
        """The sources that these go back to, each once: as many as there are witnesses."""
        return self.model._default_manager.filter(
            pk__in=self.order_by().annotate(root_number=root_of()).values("root_number")
        )


class Source(Dated, Publishable):
    """A document, page or interview that facts come from."""

    class Kind(models.TextChoices):
        STUDY = "study", _("Étude")
        PRESS = "press", _("Presse")
        INSTITUTIONAL = "institutional", _("Institution")
        WEBSITE = "website", _("Site du cluster")
        INTERVIEW = "interview", _("Entretien")
        REGISTRY = "registry", _("Registre")
        BLOG = "blog", _("Blog")
        DATASET = "dataset", _("Jeu de données")

    slug = SlugField(_("adresse"))
    kind = models.CharField(
        _("nature"), max_length=20, choices=Kind, help_text=_("De quelle sorte de document il s’agit.")
    )
    title = models.CharField(_("titre"), max_length=300, help_text=_("Tel que la source le donne, dans sa langue."))
    author = models.CharField(
        _("auteur"), max_length=200, blank=True, help_text=_("Personne qui signe, si elle est nommée.")
    )
    publisher = models.CharField(
        _("éditeur"), max_length=200, blank=True, help_text=_("Journal, institution ou site qui l’a publiée.")
    )
    published = PartialDateField(_("parue le"), first="published_first", last="published_last")
    published_first = models.DateField(null=True, editable=False)
    published_last = models.DateField(null=True, editable=False)
    language = models.CharField(
        _("langue"), max_length=5, default="fr", help_text=_("Code de la langue du document : fr, en, ar…")
    )
    url = models.CharField(
        _("adresse en ligne"),
        max_length=500,
        blank=True,
        validators=[web_address],
        help_text=_("Adresse complète, qui commence par https:// ou http://."),
    )
    archived_url = models.CharField(
        _("copie archivée"),
        max_length=500,
        blank=True,
        validators=[web_address],
        help_text=_("Copie qui reste si la page disparaît."),
    )
    accessed_on = models.DateField(
        _("consultée le"), null=True, blank=True, help_text=_("Le jour où la rédaction l’a lue.")
    )
    derived_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="derived",
        verbose_name=_("d’après"),
        help_text=_(
            "La source dont celle-ci tire ses faits : deux sources issues d’une même étude sont un seul témoin."
        ),
    )
    note = models.TextField(
        _("note"),
        blank=True,
        help_text=_("Ce qu’il faut savoir pour l’utiliser : édition, réserve, contradiction avec une autre."),
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=companions("published"), name="source_published_days"),
            models.CheckConstraint(
                condition=of_the_web("url", "archived_url"),
                name="source_addresses_of_the_web",
                violation_error_message=web_address.message,
            ),
            models.CheckConstraint(
                condition=models.Q(derived_from=None) | ~models.Q(derived_from=models.F("pk")),
                name="source_not_from_itself",
                violation_error_message=_("Une source ne peut pas être tirée d’elle-même."),
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.publisher, self.title) if part)

    def clean(self) -> None:
        """Refuse a date before what the source says, and an origin that leads back to it or through too many others."""
        super().clean()
        self._check_published()
        if self.derived_from_id is None:
            return
        stored = Source.objects.exclude(derived_from=None).values_list("pk", "derived_from")
        if problem := Origins({**dict(stored), self.pk: self.derived_from_id}).problem_of(self.pk):
            raise ValidationError({"derived_from": problem})

    def _check_published(self) -> None:
        # Recorded figures are not changed: a date that the form of a figure would refuse is refused here too.
        if not self.pk or self.published_last is None:
            return
        later = self.observations.in_force().filter(dated_first__gt=self.published_last)
        if (latest := later.order_by("-dated_first").first()) is not None:
            raise ValidationError(
                {
                    "published": gettext(
                        "Cette source a servi à des chiffres plus récents, dont un de %(date)s : elle ne peut pas être "
                        "parue avant. Vérifiez la date, ou corrigez d’abord ces chiffres."
                    )
                    % {"date": latest.date}
                }
            )

    @property
    def origins(self) -> list["Source"]:
        """The source that this one draws on, the one that that one draws on, and so on; the last is its root."""
        found: list[Source] = []
        source = self.derived_from
        while source is not None and source not in found and len(found) <= MAX_STEPS:
            found.append(source)
            source = source.derived_from
        return found

    @property
    def root(self) -> "Source":
        """The source that this one goes back to: two with the same root are one witness. Itself if it draws on no other."""
        return self.origins[-1] if self.derived_from_id else self

    def get_absolute_url(self) -> str:
        return reverse("clusters:source", args=[self.slug])

    @property
    def published_date(self) -> PartialDate | None:
        return PartialDate.parse(self.published) if self.published else None

    @property
    def is_web_page(self) -> bool:
        return self.url.startswith(("http://", "https://"))
