"""The admin as a whole: who sees which page of it, and accounts that cannot grow by themselves."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.comments.models import Comment
from clusters import history
from tests import factories as make

pytestmark = pytest.mark.django_db
ROLES = ("author", "editor", "moderator", "admin")


def make_comment(article, **values):
    n = make.number()
    defaults = {
        "name": "Salma",
        "email": f"s{n}@example.org",
        "body": f"Un avis {n}",
        "state": "pending",
        "fingerprint": str(n),
    }
    return Comment.objects.create(**{**defaults, "article": article, "created_at": timezone.now(), **values})


def address(model, page, *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def one_of_each():
    source, programme = make.make_source(), make.make_programme()
    cluster = make.make_cluster()
    make.make_name(cluster, source=source)
    make.make_status(cluster, source=source)
    make.make_participation(cluster, programme, source=source)
    make.make_observation(cluster, source=source)
    article = make.make_article(
        tags=[make.make_tag()], clusters=[cluster], sources=[source], series=make.make_series(), series_position=1, cover=make.make_picture(),
    )  # fmt: skip
    make.make_reading(article)
    make_comment(article)
    return article


# -- Every page × every role -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*ROLES, "superuser"])
def test_every_page_opens_for_those_who_may_see_it_and_for_nobody_else(client, one_of_each, role):
    user = make.make_user(None if role == "superuser" else role, is_superuser=role == "superuser")
    if role == "superuser":
        User.objects.filter(pk=user.pk).update(is_staff=True)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    for model, one in admin.site._registry.items():
        name = f"{model._meta.app_label}.{{}}_{model._meta.model_name}"
        may_see = user.has_perm(name.format("view")) or user.has_perm(name.format("change"))
        assert client.get(address(model, "changelist")).status_code == (200 if may_see else 403), (role, model)
        may_add = user.has_perm(name.format("add")) and one.has_add_permission(client.get("/admin/").wsgi_request)
        assert client.get(address(model, "add")).status_code == (200 if may_add else 403), (role, model)
        row = model._default_manager.first()
        if row is not None:
            expected = {200} if may_see else {403}
            assert client.get(address(model, "change", row.pk)).status_code in expected, (role, model)
            assert client.get(address(model, "history", row.pk)).status_code in expected, (role, model)


@pytest.mark.parametrize("path", ["/admin/", "/admin/articles/article/", "/admin/clusters/cluster/choices/"])
def test_a_stranger_is_asked_to_log_in(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/admin/login/")


# -- The tables -------------------------------------------------------------------------------------------------------


def test_the_tables_stand_in_the_order_of_the_work(client):
    client.force_login(make.make_user("admin"))
    apps = client.get("/admin/").context["app_list"]
    assert [app["app_label"] for app in apps] == ["articles", "clusters", "auth"]
    assert [model["object_name"] for model in apps[0]["models"]][:3] == ["Article", "Mentions", "Comment"]
    assert apps[1]["models"][0]["object_name"] == "Cluster"


# -- Lists do not grow -----------------------------------------------------------------------------------------------


def test_lists_ask_as_often_for_twelve_rows_as_for_two(client):
    user = make.make_user("admin")
    client.force_login(user)

    def grow(rows):
        for _n in range(rows):
            source, programme, cluster = make.make_source(), make.make_programme(), make.make_cluster()
            make.make_participation(cluster, programme, source=source)
            make.make_observation(cluster, make.make_cluster(), source=source)
            cluster.verify(user, timezone.localdate())
            make_comment(
                make.make_article(
                    tags=[make.make_tag(), make.make_tag()],
                    clusters=[cluster],
                    sources=[source],
                    series=make.make_series(),
                    series_position=1,
                    cover=make.make_picture(),
                )
            )
            make.make_user("author")

    def counts():
        found = {}
        for model in admin.site._registry:
            client.get(address(model, "changelist"))
            with CaptureQueriesContext(connection) as queries:
                client.get(address(model, "changelist"))
            found[model.__name__] = len(queries)
        return found

    grow(2)
    few = counts()
    grow(10)
    assert counts() == few


# -- The way in ------------------------------------------------------------------------------------------------------


def test_a_lock_out_says_so_in_french_and_for_how_long(client, settings):
    settings.AXES_FAILURE_LIMIT = 2
    make.make_user("editor", username="elissa")
    for _n in range(2):
        response = client.post("/admin/login/", {"username": "elissa", "password": "wrong"})
    assert response.status_code == 429
    page = response.content.decode()
    assert "Après 2 essais manqués" in page
    assert "Attendez 15 minutes" in page


# -- Accounts --------------------------------------------------------------------------------------------------------


def test_an_admin_by_role_cannot_become_more(client):
    root = User.objects.create_superuser("root", password=make.PASSWORD)
    member = make.make_user("admin")
    client.force_login(member)
    page = address(User, "change", member.pk)
    assert "is_superuser" not in client.get(page).content.decode()
    groups = list(member.groups.values_list("pk", flat=True))
    client.post(
        page, {"username": member.username, "is_superuser": "on", "is_staff": "on", "is_active": "on", "groups": groups}
    )
    member.refresh_from_db()
    assert not member.is_superuser
    assert client.post(address(User, "change", root.pk), {"username": "mine"}).status_code == 403
    assert client.post(reverse("admin:auth_user_password_change", args=[root.pk]), {}).status_code == 403
    assert client.post(address(User, "delete", root.pk), {"post": "yes"}).status_code == 403


def test_roles_are_offered_by_the_name_people_use(client):
    client.force_login(make.make_user("admin"))
    page = client.get(address(User, "change", make.make_user("author").pk)).content.decode()
    assert "Rédaction" in page
    assert "Modération" in page


def test_deleting_an_account_gives_what_was_entrusted_to_it_a_version_that_says_so(client):
    gone, article = make.make_user("author"), make.make_draft()
    article.assigned_to = gone
    article.save()
    client.force_login(make.make_user("admin", is_superuser=True))
    history.keep_new([article], by=None)
    client.post(address(User, "delete", gone.pk), {"post": "yes"})
    last = history.Revision.objects.of(article).first()
    assert "suppression du compte" in last.why
    assert last.snapshot.fields["assigned_to"] is None
