"""Files that somebody may send as a picture, made here byte by byte: small on the wire, and large, double or broken behind it."""

import io
import struct
import zipfile
import zlib

from PIL import Image

SCRIPT = b"<script>alert('grappe')</script>"


def encoded(image, file_format, **options):
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, bits=8, colour=2, before=b"", pixels=b"\0" * 100_000):
    """A PNG that says this of itself, with these chunks before its pixels."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    data = _chunk(b"IDAT", zlib.compress(pixels, 9))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + before + data + _chunk(b"IEND", b"")


def apng(frames):
    return png(10, 10, before=_chunk(b"acTL", struct.pack(">II", frames, 0)))


def _webp(width, height, flags, chunks):
    extended = struct.pack("<I", 10) + bytes([flags, 0, 0, 0])
    extended += struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBP" + b"VP8X" + extended + chunks
    return b"RIFF" + struct.pack("<I", len(body)) + body


_ONE_PIXEL = encoded(Image.new("RGB", (1, 1)), "WEBP", lossless=True)[12:]


def webp(width, height):
    """A WebP of one pixel on a canvas of this size."""
    return _webp(width, height, 0, _ONE_PIXEL)


def moving_webp(frames):
    start = b"ANIM" + struct.pack("<I", 6) + b"\0" * 6
    frame = b"ANMF" + struct.pack("<I", 16 + len(_ONE_PIXEL)) + b"\0" * 16 + _ONE_PIXEL
    return _webp(100, 100, 2, start + frame * frames)


def gif(width, height, script=b""):
    """A GIF of this size; one whose size reads as `/*` is a script as well, if it ends as one."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0" + script + b"\x3b"


def gif_and_script():
    return b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert('grappe')//;"


def avif(width, height):
    """An AVIF that says it has another size than it has."""
    data = bytearray(encoded(Image.new("RGB", (64, 64), "teal"), "AVIF"))
    place = data.find(b"ispe")
    data[place + 8 : place + 16] = struct.pack(">II", width, height)
    return bytes(data)


def photograph(size=(64, 48), **options):
    return encoded(Image.new("RGB", size, "teal"), "JPEG", **options)


def jpeg_with_page():
    """A JPEG whose comment is a page with a script."""
    return photograph(comment=b"<html><body>" + SCRIPT)


def jpeg_with_archive():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("grappe.txt", b"alert('grappe')")
    return photograph() + archive.getvalue()


def pdf_then_jpeg():
    return b"%PDF-1.4\n1 0 obj<</Length 10>>stream\n" + photograph() + b"\nendstream endobj\n%%EOF"


def jpeg_with_pdf():
    return photograph(comment=b"%PDF-1.4 /JavaScript " + SCRIPT)


def huge_exif():
    """A JPEG with ten megabytes of what a camera may write, in as many pieces as it takes."""
    plain = photograph()
    piece = b"\xff\xe1" + struct.pack(">H", 65_000) + b"Exif\0\0" + b"A" * (65_000 - 8)
    return plain[:2] + piece * 160 + plain[2:]


def with_position():
    """A JPEG that says where and by what it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x010F] = "Appareil-de-Fatima"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (33.0, 35.0, 42.0)
    image = Image.new("RGB", (60, 30), "white")
    image.paste("black", (0, 0, 12, 12))
    return encoded(image, "JPEG", exif=exif, quality=95)


def inks(cyan, magenta, yellow, key):
    """A JPEG of four inks as Photoshop writes it: with Adobe's marker, and every value turned round."""
    return encoded(Image.new("CMYK", (40, 30), (cyan, magenta, yellow, key)), "JPEG", quality=95)


def deep(red, green, blue):
    """A PNG of sixteen bits a colour."""
    row = b"\0" + struct.pack(">HHH", red * 257, green * 257, blue * 257) * 40
    return png(40, 30, bits=16, pixels=row * 30)


def deep_grey(level, see_through=False):
    row = b"\0" + struct.pack(">H", level * 257) * 40
    before = _chunk(b"tRNS", struct.pack(">H", 65_535)) if see_through else b""
    return png(40, 30, bits=16, colour=0, before=before, pixels=row * 30)


def heic():
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 2_000


def svg():
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
