"""Uploaded pictures: decoded, limited, turned upright, stripped of what the camera wrote, and encoded again.

Nothing of the file that came in is kept: name, type and bytes on disk all come from the decoded picture. Files are named
by their content, so that they may be kept for ever by whoever has fetched them; which file a picture is today, its row says.
"""

import hashlib
import io
import os
import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MAX_BYTES = 15_000_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_000
"""In pixels; WebP ends at 16,383."""
WIDTHS = (480, 960, 1600)
"""Widths, in pixels, at which a picture is offered to a page."""
KINDS = ("webp", "avif")
CARD = (1200, 630)
"""Of the JPEG for social cards, in pixels; the proportions that they are shown in."""
CENTRE = (50, 50)
"""Focal point of a picture that nobody has given one: per cent of its width and height."""
LOGO_WIDTH = 320
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
_ENCODINGS = {
    "webp": ("WEBP", {"quality": 82, "method": 4}),
    # At speed 8 two thirds of the bytes of WebP in about the same time; slower ones save two per cent more in three times it.
    "avif": ("AVIF", {"quality": 60, "speed": 8}),
    "jpg": ("JPEG", {"quality": 82, "progressive": True}),
}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@dataclass(frozen=True)
class Stored:
    """A picture on disk: `pictures/<sha256>/<width>.webp` and `.avif` for each width, and a JPEG for feeds and social cards.

    Attributes:
        digest: SHA-256 of the largest WebP, in hexadecimal; the same picture twice is one picture.
        width, height: of the largest rendition, in pixels.
    """

    digest: str
    width: int
    height: int


def read(upload: IO[bytes]) -> bytes:
    """The bytes of an upload.

    Raises:
        ValidationError: there are too many.
    """
    upload.seek(0)
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(
            _("Cette image pèse plus de 15 Mo. Réduisez-la puis envoyez-la de nouveau."), code="bytes"
        )
    return data


def decode(upload: IO[bytes]) -> Image.Image:
    """Decode an upload, no larger than four times what is kept of it.

    Raises:
        ValidationError: too many bytes or pixels, more than one frame, or not a JPEG, PNG, WebP or AVIF, whatever it is called.
    """
    data = read(upload)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a damaged but readable header
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
            # The size stands in the header: it is checked before a single pixel is decoded.
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            if max(image.size) > MAX_SIDE:
                raise ValidationError(
                    _(
                        "Cette image a plus de 16 000 points de haut ou de large. Recadrez-la ou coupez-la en plusieurs images."
                    ),
                    code="side",
                )
            # MPO is a telephone's still photograph with a preview or a map of depths behind it.
            if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
                raise ValidationError(_("Cette image est animée. Envoyez une image fixe."), code="frames")
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError(
            _("Cette image a plus de 40 millions de points. Réduisez ses dimensions puis envoyez-la de nouveau."),
            code="pixels",
        ) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise _no_picture(data) from None
    upright = _plain_colours(_upright(_reduced(image)))
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    return ground  # a new picture: what the old one carried besides its pixels would be written out again


def _no_picture(data: bytes) -> ValidationError:
    """Why this is refused, for two formats with the way out that whoever sends them needs."""
    if not data:
        return ValidationError(_("Ce fichier est vide : il n’a sans doute pas été copié jusqu’au bout."), code="empty")
    brands = {data[place : place + 4] for place in range(8, min(64, len(data)), 4)} if data[4:8] == b"ftyp" else set()
    if brands & _HEIF_BRANDS and b"avif" not in brands:
        return ValidationError(
            _(
                "Cette photo est au format HEIC des iPhone, que les navigateurs ne lisent pas. Ouvrez-la sur le téléphone ou "
                "l’ordinateur et exportez-la en JPEG ; pour les suivantes, choisissez Réglages, Appareil photo, Formats, "
                "« Le plus compatible »."
            ),
            code="heic",
        )
    if b"<svg" in data[:4096].lower():
        return ValidationError(
            _("Ce dessin est au format SVG, qui peut contenir un programme. Exportez-le en PNG puis envoyez-le."),
            code="svg",
        )
    return ValidationError(
        _("Ce fichier n’est pas une image JPEG, PNG, WebP ou AVIF. Enregistrez l’image dans l’un de ces formats."),
        code="format",
    )


def _reduced(image: Image.Image) -> Image.Image:
    """Much too large a picture in fewer pixels before anything else is done to it: each step makes a copy of them all."""
    is_turned = _orientation(image) in (5, 6, 7, 8)
    factor = (image.height if is_turned else image.width) // (2 * WIDTHS[-1])
    return image.reduce(factor) if factor > 1 and image.mode in ("RGB", "RGBA", "L", "LA", "CMYK") else image


def _orientation(image: Image.Image) -> int | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return image.getexif().get(0x0112)
    except Exception:
        return None  # as below


def _upright(image: Image.Image) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ImageOps.exif_transpose(image)
    except Exception:
        return image  # the header is damaged, which Pillow tells in many ways; the pixels are sound


def _plain_colours(image: Image.Image) -> Image.Image:
    """The picture as RGB, or as RGBA where something shines through, in the colours that every screen takes it to have."""
    if image.mode.startswith("I"):
        # Sixteen bits, which convert() alone would clip to white.
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    mode = "RGBA" if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            own, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, own, screen, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile of another kind of picture says nothing of this one
    return image.convert(mode)


def store(image: Image.Image, focus: tuple[int, int] = CENTRE) -> Stored:
    """Encode a decoded picture at every width in use and keep it under the digest of its content."""
    largest = _fit(image, WIDTHS[-1])
    data = _encode(largest, "webp")
    stored = Stored(hashlib.sha256(data).hexdigest(), *largest.size)
    if not default_storage.exists(path(stored.digest, WIDTHS[-1])):
        _put(path(stored.digest, WIDTHS[-1]), data)
    _make(image, stored.digest, focus)
    return stored


def complete(digest: str, focus: tuple[int, int] = CENTRE) -> Stored:
    """Make what is missing of a stored picture's renditions from the largest one.

    Raises:
        FileNotFoundError: that one is gone.
    """
    with default_storage.open(path(digest, WIDTHS[-1])) as handle, Image.open(handle) as opened:
        largest = opened.convert("RGB")
    _make(largest, digest, focus)
    return Stored(digest, *largest.size)


def is_stored(digest: str, focus: tuple[int, int] = CENTRE) -> bool:
    """Whether every rendition is there."""
    names = [path(digest, width, kind) for width in WIDTHS for kind in KINDS]
    return all(default_storage.exists(name) for name in [*names, card_path(digest, focus)])


def _make(image: Image.Image, digest: str, focus: tuple[int, int]) -> None:
    for width in WIDTHS:
        wanted = {kind: path(digest, width, kind) for kind in KINDS}
        if missing := [kind for kind, name in wanted.items() if not default_storage.exists(name)]:
            fitted = _fit(image, width)
            for kind in missing:
                _put(wanted[kind], _encode(fitted, kind))
    if not default_storage.exists(card_path(digest, focus)):
        _put(card_path(digest, focus), _encode(_around(image, focus), "jpg"))


def _around(image: Image.Image, focus: tuple[int, int]) -> Image.Image:
    """The largest part of a picture in the proportions of a card, as near to its focal point as its edges allow."""
    width = min(image.width, max(1, round(image.height * CARD[0] / CARD[1])))
    height = min(image.height, max(1, round(image.width * CARD[1] / CARD[0])))
    left, top = (
        min(max(0, round(whole * per_cent / 100 - part / 2)), whole - part)
        for whole, part, per_cent in zip(image.size, (width, height), focus, strict=True)
    )
    return _fit(image.crop((left, top, left + width, top + height)), CARD[0])


def digests() -> Iterable[str]:
    """Of every picture that lies in the storage, whether anybody knows of it or not."""
    for start in default_storage.listdir("pictures")[0] if default_storage.exists("pictures") else ():
        yield from sorted(default_storage.listdir(f"pictures/{start}")[0])


def discard(digest: str) -> None:
    """Delete a picture with all its renditions."""
    folder = path(digest, WIDTHS[-1]).rpartition("/")[0]
    for name in default_storage.listdir(folder)[1]:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)


def _put(name: str, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever dies meanwhile and whoever writes the same."""
    try:
        place = Path(default_storage.path(name))
    except NotImplementedError:  # an object store writes that way of itself
        default_storage.save(name, ContentFile(data))
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as handle:
        handle.write(data)
    os.chmod(handle.name, default_storage.file_permissions_mode)
    os.replace(handle.name, place)


def store_logo(image: Image.Image) -> str:
    """Keep a decoded picture as a logo, at most LOGO_WIDTH wide and half as high; returns its digest."""
    small = image.copy()
    small.thumbnail((LOGO_WIDTH, LOGO_WIDTH // 2), Image.Resampling.LANCZOS)
    data = _encode(small, "webp")
    digest = hashlib.sha256(data).hexdigest()
    if not default_storage.exists(logo_path(digest)):
        _put(logo_path(digest), data)
    return digest


def logo_path(digest: str) -> str:
    """Where a logo lies in the storage."""
    return f"logos/{digest[:2]}/{digest}/{LOGO_WIDTH}.webp"


def path(digest: str, width: int, kind: str = "webp") -> str:
    """Where a rendition lies in the storage."""
    return f"pictures/{digest[:2]}/{digest}/{width}.{kind}"


def card_path(digest: str, focus: tuple[int, int] | None = CENTRE) -> str:
    """Where the JPEG lies that is cut around a focal point; None: the uncut one that was made before there were any."""
    return f"pictures/{digest[:2]}/{digest}/card{'-{}-{}'.format(*focus) if focus else ''}.jpg"


def _fit(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def _encode(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    file_format, options = _ENCODINGS[kind]
    image.save(out, file_format, **options)  # a fresh encoding from pixels: no EXIF, no GPS, no comment goes along
    return out.getvalue()
