"""The file behind a picture: replaced in place, brought back, the same one known again, and gone once nobody can need it.

Past 400 lines: what becomes of a file is one story, and each act in it is told with what another does at the same moment.
"""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connections, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, BodyPicture, Picture, PictureUpload
from clusters import history, pictures
from clusters.history import Revision
from clusters.history.restoring import restore
from tests import factories as make
from tests.articles.test_admin import page_of
from tests.clusters.test_history_at_once import at_once

pytestmark = pytest.mark.django_db
TEXTS = {"alt": "Une serre au lever du jour", "credit": "Grappe", "focus_x": 50, "focus_y": 50}


def page(picture):
    return reverse("admin:articles_picture_change", args=[picture.pk])


def kept(editor, **values):
    picture = make.make_picture(**values)
    history.keep(picture, by=editor, act=history.Act.CREATED)
    return picture


def replaced(client, picture, **values):
    sent = {**TEXTS, "version": picture.version, "file": make.picture_file(colour="gold"), **values}
    response = client.post(page(picture), sent)
    assert response.status_code == 302, response.context["errors"]
    return Picture.objects.get(pk=picture.pk)


def with_body(article, *ids):
    """The article saved with these pictures in its text, whatever the sanitiser of the day lets through."""
    article.body = "<p>Un texte.</p>" + "".join(f'<figure data-picture="{pk}"></figure>' for pk in ids)
    article.save()


def opened(client, address):
    """The answer of an address that may stream a file, with the file closed; closing the answer ends the connection too."""
    response = client.get(address)
    for close in response._resource_closers:
        close()
    return response


# -- Another file for the same picture -----------------------------------------------------------------------------------


def test_a_replaced_picture_keeps_its_row_its_uses_and_its_address(client, as_role):
    as_role("editor")
    picture = make.make_picture()
    article = make.make_article(cover=picture)
    address, before = f"/pictures/{picture.pk}/", picture.digest
    assert client.get(address).headers["Location"] == picture.url(1600)
    now = replaced(client, picture)
    assert (now.digest != before, now.width, now.height) == (True, 64, 36)
    assert client.get(address).headers["Location"] == now.url(1600)
    shown = client.get(f"/articles/{article.slug}/").content.decode()
    assert now.digest in shown
    assert before not in shown
    assert default_storage.exists(pictures.path(before, 960)), "what readers have cached may still be asked for"


def test_the_earlier_file_comes_back_with_its_version(client, as_role):
    editor = as_role("editor")
    picture = kept(editor)
    first = (picture.digest, picture.width, picture.height)
    replaced(client, picture, why="meilleur cadrage")
    listed = client.get(reverse("admin:articles_picture_history", args=[picture.pk])).content.decode()
    assert "meilleur cadrage" in listed
    assert "fichier" in listed
    now = Picture.objects.get()
    restore(now, Revision.objects.of(now).get(number=1), by=editor)
    now.refresh_from_db()
    assert (now.digest, now.width, now.height, now.version) == (*first, 3)


def test_the_history_names_files_as_they_were_called(client, as_role):
    editor = as_role("editor")
    picture = kept(editor)
    upload = make.picture_file(colour="gold")
    upload.name = "port-d-agadir.png"
    replaced(client, picture, file=upload)
    state = client.get(reverse("admin:articles_picture_history_state", args=[picture.pk, 2])).content.decode()
    assert "port-d-agadir.png, 64 × 36 points" in state


def test_a_version_whose_file_another_picture_is_by_now_does_not_come_back(client, as_role):
    editor = as_role("editor")
    picture = kept(editor)
    today = replaced(client, picture).digest
    Picture.objects.create(digest=picture.digest, width=1, height=1)
    now = Picture.objects.get(pk=picture.pk)
    with pytest.raises(ValidationError, match="déjà une autre image"):
        restore(now, Revision.objects.of(now).get(number=1), by=editor)
    assert Picture.objects.get(pk=picture.pk).digest == today


def test_a_version_whose_file_is_gone_does_not_come_back(client, as_role):
    editor = as_role("editor")
    picture = kept(editor)
    today = replaced(client, picture).digest
    pictures.discard(picture.digest)
    now = Picture.objects.get()
    with pytest.raises(ValidationError, match="n’est plus sur le serveur"):
        restore(now, Revision.objects.of(now).get(number=1), by=editor)
    assert Picture.objects.get().digest == today


def test_a_file_that_is_another_picture_is_refused_at_its_field(client, as_role):
    as_role("editor")
    picture, other = make.make_picture(), Picture.objects.take_in(make.picture_file(), caption="La serre", **TEXTS)[0]
    sent = {**TEXTS, "version": 1, "file": make.picture_file()}
    answer = page_of(client.post(page(picture), sent))
    assert "déjà une autre image de la bibliothèque" in answer
    assert str(other) in answer
    assert Picture.objects.get(pk=picture.pk).digest == picture.digest


def test_no_picture_instead_of_the_file_leaves_the_picture_as_it_was(client, as_role):
    as_role("editor")
    picture = make.make_picture()
    upload = make.picture_file(colour="gold")
    upload.truncate(40)
    assert "n’est pas une image" in page_of(client.post(page(picture), {**TEXTS, "version": 1, "file": upload}))
    assert Picture.objects.get().digest == picture.digest


def test_two_who_replace_the_file_of_one_picture_choose(client, as_role):
    as_role("editor")
    picture = make.make_picture()
    replaced(client, picture)
    second = client.post(page(picture), {**TEXTS, "version": 1, "file": make.picture_file(colour="navy")})
    conflict = second.context["adminform"].form.conflict
    assert [one.label for one in conflict.contested] == ["Fichier"]
    knowingly = {"version": 2, "replaces": conflict.version, "file": make.picture_file(colour="navy")}
    assert client.post(page(picture), {**TEXTS, **knowingly}).status_code == 302
    navy = pictures.store(pictures.decode(make.picture_file(colour="navy")))
    assert Picture.objects.get().digest == navy.digest


def test_the_file_taken_by_somebody_else_at_the_same_instant_is_told(client, as_role, monkeypatch):
    """PostgreSQL finds it when the row is written, after the form was checked."""
    as_role("editor")
    picture = make.make_picture()

    def beaten(self, request, obj, form, change):
        Picture.objects.take_in(make.picture_file(colour="gold"), caption="La plus rapide")
        raise IntegrityError("unique")

    with monkeypatch.context() as race:
        race.setattr("clusters.editing.VersionedAdmin.save_model", beaten)
        answer = client.post(page(picture), {**TEXTS, "version": 1, "file": make.picture_file(colour="gold")})
    assert "déjà une autre image" in page_of(answer)
    assert Picture.objects.get(pk=picture.pk).digest == picture.digest


# -- Its one address -----------------------------------------------------------------------------------------------------


def test_the_address_of_a_picture_is_open_as_long_as_one_of_its_articles_is(client):
    picture = make.make_picture()
    address = f"/pictures/{picture.pk}/"
    assert client.get(address).status_code == 404
    make.make_draft(cover=picture)
    make.make_scheduled(cover=picture)
    assert client.get(address).status_code == 404
    article = make.make_article()
    with_body(article, picture.pk)
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "public, max-age=300")
    assert opened(client, answer.headers["Location"]).status_code == 200
    Article.objects.filter(pk=article.pk).update(state="withdrawn")
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("number", ["0", "9" * 30, "%00", "1%0A", "-1"])
def test_an_address_of_no_picture_is_not_found(client, number):
    assert client.get(f"/pictures/{number}/").status_code in (400, 404)


# -- The same file again ---------------------------------------------------------------------------------------------------


def test_the_same_bytes_are_known_when_pictures_are_encoded_in_another_way(monkeypatch):
    first, _new = Picture.objects.take_in(make.picture_file())
    monkeypatch.setitem(pictures._ENCODINGS, "webp", ("WEBP", {"quality": 10, "method": 0}))
    again, is_new = Picture.objects.take_in(make.picture_file())
    assert (again.pk, is_new) == (first.pk, False)
    _other, is_new = Picture.objects.take_in(make.picture_file(file_format="WEBP"))
    assert is_new, "without the memory of what came in, another encoding is another picture"


def test_a_known_file_is_not_decoded_again(monkeypatch):
    Picture.objects.take_in(make.picture_file())
    monkeypatch.setattr(pictures, "decode", None)
    assert Picture.objects.take_in(make.picture_file())[1] is False


def test_a_known_file_whose_renditions_are_gone_is_made_again():
    picture, _new = Picture.objects.take_in(make.picture_file())
    pictures.discard(picture.digest)
    assert Picture.objects.take_in(make.picture_file()) == (picture, False)
    assert pictures.is_stored(picture.digest)


@pytest.mark.django_db(transaction=True)
def test_people_who_upload_the_same_file_at_once_have_one_picture():
    clients = []
    for _person in range(3):
        client = Client()
        client.force_login(make.make_user("editor"))
        clients.append(client)
    address = reverse("admin:articles_picture_upload")
    files = [make.picture_file((900, 500)) for _client in clients]
    answers = at_once(
        *(
            lambda client=client, file=file: client.post(
                address, {"file": file}, headers={"Accept": "application/json"}
            )
            for client, file in zip(clients, files, strict=True)
        )
    )
    connections.close_all()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201], answers
    picture = Picture.objects.get()
    assert {answer.json()["id"] for answer in answers} == {picture.pk}
    assert PictureUpload.objects.count() == 1
    assert Revision.objects.of(picture).count() == 1
    assert pictures.is_stored(picture.digest)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("../../x.png", "x.png"),
        ("..\\..\\x.png", "x.png"),
        ("/etc/passwd", "passwd"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("a\x00b\x07.png", "ab.png"),
        ("x" * 4_000, "x" * 150),
        ("cafe\u0301.png", "café.png"),
        ("  le   port .png", "le port .png"),
        ("", ""),
        (None, ""),
    ],
)
def test_of_a_files_name_only_what_a_person_can_read_is_remembered(sent, stored):
    upload = make.picture_file()
    upload.name = sent
    picture, _new = Picture.objects.take_in(upload)
    assert PictureUpload.objects.get().name == stored
    assert set(default_storage.listdir("")[0]) == {"pictures"}
    assert picture.src.startswith("/media/pictures/")


# -- Where it stands ---------------------------------------------------------------------------------------------------------


def test_pictures_of_a_text_are_noted_when_it_is_saved():
    one, other, article = make.make_picture(), make.make_picture(), make.make_article()
    with_body(article, one.pk, other.pk, one.pk, 10**17)
    assert set(BodyPicture.objects.values_list("article", "picture")) == {(article.pk, one.pk), (article.pk, other.pk)}
    with_body(article, other.pk)
    assert [use.picture for use in BodyPicture.objects.all()] == [other]
    article.title = "Un autre titre"
    article.save(update_fields=["title"])
    assert BodyPicture.objects.count() == 1
    article.body = "<p>Plus rien.</p>"
    article.save(update_fields=["body"])
    assert not BodyPicture.objects.exists()


def test_an_article_without_pictures_costs_one_question_more(django_assert_num_queries):
    article = make.make_article()
    with django_assert_num_queries(3):  # its savepoint, and the question
        BodyPicture.objects.note(article)


def test_a_picture_of_a_text_is_not_deleted():
    picture = make.make_picture()
    with_body(make.make_draft(), picture.pk)
    with pytest.raises(models.ProtectedError):
        picture.delete()


def test_what_is_used_and_what_is_not():
    cover, inside, unused = make.make_picture(), make.make_picture(), make.make_picture()
    make.make_draft(cover=cover)
    with_body(make.make_draft(), inside.pk)
    assert list(Picture.objects.unused()) == [unused]
    counts = {one.pk: (one.cover_count, one.body_count) for one in Picture.objects.with_use_counts()}
    assert counts == {cover.pk: (1, 0), inside.pk: (0, 1), unused.pk: (0, 0)}


# -- Upkeep --------------------------------------------------------------------------------------------------------------------


def of_earlier_days(picture):
    """As pictures were kept before there was AVIF."""
    folder = f"pictures/{picture.digest[:2]}/{picture.digest}"
    for name in default_storage.listdir(folder)[1]:
        if not name.endswith(".webp"):
            default_storage.delete(f"{folder}/{name}")
    with default_storage.open(f"{folder}/card.jpg", "wb") as handle:
        pictures.Image.new("RGB", (64, 36)).save(handle, "JPEG")
    Picture.objects.filter(pk=picture.pk).update(is_complete=False)
    return Picture.objects.get(pk=picture.pk)


def test_a_picture_of_earlier_days_is_shown_without_avif_until_it_is_completed(client):
    picture = of_earlier_days(make.make_picture())
    article = make.make_article(cover=picture)
    shown = client.get(f"/articles/{article.slug}/").content.decode()
    assert "image/avif" not in shown
    assert opened(client, picture.card).status_code == 200
    assert opened(client, picture.src).status_code == 200
    out = io.StringIO()
    call_command("pictures", stdout=out)
    assert out.getvalue().startswith("1 pictures completed, 0 without their file")
    picture.refresh_from_db()
    assert picture.version == 1
    shown = client.get(f"/articles/{article.slug}/").content.decode()
    assert '<source type="image/avif"' in shown
    assert opened(client, picture.url(480, "avif")).headers["Content-Type"] == "image/avif"
    assert opened(client, picture.card).status_code == 200


def test_a_picture_that_has_lost_its_file_does_not_stop_the_others():
    lost, other = of_earlier_days(make.make_picture()), of_earlier_days(make.make_picture())
    pictures.discard(lost.digest)
    out = io.StringIO()
    call_command("pictures", stdout=out)
    assert out.getvalue().startswith("1 pictures completed, 1 without their file")
    assert Picture.objects.get(is_complete=True) == other


def received(picture, days):
    PictureUpload.objects.filter(digest=picture.digest).update(received_at=timezone.now() - dt.timedelta(days=days))


def test_only_files_that_nobody_can_need_are_removed(client, as_role):
    editor = as_role("editor")
    used, past, deleted, fresh = (kept(editor) for _one in range(4))
    replaced(client, past)
    deleted_digest, fresh_digest = deleted.digest, fresh.digest
    for picture in (used, past, deleted):
        received(picture, 3)
    deleted.delete()
    fresh.delete()
    out = io.StringIO()
    call_command("pictures", stdout=out)
    assert "1 unused files removed" in out.getvalue()
    assert not default_storage.exists(pictures.path(deleted_digest, 960))
    for digest in (used.digest, past.digest, fresh_digest, Picture.objects.get(pk=past.pk).digest):
        assert default_storage.exists(pictures.path(digest, 960))
    call_command("pictures", stdout=out)
    assert out.getvalue().splitlines()[-1].endswith("0 unused files removed.")


def test_a_file_that_comes_in_again_is_spared_at_once():
    picture = make.make_picture()
    received(picture, 3)
    digest = picture.digest
    picture.delete()
    PictureUpload.objects.receive(make.picture_file())  # another file, which spares nothing but itself
    received(picture, 0)
    assert PictureUpload.objects.discard_unused() == []
    received(picture, 3)
    assert PictureUpload.objects.discard_unused() == [digest]


def test_upkeep_in_an_empty_house(capsys):
    call_command("pictures")
    assert "0 unused files removed" in capsys.readouterr().out


# -- Kept states of earlier days -------------------------------------------------------------------------------------------------


def test_states_kept_before_files_could_change_are_told_their_file(editor):
    from importlib import import_module

    from django.apps import apps

    picture = kept(editor)
    tell = import_module("articles.migrations.0011_files_in_the_history_of_pictures")
    tell.untell(apps, None)
    assert "digest" not in Revision.objects.of(picture).get().snapshot.fields
    tell.tell(apps, None)
    assert Revision.objects.of(picture).get().snapshot.fields["digest"] == picture.digest
