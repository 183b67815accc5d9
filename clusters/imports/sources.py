"""A row of a source: found by its identifier or its address, compared, and written as a draft if it is new."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters.imports import cells
from clusters.imports.columns import AS_OF, Column
from clusters.imports.records import RecordImporter
from clusters.imports.references import SourceFinder, normalised
from clusters.imports.review import ERASED, Row
from clusters.models import Source
from clusters.models.sources import Origins


class SourceImporter(RecordImporter):
    key = "sources"
    model = Source
    columns = (
        Column("slug", "identifiant", _("Partie de l’adresse de sa page ; désigne la source. Vide : elle est désignée par son adresse en ligne."), "etude-exemple", also=("id",)),
        Column("title", "titre", _("Tel que la source le donne ; obligatoire pour une nouvelle."), "Étude d’exemple"),
        Column("kind", "nature", _("Étude, Presse, Institution, Site du cluster, Entretien, Registre, Blog ou Jeu de données."), "Étude", cells.choice(Source.Kind.choices)),
        Column("author", "auteur", _("Personne qui signe.")),
        Column("publisher", "éditeur", _("Journal, institution ou site qui l’a publiée."), "Institut d’exemple"),
        Column("published", "parue le", _("Année, mois ou jour : 2019, 2020-03, 2020-03-02."), "2020-03", cells.date, ("parue le (EDTF)",)),
        Column("language", "langue", _("Code : fr, en, ar…"), "fr"),
        Column("url", "adresse", _("Adresse complète en ligne."), "https://example.org/etude", also=("adresse en ligne",)),
        Column("archived_url", "copie archivée", _("Copie qui reste si la page disparaît.")),
        Column("accessed_on", "consultée le", _("Le jour où la rédaction l’a lue."), "", cells.day),
        Column("derived_from", "d’après", _("La source enregistrée dont celle-ci tire ses faits : identifiant, adresse ou titre exact.")),
        Column("note", "note", _("Ce qu’il faut savoir pour l’utiliser."), "", cells.lines),
        AS_OF,
    )  # fmt: skip
    passed_over = frozenset(
        map(
            cells.key, ("Page", "publication", "Fichier généré le", "Licence", "Crédit", "Premier jour", "Dernier jour")
        )
    )
    needs = (("slug", "url"),)
    fields = (
        "slug", "title", "kind", "author", "publisher", "published", "language", "url", "archived_url", "accessed_on",
        "derived_from", "note",
    )  # fmt: skip
    resolved = ("derived_from", "modified_by")

    def __init__(self) -> None:
        super().__init__()
        self.sources = SourceFinder()
        self.origins: dict[Any, Any] = {}
        """Sources whose origin this file says, by number, or by row if they are new → that origin; None for none."""
        self.said: list[tuple[Any, Row]] = []
        """Those that would draw on another than now, and where that is written."""

    def judge(self, rows: list[Row]) -> None:
        slugs = {row.values["slug"] for row in rows if isinstance(row.values.get("slug"), str)}
        urls = {normalised(row.values["url"]) for row in rows if isinstance(row.values.get("url"), str)}
        wanted = {self.sources.by_slug[one] for one in slugs if one in self.sources.by_slug}
        wanted |= {pk for one in urls for pk in self.sources.by_url.get(one, ())}
        stored = Source.objects.select_related("derived_from").in_bulk(wanted)
        for row in rows:
            self._judge(row, stored)

    def _judge(self, row: Row, known: dict[int, Source]) -> None:
        values = row.values
        for name in ("slug", "title", "kind"):
            if values.get(name) is ERASED:
                self.fault(row, name, gettext("ce champ ne se vide pas."))
        if (said := values.get("derived_from")) not in (None, ERASED):
            values["derived_from"], sentence = self.sources.find([said])
            if sentence:
                self.fault(row, "derived_from", sentence)
        stored = None if row.is_bad else self._identify(row, known)
        if row.is_bad:
            return
        if stored is None:
            for name in ("title", "kind"):
                if not values.get(name):
                    self.fault(row, name, gettext("une nouvelle source a un titre et une nature."))
        slug = values.get("slug") or (stored.slug if stored else "")
        if not slug and not row.is_bad:
            slug = self.free_slug(row, values["title"], "title")
        names: list[Any] = [("slug", slug), *([("pk", stored.pk)] if stored else [])]
        if values.get("url") and not values.get("slug"):
            names.append(("url", normalised(values["url"])))
        if row.is_bad or not self.claimed(row, names):
            return
        draft = self.draft_of(row, stored, values)
        draft.record.slug = slug
        if "derived_from" in values:
            name = stored.pk if stored else ("row", row.number)
            self.origins[name] = draft.record.derived_from_id
            if draft.record.derived_from_id and (
                stored is None or stored.derived_from_id != draft.record.derived_from_id
            ):
                self.said.append((name, row))
        self.settle(row, stored, draft)

    def validate(self, row: Row, record: Any, resolved: Iterable[str]) -> None:
        """Ask the model of all but its origin, which may be right only with what other rows say: see `finish`."""
        origin, record.derived_from = record.derived_from, None
        super().validate(row, record, resolved)
        record.derived_from = origin

    def finish(self) -> None:
        """Refuse origins that lead back to themselves, or that nobody can follow, once the whole file would be written."""
        if not self.said:
            return
        stored = dict(Source.objects.exclude(derived_from=None).values_list("pk", "derived_from"))
        would_be = {source: origin for source, origin in {**stored, **self.origins}.items() if origin}
        origins = Origins(would_be)
        for source, row in self.said:
            if problem := origins.problem_of(source):
                self.fault(row, "derived_from", problem)

    def _identify(self, row: Row, known: dict[int, Source]) -> Source | None:
        """The source that a row is about; None for a new one."""
        slug, url = row.values.get("slug"), row.values.get("url")
        same = self.sources.by_url.get(normalised(url), []) if isinstance(url, str) else []
        if slug:
            stored = known.get(self.sources.by_slug.get(slug, 0))
            for pk in same:
                if not stored or pk != stored.pk:
                    self.warn(
                        row,
                        "url",
                        gettext("« %(other)s » a la même adresse : est-ce la même source ?") % {"other": known[pk]},
                    )
            return stored
        if not isinstance(url, str):
            self.fault(
                row,
                "",
                gettext(
                    "rien ne désigne la source : donnez son identifiant ou son adresse en ligne. Un titre seul ne suffit pas."
                ),
            )
            return None
        if len(same) > 1:
            self.fault(row, "url", gettext("plusieurs sources ont cette adresse : donnez l’identifiant de la bonne."))
        return known[same[0]] if len(same) == 1 else None
