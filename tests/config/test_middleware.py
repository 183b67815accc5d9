"""What holds for every request: whose address it is, and what no cache may keep."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory

from config import middleware


def address_of(settings, peer, forwarded, trusted):
    settings.TRUSTED_PROXIES = trusted
    seen = []
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)
    middleware.real_address(lambda request: seen.append(middleware.client_address(request)) or HttpResponse())(request)
    return seen[0]


PROXY = ["10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("203.0.113.9", "1.2.3.4", [], "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", PROXY, "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4", PROXY, "1.2.3.4"),
        ("::1", "2001:db8::1", PROXY, "2001:db8::1"),
        ("10.0.0.1", None, PROXY, "10.0.0.1"),
        ("10.0.0.1", "", PROXY, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", PROXY, "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", PROXY, "1.2.3.4"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", PROXY, "10.0.0.3"),
        ("", "1.2.3.4", PROXY, ""),
    ],
)
def test_the_visitor_is_the_last_that_a_trusted_proxy_has_seen(settings, peer, forwarded, trusted, address):
    assert address_of(settings, peer, forwarded, trusted) == address


def test_a_network_that_is_none_is_said_at_the_start(settings):
    settings.TRUSTED_PROXIES = ["le proxy"]
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        middleware.real_address(lambda request: HttpResponse())


def test_a_page_for_a_session_is_private(settings):
    request = RequestFactory().get("/")
    serve = middleware.private_when_known(lambda request: HttpResponse())
    assert "Cache-Control" not in serve(request).headers
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    assert serve(request).headers["Cache-Control"] == "private, no-store"


def test_only_a_trusted_proxy_says_that_the_visitor_came_by_tls(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    seen = []
    through = middleware.real_address(lambda request: seen.append(request.META.get("HTTP_X_FORWARDED_PROTO")))
    for peer in ("203.0.113.9", "10.1.2.3"):
        through(RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-Proto": "https"}))
    assert seen == [None, "https"]


@pytest.mark.parametrize(
    ("hop", "address"),
    [("198.51.100.7:5678", "198.51.100.7"), ("[2001:db8::1]:443", "2001:db8::1"), ("2001:db8::1", "2001:db8::1")],
)
def test_a_port_behind_the_address_is_not_part_of_it(settings, hop, address):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    seen = []
    through = middleware.real_address(lambda request: seen.append(request.META["REMOTE_ADDR"]))
    through(RequestFactory().get("/", REMOTE_ADDR="10.1.2.3", headers={"X-Forwarded-For": hop}))
    assert seen == [address]
