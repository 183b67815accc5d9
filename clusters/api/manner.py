"""What every address of the API does alike: JSON whatever is accepted, refusals in a sentence, pages, open to everybody.

Said on the views themselves and not in the settings, so that no other use of the framework could change it.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from clusters.exports.about import licence
from clusters.views.exports import open_data

MANY, MOST = 50, 200
"""Records on a page, and at most where `page_size` asks for more."""


class AlwaysJson(BaseContentNegotiation):
    """JSON whatever the reader says that it accepts: there is nothing else."""

    def select_parser(self, request: Request, parsers: list[Any]) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: list[Any], format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Plain(JSONRenderer):
    """UTF-8 as it is, whatever « indent » the reader's Accept asks for."""

    ensure_ascii = False

    def get_indent(self, accepted_media_type: str, renderer_context: dict[str, Any]) -> None:
        return None


def on_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as JSON: `detail`, a sentence, and `errors` by parameter where one was not understood."""
    if isinstance(error, exceptions.ValidationError):
        detail = gettext("Un paramètre n’a pas été compris. Corrigez-le ou retirez-le.")
        return Response({"detail": detail, "errors": error.detail}, status=400)
    if isinstance(error, exceptions.MethodNotAllowed):
        response = Response({"detail": gettext("Ces données se lisent seulement, par GET.")}, status=405)
        response.headers["Allow"] = "GET, HEAD"
        return response
    if isinstance(error, Http404 | exceptions.NotFound):
        detail = gettext("Il n’y a rien à cette adresse : elle n’existe pas, ou ce qu’elle désigne n’est pas public.")
        return Response({"detail": detail}, status=404)
    return None


class Reading:
    """What every view of the API has in common."""

    renderer_classes = [Plain]
    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "head"]

    def get_exception_handler(self) -> Any:
        return on_error

    def finalize_response(self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        open_data(answer)
        if answer.status_code >= 400:
            answer.headers["Cache-Control"] = "no-store"
        return answer


class Pages(PageNumberPagination):
    """Pages of records; each names the licence, since an answer is kept and passed on without its headers."""

    page_size = MANY
    page_size_query_param = "page_size"
    page_size_query_description = _("Fiches par page, 200 au plus.")
    page_query_description = _("Numéro de la page, à partir de 1.")
    max_page_size = MOST

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response(
            {
                "count": self.page.paginator.count,
                "next": self._link(self.page.number + 1) if self.page.has_next() else None,
                "previous": self._link(self.page.number - 1) if self.page.has_previous() else None,
                "licence": licence(),
                "results": data,
            }
        )

    def _link(self, number: int) -> str:
        """Under the site's own address, whatever host the request came to."""
        asked = self.request.query_params.copy()
        asked["page"] = str(number)
        return f"{settings.SITE_URL}{self.request.path}?{asked.urlencode()}"

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        terms = {"type": "object", "properties": {"name": {"type": "string"}, "url": {"type": "string"}}}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "licence", "results"],
            "properties": {"count": {"type": "integer"}, "next": link, "previous": link, "licence": terms, "results": schema},
        }  # fmt: skip
