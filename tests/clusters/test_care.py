"""What needs care: each warning with a record that has it and one that has not, its sentence, and what it costs to ask."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clusters import care
from clusters.models import Cluster, Source
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 26)


def check(key, *records, on=TODAY):
    """Record → its sentences, for those that have the warning; asked as a condition and told, which must agree."""
    concern = care.named(key)
    kind = concern.about
    found = set(concern.among(kind.objects.all(), on))
    told = concern.tell(list(kind.objects.all()), on)
    assert {one.pk for one in found} == set(told), key
    for one in kind.objects.all():
        alone = concern.tell([one], on)
        assert alone.get(one.pk) == told.get(one.pk), "asked alone or with others"
    assert found <= set(records) or not records
    return {one: told[one.pk] for one in found}


def series(cluster, *dated, indicator=None, **values):
    indicator = indicator or make.make_indicator(label="Adhérents")
    for value, day in dated:
        make.make_observation(cluster, indicator=indicator, value=Decimal(value), dated=day, **values)
    return indicator


# -- Figures ------------------------------------------------------------------------------------------------------------


def test_a_leap_between_neighbours():
    leaping, falling, calm, undated = (make.make_cluster() for _n in range(4))
    indicator = series(leaping, ("80", "2018"), ("90", "2019"), ("200", "2021-03"))
    series(falling, ("200", "2018"), ("99", "2019"), indicator=indicator)
    series(calm, ("80", "2018"), ("120", "2019"), ("60", "2020"), indicator=indicator)
    series(undated, ("80", ""), ("900", ""), ("8", "2019"), indicator=indicator)
    found = check("ecart", leaping, falling)
    assert found[leaping] == [
        "Adhérents : 90 adhérents (2019), puis 200 adhérents (mars 2021). Plus de la moitié d’écart : "
        "la même chose est-elle comptée ?"
    ]
    assert set(found) == {leaping, falling}


def test_what_is_no_neighbour_is_no_leap():
    cluster, other = make.make_cluster(), make.make_cluster()
    indicator = series(cluster, ("80", "2018"))
    series(cluster, ("900", "2019"), indicator=indicator, unit="startups")
    series(cluster, ("900", "2019"), indicator=indicator, rank="deprecated", rank_reason="erreur")
    series(other, ("900", "2019"), indicator=indicator)
    series(cluster, ("1", "2020"), ("900", "2020"))
    series(cluster, ("1950", "2018"), ("2", "2019"), indicator=make.make_indicator(measure="year"))
    make.make_observation(cluster, other, indicator=indicator, value=Decimal(900), dated="2020")
    old = make.make_observation(cluster, indicator=indicator, value=Decimal(900), dated="2021")
    make.make_observation(cluster, indicator=indicator, value=Decimal(81), dated="2021", supersedes=old)
    series(cluster, ("0", "2018"), ("5", "2019"))
    assert check("ecart") == {}


def test_a_total_that_falls():
    falling, rising, stock = (make.make_cluster() for _n in range(3))
    total = make.make_indicator(label="Emplois créés", unit="emplois", behaviour="cumulative")
    series(falling, ("100", "2018"), ("90", "2019"), indicator=total)
    series(rising, ("100", "2018"), ("100", "2019"), ("140", "2020"), indicator=total)
    series(stock, ("100", "2018"), ("90", "2019"))
    found = check("baisse", falling)
    assert found[falling] == [
        "Emplois créés : ce cumul baisse. 100 emplois (2018), puis 90 emplois (2019) : l’une des deux compte autre chose."
    ]


def test_fewer_than_fifteen_members():
    members = make.make_indicator(code="members")
    small, grown, range_up, at_least, pole, replaced = (make.make_cluster() for _n in range(6))
    series(small, ("40", "2015"), ("14", "2019"), indicator=members)
    series(grown, ("14", "2015"), ("15", "2019"), indicator=members)
    series(range_up, ("12", "2019"), indicator=members, upper=Decimal(20))
    series(at_least, ("10", "2019"), indicator=members, precision="at_least")
    Cluster.objects.filter(pk=pole.pk).update(kind="pole")
    series(pole, ("3", "2019"), indicator=members)
    series(replaced, ("3", "2019"), indicator=members, rank="deprecated", rank_reason="erreur")
    assert check("adherents", small) == {
        small: ["14 adhérents : une organisation de cluster en compte d’ordinaire au moins 15."]
    }


def test_a_figure_grown_old():
    indicator = make.make_indicator(label="Adhérents", freshness_days=730)
    old, fresh, undated, lasting = (make.make_cluster() for _n in range(4))
    series(old, ("80", "2018"), ("90", "2020-03"), indicator=indicator)
    series(fresh, ("80", "2018"), ("90", "2025-03"), indicator=indicator)
    make.make_observation(undated, indicator=indicator, source=make.make_source(published="2019"))
    series(lasting, ("80", "2010"))
    found = check("ancien", old, undated)
    assert found[old] == ["Adhérents : le dernier chiffre remonte à 2020. Au-delà de 2 ans, il est à revoir."]
    assert undated in found


# -- Records ------------------------------------------------------------------------------------------------------------


def test_a_label_past_its_end():
    label = make.make_programme(name="ECEI", kind="label")
    ended, renewed, running, endless, call = (make.make_cluster() for _n in range(5))
    for cluster, role in ((ended, "labelled"), (renewed, "labelled"), (call, "participant")):
        programme = label if cluster is not call else make.make_programme(kind="call")
        make.make_participation(cluster, programme, role=role, level="bronze", valid_from="2017", valid_to="2019-06-01")
    make.make_participation(renewed, label, role="labelled", level="argent", valid_from="2019", valid_to="2027")
    make.make_participation(running, label, role="labelled", valid_to="2026-11-26")
    make.make_participation(endless, label, role="labelled")
    assert check("label", ended) == {
        ended: ["Label « ECEI », niveau bronze, échu depuis le 1er juin 2019 : renouvelé, ou perdu ?"]
    }


def test_only_the_last_period_of_a_label_is_told():
    label, cluster = make.make_programme(kind="label"), make.make_cluster()
    for first, last in (("2012", "2014"), ("2015", "2017")):
        make.make_participation(cluster, label, role="labelled", valid_from=first, valid_to=last)
    (sentences,) = check("label", cluster).values()
    assert ["2017" in one for one in sentences] == [True]


def test_not_verified_for_twelve_months():
    never, long_ago, lately = (make.make_cluster() for _n in range(3))
    editor = make.make_user()
    long_ago.verify(editor, dt.date(2025, 11, 25))
    lately.verify(editor, dt.date(2025, 11, 27))
    assert check("verifier", never, long_ago) == {
        never: ["Personne n’a encore vérifié cette fiche."],
        long_ago: ["Vérifiée le 25 novembre 2025 : il y a plus d’un an."],
    }


def test_a_name_or_an_acronym_that_another_record_has():
    one, other = make.make_cluster(name="Énergies du Sud"), make.make_cluster(name="Energies du sud")
    short, known = make.make_cluster(acronym="MCIC"), make.make_cluster(acronym="mcic")
    former, holder = make.make_cluster(name="Pôle Textile"), make.make_cluster()
    make.make_name(holder, value="Pôle textile")
    pair = [make.make_cluster(), make.make_cluster()]
    for cluster in pair:
        make.make_name(cluster, value="Cluster Bleu")
    alone = make.make_cluster(name="Seul", acronym="SEUL")
    make.make_name(alone, value="Seul", kind="official")
    merged = make.make_cluster(name="Seul", merged_into=alone)
    make.make_name(merged, value="Seul", kind="short")
    found = check("homonyme")
    assert set(found) == {one, other, short, known, former, holder, *pair}
    assert found[one] == [
        f"« Énergies du Sud » est aussi le nom ou le sigle de Energies du sud ({other.public_id}) : le même organisme, ou deux ?"
    ]
    assert other.public_id not in found[short][0]
    assert known.public_id in found[short][0]
    assert holder.public_id in found[former][0]
    assert former.public_id in found[holder][0]


def test_one_witness_for_all_facts():
    study = make.make_source(title="Rapport", publisher="IPEMED")
    press = make.make_source(derived_from=study)
    copied = make.make_source(derived_from=press)
    alone, two, placed = (make.make_cluster() for _n in range(3))
    make.make_observation(alone, source=study)
    make.make_status(alone, source=press)
    make.make_name(alone, source=copied)
    make.make_name(alone)
    make.make_participation(alone, make.make_programme(), source=press)
    make.make_observation(two, source=study)
    make.make_name(two, source=make.make_source())
    Cluster.objects.filter(pk=placed.pk).update(
        location_source=make.make_source(kind="press", title="Article", publisher="")
    )
    found = check("temoin", alone, placed)
    assert found[alone] == [
        "Tous les faits de cette fiche viennent d’une seule étude : « IPEMED, Rapport ». 3 sources la citent ou la reprennent."
    ]
    assert found[placed] == ["Tous les faits de cette fiche viennent d’une seule source : « Article »."]


def test_a_replaced_figure_is_no_second_witness():
    cluster, study = make.make_cluster(), make.make_source()
    old = make.make_observation(cluster)
    make.make_observation(cluster, indicator=old.indicator, source=study, supersedes=old)
    assert set(check("temoin")) == {cluster}


def test_a_name_or_a_participation_without_a_source():
    named, taking_part, sourced = (make.make_cluster() for _n in range(3))
    make.make_name(named, value="CS")
    make.make_participation(taking_part, make.make_programme(name="Plan"))
    make.make_name(sourced, source=make.make_source())
    make.make_participation(sourced, make.make_programme(), source=make.make_source())
    assert check("sans-source") == {
        named: ["Le nom « CS » n’a pas de source."],
        taking_part: ["La participation à « Plan » n’a pas de source."],
    }


def test_a_page_that_is_cited_and_not_archived():
    url = "https://example.org/page"
    figure, article, programme, idle, archived, offline = (
        make.make_source(url=address, archived_url=copy)
        for address, copy in ((url, ""), (url, ""), (url, ""), (url, ""), (url, url), ("", ""))
    )
    make.make_observation(make.make_cluster(), source=figure)
    make.make_article(sources=[article])
    make.make_programme().sources.add(programme)
    make.make_source(derived_from=idle)
    for source in (archived, offline):
        make.make_observation(make.make_cluster(), source=source)
    found = check("copie", figure, article, programme)
    assert set(found) == {figure, article, programme}
    assert url in found[figure][0]


# -- All of them together -------------------------------------------------------------------------------------------------


def test_each_warning_has_a_key_and_words_of_its_own():
    keys = [one.key for one in care.CONCERNS]
    assert len(set(keys)) == len(keys)
    assert len({str(one.label) for one in care.CONCERNS}) == len(keys)
    assert care.named("rien") is None
    assert {one.about for one in care.CONCERNS} == {Cluster, Source}


def test_what_needs_care_is_what_has_any_warning():
    editor, study = make.make_user(), make.make_source()
    calm, never, nameless = (make.make_cluster() for _n in range(3))
    for cluster in (calm, nameless):
        cluster.verify(editor, TODAY)
    make.make_name(nameless)
    assert set(care.needing(Cluster.objects.all(), TODAY)) == {never, nameless}
    assert not care.needing(Source.objects.all(), TODAY).exists()
    told = care.told([calm, never, nameless], TODAY)
    assert told[calm.pk] == []
    assert [line.concern.key for line in told[never.pk]] == ["verifier"]
    assert care.told([], TODAY) == {}
    assert study.pk in care.told([study], TODAY)


def grow(sector, number):
    """Records that have every warning."""
    members = make.make_indicator(code=f"members-{make.number()}", freshness_days=365, behaviour="cumulative")
    label = make.make_programme(kind="label")
    for _n in range(number):
        cluster = make.make_cluster(sector, name="Le même nom", acronym="LMN")
        source = make.make_source(url="https://example.org/")
        series(cluster, ("80", "2015"), ("9", "2016"), indicator=members, source=source)
        make.make_name(cluster, value="Un autre")
        make.make_participation(cluster, label, role="labelled", valid_to="2017")


def test_it_costs_as_many_queries_for_many_as_for_few():
    sector = make.make_sector()
    costs = []
    for number in (2, 10):
        grow(sector, number)
        with CaptureQueriesContext(connection) as asked:
            rows = list(Cluster.objects.all())
            told = care.told(rows, TODAY)
        assert all(len(lines) >= 7 for lines in told.values())
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 26
