"""The admin site."""

from django.contrib.admin import AdminSite


class NewsroomAdmin(AdminSite):
    pass
