"""What holds for every request: who it comes from, what it may not carry, and what no cache may keep."""

import ipaddress
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from clusters.history.copies import put_due_in_force
from config import views

logger = logging.getLogger(__name__)
WITHOUT_ROWS = ("/healthz", settings.MEDIA_URL, settings.STATIC_URL)
Next = Callable[[HttpRequest], HttpResponseBase]


def real_address(get_response: Next) -> Next:
    """Put the visitor's address into REMOTE_ADDR when the request came through a proxy that we trust.

    X-Forwarded-For is what any visitor may write: only the entries that trusted proxies added count, read from the right.
    """
    try:
        trusted = [ipaddress.ip_network(text) for text in settings.TRUSTED_PROXIES]
    except ValueError as error:
        raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}") from error

    def without_port(hop: str) -> str:
        """« 203.0.113.9:5678 » and « [2001:db8::1]:5678 », as some proxies write them, without the port."""
        if hop.startswith("["):
            return hop[1:].partition("]")[0]
        return hop.partition(":")[0] if hop.count(":") == 1 else hop

    def is_trusted(address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in trusted)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        peer = request.META.get("REMOTE_ADDR", "")
        if trusted and is_trusted(peer):
            for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                peer = without_port(hop.strip()) or peer
                if not is_trusted(peer):
                    break
            request.META["REMOTE_ADDR"] = peer
        else:
            # Only a trusted proxy says how the visitor came; from anybody else the header is a claim.
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return get_response(request)

    return middleware


def client_address(request: HttpRequest) -> str:
    """The visitor's address, as `real_address` left it; for the log-in's lock."""
    return request.META.get("REMOTE_ADDR", "")


def refuse_null_bytes(get_response: Next) -> Next:
    """Answer 400 to a null byte in an address: PostgreSQL cannot store one, and no honest link has one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if (
            "\0" in request.path
            or "%00" in request.META.get("QUERY_STRING", "")
            or "\0" in request.META.get("QUERY_STRING", "")
        ):
            return views.bad_request(request)
        return get_response(request)

    return middleware


def changes_in_force(get_response: Next) -> Next:
    """Before anything is answered, put the changes in force whose time has come: a queryset cannot choose between two texts.

    One query through an index that holds only what is scheduled. If the database refuses, readers see what they saw.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(WITHOUT_ROWS):
            try:
                put_due_in_force()
            except DatabaseError:
                logger.exception("The scheduled changes could not be looked for.")
        return get_response(request)

    return middleware


def private_when_known(get_response: Next) -> Next:
    """Keep pages made for a person who is logged in (previews, the admin) out of every cache and search engine."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponse) and settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware
