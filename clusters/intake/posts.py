"""A post without an account: whether it may come from a page of ours, and what of it can be read.

A signed token stands in for the CSRF cookie, because a reader is given no cookie.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext, ngettext

MAX_BYTES = 500_000
"""Of a post: several times the longest text as a browser encodes it."""
MAX_AGE = 24 * 3600
"""Seconds for which a form may stay open."""
TOO_FAST = 2
"""Nobody reads, writes and sends in fewer seconds."""


@dataclass(frozen=True)
class FormTokens:
    """Tokens of one kind of form; the salt keeps those of another kind out."""

    salt: str

    @property
    def _signer(self) -> signing.TimestampSigner:
        return signing.TimestampSigner(salt=self.salt)

    def make(self, page: str) -> str:
        """A token that lets one form of this page be posted; the nonce makes each one another."""
        return self._signer.sign(f"{page}.{secrets.token_urlsafe(8)}")

    def is_too_fast(self, token: str, page: str) -> bool:
        """Whether a token has only just been given out.

        Raises:
            signing.SignatureExpired: it is older than MAX_AGE.
            signing.BadSignature: it is forged, or of another page.
        """
        value = self._signer.unsign(token, max_age=MAX_AGE)
        if value.rpartition(".")[0] != page:
            raise signing.BadSignature
        try:
            self._signer.unsign(token, max_age=TOO_FAST)
        except signing.SignatureExpired:
            return False
        return True


def posted(request: HttpRequest) -> QueryDict | None:
    """The posted fields; None if they are too many, too large or not readable as a form."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            return None
        return request.POST
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError, ValueError):
        return None


def is_from_here(request: HttpRequest) -> bool:
    """Whether the post may come from a page of this site, as far as the browser says.

    A browser that says nothing passes: the token stands in every case, and there is no session to abuse.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin", "")
    if origin == "null":  # a browser that hides its origin; one that is new enough has said above where it is
        return "Sec-Fetch-Site" in request.headers
    ours = {request.get_host(), *(urlsplit(address).netloc for address in settings.CSRF_TRUSTED_ORIGINS)}
    return not origin or origin.partition("://")[2] in ours  # urlsplit raises on some of what may stand here


def wait_in_words(seconds: int) -> str:
    """« 10 minutes », « 5 heures »."""
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)d heure", "%(n)d heures", hours) % {"n": hours}


def stale_sentence() -> str:
    return gettext("La page est restée ouverte plus d’un jour. Votre texte est gardé : envoyez-le de nouveau.")


def forged_sentence() -> str:
    return gettext(
        "Le formulaire n’a pas pu être vérifié. Votre texte est gardé : relisez-le et envoyez-le de nouveau."
    )


def foreign_sentence() -> str:
    return gettext("L’envoi ne vient pas de cette page. Votre texte est gardé : envoyez-le de nouveau d’ici.")
