"""Uploaded pictures: decoded, limited, turned upright, stripped of what the camera wrote, and encoded again.

Nothing of the file that came in is kept: name, type and bytes on disk all come from the decoded picture.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
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
LOGO_WIDTH = 320
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")


@dataclass(frozen=True)
class Stored:
    """A picture on disk: `pictures/<sha256>/<width>.webp` for each width, and a JPEG for feeds and social cards.

    Attributes:
        digest: SHA-256 of the largest rendition, in hexadecimal; the same picture twice is one picture.
        width, height: of the largest rendition, in pixels.
    """

    digest: str
    width: int
    height: int


def decode(upload: IO[bytes]) -> Image.Image:
    """Decode an upload.

    Raises:
        ValidationError: too many bytes or pixels, more than one frame, or not a JPEG, PNG, WebP or AVIF, whatever it is called.
    """
    upload.seek(0)
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(
            _("Cette image pèse plus de 15 Mo. Réduisez-la puis envoyez-la de nouveau."), code="bytes"
        )
    refused = ValidationError(
        _("Ce fichier n’est pas une image JPEG, PNG, WebP ou AVIF. Enregistrez l’image dans l’un de ces formats."),
        code="format",
    )
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
        raise refused from None
    upright = _plain_colours(_upright(image))
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    return ground  # a new picture: what the old one carried besides its pixels would be written out again


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


def store(image: Image.Image) -> Stored:
    """Encode a decoded picture at every width in use and keep it under the digest of its content."""
    largest = _fit(image, WIDTHS[-1])
    data = _encode(largest, "WEBP")
    digest = hashlib.sha256(data).hexdigest()
    for width in WIDTHS:
        name = path(digest, width)
        if not default_storage.exists(name):
            content = data if width == WIDTHS[-1] else _encode(_fit(image, width), "WEBP")
            default_storage.save(name, ContentFile(content))
    if not default_storage.exists(path(digest)):
        default_storage.save(path(digest), ContentFile(_encode(_fit(image, 1200), "JPEG")))
    return Stored(digest, *largest.size)


def store_logo(image: Image.Image) -> str:
    """Keep a decoded picture as a logo, at most LOGO_WIDTH wide and half as high; returns its digest."""
    small = image.copy()
    small.thumbnail((LOGO_WIDTH, LOGO_WIDTH // 2), Image.Resampling.LANCZOS)
    data = _encode(small, "WEBP")
    digest = hashlib.sha256(data).hexdigest()
    if not default_storage.exists(logo_path(digest)):
        default_storage.save(logo_path(digest), ContentFile(data))
    return digest


def logo_path(digest: str) -> str:
    """Where a logo lies in the storage."""
    return f"logos/{digest[:2]}/{digest}/{LOGO_WIDTH}.webp"


def path(digest: str, width: int | None = None) -> str:
    """Where a rendition lies in the storage: WebP at a width, or without a width the JPEG."""
    return f"pictures/{digest[:2]}/{digest}/{f'{width}.webp' if width else 'card.jpg'}"


def _fit(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def _encode(image: Image.Image, file_format: str) -> bytes:
    out = io.BytesIO()
    # A fresh encoding from pixels: no EXIF, no GPS, no comment goes along.
    image.save(out, file_format, quality=82, **({"method": 4} if file_format == "WEBP" else {"progressive": True}))
    return out.getvalue()
