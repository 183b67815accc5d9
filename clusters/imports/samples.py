"""The model file of an import, as CSV and as XLSX: its columns and one example row, made from what the import itself reads."""

import csv
import io
from collections.abc import Callable

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.styles import Font

from clusters.imports.review import Importer

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(kind: type[Importer]) -> bytes:
    """With a BOM and semicolons, as Excel in French opens it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    columns = kind.offered()
    writer.writerow([column.name for column in columns])
    writer.writerow([column.example for column in columns])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(kind: type[Importer]) -> bytes:
    """With a second sheet that says what each column takes; texts as texts, so that no spreadsheet turns them into days."""
    columns = kind.offered()
    book = Workbook()
    sheet, help_sheet = book.active, book.create_sheet(gettext("Aide"))
    sheet.title = gettext("Import")
    sheet.append([column.name for column in columns])
    sheet.append([column.example or None for column in columns])
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 20
    for column in sheet.iter_cols(min_row=2, max_row=500):
        for cell in column:
            cell.number_format = "@"
    for column in columns:
        help_sheet.append([column.name, str(column.about)])
    help_sheet.column_dimensions["A"].width, help_sheet.column_dimensions["B"].width = 28, 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SAMPLES: dict[str, tuple[str, Callable[[type[Importer]], bytes]]] = {"csv": (CSV, as_csv), "xlsx": (XLSX, as_xlsx)}
"""Extension → (content type, maker)."""
