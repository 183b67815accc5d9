"""Loads the corrections that readers of the demonstration proposed: some wait, one of each kind of decision is made.

Idempotent: nothing if there are corrections already.
"""

import datetime as dt
import tomllib
from typing import Any

from clusters.corrections import says_now
from clusters.models import Suggestion
from config.demo.newsroom import HERE, local
from config.demo.registry import Registry

DECIDED_AFTER = dt.timedelta(hours=20)


def load_suggestions(registry: Registry, editor: Any) -> None:
    """Write them all, in the caller's transaction."""
    if Suggestion.objects.exists():
        return
    rows = tomllib.loads((HERE / "suggestions.toml").read_text(encoding="utf-8"))["suggestions"]
    decided: dict[tuple[Any, str], Suggestion] = {}
    for row in rows:
        suggestion = _suggestion(row, registry)
        if "state" not in row:
            continue
        # What an accepted one asked for stands in the registry already, with the same source.
        twin = decided.get((suggestion.cluster_id, suggestion.evidence))
        values = {"state": row["state"], "reply": row.get("reply", ""), "decided_by": editor,
                  "decided_at": local(row["at"]) + DECIDED_AFTER}  # fmt: skip
        if row["state"] == Suggestion.State.DUPLICATE:
            values["duplicate_of"] = twin
        Suggestion.objects.filter(pk=suggestion.pk).update(**values)
        decided[suggestion.cluster_id, suggestion.evidence] = suggestion


def _suggestion(row: dict[str, Any], registry: Registry) -> Suggestion:
    cluster, figure = registry.clusters[row["cluster"]], None
    if "figure" in row:
        code, value = row["figure"]
        figure = cluster.observations.select_related("indicator", "source").get(indicator__code=code, value=value)
    suggestion = Suggestion.objects.create(
        cluster=cluster, observation=figure, field="figure" if figure else row["field"],
        current=says_now(cluster, "figure", figure)[:500] if figure else row["current"], proposed=row["proposed"],
        evidence=registry.sources[row["evidence_of"]].url, remark=row.get("remark", ""), email=row.get("email", ""),
    )  # fmt: skip
    Suggestion.objects.filter(pk=suggestion.pk).update(created_at=local(row["at"]))
    return suggestion
