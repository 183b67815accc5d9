"""The lines of an article: who signs it, what it rests on, what is to be read next."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.people import Author
from clusters.models import Source
from clusters.models.publication import web_address


class Byline(models.Model):
    """An author of an article, in the order of the signatures."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="bylines")
    author = models.ForeignKey(
        Author, models.PROTECT, related_name="bylines", verbose_name=_("auteur"), help_text=_("Qui signe l’article.")
    )
    position = models.PositiveSmallIntegerField(_("rang"), default=1, help_text=_("1 pour la première signature."))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="byline_once",
                violation_error_message=_("Cet auteur signe déjà l’article."),
            )
        ]

    def __str__(self) -> str:
        return str(self.author)


class Citation(models.Model):
    """A source that an article rests on, in the order it is printed."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="citations")
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        related_name="citations",
        verbose_name=_("source"),
        help_text=_("Une source du registre."),
    )
    position = models.PositiveSmallIntegerField(_("rang"), default=1, help_text=_("Ordre d’impression, à partir de 1."))
    note = models.CharField(_("précision"), max_length=300, blank=True, help_text=_("Ce qui en vient, page, chapitre."))

    class Meta:
        verbose_name = _("source citée")
        verbose_name_plural = _("sources citées")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "source"],
                name="citation_once",
                violation_error_message=_("Cette source est déjà citée."),
            )
        ]

    def __str__(self) -> str:
        return str(self.source)


class FurtherReadingQuerySet(models.QuerySet):
    def visible(self, at: dt.datetime | None = None) -> Self:
        """Outside pages, and articles that anybody may see; in order, with the article."""
        articles = self.model._meta.get_field("target").related_model
        inside = models.Q(target__in=articles.objects.visible(at))
        return (
            self.filter(models.Q(target=None) | inside)
            .select_related("target")
            .defer("target__body")
            .order_by("position", "pk")
        )


class FurtherReading(models.Model):
    """A page to read next: an article of ours, or an outside address."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="further_reading")
    position = models.PositiveSmallIntegerField(_("rang"), default=1, help_text=_("Ordre d’impression, à partir de 1."))
    target = models.ForeignKey(
        "articles.Article",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="read_after",
        verbose_name=_("article du site"),
        help_text=_("Un article du site, publié ou à paraître ; il n’est montré qu’une fois visible."),
    )
    url = models.CharField(
        _("adresse extérieure"),
        max_length=500,
        blank=True,
        validators=[web_address],
        help_text=_("Ou bien l’adresse complète d’une page extérieure."),
    )
    label = models.CharField(
        _("intitulé"),
        max_length=250,
        blank=True,
        help_text=_("D’une page extérieure ; un article du site donne le sien."),
    )
    publisher = models.CharField(_("éditeur"), max_length=150, blank=True, help_text=_("Qui publie cette page."))

    objects = FurtherReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pour aller plus loin")
        verbose_name_plural = _("pour aller plus loin")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(target__isnull=False, url=""))
                | (models.Q(target=None) & ~models.Q(url="") & ~models.Q(label="")),
                name="further_reading_inside_or_outside",
                violation_error_message=_(
                    "Choisissez un article du site, ou donnez l’adresse et l’intitulé d’une page extérieure."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(target=None) | ~models.Q(target=models.F("article")),
                name="further_reading_elsewhere",
                violation_error_message=_("Un article ne renvoie pas à lui-même."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.target.title if self.target else self.label

    @property
    def href(self) -> str:
        return self.target.get_absolute_url() if self.target else self.url

    @property
    def is_external(self) -> bool:
        return self.target_id is None
