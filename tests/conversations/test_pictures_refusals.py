"""What is no safe picture is refused, in a sentence that says why."""

import zlib
from pathlib import Path

import pytest
from PIL import Image

from conversations import pictures
from conversations.pictures import Refused, kinds
from tests.pictures import makers

SVG = b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'
FTYP = b"\0\0\0\x20ftyp"


def refused(path: Path, name: str) -> Refused:
    with pytest.raises(Refused) as caught:
        pictures.accept(path, name)
    assert str(caught.value) == caught.value.sentence
    return caught.value


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (FTYP + b"mif1" + bytes(20), "a picture in an unknown coding"),
        (FTYP + b"isom", "a video"),
        (SVG, "an SVG drawing"),
        (b"\xef\xbb\xbf  <svg width='1'>", "an SVG drawing"),
        (b"<!DOCTYPE html><p>hello", "an HTML page"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"plain words", "a text file, not a picture"),
        ("schöne Wörter".encode(), "a text file, not a picture"),
        (b"PK\3\4", "a ZIP archive or an office document"),
        (bytes(range(256)), "no picture of a known type"),
    ],
)
def test_another_type_is_named(tmp_path: Path, data: bytes, found: str) -> None:
    refusal = refused(makers.written(tmp_path, data, "x.png"), "x.png")
    assert refusal.code == "type"
    assert refusal.sentence.startswith(f"“x.png” is {found}.")
    assert "JPEG, PNG, GIF, WebP, AVIF, TIFF and BMP" in refusal.sentence


def test_a_text_cut_inside_a_character_is_still_text() -> None:
    head = ("a" + "ö" * kinds.HEAD).encode()[: kinds.HEAD]
    assert kinds.described(head)[0] == "a text file, not a picture"


def test_no_bytes_are_no_picture(tmp_path: Path) -> None:
    refusal = refused(makers.written(tmp_path, b"", "x.png"), "x.png")
    assert (refusal.code, refusal.sentence) == (
        "empty",
        "“x.png” is empty: it has no bytes at all.",
    )


def test_too_many_bytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    with path.open("wb") as file:
        file.truncate(pictures.LIMITS.MAX_BYTES + 1)
    refusal = refused(path, "x.jpg")
    assert refusal.code == "bytes"
    assert "at most 100 MB" in refusal.sentence


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    data = makers.bomb(20_000, 10_000)
    refusal = refused(makers.written(tmp_path, data, "bomb.png"), "bomb.png")
    assert refusal.code == "pixels"
    assert "20000 × 10000 pixels, 200.0 megapixels" in refusal.sentence


@pytest.mark.parametrize("size", [(2**31 - 1, 2**31 - 1), (2**31 - 1, 1)])
def test_the_largest_header_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    data = makers.bomb(*size)
    assert refused(makers.written(tmp_path, data, "x"), "x").code == "pixels"


def test_a_side_may_not_be_endless(tmp_path: Path) -> None:
    data = makers.bomb(70_000, 1)
    refusal = refused(makers.written(tmp_path, data, "x"), "x")
    assert refusal.code == "side"
    assert "70000 × 1" in refusal.sentence


def test_no_side_is_zero(tmp_path: Path) -> None:
    data = makers.bomb(0, 5)
    assert refused(makers.written(tmp_path, data, "x"), "x").code == "damaged"


def test_frames_count_as_pixels(tmp_path: Path) -> None:
    frames = [Image.new("P", (4000, 4000), n) for n in range(9)]
    path = makers.saved(
        tmp_path, frames[0], "x.gif", save_all=True, append_images=frames[1:]
    )
    refusal = refused(path, "x.gif")
    assert refusal.code == "pixels"
    assert "9 frames of 4000 × 4000 pixels, 144.0 megapixels" in refusal.sentence


@pytest.mark.parametrize("first", [b"VP8X", b"VP8L"])
def test_a_large_webp_with_transparency_is_refused_before_its_canvas_exists(
    tmp_path: Path, first: bytes
) -> None:
    side = 10_000
    bodies = {
        b"VP8X": b"\x10\0\0\0" + (side - 1).to_bytes(3, "little") * 2,
        b"VP8L": b"/"
        + (side - 1 | side - 1 << 14 | 1 << 28).to_bytes(4, "little")
        + bytes(5),
    }
    data = b"RIFF\x40\0\0\0WEBP" + first + b"\x0a\0\0\0" + bodies[first]
    refusal = refused(makers.written(tmp_path, data, "x.webp"), "x.webp")
    assert refusal.code == "memory"
    assert "10000 × 10000" in refusal.sentence


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_truncated_picture_is_damaged(
    tmp_path: Path, format: str, tenths: int
) -> None:
    data = makers.encoded(makers.photograph(200, 150), format)
    cut = data[: len(data) * tenths // 10]
    refusal = refused(makers.written(tmp_path, cut, "x"), "x")
    assert refusal.code == "damaged"
    assert "cut off" in refusal.sentence


def test_a_checksum_that_is_wrong_is_damage(tmp_path: Path) -> None:
    data = bytearray(makers.encoded(makers.drawing(40, 30), "PNG"))
    data[30] ^= 1
    assert refused(makers.written(tmp_path, bytes(data), "x"), "x").code == "damaged"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP"])
def test_bytes_turned_over_do_no_more_than_damage(tmp_path: Path, format: str) -> None:
    good = makers.encoded(makers.drawing(60, 40), format)
    codes = set()
    for place in range(12, len(good), max(1, len(good) // 25)):
        data = good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :]
        path = makers.written(tmp_path, data, "x")
        try:
            assert makers.opened(pictures.accept(path, "x").data)
        except Refused as refusal:
            codes.add(refusal.code)
    assert codes <= {"damaged", "pixels", "side", "memory"}


def test_damaged_metadata_is_no_reason_to_refuse(tmp_path: Path) -> None:
    data = makers.encoded(makers.drawing(40, 30), "JPEG", exif=b"Exif\0\0II*\0nonsense")
    picture = pictures.accept(makers.written(tmp_path, data, "x"), "x")
    assert "turned upright" not in picture.done


def test_a_text_bomb_in_a_png_is_damage(tmp_path: Path) -> None:
    text = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
    data = makers.png(
        1,
        1,
        makers.chunk(b"zTXt", text),
        makers.chunk(b"IDAT", zlib.compress(bytes(4))),
    )
    assert refused(makers.written(tmp_path, data, "x"), "x").code == "damaged"


def test_a_long_name_does_not_fill_the_screen(tmp_path: Path) -> None:
    name = "a\n<b>" + "x" * 250 + ".png"
    sentence = refused(makers.written(tmp_path, b"text", "x"), name).sentence
    assert "“a <b>xxx" in sentence
    assert len(sentence) < 200


def test_a_file_that_is_not_there_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pictures.accept(tmp_path / "none", "none")
