"""Where the comment form is posted to. It sets no cookie, and loses no text that could be read."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles.comments.forms import CommentForm
from articles.comments.limits import TooMany
from articles.models import Article
from articles.views import article_page

MAX_BYTES = 500_000
"""Of a post: several times the longest comment as a browser encodes it."""


@csrf_exempt  # its cookie would be the only one a reader gets; the signed token and is_from_here stand in for it
@require_POST
@never_cache
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_object_or_404(Article.objects.visible().with_page(), slug=slug)
    data = posted(request)
    form = CommentForm(QueryDict() if data is None else data, article=article)
    if data is None:
        form.refuse(gettext("Votre envoi est trop volumineux ou illisible. Un commentaire fait 5 000 signes au plus."))
        return article_page(request, article, form, status=413)
    if not article.accepts_comments:
        form.refuse(gettext("Les commentaires de cet article sont fermés : votre texte n’a pas été envoyé."))
        return article_page(request, article, form, status=403)
    if not is_from_here(request):
        form.refuse(gettext("L’envoi ne vient pas de cette page. Votre texte est gardé : envoyez-le de nouveau d’ici."))
        return article_page(request, article, form, status=403)
    if not form.is_valid():
        return article_page(request, article, form, status=422)
    try:
        form.send(request.META.get("REMOTE_ADDR", ""))
    except TooMany as limit:
        form.refuse(waiting_sentence(limit.retry_after))
        response = article_page(request, article, form, status=429)
        response.headers["Retry-After"] = str(limit.retry_after)
        return response
    return HttpResponseRedirect(f"{article.get_absolute_url()}?comment=received#discussion", status=303)


def posted(request: HttpRequest) -> QueryDict | None:
    """The posted fields; None if they are too many, too large or not readable as a form."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            return None
        return request.POST
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError, ValueError):
        return None


def is_from_here(request: HttpRequest) -> bool:
    """Whether the post may come from a page of this site, as far as the browser says.

    A browser that says nothing passes: the token stands in every case, and there is no session to abuse.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin", "")
    if origin == "null":  # a browser that hides its origin; one that is new enough has said above where it is
        return "Sec-Fetch-Site" in request.headers
    ours = {request.get_host(), *(urlsplit(address).netloc for address in settings.CSRF_TRUSTED_ORIGINS)}
    return not origin or origin.partition("://")[2] in ours  # urlsplit raises on some of what may stand here


def waiting_sentence(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        when = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    else:
        hours = round(minutes / 60)
        when = ngettext("%(n)d heure", "%(n)d heures", hours) % {"n": hours}
    return gettext(
        "Plusieurs commentaires sont déjà arrivés de votre adresse ou de votre réseau. "
        "Votre texte est gardé : envoyez-le de nouveau dans %(when)s."
    ) % {"when": when}
