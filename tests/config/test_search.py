"""The one search: articles and clusters, of what anybody may see, whatever is typed."""

import pytest

from config import search
from tests.factories import make_article, make_cluster, make_draft, make_name, make_scheduled, make_tag

pytestmark = pytest.mark.django_db


def ask(client, query):
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    return response


def test_articles_and_clusters_are_found_together(client):
    article = make_article(title="L’énergie solaire au Maroc")
    cluster = make_cluster(name="Cluster solaire")
    make_article(title="Textile")
    context = ask(client, "SOLAIRES").context
    assert (context["articles"], context["clusters"]) == ([article], [cluster])
    assert (context["article_total"], context["cluster_total"], context["too_short"]) == (1, 1, False)


def test_a_cluster_is_found_by_a_former_name_and_an_acronym_finds_all_who_bear_it(client):
    renamed = make_cluster(name="Cluster EnR")
    make_name(renamed, value="Cluster Solaire", kind="former")
    first, second = (
        make_cluster(name="Industrie culturelle", acronym="MCIC"),
        make_cluster(name="Chimie", acronym="MCIC"),
    )
    assert ask(client, "cluster solaire").context["clusters"] == [renamed]
    assert set(ask(client, "mcic").context["clusters"]) == {first, second}


def test_nothing_hidden_is_found_or_counted(client):
    make_draft(title="Solaire")
    make_scheduled(title="Solaire")
    make_article(title="Solaire", state="withdrawn")
    make_cluster(name="Solaire", publication="draft")
    make_cluster(name="Solaire", merged_into=make_cluster())
    context = ask(client, "solaire").context
    assert (context["articles"], context["clusters"], context["article_total"], context["cluster_total"]) == (
        [],
        [],
        0,
        0,
    )


@pytest.mark.parametrize(
    "query",
    [
        '"solaire" OR b* NOT (', "solaire'); DROP TABLE clusters_cluster; --", "' OR 1=1", "NEAR(a b)", "heavy:solaire", "a:*", "&|!", "\\",
        "ـ", "😀", "%", "_", "(((((", "«»", "solaire " * 1_000, "é" * 10_000, "\u202esolaire", "a\nb",
    ],
)  # fmt: skip
def test_whatever_is_typed_is_an_answer_and_is_printed_as_typed(client, query):
    make_article(title="Solaire")
    make_cluster(name="Solaire")
    html = ask(client, query).content.decode()
    assert "<script>" not in html
    assert '<meta name="robots" content="noindex">' in html


def test_markup_in_a_query_is_shown_as_words(client):
    html = ask(client, '"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_an_empty_question_offers_tags_and_says_nothing_of_results(client):
    tags = [make_tag(name=name) for name in ("Deux", "Un")]
    make_article(tags=tags)
    make_article(tags=tags[:1])
    make_draft(tags=[make_tag(name="Caché")])
    for address in ("/search/", "/search/?q=", "/search/?q=%20"):
        response = client.get(address)
        assert (response.status_code, response.context["query"], response.context["too_short"]) == (200, "", False)
        assert response.context["popular_tags"] == tags
        assert "Par où commencer" in response.content.decode()


def test_a_question_without_a_word_is_told_so(client):
    assert ask(client, "?!").context["too_short"] is True


def test_no_result_is_said_in_words(client):
    assert "Rien ne correspond" in ask(client, "introuvable").content.decode()


def test_the_first_twenty_articles_and_ten_clusters_are_shown_and_all_are_counted(client):
    for _n in range(21):
        make_article(title="Solaire")
    for _n in range(11):
        make_cluster(name="Solaire")
    found = search.run("solaire")
    assert (len(found.articles), len(found.clusters), found.article_total, found.cluster_total) == (20, 10, 21, 11)


def test_the_language_of_an_article_does_not_matter_to_the_question(client):
    article = make_article(title="Renewable energies", language="en")
    arabic = make_article(title="التجمعات الصناعية", language="ar")
    assert ask(client, "energy").context["articles"] == [article]
    assert ask(client, "التجمعات").context["articles"] == [arabic]
