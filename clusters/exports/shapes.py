"""The shape of a record that leaves the registry: its fields, what each means, and how it is read from a row.

Said once, so that JSON, the API's description, the tables of the dump and their schema cannot tell four stories.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Choices

KINDS = ("text", "integer", "number", "boolean", "date", "address")
"""What one value may be; a `date` is a calendar day, a date known to the year or the month is a `text` (EDTF)."""


@dataclass(frozen=True, eq=False)
class Field:
    """One value of a record.

    Attributes:
        name: its name in JSON, in the API and in the dump.
        about: what it means, in a sentence for whoever reads the file.
        get: row → value; "" and None both mean that it is not known.
        title: its heading in a spreadsheet.
        kind: one of KINDS; not looked at where there is a `shape`.
        choices: the values that it may have, where they are few.
        shape: of a part that is a record itself.
        many: whether it is a list.
        always: whether every record has it.
    """

    name: str
    about: Any
    get: Callable[[Any], Any]
    title: Any = ""
    kind: str = "text"
    choices: type[Choices] | None = None
    shape: "Shape | None" = None
    many: bool = False
    always: bool = False

    def read(self, row: Any) -> Any:
        """The value as JSON has it: None for what is not known, a list of records for a part."""
        value = self.get(row)
        if self.many:
            return [self.shape.of(part) if self.shape else part for part in value or ()]
        if value is None or value == "":
            return None
        if self.shape:
            return self.shape.of(value)
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        if self.kind == "date":
            return str(value)  # ISO 8601, of a day or of what a record has made of it already
        # A lazy translation or one of Django's choices is a text to whoever reads the file.
        return str(value) if self.kind in ("text", "address") else value


@dataclass(frozen=True, eq=False)
class Shape:
    """A kind of record.

    Attributes:
        name: in the API's description.
        fields: in the order of the file.
        table: the dump's table of these records; of a reference, the table that it points into.
        key: the field by which others refer to it.
    """

    name: str
    about: Any
    fields: list[Field] = field(default_factory=list)
    table: str = ""
    key: str = "id"

    def of(self, row: Any) -> dict[str, Any]:
        """The record of a row."""
        return {one.name: one.read(row) for one in self.fields}

    def line(self, record: dict[str, Any]) -> list[Any]:
        """The values of a record as one line of a table, for shapes that read records."""
        return [one.read(record) for one in self.fields]

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    @property
    def columns(self) -> list[Field]:
        """The fields that stand in a table: values, and references by their key. Lists of records are tables of their own."""
        return [one for one in self.fields if one.shape is None or (one.shape.table and not one.many)]

    def flat(self, record: dict[str, Any]) -> list[Any]:
        """The values of a record under `columns`."""
        return [_in_one_cell(one, record[one.name]) for one in self.columns]


def _in_one_cell(one: Field, value: Any) -> Any:
    if one.many:
        return " ".join(value)
    return value[one.shape.key] if one.shape and value else value
