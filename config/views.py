"""Pages made of both apps: home, search, errors, health, uploaded pictures; and what every page knows of the site."""

import posixpath
import re
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.core.files.storage import default_storage
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.comments.models import Comment
from articles.models import Article, Series, Tag
from clusters.models import Cluster, Observation, Source
from config import search

_PICTURE = re.compile(
    r"pictures/[0-9a-f]{2}/[0-9a-f]{64}/(?:[0-9]{3,4}\.(?:webp|avif)|card(?:-[0-9]{1,3}-[0-9]{1,3})?\.jpg)"
)
_LOGO = re.compile(r"logos/[0-9a-f]{2}/[0-9a-f]{64}/[0-9]{3,4}\.webp")
_MEDIA_TYPES = {"webp": "image/webp", "avif": "image/avif", "jpg": "image/jpeg"}


def site(request: HttpRequest) -> dict[str, Any]:
    """What every template may print; pages override what they know better."""
    match = request.resolver_match
    namespace = match.namespace if match else ""
    name = match.url_name if match else ""
    if namespace == "articles" and (name or "").startswith("series"):
        section = "series"
    elif namespace == "comments":  # a refused comment is shown on the article's page
        section = "articles"
    else:
        section = namespace or (name if name == "search" else "")
    return {
        "site": {
            "name": settings.SITE_NAME,
            "url": settings.SITE_URL,
            "tagline": gettext("Les clusters de la Méditerranée, chiffres et sources à l’appui"),
            "language": get_language(),
            "direction": "rtl" if get_language_bidi() else "ltr",
        },
        "canonical": f"{settings.SITE_URL}{request.path}{_page_of_list(request)}",
        "section": section,
        "card": urljoin(settings.SITE_URL, static("img/card.jpg")),
        "page_title": "",
        "page_description": "",
        "feeds": [],
        "noindex": False,
        "in_frame": False,
    }


def _page_of_list(request: HttpRequest) -> str:
    """`?page=2`: the second page of a list is a page of its own, its filters are not."""
    try:
        page = request.GET.get("page", "")
    except SuspiciousOperation:  # an address with too many fields, whose own error page is being made
        return ""
    return f"?page={page}" if page.isascii() and page.isdigit() and page != "1" else ""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    articles = list(Article.objects.visible().newest_first().with_teaser()[:13])
    # The front page opens with the latest article that has a picture; without one, with the latest.
    lead = next((article for article in articles[:5] if article.cover), articles[0] if articles else None)
    others = [article for article in articles if article is not lead]
    context = {
        "page_title": settings.SITE_NAME,
        "page_description": gettext("Analyses et registre des clusters économiques de la Méditerranée."),
        "lead": lead,
        "leads": others[:4],
        "latest": others[4:12],
        "series_blocks": [
            {"series": series, "parts": series.shown_parts}
            for series in Series.objects.visible().newest_first().with_parts()[:2]
        ],
        "counts": registry_counts(),
        "recent_comments": Comment.objects.recent(4),
        "cluster_spotlight": list(Cluster.objects.visible().with_sectors().spotlight()[:4]),
    }
    return render(request, "home.html", context)


def registry_counts() -> dict[str, int]:
    """How much of the registry anybody may see."""
    clusters = Cluster.objects.visible()
    return {
        "clusters": clusters.count(),
        "countries": clusters.order_by().values("country").distinct().count(),
        "figures": Observation.objects.visible().count(),
        "sources": Source.objects.visible().count(),
    }


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[: search.MAX_LENGTH]
    found = search.run(query)
    context = {
        "page_title": gettext("Recherche : %(query)s") % {"query": query} if query else gettext("Recherche"),
        "query": query,
        "noindex": True,
        "too_short": bool(query) and not found.has_words,
        "articles": found.articles,
        "clusters": found.clusters,
        "article_total": found.article_total,
        "cluster_total": found.cluster_total,
        "popular_tags": list(Tag.objects.visible().with_article_counts().order_by("-article_count", "name")[:10]),
    }
    return render(request, "search.html", context)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 if the database answers a question, 503 if not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Exception:
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /search/",
        "Disallow: /clusters/export.",
        "Disallow: /api/",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    """A rendition of a picture; named by its content, so that it may be kept for ever."""
    if not (_PICTURE.fullmatch(path) or _LOGO.fullmatch(path)) or posixpath.normpath(path) != path:
        raise Http404
    try:
        handle = default_storage.open(path)
    except OSError:
        raise Http404 from None
    response = FileResponse(handle, content_type=_MEDIA_TYPES[path.rpartition(".")[2]])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 for a form beyond our limits. Does not touch request.POST: reading it may be what failed."""
    is_too_much = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    if is_too_much and request.method == "POST":  # an address can have too many fields as well
        code, title, heading = 413, gettext("Formulaire trop volumineux"), gettext("Ce formulaire n’a pas pu être lu")
        sentence = gettext(
            "Le formulaire envoyé est trop volumineux ; rien n’a été enregistré. Revenez en arrière : votre texte y est "
            "encore. Raccourcissez-le, ou enregistrez-le en plusieurs fois."
        )
    else:
        code, title, heading = 400, gettext("Demande incomprise"), gettext("Cette demande n’a pas été comprise")
        sentence = gettext(
            "L’adresse contient quelque chose que le site ne sait pas lire. Repartez de la une ; rien de ce que vous "
            "avez fait n’est en cause."
        )
    context = {"page_title": title, "noindex": True, "code": code, "heading": heading, "sentence": sentence}
    return render(request, "400.html", context, status=code)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"page_title": gettext("Accès refusé"), "noindex": True}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form of the admin that was open too long or came from elsewhere."""
    return permission_denied(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    context = {
        "page_title": gettext("Page introuvable"),
        "noindex": True,
        "path": request.path[:200],
        "latest": list(Article.objects.visible().newest_first().with_teaser()[:3]),
    }
    return render(request, "404.html", context, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page that needs neither database nor context, since either may be what failed."""
    return render(None, "500.html", status=500)
