"""Files for the tests of imports, made as spreadsheets make them, and what a review says in plain words."""

import csv
import io
import zipfile

from openpyxl import Workbook

from clusters.imports.clusters import ClusterImporter
from clusters.imports.review import carry_out, review
from tests import factories as make

NEW = {"adresse de la fiche": "alpha", "nom": "Cluster Alpha", "pays": "Maroc", "situation": "Actif"}
TWO = [NEW, {**NEW, "adresse de la fiche": "beta", "nom": "Cluster Bêta", "pays": "TN"}]


def table(rows, delimiter=";", encoding="utf-8", bom=b""):
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return bom + out.getvalue().encode(encoding)


def workbook(rows, change=None):
    names = list(dict.fromkeys(name for row in rows for name in row))
    book = Workbook()
    sheet = book.active
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    if change:
        change(book, sheet)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def rezipped(content, **replaced):
    """A workbook with some of its parts replaced, by the end of their name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in parts:
        for ending, text in replaced.items():
            if name.endswith(f"{ending}.xml"):
                parts[name] = text(parts[name]) if callable(text) else text
    return zipped(parts)


def import_(kind, content, by=None, encoding="auto"):
    """Preview and confirm; the review of the confirmation."""
    shown = review(kind, content, encoding)
    assert told(shown) == []
    return carry_out(kind, content, encoding, shown.digest, by or make.make_user("editor"), "fichier.csv")


def plain(sentence):
    """A sentence without the spaces of French typography."""
    return str(sentence).replace("\u202f", " ").replace("\xa0", " ")


def told(found):
    return [plain(fault) for fault in found.faults.lines]


def warned(found):
    return [plain(fault) for fault in found.warnings.lines]


def counts(found):
    return (found.created.total, found.changed.total, found.skipped.total)


def refusal(content, kind=ClusterImporter, encoding="auto"):
    """The one sentence that refuses a file, and that nothing was made of it."""
    found = review(kind, content, encoding)
    assert not found.can_be_written
    assert not found.pending or found.faults.total
    (sentence,) = told(found)
    return sentence


def figure(cluster, **values):
    return {
        "identifiants des clusters": cluster.public_id,
        "indicateur": "members",
        "valeur": "80",
        "source": "etude",
        **values,
    }
