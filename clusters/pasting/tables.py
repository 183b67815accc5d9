"""Tables: their rows and cells, which of them are headers, and the few that are none.

A single cell is a frame around a text; a table in a cell is a way to lay it out: both are read as the text that they hold.
"""

from dataclasses import dataclass, field
from typing import Any

from clusters.pasting.lines import Line, lines_of
from clusters.pasting.trees import Node

WIDEST = 40
"""Columns or rows that a cell may span."""


@dataclass
class Cell:
    """A cell, with the paragraphs in it."""

    lines: list[Line]
    is_header: bool
    columns: int = 1
    rows: int = 1

    @property
    def is_bold(self) -> bool:
        runs = [run for line in self.lines for run in line.runs if run.text.strip()]
        return bool(runs) and all(run.marks.bold for run in runs)


@dataclass
class Table:
    caption: list[Line] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """All its paragraphs, one after the other."""
        return [*self.caption, *(line for row in self.rows for cell in row for line in cell.lines)]

    @property
    def is_frame(self) -> bool:
        """Whether there is nothing beside or below its one cell."""
        return sum(len(row) for row in self.rows) <= 1


def read_table(node: Node) -> Table:
    """The rows and cells of a table, those without a cell left out, with its header cells found."""
    table = Table()
    _read_rows(node, table, is_head=False)
    left = len(table.rows)
    for row in table.rows:
        for cell in row:
            cell.rows = max(1, min(cell.rows, left))
        left -= 1
    _find_headers(table)
    return table


def _read_rows(node: Node, table: Table, is_head: bool) -> None:
    for child in node.children:
        if isinstance(child, str):
            continue
        if child.tag == "caption":
            table.caption += _flat(child)
        elif child.tag == "tr":
            row = [
                Cell(_flat(cell), is_head or _is_header(cell), _span(cell, "colspan"), _span(cell, "rowspan"))
                for cell in child.children
                if isinstance(cell, Node) and cell.tag in ("td", "th")
            ]
            # Word ends a table with a row of no height, which holds the widths of its columns.
            if row and not (child.attrs.get("height") == "0" and not any(cell.lines for cell in row)):
                table.rows.append(row)
        elif child.tag not in ("td", "th", "table"):
            _read_rows(child, table, is_head or child.tag == "thead")


def _is_header(cell: Node) -> bool:
    return cell.tag == "th" or cell.attrs.get("role") in ("columnheader", "rowheader")


def _flat(node: Node) -> list[Line]:
    """The paragraphs of a cell, those of a table in it among them; nothing there is quoted or a heading."""
    out: list[Line] = []
    for line in lines_of(node):
        if line.table is not None:
            out += read_table(line.table).lines
        elif not line.is_rule:
            line.rank, line.is_quoted, line.indent = None, False, 0
            out.append(line)
    return out


def _span(cell: Node, name: str) -> int:
    said = cell.attrs.get(name, "")
    return max(1, min(int(said), WIDEST)) if said.isascii() and said.isdecimal() and len(said) < 7 else 1


def _find_headers(table: Table) -> None:
    """Where a table says nothing of headers, a first row that is all bold is one; then so is a first column."""
    rows: list[Any] = table.rows
    if len(rows) < 2 or any(cell.is_header for row in rows for cell in row):
        return
    first = [cell for cell in rows[0] if cell.lines]
    if first and all(cell.is_bold for cell in first):
        for cell in rows[0]:
            cell.is_header = True
    column = [row[0] for row in rows[1:]]
    if (
        len(rows[0]) > 1
        and all(cell.is_bold for cell in column)
        and not all(cell.is_bold for row in rows[1:] for cell in row)
    ):
        for cell in column:
            cell.is_header = True
