"""No lost edit, on any path: whatever the admin takes, what a colleague has saved meanwhile is there still, or is told.

Each address of the admin that takes a POST, each action, each kind of lines and each button is found by machine, and must be
tried here (A opens, B saves, A sends) or be named with the reason why nobody's words can be lost on it. Where the check and
the write could come apart, test_write_paths_at_once.py tries them at the same instant.

Past 400 lines: one path after the other, and the lists that must hold all of them.
"""

import datetime as dt
import html.parser

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import merging as tag_merging
from articles.admin.articles import CORRECT, MARK_UPDATED, SIGN
from articles.comments.models import Comment
from articles.comments.transitions import Event
from articles.models import Article, Picture, Tag
from articles.models.states import TRANSITIONS
from clusters import history, merging
from clusters.admin.clusters import StatusInline
from clusters.admin.figures import FigureInline
from clusters.editing import VersionedAdmin
from clusters.history import Act, Revision, copies, snapshots
from clusters.models import (
    Cluster,
    FormerAddress,
    Merge,
    Observation,
    Source,
    Suggestion,
)
from clusters.working import ACTIONS as COPY_ACTIONS
from tests import factories as make
from tests.articles.comments.helpers import make_comment
from tests.articles.test_autosave import Writer
from tests.clusters.full_records import FULL
from tests.clusters.imports.tables import table
from tests.clusters.imports.test_admin import PAGES, upload
from tests.clusters.test_conflicts import contested, opened, send, told
from tests.house.test_admin_pages import VERBS, names_of_pages, rows_of
from tests.house.test_history import EDITORS, RECORDS, TEXTS, asked_by, page, sent_by, unkept
from tests.house.world import build

pytestmark = pytest.mark.django_db

PROVEN: set[str] = set()
"""Names of the addresses that a test below tries."""
ALONE = {
    "login": "opens a session, and writes nothing else",
    "logout": "ends it",
    "password_change": "one’s own, which nobody else sees",
    "auth_user_password_change": "sets what nobody can read: there is nothing of a colleague’s to keep",
    "articles_article_autosave_new": "begins a record that nobody else has",
    "articles_article_share": "makes a link beside the others",
    "articles_picture_upload": "adds a picture; the same file again is the one that is there, with its own texts",
    "articles_tag_create": "adds a hashtag; one of that name is the one that is there",
    **{f"{model._meta.app_label}_{model._meta.model_name}_add": "adds a row beside the others" for model in admin.site._registry},
}  # fmt: skip
"""What takes a POST and cannot write over what somebody else has written; each with its reason."""
READ_ONLY = {
    "index", "search", "app_list", "jsi18n", "autocomplete", "view_on_site", "password_change_done", "clusters_link_choices",
    "clusters_cluster_choices", "clusters_cluster_names", "clusters_cluster_care", "clusters_cluster_paste",
    "articles_article_preview", "articles_article_framed", "articles_article_here", "articles_article_here_new",
    "articles_article_links", "articles_picture_choices",
    *(f"clusters_{one}_import_{kind}" for one in ("cluster", "observation", "source") for kind in ("csv", "xlsx")),
    *(f"{model._meta.app_label}_{model._meta.model_name}_history" for model in admin.site._registry),
    *(f"{model._meta.app_label}_{model._meta.model_name}_history_{one}" for model in EDITORS for one in ("compare", "state")),
}  # fmt: skip
"""What writes nothing, whatever is sent to it: tried below."""
NOT_CHANGED = {Observation, Comment, Merge, FormerAddress}
"""Kinds whose form nobody may send, a superuser no more than others: tried below."""
NOT_DELETED = {
    User: "an account has no text; what it wrote stays, with its name",
    Group: "a list of permissions",
    FormerAddress: "one word, which the change of a slug has written and nobody edits",
}
"""Kinds without versions that may be deleted; each with the reason why nobody’s words go with one."""
APPENDED = {
    FigureInline: "a figure is added; a correction of one that has been corrected is told",
    StatusInline: "a line of the situation is added, and what is on record is not changed",
}
"""Lines that are only added; each with what is told."""
MINE, THEIRS = "zqmine", "zqtheirs"


def proves(*names):
    PROVEN.update(names)
    return lambda test: test


class Form(html.parser.HTMLParser):
    """The form of a page that has a field of a name, as a browser sends it."""

    def __init__(self, response, name, which=""):
        super().__init__()
        self.forms, self.sent, self.area, self.choice = [], None, None, None
        self.feed(response.content.decode())
        found = [sent for action, sent in self.forms if name in sent and which in action]
        assert found, f"no form with {name}"
        self.sent = found[0]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "form":
            self.forms.append((attrs.get("action") or "", {}))
        elif not self.forms:
            return
        elif tag == "input" and name:
            kind = attrs.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in attrs:
                self.forms[-1][1].setdefault(name, [])
            elif kind not in ("submit", "image", "file"):
                self.forms[-1][1].setdefault(name, []).append(attrs.get("value") or "")
        elif tag == "button" and name:
            self.forms[-1][1].setdefault(name, [])
        elif tag == "textarea" and name:
            self.area = self.forms[-1][1].setdefault(name, [])
            self.area.append("")
        elif tag == "select" and name:
            self.choice = self.forms[-1][1].setdefault(name, [])
        elif tag == "option" and self.choice is not None and "selected" in attrs:
            self.choice.append(attrs.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        elif tag == "select":
            self.choice = None

    def handle_data(self, data):
        if self.area is not None:
            self.area[-1] += data


@pytest.fixture
def mine():
    client = Client()
    client.user = make.make_user("admin", is_superuser=True, first_name="Anna", email="anna@example.org")
    client.force_login(client.user)
    return client


@pytest.fixture
def theirs():
    client = Client()
    client.user = make.make_user("admin", is_superuser=True, first_name="Elissa", last_name="Marzouk")
    client.force_login(client.user)
    return client


def kept():
    """Give all that the factories have made its first state in the history."""
    for kind in history.registered():
        history.keep_new(kind._base_manager.all(), by=None)


def made(model, is_full=True):
    """A record with a line of every kind, its first state kept."""
    name = model._meta.model_name
    record = FULL[name]() if is_full and name in FULL else RECORDS[model]()
    kept()
    return type(record)._default_manager.get(pk=record.pk)


def text_of(model):
    return next(name for name in TEXTS if name in {one.name for one in model._meta.concrete_fields})


def written_by(client, record, value=THEIRS, **values):
    """A colleague saves another value of the record's first text."""
    response = send(client, record, opened(client, record) | {text_of(type(record)): value} | values)
    assert response.status_code == 302, response.context["errors"]


def stored(record):
    return type(record)._base_manager.get(pk=record.pk)


def is_theirs(record):
    return getattr(stored(record), text_of(type(record))) == THEIRS


def everything():
    """All rows of the database."""
    return {
        model: sorted(map(str, model._base_manager.values_list()))
        for model in apps.get_models()
        if model is not Session
    }


# -- Forms and their lines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", EDITORS)
def test_a_stale_form_is_told_and_keeps_what_was_typed(model, mine, theirs):
    record, text = made(model), text_of(model)
    sent = opened(mine, record)
    written_by(theirs, record)
    response = send(mine, record, sent | {text: MINE})
    assert [(own, other) for _label, own, other in contested(response)] == [(MINE, THEIRS)]
    assert sent_by(response)[text] == MINE
    assert is_theirs(record)


def pairs(of, value):
    """Pairs of values that a form's field may take beside the one that it has: a colleague's and mine."""
    if isinstance(of, forms.ModelChoiceField):
        found = [row.pk for row in of.queryset if str(row.pk) != str(value)]
    elif isinstance(of, forms.ChoiceField):
        found = [key for key, _label in of.choices if key and str(key) != str(value)]
    elif isinstance(of, forms.IntegerField):
        found = [71, 72]
    elif isinstance(of, forms.CharField) and not isinstance(of, forms.URLField):
        found = ["zqtheirs", "zqmine", "2010", "2011", "Q43", "Q44"]
    else:
        found = []
    return zip(found[::2], found[1::2], strict=False)


def lines_of(client, record):
    """Of each kind of lines: (inline, prefix of a stored line, a field of it, what it says, the field)."""
    response = client.get(page(type(record), "change", record.pk))
    for inline in response.context["inline_admin_formsets"]:
        for form in inline.formset.initial_forms[:1]:
            for bound in form:
                if not bound.field.widget.is_hidden and bound.name not in ("DELETE", "id"):
                    yield type(inline.opts), bound.html_name, bound.value(), bound.field


@pytest.mark.parametrize("model", [model for model, options in EDITORS.items() if options.inlines])
def test_a_stale_line_is_told(model, mine, theirs):
    """In each kind of lines the first column that takes two other values; what cannot be sent is no line that is written."""
    record, tried = made(model), set()
    for _number in range(3):
        make.make_source(), make.make_author(), make.make_sector(), make.make_programme()
    for inline, name, value, of in list(lines_of(mine, record)):
        for first, second in pairs(of, value):
            before, sent = snapshots.current(stored(record)), opened(mine, record)
            if inline in tried or send(theirs, record, opened(theirs, record) | {name: first}).status_code != 302:
                continue
            if before.is_same_state(before := snapshots.current(stored(record))):
                continue  # not a field that is written
            response = send(mine, record, sent | {name: second})
            assert len(contested(response)) == 1, (inline, name)
            assert str(sent_by(response)[name]) == str(second)
            assert snapshots.current(stored(record)).is_same_state(before)
            tried.add(inline)
    assert set(EDITORS[model].inlines) - tried - set(APPENDED) == set(), (
        "Say in APPENDED why no line of it can be lost."
    )


def test_nothing_is_edited_in_a_list():
    for options in admin.site._registry.values():
        assert not options.list_editable, options


# -- Actions on several ----------------------------------------------------------------------------------------------

ACTIONS = [
    (model, name)
    for model, options in admin.site._registry.items()
    for name in (one if isinstance(one, str) else one.__name__ for one in options.actions)
]
DECISIONS = "comments, whose actions are made of the table: tried by themselves below"


def as_on_screen(response, name, *rows):
    """What the list sends for an action on some of its rows."""
    return Form(response, "action").sent | {
        "action": name,
        ACTION_CHECKBOX_NAME: [row.pk for row in rows],
        "index": "0",
    }


def test_every_action_is_tried(mine):
    """By the names that a list really offers."""
    offered = {
        (model, name)
        for model, options in admin.site._registry.items()
        for name in options.get_actions(asked_by(mine.user))
    }
    assert {pair for pair in offered if pair[0] is not Comment} == set(ACTIONS), DECISIONS


@pytest.mark.parametrize(("model", "name"), ACTIONS)
def test_an_action_leaves_alone_what_was_saved_since_its_list_was_opened(model, name, mine, theirs):
    record, other = made(model), made(model, is_full=False)
    listed = mine.get(page(model, "changelist"))
    written_by(theirs, record)
    before, number = snapshots.current(stored(record)), stored(other).version
    response = mine.post(page(model, "changelist"), as_on_screen(listed, name, record, other))
    assert snapshots.current(stored(record)).is_same_state(before)
    assert any(THEIRS in one and "depuis" in one for one in told(mine, response)), told(mine, response)
    assert stored(other).version == number + 1, "the one that nobody has saved is done"


def test_an_action_on_a_row_that_has_left_the_filtered_list_is_told(mine, theirs):
    source = made(Source)
    query = f"{page(Source, 'changelist')}?publication__exact={source.publication}"
    listed = mine.get(query)
    history_before = stored(source).version
    with history.changing(stored(source), by=theirs.user, act=Act.WITHDRAWN) as row:
        row.publication = "withdrawn"
        row.save(update_fields=["publication"])
    response = mine.post(query, as_on_screen(listed, "publish", source))
    assert stored(source).publication == "withdrawn"
    assert stored(source).version == history_before + 1
    assert any(source.title in one and "depuis" in one for one in told(mine, response))


def test_an_action_on_all_pages_of_a_list_takes_what_nobody_has_seen(mine):
    sources = [made(Source) for _number in range(2)]
    listed = mine.get(page(Source, "changelist"))
    with history.changing(stored(sources[0]), by=None, act=Act.CHANGED):
        pass
    sent = as_on_screen(listed, "withdraw", *sources) | {"select_across": "1", "seen": []}
    mine.post(page(Source, "changelist"), sent)
    assert {stored(one).publication for one in sources} == {"withdrawn"}


@pytest.mark.parametrize("event", [Event.APPROVE, Event.SPAM])
def test_a_decision_on_a_comment_that_a_colleague_has_decided_is_told(event, mine, theirs):
    comment = make_comment(make.make_article(), "pending")
    listed = mine.get("/admin/articles/comment/")
    stored(comment).apply(Event.REJECT, by=theirs.user, reason="other")
    response = mine.post("/admin/articles/comment/", as_on_screen(listed, event.value, comment))
    assert stored(comment).state == "rejected"
    assert any("depuis que" in one for one in told(mine, response))


# -- Deleting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", EDITORS)
def test_what_was_saved_since_deleting_was_asked_is_not_deleted(model, mine, theirs):
    record = RECORDS[model]()
    kept()
    address = page(model, "delete", record.pk)
    asked = mine.get(address)
    if asked.status_code == 403:
        assert mine.post(address, {"post": "yes"}).status_code == 403
        return
    sent = Form(asked, "post").sent
    written_by(theirs, record)
    response = mine.post(address, sent)
    assert is_theirs(record)
    assert response.status_code == 200
    assert "Elissa Marzouk" in response.content.decode()
    assert mine.post(address, Form(response, "post").sent).status_code == 302, "asked again, of what it is by now"
    assert not model._base_manager.filter(pk=record.pk).exists()


@pytest.mark.parametrize("model", EDITORS)
def test_what_was_typed_into_a_form_whose_record_was_deleted_is_shown_again(model, mine):
    record = RECORDS[model]()
    if not EDITORS[model].has_delete_permission(asked_by(mine.user), record):
        return
    kept()
    sent = opened(mine, record)
    model._base_manager.filter(pk=record.pk).delete()
    response = send(mine, record, sent | {text_of(model): MINE})
    assert response.status_code == 422
    assert MINE in response.content.decode()
    assert "supprimée" in response.content.decode()
    assert not model._base_manager.filter(**{text_of(model): MINE}).exists()
    assert f'action="{page(model, "add")}"' in response.content.decode(), "sent again, it is a new one"


# -- History ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", EDITORS)
def test_a_way_back_that_was_asked_before_a_colleague_saved_is_told(model, mine, theirs):
    record = made(model)
    with history.changing(stored(record), by=None, act=Act.VERIFIED):
        pass
    address = page(model, "history_restore", record.pk, 1)
    sent = Form(mine.get(address), "version").sent
    written_by(theirs, record)
    response = mine.post(address, sent | {"why": MINE})
    assert is_theirs(record)
    assert response.status_code == 200
    assert MINE in response.content.decode()
    assert "Rien n’a changé" in response.content.decode()


@pytest.mark.parametrize("model", EDITORS)
def test_a_name_that_a_colleague_has_given_a_version_meanwhile_is_not_written_over(model, mine, theirs):
    record = made(model)
    shown, address = page(model, "history_state", record.pk, 1), page(model, "history_name", record.pk, 1)
    sent = Form(mine.get(shown), "name").sent
    theirs.post(address, Form(theirs.get(shown), "name").sent | {"name": THEIRS})
    response = mine.post(address, sent | {"name": MINE})
    assert Revision.objects.of(record).get(number=1).name == THEIRS
    page_shown = response.content.decode()
    assert response.status_code == 409
    assert THEIRS in page_shown
    assert MINE in page_shown
    assert mine.post(address, Form(response, "name").sent).status_code == 302, "sent again, it is meant"
    assert Revision.objects.of(record).get(number=1).name == MINE


# -- An article’s steps, buttons and pages ---------------------------------------------------------------------------


@pytest.fixture
def out(editor):
    """A published article."""
    article = make.make_article(title="Le titre", body="<p>Un.</p>\n<p>Deux.</p>", sources=[make.make_source()])
    history.keep(article, by=editor, act=Act.PUBLISHED)
    return article


@pytest.fixture
def draft(editor):
    article = make.make_draft(title="Le titre", body="<p>Un.</p>\n<p>Deux.</p>", sources=[make.make_source()])
    history.keep(article, by=editor, act=Act.CREATED)
    return article


def in_state(article, states):
    with history.changing(stored(article), by=None, act=Act.CHANGED) as row:
        row.state = sorted(states)[0]
        row.published_at = timezone.now().replace(microsecond=0) if row.state in ("published", "withdrawn") else None
        row.save(update_fields=["state", "published_at"])
    return stored(article)


@proves(*(f"articles_article_{one}" for one in ("submit", "publish", "send_back", "withdraw")))
@pytest.mark.parametrize("action", ["submit", "publish", "send_back", "withdraw"])
def test_a_step_that_was_asked_before_a_colleague_saved_is_told(action, draft, mine, theirs):
    article = in_state(draft, TRANSITIONS[action][0])
    address = reverse(f"admin:articles_article_{action}", args=[article.pk])
    sent = Form(mine.get(address), "version").sent
    with history.changing(stored(article), by=theirs.user, act=Act.CHANGED) as row:
        row.title = THEIRS
        row.save(update_fields=["title"])
    response = mine.post(address, sent | ({"words": MINE} if "words" in sent else {}))
    assert is_theirs(article)
    assert stored(article).state == article.state
    assert "depuis l’ouverture de cette page" in response.content.decode()
    assert "words" not in sent or MINE in response.content.decode()


@pytest.mark.parametrize("button", [*TRANSITIONS, MARK_UPDATED, CORRECT, SIGN])
def test_a_button_of_a_stale_form_is_told(button, draft, mine, theirs):
    states = TRANSITIONS[button][0] if button in TRANSITIONS else {"published"} if button != SIGN else {"draft"}
    article = in_state(draft, states)
    sent = opened(mine, article)
    written_by(theirs, article)
    before = snapshots.current(stored(article)), stored(article).working_copy
    extra = {"_state": button, "correction": "un nom", "what_changed": "un chiffre"}
    response = mine.post(page(Article, "change", article.pk), sent | {"title": MINE} | extra)
    assert [(own, other) for _label, own, other in contested(response)] == [(MINE, THEIRS)]
    assert snapshots.current(stored(article)).is_same_state(before[0])
    assert stored(article).working_copy == before[1]


COPY_BUTTONS = ("publish", *COPY_ACTIONS)
SAVING = ("publish", "schedule", "submit")
"""Those of them that save the form first."""


def head(article):
    return Revision.objects.of(article).filter(number=stored(article).working_copy).first()


def drafted(client, article, value):
    """A colleague writes in the working copy."""
    written_by(client, article, value)
    return head(article)


@pytest.mark.parametrize("button", SAVING)
def test_a_stale_form_neither_publishes_nor_schedules_nor_hands_in_a_working_copy(button, out, mine, theirs):
    drafted(mine, out, "Première copie")
    sent = opened(mine, out)
    copy = drafted(theirs, out, THEIRS)
    when = timezone.localtime() + dt.timedelta(days=2)
    at = {"copy_due_at_0": f"{when:%d/%m/%Y}", "copy_due_at_1": "08:00"}
    response = mine.post(page(Article, "change", out.pk), sent | {"title": MINE, "_copy": button} | at)
    assert [(own, other) for _label, own, other in contested(response)] == [(MINE, THEIRS)]
    assert head(out) == copy
    assert (stored(out).title, stored(out).copy_due_at, stored(out).copy_in_review) == ("Le titre", None, False)


@pytest.mark.parametrize("button", [one for one in COPY_BUTTONS if one not in SAVING])
def test_a_decision_about_a_copy_that_a_colleague_has_written_in_is_told(button, out, mine, theirs):
    drafted(mine, out, "Première copie")
    copies.schedule(stored(out), timezone.now() + dt.timedelta(days=1), by=mine.user)
    copies.ask_to_read(stored(out), True)
    sent = opened(mine, out)
    drafted(theirs, out, THEIRS)
    before = stored(out)
    response = mine.post(page(Article, "change", out.pk), sent | {"_copy": button, "description": MINE})
    now = stored(out)
    for name in ("working_copy", "copy_due_at", "copy_in_review", "version"):
        assert getattr(now, name) == getattr(before, name), name
    assert head(out).snapshot.fields["title"] == THEIRS
    assert response.status_code == 409
    shown = response.content.decode()
    assert MINE in shown
    assert "Elissa Marzouk" in shown


def test_of_two_hours_that_are_set_for_a_copy_the_first_is_told(out, mine, theirs):
    drafted(mine, out, "Première copie")
    later = [timezone.localtime() + dt.timedelta(days=days) for days in (2, 3)]
    at = [{"copy_due_at_0": f"{one:%d/%m/%Y}", "copy_due_at_1": "08:00"} for one in later]
    sent = Form(mine.get(page(Article, "change", out.pk)), "copy_due_at_0").sent
    sent = opened(mine, out) | {key: value for key, value in sent.items() if "copy_due" in key}
    copies.schedule(stored(out), timezone.make_aware(dt.datetime(2090, 1, 1, 8)), by=theirs.user)
    response = mine.post(page(Article, "change", out.pk), sent | at[0] | {"_copy": "schedule"})
    assert stored(out).copy_due_at.year == 2090
    assert any("2090" in one for one in told(mine, response))


def test_an_hour_that_a_colleague_has_changed_is_not_taken_back_unseen(out, mine, theirs):
    drafted(mine, out, "Première copie")
    copies.schedule(stored(out), timezone.make_aware(dt.datetime(2089, 1, 1, 8)), by=mine.user)
    sent = Form(mine.get(page(Article, "change", out.pk)), "copy_due_at_0").sent
    sent = opened(mine, out) | {key: value for key, value in sent.items() if "copy_due" in key}
    copies.schedule(stored(out), timezone.make_aware(dt.datetime(2090, 1, 1, 8)), by=theirs.user)
    response = mine.post(page(Article, "change", out.pk), sent | {"_copy": "unschedule"})
    assert stored(out).copy_due_at.year == 2090
    assert (
        "2090" in response.content.decode()
        if response.status_code != 302
        else any("2090" in one for one in told(mine, response))
    )


def test_every_button_of_a_working_copy_is_tried():
    assert set(COPY_BUTTONS) == {"publish", "schedule", "unschedule", "submit", "reviewed", "drop"}
    assert set(SAVING) <= set(COPY_BUTTONS)


@proves("articles_article_autosave")
def test_an_automatic_save_writes_over_nobody(draft, out, mine, theirs):
    for article, newest in ((draft, stored), (out, lambda one: head(one).snapshot)):
        writer = Writer(mine, article)
        written_by(theirs, article, THEIRS)
        answer = writer.save(title=MINE, description="D’autre chose.")
        assert answer["contested"] == ["Titre"]
        found = newest(article)
        values = found.fields if hasattr(found, "fields") else vars(found)
        assert (values["title"], values["description"]) == (THEIRS, "D’autre chose.")
        response = writer.press_save()
        assert [(own, other) for _label, own, other in contested(response)] == [(MINE, THEIRS)]


@proves("articles_article_mentions")
def test_linking_a_mention_takes_the_text_as_it_is_by_then(mine, theirs):
    cluster = make.make_cluster(name="Cluster Solaire")
    article = make.make_draft(body="<p>Le Cluster Solaire grandit.</p>\n<p>Fin.</p>")
    history.keep_new([article], by=None)
    sent = Form(mine.get("/admin/articles/article/mentions/"), "mention").sent
    written_by(theirs, article, body=f"<p>Le Cluster Solaire grandit.</p>\n<p>{THEIRS}</p>")
    mine.post("/admin/articles/article/mentions/", sent | {"mention": [f"{article.pk}:{cluster.public_id}"]})
    assert THEIRS in stored(article).body
    assert is_theirs(article)
    assert cluster.public_id in stored(article).body


@proves("articles_article_remarks")
def test_remarks_stand_beside_each_other_and_are_settled_once(draft, mine, theirs):
    address = reverse("admin:articles_article_remarks", args=[draft.pk])
    mine.post(address, {"body": MINE})
    remark = draft.remarks.get()
    theirs.post(address, {"body": THEIRS})
    theirs.post(address, {"settle": remark.pk})
    first = draft.remarks.get(pk=remark.pk)
    mine.post(address, {"settle": remark.pk})
    again = draft.remarks.get(pk=remark.pk)
    assert (again.settled_by, again.settled_at) == (theirs.user, first.settled_at)
    assert sorted(draft.remarks.values_list("body", flat=True)) == [MINE, THEIRS]


@proves("articles_article_revoke")
def test_a_link_is_ended_once(draft, mine, theirs):
    link = draft.share_links.model.objects.share(draft, mine.user, "")
    address = reverse("admin:articles_article_revoke", args=[draft.pk, link.pk])
    theirs.post(address)
    ended = draft.share_links.get().revoked_at
    mine.post(address)
    assert (draft.share_links.get().revoked_by, draft.share_links.get().revoked_at) == (theirs.user, ended)


@proves("articles_series_parts")
def test_an_order_of_a_series_that_a_colleague_has_changed_is_told(mine, theirs):
    series = make.make_series()
    parts = [
        make.make_article(title=title, series=series, series_position=place) for place, title in enumerate("ABC", 1)
    ]
    for part in parts:
        history.keep_new([part], by=None)
    address = reverse("admin:articles_series_parts", args=[series.pk])
    sent = Form(mine.get(address), "part").sent
    theirs.post(address, Form(theirs.get(address), "part").sent | {f"position-{parts[0].pk}": "9"})
    order = list(Article.objects.filter(series=series).order_by("series_position"))
    assert order[-1] == parts[0]
    response = mine.post(address, sent | {f"position-{parts[1].pk}": "8"})
    assert response.status_code == 409
    assert list(Article.objects.filter(series=series).order_by("series_position")) == order
    assert response.context["parts"][-1] == parts[1], "my order is on the page"


def test_an_article_that_a_colleague_has_put_in_another_series_is_not_moved(mine, theirs):
    series, other = make.make_series(title="Le mien"), make.make_series(title="Le sien")
    article = make.make_article()
    address = reverse("admin:articles_series_parts", args=[series.pk])
    mine.get(address)
    theirs.post(reverse("admin:articles_series_parts", args=[other.pk]), {"add": "1", "article": article.pk})
    response = mine.post(address, {"add": "1", "article": article.pk})
    assert stored(article).series == other
    assert "Le sien" in response.content.decode()


# -- Hashtags, clusters and pictures ---------------------------------------------------------------------------------


@proves("articles_tag_merge", "clusters_cluster_merge")
@pytest.mark.parametrize("model", [Tag, Cluster])
def test_a_merge_that_was_asked_before_a_colleague_saved_is_told(mine, theirs, model):
    loser, survivor = made(model), made(model, is_full=False)
    address = f"{page(model, 'merge', loser.pk)}?with={survivor.pk}"
    sent = Form(mine.get(address), "versions").sent
    written_by(theirs, survivor)
    response = mine.post(address, sent | {"reason": MINE})
    assert is_theirs(survivor)
    assert stored(loser).merged_into is None
    assert MINE in response.content.decode()


@proves("articles_tag_unmerge")
def test_parting_hashtags_leaves_alone_what_a_colleague_has_tagged_since(mine, theirs):
    loser, survivor, third = make.make_tag(), make.make_tag(), make.make_tag()
    article, other = make.make_draft(tags=[loser]), make.make_draft(tags=[loser])
    kept()
    tag_merging.merge(loser, survivor, by=mine.user)
    written_by(theirs, stored(article), tags=[third.pk])
    response = mine.post(reverse("admin:articles_tag_unmerge", args=[loser.pk]))
    assert list(article.tags.all()) == [third]
    assert is_theirs(article)
    assert list(other.tags.all()) == [loser]
    assert any(THEIRS in one for one in told(mine, response))
    assert unkept() == []


@proves("clusters_merge_undo")
def test_undoing_a_merge_leaves_alone_what_a_colleague_has_written_since(mine, theirs):
    loser, survivor = make.make_cluster(), make.make_cluster()
    make.make_name(loser, value="Ancien nom", kind="former")
    kept()
    done = merging.merge(loser, survivor, by=mine.user, reason="la même association")
    moved = stored(survivor).names.get(value="Ancien nom")
    form = opened(theirs, stored(survivor))
    (prefix,) = [key.removesuffix("id") for key, value in form.items() if key.startswith("names-") and key.endswith("-id") and value == moved.pk]  # fmt: skip
    written_by(theirs, stored(survivor), **{f"{prefix}value": "Nom repris"})
    mine.post(reverse("admin:clusters_merge_undo", args=[done.pk]))
    assert is_theirs(survivor)
    values = {name.value for one in (loser, survivor) for name in stored(one).names.all()}
    assert "Nom repris" in values
    assert unkept() == []


@proves("clusters_cluster_verify")
def test_one_press_that_notes_a_record_as_verified_writes_its_day_alone(mine, theirs):
    cluster = made(Cluster)
    mine.get("/admin/clusters/cluster/care/")
    written_by(theirs, cluster)
    mine.post(reverse("admin:clusters_cluster_verify", args=[cluster.pk]))
    now = stored(cluster)
    assert (now.name, now.verified_by) == (THEIRS, mine.user)
    assert unkept() == []


@proves("articles_picture_texts")
def test_a_text_that_a_colleague_has_given_a_picture_is_not_written_over(mine, theirs):
    picture = make.make_picture(alt="", credit="")
    history.keep_new([picture], by=None)
    address = "/admin/articles/picture/texts/"
    sent = Form(mine.get(address), "picture").sent
    with history.changing(stored(picture), by=theirs.user, act=Act.CHANGED) as row:
        row.alt = THEIRS
        row.save(update_fields=["alt"])
    response = mine.post(address, sent | {f"p{picture.pk}-alt": MINE})
    assert stored(picture).alt == THEIRS
    shown = response.content.decode()
    assert MINE in shown
    assert THEIRS in shown


@pytest.mark.parametrize("kind", ["file", "focus"])
def test_another_file_or_focus_that_a_colleague_has_given_a_picture_is_not_written_over(kind, mine, theirs):
    picture = made(Picture)
    own, other = (
        ({"file": make.picture_file((60, 40))}, {"file": make.picture_file((90, 30))})
        if kind == "file"
        else ({"focus_x": "10", "focus_y": "10"}, {"focus_x": "90", "focus_y": "90"})
    )
    sent = opened(mine, picture)
    assert send(theirs, picture, opened(theirs, picture) | other).status_code == 302
    before = snapshots.current(stored(picture))
    response = send(mine, picture, sent | own)
    assert contested(response)
    assert snapshots.current(stored(picture)).is_same_state(before)


# -- What comes from outside -----------------------------------------------------------------------------------------


@proves("clusters_suggestion_change")
@pytest.mark.parametrize("decision", ["accept", "reject", "duplicate"])
def test_a_correction_that_a_colleague_has_decided_is_told(decision, mine, theirs):
    cluster = make.make_cluster(city="Rabat")
    history.keep_new([cluster], by=None)
    suggestion, other = (make.make_suggestion(cluster, field="city", proposed="Salé") for _number in range(2))
    address = page(Suggestion, "change", suggestion.pk)
    sent = Form(mine.get(address), "reply").sent
    theirs.post(address, {"decision": "reject", "reply": THEIRS})
    response = mine.post(address, sent | {"decision": decision, "reply": MINE, "duplicate_of": other.pk})
    now = stored(suggestion)
    assert (now.state, now.reply, stored(cluster).city) == ("rejected", THEIRS, "Rabat")
    assert MINE in response.content.decode()


def test_a_correction_is_not_accepted_over_what_a_colleague_has_written_in_the_record(mine, theirs):
    cluster = make.make_cluster(city="Rabat")
    history.keep_new([cluster], by=None)
    suggestion = make.make_suggestion(cluster, field="city", proposed="Salé")
    address = page(Suggestion, "change", suggestion.pk)
    sent = Form(mine.get(address), "reply").sent
    written_by(theirs, cluster, city="Fès")
    response = mine.post(address, sent | {"decision": "accept", "reply": MINE})
    assert (stored(cluster).city, stored(suggestion).state) == ("Fès", "new")
    assert response.status_code == 422
    assert MINE in response.content.decode()


IMPORTED = {
    "cluster": lambda one: ({"adresse de la fiche": one.slug, "ville": "Salé"}, Cluster, {"city": "Fès"}),
    "source": lambda one: ({"adresse de la fiche": one.slug, "titre": MINE}, Source, {}),
}


@proves("clusters_cluster_import", "clusters_source_import")
@pytest.mark.parametrize("kind", IMPORTED)
def test_an_import_that_was_shown_before_a_colleague_saved_is_shown_again(kind, mine, theirs, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    record = made({"cluster": Cluster, "source": Source}[kind])
    row, _model, values = IMPORTED[kind](record)
    shown = upload(mine, table([row]), PAGES[kind], f"{kind}.csv")
    token = Form(shown, "token").sent["token"][:1]
    written_by(theirs, record, **values)
    before = snapshots.current(stored(record))
    response = mine.post(PAGES[kind], {"token": token})
    assert response.status_code == 200
    assert response.context["is_overtaken"]
    assert snapshots.current(stored(record)).is_same_state(before)


@proves("clusters_observation_import")
def test_an_import_of_figures_does_not_correct_one_that_a_colleague_has_corrected(mine, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    cluster, source = make.make_cluster(slug="solaire"), make.make_source(slug="etude")
    indicator = make.make_indicator(code="adherents", label="Adhérents")
    old = make.make_observation(cluster, indicator=indicator, source=source, value="80", dated="2020")
    row = {
        "cluster": "solaire", "indicateur": "adherents", "valeur": "90", "source": "etude", "date": "2020",
        "remplace": str(old.pk),
    }  # fmt: skip
    shown = upload(mine, table([row]), PAGES["observation"], "chiffres.csv")
    token = Form(shown, "token").sent["token"][:1]
    newer = make.make_observation(cluster, indicator=indicator, source=source, value="85", dated="2020", supersedes=old)
    response = mine.post(PAGES["observation"], {"token": token})
    assert response.status_code == 200
    assert response.context["is_overtaken"]
    assert list(Observation.objects.filter(supersedes=old)) == [newer]


# -- Accounts --------------------------------------------------------------------------------------------------------


@proves("auth_user_change")
def test_a_stale_form_of_an_account_gives_no_role_back(mine, theirs):
    account = make.make_user("editor", first_name="Sana")
    sent = opened(mine, account)
    assert send(theirs, account, opened(theirs, account) | {"groups": [], "first_name": THEIRS}).status_code == 302
    response = send(mine, account, sent | {"first_name": MINE, "email": "sana@example.org"})
    assert response.status_code == 200
    now = stored(account)
    assert (now.first_name, now.groups.count(), now.email) == (THEIRS, 0, "")
    shown = response.content.decode()
    assert MINE in shown
    assert THEIRS in shown
    assert send(mine, account, sent_by(response)).status_code == 302, "sent again, it is meant"
    assert stored(account).first_name == MINE


@proves("auth_group_change")
def test_a_stale_form_of_a_group_gives_no_permission_back(mine, theirs):
    group = Group.objects.create(name="Essai")
    group.permissions.set(Group.objects.get(name="moderator").permissions.all())
    sent = opened(mine, group)
    assert send(theirs, group, opened(theirs, group) | {"permissions": []}).status_code == 302
    assert send(mine, group, sent | {"name": MINE}).status_code == 302
    assert (stored(group).name, group.permissions.count()) == (MINE, 0), "of what each has set apart, both stand"


# -- All of them -----------------------------------------------------------------------------------------------------


def unlisted(names):
    """Addresses of the admin of which nobody says what becomes of a colleague’s words."""
    known = PROVEN | set(ALONE) | READ_ONLY
    for model, options in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        known.add(f"{name}_changelist")  # its actions are counted above, and nothing is edited in it
        if isinstance(options, VersionedAdmin):
            known |= {f"{name}_{one}" for one in ("change", "delete", "history_restore", "history_name")}
        if model in NOT_CHANGED:
            known.add(f"{name}_change")
        if model in NOT_DELETED or model in NOT_CHANGED or model is Suggestion:
            known.add(f"{name}_delete")
    return sorted(set(names) - known)


def test_every_way_to_write_is_tried_or_has_its_reason():
    assert unlisted(names_of_pages()) == []
    names = set(names_of_pages()) | {
        f"{model._meta.app_label}_{model._meta.model_name}_{one}" for model in admin.site._registry for one in VERBS
    }
    assert (PROVEN | set(ALONE) | READ_ONLY) - names == set(), "addresses that are there no more"
    assert PROVEN.isdisjoint(ALONE)
    assert PROVEN.isdisjoint(READ_ONLY)
    assert READ_ONLY.isdisjoint(ALONE)


def test_a_new_address_is_found():
    assert unlisted([*names_of_pages(), "articles_article_new"]) == ["articles_article_new"]


def test_a_new_admin_is_found(monkeypatch):
    monkeypatch.setitem(admin.site._registry, Session, admin.ModelAdmin(Session, admin.site))
    names = [f"sessions_session_{one}" for one in VERBS]
    assert unlisted(names) == [
        "sessions_session_add",
        "sessions_session_change",
        "sessions_session_delete",
        "sessions_session_history",
    ]


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_what_is_read_only_writes_nothing(name, mine):
    w = build()
    rows, address = rows_of(w), None
    model = next(
        (one for one in admin.site._registry if name.startswith(f"{one._meta.app_label}_{one._meta.model_name}_")), None
    )
    record = rows[model][0] if model else w.article
    kept()
    for arguments in ([], [record.pk], [record.pk, 1], ["articles"], ["csv"], [1, record.pk]):
        try:
            address = reverse(f"admin:{name}", args=arguments)
            break
        except Exception:
            continue
    assert address, name
    sent = opened(mine, w.article) if name.startswith("articles_article") else {}
    before = everything()
    mine.post(
        address, sent | {"title": MINE, "name": MINE, "label": MINE, "html": "<p>x</p>", "version": "1", "post": "yes"}
    )
    assert everything() == before


@pytest.mark.parametrize("model", sorted(NOT_CHANGED, key=lambda one: one.__name__))
def test_what_is_not_changed_takes_no_form(model, mine):
    row = rows_of(build())[model][0]
    before = everything()
    for verb in ("change", *(() if model in NOT_DELETED else ("delete",))):
        assert (
            mine.post(page(model, verb, row.pk), {"body": MINE, "post": "yes", "decision": "accept"}).status_code == 403
        )
    assert everything() == before


def test_an_editor_that_compares_nothing_is_found(mine, theirs, monkeypatch):
    """Lest what is tried be what could not go wrong."""
    monkeypatch.setattr(VersionedAdmin, "_catch_up", lambda self, request, object_id, sent: None)
    record = made(Source)
    sent = opened(mine, record)
    written_by(theirs, record)
    response = send(mine, record, sent | {"version": stored(record).version, "title": MINE})
    assert response.status_code == 302
    assert not is_theirs(record)
