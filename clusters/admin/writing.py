"""What the body editor asks of the server while somebody writes: to clean what is pasted, and the names to look out for.

Beside the chooser of clusters and not in a room of its own: all serve every body, of whichever record. Nothing is stored.
"""

import hashlib

from django.contrib import admin
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from clusters.mentions import known_names
from clusters.pasting import cleaned


class Writing(admin.ModelAdmin):
    """An admin that answers the body editor."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("paste/", view(require_POST(self.paste)), name="clusters_cluster_paste"),
            path("names/", view(require_safe(self.names)), name="clusters_cluster_names"),
            *super().get_urls(),
        ]

    def paste(self, request: HttpRequest) -> HttpResponse:
        """A clipboard's HTML, the body of the request, as the house's own: `{"html": …, "told": [sentences]}`."""
        try:
            source = request.body.decode("utf-8", "replace")
        except RequestDataTooBig:
            sentence = gettext(
                "Le texte collé est trop lourd : il est collé sans sa mise en forme. Collez-le en plusieurs fois."
            )
            return JsonResponse({"told": [sentence]}, status=413)
        pasted = cleaned(source)
        return JsonResponse({"html": pasted.html, "told": pasted.told})

    def names(self, request: HttpRequest) -> HttpResponse:
        """The names that may become references: of each the cluster, and its words as clusters.mentions compares them.

        With a tag of what they are, so that a form opened again fetches nothing that it has.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = sorted((name.public_id, name.cluster, *name.words) for name in known_names().names)
        answer = JsonResponse({"names": [{"id": one, "name": called, "words": words} for one, called, *words in rows]})
        tag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
        answer.headers["ETag"] = tag
        return get_conditional_response(request, tag, None, answer)
