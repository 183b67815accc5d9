"""Loads the demonstration's discussions: threads of comments, in every state that a comment can be in.

Idempotent: the same words by the same person in the same place are one comment, which is left as it is.
"""

import datetime as dt
import tomllib
from typing import Any

from articles.comments.models import Comment
from articles.comments.transitions import Event, State
from config.demo.newsroom import HERE, Newsroom, local

DECIDED_AFTER = dt.timedelta(minutes=40)
EVENTS = {
    State.PUBLISHED: [Event.APPROVE],
    State.REJECTED: [Event.REJECT],
    State.SPAM: [Event.SPAM],
    State.HIDDEN: [Event.APPROVE, Event.REPORT],
    State.DELETED: [Event.APPROVE, Event.DELETE],
    State.ERASED: [Event.APPROVE, Event.ERASE],
}
"""What happens to a comment on its way to a state; nothing to one that waits."""
BY_RULE = {Event.REPORT: "three_reports", Event.DELETE: "author"}
Row = dict[str, Any]


def load_comments(newsroom: Newsroom) -> None:
    """Write all threads, in the caller's transaction; nothing if there are comments already."""
    if Comment.objects.exists():
        return
    rows = tomllib.loads((HERE / "comments.toml").read_text(encoding="utf-8"))["comments"]
    made: dict[str, Comment] = {}
    for row in rows:
        made[row["id"]] = _comment(row, newsroom, made)
    for row in rows:
        _to_its_state(row, made[row["id"]], newsroom)


def _comment(row: Row, newsroom: Newsroom, made: dict[str, Comment]) -> Comment:
    article, parent, at = newsroom.articles[row["article"]], made.get(row.get("parent", "")), local(row["at"])
    body = row["body"] or "…"  # one that its author deletes said something first
    if row.get("staff"):
        return Comment.objects.answer(
            article=article, parent=parent, name=row["name"], body=body, by=newsroom.users["editor"], at=at
        )[0]
    return Comment.objects.submit(
        article=article, parent=parent, name=row["name"], email=row["email"], body=body, at=at, limited=False,
        proved=row["state"] != State.UNCONFIRMED,
    )[0]  # fmt: skip


def _to_its_state(row: Row, comment: Comment, newsroom: Newsroom) -> None:
    if row.get("staff"):
        return
    at = local(row["at"])
    for event in EVENTS.get(row["state"], ()):
        at += DECIDED_AFTER
        who = {"rule": BY_RULE[event]} if event in BY_RULE else {"by": newsroom.users["moderator"]}
        comment.apply(event, reason=row.get("reason", "") if event == Event.REJECT else "", at=at, **who)
