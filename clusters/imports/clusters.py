"""A row of a cluster: which record it is (never by its name alone), what it changes, and what an editor should look at."""

import math
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters.imports import cells
from clusters.imports.columns import AS_OF, Column
from clusters.imports.records import Draft, RecordImporter
from clusters.imports.references import SourceFinder
from clusters.imports.review import ERASED, Change, Row
from clusters.models import Cluster, ClusterIdentifier, ClusterSector, Sector, StatusChange
from clusters.models.names import sort_key
from clusters.models.statuses import Status

FAR = 50
"""Kilometres that a place moves before somebody should look."""
REGISTRIES = tuple(ClusterIdentifier.Registry.values)


@cache
def country_names() -> cells.Names:
    """Countries by their code and their French name."""
    with override("fr"):
        return cells.Names((code, name, code) for code, name in countries)


def country(cell: Any, reading: cells.Reading) -> str:
    return cells.find(
        cells.text(cell, reading),
        country_names(),
        gettext("Écrivez le nom français du pays ou son code ISO à deux lettres : Maroc ou MA."),
    )


class ClusterImporter(RecordImporter):
    key = "clusters"
    model = Cluster
    columns = (
        Column("public_id", "identifiant", _("Celui d’une fiche qui existe, pour la modifier : GRP-0001. Vide pour une nouvelle fiche."), "", also=("id", "identifiant de la fiche")),
        Column("slug", "adresse de la fiche", _("Partie de l’adresse de la page, en minuscules et sans accent. Désigne la fiche s’il n’y a pas d’identifiant."), "cluster-exemple", also=("adresse",)),
        Column("name", "nom", _("Le nom d’usage ; obligatoire pour une nouvelle fiche."), "Cluster d’exemple"),
        Column("acronym", "sigle", _("Deux organismes peuvent avoir le même : il ne désigne pas une fiche."), "CEX"),
        Column("kind", "nature", _("Cluster, Pôle de compétitivité, Technopole, Réseau de clusters ou Projet attendu."), "Cluster", cells.choice(Cluster.Kind.choices)),
        Column("status", "situation", _("Attendu, Annoncé, Actif, En sommeil, Fusionné, Fermé ou Non établi."), "Actif", cells.choice(Status.choices), ("statut",)),
        Column("country", "pays", _("Nom français ou code ISO à deux lettres."), "Maroc", country),
        Column("country_code", "code du pays", _("Code ISO, à la place du nom ou en plus."), "", country),
        Column("city", "ville", _("Siège ou lieu d’activité."), "Casablanca"),
        Column("region", "région", _("Pour préciser, ou si la ville n’est pas connue."), "Casablanca-Settat"),
        Column("latitude", "latitude", _("Degrés décimaux, nord positif : 33,58."), "33,58831", cells.degrees, ("lat",)),
        Column("longitude", "longitude", _("Degrés décimaux, est positif : -7,61."), "-7,61138", cells.degrees, ("lon", "lng")),
        Column("location_precision", "précision du lieu", _("Site, Ville, Région ou Pays ; obligatoire avec des coordonnées."), "Ville", cells.choice(Cluster.Precision.choices)),
        Column("location_source", "source du lieu", _("Identifiant, adresse en ligne ou titre exact d’une source enregistrée.")),
        Column("location_note", "note sur le lieu", _("Ce qui rend le lieu incertain."), "", cells.lines),
        Column("sectors", "secteurs", _("Noms ou codes, le principal d’abord, séparés par des points-virgules."), "", cells.several, ("secteur",)),
        Column("legal_form", "forme juridique", _("Telle que la source la donne."), "Association"),
        Column("website", "site", _("Adresse complète du site."), "https://example.org/", also=("site web",)),
        Column("summary", "résumé", _("Une ou deux phrases, pour les listes."), "", cells.lines),
        *(Column(one.value, one.value, _("Identifiant dans ce registre ; désigne la fiche s’il y est déjà enregistré.")) for one in ClusterIdentifier.Registry),
        AS_OF,
    )  # fmt: skip
    passed_over = frozenset(
        map(
            cells.key,
            ("Situation depuis", "Source de la situation", "Autres noms", "Programmes", "Fiche vérifiée le", "Fiche", "publication",
             "Fichier généré le", "Licence", "Crédit", "Chiffre : indicateur", "Chiffre : valeur", "Chiffre : jusqu’à",
             "Chiffre : précision", "Chiffre : se dit", "Chiffre : date (EDTF)", "Chiffre : date en mots", "Chiffre : source",
             "Chiffre : éditeur", "Chiffre : source parue le", "Chiffre : adresse de la source"),
        )
    )  # fmt: skip
    needs = (("public_id", "slug", *REGISTRIES),)
    fields = (
        "slug", "name", "acronym", "kind", "status", "country", "city", "region", "latitude", "longitude", "location_precision",
        "location_source", "location_note", "legal_form", "website", "summary",
    )  # fmt: skip
    resolved = ("public_id", "location_source", "verified_by", "merged_into", "modified_by", "sort_name")

    def __init__(self) -> None:
        super().__init__()
        self.sources = SourceFinder()
        self.sectors = {sector.pk: sector for sector in Sector.objects.all()}
        self.sector_names = cells.Names((one.pk, one.label, one.code, one.label_en) for one in self.sectors.values())
        self.named: dict[str, int] = {}

    def judge(self, rows: list[Row]) -> None:
        for row in rows:
            self._prepare(row)
        found = _Found([row.values for row in rows])
        for row in rows:
            if row.is_bad:
                continue
            stored = self._identify(row, found)
            if not row.is_bad:
                self._judge(row, stored, found)

    def _prepare(self, row: Row) -> None:
        """Values that name rows of the database, found there."""
        values = row.values
        code = values.pop("country_code", None)
        if code is not None and values.setdefault("country", code) != code:
            self.fault(row, "country_code", gettext("le code et le nom du pays se contredisent."))
        if (said := values.get("location_source")) not in (None, ERASED):
            source, sentence = self.sources.find([said])
            values["location_source"] = source
            if sentence:
                self.fault(row, "location_source", sentence)
        if (said := values.get("sectors")) not in (None, ERASED):
            try:
                values["sectors"] = list(dict.fromkeys(cells.find(one, self.sector_names) for one in said))
            except cells.Bad as bad:
                self.fault(row, "sectors", str(bad))
        elif said is ERASED:
            values["sectors"] = []
        for name in ("public_id", "name", "slug", *REGISTRIES):
            if values.get(name) is ERASED:
                self.fault(row, name, gettext("ce champ ne se vide pas."))

    # -- which record

    def _identify(self, row: Row, found: "_Found") -> Cluster | None:
        """The record that a row is about; None for a new one. Never by a name: two bodies may share it."""
        values = row.values
        stored = None
        if public_id := values.get("public_id"):
            stored = found.by_id.get(public_id.upper())
            if stored is None:
                self.fault(
                    row,
                    "public_id",
                    gettext(
                        "aucune fiche ne porte l’identifiant « %(id)s ». Laissez la case vide pour une nouvelle fiche."
                    )
                    % {"id": public_id[:40]},
                )
                return None
        for registry in REGISTRIES:
            other = found.by_identifier.get((registry, values.get(registry, "")))
            if other and stored and other.pk != stored.pk:
                self.fault(row, registry, gettext("cet identifiant est celui de « %(other)s » (%(id)s), pas de « %(record)s ».")
                           % {"other": other, "id": other.public_id, "record": stored})  # fmt: skip
                return None
            stored = stored or other
        stored = stored or found.by_slug.get(values.get("slug", ""))
        if stored is None and not any(values.get(name) for name in ("slug", *REGISTRIES)):
            self.fault(
                row,
                "",
                gettext(
                    "rien ne désigne la fiche : donnez son identifiant, une adresse de fiche ou un identifiant extérieur. Un nom seul ne suffit pas, deux organismes peuvent le porter."
                ),
            )
            return None
        if stored and stored.merged_into_id:
            self.fault(
                row,
                "",
                gettext("« %(record)s » est fusionnée dans « %(survivor)s » : modifiez celle-ci.")
                % {"record": stored, "survivor": stored.merged_into},
            )
        return stored

    def _judge(self, row: Row, stored: Cluster | None, found: "_Found") -> None:
        values = row.values
        if stored is None and not values.get("name"):
            self.fault(row, "name", gettext("une nouvelle fiche a un nom."))
            return
        slug = values.get("slug") or (stored.slug if stored else self.free_slug(row, values["name"], "name"))
        identifiers = {(name, values[name]) for name in REGISTRIES if values.get(name)}
        if row.is_bad or not self.claimed(
            row, [("slug", slug), *identifiers, *([("pk", stored.pk)] if stored else [])]
        ):
            return
        if stored and "status" in values and stored.has_history and values["status"] != stored.status:
            self.fault(
                row,
                "status",
                gettext(
                    "la situation suit l’historique daté de la fiche (« %(status)s ») : ajoutez-y une ligne, avec sa source."
                )
                % {"status": stored.get_status_display()},
            )
            return
        draft = self.draft_of(row, stored, values)
        draft.record.slug = slug
        lines = [*self._sectors(row, stored, draft), *self._identifiers(row, stored, draft, identifiers)]
        if not row.is_bad:
            self.settle(row, stored, draft, lines)
            if not row.is_bad:
                self._warn(row, stored, draft.record, found)

    # -- its lines

    def _sectors(self, row: Row, stored: Any, draft: Draft) -> Iterable[Change]:
        wanted = row.values.get("sectors")
        present = [link.sector_id for link in stored.shown_sectors] if stored else []
        if wanted is None or (wanted[:1], sorted(wanted)) == (present[:1], sorted(present)):
            return
        draft.lines["sectors"] = wanted
        yield Change(self.label("sectors"), self._named(present), self._named(wanted))

    def _named(self, sectors: list[int]) -> str:
        return ", ".join(self.sectors[pk].label for pk in sectors) or "–"

    def _identifiers(self, row: Row, stored: Any, draft: Draft, wanted: Iterable[tuple[str, str]]) -> Iterable[Change]:
        present = {one.registry: one.value for one in stored.identifiers.all()} if stored else {}
        held = {(one.registry, one.value) for one in stored.identifiers.all()} if stored else set()
        new = sorted(set(wanted) - held)
        for registry, value in new:
            if registry in present:
                self.fault(
                    row,
                    registry,
                    gettext("la fiche porte déjà « %(value)s » : si c’est une erreur, corrigez-la dans la fiche.")
                    % {"value": present[registry]},
                )
                continue
            try:
                ClusterIdentifier(registry=registry, value=value).clean_fields(exclude={"cluster"})
                ClusterIdentifier(registry=registry, value=value).clean()
            except ValidationError as error:
                self.fault(row, registry, " ".join(error.messages))
                continue
            yield Change(registry, "–", value)
        draft.lines["identifiers"] = new

    # -- rules and warnings

    def check(self, row: Row, stored: Any, draft: Draft) -> None:
        record = draft.record
        if stored and record.is_published:
            people = record.is_expected and record.has_figures_of_people
            sectors = draft.lines.get("sectors", stored.shown_sectors)
            for sentence in record.publication_problems(len(sectors), people):
                self.fault(row, "", gettext("cette fiche est publiée. %(problem)s") % {"problem": sentence})

    def _warn(self, row: Row, stored: Any, record: Cluster, found: "_Found") -> None:
        if not stored or stored.name != record.name:
            self._warn_of_others(row, "name", found.by_name.get(sort_key(record.name), []), stored)
        if record.acronym and (not stored or stored.acronym != record.acronym):
            self._warn_of_others(row, "acronym", found.by_acronym.get(record.acronym.upper(), []), stored)
        key = sort_key(record.name)
        if above := self.named.get(key):
            self.warn(
                row, "name", gettext("la ligne %(row)d a le même nom : est-ce le même organisme ?") % {"row": above}
            )
        self.named.setdefault(key, row.number)
        if not stored:
            return
        if record.is_published and stored.slug != record.slug:
            self.warn(
                row,
                "slug",
                gettext("la fiche est publiée : les liens vers son ancienne adresse ne mèneront plus à elle."),
            )
        if None not in (stored.latitude, record.latitude) and (moved := _kilometres(stored, record)) > FAR:
            self.warn(row, "latitude", gettext("le lieu se déplace de %(distance)d km.") % {"distance": moved})

    def _warn_of_others(self, row: Row, name: str, others: list[Cluster], stored: Any) -> None:
        for other in others:
            if not stored or other.pk != stored.pk:
                pattern = gettext("« %(other)s » (%(id)s) a le même nom : est-ce le même organisme ?") if name == "name" else gettext("« %(other)s » (%(id)s) a le même sigle : est-ce le même organisme ?")  # fmt: skip
                self.warn(row, name, pattern % {"other": other.name, "id": other.public_id})

    # -- writing

    def write(self, by: Any, why: str) -> list[Any]:
        written = super().write(by, why)
        # Their lines were written in bulk, which tells the index nothing.
        for start in range(0, len(written), 500):
            Cluster.objects.filter(pk__in=[one.pk for one in written[start : start + 500]]).reindex()
        return written

    def write_lines(self, draft: Draft) -> None:
        cluster, sectors = draft.record, draft.lines.get("sectors")
        if sectors is not None:
            cluster.sector_links.all().delete()
            ClusterSector.objects.bulk_create(
                ClusterSector(cluster=cluster, sector_id=pk, is_primary=place == 0) for place, pk in enumerate(sectors)
            )
        ClusterIdentifier.objects.bulk_create(
            ClusterIdentifier(cluster=cluster, registry=registry, value=value)
            for registry, value in draft.lines.get("identifiers", ())
        )


class _Found:
    """The records that a batch of rows may be about, or that somebody may confuse with them; six queries."""

    def __init__(self, values: list[dict[str, Any]]) -> None:
        rows = (
            Cluster.objects.select_related("location_source", "merged_into")
            .prefetch_related(
                Prefetch("sector_links", ClusterSector.objects.order_by("-is_primary", "sector__label"), to_attr="shown_sectors"),
                "identifiers",
            )
            .annotate(has_history=Exists(StatusChange.objects.visible().filter(cluster=OuterRef("pk"))))
        )  # fmt: skip
        identifiers = Q(pk__in=())
        for registry in REGISTRIES:
            if told := {one[registry] for one in values if isinstance(one.get(registry), str)}:
                identifiers |= Q(registry=registry, value__in=told)
        named = ClusterIdentifier.objects.filter(identifiers)
        ids = {one["public_id"].upper() for one in values if isinstance(one.get("public_id"), str)}
        slugs = {one["slug"] for one in values if isinstance(one.get("slug"), str)}
        records = list(rows.filter(Q(public_id__in=ids) | Q(slug__in=slugs) | Q(pk__in=named.values("cluster"))))
        self.by_id = {one.public_id: one for one in records}
        self.by_slug = {one.slug: one for one in records}
        self.by_identifier = {(name.registry, name.value): one for one in records for name in one.identifiers.all()}
        self.by_name: dict[str, list[Cluster]] = {}
        self.by_acronym: dict[str, list[Cluster]] = {}
        names = {sort_key(one["name"]) for one in values if isinstance(one.get("name"), str)} - {""}
        acronyms = {one["acronym"].upper() for one in values if isinstance(one.get("acronym"), str)} - {""}
        alike = Cluster.objects.filter(merged_into=None).only("name", "acronym", "public_id", "sort_name")
        for one in alike.filter(sort_name__in=names):
            self.by_name.setdefault(one.sort_name, []).append(one)
        for one in alike.annotate(capitals=Upper("acronym")).filter(capitals__in=acronyms):
            self.by_acronym.setdefault(one.acronym.upper(), []).append(one)


def _kilometres(one: Cluster, other: Cluster) -> float:
    """The distance of two places on a sphere."""
    lat1, lon1, lat2, lon2 = (
        math.radians(float(value)) for value in (one.latitude, one.longitude, other.latitude, other.longitude)
    )
    arc = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 12_742 * math.asin(min(1.0, math.sqrt(arc)))
