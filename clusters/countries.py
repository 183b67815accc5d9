"""Roughly where countries lie: enough to notice coordinates that were swapped or mistyped, never to say whose a place is.

The country of a record is what its editor says; nothing is derived from these boxes, which are generous on purpose.
"""

from decimal import Decimal
from typing import NamedTuple


class Box(NamedTuple):
    """Degrees: south and north, west and east."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, latitude: Decimal, longitude: Decimal) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


# Rounded outwards to a tenth of a degree from Natural Earth's outlines (public domain). The box of MA reaches to 20.7 N
# and that of EH lies within it: a box takes no side.
BOXES = {
    "AL": Box(39.6, 42.7, 19.2, 21.1), "BA": Box(42.5, 45.3, 15.7, 19.7), "BE": Box(49.4, 51.6, 2.5, 6.5),
    "CH": Box(45.8, 47.9, 5.9, 10.6), "CY": Box(34.5, 35.8, 32.2, 34.7), "DE": Box(47.2, 55.1, 5.8, 15.1),
    "DZ": Box(18.9, 37.2, -8.7, 12.0), "EG": Box(21.9, 31.8, 24.6, 37.0), "EH": Box(20.7, 27.7, -17.2, -8.6),
    "ES": Box(27.6, 43.9, -18.3, 4.4), "FR": Box(41.3, 51.2, -5.3, 9.7), "GR": Box(34.7, 41.8, 19.3, 29.7),
    "HR": Box(42.3, 46.6, 13.4, 19.5), "IL": Box(29.4, 33.4, 34.2, 35.9), "IT": Box(35.4, 47.1, 6.6, 18.6),
    "JO": Box(29.1, 33.4, 34.9, 39.4), "LB": Box(33.0, 34.7, 35.0, 36.7), "LY": Box(19.4, 33.3, 9.3, 25.2),
    "MA": Box(20.7, 36.0, -17.2, -0.9), "MC": Box(43.7, 43.8, 7.3, 7.5), "ME": Box(41.8, 43.6, 18.4, 20.4),
    "MR": Box(14.7, 27.4, -17.1, -4.8), "MT": Box(35.7, 36.1, 14.1, 14.6), "PS": Box(31.2, 32.6, 34.2, 35.6),
    "PT": Box(30.0, 42.2, -31.4, -6.1), "SI": Box(45.4, 46.9, 13.3, 16.7), "SN": Box(12.2, 16.7, -17.6, -11.3),
    "SY": Box(32.3, 37.4, 35.6, 42.4), "TN": Box(30.2, 37.6, 7.5, 11.7), "TR": Box(35.8, 42.2, 25.6, 44.9),
}  # fmt: skip


def is_elsewhere(country: str, latitude: Decimal, longitude: Decimal) -> bool:
    """Whether a place is outside the box of a country; False for a country whose box is not known here."""
    box = BOXES.get(country)
    return box is not None and not box.holds(latitude, longitude)


def is_swapped(country: str, latitude: Decimal, longitude: Decimal) -> bool:
    """Whether a place outside its country would lie in it with latitude and longitude exchanged."""
    return is_elsewhere(country, latitude, longitude) and BOXES[country].holds(longitude, latitude)
