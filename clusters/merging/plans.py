"""What merging one record into another would do, before anything is written: what moves, what stays, what stands against it.

The page that asks for a confirmation and the merge itself read the same plan, so that what was shown is what is done.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from clusters.kept import FIGURE, figure_in_words
from clusters.merging.relations import Relation
from clusters.models import Cluster, ClusterName, Merge, Observation, StatusChange
from clusters.models.clusters import EXPECTED_WITH_PEOPLE
from clusters.models.statuses import Status


@dataclass
class Part:
    """What becomes of the rows of one relation.

    Attributes:
        moving: rows that move.
        staying: (row in words, why) of those that stay with the record that is given up.
        filled: (row of the survivor, columns that it leaves empty and the other fills, with their values).
    """

    relation: Relation
    moving: list[Any] = field(default_factory=list)
    staying: list[tuple[str, str]] = field(default_factory=list)
    filled: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.relation.label

    @property
    def said(self) -> list[str]:
        return [self.relation.said(row) for row in self.moving]


@dataclass
class Plan:
    """What merging one record into another would do; nothing is written.

    Attributes:
        parts: what moves and what stays, by relation.
        status: the survivor's own, after.
        names: (name, kind) under which the survivor will also be found.
        warnings: what speaks against their being one body, each a sentence; it can be done all the same.
        refusals: why it cannot be done, each a sentence that says what to do.
        followers: records that were merged into the loser before, and will point at the survivor.
    """

    loser: Cluster
    survivor: Cluster
    parts: list[Part] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    status: str = ""
    followers: list[Cluster] = field(default_factory=list)

    @property
    def moving(self) -> int:
        return sum(len(part.moving) for part in self.parts)

    @property
    def status_in_words(self) -> str:
        """The survivor's status after, where it is another."""
        return str(Status(self.status).label) if self.status and self.status != self.survivor.status else ""

    @property
    def staying(self) -> list[tuple[str, str, str]]:
        """(label, row in words, why) of all that stays."""
        return [(part.label, said, why) for part in self.parts for said, why in part.staying]


def plan(loser: Cluster, survivor: Cluster) -> Plan:
    """What merging `loser` into `survivor` would move and leave, and what stands against it."""
    made = Plan(loser, survivor, refusals=_refusals(loser, survivor))
    if loser.pk == survivor.pk:
        return made
    for relation in Relation.every():
        rows = relation.rows(loser)
        part, taken = Part(relation), relation.taken(rows, survivor)
        twins = relation.rows(survivor).in_bulk(taken.values()) if taken else {}
        for row in rows:
            if row.pk in taken:
                part.staying.append((relation.said(row), _compared(part, row, twins[taken[row.pk]])))
            elif relation.model is StatusChange and row.status == Status.MERGED:
                part.staying.append((relation.said(row), gettext("ne vaut pas pour la fiche gardée")))
            else:
                part.moving.append(row)
        if part.moving or part.staying:
            made.parts.append(part)
    made.names = _new_names(made)
    made.followers = list(loser.merged_from.order_by("pk"))
    made.status = _status_after(made)
    made.warnings = _warnings(made)
    made.refusals += _refusals_of_figures(made)
    return made


def _compared(part: Part, row: Any, twin: Any) -> str:
    """Why a row stays of which the survivor has its own; what that one lacks is noted, to be filled in."""
    told, against = part.relation.missing(row, twin)
    if against:
        return gettext("l’autre fiche le dit autrement, et c’est elle qui reste ; à comparer d’abord : %(columns)s") % {
            "columns": ", ".join(against)
        }
    if told:
        part.filled.append((twin, told))
        return gettext("l’autre fiche l’a déjà, et en reçoit : %(columns)s") % {
            "columns": part.relation.columns_in_words(told)
        }
    return gettext("l’autre fiche l’a déjà")


# -- What stands against it ---------------------------------------------------------------------------------------------


def moved_in_words(done: Merge) -> list[tuple[str, int]]:
    """What a merge moved: (kind of row, how many)."""
    relations = {one.key: one.label for one in Relation.every()}
    rows = [(relations.get(key, key), len(listed)) for key, listed in done.moved.get("rows", {}).items()]
    names = len(done.moved.get("names", ()))
    return [*rows, (gettext("Noms ajoutés"), names)] if names else rows


def _refusals(loser: Cluster, survivor: Cluster) -> list[str]:
    if loser.pk == survivor.pk:
        return [gettext("Une fiche ne peut pas être fusionnée avec elle-même : choisissez-en une autre.")]
    refusals = []
    if loser.merged_into_id:
        refusals.append(
            gettext("« %(record)s » est déjà fusionnée dans « %(other)s » : annulez d’abord cette fusion.")
            % {"record": loser, "other": loser.merged_into}
        )
    if survivor.merged_into_id:
        refusals.append(
            gettext("« %(record)s » est elle-même fusionnée dans « %(other)s » : choisissez celle-ci.")
            % {"record": survivor, "other": survivor.merged_into}
        )
    elif not survivor.is_published:
        refusals.append(
            gettext("« %(record)s » n’est pas publiée, et l’adresse de l’autre fiche y mènerait : publiez-la d’abord.")
            % {"record": survivor}
        )
    return refusals


def _refusals_of_figures(made: Plan) -> list[str]:
    """A figure of both together cannot stay joint; and an expected cluster has no members."""
    both = Observation.objects.in_force().about(made.loser).about(made.survivor).select_related(*FIGURE)
    refusals = [
        gettext("Ce chiffre porte sur les deux fiches ensemble, et ne serait plus commun à personne : corrigez-le d’abord. %(figure)s")
        % {"figure": figure_in_words(figure)}
        for figure in both.order_by("pk")
    ]  # fmt: skip
    people = Observation.objects.of_people().filter(clusters__in=(made.loser, made.survivor))
    if made.survivor.is_published and made.status in (Status.EXPECTED, Status.ANNOUNCED) and people.exists():
        refusals.append(str(EXPECTED_WITH_PEOPLE))
    return refusals


def _warnings(made: Plan) -> list[str]:
    """A registry outside that has an identifier for each takes them for two bodies."""
    own = list(made.survivor.identifiers.all())
    return [
        gettext(
            "Deux identifiants d’un même registre : %(loser)s et %(survivor)s. Vérifiez qu’il s’agit bien du même organisme."
        )
        % {"loser": one, "survivor": other}
        for one in made.loser.identifiers.all()
        for other in own
        if one.registry == other.registry
    ]


def _status_after(made: Plan) -> str:
    lines = made.survivor.status_changes.values("pk")
    moving = [row.pk for part in made.parts if part.relation.model is StatusChange for row in part.moving]
    latest = StatusChange.objects.visible().filter(Q(pk__in=moving) | Q(pk__in=lines)).latest_first().first()
    return latest.status if latest else made.survivor.status


def _new_names(made: Plan) -> list[tuple[str, str]]:
    """The loser's own name and acronym, unless the survivor has them or is about to."""
    survivor = made.survivor
    moving = (row.value for part in made.parts if part.relation.model is ClusterName for row in part.moving)
    known = {survivor.name, survivor.acronym, *survivor.names.values_list("value", flat=True), *moving}
    own = ((made.loser.name, ClusterName.Kind.ALIAS.value), (made.loser.acronym, ClusterName.Kind.ACRONYM.value))
    new: dict[str, str] = {}
    for value, kind in own:
        if value and value not in known:
            new.setdefault(value, kind)
    return list(new.items())
