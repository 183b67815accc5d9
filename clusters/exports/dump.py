"""The whole registry in one file: a CSV for each kind of row, their schema (Frictionless Data Package), and a page that explains.

The tables are the records taken apart: what a record lists is a table of its own, what it refers to stands by its key.
"""

import csv
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.dates import day_in_words
from clusters.exports import reading, records
from clusters.exports.about import GEONAMES, RULES, Taking, credit, licence
from clusters.exports.files import cell
from clusters.exports.shapes import Field, Shape

TYPES = {"text": "string", "integer": "integer", "number": "number", "boolean": "boolean", "date": "date", "address": "string"}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """One CSV of the dump.

    Attributes:
        name: of its file, and by which others refer to it.
        shape: of its lines; the columns are those of the shape that hold one value.
        read: the records, or, for a table of parts, the records that list them.
        listed: for a table of parts, the field that lists them.
        owner: for a table of parts, its first column: the record that lists the part.
    """

    name: str
    about: Any
    shape: Shape
    read: Callable[[], reading.Records]
    listed: str = ""
    owner: str = ""
    owner_shape: Shape | None = None
    key: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[tuple[str, Field | None, Shape | None]]:
        """(name, field, what it refers to) of each column."""
        own = [(self.owner, None, self.owner_shape)] if self.listed else []
        if self.listed and self.shape.table:  # a list of references: the part is its key
            return [*own, (self.shape.table.rstrip("s"), None, self.shape)]
        return [*own, *((one.name, one, one.shape) for one in self.shape.columns)]

    def lines(self, record: dict[str, Any]) -> list[list[Any]]:
        """The lines that one of the records makes here: itself, or one for each part that it lists."""
        if not self.listed:
            return [self.shape.flat(record)]
        own = record[self.owner_shape.key]
        if self.shape.table:
            return [[own, part[self.shape.key]] for part in record[self.listed]]
        return [[own, *self.shape.flat(part)] for part in record[self.listed]]

    def schema(self) -> dict[str, Any]:
        """The table schema: names, types, what they mean, which are required, and what they refer to."""
        fields, references = [], []
        for name, own, target in self.columns:
            fields.append(_described(name, own, target))
            if target:
                references.append(
                    {"fields": [name], "reference": {"resource": target.table, "fields": [target.key]}}
                )  # fmt: skip
        key = self.key or ([self.shape.key] if not self.listed else [])
        return {
            "fields": fields,
            "missingValues": [""],
            **({"primaryKey": key} if key else {}),
            **({"foreignKeys": references} if references else {}),
        }


def _described(name: str, own: Field | None, target: Shape | None) -> dict[str, Any]:
    """One field of a table schema."""
    kind = own.kind if own and not own.shape else target.field(target.key).kind
    described: dict[str, Any] = {
        "name": name,
        "type": TYPES[kind],
        "description": str(own.about if own else target.about),
    }
    if kind == "address":
        described["format"] = "uri"
    rules: dict[str, Any] = {"required": True} if own is None or (own.always and not own.many) else {}
    if own and own.choices:
        rules["enum"] = list(own.choices.values)
        labels = ", ".join(f"{value} : {label}" for value, label in own.choices.choices)
        described["description"] += f" {labels}."
    return {**described, **({"constraints": rules} if rules else {})}


def _of_clusters(name: str, about: Any, shape: Shape, listed: str) -> Table:
    return Table(name, about, shape, reading.all_clusters, listed, "cluster", records.CLUSTER)


TABLES = [
    Table("clusters", records.CLUSTER.about, records.CLUSTER, reading.all_clusters),
    _of_clusters("names", _("Les autres noms des clusters, avec le temps où ils ont servi."), records.NAME, "names"),
    _of_clusters("status_changes", _("La situation des clusters au fil du temps."), records.STATUS, "statuses"),
    Table("sectors", records.SECTOR.about, records.SECTOR, reading.all_sectors),
    _of_clusters("cluster_sectors", _("Les secteurs de chaque cluster."), records.SECTOR_LINK, "sectors"),
    Table("programmes", records.PROGRAMME.about, records.PROGRAMME, reading.all_programmes),
    Table("programme_sources", _("Les documents sur lesquels repose la fiche d’un programme."), records.SOURCE_REFERENCE,
          reading.all_programmes, "sources", "programme", records.PROGRAMME),
    _of_clusters("participations", records.PARTICIPATION.about, records.PARTICIPATION, "participations"),
    Table("sources", records.SOURCE.about, records.SOURCE, reading.all_sources),
    Table("indicators", records.INDICATOR.about, records.INDICATOR, reading.all_indicators),
    Table("observations", records.OBSERVATION.about, records.OBSERVATION, reading.all_observations),
    Table("observation_subjects", _("Les clusters sur lesquels porte chaque chiffre : plusieurs lignes pour un chiffre commun."),
          records.CLUSTER_REFERENCE, reading.all_observations, "clusters", "observation", records.OBSERVATION),
    _of_clusters("identifiers", records.IDENTIFIER.about, records.IDENTIFIER, "identifiers"),
]  # fmt: skip


def write(handle: IO[bytes], taking: Taking) -> None:
    """Write the dump into an open binary file; `taking` says when it is made and what it is called."""
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive, reading.snapshot():
        for read in dict.fromkeys(table.read for table in TABLES):
            _read_once(archive, taking, read, [table for table in TABLES if table.read is read])
        with _member(archive, taking, "datapackage.json") as out:
            json.dump(package(taking), out, ensure_ascii=False, indent=2)
        with _member(archive, taking, "LISEZ-MOI.md") as out:
            out.write(read_me(taking))


def _read_once(
    archive: zipfile.ZipFile, taking: Taking, read: Callable[[], reading.Records], tables: list[Table]
) -> None:
    """Write the tables that one kind of record makes while it is read once; an archive takes one file after the other."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="")) for _table in tables]
        writers = [csv.writer(out, lineterminator="\r\n") for out in files]
        for table, writer in zip(tables, writers, strict=True):
            writer.writerow([name for name, _own, _target in table.columns])
        for record in read():
            for table, writer in zip(tables, writers, strict=True):
                writer.writerows([cell(value) for value in line] for line in table.lines(record))
        for table, out in zip(tables, files, strict=True):
            out.seek(0)
            with _member(archive, taking, f"{table.name}.csv") as member:
                shutil.copyfileobj(out, member)


def _member(archive: zipfile.ZipFile, taking: Taking, name: str) -> io.TextIOWrapper:
    info = zipfile.ZipInfo(name, (*taking.generated_on.timetuple()[:3], 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return io.TextIOWrapper(archive.open(info, "w", force_zip64=True), encoding="utf-8", newline="")


def package(taking: Taking) -> dict[str, Any]:
    """`datapackage.json`: https://specs.frictionlessdata.io/data-package/."""
    terms = licence()
    return {
        "profile": "tabular-data-package",
        "name": slugify(settings.SITE_NAME) or "registre",
        "title": gettext("Registre des clusters de %(site)s") % {"site": settings.SITE_NAME},
        "description": " ".join(str(rule) for rule in RULES),
        "homepage": taking.page,
        "created": f"{taking.generated_on.isoformat()}T00:00:00Z",
        "licenses": [{"name": terms["name"].replace(" ", "-"), "title": terms["name"], "path": terms["url"]}],
        "sources": [
            {"title": settings.SITE_NAME, "path": settings.SITE_URL},
            {"title": GEONAMES["name"], "path": GEONAMES["url"]},
        ],
        "contributors": [{"title": settings.SITE_NAME, "path": settings.SITE_URL, "role": "publisher"}],
        "resources": [
            {
                "name": table.name,
                "path": f"{table.name}.csv",
                "profile": "tabular-data-resource",
                "description": str(table.about),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
                "schema": table.schema(),
            }
            for table in TABLES
        ],
    }  # fmt: skip


def read_me(taking: Taking) -> str:
    """`LISEZ-MOI.md`: what the files are, what may be done with them, and every column in a sentence."""
    terms = licence()
    lines = [
        f"# {gettext('Registre des clusters de %(site)s') % {'site': settings.SITE_NAME}}",
        "",
        gettext("Tout ce que le registre rend public, tel qu’il était le %(day)s.")
        % {"day": day_in_words(taking.generated_on)},
        taking.page,
        "",
        f"{gettext('Licence')} : {terms['name']}, {terms['url']}",
        credit(),
        "",
        gettext(
            "Les fichiers sont des CSV en UTF-8, séparés par des virgules (RFC 4180). Une apostrophe précède un texte qu’un tableur "
            "prendrait pour une formule. Leurs colonnes, leurs types et leurs liens sont décrits dans datapackage.json (Frictionless "
            "Data Package) et ci-dessous."
        ),
        "",
        *(f"- {rule}" for rule in RULES[:-1]),
    ]
    for table in TABLES:
        lines += ["", f"## {table.name}.csv", "", str(table.about), ""]
        for one in table.schema()["fields"]:
            lines.append(f"- `{one['name']}` ({one['type']}) : {one['description']}")
    return "\n".join([*lines, ""])
