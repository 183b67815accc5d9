"""What of the registry's records their history keeps, and what going back to an earlier state leaves alone.

Found by the app at its start, as its admin is; apart from the models because it tells figures in words, which stand on them.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters import history, words
from clusters.dates import PartialDate
from clusters.history import Lines
from clusters.models import (
    Cluster,
    Indicator,
    MapSettings,
    Observation,
    ObservationSubject,
    Programme,
    Sector,
    Source,
    StatusChange,
)

FIGURE = ("indicator", "source", "supersedes__indicator", "supersedes__source", "superseded_by")
"""What a figure in words reads of other tables."""
OF_A_SUBJECT = tuple(f"observation__{name}" for name in FIGURE)


def status_in_words(line: StatusChange) -> str:
    """« Actif, 2014 (Institut, Étude) »."""
    said = line.get_status_display()
    if line.since:
        said = f"{said}, {PartialDate.parse(line.since)}"
    said = gettext("%(what)s (%(source)s)") % {"what": said, "source": line.source}
    return f"{said} – {line.note}" if line.note else said


def figure_in_words(figure: Observation) -> str:
    """« Adhérents : 80 adhérents, mars 2020 (Institut, Étude) »."""
    said = gettext("%(indicator)s : %(value)s") % {"indicator": figure.indicator, "value": words.value(figure)}
    if dated := words.when(figure):
        said = f"{said}, {dated}"
    said = gettext("%(what)s (%(source)s)") % {"what": said, "source": figure.source}
    if figure.rank != Observation.Rank.NORMAL:
        said = f"{said}, {figure.get_rank_display().lower()}"
    if figure.supersedes:
        said = gettext("%(figure)s, à la place de : %(old)s") % {"figure": said, "old": words.value(figure.supersedes)}
    if hasattr(figure, "superseded_by"):
        said = gettext("%(figure)s, remplacé par un autre") % {"figure": said}
    return said


def records_of(figures: Iterable[Observation], clusters: Iterable[Cluster]) -> list[Any]:
    """The records in whose history new figures belong.

    Those that they are about, and those that the figures were about which they supersede: of these, one is not in force
    any more, even where its correction is about another.

    Args:
        figures: not recorded yet.
        clusters: whom they are about.
    """
    figures = list(figures)
    old = [one.supersedes_id for one in figures if one.supersedes_id]
    return [
        *clusters, *Cluster.objects.filter(observation_links__observation__in=old),
        *(one.programme for one in figures if one.programme), *Programme.objects.filter(observations__in=old),
    ]  # fmt: skip


def subject_in_words(link: ObservationSubject) -> str:
    return figure_in_words(link.observation)


def settle(cluster: Cluster) -> None:
    """What holds of a cluster once all its lines are written.

    Raises:
        ValidationError: it cannot be as it is; says why.
    """
    cluster.follow_status()
    links = list(cluster.sector_links.all())
    if links and not any(link.is_primary for link in links):
        raise ValidationError(
            _("Le secteur principal de cet état n’existe plus : choisissez-en un dans le formulaire.")
        )
    if cluster.is_published:
        cluster.publish()


def logo_in_words(digest: Any) -> str:
    return gettext("image %s") % digest[:8] if digest else ""


history.register(
    Cluster,
    lines=(
        Lines("sector_links", ("sector", "is_primary"), label=_("secteurs")),
        Lines("status_changes", said=status_in_words, with_related=("source",)),
        Lines("names", ("value", "kind", "language", "valid_from", "valid_to", "source")),
        Lines("participations", ("programme", "role", "level", "valid_from", "valid_to", "source", "note")),
        Lines("identifiers", ("registry", "value")),
        Lines("observation_links", said=subject_in_words, with_related=OF_A_SUBJECT, label=_("chiffres")),
    ),
    also=("public_id", "logo", "verified_on", "verified_by", "merged_into"),
    stays=("public_id", "publication", "slug", "verified_on", "verified_by", "merged_into"),
    shown={"logo": logo_in_words},
    settle=settle,
)  # fmt: skip
history.register(
    Programme,
    lines=(Lines("observations", said=figure_in_words, with_related=FIGURE),),
    stays=("publication", "slug"),
)
history.register(Source, stays=("publication", "slug"))
history.register(Sector, stays=("code",))  # addresses of filtered lists hold it
history.register(Indicator)  # its admin leaves alone what its figures rest on
history.register(MapSettings)
