"""Pictures as phones and scanners send them, made safe: decoded, turned upright, written anew.

What comes out is a plain JPEG in sRGB. Where it was taken, by which phone, what somebody hid in it
or behind it: none of that is carried over, because nothing but the pixels is.
"""

import hashlib
import io
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

MEGABYTE = 1024 * 1024
MOST_BYTES = 15 * MEGABYTE
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 4096  # our choice: more than a screen shows, A4 at 300 dpi
SMALL_SIDE = 480
QUALITY = 90
WHITE = (255, 255, 255)
# Pillow looks at the header's size before it decodes: above this it warns, at twice it refuses.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
SENTENCES: dict[str, str | Promise] = {
    "empty": _("This file is empty."),
    "too_heavy": _("This picture is heavier than 15 MB."),
    "too_large": _("This picture has more than 50 million pixels."),
    "heif": _(
        "This picture is a HEIC file, which browsers do not show. On the iPhone, choose Settings, "
        "Camera, Formats, Most Compatible; then take it again, or send it as JPEG."
    ),
    "kind": _("Only pictures in JPEG, PNG or WebP."),
    "broken": _("This picture cannot be read: it is damaged or not complete."),
}


class Unusable(Exception):
    """A file that is no picture we take: `code` is a key of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        return str(SENTENCES[self.code])


@dataclass(frozen=True)
class Picture:
    """A clean JPEG."""

    content: bytes
    width: int
    height: int

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def clean(content: bytes, *, longest: int = LONGEST_SIDE) -> Picture:
    """The picture in `content`, whatever its file was called; raises Unusable."""
    if not content:
        raise Unusable("empty")
    if len(content) > MOST_BYTES:
        raise Unusable("too_heavy")
    kind = kind_of(content)
    try:
        return _written_anew(_opened(content, kind, longest), longest)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unusable("too_large") from error
    except Unusable:
        raise
    except Exception as error:  # what strangers send makes decoders fail in every way there is
        raise Unusable("broken") from error


def small(content: bytes) -> Picture:
    """A clean picture once more, for a page of many."""
    return clean(content, longest=SMALL_SIDE)


def kind_of(content: bytes) -> str:
    """What a file is by its first bytes; its name and what the browser says are not asked."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        raise Unusable("heif")
    raise Unusable("kind")


def _opened(content: bytes, kind: str, longest: int) -> Image.Image:
    """Decoded, but not before its header was looked at; a large JPEG at a fraction of its size."""
    image = Image.open(io.BytesIO(content), formats=[kind])
    if image.width * image.height > MOST_PIXELS:
        raise Unusable("too_large")
    image.draft("RGB", (longest, longest))
    image.load()
    return image


def _written_anew(image: Image.Image, longest: int) -> Picture:
    """The pixels alone, on an empty sheet."""
    _turn(image)
    upright = _in_srgb(_in_full_colour(image))
    upright.thumbnail((longest, longest))
    sheet = Image.new("RGB", upright.size, WHITE)
    sheet.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    written = io.BytesIO()
    sheet.save(written, "JPEG", quality=QUALITY, subsampling="4:4:4")
    return Picture(written.getvalue(), *sheet.size)


def _turn(image: Image.Image) -> None:
    """Upright, in place: a copy would hold another 200 MB. A broken note of how it lies is none."""
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)


def _in_full_colour(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):  # grey of sixteen bits: conversion alone would leave it white
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    is_clear = "A" in image.getbands() or "transparency" in image.info
    mode = "RGBA" if is_clear else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Phones write other colour spaces; redness must look alike before and after."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode != "RGB":
        return image
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, theirs, ImageCms.createProfile("sRGB")) or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
