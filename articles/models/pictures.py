"""Pictures of articles: one row for each picture, however often it is uploaded or used."""

from typing import IO, Any, Self

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters import pictures
from clusters.models.publication import Versioned, VersionedQuerySet, typeset_fields


class PictureQuerySet(VersionedQuerySet):
    def wanting_text(self) -> Self:
        """Pictures without an alternative text that are not declared decorative, or without a credit."""
        return self.filter(models.Q(alt="", is_decorative=False) | models.Q(credit=""))

    def take_in(self, upload: IO[bytes], **texts: Any) -> tuple["Picture", bool]:
        """Keep an uploaded picture; the same picture twice is one row, and its texts stay as they are.

        Returns:
            the picture, and whether it is new.
        Raises:
            ValidationError: the upload is refused; the sentence says why.
        """
        kept = pictures.store(pictures.decode(upload))
        return self.get_or_create(digest=kept.digest, defaults={"width": kept.width, "height": kept.height, **texts})


class Picture(Versioned):
    """A picture with its texts. The file is named by the digest of its content."""

    digest = models.CharField(_("empreinte"), max_length=64, unique=True, editable=False)
    width = models.PositiveIntegerField(_("largeur"), editable=False)
    height = models.PositiveIntegerField(_("hauteur"), editable=False)
    alt = models.CharField(
        _("texte de remplacement"), max_length=300, blank=True,
        help_text=_("Ce que l’image montre, pour qui ne la voit pas. Pas de « photo de »."),
    )  # fmt: skip
    is_decorative = models.BooleanField(
        _("décorative"), default=False, help_text=_("N’apporte rien au texte : aucun texte de remplacement.")
    )
    caption = models.CharField(
        _("légende"), max_length=300, blank=True, help_text=_("Sous l’image : ce qu’elle apporte à l’article.")
    )
    credit = models.CharField(
        _("crédit"), max_length=150, blank=True, help_text=_("Auteur ou agence, licence s’il y en a une.")
    )
    created_at = models.DateTimeField(_("ajoutée le"), auto_now_add=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=False) | models.Q(alt=""),
                name="picture_decorative_or_described",
                violation_error_message=_(
                    "Une image décorative n’a pas de texte de remplacement : videz-le ou décochez « décorative »."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.caption or self.alt or f"{_('image')} {self.digest[:8]}"

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "alt", "caption", "credit")

    def url(self, width: int | None = None) -> str:
        """Address of the rendition nearest to a width in pixels; without a width, of the JPEG for cards."""
        if width is None:
            return default_storage.url(pictures.path(self.digest))
        return default_storage.url(
            pictures.path(self.digest, min(pictures.WIDTHS, key=lambda known: abs(known - width)))
        )

    @property
    def src(self) -> str:
        return self.url(960)

    @property
    def thumbnail(self) -> str:
        return self.url(480)

    @property
    def card(self) -> str:
        """Address of the JPEG that social cards and feeds use."""
        return self.url()

    @property
    def srcset(self) -> str:
        widths = sorted({min(width, self.width): width for width in reversed(pictures.WIDTHS)}.items())
        return ", ".join(f"{self.url(rendition)} {real}w" for real, rendition in widths)


def require_texts(picture: Picture) -> None:
    """Refuse a picture that a reader could not perceive or that names nobody.

    Raises:
        ValidationError: no alternative text (and not decorative), or no credit.
    """
    problems = []
    if not picture.alt and not picture.is_decorative:
        problems.append(
            ValidationError(
                _("L’image n’a pas de texte de remplacement : décrivez-la, ou déclarez-la décorative."), code="alt"
            )
        )
    if not picture.credit:
        problems.append(ValidationError(_("L’image n’a pas de crédit : indiquez-en l’auteur."), code="credit"))
    if problems:
        raise ValidationError(problems)
