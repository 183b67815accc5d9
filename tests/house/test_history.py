"""Nothing of a record is written without being kept: every editor of both rooms, each of its ways to write, every field and line.

The invariant that is looked at after each: of every record, the last version that is kept is what the database holds.

Past 400 lines: each way to write is tried on each kind of record, and asked the same.
"""

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group, User
from django.db import models
from django.forms.models import BaseModelFormSet
from django.test import Client, RequestFactory
from django.urls import reverse

from articles.comments.models import Comment
from articles.models import Article, Author, Picture, Series, Tag
from clusters import history
from clusters.admin.records import RecordAdmin
from clusters.editing import EditorAdmin, VersionedAdmin
from clusters.history import Act, Revision, snapshots
from clusters.models import (
    Cluster,
    ClusterName,
    FormerAddress,
    Indicator,
    MapSettings,
    Merge,
    Observation,
    Programme,
    Sector,
    Source,
    Suggestion,
)
from tests import factories as make
from tests.house.test_admin_pages import PEOPLE, answered, person
from tests.house.world import addresses, build, read

pytestmark = pytest.mark.django_db

EDITORS = {model: options for model, options in admin.site._registry.items() if isinstance(options, VersionedAdmin)}
NOT_ITS_PARTS = {
    ("Article", "comments"): "readers' words have a log of their own",
    ("Article", "share_links"): "a link to what the article says; who made and ended it stands on it",
    ("Article", "remarks"): "what colleagues said of it is no part of it, and nobody goes back to it",
    ("Article", "body_pictures"): "found again from the body at each save",
    ("Article", "links"): "read from the text, which is kept",
}
"""Rows that go with a record when it is deleted, and are no part of its state; each with its reason."""
NO_VERSIONS = {
    User: "an account is no content; the admin's log has who changed it",
    Group: "the newsroom's roles are written in config/roles.py",
    Comment: "readers' words are not edited, and every decision on them has a line in a log of its own",
    Observation: "a figure is never changed: a correction is a new one",
    Suggestion: "decided once, with who and when",
    FormerAddress: "written once by a change of slug, which the record's own history has",
    Merge: "made and undone, each once, with who and when; the records that it touches are kept",
}
"""What the admin shows and nobody can overwrite, or that is no record; each with its reason."""
NO_COLUMN = {"version", "replaces", "contested", "why", "logo_file", "what_changed", "correction", "file", "cover_file"}
"""Fields of forms that are no columns; a file gives the column that it fills: `logo`, `digest`, `cover`."""
TEXTS = ("title", "name", "label", "note", "caption")
"""Columns of which each kind of record has one at least, the first of them changed by the tests."""
RECORDS = {
    Cluster: make.make_cluster,
    Programme: make.make_programme,
    Source: make.make_source,
    Sector: make.make_sector,
    Indicator: make.make_indicator,
    MapSettings: lambda: MapSettings.objects.create(pk=1),
    Article: make.make_draft,
    Author: make.make_author,
    Tag: make.make_tag,
    Series: make.make_series,
    Picture: make.make_picture,
}


def unkept():
    """Records whose last kept version is not what the database holds, or has another number."""
    faults = []
    for model in history.registered():
        for record in model._base_manager.all():
            last = Revision.objects.of(record).live().first()  # a working copy is no state of the rows
            if last is None:
                faults.append(f"{record._meta.label} {record.pk}: nothing kept")
            elif not last.snapshot.is_same_state(snapshots.current(record)):
                faults.append(f"{record._meta.label} {record.pk}: version {last.number} is not what is stored")
            elif last.number > record.version:
                faults.append(f"{record._meta.label} {record.pk}: version {last.number} of {record.version}")
    return faults


def asked_by(user):
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def page(model, name, *ids):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=ids)


def typed(form):
    """What a browser sends of a form."""
    sent = {}
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        if hasattr(widget, "decompress") and not isinstance(value, (list, tuple)):
            parts = widget.decompress(value)
            sent |= {f"{bound.html_name}_{place}": part or "" for place, part in enumerate(parts)}
        elif isinstance(value, bool):
            sent |= {bound.html_name: "on"} if value else {}
        elif value is not None:
            sent[bound.html_name] = (
                [getattr(one, "pk", one) for one in value] if isinstance(value, (list, tuple)) else value
            )
    return sent


def sent_by(response, with_lines=True):
    """What the page of a form sends when nothing is changed; without its lines if it is to be added."""
    sent = typed(response.context["adminform"].form)
    for inline in response.context["inline_admin_formsets"]:
        formset: BaseModelFormSet = inline.formset
        sent |= typed(formset.management_form)
        if with_lines:
            for form in formset.initial_forms:
                sent |= typed(form)
        else:
            sent[f"{formset.prefix}-INITIAL_FORMS"] = 0
        sent[f"{formset.prefix}-TOTAL_FORMS"] = formset.initial_form_count() if with_lines else 0
    return {name: value for name, value in sent.items() if value is not None}


def every_row():
    """One record of each kind, with its first state kept, and whoever may do everything."""
    rows = {model: factory() for model, factory in RECORDS.items()}
    for model in history.registered():  # those that the factories made beside them too
        history.keep_new(model._base_manager.all(), by=None)
    return rows, make.make_user("admin", is_superuser=True)


# -- What is kept ----------------------------------------------------------------------------------------------------


def versionless():
    """What is edited in the admin without a version, and is not named as needing none."""
    return {model for model, options in admin.site._registry.items() if not isinstance(options, VersionedAdmin)} - set(
        NO_VERSIONS
    )


def test_every_editor_with_versions_has_a_history_and_the_other_way_round():
    assert set(EDITORS) == set(history.registered()) == set(RECORDS)


def test_whatever_is_edited_has_versions_or_says_why_not():
    assert versionless() == set()
    assert set(NO_VERSIONS).isdisjoint(EDITORS)


def test_an_editor_without_versions_is_found(monkeypatch):
    monkeypatch.setitem(admin.site._registry, ClusterName, EditorAdmin(ClusterName, admin.site))
    assert versionless() == {ClusterName}


@pytest.mark.parametrize("model", EDITORS)
def test_every_field_of_the_form_is_kept(model):
    user = make.make_user("admin", is_superuser=True)
    kept = history.kept_of(model)
    names = {field.name for field in kept.fields} | {relation.name for relation in kept.many}
    for record in (None, RECORDS[model]()):
        form = EDITORS[model].get_form(asked_by(user), record, change=record is not None)
        assert set(form.base_fields) - names - NO_COLUMN == set()


@pytest.mark.parametrize("model", EDITORS)
def test_every_line_of_the_form_is_kept_with_all_its_fields(model):
    kept, request = history.kept_of(model), asked_by(make.make_user("admin", is_superuser=True))
    lines = {kept.model_of(one): one for one in kept.lines}
    for inline in EDITORS[model].get_inline_instances(request, RECORDS[model]()):
        assert inline.model in lines, inline
        if not lines[inline.model].is_appended:
            shown = set(inline.fields or ()) - set(inline.readonly_fields)
            assert shown - {field.name for field in kept.fields_of(lines[inline.model])} == set(), inline


@pytest.mark.parametrize("model", EDITORS)
def test_whatever_goes_with_a_record_is_part_of_its_state(model):
    kept = history.kept_of(model)
    known = {one.relation for one in kept.lines}
    for relation in model._meta.related_objects:
        if relation.on_delete is models.CASCADE and (model.__name__, relation.name) not in NOT_ITS_PARTS:
            automatic = relation.related_model._meta.auto_created
            assert automatic or relation.name in known, relation


@pytest.mark.parametrize("model", EDITORS)
def test_lines_keep_all_that_an_editor_may_fill_in(model):
    kept = history.kept_of(model)
    for one in kept.lines:
        if not one.is_appended:
            key = kept.key_of(one)
            columns = {
                field.name
                for field in kept.model_of(one)._meta.concrete_fields
                if field.editable and not field.primary_key
            }
            assert columns - {key.name} == {field.name for field in kept.fields_of(one)}, one.relation


@pytest.mark.parametrize("model", EDITORS)
def test_nothing_is_edited_in_a_list(model):
    """A list sends no version: it would overwrite in silence."""
    assert not EDITORS[model].list_editable


# -- Every way to write ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", EDITORS)
def test_adding_and_changing_is_kept_with_its_reason(model, client):
    rows, user = every_row()
    client.force_login(user)
    record = rows[model]
    sent = sent_by(client.get(page(model, "change", record.pk)))
    assert "why" in sent or "why" in client.get(page(model, "change", record.pk)).context["adminform"].form.fields
    text = next(name for name in TEXTS if name in sent)
    response = client.post(
        page(model, "change", record.pk), sent | {text: "AutreNom", "why": "une raison", "_continue": "1"}
    )
    assert response.status_code == 302, response.context["errors"]
    last = Revision.objects.of(record).first()
    assert (last.number, last.act, last.why, last.by) == (2, "changed", "une raison", user)
    assert unkept() == []
    if not EDITORS[model].has_add_permission(asked_by(user)):
        return
    added = sent_by(client.get(page(model, "change", record.pk)), with_lines=False) | {
        "slug": "un-nouveau",
        "code": "un-nouveau",
        text: "UnNouveau",
    }
    if "publication" in added:
        added["publication"] = "draft"
    if model is Picture:
        added["file"] = make.picture_file((80, 45))
    response = client.post(page(model, "add"), added | {"_continue": "1"})
    assert response.status_code == 302, response.context["errors"]
    last = Revision.objects.of(model._default_manager.get(**{text: "UnNouveau"})).get()
    assert (last.number, last.act, last.by) == (1, "created", user)
    assert unkept() == []


@pytest.mark.parametrize("model", EDITORS)
def test_of_two_forms_opened_at_once_the_second_is_told(model, client):
    rows, user = every_row()
    client.force_login(user)
    address = page(model, "change", rows[model].pk)
    sent = sent_by(client.get(address))
    text = next(name for name in TEXTS if name in sent)
    assert client.post(address, sent | {text: "Premier", "_continue": "1"}).status_code == 302
    second = client.post(address, sent | {text: "Second", "_continue": "1"})
    assert second.status_code == 200
    conflict = second.context["adminform"].form.conflict
    assert [(one.mine, one.theirs) for one in conflict.contested] == [("Second", "Premier")]
    assert getattr(model._default_manager.get(pk=rows[model].pk), text) == "Premier"
    knowingly = {text: "Second", "replaces": conflict.version, "_continue": "1"}
    assert client.post(address, sent | knowingly).status_code == 302
    assert getattr(model._default_manager.get(pk=rows[model].pk), text) == "Second"
    assert unkept() == []


HANDED_IN = "submit_several"


@pytest.mark.parametrize("model", EDITORS)
def test_every_action_is_kept(model, client):
    rows, user = every_row()
    client.force_login(user)
    names = set(EDITORS[model].get_actions(asked_by(user)))
    assert names or not isinstance(EDITORS[model], RecordAdmin)
    for name in sorted(names, key=lambda one: (one != HANDED_IN, one)):  # what is out is not handed in any more
        before = model._default_manager.get(pk=rows[model].pk).version
        client.post(page(model, "changelist"), {"action": name, ACTION_CHECKBOX_NAME: [rows[model].pk], "index": 0})
        last = Revision.objects.of(rows[model]).first()
        assert last.number == before + 1, name
        assert (last.act == Act.CHANGED) is (name == HANDED_IN), name
        assert unkept() == []


def test_every_button_of_an_article_is_kept(client):
    rows, user = every_row()
    client.force_login(user)
    article = rows[Article]
    acts = []
    for button in ("submit", "approve", "send_back", "publish", "mark_updated", "correct", "withdraw"):
        sent = sent_by(client.get(page(Article, "change", article.pk)))
        response = client.post(
            page(Article, "change", article.pk),
            sent | {"_state": button, "what_changed": "un chiffre", "correction": "un nom"},
        )
        assert response.status_code == 302, button
        assert unkept() == [], button
        acts.append(Revision.objects.of(article).first().act)
    assert acts == ["changed", "changed", "changed", "published", "changed", "changed", "withdrawn"]


def test_a_figure_recorded_apart_is_in_the_history_of_what_it_is_about(client):
    rows, user = every_row()
    client.force_login(user)
    other, indicator = make.make_cluster(), make.make_indicator()
    history.keep_new([other, other.sectors.get(), indicator], by=None)
    figure = {
        "indicator": indicator.pk,
        "source": rows[Source].pk,
        "value": "80",
        "precision": "exact",
        "rank": "normal",
    }
    for about in (
        {"scope": "joint", "about": [rows[Cluster].pk, other.pk]},
        {"scope": "programme", "programme": rows[Programme].pk, "value": "81"},
    ):
        assert client.post("/admin/clusters/observation/add/", figure | about).status_code == 302
    assert unkept() == []
    for record in (rows[Cluster], other, rows[Programme]):
        last = Revision.objects.of(record).first()
        assert (last.number, last.by) == (2, user)


@pytest.mark.parametrize("is_own", [False, True])
def test_an_account_that_goes_is_in_the_history_of_its_signature(is_own, client):
    rows, user = every_row()
    client.force_login(user)
    account = user if is_own else make.make_user("author")
    Author.objects.filter(pk=rows[Author].pk).update(user=account)
    history.keep(rows[Author], by=user, act=Act.CHANGED)
    assert client.post(page(User, "delete", account.pk), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=account.pk).exists()
    assert unkept() == []
    last = Revision.objects.of(rows[Author]).first()
    assert (last.snapshot.fields["user"], last.by) == (None, None if is_own else user)


def test_a_path_that_keeps_nothing_is_found(client, monkeypatch):
    rows, user = every_row()
    client.force_login(user)
    monkeypatch.setattr(history, "keep", lambda *args, **kwargs: None)
    sent = sent_by(client.get(page(Source, "change", rows[Source].pk)))
    client.post(page(Source, "change", rows[Source].pk), sent | {"title": "Un autre titre"})
    assert unkept() == [f"clusters.Source {rows[Source].pk}: version 1 is not what is stored"]


# -- Who reads it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_of_the_history_open_as_the_roles_say(who):
    rows, admin_user = every_row()
    for record in rows.values():
        with history.changing(record, by=admin_user, act=Act.VERIFIED):
            pass
    user, client = person(who), Client()
    if user:
        client.force_login(user)
    for model, record in rows.items():
        options, request = EDITORS[model], asked_by(user)
        staff = bool(user and user.is_staff)
        known = staff and options.get_queryset(request).filter(pk=record.pk).exists()
        may_read = (
            known
            and options.has_view_or_change_permission(request, record)
            and options.may_read_states(request, record)
        )
        may_change = may_read and options.has_change_permission(request, record)
        hidden = 404 if staff and not known else 403
        for name, ids, wanted in (
            ("history_compare", (), 200 if may_read else hidden),
            ("history_state", (1,), 200 if may_read else hidden),
            ("history_restore", (1,), 200 if may_change else hidden),
        ):
            address = page(model, name, record.pk, *ids) + ("?from=1&to=2" if name == "history_compare" else "")
            assert answered(client, address, wanted if staff else 302, who) == []


def test_the_history_is_not_for_readers(client):
    w = build()
    for model in history.registered():
        for record in model._base_manager.all():
            history.keep_new([record], by=w.editor, why="zqwhyofarevision")
            state = snapshots.current(record)
            old = {**state.fields, "title": "zqpasttitle", "name": "zqpastname"}
            Revision.objects.create(
                kind=record._meta.label_lower, object_id=record.pk, number=0, act=Act.CREATED, why="zqpastwhy", by=w.editor,
                content=snapshots.Snapshot(state.name, old, state.many, state.lines, state.words).packed(),
            )  # fmt: skip
    for name, listed in addresses(w).items():
        for address in listed:
            _status, _target, text = read(client, name, address)
            assert "zqpast" not in text, address
            assert "zqwhyofarevision" not in text, address
