"""What the records of the registry share in the admin: publishing and withdrawing, a row at a time, each answer told.

Apart from the records themselves because clusters, programmes and sources must not differ in it.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from clusters import history
from clusters.dates import day_in_words
from clusters.editing import (
    VersionedAdmin,
    as_sentences,
    person,
)
from clusters.models.publication import PublicationState


def badge(kind: str, text: Any) -> str:
    """A state as a word in a coloured frame: the word says it, the colour only helps to find it."""
    return format_html('<span class="badge badge-{}">{}</span>', kind, text)


def named(record: Any, sentences: str) -> str:
    """« Cluster solaire : rangez la fiche… » for a message about one row of several."""
    return gettext("%(record)s : %(sentences)s") % {"record": record, "sentences": sentences}


@admin.display(description=_("publication"), ordering="publication")
def publication(record: Any) -> str:
    return badge(record.publication, record.get_publication_display())


@admin.action(description=_("Publier les fiches choisies"), permissions=["change"])
def publish(model_admin: "RecordAdmin", request: HttpRequest, chosen: models.QuerySet) -> None:
    done = ngettext_lazy("%d fiche publiée.", "%d fiches publiées.")
    model_admin.each(request, chosen, model_admin.publish_record, done, history.Act.PUBLISHED)


@admin.action(description=_("Retirer du site les fiches choisies"), permissions=["change"])
def withdraw(model_admin: "RecordAdmin", request: HttpRequest, chosen: models.QuerySet) -> None:
    done = ngettext_lazy("%d fiche retirée du site.", "%d fiches retirées du site.")
    model_admin.each(request, chosen, model_admin.withdraw_record, done, history.Act.WITHDRAWN)


@admin.action(description=_("Noter les fiches choisies comme vérifiées aujourd’hui"), permissions=["change"])
def verify(model_admin: "RecordAdmin", request: HttpRequest, chosen: models.QuerySet) -> None:
    today = timezone.localdate()
    done = ngettext_lazy("%d fiche notée comme vérifiée.", "%d fiches notées comme vérifiées.")
    model_admin.each(request, chosen, lambda record: record.verify(request.user, today), done, history.Act.VERIFIED)


class Incomplete(admin.SimpleListFilter):
    """What a record lacks, as a filter: the list of what is to be done."""

    title = _("ce qui manque")
    parameter_name = "manque"
    choices_of: dict[str, tuple[Any, Callable[[Any], models.QuerySet]]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _narrow) in self.choices_of.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        choice = self.choices_of.get(self.value() or "")
        return choice[1](queryset) if choice else queryset


class RecordAdmin(VersionedAdmin):
    """A record that is prepared, published and withdrawn."""

    shows_uses = True
    save_on_top = False

    def publish_record(self, record: Any) -> None:
        record.publication = PublicationState.PUBLISHED
        record.save(update_fields=["publication", "modified_at"])

    def withdraw_record(self, record: Any) -> None:
        if not record.is_published:
            raise ValidationError(_("Cette fiche n’est pas publiée."))
        record.publication = PublicationState.WITHDRAWN
        record.save(update_fields=["publication", "modified_at"])

    def each(
        self, request: HttpRequest, chosen: models.QuerySet, do: Callable[[Any], None], done: Any, act: str
    ) -> None:
        """Do something to each chosen row, each by itself, signed and kept, and say for each that refused why."""
        succeeded = 0
        for record in self.unchanged(request, chosen):
            try:
                with history.changing(record, by=request.user, act=act):
                    do(record)
            except ValidationError as error:
                self.message_user(request, named(record, as_sentences(error)), messages.ERROR)
            else:
                self.log_change(request, record, str(done % 1))
                succeeded += 1
        if succeeded:
            self.message_user(request, done % succeeded, messages.SUCCESS)

    @admin.display(description=_("enregistrée"))
    def last_saved(self, record: Any) -> str:
        if not record.pk:
            return "–"
        name = person(record.modified_by)
        moment = timezone.localtime(record.modified_at)
        day = gettext("%(day)s à %(time)s") % {"day": day_in_words(moment.date()), "time": f"{moment:%H:%M}"}
        return gettext("%(when)s par %(who)s") % {"when": day, "who": name} if name else day
