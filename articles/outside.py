"""Asks outside pages whether they are still there: politely, and never a machine of our own network.

An editor may paste any address, and the program that asks for it stands inside: every host is resolved first, on every hop of
a redirect, and the connection goes to the very number that was found harmless.
"""

import datetime as dt
import http.client
import ipaddress
import itertools
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext

from articles.models.links import OutsideAddress, Verdict

HOPS = 5
TIMEOUT = 10.0
"""Seconds for each step of a connection."""
PAUSE = 1.0
"""Seconds between two requests to the same host."""
FOR_GOOD = frozenset({301, 308})
REDIRECTS = FOR_GOOD | {302, 303, 307}
SHY = frozenset({401, 403, 407, 429, 451, 999})
"""Answers that a reader may not get: to log in, or because a program asks. They say nothing of the page."""
BUSY = frozenset({429, 503})
"""The host asks to be left alone: not asked again in this run."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as a translating network writes them (RFC 6052)."""

Fetch = Callable[[str, SplitResult, str], tuple[int, str]]
Resolve = Callable[[str, int], Iterable[str]]


class Unreachable(Exception):
    """No answer; says why, for an editor."""


@dataclass(frozen=True)
class Outcome:
    """What a check has found: as the columns of OutsideAddress."""

    verdict: str
    status: int | None = None
    error: str = ""
    moved_to: str = ""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not our own machine, network, or a group of machines."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed in _TRANSLATED:
            parsed = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        else:
            parsed = parsed.ipv4_mapped or parsed.sixtofour or parsed
    return parsed.is_global and not parsed.is_multicast


def resolved(host: str, port: int) -> list[str]:
    """The IP addresses of a host."""
    return list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def fetched(method: str, url: SplitResult, address: str) -> tuple[int, str]:
    """Ask one address, at this IP address and no other; (status, where it leads)."""
    connect = partial(_connected, address)
    made: http.client.HTTPConnection = (
        http.client.HTTPSConnection(url.hostname, url.port, timeout=TIMEOUT, context=ssl.create_default_context())
        if url.scheme == "https"
        else http.client.HTTPConnection(url.hostname, url.port, timeout=TIMEOUT)
    )
    # The name stays in the request and in the certificate; only the number is ours to choose, against a name that is
    # harmless when it is looked up and is not when it is asked.
    made._create_connection = connect
    try:
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        made.request(method, path, headers={"User-Agent": user_agent(), "Accept": "*/*", "Connection": "close"})
        answer = made.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        made.close()


def _connected(address: str, target: tuple[str, int], timeout: Any = None, source: Any = None) -> socket.socket:
    return socket.create_connection((address, target[1]), timeout, source)


def user_agent() -> str:
    """Who asks, so that whoever minds knows whom to write to."""
    return f"Grappe-links/1.0 (+{settings.SITE_URL})"


@dataclass
class Checker:
    """Checks addresses one after the other; what it stands on can be exchanged, so that tests ask a server of their own."""

    fetch: Fetch = fetched
    resolve: Resolve = resolved
    is_public: Callable[[str], bool] = is_public
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    closed: set[str] = field(default_factory=set)
    _asked: dict[str, float] = field(default_factory=dict)

    def run(self, rows: Iterable[OutsideAddress]) -> Iterator[OutsideAddress]:
        """Check rows and write down each as soon as it is known; a host that asks for rest is left for another day."""
        for row in _in_turns(rows):
            if _host(row.url) in self.closed:
                continue
            found = self.check(row.url)
            row.note(found.verdict, timezone.now(), status=found.status, error=found.error, moved_to=found.moved_to)
            yield row

    def check(self, url: str) -> Outcome:
        """Ask for a page, following redirects."""
        here, for_good = url, True
        try:
            for _hop in range(HOPS + 1):
                status, location = self._ask(here)
                if status not in REDIRECTS or not location:
                    return _judged(status, here if for_good and here != url else "")
                for_good = for_good and status in FOR_GOOD
                here = iri_to_uri(urljoin(here, location))
        except Unreachable as error:
            return Outcome(Verdict.FAILED, error=str(error))
        except ValueError:
            return Outcome(Verdict.FAILED, error=gettext("L’adresse ne peut pas être lue."))
        return Outcome(Verdict.FAILED, error=gettext("La page renvoie de page en page sans fin."))

    def _ask(self, url: str) -> tuple[int, str]:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable(gettext("L’adresse mène hors du Web."))
        address = self._harmless(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        status, location = self._politely("HEAD", parts, address)
        if status >= 400 and status not in BUSY:
            status, location = self._politely("GET", parts, address)  # many servers answer nothing else
        if status in BUSY:
            self.closed.add(parts.hostname)
        return status, location

    def _harmless(self, host: str, port: int) -> str:
        try:
            found = list(self.resolve(host, port))
        except (OSError, UnicodeError):
            raise Unreachable(gettext("Ce nom de site n’existe pas (plus).")) from None
        if not found or not all(self.is_public(one) for one in found):
            raise Unreachable(gettext("L’adresse est celle d’un réseau privé : elle n’est pas demandée."))
        return found[0]

    def _politely(self, method: str, parts: SplitResult, address: str) -> tuple[int, str]:
        host = parts.hostname or ""
        since = self.clock() - self._asked.get(host, float("-inf"))
        if since < PAUSE:
            self.sleep(PAUSE - since)
        self._asked[host] = self.clock()
        try:
            return self.fetch(method, parts, address)
        except TimeoutError:
            raise Unreachable(gettext("Le site n’a pas répondu à temps.")) from None
        except ssl.SSLError:
            raise Unreachable(gettext("Le certificat du site n’est pas valable.")) from None
        except (OSError, http.client.HTTPException):
            raise Unreachable(gettext("Le site refuse la connexion ou la coupe.")) from None


def _judged(status: int, moved_to: str) -> Outcome:
    if 200 <= status < 300:
        return Outcome(Verdict.MOVED if moved_to else Verdict.OK, status, moved_to=moved_to)
    if status in SHY:
        return Outcome(Verdict.SHY, status)
    said = {404: gettext("La page n’existe plus."), 410: gettext("La page a été retirée.")}
    return Outcome(Verdict.FAILED, status, said.get(status, gettext("Le site répond par une erreur.")))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _in_turns(rows: Iterable[OutsideAddress]) -> Iterator[OutsideAddress]:
    """The rows so that hosts take turns: nobody waits for a pause that another host can fill."""
    by_host: dict[str, list[OutsideAddress]] = {}
    for row in rows:
        by_host.setdefault(_host(row.url), []).append(row)
    for turn in itertools.zip_longest(*by_host.values()):
        yield from (row for row in turn if row is not None)


def check_due(checker: Checker, limit: int, at: dt.datetime | None = None) -> Iterator[OutsideAddress]:
    """Check what it is time for, and forget the pages that no article links to any more."""
    OutsideAddress.objects.unused().delete()
    yield from checker.run(list(OutsideAddress.objects.due(at)[:limit]))
