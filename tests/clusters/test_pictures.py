"""Uploaded pictures: what is refused, and that nothing of the file that came in is kept."""

import contextlib
import hashlib
import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from PIL import Image, ImageCms

from clusters import pictures
from tests.factories import picture_file


def upload(image, file_format="PNG", **options):
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return io.BytesIO(out.getvalue())


def names_of(digest, focus=(50, 50)):
    """Every rendition of a picture."""
    names = [pictures.path(digest, width, kind) for width in pictures.WIDTHS for kind in pictures.KINDS]
    return [*names, pictures.card_path(digest, focus)]


def png_of(width, height, colour_type=2):
    """A small PNG that says it is large: its pixels would unpack from a few bytes of zeros."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000, 9)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def refusal(file):
    with pytest.raises(ValidationError) as refused:
        pictures.decode(file)
    assert refused.value.messages[0].endswith(".")
    return refused.value.code


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_four_formats_are_decoded(file_format):
    image = pictures.decode(upload(Image.new("RGB", (40, 30), "teal"), file_format))
    assert (image.size, image.mode) == ((40, 30), "RGB")
    assert all(abs(got - meant) < 8 for got, meant in zip(image.getpixel((20, 15)), (0, 128, 128), strict=True))


@pytest.mark.parametrize(
    "content",
    [
        b"bonjour",
        b"<?xml version='1.0'?><office/>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
        b"\xff\xd8\xff\xe0bonjour",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"%PDF-1.4",
        b"MZ\x90\x00",
    ],
)
def test_what_is_no_such_picture_is_refused(content):
    file = io.BytesIO(content)
    file.name = "photo.jpg"
    assert refusal(file) == "format"


@pytest.mark.parametrize(
    ("content", "code", "advice"),
    [
        (b"", "empty", "vide"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "svg", "PNG"),
        (b"<?xml version='1.0'?>\n<!-- dessin --><SVG onload='alert(1)'/>", "svg", "PNG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200, "heic", "Le plus compatible"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix" + b"\0" * 200, "heic", "JPEG"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0" * 200, "format", "AVIF"),
    ],
)
def test_what_can_be_converted_is_refused_with_how(content, code, advice):
    with pytest.raises(ValidationError) as refused:
        pictures.decode(io.BytesIO(content))
    assert refused.value.code == code
    assert advice in refused.value.messages[0]


@pytest.mark.parametrize("file_format", ["GIF", "TIFF", "BMP", "ICO", "PPM"])
def test_other_formats_are_refused_whatever_they_are_called(file_format):
    file = upload(Image.new("RGB", (32, 32)), file_format)
    file.name = "photo.jpg"
    assert refusal(file) == "format"


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "AVIF"])
def test_a_picture_that_moves_is_refused(file_format):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    assert refusal(upload(frames[0], file_format, save_all=True, append_images=frames[1:])) == "frames"


def test_a_gif_that_moves_is_refused():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    assert refusal(upload(frames[0], "GIF", save_all=True, append_images=frames[1:])) == "format"


def test_a_telephones_photograph_with_a_second_picture_inside_is_not_one_that_moves():
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("teal", "black")]
    file = upload(frames[0], "MPO", save_all=True, append_images=frames[1:])
    image = pictures.decode(file)
    assert image.size == (64, 48)
    assert image.getpixel((10, 10))[1] > 100


def test_a_small_file_of_144_million_pixels_is_refused():
    file = png_of(12_000, 12_000)
    assert len(file.getvalue()) < 20_000
    assert refusal(file) == "pixels"


def test_one_pixel_too_many_is_refused_and_the_limit_is_not():
    assert refusal(png_of(40_000_001, 1)) == "pixels"
    with pytest.raises(ValidationError) as refused:  # the size is let through; this file then has too few pixels
        pictures.decode(png_of(8_000, 5_000))
    assert refused.value.code == "format"


def test_more_than_fifteen_megabytes_are_refused_before_they_are_decoded():
    start = upload(Image.new("RGB", (8, 8))).getvalue()
    assert refusal(io.BytesIO(start + b"\0" * (15_000_001 - len(start)))) == "bytes"
    assert pictures.decode(io.BytesIO(start + b"\0" * (15_000_000 - len(start)))).size == (8, 8)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_truncated_file_is_refused(file_format):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    whole = upload(noise, file_format).getvalue()
    for part in (len(whole) // 20, len(whole) // 2, len(whole) * 9 // 10):
        assert refusal(io.BytesIO(whole[:part])) == "format"


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_file_is_refused_or_read_and_never_an_error(file_format):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Appareil"
    whole = upload(Image.effect_noise((40, 40), 80).convert("RGB"), file_format, exif=exif).getvalue()
    for place in range(0, len(whole), 3):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        with contextlib.suppress(ValidationError):
            assert pictures.decode(io.BytesIO(damaged)).mode == "RGB"


@pytest.mark.parametrize(
    ("mode", "file_format"),
    [("L", "PNG"), ("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG"), ("L", "JPEG")],
)
def test_every_colour_mode_becomes_plain_colours(mode, file_format):
    grey = Image.new("L", (20, 20), 200)
    image = grey.convert("I").point(lambda level: level * 257).convert("I;16") if mode == "I;16" else grey.convert(mode)
    decoded = pictures.decode(upload(image, file_format))
    assert decoded.mode == "RGB"
    if mode not in ("1", "P"):
        assert all(abs(level - 200) < 6 for level in decoded.getpixel((10, 10))), decoded.getpixel((10, 10))


def test_what_shines_through_is_put_on_white():
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 20))
    decoded = pictures.decode(upload(image))
    assert (decoded.getpixel((2, 10)), decoded.getpixel((15, 10))) == ((255, 255, 255), (255, 0, 0))


def test_a_transparent_colour_of_a_palette_is_put_on_white():
    image = Image.new("P", (20, 20), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (10, 0, 20, 20))
    decoded = pictures.decode(upload(image, transparency=0))
    assert (decoded.getpixel((2, 10)), decoded.getpixel((15, 10))) == ((255, 255, 255), (255, 0, 0))


@pytest.mark.parametrize(
    ("orientation", "size", "corner"), [(1, (40, 20), (0, 0)), (6, (20, 40), (19, 0)), (3, (40, 20), (39, 19))]
)
def test_a_photograph_is_turned_upright(orientation, size, corner):
    image = Image.new("RGB", (40, 20), "white")
    image.paste("black", (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = pictures.decode(upload(image, "JPEG", exif=exif, quality=95))
    assert decoded.size == size
    assert decoded.getpixel(corner)[0] < 60


def test_nothing_that_the_camera_wrote_is_kept():
    exif = Image.Exif()
    exif[0x010F] = "Appareil-de-Fatima"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (33.0, 35.0, 42.0)
    exif.get_ifd(0x8825)[29] = "2020:03:02"
    file = upload(Image.new("RGB", (2000, 1000), "teal"), "JPEG", exif=exif, comment=b"commentaire-secret")
    assert b"Appareil-de-Fatima" in file.getvalue()
    stored = pictures.store(pictures.decode(file))
    for name in names_of(stored.digest):
        with default_storage.open(name) as handle:
            data = handle.read()
        for trace in (b"Appareil", b"Exif", b"EXIF", b"2020:03:02", b"secret", b"XMP", b"ICC"):
            assert trace not in data, name
        image = Image.open(io.BytesIO(data))
        assert not image.getexif()
        assert not image.info.get("exif")


def test_a_picture_is_stored_under_the_digest_of_its_content_at_every_width():
    stored = pictures.store(pictures.decode(upload(Image.new("RGB", (2000, 1000), "teal"))))
    assert (stored.width, stored.height) == (1600, 800)
    sizes = {}
    for name in names_of(stored.digest):
        with default_storage.open(name) as handle:
            data = handle.read()
        image = Image.open(io.BytesIO(data))
        sizes[name.rpartition("/")[2]] = (image.format, image.size)
        if name.endswith("1600.webp"):
            assert hashlib.sha256(data).hexdigest() == stored.digest
    assert sizes == {
        "480.webp": ("WEBP", (480, 240)),
        "960.webp": ("WEBP", (960, 480)),
        "1600.webp": ("WEBP", (1600, 800)),
        "480.avif": ("AVIF", (480, 240)),
        "960.avif": ("AVIF", (960, 480)),
        "1600.avif": ("AVIF", (1600, 800)),
        "card-50-50.jpg": ("JPEG", (1200, 630)),
    }


def test_a_small_picture_is_not_blown_up():
    stored = pictures.store(pictures.decode(upload(Image.new("RGB", (64, 36)))))
    assert (stored.width, stored.height) == (64, 36)
    with default_storage.open(pictures.path(stored.digest, 1600)) as handle:
        assert Image.open(handle).size == (64, 36)


def test_a_picture_as_thin_as_a_line_is_stored():
    stored = pictures.store(pictures.decode(upload(Image.new("RGB", (5_000, 1)))))
    assert (stored.width, stored.height) == (1600, 1)


def test_the_same_picture_twice_is_the_same_files():
    first = pictures.store(pictures.decode(upload(Image.new("RGB", (64, 36), "teal"))))
    second = pictures.store(pictures.decode(upload(Image.new("RGB", (64, 36), "teal"), compress_level=1)))
    other = pictures.store(pictures.decode(upload(Image.new("RGB", (64, 36), "navy"))))
    assert first == second
    assert first.digest != other.digest
    folder = f"pictures/{first.digest[:2]}/{first.digest}"
    there = ["1600.avif", "1600.webp", "480.avif", "480.webp", "960.avif", "960.webp", "card-50-50.jpg"]
    assert sorted(default_storage.listdir(folder)[1]) == there


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_those_that_the_profile_means(mode):
    common = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = common.replace(b"rXYZ", b"....").replace(b"bXYZ", b"rXYZ").replace(b"....", b"bXYZ")
    decoded = pictures.decode(upload(Image.new(mode, (20, 20), "red"), "PNG", icc_profile=swapped))
    red, _green, blue = decoded.getpixel((5, 5))
    assert red < 20
    assert blue > 235
    assert "icc_profile" not in decoded.info


def test_a_profile_that_is_none_is_passed_over():
    decoded = pictures.decode(upload(Image.new("RGB", (20, 20), "teal"), "PNG", icc_profile=b"no profile"))
    assert decoded.getpixel((5, 5)) == (0, 128, 128)


def test_a_picture_too_tall_for_any_page_is_refused_with_a_sentence():
    with pytest.raises(ValidationError) as refused:
        pictures.decode(picture_file((100, 17_000)))
    assert refused.value.code == "side"


# -- Renditions ----------------------------------------------------------------------------------------------------------


def two_halves(width=2000, height=1000):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


@pytest.mark.parametrize(
    ("size", "focus", "corner"),
    [
        ((2000, 600), (0, 50), "red"),
        ((2000, 600), (100, 50), "blue"),
        ((2000, 600), (25, 50), "red"),
        ((2000, 600), (75, 99), "blue"),
    ],
)
def test_a_card_is_cut_around_the_focal_point(size, focus, corner):
    stored = pictures.store(two_halves(*size), focus)
    with default_storage.open(pictures.card_path(stored.digest, focus)) as handle:
        card = Image.open(handle).convert("RGB")
    assert abs(card.width / card.height - 1200 / 630) < 0.01
    told = card.getpixel((card.width // 4 if corner == "red" else card.width * 3 // 4, card.height // 2))
    assert (told[0] > 200, told[2] > 200) == (corner == "red", corner == "blue")


def test_another_focal_point_is_another_card_beside_the_first():
    stored = pictures.store(two_halves(), (10, 10))
    pictures.store(two_halves(), (90, 10))
    folder = default_storage.listdir(f"pictures/{stored.digest[:2]}/{stored.digest}")[1]
    assert {name for name in folder if name.startswith("card")} == {"card-10-10.jpg", "card-90-10.jpg"}


@pytest.mark.parametrize("size", [(1, 1), (1600, 1), (1, 400), (3, 500)])
@pytest.mark.parametrize("focus", [(0, 0), (100, 100), (50, 50)])
def test_whatever_its_shape_a_picture_has_a_card(size, focus):
    stored = pictures.store(Image.new("RGB", size, "teal"), focus)
    assert default_storage.size(pictures.card_path(stored.digest, focus)) > 100


def test_a_picture_of_earlier_days_is_completed_from_its_largest_rendition():
    stored = pictures.store(two_halves())
    for width in pictures.WIDTHS:
        default_storage.delete(pictures.path(stored.digest, width, "avif"))
    assert not pictures.is_stored(stored.digest)
    assert pictures.complete(stored.digest) == stored
    assert pictures.is_stored(stored.digest)
    with default_storage.open(pictures.path(stored.digest, 480, "avif")) as handle:
        image = Image.open(handle).convert("RGB")
    assert image.size == (480, 240)
    assert image.getpixel((100, 100))[0] > 200
    assert image.getpixel((400, 100))[2] > 200


def test_what_has_lost_its_file_cannot_be_completed():
    with pytest.raises(FileNotFoundError):
        pictures.complete("0" * 64)


def test_a_process_that_dies_while_it_writes_leaves_no_half_of_a_file(monkeypatch):
    """The next upload of the same picture finds nothing under a name that readers would ask for, and writes it all."""

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(pictures.os, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            pictures.store(two_halves())
    digest = pictures.store(two_halves()).digest
    assert pictures.is_stored(digest)
    for name in names_of(digest):
        with default_storage.open(name) as handle:
            Image.open(handle).load()


def test_renditions_are_readable_by_the_server_that_serves_them():
    stored = pictures.store(two_halves())
    for name in names_of(stored.digest):
        assert pictures.Path(default_storage.path(name)).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(("orientation", "size"), [(1, (7_000, 3_500)), (6, (3_500, 7_000))])
def test_much_too_many_pixels_become_fewer_before_anything_else_is_done_to_them(orientation, size):
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, 700, 700))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = pictures.decode(upload(image, "JPEG", exif=exif))
    assert decoded.size == (3_500, 1_750)
    corner = (10, 10) if orientation == 1 else (3_490, 10)
    assert decoded.getpixel(corner)[1] < 60
