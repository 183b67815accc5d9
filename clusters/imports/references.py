"""Which source a cell names: by its identifier, its address in whatever form, or its exact title.

Loaded once for an import: sources are thousands, rows that name them may be a hundred thousand.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.translation import gettext

from clusters.imports.cells import key
from clusters.models import Source

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id")


def normalised(url: str) -> str:
    """An address as it is compared: scheme, « www. », capitals of the host, tracking, fragment and last slash aside.

    >>> normalised("HTTPS://www.Example.org/a/?utm_source=x#top")
    'example.org/a'
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url.strip()
    query = urlencode(
        [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if not _TRACKING.fullmatch(name)
        ]
    )
    return f"{host}{port}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


class SourceFinder:
    """The registry's sources by everything that may name one."""

    def __init__(self) -> None:
        self.sources: dict[int, Source] = {}
        self.by_slug: dict[str, int] = {}
        self.by_url: dict[str, list[int]] = {}
        self.by_title: dict[str, list[int]] = {}
        for source in Source.objects.only("slug", "url", "title", "publisher", "published"):
            self.add(source)

    def add(self, source: Source) -> None:
        self.sources[source.pk] = source
        self.by_slug[source.slug] = source.pk
        if source.url:
            self.by_url.setdefault(normalised(source.url), []).append(source.pk)
        self.by_title.setdefault(key(source.title), []).append(source.pk)

    def candidates(self, said: str) -> set[int]:
        """The sources that a cell may mean."""
        if said in self.by_slug:
            return {self.by_slug[said]}
        if re.match(r"(?:https?:)?//", said, re.IGNORECASE):
            return set(self.by_url.get(normalised(said), ()))
        return set(self.by_title.get(key(said), ()))

    def find(self, told: list[str]) -> tuple[Source | None, str]:
        """(source, sentence): the one that all of the cells mean, or why there is none."""
        found: set[int] | None = None
        for said in told:
            these = self.candidates(said)
            if not these:
                return None, gettext("aucune source « %(said)s » : donnez son identifiant, son adresse en ligne ou son titre exact, ou importez-la d’abord.") % {"said": said[:80]}  # fmt: skip
            found = these if found is None else found & these
        if found is not None and not found:
            return None, gettext("ces cases désignent deux sources différentes.")
        if not found or len(found) > 1:
            return None, gettext("plusieurs sources répondent à « %(said)s » : donnez l’identifiant de la bonne.") % {
                "said": told[0][:80]
            }
        return self.sources[found.pop()], ""
