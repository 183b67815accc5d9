"""An article's page: what a reader, an author and an editor are shown of it."""

import datetime as dt
import json
import re

import pytest
from django.utils import timezone

from articles.models import Article
from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_draft,
    make_picture,
    make_reading,
    make_scheduled,
    make_series,
    make_source,
    make_tag,
)

pytestmark = pytest.mark.django_db
MARCH = dt.datetime(2020, 3, 2, 7, 40, tzinfo=dt.UTC)  # 08:40 at Casablanca


def page(client, article):
    response = client.get(f"/articles/{article.slug}/")
    assert response.status_code == 200
    return response


def html_of(client, article):
    """The page, with its no-break spaces as plain ones: where they stand is the business of others."""
    return re.sub("[\u00a0\u202f]|&nbsp;", " ", page(client, article).content.decode())


def json_ld(html):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def test_everything_of_the_seed_article_has_its_place(client):
    cluster = make_cluster(name="Cluster du denim", slug="denim")
    article = make_article(
        title="Maroc : les clusters", slug="maroc", standfirst="Treize clusters.", published_at=MARCH,
        body=f'<h2>Un cadre</h2><p>Le <span data-cluster="{cluster.public_id}">denim</span> et <a href="https://exemple.org/">ailleurs</a>.</p>',
        authors=[make_author(name="Fatima Z.", slug="fatima"), make_author(name="Karim B.", slug="karim")],
        tags=[make_tag(name="MAROC", slug="maroc"), make_tag(name="Actualite", slug="actualite")],
        clusters=[cluster], sources=[make_source(title="Panorama des clusters", slug="panorama", publisher="IPEMED")],
        cover=make_picture(caption="Une usine", credit="Photo A.", alt="Des métiers à tisser"),
    )  # fmt: skip
    make_reading(article, label="Une étude", publisher="Banque mondiale")
    make_reading(article, target=make_article(title="La suite", slug="suite"))
    html = html_of(client, article)
    for part in (
        "<h1>Maroc : les clusters</h1>",
        "Treize clusters.",
        "lundi 2 mars 2020</time>",
        '<time datetime="2020-03-02T08:40:00+01:00">',
        '<a class="cluster-ref" href="/clusters/denim/">denim</a>',
        '<a href="https://exemple.org/" rel="external noopener">ailleurs</a>',
        'href="/authors/fatima/"',
        'href="/authors/karim/"',
        'href="/tags/maroc/"',
        "#Actualite",
        'href="/sources/panorama/"',
        "IPEMED",
        "Une étude",
        "Banque mondiale",
        'href="/articles/suite/"',
        'alt="Des métiers à tisser"',
        "Une usine",
        "Photo A.",
        'href="/clusters/denim/">Cluster du denim</a>',
        "1 minute de lecture",
        "Pour aller plus loin",
    ):
        assert part in html, part
    assert html.index("Fatima Z.") < html.index("Karim B.")


def test_a_bare_article_has_a_page_too(client):
    html = html_of(client, make_article(authors=[], standfirst="", body=""))
    for part in (
        "Sources</h2>",
        "Pour aller plus loin",
        "Au registre",
        "À lire aussi",
        "Dossier :",
        "<figure",
        "Dans cet article",
    ):
        assert part not in html, part


def test_the_first_of_a_month_is_written_as_the_french_do(client):
    article = make_article(published_at=dt.datetime(2020, 5, 1, 12, tzinfo=dt.UTC))
    assert "vendredi 1er mai 2020" in html_of(client, article)


def test_days_are_those_of_the_newsrooms_clock(client):
    article = make_article(published_at=dt.datetime(2020, 3, 1, 23, 30, tzinfo=dt.UTC))
    assert "lundi 2 mars 2020" in html_of(client, article)


def test_an_update_is_told_only_when_an_editor_has_said_so(client):
    article = make_article(published_at=MARCH)
    article.body = "<p>Une coquille corrigée.</p>"
    article.save()
    assert "Dernière mise à jour" not in html_of(client, article)
    article.mark_updated("Chiffres de 2020 ajoutés", at=MARCH + dt.timedelta(days=1, hours=5))
    html = html_of(client, article)
    assert re.search(r"Dernière mise à jour</strong>\s*le 3 mars 2020 à 13:40", html)
    assert "Chiffres de 2020 ajoutés" in html


@pytest.mark.parametrize(("headings", "shown"), [(0, False), (2, False), (3, True), (5, True)])
def test_three_headings_make_a_table_of_contents(client, headings, shown):
    article = make_article(body="".join(f"<h2>Partie {n} &amp; suite</h2><p>x</p>" for n in range(headings)))
    html = html_of(client, article)
    assert ("Dans cet article" in html) is shown
    assert html.count('<a href="#partie-') == (headings if shown else 0)
    for anchor in re.findall(r'<a href="#(partie-[^"]*)"', html):
        assert html.count(f'id="{anchor}"') == 1


def test_no_anchor_of_the_page_is_there_twice(client):
    words = ["Sources", "Discussion", "Content", "Répondre", "Sources"]
    article = make_article(
        body="".join(f"<h2>{word}</h2><p>x</p>" for word in words), sources=[make_source()], clusters=[make_cluster()],
        series=make_series(), series_position=1,
    )  # fmt: skip
    make_article(series=article.series, series_position=2)
    ids = re.findall(r'\sid="([^"]*)"', html_of(client, article))
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)


def test_a_reference_to_a_hidden_cluster_is_plain_words(client):
    hidden = make_cluster(publication="draft", slug="secret")
    article = make_article(body=f'<p>Le <span data-cluster="{hidden.public_id}">projet</span></p>', clusters=[hidden])
    html = html_of(client, article)
    assert "Le projet</p>" in html
    assert "/clusters/secret/" not in html
    assert hidden.public_id not in html


def test_a_reference_follows_a_renamed_address(client):
    cluster = make_cluster(slug="solaire")
    article = make_article(body=f'<p><span data-cluster="{cluster.public_id}">EnR</span></p>')
    cluster.slug = "enr"
    cluster.save()
    assert 'href="/clusters/enr/"' in html_of(client, article)


def test_parts_of_a_series_lead_to_their_visible_neighbours(client):
    series = make_series(title="Panorama", slug="panorama")
    first, _hidden, third, fourth = (
        make(series=series, series_position=position, slug=f"partie-{position}")
        for position, make in enumerate((make_article, make_draft, make_article, make_article), 1)
    )
    make_scheduled(series=series, series_position=5)
    context = page(client, third).context
    assert (context["previous_part"], context["next_part"]) == (first, fourth)
    assert (context["part_number"], context["part_total"]) == (2, 3)
    html = html_of(client, third)
    assert 'rel="prev" href="/articles/partie-1/"' in html
    assert 'rel="next" href="/articles/partie-4/"' in html
    assert "2 sur 3" in html
    assert "/articles/partie-2/" not in html
    assert page(client, first).context["previous_part"] is None
    assert page(client, fourth).context["next_part"] is None


def test_related_articles_share_its_clusters_and_tags(client):
    cluster, tag = make_cluster(), make_tag()
    article = make_article(clusters=[cluster], tags=[tag])
    by_tag = make_article(tags=[tag])
    by_cluster = make_article(clusters=[cluster])
    make_scheduled(clusters=[cluster])
    make_article()
    assert page(client, article).context["related"] == [by_cluster, by_tag]


def test_four_related_articles_at_most(client):
    tag = make_tag()
    articles = [make_article(tags=[tag]) for _n in range(6)]
    assert len(page(client, articles[0]).context["related"]) == 4


@pytest.mark.parametrize(
    ("words", "sentence"), [(5, "1 minute de lecture"), (440, "2 minutes de lecture"), (2_200, "10 minutes de lecture")]
)
def test_how_long_it_takes_to_read(client, words, sentence):
    assert sentence in html_of(client, make_article(body=f"<p>{'mot ' * words}</p>"))


def test_what_machines_are_told(client, settings):
    settings.SITE_URL = "https://grappe.example"
    article = make_article(
        title="L’« avenir » </script><b>", slug="avenir", standfirst='Un "chapô" & <demi>', published_at=MARCH, cover=make_picture(alt='Une "vue"'),
        tags=[make_tag(name="Maroc")], series=make_series(title="Panorama", slug="panorama"), series_position=1,
        authors=[make_author(name="Fatima Z.", slug="fatima")], sources=[make_source(title="Étude IPEMED")],
        clusters=[make_cluster(name="Denim", slug="denim"), make_cluster(name="Secret", publication="draft")],
    )  # fmt: skip
    html = html_of(client, article)
    data = json_ld(html)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == article.title
    assert data["mainEntityOfPage"] == "https://grappe.example/articles/avenir/"
    assert data["datePublished"] == data["dateModified"] == "2020-03-02T08:40:00+01:00"
    assert data["author"] == [{"@type": "Person", "name": "Fatima Z.", "url": "https://grappe.example/authors/fatima/"}]
    assert data["about"] == [
        {"@type": "Organization", "name": "Denim", "url": "https://grappe.example/clusters/denim/"}
    ]
    assert data["citation"] == ["Étude IPEMED"]
    assert data["isPartOf"]["url"] == "https://grappe.example/series/panorama/"
    assert data["image"] == [f"https://grappe.example{article.cover.card}"]
    assert data["keywords"] == ["Maroc"]
    assert '<meta property="og:type" content="article">' in html
    assert f'<meta property="og:image" content="https://grappe.example{article.cover.card}">' in html
    assert '<meta property="og:image:alt" content="Une &quot;vue&quot;">' in html
    assert '<meta property="article:published_time" content="2020-03-02T08:40:00+01:00">' in html
    assert '<meta name="description" content="Un &quot;chapô&quot; &amp; &lt;demi&gt;">' in html
    assert "</script><b>" not in html
    article.mark_updated(at=MARCH + dt.timedelta(days=1))
    assert json_ld(html_of(client, article))["dateModified"] == "2020-03-03T08:40:00+01:00"


def test_a_description_for_search_engines_stands_before_the_standfirst(client):
    html = html_of(client, make_article(standfirst="Chapô", description="Pour les moteurs"))
    assert '<meta name="description" content="Pour les moteurs">' in html


def test_an_article_in_arabic_runs_from_right_to_left_inside_a_french_page(client):
    html = html_of(client, make_article(language="ar", title="التجمعات", body="<p>نص</p>"))
    assert html.startswith('<!doctype html>\n<html lang="fr" dir="ltr">')
    assert '<div class="prose" lang="ar" dir="rtl">' in html


# -- Who is shown what is not public ---------------------------------------------------------------------------------

UNSEEN = [
    make_draft,
    make_scheduled,
    lambda **values: make_article(state="in_review", **values),
    lambda **values: make_article(state="withdrawn", **values),
]


@pytest.mark.parametrize("make", UNSEEN)
def test_what_is_not_public_is_not_found_by_a_reader(client, make, as_role):
    article = make(title="Secret")
    for role in (False, None, "moderator", "author"):
        if role is not False:
            as_role(role)
        response = client.get(f"/articles/{article.slug}/")
        assert response.status_code == 404
        assert "Secret" not in response.content.decode()


@pytest.mark.parametrize("make", UNSEEN)
@pytest.mark.parametrize("role", ["editor", "admin"])
def test_an_editor_sees_a_preview_that_nobody_keeps(client, make, as_role, role):
    as_role(role)
    response = page(client, make())
    html = response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in html
    assert "Aperçu." in html
    assert "canonical" not in html


def test_a_public_article_is_no_preview_for_an_editor(client, as_role):
    as_role("editor")
    html = html_of(client, make_article())
    assert "Aperçu." not in html
    assert "noindex" not in html


def test_an_author_sees_their_own_draft_and_nobody_elses(client, as_role):
    author = as_role("author")
    own, signed, other = make_draft(created_by=author), make_draft(authors=[make_author(user=author)]), make_draft()
    assert "Aperçu." in html_of(client, own)
    assert "Aperçu." in html_of(client, signed)
    assert client.get(f"/articles/{other.slug}/").status_code == 404


def test_a_preview_of_a_part_stands_among_the_visible_parts(client, as_role):
    as_role("editor")
    series = make_series()
    first = make_article(series=series, series_position=1)
    draft = make_draft(series=series, series_position=2)
    third = make_article(series=series, series_position=3)
    context = page(client, draft).context
    assert (context["previous_part"], context["next_part"], context["part_number"], context["part_total"]) == (
        first,
        third,
        2,
        3,
    )


def test_a_draft_with_nothing_in_it_can_be_previewed(client, as_role):
    as_role("editor")
    assert html_of(client, make_draft(title="", standfirst="", body="", authors=[]))


def test_it_appears_with_its_hour_without_anybody_doing_anything(client):
    article = make_article(published_at=timezone.now() + dt.timedelta(hours=1))
    address = f"/articles/{article.slug}/"
    assert client.get(address).status_code == 404
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now())
    assert client.get(address).status_code == 200
