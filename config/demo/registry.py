"""Loads the demonstration registry: the clusters of Morocco, Algeria and Tunisia, each fact with its source.

Idempotent: a row that is there is left as an editor may have changed it.
"""

import contextlib
import datetime as dt
import json
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from clusters import history
from clusters.models import (
    Cluster,
    ClusterName,
    ClusterSector,
    Indicator,
    Observation,
    Participation,
    Programme,
    Sector,
    Source,
    StatusChange,
)

FACTS = Path(__file__).with_name("registry.json")
VERIFIED_ON = dt.date(2026, 11, 12)
Row = dict[str, Any]


class Registry:
    """The facts file, and how each of its parts becomes rows."""

    def __init__(self) -> None:
        self.facts: dict[str, list[Row]] = json.loads(FACTS.read_text(encoding="utf-8"))
        self.sources: dict[str, Source] = {}
        self.programmes: dict[str, Programme] = {}
        self.clusters: dict[str, Cluster] = {}

    def load(self, verifier: Any) -> None:
        """Write all of it, in the caller's transaction.

        Args:
            verifier: the user who is said to have verified the records of the article of 2020-03-02.
        """
        named: list[Any] = []
        for row in self.facts["sectors"]:
            defaults = {key: row[key] for key in ("label", "label_en", "scheme", "number")}
            named.append(Sector.objects.get_or_create(code=row["code"], defaults=defaults)[0])
        for row in self.facts["indicators"]:
            defaults = {key: value for key, value in row.items() if key != "code"}
            named.append(Indicator.objects.get_or_create(code=row["code"], defaults=defaults)[0])
        self._sources()
        self._programmes()
        for row in self.facts["clusters"]:
            self._cluster(row, verifier)
        for row in self.facts["group_observations"]:
            self._observation(row, **self._subjects(row["subjects"]))
        records = [*named, *self.sources.values(), *self.programmes.values(), *self.clusters.values()]
        history.keep_new(records, by=verifier, why="démonstration")

    def _sources(self) -> None:
        copied = ("kind", "title", "author", "publisher", "published", "language", "url", "note")
        for row in self.facts["sources"]:
            values = {key: row[key] or "" for key in copied}
            self.sources[row["id"]], _new = Source.objects.get_or_create(
                slug=row["id"], defaults={**values, "accessed_on": row["accessed_on"], "publication": "published"}
            )
        for row in self.facts["sources"]:
            source = self.sources[row["id"]]
            if row["derived_from"] and source.derived_from_id is None:
                source.derived_from = self.sources[row["derived_from"]]
                source.save(update_fields=["derived_from"])

    def _programmes(self) -> None:
        copied = ("name", "full_name", "kind", "owner", "start", "end", "countries", "summary", "description")
        for row in sorted(self.facts["programmes"], key=lambda row: bool(row["parent"])):
            values = {key: row[key] for key in copied}
            programme, new = Programme.objects.get_or_create(
                slug=row["id"],
                defaults={**values, "parent": self.programmes.get(row["parent"]), "publication": "published"},
            )
            if new:
                programme.sources.set(self.sources[name] for name in row["sources"])
            self.programmes[row["id"]] = programme

    def _cluster(self, row: Row, verifier: Any) -> None:
        copied = (
            "name",
            "acronym",
            "kind",
            "country",
            "city",
            "region",
            "location_precision",
            "location_note",
            "status",
            "website",
            "legal_form",
            "summary",
            "description",
        )
        values = {key: row[key] or "" for key in copied}
        coordinates = {key: None if row[key] is None else Decimal(str(row[key])) for key in ("latitude", "longitude")}
        cluster, new = Cluster.objects.get_or_create(
            slug=row["slug"],
            defaults={**values, **coordinates, "location_source": self.sources.get(row["location_source"])},
        )
        self.clusters[row["id"]] = cluster
        if not new:
            return
        for index, code in enumerate(row["sectors"]):
            ClusterSector.objects.create(cluster=cluster, sector=self.sectors[code], is_primary=index == 0)
        for name in row["names"]:
            ClusterName.objects.create(cluster=cluster, **{**name, "source": self.sources.get(name["source"])})
        for part in row["participations"]:
            values = {key: part[key] or "" for key in ("role", "level", "valid_from", "valid_to", "note")}
            Participation.objects.create(
                cluster=cluster,
                programme=self.programmes[part["programme"]],
                source=self.sources.get(part["source"]),
                **values,
            )
        for line in row["status_history"]:
            StatusChange.objects.create(cluster=cluster, **{**line, "source": self.sources[line["source"]]})
        for observation in row["observations"]:
            self._observation(observation, scope="cluster", clusters=[cluster])
        if row["in_seed"]:
            cluster.verify(verifier, VERIFIED_ON)
        with contextlib.suppress(
            ValidationError
        ):  # no sector is known: the record waits as a draft, as an editor's would
            cluster.publish()

    @cached_property
    def sectors(self) -> dict[str, Sector]:
        return {sector.code: sector for sector in Sector.objects.all()}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in Indicator.objects.all()}

    def _subjects(self, subjects: Row) -> Row:
        if "clusters" in subjects:
            return {"scope": "joint", "clusters": [self.clusters[name] for name in subjects["clusters"]]}
        if "programme" in subjects:
            return {"scope": "programme", "programme": self.programmes[subjects["programme"]]}
        return {"scope": "country", "country": subjects["country"]}

    def _observation(
        self, row: Row, scope: str, clusters: tuple[Cluster, ...] | list[Cluster] = (), **subject: Any
    ) -> None:
        copied = ("precision", "unit", "currency", "dated", "period_note", "rank", "rank_reason", "note")
        values = {
            **{key: row[key] or "" for key in copied},
            "indicator": self.indicators[row["indicator"]],
            "value": Decimal(str(row["value"])),
            "upper": None if row["upper"] is None else Decimal(str(row["upper"])),
            "source": self.sources[row["source"]],
            "scope": scope,
            **subject,
        }
        same = Observation.objects.filter(
            **{key: values[key] for key in ("indicator", "value", "source", "scope", "dated", "note", *subject)}
        )
        if clusters:
            same = same.filter(clusters=clusters[0])
        if not same.exists():
            Observation.record(values, clusters=clusters)
