"""What follows when a source is published or withdrawn: the status of the clusters whose history it is quoted in.

A status is that of the latest line that anybody may read, so it changes with what may be read.
"""

from typing import Any

from django.utils.translation import gettext

from clusters import history
from clusters.models import Cluster, Source
from clusters.models.publication import PublicationState


def follow(source: Source, by: Any) -> None:
    """Bring those clusters in line, each with a version of its own that says why, in the caller's transaction.

    Raises:
        ValidationError: one of them cannot have the status that would be its latest; says why.
    """
    why = (
        gettext("source publiée : %s")
        if source.publication == PublicationState.PUBLISHED
        else gettext("source retirée : %s")
    )
    for cluster in Cluster.objects.filter(status_changes__source=source).distinct().order_by("pk"):
        latest = cluster.status_line
        if latest is not None and latest.status != cluster.status:
            with history.adding_to([cluster], by=by, act=history.Act.CHANGED, why=why % source.title):
                cluster.follow_status()
