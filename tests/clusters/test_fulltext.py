"""The full-text search: the same words found on both databases, and an index that follows its rows."""

import pytest

from clusters import fulltext
from clusters.fulltext import SearchEntry, analyse, fold, query_terms
from clusters.models import Cluster, ClusterSector
from tests.factories import make_cluster, make_name, make_sector

pytestmark = pytest.mark.django_db


def found(query):
    return [cluster.slug for cluster in Cluster.objects.matching(query)]


def put(slug, heavy, light="", language="fr"):
    cluster = make_cluster(slug=slug)
    fulltext.put(cluster, heavy, light, language)
    return cluster


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Cluster solaire", "clusters solaires"),
        ("Les clusters", "cluster"),
        ("Entreprises exportatrices", "entreprise exportatrice"),
        ("Économie numérique", "economie numerique"),
        ("economie", "ÉCONOMIE"),
        ("Cite\u0301 de l\u2019e\u0301nergie", "cité énergie"),
        ("Cité de l’énergie", "cite\u0301"),
        ("L'énergie d'Agadir", "énergie agadir"),
        ("Jusqu’à Agadir", "jusqu'Agadir"),
        ("énergie", "l’énergie"),
        ("énergie", "l'énergie"),
        ("R&D et innovation", "R&D"),
        ("R&D et innovation", "r&d innovation"),
        ("C++ à Sousse", "c++"),
        ("œuvre", "œuvre"),
        ("ﬁlière", "filière"),
        ("Textile et cuir", "textile & cuir"),
        ("Textile & cuir", "textile cuir"),
        ("Label 2020", "2020"),
        ("CE3M", "ce3m"),
        ("التجمع الشمسي", "تجمع"),
        ("مدينة الطاقة", "مدينه الطاقه"),
        ("مُحَمَّد الخامس", "محمد"),
        ("محمد", "مُحَمَّد"),
        ("الـــطاقة", "الطاقة"),
        ("المستشفى", "المستشفي"),
    ],
)
def test_a_query_finds_the_text_in_another_form(text, query):
    put("la", text)
    put("autre", "rien de commun")
    assert found(query) == ["la"]


@pytest.mark.parametrize("query", ["solaire marin", "automobile", "r", "2021"])
def test_every_word_must_be_there(query):
    put("la", "Cluster solaire R&D 2020")
    assert found(query) == []


def test_the_title_weighs_more_than_the_text_and_the_whole_word_is_tried_first():
    put("texte", "Autre chose", "solaire")
    put("titre", "Solaire", "autre chose")
    put("prefixe", "Solairopolis")
    assert found("solaire") == ["titre", "texte"]
    assert found("solairo") == ["prefixe"]


def test_the_last_word_may_be_unfinished_but_not_the_first():
    put("la", "Cluster mécatronique de Sousse")
    assert found("sousse mécatro") == ["la"]
    assert found("mécatro sousse") == []
    assert found("mé") == []


def test_words_that_say_nothing_are_not_asked_for_unless_they_are_all_there_is():
    put("la", "Pôle des énergies")
    assert found("le pôle de la énergie") == ["la"]
    assert query_terms("le la") != []


@pytest.mark.parametrize(
    "query",
    [
        "", " ", "\t\n", "?", "«»", "...", '"', "'", "''''", "\\", "%", "*", "(", ")", ":", "-", "--", "&", "+", "&&", "ـ", "ـ ـ", "َ",
        "\u0301", "\x00", "\u202e", "😀", "\ud800".encode("utf-8", "replace").decode(),
    ],
)  # fmt: skip
def test_a_query_without_a_word_finds_nothing_and_does_not_fail(query):
    put("la", "Cluster & ? * ـ")
    assert found(query) == []


@pytest.mark.parametrize(
    "query",
    [
        '"a" OR b* NOT (', "solaire OR", "NOT solaire", "solaire AND", "NEAR(solaire sousse, 2)", "heavy:solaire", "solaire*", '"solaire',
        "solaire:*", "solaire:A", "!solaire", "solaire | marin", "solaire <-> marin", "'solaire'", "solaire''", "solaire\\", "^solaire",
        "{heavy}: solaire", "solaire; DROP TABLE clusters_cluster", "solaire\x00", "½ ⑴ ﷺ ª ² ⅷ", "_", "__a__", "a&b&", "&a", "+",
        "ŉ ǆ ﬀ", "İstanbul", "ß", "कलस्टर", "集群", "𝔠𝔩𝔲𝔰𝔱𝔢𝔯", "a" * 5_000, "é" * 200 + "́" * 300, "x " * 5_000, "ab&" * 100,
    ],
)  # fmt: skip
def test_operators_of_the_database_are_only_words(query):
    put("la", "Cluster solaire")
    assert set(found(query)) <= {"la"}


def test_operators_do_not_widen_a_query():
    put("la", "Cluster solaire")
    put("autre", "Cluster marin")
    assert found("solaire OR marin") == []
    assert found('"solaire"') == ["la"]
    assert found("-solaire") == ["la"]


def test_ten_thousand_characters_are_a_query_like_another():
    put("la", "Cluster solaire")
    assert found("solaire " * 1_250) == ["la"]
    assert len(query_terms("mot " * 5_000)) == 12


def test_a_long_word_is_found_by_itself():
    word = "x" * 300
    put("la", word)
    assert found(word) == ["la"]


def make_many(count, publication="published", country="MA"):
    before = Cluster.objects.count()
    rest = {"publication": publication, "country": country, "status": "active"}
    numbers = range(before, before + count)
    Cluster.objects.bulk_create([Cluster(slug=f"c-{n}", name="Solaire", public_id=f"X-{n}", **rest) for n in numbers])
    made = Cluster.objects.filter(public_id__in=[f"X-{n}" for n in numbers])
    fulltext.put_many((one, one.name, "", "fr") for one in made)


def test_all_rows_are_found_however_many_and_those_that_may_be_seen_alone():
    make_many(700)
    make_many(600, country="DZ")
    make_many(1_200, publication="draft")
    best = put("le-meilleur", "Solaire solaire solaire")
    visible = Cluster.objects.visible()
    assert visible.matching("solaire").count() == 1_301
    assert visible.filter(country="DZ").matching("solaire").count() == 600
    assert visible.matching("solaire")[0] == best
    assert len({one.pk for one in visible.matching("solaire")}) == 1_301
    assert Cluster.objects.matching("solaire").count() == 2_501


def test_a_list_an_api_and_a_file_of_many_are_whole(client):
    make_many(300)
    make_many(1_200, publication="draft")
    page = client.get("/clusters/?q=solaire&country=MA")
    assert "300 clusters" in page.content.decode()
    assert client.get("/api/clusters/?q=solaire").json()["count"] == 300
    assert client.get("/clusters/export.csv?q=solaire").getvalue().count(b"\r\n") == 301


def test_a_hidden_row_has_no_say_in_whether_the_last_word_is_unfinished():
    put("visible", "Solairopolis")
    secret = put("secret", "Solairo")
    Cluster.objects.filter(pk=secret.pk).update(publication="draft")
    assert [one.slug for one in Cluster.objects.visible().matching("solairo")] == ["visible"]
    assert found("solairo") == ["secret"]


def test_a_search_of_many_rows_asks_as_often_as_one_of_few(django_assert_num_queries):
    make_many(3)
    for count in (3, 203):
        with django_assert_num_queries(2):
            assert len(Cluster.objects.visible().matching("solaire")) == count
        make_many(200)


def test_matching_keeps_to_the_rows_it_is_asked_of_best_first():
    put("texte", "Autre", "solaire")
    put("titre", "Solaire")
    secret = put("secret", "Solaire")
    Cluster.objects.filter(pk=secret.pk).update(publication="draft")
    assert [one.slug for one in Cluster.objects.visible().matching("solaire")] == ["titre", "texte"]
    assert list(Cluster.objects.matching("?")) == []


# -- The index follows its rows --------------------------------------------------------------------------------------


def test_a_saved_row_is_found_at_once_by_every_name_place_and_sector():
    cluster = make_cluster(
        slug="enr", name="Cluster EnR", acronym="CENR", city="Benguérir", summary="Des panneaux.", description="<p>Onduleurs</p>",
        sector=make_sector(label="Énergies renouvelables"),
    )  # fmt: skip
    make_name(cluster, value="Cluster Solaire", kind="former")
    for query in ("enr", "cenr", "benguerir", "panneau", "onduleur", "renouvelable", "solaire", "maroc"):
        assert found(query) == ["enr"], query


def test_a_renamed_row_is_found_by_its_new_name_only():
    cluster = make_cluster(slug="enr", name="Cluster Solaire")
    cluster.name = "Cluster EnR"
    cluster.save()
    assert found("solaire") == []
    assert found("enr") == ["enr"]
    assert SearchEntry.objects.filter(object_id=cluster.pk).count() == 1


def test_a_name_that_is_added_changed_or_deleted_is_followed():
    cluster = make_cluster(slug="enr")
    name = make_name(cluster, value="Solaire")
    assert found("solaire") == ["enr"]
    name.value = "Photovoltaïque"
    name.save()
    assert (found("solaire"), found("photovoltaique")) == ([], ["enr"])
    name.delete()
    assert found("photovoltaique") == []


def test_a_renamed_or_left_sector_is_followed():
    sector = make_sector(label="Textile")
    cluster = make_cluster(slug="denim", sector=sector)
    sector.label = "Mode et habillement"
    sector.save()
    assert (found("textile"), found("habillement")) == ([], ["denim"])
    ClusterSector.objects.get(cluster=cluster).delete()
    assert found("habillement") == []


def test_a_deleted_row_is_forgotten_with_its_names():
    cluster = make_cluster(name="Cluster solaire")
    make_name(cluster, value="Photovoltaïque")
    number = cluster.pk
    cluster.delete()
    assert not SearchEntry.objects.filter(object_id=number).exists()
    assert found("solaire") == []
    assert found("photovoltaïque") == []


def test_two_kinds_of_rows_with_one_number_do_not_meet():
    cluster = put("la", "Solaire")
    SearchEntry.objects.create(kind="articles.article", object_id=cluster.pk, heavy="mari", light="")
    assert found("marin") == []


def test_reindex_brings_rows_in_line_after_a_bulk_write():
    cluster = make_cluster(slug="enr", name="Avant")
    Cluster.objects.filter(pk=cluster.pk).update(name="Photovoltaïque")
    assert found("photovoltaique") == []
    Cluster.objects.filter(pk=cluster.pk).reindex()
    assert found("photovoltaique") == ["enr"]
    assert found("avant") == []


def test_an_index_entry_that_is_put_back_by_a_rollback_is_found_as_before():
    from django.db import transaction

    cluster = make_cluster(slug="enr", name="Solaire")

    def rename_and_fail():
        with transaction.atomic():
            cluster.name = "Marin"
            cluster.save()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        rename_and_fail()
    assert (found("solaire"), found("marin")) == (["enr"], [])


# -- Analysis --------------------------------------------------------------------------------------------------------


def test_terms_hold_nothing_that_a_database_would_read_as_a_sign():
    import sys

    every = " ".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    for term in set(analyse(every)):
        assert term, "an empty term"
        assert all(sign.isalnum() or sign in "_&+" for sign in term), ascii(term)


def test_folding_takes_accents_and_variant_letters_away():
    assert fold("ÉÀÇœ") == "eacœ"
    assert fold("مدينة") == "مدينه"
