"""Pictures of articles: one row for each picture, however often it is uploaded or used, and whichever file it is today.

What uses a picture names its row. The file behind the row is named by its content: another file for the same picture, and
every use shows it at once, while whatever has fetched the old one may keep it for ever.
"""

import contextlib
import datetime as dt
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable
from typing import IO, Any, Self

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters import pictures
from clusters.markup import pictures_of, plain
from clusters.models.publication import Versioned, VersionedQuerySet, typeset_fields

FOCUS_STEP = 10
"""Per cent: focal points that a style sheet knows, which a page without inline styles needs."""
SPARED = dt.timedelta(days=1)
"""So long after it last came in, a file that nobody uses yet is left where it is."""


class PictureUploadQuerySet(models.QuerySet):
    def receive(self, upload: IO[bytes], focus: tuple[int, int] = pictures.CENTRE) -> "PictureUpload":
        """Decode an upload and keep its renditions, unless the same bytes have come in before.

        It holds nothing that others wait for while it works: the row is written by itself, and before the files are looked
        for, so that a removal of unused files which runs at that moment either spares them or is over.

        Raises:
            ValidationError: the upload is refused; the sentence says why.
        """
        data = pictures.read(upload)
        origin, now, name = hashlib.sha256(data).hexdigest(), timezone.now(), _name_of(upload)
        known = self.filter(origin=origin).first()
        if known is not None:
            self.filter(pk=known.pk).update(received_at=now)
            if pictures.is_stored(known.digest, focus):
                return known
        image = pictures.decode(io.BytesIO(data))
        kept = pictures.store(image, focus)
        told = {"digest": kept.digest, "width": kept.width, "height": kept.height, "name": name, "received_at": now}
        received, _new = self.update_or_create(origin=origin, defaults=told)
        if not pictures.is_stored(kept.digest, focus):  # what was there a moment ago
            pictures.store(image, focus)
        return received

    def receive_early(self, upload: IO[bytes]) -> None:
        """Do the work of an upload before the save that it belongs to begins: SQLite lets nobody else write meanwhile."""
        with contextlib.suppress(ValidationError):  # the form, which asks again, says why
            self.receive(upload)

    def discard_unused(self, at: dt.datetime | None = None, but: Iterable[str] = ()) -> list[str]:
        """Delete the files that no picture is and that have not come in lately; their digests.

        Args:
            at: the moment it is asked (now, unless given).
            but: digests that are kept as well, of what a picture has been.
        """
        gone, since = [], (at or timezone.now()) - SPARED
        kept = {*but, *Picture.objects.values_list("digest", flat=True)}
        for digest in pictures.digests():
            with transaction.atomic():
                received = list(self.select_for_update().filter(digest=digest))
                is_new = any(one.received_at > since for one in received)
                if digest in kept or is_new or Picture.objects.filter(digest=digest).exists():
                    continue
                pictures.discard(digest)
                gone.append(digest)
        return gone


class PictureUpload(models.Model):
    """A file that has come in: the digest of its own bytes, and the picture that it gave.

    By its own bytes, so that the same file is still known when pictures are encoded in another way.
    """

    origin = models.CharField(_("empreinte du fichier reçu"), max_length=64, unique=True)
    digest = models.CharField(_("empreinte"), max_length=64, db_index=True)
    width = models.PositiveIntegerField(_("largeur"))
    height = models.PositiveIntegerField(_("hauteur"))
    name = models.CharField(_("nom du fichier"), max_length=150, blank=True)
    received_at = models.DateTimeField(_("reçu le"))

    objects = PictureUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier reçu")
        verbose_name_plural = _("fichiers reçus")

    def __str__(self) -> str:
        return self.name or self.digest[:8]


def _name_of(upload: Any) -> str:
    """What a file was called, for a person to find it again: never a path, and nothing that would disguise it."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", plain(str(getattr(upload, "name", "") or ""))))[-1]
    return " ".join(name.split())[:150]


class PictureQuerySet(VersionedQuerySet):
    def visible(self, at: dt.datetime | None = None) -> Self:
        """Pictures that anybody may see at a moment (now, unless given): those of the articles that anybody may see."""
        return self.used_in(self.model.covered_articles.rel.related_model.objects.visible(at))

    def unused(self) -> Self:
        """Pictures that stand in no article, published or not."""
        return self.filter(covered_articles=None, body_uses=None)

    def wanting_text(self) -> Self:
        """Pictures without an alternative text that are not declared decorative, or without a credit."""
        return self.filter(models.Q(alt="", is_decorative=False) | models.Q(credit=""))

    def with_use_counts(self) -> Self:
        """With `cover_count` and `body_count`: the articles that open with it, and those that have it in their text."""
        covered = self.model.covered_articles.rel.related_model.objects.filter(cover=models.OuterRef("pk"))
        in_bodies = BodyPicture.objects.filter(picture=models.OuterRef("pk"))
        return self.annotate(
            cover_count=_count(covered.order_by().values("cover")), body_count=_count(in_bodies.values("picture"))
        )

    def with_file_names(self) -> Self:
        """With `file_name`: what the file was called that a picture is today."""
        received = PictureUpload.objects.filter(digest=models.OuterRef("digest")).exclude(name="").order_by("pk")
        return self.annotate(file_name=models.Subquery(received.values("name")[:1]))

    def used_in(self, articles: models.QuerySet) -> Self:
        """Pictures of these articles."""
        in_bodies = BodyPicture.objects.filter(article__in=articles.order_by().values("pk")).values("picture")
        covers = articles.order_by().exclude(cover=None).values("cover")
        return self.filter(models.Q(pk__in=covers) | models.Q(pk__in=in_bodies))

    def take_in(self, upload: IO[bytes], **texts: Any) -> tuple["Picture", bool]:
        """Keep an uploaded picture; the same picture twice is one row, and its texts stay as they are.

        Returns:
            the picture, and whether it is new.
        Raises:
            ValidationError: the upload is refused; the sentence says why.
        """
        focus = (texts.get("focus_x", pictures.CENTRE[0]), texts.get("focus_y", pictures.CENTRE[1]))
        file = PictureUpload.objects.receive(upload, focus)
        told = {"width": file.width, "height": file.height, "is_complete": True, **texts}
        return self.get_or_create(digest=file.digest, defaults=told)

    def complete(self) -> tuple[int, int]:
        """Make the renditions that pictures of earlier days lack; how many had some made, and how many have lost their file.

        One at a time, each marked as soon as it is done. It is no change of the picture, and takes no version.
        """
        made = lost = 0
        for picture in self.iterator():
            if picture.is_complete and pictures.is_stored(picture.digest, picture.focus):
                continue
            try:
                picture.make_ready()
            except ValidationError:
                lost += 1
            else:
                made += 1
                self.filter(pk=picture.pk, digest=picture.digest).update(is_complete=True)
        return made, lost


def _count(rows: models.QuerySet) -> models.functions.Coalesce:
    return models.functions.Coalesce(models.Subquery(rows.annotate(n=models.Count("pk")).values("n")), 0)


def _per_cent(name: Any, help_text: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        name, default=50, validators=[MaxValueValidator(100, _("Un pourcentage va de 0 à 100."))], help_text=help_text
    )


class Picture(Versioned):
    """A picture with its texts, and the file that it is today, by the digest of its content."""

    digest = models.CharField(
        _("fichier"), max_length=64, unique=True, editable=False,
        error_messages={"unique": _("Ce fichier est déjà une autre image de la bibliothèque.")},
    )  # fmt: skip
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
    focus_x = _per_cent(_("point d’intérêt, horizontalement"), _("En % depuis la gauche."))
    focus_y = _per_cent(_("point d’intérêt, verticalement"), _("En % depuis le haut."))
    is_complete = models.BooleanField(_("a toutes ses versions"), default=False, editable=False)
    created_at = models.DateTimeField(_("ajoutée le"), auto_now_add=True)

    file_name: str | None = None  # by with_file_names()

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
            ),
            models.CheckConstraint(
                condition=models.Q(focus_x__range=(0, 100), focus_y__range=(0, 100)),
                name="picture_focus_inside",
                violation_error_message=_("Le point d’intérêt est dans l’image : de 0 à 100 %."),
            ),
        ]

    def __str__(self) -> str:
        return self.caption or self.alt or self.file_name or f"{_('image')} {self.digest[:8]}"

    def get_absolute_url(self) -> str:
        """The picture's own address, which stays the same whatever file it is."""
        return reverse("articles:picture", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "alt", "caption", "credit")

    def make_ready(self) -> None:
        """Have every rendition of the file that it is, and its dimensions; the row is saved by the caller.

        Raises:
            ValidationError: the file is gone; says so.
        """
        try:
            kept = pictures.complete(self.digest, self.focus)
        except FileNotFoundError:
            raise ValidationError(
                _("Le fichier de cette image n’est plus sur le serveur : remplacez-le par un autre."), code="gone"
            ) from None
        self.width, self.height, self.is_complete = kept.width, kept.height, True

    @property
    def focus(self) -> tuple[int, int]:
        """The point that a crop keeps in sight: per cent of its width and of its height."""
        return self.focus_x, self.focus_y

    @property
    def focus_classes(self) -> str:
        """Classes that say where the focal point is; "" in the middle, where a crop is cut without them."""
        steps = [(per_cent + FOCUS_STEP // 2) // FOCUS_STEP * FOCUS_STEP for per_cent in self.focus]
        return " ".join(f"focus-{axis}-{step}" for axis, step in zip("xy", steps, strict=True) if step != 50)

    def url(self, width: int | None = None, kind: str = "webp") -> str:
        """Address of the rendition nearest to a width in pixels; without a width, of the JPEG for cards."""
        if width is None:
            return default_storage.url(pictures.card_path(self.digest, self.focus if self.is_complete else None))
        nearest = min(pictures.WIDTHS, key=lambda known: abs(known - width))
        return default_storage.url(pictures.path(self.digest, nearest, kind))

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
        return self._srcset("webp")

    @property
    def avif_srcset(self) -> str:
        """The same in AVIF; "" for a picture of earlier days that has none yet."""
        return self._srcset("avif") if self.is_complete else ""

    def _srcset(self, kind: str) -> str:
        widths = sorted({min(width, self.width): width for width in reversed(pictures.WIDTHS)}.items())
        return ", ".join(f"{self.url(rendition, kind)} {real}w" for real, rendition in widths)


class BodyPictureQuerySet(models.QuerySet):
    def note(self, article: Any) -> None:
        """Write down which pictures stand in the body of an article that is being saved."""
        wanted = pictures_of(article.body)
        with transaction.atomic():
            noted = set(self.filter(article=article).values_list("picture", flat=True))
            if noted - wanted:
                self.filter(article=article, picture__in=noted - wanted).delete()
            if wanted - noted:
                # Locked, so that none of them is deleted between being found and being named.
                there = Picture.objects.select_for_update().filter(pk__in=wanted - noted).order_by("pk")
                rows = [BodyPicture(article=article, picture=picture) for picture in there]
                self.bulk_create(rows, ignore_conflicts=True)


class BodyPicture(models.Model):
    """A picture that stands in the body of an article, found again at each save of the article; never written by hand.

    Whether a picture may go is a question to the database, and not to every text of the newsroom.
    """

    article = models.ForeignKey("Article", models.CASCADE, related_name="body_pictures", verbose_name=_("article"))
    picture = models.ForeignKey(Picture, models.PROTECT, related_name="body_uses", verbose_name=_("image"))

    objects = BodyPictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("image dans un texte")
        verbose_name_plural = _("images dans les textes")
        constraints = [models.UniqueConstraint(fields=["article", "picture"], name="body_picture_once")]

    def __str__(self) -> str:
        return str(self.article)


def file_in_words(digest: str) -> str:
    """A file for a person who reads the history of a picture: what it was called, and its size."""
    received = PictureUpload.objects.filter(digest=digest).order_by("pk").first()
    if received is None:
        return digest[:8]
    words = {"name": received.name or digest[:8], "width": received.width, "height": received.height}
    return gettext("%(name)s, %(width)s × %(height)s points") % words


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
