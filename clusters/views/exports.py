"""The addresses under which the registry is taken away: the filtered list as a file, and the whole of it."""

import functools
import io
import tempfile
import threading
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from clusters import addresses
from clusters.exports import dump, files, workbook
from clusters.exports.about import MEDIA_TYPES, Taking, licence
from clusters.filters import ClusterFilter
from clusters.models import Programme

FRESH_FOR = 300
"""Seconds for which a cache may keep a file: an editor who corrects a figure sees it in the file soon after."""
PART = 4_000_000
"""Bytes handed to the server at once. It takes one and keeps the next, and its thread is free: from the third on a reader
who stops holds that thread."""

View = Callable[[HttpRequest], HttpResponseBase]
_slot, _long = threading.BoundedSemaphore(1), threading.BoundedSemaphore(1)


class Sent(FileResponse):
    """A file in large parts; `free` is called when it is through or nobody wants it any more."""

    block_size = PART
    free: Callable[[], object] | None = None

    def close(self) -> None:
        super().close()
        if self.free:
            self.free()


def open_data(response: HttpResponseBase) -> HttpResponseBase:
    """Anybody's page may read it, no search engine lists it, and it names its licence."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_FOR}"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Link"] = f'<{licence()["url"]}>; rel="license"'
    return response


def one_at_a_time(view: View) -> View:
    """Let each process make one file at a time: it takes seconds and a thread, and pages need the other one.

    Who comes meanwhile is asked at once to come again: to wait would take that other thread. A file that is made is
    sent without the slot, so that a reader who stops keeps nobody else from a file.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponseBase:
        if request.method == "HEAD":
            return view(request)
        if not _slot.acquire(blocking=False):
            return _later(gettext("Un autre fichier est en préparation. Réessayez dans une minute."))
        try:
            return view(request)
        finally:
            _slot.release()

    return wrapped


def _later(sentence: str) -> HttpResponse:
    headers = {"Retry-After": "60", "Cache-Control": "no-store"}
    return HttpResponse(f"{sentence}\n", status=503, content_type="text/plain; charset=utf-8", headers=headers)


by_address = addresses.lasting_query(programme=Programme.objects.visible)


@require_safe
@by_address
@one_at_a_time
def csv_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    table = request.GET.get("rows", "")
    table = table if table in files.TABLES else "clusters"
    name = {"clusters": "clusters", "figures": "chiffres"}[table]
    return _written(
        request,
        functools.partial(files.write_csv, table=table),
        taking,
        taking.file_name(name, "csv"),
        f"{MEDIA_TYPES['csv']}; charset=utf-8; header=present",
    )


@require_safe
@by_address
@one_at_a_time
def json_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    return _written(request, files.write_json, taking, taking.file_name("clusters", "json"), MEDIA_TYPES["json"])


@require_safe
@by_address
@one_at_a_time
def geojson_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    name = taking.file_name("clusters", "geojson")
    return _written(request, files.write_geojson, taking, name, MEDIA_TYPES["geojson"])


@require_safe
@by_address
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


def _written(
    request: HttpRequest, write: Callable[[IO[bytes], Taking], None], taking: Taking, name: str, media_type: str
) -> HttpResponseBase:
    """A file that is whole before its first byte is sent, kept on disk and not in memory.

    However slowly it is read, nothing of the registry is held by then: no slot, and no transaction. Of files so long that
    they hold a thread while they are read, one leaves at a time, so that pages keep the other thread.
    """
    is_asked_for = request.method != "HEAD"
    with ExitStack() as stack:
        handle: IO[bytes] = io.BytesIO()
        is_long = False
        if is_asked_for:
            handle = stack.enter_context(tempfile.TemporaryFile())
            write(handle, taking)
            is_long = handle.tell() > 2 * PART
            handle.seek(0)
        if is_long and not _long.acquire(blocking=False):
            return _later(gettext("Un autre grand fichier est en cours d’envoi. Réessayez dans une minute."))
        stack.pop_all()  # from here on the response closes it
    response = Sent(handle, as_attachment=True, filename=name, content_type=media_type)
    if is_long:
        # Also where the server never closes it: called twice, it releases once.
        response.free = weakref.finalize(response, _long.release)
    if not is_asked_for:
        del response.headers["Content-Length"]  # that of the empty file
    return open_data(response)
