"""Who has a record open in a form now, and what that form stands on. Nobody is locked out by it.

A table rather than the cache: the cache of one process is not seen by the next. It also lets an automatic save whose answer
was lost on the way (the server was stopped, the network went) not count as somebody else's.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clusters.history.snapshots import Snapshot

BEAT = 20
"""Seconds between two signs of life of an open form."""
STALE = dt.timedelta(seconds=60)
KEPT = dt.timedelta(days=7)
"""For so long after its last sign a form may come back, from a laptop that slept, and be known."""
MAX_TAB = 40


class OpenFormQuerySet(models.QuerySet):
    def of(self, record: models.Model) -> Self:
        """The forms in which one record is open, or was."""
        return self.filter(kind=record._meta.label_lower, object_id=record.pk)

    def alive(self, at: dt.datetime | None = None) -> Self:
        """Those that have given a sign of life within the last minute."""
        return self.filter(last_seen__gt=(at or timezone.now()) - STALE)

    def others(self, user: Any) -> Self:
        """Those of other people."""
        return self.exclude(user=user)

    def people(self) -> list[Any]:
        """Who sits before these forms, each once, by name."""
        found = {one.user_id: one.user for one in self.select_related("user").defer("shown")}
        return sorted(found.values(), key=lambda user: (user.get_full_name() or user.get_username()).casefold())

    def by_record(self, model: type[models.Model], ids: Iterable[int]) -> dict[int, list[Any]]:
        """Who sits before forms of these records: id → people."""
        found: dict[int, dict[int, Any]] = {}
        rows = self.filter(kind=model._meta.label_lower, object_id__in=list(ids)).select_related("user").defer("shown")
        for one in rows.order_by("pk"):
            found.setdefault(one.object_id, {})[one.user_id] = one.user
        return {pk: list(people.values()) for pk, people in found.items()}

    def held(self) -> set[int]:
        """The versions that these forms stand on or have just made."""
        return {number for pair in self.values_list("version", "made") for number in pair if number}

    def see(self, record: models.Model, user: Any, tab: str, version: int) -> "OpenForm":
        """A sign of life of a form; what is known of it."""
        form, _new = self.update_or_create(
            kind=record._meta.label_lower,
            object_id=record.pk,
            user=user,
            tab=tab[:MAX_TAB],
            defaults={"last_seen": timezone.now()},
            create_defaults={"last_seen": timezone.now(), "version": version},
        )
        return form

    def forget_old(self, now: dt.datetime) -> int:
        """Forget forms that nobody will come back to; how many."""
        return self.filter(last_seen__lt=now - KEPT).delete()[0]


class OpenForm(models.Model):
    """A form that somebody has open, one for each tab of a browser.

    Attributes:
        version: what the form was made from, as it says itself.
        made: the version that its last save made; None before the first.
        shown: the state that the form shows, where that is not the state of the version that it made: colleagues' changes
            were taken in, and the form does not show them.
    """

    kind = models.CharField(_("type"), max_length=60)
    object_id = models.PositiveBigIntegerField(_("identifiant"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("personne"))
    tab = models.CharField(_("onglet"), max_length=MAX_TAB)
    version = models.PositiveIntegerField(_("version lue"))
    made = models.PositiveIntegerField(_("version faite"), null=True)
    shown = models.BinaryField(_("état affiché"), null=True)
    last_seen = models.DateTimeField(_("dernier signe"), db_index=True)

    objects = OpenFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("formulaire ouvert")
        verbose_name_plural = _("formulaires ouverts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "user", "tab"], name="open_form_once"),
            models.CheckConstraint(
                condition=models.Q(made__isnull=False) | models.Q(shown=None), name="open_form_shows_what_it_made"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.tab}"

    @property
    def state(self) -> Snapshot | None:
        """The state that the form shows, where no version is that state."""
        return Snapshot.unpacked(self.shown) if self.shown else None

    def saved(self, version: int, made: int, shown: Snapshot | None) -> None:
        """Note what a save of this form was made from and what it made."""
        self.version, self.made, self.shown = version, made, shown.packed() if shown else None
        self.save(update_fields=["version", "made", "shown"])
