"""What a file of an import may be: every habit of a spreadsheet, and everything that is no table."""

import codecs
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from clusters.imports import reading, unpacking
from clusters.imports import review as reviewing
from clusters.imports.clusters import ClusterImporter
from clusters.imports.figures import FigureImporter
from clusters.imports.review import review
from clusters.models import Cluster
from tests import factories as make
from tests.clusters.imports.tables import (
    NEW,
    TWO,
    counts,
    import_,
    plain,
    refusal,
    rezipped,
    saved,
    table,
    told,
    workbook,
    zipped,
)

pytestmark = pytest.mark.django_db


# -- Files --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize(
    ("encoding", "bom"),
    [("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("cp1252", b""), ("latin-1", b""), ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)],
)  # fmt: skip
def test_a_csv_in_every_habit(delimiter, encoding, bom):
    done = import_(ClusterImporter, table(TWO, delimiter, encoding, bom))
    assert counts(done) == (2, 0, 0)
    assert list(Cluster.objects.values_list("name", "country", "publication")) == [
        ("Cluster Alpha", "MA", "draft"), ("Cluster Bêta", "TN", "draft"),
    ]  # fmt: skip


def test_the_editor_may_choose_the_encoding():
    content = table([{**NEW, "nom": "تجمع الدار البيضاء"}], encoding="cp1256")
    assert import_(ClusterImporter, content, encoding="cp1256").is_written
    assert Cluster.objects.get().name == "تجمع الدار البيضاء"
    assert "UTF-8" in refusal(table([{**NEW, "nom": "Bêta"}], encoding="cp1252"), encoding="utf-8")


def test_how_it_was_read_is_told():
    assert review(ClusterImporter, table(TWO, encoding="cp1252")).told == [
        "lu comme du CSV",
        "Windows, Europe de l’Ouest (1252)",
        "point-virgule",
    ]


@pytest.mark.parametrize("before", ["sep=;\r\n", "Registre exporté;;\r\n\r\n"])
def test_a_line_above_the_heading(before):
    content = before.encode() + table(TWO)
    found = review(ClusterImporter, content)
    assert counts(found) == (2, 0, 0)
    assert found.created.lines[0].row == content[: content.index(b"alpha")].count(b"\n") + 1


def test_an_xlsx_whatever_its_name():
    def more(book, sheet):
        book.create_sheet("Notes", 0).append(["Rien", "à", "importer"])
        hidden = book.create_sheet("Brouillon")
        hidden.append(["adresse de la fiche", "nom", "pays", "situation", "ville"])
        hidden.append(["cache", "Caché", "MA", "Actif", "X"])
        hidden.sheet_state = "hidden"

    done = import_(ClusterImporter, workbook(TWO, more))
    assert counts(done) == (2, 0, 0)
    assert [plain(one) for one in done.told] == ["lu comme du XLSX", "feuille « Sheet »"]


@pytest.mark.parametrize("content", [b"", b"  \r\n ", codecs.BOM_UTF8])
def test_an_empty_file(content):
    assert "vide" in refusal(content)


def test_an_empty_workbook():
    assert refusal(saved(Workbook())) == "Ce classeur est vide."


@pytest.mark.parametrize("content", [table(TWO).splitlines(keepends=True)[0], workbook([dict.fromkeys(NEW)])])
def test_a_heading_alone(content):
    assert refusal(content) == "Ce fichier n’a que des titres de colonnes : aucune ligne à importer."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 \x00\x01", "document PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ancien fichier Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        (b"<!DOCTYPE html><table>", "page web"),
        (b"nom;pays\r\nA\x00lpha;MA\r\n", "octets nuls"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "octets nuls"),
        (b"PK\x03\x04 not a zip", "abîmé"),
        (b"x" * (10 * 2**20 + 1), "10 Mo"),
        (b'adresse;nom\r\n"Alpha;MA\r\nBeta;MA\r\n', "guillemet"),
        (b"\xff\xfeA", "ne se lisent pas"),
    ],
)
def test_what_is_no_table(content, words):
    assert words in refusal(content)


def test_workbooks_that_are_none():
    assert "LibreOffice" in refusal(zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}))
    assert "n’est pas un classeur" in refusal(zipped({"word/document.xml": "<x/>"}))
    assert "abîmé" in refusal(zipped({"xl/workbook.xml": "<x/>", "[Content_Types].xml": "<x/>"}))
    assert "abîmé" in refusal(rezipped(workbook(TWO), sheet1=b"<worksheet><sheetData><row>"))
    assert "abîmé" in refusal(workbook(TWO)[:-200])


def test_bombs():
    assert "trop gros" in refusal(rezipped(workbook(TWO), styles=lambda text: text + b" " * (160 * 2**20)))
    doctype = b'<!DOCTYPE x [<!ENTITY a "b">]>'
    assert "abîmé" in refusal(
        rezipped(workbook(TWO), sheet1=lambda text: text.replace(b"<worksheet", doctype + b"<worksheet", 1))
    )
    far = rezipped(
        workbook(TWO),
        sheet1=lambda text: text.replace(b'<row r="3"', b'<row r="999999999999"').replace(b'"A3"', b'"A999999999999"'),
    )
    assert not review(ClusterImporter, far).can_be_written


@pytest.fixture
def as_xml(monkeypatch):
    """What the library has been given to read as XML, by name of the part."""
    read = []

    def watched(*args, **kwargs):
        read.append("book")
        return load_workbook(*args, **kwargs)

    monkeypatch.setattr(reading, "load_workbook", watched)
    return read


def repeated(tag, number):
    return lambda text: text.replace(b"</sheetData>", tag * number + b"</sheetData>")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"sheet1": repeated(b"<row/>", 60)}, "plus de 50 lignes, lignes vides comprises"),
        ({"sheet1": repeated(b'<x:row xmlns:x="y"/>', 61)}, "plus de 50 lignes, lignes vides comprises"),
        ({"sheet1": repeated(b"<row>" + b"<c/>" * 300 + b"</row>", 1)}, "trop gros"),
        ({"sheet1": repeated(b"<v/>", 3_000)}, "trop gros"),
        ({"styles": lambda text: text.replace(b"</styleSheet>", b"<xf/>" * 400 + b"</styleSheet>")}, "trop gros"),
    ],
)
def test_rows_cells_and_tags_are_counted_before_they_are_read(monkeypatch, as_xml, parts, words):
    monkeypatch.setattr(reading, "MAX_ROWS", 50)
    monkeypatch.setattr(unpacking, "MAX_CELLS", 250)
    monkeypatch.setattr(unpacking, "MAX_TAGS", 400)
    assert counts(review(ClusterImporter, workbook(TWO))) == (2, 0, 0)
    as_xml.clear()
    assert words in refusal(rezipped(workbook(TWO), **parts))
    assert as_xml == []


@pytest.mark.parametrize("tag", [b"<row/>", b"<c/>", b"<v/>", b" "])
def test_a_part_packed_as_no_real_one_is_is_refused_before_it_is_unpacked(as_xml, tag):
    assert "trop gros" in refusal(rezipped(workbook(TWO), sheet1=repeated(tag, 4 * 2**20 // len(tag))))
    assert as_xml == []


def test_rows_that_all_say_the_same_are_no_bomb():
    content = workbook([{**NEW, "adresse de la fiche": "alpha"}] * 6_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size > 2**20
    assert sum(1 for _row in reading.open_table(content, "auto", len).rows) == 6_000


def test_rows_between_two_numbers_are_not_made_up(monkeypatch):
    """A row that calls itself the millionth costs what it is: one row."""
    taken = []
    get_row = ReadOnlyWorksheet._get_row
    monkeypatch.setattr(
        ReadOnlyWorksheet, "_get_row", lambda *args, **kwargs: taken.append(1) or get_row(*args, **kwargs)
    )
    far = rezipped(
        workbook(TWO), sheet1=lambda text: text.replace(b'<row r="3"', b'<row r="1000000"').replace(b'3"', b'1000000"')
    )
    found = review(ClusterImporter, far)
    assert [one.row for one in found.created.lines] == [2, 1_000_000]
    assert len(taken) == 6, "three rows, looked at for the heading and read"


@pytest.mark.parametrize("numbers", [(2, 2), (3, 2), (0, 1)])
def test_rows_whose_numbers_do_not_rise(numbers):
    first, second = (b'<row r="%d"' % number for number in numbers)
    content = rezipped(
        workbook(TWO), sheet1=lambda text: text.replace(b'<row r="3"', second).replace(b'<row r="2"', first)
    )
    assert "abîmé" in refusal(content)


def test_empty_rows_of_a_csv_are_counted(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 5)
    most = 5 + reading.HEADER_WITHIN
    assert counts(review(ClusterImporter, table(TWO) + b";;;\r\n" * (most - 2))) == (2, 0, 0)
    assert "plus de 5 lignes" in refusal(table(TWO) + b";;;\r\n" * (most - 1))


def test_a_sheet_that_lies_about_its_size():
    lying = rezipped(workbook(TWO), sheet1=lambda text: text.replace(b'ref="A1:D3"', b'ref="A1:XFD1048576"'))
    assert counts(review(ClusterImporter, lying)) == (2, 0, 0)


def test_merged_cells_are_named():
    assert "(A2:A3)" in refusal(workbook(TWO, lambda book, sheet: sheet.merge_cells("A2:A3")))


def test_formulas():
    def formula(book, sheet):
        sheet["B3"] = '=CONCATENATE("Cluster ","Bêta")'

    content = workbook(TWO, formula)
    assert told(review(ClusterImporter, content)) == [
        "Ligne 3, colonne « nom » : cette case est une formule sans résultat enregistré : ouvrez le fichier dans un tableur, enregistrez-le, ou écrivez la valeur"
    ]
    cached = rezipped(
        content,
        sheet1=lambda text: text.replace(b"</f><v />", b"</f><v>Cluster B</v>").replace(
            b'<c r="B3">', b'<c r="B3" t="str">'
        ),
    )
    assert import_(ClusterImporter, cached).is_written
    assert Cluster.objects.get(slug="beta").name == "Cluster B"


def test_cells_with_errors_of_the_spreadsheet():
    assert told(review(ClusterImporter, table([{**NEW, "ville": "#N/A"}]))) == [
        "Ligne 2, colonne « ville » : le tableur y affiche l’erreur #N/A"
    ]


def test_more_rows_than_the_limit(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    monkeypatch.setattr(reviewing, "BATCH", 2)
    assert "plus de 3 lignes" in refusal(table([{**NEW, "adresse de la fiche": f"a{n}"} for n in range(4)]))


def test_more_writes_than_one_transaction_takes(monkeypatch):
    monkeypatch.setattr(ClusterImporter, "most", 3)
    assert "plus de 3 lignes" in refusal(table([{**NEW, "adresse de la fiche": f"a{n}"} for n in range(4)]))


def test_a_hundred_thousand_rows_are_read_and_one_more_is_refused():
    assert sum(1 for _row in reading.open_table(b"adresse;nom\r\n" + b"a;A\r\n" * 100_000, "auto", len).rows) == 100_000
    rows = reading.open_table(b"adresse;nom\r\n" + b"a;A\r\n" * 100_001, "auto", len).rows
    with pytest.raises(reading.Unreadable, match=r"plus de 100.000 lignes"):
        list(rows)


def test_a_file_of_nothing_but_faults_is_not_read_to_its_end():
    make.make_cluster(slug="ce3m")
    found = review(ClusterImporter, b"adresse;nom\r\n" + b"ce3m;\r\n" * 100_000)
    assert told(found)[1] == "Ligne 3 : cette fiche est déjà à la ligne 2 : gardez une seule des deux lignes."
    assert told(found)[0].startswith("Plus de 1 000 fautes")
    assert 1_000 < found.faults.total < 1_300
    assert (len(found.faults.lines), found.faults.more) == (
        reviewing.SHOWN + 1,
        found.faults.total - reviewing.SHOWN - 1,
    )


# -- Columns ------------------------------------------------------------------------------------------------------------


def test_a_misspelt_column_is_told_with_the_right_one():
    assert "Colonne « payss » inconnue. Vouliez-vous dire « pays » ?" in told(
        review(ClusterImporter, table([{"adresse": "a", "nom": "A", "payss": "MA"}]))
    )


def test_an_unknown_column_is_left_out_and_told():
    found = review(ClusterImporter, table([{**NEW, "Budget 2024": "12"}]))
    assert found.left_out == ["Budget 2024"]
    assert counts(found) == (1, 0, 0)


def test_a_column_twice():
    content = b"adresse;nom;Pays;pays\r\na;A;MA;MA\r\n"
    assert refusal(content) == "La colonne « pays » est là deux fois, en C et en D : gardez-en une."


def test_a_missing_column():
    assert refusal(b"indicateur;valeur;source\r\nx;1;y\r\n", FigureImporter) == (
        "Il manque une colonne : « identifiants des clusters », « programme » ou « pays »."
    )
    assert refusal(b"indicateur;source;pays\r\nx;y;MA\r\n", FigureImporter) == "Il manque la colonne « valeur »."


@pytest.mark.parametrize("content", [b"bonjour\r\n1\r\n", b"1;2\r\n3;4\r\n"])
def test_no_column_at_all(content):
    assert "Aucune colonne connue" in refusal(content)


def test_cells_astray():
    assert "plus de cases que de titres" in told(review(ClusterImporter, b"adresse;nom\r\na;A;MA\r\n"))[0]

    def astray(book, sheet):
        sheet["G3"] = "perdu"

    assert told(review(ClusterImporter, workbook(TWO, astray))) == [
        "Ligne 3 : la colonne G contient une valeur et n’a pas de titre."
    ]
