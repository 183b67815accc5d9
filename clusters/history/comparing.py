"""Two states of a record compared in words: what the fields said and say, which lines came, went and changed.

Names of rows that are gone come from the states themselves, which keep the words of what they refer to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django_countries import countries
from django_countries.fields import CountryField

from clusters import words
from clusters.blocks import where
from clusters.dates import PartialDate, PartialDateField, day_in_words
from clusters.history.registry import Kept, Lines
from clusters.history.snapshots import Snapshot, own_part
from clusters.history.texts import Passage, Run, compare_plain, compare_rich, compare_words
from clusters.markup import Rendered, RichTextField, render, sanitise, text_of
from clusters.templatetags.journal import moment

NOTHING = "–"


@dataclass(frozen=True)
class FieldChange:
    """A field that differs: as `passages` where it is a text, else as `runs` of its value in words.

    Attributes:
        where: of a rich text, which of its blocks: « 2e paragraphe ».
    """

    label: str
    passages: tuple[Passage, ...] = ()
    runs: tuple[Run, ...] = ()
    where: str = ""

    @property
    def in_short(self) -> str:
        """« texte (2e paragraphe) »."""
        name = _in_running_text(self.label)
        return gettext("%(field)s (%(where)s)") % {"field": name, "where": self.where} if self.where else name


@dataclass(frozen=True)
class LineChange:
    """A line that is `added`, `removed` or `changed`: its name, what else it says, and what changed in it."""

    kind: str
    name: str
    details: tuple[tuple[str, str], ...] = ()
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class LinesChange:
    """Lines of one kind that differ."""

    label: str
    lines: tuple[LineChange, ...]

    @property
    def in_short(self) -> str:
        """« autres noms : 2 ajouts, 1 suppression »."""
        counted = {kind: sum(line.kind == kind for line in self.lines) for kind in ("added", "removed", "changed")}
        parts = [
            ngettext("%(n)d ajout", "%(n)d ajouts", counted["added"]) % {"n": counted["added"]},
            ngettext("%(n)d suppression", "%(n)d suppressions", counted["removed"]) % {"n": counted["removed"]},
            ngettext("%(n)d modification", "%(n)d modifications", counted["changed"]) % {"n": counted["changed"]},
        ]
        told = ", ".join(part for part, number in zip(parts, counted.values(), strict=True) if number)
        return gettext("%(what)s : %(changes)s") % {"what": _in_running_text(self.label), "changes": told}


@dataclass(frozen=True)
class Comparison:
    """What differs between two states."""

    fields: tuple[FieldChange, ...] = ()
    lines: tuple[LinesChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.fields or self.lines)

    @property
    def in_short(self) -> str:
        """« ville, résumé ; autres noms : 2 ajouts »; "" if nothing differs."""
        fields = ", ".join(change.in_short for change in self.fields)
        return " ; ".join(part for part in (fields, *(change.in_short for change in self.lines)) if part)


@dataclass(frozen=True)
class Stated:
    """A field of a state in words; a rich text as it is printed."""

    label: str
    text: str = ""
    rich: Rendered | None = None


def compare(kept: Kept, old: Snapshot, new: Snapshot) -> Comparison:
    """What differs from one state of a record to another, in the order of its fields."""
    known = {one.name: one for one in kept.fields}
    names = [*known, *sorted((old.fields.keys() | new.fields.keys()) - known.keys())]
    fields = []
    for name in names:
        # A column that one of the two states did not have yet says nothing about it.
        if name in old.fields and name in new.fields and old.fields[name] != new.fields[name]:
            fields.append(_field_change(kept, known.get(name), name, old, new, old.fields[name], new.fields[name]))
    lines = [_many_change(relation, old, new) for relation in kept.many]
    lines += [_lines_change(kept, one, old, new) for one in kept.lines]
    return Comparison(tuple(fields), tuple(change for change in lines if change.lines))


def state_in_words(kept: Kept, state: Snapshot) -> tuple[list[Stated], list[tuple[str, list[LineChange]]]]:
    """A state for a person to read: its fields that say something, and its lines by kind."""
    fields = []
    for one in kept.fields:
        value = state.fields.get(one.name)
        if isinstance(one, RichTextField):
            if value:
                fields.append(Stated(_label(one), rich=render(sanitise(value, language=""))))
        elif said := value_in_words(one, value, state, kept.shown):
            fields.append(Stated(_label(one), said))
    lines = []
    for relation in kept.many:
        names = [state.word_for(relation.related_model, pk) or _gone(pk) for pk in state.many.get(relation.name, ())]
        lines.append((_label(relation), [LineChange("same", name) for name in names]))
    for one in kept.lines:
        rows = state.lines.get(one.relation, ())
        lines.append(
            (_label_of(kept, one), [LineChange("same", *_line_in_words(kept, one, row, state)) for row in rows])
        )
    return fields, [(label, rows) for label, rows in lines if rows]


def line_name(kept: Kept, lines: Lines, row: Mapping[str, Any], state: Snapshot) -> str:
    """A line by the first thing that it says."""
    return _line_in_words(kept, lines, row, state)[0]


def line_in_words(kept: Kept, lines: Lines, row: Mapping[str, Any], state: Snapshot) -> str:
    """All that a line says, on one line."""
    name, details = _line_in_words(kept, lines, row, state)
    return in_one_line([("", name), *details])


def in_one_line(said: Sequence[tuple[str, str]]) -> str:
    """« Ancien nom ; Langue : français »: the first (label, value) by its value alone, the others with their label."""
    first = [value for _label, value in said[:1]] or [NOTHING]
    others = [gettext("%(field)s : %(sentence)s") % {"field": label, "sentence": value} for label, value in said[1:]]
    return "\u202f; ".join([*first, *others])


def value_in_words(of: models.Field, value: Any, state: Snapshot, shown: Mapping[str, Any] | None = None) -> str:
    """A kept value for a person; "" for none."""
    if value is None or value == "":
        return ""
    if shown and of.name in shown:
        return shown[of.name](value)
    if isinstance(of, models.ForeignKey):
        return state.word_for(of.related_model, value) or _gone(value)
    if isinstance(of, CountryField):
        return ", ".join(countries.name(code) or code for code in value.split(","))
    if of.flatchoices:
        return str(dict(of.flatchoices).get(value, value))
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    return _plain_in_words(of, value)


def _plain_in_words(of: models.Field, value: Any) -> str:
    if isinstance(of, RichTextField):
        return text_of(value, is_told=True)
    try:
        if isinstance(of, PartialDateField):
            return str(PartialDate.parse(value))
        if isinstance(of, models.DateTimeField):
            return moment(of.to_python(value))
        if isinstance(of, models.DateField):
            return day_in_words(of.to_python(value))
        if isinstance(of, models.DecimalField):
            return words.grouped(of.to_python(value))
    except ValueError:  # kept by a model that had another kind of column
        pass
    return str(value)


def _field_change(
    kept: Kept, of: models.Field | None, name: str, old: Snapshot, new: Snapshot, before: Any, after: Any
) -> FieldChange:
    if of is None:  # a column that the model no longer has
        return FieldChange(name, runs=_replaced(str(before or NOTHING), str(after or NOTHING)))
    label = _label(of)
    if isinstance(of, RichTextField):
        texts = (before or "", after or "")
        return FieldChange(label, tuple(compare_rich(*texts)), where=where(*texts))
    if isinstance(of, models.TextField):
        return FieldChange(label, tuple(compare_plain(before or "", after or "")))
    said = [value_in_words(of, value, state, kept.shown) for value, state in ((before, old), (after, new))]
    if isinstance(of, models.CharField) and all(len(text.split()) > 3 for text in said):
        return FieldChange(label, runs=compare_words(*said))
    return FieldChange(label, runs=_replaced(*(text or NOTHING for text in said)))


def _replaced(old: str, new: str) -> tuple[Run, ...]:
    return (Run("removed", old), Run("same", " → "), Run("added", new))


def _many_change(relation: models.ManyToManyField, old: Snapshot, new: Snapshot) -> LinesChange:
    model = relation.related_model
    before, after = (set(state.many.get(relation.name, ())) for state in (old, new))
    if relation.name not in old.many or relation.name not in new.many:
        return LinesChange(_label(relation), ())
    gone = [LineChange("removed", old.word_for(model, pk) or _gone(pk)) for pk in sorted(before - after)]
    came = [LineChange("added", new.word_for(model, pk) or _gone(pk)) for pk in sorted(after - before)]
    return LinesChange(_label(relation), (*gone, *came))


def _lines_change(kept: Kept, lines: Lines, old: Snapshot, new: Snapshot) -> LinesChange:
    label = _label_of(kept, lines)
    if lines.relation not in old.lines or lines.relation not in new.lines:
        return LinesChange(label, ())
    before, after = ({row["id"]: row for row in state.lines[lines.relation]} for state in (old, new))
    gone = {pk: row for pk, row in before.items() if pk not in after}
    came = {pk: row for pk, row in after.items() if pk not in before}
    for pk, row in list(gone.items()):  # a line that was taken away and put back is the same to whoever reads it
        again = next((other for other, put in came.items() if _same(row, put)), None)
        if again is not None:
            del gone[pk], came[again]
    changed = [(before[pk], row) for pk, row in after.items() if pk in before and own_part(before[pk]) != own_part(row)]
    return LinesChange(
        label,
        (
            *(LineChange("removed", *_line_in_words(kept, lines, row, old)) for row in gone.values()),
            *(LineChange("added", *_line_in_words(kept, lines, row, new)) for row in came.values()),
            *(_line_change(kept, lines, one, other, old, new) for one, other in changed),
        ),
    )


def _line_change(
    kept: Kept, lines: Lines, before: Mapping[str, Any], after: Mapping[str, Any], old: Snapshot, new: Snapshot
) -> LineChange:
    name = line_name(kept, lines, after, new)
    changes = [
        _field_change(kept, of, of.name, old, new, before.get(of.name), after.get(of.name))
        for of in kept.fields_of(lines)
        if before.get(of.name) != after.get(of.name)
    ]
    return LineChange("changed", name, changes=tuple(changes))


def _line_in_words(
    kept: Kept, lines: Lines, row: Mapping[str, Any], state: Snapshot
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A line's name, and what else it says as (label, value)."""
    if lines.said:
        return row["said"], ()
    told = [
        (_label(of), value_in_words(of, row.get(of.name), state))
        for of in kept.fields_of(lines)
        if row.get(of.name) is not False
    ]
    (_first, name), *others = [(label, said) for label, said in told if said] or [("", NOTHING)]
    return name, tuple(others)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return {**one, "id": None} == {**other, "id": None}


def _gone(pk: Any) -> str:
    return gettext("n° %s, supprimé depuis") % pk


def _label(of: Any) -> str:
    return capfirst(str(of.verbose_name))


def _label_of(kept: Kept, lines: Lines) -> str:
    return capfirst(str(lines.label or kept.model_of(lines)._meta.verbose_name_plural))


def _in_running_text(label: str) -> str:
    """A label inside a sentence; a sigle keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
