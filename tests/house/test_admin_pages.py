"""Every page of the admin × every role: open or refused exactly as config/roles.py says, and never an error.

The table is not written here: it is asked of the permissions. An admin may narrow what a role may do, if it is named below
with its reason; it may never widen it.
"""

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import Group, User
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, reverse

from articles.comments.models import Comment
from articles.models import Article, Author, Picture, Series, Tag
from clusters import history
from clusters.models import (
    Cluster,
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
from config import roles
from tests import factories as make
from tests.house.world import build

pytestmark = pytest.mark.django_db

PEOPLE = [*roles.ROLES, "staff without a role", "reader with an account", "anonymous"]
VERBS = {
    "changelist": ("view", "change"),
    "add": ("add",),
    "change": ("view", "change"),
    "history": ("view", "change"),
    "delete": ("delete",),
}
"""Page → any of these lets it be opened."""
NARROWED = {
    ("article", "change"): "authors write in their own drafts only",
    ("article", "delete"): "what was ever public is withdrawn, not deleted",
    ("cluster", "delete"): "a public id is never used again",
    ("observation", "change"): "a figure is corrected by a new one",
    ("observation", "delete"): "a figure is corrected by a new one",
    ("comment", "change"): "a reader's words are not the newsroom's to change",
    ("comment", "delete"): "nothing goes without a trace",
    ("suggestion", "add"): "readers propose, on the site",
    ("suggestion", "delete"): "nothing that was decided goes without a trace",
    ("formeraddress", "add"): "written by the change of a slug",
    ("formeraddress", "change"): "written by the change of a slug",
    ("merge", "add"): "two records are merged on the page of one of them",
    ("merge", "change"): "a merge is undone, not rewritten",
    ("merge", "delete"): "a merge is undone, not rewritten",
    ("mapsettings", "add"): "there is one row, and it is always there",
    ("mapsettings", "delete"): "there is one row, and it is always there",
    ("group", "change"): "the newsroom's roles are written in config/roles.py",
    ("group", "delete"): "the newsroom's roles are written in config/roles.py",
    ("user", "change"): "whoever could set a superuser's password would be one",
    ("user", "delete"): "whoever could set a superuser's password would be one",
}  # fmt: skip
OWN = {
    # Addresses of our own and of Django's beside the five pages of a model: name → the permission that opens it.
    "articles_article_preview": "articles.view_article",
    "articles_article_framed": "articles.view_article",
    "clusters_cluster_choices": "clusters.view_cluster",
    "clusters_cluster_names": "clusters.view_cluster",
    "articles_article_mentions": "articles.change_article",
    "clusters_cluster_care": "clusters.change_cluster",
    "clusters_cluster_merge": "clusters.add_merge",
    **{
        f"clusters_{one}_import{page}": f"clusters.add_{one}"
        for one in ("cluster", "observation", "source")
        for page in ("", "_csv", "_xlsx")
    },
    "articles_picture_choices": "articles.view_picture",
    "articles_picture_texts": "articles.change_picture",
    "articles_article_links": "articles.view_article",
    "articles_series_parts": "articles.change_series",
    "articles_tag_merge": "articles.add_tagmerge",
    "auth_user_password_change": "auth.change_user",
    "articles_article_submit": "articles.add_article",
    "articles_article_remarks": "articles.publish_article",  # and whose article it is: tests/articles/test_remarks.py
    **{f"articles_article_{one}": "articles.publish_article" for one in ("publish", "send_back", "withdraw")},
}
NAMES_ONE = {
    "articles_series_parts": Series,
    "articles_tag_merge": Tag,
    "auth_user_password_change": User,
    "clusters_cluster_merge": Cluster,
    **{
        f"articles_article_{one}": Article
        for one in ("submit", "publish", "send_back", "withdraw", "remarks", "preview", "framed")
    },
}
"""Those of them that name a row, and of which model."""
FOR_ALL_STAFF = {
    "index",
    "search",
    "password_change",
    "password_change_done",
    "jsi18n",
    "app_list",
    "clusters_link_choices",
}
ASIDE = {
    "login", "logout", "view_on_site", "autocomplete",
    "articles_article_share", "articles_article_revoke",  # for whoever may write in that article: tests/articles/test_sharing.py
    "clusters_cluster_verify", "clusters_merge_undo",  # buttons: tests/clusters/test_care_admin.py
    "articles_tag_unmerge", "articles_tag_create",  # buttons: tests/articles/test_tags.py
    "articles_picture_upload",  # takes no GET: tests/articles/test_admin_uploads.py
    "clusters_cluster_paste",  # takes no GET: tests/clusters/test_writing_admin.py
}  # fmt: skip
ASIDE |= {
    f"articles_article_{page}" for page in ("autosave", "autosave_new", "here", "here_new")
}  # tests/articles/test_autosave.py
"""Tested elsewhere or below."""
FOR_SCRIPTS = {
    "jsi18n", "articles_picture_choices", "clusters_cluster_choices", "clusters_cluster_names", "clusters_link_choices",
    "articles_article_framed",  # the public page itself, in a frame of the preview
    *(f"clusters_{one}_import_{kind}" for one in ("cluster", "observation", "source") for kind in ("csv", "xlsx")),
}  # fmt: skip
"""What is answered to scripts, or taken away as a file: nobody stands on it."""


def rows_of(w):
    """Model → rows of it to open; a model that is registered and not here fails the tests."""
    draft = make.make_draft(authors=[], created_by=w.editor)
    return {
        Article: [w.article, draft], Author: [w.author], Tag: [w.tag], Series: [w.series], Picture: [w.picture],
        Comment: [w.thread, Comment.objects.exclude(state="published")[0]], Cluster: [w.cluster, w.base_cluster],
        Observation: [w.figure, w.joint], Source: [w.source], Programme: [w.programme], Sector: [w.sector], Indicator: [w.indicator],
        Merge: [Merge.objects.create(loser=make.make_cluster(), survivor=w.second, merged_by=w.editor)],
        FormerAddress: [FormerAddress.objects.create(kind="articles.tag", slug="quittee", object_id=w.tag.pk)],
        Suggestion: [w.told, make.make_suggestion(w.cluster)],
        MapSettings: [MapSettings.objects.create(pk=1)],
        User: [w.editor, make.make_user("admin", is_superuser=True)], Group: [Group.objects.get(name="author"), Group.objects.create(name="x")],
    }  # fmt: skip


def every_page(rows):
    """Addresses of all the pages that a person of the newsroom can stand on; a page that is made tomorrow is among them.

    Args:
        rows: model → rows to open, as `rows_of` gives them.
    """
    found = [reverse(f"admin:{name}") for name in sorted(FOR_ALL_STAFF - {"app_list"} - FOR_SCRIPTS)]
    found += [reverse("admin:app_list", args=[app]) for app in sorted({model._meta.app_label for model in rows})]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse(f"{name}_{page}") for page in ("changelist", "add")]
        for row in rows[model]:
            found += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history", "delete")]
            if model in history.registered() and (numbers := history.Revision.objects.of(row).values_list("number")):
                (last,), (first,) = numbers.first(), numbers.last()
                found += [reverse(f"{name}_history_{page}", args=[row.pk, last]) for page in ("state", "restore")]
                found += [reverse(f"{name}_history_compare", args=[row.pk]) + f"?from={first}&to={last}"]
    for name in sorted({*OWN, "articles_article_share"} - FOR_SCRIPTS):
        model = Article if name == "articles_article_share" else NAMES_ONE.get(name)
        found += (
            [reverse(f"admin:{name}", args=[row.pk]) for row in rows[model]] if model else [reverse(f"admin:{name}")]
        )
    return found


def person(who):
    if who == "anonymous":
        return None
    if who == "reader with an account":
        return make.make_user(None)
    if who == "staff without a role":
        return User.objects.create_user("nobody", password=make.PASSWORD, is_staff=True)
    return make.make_user(who)


def names_of_pages():
    """(name, how many things its address names) of every address of the admin."""
    found = []

    def walk(resolver, inside):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                walk(entry, inside or entry.namespace == "admin")
            elif inside and entry.name:
                found.append(entry.name)

    walk(get_resolver(), False)
    return found


def expected(options, user, page, row, request):
    """200, 302 (the row is not theirs to know of) or 403, from the permissions; and a line for each way the admin widens or narrows them."""
    meta, faults, opens = options.model._meta, [], False
    known = row is None or options.get_queryset(request).filter(pk=row.pk).exists()
    subject = row if known and row is not None else None
    for verb in VERBS[page]:
        by_role = user.has_perm(f"{meta.app_label}.{verb}_{meta.model_name}")
        check = getattr(options, f"has_{verb}_permission")
        by_admin = check(request) if verb == "add" or subject is None else check(request, subject)
        if (
            by_admin
            and not by_role
            and not (verb == "view" and user.has_perm(f"{meta.app_label}.change_{meta.model_name}"))
        ):
            faults.append(f"{meta.model_name}: the admin lets {user} {verb}, the role does not")
        if by_role and not by_admin and (meta.model_name, verb) not in NARROWED:
            faults.append(
                f"{meta.model_name}: the role lets {user} {verb}, the admin does not, and NARROWED gives no reason"
            )
        opens = opens or by_admin
    if page == "history" and not known:
        return 302, faults
    return (403 if not opens else 200 if known else 302), faults


def faults_for(who, rows):
    """Every page that answers this person otherwise than it should, a line for each."""
    user = person(who)
    client, request = Client(), RequestFactory().get("/admin/")
    if user:
        client.force_login(user)
        request.user = user
    faults = []
    for model, options in admin.site._registry.items():
        assert isinstance(options, ModelAdmin)
        assert model in rows, f"Say in tests/house/test_admin_pages.py which rows of {model.__name__} to open."
        for page in VERBS:
            for row in rows[model] if page not in ("changelist", "add") else [None]:
                address = reverse(
                    f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[row.pk] if row else []
                )
                wanted = 302
                if user and user.is_staff:
                    wanted, found = expected(options, user, page, row, request)
                    faults += found
                faults += answered(client, address, wanted, who)
    for name in set(names_of_pages()) & set(OWN):
        address = reverse(f"admin:{name}", args=[rows[NAMES_ONE[name]][0].pk] if name in NAMES_ONE else [])
        wanted = (200 if user.has_perm(OWN[name]) else 403) if user and user.is_staff else 302
        faults += answered(client, address, wanted, who)
    for name in sorted(FOR_ALL_STAFF - {"app_list"}):
        faults += answered(client, reverse(f"admin:{name}"), 200 if user and user.is_staff else 302, who)
    return faults


def answered(client, address, wanted, who):
    response = client.get(address)
    if response.status_code == 302 and wanted == 302:
        return []
    return [] if response.status_code == wanted else [f"{who} {address}: {response.status_code} instead of {wanted}"]


@pytest.fixture
def rows():
    return rows_of(build())


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_open_as_the_roles_say(rows, who):
    assert faults_for(who, rows) == []


@pytest.mark.parametrize("who", PEOPLE)
def test_the_page_of_an_app_opens_for_those_who_have_something_there(rows, who):
    user, client = person(who), Client()
    if user:
        client.force_login(user)
    for app in ("articles", "clusters", "auth"):
        wanted = (200 if user.has_module_perms(app) else 404) if user and user.is_staff else 302
        assert answered(client, reverse("admin:app_list", args=[app]), wanted, who) == []


def test_every_address_of_the_admin_is_covered():
    models = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    covered = {f"{model}_{page}" for model in models for page in VERBS} | set(OWN) | FOR_ALL_STAFF | ASIDE
    # tests/house/test_history.py opens the pages of each history.
    kept = [model._meta for model in history.registered()]
    covered |= {
        f"{one.app_label}_{one.model_name}_history_{page}"
        for one in kept
        for page in ("compare", "state", "restore", "name")
    }
    unknown = sorted(set(names_of_pages()) - covered)
    assert unknown == [], "Say in OWN which permission opens them."
    assert set(OWN) <= set(names_of_pages())


def test_every_role_has_a_page_that_opens_and_one_that_does_not(rows):
    """Lest a table of refusals alone pass for a table."""
    for name in ("author", "editor", "moderator"):
        client = Client()
        client.force_login(person(name))
        answers = {
            client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")).status_code
            for model in rows
        }
        assert answers == {200, 403}, name


@pytest.mark.parametrize("who", PEOPLE)
def test_suggestions_are_for_those_who_may_see_the_rows(rows, who):
    """Every autocomplete of every form and of its lines."""
    user, client = person(who), Client()
    if user:
        client.force_login(user)
    for options in admin.site._registry.values():
        for owner in (options, *(inline(options.model, admin.site) for inline in options.inlines)):
            for field in owner.autocomplete_fields:
                related = owner.model._meta.get_field(field).related_model._meta
                query = {
                    "app_label": owner.model._meta.app_label,
                    "model_name": owner.model._meta.model_name,
                    "field_name": field,
                    "term": "zq",
                }
                response = client.get(reverse("admin:autocomplete"), query)
                if not (user and user.is_staff):
                    assert response.status_code == 302
                else:
                    may = any(
                        user.has_perm(f"{related.app_label}.{verb}_{related.model_name}") for verb in ("view", "change")
                    )
                    assert response.status_code == (200 if may else 403), (who, owner, field)


# -- That it can fail ---------------------------------------------------------------------------------------------------


def test_a_widened_permission_is_found(rows, monkeypatch):
    monkeypatch.setattr(admin.site._registry[Tag], "has_delete_permission", lambda request, obj=None: True)
    assert any("the admin lets" in fault for fault in faults_for("author", rows))


def test_a_narrowed_permission_without_a_reason_is_found(rows, monkeypatch):
    monkeypatch.setattr(admin.site._registry[Tag], "has_add_permission", lambda request: False)
    assert any("gives no reason" in fault for fault in faults_for("editor", rows))


def test_an_open_page_is_found(rows, monkeypatch):
    """A list that does not ask for the permission."""
    options = admin.site._registry[Indicator]
    monkeypatch.setattr(type(options), "has_view_or_change_permission", lambda self, request, obj=None: True)
    assert any("/admin/clusters/indicator/" in fault for fault in faults_for("moderator", rows))


def test_a_page_that_breaks_is_found(rows, monkeypatch):
    monkeypatch.setattr(admin.site._registry[Tag], "list_display", ["no_such_column"])
    with pytest.raises(Exception, match="no_such_column"):
        faults_for("editor", rows)
