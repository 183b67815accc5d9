"""The states of an article, and the only ways from one to another."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    IN_REVIEW = "in_review", _("En relecture")
    READY = "ready", _("Prêt")
    PUBLISHED = "published", _("Publié")
    WITHDRAWN = "withdrawn", _("Retiré")


TRANSITIONS: dict[str, tuple[frozenset[str], str, str]] = {
    # action: (from which states, to which, which permission)
    "submit": (frozenset({State.DRAFT}), State.IN_REVIEW, "articles.add_article"),
    "approve": (frozenset({State.IN_REVIEW}), State.READY, "articles.publish_article"),
    "send_back": (frozenset({State.IN_REVIEW, State.READY}), State.DRAFT, "articles.publish_article"),
    "publish": (
        frozenset({State.DRAFT, State.IN_REVIEW, State.READY, State.WITHDRAWN}),
        State.PUBLISHED,
        "articles.publish_article",
    ),
    "withdraw": (frozenset({State.PUBLISHED}), State.WITHDRAWN, "articles.publish_article"),
}
"""The only ways from one state to another, and who may take them."""
CHECKED = frozenset({"submit", "approve", "publish"})
"""Those of them that nothing that blocks may stand against; see articles/checks.py."""
UNFINISHED = (State.DRAFT, State.IN_REVIEW, State.READY)
"""States in which somebody still has work to do on it."""
