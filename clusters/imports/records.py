"""What clusters and sources share in an import: a record found or begun, its fields compared, the model asked, the rest written.

Apart from figures, which are never changed and have no versions.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext

from clusters import history
from clusters.dates import PartialDateField
from clusters.editing import in_words
from clusters.imports.review import ERASED, SHOWN, Act, Change, Importer, Outcome, Row
from clusters.models.addresses import FormerAddress
from clusters.models.publication import slug_form


@dataclass
class Draft:
    """A record as it would be.

    Attributes:
        record: with the new values; not saved.
        fields: the names of those that change, all of them if it is new.
        lines: what changes in its lines, by name, for whoever writes them.
    """

    record: Any
    fields: list[str] = field(default_factory=list)
    lines: dict[str, Any] = field(default_factory=dict)


class RecordImporter(Importer):
    """Records that have a publication state and a version."""

    most = 500
    fields: ClassVar[tuple[str, ...]] = ()
    """Fields that a column fills in as it is read."""
    resolved: ClassVar[tuple[str, ...]] = ()
    """Fields that need no look-up by the model: the rows they name were found in the database."""

    def __init__(self) -> None:
        super().__init__()
        self.rows_of: dict[Any, int] = {}
        """What names a record (its key, its slug, its identifiers) → the row of this file that has it."""

    def draft_of(self, row: Row, stored: Any, values: Mapping[str, Any]) -> Draft:
        """The record with the values of the row."""
        record = copy.copy(stored) if stored else self.model()
        for name in self.fields:
            if name in values:
                value = values[name]
                if value is ERASED:
                    value = None if self.model._meta.get_field(name).null else ""
                setattr(record, name, value)
        return Draft(record)

    def settle(self, row: Row, stored: Any, draft: Draft, lines: Iterable[Change] = ()) -> None:
        """Ask the model about a draft, and say what becomes of the row."""
        lines = list(lines)
        if stored and not lines and not self.differing(stored, draft.record):
            self.review.add(Outcome(row.number, Act.SKIPPED, str(stored)))
            return
        self.validate(row, draft.record, self.resolved)
        if row.is_bad:
            return
        self.check(row, stored, draft)
        # Compared again: the model sets texts in French typography, and « L'Oréal » is what is stored already.
        draft.fields = self.differing(stored, draft.record) if stored else []
        if row.is_bad:
            return
        if stored and not draft.fields and not lines:
            self.review.add(Outcome(row.number, Act.SKIPPED, str(stored)))
            return
        names = draft.fields or [name for name in self.fields if name in row.values]
        mark = [
            stored and (stored.pk, stored.version),
            [(name, str(getattr(draft.record, name))) for name in names],
            draft.lines,
        ]
        changes: list[Change] = []
        if stored or self.review.created.total < SHOWN:
            changes = [
                Change(self.label(name), in_words(stored, name) if stored else "–", in_words(draft.record, name))
                for name in names
            ]
        act = Act.CHANGED if stored else Act.CREATED
        self.review.add(Outcome(row.number, act, str(stored or draft.record), (*changes, *lines), repr(mark), draft))

    def check(self, row: Row, stored: Any, draft: Draft) -> None:
        """Rules beyond the model's own, and warnings."""

    def label(self, name: str) -> str:
        return next((column.name for column in self.columns if column.field == name), name)

    def differing(self, stored: Any, record: Any) -> list[str]:
        return [name for name in self.fields if getattr(stored, name) != getattr(record, name)]

    def claimed(self, row: Row, names: Iterable[Any]) -> bool:
        """Take these names for a row of the file; False, and a fault, where a row above has one of them."""
        names = list(names)
        for name in names:
            if above := self.rows_of.get(name):
                self.fault(
                    row,
                    "",
                    gettext("cette fiche est déjà à la ligne %(row)d : gardez une seule des deux lignes.")
                    % {"row": above},
                )
                return False
        self.rows_of.update(dict.fromkeys(names, row.number))
        return True

    def free_slug(self, row: Row, text: str, field_name: str) -> str:
        """A slug of a text that neither a record nor a row above has; "" and a fault where the text gives none."""
        longest = self.model._meta.get_field("slug").max_length - 5
        base = slugify(text)[:longest].strip("-_").replace("_", "-")
        if not slug_form.regex.match(base):
            self.fault(
                row,
                field_name,
                gettext("ce texte ne donne pas d’adresse : remplissez la colonne « %(name)s ».")
                % {"name": self.label("slug")},
            )
            return ""
        taken = set(self.model._default_manager.filter(slug__startswith=base).values_list("slug", flat=True))
        taken |= set(FormerAddress.objects.of(self.model).filter(slug__startswith=base).values_list("slug", flat=True))
        slug, number = base, 1
        while slug in taken or ("slug", slug) in self.rows_of:
            number += 1
            slug = f"{base}-{number}"
        return slug

    def write(self, by: Any, why: str) -> list[Any]:
        written = []
        for outcome in self.review.pending:
            draft: Draft = outcome.draft
            record = draft.record
            if outcome.act is Act.CREATED:
                record.modified_by = by
                record.save()
                self.write_lines(draft)
                history.keep(record, by=by, act=history.Act.IMPORTED, why=why)
            else:
                with history.changing(record, by=by, act=history.Act.IMPORTED, why=why):
                    if draft.fields:
                        record.save(update_fields=_columns(self.model, draft.fields))
                    self.write_lines(draft)
            written.append(record)
        return written

    def write_lines(self, draft: Draft) -> None:
        """Write the lines of a record that is saved."""


def _columns(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """Fields with the days behind partial dates."""
    found = []
    for name in names:
        one = model._meta.get_field(name)
        found.append(name)
        if isinstance(one, PartialDateField):
            found += [one.first, one.last]
    return found
