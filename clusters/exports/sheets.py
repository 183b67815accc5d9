"""The two tables that people open: a line for each cluster, a line for each figure; and one for the sources.

Flat and in words, where the records are nested and in codes; every value is read from a record, none from a row.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from clusters.exports import reading, records
from clusters.exports.about import Taking
from clusters.exports.shapes import Field, Shape

BETWEEN = " ; "
"""What stands between the values of one cell."""


def _same(shape: Shape, name: str, title: Any = "") -> Field:
    """A field of a record, in words where the record has a code."""
    of = shape.field(name)
    labels = dict(of.choices.choices) if of.choices else {}
    return replace(of, title=title or of.title, get=lambda line: labels.get(line[name], line[name]), choices=None)


def _of_source(title: Any, name: str, key: str, prefix: str = "source") -> Field:
    """A field of the source that a line names."""
    of = records.SOURCE_REFERENCE.field(key)
    return replace(of, name=name, title=title, get=lambda line: line[prefix][key] if line[prefix] else None)


def _status_line(line: dict[str, Any]) -> dict[str, Any]:
    """The line of the history that the status rests on; nothing where no line says it."""
    return next((one for one in line["statuses"] if one["status"] == line["status"]), {})


def _of_figure(title: Any, name: str, get: Any, about: Any, kind: str = "text") -> Field:
    return Field(
        f"figure_{name}", about, lambda line: get(line["figure"]) if line["figure"] else None, title, kind=kind
    )


def _in_words(name: str) -> Any:
    labels = dict(records.OBSERVATION.field(name).choices.choices)
    return lambda figure: labels[figure[name]]


_HEADLINE = _("Du dernier chiffre d’adhérents propre au cluster, s’il y en a un.")
FIGURE_OF_CLUSTER = [
    _of_figure(_("Chiffre : indicateur"), "indicator", lambda one: one["indicator"]["label"], _HEADLINE),
    _of_figure(_("Chiffre : valeur"), "value", lambda one: one["value"], _HEADLINE, "number"),
    _of_figure(_("Chiffre : jusqu’à"), "upper", lambda one: one["upper"], _HEADLINE, "number"),
    _of_figure(_("Chiffre : précision"), "precision", _in_words("precision"), _HEADLINE),
    _of_figure(_("Chiffre : se dit"), "said", lambda one: one["said"], _HEADLINE),
    _of_figure(_("Chiffre : date (EDTF)"), "dated", lambda one: one["dated"], _HEADLINE),
    _of_figure(_("Chiffre : date en mots"), "when", lambda one: one["when"], _HEADLINE),
    _of_figure(_("Chiffre : source"), "source", lambda one: one["source"]["title"], _HEADLINE),
    _of_figure(_("Chiffre : éditeur"), "source_publisher", lambda one: one["source"]["publisher"], _HEADLINE),
    _of_figure(_("Chiffre : source parue le"), "source_published", lambda one: one["source"]["published"], _HEADLINE),
    _of_figure(_("Chiffre : adresse de la source"), "source_url", lambda one: one["source"]["url"], _HEADLINE, "address"),
]  # fmt: skip
CLUSTERS = Shape(
    _("Clusters"),
    _("Une ligne par cluster, avec son chiffre d’adhérents le plus récent."),
    [
        *(_same(records.CLUSTER, name) for name in ("id", "name", "acronym", "kind", "status")),
        Field("status_since", _("Depuis quand, selon la source de la situation (EDTF)."), lambda line: _status_line(line).get("since"),
              _("Situation depuis")),
        Field("status_source", _("Qui dit la situation."),
              lambda line: (_status_line(line).get("source") or {}).get("title"), _("Source de la situation")),
        _same(records.CLUSTER, "country", _("Code du pays")),
        *(_same(records.CLUSTER, name) for name in ("country_name", "city", "region", "latitude", "longitude", "location_precision")),
        _of_source(_("Source du lieu"), "location_source", "title", "location_source"),
        Field("sectors", _("Secteurs, le principal d’abord."),
              lambda line: BETWEEN.join(one["sector"]["label"] for one in line["sectors"]), _("Secteurs")),
        Field("other_names", _("Autres noms et anciens noms."),
              lambda line: BETWEEN.join(dict.fromkeys(one["value"] for one in line["names"])), _("Autres noms")),
        Field("programmes", _("Programmes, appels et labels auxquels il prend part."),
              lambda line: BETWEEN.join(dict.fromkeys(one["programme"]["name"] for one in line["participations"])), _("Programmes")),
        *(_same(records.CLUSTER, name) for name in ("legal_form", "website", "summary")),
        *FIGURE_OF_CLUSTER,
        *(_same(records.CLUSTER, name) for name in ("verified_on", "url")),
    ],
)  # fmt: skip
FIGURES = Shape(
    _("Chiffres"),
    _("Une ligne par chiffre. Un chiffre commun à plusieurs clusters a une ligne, qui les nomme tous."),
    [
        _same(records.OBSERVATION, "id"),
        Field("cluster_ids", _("Identifiants des clusters sur lesquels il porte."),
              lambda line: BETWEEN.join(one["id"] for one in line["clusters"]), _("Identifiants des clusters")),
        Field("cluster_names", _("Noms de ces clusters."),
              lambda line: BETWEEN.join(one["name"] for one in line["clusters"]), _("Clusters")),
        _same(records.OBSERVATION, "scope"),
        Field("indicator", _("Ce qui est compté."), lambda line: line["indicator"]["label"], _("Indicateur")),
        *(_same(records.OBSERVATION, name) for name in ("value", "upper", "precision")),
        Field("unit", _("Unité, de la source ou de l’indicateur."), lambda line: line["unit"] or line["indicator"]["unit"], _("Unité")),
        *(_same(records.OBSERVATION, name) for name in ("currency", "said", "dated")),
        _same(records.OBSERVATION, "dated_first", _("Premier jour")),
        _same(records.OBSERVATION, "dated_last", _("Dernier jour")),
        *(_same(records.OBSERVATION, name) for name in ("period_note", "when", "rank", "rank_reason", "note")),
        _of_source(_("Source"), "source", "title"),
        _of_source(_("Éditeur"), "source_publisher", "publisher"),
        _of_source(_("Source parue le (EDTF)"), "source_published", "published"),
        _of_source(_("Adresse de la source"), "source_url", "url"),
        _same(records.OBSERVATION, "recorded_on"),
    ],
)  # fmt: skip
SOURCES = Shape(
    _("Sources"),
    _("Les documents sur lesquels reposent les lignes des autres feuilles."),
    [
        *(_same(records.SOURCE, name) for name in ("id", "kind", "title", "author", "publisher", "published", "language", "url",
                                                   "archived_url", "accessed_on")),
        _of_source(_("D’après"), "derived_from", "title", "derived_from"),
        *(_same(records.SOURCE, name) for name in ("note", "page")),
    ],
)  # fmt: skip


def cluster_lines(taking: Taking) -> Iterator[list[Any]]:
    return map(CLUSTERS.line, reading.clusters_with_figure(taking.rows, taking.day))


def figure_lines(taking: Taking) -> Iterator[list[Any]]:
    return map(FIGURES.line, reading.observations_of(taking))


def source_lines(taking: Taking) -> Iterator[list[Any]]:
    return map(SOURCES.line, reading.sources_of(taking))


SHEETS = ((CLUSTERS, cluster_lines), (FIGURES, figure_lines), (SOURCES, source_lines))
