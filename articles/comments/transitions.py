"""The life of a comment as data: its states, the events that change them, and the table of what may happen.

Kept free of the ORM so that the table reads as the one rule; `Comment.apply` is its only reader that writes.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

UNDO_WITHIN = dt.timedelta(hours=24)
MODERATE = "articles.moderate_comment"
ANSWER = "articles.add_comment"


class State(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("Adresse à confirmer")
    PENDING = "pending", _("En attente")
    PUBLISHED = "published", _("Publié")
    HIDDEN = "hidden", _("Masqué après signalements")
    REJECTED = "rejected", _("Rejeté")
    SPAM = "spam", _("Indésirable")
    DELETED = "deleted", _("Supprimé par son auteur")
    ERASED = "erased", _("Effacé")


class Event(models.TextChoices):
    SUBMIT = "submit", _("Envoi par un lecteur")
    ANSWER = "answer", _("Réponse de la rédaction")
    CONFIRM = "confirm", _("Adresse confirmée")
    EXPIRE = "expire", _("Adresse jamais confirmée")
    APPROVE = "approve", _("Publication")
    REJECT = "reject", _("Rejet")
    SPAM = "spam", _("Classement en indésirable")
    REPORT = "report", _("Signalements de lecteurs")
    EDIT = "edit", _("Modification par l’auteur")
    DELETE = "delete", _("Suppression par l’auteur")
    ERASE = "erase", _("Effacement")
    UNDO = "undo", _("Annulation de la décision")


class Reason(models.TextChoices):
    """Why a comment is rejected: a fixed list, since the same words go to its author and into the statistics."""

    OFF_TOPIC = "off_topic", _("Hors sujet")
    INSULT = "insult", _("Injure ou attaque personnelle")
    HATE = "hate", _("Propos haineux ou illicites")
    ADVERTISING = "advertising", _("Publicité")
    PRIVATE = "private", _("Données personnelles d’autrui")
    UNREADABLE = "unreadable", _("Illisible")
    OTHER = "other", _("Autre motif")


class Signal(models.TextChoices):
    """What a check noticed on the way in; it is shown to the moderator and weighs in `route`."""

    HONEYPOT = "honeypot", _("a rempli le champ piège")
    TOO_FAST = "too_fast", _("envoyé en moins de deux secondes")
    LINKS = "links", _("contient des liens")


class Target:
    """Targets of the table that are not a state by themselves."""

    ROUTED = "(routed)"
    BEFORE = "(as before)"
    GONE = "(removed)"


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    Attributes:
        origins: states it may start from; "" is a comment that is not there yet.
        target: a state, or one of Target.
        permission: what a person needs to do it; a rule needs none. None: no person does it.
    """

    origins: frozenset[str]
    target: str
    permission: str | None = None


NEW = ""
_ALL = frozenset(State)

TABLE: dict[str, Transition] = {
    Event.SUBMIT: Transition(frozenset({NEW}), Target.ROUTED),
    Event.ANSWER: Transition(frozenset({NEW}), State.PUBLISHED, ANSWER),
    Event.CONFIRM: Transition(frozenset({State.UNCONFIRMED}), Target.ROUTED),
    Event.EXPIRE: Transition(frozenset({State.UNCONFIRMED}), Target.GONE),
    Event.APPROVE: Transition(
        frozenset({State.PENDING, State.SPAM, State.REJECTED, State.HIDDEN}), State.PUBLISHED, MODERATE
    ),
    Event.REJECT: Transition(frozenset({State.PENDING, State.PUBLISHED, State.HIDDEN}), State.REJECTED, MODERATE),
    Event.SPAM: Transition(
        frozenset({State.PENDING, State.PUBLISHED, State.HIDDEN, State.REJECTED}), State.SPAM, MODERATE
    ),
    Event.REPORT: Transition(frozenset({State.PUBLISHED}), State.HIDDEN),
    Event.EDIT: Transition(frozenset({State.PUBLISHED}), Target.ROUTED),
    Event.DELETE: Transition(_ALL - {State.ERASED}, State.DELETED),
    Event.ERASE: Transition(_ALL, State.ERASED, MODERATE),
    Event.UNDO: Transition(
        frozenset({State.PUBLISHED, State.REJECTED, State.SPAM, State.HIDDEN}), Target.BEFORE, MODERATE
    ),
}
"""What is not here cannot happen."""

UNDOABLE = frozenset({Event.APPROVE, Event.REJECT, Event.SPAM, Event.REPORT})
"""Decisions that UNDO takes back."""
WAITING = frozenset({State.PENDING, State.HIDDEN})
"""States that ask for a moderator's decision."""
TEXTLESS = frozenset({State.DELETED, State.ERASED})
"""States whose text is gone."""


class Refused(ValidationError):
    """A change of state that does not take place. Its message is a sentence for the person who asked."""


class NotPossible(Refused):
    """The table has no such event from this state, or an argument that the event needs is missing."""


class NotAllowed(Refused):
    """This person's role does not permit the event."""


class Stale(Refused):
    """The comment has changed since it was read."""


def route(signals: Iterable[str]) -> tuple[str, str]:
    """Where a comment goes that has come in, and the rule that sends it there.

    For now nothing is published unread; the filled honeypot is the one hard rule. Spam stays in the admin, from where
    an honest person's comment (a browser may fill in any field) can be approved.
    """
    if Signal.HONEYPOT in signals:
        return State.SPAM, Signal.HONEYPOT
    return State.PENDING, "form"
