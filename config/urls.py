"""The public map of the site."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe

from articles import feeds
from config import views
from config.sitemaps import SITEMAPS

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("articles.urls")),
    path("", include("articles.comments.urls")),
    path("", include("clusters.urls")),
    path("api/", include("clusters.api.urls")),
    path("search/", views.search_page, name="search"),
    path("feed/", feeds.ArticleFeed(), name="feed"),
    path("feed/atom/", feeds.AtomFeed(), name="feed_atom"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", views.healthz, name="healthz"),
    path("media/<path:path>", views.media, name="media"),
    path("admin/", admin.site.urls),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
