"""Numbers as people write them in French and as they copy them, read: « 29 000 », « 1,5 », « 1.234,5 »; and a field for them.

Apart because the import of a table and the forms of the admin must read the same number in the same words.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

FIGURES = 25
"""Figures before the point beyond which a number is none that a record could hold."""
SPACES = "\u00a0\u202f\u2009"
"""No-break, narrow and thin: how a page sets thousands apart."""


class NoNumber(Exception):
    """What cannot be read as a number; carries the sentence that says why and what to write."""


class TwoWays(NoNumber):
    """A number that can be read in two ways; carries both."""

    def __init__(self, sentence: str, readings: tuple[Decimal, Decimal]) -> None:
        super().__init__(sentence)
        self.readings = readings


def read(said: str, is_measured: bool = False) -> Decimal:
    """The number that a text is. A lone separator before three figures is asked about, not guessed.

    Args:
        is_measured: whether it can only be decimal, as a coordinate is.

    Raises:
        NoNumber: it is none, or TwoWays.
    """
    bare = re.sub(rf"(?<=\d)[ '’{SPACES}](?=\d{{3}}(?!\d))", "", said.strip()).replace("−", "-")
    if not is_measured and re.fullmatch(r"-?\d{1,3}[.,]\d{3}", bare, re.ASCII):
        whole, decimals = re.split("[.,]", bare)
        readings = (Decimal(whole + decimals), Decimal(f"{whole}.{decimals}"))
        raise TwoWays(
            gettext(
                "« %(said)s » se lit de deux façons : écrivez %(whole)s ou, avec une décimale de plus, %(decimal)s0."
            )
            % {"said": said[:40], "whole": whole + decimals, "decimal": f"{whole},{decimals}"},
            readings,
        )
    if re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?", bare) and ("," in bare or bare.count(".") > 1):
        bare = bare.replace(".", "")
    elif re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare) and ("." in bare or bare.count(",") > 1):
        bare = bare.replace(",", "")
    bare = bare.replace(",", ".")
    if not re.fullmatch(rf"[+-]?\d{{1,{FIGURES}}}(?:\.\d{{1,20}})?", bare, re.ASCII):
        raise NoNumber(
            gettext("« %(said)s » n’est pas un nombre. Écrivez-le en chiffres, sans unité : 29000 ou 1,5.")
            % {"said": said[:40]}
        )
    return Decimal(bare)


def written(number: Decimal) -> str:
    """A number as it is typed, such that `read` finds the same: « 29000 », « 1,5 », and « 1,2340 » for what would be asked about."""
    said = f"{number:f}"
    whole, _point, decimals = said.partition(".")
    decimals = decimals.rstrip("0")
    if len(decimals) == 3:
        decimals += "0"
    return f"{whole},{decimals}" if decimals else whole


class NumberField(forms.DecimalField):
    """A number, typed as it is written in French; shown again as it can be read again."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Decimal | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(None if isinstance(value, str) else value)
        try:
            return super().to_python(read(value))
        except NoNumber as none:
            raise ValidationError(str(none), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, Decimal) and value.is_finite() else value
