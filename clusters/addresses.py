"""Addresses that last: what a record was once found under answers with one redirect to where it stands today.

One rule for all kinds of records of both rooms. An old address shows nothing that may not be seen now: it leads only to
what the page itself would show to this reader.

A new record is refused an address that leads to another (`SlugField`): what readers have kept would open something else
without anybody having wished it. Whoever wishes it takes the old address off the list first. Where something is written
past its form all the same, the record that stands under an address wins, and the redirect ends.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import models
from django.db.models.signals import post_delete, post_save, pre_save
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from clusters.history import Act, Revision
from clusters.models.addresses import FormerAddress

MOST_SLUGS = 20
"""Slugs of one filter that are looked up; whoever sends more is no reader of an old page."""

View = Callable[..., HttpResponse]


class Moved(Exception):
    """Nothing stands under the address that was asked for any more; what it stood for is elsewhere.

    Args:
        record: what it leads to, as the rows that were searched fetch it.
    """

    def __init__(self, record: Any) -> None:
        super().__init__(record)
        self.record = record


def find(rows: Any, slug: str) -> Any:
    """The row that stands under an address.

    Args:
        rows: what this reader may see of one kind of record.

    Raises:
        Moved: one of these rows stood under it before, or took over the record that did.
        Http404: there is none.
    """
    if record := rows.filter(slug=slug).first():
        return record
    left = FormerAddress.objects.of(rows.model).filter(slug=slug).values("object_id")
    # Two steps and not one chain: where a record goes is written with the record, so that it is always one hop.
    record = rows.survivors_of(slug=slug).first() or rows.filter(pk__in=left).first() or rows.survivors_of(pk__in=left).first()  # fmt: skip
    if record is None:
        raise Http404
    raise Moved(record)


def lasting(view: View) -> View:
    """Make a view that takes a `slug`, and asks `find` for it, answer a former address with the one of today.

    The redirect keeps what was asked beside the slug: the feed stays a feed, the query a query. Browsers must ask for it
    again each time: a slug that is changed back would otherwise lead them in a circle.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Moved as moved:
            match = request.resolver_match
            address = reverse(match.view_name, kwargs={**match.captured_kwargs, "slug": moved.record.slug})
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            response = HttpResponsePermanentRedirect(address + query)
            response.headers["Cache-Control"] = "no-cache"
            return response

    return answer


def lasting_query(**kinds: Callable[[], Any]) -> Callable[[View], View]:
    """Make a view that filters by slugs answer a query that holds a former one with that of today, all of it in one hop.

    What is asked for besides stays; a slug that leads nowhere stays too, for the filter to say so.

    Args:
        kinds: name of a filter → the rows that its slugs name, of which this reader may know.
    """

    def make(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asked = request.GET.copy()
            for name in kinds.keys() & asked.keys():
                rows, slugs = kinds[name](), list(dict.fromkeys(asked.getlist(name)))
                if len(slugs) <= MOST_SLUGS:
                    asked.setlist(name, list(dict.fromkeys(_of_today(rows, slug) for slug in slugs)))
            if asked == request.GET:
                return view(request, *args, **kwargs)
            response = HttpResponsePermanentRedirect(f"{request.path}?{asked.urlencode()}")
            response.headers["Cache-Control"] = "no-cache"
            return response

        return answer

    return make


def _of_today(rows: Any, slug: str) -> str:
    if not slug:
        return slug
    try:
        find(rows, slug)
    except Moved as moved:
        return moved.record.slug
    except Http404:
        pass
    return slug


def keep(model: type[models.Model], was_public: Callable[[Any], bool] | None = None) -> None:
    """Have the slugs that rows of a model leave remembered, in the transaction of whatever changes them.

    Args:
        was_public: whether a row, as it was stored, was ever to be seen; by its publication and its history, unless given.
            A working title that nobody was shown is no address, and would tell what was meant to stay in the drawer.
    """
    ever = was_public or _was_public

    def look(instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
        instance._left_slug = ""
        if raw or instance._state.adding or (update_fields is not None and "slug" not in update_fields):
            return
        stored = model._base_manager.filter(pk=instance.pk).exclude(slug=instance.slug).first()
        if stored is not None and ever(stored):
            instance._left_slug = stored.slug

    def write(instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
        if raw or (update_fields is not None and "slug" not in update_fields):
            return
        FormerAddress.objects.of(model).filter(slug=instance.slug).delete()
        if instance._left_slug:
            FormerAddress.objects.leave(instance, instance._left_slug)

    def forget(instance: Any, **kwargs: Any) -> None:
        FormerAddress.objects.of(model).filter(object_id=instance.pk).delete()

    for signal, receiver in ((pre_save, look), (post_save, write), (post_delete, forget)):
        signal.connect(receiver, sender=model, weak=False, dispatch_uid=f"addresses.{receiver.__name__}")


def _was_public(stored: Any) -> bool:
    if type(stored)._default_manager.visible().filter(pk=stored.pk).exists():
        return True
    acts = (Act.PUBLISHED, Act.WITHDRAWN)
    return Revision.objects.of(stored).filter(act__in=acts).exists() or stored.publication == "withdrawn"
