"""Links by which people without an account read one article before it is out: signed, dated, and withdrawn at any time.

The address alone opens the page, so it holds a secret; the signature lets an altered one be refused before the database is
asked, and keeps a copy of the table from being enough to write addresses.
"""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article

LIFE = dt.timedelta(days=7)
"""How long a link opens its article."""
KEY_LENGTH = 22
"""About 130 bits."""
_signer = Signer(salt="articles.sharing", sep=".")


def new_key() -> str:
    """The secret part of an address."""
    return get_random_string(KEY_LENGTH)


class ShareLinkQuerySet(models.QuerySet):
    def working(self, at: dt.datetime | None = None) -> Self:
        """Those that open their article at a moment (now, unless given)."""
        return self.filter(revoked_at=None, expires_at__gt=at or timezone.now())

    def share(self, article: Article, by: AbstractBaseUser, label: str = "", at: dt.datetime | None = None) -> Any:
        """Make a link to an article that works from a moment (now, unless given) for LIFE."""
        now = at or timezone.now()
        return self.create(article=article, created_by=by, created_at=now, expires_at=now + LIFE, label=label)

    def revoke(self, by: AbstractBaseUser, at: dt.datetime | None = None) -> int:
        """End those that still work; how many did. Of two people who end the same one, the first is on record."""
        now = at or timezone.now()
        return self.working(now).update(revoked_at=now, revoked_by=by)

    def of_token(self, token: str) -> Any:
        """The link of an address, whether it still works or not; None if no link ever had it."""
        try:
            key = _signer.unsign(token)
        except BadSignature:
            return None
        return self.filter(key=key).first()


class ShareLink(models.Model):
    """A link to one article for whoever has its address.

    Attributes:
        label: for whom it was made, in the editor's words; never shown to them.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="share_links", verbose_name=_("article"))
    key = models.CharField(_("clé"), max_length=KEY_LENGTH, unique=True, default=new_key, editable=False)
    label = models.CharField(
        _("pour qui"), max_length=120, blank=True,
        help_text=_("Pour vous y retrouver : « Mme Haddad, relecture des chiffres ». N’est jamais montré."),
    )  # fmt: skip
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("créé par")
    )
    created_at = models.DateTimeField(_("créé le"), editable=False)
    expires_at = models.DateTimeField(_("expire le"), editable=False)
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("révoqué par"),
    )

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lien de partage")
        verbose_name_plural = _("liens de partage")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="share_link_expires_after_creation"
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at=None, revoked_by=None)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="share_link_revoked_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.article)

    def get_absolute_url(self) -> str:
        return reverse("articles:shared", args=[_signer.sign(self.key)])

    def is_working(self, at: dt.datetime | None = None) -> bool:
        """Whether it opens its article at a moment (now, unless given)."""
        return self.revoked_at is None and self.expires_at > (at or timezone.now())
