"""The sitemap of both apps: what anybody may see, and nothing else."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sites.requests import RequestSite
from django.db.models import QuerySet
from django.urls import reverse

from articles.models import Article, Author, Series, Tag
from clusters.models import Cluster, Programme, Source


class OurSitemap(Sitemap):
    """Addresses under SITE_URL, whatever host the request came to."""

    limit = 12_000  # of each section; the four together stay under the 50,000 that one sitemap may hold

    def get_urls(self, page: int = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        scheme, _sep, host = settings.SITE_URL.partition("://")
        return super().get_urls(page, _Site(host), scheme)


class _Site(RequestSite):
    def __init__(self, host: str) -> None:
        self.domain = self.name = host


class Pages(OurSitemap):
    def items(self) -> list[str]:
        return ["home", "articles:list", "articles:series_list", "clusters:list"]

    def location(self, item: str) -> str:
        return reverse(item)


class Articles(OurSitemap):
    def items(self) -> QuerySet:
        return Article.objects.visible().newest_first().only("slug", "published_at", "updated_at")

    def lastmod(self, item: Article) -> dt.datetime:
        return item.updated_at or item.published_at


class Clusters(OurSitemap):
    def items(self) -> QuerySet:
        return Cluster.objects.visible().order_by("pk").only("slug", "modified_at")

    def lastmod(self, item: Cluster) -> dt.datetime:
        return item.modified_at


class Gatherings(OurSitemap):
    """Tags, authors, series, programmes and sources."""

    def items(self) -> list[Any]:
        return [
            row for model in (Series, Tag, Author, Programme, Source) for row in model.objects.visible().order_by("pk")
        ]


SITEMAPS = {"pages": Pages, "articles": Articles, "clusters": Clusters, "gatherings": Gatherings}
