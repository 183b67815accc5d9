"""CSV, JSON and GeoJSON of a filtered set, written while it is read: a chunk of rows is in memory, never the set."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from django.utils.translation import gettext

from clusters.exports import reading, sheets
from clusters.exports.about import Taking, credit, licence
from clusters.exports.shapes import Shape

BOM = "\ufeff"
"""By which Excel knows that a CSV is UTF-8."""
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NEGATIVE = re.compile(r"-\d[\d \u00a0\u202f]*(?:[.,]\d+)?")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one apostrophe before what could be one.

    A negative number stays as it is. A telephone number gets the apostrophe, without which it would lose its plus sign.
    `as_written` takes it away again.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NEGATIVE.fullmatch(text) else text


def as_written(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def cell(value: Any) -> Any:
    """A value as it stands in a CSV: nothing for what is not known, numbers as numbers, texts harmless."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value


def csv_text(heading: list[str], lines: Iterable[list[Any]]) -> Iterator[str]:
    """RFC 4180, the heading first and by itself, then a chunk of lines at a time."""
    yield _written([heading])
    for chunk in reading.in_chunks(lines):
        yield _written([cell(value) for value in line] for line in chunk)


def _written(lines: Iterable[list[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


TABLES: dict[str, tuple[Shape, Callable[[Taking], Iterator[list[Any]]]]] = {
    "clusters": (sheets.CLUSTERS, sheets.cluster_lines),
    "figures": (sheets.FIGURES, sheets.figure_lines),
}
"""What `?rows=` of the CSV may ask for; the first without it."""


def write_csv(handle: IO[bytes], taking: Taking, table: str) -> None:
    """Write a table into an open binary file, headed in French; its last columns say of when, made when and under which licence.

    Columns, since lines of comment break what reads CSV, and a file that is passed on has lost its headers.
    """
    shape, lines = TABLES[table]
    last = [taking.as_of, taking.generated_on.isoformat(), "{name} {url}".format(**licence()), credit()]
    heading = [str(one.title) for one in shape.fields]
    heading += [gettext("Registre au"), gettext("Fichier généré le"), gettext("Licence"), gettext("Crédit")]
    handle.write(BOM.encode())
    _write(handle, csv_text(heading, ([*line, *last] for line in lines(taking))))


def write_json(handle: IO[bytes], taking: Taking) -> None:
    """Write the records as one JSON object: what it is, then clusters, their figures (each once), and the sources of both."""
    _write(handle, _json_of(taking))


def _json_of(taking: Taking) -> Iterator[str]:
    yield f'{{"metadata": {_json(taking.metadata())}'
    parts = (
        ("clusters", reading.clusters(taking.rows, taking.day)),
        ("observations", reading.observations_of(taking)),
        ("sources", reading.sources_of(taking)),
    )
    for name, listed in parts:
        yield f',\n"{name}": ['
        yield from _listed(listed)
        yield "\n]"
    yield "}\n"


def write_geojson(handle: IO[bytes], taking: Taking) -> None:
    """Write the clusters as GeoJSON (RFC 7946): a point, or no geometry where the place is not known."""
    _write(handle, _geojson_of(taking))


def _geojson_of(taking: Taking) -> Iterator[str]:
    yield f'{{"type": "FeatureCollection", "metadata": {_json(taking.metadata())},\n"features": ['
    yield from _listed(map(_feature, reading.clusters_with_figure(taking.rows, taking.day)))
    yield "\n]}\n"


def _write(handle: IO[bytes], parts: Iterable[str]) -> None:
    """Write parts that read the registry while they are asked for: from one state of it, which is let go of at the end."""
    with reading.snapshot():
        for part in parts:
            handle.write(part.encode())


def _feature(record: dict[str, Any]) -> dict[str, Any]:
    latitude, longitude = record["latitude"], record["longitude"]
    figure = {one.name: one.read(record) for one in sheets.FIGURE_OF_CLUSTER}
    kept = {name: value for name, value in record.items() if name not in ("latitude", "longitude", "figure")}
    return {
        "type": "Feature",
        "id": record["id"],
        "geometry": None if latitude is None else {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {**kept, **figure},
    }


def _listed(items: Iterable[Any]) -> Iterator[str]:
    before = "\n"
    for chunk in reading.in_chunks(items):
        yield before + ",\n".join(map(_json, chunk))
        before = ",\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
