"""Uploaded pictures as they are served: their renditions and nothing else of the disk."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.factories import make_picture

pytestmark = pytest.mark.django_db


def read(response):
    try:
        return b"".join(response.streaming_content)
    finally:
        response.close()


@pytest.mark.parametrize(
    ("width", "media_type", "start"),
    [
        (480, "image/webp", b"RIFF"),
        (1600, "image/webp", b"RIFF"),
        (480, "image/avif", b"\0\0\0"),
        (1600, "image/avif", b"\0\0\0"),
        (None, "image/jpeg", b"\xff\xd8"),
    ],
)
def test_a_rendition_is_served_for_ever_as_what_it_is(client, width, media_type, start):
    response = client.get(make_picture().url(width, media_type.rpartition("/")[2]))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    assert read(response).startswith(start)


@pytest.mark.parametrize(
    "place",
    [
        "", "pictures/", "secret.txt", "../secret_key", "..%2Fsecret_key", "%2e%2e/secret_key", "pictures/../../secret_key",
        "pictures/ab/{digest}/../../../secret.txt", "pictures/ab/{digest}/480.webp/../../../../secret.txt", "/etc/passwd", "//etc/passwd",
        "pictures/{start}/{digest}", "pictures/{start}/{digest}/", "pictures/{start}/{digest}/481.webp", "pictures/{start}/{digest}/480.WEBP",
        "pictures/{start}/{digest}/480.webp%00", "pictures/{start}/{digest}/480.webp%0A", "pictures/{start}/{digest}/480.webp/",
        "pictures/{start}/{digest}/card.jpg.html", "pictures/{start}/{digest}/card-50.jpg", "pictures/{start}/{digest}/card-5000-50.jpg",
        "pictures/{start}/{digest}/480.avif.html", "pictures/{start}/{digest}/480.gif", "pictures/{start}/{digest}/card.html", "pictures/zz/{digest}/480.webp",
        "pictures/{start}/{other}/480.webp", "pictures/{start}/٤٨٠/480.webp", "pictures/{start}/{digest}/٤٨٠.webp",
        "pictures\\{start}\\{digest}\\480.webp", "logos/{start}/{digest}/480.webp", "a" * 5_000,
    ],
)  # fmt: skip
def test_nothing_else_is(client, settings, place):
    digest = make_picture().digest
    default_storage.save("secret.txt", ContentFile(b"secret"))
    (settings.MEDIA_ROOT.parent / "secret_key").write_text("secret")
    place = place.format(digest=digest, start=digest[:2], other="0" * 64)
    response = client.get(f"/media/{place}")
    assert response.status_code in (400, 404)
    assert b"secret" not in response.content.replace(b"secret_key", b"").replace(b"secret.txt", b"")


def test_a_link_out_of_the_place_of_pictures_is_not_followed_by_name(client, settings):
    response = client.get("/media/pictures/ab/" + "a" * 64 + "/480.webp")
    assert response.status_code == 404


def test_head_and_conditional_requests(client):
    address = make_picture().url(480)
    head = client.head(address)
    assert head.status_code == 200
    assert int(head.headers["Content-Length"]) > 0
    head.close()
    assert client.post(address).status_code == 405
