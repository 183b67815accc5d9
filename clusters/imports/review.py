"""What an import would do, row by row: created, changed, skipped, and every fault; and the doing of exactly that.

A review only reads. `carry_out` makes the same review again inside the transaction that writes, and writes only if it is
the one that was shown: whatever has changed in between is shown instead.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext
from openpyxl.utils import get_column_letter

from clusters.imports.cells import Bad, Reading, is_empty, is_erased, key
from clusters.imports.columns import Column, Heading, names_of, understand
from clusters.imports.constraints import Constraints
from clusters.imports.reading import Cell, Table, Unreadable, open_table
from clusters.words import grouped

BATCH = 250
"""Rows that are looked up in the database together."""
SHOWN = 200
"""Lines of each list that a preview shows; the rest is counted."""
MAX_FAULTS = 1_000
_LOCK = 0x47524150
"""Names the lock of PostgreSQL under which imports are written one at a time."""


class Act(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Fault:
    """Something to put right, or to look at, and where. Row 0: the file as a whole."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        if not self.row:
            return self.sentence
        where = {"row": grouped(self.row), "column": self.column, "sentence": self.sentence}
        if self.column:
            return gettext("Ligne %(row)s, colonne « %(column)s » : %(sentence)s") % where
        return gettext("Ligne %(row)s : %(sentence)s") % where


@dataclass(frozen=True)
class Change:
    """One field of a record: what it says and what it would say."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row.

    Attributes:
        name: of the record, for people.
        changes: in words; none of a new record beyond those that a preview shows, for which they would cost the most time.
        mark: what the outcome rests on (the record and its version), and what it would write.
        draft: what is to be written; the importer that made it knows how.
    """

    row: int
    act: Act
    name: str
    changes: tuple[Change, ...] = ()
    mark: str = ""
    draft: Any = None


@dataclass
class Listed:
    """The first lines of a list, and how many there are."""

    lines: list[Any] = field(default_factory=list)
    total: int = 0

    def add(self, line: Any) -> None:
        self.total += 1
        if len(self.lines) < SHOWN:
            self.lines.append(line)

    def add_first(self, line: Any) -> None:
        """Above the others, however many there are."""
        self.total += 1
        self.lines.insert(0, line)

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


@dataclass
class Review:
    """What an import would do.

    Attributes:
        faults: with any of them nothing is written.
        warnings: to be looked at; they stop nothing.
        pending: the outcomes that write.
        told: how the file was read.
        left_out: columns that are not imported.
        is_written: whether it has been carried out.
        records: what was written, in the order of the rows; only then.
    """

    created: Listed = field(default_factory=Listed)
    changed: Listed = field(default_factory=Listed)
    skipped: Listed = field(default_factory=Listed)
    faults: Listed = field(default_factory=Listed)
    warnings: Listed = field(default_factory=Listed)
    pending: list[Outcome] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    is_written: bool = False
    records: list[Any] = field(default_factory=list)
    _digest: Any = field(default_factory=hashlib.sha256)

    def add(self, outcome: Outcome) -> None:
        getattr(self, outcome.act).add(outcome)
        self._digest.update(repr((outcome.row, outcome.act, outcome.mark, outcome.changes)).encode())
        if outcome.act is not Act.SKIPPED:
            self.pending.append(outcome)

    @property
    def digest(self) -> str:
        """The same for two reviews that would write the same to the same records."""
        return self._digest.hexdigest()

    @property
    def can_be_written(self) -> bool:
        return bool(self.pending) and not self.faults.total and not self.is_written


@dataclass
class Row:
    """A row of the file, read: the values of its cells by field. A field whose cell is empty is not there."""

    number: int
    values: dict[str, Any]
    columns: dict[str, str]
    is_bad: bool = False

    def name_of(self, field_name: str) -> str:
        """The name of the column, as the file writes it."""
        return self.columns.get(field_name, "")


class Erased:
    """The value of a cell that says that a field is to be emptied."""


ERASED = Erased()


class Importer(ABC):
    """How the rows of one kind of record are understood and written. One serves one review."""

    key: ClassVar[str]
    most: ClassVar[int]
    """Rows that one import may create or change: what is written within the ten seconds that SQLite lets another writer wait."""
    model: ClassVar[type[models.Model]]
    columns: ClassVar[tuple[Column, ...]]
    passed_over: ClassVar[frozenset[str]] = frozenset()
    needs: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(self) -> None:
        self.review = Review()
        self.constraints = Constraints(self.model)

    @abstractmethod
    def judge(self, rows: list[Row]) -> None:
        """Say to `review` what becomes of each of these rows."""

    def finish(self) -> None:  # noqa: B027 – most have nothing to add
        """Say to `review` what only the whole file tells; called once all rows have been judged."""

    @abstractmethod
    def write(self, by: Any, why: str) -> list[Any]:
        """Write what is pending, in the caller's transaction; the records."""

    @classmethod
    def offered(cls) -> list[Column]:
        """The columns that somebody fills in; the others are there to be refused."""
        return [column for column in cls.columns if column.about]

    def readers(self) -> dict[str, Any]:
        """Field → reader, for columns whose values are in the database."""
        return {}

    def fault(self, row: Row, field_name: str, sentence: Any) -> None:
        row.is_bad = True
        self.review.faults.add(Fault(row.number, row.name_of(field_name), str(sentence)))

    def warn(self, row: Row, field_name: str, sentence: Any) -> None:
        self.review.warnings.add(Fault(row.number, row.name_of(field_name), str(sentence)))

    def validate(self, row: Row, record: models.Model, resolved: Iterable[str]) -> None:
        """Ask the model itself; `resolved` are fields that need no look-up, having been found in the database."""
        resolved = set(resolved)
        for check in (
            lambda: record.clean_fields(exclude=resolved),
            record.clean,
            lambda: record.validate_unique(exclude=resolved),
            lambda: self.constraints.validate(record),
        ):
            try:
                check()
            except ValidationError as error:
                self.faults_of(row, error)
            if row.is_bad:
                return  # what follows reads what this has found wrong

    def faults_of(self, row: Row, error: ValidationError) -> None:
        told = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, sentences in told.items():
            for sentence in sentences:
                self.fault(row, name, sentence)


def review(kind: type[Importer], content: bytes, encoding: str = "auto") -> Review:
    """Read a file and say what importing it would do. Writes nothing."""
    return _reviewed(kind, content, encoding).review


def carry_out(kind: type[Importer], content: bytes, encoding: str, seen: str, by: Any, why: str) -> Review:
    """Import a file, if that still does what the review with the digest `seen` has shown; all of it or nothing.

    Returns:
        the review as it is now: `is_written`, or to be shown.
    """
    try:
        with transaction.atomic():
            _one_at_a_time()
            importer = _reviewed(kind, content, encoding)
            found = importer.review
            if found.can_be_written and found.digest == seen:
                found.records = importer.write(by, why)
                found.is_written = True
    except (ValidationError, DatabaseError) as error:
        # Somebody saved one of these records between the review and the writing: nothing is written, the review tells.
        found = review(kind, content, encoding)
        found.warnings.add(Fault(0, "", _interrupted(error)))
    return found


def _interrupted(error: Exception) -> str:
    sentence = gettext(
        "Rien n’a été importé : le registre a changé pendant l’écriture. Vérifiez l’aperçu et recommencez."
    )
    return " ".join([sentence, *error.messages]) if isinstance(error, ValidationError) else sentence


def _one_at_a_time() -> None:
    """Two presses of the button at once: the second waits, and then finds that there is nothing left to do.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _reviewed(kind: type[Importer], content: bytes, encoding: str) -> Importer:
    importer = kind()
    found = importer.review
    known = names_of(kind.columns)
    try:
        table = open_table(
            content,
            encoding,
            lambda header: len({id(known[name]) for title in header if (name := key(title)) in known}),
        )
        found.told = table.told
        heading = understand(table.header, kind.columns, kind.passed_over, kind.needs)
        found.left_out = heading.left_out
        for sentence in heading.faults:
            found.faults.add(Fault(0, "", sentence))
        if not heading.faults:
            _judge(importer, table, heading)
    except Unreadable as error:
        found.faults.add_first(Fault(0, "", str(error)))
    for told in (found.faults, found.warnings):
        told.lines.sort(key=lambda fault: fault.row)  # cells are read before their row is judged
    return importer


def _judge(importer: Importer, table: Table, heading: Heading) -> None:
    found = importer.review
    rows = _rows(importer, table, heading)
    count = 0
    while batch := list(islice(rows, BATCH)):
        count += len(batch)
        importer.judge([row for row in batch if not row.is_bad])
        if found.faults.total > MAX_FAULTS:
            raise Unreadable(
                gettext("Plus de %(most)s fautes : la lecture s’est arrêtée à la ligne %(row)s.")
                % {"most": grouped(MAX_FAULTS), "row": grouped(batch[-1].number)}
            )
        if len(found.pending) > importer.most:
            raise Unreadable(
                gettext("Ce fichier créerait ou modifierait plus de %(most)s lignes : importez-le en plusieurs fois.")
                % {"most": grouped(importer.most)}
            )
    importer.finish()
    if not count:
        raise Unreadable(gettext("Ce fichier n’a que des titres de colonnes : aucune ligne à importer."))


def _rows(importer: Importer, table: Table, heading: Heading) -> Iterator[Row]:
    columns = {column.field: column.name for column in heading.places.values()}
    readers = importer.readers()
    reading = Reading(table.epoch, table.is_csv)
    width = len(table.header)
    for number, cells in table.rows:
        row = Row(number, {}, columns)
        for index, cell in enumerate(cells):
            if is_empty(cell):
                continue
            column = heading.places.get(index)
            if column is not None:
                _read(importer, row, column, readers.get(column.field, column.read), cell, reading)
            elif index >= width or not table.header[index]:
                importer.fault(row, "", _astray(index, width, table.is_csv))
                break
        yield row


def _read(importer: Importer, row: Row, column: Column, read: Any, cell: Cell, reading: Reading) -> None:
    try:
        row.values[column.field] = ERASED if is_erased(cell) else read(cell, reading)
    except Bad as bad:
        importer.fault(row, column.field, str(bad))


def _astray(index: int, width: int, is_csv: bool) -> str:
    if is_csv and index >= width:
        return gettext("plus de cases que de titres : un séparateur ou un guillemet est de trop, ou manque.")
    return gettext("la colonne %(letter)s contient une valeur et n’a pas de titre.") % {
        "letter": get_column_letter(index + 1)
    }
