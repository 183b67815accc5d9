"""A synthetic registry of any size: clusters with names, a history, labels, places and figures of every kind there is.

The proportions are those of the demonstration, so that what is measured on it holds for a real one: five figures a
cluster, a third of them without a date, some joint, corrected, competing or set aside; one record in ten is not public.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction

from clusters import countries, fulltext
from clusters.markup import text_of
from clusters.models import (
    Cluster,
    ClusterName,
    ClusterSector,
    Indicator,
    Observation,
    ObservationSubject,
    Participation,
    Programme,
    Sector,
    Source,
    StatusChange,
)
from clusters.models.names import sort_key
from clusters.models.statuses import Status
from config.synthetic.prose import MARK, chance, paragraph, sentence

BATCH = 500
SOURCES, PROGRAMMES = 500, 20
VERIFIED_UNTIL = dt.date(2025, 12, 1)
BRANCHES = (
    "textile", "automobile", "solaire", "numérique", "agroalimentaire", "santé", "eau", "aéronautique", "bâtiment",
    "tourisme", "pêche", "électronique", "plasturgie", "logistique", "artisanat", "chimie",
)  # fmt: skip
CITIES = (
    ("MA", "Casablanca", 33.588, -7.611), ("MA", "Rabat", 34.013, -6.833), ("MA", "Tanger", 35.72, -5.81),
    ("MA", "Marrakech", 31.634, -8.0), ("MA", "Fès", 34.033, -5.0), ("DZ", "Alger", 36.732, 3.087),
    ("DZ", "Oran", 35.691, -0.642), ("DZ", "Constantine", 36.365, 6.615), ("DZ", "Sétif", 36.191, 5.414),
    ("TN", "Tunis", 36.819, 10.166), ("TN", "Sfax", 34.741, 10.76), ("TN", "Sousse", 35.825, 10.637),
    ("TN", "Gabès", 33.881, 10.098), ("EG", "Le Caire", 30.044, 31.236), ("LB", "Beyrouth", 33.889, 35.495),
    ("JO", "Amman", 31.955, 35.945), ("ES", "Valence", 39.47, -0.376), ("FR", "Marseille", 43.297, 5.381),
    ("IT", "Gênes", 44.405, 8.946), ("TR", "Izmir", 38.423, 27.143),
)  # fmt: skip
INDICATORS: dict[str, tuple[dict[str, Any], int, int, str]] = {
    # What is made where the indicator is not there yet; the lowest and the highest value; its currency.
    "members": ({"label": "Adhérents", "unit": "adhérents", "is_additive": True, "position": 2}, 6, 200, ""),
    "member_companies": ({"label": "Entreprises adhérentes", "unit": "entreprises", "position": 4}, 4, 120, ""),
    "employees": ({"label": "Salariés", "unit": "salariés", "is_additive": True, "position": 9}, 40, 20_000, ""),
    "startups_supported": (
        {"label": "Startups accompagnées", "unit": "startups", "behaviour": "cumulative", "position": 11}, 1, 300, "",
    ),
    "turnover": (
        {"label": "Chiffre d’affaires", "measure": "money", "behaviour": "flow", "position": 10}, 10**5, 10**9, "EUR",
    ),
    "area": ({"label": "Superficie", "unit": "ha", "measure": "area", "position": 25}, 5, 300, ""),
    "founded": ({"label": "Année de création", "measure": "year", "position": 1}, 1995, 2019, ""),
}  # fmt: skip
PRECISIONS, SHARES = ("exact", "about", "at_least", "at_most"), (60, 25, 12, 3)


@dataclass
class Shared:
    """What all clusters draw from: sectors, sources, programmes, indicators, and who has verified records."""

    sectors: list[Sector]
    sources: list[Source]
    programmes: list[Programme]
    indicators: dict[str, Indicator]
    verifier: Any


@dataclass
class Rows:
    """The rows of one batch, in the order in which the database needs them."""

    clusters: list[Cluster] = field(default_factory=list)
    lines: dict[type[models.Model], list[Any]] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    corrections: list[Observation] = field(default_factory=list)
    subjects: list[ObservationSubject] = field(default_factory=list)

    def add(self, line: models.Model) -> None:
        self.lines.setdefault(type(line), []).append(line)

    def tell(self, observation: Observation, *clusters: Cluster) -> Observation:
        (self.corrections if observation.supersedes else self.observations).append(observation)
        self.subjects += [ObservationSubject(observation=observation, cluster=cluster) for cluster in clusters]
        return observation


def add_clusters(first: int, count: int) -> None:
    """Add clusters numbered from `first`, in batches, each a transaction."""
    with transaction.atomic():
        shared = Shared(some_sectors(), some_sources(), some_programmes(), some_indicators(), a_verifier())
    for start in range(first, first + count, BATCH):
        with transaction.atomic():
            add_batch(range(start, min(start + BATCH, first + count)), shared)


def add_batch(numbers: range, shared: Shared) -> None:
    rows = Rows([a_cluster(number, shared) for number in numbers])
    Cluster.objects.bulk_create(rows.clusters)
    for cluster in rows.clusters:
        cluster.public_id = f"GRP-{cluster.pk:04d}"  # as Cluster.save() does, now that the keys are known
    Cluster.objects.bulk_update(rows.clusters, ["public_id"], batch_size=BATCH)
    before = Cluster.objects.filter(slug=slug_of(numbers.start - 1)).first()
    for number, cluster in zip(numbers, rows.clusters, strict=True):
        add_record(number, cluster, rows, shared)
        add_figures(number, cluster, before, rows, shared)
        before = cluster
    for model, lines in rows.lines.items():
        model._default_manager.bulk_create(lines, batch_size=BATCH)
    Observation.objects.bulk_create(rows.observations, batch_size=BATCH)
    for correction in rows.corrections:
        correction.supersedes = correction.supersedes  # its key is known only now
    Observation.objects.bulk_create(rows.corrections, batch_size=BATCH)
    ObservationSubject.objects.bulk_create(rows.subjects, batch_size=BATCH)
    fulltext.put_many(entries(rows))


def slug_of(number: int) -> str:
    return f"{MARK}-{number:06d}"


def a_cluster(number: int, shared: Shared) -> Cluster:
    dice = chance("cluster", number)
    country, city, latitude, longitude = place_of(dice)
    status = dice.choices(
        (Status.ACTIVE, Status.DORMANT, Status.CLOSED, Status.UNKNOWN, Status.EXPECTED, Status.ANNOUNCED),
        (66, 9, 4, 11, 6, 4),
    )[0]
    expected = status in (Status.EXPECTED, Status.ANNOUNCED)
    name = f"Cluster {dice.choice(BRANCHES)} de {city} (essai {number})"
    verified = not expected and dice.random() < 0.6
    kinds = Cluster.Kind
    return Cluster(
        public_id=f"new-{uuid.uuid4().hex}",
        slug=slug_of(number),
        name=name,
        sort_name=sort_key(name),
        acronym=f"CE{number % 3_000}" if number % 2 else "",  # some acronyms name several bodies, as in life
        kind=kinds.PROJECT if expected else dice.choices(
            (kinds.ORGANISATION, kinds.POLE, kinds.TECHNOPOLE, kinds.NETWORK), (80, 10, 7, 3)
        )[0],
        status=status,
        country=country,
        city=city,
        latitude=latitude,
        longitude=longitude,
        location_precision="" if latitude is None else "city",
        location_source=dice.choice(shared.sources) if latitude is not None else None,
        legal_form=dice.choice(("association", "groupement d’intérêt économique", "")),
        website=f"https://essai-{number}.example.org" if dice.random() < 0.4 else "",
        summary=sentence(dice),
        description="".join(f"<p>{paragraph(dice, 3)}</p>" for _ in range(3)),
        verified_on=VERIFIED_UNTIL - dt.timedelta(days=dice.randrange(900)) if verified else None,
        verified_by=shared.verifier if verified else None,
        publication="published" if number % 10 else ("draft", "withdrawn")[number // 10 % 2],
    )  # fmt: skip


def place_of(dice: random.Random) -> tuple[str, str, Decimal | None, Decimal | None]:
    """A city or a town near one: about five hundred places, and none for one cluster in six."""
    country, city, north, east = dice.choices(CITIES, [3 if one[0] in ("MA", "DZ", "TN") else 1 for one in CITIES])[0]
    shift = dice.randrange(25)
    latitude, longitude = (
        Decimal(str(round(degrees + step / 10, 3)))
        for degrees, step in ((north, shift % 5 - 2), (east, shift // 5 - 2))
    )
    if dice.random() < 0.16 or countries.is_elsewhere(country, latitude, longitude):
        return country, city, None, None
    return country, city, latitude, longitude


def add_record(number: int, cluster: Cluster, rows: Rows, shared: Shared) -> None:
    """Sectors, other names, the history that leads to the status, and participations."""
    dice = chance("record", number)
    chosen = dice.sample(shared.sectors, min(dice.choice((1, 2, 2, 3)), len(shared.sectors)))
    for sector in chosen:
        rows.add(ClusterSector(cluster=cluster, sector=sector, is_primary=sector is chosen[0]))
    for name in names_of(number, dice):
        rows.add(ClusterName(cluster=cluster, source=dice.choice(shared.sources), **name))
    year = dice.randint(1998, 2016)
    lines = history_to(cluster.status)
    for status in lines:
        # The only line of a history may be without a date; among several, the order of the dates is the history.
        since = "" if len(lines) == 1 and dice.random() < 0.6 else str(year)
        rows.add(StatusChange(cluster=cluster, status=status, since=since, source=dice.choice(shared.sources)))
        year += dice.randint(1, 3)
    for programme in dice.sample(shared.programmes, min(dice.choice((0, 1, 1, 2, 3)), len(shared.programmes))):
        start = dice.randint(2005, 2020)
        ends = dice.random() < 0.4
        rows.add(
            Participation(
                cluster=cluster, programme=programme, source=dice.choice(shared.sources), valid_from=str(start),
                valid_to=str(start + dice.randint(1, 5)) if ends else "",
                role=dice.choice(("participant", "selected", "labelled")),
            )
        )  # fmt: skip


def names_of(number: int, dice: random.Random) -> Iterator[dict[str, str]]:
    """None to three other names; a former one with the year in which it was given up."""
    if dice.random() < 0.5:
        yield {"value": f"Pôle {dice.choice(BRANCHES)} {number}", "kind": "alias", "language": "fr"}
    if dice.random() < 0.3:
        year = str(dice.randint(2005, 2020))
        yield {"value": f"Grappe {number}", "kind": "former", "language": "fr", "valid_to": year}
    if dice.random() < 0.2:
        yield {"value": f"تجمع صناعي {number}", "kind": "official", "language": "ar"}


def history_to(status: str) -> list[str]:
    """The statuses that lead to one, in order."""
    before = {
        Status.ACTIVE: [Status.ANNOUNCED], Status.DORMANT: [Status.ACTIVE], Status.CLOSED: [Status.ACTIVE, Status.DORMANT],
    }  # fmt: skip
    return [*before.get(Status(status), []), status]


def add_figures(number: int, cluster: Cluster, neighbour: Cluster | None, rows: Rows, shared: Shared) -> None:
    """Five figures on average; every twelfth cluster shares one with the cluster before it."""
    dice = chance("figures", number)
    if cluster.is_expected:
        if dice.random() < 0.3:
            rows.tell(a_figure("area", dice, shared), cluster)
        return
    for code, times in (("founded", dice.choice((0, 1, 1, 3))), ("members", dice.choice((1, 1, 2, 4)))):
        for _time in range(times):
            rows.tell(a_figure(code, dice, shared), cluster)
    for code in ("employees", "member_companies", "turnover", "startups_supported", "area"):
        if dice.random() < 0.4:
            rows.tell(a_figure(code, dice, shared), cluster)
    if dice.random() < 0.12:
        mistaken = rows.tell(a_figure("members", dice, shared), cluster)
        rows.tell(a_figure("members", dice, shared, supersedes=mistaken, dated=mistaken.dated), cluster)
    if dice.random() < 0.1:
        reason = "Chiffre recopié avec un zéro de trop."
        rows.tell(a_figure("employees", dice, shared, rank="deprecated", rank_reason=reason), cluster)
    if number % 12 == 0 and neighbour is not None and not neighbour.is_expected:
        rows.tell(a_figure("employees", dice, shared, scope="joint"), neighbour, cluster)


def a_figure(code: str, dice: random.Random, shared: Shared, **values: Any) -> Observation:
    """A value of a source; its date is not after the source's own, and one in three has none."""
    _new, low, high, currency = INDICATORS[code]
    indicator, source = shared.indicators[code], dice.choice(shared.sources)
    is_year = indicator.measure == Indicator.Measure.YEAR
    last = source.published_first.year if source.published_first else 2019
    made: dict[str, Any] = {
        "value": Decimal(dice.randint(low, min(high, last) if is_year else high)),
        "precision": "exact" if is_year else dice.choices(PRECISIONS, SHARES)[0],
        "currency": currency,
        "dated": "" if is_year or dice.random() < 0.35 else str(dice.randint(last - 12, last)),
    }
    return Observation(indicator=indicator, source=source, **{**made, **values})


def entries(rows: Rows) -> Iterator[tuple[Cluster, str, str, str]]:
    """What the full-text index holds of each cluster, as Cluster.index() puts it for one."""
    shown: dict[int, list[str]] = {}
    sectors: dict[int, list[str]] = {}
    for name in rows.lines.get(ClusterName, []):
        if name.source.is_published:
            shown.setdefault(name.cluster_id, []).append(name.value)
    for link in rows.lines.get(ClusterSector, []):
        sectors.setdefault(link.cluster_id, []).append(link.sector.label)
    for one in rows.clusters:
        heavy = [one.name, one.acronym, one.city, *shown.get(one.pk, [])]
        light = [one.summary, text_of(one.description), one.country.name, *sectors.get(one.pk, [])]
        yield one, " ".join(heavy), " ".join(light), "fr"


# -- What they share ----------------------------------------------------------------------------------------------------


def some_sectors() -> list[Sector]:
    """The sectors that are there; of an empty registry, one for each branch."""
    if not Sector.objects.exists():
        Sector.objects.bulk_create(
            Sector(code=f"{MARK}-{place}", label=f"{branch.capitalize()} (essai)", scheme="grappe")
            for place, branch in enumerate(BRANCHES, 1)
        )
    return list(Sector.objects.order_by("code"))


def some_sources() -> list[Source]:
    """Five hundred sources: every tenth repeats one before it, every fortieth is not public, every sixth has no date."""
    there = {one.slug: one for one in Source.objects.filter(slug__startswith=f"{MARK}-source-")}
    made: list[Source] = []
    for number in range(1, SOURCES + 1):
        if f"{MARK}-source-{number}" not in there:
            made.append(a_source(number))
    Source.objects.bulk_create(made)
    by_slug = there | {one.slug: one for one in made}
    copies = [one for number, one in enumerate(made, 1) if number % 10 == 0]
    for one in copies:
        number = int(one.slug.rpartition("-")[2])
        one.derived_from = by_slug[f"{MARK}-source-{number - 5}"]
    Source.objects.bulk_update(copies, ["derived_from"])
    return [by_slug[f"{MARK}-source-{number}"] for number in range(1, SOURCES + 1)]


def a_source(number: int) -> Source:
    dice = chance("source", number)
    year = dice.randint(2012, 2024)
    return Source(
        slug=f"{MARK}-source-{number}",
        kind=dice.choice(Source.Kind.values),
        title=f"Étude d’essai {number}",
        publisher=f"Institut d’essai {number % 40}",
        published="" if number % 6 == 0 else dice.choice((f"{year}", f"{year}-{dice.randint(1, 12):02d}")),
        url=f"https://source-{number}.example.org/",
        accessed_on=dt.date(2025, 6, 1),
        publication="draft" if number % 40 == 0 else "published",
    )


def some_programmes() -> list[Programme]:
    """Twenty programmes, some of them parts of another."""
    made: list[Programme] = []
    for number in range(1, PROGRAMMES + 1):
        start = 2000 + number
        made.append(
            Programme.objects.get_or_create(
                slug=f"{MARK}-programme-{number}",
                defaults={
                    "name": f"Programme d’essai {number}", "kind": Programme.Kind.values[number % 5], "start": str(start),
                    "parent": made[number // 6 - 1] if number > 14 else None, "countries": ["MA", "TN"],
                    "publication": "draft" if number == PROGRAMMES else "published",
                },
            )[0]
        )  # fmt: skip
    return made


def some_indicators() -> dict[str, Indicator]:
    return {
        code: Indicator.objects.get_or_create(code=code, defaults=defaults)[0]
        for code, (defaults, *_range) in INDICATORS.items()
    }


def a_verifier() -> Any:
    """Who is said to have verified the records: nobody can log in as that person."""
    user, new = get_user_model().objects.get_or_create(
        username=MARK, defaults={"is_active": False, "first_name": "Données", "last_name": "de synthèse"}
    )
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
