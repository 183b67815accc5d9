"""Pages of others that a text may show: whose, at which addresses, and in which frame.

Providers are data; the editor, the page and its Content-Security-Policy all read this one list.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse


@dataclass(frozen=True)
class Provider:
    """Somebody whose pages may be shown.

    Attributes:
        name: as readers know it.
        address: what the addresses of its pages look like, in the words that Python's and JavaScript's patterns share; the
            first group that matches is the page's own number.
        frame: address of the frame, with {} for that number.
        origin: the only place that the frame may come from, for the policy's frame-src.
        is_video: else a chart or a map.
    """

    name: str
    address: str
    frame: str
    origin: str
    is_video: bool = True


PROVIDERS = (
    Provider(
        "YouTube",
        r"^https://(?:(?:www|m)\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#]*&)?v=|embed/|shorts/|live/)|youtu\.be/)([\w-]{11})(?![\w-])",
        "https://www.youtube-nocookie.com/embed/{}",
        "https://www.youtube-nocookie.com",
    ),
    Provider(
        "Vimeo",
        r"^https://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{1,12})(?!\d)",
        "https://player.vimeo.com/video/{}?dnt=1",
        "https://player.vimeo.com",
    ),
    Provider(
        "Datawrapper",
        r"^https://(?:datawrapper\.dwcdn\.net|www\.datawrapper\.de/_)/(\w{5})(?!\w)",
        "https://datawrapper.dwcdn.net/{}/",
        "https://datawrapper.dwcdn.net",
        is_video=False,
    ),
)


@dataclass(frozen=True)
class Frame:
    """The frame of one page: whose it is, and its address."""

    provider: Provider
    src: str


def frame_of(address: str) -> Frame | None:
    """The frame that shows the page at an address; None if it is nobody's whom we know."""
    for provider in PROVIDERS:
        found = re.match(provider.address, address, re.ASCII)
        if found:
            return Frame(provider, provider.frame.format(found[1]))
    return None


def allow(response: HttpResponse, origins: Iterable[str]) -> HttpResponse:
    """Let a page, and no other, load frames from these places; nothing is loaded before a reader asks for it."""
    places = sorted(set(origins))
    if places:
        response._csp_replace = {"frame-src": places}
    return response
