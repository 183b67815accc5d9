"""Pages made of both apps: home, search, errors, health."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    return request.META.get("REMOTE_ADDR", "")


def site(request: HttpRequest) -> dict[str, Any]:
    return {"site": {"name": settings.SITE_NAME, "url": settings.SITE_URL}}


def csrf_failure(request: HttpRequest, reason: str = "") -> Any:
    raise NotImplementedError
