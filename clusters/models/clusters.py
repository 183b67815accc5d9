"""Clusters: the bodies that the registry follows, and which of them may be seen, now and as of a past day.

Past 400 lines: one record of many columns; two thirds of the lines are the words that editors read beside the fields.
"""

import datetime as dt
import functools
import operator
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import functions
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clusters import countries, fulltext, pictures
from clusters.as_of import appeared, is_past
from clusters.markup import RichTextField, text_of
from clusters.models.names import ClusterName, SortKeyField, sort_key
from clusters.models.publication import (
    PublicationState,
    Publishable,
    PublishableQuerySet,
    SlugField,
    of_the_web,
    typeset_fields,
    web_address,
)
from clusters.models.sectors import ClusterSector, Sector
from clusters.models.sources import Source
from clusters.models.statuses import Status, StatusChange

VERIFIED_FOR = dt.timedelta(days=365)
"""How long a verification of a record holds."""
MERGED_WITHOUT_SURVIVOR = _("Une fiche fusionnée désigne celle qui lui succède.")
MERGED_AWAY = _("Cette fiche est fusionnée dans une autre : c’est l’autre qui se vérifie et se publie.")
EXPECTED_WITH_PEOPLE = _("Un cluster attendu n’a ni adhérents ni salariés : corrigez la situation ou les chiffres.")


def _statements(day: dt.date) -> tuple[models.QuerySet, ...]:
    """The clusters of everything visible that was established on a day: each a queryset of their numbers."""
    # What refers to a cluster stands above this file; its models know what they say of a day.
    participations, figures = (
        Cluster._meta.get_field(name).related_model.objects for name in ("participations", "observation_links")
    )
    told = (
        StatusChange.objects.visible().as_of(day),
        ClusterName.objects.visible().begun_by(day),
        participations.visible().begun_by(day),
        figures.shown_by(day),
    )
    placed = Cluster.objects.filter(appeared(day, "location_source"), location_source__in=Source.objects.visible())
    return *(rows.order_by().values("cluster") for rows in told), placed.order_by().values("pk")


class ClusterQuerySet(PublishableQuerySet):
    def visible(self, at: dt.datetime | None = None) -> Self:
        """Clusters that anybody may see; one merged into another is seen as that other."""
        return super().visible(at).filter(merged_into=None)

    def survivors_of(self, **lost: Any) -> Self:
        """Those that anybody may see into which public records were merged, which a column names: `slug="menara"`.

        A merge leaves the publication of the record that is given up as it was: what names one that was no longer public,
        or never, leads nowhere, as if there were none.
        """
        named = {f"merged_from__{column}": value for column, value in lost.items()}
        return self.visible().filter(**named, merged_from__publication=PublicationState.PUBLISHED)

    def matching(self, query: str) -> Self:
        """Clusters one of whose names, or whose text, holds every word of the query; best first."""
        return fulltext.narrow(self, query)

    def as_of(self, day: dt.date | None) -> Self:
        """Those of which something was established on a day, as they were then; None: as they are today."""
        return self.known_on(day).with_state_of(day)

    def known_on(self, day: dt.date | None) -> Self:
        """Those of which a source lets something be established on a past day; all of today."""
        if not is_past(day):
            return self
        # Lists, not a question for each row: over 10,000 clusters 0.4 s instead of 7.
        known = (models.Q(pk__in=rows) for rows in _statements(day))
        return self.filter(functools.reduce(operator.or_, known))

    def with_state_of(self, day: dt.date | None) -> Self:
        """With each cluster's name and status on a day.

        They carry `name_then`, `status_then` and `day_then`; pages read `shown_name`, `shown_status` and
        `shown_address`, which are those of today where no day was asked for.
        """
        if day is None:
            return self
        then = self.annotate(day_then=models.Value(day, models.DateField()))
        if not is_past(day):
            return then.annotate(status_then=models.F("status"), name_then=models.F("name"))
        own = {"cluster": models.OuterRef("pk")}
        lines = StatusChange.objects.visible().as_of(day).filter(**own).latest_first()
        called = ClusterName.objects.visible().in_use_on(day).filter(**own)
        return then.annotate(
            status_then=functions.Coalesce(
                models.Subquery(lines.values("status")[:1]), models.Value(Status.UNKNOWN.value)
            ),
            name_then=functions.Coalesce(models.Subquery(called.values("value")[:1]), models.F("name")),
        )

    def at(self, points: Iterable[tuple[Decimal, Decimal]], or_nowhere: bool = False) -> Self:
        """Clusters at one of some points (latitude, longitude), or at none that any source gives."""
        wanted = models.Q(latitude=None) if or_nowhere else models.Q(pk__in=())
        for latitude, longitude in points:
            wanted |= models.Q(latitude=latitude, longitude=longitude)
        return self.filter(wanted)

    def with_sectors(self) -> Self:
        """With each cluster's sectors as `shown_sectors` (links to Sector, the primary one first)."""
        links = ClusterSector.objects.select_related("sector").order_by("-is_primary", "sector__label")
        return self.prefetch_related(models.Prefetch("sector_links", links, to_attr="shown_sectors"))

    def with_names(self, day: dt.date | None = None) -> Self:
        """With each cluster's other names (of a day) as `shown_names`, and the source of each where it may be seen."""
        return self.prefetch_related(
            models.Prefetch(
                "names", ClusterName.objects.visible().as_of(day).select_related("source"), to_attr="shown_names"
            )
        )

    def with_identifiers(self) -> Self:
        """With what other registries call each cluster as `shown_identifiers`."""
        return self.prefetch_related(models.Prefetch("identifiers", to_attr="shown_identifiers"))

    def spotlight(self) -> Self:
        """Those most recently verified, then those most recently worked on: for the front page."""
        return self.order_by(models.F("verified_on").desc(nulls_last=True), "-modified_at", "pk")

    def unverified(self, on: dt.date) -> Self:
        """Those that nobody has verified for a year, or ever."""
        return self.filter(models.Q(verified_on=None) | models.Q(verified_on__lt=on - VERIFIED_FOR))

    def needing_care(self, on: dt.date) -> Self:
        """Published clusters that nobody has verified for a year, or ever."""
        return self.visible().unverified(on)

    def reindex(self) -> None:
        """Bring the full-text index in line with these rows, in the caller's transaction."""
        for cluster in self.prefetch_related("sectors"):
            cluster.index()


class Cluster(Publishable):
    """A cluster, pole, technopole, network or expected project."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Cluster")
        POLE = "pole", _("Pôle de compétitivité")
        TECHNOPOLE = "technopole", _("Technopole")
        NETWORK = "network", _("Réseau de clusters")
        PROJECT = "project", _("Projet attendu")

    class Precision(models.TextChoices):
        SITE = "site", _("Site")
        CITY = "city", _("Ville")
        REGION = "region", _("Région")
        COUNTRY = "country", _("Pays")

    public_id = models.CharField(_("identifiant"), max_length=40, unique=True, editable=False)
    slug = SlugField(_("adresse"))
    name = models.CharField(
        _("nom"), max_length=200, help_text=_("Le nom sous lequel la rédaction en parle aujourd’hui.")
    )
    sort_name = models.CharField(_("clé de tri"), max_length=200, editable=False, default="")
    acronym = models.CharField(
        _("sigle"), max_length=30, blank=True, help_text=_("Le sigle d’usage ; deux organismes peuvent avoir le même.")
    )
    sort_acronym = SortKeyField(_("clé du sigle"), of="acronym")
    kind = models.CharField(
        _("nature"),
        max_length=12,
        choices=Kind,
        default=Kind.ORGANISATION,
        help_text=_("Un projet attendu n’est pas encore un cluster."),
    )
    status = models.CharField(
        _("situation"),
        max_length=10,
        choices=Status,
        blank=True,
        help_text=_("Suit la dernière ligne datée de l’historique ci-dessous, s’il y en a une."),
    )
    sectors = models.ManyToManyField(
        Sector, through="ClusterSector", related_name="clusters", verbose_name=_("secteurs")
    )

    country = CountryField(_("pays"), blank=True, help_text=_("Pays où le cluster agit ; obligatoire pour publier."))
    city = models.CharField(
        _("ville"), max_length=100, blank=True, help_text=_("Siège ou lieu d’activité, si une source le dit.")
    )
    region = models.CharField(
        _("région"), max_length=100, blank=True, help_text=_("Si la ville n’est pas connue, ou pour la préciser.")
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(Decimal(-90)), MaxValueValidator(Decimal(90))], help_text=_("En degrés décimaux, nord positif."),
    )  # fmt: skip
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(Decimal(-180)), MaxValueValidator(Decimal(180))], help_text=_("En degrés décimaux, est positif."),
    )  # fmt: skip
    location_precision = models.CharField(
        _("précision du lieu"),
        max_length=8,
        choices=Precision,
        blank=True,
        help_text=_("Jusqu’où le lieu est connu ; obligatoire avec des coordonnées."),
    )
    location_source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="located_clusters",
        verbose_name=_("source du lieu"),
        help_text=_("La source qui situe le cluster."),
    )
    location_note = models.CharField(
        _("note sur le lieu"),
        max_length=500,
        blank=True,
        help_text=_("Ce qui rend le lieu incertain : sources en désaccord, lieu déduit."),
    )

    legal_form = models.CharField(
        _("forme juridique"),
        max_length=200,
        blank=True,
        help_text=_("Association, groupement d’intérêt économique… telle que la source la donne."),
    )
    website = models.CharField(
        _("site"),
        max_length=300,
        blank=True,
        validators=[web_address],
        help_text=_("Adresse complète du site du cluster."),
    )
    summary = models.TextField(
        _("résumé"), max_length=500, blank=True, help_text=_("Une ou deux phrases, pour les listes.")
    )
    description = RichTextField(
        _("présentation"),
        blank=True,
        help_text=_("Quelques paragraphes ; les chiffres vont dans « Chiffres », avec leur source."),
    )

    logo = models.CharField(_("logo"), max_length=64, blank=True, editable=False, help_text=_("Empreinte du fichier."))

    verified_on = models.DateField(_("vérifiée le"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("vérifiée par"),
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("fusionnée dans"),
    )

    objects = ClusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        ordering = ["sort_name", "pk"]
        indexes = [
            models.Index(fields=["publication", "merged_into", "sort_name"], name="cluster_public_name"),
            # Holds all that the facets count, so that they never read the rows with their texts.
            models.Index(
                fields=["publication", "merged_into", "country", "status", "kind"], name="cluster_public_cells"
            ),
            # The same for PostgreSQL, which takes no order from a column that is null, and counts keys only out of an index.
            models.Index(
                fields=["sort_name", "id"],
                condition=models.Q(publication="published", merged_into=None),
                name="cluster_open_name",
            ),
            models.Index(
                fields=["country", "status", "kind", "id"],
                condition=models.Q(publication="published", merged_into=None),
                name="cluster_open_cells",
            ),
            models.Index(fields=["publication", "country"], name="cluster_public_country"),
            models.Index(fields=["publication", "status"], name="cluster_public_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verified_on=None, verified_by=None)
                | models.Q(verified_on__isnull=False, verified_by__isnull=False),
                name="cluster_verified_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                    latitude__isnull=False,
                    longitude__isnull=False,
                ),
                name="cluster_coordinates_together",
                violation_error_message=_("Donnez la latitude et la longitude, ou aucune des deux."),
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None) | ~models.Q(location_precision=""),
                name="cluster_coordinates_have_a_precision",
                violation_error_message=_("Dites la précision du lieu : des coordonnées sans précision trompent."),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("pk")),
                name="cluster_not_merged_into_itself",
                violation_error_message=_("Une fiche ne peut pas être fusionnée avec elle-même."),
            ),
            models.CheckConstraint(
                condition=~models.Q(publication="published")
                | (~models.Q(status="") & ~models.Q(country="") & ~models.Q(name="")),
                name="cluster_published_is_complete",
                violation_error_message=_("Une fiche publiée a un nom, un pays et une situation."),
            ),
            models.CheckConstraint(
                condition=~models.Q(publication="published", status="merged") | models.Q(merged_into__isnull=False),
                name="cluster_merged_has_a_survivor",
                violation_error_message=MERGED_WITHOUT_SURVIVOR,
            ),
            models.CheckConstraint(
                condition=of_the_web("website"),
                name="cluster_website_of_the_web",
                violation_error_message=web_address.message,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym and self.acronym not in self.name else self.name

    def get_absolute_url(self) -> str:
        return reverse("clusters:detail", args=[self.slug])

    @property
    def short_name(self) -> str:
        """The acronym where there is one, else the name: for cards and running text."""
        return self.acronym or self.name

    @property
    def place(self) -> str:
        """« Casablanca, Maroc »; the region where no city is known."""
        return ", ".join(part for part in (self.city or self.region, self.country.name) if part)

    @property
    def logo_url(self) -> str:
        """Address of the logo; empty if there is none."""
        return default_storage.url(pictures.logo_path(self.logo)) if self.logo else ""

    @property
    def shown_name(self) -> str:
        """The name, or the name of then where the row was fetched `as_of` a day."""
        return getattr(self, "name_then", self.name)

    @property
    def shown_acronym(self) -> str:
        """The acronym, where it is that of the name that is shown."""
        return self.acronym if self.acronym != self.name == self.shown_name else ""

    @property
    def shown_status(self) -> str:
        """The status, or that of then where the row was fetched `as_of` a day."""
        return getattr(self, "status_then", self.status)

    @property
    def shown_status_label(self) -> str:
        return str(Status(self.shown_status).label) if self.shown_status else ""

    @property
    def shown_address(self) -> str:
        """The address of the page; of the day where the row was fetched `as_of` one."""
        day = getattr(self, "day_then", None)
        return f"{self.get_absolute_url()}?as_of={day}" if day else self.get_absolute_url()

    def is_known_on(self, day: dt.date) -> bool:
        """Whether a source lets anything be established of it on a day."""
        return Cluster.objects.filter(pk=self.pk).known_on(day).exists()

    @property
    def is_expected(self) -> bool:
        return self.status in (Status.EXPECTED, Status.ANNOUNCED)

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "name", "summary")
        self._check_place()

    def _check_place(self) -> None:
        place = (self.country.code or "", self.latitude, self.longitude)
        if self.latitude is None or self.longitude is None or self.location_note.strip():
            return
        if countries.is_swapped(*place):
            raise ValidationError(
                {"latitude": _("Latitude et longitude semblent interverties : échangées, elles tombent dans le pays.")}
            )
        if countries.is_elsewhere(*place):
            raise ValidationError(
                {
                    "latitude": _(
                        "Ces coordonnées tombent hors du pays indiqué. Corrigez-les, ou dites pourquoi dans la note sur "
                        "le lieu."
                    )
                }
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._set_sort_name(kwargs)
        # The public id comes from the row's number, which neither database gives twice; the placeholder lives for one statement.
        if self.public_id:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            self.public_id = f"new-{uuid.uuid4().hex}"
            super().save(*args, **kwargs)
            self.public_id = f"GRP-{self.pk:04d}"
            super().save(update_fields=["public_id"])

    def _set_sort_name(self, kwargs: dict[str, Any]) -> None:
        fields = kwargs.get("update_fields")
        if fields is None or "name" in fields:
            self.sort_name = sort_key(self.name)
            if fields is not None:
                kwargs["update_fields"] = [*fields, "sort_name"]
        if fields is not None and "acronym" in fields:
            kwargs["update_fields"] = [*kwargs["update_fields"], "sort_acronym"]

    def publication_problems(self, sector_count: int, has_figures_of_people: bool) -> list[str]:
        """What stands against publishing this record, each a sentence for the editor; empty if nothing does.

        Args:
            sector_count: how many sectors it is filed under (they may not be saved yet).
            has_figures_of_people: whether members or employees are recorded for it.
        """
        problems: list[Any] = []
        if not self.name.strip():
            problems.append(_("Donnez un nom à la fiche."))
        if not self.country:
            problems.append(_("Indiquez le pays : une fiche publiée en a un."))
        if not self.status:
            problems.append(_("Choisissez une situation ; « Non établi » convient si aucune source ne la dit."))
        if not sector_count:
            problems.append(_("Rangez la fiche dans au moins un secteur avant de la publier."))
        problems += self._problems_of_status(has_figures_of_people)
        return [str(problem) for problem in problems]

    def _problems_of_status(self, has_figures_of_people: bool) -> list[Any]:
        problems = []
        if self.status == Status.MERGED and not self.merged_into_id:
            problems.append(MERGED_WITHOUT_SURVIVOR)
        if self.is_expected and has_figures_of_people:
            problems.append(EXPECTED_WITH_PEOPLE)
        return problems

    def publish(self) -> None:
        """Make the record public.

        Raises:
            ValidationError: something is missing; says what, in sentences.
        """
        if self.merged_into_id:
            raise ValidationError(MERGED_AWAY)
        if problems := self.publication_problems(self.sector_links.count(), self.has_figures_of_people):
            raise ValidationError(problems)
        self.publication = "published"
        self.save(update_fields=["publication", "modified_at"])

    FIGURES_OF_PEOPLE = ("members", "member_companies", "employees")

    @property
    def has_figures_of_people(self) -> bool:
        """Whether a figure in force says who belongs to it or works there."""
        return self.observations.of_people().exists()

    def verify(self, by: Any, on: dt.date) -> None:
        """Record that a person has checked this record against its sources on a day.

        Raises:
            ValidationError: it is merged into another.
        """
        if self.merged_into_id:
            raise ValidationError(MERGED_AWAY)
        self.verified_by, self.verified_on = by, on
        self.save(update_fields=["verified_by", "verified_on", "modified_at"])

    def set_logo(self, upload: IO[bytes]) -> None:
        """Take an uploaded logo; the row is saved by the caller.

        Raises:
            ValidationError: the upload is refused; the sentence says why.
        """
        self.logo = pictures.store_logo(pictures.decode(upload))

    @property
    def status_line(self) -> StatusChange | None:
        """The line of the history that the status follows: the latest that anybody may read."""
        return self.status_changes.visible().latest_first().first()

    def follow_status(self) -> None:
        """Take over the status of the line that it follows, if there is one.

        Raises:
            ValidationError: a published record cannot have that status; says why.
        """
        latest = self.status_line
        if latest and latest.status != self.status:
            before, self.status = self.status, latest.status
            problems = self._problems_of_status(self.is_expected and self.has_figures_of_people)
            if self.is_published and problems:
                self.status = before
                raise ValidationError(problems)
            self.save(update_fields=["status", "modified_at"])

    def index(self) -> None:
        """Put the record into the full-text index, with all its names that may be seen."""
        names = [self.name, self.acronym, self.city, *(name.value for name in self.names.visible())]
        sectors = (sector.label for sector in self.sectors.all())
        fulltext.put(
            self, " ".join(names), " ".join([self.summary, text_of(self.description), self.country.name, *sectors])
        )

    def unindex(self) -> None:
        """Take the row out of the full-text index."""
        fulltext.remove(self)


def public_links(public_ids: Iterable[str]) -> dict[str, str]:
    """Public id → address, for those clusters of the list that anybody may see; for references in a text.

    The id of a record that was merged leads to the one that took it over.
    """
    seen, wanted = Cluster.objects.visible().order_by(), set(public_ids)
    own = seen.filter(public_id__in=wanted).values_list("public_id", "slug")
    merged = seen.survivors_of(public_id__in=wanted).values_list("merged_from__public_id", "slug")
    return {public_id: reverse("clusters:detail", args=[slug]) for public_id, slug in own.union(merged)}
