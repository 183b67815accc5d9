"""Where the comment form is posted to. It sets no cookie, and loses no text that could be read."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles.comments.forms import CommentForm
from articles.comments.limits import TooMany
from articles.models import Article
from articles.views import article_page
from clusters import addresses
from clusters.intake.posts import foreign_sentence, is_from_here, posted, wait_in_words


@csrf_exempt  # its cookie would be the only one a reader gets; the signed token and is_from_here stand in for it
@require_POST
@never_cache
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        article = addresses.find(Article.objects.visible().with_page(), slug)
    except addresses.Moved as moved:  # its address has changed while the text was written
        article = moved.record
    data = posted(request)
    form = CommentForm(QueryDict() if data is None else data, article=article)
    if data is None:
        form.refuse(gettext("Votre envoi est trop volumineux ou illisible. Un commentaire fait 5 000 signes au plus."))
        return article_page(request, article, form, status=413)
    if not article.accepts_comments:
        form.refuse(gettext("Les commentaires de cet article sont fermés : votre texte n’a pas été envoyé."))
        return article_page(request, article, form, status=403)
    if not is_from_here(request):
        form.refuse(foreign_sentence())
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


def waiting_sentence(seconds: int) -> str:
    return gettext(
        "Plusieurs commentaires sont déjà arrivés de votre adresse ou de votre réseau. "
        "Votre texte est gardé : envoyez-le de nouveau dans %(when)s."
    ) % {"when": wait_in_words(seconds)}
