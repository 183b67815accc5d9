"""Two people who had one form open: what the later one sends, laid over what the other has saved in the meantime.

A field, a line or a block of a rich text that one of them left as they both read it takes what the other made of it; where
both changed the same, a person chooses. Apart from editing.py because it reads forms as text, before any of them is checked;
it knows no request, so that whatever sends a form (a save, an autosave) is laid over what is stored alike.

Past 400 lines: fields, texts and lines are laid by one rule, and share what they are told with.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext

from clusters.blocks import Clash, merge, without
from clusters.history.comparing import NOTHING, in_one_line, line_in_words, value_in_words
from clusters.history.registry import Kept, Lines
from clusters.history.snapshots import Snapshot, plain_value
from clusters.history.texts import Run, compare_rich, compare_words
from clusters.markup import RichTextField, sanitise
from clusters.related import is_id
from clusters.settling import BOTH, MINE, THEIRS, settle
from clusters.typography import FRENCH, typeset

MAX_LINES = 1000
"""Lines of one kind that a form may hold, as Django has it."""
TAKE = "take-"
"""What a choice is called in what is sent: this and the key of what is contested."""


@dataclass(frozen=True)
class Contested:
    """A field, line or block that both have changed: what it is called, and what each of them says.

    Attributes:
        key: by which a form tells it: of a field its name, of a line its prefix, of a block the field's name and the marks of both.
        note: what differs beside the words.
        has_both: whether the form holds both, one after the other: blocks of a text.
    """

    key: str
    label: str
    mine: str
    theirs: str
    note: str = ""
    has_both: bool = False

    @property
    def choice(self) -> str:
        """Name of the choice in the form."""
        return f"{TAKE}{self.key}"

    @property
    def mine_in_runs(self) -> list[Run]:
        """Mine, in words that are the same (`same`) and that the other has not (`added`)."""
        return [run for run in self._runs if run.kind != "removed"]

    @property
    def theirs_in_runs(self) -> list[Run]:
        """What is stored, in words that are the same (`same`) and that mine has not (`removed`)."""
        return [run for run in self._runs if run.kind != "added"]

    @property
    def _runs(self) -> tuple[Run, ...]:
        return compare_words(self.theirs, self.mine)


@dataclass(frozen=True)
class Conflict:
    """Somebody has saved since the form was opened, and a person must choose.

    Attributes:
        version: what is stored now; sending it back as `replaces` overwrites it knowingly.
        contested: where both changed the same, and nothing else.
    """

    version: int
    by: Any
    at: Any
    contested: list[Contested]


@dataclass
class _Row:
    """A line as a form sends it: its id, if it is on record, and its values by the name of the column."""

    pk: int | None
    values: MultiValueDict
    contested: Contested | None = None
    origin: int | None = None  # its place as it was sent

    @property
    def is_deleted(self) -> bool:
        return bool(self.values.get("DELETE"))


@dataclass
class Overlay:
    """What somebody sends of a form, laid over what is stored by now.

    Attributes:
        kept: what the history keeps of this kind of record.
        base: the state that they had read; None if it is not known, so that everything that differs is for them to choose.
        now: the state that is stored.
        sent: what they send; `lay` changes it to what the form is to hold.
        asked: the keys of what they were asked to choose before.
        chosen: key → which of the two they take; for what is asked of the state `now` alone.
        keeps_mine: whether they take their own wherever they have chosen nothing.
    """

    kept: Kept
    base: Snapshot | None
    now: Snapshot
    sent: QueryDict
    files: Mapping[str, Any]
    asked: frozenset[str] = frozenset()
    chosen: Mapping[str, str] = field(default_factory=dict)
    keeps_mine: bool = False
    contested: dict[str, Contested] = field(default_factory=dict)
    laid: dict[str, tuple[list[_Row], list[_Row]]] = field(default_factory=dict)

    def lay(self, form: forms.ModelForm, formsets: Iterable[Any]) -> None:
        """Change what is sent to what the form is to hold, and find what is contested.

        Args:
            form, formsets: of the record as it is stored; not bound.
        """
        by_name = {one.name: one for one in (*self.kept.fields, *self.kept.many)}
        # A field that has become read-only since was still typed in.
        locked = {name: of.formfield() for name, of in by_name.items() if name not in form.fields and name in self.sent}
        for name, bound in {**form.fields, **locked}.items():
            if name in by_name and bound is not None:
                self._lay_field(by_name[name], bound, name)
        for name, column in getattr(form, "fills", {}).items():
            self._lay_file(by_name[column], name)
        lines = {self.kept.model_of(one): one for one in self.kept.lines}
        for formset in formsets:
            if formset.model in lines:
                self._lay_lines(lines[formset.model], formset)

    def give_up(self, form: forms.ModelForm, formsets: Iterable[Any], names: Collection[str]) -> None:
        """Let fields, and lines by their prefix, say what is stored; a line that is not on record goes.

        Args:
            form, formsets: as `lay` has them.
        """
        by_name = {one.name: one for one in (*self.kept.fields, *self.kept.many)}
        for name in names:
            if name in form.fields and name in by_name:
                of = by_name[name]
                stands = (self.now.many if of.many_to_many else self.now.fields).get(name)
                _write(self.sent, _sent(of, form.fields[name], name, stands))
        lines = {self.kept.model_of(one): one for one in self.kept.lines}
        for formset in formsets:
            prefix, given_up = formset.prefix, {one for one in names if one.startswith(f"{formset.prefix}-")}
            if not given_up or prefix not in self.laid:
                continue
            stands = {row["id"]: row for row in self.now.lines.get(lines[formset.model].relation, ())}
            columns = [
                one for one in self.kept.fields_of(lines[formset.model]) if one.name in formset.empty_form.fields
            ]
            kept: list[list[_Row]] = [[], []]
            place = 0
            for side, rows in enumerate(self.laid[prefix]):
                for row in rows:
                    if f"{prefix}-{place}" not in given_up:
                        kept[side].append(row)
                    elif row.pk in stands:
                        values = MultiValueDict({"id": [str(row.pk)], formset.fk.name: [str(formset.instance.pk)]})
                        for of in columns:
                            _write(
                                values,
                                _sent(of, formset.empty_form.fields[of.name], of.name, stands[row.pk].get(of.name)),
                            )
                        kept[side].append(_Row(row.pk, values, origin=row.origin))
                    place += 1
            self._put(prefix, *kept)

    def shown(self, made: Snapshot, as_sent: QueryDict, form: forms.ModelForm) -> Snapshot | None:
        """The state that a form goes on showing once it is saved; None if it is the state that the save made.

        What others had changed is in what was made, but not on the screen: there it says what was sent.

        Args:
            made: the state that the save made.
            as_sent: what the form sent, before `lay`.
        """
        base, now = self.base, self.now
        if base is None or base.is_same_state(now):
            return None
        fields, many, lines = dict(made.fields), dict(made.many), dict(made.lines)
        for one in (*self.kept.fields, *self.kept.many):
            into, was, stands = (many, base.many, now.many) if one.many_to_many else (fields, base.fields, now.fields)
            if one.name not in was or was[one.name] == stands.get(one.name) or one.name not in form.fields:
                continue
            into[one.name] = was[one.name]
            if one.name not in self.contested:
                try:
                    bound = form.fields[one.name]
                    into[one.name] = (
                        sorted(int(pk) for pk in as_sent.getlist(one.name) if is_id(pk))
                        if one.many_to_many
                        else _read(one, bound, one.name, as_sent)
                    )
                except (ValidationError, ValueError, ArithmeticError):
                    pass
        for one in self.kept.lines:
            was, stands = ({row["id"]: row for row in state.lines.get(one.relation, ())} for state in (base, now))
            rows = {row["id"]: row for row in made.lines.get(one.relation, ())}
            for pk in was.keys() | stands.keys():
                if was.get(pk) != stands.get(pk):
                    rows.pop(pk, None)
                    if pk in was:
                        rows[pk] = was[pk]
            lines[one.relation] = [rows[pk] for pk in sorted(rows)]
        return replace(made, fields=fields, many=many, lines=lines)

    # -- fields

    def _lay_field(self, of: Any, bound: forms.Field, name: str) -> None:
        is_many = of.many_to_many
        kept_as = [(state.many if is_many else state.fields) if state else {} for state in (self.base, self.now)]
        was, stands = (values.get(name) for values in kept_as)
        is_known = self.base is not None and name in kept_as[0]
        theirs_differs = not is_known or was != stands
        if bound.widget.value_omitted_from_data(self.sent, self.files, name):
            _write(self.sent, _sent(of, bound, name, stands))  # their form did not show it
        elif is_known and self._blocks_asked(name):
            self._lay_text(of, bound, name, was or "", stands or "")
        elif is_known and self._says(of, bound, name, self.sent, was):
            if theirs_differs:
                _write(self.sent, _sent(of, bound, name, stands))
        elif self._says(of, bound, name, self.sent, stands):
            pass
        elif is_known and isinstance(of, RichTextField):
            self._lay_text(of, bound, name, was or "", stands or "")
        elif theirs_differs or name in self.asked:
            if self.chosen.get(name) == THEIRS:
                _write(self.sent, _sent(of, bound, name, stands))
                return
            mine = self._in_words(of, bound, name, self.sent)
            self._contest(Contested(name, _label(bound, of), mine, self._stored_in_words(of, stands)))

    def _lay_text(self, of: models.Field, bound: forms.Field, name: str, was: str, stands: str) -> None:
        merged = merge(was, sanitise(self.sent.get(name, "")), stands)
        for clash in merged.clashes:
            self._contest(_block(f"{name}:{clash.name}", _label(bound, of), clash))
        text = without(merged.html, [clash.at[0] for clash in merged.clashes] if self.keeps_mine else [])
        text, asked_again = settle(text, stands, self._blocks_asked(name), self.chosen, self.keeps_mine)
        for clash in asked_again:
            self._contest(_block(f"{name}:{clash.name}", _label(bound, of), clash))
        if merged.clashes or text != merged.html or was != stands:
            _write(self.sent, _sent(of, bound, name, text))

    def _blocks_asked(self, name: str) -> list[str]:
        return sorted(key for key in self.asked if key.startswith(f"{name}:"))

    def _contest(self, one: Contested) -> None:
        if self.chosen.get(one.key) not in (MINE, BOTH):
            self.contested[one.key] = one

    def _lay_file(self, of: models.Field, name: str) -> None:
        """A file has no text to compare: it replaces whatever is there, or nothing is sent."""
        was = self.base.fields.get(of.name) if self.base else None
        stands = self.now.fields.get(of.name)
        if self.files.get(name) and (was != stands or name in self.asked):
            mine = gettext("fichier %s, à choisir de nouveau") % self.files[name].name
            self._contest(Contested(name, capfirst(str(of.verbose_name)), mine, self._stored_in_words(of, stands)))

    def _says(self, of: Any, bound: forms.Field, name: str, sent: MultiValueDict, value: Any) -> bool:
        """Whether what is sent of a field is this value: as a browser shows it, or as it would be written."""
        if all(_plain(sent.getlist(key)) == _plain(texts) for key, texts in _sent(of, bound, name, value).items()):
            return True
        if of.is_relation:
            return False
        try:
            return (_read(of, bound, name, sent) or "") == (value or "")
        except (ValidationError, ValueError, ArithmeticError):
            return False

    def _in_words(self, of: Any, bound: forms.Field, name: str, sent: MultiValueDict) -> str:
        if of.is_relation:
            chosen = [one for one in sent.getlist(name) if is_id(one)]
            # Through the rows of the form's own field, so that nobody learns the name of one that they may not see.
            return ", ".join(str(row) for row in bound.queryset.filter(pk__in=chosen)) or NOTHING
        try:
            said = value_in_words(of, _read(of, bound, name, sent), self.now, self.kept.shown)
        except (ValidationError, ValueError, ArithmeticError):
            said = " ".join(sent.getlist(name))
        return said or NOTHING

    def _stored_in_words(self, of: Any, value: Any) -> str:
        if of.many_to_many:
            return ", ".join(self.now.word_for(of.related_model, pk) for pk in value or ()) or NOTHING
        return value_in_words(of, value, self.now, self.kept.shown) or NOTHING

    # -- lines

    def _lay_lines(self, lines: Lines, formset: Any) -> None:
        found = self._rows(formset.prefix)
        if found is None:
            return  # not what a browser sends: the formset says so
        sample, prefix = formset.empty_form, formset.prefix
        columns = [] if lines.is_appended else [one for one in self.kept.fields_of(lines) if one.name in sample.fields]
        was, stands = (
            {row["id"]: row for row in state.lines.get(lines.relation, ())} if state else {}
            for state in (self.base, self.now)
        )

        def says(row: _Row, line: Mapping[str, Any]) -> bool:
            return all(self._says(of, sample.fields[of.name], of.name, row.values, line.get(of.name)) for of in columns)

        def stored(pk: int) -> _Row:
            values = MultiValueDict({"id": [str(pk)], formset.fk.name: [str(formset.instance.pk)]})
            for of in columns:
                _write(values, _sent(of, sample.fields[of.name], of.name, stands[pk].get(of.name)))
            return _Row(pk, values)

        def contest(row: _Row, pk: int | None) -> _Row:
            mine = gettext("ligne supprimée") if row.is_deleted else self._line_in_words(columns, sample, row)
            theirs = (
                line_in_words(self.kept, lines, stands[pk], self.now) if pk in stands else gettext("ligne supprimée")
            )
            row.contested = Contested("", capfirst(str(lines.label or formset.model._meta.verbose_name)), mine, theirs)
            return row

        on_record, added = [], []
        for place, row in enumerate(found):
            pk, is_asked = row.pk, f"{prefix}-{place}" in self.asked
            take = self.chosen.get(f"{prefix}-{place}") if is_asked else ""
            if take == THEIRS:
                on_record += [stored(pk)] if pk in stands else []
            elif take == MINE:
                (added if pk not in stands else on_record).append(row)
            if take in (MINE, THEIRS):
                continue
            if pk is None:
                # One that was deleted meanwhile and stands here as a new line.
                is_blank = all(self._says(of, sample.fields[of.name], of.name, row.values, None) for of in columns)
                added.append(contest(row, None) if is_asked and not is_blank else row)
                continue
            is_mine = row.is_deleted or pk not in was or not says(row, was[pk])
            is_theirs = pk not in stands or pk not in was or (bool(columns) and was[pk] != stands[pk])
            if not is_mine:
                on_record += [stored(pk)] if pk in stands else []
            elif not is_theirs and not is_asked:
                on_record.append(row)
            elif pk in stands:
                differs = row.is_deleted or not says(row, stands[pk])
                on_record.append(contest(row, pk) if differs else row)
            elif not row.is_deleted and columns:
                row.values.pop("id", None)
                added.append(contest(_Row(None, row.values, origin=row.origin), pk))
        known = {row.pk for row in found}
        there = {one.pk for one in formset.get_queryset()}
        theirs = [pk for pk in stands if pk not in known and pk in there]
        new = [pk for pk in theirs if columns and pk not in was]
        # A line that both have added is there once.
        added = [row for row in added if not any(says(row, stands[pk]) for pk in new)]
        on_record += [stored(pk) for pk in theirs]
        self._put(prefix, on_record, added)

    def _rows(self, prefix: str) -> list[_Row] | None:
        total = self.sent.get(f"{prefix}-TOTAL_FORMS", "")
        if not is_id(total) or int(total) > MAX_LINES:
            return None
        values: list[MultiValueDict] = [MultiValueDict() for _place in range(int(total))]
        for key in self.sent:
            place, _dash, name = key.removeprefix(f"{prefix}-").partition("-")
            if key.startswith(f"{prefix}-") and name and is_id(place) and int(place) < len(values):
                values[int(place)].setlist(name, self.sent.getlist(key))
        return [
            _Row(int(one["id"]) if is_id(one.get("id", "")) else None, one, origin=place)
            for place, one in enumerate(values)
        ]

    def _put(self, prefix: str, on_record: list[_Row], added: list[_Row]) -> None:
        """Write lines back as a form sends them, those on record first."""
        self.laid[prefix] = on_record, added
        for key in list(self.sent):
            place, _dash, name = key.removeprefix(f"{prefix}-").partition("-")
            if key.startswith(f"{prefix}-") and name and is_id(place):
                del self.sent[key]
        for place, row in enumerate([*on_record, *added]):
            for name, texts in row.values.lists():
                self.sent.setlist(f"{prefix}-{place}-{name}", texts)
            if row.contested:
                key = f"{prefix}-{place}"
                self.contested[key] = replace(row.contested, key=key)
        self.sent[f"{prefix}-TOTAL_FORMS"] = str(len(on_record) + len(added))
        self.sent[f"{prefix}-INITIAL_FORMS"] = str(len(on_record))

    def _line_in_words(self, columns: list[models.Field], sample: forms.ModelForm, row: _Row) -> str:
        said = []
        for of in columns:
            bound = sample.fields[of.name]
            if not isinstance(of, models.BooleanField) or row.values.get(of.name):
                words = self._in_words(of, bound, of.name, row.values)
                said += [(_label(bound, of), words)] if words != NOTHING else []
        return in_one_line(said)


def asked_of(request: HttpRequest) -> frozenset[str]:
    """What the page of a conflict has asked to choose."""
    return frozenset(request.POST.get("contested", "").split())


def choices_of(request: HttpRequest) -> dict[str, str]:
    """What was chosen on the page of a conflict: key → which of the two."""
    return {key.removeprefix(TAKE): take for key, take in request.POST.items() if key.startswith(TAKE)}


def _block(key: str, label: str, clash: Clash) -> Contested:
    texts = [one.text if one else gettext("passage supprimé") for one in (clash.mine, clash.theirs)]
    note = ""
    if clash.mine and clash.theirs:
        note = " ; ".join(one.note for one in compare_rich(clash.theirs.html, clash.mine.html) if one.note)
    named = gettext("%(field)s, %(place)s") % {"field": label, "place": clash.place} if clash.place else label
    return Contested(key, named, *(text or NOTHING for text in texts), note, has_both=True)


def _label(bound: forms.Field, of: Any) -> str:
    return capfirst(str(bound.label or of.verbose_name))


def _plain(texts: list[str]) -> list[str]:
    """Texts as they are compared: browsers send other line ends, and nothing at all for an empty choice."""
    return sorted(text for one in texts if (text := one.replace("\r\n", "\n").strip()))


def _read(of: models.Field, bound: forms.Field, name: str, sent: MultiValueDict) -> Any:
    """What is sent of a column as it would be written, as JSON has it; raises what the field raises."""
    value = bound.clean(bound.widget.value_from_datadict(sent, {}, name))
    if isinstance(value, str):
        language = sent.get("language") or FRENCH
        if isinstance(of, RichTextField):
            value = sanitise(value, language)
        elif language == FRENCH:
            value = typeset(value)
    return plain_value(of, value)


def _sent(of: Any, bound: forms.Field, name: str, value: Any) -> dict[str, list[str]]:
    """What a browser sends of a form's field that holds a kept value: name → texts."""
    if not of.many_to_many:
        value = of.to_python(value)
    widget = getattr(bound.widget, "widget", bound.widget)  # one with links beside it wraps its own
    return _sent_of(widget, name, bound.prepare_value(value))


def _sent_of(widget: forms.Widget, name: str, value: Any) -> dict[str, list[str]]:
    if isinstance(widget, forms.MultiWidget):
        parts = zip(widget.widgets_names, widget.widgets, widget.decompress(value), strict=True)
        return {key: texts for end, one, part in parts for key, texts in _sent_of(one, name + end, part).items()}
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"] if value else []}
    shown = widget.format_value(value)
    listed = shown if isinstance(shown, list | tuple) else [shown]
    if getattr(widget, "allow_multiple_selected", False):
        return {name: [str(one) for one in listed if one not in ("", None)]}
    return {name: ["" if one is None else str(one) for one in listed]}


def _write(sent: MultiValueDict, values: Mapping[str, list[str]]) -> None:
    for key, texts in values.items():
        if texts:
            sent.setlist(key, texts)
        elif key in sent:
            del sent[key]  # as a browser does with a box that is not ticked
