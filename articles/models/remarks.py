"""What colleagues say of an article while it is made: for the newsroom alone, and no part of the article.

Apart from articles.py because nothing public may ever reach these rows: no queryset of the site, its feeds, its exports or
its search knows them.
"""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from clusters.markup import plain
from clusters.models.publication import typeset_fields

LONGEST = 4000
NOTHING_SAID = _("Écrivez d’abord votre remarque.")


class RemarkQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Those that nobody has settled."""
        return self.filter(settled_at=None)

    def waiting_for(self, user: AbstractBaseUser) -> Self:
        """Open ones that this person is to answer: addressed to them, or to everybody about what is theirs; never their own.

        None that they may not read: the rule is Article.may_share_remarks_with.
        """
        if not (user.is_active and user.has_perm("articles.change_article")):
            return self.none()
        own = Article.objects.own(user).order_by().values("pk")
        asked = models.Q(to=user) | models.Q(to=None, article__in=own)
        found = self.open().filter(asked).exclude(by=user)
        return found if user.has_perm("articles.publish_article") else found.filter(article__in=own)

    def with_people(self) -> Self:
        """With whoever wrote them, is addressed and has settled them; those to be settled first, then the latest first."""
        is_settled = models.Q(settled_at__isnull=False)
        return self.select_related("by", "to", "settled_by").order_by(
            models.Case(models.When(is_settled, then=1), default=0), "-created_at", "-pk"
        )

    def settle(self, by: AbstractBaseUser) -> int:
        """Mark those as settled that are not; how many were: of two people who do it at once, the first has done it."""
        return self.open().update(settled_at=timezone.now(), settled_by=by)

    def reopen(self) -> int:
        """Take the mark away again."""
        return self.exclude(settled_at=None).update(settled_at=None, settled_by=None)


class Remark(models.Model):
    """A remark to colleagues, who said it and when; perhaps to one of them, perhaps settled by now."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="remarks", verbose_name=_("article"))
    body = models.TextField(_("remarque"), validators=[MaxLengthValidator(LONGEST)])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="remarks", verbose_name=_("par"))
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("pour"),
        help_text=_("Cette personne est prévenue par courriel."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("écrite le"), default=timezone.now, editable=False)
    settled_at = models.DateTimeField(_("réglée le"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("réglée par"),
    )  # fmt: skip

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remarque")
        verbose_name_plural = _("remarques")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()  # whoever may write in the article or decides on it may speak of it
        constraints = [
            models.CheckConstraint(condition=~models.Q(body=""), name="remark_says_something"),
            models.CheckConstraint(
                condition=models.Q(settled_at=None, settled_by=None)
                | models.Q(settled_at__isnull=False, settled_by__isnull=False),
                name="remark_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:80]

    def clean(self) -> None:
        super().clean()
        self.body = plain(self.body).replace("\r\n", "\n")
        typeset_fields(self, "body")
        if not self.body:
            raise ValidationError({"body": NOTHING_SAID})
