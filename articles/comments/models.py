"""Comments and the log of what was decided about them: who may see which, and the one way to change a state.

Past 400 lines: the ways in (`submit`, `answer`), the one change of state and its log hold the same locks in the same
order, which is seen only side by side.
"""

import datetime as dt
import hashlib
import secrets
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.comments import limits
from articles.comments.transitions import (
    NEW,
    TABLE,
    TEXTLESS,
    UNDO_WITHIN,
    UNDOABLE,
    WAITING,
    Event,
    NotAllowed,
    NotPossible,
    Reason,
    Signal,
    Stale,
    State,
    Target,
    route,
)
from articles.models import Article
from clusters.typography import typeset

EXCERPT = 140
"""Characters of a comment that a list shows."""
PRIVATE = ("email", "network", "fingerprint")
"""Columns that no public page needs, and that are not read for one."""


class CommentQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Published comments of articles that show comments: what `Article.comment_count` counts.

        A published reply counts whatever has become of its parent, because it stays on the page under
        "Commentaire retiré". So the count is always the number of comments that can be read.
        """
        return self.filter(state=State.PUBLISHED).exclude(article__comments_policy=Article.CommentsPolicy.OFF)

    def visible(self, at: dt.datetime | None = None) -> Self:
        """Comments that anybody may see: published, under an article that anybody may see."""
        return self.published().filter(article__in=Article.objects.visible(at))

    def recent(self, limit: int, at: dt.datetime | None = None) -> Self:
        """The latest visible comments, with the title and the address of their article."""
        return (
            self.visible(at)
            .select_related("article")
            .only("name", "body", "created_at", "parent_id", "user_id", "article__title", "article__slug")
            .order_by("-created_at", "-pk")[:limit]
        )

    def waiting(self) -> Self:
        """Comments that ask for a moderator's decision."""
        return self.filter(state__in=WAITING)

    def open_to_replies(self, article: Article) -> Self:
        """Comments of an article that may be answered. The one rule: replies have one level, under what can be read."""
        return self.published().filter(article=article, parent=None)

    def threads(self, article: Article) -> Self:
        """Threads of an article's page, oldest first: published comments, and removed ones that have published replies.

        Ordered by key, which is the order they came in: a page of threads begins after a key and is the same however
        many comments are published or removed before it.
        """
        replies = Comment.objects.published().filter(parent=models.OuterRef("pk"))
        return (
            self.filter(models.Q(state=State.PUBLISHED) | models.Exists(replies), article=article, parent=None)
            .exclude(article__comments_policy=Article.CommentsPolicy.OFF)
            .order_by("pk")
        )

    def with_replies(self) -> Self:
        """Without what a page must not know, and with the published replies, oldest first, as `shown_replies`."""
        replies = Comment.objects.published().defer(*PRIVATE).order_by("pk")
        return self.defer(*PRIVATE).prefetch_related(models.Prefetch("replies", replies, to_attr="shown_replies"))

    def recount(self, article_ids: Iterable[int]) -> None:
        """Bring `Article.comment_count` of these articles up to date; its only writer."""
        ids = list(article_ids)
        published = Comment.objects.published().filter(article__in=ids).order_by()
        with transaction.atomic():
            _lock(*ids)  # before counting: nobody publishes between the count and its writing
            counts = published.values("article").annotate(total=models.Count("pk")).values_list("article", "total")
            Article.objects.filter(pk__in=ids).set_comment_counts(dict(counts))

    def submit(
        self,
        *,
        article: Article,
        name: str,
        email: str,
        body: str,
        parent: "Comment | None" = None,
        network: str = "",
        signals: Sequence[str] = (),
        at: dt.datetime | None = None,
        proved: bool = True,
        limited: bool = True,
    ) -> tuple["Comment", bool]:
        """Take in a reader's comment, already cleaned by the form.

        Args:
            network: see limits.network_of; "" if unknown.
            signals: codes of Signal.
            at: when it was sent (now, unless given).
            proved: whether the e-mail address is known to be the sender's; False makes the comment wait for that first.
                For now the form takes every address as it is.
            limited: False only for comments that come from a file.
        Returns:
            the comment, and whether it is new: the same text by the same person in the same place is the one there is.
        Raises:
            limits.TooMany: the sender has to wait.
        """
        email = email.strip().lower()
        mark = fingerprint(article.pk, parent.pk if parent else None, email, body)
        with transaction.atomic():
            if limited:
                limits.hold(network, email)
            _lock(article.pk)
            if first := self.filter(fingerprint=mark).first():
                return first, False
            moment = at or timezone.now()
            if limited:
                if network:
                    limits.check(self.filter(network=network), moment)
                limits.check(self.filter(email=email), moment)
            state, rule = route(signals) if proved else (State.UNCONFIRMED, "unproved")
            return self._begin(
                Event.SUBMIT, state, moment, rule=rule, article=article, parent=parent, name=name, email=email,
                body=body, network=network, signals=list(signals), fingerprint=mark,
            ), True  # fmt: skip

    def answer(
        self,
        *,
        article: Article,
        body: str,
        by: Any,
        parent: "Comment | None" = None,
        name: str = "",
        at: dt.datetime | None = None,
    ) -> tuple["Comment", bool]:
        """Publish a comment that the newsroom signs.

        Args:
            by: the person who writes it; needs the permission of Event.ANSWER.
            name: the signature; by default the person's full name, never the login.
        Returns:
            the comment, and whether it is new (a double click makes one).
        Raises:
            NotAllowed
        """
        _demand(Event.ANSWER, by)
        body = typeset(body)
        name = name or by.get_full_name() or gettext("La rédaction")
        mark = fingerprint(article.pk, parent.pk if parent else None, f"user {by.pk}", body)
        with transaction.atomic():
            _lock(article.pk)
            if first := self.filter(fingerprint=mark).first():
                return first, False
            made = self._begin(
                Event.ANSWER, State.PUBLISHED, at or timezone.now(), by=by, article=article, parent=parent,
                name=name[: Comment._meta.get_field("name").max_length], body=body, user=by, fingerprint=mark,
            )  # fmt: skip
            self.recount([article.pk])
            return made, True

    def _begin(
        self, event: str, state: str, at: dt.datetime, *, by: Any = None, rule: str = "", **fields: Any
    ) -> "Comment":
        comment = self.create(state=state, created_at=at, **fields)
        comment._log(event, NEW, at, by, rule, "")
        return comment

    def move(self, comment: "Comment", target: str, values: dict[str, Any]) -> int:
        """Change the state of the comment if it still is as it was read; how many were (0 or 1).

        State and version are compared in the UPDATE itself: of two people who decide at the same moment, one is told.
        """
        same = self.filter(pk=comment.pk, state=comment.state, version=comment.version)
        if target == Target.GONE:
            return 1 if same.delete()[0] else 0
        return same.update(state=target, version=models.F("version") + 1, **values)


class Comment(models.Model):
    """What a reader, or the newsroom, says under an article."""

    # The composite index below serves lookups by article as well.
    article = models.ForeignKey(
        Article, models.CASCADE, db_index=False, related_name="comments", verbose_name=_("article")
    )
    # RESTRICT: a comment goes with its article, but never takes its replies along by itself.
    parent = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="replies", verbose_name=_("en réponse à")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("compte"), help_text=_("Rempli pour une réponse signée de la rédaction, et pour elle seule."),
    )  # fmt: skip
    name = models.CharField(_("nom"), max_length=80, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    body = models.TextField(_("commentaire"), blank=True)
    state = models.CharField(_("état"), max_length=11, choices=State, default=State.PENDING, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    signals = models.JSONField(_("signaux"), default=list, blank=True, editable=False)
    network = models.CharField(_("réseau"), max_length=64, blank=True, editable=False)
    fingerprint = models.CharField(_("empreinte"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("envoyé le"), default=timezone.now, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        app_label = "articles"
        verbose_name = _("commentaire")
        verbose_name_plural = _("commentaires")
        ordering = ["pk"]
        permissions = [("moderate_comment", _("Peut modérer les commentaires"))]
        indexes = [
            models.Index(fields=["article", "parent", "id"], name="comment_threads"),
            models.Index(fields=["state", "created_at"], name="comment_queue"),
            models.Index(fields=["network", "created_at"], name="comment_by_network"),
            models.Index(fields=["email", "created_at"], name="comment_by_email"),
        ]
        # That a reply has one level and stays under its parent's article is held by a trigger (migration 0002).
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="comment_known_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(TEXTLESS), body="")
                | (~models.Q(state__in=sorted(TEXTLESS)) & ~models.Q(body="")),
                name="comment_text_unless_removed",
            ),
            models.CheckConstraint(
                condition=(models.Q(state=State.ERASED, name="", email="", network="", user=None))
                | (~models.Q(state=State.ERASED) & ~models.Q(name="")),
                name="comment_erased_says_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.ERASED)
                | (models.Q(user=None) & ~models.Q(email=""))
                | models.Q(user__isnull=False, email=""),
                name="comment_of_reader_or_newsroom",
            ),
        ]

    def __str__(self) -> str:
        # Neither name nor text: what the admin's log keeps of it would outlive the right to erasure.
        return gettext("Commentaire %(number)s") % {"number": self.pk}

    def get_absolute_url(self) -> str:
        """The comment on its page of threads; holds whatever is published or removed before it."""
        return f"{self.article.get_absolute_url()}?thread={self.parent_id or self.pk}#{self.anchor}"

    @property
    def href(self) -> str:
        return self.get_absolute_url()

    @property
    def at(self) -> dt.datetime:
        return self.created_at

    @property
    def anchor(self) -> str:
        return f"c{self.pk}"

    @property
    def excerpt(self) -> str:
        text = " ".join(self.body.split())
        cut = textwrap.shorten(text, EXCERPT, placeholder="…")
        # A text without a space has no word to end at.
        return cut if cut != "…" else Truncator(text).chars(EXCERPT)

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def is_newsroom(self) -> bool:
        return self.user_id is not None

    @property
    def signals_in_words(self) -> list[str]:
        return [str(Signal(code).label) for code in self.signals]

    def apply(
        self,
        event: str,
        *,
        by: AbstractBaseUser | None = None,
        rule: str = "",
        reason: str = "",
        at: dt.datetime | None = None,
    ) -> None:
        """Change the state by one event of the table: the only way to do so.

        Args:
            event: one of Event, other than SUBMIT and ANSWER, which make a comment.
            by: the person who decides; exactly one of `by` and `rule`.
            rule: the name of the rule that decides.
            reason: one of Reason; for REJECT, and for nothing else.
            at: when (now, unless given).
        Raises:
            NotAllowed: not by this person.
            NotPossible: not in the table, or the reason is missing.
            Stale: the comment has changed since this object was read.
        """
        if (by is None) == (rule == ""):
            raise TypeError("Either a person decides or a rule does.")
        at = at or timezone.now()
        if by is not None:
            _demand(event, by)
        with transaction.atomic():
            _lock(self.article_id)
            target = self._target(event, at)
            if reason not in (Reason.values if event == Event.REJECT else [""]):
                raise NotPossible(_("Choisissez le motif du rejet dans la liste."), code="reason")
            if not Comment.objects.move(self, target, _blanked(target)):
                raise Stale(
                    _("%(comment)s a changé entre-temps : rechargez la page pour voir où il en est."),
                    code="stale",
                    params={"comment": self},
                )
            origin = self.state
            if target != Target.GONE:
                self.refresh_from_db()
                self._log(event, origin, at, by, rule, reason)
            Comment.objects.recount([self.article_id])

    def _target(self, event: str, at: dt.datetime) -> str:
        """The state that an event leads to from this one."""
        row = TABLE.get(event)
        if row is None or self.state not in row.origins:
            raise self._impossible(event)
        if row.target == Target.ROUTED:
            return route(self.signals)[0]
        if row.target == Target.BEFORE:
            last = self.decisions.last()
            undoable = last is not None and last.event in UNDOABLE and last.version == self.version
            if not undoable or at - last.decided_at > UNDO_WITHIN:
                raise self._impossible(event)
            return last.from_state
        return row.target

    def _impossible(self, event: str) -> NotPossible:
        label = dict(Event.choices).get(event, event)
        return NotPossible(
            _("%(comment)s est « %(state)s » : « %(event)s » n’est pas possible."),
            code="state",
            params={"comment": self, "state": self.get_state_display(), "event": label},
        )

    def _log(self, event: str, origin: str, at: dt.datetime, by: Any, rule: str, reason: str) -> None:
        self.decisions.create(
            event=event, from_state=origin, to_state=self.state, version=self.version,
            decided_at=at, decided_by=by, rule=rule, reason=reason,
        )  # fmt: skip


class Decision(models.Model):
    """One line of the log: what happened to a comment, when, and who or which rule decided. Append-only."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="decisions", verbose_name=_("commentaire"))
    event = models.CharField(_("événement"), max_length=10, choices=Event)
    from_state = models.CharField(_("de"), max_length=11, choices=State, blank=True)
    to_state = models.CharField(_("à"), max_length=11, choices=State)
    version = models.PositiveIntegerField(_("version"), help_text=_("Celle que la décision a faite."))
    decided_at = models.DateTimeField(_("le"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    rule = models.CharField(_("règle"), max_length=40, blank=True)
    reason = models.CharField(_("motif"), max_length=12, choices=Reason, blank=True)

    class Meta:
        app_label = "articles"
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        ordering = ["pk"]
        default_permissions = ()  # it is read on the comment's page, by those who may see the comment
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) & ~models.Q(rule="") | models.Q(decided_by__isnull=False, rule=""),
                name="decision_by_person_or_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(event=Event.REJECT, reason__in=Reason.values)
                | (~models.Q(event=Event.REJECT) & models.Q(reason="")),
                name="decision_reason_of_rejection",
            ),
            models.UniqueConstraint(fields=["comment", "version"], name="decision_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} ({self.comment_id})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The log is not rewritten.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("The log is not rewritten.")


def fingerprint(article_id: int, parent_id: int | None, sender: str, body: str) -> str:
    """What makes two posts the same one: place, sender, and text without regard to spaces and capitals."""
    parts = [str(article_id), str(parent_id or ""), sender.strip().lower(), " ".join(body.split()).casefold()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _blanked(target: str) -> dict[str, Any]:
    """What a state forgets. The fingerprint goes too: it could confirm a guess of the text, and bars saying it again."""
    if target not in TEXTLESS:
        return {}
    forgotten: dict[str, Any] = {"body": "", "fingerprint": secrets.token_hex(32)}
    if target == State.ERASED:
        forgotten |= {"name": "", "email": "", "network": "", "user": None}
    return forgotten


def _demand(event: str, by: Any) -> None:
    permission = TABLE[event].permission if event in TABLE else None
    if permission is None or not (by.is_active and by.has_perm(permission)):
        raise NotAllowed(_("Votre rôle ne permet pas cette action."), code="permission")


def _lock(*article_ids: int) -> None:
    """Hold the articles' rows until the transaction ends: comments of one article are counted one change at a time.

    In the order of their keys, so that two who lock several never wait for each other. SQLite, which ignores the lock,
    has one writer anyway (transactions are IMMEDIATE).
    """
    list(Article.objects.select_for_update(no_key=True).filter(pk__in=article_ids).order_by("pk").values_list("pk"))


@receiver(post_save, sender=Article, dispatch_uid="articles.comments.recount")
def recount_saved(instance: Article, created: bool, raw: bool, update_fields: Any = None, **kwargs: Any) -> None:
    """Recount when an article is saved: its policy may have changed, and a full save writes back the count it had read."""
    if not (created or raw) and (update_fields is None or {"comments_policy", "comment_count"} & set(update_fields)):
        Comment.objects.recount([instance.pk])
