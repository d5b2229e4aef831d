"""Image sizes and tokens against the table of the vision page; headers of files."""

import base64
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.spec import vision
from playground.spec.rules import check_body
from tests.spec.bodies import body, user

SIZES = st.integers(1, 12_000)
TABLE = [
    # size, standard size and tokens, high size and tokens
    ((200, 200), (200, 200), 64, (200, 200), 64),
    ((1000, 1000), (1000, 1000), 1296, (1000, 1000), 1296),
    ((1092, 1092), (1092, 1092), 1521, (1092, 1092), 1521),
    ((1920, 1080), (1456, 819), 1560, (1920, 1080), 2691),
    ((2000, 1500), (1269, 952), 1564, (2000, 1500), 3888),
    ((3840, 2160), (1456, 819), 1560, (2576, 1449), 4784),
]


@pytest.mark.parametrize(("size", "standard", "cheap", "high", "dear"), TABLE)
def test_sizes_and_tokens_of_the_documentation(size, standard, cheap, high, dear):
    assert vision.scaled(*size, "standard") == standard
    assert vision.tokens(*size, "standard") == cheap
    assert vision.scaled(*size, "high") == high
    assert vision.tokens(*size, "high") == dear


def test_a_portrait_is_scaled_like_its_landscape():
    assert vision.scaled(1080, 1920, "standard") == (819, 1456)


@settings(deadline=None)
@given(SIZES, SIZES, st.sampled_from(["standard", "high"]))
def test_what_is_scaled_fits_and_never_grows(width, height, tier):
    shown = vision.scaled(width, height, tier)
    limit = vision.LIMITS[tier]
    assert max(shown) <= limit.edge
    assert vision.tokens(*shown, tier) <= limit.tokens
    assert shown[0] <= width
    assert shown[1] <= height


def test_no_size_costs_nothing():
    assert vision.tokens(0, 100, "high") == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_format_and_size_are_read_from_the_header(kind: str):
    file = io.BytesIO()
    Image.new("RGB", (123, 45)).save(file, kind)
    media_type = f"image/{kind.lower()}"
    assert vision.header(file.getvalue()) == (media_type, 123, 45)


def test_a_jpeg_with_long_metadata_is_one_of_unknown_size():
    file = io.BytesIO()
    Image.new("RGB", (123, 45)).save(file, "JPEG")
    plain = file.getvalue()
    profile = b"\xff\xe1" + (65_000).to_bytes(2, "big") + bytes(64_998)
    data = base64.b64encode(plain[:2] + profile * 7 + plain[2:]).decode()
    image = {"type": "base64", "media_type": "image/jpeg", "data": data}
    assert vision.header(vision.first_bytes(data)) == ("image/jpeg", 0, 0)
    assert check_body(body(user({"type": "image", "source": image})), {}) == []


def test_a_jpeg_without_a_frame_is_none():
    assert vision.header(b"\xff\xd8\xff\xe1\x00\x08profil") is None


def test_a_lossless_webp_is_read_too():
    file = io.BytesIO()
    Image.new("RGBA", (123, 45)).save(file, "WEBP", lossless=True)
    assert vision.header(file.getvalue()) == ("image/webp", 123, 45)


@settings(deadline=None)
@given(st.binary(max_size=40), st.sampled_from([b"", b"\xff\xd8", b"GIF89a", b"RIFF"]))
def test_no_bytes_upset_the_header(data: bytes, start: bytes):
    found = vision.header(start + data)
    assert found is None or found.width >= 0


def test_what_is_no_base64_has_no_first_bytes():
    assert vision.first_bytes("é" * 8) == b""
    assert vision.first_bytes(base64.b64encode(b"abc").decode()) == b"abc"
