"""Who may do what: the roles of the newsroom as groups, and their permissions as data.

One table, so that a form, an action, an address and a forged POST are all refused by the same line. `sync` makes the
database say exactly this: what was taken out here is taken away there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """A role.

    Attributes:
        label: what people call it; the group is named by the key, which the demonstration logins share.
        permissions: `app.codename`, or `app.*` for all of an app.
    """

    label: str | Promise
    permissions: tuple[str, ...]


def _on(app: str, verbs: str, models: str) -> tuple[str, ...]:
    return tuple(f"{app}.{verb}_{model}" for model in models.split() for verb in verbs.split())


_REGISTRY = "cluster programme source sector indicator observation"

ROLES: dict[str, Role] = {
    "author": Role(
        _("Auteur"),
        (
            *_on("articles", "view add change", "article"),
            *_on("articles", "view add", "tag picture"),
            *_on("articles", "view", "author series"),
            *_on("clusters", "view", _REGISTRY),
            *_on("clusters", "view", "suggestion"),
        ),
    ),
    "editor": Role(
        _("Rédaction"),
        (
            *_on("articles", "view add change delete", "article tag series author picture"),
            "articles.publish_article",
            # Editors read the discussion and may answer in it. Deciding on it is the moderators', so that whoever is
            # criticised in a comment is not the one who removes it.
            *_on("articles", "view add", "comment"),
            *_on("clusters", "view add change", _REGISTRY),
            *_on("clusters", "delete", "programme source sector indicator"),
            *_on("articles", "view add", "tagmerge"),
            *_on("clusters", "view add", "merge"),  # whoever may merge two records may part them again
            *_on("clusters", "view change", "mapsettings suggestion"),
            *_on("clusters", "view delete", "formeraddress"),  # they are written by the changes of slugs
        ),
    ),
    "moderator": Role(_("Modération"), ("articles.moderate_comment", "articles.view_comment", "articles.view_article")),
    "admin": Role(_("Administration"), ("articles.*", "clusters.*", "auth.*", "admin.view_logentry")),
}


def sync() -> list[str]:
    """Make groups and their permissions what ROLES says; other groups are left alone.

    Run while a permission's model is not migrated yet, it gives the rest; `unknown` tells which were left out.

    Returns:
        what was changed, a line for each: « editor: + articles.publish_article ».
    """
    done = []
    with transaction.atomic():
        for name, role in ROLES.items():
            group, _new = Group.objects.get_or_create(name=name)
            wanted = {_name(permission): permission for permission in _find(role.permissions)}
            present = {_name(permission): permission for permission in _with_app(group.permissions.all())}
            done += [f"{name}: + {one}" for one in sorted(wanted.keys() - present.keys())]
            done += [f"{name}: - {one}" for one in sorted(present.keys() - wanted.keys())]
            if wanted.keys() != present.keys():
                group.permissions.set(wanted.values())
    return done


def unknown() -> list[str]:
    """Names in ROLES that are no permission of this database: misspelt, or of a model not migrated yet."""
    names = {name for role in ROLES.values() for name in role.permissions}
    found = _find(names)
    known = {_name(permission) for permission in found} | {f"{one.content_type.app_label}.*" for one in found}
    return sorted(names - known)


def _find(names: Iterable[str]) -> list[Permission]:
    wanted = Q(pk__in=())
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app) & (Q() if codename == "*" else Q(codename=codename))
    return list(_with_app(Permission.objects.filter(wanted)))


def _with_app(permissions: Any) -> Any:
    return permissions.select_related("content_type").order_by("pk")


def _name(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
