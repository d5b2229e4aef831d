"""The main colours of PNGs that Pillow writes, in all its ways."""

import io
from base64 import b64encode

import pytest
from PIL import Image

from playground.simulator.colours import dominant

from .asking import say, user

RED, BLUE = (220, 20, 30), (40, 80, 210)


def png(mode: str = "RGB", size=(40, 40), **options) -> bytes:
    """Red on the left, blue on the right quarter."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] * 3 // 4, 0, size[0], size[1]))
    out = io.BytesIO()
    image.convert(mode).save(out, "PNG", **options)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_the_most_frequent_colour_comes_first(mode):
    assert dominant(png(mode)) == ["red", "blue"]


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_grey_is_a_colour(mode):
    out = io.BytesIO()
    Image.new(mode, (30, 30), 128 if mode == "L" else (128, 255)).save(out, "PNG")
    assert dominant(out.getvalue()) == ["grey"]


def test_what_cannot_be_seen_is_white():
    out = io.BytesIO()
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert dominant(out.getvalue()) == ["white"]


def test_every_filter_of_rows_is_undone():
    noisy = Image.effect_noise((120, 120), 20).convert("RGB")
    noisy = noisy.point(lambda v: v // 8)
    out = io.BytesIO()
    noisy.save(out, "PNG")
    assert dominant(out.getvalue()) == ["black"]


def test_the_upper_part_is_enough_of_a_large_image():
    assert dominant(png(size=(2000, 1500)))[0] == "red"


def test_the_beginning_of_a_file_may_do():
    assert dominant(png(size=(600, 600), compress_level=0)[:200_000])[0] == "red"


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]
)
def test_what_it_cannot_read_has_no_colours(data):
    assert dominant(data) == []


def test_damage_does_no_harm():
    whole = png()
    for place in range(8, len(whole)):
        dominant(whole[:place] + b"\xff" + whole[place + 1 :])


def test_an_answer_speaks_of_them():
    source = {
        "type": "base64",
        "media_type": "image/png",
        "data": b64encode(png()).decode(),
    }
    image = {"type": "image", "source": source}
    said = say(user([image, {"type": "text", "text": "What is this?"}]))
    assert "a PNG of 40 × 40 pixels, mostly red and blue" in said
