"""What a warning is: which records have it, as a condition of the database, and the sentence that an editor reads of one.

A warning refuses nothing. Lists and counts ask for the condition only, and sentences are made for the rows of a page, so
that ten thousand records cost as many queries as ten.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models

from clusters.models import Cluster

Sentences = dict[int, list[str]]
"""Record → what is to be said of it."""


class Concern(ABC):
    """One warning.

    Attributes:
        key: its name in addresses.
        label: what it is about, for lists: « Écart de plus de la moitié ».
        about: the kind of record that has it.
    """

    key: ClassVar[str]
    label: ClassVar[Any]
    about: ClassVar[type[models.Model]] = Cluster

    @abstractmethod
    def among(self, rows: Any, on: dt.date) -> Any:
        """Those of these records that have it on a day."""

    @abstractmethod
    def tell(self, records: Sequence[Any], on: dt.date) -> Sentences:
        """What is to be said of each of these records that has it; the others are left out."""
