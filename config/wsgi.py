"""The WSGI application that granian (or any other server) serves."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_CHARSET = re.compile(r';\s*charset[*\d]*\s*=\s*(?:"[^"]*"|[^;]*)', re.IGNORECASE)


def readable(serve: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Let no request name a charset that Python has but cannot read an address with, such as « hex » or « idna ».

    Django would fail on it before any of its own handlers of errors. Latin-1 reads every byte, and a form in it is
    refused as in any other charset than UTF-8.
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            charset = parse_header_parameters(environ.get("CONTENT_TYPE", ""))[1].get("charset", "utf-8")
        except (LookupError, ValueError):
            environ["CONTENT_TYPE"] = ""
        else:
            if charset.lower() not in ("utf-8", "utf8"):
                environ["CONTENT_TYPE"] = f"{_CHARSET.sub('', environ['CONTENT_TYPE'])}; charset=latin-1"
        return serve(environ, start_response)

    return application


application = readable(get_wsgi_application())
