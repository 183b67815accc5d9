"""A row of a figure: recorded if it is new, skipped if it is there; a correction names the figure that it replaces.

What is recorded is never changed, so that a row that differs from the figure whose number it carries is asked about: it
may be a newer value, to be recorded beside the old one, or a correction, to be recorded in its place.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters import history, kept, words
from clusters.imports import cells
from clusters.imports.clusters import country
from clusters.imports.columns import AS_OF, Column
from clusters.imports.references import SourceFinder
from clusters.imports.review import ERASED, Act, Change, Importer, Outcome, Row
from clusters.models import Cluster, ClusterIdentifier, Indicator, Observation, ObservationSubject, Programme
from clusters.related import is_id


def number_or_two(cell: Any, reading: cells.Reading) -> Any:
    """A number, or the two that it may be: the figure whose number the row carries may tell which."""
    try:
        return cells.number(cell, reading)
    except cells.TwoWays as doubt:
        return doubt


def figure_number(cell: Any, reading: cells.Reading) -> int:
    said = cells.text(cell, reading).removeprefix("n°").strip()
    if not is_id(said):
        raise cells.Bad(gettext("« %(said)s » n’est pas le numéro d’un chiffre.") % {"said": said[:40]})
    return int(said)


def currency(cell: Any, reading: cells.Reading) -> str:
    return cells.text(cell, reading).upper()


class FigureImporter(Importer):
    key = "figures"
    most = 2_000
    model = Observation
    columns = (
        Column("id", "numéro", _("Celui d’un chiffre déjà enregistré, tel que les exports le donnent. Vide pour un nouveau."), "", figure_number),
        Column("clusters", "identifiants des clusters", _("GRP-0001, adresse de fiche ou identifiant extérieur (wikidata:Q42) ; plusieurs, séparés par des points-virgules, pour un chiffre commun. Jamais le nom."), "GRP-0001", cells.several, ("identifiant du cluster", "identifiant des clusters", "cluster_ids")),
        Column("programme", "programme", _("Adresse de la fiche du programme, si le chiffre porte sur lui.")),
        Column("country", "pays", _("Si le chiffre porte sur un pays."), "", country),
        Column("indicator", "indicateur", _("Nom ou code d’un indicateur."), "members"),
        Column("value", "valeur", _("En chiffres, sans unité : 29 000 ou 1,5."), "80", number_or_two),
        Column("upper", "jusqu’à", _("Haut d’une fourchette."), "", number_or_two),
        Column("precision", "précision", _("exactement, environ, plus de ou au plus ; sans rien : exactement."), "environ", cells.choice(Observation.Precision.choices)),
        Column("unit", "unité", _("Si elle diffère de celle de l’indicateur."), "", also=("unité de la source",)),
        Column("currency", "monnaie", _("Code ISO 4217 : MAD, EUR…"), "", currency),
        Column("dated", "date", _("Date du fait : 2008, 2013-11, 2017-03-12 ou 2016/2017 ; vide si la source n’en donne pas."), "2020-03", cells.date, ("date (EDTF)", "date du fait")),
        Column("period_note", "précision sur la date", _("« cumul depuis 2008 », « au plus tard mars 2020 »…")),
        Column("source", "source", _("Identifiant, adresse en ligne ou titre exact d’une source enregistrée."), "etude-exemple"),
        Column("source_url", "adresse de la source", _("À la place de la source, ou pour départager deux titres.")),
        Column("rank", "rang", _("Normal, Retenu ou Écarté."), "", cells.choice(Observation.Rank.choices)),
        Column("rank_reason", "raison du rang", _("Obligatoire pour un chiffre écarté.")),
        Column("note", "note", _("Ce qu’il faut savoir pour le lire.")),
        Column("supersedes", "remplace", _("Numéro du chiffre que celui-ci corrige. L’ancien reste dans l’historique."), "", figure_number),
        AS_OF,
    )  # fmt: skip
    passed_over = frozenset(
        map(
            cells.key,
            ("Clusters", "Porte sur", "Se dit", "Premier jour", "Dernier jour", "Date en mots", "Éditeur", "Source parue le (EDTF)",
             "Enregistré le", "Fichier généré le", "Licence", "Crédit"),
        )
    )  # fmt: skip
    needs = (("indicator",), ("value",), ("source", "source_url"), ("clusters", "programme", "country"))
    plain = ("precision", "unit", "currency", "dated", "period_note", "rank", "rank_reason", "note")
    resolved = ("indicator", "source", "programme", "supersedes", "recorded_by")
    """Found in the database by their rows here, so that the model need not look for each again."""

    def __init__(self) -> None:
        super().__init__()
        self.sources = SourceFinder()
        indicators = list(Indicator.objects.all())
        self.indicators = cells.Names((one, one.label, one.code) for one in indicators)
        self.programmes = {one.slug: one for one in Programme.objects.only("slug", "name")}
        self.told: dict[Any, int] = {}
        self.replaced: dict[int, int] = {}

    def judge(self, rows: list[Row]) -> None:
        subjects = _subjects_of(rows)
        known = _figures(
            {row.values[name] for row in rows for name in ("id", "supersedes") if isinstance(row.values.get(name), int)}
        )
        drafts = []
        for row in rows:
            figure, clusters = self._draft(row, subjects, known)
            if not row.is_bad:
                drafts.append((row, figure, clusters))
        same = _same_as([figure for _row, figure, _clusters in drafts])
        for row, figure, clusters in drafts:
            self._settle(row, figure, clusters, known, same)

    # -- what the row says

    def _draft(
        self, row: Row, subjects: dict[str, Cluster], known: dict[int, Observation]
    ) -> tuple[Observation, list[Cluster]]:
        values = row.values
        figure, clusters = Observation(), self._about(row, subjects)
        for name in self.plain:
            value = values.get(name)
            if isinstance(value, str):
                setattr(figure, name, value)
        figure.indicator = self._indicator(row)
        figure.source = self._source(row)
        for name in ("value", "upper"):
            setattr(figure, name, self._value(row, name, known))
        if (said := values.get("programme")) and said is not ERASED:
            figure.programme = self.programmes.get(said)
            if figure.programme is None:
                self.fault(
                    row, "programme", gettext("aucun programme n’a l’adresse « %(said)s ».") % {"said": said[:60]}
                )
        if isinstance(values.get("country"), str):
            figure.country = values["country"]
        about = [bool(clusters or values.get("clusters")), bool(values.get("programme")), bool(values.get("country"))]
        if sum(about) != 1:
            self.fault(
                row,
                "",
                gettext(
                    "un chiffre porte sur des clusters, sur un programme ou sur un pays : remplissez une de ces colonnes, et une seule."
                ),
            )
        figure.scope = (
            "programme" if about[1] else "country" if about[2] else "joint" if len(clusters) > 1 else "cluster"
        )
        if figure.indicator_id and figure.unit == figure.indicator.unit:
            figure.unit = ""
        return figure, clusters

    def _about(self, row: Row, subjects: dict[str, Cluster]) -> list[Cluster]:
        told = row.values.get("clusters")
        found: dict[int, Cluster] = {}
        for said in told if isinstance(told, list) else ():
            cluster = subjects.get(said.lower())
            if cluster is None:
                self.fault(
                    row,
                    "clusters",
                    gettext(
                        "aucune fiche « %(said)s » : donnez son identifiant (GRP-0001) ou son adresse ; un nom ne suffit pas."
                    )
                    % {"said": said[:60]},
                )
            elif cluster.pk in found:
                self.fault(row, "clusters", gettext("« %(record)s » est là deux fois.") % {"record": cluster})
            else:
                found[cluster.pk] = cluster
        return list(found.values())

    def _indicator(self, row: Row) -> Any:
        said = row.values.get("indicator")
        if not said or said is ERASED:
            self.fault(row, "indicator", gettext("dites ce que la source compte."))
            return None
        try:
            return cells.find(said, self.indicators)
        except cells.Bad as bad:
            self.fault(row, "indicator", str(bad))
            return None

    def _source(self, row: Row) -> Any:
        told = [row.values[name] for name in ("source", "source_url") if isinstance(row.values.get(name), str)]
        source, sentence = self.sources.find(told) if told else (None, gettext("aucun chiffre sans source."))
        if sentence:
            self.fault(row, "source" if "source" in row.columns else "source_url", sentence)
        return source

    def _value(self, row: Row, name: str, known: dict[int, Observation]) -> Decimal | None:
        value = row.values.get(name)
        if isinstance(value, cells.TwoWays):
            recorded = known.get(row.values.get("id", 0))
            stored = getattr(recorded, name) if recorded else None
            if stored in value.readings:
                return stored
            self.fault(row, name, str(value))
            return None
        if value is None and name == "value":
            self.fault(row, name, gettext("donnez la valeur."))
        return value if isinstance(value, Decimal) else None

    # -- what becomes of it

    def _settle(
        self,
        row: Row,
        figure: Observation,
        clusters: list[Cluster],
        known: dict[int, Observation],
        same: dict[Any, Observation],
    ) -> None:
        subjects = tuple(sorted(one.pk for one in clusters))
        content = _content(figure, subjects)
        if above := self.told.get(content):
            self.fault(
                row,
                "",
                gettext("même chiffre qu’à la ligne %(row)d : gardez une seule des deux lignes.") % {"row": above},
            )
            return
        self.told[content] = row.number
        recorded = same.get(content)
        old = self._replaced(row, known, recorded)
        if row.is_bad:
            return
        name = f"{figure.indicator} : {words.value(figure)}"
        if recorded and (old is None or getattr(old, "superseded_by", None) == recorded):
            self.review.add(Outcome(row.number, Act.SKIPPED, name))
            return
        if old is None and row.values.get("id") in known:
            self.fault(row, "id", gettext("le chiffre n° %(id)d est enregistré autrement (%(stored)s) et ne change plus. Pour une valeur plus récente, videz cette case ; pour corriger l’ancienne, mettez %(id)d dans « remplace ».")
                       % {"id": row.values["id"], "stored": words.value(known[row.values["id"]])})  # fmt: skip
            return
        figure.supersedes_id = old and old.pk  # by its number: setting the row would mark `old` as superseded already
        self.validate(row, figure, self.resolved)
        if not row.is_bad:
            try:
                figure.check_about(clusters)
            except ValidationError as error:
                self.faults_of(row, error)
        if row.is_bad:
            return
        about = _named(figure, clusters)
        if old and (was := _named(old, [link.cluster for link in old.subject_links])) != about:
            self.warn(row, "supersedes", gettext("le chiffre remplacé porte sur « %(old)s », celui-ci sur « %(new)s » : est-ce voulu ?")
                      % {"old": was, "new": about})  # fmt: skip
        changes = (
            Change(
                about,
                words.value(old) if old else "–",
                f"{words.value(figure)} ({words.when(figure) or '–'}), {figure.source}",
            ),
        )
        mark = f"{subjects}/{old.pk if old else ''}/{content}"
        self.review.add(Outcome(row.number, Act.CREATED, name, changes, mark, (figure, clusters)))

    def _replaced(self, row: Row, known: dict[int, Observation], recorded: Observation | None) -> Observation | None:
        """The figure that the row corrects, if it says one."""
        number = row.values.get("supersedes")
        if not isinstance(number, int):
            if isinstance(row.values.get("id"), int) and row.values["id"] not in known:
                self.fault(
                    row,
                    "id",
                    gettext("aucun chiffre n’a le numéro %(id)d. Videz la case pour un nouveau.")
                    % {"id": row.values["id"]},
                )
            return None
        old = known.get(number)
        if old is None:
            self.fault(row, "supersedes", gettext("aucun chiffre n’a le numéro %(id)d.") % {"id": number})
            return None
        if above := self.replaced.get(number):
            self.fault(row, "supersedes", gettext("la ligne %(row)d remplace déjà ce chiffre.") % {"row": above})
        self.replaced[number] = row.number
        newer = getattr(old, "superseded_by", None)
        if recorded == old:
            self.fault(row, "supersedes", gettext("cette ligne est le chiffre qu’elle remplacerait, sans différence."))
        elif newer and newer != recorded:
            self.fault(row, "supersedes", gettext("ce chiffre est déjà remplacé par le n° %(id)d.") % {"id": newer.pk})
        return old

    # -- writing

    def write(self, by: Any, why: str) -> list[Any]:
        drafts = [outcome.draft for outcome in self.review.pending]
        about = kept.records_of(
            (figure for figure, _clusters in drafts), (cluster for _figure, clusters in drafts for cluster in clusters)
        )
        with history.adding_to(about, by=by, act=history.Act.IMPORTED, why=why):
            for figure, clusters in drafts:
                figure.write(clusters, by)
        return [figure for figure, _clusters in drafts]


def _named(figure: Observation, clusters: Iterable[Cluster]) -> str:
    """Whom or what a figure is about, for people."""
    return ", ".join(one.short_name for one in clusters) or str(figure.programme or figure.country.name)


def _content(figure: Observation, subjects: tuple[int, ...]) -> tuple[Any, ...]:
    """What a figure says, and nothing of when or by whom it was recorded."""
    return (
        figure.indicator_id, figure.value.normalize(), figure.upper and figure.upper.normalize(), figure.precision, figure.unit,
        figure.currency, figure.dated, figure.period_note, subjects, figure.programme_id, str(figure.country or ""),
        figure.source_id, figure.rank, figure.rank_reason, figure.note,
    )  # fmt: skip


def _with_subjects(rows: Any) -> Any:
    links = ObservationSubject.objects.select_related("cluster").order_by("cluster_id")
    return rows.select_related("indicator", "source", "programme", "superseded_by").prefetch_related(
        Prefetch("subjects", links, to_attr="subject_links")
    )


def _figures(numbers: set[int]) -> dict[int, Observation]:
    """Figures by their numbers."""
    return {one.pk: one for one in _with_subjects(Observation.objects.filter(pk__in=numbers))}


def _same_as(figures: list[Observation]) -> dict[Any, Observation]:
    """What recorded figures say → the figure, for those that may say what these do; corrected ones too.

    A file that is imported again after a correction must not bring the old value back.
    """
    values = {figure.value for figure in figures}
    sources, indicators = {figure.source_id for figure in figures}, {figure.indicator_id for figure in figures}
    if not figures:
        return {}
    alike = Observation.objects.filter(value__in=values, source__in=sources, indicator__in=indicators).order_by("-pk")
    return {_content(one, tuple(link.cluster_id for link in one.subject_links)): one for one in _with_subjects(alike)}


def _subjects_of(rows: list[Row]) -> dict[str, Cluster]:
    """What rows call clusters (identifier, slug, `registry:identifier`), in small letters → the cluster."""
    told = {said for row in rows if isinstance(row.values.get("clusters"), list) for said in row.values["clusters"]}
    found = {}
    for one in Cluster.objects.filter(public_id__in={said.upper() for said in told}):
        found[one.public_id.lower()] = one
    for one in Cluster.objects.filter(slug__in=told):
        found.setdefault(one.slug, one)
    outside = {said.partition(":")[2].strip() for said in told if ":" in said}
    if outside:
        for one in ClusterIdentifier.objects.filter(value__in=outside).select_related("cluster"):
            found.setdefault(f"{one.registry}:{one.value}".lower(), one.cluster)
    return found
