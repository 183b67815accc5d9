"""Two records of one body made one, and parted again.

Rows are moved with `update`, past their own save: a line of the history or the subject of a figure may be moved to another
record, and nothing else of it. All of it happens in one transaction, with both records held.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clusters import history
from clusters.kept import FIGURE, figure_in_words
from clusters.merging.plans import Part, Plan, plan
from clusters.merging.relations import Relation
from clusters.models import Cluster, ClusterName, ClusterSector, Merge, Observation, ObservationSubject
from clusters.models.publication import PublicationState


def merge(loser: Cluster, survivor: Cluster, *, by: Any, reason: str = "") -> Merge:
    """Make two records one: all of it, or nothing.

    Args:
        loser: is given up. It keeps its identifier and its address, which lead to the survivor from now on.
        survivor: takes over names, facts and citations, each once.

    Raises:
        ValidationError: it cannot be done; says why.
    """
    with _whole():
        loser, survivor = _held(loser.pk, survivor.pk)
        made = plan(loser, survivor)
        if made.refusals:
            raise ValidationError(made.refusals)
        with ExitStack() as kept:
            _keep(kept, made, by=by, act=history.Act.MERGED, why=reason)
            moved = _move(made)
        done = Merge(loser=loser, survivor=survivor, reason=reason, moved=moved, merged_by=by)
        done.full_clean()
        done.save()
        return done


def undo(done: Merge, *, by: Any) -> list[str]:
    """Part two records again: what was moved and is still there goes back.

    Returns:
        a sentence for each thing that does not go back, because somebody has changed it since.

    Raises:
        ValidationError: it cannot be done; says why.
    """
    with _whole():
        loser, survivor = _held(done.loser_id, done.survivor_id)
        done = Merge.objects.select_for_update(of=("self",)).get(pk=done.pk)
        _refuse_undoing(done, loser, survivor)
        followers = list(Cluster.objects.filter(pk__in=done.moved.get("followers", ()), merged_into=survivor))
        made = Plan(loser, survivor, followers=followers)
        told: list[str] = []
        returning = list(_returning(done, told))
        made.parts = [Part(relation, rows) for relation, rows, _before in returning]
        with ExitStack() as kept:
            _keep(kept, made, by=by, act=history.Act.UNMERGED, why=done.reason)
            _give_back(done, made, returning, told)
        done.undone_at, done.undone_by = timezone.now(), by
        done.save(update_fields=["undone_at", "undone_by"])
        return told


def _refuse_undoing(done: Merge, loser: Cluster, survivor: Cluster) -> None:
    if done.undone_at:
        raise ValidationError(_("Cette fusion est déjà annulée."))
    if survivor.merged_into_id:
        raise ValidationError(
            gettext("« %(record)s » a été fusionnée depuis dans « %(other)s » : annulez d’abord cette fusion-là.")
            % {"record": survivor, "other": survivor.merged_into}
        )
    if loser.merged_into_id != survivor.pk:
        raise ValidationError(
            gettext("« %(record)s » n’est plus fusionnée dans « %(other)s » : il n’y a rien à annuler.")
            % {"record": loser, "other": survivor}
        )


# -- Doing it -----------------------------------------------------------------------------------------------------------


@contextmanager
def _whole() -> Iterator[None]:
    """All of it or nothing, and a sentence where the database refuses what somebody has written in between."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise ValidationError(
            _("Rien n’a été changé : une des deux fiches vient de changer. Relisez-les et recommencez.")
        ) from None


def _held(loser: int, survivor: int) -> tuple[Cluster, Cluster]:
    """Both records as they are stored, held until the transaction ends, in one order whoever merges what into what."""
    # Not the key itself: whoever adds a line that refers to one of them need not wait, and nobody waits in a circle.
    locked = Cluster.objects.select_for_update(of=("self",), no_key=True).select_related("merged_into")
    rows = {row.pk: row for row in locked.filter(pk__in={loser, survivor}).order_by("pk")}
    return rows[loser], rows[survivor]


def _keep(kept: ExitStack, made: Plan, *, by: Any, act: str, why: str) -> None:
    """Keep the state of every record that changes: the two, those merged before, and those that only refer to them."""
    for record in (made.loser, made.survivor, *made.followers):
        kept.enter_context(history.changing(record, by=by, act=act, why=why))
    known = history.registered()
    for part in made.parts:
        owner = part.relation.owner
        if owner and owner.related_model in known:
            records = owner.related_model._base_manager.filter(
                pk__in=[getattr(row, owner.attname) for row in part.moving]
            )
            kept.enter_context(history.adding_to(records, by=by, act=act, why=why))


def _move(made: Plan) -> dict[str, Any]:
    """Move what is to be moved; what `undo` needs to know of it."""
    loser, survivor = made.loser, made.survivor
    has_primary = survivor.sector_links.filter(is_primary=True).exists()
    rows: dict[str, list[list[Any]]] = {}
    for part in made.parts:
        moving = part.relation.model._base_manager.filter(pk__in=[row.pk for row in part.moving])
        if part.relation.model is ClusterSector:
            rows[part.relation.key] = [[row.pk, {"is_primary": row.is_primary}] for row in part.moving]
            moving.update(**{part.relation.name: survivor, **({"is_primary": False} if has_primary else {})})
        elif part.moving:
            rows[part.relation.key] = [[row.pk, {}] for row in part.moving]
            moving.update(**{part.relation.name: survivor})
    filled = [
        [part.relation.key, twin.pk, _fill(part.relation, twin, told)]
        for part in made.parts
        for twin, told in part.filled
    ]
    names = ClusterName.objects.bulk_create(
        ClusterName(cluster=survivor, value=value, kind=kind) for value, kind in made.names
    )
    for follower in made.followers:
        follower.merged_into = survivor
        follower.save(update_fields=["merged_into"])
    loser.merged_into = survivor
    loser.save(update_fields=["merged_into"])
    before = survivor.status
    survivor.follow_status()
    _reindex(loser, survivor)
    return {
        "rows": rows,
        "filled": filled,
        "names": [[name.pk, name.value, name.kind] for name in names],
        "followers": [one.pk for one in made.followers],
        "status": [before, survivor.status],
        "left": [list(line) for line in made.staying],
    }


def _fill(relation: Relation, row: Any, told: dict[str, Any]) -> dict[str, str]:
    """Write what a row of the survivor did not say; what undoing compares it with."""
    relation.model._base_manager.filter(pk=row.pk).update(**told)
    return {name: str(value) for name, value in told.items()}


# -- Undoing it ---------------------------------------------------------------------------------------------------------


def _returning(done: Merge, told: list[str]) -> Iterator[tuple[Relation, list[Any], dict[Any, dict[str, Any]]]]:
    """Of each relation the rows that are still where the merge put them, and what they were before."""
    for key, listed in done.moved.get("rows", {}).items():
        relation = Relation.at(key)
        if relation is None:
            continue  # a table that the program no longer has
        before = dict(listed)
        rows = relation.rows(done.survivor).filter(pk__in=before)
        taken = relation.taken(rows, done.loser)
        staying = [relation.said(row) for row in rows if row.pk in taken]
        told += [
            gettext("« %(what)s » reste sur la fiche gardée : l’autre en a une de même depuis.") % {"what": said} for said in staying
        ]  # fmt: skip
        going = [row for row in rows if row.pk not in taken]
        if gone := len(before) - len(going) - len(staying):
            told.append(
                ngettext(
                    "%(label)s : une ligne déplacée n’est plus sur la fiche gardée.",
                    "%(label)s : %(count)d lignes déplacées ne sont plus sur la fiche gardée.",
                    gone,
                )
                % {"label": relation.label, "count": gone}
            )
        if relation.model is ObservationSubject:
            follow = list(_following(done, going, told))
            going += follow
            before |= {row.pk: {} for row in follow}
        yield relation, going, before


def _following(done: Merge, going: list[ObservationSubject], told: list[str]) -> Iterator[ObservationSubject]:
    """Of the corrections recorded since the merge: the lines that go with the figures that they correct.

    A correction goes where it is about the kept record alone, or about the very bodies that its figure was about: left
    behind, it would be shown there, and the record that gets the figure back would show nothing.
    """
    about = {row.observation_id: row for row in going}
    reached = set(about)
    while reached:
        newer = Observation.objects.filter(supersedes__in=reached, recorded_at__gt=done.merged_at)
        reached = set()
        for figure in newer.exclude(pk__in=about).select_related(*FIGURE).prefetch_related("subjects").order_by("pk"):
            lines = {line.cluster_id: line for line in figure.subjects.all()}
            before = {line.cluster_id for line in figure.supersedes.subjects.all()}
            if done.survivor_id in lines and set(lines) in ({done.survivor_id}, before):
                line = about[figure.pk] = lines[done.survivor_id]
                reached.add(figure.pk)
                yield line
            else:
                told.append(
                    gettext(
                        "Cette correction, faite depuis, ne porte plus sur les mêmes fiches et reste où elle est ; « %(record)s » ne montre plus ce chiffre. %(figure)s"
                    )
                    % {"record": done.loser, "figure": figure_in_words(figure)}
                )


def _give_back(
    done: Merge,
    made: Plan,
    returning: Iterable[tuple[Relation, list[Any], dict[Any, dict[str, Any]]]],
    told: list[str],
) -> None:
    loser, survivor = made.loser, made.survivor
    loser.merged_into = None
    loser.save(update_fields=["merged_into"])
    for follower in made.followers:
        follower.merged_into = loser
        follower.save(update_fields=["merged_into"])
    for relation, rows, before in returning:
        alike: dict[str, list[Any]] = {}
        for row in rows:
            alike.setdefault(repr(before[row.pk]), []).append(row.pk)
        for keys in alike.values():
            relation.model._base_manager.filter(pk__in=keys).update(**{relation.name: loser, **before[keys[0]]})
    _empty_again(done, survivor, told)
    _forget_names(done, survivor, told)
    _settle_status(done, survivor)
    _check_whole(survivor)
    _unpublish_incomplete(loser, told)
    _reindex(loser, survivor)


def _empty_again(done: Merge, survivor: Cluster, told: list[str]) -> None:
    """Take back what the merge filled in, unless somebody has changed it since."""
    for key, pk, columns in done.moved.get("filled", ()):
        relation = Relation.at(key)
        row = relation.rows(survivor).filter(pk=pk).first() if relation else None
        if row is None:
            continue
        if all(str(getattr(row, name)) == value for name, value in columns.items()):
            fields = [one for one in relation.model._meta.concrete_fields if one.attname in columns]
            emptied = {one.attname: None if one.null else "" for one in fields}
            relation.model._base_manager.filter(pk=pk).update(**emptied)
        else:
            told.append(
                gettext("« %(what)s », modifié depuis, garde ce que la fusion y avait ajouté.")
                % {"what": relation.said(row)}
            )


def _forget_names(done: Merge, survivor: Cluster, told: list[str]) -> None:
    """Take away the names that the merge gave, unless somebody has worked on them since."""
    for pk, value, kind in done.moved.get("names", ()):
        name = survivor.names.filter(pk=pk).first()
        if name is None:
            continue
        if (name.value, name.kind, name.source_id, name.valid_from, name.valid_to) == (value, kind, None, "", ""):
            name.delete()
        else:
            told.append(
                gettext("Le nom « %(name)s », modifié depuis, reste sur la fiche gardée.") % {"name": name.value}
            )


def _settle_status(done: Merge, survivor: Cluster) -> None:
    before, after = done.moved["status"]
    if survivor.status_line:
        survivor.follow_status()
    elif survivor.status == after != before:
        survivor.status = before
        survivor.save(update_fields=["status"])


def _check_whole(record: Cluster) -> None:
    """Refuse to leave a public record without what a public record has."""
    if problems := _problems(record):
        raise ValidationError(
            [gettext("« %(record)s » : %(problem)s") % {"record": record, "problem": one} for one in problems]
        )


def _unpublish_incomplete(record: Cluster, told: list[str]) -> None:
    """Give a record back as a draft where it lacks what a public one has: merged, it cannot be completed first."""
    if problems := _problems(record):
        record.publication = PublicationState.DRAFT
        record.save(update_fields=["publication"])
        told.append(
            gettext("« %(record)s » redevient un brouillon : complétez-la, puis publiez-la. %(problems)s")
            % {"record": record, "problems": " ".join(problems)}
        )


def _problems(record: Cluster) -> list[str]:
    """What a public record lacks; nothing of one that is not public."""
    if not record.is_published:
        return []
    links = list(record.sector_links.all())
    problems = record.publication_problems(len(links), record.is_expected and record.has_figures_of_people)
    if links and not any(link.is_primary for link in links):
        problems.append(gettext("Elle n’aurait plus de secteur principal : choisissez-en un autre d’abord."))
    return problems


def _reindex(*records: Cluster) -> None:
    Cluster.objects.filter(pk__in=[one.pk for one in records]).reindex()
