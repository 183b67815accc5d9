"""Django's own admin of an article, nothing added: what `tests.bench.edits` measures the desk beside."""

from django.contrib import admin
from django.urls import path

from articles.models import Article, Byline
from config.urls import urlpatterns as own

FIELDS = ["title", "standfirst", "body", "tags", "clusters", "series", "series_position", "cover", "published_at",
          "comments_policy", "slug", "description", "language"]  # fmt: skip


class StockBylines(admin.TabularInline):
    model = Byline
    extra = 0


class StockArticle(admin.ModelAdmin):
    fields = FIELDS
    inlines = [StockBylines]


class StockSite(admin.AdminSite):
    def get_urls(self):
        # The head of our pages, in which this admin stands as well, has a search.
        return [path("search/", self.index, name="search"), *super().get_urls()]


site = StockSite("stock")
site.register(Article, StockArticle)
urlpatterns = [path("stock/", site.urls), *own]
