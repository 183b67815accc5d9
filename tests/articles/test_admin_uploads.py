"""Pictures sent to the admin by hand, by drop and by form: what is refused and how it is told, and that nothing hostile stays.

Each hostile file goes both ways in, the script's address and the form; see tests/hostile_pictures.py for what they are.

Past 400 lines: every hostile file meets every way in.
"""

import io

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import AvifImagePlugin, Image, ImageFile, WebPImagePlugin

from articles.models import Article, Picture, PictureUpload
from clusters import pictures
from clusters.history import Revision
from clusters.history.trying import head
from tests import factories as make
from tests import hostile_pictures as hostile
from tests.articles.test_admin import page_of, told
from tests.house.test_history import sent_by

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/picture/add/"
UPLOAD = "/admin/articles/picture/upload/"
TEXTS = {"alt": "Une serre au lever du jour", "credit": "Grappe"}
MB = 1_000_000


def sent(client, content, name="photo.jpg", media_type="image/jpeg", **texts):
    """What the script's address answers to a file."""
    file = SimpleUploadedFile(name, content, media_type)
    return client.post(UPLOAD, {"file": file, **texts}, headers={"Accept": "application/json"})


def by_form(client, content, name="photo.jpg", media_type="image/jpeg"):
    return client.post(ADD, {**TEXTS, "file": SimpleUploadedFile(name, content, media_type)})


def stored_files():
    """Every file in the storage, by name."""
    found = {}
    for digest in pictures.digests():
        folder = f"pictures/{digest[:2]}/{digest}"
        for name in default_storage.listdir(folder)[1]:
            with default_storage.open(f"{folder}/{name}") as handle:
                found[name] = handle.read()
    return found


REFUSED = {
    "bomb in PNG": (lambda: hostile.png(12_000, 12_000), "40 millions de points"),
    "bomb in GIF": (lambda: hostile.gif(60_000, 60_000), "n’est pas une image"),
    "bomb in WebP": (lambda: hostile.webp(16_000, 16_000), "40 millions de points"),
    "bomb in AVIF": (lambda: hostile.avif(60_000, 60_000), "40 millions de points|n’est pas une image"),
    "a row too long": (lambda: hostile.png(16_001, 1), "16 000 points"),
    "ten thousand frames of PNG": (lambda: hostile.apng(10_000), "animée"),
    "ten thousand frames of WebP": (lambda: hostile.moving_webp(10_000), "animée"),
    "GIF and script": (hostile.gif_and_script, "n’est pas une image"),
    "PDF, then JPEG": (hostile.pdf_then_jpeg, "n’est pas une image"),
    "page": (lambda: b"<html>" + hostile.SCRIPT, "n’est pas une image"),
    "SVG with script": (hostile.svg, "SVG"),
    "HEIC": (hostile.heic, "Le plus compatible"),
    "truncated": (lambda: hostile.photograph((600, 400))[:900], "n’est pas une image"),
    "a program": (lambda: b"MZ\x90\0" + b"\0" * 500, "n’est pas une image"),
    "nothing": (lambda: b"", "vide"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_with_a_sentence(client, as_role, name):
    as_role("editor")
    make_file, sentence = REFUSED[name]
    content = make_file()
    assert len(content) < MB
    answer = sent(client, content)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()) == ["told"]
    assert any(part in answer.json()["told"] for part in sentence.split("|")), answer.json()
    page = page_of(by_form(client, content))
    assert any(part in page for part in sentence.split("|"))
    assert "Une serre au lever du jour" in page, "what was typed is still there"
    assert not Picture.objects.exists()
    assert not PictureUpload.objects.exists()
    assert not stored_files()


TAKEN = {
    "JPEG and page": hostile.jpeg_with_page,
    "JPEG and archive": hostile.jpeg_with_archive,
    "JPEG and PDF": hostile.jpeg_with_pdf,
    "huge EXIF": hostile.huge_exif,
    "position": hostile.with_position,
}


@pytest.mark.parametrize("way", ["script", "form"])
@pytest.mark.parametrize("name", TAKEN)
def test_of_a_double_file_nothing_but_the_picture_is_kept(client, as_role, name, way):
    as_role("editor")
    content = TAKEN[name]()
    answer = sent(client, content, "photo.html", "text/html") if way == "script" else by_form(client, content)
    assert answer.status_code == (201 if way == "script" else 302)
    files = stored_files()
    assert len(files) == 7
    for file_name, data in files.items():
        for trace in (b"script", b"alert", b"PDF", b"PK\x03\x04", b"Exif", b"Appareil", b"AAAAAAAA", b"html"):
            assert trace not in data, (file_name, trace)
        assert data.startswith((b"RIFF", b"\xff\xd8")) or data[4:8] == b"ftyp"
    picture = Picture.objects.get()
    for address, media_type in (
        (picture.src, "image/webp"),
        (picture.url(960, "avif"), "image/avif"),
        (picture.card, "image/jpeg"),
    ):
        response = Client().get(address)
        assert response.headers["Content-Type"] == media_type
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        for close in response._resource_closers:
            close()


def test_a_photograph_is_upright_and_says_nothing_of_where_it_was_taken(client, as_role):
    as_role("editor")
    assert sent(client, hostile.with_position()).status_code == 201
    picture = Picture.objects.get()
    assert (picture.width, picture.height) == (30, 60)
    image = Image.open(io.BytesIO(stored_files()["1600.webp"])).convert("RGB")
    assert image.getpixel((27, 3))[0] < 80, "what was on the left above is on the right above"
    assert not image.getexif()


@pytest.mark.parametrize("kind", ["1600.webp", "1600.avif", "card-50-50.jpg"])
@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (hostile.inks(0, 255, 255, 0), (255, 0, 0)),
        (hostile.inks(255, 0, 255, 0), (0, 255, 0)),
        (hostile.inks(0, 0, 0, 0), (255, 255, 255)),
        (hostile.inks(0, 0, 0, 255), (0, 0, 0)),
        (hostile.deep(200, 100, 50), (200, 100, 50)),
        (hostile.deep(255, 255, 255), (255, 255, 255)),
        (hostile.deep_grey(128), (128, 128, 128)),
        (hostile.deep_grey(20, see_through=True), (20, 20, 20)),
    ],
)
def test_inks_and_deep_colours_stay_what_they_were(client, as_role, content, colour, kind):
    as_role("editor")
    assert sent(client, content).status_code == 201
    pixel = Image.open(io.BytesIO(stored_files()[kind])).convert("RGB").getpixel((15, 10))
    assert all(abs(got - meant) <= 8 for got, meant in zip(pixel, colour, strict=True)), pixel


@pytest.mark.parametrize("name", ["x.png", "x.html", "x.svg", "x.jpg.php", "x", ".htaccess"])
def test_its_name_is_not_believed(client, as_role, name):
    as_role("editor")
    assert sent(client, hostile.photograph(), name, "text/html").status_code == 201
    assert set(stored_files()) == {
        "480.webp", "960.webp", "1600.webp", "480.avif", "960.avif", "1600.avif", "card-50-50.jpg"
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["../../x.png", "..\\..\\x.png", "a\u202egnp.exe", "a\x00b.png", "x" * 4_000 + ".png", "\u0301\u0301.png", "COM1"],
)
def test_a_name_that_plays_tricks_is_harmless(client, as_role, name, settings):
    as_role("editor")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + hostile.photograph() + b"\r\n--x--\r\n"
    )
    answer = client.post(
        UPLOAD, body, content_type="multipart/form-data; boundary=x", headers={"Accept": "application/json"}
    )
    assert answer.status_code in (201, 400)
    there = {path.relative_to(settings.MEDIA_ROOT.parent).parts[0] for path in settings.MEDIA_ROOT.parent.rglob("*")}
    assert there <= {"media", "static"}
    for upload in PictureUpload.objects.all():
        assert len(upload.name) <= 150
        assert not set(upload.name) & set("/\\\0\u202e")


def test_more_than_fifteen_megabytes_are_refused(client, as_role):
    as_role("editor")
    answer = sent(client, hostile.photograph() + b"\0" * (15 * MB))
    assert (answer.status_code, "15 Mo" in answer.json()["told"]) == (422, True)


def test_of_a_file_without_end_only_the_beginning_is_received(client, as_role, rf):
    as_role("editor")
    endless = hostile.photograph() + b"\0" * (40 * MB)
    request = rf.post("/", {"file": SimpleUploadedFile("x.jpg", endless), "title": "Un titre"})
    (received,) = request.FILES.getlist("file")
    assert received.size == len(received.read())
    received.close()  # a request that a server has answered closes its files
    assert pictures.MAX_BYTES < received.size <= 17 * MB
    assert request.POST["title"] == "Un titre"
    answer = sent(client, endless)
    assert (answer.status_code, "15 Mo" in answer.json()["told"]) == (422, True)


@pytest.mark.parametrize("name", [name for name in REFUSED if "bomb" in name or "frames" in name])
def test_of_a_bomb_no_pixel_is_decoded(client, as_role, name, monkeypatch):
    as_role("editor")
    loaded = []
    for plugin in (ImageFile.ImageFile, WebPImagePlugin.WebPImageFile, AvifImagePlugin.AvifImageFile):
        monkeypatch.setattr(plugin, "load", lambda image: loaded.append(image.size))
    assert sent(client, REFUSED[name][0]()).status_code == 422
    assert loaded == []


# -- The script's address ------------------------------------------------------------------------------------------------


def test_a_picture_is_taken_in_and_told(client, as_role):
    author = as_role("author")
    answer = sent(client, hostile.photograph())
    picture = Picture.objects.get()
    told = answer.json()
    assert (answer.status_code, told["id"], told["is_new"]) == (201, picture.pk, True)
    assert told["thumb"] == picture.thumbnail
    assert told["address"] == f"/admin/articles/picture/{picture.pk}/change/"
    assert "pas de texte de remplacement" in told["told"]
    revision = Revision.objects.of(picture).get()
    assert (revision.act, revision.by, picture.modified_by) == ("created", author, author)


def test_texts_may_come_along(client, as_role):
    as_role("author")
    answer = sent(client, hostile.photograph(), alt="L'aube", credit="Grappe")
    assert answer.json()["told"] == "Image ajoutée à la bibliothèque."
    assert Picture.objects.get().alt == "L’aube"
    assert sent(client, hostile.photograph((70, 50)), alt="x" * 400).status_code == 422
    assert sent(client, hostile.photograph((70, 50)), alt="L'aube", is_decorative="on").status_code == 422
    assert Picture.objects.count() == 1


def test_the_same_picture_again_is_the_one_that_was_there(client, as_role):
    as_role("author")
    first = sent(client, hostile.photograph(), alt="L'aube", credit="Grappe").json()
    again = sent(client, hostile.photograph(), alt="Autre", credit="Autre")
    assert (again.status_code, again.json()["id"], again.json()["is_new"]) == (200, first["id"], False)
    assert again.json()["alt"] == "L’aube"
    assert Revision.objects.of(Picture.objects.get()).count() == 1


@pytest.mark.parametrize("role", ["moderator", None])
def test_who_may_not_add_a_picture_is_told(client, as_role, role):
    user = as_role(role) if role else make.make_user(None)
    if not role:
        client.force_login(user)
    answer = sent(client, hostile.photograph())
    assert answer.status_code == (403 if role else 302)
    if role:
        assert "Votre rôle" in answer.json()["told"]
        assert client.post(UPLOAD, {"file": make.picture_file()}).status_code == 403
    assert not stored_files()


def test_a_forged_request_is_refused(as_role, client):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(as_role("editor"))
    assert sent(strict, hostile.photograph()).status_code == 403
    assert not stored_files()


@pytest.mark.parametrize("files", [[], [(64, 48), (70, 48)]])
def test_a_script_sends_one_at_a_time(client, as_role, files):
    as_role("editor")
    uploads = [SimpleUploadedFile("x.jpg", hostile.photograph(size)) for size in files]
    answer = client.post(UPLOAD, {"file": uploads}, headers={"Accept": "application/json"})
    assert (answer.status_code, "une seule" in answer.json()["told"]) == (422, True)


def test_to_ask_is_not_to_send(client, as_role):
    as_role("editor")
    assert client.get(UPLOAD, headers={"Accept": "application/json"}).status_code == 405
    assert client.get(UPLOAD).headers["Location"] == "/admin/articles/picture/"


def test_a_form_without_script_sends_several_and_each_is_told(client, as_role):
    as_role("author")
    files = [
        SimpleUploadedFile("serre.jpg", hostile.photograph()),
        SimpleUploadedFile("dessin.svg", hostile.svg()),
        SimpleUploadedFile("encore.jpg", hostile.photograph()),
    ]
    answer = client.post(UPLOAD, {"file": files}, follow=True)
    said = told(answer)
    assert "serre.jpg : Image ajoutée" in said.replace("\xa0", " ")
    assert "SVG" in said
    assert "était déjà" in said
    assert Picture.objects.count() == 1
    assert "Choisissez d’abord" in told(client.post(UPLOAD, {}, follow=True))


def test_too_many_at_once_are_told(client, as_role, monkeypatch):
    as_role("author")
    monkeypatch.setattr("articles.admin.picture_uploads.AT_ONCE", 1)
    files = [SimpleUploadedFile(f"{n}.jpg", hostile.photograph((60 + n, 40))) for n in range(3)]
    assert "2 fichiers de trop" in told(client.post(UPLOAD, {"file": files}, follow=True))
    assert Picture.objects.count() == 1


# -- The chooser -----------------------------------------------------------------------------------------------------------


def test_the_library_is_offered_by_pages_and_by_words(client, as_role, monkeypatch):
    as_role("author")
    monkeypatch.setattr("articles.admin.picture_uploads.CHOICES", 2)
    greenhouse = make.make_picture(alt="Une serre")
    for _one in range(2):
        make.make_picture(alt="Un port")
    address = "/admin/articles/picture/choices/"
    first = client.get(address).json()
    assert (len(first["pictures"]), first["page"], first["has_more"]) == (2, 1, True)
    last = client.get(address, {"p": 2}).json()
    assert ([one["id"] for one in last["pictures"]], last["has_more"]) == ([greenhouse.pk], False)
    assert [one["id"] for one in client.get(address, {"q": "serre"}).json()["pictures"]] == [greenhouse.pk]
    for odd in ({"p": "x"}, {"p": "9" * 40}, {"q": "%_'\"\u202e" * 100}, {"q": " "}):
        assert client.get(address, odd).status_code == 200


# -- In the article's form ---------------------------------------------------------------------------------------------------


def form_of(client, article):
    return sent_by(client.get(reverse("admin:articles_article_change", args=[article.pk])))


def test_a_file_sent_with_an_article_is_its_cover(client, as_role):
    editor = as_role("editor")
    article = make.make_draft()
    address = reverse("admin:articles_article_change", args=[article.pk])
    file = SimpleUploadedFile("serre.jpg", hostile.photograph())
    answer = client.post(address, {**form_of(client, article), "cover_file": file, "_continue": "1"})
    assert answer.status_code == 302, answer.context["errors"]
    article.refresh_from_db()
    assert article.cover == Picture.objects.get()
    assert Revision.objects.of(article.cover).get().by == editor
    assert Revision.objects.of(article).first().snapshot.fields["cover"] == article.cover.pk
    again = SimpleUploadedFile("serre.jpg", hostile.photograph())
    other = make.make_draft()
    address = reverse("admin:articles_article_change", args=[other.pk])
    assert client.post(address, {**form_of(client, other), "cover_file": again, "_continue": "1"}).status_code == 302
    assert Article.objects.get(pk=other.pk).cover == article.cover
    assert Revision.objects.of(article.cover).count() == 1


def test_a_file_sent_with_a_published_article_is_the_cover_of_its_copy(client, as_role):
    editor = as_role("editor")
    article = make.make_article()
    address = reverse("admin:articles_article_change", args=[article.pk])
    file = SimpleUploadedFile("serre.jpg", hostile.photograph())
    assert client.post(address, {**form_of(client, article), "cover_file": file, "_continue": "1"}).status_code == 302
    article.refresh_from_db()
    assert article.cover is None
    picture = Picture.objects.get()
    assert Revision.objects.of(picture).get().by == editor
    assert head(article).snapshot.fields["cover"] == picture.pk
    assert picture.digest in page_of(client.get(address))


def test_no_picture_sent_with_an_article_is_refused_at_its_field_and_loses_nothing(client, as_role):
    as_role("editor")
    article = make.make_draft()
    address = reverse("admin:articles_article_change", args=[article.pk])
    typed = {
        **form_of(client, article),
        "title": "Un titre tout neuf",
        "cover_file": SimpleUploadedFile("x.svg", hostile.svg()),
    }
    page = page_of(client.post(address, {**typed, "_continue": "1"}))
    assert "SVG" in page
    assert "Un titre tout neuf" in page
    assert Article.objects.get(pk=article.pk).cover is None


def test_two_who_choose_a_cover_are_asked(client, as_role):
    as_role("editor")
    article, picture = make.make_draft(), make.make_picture()
    address = reverse("admin:articles_article_change", args=[article.pk])
    typed = form_of(client, article)
    assert client.post(address, {**typed, "cover": picture.pk, "_continue": "1"}).status_code == 302
    file = SimpleUploadedFile("serre.jpg", hostile.photograph())
    second = client.post(address, {**typed, "cover_file": file, "_continue": "1"})
    assert [one.label for one in second.context["adminform"].form.conflict.contested] == ["Image de tête"]
    assert Article.objects.get(pk=article.pk).cover == picture


def test_who_may_not_add_a_picture_has_no_such_field(client, as_role):
    user = as_role("author")
    user.groups.clear()
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_article", "change_article", "add_article"]))
    article = make.make_draft(created_by=user)
    address = reverse("admin:articles_article_change", args=[article.pk])
    assert "cover_file" not in page_of(client.get(address))
    file = SimpleUploadedFile("serre.jpg", hostile.photograph())
    client.post(address, {**form_of(client, article), "cover_file": file, "_continue": "1"})
    assert not stored_files()
    assert Article.objects.get(pk=article.pk).cover is None
