"""The registry's pages that texts may link to by id. Found by the app at its start, as the admin is."""

from clusters.destinations import DESTINATIONS, Destination
from clusters.models import Cluster, Programme, Source
from clusters.models.clusters import public_links

DESTINATIONS.register(
    Destination("cluster", Cluster, "clusters:detail", key="public_id", addresses=public_links),
    Destination("programme", Programme, "clusters:programme"),
    Destination("source", Source, "clusters:source"),
)
