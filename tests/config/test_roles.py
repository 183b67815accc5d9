"""Roles as data: the database says what the table says, every name is real, and nobody gets more than their role."""

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from config import roles
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def held(role):
    return {f"{one.content_type.app_label}.{one.codename}" for one in Group.objects.get(name=role).permissions.all()}


def test_every_name_is_a_permission_that_exists():
    assert roles.unknown() == []


def test_a_second_sync_changes_nothing():
    assert roles.sync()
    assert roles.sync() == []


def test_sync_takes_away_what_the_table_does_not_name():
    roles.sync()
    stray = Permission.objects.get(codename="delete_article")
    Group.objects.get(name="author").permissions.add(stray)
    assert roles.sync() == ["author: - articles.delete_article"]
    assert "articles.delete_article" not in held("author")


def test_sync_leaves_other_groups_alone():
    other = Group.objects.create(name="Correspondants")
    other.permissions.add(Permission.objects.get(codename="view_article"))
    roles.sync()
    assert other.permissions.count() == 1


def test_the_command_says_what_it_did_and_refuses_a_misspelt_name(monkeypatch):
    out = io.StringIO()
    call_command("sync_roles", stdout=out)
    assert "editor: + articles.publish_article" in out.getvalue()
    monkeypatch.setitem(roles.ROLES, "author", roles.Role("Auteur", ("articles.publishe_article",)))
    with pytest.raises(CommandError, match=r"articles\.publishe_article"):
        call_command("sync_roles", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (
            "author",
            ["articles.add_article", "articles.change_article", "articles.add_picture", "clusters.view_cluster"],
            ["articles.publish_article", "articles.delete_article", "clusters.change_cluster", "articles.view_comment"],
        ),
        (
            "editor",
            ["articles.publish_article", "clusters.add_observation", "articles.view_comment", "clusters.change_source"],
            ["articles.moderate_comment", "auth.change_user", "clusters.delete_cluster", "clusters.delete_observation"],
        ),
        (
            "moderator",
            ["articles.moderate_comment", "articles.view_comment", "articles.view_article"],
            ["articles.add_article", "articles.change_article", "clusters.view_cluster", "auth.view_user"],
        ),
        ("admin", ["auth.change_user", "articles.moderate_comment", "articles.publish_article"], ["axes.view_accessattempt"]),
    ],
)  # fmt: skip
def test_what_a_role_may_and_may_not(role, may, may_not):
    user = make_user(role)
    assert [name for name in may if not user.has_perm(name)] == []
    assert [name for name in may_not if user.has_perm(name)] == []


def test_a_moderator_has_nothing_besides():
    roles.sync()
    assert held("moderator") == {"articles.moderate_comment", "articles.view_comment", "articles.view_article"}
