"""Every state × every event, the log, and two people at once."""

import datetime as dt
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.comments.models import Comment, Decision
from articles.comments.transitions import (
    TABLE,
    UNDOABLE,
    Event,
    NotAllowed,
    NotPossible,
    Reason,
    Stale,
    State,
    route,
)
from tests.articles.comments.helpers import PATHS, ago, make_comment
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

# The table of the design, written out a second time on purpose: a change has to be made in both.
EXPECTED = {
    ("unconfirmed", "confirm"): "pending",
    ("unconfirmed", "expire"): "gone",
    **{(state, "approve"): "published" for state in ("pending", "spam", "rejected", "hidden")},
    **{(state, "reject"): "rejected" for state in ("pending", "published", "hidden")},
    **{(state, "spam"): "spam" for state in ("pending", "published", "hidden", "rejected")},
    ("published", "report"): "hidden",
    ("published", "edit"): "pending",
    **{(state, "delete"): "deleted" for state in State.values if state != "erased"},
    **{(state, "erase"): "erased" for state in State.values},
    ("published", "undo"): "pending",
    ("hidden", "undo"): "published",
    ("rejected", "undo"): "pending",
    ("spam", "undo"): "pending",
}


def reason_for(event):
    return Reason.INSULT if event == Event.REJECT else ""


@pytest.mark.parametrize("event", [*Event.values, "no-such-event"])
@pytest.mark.parametrize("state", State.values)
def test_every_state_and_event(state, event):
    comment = make_comment(make_article(), state)
    version, lines = comment.version, comment.decisions.count()
    target = EXPECTED.get((state, event))
    if target is None:
        with pytest.raises(NotPossible):
            comment.apply(event, rule="test", reason=reason_for(event))
        comment.refresh_from_db()
        assert (comment.state, comment.version, comment.decisions.count()) == (state, version, lines)
        return
    comment.apply(event, rule="test", reason=reason_for(event))
    if target == "gone":
        assert not Comment.objects.filter(pk=comment.pk).exists()
        return
    line = comment.decisions.last()
    assert Comment.objects.get(pk=comment.pk).state == comment.state == target
    assert comment.version == version + 1 == line.version
    assert (line.event, line.from_state, line.to_state) == (event, state, target)
    assert (line.rule, line.decided_by, line.reason) == ("test", None, reason_for(event))


def test_every_state_is_reached_and_every_event_is_in_the_table():
    assert set(TABLE) == set(Event)
    assert set(PATHS) == set(State)


@pytest.mark.parametrize("event", sorted(set(Event.values) - {"answer"}))
def test_a_person_needs_the_permission_of_the_event(event):
    comment = make_comment(make_article(), "pending")
    for role in ("author", "editor", None):
        with pytest.raises(NotAllowed):
            comment.apply(event, by=make_user(role), reason=reason_for(event))
    assert comment.decisions.count() == 1


def test_a_person_who_was_shut_out_decides_nothing():
    comment = make_comment(make_article(), "pending")
    moderator = make_user("moderator", is_active=False)
    with pytest.raises(NotAllowed):
        comment.apply(Event.APPROVE, by=moderator)


def test_the_log_says_who_and_when():
    moderator, at = make_user("moderator"), ago(hours=3)
    comment = make_comment(make_article(), "pending")
    comment.apply(Event.REJECT, by=moderator, reason=Reason.OFF_TOPIC, at=at)
    first, last = comment.decisions.all()
    assert (first.event, first.from_state, first.to_state, first.rule) == ("submit", "", "pending", "form")
    assert (last.decided_by, last.decided_at, last.reason, last.rule) == (moderator, at, "off_topic", "")


@pytest.mark.parametrize("reason", ["", "because", "OFF_TOPIC"])
def test_a_rejection_has_a_reason_of_the_list(reason):
    comment = make_comment(make_article(), "pending")
    with pytest.raises(NotPossible, match="motif"):
        comment.apply(Event.REJECT, rule="test", reason=reason)
    assert comment.state == Comment.objects.get(pk=comment.pk).state == "pending"


def test_nothing_but_a_rejection_has_a_reason():
    with pytest.raises(NotPossible):
        make_comment(make_article(), "pending").apply(Event.SPAM, rule="test", reason=Reason.OTHER)


def test_either_a_person_or_a_rule_decides():
    comment = make_comment(make_article(), "pending")
    with pytest.raises(TypeError):
        comment.apply(Event.APPROVE)
    with pytest.raises(TypeError):
        comment.apply(Event.APPROVE, by=make_user("moderator"), rule="test")


@pytest.mark.parametrize(("first", "second"), [(Event.APPROVE, Event.SPAM), (Event.SPAM, Event.SPAM)])
def test_of_two_who_decide_at_once_the_second_is_told(first, second):
    article = make_article()
    mine = make_comment(article, "pending")
    theirs = Comment.objects.get(pk=mine.pk)
    theirs.apply(first, rule="test")
    with pytest.raises(Stale):
        mine.apply(second, rule="test")
    assert Comment.objects.get(pk=mine.pk).state == theirs.state
    assert mine.decisions.count() == 2


def test_the_same_state_in_another_version_is_stale_too():
    mine = make_comment(make_article(), "pending")
    theirs = Comment.objects.get(pk=mine.pk)
    theirs.apply(Event.APPROVE, rule="test")
    theirs.apply(Event.UNDO, rule="test")
    assert theirs.state == mine.state
    with pytest.raises(Stale):
        mine.apply(Event.APPROVE, rule="test")


def test_a_change_takes_place_as_a_whole_or_not_at_all():
    article = make_article()
    comment = make_comment(article, "pending")
    with patch.object(Comment, "_log", side_effect=RuntimeError), pytest.raises(RuntimeError):
        comment.apply(Event.APPROVE, rule="test")
    article.refresh_from_db()
    assert (Comment.objects.get(pk=comment.pk).state, article.comment_count) == ("pending", 0)


@pytest.mark.parametrize("event", sorted(UNDOABLE - {Event.REPORT}))
def test_a_decision_is_undone_within_a_day(event):
    comment = make_comment(make_article(), "pending")
    comment.apply(event, rule="test", reason=reason_for(event), at=ago(hours=23))
    comment.apply(Event.UNDO, rule="test")
    assert comment.state == "pending"


def test_after_a_day_nothing_is_undone():
    comment = make_comment(make_article(), "pending")
    comment.apply(Event.APPROVE, rule="test", at=ago(hours=25))
    with pytest.raises(NotPossible):
        comment.apply(Event.UNDO, rule="test")


def test_only_the_last_decision_is_undone_and_only_once():
    comment = make_comment(make_article(), "rejected")
    comment.apply(Event.SPAM, rule="test")
    comment.apply(Event.UNDO, rule="test")
    assert comment.state == "rejected"
    with pytest.raises(NotPossible):
        comment.apply(Event.UNDO, rule="test")


def test_deleting_blanks_the_text_and_erasing_everything():
    article = make_article()
    said = {"name": "Nadia Zweifel", "email": "nadia@example.org", "body": "Phrase unique.", "network": "f" * 64}
    comment = make_comment(article, "published", **said)
    mark = comment.fingerprint
    comment.apply(Event.DELETE, rule="author")
    assert (comment.body, comment.name) == ("", "Nadia Zweifel")
    assert comment.fingerprint != mark
    comment.apply(Event.ERASE, rule="author")
    assert (comment.name, comment.email, comment.body, comment.network) == ("", "", "", "")
    rows = [*Comment.objects.values_list(), *Decision.objects.values_list()]
    found = [row for row in rows for value in row if any(text in str(value) for text in (*said.values(), mark))]
    assert found == []


def test_the_log_is_not_rewritten():
    line = make_comment(make_article()).decisions.last()
    line.to_state = "spam"
    for change in (line.save, line.delete):
        with pytest.raises(TypeError):
            change()
    line.refresh_from_db()
    assert line.to_state == "published"


@pytest.mark.parametrize(
    "values",
    [
        {"rule": "", "decided_by": None},
        {"rule": "both", "decided_by": True},
        {"event": "reject", "reason": ""},
        {"event": "approve", "reason": "insult"},
        {"event": "reject", "reason": "because"},
        {"version": 1},
    ],
)
def test_the_database_refuses_a_line_that_cannot_be(values):
    comment = make_comment(make_article(), "pending")
    line = {"event": "approve", "from_state": "pending", "to_state": "published", "version": 2, "rule": "test"}
    if values.get("decided_by"):
        values = {**values, "decided_by": make_user("moderator")}
    with pytest.raises(IntegrityError), transaction.atomic():
        comment.decisions.create(**{**line, "decided_at": timezone.now(), **values})


@pytest.mark.parametrize(
    "values",
    [
        {"state": "invented"},
        {"state": "published", "body": ""},
        {"state": "deleted"},
        {"state": "erased", "body": ""},
        {"name": ""},
        {"email": ""},
    ],
)
def test_the_database_refuses_a_comment_that_cannot_be(values):
    comment = make_comment(make_article(), "pending")
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(**values)


def test_the_database_keeps_replies_one_level_deep_and_under_their_article():
    article = make_article()
    root = make_comment(article)
    reply = make_comment(article, parent=root)
    for values in ({"article": article, "parent": reply}, {"article": make_article(), "parent": root}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_comment(**values)
    for values in ({"parent": None}, {"article": make_article()}, {"parent": make_comment(article)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.filter(pk=reply.pk).update(**values)
    reply.save()  # writes the same places again


def test_for_now_everything_waits_but_a_filled_honeypot():
    assert route([]) == ("pending", "form")
    assert route(["too_fast", "links"]) == ("pending", "form")
    assert route(["honeypot", "links"]) == ("spam", "honeypot")


def test_a_refusal_is_a_sentence():
    comment = make_comment(make_article(), "erased")
    with pytest.raises(ValidationError) as caught:
        comment.apply(Event.APPROVE, rule="test")
    assert caught.value.messages == [f"Commentaire {comment.pk} est « Effacé » : « Publication » n’est pas possible."]


def test_an_article_takes_its_threads_along():
    article = make_article()
    make_comment(article, parent=make_comment(article))
    article.delete()
    assert not Comment.objects.exists()
    assert not Decision.objects.exists()


def test_the_moment_of_a_decision_is_now_unless_given():
    comment = make_comment(make_article(), "published")
    assert timezone.now() - comment.decisions.last().decided_at < dt.timedelta(minutes=1)
