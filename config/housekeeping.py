"""The daily housekeeping: by a command, or, where no timer runs it, by whoever opens the admin's front page first that day.

A place of its own because what grows by itself grows in several rooms.
"""

import datetime as dt
import logging

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from articles.models import Article, Link
from clusters.history import Revision
from clusters.history.presence import OpenForm

logger = logging.getLogger(__name__)
DONE = "housekeeping"
SAMPLE = 1000
"""Rows of each index that SQLite reads for its statistics."""


def run(now: dt.datetime | None = None) -> list[str]:
    """Do all of it; what was done, a line each."""
    now = now or timezone.now()
    with transaction.atomic():
        thinned, forgotten = Revision.objects.thin(now), OpenForm.objects.forget_old(now)
    read = Link.objects.renew_missing(Article.objects.all())
    know_the_tables()
    return [
        f"Automatic saves thinned out: {thinned}.",
        f"Open forms forgotten: {forgotten}.",
        f"Texts read for their links: {read}.",
    ]


def know_the_tables() -> None:
    """Tell SQLite how its tables have grown: without that it guesses in which order to read them, and often wrongly.

    PostgreSQL does so by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={SAMPLE}")
            cursor.execute("ANALYZE")


def run_once_a_day() -> None:
    """Do it unless it has been done today by this server; never an error for whoever happens to come first."""
    if cache.add(f"{DONE}:{timezone.localdate():%Y-%m-%d}", True, 24 * 3600):
        try:
            run()
        except DatabaseError:
            logger.exception("The housekeeping could not be done.")
