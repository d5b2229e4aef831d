"""Crop, rotate, redact and renditions: new masters, made in the worker."""

from pathlib import Path

import pytest
from PIL import Image

from conversations import pictures
from conversations.pictures import Refused, encoding
from tests.pictures import makers

PHOTOGRAPH = makers.photograph(640, 480)
JPEG = makers.encoded(PHOTOGRAPH, "JPEG", quality=88)
PNG = makers.encoded(makers.drawing(640, 480), "PNG")


def test_a_crop_is_what_is_within_the_box() -> None:
    picture = pictures.crop(PNG, (100, 50, 420, 290))
    wanted = makers.opened(PNG).crop((100, 50, 420, 290))
    assert makers.furthest(makers.opened(picture.data), wanted) == 0
    assert picture.done == ("cropped to 320 × 240 pixels",)
    assert (picture.original_width, picture.original_height) == (640, 480)


def test_a_box_is_cut_to_the_picture() -> None:
    picture = pictures.crop(JPEG, (-50, 300, 2000, 900))
    assert (picture.width, picture.height) == (640, 180)


@pytest.mark.parametrize(
    "box", [(700, 0, 800, 9), (9, 9, 9, 20), (20, 20, 10, 10), (-9, -9, 0, 0)]
)
def test_a_box_with_nothing_in_it_is_refused(box: pictures.Box) -> None:
    with pytest.raises(Refused, match="640 × 480 pixels") as caught:
        pictures.crop(PNG, box)
    assert caught.value.code == "box"
    with pytest.raises(Refused):
        pictures.redact(PNG, [(0, 0, 9, 9), box])


@pytest.mark.parametrize(
    ("turns", "said", "size"),
    [
        (1, "turned by 90° clockwise", (480, 640)),
        (2, "turned by 180°", (640, 480)),
        (-1, "turned by 90° anticlockwise", (480, 640)),
        (7, "turned by 90° anticlockwise", (480, 640)),
    ],
)
@pytest.mark.parametrize("data", [JPEG, PNG], ids=["JPEG", "PNG"])
def test_a_picture_is_turned(data: bytes, turns: int, said: str, size) -> None:
    picture = pictures.rotate(data, turns)
    assert (picture.width, picture.height) == size
    assert picture.done == (said,)
    wanted = makers.opened(data).rotate(-90 * turns, expand=True)
    assert makers.furthest(makers.opened(picture.data), wanted) <= 12


def test_four_quarters_are_none() -> None:
    picture = pictures.rotate(JPEG, 4)
    assert (picture.data, picture.done) == (JPEG, ())


def test_turning_costs_no_more_bytes_than_before() -> None:
    turned = pictures.rotate(JPEG, 1).data
    assert len(turned) < 1.05 * len(JPEG)


@pytest.mark.parametrize("data", [JPEG, PNG], ids=["JPEG", "PNG"])
def test_what_is_redacted_is_gone(data: bytes) -> None:
    picture = pictures.redact(data, [(100, 40, 200, 90), (300, 200, 9000, 210)])
    image = makers.opened(picture.data).convert("RGB")
    assert image.size == (640, 480)
    for box in ((100, 40, 200, 90), (300, 200, 640, 210)):
        assert max(most for _, most in image.crop(box).getextrema()) <= 16
    left = image.crop((0, 250, 640, 480))
    before = makers.opened(data).crop((0, 250, 640, 480))
    assert makers.furthest(left, before) <= 12
    assert picture.done == ("2 rectangles blacked out",)


def test_behind_transparency_it_is_gone_too() -> None:
    image = makers.drawing(80, 60)
    image.putalpha(0)
    data = makers.encoded(image, "PNG")
    picture = pictures.redact(data, [(10, 10, 50, 40)])
    found = makers.opened(picture.data).convert("RGBA").crop((10, 10, 50, 40))
    assert found.getextrema() == ((0, 0), (0, 0), (0, 0), (255, 255))


@pytest.mark.parametrize("data", [JPEG, PNG], ids=["JPEG", "PNG"])
def test_a_rendition_is_smaller_and_always_the_same(data: bytes) -> None:
    first = pictures.rendition(data, 200)
    pictures.close()
    assert (first.width, first.height) == (200, 150)
    assert first.done == ("scaled down",)
    assert pictures.rendition(data, 200) == first


@pytest.mark.parametrize("side", [640, 2000, 9000])
def test_a_rendition_of_what_fits_is_itself(side: int) -> None:
    picture = pictures.rendition(JPEG, side)
    assert (picture.data, picture.done) == (JPEG, ())
    assert picture.media_type == "image/jpeg"


@pytest.mark.parametrize("side", [0, -1])
def test_no_side_is_a_mistake_of_the_caller(side: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        pictures.rendition(JPEG, side)


def test_a_master_is_refused_if_it_is_none() -> None:
    with pytest.raises(Refused) as caught:
        pictures.rotate(b"nonsense", 1)
    assert caught.value.code == "type"


def test_it_is_said_when_the_quality_was_lowered(tmp_path: Path) -> None:
    noise = makers.noise(1600, 1200)
    path = makers.saved(tmp_path, noise, "x.jpg", quality=95)
    picture = pictures.accept(path, "x.jpg")
    assert "quality lowered to fit 1 MB" in picture.done
    assert len(picture.data) <= pictures.LIMITS.MASTER_BYTES


def test_the_same_tables_turn_with_the_picture() -> None:
    image = makers.opened(JPEG)
    tables = encoding.Tables.of(image, turned=True)
    assert tables
    before, after = image.quantization[0], tables.quantization[0]
    assert before[1] == after[8]
    assert before[8] == after[1]
    assert tables.subsampling == 2


def test_what_was_shown_as_whole_stays_whole() -> None:
    grey = Image.new("L", (300, 200), 90)
    picture = pictures.redact(makers.encoded(grey, "PNG"), [(0, 0, 300, 200)])
    assert makers.opened(picture.data).convert("L").getextrema() == (0, 0)
