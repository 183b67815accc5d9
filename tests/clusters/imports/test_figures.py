"""Rows of figures: recorded once, never changed, corrected by name."""

import datetime as dt

import pytest

from clusters.history import Revision
from clusters.imports.figures import FigureImporter
from clusters.imports.review import review
from clusters.models import Cluster, ClusterIdentifier, Indicator, Observation, Source
from tests import factories as make
from tests.clusters.imports.tables import counts, figure, import_, table, told, warned

pytestmark = pytest.mark.django_db


def test_a_figure_is_recorded_once(told_by):
    editor = make.make_user("editor")
    content = table([figure(told_by, précision="environ", date="2020-03", note="Une note.")])
    assert counts(import_(FigureImporter, content, editor)) == (1, 0, 0)
    one = Observation.objects.get()
    assert (one.value, one.precision, one.dated, one.dated_last, one.scope, one.recorded_by) == (
        80,
        "about",
        "2020-03",
        dt.date(2020, 3, 31),
        "cluster",
        editor,
    )
    assert list(one.clusters.all()) == [told_by]
    assert counts(review(FigureImporter, content)) == (0, 0, 1)
    assert counts(review(FigureImporter, table([figure(told_by, valeur="90")]))) == (1, 0, 0)


def test_figures_are_in_the_history_of_what_they_are_about(told_by):
    editor = make.make_user("editor")
    import_(FigureImporter, table([figure(told_by), figure(told_by, valeur="90", date="2021")]), editor)
    last, first = Revision.objects.of(told_by)
    assert (last.number, last.act, last.by, first.number) == (2, "imported", editor, 1)
    assert len(last.snapshot.lines["observation_links"]) == 2


def test_a_correction_about_another_is_in_the_history_of_both_and_a_warning(told_by):
    other = make.make_cluster(acronym="AUTRE")
    old = make.make_observation(told_by, source=Source.objects.get(), indicator=Indicator.objects.get(), value=50)
    content = table([figure(other, remplace=str(old.pk))])
    assert warned(review(FigureImporter, content)) == [
        "Ligne 2, colonne « remplace » : le chiffre remplacé porte sur « CE3M », celui-ci sur « AUTRE » : est-ce voulu ?"
    ]
    import_(FigureImporter, content)
    for one in (told_by, other):
        last = Revision.objects.of(one).first()
        assert (last.number, last.act) == (2, "imported")
    (line,) = Revision.objects.of(told_by).first().snapshot.lines["observation_links"]
    assert line["said"].endswith("remplacé par un autre")
    same = figure(told_by, remplace=str(make.make_observation(told_by, source=old.source, indicator=old.indicator).pk))
    assert warned(review(FigureImporter, table([{**same, "valeur": "81"}]))) == []


def test_a_joint_figure_and_one_of_a_programme_and_of_a_country(told_by):
    other = make.make_cluster(slug="autre")
    ClusterIdentifier.objects.create(cluster=other, registry="wikidata", value="Q7")
    make.make_programme(slug="vision")
    rows = [
        figure(told_by, **{"identifiants des clusters": "ce3m; wikidata:Q7"}),
        {**figure(told_by), "identifiants des clusters": "", "programme": "vision"}, {**figure(told_by), "identifiants des clusters": "", "pays": "Maroc"},
    ]  # fmt: skip
    import_(FigureImporter, table(rows))
    assert list(Observation.objects.order_by("pk").values_list("scope", flat=True)) == ["joint", "programme", "country"]
    assert Observation.objects.first().clusters.count() == 2
    assert counts(review(FigureImporter, table(rows))) == (0, 0, 3)


def test_a_correction_names_what_it_replaces(told_by):
    source = Source.objects.get()
    old = make.make_observation(
        told_by,
        source=source,
        indicator=Indicator.objects.get(code="members"),
        value=50,
    )
    content = table([figure(told_by, remplace=str(old.pk))])
    assert counts(import_(FigureImporter, content)) == (1, 0, 0)
    new = Observation.objects.get(supersedes=old)
    assert new.value == 80
    assert counts(review(FigureImporter, content)) == (0, 0, 1)
    assert (
        "déjà remplacé" in told(review(FigureImporter, table([figure(told_by, valeur="81", remplace=str(old.pk))])))[0]
    )
    assert "sans différence" in told(review(FigureImporter, table([figure(told_by, remplace=str(new.pk))])))[0]
    assert "aucun chiffre" in told(review(FigureImporter, table([figure(told_by, remplace="99999")])))[0]
    assert (
        "remplace déjà"
        in told(
            review(
                FigureImporter,
                table(
                    [
                        figure(told_by, valeur="82", remplace=str(new.pk)),
                        figure(told_by, valeur="83", remplace=str(new.pk)),
                    ]
                ),
            )
        )[0]
    )
    # The old value does not come back with an old file.
    assert counts(review(FigureImporter, table([figure(told_by, valeur="50")]))) == (0, 0, 1)
    assert "mettez" in told(review(FigureImporter, table([figure(told_by, valeur="99", numéro=str(new.pk))])))[0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"source": "rien"}, "aucune source « rien »"), ({"source": ""}, "aucun chiffre sans source"), ({"indicateur": "x"}, "est inconnu"),
        ({"identifiants des clusters": "CE3M inconnu"}, "aucune fiche"), ({"identifiants des clusters": ""}, "remplissez une de ces colonnes"),
        ({"pays": "MA"}, "remplissez une de ces colonnes"), ({"rang": "Écarté"}, "écarté"), ({"date": "2099"}, "à venir"), ({"date": "2025"}, "suit la parution"),
        ({"jusqu'à": "10"}, "fourchette"), ({"monnaie": "dirham"}, "3 caractères"), ({"identifiants des clusters": "ce3m; ce3m"}, "deux fois"),
        ({"valeur": ""}, "donnez la valeur"), ({"numéro": "x"}, "n’est pas le numéro"), ({"programme": "rien", "identifiants des clusters": ""}, "aucun programme"),
    ],
)  # fmt: skip
def test_faults_of_figures(told_by, values, words):
    found = told(review(FigureImporter, table([figure(told_by, **values)])))
    assert words in found[0]
    assert found[0].startswith("Ligne 2")


def test_the_same_figure_twice_in_one_file(told_by):
    assert told(review(FigureImporter, table([figure(told_by), figure(told_by, valeur="80,0")]))) == [
        "Ligne 3 : même chiffre qu’à la ligne 2 : gardez une seule des deux lignes."
    ]


def test_a_source_by_its_address_and_by_its_title(told_by):
    for said in ("http://example.org/etude", "L'étude"):
        assert counts(review(FigureImporter, table([figure(told_by, source=said)]))) == (1, 0, 0)
    make.make_source(title="L’étude", url="https://example.org/autre")
    assert "plusieurs sources" in told(review(FigureImporter, table([figure(told_by, source="L’étude")])))[0]
    assert counts(
        review(
            FigureImporter,
            table([figure(told_by, source="L’étude", **{"adresse de la source": "https://example.org/autre"})]),
        )
    ) == (1, 0, 0)


def test_members_of_an_expected_cluster(told_by):
    Cluster.objects.filter(pk=told_by.pk).update(status="expected")
    assert "attendu" in told(review(FigureImporter, table([figure(told_by)])))[0]
