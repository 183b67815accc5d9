"""What a reader's words say: a number as the press writes it, how sure it is, a range, a status.

Read so that an editor who accepts a correction types nothing again; what is read wrong is seen beside the words.
"""

import re
from decimal import Decimal, InvalidOperation

from clusters import fulltext
from clusters.models import Observation
from clusters.models.statuses import Status

# Thousands are set apart by a space or a point; a point before one or two digits is a decimal one.
_NUMBER = re.compile(
    r"(?P<number>\d{1,3}(?:[\s.]\d{3})+(?!\d)(?:,\d+|\.\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?)"
    r"(?:\s*(?P<size>mille|millions?|milliards?|MDH|MMDH|M€|Md€)(?!\w))?",
    re.IGNORECASE,
)
_UP_TO = re.compile(r"\s*(?:à|et|-|–)\s*(?=\d)")
_SIZES = {"mille": 10**3, "million": 10**6, "mdh": 10**6, "m€": 10**6, "milliard": 10**9, "mmdh": 10**9, "md€": 10**9}
"""What multiplies a number; MDH and MMDH are how the Moroccan press writes millions and thousand millions of dirhams."""
_PRECISIONS = (
    (Observation.Precision.ABOUT, re.compile(r"\b(?:environ|quelques?|pres de|autour de|vers)\b")),
    (Observation.Precision.AT_LEAST, re.compile(r"\b(?:plus de|au moins)\b|\+")),
    (Observation.Precision.AT_MOST, re.compile(r"\b(?:moins de|au plus)\b")),
)


def number_in(text: str) -> Decimal | None:
    """The first number of a text: « plus de 29 000 » → 29000, « 29.000 » too, « 38 millions de dirhams » → 38000000."""
    found = _NUMBER.search(text)
    if not found:
        return None
    digits = re.sub(r"\s|\.(?=\d{3}(?!\d))", "", found["number"]).replace(",", ".")
    try:
        return Decimal(digits) * _size(found)
    except InvalidOperation:
        return None


def _size(found: re.Match[str]) -> int:
    return _SIZES.get((found["size"] or "").lower().removesuffix("s"), 1)


def range_in(text: str) -> tuple[Decimal | None, Decimal | None]:
    """The number that a text says first, and the upper one of a range: « de 3 à 5 millions » → (3000000, 5000000)."""
    low, found = number_in(text), _NUMBER.search(text)
    rest = found and _UP_TO.match(text, found.end())
    high = number_in(text[rest.end() :]) if rest else None
    if low is None or high is None:
        return low, None
    size = _size(_NUMBER.match(text, rest.end()))
    low = low if found["size"] else low * size
    return (low, high) if high > low else (number_in(text), None)


def precision_in(text: str) -> str:
    """How sure a number is, as a text says it before it: « environ », « plus de »…"""
    before = fulltext.fold(text[: found.start()] if (found := _NUMBER.search(text)) else text)
    return next((precision for precision, said in _PRECISIONS if said.search(before)), Observation.Precision.EXACT)


def status_in(text: str) -> str:
    """The status that a text names; "" if it names none."""
    said = fulltext.fold(text).strip(" .")
    return next((value for value, label in Status.choices if fulltext.fold(str(label)) == said), "")
