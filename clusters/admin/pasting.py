"""Where the body editor sends what is pasted; it stores nothing, and any member of staff may ask.

Beside the chooser of clusters and not in a room of its own: both serve every body, of whichever record.
"""

from django.contrib import admin
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from clusters.pasting import cleaned


class Pasting(admin.ModelAdmin):
    """An admin that cleans what the editor is given to paste."""

    def get_urls(self) -> list[URLPattern]:
        paste = self.admin_site.admin_view(require_POST(self.paste))
        return [path("paste/", paste, name="clusters_cluster_paste"), *super().get_urls()]

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
