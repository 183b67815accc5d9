"""A place as an address writes it: `33.58831,-7.61138`, or `none` for clusters that no source locates.

Apart from the filters because the map makes such addresses, and the list reads them.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

NOWHERE = "none"
MOST = 50
"""Places that are read from one address; nobody chooses more."""
_POINT = re.compile(r"(-?\d{1,2}(?:\.\d{1,5})?),(-?\d{1,3}(?:\.\d{1,5})?)", re.ASCII)


def written(latitude: Decimal, longitude: Decimal) -> str:
    """A point for an address, without zeros that say nothing."""
    return ",".join(f"{degrees.normalize():f}" for degrees in (latitude, longitude))


def points(values: Iterable[str]) -> list[tuple[Decimal, Decimal]]:
    """The points among some places."""
    found = (_POINT.fullmatch(value) for value in values)
    return [(Decimal(match[1]), Decimal(match[2])) for match in found if match]


class PlacesField(forms.MultipleChoiceField):
    """Several places, each once. What is none is left out: an old link still leads somewhere."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        return [one for one in dict.fromkeys(self.to_python(value)[:MOST]) if one == NOWHERE or points([one])]
