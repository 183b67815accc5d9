"""How Django finds the site and its admin.

Kept apart because the default admin site must be named before any app registers with it.
"""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "config"
    verbose_name = _("Site")


class NewsroomAdminConfig(AdminConfig):
    default_site = "config.admin.NewsroomAdmin"
