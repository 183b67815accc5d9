"""The registry as of a day: the queries against a naive replay of a thousand random histories, and the pages.

Past 400 lines: the replay and the single rules tell the same rule twice, and are read side by side.
"""

import datetime as dt
import random

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from clusters.as_of import Moment
from clusters.filters import ClusterFilter
from clusters.models import (
    Cluster,
    ClusterName,
    Observation,
    ObservationSubject,
    Participation,
    Source,
    StatusChange,
)
from clusters.models.statuses import Status
from tests.factories import (
    make_cluster,
    make_indicator,
    make_name,
    make_observation,
    make_participation,
    make_programme,
    make_source,
    make_status,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 26)
HISTORIES = 1000
LATER = dt.date.max


# -- what is asked


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("2018", dt.date(2018, 12, 31), "fin 2018"),
        ("2020-02", dt.date(2020, 2, 29), "fin février 2020"),
        ("2018-12-31", dt.date(2018, 12, 31), "le 31 décembre 2018"),
        ("2026", TODAY, "le 26 novembre 2026"),
        ("2026-11-26", TODAY, "le 26 novembre 2026"),
        ("0001", dt.date(1, 12, 31), "fin 1"),
    ],
)
def test_a_moment_is_the_last_day_that_it_means(text, day, words):
    moment = Moment.parse(text, TODAY)
    assert (moment.day, str(moment)) == (day, words)


@pytest.mark.parametrize(
    "text",
    [
        "hier",
        "2018-13",
        "2018-02-30",
        "31/12/2018",
        "2016/2017",
        "2018-1",
        "٢٠١٨",
        "20180101",
        "-2018",
        "0000",
        "2018\x00",
    ],
)
def test_what_is_no_date_is_told(text):
    with pytest.raises(ValidationError, match="n’est pas une date"):
        Moment.parse(text, TODAY)


@pytest.mark.parametrize("text", ["2027", "2026-12", "2026-11-27", "9999"])
def test_what_is_to_come_is_told(text):
    with pytest.raises(ValidationError, match="à venir"):
        Moment.parse(text, TODAY)


# -- the replay


def at_random(chance, low=1995, high=2025):
    """A partial date, or none."""
    year, month = chance.randint(low, high), chance.randint(1, 12)
    return chance.choice(["", f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{chance.randint(1, 28):02}"])


def period(chance):
    first, last = sorted([chance.randint(1995, 2025), chance.randint(1995, 2025)])
    return chance.choice(
        [("", ""), (str(first), ""), ("", str(last)), (str(first), str(last)), (str(last), f"{last}-12-31")]
    )


@pytest.fixture
def histories():
    """A thousand clusters, each with a random history."""
    chance = random.Random(20260302)
    sources = [
        make_source(
            published=at_random(chance),
            accessed_on=chance.choice([None, dt.date(2019, 5, 4), dt.date(2026, 1, 2)]),
            publication=chance.choice(["published", "published", "published", "draft"]),
        )
        for _n in range(40)
    ]
    programmes = [make_programme() for _n in range(3)] + [make_programme(publication="draft")]
    members, year = make_indicator(), make_indicator(measure="year", unit="")
    Cluster.objects.bulk_create(
        Cluster(
            public_id=f"T-{n}", slug=f"t-{n}", name=f"Nom {n}", sort_name=f"nom0{n:04}", country="MA",
            status=chance.choice([one for one in Status.values if one != "merged"]), publication="published",
            location_source=chance.choice([*sources, *[None] * 80]),
        )
        for n in range(HISTORIES)
    )  # fmt: skip
    clusters = list(Cluster.objects.filter(public_id__startswith="T-"))
    lines, names, parts, figures, subjects = [], [], [], [], []
    for cluster in clusters:
        for _n in range(chance.randint(0, 3)):
            since = at_random(chance)
            lines.append(
                StatusChange(
                    cluster=cluster, status=chance.choice(Status.values), since=since, source=chance.choice(sources)
                )
            )
        for n in range(chance.randint(0, 3)):
            first, last = period(chance)
            names.append(
                ClusterName(cluster=cluster, value=f"{cluster.name} {n}", kind=chance.choice(ClusterName.Kind.values),
                            valid_from=first, valid_to=last, source=chance.choice([*sources, None]))
            )  # fmt: skip
        for programme in chance.sample(programmes, chance.randint(0, 2)):
            first, last = period(chance)
            parts.append(
                Participation(cluster=cluster, programme=programme, valid_from=first, valid_to=last,
                              source=chance.choice([*sources, None]))
            )  # fmt: skip
        for _n in range(chance.randint(0, 3)):
            is_year = chance.random() < 0.3
            figures.append(
                Observation(
                    indicator=year if is_year else members, value=chance.randint(1995, 2025),
                    dated="" if is_year else at_random(chance), source=chance.choice(sources),
                    rank="deprecated" if chance.random() < 0.2 else "normal", rank_reason="raison",
                )
            )  # fmt: skip
            subjects.append(ObservationSubject(observation=figures[-1], cluster=cluster))
    for model, rows in ((StatusChange, lines), (ClusterName, names), (Participation, parts), (Observation, figures)):
        model.objects.bulk_create(
            {(r.cluster_id, r.status, r.since, r.source_id): r for r in rows}.values()
            if model is StatusChange
            else rows
        )
    ObservationSubject.objects.bulk_create(subjects)
    return clusters


class Replay:
    """The registry of a day, told statement by statement: no query but the rows themselves."""

    def __init__(self, day):
        self.day = day
        self.sources = {row.pk: row for row in Source.objects.all()}

    def held(self, row, date):
        """Whether a statement with this partial date held on the day."""
        if getattr(row, date):
            return getattr(row, f"{date}_last") <= self.day
        since = self.since(row, date)
        return since is not None and since <= self.day

    def since(self, row, date):
        if getattr(row, date):
            return getattr(row, f"{date}_last")
        return self.appeared(row.source_id)

    def appeared(self, number):
        source = self.sources.get(number)
        return source and (source.published_last or source.accessed_on)

    def open(self, row):
        source = self.sources.get(row.source_id)
        return source is None or source.publication == "published"

    def tell(self, cluster, lines, names, parts, figures):
        """(name, status, number of figures, number of participations) of a cluster; None where nothing is known."""
        lines = [row for row in lines if self.open(row) and self.held(row, "since")]
        lines.sort(key=lambda row: (self.since(row, "since"), row.pk))
        names = [row for row in names if self.open(row)]
        begun = [row for row in names if self.held(row, "valid_from")]
        called = [
            row for row in names
            if row.kind in ("official", "former") and (row.valid_from or row.valid_to)
            and (not row.valid_from or row.valid_from_last <= self.day)
            and (not row.valid_to or self.day < row.valid_to_last)
        ]  # fmt: skip
        called.sort(key=lambda row: (row.valid_from_last or dt.date.min, row.pk))
        parts = [
            row
            for row in parts
            if self.open(row) and row.programme.publication == "published" and self.held(row, "valid_from")
        ]
        running = [row for row in parts if not row.valid_to or row.valid_to_last >= self.day]
        figures = [row for row in figures if self.open(row) and self.counted(row)]
        place = self.sources.get(cluster.location_source_id)
        is_placed = place and place.publication == "published" and (self.appeared(place.pk) or LATER) <= self.day
        if not (is_placed or lines or begun or parts or [row for row in figures if row.rank != "deprecated"]):
            return None
        name = called[-1].value if called else cluster.name
        return name, lines[-1].status if lines else "unknown", len(figures), len(running)

    def counted(self, row):
        if row.indicator.measure == "year":
            return dt.date(int(row.value), 12, 31) <= self.day
        return self.held(row, "dated")


def gathered(model, *related):
    by_cluster = {}
    for row in model.objects.select_related(*related).order_by("pk"):
        by_cluster.setdefault(row.cluster_id, []).append(row)
    return by_cluster


@pytest.mark.parametrize("text", ["1990", "2001-06-15", "2008", "2013-02", "2019-05-04", "2025-11"])
def test_a_thousand_histories_are_told_as_a_naive_replay_tells_them(histories, text):
    day = Moment.parse(text, TODAY).day
    told = Replay(day)
    lines, names, parts = gathered(StatusChange), gathered(ClusterName), gathered(Participation, "programme")
    figures = {}
    for link in ObservationSubject.objects.select_related("observation__indicator"):
        figures.setdefault(link.cluster_id, []).append(link.observation)
    expected = {}
    for cluster in histories:
        rows = (group.get(cluster.pk, []) for group in (lines, names, parts, figures))
        if (state := told.tell(cluster, *rows)) is not None:
            expected[cluster.pk] = state
    shown = Observation.objects.visible().as_of(day)
    running = Participation.objects.visible().as_of(day)
    counts = {}
    for pk in ObservationSubject.objects.filter(observation__in=shown).values_list("cluster", flat=True):
        counts.setdefault(pk, [0, 0])[0] += 1
    for pk in running.values_list("cluster", flat=True):
        counts.setdefault(pk, [0, 0])[1] += 1
    found = {
        row.pk: (row.shown_name, row.shown_status, *counts.get(row.pk, (0, 0)))
        for row in Cluster.objects.visible().as_of(day)
    }
    assert found == expected
    if text == "2013-02":
        assert 100 < len(found) < HISTORIES  # the histories tell something on both sides


def test_the_filters_count_what_the_replay_finds(histories):
    filters = ClusterFilter({"as_of": "2013"})
    rows = list(Cluster.objects.visible().as_of(dt.date(2013, 12, 31)))
    assert filters.total == len(rows) == filters.qs.count()
    facets = {facet["name"]: {one["value"]: one["count"] for one in facet["choices"]} for facet in filters.facets()}
    for status in Status.values:
        assert facets["status"].get(status, 0) == sum(row.status_then == status for row in rows)


# -- single rules


def then(cluster, text):
    return Cluster.objects.visible().as_of(Moment.parse(text, TODAY).day).filter(pk=cluster.pk).first()


def test_a_renamed_body_has_the_name_of_the_day():
    cluster = make_cluster(name="Cluster EnR", slug="enr")
    make_status(cluster, since="2014-04")
    make_name(cluster, value="Cluster Solaire", kind="former", valid_to="2022-06-30")
    make_name(cluster, value="Cluster EnR", kind="official", valid_from="2022-06-30")
    assert then(cluster, "2014-03") is None
    assert then(cluster, "2018").shown_name == "Cluster Solaire"
    assert then(cluster, "2022-06-29").shown_name == "Cluster Solaire"
    assert then(cluster, "2022-06-30").shown_name == "Cluster EnR"
    assert cluster.shown_name == "Cluster EnR"


def test_a_name_without_a_date_takes_no_day_from_the_name_of_today():
    cluster = make_cluster(name="MDFC")
    make_status(cluster, since="2013")
    make_name(cluster, value="Moroccan Denim Cluster", kind="former")
    assert then(cluster, "2015").shown_name == "MDFC"


def test_what_is_known_to_the_year_is_not_shown_within_it():
    cluster = make_cluster()
    make_status(cluster, status="active", since="2010")
    make_status(cluster, status="dormant", since="2014")
    assert then(cluster, "2010-06") is None
    assert [then(cluster, text).shown_status for text in ("2010", "2014-06", "2014-12")] == [
        "active",
        "active",
        "dormant",
    ]


def test_as_of_today_the_registry_is_what_it_is_today(histories):
    today = timezone.localdate()
    bare, year = make_cluster(status="dormant"), str(today.year)
    make_status(bare, status="active", since=year)
    make_name(bare, value="Nouveau nom", kind="official", valid_from=year)
    make_observation(bare, dated=year)
    make_observation(bare, indicator=make_indicator(measure="year", unit=""), value=today.year)
    for rows in (Observation.objects, Participation.objects, StatusChange.objects, ClusterName.objects):
        assert set(rows.visible().as_of(today)) == set(rows.visible())
    told = {(row.pk, row.shown_name, row.shown_status) for row in Cluster.objects.visible().as_of(today)}
    assert told == {(row.pk, row.name, row.status) for row in Cluster.objects.visible()}
    assert ClusterFilter({"as_of": today.isoformat()}).total == ClusterFilter({}).total
    assert bare.is_known_on(today)


def test_a_place_and_a_name_that_a_source_gives_are_statements():
    source = make_source(published="2017-02-21")
    placed = make_cluster(location_source=source)
    named = make_cluster()
    make_name(named, value="Autre", source=source)
    hidden = make_cluster(location_source=make_source(published="2017-02-21", publication="draft"))
    known = Cluster.objects.visible().as_of(dt.date(2017, 2, 21))
    assert set(known) == {placed, named}
    assert not Cluster.objects.visible().as_of(dt.date(2017, 2, 20)).exists()
    assert [one.is_known_on(dt.date(2018, 1, 1)) for one in (placed, named, hidden)] == [True, True, False]


def test_an_acronym_is_that_of_todays_name():
    cluster = make_cluster(name="Nouveau nom", acronym="NN")
    make_status(cluster, since="2010")
    make_name(cluster, value="Vieux nom", kind="former", valid_to="2021")
    assert cluster.shown_acronym == "NN"
    assert then(cluster, "2015").shown_acronym == ""
    assert then(cluster, "2022").shown_acronym == "NN"


def test_a_status_to_come_is_refused_at_its_date():
    cluster, tomorrow = make_cluster(status="active"), timezone.localdate() + dt.timedelta(days=1)
    line = StatusChange(cluster=cluster, status="closed", since=tomorrow.isoformat(), source=make_source())
    with pytest.raises(ValidationError, match="à venir") as refused:
        line.full_clean()
    assert list(refused.value.message_dict) == ["since"]


def test_a_statement_without_a_date_holds_from_its_source_on():
    cluster = make_cluster()
    make_status(cluster, status="active", source=make_source(published="2020-03-02"))
    assert then(cluster, "2020-03-01") is None
    assert then(cluster, "2020-03-02").shown_status == "active"


def test_an_expired_label_is_a_label_until_its_last_day():
    cluster, label = make_cluster(), make_programme()
    part = make_participation(cluster, label, role="labelled", valid_from="2012", valid_to="2014-06-30")
    days = {"2011": 0, "2012-12-31": 1, "2014-06-30": 1, "2014-07-01": 0}
    assert {
        day: Participation.objects.as_of(Moment.parse(day, TODAY).day).filter(pk=part.pk).count() for day in days
    } == days


def test_a_correction_learnt_later_tells_the_day_too():
    cluster = make_cluster()
    wrong = make_observation(cluster, value=50, dated="2017")
    right = make_observation(cluster, value=5, dated="2017", supersedes=wrong)
    assert list(Observation.objects.visible().as_of(dt.date(2018, 1, 1)).filter(Q(pk__in=[wrong.pk, right.pk]))) == [
        right
    ]


# -- pages


@pytest.fixture
def renamed():
    cluster = make_cluster(name="Cluster EnR", slug="enr", summary="Devenu Cluster EnR.", city="Casablanca")
    make_status(cluster, status="announced", since="2013")
    make_status(cluster, status="active", since="2014-04")
    make_name(cluster, value="Cluster Solaire", kind="former", valid_to="2022-06-30")
    make_observation(cluster, value=60, dated="2017")
    make_observation(cluster, value=210, dated="2024")
    return cluster


def test_the_page_of_a_cluster_shows_the_day_and_the_way_back(client, renamed):
    html = client.get("/clusters/enr/?as_of=2018").content.decode()
    assert "<h1>Cluster Solaire" in html
    assert "Le registre tel qu’il était fin 2018." in html
    assert '<a href="/clusters/enr/">Revenir à aujourd’hui</a>' in html
    assert ">60" in html
    assert "210" not in html
    assert '<meta name="robots" content="noindex">' in html


def test_the_list_shows_the_day_and_its_links_keep_it(client, renamed):
    make_status(make_cluster(name="Trop jeune"), since="2020")
    html = client.get("/clusters/?as_of=2018&view=table").content.decode()
    assert "Cluster Solaire" in html
    assert "Trop jeune" not in html
    assert 'href="/clusters/enr/?as_of=2018-12-31"' in html
    assert 'href="?as_of=2018&amp;view=table&amp;country=MA"' in html
    assert '<a href="?view=table">Revenir à aujourd’hui</a>' in html


def test_the_status_that_is_filtered_is_that_of_the_day(client, renamed):
    assert "Cluster Solaire" in client.get("/clusters/?as_of=2013&status=announced").content.decode()
    assert "Cluster EnR" not in client.get("/clusters/?status=announced").content.decode()


@pytest.mark.parametrize("address", ["/clusters/", "/clusters/enr/"])
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [("demain", "n’est pas une date"), ("2999", "est à venir"), ("2016/2017", "n’est pas une date")],
)
def test_a_wrong_day_is_said_and_today_is_shown(client, renamed, address, asked, sentence):
    response = client.get(address, {"as_of": asked})
    html = response.content.decode()
    assert response.status_code == 200
    assert sentence in html
    assert "Cluster EnR" in html


def test_before_everything_there_is_nothing_and_the_page_helps(client, renamed):
    assert "Revenir à aujourd’hui" in client.get("/clusters/?as_of=1900").content.decode()
    html = client.get("/clusters/enr/?as_of=1900").content.decode()
    assert "aucune source ne permet encore de rien établir" in html
    assert "210" not in html


def test_a_hidden_record_stays_hidden_on_any_day(client, renamed):
    draft = make_cluster(publication="draft", name="Caché", slug="cache")
    make_status(draft, since="2001")
    assert "Caché" not in client.get("/clusters/?as_of=2018").content.decode()
    assert client.get("/clusters/cache/?as_of=2018").status_code == 404
