"""How the files of the registry are written: no cell is a formula, rows leave while others are read, one state is read."""

import csv
import gc
import io
import json
import threading

import pytest
from django.db import connection, connections
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from clusters.exports import dump, files, reading, records, workbook
from clusters.exports.shapes import Shape
from clusters.models import Cluster
from clusters.views import exports as views
from tests.clusters.test_exports import FILES, content, rows, sheet
from tests.factories import make_cluster, make_observation, make_user

pytestmark = pytest.mark.django_db


# -- Cells that a spreadsheet could run ---------------------------------------------------------------------------------

NASTY = [
    "=1+1",
    "+33 5 22 00 00 00",
    "+33522000000",
    "-cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\n=1",
    "'=1",
    "''=1",
    "＝1",
    "-12,5",
    "-5",
]


def test_formulas_are_neutralised_and_numbers_stay():
    assert [files.harmless(text) for text in NASTY] == [
        "'=1+1", "'+33 5 22 00 00 00", "'+33522000000", "'-cmd|' /C calc'!A0", "'@SUM(A1)", "'\tx", "'\rx", "'\n=1", "''=1", "'''=1", "'＝1",
        "-12,5", "-5",
    ]  # fmt: skip
    assert files.cell(-7.61138) == -7.61138


@given(st.text() | st.sampled_from(NASTY) | st.text(alphabet="=+-@'\t\r\n\",;0é\u202f", max_size=8))
@example("'")
@example('=HYPERLINK("https://example.org","x")')
def test_any_text_comes_back_as_it_was_and_never_as_a_formula(text):
    written = "".join(files.csv_text(["a", "b"], [[text, "fin"]]))
    _heading, (cell, last) = csv.reader(io.StringIO(written, newline=""))
    assert last == "fin"
    assert files.as_written(cell) == text
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        assert cell.startswith("-")
        float(cell.replace(",", ".").replace(" ", "").replace("\u202f", "").replace("\u00a0", ""))


def test_a_spreadsheet_holds_no_formula(client):
    for text in NASTY:
        make_cluster(name=text, summary=text)
    book = load_workbook(io.BytesIO(content(client, "/clusters/export.xlsx")))
    cells = [cell for line in book["Clusters"].iter_rows(min_row=2) for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # never "f"
    assert {row["Nom"] for row in sheet(client, "Clusters")} >= {"=1+1", "+33522000000", "-12,5"}


def test_a_text_longer_than_a_cell_is_cut_in_the_spreadsheet_alone(client):
    make_cluster(summary="", legal_form="")
    Cluster.objects.update(summary="é" * 40_000)
    assert len(sheet(client, "Clusters")[0]["Résumé"]) == workbook.LONGEST
    assert len(rows(client, "/clusters/export.csv")[0]["Résumé"]) == 40_000


# -- Streaming ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", FILES[:4])
def test_the_first_lines_leave_before_the_last_ones_are_read(client, address, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 2)
    read = []
    of = Shape.of
    monkeypatch.setattr(Shape, "of", lambda self, row: read.append(row) or of(self, row))
    for _n in range(7):
        make_observation(make_cluster())
    parts = iter(client.get(address).streaming_content)
    next(parts)
    assert read == []
    seen = []
    for part in parts:
        seen.append((len(read), part))
    assert len({count for count, _part in seen}) > 2  # the rows were read bit by bit, between one part and the next


@pytest.mark.django_db(transaction=True)
def test_a_file_holds_one_state_of_the_registry_and_keeps_nobody_from_writing(client, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 1)
    for name in "abc":
        make_cluster(name=name, slug=name)

    def write():
        make_cluster(name="d", slug="d")
        Cluster.objects.filter(slug="c").update(name="changed")
        connections.close_all()

    parts = iter(client.get("/clusters/export.json").streaming_content)
    taken = [next(parts), next(parts), next(parts)]
    writer = threading.Thread(target=write)
    writer.start()
    writer.join(5)
    assert not writer.is_alive()
    data = json.loads(b"".join([*taken, *parts]))
    assert [row["name"] for row in data["clusters"]] == ["a", "b", "c"]
    assert Cluster.objects.filter(name="changed").exists()  # and afterwards the new state is read


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_goes_away_leaves_no_transaction_behind(client):
    make_cluster()
    response = client.get("/clusters/export.csv")
    next(iter(response.streaming_content))
    response.close()
    make_user("editor")  # writes in a transaction, which would fail inside another
    assert not connection.in_atomic_block


def test_one_file_leaves_at_a_time_and_pages_are_read_meanwhile(client, monkeypatch):
    monkeypatch.setattr(views, "WAITS_FOR", 0.01)
    make_cluster()
    first = client.get("/clusters/export.csv")
    for address in FILES:
        refused = client.get(address)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
        assert "Réessayez dans une minute" in refused.content.decode()
        assert client.head(address).status_code == 200
    assert client.get("/clusters/").status_code == 200
    assert first.getvalue()
    for address in FILES:
        content(client, address)


def test_a_file_that_fails_or_is_never_read_does_not_keep_the_others_waiting(client, monkeypatch):
    monkeypatch.setattr(views, "WAITS_FOR", 0.01)
    make_cluster()
    with monkeypatch.context() as broken:
        broken.setattr(workbook, "write", lambda handle, taking: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            client.get("/clusters/export.xlsx")
    client.get("/clusters/export.csv")  # its body is never asked for
    gc.collect()
    half = iter(client.get("/clusters/export.json").streaming_content)
    next(half)
    del half
    gc.collect()
    assert content(client, "/clusters/export.csv")


def test_a_reader_who_takes_for_ever_is_left_and_the_file_is_not_whole(client, monkeypatch):
    monkeypatch.setattr(views, "LASTS_FOR", -1)
    with pytest.raises(TimeoutError):
        client.get("/clusters/export.csv").getvalue()
    monkeypatch.undo()
    assert content(client, "/clusters/export.csv")


# -- Shapes -------------------------------------------------------------------------------------------------------------


def test_every_field_is_explained():
    shapes = [one for one in vars(records).values() if isinstance(one, Shape)]
    assert len(shapes) > 10
    for shape in shapes:
        for field in shape.fields:
            assert str(field.about), (shape.name, field.name)
    for one in dump.TABLES:
        assert len({name for name, _field, _target in one.columns}) == len(one.columns), one.name


def test_a_heading_stands_once_in_each_table():
    for shape, _lines in files.TABLES.values():
        titles = [str(field.title) for field in shape.fields]
        assert all(titles)
        assert len(titles) == len(set(titles)), shape.name
