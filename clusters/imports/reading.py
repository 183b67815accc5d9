"""Files of rows as spreadsheets save them: CSV in any habit, and XLSX. Bytes in; a header and numbered rows out.

Apart because nothing that an editor may upload, from a renamed PDF to a zip bomb, must reach the rest or cost a worker.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, repeat
from typing import Any, BinaryIO

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900
from openpyxl.worksheet._reader import WorkSheetParser

from clusters.imports import unpacking
from clusters.imports.unpacking import Unreadable, damaged, faults_of_the_workbook, pieces
from clusters.words import grouped

MAX_BYTES = 10 * 2**20
MAX_ROWS = 100_000
MAX_COLUMNS = 100
LAST_ROW = 1_048_576  # of any spreadsheet
HEADER_WITHIN = 10
"""Rows among which the header is looked for: a title or a licence may stand above it."""
CHUNK = 500

ENCODINGS = {
    "auto": _("Reconnaître"),
    "utf-8": "UTF-8",
    "cp1252": _("Windows, Europe de l’Ouest (1252)"),
    "cp1256": _("Windows, arabe (1256)"),
    "mac_roman": _("Macintosh"),
}
"""What an editor may say of the encoding of a CSV file."""
DELIMITERS = {";": _("point-virgule"), ",": _("virgule"), "\t": _("tabulation")}

Cell = Any
"""str, int, float, bool, datetime, date, None, or Broken."""


@dataclass(frozen=True)
class Broken:
    """A cell that the spreadsheet itself has no value for; the sentence says why."""

    sentence: Any


@dataclass(frozen=True)
class Table:
    """A file, opened.

    Attributes:
        header: the cells of its heading, as texts.
        rows: (number as the spreadsheet shows it, cells) of each row below that holds anything; read once.
        told: how it was read, in words.
        epoch: the day from which its day numbers count.
        is_csv: whether it is a CSV, not a workbook.
    """

    header: list[str]
    rows: Iterator[tuple[int, list[Cell]]]
    told: list[str] = field(default_factory=list)
    epoch: dt.datetime = CALENDAR_WINDOWS_1900
    is_csv: bool = False


Fits = Callable[[list[str]], int]
"""How many columns of a heading are known to whoever asks."""


def open_table(content: bytes, encoding: str, fits: Fits) -> Table:
    """Open a file, whatever its name says it is.

    Raises:
        Unreadable: it is none that can be imported. Rows are read later, and may raise it too.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(gettext("Ce fichier dépasse 10 Mo : coupez-le en plusieurs fichiers."))
    if not content.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"):
        raise Unreadable(gettext("Ce fichier est vide."))
    table = _xlsx(content, fits) if content.startswith(b"PK\x03\x04") else _csv(content, encoding, fits)
    return replace(table, rows=_counted(table.rows))


def _counted(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """The rows that hold something, up to the limit; the others cost their reading too, and are counted for that."""
    count = 0
    for seen, (number, cells) in enumerate(rows, 1):
        if seen > MAX_ROWS + HEADER_WITHIN:
            raise Unreadable(_too_many_rows())
        if all(cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise Unreadable(_too_many_rows())
        yield number, cells


def _too_many_rows() -> str:
    return gettext(
        "Ce fichier compte plus de %(most)s lignes, lignes vides comprises : coupez-le en plusieurs fichiers."
    ) % {"most": grouped(MAX_ROWS)}


# -- CSV ---------------------------------------------------------------------------------------------------------------


def _csv(content: bytes, encoding: str, fits: Fits) -> Table:
    _refuse_other_formats(content)
    name, bom = _encoding_of(content, encoding)
    delimiter, at, skipped = _shape_of(_text(content, name, bom), fits)
    reader = csv.reader(_text(content, name, bom), delimiter=delimiter, strict=True)
    rows = _csv_rows(reader)
    header: list[str] = []
    for number, cells in rows:
        if number == at:
            header = [cell.strip() for cell in cells]
            break
    told = [str(_("lu comme du CSV")), str(ENCODINGS.get(name, name.upper())), str(DELIMITERS[delimiter])]
    if skipped:
        told.append(gettext("titres à la ligne %(row)d") % {"row": at})
    return Table(header, rows, told, is_csv=True)


def _refuse_other_formats(content: bytes) -> None:
    if content.startswith(b"%PDF"):
        raise Unreadable(
            gettext("C’est un document PDF, quel que soit son nom. Exportez le tableau en CSV ou en XLSX.")
        )
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(
                gettext("Ce classeur est protégé par un mot de passe : enregistrez-en une copie sans mot de passe.")
            )
        raise Unreadable(gettext("C’est un ancien fichier Excel (.xls) : enregistrez-le au format .xlsx ou CSV."))
    if content[:256].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Unreadable(gettext("C’est une page web ou un document XML : exportez le tableau en CSV ou en XLSX."))


def _encoding_of(content: bytes, chosen: str) -> tuple[str, int]:
    """The encoding of a text, and how many bytes its mark takes: what the mark says, else UTF-8 if it is, else cp1252.

    No guessing by statistics: measured on our files it was wrong four times in seven, and the editor may choose.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            tries, bom = [name], len(mark)
            break
    else:
        tries, bom = (["utf-8", "cp1252"] if chosen == "auto" else [chosen]), 0
    if not tries[0].startswith("utf-16") and b"\x00" in content:
        raise Unreadable(
            gettext("Ce fichier contient des octets nuls : ce n’est pas un tableau CSV. Exportez-le en CSV ou en XLSX.")
        )
    for name in tries:
        try:
            text = content[bom:].decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return name, bom
    raise Unreadable(
        gettext(
            "Les signes de ce fichier ne se lisent pas en %(encoding)s : choisissez son encodage, ou enregistrez-le en UTF-8."
        )
        % {"encoding": ENCODINGS.get(tries[-1], tries[-1].upper())}
    )


def _text(content: bytes, encoding: str, bom: int) -> io.TextIOWrapper:
    stream: BinaryIO = io.BytesIO(content)
    stream.seek(bom)
    return io.TextIOWrapper(stream, encoding, newline="")


def _shape_of(text: io.TextIOWrapper, fits: Fits) -> tuple[str, int, bool]:
    """(delimiter, number of the heading's row, does anything stand above it): those under which most columns are known."""
    sample = text.read(100_000)
    best: tuple[tuple[int, int], str, int] | None = None
    first = 0
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        filled = 0
        try:
            for number, cells in enumerate(reader, 1):
                if not any(cell.strip() for cell in cells) or re.fullmatch(r"sep=.?", "".join(cells).strip()):
                    continue
                first, filled = first or number, filled + 1
                # The first row that is nothing else; a later one only if it is known better.
                quality = (fits([cell.strip() for cell in cells]), len(cells) if filled == 1 else 0)
                if best is None or quality > best[0]:
                    best = (quality, delimiter, number)
                if filled == HEADER_WITHIN:
                    break
        except csv.Error:
            continue  # told at its row, when the rows are read
    if best is None:
        raise Unreadable(gettext("Ce fichier ne se lit pas comme un tableau CSV."))
    return best[1], best[2], best[2] != first


def _csv_rows(reader: Any) -> Iterator[tuple[int, list[Cell]]]:
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error:
        raise Unreadable(
            gettext(
                "Ligne %(row)d : un guillemet est ouvert et n’est pas refermé, ou la case est trop longue. Un guillemet dans un texte s’écrit deux fois."
            )
            % {"row": number + 1}
        ) from None


# -- XLSX --------------------------------------------------------------------------------------------------------------


def _xlsx(content: bytes, fits: Fits) -> Table:
    archive = unpacking.opened(content)
    for name in archive.namelist():
        unpacking.count(archive, name, MAX_ROWS + HEADER_WITHIN, _too_many_rows)
    with faults_of_the_workbook():
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise Unreadable(gettext("Ce classeur n’a pas de feuille visible."))
    heads = []
    for sheet in shown:
        sheet.reset_dimensions()  # what the file says of its size may be anything
        with faults_of_the_workbook():
            head = list(islice(_filled(sheet), HEADER_WITHIN))
        if head:
            known, at = max((fits(_titles(cells)), -number) for number, cells in head)
            heads.append((known, sheet, -at, head[0][0]))
    if not heads:
        raise Unreadable(gettext("Ce classeur est vide."))
    _known, sheet, at, first = max(heads, key=lambda one: one[0])
    formulas = None
    if _scan(archive, sheet):
        with faults_of_the_workbook():
            formulas = load_workbook(io.BytesIO(content), read_only=True, data_only=False)[sheet.title]
            formulas.reset_dimensions()
    rows = _in_chunks(_filled(sheet, formulas))
    header: list[str] = []
    for number, cells in rows:
        if number == at:
            header = _titles(cells)
            break
    if len(header) > MAX_COLUMNS:
        raise Unreadable(
            gettext("Plus de %(most)d colonnes : enlevez celles qui ne servent pas.") % {"most": MAX_COLUMNS}
        )
    told = [str(_("lu comme du XLSX"))]
    if len(book.worksheets) > 1:
        told.append(gettext("feuille « %(name)s »") % {"name": sheet.title})
    if at != first:
        told.append(gettext("titres à la ligne %(row)d") % {"row": at})
    return Table(header, rows, told, book.epoch)


_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9:]{2,30})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def _scan(archive: zipfile.ZipFile, sheet: Any) -> bool:
    """Refuse merged cells, whose value stands in the first only; whether the sheet holds formulas."""
    merged: list[str] = []
    formulas = False
    for text in pieces(archive, sheet._worksheet_path):
        if b"<!DOCTYPE" in text:
            raise Unreadable(damaged())
        merged += [found.decode() for found in _MERGED.findall(text) if found.decode() not in merged]
        formulas = formulas or bool(_FORMULA.search(text))
        if len(merged) > 5:
            break
    if merged:
        named = ", ".join(merged[:5]) + ("…" if len(merged) > 5 else "")
        raise Unreadable(
            gettext("Des cases sont fusionnées (%(cells)s) : défusionnez-les et écrivez la valeur dans chacune.")
            % {"cells": named}
        )
    return formulas


def _filled(sheet: Any, formulas: Any = None) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a sheet that hold something, with their numbers.

    Where the formulas are given too, one that no spreadsheet has worked out is a broken cell, not an empty one.
    """
    behind = _rows_of(formulas) if formulas else repeat((0, ()))
    for (number, cells), (_number, written) in zip(_rows_of(sheet), behind, strict=False):
        row = list(cells)
        for place, (cell, formula) in enumerate(zip(row, written, strict=False)):
            if cell is None and formula is not None:
                row[place] = Broken(
                    _(
                        "cette case est une formule sans résultat enregistré : ouvrez le fichier dans un tableur, enregistrez-le, ou écrivez la valeur"
                    )
                )
        if any(cell is not None for cell in row):
            yield number, row


def _rows_of(sheet: Any) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The rows that a sheet has written down, with their numbers.

    Not the library's own walk, which also makes up all those between two numbers: for one row that calls itself the
    millionth, a million.
    """
    book = sheet.parent
    last = 0
    with sheet._get_source() as part:
        parser = WorkSheetParser(
            part,
            sheet._shared_strings,
            data_only=book.data_only,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, row in parser.parse():
            if not last < number <= LAST_ROW:
                raise Unreadable(damaged())
            last = number
            yield number, sheet._get_row(row, 1, MAX_COLUMNS + 1, values_only=True)


def _in_chunks(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """The same rows; whatever goes wrong in reading them is a fault of the file."""
    while True:
        with faults_of_the_workbook():
            chunk = list(islice(rows, CHUNK))
        if not chunk:
            return
        yield from chunk


def _titles(cells: list[Cell]) -> list[str]:
    """A heading without the empty cells after it."""
    titles = ["" if cell is None or isinstance(cell, Broken) else str(cell).strip() for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    return titles
