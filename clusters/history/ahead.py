"""The columns of a record that may have a working copy, and whether it has one.

Apart from what is done with copies because models need nothing else of it.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.history.registry import kept_of


class WithWorkingCopy(models.Model):
    """A record that an editor may change while its readers see what they saw.

    Attributes:
        working_copy: number of the revision that is ahead of the rows; None when the rows are the newest state.
        copy_due, copy_due_at, copy_due_by: the revision that takes the rows' place by itself, when, and who said so.
        copy_in_review: its writer asks colleagues to read it.
        copy_refused: why a copy that was due could not take the rows' place; "" if nothing is wrong.
    """

    working_copy = models.PositiveIntegerField(_("copie de travail"), null=True, editable=False)
    copy_due = models.PositiveIntegerField(_("version programmée"), null=True, editable=False)
    copy_due_at = models.DateTimeField(_("modifications programmées"), null=True, editable=False)
    copy_due_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("programmées par"),
    )
    copy_in_review = models.BooleanField(_("copie à relire"), default=False, editable=False)
    copy_refused = models.CharField(_("copie refusée"), max_length=600, blank=True, editable=False)

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["copy_due_at"], condition=models.Q(copy_due_at__isnull=False), name="%(class)s_copies_due"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(working_copy=None, copy_due=None, copy_in_review=False)
                | models.Q(working_copy__isnull=False, working_copy__lte=models.F("version")),
                name="%(class)s_copy_is_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(copy_due=None, copy_due_at=None, copy_due_by=None)
                | models.Q(copy_due__isnull=False, copy_due_at__isnull=False, copy_due_by__isnull=False),
                name="%(class)s_copy_due_has_time_and_person",
            ),
        ]


def is_copied(record: Any) -> bool:
    """Whether an editor's save of this record makes a working copy, and leaves its rows alone."""
    copied = kept_of(type(record)).copied
    return copied is not None and copied(record)


def is_ahead(record: Any) -> bool:
    """Whether a record has a working copy."""
    return getattr(record, "working_copy", None) is not None
