"""What gathers articles: authors, tags and series. Each is public as soon as one of its articles is."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clusters import fulltext
from clusters.models.publication import SlugField, Versioned, VersionedQuerySet, typeset_fields


class GatheringQuerySet(VersionedQuerySet):
    """Rows that have no public life of their own: they are seen when an article of theirs is."""

    def visible(self, at: dt.datetime | None = None) -> Self:
        articles = self.model.articles.rel.related_model.objects.visible(at)
        return self.filter(pk__in=articles.order_by().values(self.model.article_path))

    def visible_to(self, user: AbstractBaseUser | AnonymousUser, at: dt.datetime | None = None) -> Self:
        articles = self.model.articles.rel.related_model.objects.visible_to(user, at)
        return self.filter(pk__in=articles.order_by().values(self.model.article_path))

    def with_article_counts(self, at: dt.datetime | None = None) -> Self:
        """With `article_count`, the number of articles that anybody may see."""
        articles = self.model.articles.rel.related_model.objects.visible(at)
        path = self.model.article_path
        counted = (
            articles.order_by()
            .filter(**{path: models.OuterRef("pk")})
            .values(path)
            .annotate(total=models.Count("pk", distinct=True))
            .values("total")
        )
        return self.annotate(article_count=models.functions.Coalesce(models.Subquery(counted), 0))


class Author(Versioned):
    """A signature. It may belong to a person who logs in."""

    article_path = "authors"

    name = models.CharField(_("nom"), max_length=120, help_text=_("Tel qu’il paraît sous les titres."))
    slug = SlugField(_("adresse"))
    bio = models.TextField(
        _("présentation"), blank=True, max_length=600, help_text=_("Deux phrases, sur la page de l’auteur.")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="author", verbose_name=_("compte"),
        help_text=_("Le compte avec lequel cet auteur se connecte, s’il en a un."),
    )  # fmt: skip

    objects = GatheringQuerySet.as_manager()

    class Meta:
        verbose_name = _("auteur")
        verbose_name_plural = _("auteurs")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:author", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "bio")


class TagQuerySet(GatheringQuerySet):
    def visible(self, at: dt.datetime | None = None) -> Self:
        """Those of articles that anybody may see; one merged into another is seen as that other."""
        return super().visible(at).filter(merged_into=None)

    def survivors_of(self, **lost: Any) -> Self:
        named = {f"merged_from__{column}": value for column, value in lost.items()}
        return self.filter(merged_into=None, **named)

    def holding(self, text: str) -> list[int]:
        """The ids of those whose name holds a text, capitals and accents aside."""
        wanted = fulltext.fold(text.strip().lstrip("#"))
        return [pk for pk, name in self.order_by().values_list("pk", "name") if wanted in fulltext.fold(name)]

    def alike(self, name: str) -> Self:
        """Those of the same name but for capitals and accents, the name itself first."""
        wanted = fulltext.fold(name)
        found = [pk for pk, other in self.values_list("pk", "name") if fulltext.fold(other) == wanted]
        is_it = models.Case(models.When(name=name, then=0), default=1)
        return self.filter(pk__in=found).select_related("merged_into").order_by(is_it, "pk")


class Tag(Versioned):
    """A hashtag: written in one word with capitals inside, printed with its #."""

    article_path = "tags"

    name = models.CharField(
        _("nom"), max_length=60, unique=True, help_text=_("Sans le #, en un mot : AnalyseÉconomique."),
        error_messages={"unique": _("Ce mot-dièse existe déjà.")},
    )  # fmt: skip
    slug = SlugField(_("adresse"), max_length=60)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_from",
        verbose_name=_("fusionné dans"),
    )  # fmt: skip

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("mot-dièse")
        verbose_name_plural = _("mots-dièse")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__regex=r"^[^\s#]+$"),
                name="tag_one_word",
                violation_error_message=_("Un mot-dièse s’écrit en un seul mot, sans #."),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("pk")),
                name="tag_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("articles:tag", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        self.name = self.name.strip().lstrip("#")


class SeriesQuerySet(GatheringQuerySet):
    def newest_first(self) -> Self:
        """Those whose last public article is the most recent first."""
        shown = models.Q(articles__in=self.model.articles.rel.related_model.objects.visible().order_by())
        return self.annotate(newest=models.Max("articles__published_at", filter=shown)).order_by("-newest", "pk")

    def with_parts(self, at: dt.datetime | None = None) -> Self:
        """With the articles of each that anybody may see as `shown_parts`, in order and without their text."""
        parts = self.model.articles.rel.related_model.objects.visible(at).order_by("series_position").defer("body")
        return self.prefetch_related(models.Prefetch("articles", parts, to_attr="shown_parts"))


class Series(Versioned):
    """Articles that belong together, in order."""

    article_path = "series"

    title = models.CharField(_("titre"), max_length=150, help_text=_("Le nom du dossier, sans numéro."))
    slug = SlugField(_("adresse"))
    standfirst = models.TextField(
        _("chapô"), max_length=500, blank=True, help_text=_("Deux phrases qui disent ce que le dossier rassemble.")
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:series", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "title", "standfirst")


def parts_around(parts: list[Any], part: Any) -> tuple[Any, Any]:
    """The parts before and after one in an ordered list, None at either end."""
    place = [one.pk for one in parts].index(part.pk)
    return (parts[place - 1] if place else None), (parts[place + 1] if place + 1 < len(parts) else None)
