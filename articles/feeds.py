"""RSS and Atom: all articles, and those of a tag, a series or an author."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles.models import Article, Author, Series, Tag
from clusters import addresses, markup
from clusters.markup import plain

LENGTH = 20


class RSS(Rss201rev2Feed):
    """RSS 2.0 served as XML that a browser shows rather than downloads."""

    content_type = "application/rss+xml; charset=utf-8"


class ArticleFeed(Feed):
    """Every article, in full, the latest first."""

    feed_type = RSS
    language = settings.LANGUAGE_CODE
    name = "feed"
    suffix = ""

    @method_decorator([require_safe, addresses.lasting])
    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().__call__(request, *args, **kwargs)

    def title(self, gathering: Any = None) -> str:
        return plain(f"{gathering} – {settings.SITE_NAME}" if gathering else settings.SITE_NAME)

    # Whole addresses under SITE_URL: Django would take the host that the request happened to come to.
    def link(self, gathering: Any = None) -> str:
        return f"{settings.SITE_URL}{gathering.get_absolute_url() if gathering else reverse('home')}"

    def feed_url(self, gathering: Any = None) -> str:
        return f"{settings.SITE_URL}{reverse(self.name + self.suffix, args=[gathering.slug] if gathering else [])}"

    def item_link(self, article: Article) -> str:
        return f"{settings.SITE_URL}{article.get_absolute_url()}"

    def description(self, gathering: Any = None) -> str:
        return gettext("Les derniers articles")

    def articles(self, gathering: Any) -> QuerySet:
        return Article.objects.visible()

    def items(self, gathering: Any = None) -> list[Article]:
        articles = list(self.articles(gathering).newest_first().with_teaser().defer(None)[:LENGTH])
        around = markup.surroundings(*(article.body for article in articles), base=settings.SITE_URL)
        for article in articles:
            article.rendered = markup.render(article.body, around, self.item_link(article))
        return articles

    def item_title(self, article: Article) -> str:
        return plain(article.title)  # XML holds no control characters, which a pasted title may

    def item_description(self, article: Article) -> str:
        standfirst = f"<p>{escape(article.standfirst)}</p>" if article.standfirst else ""
        return plain(f"{standfirst}{article.rendered.html}")

    def item_pubdate(self, article: Article) -> dt.datetime | None:
        return article.published_at

    def item_updateddate(self, article: Article) -> dt.datetime | None:
        return article.updated_at or article.published_at

    def item_author_name(self, article: Article) -> str:
        return plain(", ".join(byline.author.name for byline in article.shown_bylines))

    def item_categories(self, article: Article) -> list[str]:
        return [tag.name for tag in article.shown_tags]

    def item_guid(self, article: Article) -> str:
        # The number, not the address: a corrected slug must not show the article twice in a reader's program.
        return f"{settings.SITE_URL}/articles/#{article.pk}"

    item_guid_is_permalink = False


class Atom:
    """Makes a feed an Atom feed."""

    feed_type = Atom1Feed
    suffix = "_atom"

    def subtitle(self, gathering: Any = None) -> str:
        return self.description(gathering)


class AtomFeed(Atom, ArticleFeed):
    """Every article, as Atom."""


class TagFeed(ArticleFeed):
    name = "articles:tag_feed"

    def get_object(self, request: HttpRequest, slug: str) -> Tag:
        return addresses.find(Tag.objects.visible(), slug)

    def articles(self, gathering: Tag) -> QuerySet:
        return Article.objects.visible().filter(tags=gathering)


class SeriesFeed(ArticleFeed):
    name = "articles:series_feed"

    def get_object(self, request: HttpRequest, slug: str) -> Series:
        return addresses.find(Series.objects.visible(), slug)

    def articles(self, gathering: Series) -> QuerySet:
        return Article.objects.visible().filter(series=gathering)


class AuthorFeed(ArticleFeed):
    name = "articles:author_feed"

    def get_object(self, request: HttpRequest, slug: str) -> Author:
        return addresses.find(Author.objects.visible(), slug)

    def articles(self, gathering: Author) -> QuerySet:
        return Article.objects.visible().filter(authors=gathering)


class TagAtomFeed(Atom, TagFeed):
    """The articles of a tag, as Atom."""


class SeriesAtomFeed(Atom, SeriesFeed):
    """The articles of a series, as Atom."""


class AuthorAtomFeed(Atom, AuthorFeed):
    """The articles of an author, as Atom."""
