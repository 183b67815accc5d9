"""The records of the registry as anybody may have them: what each says, read from rows that `querysets` has fetched.

JSON, GeoJSON, the API and the tables of the dump all start from these; none adds a fact of its own.
"""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clusters import words
from clusters.exports.shapes import Field, Shape
from clusters.markup import text_of
from clusters.models import Cluster, ClusterIdentifier, ClusterName, Indicator, Observation, Participation, Programme
from clusters.models import Source as Document
from clusters.models.statuses import Status


def address(row: Any) -> str:
    """The page of a record, under the site's own address."""
    return f"{settings.SITE_URL}{row.get_absolute_url()}"


def dated(name: str, title: Any, about: Any) -> list[Field]:
    """The fields of a partial date: its text, then the first and the last day that it can mean."""
    return [
        Field(name, about, lambda row: getattr(row, name), title),
        Field(
            f"{name}_first", _("Premier jour que cette date peut désigner."), lambda row: getattr(row, f"{name}_first"),
            kind="date",
        ),
        Field(
            f"{name}_last", _("Dernier jour que cette date peut désigner."), lambda row: getattr(row, f"{name}_last"),
            kind="date",
        ),
    ]  # fmt: skip


EDTF = _("Date telle qu’elle est connue (EDTF) : 2008, 2013-11, 2017-03-12 ou une période 2016/2017.")

# -- References: enough of another record to read the line without opening it ----------------------------------------

SOURCE_REFERENCE = Shape(
    "SourceReference",
    _("La source d’un fait, en bref."),
    [
        Field("id", _("Identifiant de la source."), lambda row: row.slug, always=True),
        Field("title", _("Titre du document."), lambda row: row.title, always=True),
        Field("publisher", _("Qui l’a publié."), lambda row: row.publisher),
        Field("published", EDTF, lambda row: row.published),
        Field("url", _("Adresse en ligne."), lambda row: row.url, kind="address"),
    ],
    table="sources",
)
PROGRAMME_REFERENCE = Shape(
    "ProgrammeReference",
    _("Un programme, en bref."),
    [
        Field("id", _("Identifiant du programme."), lambda row: row.slug, always=True),
        Field("name", _("Nom du programme."), lambda row: row.name, always=True),
    ],
    table="programmes",
)
CLUSTER_REFERENCE = Shape(
    "ClusterReference",
    _("Un cluster, en bref."),
    [
        Field("id", _("Identifiant de la fiche."), lambda row: row.public_id, always=True),
        Field("name", _("Nom de la fiche."), lambda row: row.shown_name, always=True),
    ],
    table="clusters",
)
SECTOR_REFERENCE = Shape(
    "SectorReference",
    _("Un secteur, en bref."),
    [
        Field("code", _("Code du secteur."), lambda row: row.code, always=True),
        Field("label", _("Nom du secteur."), lambda row: row.label, always=True),
    ],
    table="sectors",
    key="code",
)
INDICATOR_REFERENCE = Shape(
    "IndicatorReference",
    _("Un indicateur, en bref."),
    [
        Field("code", _("Code de l’indicateur."), lambda row: row.code, always=True),
        Field("label", _("Nom de l’indicateur."), lambda row: row.label, always=True),
        Field("unit", _("Unité, au pluriel."), lambda row: row.unit),
    ],
    table="indicators",
    key="code",
)


def source_field(about: Any, always: bool = False, attribute: str = "source") -> Field:
    return Field(attribute, about, lambda row: getattr(row, attribute), shape=SOURCE_REFERENCE, always=always)


# -- Parts of a cluster's record --------------------------------------------------------------------------------------

SECTOR_LINK = Shape(
    "ClusterSector",
    _("Un secteur d’un cluster."),
    [
        Field("sector", _("Le secteur."), lambda link: link.sector, shape=SECTOR_REFERENCE, always=True),
        Field("is_primary", _("Si c’est le secteur principal."), lambda link: link.is_primary, kind="boolean", always=True),
    ],
)  # fmt: skip
NAME = Shape(
    "ClusterName",
    _("Un autre nom d’un cluster."),
    [
        Field("value", _("Le nom."), lambda name: name.value, always=True),
        Field("kind", _("Sorte de nom."), lambda name: name.kind, choices=ClusterName.Kind, always=True),
        Field("language", _("Langue du nom : fr, en, ar ou ber."), lambda name: name.language, always=True),
        *dated("valid_from", _("Depuis"), _("Depuis quand il est employé (EDTF).")),
        *dated("valid_to", _("Jusqu’à"), _("Jusqu’à quand il l’a été (EDTF).")),
        source_field(_("Qui l’emploie.")),
    ],
)
STATUS = Shape(
    "StatusChange",
    _("La situation d’un cluster à partir d’une date."),
    [
        Field("status", _("La situation."), lambda line: line.status, choices=Status, always=True),
        *dated("since", _("Depuis"), _("Depuis quand (EDTF) ; sans valeur si la source ne le dit pas.")),
        Field("note", _("Ce que la source précise."), lambda line: line.note),
        source_field(_("Qui le dit."), always=True),
    ],
)
PARTICIPATION = Shape(
    "Participation",
    _("La part d’un cluster dans un programme ; un label en est une, qui expire."),
    [
        Field("programme", _("Le programme."), lambda row: row.programme, shape=PROGRAMME_REFERENCE, always=True),
        Field("role", _("Le rôle."), lambda row: row.role, choices=Participation.Role, always=True),
        Field("level", _("Niveau d’un label."), lambda row: row.level),
        *dated("valid_from", _("Depuis"), _("Depuis quand (EDTF).")),
        *dated("valid_to", _("Jusqu’à"), _("Jusqu’à quand (EDTF).")),
        Field("note", _("Ce que la source précise."), lambda row: row.note),
        source_field(_("Qui le dit.")),
    ],
)
IDENTIFIER = Shape(
    "Identifier",
    _("L’identifiant d’un cluster dans un registre extérieur."),
    [
        Field("registry", _("Le registre."), lambda row: row.registry, choices=ClusterIdentifier.Registry, always=True),
        Field("value", _("L’identifiant."), lambda row: row.value, always=True),
        Field("url", _("Sa page dans ce registre."), lambda row: row.address, kind="address"),
    ],
)

# -- Records ----------------------------------------------------------------------------------------------------------

CLUSTER = Shape(
    "Cluster",
    _("Un cluster, pôle, technopole, réseau ou projet attendu."),
    [
        Field("id", _("Identifiant de la fiche, jamais réemployé."), lambda row: row.public_id, _("Identifiant"), always=True),
        Field("url", _("Page de la fiche."), address, _("Fiche"), "address", always=True),
        Field("name", _("Nom sous lequel le registre en parle."), lambda row: row.shown_name, _("Nom"), always=True),
        Field("acronym", _("Sigle d’usage ; deux organismes peuvent avoir le même."), lambda row: row.acronym, _("Sigle")),
        Field("kind", _("Nature de l’organisme."), lambda row: row.kind, _("Nature"), choices=Cluster.Kind, always=True),
        Field("status", _("Situation ; « dormant » n’est pas « closed »."), lambda row: row.shown_status, _("Situation"),
              choices=Status, always=True),
        Field("country", _("Pays, code ISO 3166-1."), lambda row: row.country.code, _("Pays"), always=True),
        Field("country_name", _("Nom français du pays."), lambda row: row.country.name, _("Pays"), always=True),
        Field("city", _("Ville."), lambda row: row.city, _("Ville")),
        Field("region", _("Région."), lambda row: row.region, _("Région")),
        Field("latitude", _("Degrés décimaux (WGS 84), nord positif."), lambda row: row.latitude, _("Latitude"), "number"),
        Field("longitude", _("Degrés décimaux (WGS 84), est positif."), lambda row: row.longitude, _("Longitude"), "number"),
        Field("location_precision", _("Jusqu’où le lieu est connu."), lambda row: row.location_precision, _("Précision du lieu"),
              choices=Cluster.Precision),
        Field("location_note", _("Ce qui rend le lieu incertain."), lambda row: row.location_note, _("Note sur le lieu")),
        source_field(_("Qui situe le cluster."), attribute="location_source"),
        Field("legal_form", _("Forme juridique, telle que la source la donne."), lambda row: row.legal_form, _("Forme juridique")),
        Field("website", _("Site du cluster."), lambda row: row.website, _("Site"), "address"),
        Field("summary", _("Résumé de la rédaction."), lambda row: row.summary, _("Résumé")),
        Field("description", _("Présentation de la rédaction, en texte simple."), lambda row: text_of(row.description),
              _("Présentation")),
        Field("verified_on", _("Jour où la rédaction a vérifié la fiche ; sans valeur si elle reste à vérifier."),
              lambda row: row.verified_on, _("Fiche vérifiée le"), "date"),
        Field("sectors", _("Secteurs, le principal d’abord."), lambda row: row.shown_sectors, shape=SECTOR_LINK, many=True, always=True),
        Field("names", _("Autres noms."), lambda row: row.shown_names, shape=NAME, many=True, always=True),
        Field("statuses", _("Historique de la situation, du plus récent au plus ancien."), lambda row: row.shown_statuses,
              shape=STATUS, many=True, always=True),
        Field("participations", _("Programmes, appels et labels."), lambda row: row.shown_participations, shape=PARTICIPATION,
              many=True, always=True),
        Field("identifiers", _("Identifiants dans d’autres registres."), lambda row: row.shown_identifiers, shape=IDENTIFIER,
              many=True, always=True),
    ],
    table="clusters",
)  # fmt: skip
OBSERVATION = Shape(
    "Observation",
    _("Un chiffre tel qu’une source le donne. Un chiffre commun à plusieurs clusters les nomme tous : il n’est le chiffre "
      "d’aucun d’eux seul, et ne se partage ni ne s’additionne."),
    [
        Field("id", _("Numéro du chiffre ; une correction en reçoit un nouveau."), lambda row: row.pk, _("Numéro"), "integer",
              always=True),
        Field("scope", _("Sur quoi il porte."), lambda row: row.scope, _("Porte sur"), choices=Observation.Scope, always=True),
        Field("clusters", _("Les clusters sur lesquels il porte, ensemble s’il y en a plusieurs."), lambda row: row.shown_subjects,
              shape=CLUSTER_REFERENCE, many=True, always=True),
        Field("programme", _("Le programme sur lequel il porte."), lambda row: row.programme, shape=PROGRAMME_REFERENCE),
        Field("country", _("Le pays sur lequel il porte, code ISO 3166-1."), lambda row: row.country.code, _("Pays")),
        Field("indicator", _("Ce qui est compté."), lambda row: row.indicator, shape=INDICATOR_REFERENCE, always=True),
        Field("value", _("La valeur ; le bas d’une fourchette."), lambda row: row.value, _("Valeur"), "number", always=True),
        Field("upper", _("Le haut d’une fourchette."), lambda row: row.upper, _("Jusqu’à"), "number"),
        Field("precision", _("À quel point la source est précise."), lambda row: row.precision, _("Précision"),
              choices=Observation.Precision, always=True),
        Field("unit", _("Unité de la source, si elle diffère de celle de l’indicateur."), lambda row: row.unit, _("Unité de la source")),
        Field("currency", _("Monnaie, code ISO 4217."), lambda row: row.currency, _("Monnaie")),
        Field("said", _("La valeur en mots, comme elle doit se dire."), words.value, _("Se dit"), always=True),
        *dated("dated", _("Date (EDTF)"), _("Date du fait (EDTF) ; sans valeur si la source ne la donne pas.")),
        Field("period_note", _("Ce qui précise la date."), lambda row: row.period_note, _("Précision sur la date")),
        Field("when", _("La date en mots, ou ce qui la borne."), words.when, _("Date en mots")),
        Field("rank", _("« preferred » passe devant, « deprecated » est écarté pour la raison donnée."), lambda row: row.rank, _("Rang"),
              choices=Observation.Rank, always=True),
        Field("rank_reason", _("Pourquoi ce rang."), lambda row: row.rank_reason, _("Raison du rang")),
        Field("note", _("Ce qu’il faut savoir pour le lire."), lambda row: row.note, _("Note")),
        source_field(_("Qui le dit."), always=True),
        Field("recorded_on", _("Jour où la rédaction l’a enregistré."), lambda row: timezone.localtime(row.recorded_at).date(), _("Enregistré le"),
              "date", always=True),
    ],
    table="observations",
)  # fmt: skip
SOURCE = Shape(
    "Source",
    _("Un document, une page ou un entretien d’où viennent des faits."),
    [
        Field("id", _("Identifiant de la source."), lambda row: row.slug, _("Identifiant"), always=True),
        Field("page", _("Page de la source sur ce site."), address, _("Page"), "address", always=True),
        Field("kind", _("Nature du document."), lambda row: row.kind, _("Nature"), choices=Document.Kind, always=True),
        Field("title", _("Titre, dans la langue du document."), lambda row: row.title, _("Titre"), always=True),
        Field("author", _("Personne qui signe."), lambda row: row.author, _("Auteur")),
        Field("publisher", _("Journal, institution ou site qui l’a publiée."), lambda row: row.publisher, _("Éditeur")),
        *dated("published", _("Parue le (EDTF)"), _("Date de parution (EDTF).")),
        Field("language", _("Langue du document."), lambda row: row.language, _("Langue"), always=True),
        Field("url", _("Adresse en ligne."), lambda row: row.url, _("Adresse"), "address"),
        Field("archived_url", _("Copie qui reste si la page disparaît."), lambda row: row.archived_url, _("Copie archivée"), "address"),
        Field("accessed_on", _("Jour où la rédaction l’a lue."), lambda row: row.accessed_on, _("Consultée le"), "date"),
        source_field(_("La source dont celle-ci tire ses faits : les deux sont un seul témoin."), attribute="derived_from"),
        Field("note", _("Ce qu’il faut savoir pour l’utiliser."), lambda row: row.note, _("Note")),
    ],
    table="sources",
)  # fmt: skip
PROGRAMME = Shape(
    "Programme",
    _("Une stratégie, un appel, un label, un programme de bailleur ou une loi."),
    [
        Field("id", _("Identifiant du programme."), lambda row: row.slug, always=True),
        Field("url", _("Page du programme."), address, kind="address", always=True),
        Field("name", _("Nom d’usage."), lambda row: row.name, always=True),
        Field("full_name", _("Nom entier, ou dans une autre langue."), lambda row: row.full_name),
        Field("kind", _("Nature du programme."), lambda row: row.kind, choices=Programme.Kind, always=True),
        Field("owner", _("Qui le conduit ou le finance."), lambda row: row.owner),
        Field("parent", _("Le programme plus large dont celui-ci est un volet."), lambda row: row.parent, shape=PROGRAMME_REFERENCE),
        *dated("start", _("Début"), _("Début (EDTF).")),
        *dated("end", _("Fin"), _("Fin (EDTF).")),
        Field("summary", _("Résumé de la rédaction."), lambda row: row.summary),
        Field("description", _("Description de la rédaction, en texte simple."), lambda row: text_of(row.description)),
        Field("countries", _("Pays concernés, codes ISO 3166-1."), lambda row: [one.code for one in row.countries], many=True,
              always=True),
        Field("sources", _("Les documents sur lesquels repose la fiche."), lambda row: row.shown_sources, shape=SOURCE_REFERENCE,
              many=True, always=True),
    ],
    table="programmes",
)  # fmt: skip
INDICATOR = Shape(
    "Indicator",
    _("Quelque chose qui se compte ou se mesure."),
    [
        Field("code", _("Code, qui ne change plus."), lambda row: row.code, always=True),
        Field("label", _("Nom."), lambda row: row.label, always=True),
        Field("unit", _("Unité, au pluriel."), lambda row: row.unit),
        Field("counts", _("Ce qui entre dans le compte."), lambda row: row.counts),
        Field("measure", _("Sorte de mesure."), lambda row: row.measure, choices=Indicator.Measure, always=True),
        Field("behaviour", _("État à une date, flux d’une période ou cumul."), lambda row: row.behaviour,
              choices=Indicator.Behaviour, always=True),
        Field("is_additive", _("Si la somme sur plusieurs clusters a un sens ; jamais pour un chiffre commun."),
              lambda row: row.is_additive, kind="boolean", always=True),
    ],
    table="indicators",
    key="code",
)  # fmt: skip
SECTOR = Shape(
    "Sector",
    _("Une branche : les quatorze écosystèmes industriels de l’Union européenne, et ceux que la rédaction ajoute."),
    [
        Field("code", _("Code du secteur."), lambda row: row.code, always=True),
        Field("label", _("Nom français."), lambda row: row.label, always=True),
        Field("label_en", _("Nom anglais."), lambda row: row.label_en),
        Field("scheme", _("Nomenclature : « eu », ou « grappe » pour un ajout de la rédaction."), lambda row: row.scheme, always=True),
        Field("number", _("Rang dans la nomenclature européenne."), lambda row: row.number, kind="integer"),
    ],
    table="sectors",
    key="code",
)  # fmt: skip
