"""What an answer says of images is true."""

import base64
import struct
import zlib

import pytest

from .asking import say, user

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x11\x08\x00\x30\x00\x40\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01\xff\xd9"
)


def png(width: int, height: int) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", rows)
        + part(b"IEND", b"")
    )


def image(media_type: str, data: bytes) -> dict:
    text = base64.b64encode(data).decode()
    source = {"type": "base64", "media_type": media_type, "data": text}
    return {"type": "image", "source": source}


WORDS = {"type": "text", "text": "What do you see?"}


@pytest.mark.parametrize(
    ("media_type", "data", "words"),
    [
        ("image/png", png(320, 200), "a PNG of 320 × 200 pixels"),
        ("image/jpeg", JPEG, "a JPEG of 64 × 48 pixels"),
        (
            "image/gif",
            b"GIF89a" + struct.pack("<HH", 7, 9) + b"\0" * 9,
            "a GIF of 7 × 9",
        ),
    ],
)
def test_format_and_size_of_an_image_are_named(media_type, data, words):
    assert words in say(user([image(media_type, data), WORDS]))


def test_several_images_are_counted_and_named():
    small, large = image("image/png", png(10, 20)), image("image/png", png(30, 40))
    text = say(user([small, large, WORDS]))
    assert "There are 2 images" in text
    assert "image 2 is a PNG of 30 × 40 pixels" in text


def test_an_image_at_an_address_is_not_fetched():
    source = {"type": "url", "url": "https://example.com/x.png"}
    text = say(user([{"type": "image", "source": source}, WORDS]))
    assert "not fetched" in text


def test_images_cost_tokens_by_their_size():
    from .asking import ask

    with_image = ask(user([image("image/png", png(280, 280)), WORDS]))["usage"]
    without = ask(user([WORDS]))["usage"]
    assert with_image["input_tokens"] - without["input_tokens"] == 100
