"""Pictures and tags in the admin: taken in with the texts that readers need, found again, cut where they should be.

Past 400 lines: the library, the page of a picture and the list of missing texts are one admin and share what a picture is.
"""

import pytest
from django.conf import settings
from django.urls import reverse

from articles.models import BodyPicture, Picture, Tag
from clusters import history
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
    assert "Une image sans texte de remplacement" in page


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


# -- The texts that are missing ------------------------------------------------------------------------------------------------

WORKING_LIST = "/admin/articles/picture/texts/"


def listed(client):
    response = client.get(WORKING_LIST)
    assert response.status_code == 200
    return [form.instance for form, _address in response.context["rows"]]


def row(picture, version=1, read=None, **values):
    """What a browser sends of one row: what is in its fields, and what was in them when it was read."""
    read = {"alt": "", "credit": "", **(read or {})}
    sent = {"version": version, **read, **values, **{f"initial-{name}": value for name, value in read.items()}}
    sent = {
        f"initial-p{picture.pk}-{name[8:]}" if name.startswith("initial-") else f"p{picture.pk}-{name}": value
        for name, value in sent.items()
    }
    return {"picture": picture.pk, **sent}


def rows(*listed):
    return {
        **{name: value for one in listed for name, value in one.items()},
        "picture": [one["picture"] for one in listed],
    }


def test_missing_texts_are_a_list_with_those_of_articles_first(client, as_role):
    as_role("editor")
    used, unused = make.make_picture(alt=""), make.make_picture(credit="")
    make.make_picture()
    make.make_picture(alt="", is_decorative=True)
    make.make_article(cover=used)
    assert listed(client) == [used, unused]
    assert "2 images attendent" in page_of(client.get(WORKING_LIST))


def test_several_are_written_at_once_and_each_has_its_version(client, as_role):
    editor = as_role("editor")
    one, other, untouched = (make.make_picture(alt="", credit="") for _n in range(3))
    sent = rows(
        row(one, alt="Un quai de l'ouest", credit="Grappe"),
        row(other, is_decorative="on"),
        row(untouched),
    )
    answer = client.post(WORKING_LIST, sent, follow=True)
    assert "2 images enregistrées" in told(answer)
    for picture in (one, other, untouched):
        picture.refresh_from_db()
    assert (one.alt, one.credit, one.version) == ("Un quai de l’ouest", "Grappe", 2)
    assert (other.is_decorative, other.credit, untouched.version) == (True, "", 1)
    assert Revision.objects.of(one).first().by == editor
    assert set(listed(client)) == {other, untouched}


def test_a_row_that_somebody_has_saved_meanwhile_is_refused_alone(client, as_role):
    editor = as_role("editor")
    one, other = (make.make_picture(alt="") for _n in range(2))
    with history.changing(one, by=editor, act="changed"):
        one.alt = "Ce que l’autre a vu"
        one.save(update_fields=["alt"])
    both = {"credit": "Grappe"}
    sent = rows(row(one, read=both, alt="Ce que je vois"), row(other, read=both, alt="Un quai"))
    answer = client.post(WORKING_LIST, sent)
    page = page_of(answer)
    assert "n’est pas enregistrée" in page
    assert "Ce que l’autre a vu" in page
    assert "Ce que je vois" in page
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.alt, other.alt) == ("Ce que l’autre a vu", "Un quai")
    knowingly = {"version": answer.context["rows"][0][0]["version"].value(), "alt": "Ce que je vois"}
    assert client.post(WORKING_LIST, rows(row(one, read=both, **knowingly))).status_code == 302
    one.refresh_from_db()
    assert one.alt == "Ce que je vois"


def test_a_row_that_nobody_has_typed_in_overwrites_nothing(client, as_role):
    editor = as_role("editor")
    picture = make.make_picture(alt="")
    with history.changing(picture, by=editor, act="changed"):
        picture.alt = "Ce que l’autre a vu"
        picture.save(update_fields=["alt"])
    assert client.post(WORKING_LIST, rows(row(picture, read={"credit": "Grappe"}))).status_code == 302
    picture.refresh_from_db()
    assert (picture.alt, picture.version) == ("Ce que l’autre a vu", 2)


def test_a_decorative_picture_with_a_text_is_refused_with_what_was_typed(client, as_role):
    as_role("editor")
    picture = make.make_picture(alt="")
    sent = rows(row(picture, read={"credit": "Grappe"}, alt="Un quai", is_decorative="on"))
    page = page_of(client.post(WORKING_LIST, sent))
    assert "Une image décorative" in page
    assert "Un quai" in page
    assert Picture.objects.get().alt == ""


@pytest.mark.parametrize(
    "values",
    [{}, {"picture": "x"}, {"picture": "9" * 40}, {"picture": "0"}, {"picture": ["1", "1"], "p1-version": "x"}],
)
def test_odd_lists_change_nothing(client, as_role, values):
    as_role("editor")
    make.make_picture(alt="")
    assert client.post(WORKING_LIST, values).status_code in (200, 302)
    assert Picture.objects.get().version == 1


@pytest.mark.parametrize("values", [{"version": "x"}, {"version": ""}, {"version": "9" * 30}, {"alt": "x" * 301}])
def test_a_row_that_no_browser_sends_is_refused(client, as_role, values):
    as_role("editor")
    picture = make.make_picture(alt="")
    sent = rows(row(picture, **{"read": {"credit": "Grappe"}, "alt": "Un quai", **values}))
    assert client.post(WORKING_LIST, sent).status_code == 200
    assert Picture.objects.get().alt == ""


def test_the_list_goes_on_over_pages_and_ends(client, as_role, monkeypatch):
    as_role("editor")
    monkeypatch.setattr("articles.admin.picture_texts.PER_PAGE", 2)
    pictures = [make.make_picture(alt="") for _n in range(3)]
    assert len(listed(client)) == 2
    assert len(client.get(f"{WORKING_LIST}?p=2").context["rows"]) == 1
    assert client.get(f"{WORKING_LIST}?p=x").status_code == 200
    Picture.objects.filter(pk__in=[one.pk for one in pictures]).update(alt="Un quai")
    assert "Toutes les images ont un texte" in page_of(client.get(WORKING_LIST))


def test_the_list_is_for_those_who_may_change_pictures(client, as_role):
    as_role("author")
    assert client.get(WORKING_LIST).status_code == 403
    picture = make.make_picture(alt="")
    assert client.post(WORKING_LIST, rows(row(picture, alt="Un quai"))).status_code == 403
    assert Picture.objects.get().alt == ""


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
