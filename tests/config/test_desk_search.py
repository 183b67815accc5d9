"""The search of the admin: everything that one may see, and nothing that one may not, by words, by number and by address.

Past 400 lines: roles, kinds, addresses and bad input are asked of one page; apart, they would build the same newsroom anew.
"""

from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import PictureUpload, ShareLink
from clusters.models import ClusterIdentifier, FormerAddress
from config import desk_search
from tests import factories as make
from tests.house.test_admin_pages import NAMES_ONE, OWN
from tests.house.world import make_comment

pytestmark = pytest.mark.django_db
ROLES = ("author", "editor", "moderator", "admin")
SEARCH = "/admin/search/"


class Text(HTMLParser):
    """What a page says, without what was asked: the field that repeats the query is an attribute."""

    def __init__(self):
        super().__init__()
        self.said = ""

    def handle_data(self, data):
        self.said += data


def said_at(client, query):
    response = client.get(SEARCH, {"q": query})
    assert response.status_code == 200
    reader = Text()
    reader.feed(response.content.decode())
    return reader.said


def found(client, query):
    response = client.get(SEARCH, {"q": query})
    assert response.status_code == 200
    return response.context["found"]


def titles(client, query):
    """Anchor of each group → the titles in it."""
    return {group.anchor: [row.title for row in group.rows] for group in found(client, query).groups}


def named(client, query):
    return [row.title for row in found(client, query).named]


def log_in(client, role, **values):
    user = make.make_user(role, **values)
    client.force_login(user)
    return user


# -- Words -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def newsroom():
    """One row of each kind that holds the word « zorglub », of which some are hidden from some."""
    other = make.make_user("author", username="zorglub-autre")
    source = make.make_source(title="Étude zorglub")
    cluster = make.make_cluster(name="Cluster zorglub", public_id="GRP-7001")
    indicator, sector = make.make_indicator(label="Zorglub, en tonnes"), make.make_sector(label="Filière zorglub")
    programme = make.make_programme(name="Plan zorglub", publication="draft")
    make.make_observation(cluster, indicator=indicator, source=source)
    make.make_suggestion(cluster, proposed="zorglub sur mer")
    article = make.make_article(
        title="Le zorglub expliqué",
        authors=[make.make_author(name="Zorglub Martin")],
        tags=[make.make_tag(name="Zorglub")],
        series=make.make_series(title="Dossier zorglub"),
        series_position=1,
    )
    make.make_draft(title="Secret sur le zorglub", created_by=other, cover=make.make_picture(caption="", alt="Un port"))
    make.make_picture(caption="Un zorglub au repos")
    make_comment(article, "reader", name="Zorglubine", body="Que de zorglub !", state="pending")
    FormerAddress.objects.create(kind="articles.article", slug="ancien-zorglub", object_id=article.pk)
    return {"article": article, "sector": sector, "programme": programme, "other": other}


@pytest.mark.parametrize("role", ROLES)
def test_each_kind_holds_what_its_list_holds(client, newsroom, role):
    """Neither more nor less, for each person: the list behind « Tout voir » is the measure; a closed list has no group."""
    user = log_in(client, role)
    groups = {group.anchor: group for group in found(client, "zorglub").groups}
    asked_for = 0
    for model, owner in admin.site._registry.items():
        anchor = f"{model._meta.app_label}-{model._meta.model_name}"
        query = {**desk_search.KINDS.get(model._meta.label_lower, desk_search.Kind()).everything, "q": "zorglub"}
        listed = client.get(reverse(f"admin:{anchor.replace('-', '_')}_changelist"), query)
        if listed.status_code == 403:
            assert anchor not in groups, (user, anchor)
            continue
        if not owner.get_search_fields(listed.wsgi_request):
            continue
        count = listed.context["cl"].result_count
        assert (groups[anchor].total if anchor in groups else 0) == count, anchor
        asked_for += bool(count)
        if count:
            assert client.get(groups[anchor].more).context["cl"].result_count == count, "« Tout voir » shows as many"
    assert asked_for == len(groups) > 0


OTHERS = "clusters-cluster clusters-observation clusters-source clusters-programme clusters-indicator clusters-sector"
REGISTRY = {*OTHERS.split(), "clusters-suggestion"}
ARTICLES = {"articles-article", "articles-series", "articles-tag", "articles-author", "articles-picture"}
SEES = {
    "author": ARTICLES | REGISTRY,
    "editor": ARTICLES | REGISTRY | {"articles-comment", "clusters-formeraddress"},
    "moderator": {"articles-article", "articles-comment"},
    "admin": ARTICLES | REGISTRY | {"articles-comment", "clusters-formeraddress", "auth-user"},
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_finds_its_own_kinds(client, newsroom, role):
    log_in(client, role)
    assert set(titles(client, "zorglub")) == SEES[role]


@pytest.mark.parametrize("role", ROLES)
def test_the_draft_of_somebody_else_is_neither_found_nor_counted_nor_named(client, newsroom, role):
    log_in(client, role)
    sees_all = role in ("editor", "admin")
    group = next(one for one in found(client, "zorglub").groups if one.anchor == "articles-article")
    assert group.total == (2 if sees_all else 1)
    assert ("Secret" in said_at(client, "zorglub")) is sees_all
    assert "Le zorglub expliqué" in said_at(client, "zorglub"), "what everybody may see is found"
    # The picture at its head has no such word: it is found through the article, by whoever may see that one.
    assert ("Un port" in said_at(client, "secret")) is sees_all


def test_an_author_finds_her_own_draft(client, newsroom):
    author = log_in(client, "author")
    make.make_draft(title="Mon zorglub à moi", created_by=author)
    assert sorted(titles(client, "zorglub")["articles-article"]) == ["Le zorglub expliqué", "Mon zorglub à moi"]


@pytest.mark.parametrize("role", ROLES)
def test_the_address_of_a_reader_finds_a_comment_for_those_alone_who_may_read_it(client, newsroom, role):
    log_in(client, role)
    make_comment(newsroom["article"], "x", name="Anonyme", body="Rien.", email="cache@example.org")
    is_there = "articles-comment" in titles(client, "cache@example.org")
    assert is_there is (role in ("moderator", "admin"))


def test_staff_without_a_role_find_nothing_but_pages_of_their_own(client, newsroom):
    client.force_login(User.objects.create_user("nobody", password=make.PASSWORD, is_staff=True))
    assert found(client, "zorglub").groups == []
    assert [label for label, _href in found(client, "mot de passe").pages] == ["Mot de passe"]
    assert "Cluster zorglub" not in said_at(client, "GRP-7001")


def test_full_texts_file_names_and_words_without_accents_are_found(client):
    log_in(client, "editor")
    make.make_article(title="Titre", body="<p>Une éolienne dérive.</p>")
    picture = make.make_picture(caption="Une image")
    PictureUpload.objects.create(
        origin="f" * 64, digest=picture.digest, width=8, height=8, name="quai-nord.jpg", received_at=timezone.now()
    )
    assert titles(client, "EOLIENNE")["articles-article"] == ["Titre"]
    assert titles(client, "quai-nord")["articles-picture"] == ["Une image"]


def test_the_best_comes_first(client):
    log_in(client, "editor")
    make.make_article(title="Sans rapport", body="<p>Un mot sur le cacao.</p>")
    make.make_article(title="Le cacao", published_at=None, state="draft")
    for name in ("Autour du cacao", "Cacao et sucre", "Cacao"):
        make.make_source(title=name)
    assert titles(client, "cacao")["articles-article"] == ["Le cacao", "Sans rapport"]
    assert titles(client, "cacao")["clusters-source"] == ["Cacao", "Cacao et sucre", "Autour du cacao"]


def test_a_row_is_told_as_its_list_tells_it(client):
    log_in(client, "editor")
    make.make_draft(title="Le cacao", authors=[make.make_author(name="Rim")])
    said = said_at(client, "cacao")
    assert "Brouillon" in said
    assert "Rim" in said


def test_what_has_more_rows_leads_to_all_of_them(client):
    log_in(client, "editor")
    article = make.make_article()
    for n in range(9):
        make_comment(article, f"c{n}", body=f"Du cacao {n}", state="published")
    (group,) = found(client, "cacao").groups
    assert (len(group.rows), group.total) == (desk_search.SHOWN, 9)
    assert client.get(group.more).context["cl"].result_count == 9
    assert "Tout voir (9)" in said_at(client, "cacao")


# -- Numbers and addresses -------------------------------------------------------------------------------------------


def test_a_number_leads_to_what_has_it(client):
    log_in(client, "editor")
    article = make.make_article(pk=4242, title="Numéroté")
    comment = make_comment(article, "c", pk=4243, body="Numéroté aussi", state="pending")
    assert named(client, "4242") == named(client, "#4242") == ["Numéroté"]
    assert named(client, f"# {comment.pk}") == ["Numéroté aussi"]
    assert named(client, "#4299") == []


def test_an_identifier_leads_to_its_cluster(client):
    log_in(client, "editor")
    cluster = make.make_cluster(name="Pôle menthe", public_id="GRP-0777")
    ClusterIdentifier.objects.create(cluster=cluster, registry="ror", value="05dxps055")
    assert named(client, "grp-0777") == named(client, "05dxps055") == [str(cluster)]


def test_a_pasted_address_leads_to_its_record(client, settings):
    user = log_in(client, "editor")
    cluster, series, picture = (
        make.make_cluster(name="Pôle menthe"),
        make.make_series(title="Suite"),
        make.make_picture(),
    )
    article = make.make_article(title="Menthe", slug="menthe", series=series, series_position=1)
    comment = make_comment(article, "c", body="Fraîche", state="published")
    suggestion = make.make_suggestion(cluster, proposed="Rabat-Salé")
    link = ShareLink.objects.share(article, user)
    FormerAddress.objects.create(kind="articles.article", slug="ancienne-menthe", object_id=article.pk)
    draft = make.make_draft(title="Pas encore", slug="pas-encore")
    expected = {
        "/articles/menthe/": ["Menthe"],
        "/articles/menthe": ["Menthe"],
        f"{settings.SITE_URL}/articles/menthe/?page=2": ["Menthe"],
        "http://testserver/articles/menthe/": ["Menthe"],
        "/articles/ancienne-menthe/": ["Menthe"],
        "/articles/pas-encore/": ["Pas encore"],
        comment.get_absolute_url(): ["Fraîche", "Menthe"],
        link.get_absolute_url(): ["Menthe"],
        series.get_absolute_url(): ["Suite"],
        f"/series/{series.slug}/feed/": ["Suite"],
        cluster.get_absolute_url(): [str(cluster)],
        f"/clusters/{cluster.slug}/correction/": [str(cluster)],
        f"/api/clusters/{cluster.public_id}/": [str(cluster)],
        f"/pictures/{picture.pk}/": [str(picture)],
        suggestion.get_absolute_url(): ["Rabat-Salé"],
        reverse("admin:articles_article_change", args=[draft.pk]): ["Pas encore"],
        reverse("admin:articles_article_history", args=[draft.pk]): ["Pas encore"],
        f"/admin/articles/article/{draft.pk}/remarks/": ["Pas encore"],
        reverse("admin:clusters_cluster_change", args=[cluster.pk]): [str(cluster)],
    }  # fmt: skip
    assert {address: named(client, address) for address in expected} == expected


@pytest.mark.parametrize(
    "address",
    [
        "/articles/rien/", "/admin/articles/article/999999/change/", "/admin/articles/article/x/change/", "/admin/", "/rien",
        "https://example.com/articles/menthe/", "//example.com/articles/menthe/", "//[", "/relecture/faux/", "/clusters/map/",
        "/pictures/99999999999999999999/", "/corrections/rien/",
    ],
)  # fmt: skip
def test_an_address_of_nothing_of_ours_names_nothing(client, address):
    log_in(client, "editor")
    make.make_article(slug="menthe")
    assert named(client, address) == []


def test_number_and_address_show_nothing_that_is_hidden(client):
    log_in(client, "author")
    draft = make.make_draft(pk=4242, title="Secret", slug="secret", created_by=make.make_user("author"))
    comment = make_comment(make.make_article(slug="ouvert"), "c", pk=4243, body="Chuchoté", state="published")
    link = ShareLink.objects.share(draft, make.make_user("editor"))
    member = make.make_user("editor", username="cachee")
    for query in (
        "#4242", "4243", "/articles/secret/", link.get_absolute_url(), "/admin/articles/article/4242/change/",
        "/admin/articles/comment/4243/change/", reverse("admin:auth_user_change", args=[member.pk]),
    ):  # fmt: skip
        said = said_at(client, query)
        assert not any(word in said for word in ("Secret", "Chuchoté", "cachee")), query
    assert [row.kind for row in found(client, comment.get_absolute_url()).named] == ["Article"], "its article is public"


# -- Pages of the admin ----------------------------------------------------------------------------------------------

NO_PAGES = {"choices", "names", "csv", "xlsx"}
"""Addresses that answer a script, or with a file."""


@pytest.mark.parametrize("role", ROLES)
def test_pages_that_are_found_open_and_pages_that_open_are_found(client, role):
    log_in(client, role)
    request = RequestFactory().get(SEARCH)
    request.user = client.get(SEARCH).wsgi_request.user
    listed = {href for _label, href, _words in desk_search._all_pages(admin.site, request)}
    for href in listed:
        assert client.get(href).status_code == 200, href
    pages = set(OWN) - set(NAMES_ONE) - {"articles_article_mentions"}
    for name in [one for one in pages if one.split("_")[-1] not in NO_PAGES]:
        href = reverse(f"admin:{name}")
        assert (href in listed) is (client.get(href).status_code == 200), name


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("images sans texte", "Images sans texte ou sans crédit"),
        ("ECRIRE", "Écrire un article"),
        ("ajouter source", "Ajouter : source"),
        ("liens casses", "Liens à réparer"),
        ("impor chiff", "Importer des chiffres"),
        ("mentions", "Mentions sans lien"),
        ("commentaires", "Commentaires"),
        ("doublons", "Fiches à soigner"),
    ],
)
def test_pages_are_found_by_name(client, query, label):
    log_in(client, "editor")
    pages = dict(found(client, query).pages)
    assert label in pages
    assert client.get(pages[label]).status_code == 200
    assert found(client, "zzzz").pages == []


# -- The page itself -------------------------------------------------------------------------------------------------


def test_the_empty_page_says_what_can_be_searched_and_the_key(client):
    log_in(client, "moderator")
    said = said_at(client, "")
    assert "Ce qui se cherche ici" in said
    assert "Commentaires" in said
    assert "Sources" not in said, "what this person has no list of is not promised"
    assert "Ctrl" in said
    assert client.get(SEARCH).status_code == 200


def test_a_search_without_a_hit_says_so_and_what_to_do(client):
    log_in(client, "editor")
    said = said_at(client, "<b>xyzzy</b>")
    assert "ne correspond" in said
    assert "<b>xyzzy</b>" in said
    assert "Essayez un mot de moins" in said


HOSTILE = [
    "x" * 10_000, "a " * 5_000, "\x00", "a\x00b", "???", "%", "_", "'", '"', '"a', "' OR 1=1 --", "a AND", "NOT", "NEAR(a b)",
    "a*", "*", "a:b", "title:x", "& | !", "a & | b", "<->", "(", "))((", "\\", "\\x", "{}", "🍇", "👩‍🚀", "\u202eabc\u202c", "\u2066", "\ud800",
    "#", "#0", "#999999999999999999", "#" + "9" * 400, "٤٢", "l’", "-", "--", ";", "/" * 200, "/articles/\x00/", "http://[", "//", "\t\n ",
    "/articles/%00/", "/admin/articles/article/_00/change/", "/admin/articles/article/%C3%A9/change/", "مصر",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_breaks_it(client, query):
    log_in(client, "admin")
    make_comment(make.make_article(), "c", state="published")
    response = client.get(SEARCH, {"q": query.encode("utf-8", "replace")})
    if "\x00" in query:  # the site refuses them before anything reads them: config/middleware.py
        assert response.status_code == 400
        return
    assert response.status_code == 200
    assert len(response.context["query"]) <= desk_search.LONGEST


def test_what_disguises_a_query_is_taken_out_of_it():
    assert desk_search.asked(" a\x00b\t\u202ec ") == "ab c"


def test_nothing_is_sent_to_it(client):
    log_in(client, "editor")
    assert client.post(SEARCH, {"q": "a"}).status_code == 405


def test_every_page_of_the_admin_has_the_field_once(client):
    log_in(client, "editor")
    article = make.make_article()
    for path in ("/admin/", SEARCH, "/admin/articles/article/", f"/admin/articles/article/{article.pk}/change/"):
        assert client.get(path).content.decode().count('name="q" type="search"') == 1, path
    assert 'id="desk-search"' not in client.get("/admin/articles/tag/add/?_popup=1").content.decode()
    client.logout()
    assert 'id="desk-search"' not in client.get("/admin/login/").content.decode()


PER_KIND = 2
BESIDE = 22
"""Who it is, the full-text index (asked twice where the last word is only begun), and what is printed of articles and clusters."""


@pytest.mark.parametrize("query", ["cacao", "caca"])
def test_it_asks_as_often_for_twelve_rows_as_for_two(client, query):
    user = log_in(client, "admin")

    def grow(rows):
        for _n in range(rows):
            n = make.number()
            cluster, source = make.make_cluster(name=f"Cacao {n}"), make.make_source(title=f"Cacao {n}")
            make.make_observation(
                cluster, source=source, note="cacao", indicator=make.make_indicator(label=f"Cacao {n}")
            )
            make.make_suggestion(cluster, proposed=f"cacao {n}")
            make.make_programme(name=f"Cacao {n}")
            make.make_sector(label=f"Cacao {n}")
            article = make.make_article(
                title=f"Cacao {n}", created_by=user, authors=[make.make_author(name=f"Cacao {n}")],
                tags=[make.make_tag(name=f"Cacao{n}")], series=make.make_series(title=f"Cacao {n}"), series_position=1,
                cover=make.make_picture(caption=f"Cacao {n}"), clusters=[cluster], sources=[source],
            )  # fmt: skip
            make_comment(article, f"cacao{n}", body=f"cacao {n}")
            make.make_user("author", username=f"cacao{n}")
            FormerAddress.objects.create(kind="articles.article", slug=f"cacao-{n}", object_id=article.pk)

    def count():
        with CaptureQueriesContext(connection) as queries:
            groups = client.get(SEARCH, {"q": query}).context["found"].groups
        return len(queries), len(groups)

    grow(desk_search.SHOWN + 1)  # there is more than is shown, so that each kind is counted too
    count()
    few, kinds = count()
    grow(10)
    assert count() == (few, kinds)
    assert kinds == 15
    assert few <= PER_KIND * kinds + BESIDE, few


def test_a_page_that_is_found_opens(client):
    """Also for a group of the newsroom's own, which may add and not change."""
    user = make.make_user(None)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__startswith="add_", content_type__app_label="clusters")
    )
    client.force_login(user)
    hrefs = [href for _label, href in client.get(SEARCH, {"q": "importer"}).context["found"].pages]
    assert hrefs == [reverse("admin:clusters_observation_import")]
    assert {client.get(href).status_code for href in hrefs} == {200}
