"""Corrections that readers propose: the form they fill in, and how an accepted one changes the registry.

What each sort of correction changes stands in one table here, so that the form, the decision and the history agree.
Past 400 lines: a change is read beside what a reader may ask for, and names have dates that must not contradict each other.
"""

import logging
import smtplib
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters import history, words
from clusters.dates import PartialDate, PartialDateField, validate_partial_date
from clusters.imports.references import normalised
from clusters.intake.posts import FormTokens, forged_sentence, stale_sentence
from clusters.intake.readings import number_in
from clusters.intake.texts import EmailField, TidyField, honeypot
from clusters.models import Cluster, ClusterName, Observation, Programme, Source, StatusChange, Suggestion
from clusters.models.publication import web_address
from clusters.models.suggestions import LIMITS, Record

Field = Suggestion.Field
FIELDS: dict[type, tuple[str, ...]] = {
    Cluster: (
        Field.NAME, Field.OTHER_NAME, Field.ACRONYM, Field.STATUS, Field.CITY, Field.REGION, Field.WEBSITE,
        Field.LEGAL_FORM, Field.OTHER,
    ),
    Programme: (Field.NAME, Field.OTHER),
    Source: (Field.NAME, Field.WEBSITE, Field.OTHER),
}  # fmt: skip
"""What readers may correct of a record, besides its figures."""
COLUMNS = {
    Cluster: {name: str(name) for name in (Field.ACRONYM, Field.CITY, Field.REGION, Field.WEBSITE, Field.LEGAL_FORM)},
    Programme: {Field.NAME: "name"},
    Source: {Field.NAME: "title", Field.WEBSITE: "url"},
}
"""Those that are one column of the record."""
OLD_NAMES = (
    ("former", _("a été porté : il reste parmi les autres noms")),
    ("mistaken", _("était une faute : il s’efface")),
)
MISTAKEN = "mistaken"
_log = logging.getLogger(__name__)
_tokens = FormTokens("clusters.correction")


class SuggestionForm(forms.Form):
    """A correction to one record, or to one of its figures."""

    field = forms.ChoiceField(
        label=_("Que faut-il corriger ?"),
        error_messages={
            "required": _("Choisissez ce qui est à corriger."),
            "invalid_choice": _("Choisissez dans la liste ce qui est à corriger."),
        },
    )
    proposed = TidyField(
        label=_("Ce qu’il faudrait lire"),
        longest=1000,
        too_long=_("Votre texte fait %(length)d signes, et %(longest)d au plus sont permis : raccourcissez-le."),
        lines=True,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
        error_messages={"required": _("Écrivez ce qu’il faudrait lire à la place.")},
    )
    dated = PartialDateField(_("À quelle date ?")).formfield(
        required=False,
        validators=[validate_partial_date],
        help_text=_("Une année, un mois ou un jour : 2023, 2023-06, 2023-06-30. Laissez vide si vous ne la savez pas."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    evidence = TidyField(
        label=_("Où peut-on le lire ?"),
        longest=500,
        too_long=_("Cette adresse fait %(length)d signes, et %(longest)d au plus sont permis."),
        help_text=_("L’adresse d’une page que chacun peut lire : aucun chiffre n’entre au registre sans source."),
        widget=forms.URLInput({"autocomplete": "off", "placeholder": "https://"}),
        error_messages={"required": _("Donnez l’adresse d’une page qui le dit.")},
    )
    remark = TidyField(
        label=_("Une précision ?"),
        required=False,
        longest=2000,
        too_long=_("Votre précision fait %(length)d signes, et %(longest)d au plus sont permis : raccourcissez-la."),
        lines=True,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    email = EmailField(
        label=_("Adresse électronique"),
        required=False,
        max_length=254,
        help_text=_("Pour recevoir la réponse. Elle n’est jamais montrée, et s’efface dès la réponse envoyée."),
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "invalid": _("Écrivez une adresse complète, par exemple prenom@exemple.org, ou laissez ce champ vide."),
            "max_length": _("Cette adresse est trop longue : vérifiez-la."),
        },
    )
    fax = honeypot()
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    is_from_a_program = False

    def __init__(self, *args: Any, record: Record, figure: Observation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="correction-%s", **kwargs)
        self.record, self.figure = record, figure
        if figure:
            del self.fields["field"]
            self.fields["proposed"].help_text = _("Un nombre, avec « environ » ou « plus de » si la page l’écrit.")
        else:
            labels = dict(Field.choices)
            choices = [(str(name), labels[name]) for name in FIELDS[type(record)]]
            self.fields["field"].choices = [("", _("Choisissez…")), *choices]

    @property
    def page(self) -> str:
        """What its token is good for."""
        return f"{self.record._meta.model_name}.{self.record.pk}"

    @property
    def fresh_token(self) -> str:
        """A token for the form as it is shown: the one that was posted, as long as it is good, so that it has its age."""
        posted = self.data.get("token", "")
        try:
            _tokens.is_too_fast(posted, self.page)
        except signing.BadSignature:
            return _tokens.make(self.page)
        return posted

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """What a reader fills in."""
        return [self[name] for name in self.fields if name not in ("fax", "token")]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of the field or "", sentence) of every error, in the order of the page."""
        if not self.is_bound:
            return []
        return [("", sentence) for sentence in self.non_field_errors()] + [
            (field.auto_id, sentence) for field in self.shown_fields for sentence in field.errors
        ]

    def refuse(self, sentence: Any) -> None:
        """Refuse what was posted as a whole, whatever its fields hold."""
        self.errors.clear()
        self.add_error(None, sentence)

    def clean_evidence(self) -> str:
        web_address(self.cleaned_data["evidence"])
        return self.cleaned_data["evidence"]

    def clean_proposed(self) -> str:
        said = self.cleaned_data["proposed"]
        if self.figure and number_in(said) is None:
            raise ValidationError(_("Écrivez un nombre, par exemple « 90 », « environ 29 000 » ou « plus de 200 »."))
        return said

    def clean(self) -> None:
        try:
            too_fast = _tokens.is_too_fast(self.cleaned_data.get("token", ""), self.page)
        except signing.SignatureExpired:
            self.add_error(None, stale_sentence())
        except signing.BadSignature:
            self.add_error(None, forged_sentence())
        else:
            self.is_from_a_program = bool(self.cleaned_data.get("fax", "").strip())
            if too_fast:
                # Asked for once more rather than dropped: what a quick person typed is not lost.
                self.add_error(None, _("L’envoi est parti plus vite qu’on ne lit. Relisez, puis envoyez de nouveau."))

    def send(self, address: str) -> Suggestion:
        """Hand a valid form's correction in; what a program sent is answered alike, and not kept.

        Args:
            address: where the request came from.
        Raises:
            TooMany
        """
        data = self.cleaned_data
        field = Field.FIGURE if self.figure else Field(data["field"])
        suggestion = Suggestion(
            observation=self.figure, field=field, current=says_now(self.record, field, self.figure)[:500],
            proposed=data["proposed"], dated=data["dated"], evidence=data["evidence"], remark=data["remark"],
            email=data["email"], network=LIMITS.network_of(address), **{self.record._meta.model_name: self.record},
        )  # fmt: skip
        if self.is_from_a_program:
            return suggestion
        return Suggestion.objects.submit(suggestion)[0]


def says_now(record: Record, field: str, figure: Observation | None = None) -> str:
    """What a record says today of a thing, in words; "" where it says nothing."""
    if figure:
        said = gettext("%(indicator)s : %(value)s") % {"indicator": figure.indicator, "value": words.value(figure)}
        return f"{said} ({dated})" if (dated := words.when(figure)) else said
    if column := COLUMNS[type(record)].get(field):
        return str(getattr(record, column))
    if field == Field.NAME:
        return record.name
    if field == Field.STATUS:
        return record.get_status_display()
    return ""


def says_now_of(suggestion: Suggestion) -> str:
    """What the record says now of the thing that a correction is about; of a figure, the one in force."""
    figure = suggestion.observation
    while figure and (
        newer := Observation.objects.filter(supersedes=figure).select_related("indicator", "source").first()
    ):
        figure = newer
    return says_now(suggestion.record, suggestion.field, figure)


# -- what an accepted one changes


def source_at(address: str) -> Source | None:
    """The source that stands at an address, in whatever form it is written."""
    wanted = normalised(address)
    host = wanted.partition("/")[0]
    found = Source.objects.filter(url__icontains=host).order_by("pk") if host else Source.objects.none()
    return next((source for source in found if normalised(source.url) == wanted), None)


def accept(suggestion: Suggestion, by: Any, values: Mapping[str, Any]) -> None:
    """Apply a correction as an editor has approved it, with its evidence as the source.

    Args:
        values: `source` (a saved one, or a new one), `reply`, and what the sort of correction needs: `value`, `upper`,
            `precision`, `dated` for a figure; `text` for a name or a column; `status`, `dated`; `name_kind`.
    Raises:
        ValidationError: it is decided already, the record has been saved meanwhile, or the change is no valid one.
    """
    why = gettext("Correction n° %(number)s proposée par un lecteur") % {"number": suggestion.pk}
    said = {"act": history.Act.SUGGESTED, "why": why, "suggestion": suggestion}
    email, address = suggestion.email, suggestion.get_absolute_url()

    def apply() -> Observation | None:
        change = _CHANGES.get(suggestion.field)
        if change is None:  # « other »: its editor has done by hand what it asks, and says so in the reply
            return None
        source = values["source"]
        if source.pk is None:
            source.full_clean()
            source.save()
            history.keep(source, by=by, **said)
        suggestion.proven_by(source)
        record = suggestion.record
        if suggestion.observation:  # a line of each whom it is about, whichever record it was proposed on
            with history.adding_to(_subjects(suggestion), by=by, **said):
                return change(suggestion, record, source, values, by)
        with history.changing(record, by=by, **said):
            return change(suggestion, record, source, values, by)

    with transaction.atomic():
        suggestion.accept(by, values["reply"], apply)
        _answer(suggestion, email, address)


def reject(suggestion: Suggestion, by: Any, reply: str) -> None:
    """Refuse a correction, with a public reply.

    Raises:
        ValidationError: it is decided already, or there is no reply.
    """
    email, address = suggestion.email, suggestion.get_absolute_url()
    with transaction.atomic():
        suggestion.reject(by, reply)
        _answer(suggestion, email, address)


def mark_duplicate(suggestion: Suggestion, by: Any, of: Suggestion, reply: str = "") -> None:
    """Say that a correction repeats another one of the same record.

    Raises:
        ValidationError: it is decided already, or the other one will not do.
    """
    email, address = suggestion.email, suggestion.get_absolute_url()
    with transaction.atomic():
        suggestion.mark_duplicate(by, of, reply)
        _answer(suggestion, email, address)


def _subjects(suggestion: Suggestion) -> list[Record]:
    """Whom the figure is about; the record itself for a figure about a country, which has no record."""
    figure = suggestion.observation
    about = [*figure.clusters.all(), *([figure.programme] if figure.programme else [])]
    return about or [suggestion.record]


def _figure(suggestion: Suggestion, record: Record, source: Source, values: Mapping[str, Any], by: Any) -> Observation:
    old = suggestion.observation
    if Observation.objects.filter(supersedes=old).exists():
        raise ValidationError(_("Ce chiffre a été corrigé entre-temps : relisez la fiche, puis refusez ou reprenez."))
    kept = ("indicator", "unit", "currency", "scope", "programme", "country", "rank")
    told = {name: values[name] for name in ("value", "upper", "precision", "dated")}
    rank = {"rank": Observation.Rank.NORMAL} if old.rank == Observation.Rank.DEPRECATED else {}
    return Observation.record(
        {**{name: getattr(old, name) for name in kept}, **told, **rank, "source": source, "supersedes": old},
        clusters=old.clusters.all(),
        by=by,
    )


def _column(suggestion: Suggestion, record: Record, source: Source, values: Mapping[str, Any], by: Any) -> None:
    column = COLUMNS[type(record)][suggestion.field]
    setattr(record, column, values["text"])
    columns = [column]
    if suggestion.field in (Field.CITY, Field.REGION):
        # What was said of the place before is not what this source says.
        record.location_source, record.location_note = source, ""
        columns += ["location_source", "location_note"]
    record.full_clean()
    record.save(update_fields=columns)


def _name(suggestion: Suggestion, record: Record, source: Source, values: Mapping[str, Any], by: Any) -> None:
    if not isinstance(record, Cluster):
        _column(suggestion, record, source, values, by)
        return
    dated, mistaken = values["dated"], values.get("old_name") == MISTAKEN
    if dated and PartialDate.parse(dated).last > timezone.localdate():
        raise ValidationError(
            {"dated": _("Cette date n’est pas passée, ou peut ne pas l’être : précisez le mois ou le jour.")}
        )
    Kind = ClusterName.Kind
    official = record.names.filter(value=record.name, kind=Kind.OFFICIAL).first()
    if mistaken and official:
        dated = dated or official.valid_from  # it was this name all the time, misspelt
    elif not mistaken:
        _make_former(record, official, dated, source)
    if official:
        official.delete()
    record.name = values["text"]
    record.full_clean()
    record.save(update_fields=["name"])
    record.names.get_or_create(value=record.name, kind=Kind.OFFICIAL, defaults={"valid_from": dated, "source": source})
    called = record.names.in_use_on(timezone.localdate()).first()
    if called and called.value != record.name:
        raise ValidationError(
            {
                "dated": gettext(
                    "D’après ses dates, « %(name)s » serait encore le nom d’aujourd’hui : donnez la date du changement, ou corrigez d’abord les noms de la fiche."
                )
                % {"name": called.value}
            }
        )


def _make_former(record: Cluster, official: ClusterName | None, dated: str, source: Source) -> None:
    """Keep the name of a record among its former ones: until a day, and since when it was its official one."""
    former = record.names.filter(value=record.name, kind=ClusterName.Kind.FORMER).first()
    if former is None:
        begun = official.valid_from if official else ""
        own = official.source if official else None
        former = ClusterName(
            cluster=record, value=record.name, kind=ClusterName.Kind.FORMER, valid_from=begun, source=own or source
        )
    # Borne a second time it has one line still: the name that came between has a beginning of its own, and prevails.
    former.valid_to = dated or former.valid_to or (official.valid_to if official else "")
    if former.valid_from and dated and PartialDate.parse(former.valid_from).first > PartialDate.parse(dated).last:
        raise ValidationError(
            {
                "dated": gettext(
                    "« %(name)s » n’est en usage que depuis %(since)s : la date du changement ne peut pas être avant."
                )
                % {"name": former.value, "since": former.valid_from}
            }
        )
    former.full_clean()
    former.save()


def _other_name(suggestion: Suggestion, record: Cluster, source: Source, values: Mapping[str, Any], by: Any) -> None:
    name = ClusterName(
        cluster=record, value=values["text"], kind=values["name_kind"], source=source,
        valid_to=values["dated"] if values["name_kind"] == ClusterName.Kind.FORMER else "",
    )  # fmt: skip
    name.full_clean()
    name.save()


def _status(suggestion: Suggestion, record: Cluster, source: Source, values: Mapping[str, Any], by: Any) -> None:
    line = StatusChange(cluster=record, status=values["status"], since=values["dated"], source=source)
    line.full_clean()
    line.save()
    record.follow_status()
    if record.status != line.status and not line.since:
        raise ValidationError(
            {
                "dated": _(
                    "Donnez une date : d’après celle de sa source, cette ligne précède une autre, et la situation ne change pas."
                )
            }
        )


_CHANGES: dict[str, Callable[..., Observation | None]] = {
    Field.FIGURE: _figure,
    Field.NAME: _name,
    Field.OTHER_NAME: _other_name,
    Field.STATUS: _status,
    **dict.fromkeys((Field.ACRONYM, Field.CITY, Field.REGION, Field.WEBSITE, Field.LEGAL_FORM), _column),
}


def _answer(suggestion: Suggestion, email: str, address: str) -> None:
    """Tell whoever left an address what was decided; a mail that cannot be sent takes no decision back."""
    if not email:
        return
    text = gettext(
        "Bonjour,\n\nVous aviez proposé une correction à « %(record)s ». Décision de la rédaction : %(state)s.\n\n"
        "%(reply)s\n\nLa suite se lit ici : %(address)s\n\nVotre adresse a été effacée."
    ) % {
        "record": suggestion.record,
        "state": suggestion.get_state_display().lower(),
        "reply": suggestion.reply,
        "address": f"{settings.SITE_URL}{address}",
    }
    subject = gettext("Votre correction : %(state)s") % {"state": suggestion.get_state_display().lower()}

    def send() -> None:
        try:
            send_mail(subject, text, None, [email])
        except (OSError, smtplib.SMTPException) as error:
            # Not the error itself: it names the address, which is to be forgotten.
            _log.error("The answer to correction %s could not be sent: %s", suggestion.pk, type(error).__name__)

    transaction.on_commit(send, robust=True)
