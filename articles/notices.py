"""Mail to the one concerned when something has happened to an article: who is told what, in plain words, with the way to it.

The one module that writes to colleagues, so that a queue may take its place behind the same functions. A mail is sent once
what it speaks of is stored, never to whoever did it; a mail server that fails is logged and told, and breaks nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Remark
from clusters.dates import day_in_words, moment_in_words
from clusters.history.snapshots import name_of
from clusters.markup import plain

LONGEST_SUBJECT = 150
log = logging.getLogger(__name__)
Tell = Callable[[str], None]
"""How whoever did it is told that a mail did not leave."""


@dataclass(frozen=True)
class Notice:
    """One mail, to each of several people apart.

    Attributes:
        news: its first sentence, with the title in it.
        subject: the same in short.
        words: what a colleague wrote, quoted.
    """

    article: Article
    by: Any
    subject: str
    news: str
    words: str = ""
    page: str = "change"
    people: list[Any] = field(default_factory=list)


def entrusted(article: Article, by: Any, tell: Tell) -> None:
    """Tell whoever an article is entrusted to."""
    words = {"who": name_of(by), "title": article.title}
    news = gettext("%(who)s vous confie « %(title)s ».") % words
    if article.due_on:
        words["day"] = day_in_words(article.due_on)
        news = gettext("%(who)s vous confie « %(title)s », à rendre le %(day)s.") % words
    subject = gettext("Un article vous est confié : %s") % article.title
    _send(Notice(article, by, subject, news, people=[article.assigned_to]), tell)


def moved(article: Article, action: str, by: Any, words: str, tell: Tell) -> None:
    """Tell whom a change of state concerns: the reader-to-be of what is handed in, the writers of what comes back or is out."""
    said = {"who": name_of(by), "title": article.title}
    if action == "submit":
        waits = [article.assigned_to] if article.assigned_to and article.assigned_to != by else editors()
        news = gettext("%(who)s soumet « %(title)s » à la relecture.") % said
        _send(Notice(article, by, gettext("À relire : %s") % article.title, news, words, people=waits), tell)
    elif action == "send_back":
        news = gettext("%(who)s vous renvoie « %(title)s », de nouveau en brouillon.") % said
        _send(
            Notice(article, by, gettext("À reprendre : %s") % article.title, news, words, people=writers(article)), tell
        )
    elif action == "publish":
        if article.is_scheduled:
            said["when"] = moment_in_words(article.published_at)
            subject = gettext("Programmé : %s") % article.title
            news = gettext("%(who)s a programmé « %(title)s », qui paraîtra le %(when)s.") % said
        else:
            subject, news = gettext("Publié : %s") % article.title, gettext("%(who)s a publié « %(title)s ».") % said
        _send(Notice(article, by, subject, news, words, people=writers(article)), tell)
    elif action == "approve":
        news = gettext("%(who)s a relu « %(title)s » : l’article est prêt à publier.") % said
        _send(Notice(article, by, gettext("Relu : %s") % article.title, news, words, people=writers(article)), tell)
    elif action == "withdraw":
        news = gettext("%(who)s a retiré « %(title)s » du site.") % said
        subject = gettext("Retiré : %s") % article.title
        _send(Notice(article, by, subject, news, words, people=writers(article)), tell)


def copy_moved(article: Article, action: str, by: Any, writer: Any, tell: Tell) -> None:
    """Tell whom a decision about a working copy concerns: whoever wrote it and those who sign; the readers-to-be of one that is handed in.

    Args:
        action: `submit`, `reviewed`, `schedule`, `publish` or `drop`; of others nobody is told.
        writer: who wrote the copy last.
    """
    if action not in COPY_NEWS:
        return
    said = {"who": name_of(by), "title": article.title}
    if action == "submit":
        waits = [article.assigned_to] if article.assigned_to and article.assigned_to != by else editors()
    else:
        waits = [writer, *writers(article)]
    if action == "schedule":
        said["when"] = moment_in_words(article.copy_due_at)
    subject, news = (text % said for text in COPY_NEWS[action])
    _send(Notice(article, by, subject, news, people=waits), tell)


COPY_NEWS = {
    "submit": (
        _("À relire : des modifications de %(title)s"),
        _("%(who)s soumet à la relecture des modifications de « %(title)s »."),
    ),
    "reviewed": (
        _("Relu : des modifications de %(title)s"),
        _("%(who)s a relu les modifications de « %(title)s »."),
    ),
    "schedule": (
        _("Programmé : des modifications de %(title)s"),
        _("%(who)s a programmé les modifications de « %(title)s », en ligne le %(when)s."),
    ),
    "publish": (
        _("Publié : des modifications de %(title)s"),
        _("%(who)s a publié les modifications de « %(title)s »."),
    ),
    "drop": (
        _("Abandonné : des modifications de %(title)s"),
        _("%(who)s a abandonné les modifications de « %(title)s » : elles restent dans l’historique."),
    ),
}
"""Decision about a working copy → subject and first sentence of what is told of it."""


def remarked(remark: Remark, tell: Tell) -> None:
    """Tell whoever a remark is addressed to."""
    said = {"who": name_of(remark.by), "title": remark.article.title}
    news = gettext("%(who)s vous adresse une remarque sur « %(title)s ».") % said
    subject = gettext("Remarque : %s") % remark.article.title
    _send(Notice(remark.article, remark.by, subject, news, remark.body, "remarks", [remark.to]), tell)


def editors() -> list[Any]:
    """Everybody who may publish, and is no superuser by that alone."""
    backend = "django.contrib.auth.backends.ModelBackend"
    people = get_user_model().objects.with_perm("articles.publish_article", backend=backend, include_superusers=False)
    return list(people.order_by("pk"))


def writers(article: Article) -> list[Any]:
    """The accounts of those who sign an article; whoever began it, where none of them has one."""
    signed = get_user_model().objects.filter(author__bylines__article=article).order_by("pk").distinct()
    return list(signed) or [article.created_by]


def _send(notice: Notice, tell: Tell) -> None:
    """Send a notice to each person once the caller's transaction is done."""
    people = {one.pk: one for one in notice.people if one and one != notice.by and one.is_active and one.email}.values()
    if people:
        mails = [(name_of(one), _mail(notice, one)) for one in people]
        transaction.on_commit(partial(_deliver, mails, tell), robust=True)


def _mail(notice: Notice, to: Any) -> EmailMessage:
    address = settings.SITE_URL + reverse(f"admin:articles_article_{notice.page}", args=[notice.article.pk])
    parts = [
        gettext("Bonjour %s,") % name_of(to),
        notice.news,
        "\n".join(f"> {line}" for line in notice.words.splitlines()),
        f"{gettext('L’ouvrir :')} {address}",
        f"— {settings.SITE_NAME}",
    ]
    # A title is one line, whatever was pasted into it: it stands in a header.
    subject = " ".join(plain(f"[{settings.SITE_NAME}] {notice.subject}").split())[:LONGEST_SUBJECT]
    body = "\n\n".join(plain(part) for part in parts if part)
    return EmailMessage(subject, body, to=[to.email], headers={"Auto-Submitted": "auto-generated"})


def _deliver(mails: list[tuple[str, EmailMessage]], tell: Tell) -> None:
    """Send mails, each by itself; name to `tell` whoever gets none."""
    waiting = [name for name, _mail in mails]
    try:
        with get_connection() as connection:
            for name, mail in mails:
                try:
                    connection.send_messages([mail])
                except SMTPRecipientsRefused:
                    log.exception("A notice was refused.")
                else:
                    waiting.remove(name)
    except Exception:  # of whatever kind: what was done is done, and stays so
        log.exception("A notice was not sent.")
    if waiting:
        names = ", ".join(waiting)
        tell(gettext("C’est enregistré, mais le courriel à %s n’est pas parti : prévenez de vive voix.") % names)
