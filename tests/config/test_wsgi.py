"""The application as a server calls it: requests that would fail before Django's own handlers of errors."""

import io

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from config import wsgi

CHARSETS = [
    "utf-7",
    "utf-16",
    "latin-1",
    "hex",
    "idna",
    "punycode",
    "unicode_escape",
    "base64",
    "x-unknown",
    "\u00c3\u00a9",
    "'",
    '"',
    "",
]


def seen(method, content_type, body=b""):
    """The request as Django makes it from what the server hands over."""
    environ = RequestFactory().generic(method, "/articles/?tag=%C3%A9&q=a%FFb", body, content_type="text/plain").environ
    environ["CONTENT_TYPE"], environ["wsgi.input"] = content_type, io.BytesIO(body)
    kept = []
    wsgi.readable(lambda environ, start: kept.append(WSGIRequest(environ)) or [])(environ, None)
    return kept[0]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    "media_type", ["text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_charset_that_python_cannot_read_with_is_no_error(media_type, charset):
    request = seen("GET", f"{media_type}; charset={charset}")
    assert set(request.GET) == {"tag", "q"}


@pytest.mark.parametrize(
    "parameter", ["charset*=hex'fr'x", "charset*=utf-8''hex", "charset*=''", "charset*='", "charset=utf-8; charset=hex"]
)
def test_nor_is_one_that_is_written_in_the_long_form(parameter):
    assert set(seen("GET", f"text/html; {parameter}").GET) == {"tag", "q"}


@pytest.mark.parametrize(
    "content_type", ["", "text/html", "text/html; charset=utf-8", "text/html; charset=UTF-8", "text/html; charset=UTF8"]
)
def test_the_usual_ones_are_left_as_they_are(content_type):
    request = seen("GET", content_type)
    assert request.META["CONTENT_TYPE"] == content_type
    assert request.GET["tag"] == "é"


def test_the_fields_of_a_form_with_a_file_are_still_read():
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nFatima\r\n--x--\r\n'
    request = seen("POST", "multipart/form-data; boundary=x; charset=hex", body)
    assert request.POST["name"] == "Fatima"


@pytest.fixture
def kept_connection(db):
    """The connection of the test, which a request of a server would close when it begins and ends (as Django's client does)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("charset", ["hex", "idna", "utf-7", "x-unknown"])
def test_the_whole_site_answers(method, charset):
    environ = RequestFactory().generic(method, "/articles/?tag=%FF", b"a=b", content_type="text/html").environ
    environ["CONTENT_TYPE"] = f"text/html; charset={charset}"
    statuses = []
    response = wsgi.application(environ, lambda status, headers: statuses.append(int(status[:3])))
    b"".join(response)
    response.close()
    assert statuses == [200 if method == "GET" else 403]
