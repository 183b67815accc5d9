"""Pictures and tags in the admin: taken in with the texts that readers need, found again, cut where they should be."""

import pytest
from django.conf import settings
from django.urls import reverse

from articles.models import BodyPicture, Picture, Tag
from clusters.history import Revision
from tests import factories as make
from tests.articles.test_admin import page_of, told

pytestmark = pytest.mark.django_db
PICTURE = "/admin/articles/picture/add/"
TEXTS = {"alt": "Une serre au lever du jour", "credit": "Grappe"}
FOCUS = {"focus_x": 50, "focus_y": 50}


def test_a_picture_is_taken_in_with_its_texts(client, as_role):
    as_role("author")
    assert client.post(PICTURE, TEXTS | {"file": make.picture_file()}).status_code == 302
    assert Picture.objects.get().credit == "Grappe"


def test_the_same_picture_twice_is_one(client, as_role):
    as_role("author")
    client.post(PICTURE, TEXTS | {"file": make.picture_file()})
    response = client.post(PICTURE, TEXTS | {"file": make.picture_file(), "credit": "Un autre"}, follow=True)
    assert "était déjà dans la bibliothèque" in told(response)
    assert Picture.objects.get().credit == "Grappe"
    assert Revision.objects.of(Picture.objects.get()).count() == 1


def test_a_popup_hands_the_picture_to_the_article(client, as_role):
    as_role("editor")
    response = client.post(f"{PICTURE}?_popup=1", TEXTS | {"file": make.picture_file(), "_popup": "1"})
    assert str(Picture.objects.get().pk) in response.content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"alt": ""}, "pas de texte de remplacement"),
        ({"credit": ""}, "pas de crédit"),
        ({"is_decorative": "on"}, "Une image décorative n’a pas de texte de remplacement"),
        ({"file": ""}, "obligatoire"),
    ],
)
def test_a_picture_that_lacks_something_is_refused_at_its_field(client, as_role, values, sentence):
    as_role("editor")
    assert sentence in page_of(client.post(PICTURE, TEXTS | {"file": make.picture_file()} | values))
    assert not Picture.objects.exists()


def test_what_is_no_picture_is_refused_at_the_file(client, as_role):
    as_role("editor")
    upload = make.picture_file()
    upload.truncate(30)
    assert "n’est pas une image" in page_of(client.post(PICTURE, TEXTS | {"file": upload}))


def test_a_pictures_texts_are_asked_for_on_change_too(client, as_role):
    as_role("editor")
    picture = make.make_picture()
    page, seen = reverse("admin:articles_picture_change", args=[picture.pk]), {"version": 1, **FOCUS}
    assert "pas de crédit" in page_of(client.post(page, TEXTS | seen | {"credit": ""}))
    assert client.post(page, TEXTS | seen | {"caption": "L'aube"}).status_code == 302
    picture.refresh_from_db()
    assert picture.caption == "L’aube"


def shown(client, query=""):
    """The pictures that the library shows, in order."""
    response = client.get(f"/admin/articles/picture/{query}")
    assert response.status_code == 200
    return [card.picture for card in response.context["cards"]]


# -- The library -----------------------------------------------------------------------------------------------------------


def test_the_library_is_a_list_of_links_with_what_each_lacks(client, as_role):
    as_role("editor")
    plain, bare = make.make_picture(alt="Un port", caption=""), make.make_picture(credit="")
    make.make_draft(cover=plain)
    page = page_of(client.get("/admin/articles/picture/"))
    assert page.count('class="library-name"') == 2
    assert f'href="/admin/articles/picture/{bare.pk}/change/"' in page
    assert "texte ou crédit manquant" in page
    assert "1 emploi" in page
    assert "inutilisée" in page
    assert 'action="/admin/articles/picture/upload/"' in page


def test_an_empty_library_says_so(client, as_role):
    as_role("author")
    assert "Aucune image" in page_of(client.get("/admin/articles/picture/"))


def test_it_is_narrowed_by_what_is_missing_and_by_where_it_stands(client, as_role):
    as_role("editor")
    described, bare, decorative = (
        make.make_picture(),
        make.make_picture(alt="", credit=""),
        make.make_picture(alt="", is_decorative=True),
    )
    make.make_draft(cover=described)
    BodyPicture.objects.create(article=make.make_draft(), picture=bare)
    found = {
        "?textes=alt": [bare],
        "?textes=credit": [bare],
        "?textes=decorative": [decorative],
        "?emploi=tete": [described],
        "?emploi=texte": [bare],
        "?emploi=aucun": [decorative],
        "?emploi=autre": [decorative, bare, described],
    }
    assert {query: shown(client, query) for query in found} == found


def test_it_is_searched_by_its_texts_its_files_and_its_articles(client, as_role):
    as_role("editor")
    file = make.picture_file()
    file.name = "Port-de-Tanger.PNG"
    named, _new = Picture.objects.take_in(file, **TEXTS)
    cover, inside = make.make_picture(alt="Un quai"), make.make_picture(credit="Fatima Zahra")
    make.make_article(cover=cover, title="Les brise-lames", body="<p>Une digue.</p>")
    BodyPicture.objects.create(article=make.make_article(title="Les dunes"), picture=inside)
    found = {
        "serre": [named], "port-de-tanger": [named], "quai": [cover], "fatima": [inside],
        "digues": [cover], "dune": [inside], "rien de tel": [],
    }  # fmt: skip
    assert {word: shown(client, f"?q={word}") for word in found} == found


def test_an_author_learns_nothing_of_others_drafts_by_searching_pictures(client, as_role):
    author = as_role("author")
    theirs, own = make.make_picture(), make.make_picture()
    make.make_draft(cover=theirs, title="Secretissime")
    make.make_draft(cover=own, title="Secretissime", created_by=author)
    assert shown(client, "?q=secretissime") == [own]
    page = page_of(client.get(reverse("admin:articles_picture_change", args=[theirs.pk])))
    assert "Secretissime" not in page


def test_where_it_stands_is_on_its_page_with_links(client, as_role):
    as_role("editor")
    picture = make.make_picture()
    cover, inside = make.make_article(cover=picture, title="En tête ici"), make.make_draft(title="Dans le texte là")
    BodyPicture.objects.create(article=inside, picture=picture)
    page = page_of(client.get(reverse("admin:articles_picture_change", args=[picture.pk])))
    for article in (cover, inside):
        assert f'<a href="/admin/articles/article/{article.pk}/change/">{article.title}</a>' in page
    assert f'<a href="/pictures/{picture.pk}/">' in page, "the address that stays"


def test_what_is_used_is_not_deleted_and_says_where(client, as_role):
    as_role("editor")
    picture = make.make_picture()
    article, inside = make.make_article(cover=picture, title="En tête ici"), make.make_draft(title="Dans le texte là")
    BodyPicture.objects.create(article=inside, picture=picture)
    address = reverse("admin:articles_picture_delete", args=[picture.pk])
    for answer in (client.get(address), client.post(address, {"post": "yes"})):
        page = page_of(answer)
        for one in (article, inside):
            assert f'<a href="/admin/articles/article/{one.pk}/change/">{one.title}</a>' in page
    article.delete()
    inside.delete()
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Picture.objects.exists()


def test_one_that_is_placed_while_it_is_deleted_stays(client, as_role, monkeypatch):
    as_role("editor")
    picture = make.make_picture()

    def place_first(self, request, obj):
        make.make_article(cover=picture)
        obj.delete()

    monkeypatch.setattr("articles.admin.pictures.PictureAdmin.delete_model", place_first)
    answer = client.post(reverse("admin:articles_picture_delete", args=[picture.pk]), {"post": "yes"}, follow=True)
    assert "n’est pas supprimée" in told(answer)
    assert Picture.objects.exists()


# -- The focal point ---------------------------------------------------------------------------------------------------------


def test_a_focal_point_moves_every_cut_and_makes_its_card(client, as_role):
    as_role("editor")
    picture = make.make_picture()
    article = make.make_article(cover=picture)
    address = reverse("admin:articles_picture_change", args=[picture.pk])
    sent = {**TEXTS, "version": 1, "focus_x": 83, "focus_y": 12}
    assert client.post(address, sent).status_code == 302
    picture.refresh_from_db()
    assert picture.card.endswith("/card-83-12.jpg")
    response = client.get(picture.card)
    assert response.status_code == 200
    for close in response._resource_closers:
        close()
    for page in (f"/articles/{article.slug}/", "/", "/articles/"):
        assert 'class="focus-x-80 focus-y-10"' in client.get(page).content.decode(), page
    assert "card-83-12.jpg" in client.get(f"/articles/{article.slug}/").content.decode()


@pytest.mark.parametrize(
    ("focus", "classes"),
    [((50, 50), ""), ((0, 100), "focus-x-0 focus-y-100"), ((45, 54), ""), ((44, 55), "focus-x-40 focus-y-60")],
)
def test_classes_of_a_focal_point_are_those_of_the_style_sheet(focus, classes):
    picture = Picture(digest="0" * 64, width=64, height=36, focus_x=focus[0], focus_y=focus[1])
    assert picture.focus_classes == classes
    sheet = (settings.BASE_DIR / "static/css/components/teaser.css").read_text()
    for name in classes.split():
        assert f".{name} {{" in sheet


@pytest.mark.parametrize("value", ["101", "-1", "", "x", "9" * 40])
def test_a_focal_point_is_inside_the_picture(client, as_role, value):
    as_role("editor")
    picture = make.make_picture()
    sent = {**TEXTS, "version": 1, **FOCUS, "focus_x": value}
    page = page_of(client.post(reverse("admin:articles_picture_change", args=[picture.pk]), sent))
    assert 'class="errorlist"' in page
    assert Picture.objects.get().focus == (50, 50)


# -- Tags ------------------------------------------------------------------------------------------------------------------


def test_an_author_adds_a_tag_but_does_not_rename_one(client, as_role):
    as_role("author")
    assert client.post("/admin/articles/tag/add/", {"name": "#Maroc", "slug": "maroc"}).status_code == 302
    tag = Tag.objects.get()
    assert tag.name == "Maroc"
    page = reverse("admin:articles_tag_change", args=[tag.pk])
    assert client.post(page, {"name": "Autre", "slug": "autre"}).status_code == 403


def test_two_words_are_no_hashtag(client, as_role):
    as_role("editor")
    assert "en un seul mot" in page_of(
        client.post("/admin/articles/tag/add/", {"name": "Deux mots", "slug": "deux-mots"})
    )
