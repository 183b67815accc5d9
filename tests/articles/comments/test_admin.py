"""The queue: who sees what, what is decided in bulk, stale rows, the log, and the newsroom's own answers."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.comments.models import Comment
from articles.comments.transitions import Event, Reason, State
from clusters.chosen import SEEN
from tests.articles.comments.helpers import ago, make_answer, make_comment
from tests.factories import make_article

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/comment/"


def act(client, action, comments, *, seen=None, query="", **values):
    """Press an action for comments as they were when the list was shown."""
    shown = comments if seen is None else seen
    data = {
        "action": action,
        "index": "0",
        "select_across": "0",
        "_selected_action": [comment.pk for comment in comments],
        SEEN: [f"{comment.pk}:{comment.version}" for comment in shown],
        **values,
    }
    response = client.post(f"{LIST}{query}", data)
    messages = [str(message) for message in get_messages(response.wsgi_request)]
    client.get("/admin/")  # prints them, so that the next action starts without
    return messages


def keys(page):
    return [int(key) for key in re.findall(r'name="_selected_action" value="(\d+)"', page)]


def listed(client, query=""):
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200
    return response.content.decode()


def state_of(comment):
    return Comment.objects.get(pk=comment.pk).state


def test_the_queue_opens_with_what_waits_longest_first(client, as_role):
    as_role("moderator")
    article = make_article(title="Le titre")
    late = make_comment(article, "pending", at=ago(hours=1), signals=["links"], name="Salma B.")
    early = make_comment(article, "pending", at=ago(hours=3))
    hidden = make_comment(article, "hidden", at=ago(hours=2))
    for state in set(State) - {State.PENDING, State.HIDDEN}:
        make_comment(article, state, at=ago(hours=9))
    page = listed(client)
    assert keys(page) == [early.pk, hidden.pk, late.pk]
    for text in (late.body, "Salma B.", "Le titre", "En attente", "contient des liens", "heures"):
        assert text in page


@pytest.mark.parametrize("state", State.values)
def test_every_state_is_listed_on_demand(client, as_role, state):
    as_role("moderator")
    article = make_article()
    comments = {one: make_comment(article, one) for one in State.values}
    assert keys(listed(client, f"?state={state}")) == [comments[state].pk]
    assert len(keys(listed(client, "?state=all"))) == len(State)
    assert len(keys(listed(client, "?state=invented"))) == 2


def test_approving_rejecting_and_marking_in_bulk(client, as_role):
    moderator = as_role("moderator")
    article = make_article()
    three = [make_comment(article, "pending") for _ in range(3)]
    two = [make_comment(article, "pending") for _ in range(2)]
    spam = [make_comment(article, "pending")]
    assert act(client, "approve", three) == ["3 commentaires traités : publication."]
    assert act(client, "reject_insult", two) == ["2 commentaires traités : rejet."]
    assert act(client, "spam", spam) == ["1 commentaire traité : classement en indésirable."]
    assert [state_of(one) for one in three + two + spam] == ["published"] * 3 + ["rejected"] * 2 + ["spam"]
    lines = [one.decisions.last() for one in three + two + spam]
    assert {line.decided_by for line in lines} == {moderator}
    assert [line.reason for line in lines] == ["", "", "", "insult", "insult", ""]
    article.refresh_from_db()
    assert article.comment_count == 3


def test_each_reason_is_a_button(client, as_role):
    as_role("moderator")
    make_comment(make_article(), "pending")
    page = listed(client)
    for reason in Reason:
        assert f'<option value="reject_{reason.value}">Rejeter : {reason.label}' in page.replace("&#x27;", "’")


def test_rows_that_changed_since_they_were_read_are_named_and_the_others_decided(client, as_role):
    as_role("moderator")
    article = make_article()
    fresh, decided, twice = (make_comment(article, "pending") for _ in range(3))
    seen = [Comment.objects.get(pk=one.pk) for one in (fresh, decided, twice)]
    decided.apply(Event.SPAM, rule="colleague")
    twice.apply(Event.APPROVE, rule="colleague")
    twice.apply(Event.UNDO, rule="colleague")
    messages = act(client, "approve", seen)
    assert messages[0] == "1 commentaire traité : publication."
    assert sorted(messages[1:]) == [
        f"Commentaire {decided.pk} a changé depuis que vous l’avez lu : il est « Indésirable ».",
        f"Commentaire {twice.pk} a changé depuis que vous l’avez lu : il est « En attente ».",
    ]
    assert [state_of(one) for one in (fresh, decided, twice)] == ["published", "spam", "pending"]


def test_what_is_not_possible_is_named_too(client, as_role):
    as_role("moderator")
    article = make_article()
    published, erased, pending = (make_comment(article, state) for state in ("published", "erased", "pending"))
    messages = act(client, "approve", [published, erased, pending], query="?state=all")
    assert messages[0] == "1 commentaire traité : publication."
    assert len(messages) == 3
    assert "n’est pas possible" in messages[1]


def test_a_long_list_of_refusals_is_cut(client, as_role):
    as_role("moderator")
    article = make_article()
    comments = [make_comment(article, "published") for _ in range(13)]
    messages = act(client, "approve", comments, query="?state=all")
    assert len(messages) == 11
    assert messages[-1] == "Et 3 autres n’ont pas été traités."


def test_all_pages_at_once(client, as_role):
    as_role("moderator")
    article = make_article()
    comments = [make_comment(article, "pending") for _ in range(3)]
    make_comment(article, "spam")
    act(client, "approve", comments[:1], select_across="1")
    assert Comment.objects.filter(state="published").count() == 3


@pytest.mark.parametrize("role", ["editor", "author"])
@pytest.mark.parametrize("action", ["approve", "reject_other", "spam", "delete_selected"])
def test_who_may_not_moderate_decides_nothing_by_a_forged_post_either(client, as_role, role, action):
    as_role(role)
    comment = make_comment(make_article(), "pending")
    data = {"action": action, "index": "0", "select_across": "0", "_selected_action": [comment.pk]}
    assert client.post(LIST, data).status_code in {302, 403, 200}
    assert state_of(comment) == "pending"
    assert comment.decisions.count() == 1


def test_a_moderator_has_no_other_action(client, as_role):
    as_role("moderator")
    comment = make_comment(make_article(), "pending")
    for action in ("delete_selected", "reject", "reject_", "erase", "publish"):
        act(client, action, [comment])
    assert state_of(comment) == "pending"


def test_the_log_is_on_the_comment_s_page_and_nothing_can_be_written(client, as_role):
    moderator = as_role("moderator")
    comment = make_comment(make_article(), "pending", email="salma@example.org", body="<b>Un</b> avis")
    comment.apply(Event.REJECT, by=moderator, reason=Reason.INSULT)
    page = client.get(f"{LIST}{comment.pk}/change/").content.decode()
    for text in ("salma@example.org", "&lt;b&gt;Un&lt;/b&gt; avis", "Envoi par un lecteur", "Injure", "règle « form »"):
        assert text in page
    assert moderator.get_username() in page
    assert 'name="_save"' not in page
    assert "<textarea" not in page
    assert client.post(f"{LIST}{comment.pk}/change/", {"body": "x"}).status_code == 403
    assert client.post(f"{LIST}{comment.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Comment.objects.get(pk=comment.pk).body == "<b>Un</b> avis"


@pytest.mark.parametrize("role", ["editor"])
def test_the_address_is_for_moderators_alone(client, as_role, role):
    as_role(role)
    comment = make_comment(make_article(), "pending", email="secret@example.org", name="Salma B.")
    for path in (LIST, f"{LIST}?state=all", f"{LIST}{comment.pk}/change/", f"{LIST}?q=Salma"):
        page = client.get(path).content.decode()
        assert "Salma B." in page
        assert "secret" not in page
    assert keys(listed(client, "?q=secret")) == []
    assert "Salma B." not in listed(client, "?q=secret@example.org")
    for query in (
        "?email=secret@example.org",
        "?email__startswith=s",
        "?network__startswith=a",
        "?user__password__startswith=p",
    ):
        response = client.get(f"{LIST}{query}")
        assert response.status_code in {302, 400}


def test_a_moderator_finds_by_address(client, as_role):
    as_role("moderator")
    comment = make_comment(make_article(), "pending", email="secret@example.org")
    make_comment(make_article(), "pending")
    assert keys(listed(client, "?q=secret@example")) == [comment.pk]


def test_the_comments_of_one_article(client, as_role):
    as_role("moderator")
    comment = make_comment(make_article(), "pending")
    make_comment(make_article(), "pending")
    assert keys(listed(client, f"?article__id__exact={comment.article_id}")) == [comment.pk]


@pytest.mark.parametrize("role", ["author", None])
def test_who_may_not_see_the_queue(client, as_role, role):
    as_role(role)
    comment = make_comment(make_article(), "pending")
    for path in (LIST, f"{LIST}add/", f"{LIST}{comment.pk}/change/"):
        assert client.get(path).status_code in {302, 403}


def test_an_editor_answers_in_the_newsroom_s_name(client, as_role):
    editor = as_role("editor")
    editor.first_name, editor.last_name = "Elissa", "Marzouk"
    editor.save()
    article = make_article()
    root = make_comment(article)
    page = client.get(f"{LIST}{root.pk}/change/").content.decode()
    link = re.search(r'href="(/admin/articles/comment/add/\?[^"]*)"', page)[1].replace("&amp;", "&")
    form = client.get(link).content.decode()
    assert f'value="{root.pk}"' in form
    data = {"article": article.pk, "parent": root.pk, "body": "Merci ! Nous corrigeons : 12 000."}
    for _double_click in range(2):
        assert client.post(f"{LIST}add/", data).status_code == 302
    answer = Comment.objects.get(user=editor)
    assert (answer.state, answer.parent, answer.name, answer.email) == ("published", root, "Elissa Marzouk", "")
    assert answer.body == "Merci\u202f! Nous corrigeons\u00a0: 12\u202f000."
    line = answer.decisions.get()
    assert (line.event, line.decided_by, line.to_state) == ("answer", editor, "published")
    article.refresh_from_db()
    assert article.comment_count == 2
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {f"Commentaire {answer.pk}"}
    assert "Elissa Marzouk" in client.get(article.get_absolute_url()).content.decode()


def test_a_login_is_never_a_signature(client, as_role):
    editor = as_role("editor")
    article = make_article()
    client.post(f"{LIST}add/", {"article": article.pk, "parent": "", "body": "Une précision."})
    assert Comment.objects.get().name == "La rédaction"
    assert editor.get_username() not in client.get(article.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", ["reply", "pending", "foreign", "off", "empty", "long", "no-article", "none"])
def test_an_answer_that_cannot_be_is_a_sentence(client, as_role, kind):
    as_role("editor")
    article = make_article(comments_policy="off" if kind == "off" else "")
    data = {"article": article.pk, "parent": "", "body": "Une précision."}
    if kind == "reply":
        data["parent"] = make_comment(article, parent=make_comment(article)).pk
    elif kind == "pending":
        data["parent"] = make_comment(article, "pending").pk
    elif kind == "foreign":
        data["parent"] = make_comment(make_article()).pk
    elif kind == "none":
        data["parent"] = "99999"
    elif kind in ("empty", "long"):
        data["body"] = "" if kind == "empty" else "a" * 5001
    elif kind == "no-article":
        data["article"] = ""
    before = Comment.objects.count()
    response = client.post(f"{LIST}add/", data)
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert Comment.objects.count() == before


def test_a_moderator_does_not_answer_without_the_permission(client, as_role):
    as_role("moderator")
    assert client.get(f"{LIST}add/").status_code == 403
    comment = make_comment(make_article())
    assert "add/?" not in client.get(f"{LIST}{comment.pk}/change/").content.decode()


def test_an_article_with_comments_is_not_deleted_in_the_admin(client, as_role):
    as_role("admin")
    article = make_article()
    make_comment(article)
    client.post(f"/admin/articles/article/{article.pk}/delete/", {"post": "yes"})
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("role", ["moderator", "editor", "admin"])
@pytest.mark.parametrize("query", ["", "?state=all", "?q=avis"])
def test_queries_do_not_grow_with_rows(client, as_role, role, query):
    as_role(role)
    counts = []
    for rows in (2, 10):
        for _ in range(rows):
            article = make_article()
            root = make_comment(article)
            make_comment(article, "pending", parent=root)
            if query == "?state=all" and rows == 2:
                make_answer(article, parent=root)
        with CaptureQueriesContext(connection) as queries:
            listed(client, query)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_log_s_queries_do_not_grow(client, as_role):
    moderator = as_role("moderator")
    comment = make_comment(make_article(), "pending")
    counts = []
    for rounds in (1, 6):
        for _ in range(rounds):
            comment.apply(Event.APPROVE, by=moderator)
            comment.apply(Event.SPAM, by=moderator)
        client.get(f"{LIST}{comment.pk}/change/")  # content types are remembered after the first page
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{LIST}{comment.pk}/change/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
