"""Pictures and tags in the admin: taken in with the texts that readers need, refused at the field that lacks one."""

import pytest
from django.urls import reverse

from articles.models import Picture, Tag
from clusters.history import Revision
from tests import factories as make
from tests.articles.test_admin import page_of, told

pytestmark = pytest.mark.django_db
PICTURE = "/admin/articles/picture/add/"
TEXTS = {"alt": "Une serre au lever du jour", "credit": "Grappe"}


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
    page, seen = reverse("admin:articles_picture_change", args=[picture.pk]), {"version": 1}
    assert "pas de crédit" in page_of(client.post(page, TEXTS | seen | {"credit": ""}))
    assert client.post(page, TEXTS | seen | {"caption": "L'aube"}).status_code == 302
    picture.refresh_from_db()
    assert picture.caption == "L’aube"


def test_pictures_that_want_a_text_are_a_list(client, as_role):
    as_role("editor")
    Picture.objects.take_in(make.picture_file(colour="navy"), **TEXTS)
    bare, _new = Picture.objects.take_in(make.picture_file(colour="gold"), alt=TEXTS["alt"])
    assert list(client.get("/admin/articles/picture/?textes=manquants").context["cl"].queryset) == [bare]


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
