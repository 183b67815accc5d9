"""The registry's data: clusters, what is known of them, and who says so."""

from clusters.fulltext import SearchEntry
from clusters.history import Revision
from clusters.history.presence import OpenForm
from clusters.models.addresses import FormerAddress
from clusters.models.cartography import MapSettings
from clusters.models.clusters import Cluster
from clusters.models.facts import Indicator, Observation, ObservationSubject, documented_by
from clusters.models.identifiers import ClusterIdentifier
from clusters.models.merges import Merge
from clusters.models.names import ClusterName
from clusters.models.programmes import Participation, Programme
from clusters.models.sectors import ClusterSector, Sector
from clusters.models.sources import Source
from clusters.models.statuses import StatusChange
from clusters.models.suggestions import Suggestion

__all__ = [
    "Cluster",
    "ClusterIdentifier",
    "ClusterName",
    "ClusterSector",
    "FormerAddress",
    "Indicator",
    "MapSettings",
    "Merge",
    "Observation",
    "ObservationSubject",
    "OpenForm",
    "Participation",
    "Programme",
    "Revision",
    "SearchEntry",
    "Sector",
    "Source",
    "StatusChange",
    "Suggestion",
    "documented_by",
]
