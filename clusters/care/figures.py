"""Warnings about figures: leaps, totals that fall, small clusters, figures that have grown old.

Only figures of one cluster alone that are in force and not set aside: what several have together says nothing of one.
"""

import datetime as dt
import functools
import operator
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, Lag
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clusters import words
from clusters.care.concerns import Concern, Sentences
from clusters.models import Cluster, Indicator, Observation, ObservationSubject

FEWEST_MEMBERS = 15
"""Below this, the European label of excellence does not take a body for a cluster organisation."""
HALF = Decimal("0.5")


def _own(clusters: Any) -> QuerySet:
    """Figures of these clusters, each alone."""
    return ObservationSubject.objects.filter(
        cluster__in=clusters, observation__scope=Observation.Scope.CLUSTER, observation__superseded_by=None
    ).exclude(observation__rank=Observation.Rank.DEPRECATED)


def _after_others(clusters: Any) -> QuerySet:
    """Dated figures with the one before, of the same indicator and unit: `before`, its value, and `before_id`."""
    same = [F("cluster"), F("observation__indicator"), F("observation__unit"), F("observation__currency")]
    order = [F("observation__dated_last").asc(), F("observation").asc()]
    previous = {
        name: Window(Lag(column), partition_by=same, order_by=order)
        for name, column in (("before", "value"), ("before_id", "pk"), ("before_on", "dated_last"))
        for column in [f"observation__{column}"]
    }
    dated = (
        _own(clusters).exclude(observation__dated="").exclude(observation__indicator__measure=Indicator.Measure.YEAR)
    )
    # Two values of one day contradict each other, which the page says; neither comes before the other.
    return dated.annotate(**previous).filter(before_on__lt=F("observation__dated_last"))


class Neighbours(Concern):
    """A warning about two figures, one after the other."""

    sentence: Any

    def pairs(self, clusters: Any) -> QuerySet:
        raise NotImplementedError

    def among(self, rows: Any, on: dt.date) -> Any:
        return rows.filter(pk__in=self.pairs(rows.order_by().values("pk")).values("cluster"))

    def tell(self, records: Sequence[Cluster], on: dt.date) -> Sentences:
        found = list(
            self.pairs([one.pk for one in records])
            .order_by("observation__indicator__position", "observation__dated_last")
            .values_list("cluster", "observation", "before_id")
        )
        figures = _figures({pk for _cluster, *pair in found for pk in pair})
        told: Sentences = {}
        for cluster, later, earlier in found:
            new, old = figures[later], figures[earlier]
            told.setdefault(cluster, []).append(
                str(self.sentence)
                % {
                    "indicator": new.indicator,
                    "old": words.value(old),
                    "then": words.when(old),
                    "new": words.value(new),
                    "now": words.when(new),
                }
            )
        return told


class Leap(Neighbours):
    key = "ecart"
    label = _("Écart de plus de la moitié entre deux valeurs")
    sentence = _(
        "%(indicator)s : %(old)s (%(then)s), puis %(new)s (%(now)s). Plus de la moitié d’écart : la même chose est-elle comptée ?"
    )

    def pairs(self, clusters: Any) -> QuerySet:
        leapt = Q(observation__value__gt=F("before") * (1 + HALF)) | Q(observation__value__lt=F("before") * HALF)
        return _after_others(clusters).filter(leapt, before__gt=0)


class Fall(Neighbours):
    key = "baisse"
    label = _("Cumul qui baisse")
    sentence = _(
        "%(indicator)s : ce cumul baisse. %(old)s (%(then)s), puis %(new)s (%(now)s) : l’une des deux compte autre chose."
    )

    def pairs(self, clusters: Any) -> QuerySet:
        totals = _after_others(clusters).filter(observation__indicator__behaviour=Indicator.Behaviour.CUMULATIVE)
        return totals.filter(observation__value__lt=F("before"))


class FewMembers(Concern):
    key = "adherents"
    label = _("Moins de quinze adhérents")

    def among(self, rows: Any, on: dt.date) -> Any:
        return self._small(rows)

    def tell(self, records: Sequence[Cluster], on: dt.date) -> Sentences:
        small = self._small(Cluster.objects.filter(pk__in=[one.pk for one in records]))
        latest = dict(small.values_list("pk", "members_figure"))
        figures = _figures(set(latest.values()))
        return {
            pk: [
                gettext("%(members)s : une organisation de cluster en compte d’ordinaire au moins %(fewest)d.")
                % {"members": words.value(figures[figure]).capitalize(), "fewest": FEWEST_MEMBERS}
            ]
            for pk, figure in latest.items()
        }

    def _small(self, rows: Any) -> Any:
        figures = (
            Observation.objects.in_force()
            .exclude(rank=Observation.Rank.DEPRECATED)
            .filter(
                clusters=OuterRef("pk"),
                scope=Observation.Scope.CLUSTER,
                indicator__code__in=Indicator.MEMBERSHIP,
            )
        )
        preferred = Case(When(rank=Observation.Rank.PREFERRED, then=Value(0)), default=Value(1))
        latest = figures.order_by(preferred, F("dated_last").desc(nulls_last=True), "-pk").values("pk")[:1]
        small = (
            Observation.objects.annotate(most=Coalesce("upper", "value"))
            .filter(most__lt=FEWEST_MEMBERS, indicator__code__in=Indicator.MEMBERSHIP)
            .exclude(precision=Observation.Precision.AT_LEAST)
        )
        organisations = rows.filter(kind=Cluster.Kind.ORGANISATION)
        return organisations.annotate(members_figure=Subquery(latest)).filter(members_figure__in=small.values("pk"))


class Stale(Concern):
    key = "ancien"
    label = _("Chiffre ancien")

    def among(self, rows: Any, on: dt.date) -> Any:
        return rows.filter(pk__in=self._latest(rows.order_by().values("pk"), on).values("cluster"))

    def tell(self, records: Sequence[Cluster], on: dt.date) -> Sentences:
        latest = self._latest([one.pk for one in records], on)
        indicators = {one.pk: one for one in Indicator.objects.all()}
        told: Sentences = {}
        for cluster, indicator, day in sorted(latest.values_list("cluster", "observation__indicator", "last")):
            days = indicators[indicator].freshness_days
            told.setdefault(cluster, []).append(
                ngettext(
                    "%(indicator)s : le dernier chiffre remonte à %(year)d. Au-delà d’un an, il est à revoir.",
                    "%(indicator)s : le dernier chiffre remonte à %(year)d. Au-delà de %(count)d ans, il est à revoir.",
                    max(1, round(days / 365)),
                )
                % {"indicator": indicators[indicator], "year": day.year, "count": max(1, round(days / 365))}
            )
        return told

    def _latest(self, clusters: Any, on: dt.date) -> QuerySet:
        """(cluster, indicator) whose latest figure is older than its indicator's figures stay fresh; `last` is its day."""
        lasting = Indicator.objects.exclude(freshness_days=None).values_list("pk", "freshness_days")
        ages = [Q(observation__indicator=pk, last__lt=on - dt.timedelta(days=days)) for pk, days in lasting]
        # A figure without a date is at the latest of the day when its source came out.
        day = Coalesce("observation__dated_last", "observation__source__published_last")
        groups = _own(clusters).order_by().values("cluster", "observation__indicator").annotate(last=Max(day))
        return groups.filter(functools.reduce(operator.or_, ages)) if ages else groups.none()


def _figures(ids: set[int]) -> dict[int, Observation]:
    """Figures with all that saying them in words reads."""
    return Observation.objects.select_related("indicator", "source").in_bulk(ids)
