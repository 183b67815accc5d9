"""How Django finds the site and its admin.

Kept apart because the default admin site must be named before any app registers with it.
"""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "config"
    verbose_name = _("Site")

    def ready(self) -> None:
        # Neither is found by the admin's own search: accounts replace Django's, and the comments are an app in all but
        # registration, which `articles.admin`, below them, may not import.
        import_module("config.accounts")
        import_module("articles.comments.admin")


class NewsroomAdminConfig(AdminConfig):
    default_site = "config.admin.NewsroomAdmin"
