"""Corrections that anybody proposes, and what became of them."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.dates import PartialDateField
from clusters.history.snapshots import name_of
from clusters.intake.limits import Limits
from clusters.models.clusters import Cluster
from clusters.models.facts import Observation
from clusters.models.programmes import Programme
from clusters.models.publication import of_the_web, web_address
from clusters.models.sources import Source


def new_token() -> str:
    """The secret part of the address under which whoever proposed a correction follows it; about 130 bits."""
    return get_random_string(22)


LIMITS = Limits("clusters.corrections", ((dt.timedelta(minutes=10), 3), (dt.timedelta(days=1), 20)))
PRIVATE = ("proposed", "evidence", "remark", "email", "token", "network")
"""Columns that no public page needs, and that are not read for one."""
Record = Cluster | Programme | Source


class SuggestionQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Those that nobody has decided."""
        return self.filter(state=Suggestion.State.NEW)

    def about(self, record: Record) -> Self:
        """Those about one record, its figures included."""
        return self.filter(**{record._meta.model_name: record})

    def told(self) -> Self:
        """Those of which readers are told what became of them, the last decided first; without what their senders typed."""
        decided = self.filter(state__in=(Suggestion.State.ACCEPTED, Suggestion.State.REJECTED))
        return decided.select_related("proof").defer(*PRIVATE).order_by("-decided_at", "-pk")

    def submit(self, suggestion: "Suggestion") -> tuple["Suggestion", bool]:
        """Take in a correction that has been checked; a second press of the button is the same correction.

        Returns:
            the correction, and whether it is new.
        Raises:
            TooMany: its sender has to wait.
        """
        with transaction.atomic():
            LIMITS.hold(suggestion.network, suggestion.email)
            now = timezone.now()
            own = {name: getattr(suggestion, name) for name in _SAME}
            twin = self.open().filter(**own, created_at__gt=now - dt.timedelta(days=1)).first()
            if twin:
                return twin, False
            if suggestion.network:
                LIMITS.check(self.filter(network=suggestion.network), now)
            if suggestion.email:
                LIMITS.check(self.filter(email=suggestion.email), now)
            suggestion.save()
        return suggestion, True


_SAME = ("cluster", "programme", "source", "observation", "field", "proposed", "dated", "evidence", "network")


class Suggestion(models.Model):
    """A reader's correction to a record or to one of its figures; nothing of it shows until an editor has decided."""

    class State(models.TextChoices):
        NEW = "new", _("À examiner")
        ACCEPTED = "accepted", _("Acceptée")
        REJECTED = "rejected", _("Refusée")
        DUPLICATE = "duplicate", _("Doublon")

    class Field(models.TextChoices):
        """What a correction may be about; what each changes when it is accepted stands with `accept`."""

        FIGURE = "figure", _("Un chiffre")
        NAME = "name", _("Le nom")
        OTHER_NAME = "other_name", _("Un autre nom ou un ancien nom")
        ACRONYM = "acronym", _("Le sigle")
        STATUS = "status", _("La situation")
        CITY = "city", _("La ville")
        REGION = "region", _("La région")
        WEBSITE = "website", _("Le site")
        LEGAL_FORM = "legal_form", _("La forme juridique")
        OTHER = "other", _("Autre chose")

    cluster = models.ForeignKey(
        Cluster, models.PROTECT, null=True, blank=True, related_name="suggestions", verbose_name=_("cluster")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="suggestions", verbose_name=_("programme")
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="suggestions", verbose_name=_("source")
    )
    observation = models.ForeignKey(
        Observation, models.PROTECT, null=True, blank=True, related_name="suggestions", verbose_name=_("chiffre")
    )
    field = models.CharField(_("ce qui est à corriger"), max_length=12, choices=Field)
    current = models.CharField(_("ce que dit la fiche"), max_length=500, blank=True)
    proposed = models.TextField(_("ce qu’elle devrait dire"), max_length=1000)
    dated = PartialDateField(_("date du fait"))
    evidence = models.CharField(_("adresse de la preuve"), max_length=500, validators=[web_address])
    remark = models.TextField(_("précision"), max_length=2000, blank=True)
    email = models.EmailField(_("adresse de messagerie"), blank=True)
    token = models.CharField(_("jeton de suivi"), max_length=32, unique=True, default=new_token, editable=False)
    network = models.CharField(_("réseau"), max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("proposée le"), auto_now_add=True, db_index=True)

    state = models.CharField(_("état"), max_length=10, choices=State, default=State.NEW, editable=False)
    reply = models.TextField(_("réponse publique"), max_length=1000, blank=True)
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("doublon de")
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("décidée par"),
    )  # fmt: skip
    made = models.OneToOneField(
        Observation, models.PROTECT, null=True, blank=True, editable=False, related_name="suggestion",
        verbose_name=_("chiffre qui en est venu"),
    )  # fmt: skip

    proof = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, editable=False, related_name="corrections_proven",
        verbose_name=_("source qui le prouve"),
    )  # fmt: skip
    """What the evidence of an accepted correction is as a source of the registry."""

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction proposée")
        verbose_name_plural = _("corrections proposées")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "created_at"], name="suggestion_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cluster__isnull=False, programme=None, source=None)
                | models.Q(cluster=None, programme__isnull=False, source=None)
                | models.Q(cluster=None, programme=None, source__isnull=False),
                name="suggestion_about_one_record",
            ),
            models.CheckConstraint(
                condition=models.Q(state="new", decided_at=None, decided_by=None)
                | (~models.Q(state="new") & models.Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="suggestion_decided_who_and_when",
            ),
            models.CheckConstraint(
                condition=of_the_web("evidence"),
                name="suggestion_evidence_of_the_web",
                violation_error_message=web_address.message,
            ),
            models.CheckConstraint(
                condition=~models.Q(state="rejected") | ~models.Q(reply=""),
                name="suggestion_rejected_has_reply",
                violation_error_message=_("Répondez en une phrase : la réponse se lit sur la fiche."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="duplicate", duplicate_of__isnull=False)
                | (~models.Q(state="duplicate") & models.Q(duplicate_of=None)),
                name="suggestion_duplicate_of_another",
            ),
            models.CheckConstraint(
                condition=models.Q(duplicate_of=None) | ~models.Q(duplicate_of=models.F("pk")),
                name="suggestion_no_duplicate_of_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(made=None) | models.Q(state="accepted"), name="suggestion_made_when_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()} : {self.proposed[:60]}"

    def get_absolute_url(self) -> str:
        """Where whoever proposed it reads what became of it."""
        return reverse("clusters:correction_followed", args=[self.token])

    @property
    def record(self) -> Record:
        """What it is about."""
        return self.cluster or self.programme or self.source

    @property
    def is_open(self) -> bool:
        return self.state == self.State.NEW

    def accept(self, by: Any, reply: str, apply: Callable[[], Observation | None]) -> None:
        """Decide for it and do what it says, both or neither.

        Args:
            apply: makes the change; returns the figure that came of it, if one did.
        Raises:
            ValidationError: it is decided already, or the change is refused; says why.
        """
        with transaction.atomic():
            self._decide(by, self.State.ACCEPTED, reply=reply)
            made = apply()
            if made:
                type(self).objects.filter(pk=self.pk).update(made=made)
                self.made = made

    def proven_by(self, source: Source) -> None:
        """Note the source that an accepted correction goes by; its record's readers find it beside the reply."""
        type(self).objects.filter(pk=self.pk).update(proof=source)
        self.proof = source

    def reject(self, by: Any, reply: str) -> None:
        """Decide against it; the reply is public.

        Raises:
            ValidationError: it is decided already, or there is no reply.
        """
        if not reply.strip():
            raise ValidationError({"reply": _("Répondez en une phrase : la réponse se lit sur la fiche.")})
        self._decide(by, self.State.REJECTED, reply=reply)

    def mark_duplicate(self, by: Any, of: "Suggestion", reply: str = "") -> None:
        """Decide that it says what another one says; the reply goes to whoever proposed it.

        Raises:
            ValidationError: it is decided already, or the other one is itself, a duplicate, or about another record.
        """
        with transaction.atomic():
            # Both held in one order and read again: of two editors who mark each as a duplicate of the other, one is told.
            held = type(self).objects.select_for_update(of=("self",), no_key=True).filter(pk__in={self.pk, of.pk})
            of = {row.pk: row for row in held.order_by("pk")}[of.pk]
            if of.pk == self.pk or of.state == self.State.DUPLICATE or of.record != self.record:
                raise ValidationError(
                    {"duplicate_of": _("Choisissez une autre correction de la même fiche, qui ne soit pas un doublon.")}
                )
            self._decide(by, self.State.DUPLICATE, duplicate_of=of, reply=reply)
            type(self).objects.filter(duplicate_of=self).update(duplicate_of=of)  # never a chain of them

    def _decide(self, by: Any, state: str, **values: Any) -> None:
        """Compared in the UPDATE itself: of two editors who decide at the same moment, one is told."""
        # The address to which the answer goes is not needed any more once it is sent.
        values |= {"state": state, "decided_by": by, "decided_at": timezone.now(), "email": ""}
        if not type(self).objects.filter(pk=self.pk, state=self.State.NEW).update(**values):
            self.refresh_from_db()
            raise ValidationError(
                gettext("Cette correction est déjà décidée (%(state)s, par %(who)s) : rien de plus n’a été changé.")
                % {"who": name_of(self.decided_by), "state": self.get_state_display().lower()}
            )
        for name, value in values.items():
            setattr(self, name, value)
