"""What is looked at before an article goes out: what blocks and what only warns, each with the field that it is about."""

import pytest
from django.core.exceptions import ValidationError

from articles import checks
from articles.models import Article
from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_draft,
    make_picture,
    make_programme,
    make_series,
    make_source,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db


def flawless(**values):
    """An article that nothing is to be said of."""
    return make_draft(
        **{"description": "Ce qu’il dit.", "tags": [make_tag()], "sources": [make_source()], "cover": make_picture(), **values}
    )  # fmt: skip


def holding(body, article=None):
    """An article that holds a body as it will be stored, whatever the sanitiser of today lets through."""
    article = article or flawless()
    article.body = f"<p>Un texte.</p>{body}"
    return article


def said(article):
    return [(one.field, one.blocks, one.sentence) for one in checks.findings(article)]


def test_of_a_finished_article_nothing_is_said():
    assert said(flawless()) == []


@pytest.mark.parametrize(
    ("spoil", "field", "words"),
    [
        (lambda article: setattr(article, "title", "  "), "title", "titre"),
        (lambda article: setattr(article, "body", ""), "body", "pas de texte"),
        (lambda article: article.bylines.all().delete(), "bylines", "pas signé"),
        (lambda article: setattr(article, "cover", make_picture(alt="")), "cover", "texte de remplacement"),
        (lambda article: setattr(article, "cover", make_picture(credit="")), "cover", "crédit"),
        (lambda article: holding('<p><span data-cluster="GRP-9999">x</span></p>', article), "body", "GRP-9999"),
        (lambda article: holding('<figure data-picture="0"></figure>', article), "body", "photothèque"),
        (lambda article: holding('<figure data-picture="x²"></figure>', article), "body", "photothèque"),
        (lambda article: holding('<p><a data-to="article/0">la suite du dossier</a></p>', article), "body", "la suite du dossier"),
        (lambda article: holding('<p><a data-to="nothing/1">rien</a></p>', article), "body", "rien"),
        (lambda article: holding('<p><a data-to="article/x">rien</a></p>', article), "body", "rien"),
        (lambda article: holding('<p><a href="/articles/nulle-part/">une analyse</a></p>', article), "body", "/articles/nulle-part/"),
        (lambda article: holding('<p><a href="/nulle-part">une page</a></p>', article), "body", "/nulle-part"),
        (lambda article: holding('<p><a href="http://127.0.0.1:8000/tags/rien/">un mot</a></p>', article), "body", "/tags/rien/"),
        (lambda article: holding('<p><a href="//[">une adresse</a></p>', article), "body", "une adresse"),
        (lambda article: holding("<h3>Trop bas</h3>", article), "body", "Trop bas"),
    ],
)  # fmt: skip
def test_what_blocks(settings, spoil, field, words):
    settings.SITE_URL = "http://127.0.0.1:8000"
    article = flawless()
    spoil(article)
    (found,) = checks.findings(article)
    assert (found.field, found.blocks) == (field, True)
    assert words in found.sentence
    assert found.sentence.endswith(".")
    assert checks.blocks(article) == [found]


@pytest.mark.parametrize(
    ("spoil", "field", "words"),
    [
        (lambda article: setattr(article, "title", "t" * 71), "title", "71 signes"),
        (lambda article: setattr(article, "description", ""), "description", "description"),
        (lambda article: article.citations.all().delete(), "citations", "source"),
        (lambda article: article.tags.clear(), "tags", "mot-dièse"),
        (lambda article: holding('<p>Lisez <a href="https://example.org/">Cliquez ici !</a></p>', article), "body", "Cliquez ici"),
        (lambda article: holding('<p><a href="/clusters/">ici</a></p>', article), "body", "ici"),
        (lambda article: holding('<p><a href="/admin/">le bureau</a></p>', article), "body", "les lecteurs ne voient pas"),
    ],
)  # fmt: skip
def test_what_only_warns(spoil, field, words):
    article = flawless()
    spoil(article)
    (found,) = checks.findings(article)
    assert (found.field, found.blocks) == (field, False)
    assert words in found.sentence
    assert checks.blocks(article) == []


def test_a_hidden_page_of_ours_is_a_warning_and_a_record_that_moved_is_none():
    draft, source = make_draft(), make_source(publication="draft")
    moved = make_cluster(merged_into=make_cluster())
    links = "".join(
        f'<p><a href="{one.get_absolute_url()}">une page du site</a></p>'
        for one in (draft, source, moved, make_article())
    )
    found = said(holding(links))
    assert [(field, blocks) for field, blocks, _sentence in found] == [("body", False), ("body", False)]
    assert draft.get_absolute_url() in found[0][2] + found[1][2]
    assert source.get_absolute_url() in found[0][2] + found[1][2]


def test_links_that_lead_somewhere_are_not_spoken_of():
    cluster, series = make_cluster(), make_series()
    targets = {
        "article": make_draft().pk, "cluster": cluster.public_id, "programme": make_programme().pk, "source": make_source().pk,
        "series": series.pk,
    }  # fmt: skip
    body = "".join(f'<p><a data-to="{kind}/{key}">le sujet</a></p>' for kind, key in targets.items())
    body += "".join(
        f'<p><a href="{href}">le sujet</a></p>'
        for href in (
            "https://example.org/articles/rien/", "mailto:a@example.org", "#partie", "?page=2", "/clusters/?country=MA", "/feed",
            "/static/img/card.jpg", cluster.get_absolute_url().rstrip("/"), f"{cluster.get_absolute_url()}#chiffres",
        )
    )  # fmt: skip
    article = make_article(description="Oui.", tags=[make_tag()], sources=[make_source()])
    assert said(holding(body, article)) == []


def test_a_picture_of_the_text_is_named_by_its_place():
    good, bad, decorative = make_picture(), make_picture(alt="", credit=""), make_picture(alt="", is_decorative=True)
    body = "".join(
        f'<figure data-picture="{one.pk}"><figcaption></figcaption></figure>' for one in (good, bad, decorative)
    )
    found = said(holding(body))
    assert [field for field, _blocks, _sentence in found] == ["body", "body"]
    assert all(sentence.startswith("Image 2 du texte.") for _field, _blocks, sentence in found)


def test_headings_go_down_by_one_and_up_by_any_and_those_of_boxes_do_not_count():
    body = '<h2>Un</h2><h3>Deux</h3><h2>Trois</h2><aside data-box="note"><h3>Encadré</h3></aside>'
    assert said(holding(body)) == []
    assert said(holding('<aside data-box="note"><h3>Encadré</h3></aside>')) == []


def test_whatever_is_wrong_is_told_at_once_and_what_blocks_comes_first():
    article = make_draft(body="", authors=[], cover=make_picture(alt="", credit=""), description="")
    found = checks.findings(article)
    assert [one.field for one in found if one.blocks] == ["body", "bylines", "cover", "cover"]
    assert [one.blocks for one in found] == sorted((one.blocks for one in found), reverse=True)
    assert {one.anchor for one in found} >= {"id_body", "bylines-group", "id_cover", "citations-group"}


@pytest.mark.parametrize(
    "body",
    ["<p><a>x", "<h3><h3>", "</aside></table></p>", '<a data-to="">x</a>', '<figure data-picture="">', "<p>" * 2000, '<a href="http://[x">y</a>'],
)  # fmt: skip
def test_no_body_is_too_strange_to_be_read(body):
    assert isinstance(checks.findings(holding(body)), list)


def test_many_links_are_asked_for_in_as_many_queries_as_few(django_assert_max_num_queries):
    rows = [make_draft() for _n in range(12)]
    body = "".join(
        f'<p><a href="{one.get_absolute_url()}">le {one.pk}</a> <a data-to="article/{one.pk}">là-bas</a></p>'
        for one in rows
    )
    body += "".join(f'<figure data-picture="{make_picture().pk}"></figure>' for _n in range(5))
    article = holding(body)
    with django_assert_max_num_queries(9):
        checks.findings(article)


# -- How easy it is to read ----------------------------------------------------------------------------------------------

SIMPLE = "Le vent se lève. La mer est grise. On part au port. Il fait froid. Le quai est vide. "
HEAVY = (
    "L’institutionnalisation progressive des mécanismes interministériels de contractualisation pluriannuelle des organisations "
    "professionnelles représentatives conditionne l’opérationnalisation des recommandations internationales. "
)


def test_reading_ease_is_the_formula_of_kandel_and_moles():
    # 100 words of one syllable in sentences of five: 207 - 1.015 × 5 - 73.6 × 1.
    assert checks.reading_ease(["Le vent est froid là. " * 20]) == pytest.approx(207 - 1.015 * 5 - 73.6)


def test_a_short_text_has_no_reading_level():
    assert checks.reading_ease(["Le vent se lève. " * 24]) is None


@pytest.mark.parametrize(
    ("word", "heard"),
    [("eau", 1), ("création", 3), ("entreprises", 3), ("qualité", 3), ("le", 1), ("opérationnels", 5), ("guerre", 1), ("d’État", 2),
     ("l’eau", 1), ("fille", 1), ("TGV", 1)],
)  # fmt: skip
def test_syllables(word, heard):
    assert checks.syllables(word) == heard


def test_only_a_hard_french_text_is_told_so():
    easy, hard = f"<p>{SIMPLE * 8}</p>", f"<p>{HEAVY * 8}</p>"
    assert said(holding(easy)) == []
    ((field, blocks, sentence),) = said(holding(hard))
    assert (field, blocks) == ("body", False)
    assert "Kandel et Moles" in sentence
    article = holding(hard, flawless(language="en"))
    assert said(article) == []
    assert said(holding(f"<table><tr><td><p>{HEAVY * 8}</p></td></tr></table>")) == [], "a table is no prose"


# -- Where it is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["submit", "publish"])
def test_what_warns_does_not_stand_in_the_way(action):
    article = make_draft()
    assert checks.findings(article)
    article.change_state(action, make_user("editor"))
    assert Article.objects.get(pk=article.pk).state != "draft"


def test_the_form_lists_both_with_links_to_the_fields(client, as_role):
    as_role("editor")
    article = make_draft(authors=[], description="")
    page = client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    assert 'href="#bylines-group"' in page
    assert 'id="bylines-group"' in page
    assert 'href="#id_description"' in page
    assert page.count("À corriger") == 1


def test_a_broken_link_keeps_an_article_from_going_out(client, as_role):
    as_role("editor")
    article = make_draft(authors=[make_author()], body='<p><a href="/articles/nulle-part/">une analyse</a></p>')
    with pytest.raises(ValidationError, match="nulle-part"):
        article.change_state("publish", make_user("editor"))
    assert not Article.objects.visible().exists()
