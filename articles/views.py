"""The pages of the articles: list, article, series, tags, authors."""

import datetime as dt
from contextlib import nullcontext
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import (
    get_object_or_404,
    render,
)
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles import json_ld
from articles.filters import ArticleFilter
from articles.models import (
    Article,
    Author,
    Picture,
    Series,
    ShareLink,
    Tag,
)
from articles.models.people import parts_around
from clusters import addresses, embeds, history, markup
from clusters.history.trying import tried_on
from clusters.paging import page_of
from clusters.pictures import WIDTHS

PER_PAGE = 12
RELATED = 4
PICTURE_AGE = 300
"""Seconds for which it may be remembered which file a picture is."""
CONTENTS_FROM = 3
"""From so many headings on an article has a table of contents."""


@require_safe
@addresses.lasting_query(tag=Tag.objects.visible, series=Series.objects.visible, author=Author.objects.visible)
def article_list(request: HttpRequest) -> HttpResponse:
    found = ArticleFilter(request.GET or None)
    page = page_of(found.qs.with_teaser(), request, PER_PAGE)
    context = {
        "page_title": gettext("Articles"),
        "page_description": gettext("Toutes les analyses, des plus récentes aux plus anciennes."),
        "filter": found,
        "page": page,
        "querystring": found.querystring,
        "archive": found.archive(),
        "summary": found.summary(page.paginator.count),
        "is_filtered": found.is_filtered,
        "noindex": found.is_filtered,
    }
    return render(request, "articles/list.html", context)


@require_safe
@addresses.lasting
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    article = addresses.find(Article.objects.visible_to(request.user).with_page(), slug)
    return article_page(request, article)


@never_cache  # says no-store
@require_safe
def shared_article(request: HttpRequest, token: str) -> HttpResponse:
    """An article that is not out yet, for whoever was given its address."""
    link = ShareLink.objects.of_token(token)
    if link is None:
        raise Http404
    if link.is_working():
        response = desk_page(request, link.article, shared_until=link.expires_at)
    else:
        context = {"page_title": gettext("Lien expiré"), "noindex": True}
        response = render(request, "articles/shared_over.html", context, status=410)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key: no site that is linked learns it
    return response


def desk_page(request: HttpRequest, article: Article, **kwargs: Any) -> HttpResponse:
    """The page of an article as it stands at the desk: with what is written in its working copy, if it has one.

    Args:
        kwargs: as of `article_page`.
    """
    with tried_on(article) if history.is_ahead(article) else nullcontext():
        return article_page(request, Article.objects.with_page().get(pk=article.pk), **kwargs)


def article_page(
    request: HttpRequest,
    article: Article,
    form: Any = None,
    status: int = 200,
    *,
    shared_until: dt.datetime | None = None,
    in_frame: bool = False,
) -> HttpResponse:
    """The page of an article; with a comment form that was refused, if one is given.

    Args:
        request: the reader's request.
        article: as `with_page()` fetches it.
        form: the bound form to show again, or None for an empty one.
        status: of the answer.
        shared_until: until when it may be read by whoever has its address, if this is how it is read.
        in_frame: whether it stands beside its form.
    """
    body = markup.render(article.body)
    is_preview = in_frame or bool(shared_until) or not article.is_public
    parts = (
        list(Article.objects.visible().filter(series=article.series).order_by("series_position").defer("body"))
        if article.series
        else []
    )
    if article.series and article not in parts:
        parts = sorted([*parts, article], key=lambda part: part.series_position)
    previous_part, next_part = parts_around(parts, article) if parts else (None, None)
    related = Article.objects.visible().related_to_page(article, RELATED)
    context = {
        "page_title": article.title,
        "page_description": article.seo_description,
        "article": article,
        "body": body,
        "show_contents": len(body.headings) >= CONTENTS_FROM,
        "series_parts": parts,
        "previous_part": previous_part,
        "next_part": next_part,
        "part_number": parts.index(article) + 1 if parts else 0,
        "part_total": len(parts),
        "related": related,
        "is_preview": is_preview,
        "shared_until": shared_until,
        "in_frame": in_frame,
        "noindex": is_preview,
        "form": form,
        "json_ld": json_ld.news_article(article, settings.SITE_URL, settings.SITE_NAME, body.words),
    }
    if article.cover:
        context["card"] = urljoin(settings.SITE_URL, article.cover.card)
    return embeds.allow(render(request, "articles/detail.html", context, status=status), body.origins)


@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The one address of a picture that stays: it leads to the file that the picture is today.

    Pages name that file themselves, so that it is fetched without a detour and kept for ever; this is for whoever keeps
    an address. Only pictures of public articles have one: their numbers can be guessed, the names of files cannot.
    """
    found = get_object_or_404(Picture.objects.visible(), pk=pk)
    response = HttpResponseRedirect(found.url(WIDTHS[-1]))
    response.headers["Cache-Control"] = f"public, max-age={PICTURE_AGE}"
    return response


@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    rows = list(Series.objects.visible().with_article_counts().with_parts())
    context = {
        "page_title": gettext("Dossiers"),
        "page_description": gettext("Les séries d’articles, dans l’ordre de lecture."),
        "series_list": rows,
    }
    return render(request, "articles/series_list.html", context)


@require_safe
@addresses.lasting
def series_detail(request: HttpRequest, slug: str) -> HttpResponse:
    series = addresses.find(Series.objects.visible(), slug)
    context = {
        "page_title": series.title,
        "page_description": series.standfirst,
        "feeds": [{"title": series.title, "href": reverse("articles:series_feed", args=[slug])}],
        "series": series,
        "parts": list(Article.objects.visible().filter(series=series).order_by("series_position").with_teaser()),
    }
    return render(request, "articles/series.html", context)


@require_safe
@addresses.lasting
def tag_detail(request: HttpRequest, slug: str) -> HttpResponse:
    tag = addresses.find(Tag.objects.visible(), slug)
    return _gathering(
        request, "tag", tag, Article.objects.visible().filter(tags=tag), reverse("articles:tag_feed", args=[slug])
    )


@require_safe
@addresses.lasting
def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    author = addresses.find(Author.objects.visible(), slug)
    return _gathering(
        request,
        "author",
        author,
        Article.objects.visible().filter(authors=author),
        reverse("articles:author_feed", args=[slug]),
    )


def _gathering(request: HttpRequest, kind: str, gathering: Tag | Author, articles: Any, feed: str) -> HttpResponse:
    page = page_of(articles.newest_first().with_teaser(), request, PER_PAGE)
    context = {
        "page_title": str(gathering),
        "page_description": gathering.bio
        if kind == "author"
        else gettext("Les articles de %(name)s") % {"name": gathering},
        "feeds": [{"title": str(gathering), "href": feed}],
        "kind": kind,
        "gathering": gathering,
        "page": page,
        "querystring": "",
    }
    return render(request, "articles/gathering.html", context)
