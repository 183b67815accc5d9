"""The registry's app, and what keeps its full-text index current."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_delete, post_save
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

INDEXED = frozenset({"name", "acronym", "city", "summary", "description", "country"})
"""Columns of a cluster that its index reads; a save of others leaves the index as it is."""


class ClustersConfig(AppConfig):
    name = "clusters"
    verbose_name = _("Registre")

    def ready(self) -> None:
        addresses = import_module("clusters.addresses")  # it needs models, which are not there before
        for label in ("Cluster", "Programme", "Source"):
            addresses.keep(self.get_model(label))
        import_module("clusters.uses").also(import_module("clusters.described").by_descriptions)
        autodiscover_modules("kept")  # of each app: what of its records the history keeps
        autodiscover_modules("linked")  # of each app: which of its pages a text may link to
        for label in ("Cluster", "ClusterName", "ClusterSector"):
            post_save.connect(reindex, sender=self.get_model(label))
            if label != "Cluster":
                post_delete.connect(reindex, sender=self.get_model(label))
        post_save.connect(reindex_sector, sender=self.get_model("Sector"))
        post_save.connect(reindex_named, sender=self.get_model("Source"))
        post_delete.connect(forget, sender=self.get_model("Cluster"))


def forget(instance: Any, **kwargs: Any) -> None:
    """Take a deleted row out of the index."""
    instance.unindex()


def reindex(instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """Bring the index of the cluster behind a saved row in line, in the same transaction as the row."""
    cluster = instance if instance._meta.model_name == "cluster" else instance.cluster
    is_aside = cluster is instance and update_fields is not None and INDEXED.isdisjoint(update_fields)
    if not raw and not is_aside:
        cluster.index()


def reindex_sector(instance: Any, raw: bool = False, created: bool = False, **kwargs: Any) -> None:
    """Index the clusters of a renamed sector again: its name is found with theirs."""
    if not raw and not created:
        instance.clusters.all().reindex()


def reindex_named(instance: Any, raw: bool = False, created: bool = False, **kwargs: Any) -> None:
    """Index the clusters again that a saved source names: a name is found as long as its source may be seen."""
    if not raw and not created:
        names = instance.cluster_names.values("cluster")
        apps.get_model("clusters", "Cluster").objects.filter(pk__in=names).reindex()
