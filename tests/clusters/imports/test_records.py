"""Rows of clusters and sources: which record each is, what it changes, what it refuses and what it warns of."""

import datetime as dt
from decimal import Decimal

import pytest

from clusters.history import Revision
from clusters.imports import review as reviewing
from clusters.imports.clusters import ClusterImporter
from clusters.imports.references import normalised
from clusters.imports.review import carry_out, review
from clusters.imports.sources import SourceImporter
from clusters.models import Cluster, ClusterIdentifier, Source
from tests import factories as make
from tests.clusters.imports.tables import NEW, counts, import_, table, told, warned

pytestmark = pytest.mark.django_db


# -- Clusters -----------------------------------------------------------------------------------------------------------


def test_every_field_of_a_cluster():
    source = make.make_source(slug="etude")
    textile, energy = make.make_sector(label="Textile"), make.make_sector(label="Énergie")
    row = {
        **NEW, "sigle": "AL", "nature": "Technopole", "ville": "Rabat", "région": "Rabat-Salé", "latitude": "34,02", "longitude": "-6.83",
        "précision du lieu": "Ville", "source du lieu": "etude", "note sur le lieu": "Siège.", "secteurs": "energie; Textile",
        "forme juridique": "Association", "site": "https://example.org", "résumé": "Deux lignes,\navec l'apostrophe.", "wikidata": "Q42",
        "ice": "001512572000078",
    }  # fmt: skip
    editor = make.make_user("editor")
    import_(ClusterImporter, table([row]), editor)
    cluster = Cluster.objects.get(slug="alpha")
    assert (cluster.kind, cluster.status, cluster.latitude, cluster.location_source) == (
        "technopole",
        "active",
        Decimal("34.02"),
        source,
    )
    assert cluster.summary == "Deux lignes,\navec l’apostrophe."
    assert [(link.sector, link.is_primary) for link in cluster.sector_links.order_by("-is_primary")] == [
        (energy, True),
        (textile, False),
    ]
    assert set(cluster.identifiers.values_list("registry", "value")) == {
        ("wikidata", "Q42"),
        ("ice", "001512572000078"),
    }
    assert (cluster.publication, cluster.version, cluster.modified_by) == ("draft", 1, editor)
    revision = Revision.objects.get(kind="clusters.cluster", object_id=cluster.pk)
    assert (revision.act, revision.why, revision.by) == ("imported", "fichier.csv", editor)
    assert list(Cluster.objects.matching("Alpha énergie")) == [cluster]
    again = review(ClusterImporter, table([row]))
    assert (counts(again), again.can_be_written) == ((0, 0, 1), False)


def test_a_change_says_old_and_new_and_keeps_the_rest():
    cluster = make.make_cluster(slug="ce3m", name="CE3M", city="Casablanca", summary="Un résumé.")
    content = table(
        [{"identifiant": cluster.public_id, "nom": "CE3M", "ville": "Rabat", "résumé": "(vide)", "région": ""}]
    )
    shown = review(ClusterImporter, content)
    assert [(one.label, one.old, one.new) for one in shown.changed.lines[0].changes] == [
        ("ville", "Casablanca", "Rabat"),
        ("résumé", "Un résumé.", "–"),
    ]
    import_(ClusterImporter, content)
    cluster.refresh_from_db()
    assert (cluster.city, cluster.summary, cluster.country, cluster.version, cluster.publication) == (
        "Rabat",
        "",
        "MA",
        2,
        "published",
    )
    assert counts(review(ClusterImporter, content)) == (0, 0, 1)
    assert Revision.objects.filter(object_id=cluster.pk, kind="clusters.cluster", number=2, act="imported").exists()


def test_a_record_is_found_by_identifier_then_outside_identifier_then_slug():
    first, second, third = (make.make_cluster(slug=f"c{n}", city="X") for n in range(3))
    ClusterIdentifier.objects.create(cluster=second, registry="wikidata", value="Q2")
    content = table([
        {"identifiant": first.public_id.lower(), "wikidata": "", "adresse": "", "ville": "A"},
        {"wikidata": "Q2", "ville": "B"}, {"adresse": "c2", "ville": "C", "wikidata": "Q3"},
    ])  # fmt: skip
    assert counts(import_(ClusterImporter, content)) == (0, 3, 0)
    assert [Cluster.objects.get(pk=one.pk).city for one in (first, second, third)] == ["A", "B", "C"]
    assert third.identifiers.get().value == "Q3"


def test_a_name_or_an_acronym_never_finds_a_record():
    make.make_cluster(name="Cluster Alpha", acronym="MCIC", slug="autre")
    assert (
        "rien ne désigne la fiche"
        in told(review(ClusterImporter, table([{"adresse": "", "nom": "Cluster Alpha", "sigle": "MCIC"}])))[0]
    )
    found = review(ClusterImporter, table([{**NEW, "nom": "cluster alpha", "sigle": "mcic"}]))
    assert counts(found) == (1, 0, 0)
    assert [one.partition(",")[0] for one in warned(found)] == ["Ligne 2", "Ligne 2"]
    assert "a le même nom" in warned(found)[0]
    assert "a le même sigle" in warned(found)[1]


def test_a_new_record_with_an_outside_identifier_gets_a_free_address():
    make.make_cluster(slug="cluster-alpha")
    rows = [{"nom": "Cluster Alpha", "wikidata": "Q1"}, {"nom": "Cluster Alpha", "wikidata": "Q2"}]
    import_(ClusterImporter, table(rows))
    assert set(Cluster.objects.values_list("slug", flat=True)) == {
        "cluster-alpha",
        "cluster-alpha-2",
        "cluster-alpha-3",
    }
    assert counts(review(ClusterImporter, table(rows))) == (0, 0, 2)
    assert "ne donne pas d’adresse" in told(review(ClusterImporter, table([{"nom": "تجمع", "wikidata": "Q3"}])))[0]


def test_identifiers_that_contradict():
    first, second = make.make_cluster(), make.make_cluster()
    ClusterIdentifier.objects.create(cluster=second, registry="wikidata", value="Q2")
    assert (
        "est celui de" in told(review(ClusterImporter, table([{"identifiant": first.public_id, "wikidata": "Q2"}])))[0]
    )
    assert (
        "porte déjà « Q2 »"
        in told(review(ClusterImporter, table([{"identifiant": second.public_id, "wikidata": "Q3"}])))[0]
    )
    assert (
        "aucune fiche ne porte" in told(review(ClusterImporter, table([{"identifiant": "GRP-9999", "ville": "X"}])))[0]
    )
    first.merged_into = second
    first.save()
    assert (
        "est fusionnée dans"
        in told(review(ClusterImporter, table([{"identifiant": first.public_id, "ville": "X"}])))[0]
    )


def test_the_same_record_twice_in_one_file():
    cluster = make.make_cluster(slug="ce3m")
    rows = [{"identifiant": cluster.public_id, "ville": "A"}, {"adresse": "ce3m", "ville": "B"}]
    assert told(review(ClusterImporter, table(rows))) == [
        "Ligne 3 : cette fiche est déjà à la ligne 2 : gardez une seule des deux lignes."
    ]
    rows = [{**NEW, "wikidata": "Q1"}, {**NEW, "adresse de la fiche": "beta", "nom": "Bêta", "wikidata": "Q1"}]
    assert "déjà à la ligne 2" in told(review(ClusterImporter, table(rows)))[0]
    assert "a le même nom" in warned(review(ClusterImporter, table([NEW, {**NEW, "adresse de la fiche": "beta"}])))[0]


def test_swapped_coordinates_are_told():
    found = told(
        review(
            ClusterImporter, table([{**NEW, "latitude": "-7,61", "longitude": "33,58", "précision du lieu": "Ville"}])
        )
    )
    assert any("inters" in one or "invers" in one or "échang" in one for one in found)
    assert told(review(ClusterImporter, table([{**NEW, "latitude": "33,58", "longitude": "-7,61"}])))[0].startswith(
        "Ligne 2"
    )
    assert (
        "ou aucune des deux"
        in told(review(ClusterImporter, table([{**NEW, "latitude": "33,58", "précision du lieu": "Ville"}])))[0]
    )


def test_a_place_that_moves_far_is_a_warning():
    make.make_cluster(slug="alpha", latitude="33.58", longitude="-7.61", location_precision="city")
    found = review(ClusterImporter, table([{"adresse": "alpha", "latitude": "34,02", "longitude": "-6,83"}]))
    assert warned(found) == ["Ligne 2, colonne « latitude » : le lieu se déplace de 87 km."]


def test_a_published_record_stays_complete():
    make.make_cluster(slug="ce3m")
    assert "publiée" in told(review(ClusterImporter, table([{"adresse": "ce3m", "pays": "(vide)"}])))[0]
    assert "secteur" in told(review(ClusterImporter, table([{"adresse": "ce3m", "secteurs": "(vide)"}])))[0]
    assert "ne se vide pas" in told(review(ClusterImporter, table([{"adresse": "ce3m", "nom": "(vide)"}])))[0]
    assert (
        "ne mèneront plus"
        in warned(
            review(ClusterImporter, table([{"identifiant": Cluster.objects.get().public_id, "adresse": "autre"}]))
        )[0]
    )


def test_figures_of_people_that_are_set_aside_or_replaced_are_none():
    cluster = make.make_cluster()
    people = make.make_indicator(code="members")
    make.make_observation(cluster, indicator=people, rank="deprecated", rank_reason="Autre périmètre.")
    old = make.make_observation(cluster, indicator=people)
    other = make.make_cluster()
    content = table([{"identifiant": cluster.public_id, "situation": "Attendu"}])
    assert "Ligne 2" in told(review(ClusterImporter, content))[0]
    make.make_observation(other, indicator=people, supersedes=old)
    assert told(review(ClusterImporter, content)) == []


def test_the_status_follows_its_history():
    cluster = make.make_cluster(slug="ce3m")
    content = table([{"adresse": "ce3m", "situation": "Fermé"}])
    assert counts(review(ClusterImporter, content)) == (0, 1, 0)
    make.make_status(cluster, status="active", since="2014")
    assert "suit l’historique" in told(review(ClusterImporter, content))[0]


# -- Sources ------------------------------------------------------------------------------------------------------------


def test_sources():
    rows = [
        {"identifiant": "etude", "titre": "L'étude", "nature": "Étude", "parue le": "03/2020", "adresse": "https://example.org/a", "consultée le": "12/03/2020"},
        {"titre": "Le journal", "nature": "press", "adresse": "https://example.org/b"},
    ]  # fmt: skip
    assert counts(import_(SourceImporter, table(rows))) == (2, 0, 0)
    source = Source.objects.get(slug="etude")
    assert (source.title, source.published, source.published_last, source.accessed_on, source.publication) == (
        "L'étude",
        "2020-03",
        dt.date(2020, 3, 31),
        dt.date(2020, 3, 12),
        "draft",
    )
    assert Source.objects.filter(slug="le-journal").exists()
    assert counts(review(SourceImporter, table(rows))) == (0, 0, 2)
    changed = [{"adresse": "HTTP://www.example.org/b/?utm_source=x#y", "éditeur": "Le Journal", "d'après": "etude"}]
    found = review(SourceImporter, table([{**changed[0], "adresse": "https://example.org/b"}]))
    assert [(one.label, one.new) for one in found.changed.lines[0].changes] == [
        ("éditeur", "Le Journal"),
        ("d’après", "L'étude"),
    ]
    assert counts(review(SourceImporter, table(changed))) == (0, 1, 0)


def test_faults_of_sources():
    make.make_source(slug="a", url="https://example.org/x")
    make.make_source(slug="b", url="http://www.example.org/x/")
    assert (
        "plusieurs sources"
        in told(review(SourceImporter, table([{"adresse": "https://example.org/x", "titre": "T"}])))[0]
    )
    assert "rien ne désigne" in told(review(SourceImporter, table([{"adresse": "", "titre": "T"}])))[0]
    assert len(told(review(SourceImporter, table([{"identifiant": "c", "titre": ""}])))) == 2
    assert (
        "a la même adresse"
        in warned(
            review(
                SourceImporter,
                table([{"identifiant": "c", "titre": "T", "nature": "press", "adresse": "https://example.org/x"}]),
            )
        )[0]
    )
    assert "jour" in told(review(SourceImporter, table([{"identifiant": "a", "consultée le": "2020"}])))[0]
    assert "aucune source" in told(review(SourceImporter, table([{"identifiant": "a", "d’après": "rien"}])))[0]
    assert "elle-même" in told(review(SourceImporter, table([{"identifiant": "a", "d’après": "a"}])))[0]


def origins(**said):
    """A file that says what sources draw on, by their addresses."""
    return table([{"identifiant": source, "d'après": origin} for source, origin in said.items()])


def faults_of_origins(content):
    """What is told of a file that would be wrong only as a whole, and that nothing was written."""
    found = review(SourceImporter, content)
    assert not found.can_be_written
    carry_out(SourceImporter, content, "auto", found.digest, make.make_user("editor"), "x.csv")
    assert not Source.objects.exclude(derived_from=None).exists()
    return told(found)


def test_sources_of_a_file_that_would_draw_on_each_other():
    for slug in "abc":
        make.make_source(slug=slug)
    pair = faults_of_origins(origins(a="b", b="a"))
    assert len(pair) == 2
    assert pair[0].startswith("Ligne 2, colonne « d’après » : Cette source est elle-même tirée de celle-ci")
    assert len(faults_of_origins(origins(a="b", b="c", c="a"))) == 3


def test_a_chain_that_a_file_would_make_too_long(monkeypatch):
    monkeypatch.setattr(reviewing, "BATCH", 2)
    for slug in "abcdefg":
        make.make_source(slug=slug)
    found = faults_of_origins(origins(a="b", b="c", c="d", d="e", e="f", f="g"))
    assert len(found) == 6
    assert found[5].startswith("Ligne 7, colonne « d’après » : La chaîne est trop longue")
    import_(SourceImporter, origins(a="b", b="c", c="d", d="e"))
    new = {"identifiant": "h", "titre": "H", "nature": "press", "d'après": "a"}
    assert "trop longue" in told(review(SourceImporter, table([new])))[0]


def test_origins_are_judged_as_the_file_would_leave_them():
    first = make.make_source(slug="a")
    second = make.make_source(slug="b", derived_from=first)
    import_(SourceImporter, origins(a="b", b="(vide)"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.derived_from, second.derived_from) == (second, None)


@pytest.mark.parametrize(
    "url",
    ["https://example.org/a?b=1", "http://www.example.org/a/?b=1", "HTTPS://Example.ORG:443/a?b=1&utm_medium=x#top"],
)
def test_addresses_that_are_one(url):
    assert normalised(url) == "example.org/a?b=1"
