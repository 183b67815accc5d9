"""Who did what to a record, in words for the newsroom."""

from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models

from clusters import history
from clusters.history.snapshots import name_of


def person(user: Any) -> str:
    """A person's name for other members of the newsroom; "" for nobody."""
    return name_of(user) if user else ""


def last_editor(record: models.Model) -> str:
    """Who saved a record last, as its history has it, or else the admin's log; "" if neither does."""
    if revision := history.Revision.objects.of(record).select_related("by").defer("content").first():
        return person(revision.by)
    return _latest(_logged(type(record), record.pk).exclude(action_flag=DELETION))


def deleted_by(model: type[models.Model], key: str) -> str:
    """Who deleted the record of a key; "" if the admin's log does not tell."""
    return _latest(_logged(model, key).filter(action_flag=DELETION))


def _logged(model: type[models.Model], key: Any) -> models.QuerySet:
    return LogEntry.objects.filter(object_id=key, content_type=ContentType.objects.get_for_model(model))


def _latest(entries: models.QuerySet) -> str:
    entry = entries.select_related("user").order_by("-action_time", "-pk").first()
    return person(entry.user) if entry else ""
