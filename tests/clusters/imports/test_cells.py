"""What a spreadsheet does to numbers, days and choices, undone; what it cannot be undone of, told by row and column."""

import datetime as dt
from decimal import Decimal

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from clusters.imports.clusters import ClusterImporter
from clusters.imports.figures import FigureImporter
from clusters.imports.review import review
from clusters.models import Observation
from tests import factories as make
from tests.clusters.imports.tables import NEW, figure, import_, table, told, workbook

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
