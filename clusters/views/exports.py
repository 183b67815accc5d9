"""The addresses under which the registry is taken away: the filtered list as a file, and the whole of it."""

import functools
import io
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from clusters.exports import dump, files, workbook
from clusters.exports.about import MEDIA_TYPES, Taking, licence
from clusters.filters import ClusterFilter

FRESH_FOR = 300
"""Seconds for which a cache may keep a file: an editor who corrects a figure sees it in the file soon after."""
WAITS_FOR, LASTS_FOR = 3, 900
"""Seconds that somebody waits for a file that another is fetching, and that one may take to fetch it."""

View = Callable[[HttpRequest], HttpResponseBase]
_slot = threading.BoundedSemaphore(1)


def open_data(response: HttpResponseBase) -> HttpResponseBase:
    """Anybody's page may read it, no search engine lists it, and it names its licence."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_FOR}"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Link"] = f'<{licence()["url"]}>; rel="license"'
    return response


def one_at_a_time(view: View) -> View:
    """Let one file leave each process at a time: whoever reads slowly holds the thread that writes, and pages need one.

    Who comes meanwhile waits a little, then is asked to come again; a reader who takes for ever is left.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponseBase:
        if request.method == "HEAD":
            return view(request)
        if not _slot.acquire(timeout=WAITS_FOR):
            sentence = gettext("Un autre fichier est en cours d’envoi. Réessayez dans une minute.")
            headers = {"Retry-After": "60", "Cache-Control": "no-store"}
            return HttpResponse(f"{sentence}\n", status=503, content_type="text/plain; charset=utf-8", headers=headers)
        held = ExitStack()
        held.callback(_slot.release)
        try:
            response = view(request)
        except BaseException:
            held.close()
            raise
        # Also where the server never asks for the first part: closing twice releases once.
        weakref.finalize(response, held.close)
        response.streaming_content = _let_go(response.streaming_content, held)
        return response

    return wrapped


def _let_go(parts: Iterable[bytes], held: ExitStack) -> Iterator[bytes]:
    """The parts of a body; the slot is free when they are through.

    Raises:
        TimeoutError: the reader takes too long. The connection breaks off, so that half a file does not pass for a whole one.
    """
    until = time.monotonic() + LASTS_FOR
    with held:
        for part in parts:
            if time.monotonic() > until:
                raise TimeoutError("A reader took too long to fetch a file.")
            yield part


@require_safe
@one_at_a_time
def csv_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    table = request.GET.get("rows", "")
    table = table if table in files.TABLES else "clusters"
    name = {"clusters": "clusters", "figures": "chiffres"}[table]
    return _streamed(
        files.csv_of(taking, table),
        taking.file_name(name, "csv"),
        f"{MEDIA_TYPES['csv']}; charset=utf-8; header=present",
    )


@require_safe
@one_at_a_time
def json_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    return _streamed(files.json_of(taking), taking.file_name("clusters", "json"), MEDIA_TYPES["json"])


@require_safe
@one_at_a_time
def geojson_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    return _streamed(files.geojson_of(taking), taking.file_name("clusters", "geojson"), MEDIA_TYPES["geojson"])


@require_safe
@one_at_a_time
def xlsx_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    return _written(request, workbook.write, taking, taking.file_name("clusters", "xlsx"), MEDIA_TYPES["xlsx"])


@require_safe
@one_at_a_time
def dump_file(request: HttpRequest) -> HttpResponseBase:
    taking = Taking.of(ClusterFilter())  # the whole, whatever the address says
    return _written(request, dump.write, taking, taking.file_name("registre", "zip"), MEDIA_TYPES["zip"])


def _asked(request: HttpRequest) -> Taking:
    return Taking.of(ClusterFilter(request.GET or None))


def _streamed(parts: Any, name: str, media_type: str) -> HttpResponseBase:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return open_data(StreamingHttpResponse(parts, content_type=media_type, headers=disposition))


def _written(
    request: HttpRequest, write: Callable[[IO[bytes], Taking], None], taking: Taking, name: str, media_type: str
) -> HttpResponseBase:
    """A file that has to be whole before it can be sent, kept on disk and not in memory."""
    is_asked_for = request.method != "HEAD"
    with ExitStack() as stack:
        handle: IO[bytes] = io.BytesIO()
        if is_asked_for:
            handle = stack.enter_context(tempfile.TemporaryFile())
            write(handle, taking)
            handle.seek(0)
        stack.pop_all()  # from here on the response closes it
    response = open_data(FileResponse(handle, as_attachment=True, filename=name, content_type=media_type))
    if not is_asked_for:
        del response.headers["Content-Length"]  # that of the empty file
    return response
