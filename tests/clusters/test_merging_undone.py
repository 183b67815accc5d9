"""Two records parted again: undoing gives back exactly what there was; and a merge is done as a whole, or not at all."""

import random
import threading
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection

from articles.models import Article
from clusters import merging
from clusters.history import Act, Revision
from clusters.models import Cluster, ClusterIdentifier, ClusterName, ClusterSector, Merge, Observation, Suggestion
from tests import factories as make
from tests.clusters.test_merging import NOT_STATE, database, merged, two

pytestmark = pytest.mark.django_db


# -- Undoing ------------------------------------------------------------------------------------------------------------


def test_what_was_changed_since_stays_and_is_told():
    loser, survivor = two()
    edited, deleted, kept = (make.make_name(loser, value=value) for value in ("Un", "Deux", "Trois"))
    done = merged(loser, survivor)
    given = survivor.names.get(value="Cluster EnR")
    given.kind = "former"
    given.save()
    deleted.delete()
    edited.language = "en"
    edited.save()
    later = make.make_name(survivor, value="Ajouté après")
    told = merging.undo(done, by=make.make_user())
    assert [sentence.split("\u00a0:")[0].split(",")[0] for sentence in told] == [
        "Autres noms",
        "Le nom « Cluster EnR »",
    ]
    assert set(loser.names.all()) == {edited, kept}
    assert set(survivor.names.all()) == {given, later}


def test_what_the_loser_has_got_since_is_not_doubled():
    loser, survivor = two()
    make.make_name(loser, value="EnR")
    done = merged(loser, survivor)
    make.make_name(loser, value="EnR")
    (told,) = merging.undo(done, by=make.make_user())
    assert told.startswith("« EnR (autre graphie) » reste sur la fiche gardée")
    assert survivor.names.get().value == "EnR"


def test_a_record_that_would_be_left_incomplete_stops_the_undoing():
    loser, survivor = two()
    done = merged(loser, survivor)
    survivor.sector_links.filter(is_primary=True).delete()
    survivor.sector_links.update(is_primary=True)
    before = database()
    with pytest.raises(ValidationError, match="au moins un secteur"):
        merging.undo(done, by=make.make_user())
    assert database() == before


def test_a_sector_made_primary_since_goes_back_as_it_was():
    loser, survivor = two()
    sectors = [make.make_sector(), make.make_sector()]
    for one, sector in zip((loser, survivor), sectors, strict=True):
        ClusterSector.objects.create(cluster=one, sector=sector)
    done = merged(loser, survivor)
    survivor.sector_links.update(is_primary=False)
    survivor.sector_links.filter(sector=sectors[0]).update(is_primary=True)
    with pytest.raises(ValidationError, match="secteur principal"):
        merging.undo(done, by=make.make_user())
    survivor.sector_links.update(is_primary=False)
    survivor.sector_links.filter(sector=sectors[1]).update(is_primary=True)
    merging.undo(done, by=make.make_user())
    assert loser.sector_links.filter(is_primary=True).count() == 1


def test_the_status_that_came_with_the_loser_goes_back_with_it():
    loser, survivor = two()
    make.make_status(loser, status="closed", since="2021")
    done = merged(loser, survivor)
    survivor.refresh_from_db()
    assert survivor.status == "closed"
    merging.undo(done, by=make.make_user())
    survivor.refresh_from_db()
    assert survivor.status == "active"


def corrected(figure, *clusters, **values):
    return make.make_observation(*clusters, supersedes=figure, indicator=figure.indicator, **values)


def test_a_correction_made_since_goes_back_with_its_figure():
    loser, survivor = two()
    outside = make.make_cluster()
    alone, joint = make.make_observation(loser), make.make_observation(loser, outside)
    own = make.make_observation(survivor)
    done = merged(loser, survivor)
    last = corrected(corrected(alone, survivor), survivor)
    both = corrected(joint, survivor, outside)
    of_its_own = corrected(own, survivor)
    assert merging.undo(done, by=make.make_user()) == []
    in_force = Observation.objects.in_force()
    assert set(in_force.about(loser)) == {last, both}
    assert set(in_force.about(survivor)) == {of_its_own}
    assert set(in_force.about(outside)) == {both}


def test_a_correction_that_is_about_others_now_stays_and_is_told():
    loser, survivor = two()
    outside = make.make_cluster()
    figure = make.make_observation(loser)
    done = merged(loser, survivor)
    widened = corrected(figure, survivor, outside)
    (told,) = merging.undo(done, by=make.make_user())
    assert "« Cluster EnR » ne montre plus ce chiffre" in told
    assert set(widened.clusters.all()) == {survivor, outside}


def test_a_figure_that_was_the_survivor_s_before_stays_there():
    loser, survivor = two()
    moved = corrected(make.make_observation(loser), survivor)  # found before the merge to be the other's
    assert merging.undo(merged(loser, survivor), by=make.make_user()) == []
    assert set(moved.clusters.all()) == {survivor}


def test_a_record_without_a_sector_of_its_own_comes_back_as_a_draft():
    loser, survivor = two()
    done = merged(loser, survivor)
    survivor.sector_links.filter(is_primary=False).delete()
    told = merging.undo(done, by=make.make_user())
    loser.refresh_from_db()
    assert (loser.publication, loser.merged_into) == ("draft", None)
    assert any("« Cluster EnR » redevient un brouillon" in sentence for sentence in told)
    survivor.refresh_from_db()
    assert survivor.is_published


def test_what_only_the_loser_says_of_a_shared_line_is_filled_in_and_taken_back():
    loser, survivor = two()
    programme, source = make.make_programme(), make.make_source()
    make.make_participation(loser, programme, valid_from="2020", valid_to="2028-06", source=source)
    own = make.make_participation(survivor, programme, valid_from="2020")
    make.make_name(loser, value="EnR", kind="former", valid_to="2018", language="en")
    make.make_name(survivor, value="EnR", kind="former", valid_from="2019")
    make.make_name(loser, value="Solaire", kind="former", valid_to="2018")
    make.make_name(survivor, value="Solaire", kind="former", valid_from="2019")
    before = database()
    done = merged(loser, survivor)
    own.refresh_from_db()
    assert (own.valid_to, own.valid_to_last.isoformat(), own.source) == ("2028-06", "2028-06-30", source)
    assert set(survivor.names.filter(kind="former").values_list("valid_to", flat=True)) == {""}
    said = {label: why for label, what, why in done.moved["left"] if "Solaire" not in what}
    assert said["Participations"].startswith("l’autre fiche l’a déjà, et en reçoit")
    assert "à comparer d’abord" in said["Autres noms"]
    assert "langue (anglais / français)" in said["Autres noms"]
    assert merging.undo(done, by=make.make_user()) == []
    assert database() == before


def newsroom(dice):
    """Four records with lines of every kind, drawn by lot, some of them the same on several."""
    sources = [make.make_source() for _n in range(3)]
    sectors, programmes = [make.make_sector() for _n in range(3)], [make.make_programme() for _n in range(2)]
    clusters = [
        make.make_cluster(sectors[0], name=f"Fiche {n}", acronym=dice.choice(["", "AB", f"F{n}"])) for n in range(4)
    ]
    outside = make.make_cluster()
    for _n in range(3):
        make.make_article(clusters=dice.sample(clusters, dice.randint(0, 4)))
    for n, cluster in enumerate(clusters):
        for sector in sectors[1:]:
            if dice.random() < 0.5:
                ClusterSector.objects.create(cluster=cluster, sector=sector)
        for _line in range(dice.randint(0, 4)):
            value = dice.choice(["Un", "Deux", "Fiche 1"]) + dice.choice(["", f" {n}"])
            ClusterName.objects.get_or_create(cluster=cluster, value=value, kind=dice.choice(["alias", "former"]))
        for _line in range(dice.randint(0, 2)):
            status = dice.choice(["active", "dormant", "closed", "merged"])
            make.make_status(cluster, status=status, since=str(dice.randint(2000, 2020)), source=make.make_source())
        if dice.random() < 0.5:
            make.make_status(cluster, since="2008", source=sources[0])
        for programme in programmes:
            if dice.random() < 0.6:
                make.make_participation(cluster, programme, valid_from=dice.choice(["", "2020"]))
        for _line in range(dice.randint(0, 2)):
            make.make_observation(cluster, *([outside] if dice.random() < 0.4 else []), source=dice.choice(sources))
        if dice.random() < 0.5:
            ClusterIdentifier.objects.create(cluster=cluster, registry="wikidata", value=f"Q{n + 1}")
            Suggestion.objects.create(cluster=cluster, field="city", proposed="Fès", evidence="https://example.org/")
        with suppress(ValidationError):  # a public record is merged into another, or is not said to be so
            Cluster.objects.get(pk=cluster.pk).follow_status()
    return clusters


@pytest.mark.parametrize("seed", range(12))
def test_undoing_in_reverse_gives_exactly_what_there_was(seed):
    dice = random.Random(seed)
    clusters = newsroom(dice)
    states, merges = [database()], []
    for _round in range(12):
        loser, survivor = dice.sample(clusters, 2)
        with suppress(ValidationError):
            merges.append(merged(loser, survivor))
            states.append(database())
    assert merges
    assert all(not one.merged_into.merged_into_id for one in Cluster.objects.exclude(merged_into=None))
    for done in reversed(merges):
        assert database() == states.pop()
        assert merging.undo(done, by=make.make_user()) == []
    assert database() == states.pop()


# -- History ------------------------------------------------------------------------------------------------------------


def test_the_history_of_every_record_that_changes_tells_of_it():
    loser, survivor = two()
    article, untouched = make.make_article(clusters=[loser]), make.make_article(clusters=[survivor])
    done = merged(loser, survivor, reason="renommée")
    for record in (loser, survivor, article):
        last = Revision.objects.of(record).first()
        assert (last.act, last.why, last.by) == (Act.MERGED, "renommée", done.merged_by), record
    assert not Revision.objects.of(untouched).exists()
    assert Revision.objects.of(article).first().snapshot.many["clusters"] == [survivor.pk]
    assert Article.objects.get(pk=article.pk).version == 2, "whoever has it open is told when saving"
    merging.undo(done, by=make.make_user())
    for record in (loser, survivor, article):
        assert Revision.objects.of(record).first().act == Act.UNMERGED


# -- All or nothing -----------------------------------------------------------------------------------------------------


def test_a_merge_that_is_interrupted_leaves_nothing_behind(monkeypatch):
    loser, survivor = two()
    make.make_name(loser)
    before = database(NOT_STATE - {"merge", "revision"})

    def killed(self, *args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Merge, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        merged(loser, survivor)
    assert database(NOT_STATE - {"merge", "revision"}) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["the same", "crosswise", "in a chain"])
def test_two_merges_at_once(way):
    a, b, c = (make.make_cluster(name=f"Fiche {n}") for n in range(3))
    for cluster in (a, b, c):
        make.make_name(cluster)
        make.make_article(clusters=[cluster])
    pairs = {"the same": [(a, b), (a, b)], "crosswise": [(a, b), (b, a)], "in a chain": [(a, b), (b, c)]}[way]
    editor, results, barrier = make.make_user(), [], threading.Barrier(2)

    def work(loser, survivor):
        barrier.wait()
        try:
            results.append(merging.merge(loser, survivor, by=editor))
        except ValidationError as error:
            results.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2, "each thread has an answer"
    done = [one for one in results if isinstance(one, Merge)]
    assert len(done) >= 1
    assert way == "in a chain" or len(done) == 1
    lost = Cluster.objects.exclude(merged_into=None).select_related("merged_into")
    assert len(lost) == len(done)
    assert all(one.merged_into.merged_into_id is None for one in lost)
    assert ClusterName.objects.filter(cluster__in=lost).count() == 0
