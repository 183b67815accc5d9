"""Accounts in the admin: Django's own, so arranged that nobody can make themselves more than they are.

Kept apart from config.admin, which Django reads in the middle of reading its own accounts admin.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author
from clusters import history
from clusters.editing import EditorAdmin
from config.comparing import ComparedForm, ComparingAdmin
from config.roles import ROLES

admin.site.unregister([User, Group])


def role_label(group: Group | str) -> str:
    """The name people use for a group: « Rédaction » for the role "editor"."""
    name = str(group)
    return str(ROLES[name].label) if name in ROLES else name


class MemberForm(ComparedForm, UserChangeForm):
    """An account, in which a role that a colleague has taken away does not come back."""


class PermissionBoxes(forms.CheckboxSelectMultiple):
    """Permissions as boxes to tick. Django's two lists side by side need a script, do not fit a phone, and name their parts wrongly."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "permission-boxes"})


@admin.register(User)
class MemberAdmin(ComparingAdmin, EditorAdmin, UserAdmin):
    """A member of the newsroom: name, access, role."""

    form = MemberForm

    add_title = _("Ajouter un compte")
    list_display = ["username", "full_name", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Personne"), {"fields": [("first_name", "last_name"), "email"]}),
        (_("Accès"), {"fields": ["groups", ("is_active", "is_staff")]}),
        (_("Connexions"), {"fields": [("last_login", "date_joined")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        groups = Group.objects.filter(user=models.OuterRef("pk")).order_by("name")
        return (
            super()
            .get_queryset(request)
            .annotate(first_role=models.Subquery(groups.values("name")[:1]), role_count=models.Count("groups"))
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = super().get_fieldsets(request, obj)
        if obj is None or not request.user.is_superuser:
            return own
        return [*own, (_("Hors des rôles"), {"fields": ["is_superuser", "user_permissions"], "classes": ["collapse"]})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Whoever could set a superuser's password would be one.
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete an account; the signature that it belonged to and what was entrusted to it stay, with a version that says so."""
        by = None if obj == request.user else request.user
        why = gettext("suppression du compte « %s »") % obj
        touched = [*Author.objects.filter(user=obj), *Article.objects.filter(assigned_to=obj)]
        with history.adding_to(touched, by=by, act=history.Act.CHANGED, why=why):
            super().delete_model(request, obj)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user_permissions":
            kwargs["widget"] = PermissionBoxes()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label, field.help_text, field.label_from_instance = _("Rôles"), "", role_label
        return field

    @admin.display(description=_("nom"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "–"

    @admin.display(description=_("rôles"))
    def roles(self, user: Any) -> str:
        if not user.first_role:
            return "–"
        label = role_label(user.first_role)
        return f"{label} + {user.role_count - 1}" if user.role_count > 1 else label


@admin.register(Group)
class RoleAdmin(ComparingAdmin, EditorAdmin, GroupAdmin):
    """Groups. Those of the newsroom's roles are read here and written in config/roles.py, which would undo a change."""

    add_title = _("Ajouter un groupe")
    list_display = ["label", "name"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs["widget"] = PermissionBoxes()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.name not in ROLES)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.name not in ROLES)

    @admin.display(description=_("rôle"))
    def label(self, group: Group) -> str:
        return role_label(group)
