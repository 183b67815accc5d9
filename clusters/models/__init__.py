"""The registry's data: clusters, what is known of them, and who says so."""

from clusters.fulltext import SearchEntry
from clusters.models.clusters import Cluster, ClusterName, ClusterSector, Sector, StatusChange
from clusters.models.facts import Indicator, Observation, ObservationSubject, documented_by
from clusters.models.programmes import Participation, Programme
from clusters.models.sources import Source

__all__ = [
    "Cluster",
    "ClusterName",
    "ClusterSector",
    "Indicator",
    "Observation",
    "ObservationSubject",
    "Participation",
    "Programme",
    "SearchEntry",
    "Sector",
    "Source",
    "StatusChange",
    "documented_by",
]
