"""The upright upload that is kept for cropping: sharp, bare and bounded."""

from pathlib import Path

import pytest
from PIL import Image

from conversations import pictures
from conversations.pictures import LIMITS
from tests.pictures import makers

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"]
XMP = b"<x:xmpmeta>SecretCamera</x:xmpmeta>"


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_but_the_picture_is_kept(tmp_path: Path, format: str) -> None:
    extra = {} if format in ("GIF", "BMP") else {"exif": makers.exif(6, gps=True)}
    if format in ("JPEG", "WEBP"):
        extra |= {"xmp": XMP}
    data = makers.encoded(makers.photograph(90, 60), format, **extra) + b"SecretCamera"
    kept = tmp_path / "kept"
    picture = pictures.accept(makers.written(tmp_path, data, "x"), "x", upright=kept)
    left = kept.read_bytes()
    assert picture.kept_bytes == len(left) > 0
    assert b"SecretCamera" not in left
    assert pictures.accept(kept, "x").width == picture.width


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_coded_pixels_are_kept_as_they_are(tmp_path: Path, format: str) -> None:
    image = makers.photograph(300, 200)
    profile = makers.swapped_profile()
    data = makers.encoded(image, format, exif=makers.exif(), icc_profile=profile)
    path = makers.written(tmp_path, data, "x")
    pictures.accept(path, "x", upright=tmp_path / "kept")
    kept = makers.opened((tmp_path / "kept").read_bytes())
    assert kept.tobytes() == makers.opened(data).tobytes()
    assert kept.info["icc_profile"] == profile


def test_a_progressive_jpeg_is_kept_whole(tmp_path: Path) -> None:
    image = makers.photograph(300, 200)
    data = makers.encoded(image, "JPEG", progressive=True, restart_marker_rows=2)
    pictures.accept(makers.written(tmp_path, data, "x"), "x", upright=tmp_path / "kept")
    kept = makers.opened((tmp_path / "kept").read_bytes())
    assert kept.tobytes() == makers.opened(data).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_a_crop_of_it_is_the_same_place(
    tmp_path: Path, format: str, orientation: int
) -> None:
    upright = makers.drawing(64, 40)
    stored = makers.stored(upright, orientation)
    options = {"quality": 100, "subsampling": 0} if format == "JPEG" else {}
    if format == "WEBP":
        options = {"lossless": True}
    data = makers.encoded(stored, format, exif=makers.exif(orientation), **options)
    kept = tmp_path / "kept"
    master = pictures.accept(makers.written(tmp_path, data, "x"), "x", upright=kept)
    crop = pictures.crop(master.data, (8, 4, 40, 22), upright=kept)
    wanted = upright.crop((8, 4, 40, 22))
    assert makers.furthest(makers.opened(crop.data), wanted) <= 24
    assert crop.done[0] == "cropped to 32 × 18 pixels"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_crop_of_it_is_sharper_than_of_the_master(
    tmp_path: Path, format: str
) -> None:
    image = makers.drawing(5200, 3900)
    options = {"PNG": {"compress_level": 1}, "WEBP": {"lossless": True, "method": 0}}
    path = tmp_path / "x"
    image.save(path, format, **options.get(format, {}))
    kept = tmp_path / "kept"
    master = pictures.accept(path, "x", upright=kept)
    width, height = master.width, master.height
    box = (0, 0, width // 4, height // 4)
    crop = pictures.crop(master.data, box, upright=kept)
    assert crop.width > 1.9 * (width // 4)
    wanted = image.crop((0, 0, crop.width, crop.height))
    assert makers.furthest(makers.opened(crop.data), wanted) <= 40
    assert pictures.crop(master.data, box).width == width // 4


def test_after_its_hour_the_master_is_cropped(tmp_path: Path) -> None:
    data = makers.encoded(makers.drawing(64, 40), "PNG")
    crop = pictures.crop(data, (0, 0, 32, 20), upright=tmp_path / "gone")
    assert (crop.width, crop.height) == (32, 20)


def test_that_it_cannot_be_kept_refuses_nothing(tmp_path: Path) -> None:
    path = makers.saved(tmp_path, makers.drawing(64, 40), "x.png")
    picture = pictures.accept(path, "x.png", upright=tmp_path / "none" / "kept")
    assert picture.kept_bytes == 0
    assert picture.width == 64


def test_what_must_be_encoded_again_is_bounded(tmp_path: Path) -> None:
    path = makers.saved(tmp_path, Image.new("L", (9000, 8000), 7), "x.bmp")
    kept = tmp_path / "kept"
    pictures.accept(path, "x.bmp", upright=kept)
    with Image.open(kept) as image:
        assert 0.98 < image.width * image.height / LIMITS.KEPT_PIXELS <= 1
