"""The heading of a table → which column is which field; a wrong heading is told with the nearest right one.

Apart because a column that is misspelt must stop an import, not be left out of it without a word.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from openpyxl.utils import get_column_letter

from clusters.imports.cells import Bad, Reader, Reading, either, key, text
from clusters.imports.reading import Cell


@dataclass(frozen=True)
class Column:
    """A column that an import knows.

    Attributes:
        field: what it fills in.
        name: its name in the model file and in sentences.
        about: what to write in it, for the page of the import; "" for one that nobody fills in.
        example: a value for the model file.
        read: how a cell of it is read.
        also: its other names, those of the exports among them.
    """

    field: str
    name: str
    about: Any
    example: str = ""
    read: Reader = text
    also: tuple[str, ...] = ()


def _of_another_day(cell: Cell, reading: Reading) -> str:
    raise Bad(gettext("cette ligne dit ce qu’était le registre un autre jour : exportez celui d’aujourd’hui."))


AS_OF = Column("as_of", "registre au", "", read=_of_another_day)
"""In exports as of a day. Imported again, they would bring the past back."""


@dataclass(frozen=True)
class Heading:
    """A heading, understood.

    Attributes:
        places: index of a column in the file → the column; those left out are not there.
        left_out: names of columns that are not imported.
        faults: sentences; with any of them nothing is read.
    """

    places: dict[int, Column]
    left_out: list[str]
    faults: list[str]


def names_of(columns: Iterable[Column]) -> dict[str, Column]:
    """Every name that a column may have, as it is looked up."""
    return {key(name): column for column in columns for name in (column.name, *column.also)}


def understand(
    header: list[str], columns: Iterable[Column], passed_over: frozenset[str], needs: Iterable[tuple[str, ...]]
) -> Heading:
    """Find the columns of a heading.

    Args:
        passed_over: names, as looked up, of columns that exports have and that are not imported.
        needs: groups of fields, of each of which one at least must be there.
    """
    known = names_of(columns)
    places: dict[int, Column] = {}
    left_out, faults = [], []
    for index, title in enumerate(header):
        if not title or key(title) in passed_over:
            continue
        column, near = known.get(key(title)), []
        if column is None:
            near = difflib.get_close_matches(key(title), [*known], 1, 0.8)
        if near:
            faults.append(
                gettext("Colonne « %(title)s » inconnue. Vouliez-vous dire « %(name)s » ?")
                % {"title": title[:60], "name": known[near[0]].name}
            )
        elif column is None:
            left_out.append(title[:60])
        elif column in places.values():
            first = next(place for place, other in places.items() if other is column)
            faults.append(
                gettext("La colonne « %(name)s » est là deux fois, en %(first)s et en %(second)s : gardez-en une.")
                % {"name": column.name, "first": get_column_letter(first + 1), "second": get_column_letter(index + 1)}
            )
        else:
            places[index] = column
    there = {column.field for column in places.values()}
    by_field = {column.field: column.name for column in columns}
    if not places:
        faults.append(
            gettext(
                "Aucune colonne connue : la première ligne porte les noms des colonnes, comme dans le fichier modèle."
            )
        )
    else:
        for group in needs:
            if not there & set(group):
                named = [f"« {by_field[field]} »" for field in group]
                faults.append(_missing(named))
    return Heading(places, left_out, faults)


def _missing(named: list[str]) -> str:
    if len(named) == 1:
        return gettext("Il manque la colonne %(name)s.") % {"name": named[0]}
    return gettext("Il manque une colonne : %(names)s.") % {"names": either(named)}
