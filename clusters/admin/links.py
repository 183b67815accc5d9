"""What the body editor's link dialog asks: pages of ours by words, or the one that stands at an address."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, JsonResponse

from clusters.destinations import DESTINATIONS


def link_choices(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """`?q=` words, or `?address=`: `results` of `id` (« kind/id »), `name` and `note`, as far as this person may see them."""
    address = request.GET.get("address", "")[:500]
    query = " ".join(request.GET.get("q", "").split())[:100]
    found = DESTINATIONS.at_address(site, request, address) if address else DESTINATIONS.choices(site, request, query)
    return JsonResponse({"results": found})
