"""Where readers propose corrections, and read what became of them. No cookie, no account, and no text is lost."""

from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clusters import addresses
from clusters.corrections import SuggestionForm, says_now
from clusters.intake.limits import TooMany
from clusters.intake.posts import foreign_sentence, is_from_here, posted, wait_in_words
from clusters.models import Cluster, FormerAddress, Observation, Programme, Source, Suggestion
from clusters.models.publication import PublicationState
from clusters.models.suggestions import Record
from clusters.related import is_id

RECORDS = {"cluster": Cluster, "programme": Programme, "source": Source}


@csrf_exempt  # its cookie would be the only one a reader gets; the signed token and is_from_here stand in for it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@addresses.lasting
def propose(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Propose a correction to a record, or (`?figure=`) to one of its figures."""
    record = _record_asked(kind, slug)
    if record.slug != slug:  # another address, or merged into another, since the form was opened
        is_merged = not FormerAddress.objects.of(type(record)).filter(slug=slug, object_id=record.pk).exists()
        if is_merged or request.method != "POST":
            return _moved(request, record, kind)
    if not record.is_published:
        return _withdrawn(request, record)
    figure = _figure_asked(request, record)
    is_gone = figure is None and bool(request.GET.get("figure"))  # corrected since, or of another record
    if request.method != "POST":
        if is_gone:
            raise Http404
        return _page(request, SuggestionForm(record=record, figure=figure))
    data = posted(request)
    if is_gone and data is not None:
        data = data.copy()
        data.setdefault("field", Suggestion.Field.OTHER)
    form = SuggestionForm(QueryDict() if data is None else data, record=record, figure=figure)
    if data is None:
        form.refuse(gettext("Votre envoi est trop volumineux ou illisible. Une correction tient en quelques lignes."))
        return _page(request, form, status=413)
    if not is_from_here(request):
        form.refuse(foreign_sentence())
        return _page(request, form, status=403)
    if is_gone:
        form.refuse(
            gettext(
                "Ce chiffre vient d’être corrigé, ou n’est plus sur cette fiche. Votre texte est gardé : relisez la fiche, "
                "puis envoyez-le s’il vaut encore."
            )
        )
        return _page(request, form, status=422)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        suggestion = form.send(request.META.get("REMOTE_ADDR", ""))
    except TooMany as limit:
        form.refuse(
            gettext(
                "Plusieurs corrections sont déjà arrivées de votre adresse ou de votre réseau. "
                "Votre texte est gardé : envoyez-le de nouveau dans %(when)s."
            )
            % {"when": wait_in_words(limit.retry_after)}
        )
        response = _page(request, form, status=429)
        response.headers["Retry-After"] = str(limit.retry_after)
        return response
    return HttpResponseRedirect(f"{suggestion.get_absolute_url()}?received", status=303)


@never_cache
@require_safe
def followed(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a correction, for whoever holds its address; nothing that was typed is shown."""
    found = Suggestion.objects.select_related("cluster", "programme", "source", "duplicate_of")
    suggestion = found.filter(token=token).first()
    # The address that a program was given leads nowhere; it is told so as anybody is, who mistypes one.
    if suggestion is None and "received" not in request.GET:
        raise Http404
    record = suggestion and suggestion.record
    shown = record is not None and record.is_published
    context = {
        "page_title": gettext("Votre correction"),
        "page_description": "",
        "suggestion": suggestion,
        "answered": suggestion and (suggestion.duplicate_of or suggestion),
        "record_title": _title(record) if shown else "",
        "record_href": record.get_absolute_url() if shown else "",
        "is_received": "received" in request.GET,
        "address": request.build_absolute_uri(request.path),
        "noindex": True,
    }
    return render(request, "clusters/correction_followed.html", context)


def _record_asked(kind: str, slug: str) -> Record:
    """The record of this address, or the one that it was merged into; one that was withdrawn is found too."""
    rows = RECORDS[kind].objects
    try:
        return addresses.find(rows.visible(), slug)
    except addresses.Moved as moved:
        return moved.record
    except Http404:
        own = {"merged_into": None} if kind == "cluster" else {}
        return get_object_or_404(rows, slug=slug, publication=PublicationState.WITHDRAWN, **own)


def _moved(request: HttpRequest, record: Record, kind: str) -> HttpResponse:
    action = reverse(f"clusters:correct_{kind}", args=[record.slug])
    if request.method != "POST":
        raise addresses.Moved(record)
    return _refused(
        request,
        record,
        gettext(
            "La fiche que vous corrigez vient d’être réunie à celle-ci. Votre texte est gardé : s’il vaut aussi pour "
            "elle, envoyez-le."
        ),
        status=422,
        action=action,
    )


def _withdrawn(request: HttpRequest, record: Record) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    sentence = gettext(
        "Cette fiche n’est plus sur le site : la correction ne peut pas être reçue. Votre texte est gardé, copiez-le si "
        "vous voulez vous en resservir."
    )
    # Nothing of the record is shown any more, its title no more than the rest.
    return _refused(request, record, sentence, status=410, record_title="", record_href=reverse("clusters:list"))


def _refused(request: HttpRequest, record: Record, sentence: str, status: int, **context: str) -> HttpResponse:
    """The form as it was sent, with a sentence that says why it was not taken."""
    data = posted(request)
    data = QueryDict(mutable=True) if data is None else data.copy()
    data.setdefault("field", Suggestion.Field.OTHER)  # the form of a figure has none
    form = SuggestionForm(data, record=record)
    form.refuse(sentence)
    return _page(request, form, status, **context)


def _figure_asked(request: HttpRequest, record: Record) -> Observation | None:
    asked = request.GET.get("figure", "")
    if not asked:
        return None
    figures = Observation.objects.visible().select_related("indicator", "source")
    figures = figures.filter(source=record) if isinstance(record, Source) else figures.about(record)
    return figures.filter(pk=asked).first() if is_id(asked) else None


def _title(record: Record) -> str:
    return record.title if isinstance(record, Source) else record.name


def _page(request: HttpRequest, form: SuggestionForm, status: int = 200, **more: str) -> HttpResponse:
    record, figure = form.record, form.figure
    context: dict[str, Any] = {
        "page_title": gettext("Proposer une correction"),
        "page_description": "",
        "form": form,
        "record_title": _title(record),
        "record_href": record.get_absolute_url(),
        "figure_said": says_now(record, Suggestion.Field.FIGURE, figure) if figure else "",
        "token": form.fresh_token,
        "action": request.get_full_path() if figure else request.path,
        "noindex": True,
        **more,
    }
    return render(request, "clusters/correction.html", context, status=status)
