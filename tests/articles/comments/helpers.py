"""Comments for the tests."""

import datetime as dt

from django.utils import timezone

from articles.comments.models import Comment
from articles.comments.transitions import Event, Reason, State
from tests.factories import make_user, number

PATHS = {
    State.UNCONFIRMED: [],
    State.PENDING: [],
    State.PUBLISHED: [Event.APPROVE],
    State.HIDDEN: [Event.APPROVE, Event.REPORT],
    State.REJECTED: [Event.REJECT],
    State.SPAM: [Event.SPAM],
    State.DELETED: [Event.DELETE],
    State.ERASED: [Event.ERASE],
}


def make_comment(article, state="published", parent=None, **values):
    """A reader's comment that went the proper way to a state."""
    n = number()
    defaults = {"name": f"Lectrice {n}", "email": f"lectrice-{n}@example.org", "body": f"Un avis, le {n}e."}
    # A reply is made while its parent can be read: the form sees to that, and here it is the test's affair.
    comment, _new = Comment.objects.submit(
        article=article, parent=parent, limited=False, proved=state != State.UNCONFIRMED, **{**defaults, **values}
    )
    for event in PATHS[state]:
        comment.apply(event, rule="test", reason=Reason.OTHER if event == Event.REJECT else "")
    assert comment.state == state
    return comment


def make_answer(article, parent=None, **values):
    user = make_user("editor", first_name="Elissa", last_name="Marzouk")
    return Comment.objects.answer(article=article, parent=parent, body=f"Réponse {number()}.", by=user, **values)[0]


def ago(**spans):
    return timezone.now() - dt.timedelta(**spans)
