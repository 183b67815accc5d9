"""A cluster's record: its identity, what stands against publishing it, its status over time; and facts that cannot be."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from clusters.history import Revision
from clusters.models import Cluster, Observation, Source
from clusters.models.publication import RESERVED_SLUGS
from tests.factories import (
    make_cluster,
    make_indicator,
    make_observation,
    make_programme,
    make_sector,
    make_source,
    make_status,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_a_public_id_is_given_once_and_never_again():
    first = make_cluster()
    assert first.public_id == f"GRP-{first.pk:04d}"
    first.name = "Renommé"
    first.save()
    assert Cluster.objects.get(pk=first.pk).public_id == first.public_id
    first.delete()
    assert make_cluster().public_id != first.public_id


def ready(**values):
    return make_cluster(publication="draft", **values)


@pytest.mark.parametrize(
    ("values", "sectors", "people", "sentences"),
    [
        ({}, 1, False, []),
        ({"name": " "}, 1, False, ["nom"]),
        ({"country": ""}, 1, False, ["pays"]),
        ({"status": ""}, 1, False, ["situation"]),
        ({}, 0, False, ["secteur"]),
        ({"status": "merged"}, 1, False, ["succède"]),
        ({"status": "expected"}, 1, True, ["attendu"]),
        ({"status": "announced"}, 1, True, ["attendu"]),
        ({"status": "expected"}, 1, False, []),
        ({"status": "active"}, 1, True, []),
        ({"name": "", "country": "", "status": ""}, 0, False, ["nom", "pays", "situation", "secteur"]),
    ],
)
def test_what_stands_against_publishing_a_record(values, sectors, people, sentences):
    problems = ready(**values).publication_problems(sectors, people)
    assert len(problems) == len(sentences)
    for problem, word in zip(problems, sentences, strict=True):
        assert word in problem
        assert problem.endswith(".")


def test_publishing_makes_a_record_public_or_says_why_not():
    cluster = ready()
    cluster.publish()
    assert Cluster.objects.visible().get() == cluster
    bare = ready()
    bare.sector_links.all().delete()
    with pytest.raises(ValidationError) as error:
        bare.publish()
    assert error.value.messages == ["Rangez la fiche dans au moins un secteur avant de la publier."]
    assert bare not in Cluster.objects.visible()


@pytest.mark.parametrize("code", Cluster.FIGURES_OF_PEOPLE)
def test_an_expected_cluster_with_people_is_not_published(code):
    cluster = ready(status="expected")
    make_observation(cluster, indicator=make_indicator(code=code))
    with pytest.raises(ValidationError, match="attendu"):
        cluster.publish()


def test_the_status_follows_the_latest_dated_line():
    cluster = make_cluster(status="announced")
    cluster.follow_status()
    assert cluster.status == "announced"
    make_status(cluster, status="active", since="2015")
    make_status(cluster, status="dormant", since="2019-06")
    make_status(cluster, status="expected", since="2008")
    make_status(cluster, status="unknown")
    cluster.follow_status()
    assert Cluster.objects.get(pk=cluster.pk).status == "dormant"


def test_the_status_is_that_of_what_anybody_may_read(as_role, client):
    editor, cluster = as_role("editor"), make_cluster(status="unknown")
    draft = make_source(publication="draft")
    make_status(cluster, status="active", since="2009")
    make_status(cluster, status="dormant", since="2011", source=draft)
    cluster.follow_status()
    assert cluster.status == "active"
    chosen = {"_selected_action": [draft.pk]}
    for action, status in (("publish", "dormant"), ("withdraw", "active")):
        client.post("/admin/clusters/source/", {**chosen, "action": action})
        cluster.refresh_from_db()
        assert cluster.status == status
        kept = Revision.objects.of(cluster).first()
        assert (kept.by, draft.title in kept.why) == (editor, True)


def test_the_status_is_chosen_by_hand_until_a_line_may_be_read(as_role, client):
    as_role("editor")
    cluster = make_cluster()
    line = make_status(cluster, status="dormant", since="2011", source=make_source(publication="draft"))
    address = f"/admin/clusters/cluster/{cluster.pk}/change/"
    assert 'name="status"' in client.get(address).content.decode()
    Source.objects.filter(pk=line.source_id).update(publication="published")
    assert 'name="status"' not in client.get(address).content.decode()


def test_quietly_dead_is_not_closed():
    cluster = make_cluster()
    make_status(cluster, status="closed", since="2019")
    make_status(cluster, status="dormant", since="2020")
    cluster.follow_status()
    assert cluster.get_status_display() == "En sommeil"


def test_verifying_says_who_and_when():
    cluster, editor = make_cluster(), make_user()
    cluster.verify(editor, dt.date(2026, 3, 2))
    stored = Cluster.objects.get(pk=cluster.pk)
    assert (stored.verified_by, stored.verified_on) == (editor, dt.date(2026, 3, 2))


@pytest.mark.parametrize(
    ("values", "place", "name"),
    [
        ({"city": "Casablanca", "region": "Casablanca-Settat"}, "Casablanca, Maroc", "Denim"),
        ({"city": "", "region": "Souss-Massa"}, "Souss-Massa, Maroc", "Denim"),
        ({"city": "", "acronym": "MDC"}, "Maroc", "Denim (MDC)"),
        ({"city": "Tunis", "country": "TN", "acronym": "Denim"}, "Tunis, Tunisie", "Denim"),
    ],
)
def test_how_a_record_names_itself_and_its_place(values, place, name):
    cluster = make_cluster(name="Denim", **values)
    assert (cluster.place, str(cluster)) == (place, name)


def fact(measure="count", **values):
    figure = Observation(**{"value": Decimal(5), "scope": "cluster", **values})
    figure.indicator = make_indicator(measure=measure)
    figure.source = values.get("source") or make_source(published="2020-03-02")
    return figure


@pytest.mark.parametrize(
    ("measure", "values", "field"),
    [
        ("money", {}, "currency"),
        ("percentage", {"value": Decimal("100.5")}, "value"),
        ("count", {"dated": "2999"}, "dated"),
        ("count", {"dated": "2020-04"}, "dated"),
        ("count", {"dated": "2021/2022"}, "dated"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_with_a_sentence(measure, values, field):
    with pytest.raises(ValidationError) as error:
        fact(measure, **values).clean()
    assert list(error.value.message_dict) == [field]
    assert error.value.messages[0].endswith(("…", "."))


@pytest.mark.parametrize(
    ("measure", "values"),
    [
        ("money", {"currency": "MAD"}),
        ("percentage", {"value": Decimal(100)}),
        ("count", {"dated": "2020-03-02"}),
        ("count", {"dated": "2020"}),  # the year holds days before the source
        ("count", {"dated": "2019/2021"}),
        ("count", {}),
    ],
)
def test_a_fact_that_can_be_passes(measure, values):
    fact(measure, **values).clean()


def test_a_fact_without_indicator_or_source_yet_does_not_break_the_form():
    Observation(value=None, dated="2008").clean()


@pytest.mark.parametrize(
    "slug", ["", "Majuscule", "accentué", "deux mots", "-a", "a-", "a--b", "a_b", "a\n", *sorted(RESERVED_SLUGS)]
)
def test_slugs_that_the_addresses_cannot_hold_are_refused(slug):
    sector = make_sector()
    sector.code = slug
    with pytest.raises(ValidationError) as error:
        sector.full_clean()
    assert "code" in error.value.message_dict


@pytest.mark.parametrize("slug", ["a", "ce3m", "cluster-solaire", "2020", "carte"])
def test_slugs_that_they_can(slug):
    sector = make_sector()
    sector.code = slug
    sector.full_clean()


@pytest.mark.parametrize(
    "address", ["exemple.org", "javascript:alert(1)", "ftp://exemple.org", "//exemple.org", "mailto:a@b.fr"]
)
def test_an_address_that_is_not_of_the_web_is_refused(address):
    source = make_source()
    source.url = address
    with pytest.raises(ValidationError) as error:
        source.full_clean()
    assert error.value.message_dict["url"] == ["Écrivez une adresse complète, qui commence par https:// ou http://."]


def test_a_text_that_typography_makes_too_long_is_refused_with_a_sentence(db):
    cluster = make_cluster()
    cluster.name = ("Mot! " * 40)[:200]
    with pytest.raises(ValidationError) as refused:
        cluster.full_clean()
    assert "raccourcissez" in refused.value.message_dict["name"][0]


@pytest.mark.parametrize(
    ("country", "latitude", "longitude", "note", "sentence"),
    [
        ("MA", "33.58", "-7.61", "", ""),
        ("MA", "-7.61", "33.58", "", "interverties"),
        ("MA", "36.80", "10.18", "", "hors du pays"),
        ("MA", "36.80", "10.18", "Le siège est à Tunis.", ""),
        ("MA", "27.15", "-13.20", "", ""),
        ("EH", "27.15", "-13.20", "", ""),
        ("JP", "1", "1", "", ""),
        ("", "33.58", "-7.61", "", ""),
    ],
)
def test_coordinates_outside_the_country_need_a_note(country, latitude, longitude, note, sentence):
    cluster = make_cluster(
        publication="draft", country=country, latitude=Decimal(latitude), longitude=Decimal(longitude), location_precision="city",
        location_note=note,
    )  # fmt: skip
    if not sentence:
        cluster.full_clean()
        return
    with pytest.raises(ValidationError, match=sentence) as error:
        cluster.full_clean()
    assert list(error.value.message_dict) == ["latitude"]


# -- Recording a figure ---------------------------------------------------------------------------------------------------


def a_figure(**values):
    return {"indicator": make_indicator(), "value": Decimal(80), "source": make_source(published="2020"), **values}


def test_a_figure_is_recorded_with_its_subjects_at_once():
    pair, editor = [make_cluster(), make_cluster()], make_user()
    alone = Observation.record(a_figure(), clusters=pair[:1], by=editor)
    joint = Observation.record(a_figure(dated="2019"), clusters=pair)
    of_programme = Observation.record(a_figure(programme=make_programme()))
    of_country = Observation.record(a_figure(country="MA"))
    assert [one.scope for one in (alone, joint, of_programme, of_country)] == [
        "cluster",
        "joint",
        "programme",
        "country",
    ]
    assert (alone.recorded_by, joint.recorded_by) == (editor, None)
    assert set(joint.clusters.all()) == set(pair)
    assert joint.dated_last == dt.date(2019, 12, 31)


@pytest.mark.parametrize(
    ("values", "how_many", "field", "sentence"),
    [
        ({}, 0, "clusters", "Choisissez un cluster, et un seul"),
        ({"scope": "cluster"}, 2, "clusters", "Choisissez un cluster, et un seul"),
        ({"scope": "joint"}, 1, "clusters", "au moins deux clusters"),
        ({"country": "MA"}, 1, "clusters", "ne nomme pas de cluster"),
        ({"scope": "programme"}, 0, "__all__", "Indiquez ce sur quoi porte le chiffre"),
        ({"value": Decimal(-1)}, 1, "__all__", "négative"),
        ({"rank": "deprecated"}, 1, "__all__", "Dites pourquoi"),
        ({"dated": "2999"}, 1, "dated", "à venir"),
        ({"dated": "2018/2999"}, 1, "dated", "s’achève dans l’avenir"),
        ({"dated": "2021"}, 1, "dated", "suit la parution"),
        ({"dated": "hier"}, 1, "dated", "n’est pas une date"),
        ({"source": None}, 1, "source", ""),
    ],
)
def test_a_figure_that_cannot_be_recorded_leaves_nothing_behind(values, how_many, field, sentence):
    with pytest.raises(ValidationError) as error:
        Observation.record(a_figure(**values), clusters=[make_cluster() for _n in range(how_many)])
    assert list(error.value.message_dict) == [field]
    assert sentence in error.value.message_dict[field][0]
    assert not Observation.objects.exists()


def test_a_source_is_not_dated_before_what_it_says():
    source = make_source(published="2020")
    figure = make_observation(make_cluster(), source=source, dated="2019-06")
    source.published = "2015"
    with pytest.raises(ValidationError, match="juin 2019") as refused:
        source.full_clean()
    assert list(refused.value.message_dict) == ["published"]
    make_observation(*figure.clusters.all(), indicator=figure.indicator, supersedes=figure, dated="2014")
    source.full_clean()


def test_a_period_may_reach_into_the_year_that_runs():
    year = dt.date.today().year
    figure = Observation.record(a_figure(dated=f"2018/{year}", source=make_source()), clusters=[make_cluster()])
    assert figure.dated_last == dt.date(year, 12, 31)


def test_the_same_cluster_twice_is_one_subject():
    cluster = make_cluster()
    with pytest.raises(ValidationError, match="au moins deux clusters"):
        Observation.record(a_figure(), clusters=[cluster, cluster])


@pytest.mark.parametrize(("value", "upper"), [(Decimal(101), None), (Decimal(90), Decimal(110))])
def test_no_end_of_a_range_of_percentages_is_above_a_hundred(value, upper):
    indicator = make_indicator(measure="percentage")
    with pytest.raises(ValidationError, match="de 0 à 100"):
        Observation.record(a_figure(indicator=indicator, value=value, upper=upper), clusters=[make_cluster()])


@pytest.mark.parametrize("code", Cluster.FIGURES_OF_PEOPLE)
def test_a_published_expected_cluster_takes_no_figure_of_people_alone_or_jointly(code):
    expected, indicator = make_cluster(status="expected"), make_indicator(code=code)
    for others in ([], [make_cluster()]):
        with pytest.raises(ValidationError, match="attendu"):
            Observation.record(a_figure(indicator=indicator), clusters=[expected, *others])
    Observation.record(
        a_figure(indicator=indicator, rank="deprecated", rank_reason="d’une autre association"), clusters=[expected]
    )
    Observation.record(a_figure(indicator=indicator), clusters=[make_cluster(status="expected", publication="draft")])


def test_a_published_cluster_with_members_does_not_become_expected():
    cluster = make_cluster()
    figure = make_observation(cluster, indicator=make_indicator(code="members"))
    make_status(cluster, status="announced", since="2020")
    with pytest.raises(ValidationError, match="attendu"):
        cluster.follow_status()
    assert Cluster.objects.get(pk=cluster.pk).status == "active"
    aside = a_figure(indicator=figure.indicator, supersedes=figure, rank="deprecated", rank_reason="d’un autre")
    Observation.record(aside, clusters=[cluster])
    cluster.follow_status()
    assert Cluster.objects.get(pk=cluster.pk).status == "announced"


def test_a_figure_is_not_recorded_for_a_record_that_was_merged():
    with pytest.raises(ValidationError, match="fusionnée dans une autre fiche"):
        Observation.record(a_figure(), clusters=[make_cluster(merged_into=make_cluster())])


@pytest.mark.parametrize("name", ["value", "upper"])
@pytest.mark.parametrize("number", ["1000000000000000", "9999999999999999.9999"])
def test_a_number_that_could_not_be_read_back_is_refused(name, number):
    figure = Observation(
        indicator=make_indicator(), source=make_source(), **{"value": Decimal(1), name: Decimal(number)}
    )
    with pytest.raises(ValidationError, match="trop grand"):
        figure.full_clean()


def test_the_largest_number_is_read_back():
    figure = make_observation(make_cluster(), value=Decimal("999999999999999"))
    assert Observation.objects.get(pk=figure.pk).value == Decimal("999999999999999")
