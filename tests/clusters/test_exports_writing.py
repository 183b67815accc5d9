"""How the files of the registry are written: no cell is a formula, one state is read bit by bit, and none is held while it is sent."""

import csv
import functools
import io
import json
import threading

import pytest
from django.db import connection, connections
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from clusters.exports import dump, files, reading, records, workbook
from clusters.exports.about import Taking
from clusters.exports.shapes import Shape
from clusters.filters import ClusterFilter
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


# -- Written whole, then sent ---------------------------------------------------------------------------------------------

HOLDING = [*FILES, "/clusters/export.csv?rows=figures"]


class Handle(io.BytesIO):
    """A file that counts what was read of the registry at each of its writes."""

    def __init__(self, read):
        super().__init__()
        self.read, self.counts = read, []

    def write(self, part):
        self.counts.append(len(self.read))
        return super().write(part)


@pytest.mark.parametrize(
    "write", [files.write_json, files.write_geojson, functools.partial(files.write_csv, table="clusters")]
)
def test_rows_are_written_while_others_are_still_to_be_read(write, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 2)
    read = []
    of = Shape.of
    monkeypatch.setattr(Shape, "of", lambda self, row: read.append(row) or of(self, row))
    for _n in range(7):
        make_observation(make_cluster())
    handle = Handle(read)
    write(handle, Taking.of(ClusterFilter()))
    assert handle.counts[0] == 0
    assert len(set(handle.counts)) > 2  # a chunk is in memory, never the set


@pytest.mark.django_db(transaction=True)
def test_a_file_holds_one_state_of_the_registry_and_keeps_nobody_from_writing(client, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 1)
    for name in "abc":
        make_cluster(name=name, slug=name)

    def write():
        make_cluster(name="d", slug="d")
        Cluster.objects.filter(slug="c").update(name="changed")
        connections.close_all()

    writers = []
    feature = files._json

    def while_it_is_written(value):
        if value.get("name") == "a":
            writers.append(threading.Thread(target=write))
            writers[0].start()
            writers[0].join(5)
            assert not writers[0].is_alive()
        return feature(value)

    monkeypatch.setattr(files, "_json", while_it_is_written)
    data = json.loads(content(client, "/clusters/export.json"))
    assert len(writers) == 1
    assert [row["name"] for row in data["clusters"]] == ["a", "b", "c"]
    assert Cluster.objects.filter(name="changed").exists()  # and afterwards the new state is read


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", HOLDING)
def test_nothing_of_the_registry_is_held_or_read_while_a_file_is_sent(client, address, django_assert_num_queries):
    make_observation(make_cluster())
    response = client.get(address)
    assert views._slot.acquire(blocking=False)
    views._slot.release()
    assert not connection.in_atomic_block
    make_user("editor")  # writes in a transaction, which would fail inside another
    with django_assert_num_queries(0):
        sent = response.getvalue()
    assert int(response.headers["Content-Length"]) == len(sent) > 0


def test_readers_who_stop_keep_nobody_from_a_file(client):
    make_cluster()
    stopped = [client.get(address) for address in FILES]  # their bodies are never asked for
    for address in FILES:
        assert content(client, address)
    assert all(response.getvalue() for response in stopped)


def test_of_long_files_one_leaves_at_a_time_and_short_ones_meanwhile(client, monkeypatch):
    monkeypatch.setattr(views, "PART", 600)
    make_cluster()
    assert len(content(client, "/clusters/export.json")) > 1_200 > len(content(client, "/clusters/export.csv"))
    stopped = client.get("/clusters/export.json")
    refused = client.get("/clusters/export.json")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert "grand fichier" in refused.content.decode()
    assert content(client, "/clusters/export.csv")
    assert stopped.getvalue()  # reads it to its end, which closes it
    assert content(client, "/clusters/export.json")


def test_who_comes_while_a_file_is_made_is_asked_at_once_to_come_again(client):
    make_cluster()
    with views._slot:
        for address in FILES:
            refused = client.get(address)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
            assert "Réessayez dans une minute" in refused.content.decode()
            assert client.head(address).status_code == 200
        assert client.get("/clusters/").status_code == 200
    for address in FILES:
        assert content(client, address)


@pytest.mark.parametrize(("module", "name", "address"), [(workbook, "write", "xlsx"), (files, "write_json", "json")])
def test_a_file_that_fails_does_not_keep_the_others_waiting(client, monkeypatch, module, name, address):
    make_cluster()
    with monkeypatch.context() as broken:
        broken.setattr(module, name, lambda handle, taking: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            client.get(f"/clusters/export.{address}")
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
