"""Where texts lead: the table that a save writes, what is broken, where a thing is used, and what may be deleted."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from articles import checks
from articles.models import Article, Link, OutsideAddress
from tests import factories as make
from tests.articles.test_admin import change, form_of, told

pytestmark = pytest.mark.django_db


def links_of(article):
    return {(link.kind, link.key, link.target) for link in article.links.all()}


def leading_to(*texts, **values):
    """An article whose stored text is this, whatever the sanitiser lets through by now."""
    article = make.make_article(**values)
    Article.objects.filter(pk=article.pk).update(body="<p>" + " ".join(texts) + "</p>")
    article.refresh_from_db()
    article.links.renew(article)
    return article


def by_id(kind, pk, words="mots"):
    return f'<a data-to="{kind}/{pk}">{words}</a>'


def test_every_kind_of_link_is_a_row(settings):
    settings.SITE_URL = "https://grappe.example"
    cluster, programme, source = make.make_cluster(), make.make_programme(), make.make_source()
    other, series, tag = make.make_article(), make.make_series(), make.make_tag()
    article = leading_to(
        f'<span data-cluster="{cluster.public_id}">x</span>',
        by_id("article", other.pk), by_id("cluster", cluster.public_id), by_id("programme", programme.pk),
        by_id("source", source.pk), by_id("series", series.pk), by_id("article", 987654), by_id("boat", 1),
        f'<a href="/tags/{tag.slug}/feed/?x=1#y">x</a>', f'<a href="https://grappe.example/articles/{other.slug}">x</a>',
        '<a href="/clusters/map/?country=MA">x</a>', '<a href="/nulle/part/">x</a>', '<a href="/articles/personne/">x</a>',
        '<a href="https://example.org/a?b=é#c">x</a>', '<a href="mailto:a@example.org">x</a>', '<a href="#partie">x</a>',
    )  # fmt: skip
    assert links_of(article) == {
        ("cluster", cluster.public_id, cluster.pk),
        ("cluster", f"cluster/{cluster.public_id}", cluster.pk),
        ("article", f"article/{other.pk}", other.pk),
        ("programme", f"programme/{programme.pk}", programme.pk),
        ("source", f"source/{source.pk}", source.pk),
        ("series", f"series/{series.pk}", series.pk),
        ("article", "article/987654", None),
        ("nowhere", "boat/1", None),
        ("tag", f"/tags/{tag.slug}/feed/", tag.pk),
        ("article", f"/articles/{other.slug}", other.pk),
        ("page", "/clusters/map/", None),
        ("nowhere", "/nulle/part/", None),
        ("article", "/articles/personne/", None),
        ("outside", "https://example.org/a?b=%C3%A9", None),
    }
    assert [link.key for link in Link.objects.lost().order_by("key")] == [
        "/articles/personne/", "/nulle/part/", "article/987654", "boat/1",
    ]  # fmt: skip


def test_a_save_writes_them_and_the_next_takes_them_back():
    cluster = make.make_cluster()
    reference = f'<span data-cluster="{cluster.public_id}">x</span>'
    article = make.make_article(body=f'<p>{reference} <a href="https://example.org/un">un</a></p>')
    first = set(article.links.values_list("pk", flat=True))
    assert len(first) == 2
    article.title = "Autre"
    article.save(update_fields=["title"])
    article.body += '<p><a href="https://example.org/deux">deux</a></p>'
    article.save()
    assert first < set(article.links.values_list("pk", flat=True))  # those that stay are the same rows
    article.body = "<p>Rien.</p>"
    article.save()
    assert not article.links.exists()


def test_further_reading_outside_is_followed_and_goes_with_its_line():
    article = make.make_article()
    line = make.make_reading(article, url="https://example.org/page#partie")
    assert links_of(article) == {("outside", "https://example.org/page", None)}
    line.delete()
    assert links_of(article) == set()
    make.make_reading(article, url="https://example.org/page")
    article.delete()
    assert not Link.objects.exists()


def test_the_command_makes_them_anew_and_twice_is_once(capsys):
    cluster = make.make_cluster()
    article = make.make_article(body=f'<p><span data-cluster="{cluster.public_id}">x</span></p>')
    article.links.all().delete()
    for _round in range(2):
        call_command("renew_links")
        assert links_of(article) == {("cluster", cluster.public_id, cluster.pk)}
    assert "1 links in 1 articles" in capsys.readouterr().out


@pytest.mark.parametrize("href", ["http://[", "//[", "https://exa mple.org/ a", "http://x:99999999/", "javascript:alert(1)", "https://example.org/" + "é" * 3000])  # fmt: skip
def test_an_address_that_is_none_breaks_nothing(href):
    article = leading_to(f'<a href="{href}">x</a>')
    checks.blocks(article)
    make.make_reading(article, url=href if len(href) < 500 else "https://example.org/")


def test_a_link_to_an_address_that_was_left_is_no_broken_one():
    other = make.make_article()
    first = other.slug
    other.slug = "nouvelle"
    other.save()
    article = leading_to(f'<a href="/articles/{first}/">x</a>')
    assert links_of(article) == {("article", f"/articles/{first}/", other.pk)}
    assert checks.blocks(article) == []


# -- Publishing ---------------------------------------------------------------------------------------------------------


def test_broken_links_block_publishing_and_say_which():
    hidden = make.make_draft()
    text = by_id("article", hidden.pk) + by_id("article", 4321) + '<a href="/tags/personne/">x</a>'
    text += '<span data-cluster="GRP-9999">x</span>'
    article = leading_to(text, state="draft", published_at=None)
    said = " ".join(one.sentence for one in checks.blocks(article))
    assert "article/4321" in said
    assert "/tags/personne/" in said
    assert "GRP-9999" in said
    assert f"article/{hidden.pk}" not in said  # two articles may be waiting to appear together
    assert len(checks.blocks(article)) == 3


def test_a_whole_article_has_none():
    other = make.make_article()
    assert checks.blocks(leading_to(by_id("article", other.pk), f'<a href="/articles/{other.slug}/">x</a>')) == []


# -- Where it is used, and deleting -------------------------------------------------------------------------------------


USED = {
    "programme": (make.make_programme, "clusters_programme"),
    "source": (make.make_source, "clusters_source"),
    "series": (make.make_series, "articles_series"),
    "article": (make.make_draft, "articles_article"),
}


@pytest.mark.parametrize("kind", USED)
def test_what_a_text_leads_to_is_not_deleted_and_the_page_says_where_it_is_used(client, as_role, kind):
    as_role("editor")
    factory, admin = USED[kind]
    record = factory()
    article = leading_to(by_id(kind, record.pk), title="Celui qui renvoie")
    form = client.get(reverse(f"admin:{admin}_change", args=[record.pk])).content.decode()
    assert "Celui qui renvoie" in form
    address = reverse(f"admin:{admin}_delete", args=[record.pk])
    for response in (client.get(address), client.post(address, {"post": "yes"})):
        page = response.content.decode()
        assert "sert encore et ne peut pas être supprimé" in page
        assert change(article) in page
        assert 'name="post"' not in page
    assert type(record).objects.filter(pk=record.pk).exists()
    Article.objects.filter(pk=article.pk).update(body="")
    article.refresh_from_db()
    article.links.renew(article)
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not type(record).objects.filter(pk=record.pk).exists()


def test_a_use_that_one_may_not_see_still_refuses_and_is_not_named(client, as_role):
    author = as_role("author")
    record = make.make_draft(created_by=author)
    leading_to(by_id("article", record.pk), state="draft", published_at=None, title="Secret d’une autre")
    author.user_permissions.add(*author.groups.get().permissions.model.objects.filter(codename="delete_article"))
    page = client.get(reverse("admin:articles_article_delete", args=[record.pk])).content.decode()
    assert "ne peut pas être supprimé" in page
    assert "Secret d’une autre" not in page


def test_deleting_a_tag_asks_first_with_the_list_of_its_articles(client, as_role):
    as_role("editor")
    tag = make.make_tag()
    article = make.make_article(tags=[tag], title="Celui qui le porte")
    address = reverse("admin:articles_tag_delete", args=[tag.pk])
    page = client.get(address).content.decode()
    assert "Celui qui le porte" in page
    assert change(article) in page
    assert 'name="post"' in page
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not article.tags.exists()


def test_withdrawing_warns_with_the_list_of_those_that_lead_there(client, as_role):
    as_role("editor")
    article = make.make_article()
    linking = leading_to(by_id("article", article.pk), title="Celui qui renvoie")
    reading = make.make_article(title="Celui qui conseille")
    make.make_reading(reading, article)
    response = client.post(change(article), form_of(article) | {"_state": "withdraw"}, follow=True)
    assert "leurs lecteurs n’y verront plus de lien" in told(response)
    assert change(linking) in told(response)
    assert change(reading) in told(response)
    alone = make.make_article()
    response = client.post(change(alone), form_of(alone) | {"_state": "withdraw"}, follow=True)
    assert "verront plus" not in told(response)


# -- The list -----------------------------------------------------------------------------------------------------------

LIST = "/admin/articles/article/links/"


def outside(article, url, **values):
    page = OutsideAddress.objects.create(url=url, **values)
    return Link.objects.create(article=article, kind="outside", key=url, outside=page)


@pytest.fixture
def checked(db):
    """An article with a link of each state."""
    from_now = make.make_article().published_at
    article = leading_to('<a href="/nulle/part/">x</a>', title="Article aux liens")
    outside(article, "https://example.org/mort", verdict="failed", failures=3, status=404, checked_at=from_now, error="La page n’existe plus.")  # fmt: skip
    outside(article, "https://example.org/panne", verdict="failed", failures=1, checked_at=from_now, error="Trop long.")
    outside(article, "https://example.org/parti", verdict="moved", status=200, checked_at=from_now, moved_to="https://example.org/la")  # fmt: skip
    outside(article, "https://example.org/timide", verdict="shy", status=403, checked_at=from_now)
    outside(article, "https://example.org/bon", verdict="ok", status=200, checked_at=from_now)
    outside(article, "https://example.org/neuf")
    return article


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"/nulle/part/", "mort"}),
        ("?etat=reparer&ou=exterieur", {"mort"}),
        ("?etat=reparer&ou=interieur", {"/nulle/part/"}),
        ("?etat=echecs", {"panne"}),
        ("?etat=deplaces", {"parti"}),
        ("?etat=robots", {"timide"}),
        ("?etat=jamais", {"neuf"}),
        ("?etat=bons", {"bon"}),
        ("?etat=tous", {"/nulle/part/", "mort", "panne", "parti", "timide", "bon", "neuf"}),
        ("?etat=zz&ou=zz", {"/nulle/part/", "mort"}),
    ],
)
def test_the_list_is_narrowed(client, as_role, checked, query, shown):
    as_role("editor")
    page = client.get(LIST + query).content.decode()
    names = {"/nulle/part/", "mort", "panne", "parti", "timide", "bon", "neuf"}
    assert {name for name in names if (name if "/" in name else f"example.org/{name}<") in page} == shown
    assert change(checked) in page


def test_what_is_wrong_is_said(client, as_role, checked):
    as_role("editor")
    page = client.get(LIST + "?etat=tous").content.decode()
    for said in ("La page n’existe plus. (404) 3 échecs de suite", "Déplacée pour de bon", "n’existe pas", "1 échec."):
        assert said in page, said


def test_an_author_reads_the_links_of_what_she_may_see(client, as_role, checked):
    as_role("author")
    hidden = leading_to('<a href="/perdu/">x</a>', state="draft", published_at=None, title="Brouillon d’une autre")
    page = client.get(LIST).content.decode()
    assert "Article aux liens" in page
    assert hidden.title not in page
    assert client.get(LIST + "?page=99").status_code == 404
