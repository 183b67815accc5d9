"""How much may come from one network or one e-mail address, and what a network is.

Counted in the table of what is sent: no cache is shared by all processes of the smallest deployment.
"""

import datetime as dt
import ipaddress
import math
from dataclasses import dataclass

from django.db import connection, models
from django.utils.crypto import salted_hmac


class TooMany(Exception):
    """More than the limits allow.

    Attributes:
        retry_after: seconds until the next one is accepted.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limits:
    """The limits of one kind of thing that is sent.

    Attributes:
        purpose: which kind; one sender's digest in one kind tells nothing about another.
        windows: (length, how many in it).
    """

    purpose: str
    windows: tuple[tuple[dt.timedelta, int], ...]

    def network_of(self, address: str) -> str:
        """A keyed digest of the /24 (IPv4) or /64 (IPv6) network of an address; "" if it is not one.

        The address itself is never stored. A whole network counts as one sender, because one person easily changes
        addresses inside it.
        """
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return ""
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        network = ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False)
        return salted_hmac(f"{self.purpose}.network", str(network), algorithm="sha256").hexdigest()

    def hold(self, *senders: str) -> None:
        """Let only one thing of each sender be counted at a time, until the transaction ends.

        A lock on the page they write under would do for one page, but not for posts to many at the same instant. SQLite
        has one writer anyway (transactions are IMMEDIATE).
        """
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            # Always in the same order: two requests never wait for each other.
            for sender in sorted(filter(None, senders)):
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{self.purpose} {sender}"])

    def check(self, sent: models.QuerySet, at: dt.datetime) -> None:
        """Refuse one more at a moment if a window is full.

        Args:
            sent: what one sender has sent; rows have a `created_at`.
        Raises:
            TooMany
        """
        longest, most = max(self.windows)
        recent = sent.filter(created_at__gt=at - longest).order_by("-created_at")
        times = list(recent.values_list("created_at", flat=True)[:most])
        waits = [
            times[allowed - 1] + length - at
            for length, allowed in self.windows
            if len(times) >= allowed and times[allowed - 1] > at - length
        ]
        if waits:
            raise TooMany(max(1, math.ceil(max(waits).total_seconds())))
