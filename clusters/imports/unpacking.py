"""A workbook as a zip file: its parts, once it is sure that unpacking and reading them is bearable.

Apart from their reading, because here nothing is believed: a file of a few kilobytes may hold millions of rows.
"""

import contextlib
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from django.utils.translation import gettext

MAX_CELLS = 2_500_000
"""Cells of a sheet, empty ones too: each costs its reading. 100,000 rows of 25 columns."""
MAX_UNPACKED = 100 * 2**20
"""Bytes of an XLSX once unpacked: 100,000 rows of twenty columns, measured, are 85 MB and as a file about ten."""
MAX_RATIO = 60
"""How many times smaller than itself a part is packed: measured, 17 where all rows say the same; repeated tags, 370."""
MAX_STRINGS = 40 * 2**20
"""Bytes of its table of texts, the one part that has to be in memory as a whole."""
MAX_TAGS = 2_000_000
"""Tags of a part that is no sheet; 500,000 texts."""
MAX_PARTS = 1_000
PIECE = 1 << 20
"""Bytes that are looked at together; no part of so few is refused for how it is packed."""


class Unreadable(Exception):
    """The file as a whole cannot be read; carries the sentence that says why and what to do."""


def opened(content: bytes) -> zipfile.ZipFile:
    """The parts of a workbook, once it is sure that it is one and that unpacking it is bearable.

    What a zip file says of its sizes is also what Python unpacks at most, so that it cannot lie.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:100]:
            raise Unreadable(gettext("C’est un classeur LibreOffice (.ods) : enregistrez-le au format .xlsx ou CSV."))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unreadable(damaged()) from None
    if "xl/workbook.xml" not in names:
        raise Unreadable(gettext("Ce n’est pas un classeur : exportez le tableau en CSV ou en XLSX."))
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    tight = any(part.file_size > max(PIECE, MAX_RATIO * part.compress_size) for part in parts)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED or strings > MAX_STRINGS or tight:
        raise Unreadable(_too_large())
    return archive


def _too_large() -> str:
    return gettext(
        "Une fois décompressé, ce classeur est trop gros : enregistrez le tableau seul, en CSV ou dans un nouveau classeur."
    )


_ROW = re.compile(rb"<(?:[^\s<>/:]+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c[\s/>]")


def count(archive: zipfile.ZipFile, name: str, most_rows: int, too_many_rows: Callable[[], str]) -> None:
    """Refuse a part with more rows, cells or tags than are worth reading, before anything reads it as XML.

    Each costs its reading, empty or not, and a few bytes of a packed file make thousands of them. Whatever the encoding
    that a part claims, a tag begins with the byte of « < », or it is no XML.
    """
    is_sheet = "worksheets/" in name
    rows = cells = tags = 0
    for text in pieces(archive, name):
        tags += text.count(b"<")
        if is_sheet:
            rows += len(_ROW.findall(text))
            cells += len(_CELL.findall(text))
        if rows > most_rows:
            raise Unreadable(too_many_rows())
        if cells > MAX_CELLS or tags > (10 * MAX_CELLS if is_sheet else MAX_TAGS):
            raise Unreadable(_too_large())


def pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part piece by piece, each of them ending before a tag, so that none is cut in two."""
    with faults_of_the_workbook():
        part = archive.open(name)
    with part:
        tail = b""
        while piece := _read(part):
            text, tag, rest = (tail + piece).rpartition(b"<")
            yield text
            tail = tag + rest
            if len(tail) > PIECE:  # one long text, or no XML at all
                yield tail
                tail = b""
        yield tail


def _read(part: IO[bytes]) -> bytes:
    with faults_of_the_workbook():
        return part.read(PIECE)


@contextlib.contextmanager
def faults_of_the_workbook() -> Iterator[None]:
    """Turn whatever the library stumbles over into one sentence.

    Any exception at all: a workbook is a hundred kinds of XML, and the library fails on a wrong one as it comes (KeyError,
    TypeError, ParseError, zlib.error…). It also warns of parts that it leaves out, none of which hold cells.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except Unreadable:
            raise
        except Exception:
            raise Unreadable(damaged()) from None


def damaged() -> str:
    return gettext("Ce classeur est abîmé : ouvrez-le dans un tableur et enregistrez-le de nouveau en XLSX ou en CSV.")
