"""What may be shown of the registry: the one state and the one rule that clusters, programmes and sources share."""

import datetime as dt
import functools
import itertools
import operator
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from clusters.models.addresses import FormerAddress
from clusters.typography import FRENCH, language_of, typeset

User = AbstractBaseUser | AnonymousUser

web_address = URLValidator(
    schemes=["http", "https"], message=_("Écrivez une adresse complète, qui commence par https:// ou http://.")
)


def of_the_web(*names: str) -> models.Q:
    """The condition that these columns hold an address that a browser can be sent to, or nothing."""
    whole = models.Q()
    for name in names:
        schemes = (models.Q(**{f"{name}__istartswith": f"{scheme}://"}) for scheme in ("http", "https"))
        whole &= functools.reduce(operator.or_, schemes, models.Q(**{name: ""}))
    return whole


slug_form = RegexValidator(
    r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z",
    _("Des lettres minuscules sans accent, des chiffres et des traits d’union, par exemple « cluster-solaire »."),
)
RESERVED_SLUGS = frozenset(
    {"map", "export", "compare", "correction", "corrections", "feed", "atom", "comments", "preview"}
)
"""Words that stand in the site's own addresses beside slugs."""


def validate_slug_free(value: str) -> None:
    """Refuse a slug that the site's own addresses need."""
    if value in RESERVED_SLUGS:
        raise ValidationError(
            _("« %(value)s » est réservé aux adresses du site. Choisissez un autre mot."), params={"value": value}
        )


class SlugField(models.CharField):
    """The readable part of an address: lower case, unique, never one of the site's own words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults = {
            "max_length": 120,
            "unique": True,
            "help_text": _("Partie de l’adresse de la page. Évitez de la changer une fois la page publiée."),
            "error_messages": {"unique": _("Cette adresse est déjà prise. Choisissez-en une autre.")},
        }
        super().__init__(*args, **{**defaults, **kwargs})
        self.validators += [slug_form, validate_slug_free]

    def validate(self, value: Any, model_instance: models.Model) -> None:
        super().validate(value, model_instance)
        if FormerAddress.objects.elsewhere(model_instance, value).exists():
            raise ValidationError(
                _(
                    "Cette adresse a été celle d’une autre page, où elle mène encore. Choisissez-en une autre ; pour la "
                    "reprendre tout de même, la rédaction la retire d’abord des « anciennes adresses »."
                ),
                code="former_address",
            )


def free_slug(model: type[models.Model], text: str, otherwise: str) -> str:
    """A slug made of a text that no row of a model has, or had.

    Args:
        otherwise: what it is made of where nothing of the text can stand in an address, as of one in Arabic.
    """
    longest = model._meta.get_field("slug").max_length - len("-9999")
    base = slugify(text.replace("’", " ").replace("'", " ")).replace("_", "-")[:longest].strip("-") or otherwise
    base = f"{base}-{otherwise}" if base in RESERVED_SLUGS else base
    standing, left = model._base_manager.all(), FormerAddress.objects.of(model)
    taken = {
        slug for rows in (standing, left) for slug in rows.filter(slug__startswith=base).values_list("slug", flat=True)
    }
    numbered = (f"{base}-{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([base], numbered) if one not in taken)


def typeset_fields(row: models.Model, *names: str) -> None:
    """Set these fields of a row in French typography, in place; of one in another language, take the ends' spaces away.

    Raises:
        ValidationError: a field is longer than its column once the signs that typography adds are there.
    """
    errors = {}
    for name in names:
        text, longest = getattr(row, name).strip(), row._meta.get_field(name).max_length
        text = typeset(text) if language_of(row) == FRENCH else text
        setattr(row, name, text)
        if longest and len(text) > longest:
            errors[name] = _(
                "%(length)d signes avec les espaces de la typographie, %(longest)d au plus : raccourcissez."
            ) % {
                "length": len(text),
                "longest": longest,
            }
    if errors:
        raise ValidationError(errors)


class PublicationState(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    PUBLISHED = "published", _("Publié")
    WITHDRAWN = "withdrawn", _("Retiré")


class VersionedQuerySet(models.QuerySet):
    """Rows that two people may have open at once: whoever saves states the version that was read."""

    def claim(self, version: int) -> bool:
        """Take the next version of these rows if they still are at the version that was read; whether they were.

        Compared in the UPDATE itself, which also keeps the row until the caller's transaction ends: of two people who
        save at the same moment, one is told.
        """
        return bool(self.filter(version=version).update(version=models.F("version") + 1))

    def survivors_of(self, **lost: Any) -> Self:
        """Those into which rows were merged, which a column names; none where rows of this kind are not merged."""
        return self.none()


class Versioned(models.Model):
    """A row that two people may have open at once, and whose states are kept."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    modified_at = models.DateTimeField(_("modifiée le"), auto_now=True)
    modified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("modifiée par"),
    )

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True


class PublishableQuerySet(VersionedQuerySet):
    """Rows that have a publication state."""

    def visible(self, at: dt.datetime | None = None) -> Self:
        """Rows that anybody may see. `at` is taken because other content appears at a time; records have none."""
        return self.filter(publication=PublicationState.PUBLISHED)

    def visible_to(self, user: User, at: dt.datetime | None = None) -> Self:
        """Rows that this person may see: all of them for somebody who may view them in the admin."""
        options = self.model._meta
        if user.is_active and user.has_perm(f"{options.app_label}.view_{options.model_name}"):
            return self
        return self.visible(at)


class Publishable(Versioned):
    """A record that editors prepare, publish and may withdraw."""

    publication = models.CharField(
        _("publication"),
        max_length=10,
        choices=PublicationState,
        default=PublicationState.DRAFT,
        help_text=_("Seules les fiches publiées se voient sur le site."),
    )
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.publication == PublicationState.PUBLISHED
