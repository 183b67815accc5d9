"""The tables of the exports as LibreOffice reads them: opened there and written out again, cell by cell the same."""

import csv
import io
import subprocess
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from clusters.exports.files import as_written
from tests.conftest import require_tool
from tests.factories import make_cluster, make_indicator, make_name, make_observation, make_sector, make_source

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("libreoffice")]

NAMES = ["Électronique & mécatronique « l’Été »", "العنقود الصناعي", "=1+1", "+33 5 22 00 00 00", "+33522000000", "-12", "@SUM(A1:A9)",
         "'=2", 'des "guillemets", et ; des virgules', "deux\nlignes", "0012", "1/2", "2018-12-31", "1E5", "29\u202f000\u00a0salariés"]  # fmt: skip
CSV_READER = "CSV:44,34,UTF8,1,,0,false,false"
"""As the dialogue of LibreOffice offers: comma, quotation mark, UTF-8, from the first line; nothing guessed."""


@pytest.fixture
def registry():
    source = make_source(title="Étude", published="2019-05")
    sector = make_sector(label="Textile")
    members = make_indicator(code="members", label="Adhérents", unit="adhérents")
    for number, name in enumerate(NAMES):
        cluster = make_cluster(sector, slug=f"c{number}", name=name, summary=name, latitude=Decimal("33.58831"),
                               longitude=Decimal("-7.61138"), location_precision="city")  # fmt: skip
        make_name(cluster, value=f"{name} bis", source=source)
        make_observation(cluster, indicator=members, value=Decimal("29000.5"), dated=("2018", "2018-06", "2018-06-30", "")[number % 4],
                         source=source, note=name)  # fmt: skip


def converted(raw, name, target, place, reader=""):
    """A file as LibreOffice writes it after it has read it."""
    require_tool("libreoffice")
    (place / name).write_bytes(raw)
    command = ["libreoffice", f"-env:UserInstallation=file://{place}/profile", "--headless", "--convert-to", target]
    options = [f"--infilter={reader}"] if reader else []
    subprocess.run(
        [*command, *options, "--outdir", str(place / "out"), str(place / name)], check=True, capture_output=True, timeout=180
    )  # fmt: skip
    return place / "out" / f"{name.rpartition('.')[0]}.{target.partition(':')[0]}"


def lines_of(path, sheet=None):
    book = load_workbook(path)
    page = book[sheet] if sheet else book.active
    return [list(line) for line in page.iter_rows(values_only=True)]


@pytest.mark.parametrize("query", ["", "?rows=figures"])
def test_libreoffice_reads_the_csv_cell_by_cell(client, registry, tmp_path, query):
    raw = client.get(f"/clusters/export.csv{query}").getvalue()
    wanted = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    read = lines_of(converted(raw, "registre.csv", "xlsx", tmp_path, CSV_READER))
    assert len(read) == len(wanted) == len(NAMES) + 1
    for line, expected in zip(read, wanted, strict=True):
        for cell, text in zip(line, expected, strict=True):
            same(cell, text)
    told = {as_written(str(cell)) for line in read for cell in line if cell is not None}
    assert set(NAMES) - {"-12", "0012", "1E5", "1/2", "2018-12-31"} <= told


def same(cell, text):
    """A cell as LibreOffice has it and as it was written: numbers by their value, dates that it takes for days by their day."""
    if cell is None:
        assert text == ""
    elif isinstance(cell, str):
        assert cell == text
        assert not cell.startswith(("=", "+", "@"))
    elif isinstance(cell, int | float):
        assert Decimal(str(cell)) == Decimal(text)
    else:
        assert cell.date().isoformat() == text


def test_libreoffice_reads_the_spreadsheet_cell_by_cell(client, registry, tmp_path):
    raw = client.get("/clusters/export.xlsx").getvalue()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "registre.xlsx").write_bytes(raw)
    # By way of LibreOffice's own format, so that every cell has been one of its cells.
    middle = converted(raw, "registre.xlsx", "ods", tmp_path)
    read = converted(middle.read_bytes(), "encore.ods", "xlsx", tmp_path)
    assert load_workbook(read).sheetnames == ["Clusters", "Chiffres", "Sources", "À lire"]
    for name in ("Clusters", "Chiffres", "Sources"):
        wanted, found = (lines_of(path, name) for path in (tmp_path / "own" / "registre.xlsx", read))
        assert found == wanted
        assert {type(cell) for line in found for cell in line} <= {str, int, float, type(None)}
    book = load_workbook(read)
    assert not [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    lines = lines_of(read, "Clusters")
    by_title = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    assert {line["Nom"] for line in by_title} == set(NAMES)  # texts as they are: « 0012 » and « 2018-12-31 » too
    assert {line["Longitude"] for line in by_title} == {-7.61138}
    figures = lines_of(read, "Chiffres")
    column = figures[0].index("Valeur")
    assert {line[column] for line in figures[1:]} == {29000.5}
    column = figures[0].index("Date (EDTF)")
    assert {line[column] for line in figures[1:]} == {"2018", "2018-06", "2018-06-30", None}
