"""AVIF, TIFF, BMP and HEIC come in, and look in the master as they look elsewhere."""

import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from conversations import pictures
from conversations.pictures import Refused, kinds, webp
from tests.pictures import makers

FORMATS = {
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
    "TIFF": {},
    "BMP": {},
}


@pytest.mark.parametrize("format", FORMATS)
def test_another_format_looks_the_same(tmp_path: Path, format: str) -> None:
    image = makers.drawing(60, 40)
    data = makers.encoded(image, format, **FORMATS[format])
    picture = pictures.accept(makers.written(tmp_path, data, "x"), "x")
    assert picture.original_format == format
    assert picture.media_type in {"image/png", "image/jpeg"}
    wanted = makers.opened(data)
    limit = 0 if picture.media_type == "image/png" else 12
    assert makers.furthest(makers.opened(picture.data), wanted) <= limit


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["TIFF", "AVIF", "JPEG"])
def test_other_formats_are_turned_upright_too(
    tmp_path: Path, format: str, orientation: int
) -> None:
    upright = makers.drawing(48, 32)
    options = FORMATS.get(format, {"quality": 100, "subsampling": 0})
    data = makers.encoded(
        makers.stored(upright, orientation),
        format,
        exif=makers.exif(orientation),
        **options,
    )
    picture = pictures.accept(makers.written(tmp_path, data, "x"), "x")
    assert makers.furthest(makers.opened(picture.data), upright) <= 40
    assert ("turned upright" in picture.done) == (orientation > 1)
    assert b"SecretCamera" not in picture.data


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_deflate", "packbits"])
def test_a_scan_may_be_compressed(tmp_path: Path, compression: str) -> None:
    image = makers.drawing(300, 200)
    path = makers.saved(tmp_path, image, "x.tif", compression=compression)
    picture = pictures.accept(path, "x.tif")
    assert makers.furthest(makers.opened(picture.data), image) == 0


def test_of_a_scan_with_pages_the_first_is_kept(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (50, 30), (9 * n, 0, 0)) for n in range(3)]
    path = makers.saved(
        tmp_path, pages[0], "x.tif", save_all=True, append_images=pages[1:]
    )
    picture = pictures.accept(path, "x.tif")
    assert picture.done[0] == "first page of 3 kept"
    assert makers.furthest(makers.opened(picture.data), pages[0]) == 0


def test_of_an_animated_avif_the_first_frame_is_kept(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (50, 30), (200 - 60 * n, 0, 0)) for n in range(3)]
    path = makers.saved(
        tmp_path, frames[0], "x.avif", save_all=True, append_images=frames[1:]
    )
    picture = pictures.accept(path, "x.avif")
    assert picture.done[0] == "first frame of 3 kept"
    assert makers.furthest(makers.opened(picture.data), frames[0]) <= 6


@pytest.mark.parametrize(
    ("mode", "values", "greys"),
    [
        ("F", (0.0, 0.5, 1.0), (0, 128, 255)),
        ("F", (0.0, 128.0, 255.0), (0, 128, 255)),
        ("F", (-1.0, 0.0, 1.0), (0, 128, 255)),
        ("I", (0, 128 * 257, 65535), (0, 128, 255)),
        ("I", (0, 500_000, 1_000_000), (0, 128, 255)),
    ],
)
def test_measurements_become_grey(tmp_path: Path, mode, values, greys) -> None:
    image = Image.new(mode, (3, 1))
    for x, value in enumerate(values):
        image.putpixel((x, 0), value)
    picture = pictures.accept(makers.saved(tmp_path, image, "x.tif"), "x.tif")
    assert tuple(makers.opened(picture.data).convert("L").tobytes()) == greys


def test_a_transparent_grey_of_16_bits_is_transparent(tmp_path: Path) -> None:
    deep = Image.new("I;16", (2, 1))
    deep.putpixel((0, 0), 4242)
    deep.putpixel((1, 0), 4243)
    path = makers.saved(tmp_path, deep, "x.png", transparency=4242)
    picture = pictures.accept(path, "x.png")
    alpha = makers.opened(picture.data).convert("RGBA").getchannel("A")
    assert alpha.tobytes() == bytes([0, 255])


@pytest.mark.parametrize("brands", [b"heic\0\0\0\0mif1heic", b"mif1\0\0\0\0miafheic"])
def test_without_its_decoder_heic_is_told_what_to_do(
    tmp_path: Path, brands: bytes
) -> None:
    data = (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands + bytes(50)
    assert kinds.kind(data) == "HEIC"
    with pytest.raises(Refused) as caught:
        pictures.accept(makers.written(tmp_path, data, "x.heic"), "x.heic")
    if caught.value.code == "damaged":
        pytest.skip("the optional decoder is installed")
    assert "Save or share it as JPEG" in caught.value.sentence


def test_with_its_decoder_heic_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The decoder's stand-in reads a bitmap behind the right brands.
    (tmp_path / "pillow_heif.py").write_text(
        "from PIL import BmpImagePlugin\n"
        "class options: pass\n"
        "class HeifImageFile(BmpImagePlugin.DibImageFile):\n"
        "    def _open(self):\n"
        "        self.fp.seek(24)\n"
        "        self._bitmap()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    image = makers.photograph(60, 40)
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + makers.encoded(image, "DIB")
    worker = pictures.Worker()
    path = makers.written(tmp_path, data, "x.heic")
    picture = pictures.accept(path, "x.heic", worker=worker)
    worker.close()
    assert picture.original_media_type == "image/heic"
    assert makers.furthest(makers.opened(picture.data), image) <= 40


@pytest.mark.skipif(
    not webp.available(), reason="this Pillow's libwebp cannot be reached"
)
@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_is_shrunk_as_others_are(lossless: bool) -> None:
    image = makers.photograph(900, 600)
    data = makers.encoded(image, "WEBP", lossless=lossless)
    shrunk = webp.PlainWebPFile(BytesIO(data))
    shrunk.draft(None, (300, 200))
    shrunk.load()
    assert shrunk.size == (300, 200)
    wanted = makers.opened(data).resize((300, 200), Image.Resampling.BOX)
    assert makers.furthest(shrunk, wanted) <= 8


def test_an_avif_that_would_not_fit_is_refused(tmp_path: Path) -> None:
    data = bytearray(makers.encoded(Image.new("L", (64, 64)), "AVIF"))
    # The size as the container tells it (ISO/IEC 23008-12, 6.5.3).
    place = data.index(b"ispe") + 8
    data[place : place + 8] = (9000).to_bytes(4, "big") * 2
    with pytest.raises(Refused) as caught:
        pictures.accept(makers.written(tmp_path, bytes(data), "x"), "x")
    assert caught.value.code == "memory"
    assert "an AVIF of more than 64 megapixels" in caught.value.sentence


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        # Linear light: a fifth of it looks half as bright.
        ([makers.chunk(b"gAMA", (100_000).to_bytes(4, "big"))], 127),
        ([makers.chunk(b"gAMA", (45_455).to_bytes(4, "big"))], 55),
        ([makers.chunk(b"gAMA", bytes(4))], 55),
        ([], 55),
    ],
)
def test_the_gamma_of_a_png_is_heeded(tmp_path: Path, chunks, wanted: int) -> None:
    pixels = makers.chunk(b"IDAT", zlib.compress(b"\0\x37"))
    data = makers.png(1, 1, *chunks, pixels, colour=0)
    picture = pictures.accept(makers.written(tmp_path, data, "x.png"), "x.png")
    assert makers.opened(picture.data).convert("L").getpixel((0, 0)) == wanted
    assert ("colours converted to sRGB" in picture.done) == (wanted != 55)
