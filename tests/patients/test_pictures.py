"""Whatever file is sent: a plain JPEG comes out, or a sentence that says why not."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from patients import pictures
from patients.pictures import Unusable, clean

SECRET = b"Zanzibarine"


def image(mode: str = "RGB", size: tuple[int, int] = (80, 60), colour: object = "tan"):
    return Image.new(mode, size, colour)


def written(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def with_place() -> bytes:
    """As a phone writes it: where and when, turned on its side, with a comment."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()  # maker
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    return written(image(), exif=exif, icc_profile=profile, comment=SECRET, xmp=xmp)


def with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return written(image(), "PNG", pnginfo=words)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.sh", SECRET)
    return out.getvalue()


def animated(kind: str) -> bytes:
    frames = [image(colour="tan"), image(colour="navy")]
    return written(frames[0], kind, save_all=True, append_images=frames[1:])


CLEANED: dict[str, Callable[[], bytes]] = {
    "a plain JPEG": lambda: written(image()),
    "a PNG": lambda: written(image(), "PNG"),
    "a WebP": lambda: written(image(), "WEBP"),
    "a phone's JPEG with place, maker, comment, colours": with_place,
    "a PNG with words in it": with_words,
    "a WebP with a place": lambda: written(image(), "WEBP", exif=b"Exif\0\0" + SECRET, xmp=SECRET),
    "a clear PNG": lambda: written(image("RGBA", colour=(9, 9, 9, 0)), "PNG"),
    "a PNG of a palette": lambda: written(image().convert("P"), "PNG", transparency=0),
    "a PNG of one bit": lambda: written(image("1", colour=1), "PNG"),
    "a PNG of sixteen bits": lambda: written(image("I;16", colour=40_000), "PNG"),
    "a grey JPEG": lambda: written(image("L", colour=99)),
    "a JPEG for a press": lambda: written(image("CMYK", colour=(9, 9, 9, 9))),
    "a PNG that moves": lambda: animated("PNG"),
    "a WebP that moves": lambda: animated("WEBP"),
    "a JPEG with an archive behind it": lambda: written(image()) + zipped(),
    "a JPEG with a page behind it": lambda: written(image()) + b"<script>" + SECRET + b"</script>",
    "a PNG with a script behind it": lambda: written(image(), "PNG") + b"<?php " + SECRET,
    "a JPEG with a script as its comment": lambda: written(image(), comment=b"<?php " + SECRET),
    "a thin strip": lambda: written(image(size=(6000, 1))),
    "one pixel": lambda: written(image(size=(1, 1))),
    "a broken colour profile": lambda: written(image(), icc_profile=SECRET * 20),
}


@pytest.mark.parametrize("name", CLEANED)
def test_a_picture_comes_out_as_pixels_alone(name: str) -> None:
    picture = clean(CLEANED[name]())
    with Image.open(io.BytesIO(picture.content)) as opened:
        opened.load()
        assert (opened.format, opened.mode, opened.size) == (
            "JPEG",
            "RGB",
            (picture.width, picture.height),
        )
        assert not opened.getexif()
        assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert SECRET not in picture.content
    assert picture.content.endswith(b"\xff\xd9")
    assert b"PK\x03\x04" not in picture.content
    assert clean(picture.content).width == picture.width


def test_control_the_secrets_are_in_what_was_sent() -> None:
    hidden = [name for name, make in CLEANED.items() if SECRET in make()]
    assert len(hidden) == 8


def test_a_picture_is_turned_upright_before_its_orientation_goes() -> None:
    picture = clean(with_place())
    assert (picture.width, picture.height) == (60, 80)


def test_a_clear_ground_becomes_white_and_sixteen_bits_stay_grey() -> None:
    clear = Image.open(io.BytesIO(clean(CLEANED["a clear PNG"]()).content))
    grey = Image.open(io.BytesIO(clean(CLEANED["a PNG of sixteen bits"]()).content))
    assert (clear.getpixel((5, 5)), grey.getpixel((5, 5))) == ((255,) * 3, (156,) * 3)


def test_other_colours_are_told_in_srgb() -> None:
    lab = written(image(colour=(200, 40, 40)), icc_profile=_swapped_profile())
    plain = clean(written(image(colour=(200, 40, 40))))
    assert clean(lab).content != plain.content


def _swapped_profile() -> bytes:
    """sRGB with its red and blue exchanged: what a wide space does, only plainer."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return (
        data.replace(b"rXYZ", b"tmpX", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"tmpX", b"bXYZ", 1)
    )


def test_a_large_picture_is_kept_at_what_a_screen_shows() -> None:
    picture = clean(written(image(size=(6000, 3000))))
    assert (picture.width, picture.height) == (4096, 2048)


# --- Refused -------------------------------------------------------------------------------------


def png_that_says(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG whose header promises a size, whatever follows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(data, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def png_with_a_bomb_of_words() -> bytes:
    bomb = zlib.compress(b"x" * 90_000_000, 9)
    body = b"Comment\0\0" + bomb
    chunk = (
        struct.pack(">I", len(body))
        + b"zTXt"
        + body
        + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    )
    plain = written(image(), "PNG")
    return plain[:33] + chunk + plain[33:]


def heic(brand: bytes = b"heic") -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1" + bytes(200)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("empty", lambda: b""),
    "too heavy": ("too_heavy", lambda: written(image()) + bytes(15 * 1024 * 1024)),
    "a bomb in its header": ("too_large", lambda: png_that_says(60_000, 60_000)),
    "a little over the limit": ("too_large", lambda: png_that_says(10_000, 5_001)),
    "twice over the limit": ("too_large", lambda: png_that_says(2**31 - 1, 2**31 - 1)),
    "a bomb of words": ("broken", png_with_a_bomb_of_words),
    "a picture that ends early": ("broken", lambda: written(image(size=(900, 900)))[:900]),
    "a header and no pixels": ("broken", lambda: png_that_says(100, 100)),
    "a PNG cut in its pixels": ("broken", lambda: written(image(size=(99, 99)), "PNG")[:-40]),
    "a WebP cut short": ("broken", lambda: written(image(size=(99, 99)), "WEBP")[:40]),
    "a size of nothing": ("broken", lambda: png_that_says(0, 0)),
    "an SVG with a script": ("kind", lambda: SVG),
    "an SVG called a JPEG": ("kind", lambda: b"\n" + SVG),
    "a GIF": ("kind", lambda: written(image(), "GIF")),
    "a GIF that is a script too": ("kind", lambda: b"GIF89a/*" + SECRET + b"*/=alert(1)//;"),
    "a page": ("kind", lambda: b"<!doctype html><script>alert(1)</script>"),
    "a PDF": ("kind", lambda: b"%PDF-1.7\n" + SECRET),
    "an archive": ("kind", zipped),
    "a script": ("kind", lambda: b"<?php system($_GET[0]);"),
    "a program": ("kind", lambda: b"MZ" + bytes(200)),
    "a TIFF": ("kind", lambda: written(image(), "TIFF")),
    "a BMP": ("kind", lambda: written(image(), "BMP")),
    "noise": ("kind", lambda: random.Random(1).randbytes(5_000)),
    "noise that begins like a JPEG": (
        "broken",
        lambda: b"\xff\xd8\xff" + random.Random(2).randbytes(5_000),
    ),
    "noise that begins like a PNG": (
        "broken",
        lambda: b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(5_000),
    ),
    "noise that begins like a WebP": (
        "broken",
        lambda: b"RIFF\xff\xff\xff\xffWEBP" + random.Random(4).randbytes(5_000),
    ),
    "a HEIC": ("heif", heic),
    "an AVIF": ("heif", lambda: heic(b"avif")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_a_sentence(name: str) -> None:
    code, make = REFUSED[name]
    with pytest.raises(Unusable) as refusal:
        clean(make())
    assert refusal.value.code == code
    assert len(refusal.value.message.split()) > 3


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*_args: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", decoded)
    with pytest.raises(Unusable) as refusal:
        clean(png_that_says(10_000, 9_000, bytes(1_000_000)))
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_with_any_byte_changed_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = written(image(size=(40, 30)), kind)
        for _ in range(60):
            changed = bytearray(whole)
            changed[chance.randrange(len(changed))] = chance.randrange(256)
            assert came_of(bytes(changed)) in {"", *pictures.SENTENCES}


def came_of(content: bytes) -> str:
    try:
        clean(content)
    except Unusable as refusal:
        return refusal.code
    return ""
