"""What a spreadsheet does to numbers, days and choices, undone; what it cannot be undone of, told by row and column."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from clusters.imports import cells
from clusters.imports.clusters import ClusterImporter
from clusters.imports.figures import FigureImporter
from clusters.imports.review import review
from clusters.models import Observation
from tests import factories as make
from tests.clusters.imports.tables import NEW, counts, figure, import_, rezipped, table, told, workbook

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "value"),
    [("29 000", 29000), ("29\xa0000", 29000), ("29\u202f000", 29000), ("1,5", "1.5"), ("1.5", "1.5"), ("1.234,5", "1234.5"), ("1 234 567", 1234567),
     ("1.234.567", 1234567), ("1,234.5", "1234.5"), ("0", 0), ("1,2340", "1.234"), ("29'000", 29000)],
)  # fmt: skip
def test_numbers_as_they_are_written(told_by, said, value):
    import_(FigureImporter, table([figure(told_by, valeur=said)]))
    assert Observation.objects.get().value == Decimal(value)


@pytest.mark.parametrize(
    "said",
    ["beaucoup", "80 adhérents", "1e5", "12 34", "--1", "NaN", "∞", "٣", "-5", "29.000", "1,234", "1" * 30, "1,23456"],
)
def test_numbers_that_are_none(told_by, said):
    found = review(FigureImporter, table([figure(told_by, valeur=said)]))
    assert len(told(found)) == 1
    assert told(found)[0].startswith("Ligne 2")


def test_numbers_of_a_workbook(told_by):
    import_(FigureImporter, workbook([figure(told_by, valeur=0.1 + 0.2), figure(told_by, valeur=29000.0)]))
    assert sorted(Observation.objects.values_list("value", flat=True)) == [Decimal("0.3"), Decimal(29000)]
    assert "n’est pas un nombre" in told(review(FigureImporter, workbook([figure(told_by, valeur=True)])))[0]
    assert told(review(FigureImporter, workbook([figure(told_by, valeur=1e300)])))


NUMBERS = st.lists(
    st.integers(-(10**40), 10**40)
    | st.floats()
    | st.decimals(allow_nan=False, allow_infinity=False).map(str)
    | st.from_regex(r"[-+−]?[0-9]{0,30}[ .,\u202f’]?[0-9]{0,30}([eE][-+]?[0-9]{1,4})?", fullmatch=True),
    min_size=1,
    max_size=6,
)
SHAPES = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check_each_row(kind, rows):
    for content in (table(rows), workbook(rows)):
        found = review(kind, content)
        refused = {fault.row for fault in found.faults.lines}
        assert len(refused) + sum(counts(found)) == len(rows)


@SHAPES
@given(numbers=NUMBERS)
def test_whatever_a_coordinate_is_it_is_read_or_refused_at_its_row(numbers):
    rows = [{**NEW, "précision du lieu": "Ville", "latitude": 1, "longitude": 1, column: number} for number in numbers for column in ("latitude", "longitude")]  # fmt: skip
    check_each_row(ClusterImporter, [{**row, "adresse de la fiche": f"a{at}"} for at, row in enumerate(rows)])


@SHAPES
@given(numbers=NUMBERS)
def test_whatever_a_number_of_a_figure_is_it_is_read_or_refused_at_its_row(told_by, numbers):
    columns = ("numéro", "valeur", "jusqu'à", "remplace", "date")
    rows = [figure(told_by, **{column: number}) for number in numbers for column in columns]
    check_each_row(FigureImporter, [{**row, "note": f"{at}"} for at, row in enumerate(rows)])


@pytest.mark.parametrize("said", ["1" * 24, "1" * 25, 1e25, 10**25, "1e400"])
@pytest.mark.parametrize("column", ["latitude", "longitude"])
def test_a_coordinate_as_large_as_it_likes_is_told_by_row_and_column(column, said):
    for make_file in (table, workbook):
        found = told(review(ClusterImporter, make_file([{**NEW, "latitude": "1", "longitude": "1", "précision du lieu": "Ville", column: said}])))  # fmt: skip
        assert found[0].startswith(f"Ligne 2, colonne « {column} » : ")


@pytest.mark.parametrize("said", ["1e400", "-1e400", "1E+25", "9" * 300])
def test_a_number_of_a_workbook_that_no_figure_holds_is_told_by_row_and_column(told_by, said):
    content = rezipped(
        workbook([figure(told_by, valeur=12345)]),
        sheet1=lambda text: text.replace(b"<v>12345</v>", f"<v>{said}</v>".encode()),
    )
    assert told(review(FigureImporter, content)) == ["Ligne 2, colonne « valeur » : ce nombre est trop grand."]


@pytest.mark.parametrize(
    ("said", "date"),
    [("2008", "2008"), (2008, "2008"), (2008.0, "2008"), ("2013-11", "2013-11"), ("12/03/2017", "2017-03-12"), ("03/2020", "2020-03"),
     ("2016/2017", "2016/2017"), (43831, "2020-01-01"), ("43831", "2020-01-01"), (dt.datetime(2020, 1, 31), "2020-01-31"),
     (dt.date(2020, 1, 31), "2020-01-31"), ("1er mars 2017", "2017-03-01"), ("mars 2017", "2017-03"), ("août 2017", "2017-08"),
     ("2017-03-12 00:00:00", "2017-03-12"), ("2016–2017", "2016/2017")],
)  # fmt: skip
def test_dates_as_spreadsheets_have_them(told_by, said, date):
    make = workbook if not isinstance(said, str) else table
    import_(FigureImporter, make([figure(told_by, date=said)]))
    assert Observation.objects.get().dated == date


@pytest.mark.parametrize(
    "said",
    [
        "bientôt",
        "31/02/2017",
        "13/13/2013",
        "99999999",
        "0",
        "5",
        "2017-3",
        "2017/2016",
        "32 mars 2017",
        dt.datetime(1905, 6, 30),
        dt.time(12, 0),
    ],
)
def test_dates_that_are_none(told_by, said):
    make = workbook if not isinstance(said, str) else table
    found = review(FigureImporter, make([figure(told_by, date=said)]))
    assert len(told(found)) == 1
    assert told(found)[0].startswith("Ligne 2, colonne « date »")
    if isinstance(said, dt.datetime):
        assert "l’année 2008" in told(found)[0]


def test_days_counted_from_1904(told_by):
    def old_mac(book, sheet):
        book.epoch = CALENDAR_MAC_1904

    import_(FigureImporter, workbook([figure(told_by, date=43831 - 1462)], old_mac))
    assert Observation.objects.get().dated == "2020-01-01"


def test_unknown_values_name_what_is_allowed():
    sector = make.make_sector(label="Textile")
    rows = [{**NEW, "pays": "Marok", "situation": "vivant", "secteurs": "Textil", "précision du lieu": "rue"}]
    found = told(review(ClusterImporter, table(rows)))
    assert "Vouliez-vous dire « Maroc »" in found[0]
    assert "Valeurs possibles : Attendu, Annoncé, Actif," in found[1]
    assert found[2].endswith("« rue » est inconnu. Valeurs possibles : Site, Ville, Région, Pays.")
    rows = [{**NEW, "secteurs": "Textil"}]
    assert f"« {sector.label} » ?" in told(review(ClusterImporter, table(rows)))[0]


@pytest.mark.parametrize(("column", "said"), [("pays", "Zubrowka"), ("secteurs", "Textile; inconnu"), ("nature", "secte"), ("source du lieu", "rien"), ("site", "ftp://x"), ("adresse de la fiche", "Avec Espace"), ("adresse de la fiche", "map"), ("latitude", "95"), ("nom", "x" * 201), ("wikidata", "42")])  # fmt: skip
def test_wrong_cells_are_told_by_row_and_column(column, said):
    make.make_sector(label="Textile")
    found = told(review(ClusterImporter, table([{**NEW, column: said}])))
    assert found[0].startswith(f"Ligne 2, colonne « {column} » : ")


def test_line_breaks_within_spaces_are_one_space():
    assert cells.text("  a \u202f\n\t b  c\r\nd\xa0e ", cells.Reading()) == "a b  c d\xa0e"


@pytest.mark.parametrize("column", ["ville", "résumé", "pays", "secteurs", "latitude"])
def test_a_cell_longer_than_a_spreadsheet_keeps_is_refused_before_it_is_read(column):
    long = told(review(ClusterImporter, table([{**NEW, column: "a" + " " * 40_000 + "b"}])))
    assert long == [f"Ligne 2, colonne « {column} » : cette case compte 40 002 signes, et 32 767 au plus se lisent : raccourcissez-la."]  # fmt: skip


def test_a_cell_that_names_too_many_is_refused_before_they_are_looked_up():
    many = ";".join(f"c{n}" for n in range(101))
    rows = [{"identifiants des clusters": many, "indicateur": "members", "valeur": 1, "source": "x"}]
    assert told(review(FigureImporter, table(rows))) == ["Ligne 2, colonne « identifiants des clusters » : cette case en nomme 101, et 100 au plus se lisent."]  # fmt: skip
