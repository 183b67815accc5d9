"""The addresses under which the registry is taken away: the filtered list as a file, and the whole of it."""

import io
import tempfile
from collections.abc import Callable
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from clusters.exports import dump, files, workbook
from clusters.exports.about import MEDIA_TYPES, Taking, licence
from clusters.filters import ClusterFilter

FRESH_FOR = 300
"""Seconds for which a cache may keep a file: an editor who corrects a figure sees it in the file soon after."""


def open_data(response: HttpResponseBase) -> HttpResponseBase:
    """Anybody's page may read it, no search engine lists it, and it names its licence."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_FOR}"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Link"] = f'<{licence()["url"]}>; rel="license"'
    return response


@require_safe
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
def json_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    return _streamed(files.json_of(taking), taking.file_name("clusters", "json"), MEDIA_TYPES["json"])


@require_safe
def geojson_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    return _streamed(files.geojson_of(taking), taking.file_name("clusters", "geojson"), MEDIA_TYPES["geojson"])


@require_safe
def xlsx_file(request: HttpRequest) -> HttpResponseBase:
    taking = _asked(request)
    return _written(request, workbook.write, taking, taking.file_name("clusters", "xlsx"), MEDIA_TYPES["xlsx"])


@require_safe
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
    handle = tempfile.TemporaryFile() if is_asked_for else io.BytesIO()  # noqa: SIM115 (the response closes it)
    if is_asked_for:
        write(handle, taking)
        handle.seek(0)
    response = open_data(FileResponse(handle, as_attachment=True, filename=name, content_type=media_type))
    if not is_asked_for:
        del response.headers["Content-Length"]  # that of the empty file
    return response
