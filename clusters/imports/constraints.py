"""The constraints of a model, asked for many rows at the price of a few.

Apart because it is of no use but to whoever judges thousands of rows, and knows nothing of files.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class Constraints:
    """The constraints of a model, asked of the database once for each combination of values that they read.

    Django asks for each row and each constraint, which took two thirds of a review; most rows are alike in most of them.
    """

    KEPT = 20_000
    """Answers kept; beyond, they are forgotten and begun again."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.checks = [(one, _columns_in(one, model)) for one in model._meta.constraints]
        self.answers: dict[Any, list[str]] = {}

    def validate(self, record: models.Model) -> None:
        """Raises ValidationError, as `validate_constraints` does."""
        sentences = []
        for constraint, names in self.checks:
            key = (constraint.name, *(repr(getattr(record, name)) for name in names)) if names else None
            if key is None or key not in self.answers:
                told = _broken(constraint, self.model, record)
                if key is not None:
                    if len(self.answers) >= self.KEPT:
                        self.answers.clear()
                    self.answers[key] = told
            else:
                told = self.answers[key]
            sentences += told
        if sentences:
            raise ValidationError(sentences)


def _columns_in(constraint: models.BaseConstraint, model: type[models.Model]) -> list[str]:
    """The columns that a CHECK reads; none where it cannot be told, or where other rows matter."""

    def walk(condition: models.Q) -> Iterator[str]:
        for child in condition.children:
            if isinstance(child, models.Q):
                yield from walk(child)
            else:
                lookup, value = child
                yield lookup.partition("__")[0]
                if isinstance(value, models.F):
                    yield value.name

    is_check = isinstance(constraint, models.CheckConstraint) and isinstance(constraint.condition, models.Q)
    names = set(walk(constraint.condition)) if is_check else set()
    return sorted("pk" if name == "pk" else model._meta.get_field(name).attname for name in names)


def _broken(constraint: models.BaseConstraint, model: type[models.Model], record: models.Model) -> list[str]:
    try:
        constraint.validate(model, record)
    except ValidationError as error:
        return error.messages
    return []
