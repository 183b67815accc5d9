"""Warnings about records: labels that have ended, verification, namesakes, witnesses and sources.

The words of each are those of an editor's day: what is odd, and what is to be looked at.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clusters.care.concerns import Concern, Sentences
from clusters.dates import day_in_words
from clusters.models import Cluster, ClusterName, ObservationSubject, Participation, Programme, Source, StatusChange
from clusters.models.clusters import VERIFIED_FOR
from clusters.models.sources import root_of


class Unverified(Concern):
    key = "verifier"
    label = _("Pas vérifiée depuis douze mois")

    def among(self, rows: Any, on: dt.date) -> Any:
        return rows.unverified(on)

    def tell(self, records: Sequence[Cluster], on: dt.date) -> Sentences:
        told = {}
        for one in records:
            if one.verified_on is None:
                told[one.pk] = [gettext("Personne n’a encore vérifié cette fiche.")]
            elif one.verified_on < on - VERIFIED_FOR:
                told[one.pk] = [
                    gettext("Vérifiée le %(day)s : il y a plus d’un an.") % {"day": day_in_words(one.verified_on)}
                ]
        return told


class EndedLabel(Concern):
    key = "label"
    label = _("Label échu")

    def among(self, rows: Any, on: dt.date) -> Any:
        return rows.filter(pk__in=self._ended(on).values("cluster"))

    def tell(self, records: Sequence[Cluster], on: dt.date) -> Sentences:
        told: Sentences = {}
        ended = self._ended(on).filter(cluster__in=[one.pk for one in records]).select_related("programme")
        for row in ended.order_by("valid_to_last", "pk"):
            level = gettext("niveau %(level)s, ") % {"level": row.level} if row.level else ""
            told.setdefault(row.cluster_id, []).append(
                gettext("Label « %(label)s », %(level)séchu depuis le %(day)s : renouvelé, ou perdu ?")
                % {"label": row.programme, "level": level, "day": day_in_words(row.valid_to_last)}
            )
        return told

    def _ended(self, on: dt.date) -> QuerySet:
        labels = Participation.objects.filter(
            Q(role=Participation.Role.LABELLED) | Q(programme__kind=Programme.Kind.LABEL)
        )
        renewed = labels.filter(
            Q(valid_to="") | Q(valid_to_last__gte=on), cluster=OuterRef("cluster"), programme=OuterRef("programme")
        )
        later = labels.filter(
            cluster=OuterRef("cluster"), programme=OuterRef("programme"), valid_to_last__gt=OuterRef("valid_to_last")
        )
        return labels.filter(~Exists(renewed), ~Exists(later), valid_to_last__lt=on)


class Namesake(Concern):
    """A name or an acronym that two records have: one body twice, or two to be told apart."""

    key = "homonyme"
    label = _("Nom ou sigle qu’une autre fiche porte")

    def among(self, rows: Any, on: dt.date) -> Any:
        records, names = self._records(), self._names()
        own = Q(sort_value__in=records.values("sort_name")) | Q(sort_value__in=records.values("sort_acronym"))
        shared = names.values("sort_value").annotate(n=Count("cluster", distinct=True)).filter(n__gt=1)
        on_others = names.filter(own | Q(sort_value__in=shared.values("sort_value")))
        called = names.values("sort_value")
        return rows.filter(
            Q(sort_name__in=_twice(records, "sort_name"))
            | Q(sort_acronym__in=_twice(records.exclude(sort_acronym=""), "sort_acronym"))
            | Q(sort_name__in=called)
            | Q(sort_acronym__in=called)
            | Q(pk__in=on_others.values("cluster"))
        )

    def tell(self, records: Sequence[Cluster], on: dt.date) -> Sentences:
        flagged = list(self.among(Cluster.objects.filter(pk__in=[one.pk for one in records]), on))
        holders = self._holders(flagged)
        told: Sentences = {}
        for one in flagged:
            others: dict[int, tuple[str, str]] = {}
            for held in holders.values():
                if one.pk in held:
                    others |= {pk: (held[one.pk][0], said) for pk, (_text, said) in held.items() if pk != one.pk}
            told[one.pk] = [
                gettext("« %(name)s » est aussi le nom ou le sigle de %(other)s : le même organisme, ou deux ?")
                % {"name": text, "other": other}
                for text, other in others.values()
            ]
        return told

    def others(self, cluster: Cluster) -> list[Cluster]:
        """Other records that have a name or an acronym of this one, whether or not anybody is to be told."""
        held = self._holders([cluster]).values()
        pks = {pk for records in held if cluster.pk in records for pk in records} - {cluster.pk}
        return list(Cluster.objects.filter(pk__in=pks))

    def _holders(self, flagged: list[Cluster]) -> dict[str, dict[int, tuple[str, str]]]:
        """Key of a name → the records that have it: how each writes it, and the record in words."""
        keys = {key for one in flagged for key in (one.sort_name, one.sort_acronym) if key}
        names = ClusterName.objects.filter(cluster__merged_into=None).select_related("cluster").order_by("pk")
        keys |= set(names.filter(cluster__in=[one.pk for one in flagged]).values_list("sort_value", flat=True))
        found: dict[str, dict[int, tuple[str, str]]] = {}

        def hold(key: str, text: str, record: Cluster) -> None:
            if key in keys:
                found.setdefault(key, {}).setdefault(record.pk, (text, f"{record.name} ({record.public_id})"))

        for one in self._records().filter(Q(sort_name__in=keys) | Q(sort_acronym__in=keys)).order_by("sort_name", "pk"):
            hold(one.sort_name, one.name, one)
            hold(one.sort_acronym, one.acronym, one)
        for row in names.filter(sort_value__in=keys):
            hold(row.sort_value, row.value, row.cluster)
        return found

    def _records(self) -> QuerySet:
        return Cluster.objects.filter(merged_into=None).order_by()

    def _names(self) -> QuerySet:
        """Other names, without those that only repeat what their own record is called."""
        names = ClusterName.objects.filter(cluster__merged_into=None).exclude(sort_value="").order_by()
        return names.exclude(sort_value=F("cluster__sort_name")).exclude(sort_value=F("cluster__sort_acronym"))


def _twice(rows: QuerySet, key: str) -> QuerySet:
    return rows.values(key).annotate(n=Count("pk")).filter(n__gt=1).values(key)


class OneWitness(Concern):
    """All that is known comes from one study, however many have copied it."""

    key = "temoin"
    label = _("Un seul témoin")

    def among(self, rows: Any, on: dt.date) -> Any:
        most = 2**62
        low = [Coalesce(Subquery(self._roots(facts, path, Min)), Value(most)) for facts, path in self._facts()]
        high = [Coalesce(Subquery(self._roots(facts, path, Max)), Value(0)) for facts, path in self._facts()]
        place = root_of("location_source__")
        return rows.annotate(
            first_witness=Least(*low, Coalesce(place, Value(most))),
            last_witness=Greatest(*high, Coalesce(place, Value(0))),
        ).filter(last_witness__gt=0, first_witness=F("last_witness"))

    def tell(self, records: Sequence[Cluster], on: dt.date) -> Sentences:
        pks = [one.pk for one in records]
        cited: dict[int, dict[int, set[int]]] = {}
        rows = [
            facts.filter(cluster__in=pks).values_list("cluster", root_of(path), f"{path}pk")
            for facts, path in self._facts()
        ]
        placed = Cluster.objects.filter(pk__in=pks).exclude(location_source=None)
        rows.append(placed.values_list("pk", root_of("location_source__"), "location_source"))
        for listed in rows:
            for cluster, root, source in listed:
                cited.setdefault(cluster, {}).setdefault(root, set()).add(source)
        alone = {cluster: roots for cluster, roots in cited.items() if len(roots) == 1}
        studies = Source.objects.in_bulk({root for roots in alone.values() for root in roots})
        return {
            cluster: [_of_one_witness(studies[root], len(sources))] for cluster, roots in alone.items() for root, sources in roots.items()
        }  # fmt: skip

    def _facts(self) -> Iterator[tuple[QuerySet, str]]:
        """Statements about clusters, by kind, each with how it reaches its source."""
        yield ObservationSubject.objects.filter(observation__superseded_by=None), "observation__source__"
        yield StatusChange.objects.all(), "source__"
        yield ClusterName.objects.exclude(source=None), "source__"
        yield Participation.objects.exclude(source=None), "source__"

    def _roots(self, facts: QuerySet, path: str, ends: Any) -> QuerySet:
        own = facts.filter(cluster=OuterRef("pk")).order_by().values("cluster")
        return own.annotate(witness=ends(root_of(path))).values("witness")


def _of_one_witness(root: Source, sources: int) -> str:
    said = gettext("%(sentence)s : « %(source)s ».") % {"sentence": sole_witness_in_words(root), "source": root}
    if sources < 2:
        return said
    copied = ngettext("%(n)d source la reprend.", "%(n)d sources la citent ou la reprennent.", sources) % {"n": sources}
    return f"{said} {copied}"


def sole_witness_in_words(root: Source) -> str:
    """« Tous les faits de cette fiche viennent d’une seule étude »."""
    if root.kind == Source.Kind.STUDY:
        return gettext("Tous les faits de cette fiche viennent d’une seule étude")
    return gettext("Tous les faits de cette fiche viennent d’une seule source")


class Unsourced(Concern):
    key = "sans-source"
    label = _("Nom ou participation sans source")

    def among(self, rows: Any, on: dt.date) -> Any:
        names = ClusterName.objects.filter(source=None).values("cluster")
        return rows.filter(
            Q(pk__in=names) | Q(pk__in=Participation.objects.filter(source=None).order_by().values("cluster"))
        )

    def tell(self, records: Sequence[Cluster], on: dt.date) -> Sentences:
        of_these = {"source": None, "cluster__in": [one.pk for one in records]}
        told: Sentences = {}
        for name in ClusterName.objects.filter(**of_these):
            told.setdefault(name.cluster_id, []).append(
                gettext("Le nom « %(name)s » n’a pas de source.") % {"name": name}
            )
        for row in Participation.objects.filter(**of_these).select_related("programme"):
            told.setdefault(row.cluster_id, []).append(
                gettext("La participation à « %(programme)s » n’a pas de source.") % {"programme": row.programme}
            )
        return told


class Unarchived(Concern):
    """A page that is cited and may disappear."""

    key = "copie"
    label = _("Source citée sans copie archivée")
    about = Source

    def among(self, rows: Any, on: dt.date) -> Any:
        cited = Q(pk__in=())
        for relation in Source._meta.get_fields(include_hidden=True):
            points = relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
            if points and relation.related_model is not Source:
                name = relation.field.name
                users = relation.related_model._base_manager.exclude(**{name: None}).order_by()
                cited |= Q(pk__in=users.values(name))
        return rows.filter(cited, archived_url="").exclude(url="")

    def tell(self, records: Sequence[Source], on: dt.date) -> Sentences:
        rows = self.among(Source.objects.filter(pk__in=[one.pk for one in records]), on)
        return {
            one.pk: [gettext("La page %(address)s est citée ; si elle disparaît, rien ne la remplace.") % {"address": one.url}]
            for one in rows
        }  # fmt: skip
