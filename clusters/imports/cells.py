"""One cell of a table → a text, a number, a day, a choice: what a spreadsheet does to each, undone; or a sentence.

Apart because these habits (decimal commas, days as numbers, thousands set apart) are the same in every kind of import.
"""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900, from_excel

from clusters import numbers
from clusters.dates import PartialDate
from clusters.exports.files import as_written
from clusters.fulltext import fold
from clusters.imports.reading import Broken, Cell
from clusters.words import grouped

NAMED = 10
"""Allowed values that a sentence names."""
LONGEST = 32_767
"""Characters of a cell: what a spreadsheet keeps in one, and more than any column takes."""
MOST = 100
"""Words of a cell that has several; each is looked up in the database."""
ERASE = "(vide)"
"""What a cell says to empty a field; an empty cell leaves it as it is."""
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#N/D", "#VALEUR!", "#NOM?"})


class Bad(Exception):
    """A cell that cannot be read; carries the sentence that says why and what to write."""


class TwoWays(Bad):
    """A number that can be read in two ways; carries both."""

    def __init__(self, sentence: str, readings: tuple[Decimal, Decimal]) -> None:
        super().__init__(sentence)
        self.readings = readings


@dataclass(frozen=True)
class Reading:
    """What the reading of a cell depends on besides the cell.

    Attributes:
        epoch: the day from which the workbook's day numbers count.
        is_csv: whether texts may carry the apostrophe that our CSV files set before what looks like a formula.
    """

    epoch: dt.datetime = CALENDAR_WINDOWS_1900
    is_csv: bool = True


Reader = Callable[[Cell, Reading], Any]


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip(f" \t\r\n{numbers.SPACES}"))


def is_erased(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip().lower() == ERASE


def lines(cell: Cell, reading: Reading) -> str:
    """A text that may have several lines."""
    if isinstance(cell, Broken):
        raise Bad(str(cell.sentence))
    if isinstance(cell, bool):
        return gettext("vrai") if cell else gettext("faux")
    if isinstance(cell, float):
        return f"{_decimal(cell):f}"
    if isinstance(cell, dt.datetime | dt.date):
        return _day_of(cell)
    written = str(cell).strip()
    if len(written) > LONGEST:
        raise Bad(
            gettext("cette case compte %(length)s signes, et %(longest)s au plus se lisent : raccourcissez-la.")
            % {"length": grouped(len(written)), "longest": grouped(LONGEST)}
        )
    if written in _ERRORS:
        raise Bad(gettext("le tableur y affiche l’erreur %(error)s") % {"error": written})
    if "\x00" in written:
        raise Bad(gettext("cette case contient un caractère nul"))
    return as_written(written) if reading.is_csv else written


def text(cell: Cell, reading: Reading) -> str:
    """A text of one line."""
    # Run by run: an expression that looks for a break within spaces begins again at each of them.
    return re.sub(r"\s+", lambda run: " " if re.search(r"[\r\n\t]", run[0]) else run[0], lines(cell, reading))


def number(cell: Cell, reading: Reading) -> Decimal:
    """A number: « 29 000 », « 1,5 », « 1.234,5 ». A lone separator before three figures is asked about, not guessed."""
    return _number(cell, reading, is_measured=False)


def degrees(cell: Cell, reading: Reading) -> Decimal:
    """A coordinate in decimal degrees, to the five decimals (one metre) that a record keeps."""
    try:
        return round(_number(cell, reading, is_measured=True), 5)
    except InvalidOperation:  # more figures than a Decimal is rounded with
        raise Bad(too_large()) from None


def _number(cell: Cell, reading: Reading, is_measured: bool) -> Decimal:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _decimal(cell)
    try:
        return numbers.read(text(cell, reading), is_measured)
    except numbers.TwoWays as doubt:
        raise TwoWays(str(doubt), doubt.readings) from None
    except numbers.NoNumber as none:
        raise Bad(str(none)) from None


def _decimal(value: float) -> Decimal:
    """What a spreadsheet shows of a number: fifteen figures, not the seventeen of its binary form."""
    found = Decimal(f"{value:.15g}" if isinstance(value, float) else value)
    if not found.is_finite() or found.adjusted() >= numbers.FIGURES:
        raise Bad(too_large())
    return found + 0


def too_large() -> str:
    return gettext("ce nombre est trop grand.")


_MONTHS = {
    name: number
    for number, names in enumerate(
        ("janvier janv", "fevrier fevr fev", "mars", "avril avr", "mai", "juin", "juillet juil", "aout", "septembre sept",
         "octobre oct", "novembre nov", "decembre dec"), 1,
    )
    for name in names.split()
}  # fmt: skip


def date(cell: Cell, reading: Reading) -> str:
    """A partial date as EDTF: a year, a month, a day or a period; days as a spreadsheet keeps or shows them too."""
    if isinstance(cell, dt.datetime | dt.date):
        return _day_of(cell)
    said = text(cell, reading)
    if re.fullmatch(r"\d+(?:[.,]0+)?", said):
        return _year_or_day(said, reading)
    written = _rewritten(said)
    try:
        return PartialDate.parse(written).text
    except ValueError:
        raise Bad(
            gettext(
                "« %(said)s » n’est pas une date. Écrivez 2008, 2013-11, 2017-03-12, 12/03/2017 ou une période 2016/2017."
            )
            % {"said": said[:40]}
        ) from None


def day(cell: Cell, reading: Reading) -> dt.date:
    """A day of the calendar."""
    found = PartialDate.parse(date(cell, reading))
    if found.first != found.last:
        raise Bad(gettext("« %(said)s » n’est pas un jour. Écrivez 2017-03-12 ou 12/03/2017.") % {"said": found.text})
    return found.first


def _day_of(cell: dt.datetime | dt.date) -> str:
    if 1904 <= cell.year <= 1908:
        # A year typed into a cell that is shown as a date: 2008 is its 30 June 1905.
        serial = (cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())) - dt.datetime(
            1899, 12, 30
        )
        raise Bad(
            gettext(
                "cette case est le jour %(day)s : s’il s’agit de l’année %(year)d, mettez la colonne au format texte"
            )
            % {"day": cell.strftime("%d/%m/%Y"), "year": serial.days}
        )
    return f"{cell.year:04d}-{cell.month:02d}-{cell.day:02d}"


def _year_or_day(said: str, reading: Reading) -> str:
    """A number in a column of dates: a year as it is, else the spreadsheet's count of days."""
    count = int(re.split("[.,]", said)[0]) if len(said) < 12 else 10**9
    if 1000 <= count <= 2999:
        return f"{count}"
    if not 10_000 <= count <= 80_000:  # 1927 to 2119
        raise Bad(
            gettext("« %(said)s » n’est ni une année ni un jour. Écrivez 2008, 2013-11 ou 2017-03-12.")
            % {"said": said[:40]}
        )
    return _day_of(from_excel(count, reading.epoch))


def _rewritten(said: str) -> str:
    """The days and months that French writes, as EDTF; anything else as it is."""
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", said, re.ASCII):
        return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{4})", said, re.ASCII):
        return f"{found[2]}-{int(found[1]):02d}"
    if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?", said, re.ASCII):
        return found[1]
    if found := re.fullmatch(r"(?:(\d{1,2})(?:er)?\s+)?([a-z]+)\.?\s+(\d{4})", fold(said), re.ASCII):
        month = _MONTHS.get(found[2])
        if month:
            return f"{found[3]}-{month:02d}" + (f"-{int(found[1]):02d}" if found[1] else "")
    return "/".join(part.strip() for part in re.split("[–—]", said))


def several(cell: Cell, reading: Reading) -> list[str]:
    """Words set apart by a semicolon, a bar or a plus sign."""
    parts = [part for one in re.split(r"[;|+\n]", lines(cell, reading)) if (part := one.strip())]
    if len(parts) > MOST:
        raise Bad(
            gettext("cette case en nomme %(number)s, et %(most)d au plus se lisent.")
            % {"number": grouped(len(parts)), "most": MOST}
        )
    return parts


def one_of(allowed: "Names") -> Reader:
    """A value by its code or its French name, capitals and accents aside."""

    def read(cell: Cell, reading: Reading) -> Any:
        return find(text(cell, reading), allowed)

    return read


def choice(choices: Iterable[tuple[str, Any]]) -> Reader:
    """One of a field's choices."""
    return one_of(Names((code, label, code) for code, label in choices if code))


class Names(dict):
    """Folded name or code → value, and the names to tell people.

    Args:
        values: (value, its name, then any other way to say it).
    """

    def __init__(self, values: Iterable[tuple[Any, ...]]) -> None:
        super().__init__()
        self.told: dict[str, str] = {}
        for value, name, *others in values:
            for way in (name, *others):
                if way:
                    self.setdefault(key(way), value)
                    self.told.setdefault(key(way), str(name))


def key(said: str | Promise) -> str:
    """A name as it is looked up: without accents, capitals, doubled spaces or the difference of apostrophes."""
    return re.sub(r"[\s_]+", " ", fold(str(said)).replace("’", "'")).strip(" *:")


def find(said: str, allowed: Names, hint: str = "") -> Any:
    """The value that a word stands for.

    Args:
        hint: what to say of the allowed values instead of naming the first ten.

    Raises:
        Bad: none; names the nearest ones, or those that are allowed.
    """
    wanted = key(said)
    if wanted in allowed:
        return allowed[wanted]
    told = {"said": said[:60]}
    if near := difflib.get_close_matches(wanted, [*allowed], 3, 0.75):
        names = either(f"« {name} »" for name in dict.fromkeys(allowed.told[one] for one in near))
        raise Bad(gettext("« %(said)s » est inconnu. Vouliez-vous dire %(names)s ?") % {**told, "names": names})
    if hint:
        raise Bad(gettext("« %(said)s » est inconnu. %(hint)s") % {**told, "hint": hint})
    names = [*dict.fromkeys(allowed.told.values())]
    some = ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
    raise Bad(gettext("« %(said)s » est inconnu. Valeurs possibles : %(names)s.") % {**told, "names": some})


def either(names: Iterable[str]) -> str:
    """« a, b ou c »."""
    *most, last = names
    return gettext("%(names)s ou %(last)s") % {"names": ", ".join(most), "last": last} if most else last
