"""What a text may link to by id: the kinds, how each is found, and where it stands today for whoever reads.

Each room registers its own kinds (`DESTINATIONS.register`), so that the registry's texts can link to what this room does not
know. An address is public or none: the same text reads the same for everybody, and a hidden title or address cannot leak.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.text import capfirst

CHOICES = 8
"""How many of each kind the chooser offers at once."""


def own_address(request: HttpRequest, address: str) -> SplitResult | None:
    """The parts of an address of this site, whole or from its root; None for what is none, or is somebody else's."""
    try:
        parts, own = urlsplit(address.strip()), urlsplit(settings.SITE_URL)
    except ValueError:  # an address that is none, such as //[
        return None
    ours = {("", ""), (own.scheme, own.netloc), (request.scheme, request.get_host())}
    return parts if (parts.scheme, parts.netloc) in ours and parts.path.startswith("/") else None


@dataclass(frozen=True)
class Destination:
    """A kind of page that a text may link to.

    Attributes:
        kind: its name in a text: `programme` in data-to="programme/12".
        model: whose rows; they have `visible()`, `get_absolute_url()` and a `slug`.
        view: name of the address of a row's page, which takes its slug.
        key: the column by which a text names a row.
        addresses: ids → addresses of those that anybody may see, where `visible()` alone does not tell.
    """

    kind: str
    model: type[models.Model]
    view: str
    key: str = "pk"
    addresses: Callable[[Iterable[str]], Mapping[str, str]] | None = None

    def address_of(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Today's addresses of those of these rows that anybody may see."""
        if self.addresses:
            return self.addresses(ids)
        rows = self.model._default_manager.visible().filter(**{f"{self.key}__in": self._real(ids)})
        return {str(getattr(row, self.key)): row.get_absolute_url() for row in rows.only(self.key, "slug")}

    def _real(self, ids: Iterable[str]) -> list[Any]:
        return (
            list(ids)
            if self.key != "pk"
            else [int(one) for one in ids if one.isascii() and one.isdecimal() and len(one) < 19]
        )


@dataclass
class Destinations:
    """The kinds that are registered, and the pictures that texts may show."""

    kinds: dict[str, Destination] = field(default_factory=dict)
    pictures: type[models.Model] | None = None
    """The library: its rows have what components/picture.html prints, and caption and credit."""
    picture_chooser: str = ""
    """Name of the address that finds a picture by words."""

    def register(self, *targets: Destination) -> None:
        self.kinds.update({target.kind: target for target in targets})

    def picture_choices(self) -> str:
        """Where the editor asks for pictures."""
        return reverse(self.picture_chooser) if self.picture_chooser else ""

    def addresses(self, links: Iterable[tuple[str, str]]) -> dict[str, str]:
        """« kind/id » → address, for those of these links that anybody may follow; a query for each kind that is named."""
        wanted: dict[str, set[str]] = {}
        for kind, number in links:
            wanted.setdefault(kind, set()).add(number)
        return {
            f"{kind}/{number}": address
            for kind, ids in wanted.items()
            if kind in self.kinds
            for number, address in self.kinds[kind].address_of(ids).items()
        }

    def shown_pictures(self, ids: Iterable[int]) -> dict[int, Any]:
        """The pictures of these ids that the library has."""
        return self.pictures._default_manager.in_bulk(set(ids)) if self.pictures and ids else {}

    def choices(self, site: AdminSite, request: HttpRequest, query: str) -> list[dict[str, str]]:
        """What a chooser offers for some words, of the kinds that this person may see in the admin."""
        found = []
        for target in self.kinds.values():
            owner = site.get_model_admin(target.model)
            if not owner.has_view_permission(request):
                continue
            rows, _duplicates = owner.get_search_results(request, owner.get_queryset(request), query)
            found += [self._choice(target, row) for row in rows.distinct()[:CHOICES]]
        return found

    def at_address(self, site: AdminSite, request: HttpRequest, address: str) -> list[dict[str, str]]:
        """The row whose page stands at an address of ours, as a chooser offers it; none if it is elsewhere or hidden from them."""
        parts = own_address(request, address)
        if parts is None or parts.query or parts.fragment:
            return []
        try:
            match = resolve(parts.path)
        except Resolver404:
            return []
        for target in self.kinds.values():
            owner = site.get_model_admin(target.model)
            if target.view == match.view_name and owner.has_view_permission(request):
                row = owner.get_queryset(request).filter(slug=match.kwargs.get("slug", "")).first()
                return [self._choice(target, row)] if row else []
        return []

    @staticmethod
    def _choice(target: Destination, row: Any) -> dict[str, str]:
        return {
            "id": f"{target.kind}/{getattr(row, target.key)}",
            "name": str(row),
            "note": capfirst(str(row._meta.verbose_name)),
        }


DESTINATIONS = Destinations()
