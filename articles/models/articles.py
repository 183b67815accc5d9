"""The article: its text, its life, and the one rule for who may see it.

Past 400 lines: the queryset is the rule that every page stands on, and asks of the columns beside it; a third of the lines
are the words that editors read beside the fields.
"""

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import checks
from articles.models.lines import Byline, Citation, FurtherReading
from articles.models.people import Author, Series, Tag
from articles.models.pictures import Picture
from articles.models.states import CHECKED, TRANSITIONS, UNFINISHED, State
from clusters import fulltext
from clusters.history.ahead import WithWorkingCopy
from clusters.markup import RichTextField, text_of
from clusters.models import Cluster, Programme, Source
from clusters.models.publication import SlugField, VersionedQuerySet, typeset_fields

WORDS_A_MINUTE = 220
"""Silent reading of French prose (Brysbaert 2019 gives 214 for French); for the reading time."""

User = AbstractBaseUser | AnonymousUser


COMING = ("published_at", "copy_due_at", "ends_at")
"""Columns of the moments at which something happens by itself: it appears, its working copy takes its place, it leaves the site."""


def _is_visible(at: dt.datetime) -> models.Q:
    lasts = models.Q(ends_at=None) | models.Q(ends_at__gt=at)
    return lasts & models.Q(state=State.PUBLISHED, published_at__lte=at)


def _is_own(user: User) -> models.Q:
    signed = Byline.objects.filter(author__user=user).values("article")
    return models.Q(created_by=user) | models.Q(assigned_to=user) | models.Q(pk__in=signed)


class ArticleQuerySet(VersionedQuerySet):
    def visible(self, at: dt.datetime | None = None) -> Self:
        """Articles that anybody may see at a moment (now, unless given): published, their time has come and not passed."""
        return self.filter(_is_visible(at or timezone.now()))

    def visible_to(self, user: User, at: dt.datetime | None = None) -> Self:
        """Articles that this person may see: editors all of them, authors their own besides the public ones."""
        if not (user.is_active and user.has_perm("articles.view_article")):
            return self.visible(at)
        if user.has_perm("articles.publish_article"):
            return self
        return self.filter(_is_own(user) | _is_visible(at or timezone.now()))

    def own(self, user: User) -> Self:
        """Articles that this person began or signs, or that are entrusted to them."""
        return self.filter(_is_own(user))

    def scheduled(self, at: dt.datetime | None = None) -> Self:
        """Published articles whose time is still to come."""
        return self.coming(at, "published_at")

    def coming(self, at: dt.datetime | None = None, *columns: str) -> Self:
        """Those to which something happens by itself after a moment; of COMING, any unless some are named."""
        at = at or timezone.now()
        happens = {
            "published_at": models.Q(state=State.PUBLISHED, published_at__gt=at),
            "copy_due_at": models.Q(copy_due_at__isnull=False),
            "ends_at": models.Q(state=State.PUBLISHED, ends_at__gt=at),
        }
        asked = models.Q()
        for column in columns or COMING:
            asked |= happens[column]
        return self.filter(asked)

    def awaiting_review(self) -> Self:
        """Those that colleagues are to read, or whose working copy is."""
        return self.filter(models.Q(state=State.IN_REVIEW) | models.Q(copy_in_review=True))

    def entrusted_to(self, user: User | None) -> Self:
        """Those that this person is to finish, or that nobody is."""
        return self.filter(state__in=UNFINISHED, assigned_to=user)

    def refused(self) -> Self:
        """Those whose change could not take its place at its hour."""
        return self.exclude(copy_refused="")

    def ended(self, at: dt.datetime | None = None) -> Self:
        """Published articles whose time has passed."""
        return self.filter(state=State.PUBLISHED, ends_at__lte=at or timezone.now())

    def overdue(self, on: dt.date | None = None) -> Self:
        """Articles that should have been finished before a day (today, unless given) and are not."""
        return self.filter(state__in=UNFINISHED, due_on__lt=on or timezone.localdate())

    def about(self, subject: Cluster | Programme | Source) -> Self:
        """Articles about a cluster, about the clusters of a programme, or that cite a source."""
        if isinstance(subject, Cluster):
            return self.filter(clusters=subject)
        if isinstance(subject, Programme):
            return self.filter(clusters__participations__in=subject.participations.visible()).distinct()
        return self.filter(sources=subject)

    def matching(self, query: str) -> Self:
        """Articles that hold every word of the query, best first."""
        return fulltext.narrow(self, query)

    def newest_first(self) -> Self:
        """The most recently published first."""
        return self.order_by("-published_at", "-pk")

    def with_teaser(self) -> Self:
        """With what a teaser prints: cover, series, `shown_authors`, `shown_tags`; without the body."""
        return self.select_related("cover", "series").defer("body").prefetch_related(*teaser_relations())

    def with_page(self) -> Self:
        """With what an article's page alone prints of its relations, narrowed to what is public, and `is_public`.

        What it prints as a teaser does as well is fetched for it and its neighbours at once, by `related_to_page`.
        """
        is_public = models.Exists(Article.objects.visible().filter(pk=models.OuterRef("pk")))
        return self.annotate(is_public=is_public).select_related("cover", "series").prefetch_related(
            models.Prefetch("clusters", Cluster.objects.visible().with_sectors().order_by("name"), to_attr="shown_clusters"),
            models.Prefetch(
                "citations",
                Citation.objects.filter(source__in=Source.objects.visible()).select_related("source").order_by("position", "pk"),
                to_attr="shown_citations",
            ),
            models.Prefetch("further_reading", FurtherReading.objects.visible(), to_attr="shown_reading"),
            models.Prefetch("corrections", to_attr="shown_corrections"),
        )  # fmt: skip

    def with_correction_counts(self) -> Self:
        """With `correction_count`, the number of corrections that readers were told of."""
        return self.annotate(
            correction_count=_count_of(Article._meta.get_field("corrections").related_model.objects.all())
        )

    def related_to(self, article: "Article", at: dt.datetime | None = None) -> Self:
        """Other visible articles that share clusters (twice the weight) or tags with one, the closest first."""
        # Counted apart: joined in one query, clusters and tags multiply each other's rows.
        clusters = Article.clusters.through.objects.filter(
            cluster__in=article.clusters.visible().order_by().values("pk")
        )
        tags = Article.tags.through.objects.filter(tag__in=article.tags.order_by().values("pk"))
        return (
            self.visible(at)
            .filter(models.Q(pk__in=clusters.values("article")) | models.Q(pk__in=tags.values("article")))
            .exclude(pk=article.pk)
            .annotate(closeness=_count_of(clusters) * 2 + _count_of(tags))
            .order_by("-closeness", "-published_at", "-pk")
        )

    def related_to_page(self, article: "Article", count: int) -> list["Article"]:
        """The closest as teasers; fetches what a teaser prints of the article itself in the same queries."""
        related = list(self.related_to(article).select_related("cover", "series").defer("body")[:count])
        models.prefetch_related_objects([article, *related], *teaser_relations())
        return related

    def move(self, origin: str, target: str, published_at: dt.datetime | None, version: int) -> int:
        """Change the state of those that are still in `origin`, and as they were read; how many were.

        Both are compared in the UPDATE itself: of two people who act at the same moment, one is told, and what goes out
        is the text that was checked.
        """
        return self.filter(state=origin, version=version).update(
            state=target, published_at=published_at, version=models.F("version") + 1, modified_at=timezone.now()
        )

    def set_parts(self, series: Series | None, places: dict[int, int | None]) -> None:
        """Write which series these articles are of, and their positions in it.

        All of them leave their place first: two that change places would be at the same one in between. The caller keeps
        their states.
        """
        self.filter(pk__in=places).update(series=None, series_position=None)
        for pk, place in places.items():
            self.filter(pk=pk).update(series=series, series_position=place)

    def set_comment_counts(self, counts: dict[int, int]) -> None:
        """Write the number of published comments of these articles; 0 where the mapping names none.

        The only writer is articles.comments, which knows what counts.
        """
        total = models.Case(
            *(models.When(pk=pk, then=models.Value(count)) for pk, count in counts.items()),
            default=models.Value(0),
            output_field=models.PositiveIntegerField(),
        )
        self.update(comment_count=total)


class Article(WithWorkingCopy):
    """An analysis, in the states of its life."""

    class CommentsPolicy(models.TextChoices):
        DEFAULT = "", _("Ouverts, lus avant publication")
        CLOSED = "closed", _("Fermés : les anciens restent lisibles")
        OFF = "off", _("Aucun commentaire")

    title = models.CharField(_("titre"), max_length=160, help_text=_("Exact et vivant, 90 signes au plus si possible."))
    slug = SlugField(_("adresse"), max_length=160)
    standfirst = models.TextField(
        _("chapô"), max_length=600, blank=True, help_text=_("Deux phrases au plus, sous le titre et dans les listes.")
    )
    body = RichTextField(
        _("texte"),
        blank=True,
        help_text=_(
            "Deux niveaux de titres ; Ctrl+Maj+K insère le renvoi à une fiche de cluster, Ctrl+/ montre tous les raccourcis."
        ),
    )
    language = models.CharField(
        _("langue"), max_length=2, choices=settings.LANGUAGES, default="fr", help_text=_("Langue du texte.")
    )
    cover = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="covered_articles",
        verbose_name=_("image de tête"),
        help_text=_("En tête de l’article et dans les listes ; avec texte de remplacement et crédit."),
    )
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles", verbose_name=_("auteurs"))
    tags = models.ManyToManyField(
        Tag,
        blank=True,
        related_name="articles",
        verbose_name=_("mots-dièse"),
        help_text=_("Trois à six ; chacun a sa page et son flux."),
    )
    series = models.ForeignKey(
        Series,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("dossier"),
        help_text=_("Le dossier auquel l’article appartient, s’il y en a un."),
    )
    series_position = models.PositiveSmallIntegerField(
        _("rang dans le dossier"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("1 pour la première partie."),
    )
    clusters = models.ManyToManyField(
        Cluster,
        blank=True,
        related_name="articles",
        verbose_name=_("clusters"),
        help_text=_("Les clusters dont parle l’article."),
    )
    sources = models.ManyToManyField(Source, through="Citation", related_name="articles", verbose_name=_("sources"))
    description = models.CharField(
        _("description"),
        max_length=200,
        blank=True,
        help_text=_("Pour les moteurs de recherche, 155 signes au plus ; à défaut, le chapô."),
    )
    comments_policy = models.CharField(
        _("commentaires"),
        max_length=6,
        choices=CommentsPolicy,
        default=CommentsPolicy.DEFAULT,
        blank=True,
        help_text=_("Tout commentaire est lu par la modération avant de paraître."),
    )

    state = models.CharField(_("état"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    published_at = models.DateTimeField(
        _("date de publication"),
        null=True,
        blank=True,
        help_text=_("À venir : l’article paraîtra à cette heure. Vide : à l’instant où vous publiez."),
    )
    ends_at = models.DateTimeField(
        _("visible jusqu’au"),
        null=True,
        blank=True,
        help_text=_("À cette heure, l’article quitte le site, sans que personne n’ait rien à faire. Vide : il reste."),
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_articles",
        verbose_name=_("confié à"),
        help_text=_("Qui s’en occupe ; cette personne est prévenue par courriel."),
    )
    due_on = models.DateField(
        _("à rendre le"), null=True, blank=True, help_text=_("Le jour où il doit être prêt ; jamais lu sur le site.")
    )
    updated_at = models.DateTimeField(_("dernière mise à jour"), null=True, blank=True, editable=False)
    update_note = models.CharField(_("ce qui a changé"), max_length=300, blank=True, editable=False)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="created_articles",
        verbose_name=_("créé par"),
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    modified_at = models.DateTimeField(_("modifié le"), auto_now=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    comment_count = models.PositiveIntegerField(_("commentaires publiés"), default=0, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-published_at", "-pk"]
        permissions = [("publish_article", _("Peut publier et retirer un article"))]
        indexes = [
            *WithWorkingCopy.Meta.indexes,
            models.Index(fields=["state", "-published_at"], name="article_public_latest"),
            # SQLite would count the articles of each series by reading all that are public (7 s of a list of 1,000 series).
            models.Index(fields=["series", "state", "published_at"], name="article_of_series"),
        ]
        constraints = [
            *WithWorkingCopy.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(state=State.PUBLISHED)
                | (models.Q(published_at__isnull=False) & ~models.Q(title="")),
                name="article_published_has_date_and_title",
                violation_error_message=_("Un article publié a un titre et une date de publication."),
            ),
            models.CheckConstraint(
                condition=models.Q(series=None, series_position=None)
                | models.Q(series__isnull=False, series_position__isnull=False),
                name="article_series_and_position",
                violation_error_message=_("Dans un dossier, l’article a un rang ; hors dossier, il n’en a pas."),
            ),
            models.UniqueConstraint(
                fields=["series", "series_position"],
                name="article_series_position_once",
                violation_error_message=_("Un autre article occupe déjà ce rang dans le dossier."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=None)
                | models.Q(published_at=None)
                | models.Q(ends_at__gt=models.F("published_at")),
                name="article_ends_after_published",
                violation_error_message=_("L’article ne peut pas quitter le site avant d’y paraître."),
            ),
            models.CheckConstraint(
                condition=models.Q(update_note="") | models.Q(updated_at__isnull=False),
                name="article_update_note_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:detail", args=[self.slug])

    @property
    def is_visible(self) -> bool:
        """Whether anybody may see it now; the queryset decides, this only asks."""
        return Article.objects.visible().filter(pk=self.pk).exists()

    @property
    def is_scheduled(self) -> bool:
        return self.state == State.PUBLISHED and self.published_at is not None and self.published_at > timezone.now()

    @property
    def has_ended(self) -> bool:
        return self.state == State.PUBLISHED and self.ends_at is not None and self.ends_at <= timezone.now()

    @property
    def is_overdue(self) -> bool:
        return self.state in UNFINISHED and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def reading_minutes(self) -> int:
        return max(1, round(len(text_of(self.body).split()) / WORDS_A_MINUTE))

    @property
    def seo_description(self) -> str:
        return self.description or self.standfirst

    @property
    def accepts_comments(self) -> bool:
        return self.comments_policy == self.CommentsPolicy.DEFAULT

    @property
    def shows_comments(self) -> bool:
        return self.comments_policy != self.CommentsPolicy.OFF

    def clean(self) -> None:
        super().clean()
        typeset_fields(self, "title", "standfirst", "description")

    def may(self, action: str, user: User) -> bool:
        """Whether this person may take this action (a key of TRANSITIONS) from the article's present state."""
        states, _to, permission = TRANSITIONS[action]
        if not (self.state in states and user.is_active and user.has_perm(permission)):
            return False
        # Submitting is a writer's act: somebody else's draft is not hers to hand in. A new one has no number yet.
        return action != "submit" or self.pk is None or self.may_be_edited_by(user)

    def may_be_edited_by(self, user: User) -> bool:
        """Whether this person may write in it: editors always, authors in their own drafts."""
        if not (user.is_active and user.has_perm("articles.change_article")):
            return False
        if user.has_perm("articles.publish_article"):
            return True
        return self.state == State.DRAFT and Article.objects.own(user).filter(pk=self.pk).exists()

    def may_be_marked_updated_by(self, user: User) -> bool:
        """Whether this person may tell readers that the published text has changed."""
        return self.state == State.PUBLISHED and user.is_active and user.has_perm("articles.publish_article")

    def may_share_remarks_with(self, user: User) -> bool:
        """Whether this person may read and write what colleagues say of it: editors, and whose article it is."""
        if not (user.is_active and user.has_perm("articles.change_article")):
            return False
        return user.has_perm("articles.publish_article") or Article.objects.own(user).filter(pk=self.pk).exists()

    def change_state(self, action: str, by: User, at: dt.datetime | None = None) -> None:
        """Take one of TRANSITIONS.

        Args:
            action: a key of TRANSITIONS.
            by: who does it.
            at: the moment it is done (now, unless given); the date of publication if the article has none.
        Raises:
            ValidationError: not possible from this state, not by this person, or the article is not ready; says which.
        """
        states, target, permission = TRANSITIONS[action]
        if not by.has_perm(permission):
            raise ValidationError(_("Votre rôle ne permet pas cette action."), code="permission")
        if self.state not in states:
            raise ValidationError(
                _("L’article est déjà « %s » : rechargez la page pour voir où il en est.") % self.get_state_display(),
                code="state",
            )
        if not self.may(action, by):
            raise ValidationError(_("Ce brouillon est celui de quelqu’un d’autre."), code="permission")
        if action in CHECKED and (found := checks.blocks(self)):
            raise ValidationError([ValidationError(one.sentence, code="problem") for one in found])
        published_at = self.published_at
        if action == "publish" and published_at is None:
            # To the second, as the form has it: a save of the form that changes nothing must change nothing.
            published_at = (at or timezone.now()).replace(microsecond=0)
        if action == "publish" and self.ends_at and self.ends_at <= max(published_at, at or timezone.now()):
            raise ValidationError(
                _(
                    "L’article devait quitter le site avant d’y paraître : changez « Visible jusqu’au » ou videz ce champ."
                ),
                code="problem",
            )
        if not Article.objects.filter(pk=self.pk).move(self.state, target, published_at, self.version):
            raise ValidationError(
                _("Quelqu’un vient de changer cet article : rechargez la page, puis recommencez."), code="state"
            )
        self.refresh_from_db(fields=["state", "published_at", "version", "modified_at"])

    def mark_updated(self, note: str = "", at: dt.datetime | None = None) -> None:
        """An editor's statement that the published text has changed in a way that readers should know of."""
        self.updated_at, self.update_note = at or timezone.now(), note
        typeset_fields(self, "update_note")
        self.save(update_fields=["updated_at", "update_note", "modified_at"])

    def correct(self, nature: str, at: dt.datetime | None = None) -> None:
        """An editor's statement that something in the published text was wrong and has been put right.

        Raises:
            ValidationError: it does not say what, or too long; the sentence says so.
        """
        correction = self.corrections.model(article=self, nature=nature, corrected_at=at or timezone.now())
        if not nature.strip():
            raise ValidationError(_("Dites en une phrase ce qui était faux et ce qui l’a remplacé."))
        correction.full_clean()
        correction.save()

    def index(self) -> None:
        """Put the article into the full-text index, in the caller's transaction."""
        fulltext.put(self, self.title, f"{self.standfirst} {text_of(self.body)}", self.language)

    def unindex(self) -> None:
        """Take the row out of the full-text index."""
        fulltext.remove(self)


def _count_of(links: models.QuerySet) -> models.functions.Coalesce:
    """How many of these links each article has."""
    counted = links.filter(article=models.OuterRef("pk")).order_by().values("article").annotate(n=models.Count("pk"))
    return models.functions.Coalesce(models.Subquery(counted.values("n")), 0)


def teaser_relations() -> list[models.Prefetch]:
    """What a teaser prints of an article's relations, as `shown_bylines` and `shown_tags`."""
    bylines = Byline.objects.select_related("author").order_by("position", "pk")
    return [
        models.Prefetch("bylines", bylines, to_attr="shown_bylines"),
        models.Prefetch("tags", Tag.objects.order_by("name"), to_attr="shown_tags"),
    ]
