"""The acts by which an article goes its way: each one transaction, with its version in the history and its mail.

What may happen says the model; who presses what, the admin. Between them, so that a button, an action on a list and a page
that asks first do the same.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from articles import notices
from articles.models import Article, Author, Byline, Remark, ShareLink
from articles.notices import Tell
from clusters import history
from clusters.models.publication import free_slug

ACTS = {"publish": history.Act.PUBLISHED, "withdraw": history.Act.WITHDRAWN}
"""What a change of state is in the article's history; the others are changes like any."""


def take(article: Article, action: str, *, by: Any, words: str = "", tell: Tell) -> None:
    """Take a step of an article's life, keep it, and tell those whom it concerns.

    Args:
        article: as it was read; its version is compared with the one that is stored.
        action: a key of TRANSITIONS.
        words: to whom it concerns; of what is sent back they stay as a remark.
        tell: how `by` is told that a mail did not leave.
    Raises:
        ValidationError: not possible; says why, and nothing has changed.
    """
    with transaction.atomic():
        article.change_state(action, by)
        history.keep(article, by=by, act=ACTS.get(action, history.Act.CHANGED), why=words)
        if action == "withdraw":
            ShareLink.objects.filter(article=article).revoke(
                by
            )  # what nobody is to read any more is read by no link either
        if words and action in ("submit", "send_back"):
            remark = Remark(article=article, by=by, body=words)
            remark.full_clean()
            remark.save()
        notices.moved(article, action, by, words, tell)


def signature_of(user: Any) -> str:
    """The name with which an account signs, or would; "" for one that has none."""
    author = Author.objects.filter(user=user).first()
    return author.name if author else user.get_full_name().strip()


def sign(article: Article, *, by: Any) -> None:
    """Sign an article with one's own name; an account that has no signature yet gets one.

    A signature of that name which belongs to no account is taken, but not given to the account: that decides on what
    somebody may see, and is the editors' to do.

    Raises:
        ValidationError: not theirs to sign, no name to sign with, or somebody has saved it meanwhile; says so.
    """
    if not article.may_be_edited_by(by):
        raise ValidationError(gettext("Cet article n’est pas à vous de signer."))
    name = signature_of(by)
    if not name:
        raise ValidationError(
            gettext(
                "Votre compte n’a ni prénom ni nom : demandez à l’administration de les ajouter, ou choisissez une signature."
            )
        )
    with history.changing(article, by=by, act=history.Act.CHANGED, why=gettext("signature : %s") % name):
        author = Author.objects.filter(user=by).first() or Author.objects.filter(user=None, name=name).first()
        if author is None:
            defaults = {"name": name, "slug": free_slug(Author, name, "signature")}
            author, _new = Author.objects.get_or_create(user=by, defaults=defaults)
            history.keep_new([author], by=by)
        position = article.bylines.count() + 1
        Byline.objects.get_or_create(article=article, author=author, defaults={"position": position})
