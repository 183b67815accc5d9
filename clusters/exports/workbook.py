"""The registry as a spreadsheet (XLSX): clusters, figures, sources, and a sheet that says what they are.

Written row by row in constant memory; every text is written as a text, so that none can be a formula.
"""

import datetime as dt
from collections.abc import Iterable
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext

from clusters.exports import reading, sheets
from clusters.exports.about import RULES, Taking, credit, licence

LONGEST = 32_767
"""Characters in one cell, by the format."""
WIDTHS = {"number": 12, "integer": 10, "date": 12, "address": 32, "text": 24}


def write(handle: IO[bytes], taking: Taking) -> None:
    """Write the workbook into an open binary file."""
    book = xlsxwriter.Workbook(handle, {"constant_memory": True})
    book.set_properties(
        {
            "title": gettext("Registre des clusters de %(site)s") % {"site": settings.SITE_NAME},
            "author": settings.SITE_NAME,
            "comments": " ".join(licence().values()),
            # The day, not the second: the same data make the same file.
            "created": dt.datetime.combine(taking.generated_on, dt.time()),
        }
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    with reading.snapshot():
        for shape, lines in sheets.SHEETS:
            _table(book.add_worksheet(str(shape.name)), shape, lines(taking), head)
        _read_me(book.add_worksheet(gettext("À lire")), taking, head, wrapped)
        book.close()


def _table(sheet: Any, shape: Any, lines: Iterable[list[Any]], head: Any) -> None:
    for column, field in enumerate(shape.fields):
        sheet.set_column(column, column, WIDTHS[field.kind])
        sheet.write_string(0, column, str(field.title), head)
    sheet.freeze_panes(1, 2)
    row = 0
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line):
            _write(sheet, row, column, value)
    sheet.autofilter(0, 0, row, len(shape.fields) - 1)


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        text = str(value)
        sheet.write_string(row, column, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def _read_me(sheet: Any, taking: Taking, head: Any, wrapped: Any) -> None:
    terms = licence()
    told = [
        (gettext("Ce fichier"), gettext("Registre des clusters de %(site)s") % {"site": settings.SITE_NAME}),
        (gettext("Liste d’origine"), taking.page),
        (gettext("Registre au"), taking.as_of_words or gettext("jour de la génération")),
        (gettext("Généré le"), taking.generated_on.isoformat()),
        (gettext("Filtres"), ", ".join(taking.filters_words) or gettext("aucun : tout le registre")),
        *((gettext("Attention"), one) for one in taking.warnings),
        (gettext("Licence"), f"{terms['name']}, {terms['url']}"),
        (gettext("Crédit"), credit()),
        *((gettext("À savoir"), str(rule)) for rule in RULES),
    ]
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 28)
    sheet.set_column(2, 2, 90, wrapped)
    row = 0
    for label, text in told:
        sheet.write_string(row, 0, label, head)
        sheet.write_string(row, 2, text, wrapped)
        row += 1
    for shape, _lines in sheets.SHEETS:
        row += 1
        sheet.write_string(row, 0, gettext("Feuille"), head)
        sheet.write_string(row, 1, str(shape.name), head)
        sheet.write_string(row, 2, str(shape.about), wrapped)
        for field in shape.fields:
            row += 1
            sheet.write_string(row, 1, str(field.title))
            sheet.write_string(row, 2, str(field.about), wrapped)
        row += 1
