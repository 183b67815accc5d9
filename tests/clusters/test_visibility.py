"""The one rule for what of the registry anybody may see: records, and the facts about them."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from clusters.models import (
    Cluster,
    ClusterName,
    Observation,
    Participation,
    Programme,
    Source,
    documented_by,
)
from clusters.models.clusters import public_links
from tests.factories import (
    make_cluster,
    make_indicator,
    make_name,
    make_observation,
    make_participation,
    make_programme,
    make_sector,
    make_source,
    make_status,
    make_user,
)

pytestmark = pytest.mark.django_db
HIDDEN = ("draft", "withdrawn")


@pytest.mark.parametrize(
    ("model", "make"), [(Cluster, make_cluster), (Source, make_source), (Programme, make_programme)]
)
@pytest.mark.parametrize("publication", HIDDEN)
def test_only_published_records_are_seen_except_by_those_who_work_on_them(model, make, publication):
    shown, hidden = make(), make(publication=publication)
    assert list(model.objects.visible()) == [shown]
    assert list(model.objects.visible_to(AnonymousUser())) == [shown]
    assert list(model.objects.visible_to(make_user("moderator"))) == [shown]
    assert list(model.objects.visible_to(make_user(None))) == [shown]
    for role in ("author", "editor", "admin"):
        assert set(model.objects.visible_to(make_user(role))) == {shown, hidden}
    assert list(model.objects.visible_to(make_user("editor", is_active=False))) == [shown]


def test_a_merged_cluster_is_seen_as_its_survivor_only():
    survivor = make_cluster()
    make_cluster(merged_into=survivor)
    assert list(Cluster.objects.visible()) == [survivor]


@pytest.mark.parametrize("publication", HIDDEN)
def test_a_figure_with_a_hidden_source_is_hidden(publication):
    make_observation(make_cluster(), source=make_source(publication=publication))
    assert not Observation.objects.visible().exists()


@pytest.mark.parametrize("publication", HIDDEN)
def test_a_joint_figure_with_one_hidden_subject_is_hidden_as_a_whole(publication):
    shown, other, hidden = make_cluster(), make_cluster(), make_cluster(publication=publication)
    joint = make_observation(shown, other)
    make_observation(shown, hidden)
    make_observation(hidden)
    assert list(Observation.objects.visible()) == [joint]
    assert list(Observation.objects.visible().about(shown)) == [joint]


def test_a_joint_figure_with_a_merged_subject_is_hidden_until_it_is_moved():
    survivor, loser = make_cluster(), make_cluster()
    figure = make_observation(survivor, loser)
    loser.merged_into = survivor
    loser.save()
    assert figure not in Observation.objects.visible()


def test_figures_of_programmes_and_countries():
    shown, hidden = make_programme(), make_programme(publication="draft")
    of_programme = make_observation(programme=shown)
    make_observation(programme=hidden)
    of_country = make_observation(country="MA")
    assert set(Observation.objects.visible()) == {of_programme, of_country}
    assert list(Observation.objects.visible().about(shown)) == [of_programme]
    assert list(Observation.objects.visible().about("MA")) == [of_country]
    assert not Observation.objects.visible().about("TN").exists()


def test_a_corrected_figure_gives_way_to_its_correction():
    cluster = make_cluster()
    wrong = make_observation(cluster)
    right = make_observation(cluster, indicator=wrong.indicator, supersedes=wrong)
    assert list(Observation.objects.visible()) == [right]
    assert Observation.objects.count() == 2


def test_an_observation_is_not_changed_after_it_is_recorded():
    figure = make_observation(make_cluster())
    figure.note = "autre"
    with pytest.raises(TypeError):
        figure.save()
    with pytest.raises(TypeError):
        Observation.objects.get().save(update_fields=["note"])
    assert Observation.objects.get().note == ""


def test_details_name_visible_subjects_only_in_the_order_of_a_page():
    first, second = make_cluster(name="B"), make_cluster(name="A")
    make_observation(first, second, dated="2010")
    recent = make_observation(first, dated="2019", indicator=Observation.objects.get().indicator)
    undated = make_observation(first, indicator=recent.indicator)
    rows = list(Observation.objects.visible().with_details())
    assert [row.dated for row in rows] == ["2019", "2010", ""]
    assert rows[2] == undated
    assert [cluster.name for cluster in rows[1].shown_subjects] == ["A", "B"]


@pytest.mark.parametrize("hide", ["cluster", "programme", "source"])
def test_a_participation_needs_everybody_in_it_to_be_seen(hide):
    rows = {"cluster": make_cluster(), "programme": make_programme(), "source": make_source()}
    participation = make_participation(rows["cluster"], rows["programme"], source=rows["source"])
    bare = make_participation(make_cluster(), make_programme())
    assert set(Participation.objects.visible()) == {participation, bare}
    rows[hide].publication = "withdrawn"
    rows[hide].save()
    assert list(Participation.objects.visible()) == [bare]


def test_a_name_whose_source_is_hidden_is_not_seen():
    cluster = make_cluster()
    bare, sourced = make_name(cluster), make_name(cluster, source=make_source())
    make_name(cluster, source=make_source(publication="draft"))
    assert set(ClusterName.objects.visible()) == {bare, sourced}
    assert set(Cluster.objects.with_names().get().shown_names) == {bare, sourced}


def test_a_reference_leads_only_to_what_may_be_seen():
    shown, hidden = make_cluster(slug="vu"), make_cluster(publication="draft")
    merged, buried = make_cluster(merged_into=shown), make_cluster(merged_into=hidden)
    asked = [shown.public_id, hidden.public_id, merged.public_id, buried.public_id, "GRP-9999"]
    assert public_links(asked) == {shown.public_id: "/clusters/vu/", merged.public_id: "/clusters/vu/"}


def test_the_clusters_that_a_source_documents_each_once():
    source, other = make_source(), make_source()
    by_figure, by_name, by_status, by_part, by_place = (make_cluster() for _n in range(5))
    make_observation(by_figure, source=source)
    make_observation(by_figure, source=source)
    make_name(by_name, source=source)
    make_status(by_status, source=source)
    make_participation(by_part, make_programme(), source=source)
    Cluster.objects.filter(pk=by_place.pk).update(location_source=source)
    make_observation(make_cluster(), source=other)
    make_observation(make_cluster(publication="draft"), source=source)
    make_participation(make_cluster(), make_programme(publication="draft"), source=source)
    wrong = make_observation(make_cluster(), source=source)
    make_observation(by_figure, source=other, supersedes=wrong)
    assert sorted(documented_by(source), key=lambda row: row.pk) == [by_figure, by_name, by_status, by_part, by_place]


def test_sources_come_newest_first_and_undated_last():
    undated, old, new = make_source(), make_source(published="2008"), make_source(published="2008-12/2009")
    assert list(Source.objects.visible().in_order()) == [new, old, undated]


def test_the_primary_sector_comes_first():
    cluster = make_cluster(sector=make_sector(label="Zinc"))
    cluster.sector_links.create(sector=make_sector(label="Agro"))
    fetched = Cluster.objects.with_sectors().get()
    assert [link.sector.label for link in fetched.shown_sectors] == ["Zinc", "Agro"]


def test_records_need_care_when_nobody_has_verified_them_for_a_year():
    never, long_ago, lately, hidden = make_cluster(), make_cluster(), make_cluster(), make_cluster(publication="draft")
    today, editor = dt.date(2026, 3, 2), make_user()
    long_ago.verify(editor, today - dt.timedelta(days=366))
    lately.verify(editor, today - dt.timedelta(days=365))
    assert set(Cluster.objects.needing_care(today)) == {never, long_ago}
    assert hidden not in Cluster.objects.needing_care(today)


def test_a_correction_that_is_hidden_leaves_the_old_figure_in_force(db):
    cluster = make_cluster()
    old = make_observation(cluster)
    correction = make_observation(
        cluster, indicator=old.indicator, supersedes=old, source=make_source(publication="draft")
    )
    assert list(Observation.objects.visible()) == [old]
    correction.source.publication = "published"
    correction.source.save()
    assert list(Observation.objects.visible()) == [correction]


def test_of_a_row_of_corrections_the_last_that_may_be_shown_is_in_force(db):
    cluster, hidden = make_cluster(), make_source(publication="draft")
    row = [make_observation(cluster, value=10)]
    for source in (None, hidden, None, hidden, hidden, None):
        more = {"source": source} if source else {}
        row.append(
            make_observation(cluster, indicator=row[0].indicator, supersedes=row[-1], value=10 + len(row), **more)
        )
    assert list(Observation.objects.visible()) == [row[-1]]
    Source.objects.filter(pk=row[-1].source_id).update(publication="draft")
    assert list(Observation.objects.visible()) == [row[3]]
    Source.objects.filter(pk=row[3].source_id).update(publication="withdrawn")
    assert list(Observation.objects.visible()) == [row[1]]


def test_what_is_preferred_is_what_a_card_shows(db):
    cluster, members = make_cluster(), make_indicator(code="members")
    make_observation(cluster, indicator=members, value=10, dated="2024")
    chosen = make_observation(cluster, indicator=members, value=99, dated="2020", rank="preferred")
    assert Observation.objects.visible().of_membership().first() == chosen
