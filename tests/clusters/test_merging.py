"""Two records made one: what moves, what stays, what readers get, and what is refused."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from clusters import merging
from clusters.merging.relations import Relation
from clusters.models import (
    Cluster,
    ClusterIdentifier,
    ClusterSector,
    Merge,
    Observation,
    Suggestion,
)
from clusters.models.clusters import public_links
from tests import factories as make

pytestmark = pytest.mark.django_db


def two(**values):
    """A loser and a survivor."""
    return make.make_cluster(name="Cluster EnR", slug="enr", **values), make.make_cluster(
        name="Cluster Solaire", slug="solaire"
    )


def merged(loser, survivor, **values):
    return merging.merge(loser, survivor, by=make.make_user(), **values)


def refused(loser, survivor):
    """The sentences with which a merge is refused; nothing is written."""
    before = database()
    with pytest.raises(ValidationError) as error:
        merged(loser, survivor)
    assert database() == before
    return " ".join(error.value.messages)


WHEN_AND_WHO = {"version", "modified_at", "modified_by_id"}
NOT_STATE = {"merge", "revision", "user", "logentry", "session"}


def database(but=NOT_STATE):
    """Every row of both apps, without who saved a record last and when."""
    return {
        (model._meta.label, row["id"]): {name: value for name, value in row.items() if name not in WHEN_AND_WHO}
        for app in ("clusters", "articles")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.model_name not in but and model._meta.managed
        for row in model._base_manager.values()
        if "id" in row
    }


# -- What moves ---------------------------------------------------------------------------------------------------------


def test_names_facts_and_citations_move():
    loser, survivor = two(acronym="EnR")
    source, programme = make.make_source(), make.make_programme()
    name = make.make_name(loser, value="Pôle EnR")
    status = make.make_status(loser, status="dormant", since="2021", source=source)
    part = make.make_participation(loser, programme)
    figure, joint = make.make_observation(loser), make.make_observation(loser, make.make_cluster())
    identifier = ClusterIdentifier.objects.create(cluster=loser, registry="wikidata", value="Q42")
    suggestion = Suggestion.objects.create(cluster=loser, field="city", proposed="Fès", evidence="https://example.org/")
    article = make.make_article(clusters=[loser])
    done = merged(loser, survivor, reason="même association")
    for row in (name, status, part, identifier, suggestion):
        row.refresh_from_db()
        assert row.cluster == survivor, row
    for one in (figure, joint):
        assert survivor in one.clusters.all()
        assert loser not in one.clusters.all()
    assert list(article.clusters.all()) == [survivor]
    assert set(survivor.names.values_list("value", "kind")) == {
        ("Pôle EnR", "alias"), ("Cluster EnR", "alias"), ("EnR", "acronym"),
    }  # fmt: skip
    survivor.refresh_from_db()
    assert survivor.status == "dormant", "it follows the latest line of its history"
    assert survivor.sector_links.filter(is_primary=True).count() == 1
    assert survivor.sector_links.count() == 2
    assert (done.loser.merged_into, done.merged_by.is_staff, done.reason) == (survivor, True, "même association")


def test_what_both_have_stays_where_it_is_and_is_noted():
    loser, survivor = two()
    sector, source, programme = make.make_sector(label="Énergie"), make.make_source(), make.make_programme()
    article = make.make_article(clusters=[loser, survivor])
    for one in (loser, survivor):
        ClusterSector.objects.create(cluster=one, sector=sector)
        make.make_name(one, value="EnR", kind="short")
        make.make_status(one, since="2014", source=source)
        make.make_participation(one, programme, valid_from="2020")
    done = merged(loser, survivor)
    assert {label for label, _said, _why in done.moved["left"]} == {
        "Articles", "Autres noms", "Secteurs du cluster", "Historique de la situation", "Participations",
    }  # fmt: skip
    for relation in ("names", "status_changes", "participations"):
        assert getattr(loser, relation).count() == 1
    assert loser.sector_links.get().sector == sector
    assert set(article.clusters.all()) == {loser, survivor}
    assert list(Cluster.objects.visible().filter(articles=article)) == [survivor]


def test_a_name_that_the_survivor_has_is_not_given_twice():
    loser, survivor = two(acronym="CS")
    Cluster.objects.filter(pk=survivor.pk).update(acronym="CS")
    make.make_name(survivor, value="Cluster EnR", kind="former")
    merged(loser, survivor)
    assert [name.kind for name in survivor.names.all()] == ["former"]


def test_a_name_and_an_acronym_that_are_one_word_are_one_name():
    loser, survivor = make.make_cluster(name="MCIC", acronym="MCIC"), make.make_cluster()
    merged(loser, survivor)
    assert survivor.names.get().kind == "alias"


def test_the_first_sector_of_a_record_without_any_stays_primary():
    loser, survivor = two()
    survivor.sector_links.all().delete()
    merged(loser, survivor)
    assert survivor.sector_links.get().is_primary


def test_a_line_that_says_merged_does_not_make_the_survivor_so():
    loser, survivor = two()
    line = make.make_status(loser, status="merged", since="2022")
    merged(loser, survivor)
    line.refresh_from_db()
    survivor.refresh_from_db()
    assert (line.cluster, survivor.status) == (loser, "active")


def test_every_relation_of_every_app_is_found():
    """A table that comes to point at clusters is moved too, or fails here."""
    assert {one.key for one in Relation.every()} == {
        "articles.article_clusters.cluster", "clusters.clusteridentifier.cluster", "clusters.clustername.cluster",
        "clusters.clustersector.cluster", "clusters.observationsubject.cluster", "clusters.participation.cluster",
        "clusters.statuschange.cluster", "clusters.suggestion.cluster",
    }  # fmt: skip


# -- What readers get ---------------------------------------------------------------------------------------------------


def test_the_old_address_leads_to_the_survivor_in_one_hop_and_back_after_undoing(client):
    loser, survivor = two()
    done = merged(loser, survivor)
    response = client.get("/clusters/enr/")
    assert (response.status_code, response["Location"]) == (301, "/clusters/solaire/")
    assert client.get("/clusters/solaire/").status_code == 200
    assert loser.public_id in public_links([loser.public_id])
    merging.undo(done, by=make.make_user())
    assert client.get("/clusters/enr/").status_code == 200


def test_a_text_that_names_a_merged_record_links_to_the_survivor(client):
    loser, survivor = two()
    other = make.make_cluster(description=f'<p>Voir <span data-cluster="{loser.public_id}">EnR</span>.</p>')
    article = make.make_article(body=f'<p>Voir <span data-cluster="{loser.public_id}">EnR</span>.</p>')
    merged(loser, survivor)
    for address in (other.get_absolute_url(), article.get_absolute_url()):
        page = client.get(address).content.decode()
        assert 'href="/clusters/solaire/"' in page, address
        assert "/clusters/enr/" not in page


def test_the_survivor_is_found_by_the_names_of_both_and_the_loser_no_longer():
    loser, survivor = two()
    make.make_name(loser, value="Zéphyr")
    done = merged(loser, survivor)
    for word in ("EnR", "Zéphyr", "Solaire"):
        assert list(Cluster.objects.visible().matching(word)) == [survivor], word
    merging.undo(done, by=make.make_user())
    for word in ("EnR", "Zéphyr"):
        assert list(Cluster.objects.visible().matching(word)) == [loser], word


# -- What is refused ----------------------------------------------------------------------------------------------------


def test_a_record_is_not_merged_into_itself():
    loser, _survivor = two()
    assert "avec elle-même" in refused(loser, loser)


@pytest.mark.parametrize("publication", ["draft", "withdrawn"])
def test_the_record_that_stays_is_public(publication):
    loser, survivor = two()
    Cluster.objects.filter(pk=survivor.pk).update(publication=publication)
    assert "publiez-la d’abord" in refused(loser, survivor)


def test_a_draft_may_be_given_up():
    loser, survivor = two(publication="draft")
    assert merged(loser, survivor).loser.merged_into == survivor


def test_cycles_and_chains_are_refused_or_made_flat(client):
    a, b = two()
    c = make.make_cluster(slug="trois")
    first = merged(a, b)
    assert "est déjà fusionnée dans « Cluster Solaire »" in refused(a, c)
    assert "est elle-même fusionnée" in refused(c, a)
    assert "est elle-même fusionnée" in refused(b, a)
    second = merged(b, c)
    a.refresh_from_db()
    assert a.merged_into == c
    assert (
        client.get("/clusters/enr/")["Location"] == client.get("/clusters/solaire/")["Location"] == "/clusters/trois/"
    )
    with pytest.raises(ValidationError, match="annulez d’abord cette fusion-là"):
        merging.undo(first, by=make.make_user())
    merging.undo(second, by=make.make_user())
    a.refresh_from_db()
    assert a.merged_into == b
    merging.undo(first, by=make.make_user())
    a.refresh_from_db()
    assert a.merged_into is None
    with pytest.raises(ValidationError, match="déjà annulée"):
        merging.undo(first, by=make.make_user())


def test_a_figure_of_both_together_is_corrected_first():
    loser, survivor = two()
    joint = make.make_observation(loser, survivor)
    assert "porte sur les deux fiches ensemble" in refused(loser, survivor)
    alone = {"indicator": joint.indicator, "source": joint.source, "value": joint.value, "supersedes": joint}
    Observation.record(alone, clusters=[survivor])
    done = merged(loser, survivor)
    assert set(joint.clusters.all()) == {loser, survivor}, "what was replaced stays as it was recorded"
    assert [label for label, _said, _why in done.moved["left"]] == ["Chiffres"]
    assert list(Observation.objects.visible().values_list("supersedes", flat=True)) == [joint.pk]


def test_an_expected_cluster_does_not_take_over_members():
    loser, survivor = two()
    make.make_observation(loser, indicator=make.make_indicator(code="members"))
    Cluster.objects.filter(pk=survivor.pk).update(status="expected")
    assert "Un cluster attendu" in refused(loser, survivor)
    make.make_status(loser, status="active", since="2022")
    merged(loser, survivor)


def test_a_stale_copy_of_a_record_does_not_matter():
    """What is merged is what is stored, not what the caller has read."""
    loser, survivor = two()
    stale = Cluster.objects.get(pk=loser.pk)
    loser.merged_into = survivor
    loser.save()
    assert "déjà fusionnée" in refused(stale, make.make_cluster())


def test_the_database_keeps_one_merge_of_a_record(monkeypatch):
    loser, survivor = two()
    merged(loser, survivor)
    with pytest.raises(IntegrityError):
        Merge.objects.create(loser=loser, survivor=survivor, merged_by=make.make_user())


def test_a_plan_reads_and_does_not_write(django_assert_max_num_queries):
    loser, survivor = two()
    for _n in range(12):
        make.make_name(loser)
        make.make_observation(loser, source=make.make_source())
        make.make_article(clusters=[loser])
    before = database()
    with django_assert_max_num_queries(40):
        made = merging.plan(loser, survivor)
        assert sum(len(part.said) for part in made.parts) == made.moving == 37
    assert database() == before


def test_a_line_that_nobody_may_read_decides_no_status():
    loser, survivor = two(status="active")
    make.make_status(loser, status="closed", since="2024", source=make.make_source(publication="draft"))
    assert merging.plan(loser, survivor).status == "active"
    done = merged(loser, survivor)
    survivor.refresh_from_db()
    assert survivor.status == "active"
    merging.undo(done, by=make.make_user())
    assert {one.status for one in Cluster.objects.all()} == {"active"}
