"""Several hundred odd and hostile files, made by code: pairs of a name and bytes.

Seeded and small, so that they test what is refused and not how fast it is."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageCms

from tests.pictures import makers

Case = tuple[str, bytes]

_WRITERS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 80},
    "PNG": {},
    "GIF": {},
    "WEBP": {"quality": 80},
    "AVIF": {"speed": 10},
    "TIFF": {"compression": "tiff_lzw"},
    "BMP": {},
}
_ENDINGS = ("png", "jpg", "gif", "svg", "exe", "txt")
_SIZES = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
_HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def cases() -> Iterator[Case]:
    good = {
        format: makers.encoded(makers.photograph(80, 60), format, **options)
        for format, options in _WRITERS.items()
    }
    yield from _misnamed(good)
    yield from _truncated(good)
    yield from _flipped(good)
    yield from _headers(good)
    yield from _checksums(good["PNG"])
    yield from _polyglots(good)
    yield from _animated()
    yield from _modes()
    yield from _profiles()
    yield from _bombs(good)
    yield from _strangers()


def _misnamed(good: dict[str, bytes]) -> Iterator[Case]:
    for format, data in good.items():
        for ending in _ENDINGS:
            yield f"{format} as .{ending}", data


def _truncated(good: dict[str, bytes]) -> Iterator[Case]:
    for format, data in good.items():
        for tenths in range(10):
            yield f"{format} cut at {tenths}/10", data[: len(data) * tenths // 10]
        yield f"{format} without its last byte", data[:-1]


def _flipped(good: dict[str, bytes]) -> Iterator[Case]:
    for format, data in good.items():
        places = [*range(2, 60, 4), *range(60, len(data), max(1, len(data) // 20))]
        for place in places:
            changed = bytearray(data)
            if place < len(changed):
                changed[place] ^= 0xFF
                yield f"{format} with byte {place} turned over", bytes(changed)


def _headers(good: dict[str, bytes]) -> Iterator[Case]:
    body = makers.chunk(b"IDAT", zlib.compress(bytes(1000)))
    for width in _SIZES:
        for height in _SIZES:
            yield f"PNG of {width} x {height}", makers.png(width, height, body)
    frame = good["JPEG"].index(b"\xff\xc0")
    for width, height in ((0, 60), (80, 0), (0, 0), (0xFFFF, 0xFFFF), (0xFFFF, 1)):
        size = struct.pack(">HH", height, width)
        data = good["JPEG"]
        yield (
            f"JPEG of {width} x {height}",
            data[: frame + 5] + size + data[frame + 9 :],
        )
        size = struct.pack("<HH", width, height)
        yield f"GIF of {width} x {height}", b"GIF89a" + size + good["GIF"][10:]
        size = struct.pack("<ii", width, -height)
        yield (
            f"BMP of {width} x -{height}",
            (good["BMP"][:18] + size + good["BMP"][26:]),
        )
        place = good["AVIF"].index(b"ispe") + 8
        size = struct.pack(">II", width, height)
        yield (
            f"AVIF of {width} x {height}",
            (good["AVIF"][:place] + size + good["AVIF"][place + 8 :]),
        )
    for depth in range(18):
        for colour in range(8):
            name = f"PNG of depth {depth} and colour type {colour}"
            yield name, makers.png(9, 9, body, depth=depth, colour=colour)


def _checksums(png: bytes) -> Iterator[Case]:
    for name in (b"IHDR", b"IDAT", b"IEND"):
        place = png.index(name)
        length = int.from_bytes(png[place - 4 : place], "big")
        checksum = place + 4 + length
        data = png[:checksum] + b"oops" + png[checksum + 4 :]
        yield f"PNG with a bad checksum of {name.decode()}", data
        for claimed in (0, 0x7FFFFFFF, 0xFFFFFFFF):
            data = png[: place - 4] + struct.pack(">I", claimed) + png[place:]
            yield f"PNG whose {name.decode()} claims {claimed} bytes", data


def _polyglots(good: dict[str, bytes]) -> Iterator[Case]:
    tails = {"HTML": _HTML, "SVG": _SVG, "ZIP": b"PK\3\4" + bytes(40), "EXE": b"MZ"}
    for format, data in good.items():
        for name, tail in tails.items():
            yield f"{format} with {name} behind it", data + tail
            yield f"{format} with {name} before it", tail + data
        for other, more in good.items():
            if other != format:
                yield f"{format} with {other} behind it", data + more
    comment = makers.encoded(makers.drawing(20, 20), "JPEG", comment=_HTML)
    yield "JPEG with HTML as its comment", comment
    script = b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)"
    yield "GIF that is a script", script


def _animated() -> Iterator[Case]:
    frames = [Image.new("RGB", (40, 30), (20 * n, 9, 99)) for n in range(8)]
    for format in ("GIF", "PNG", "WEBP", "AVIF", "TIFF"):
        data = makers.encoded(
            frames[0], format, save_all=True, append_images=frames[1:]
        )
        yield f"animated {format}", data
        for quarters in (1, 2, 3):
            yield (
                f"animated {format} cut at {quarters}/4",
                (data[: len(data) * quarters // 4]),
            )
    one = makers.encoded(Image.new("P", (1, 1)), "GIF")
    frame = one[one.index(b"\x2c") : -1]
    yield "GIF of 20,000 frames", one[:-1] + frame * 20_000 + b";"


def _modes() -> Iterator[Case]:
    modes = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB")
    for mode in (*modes, "HSV", "I", "I;16", "F"):
        source = makers.photograph(40, 30)
        for format in _WRITERS:
            buffer = io.BytesIO()
            try:
                if mode == "LAB":
                    image = Image.new("LAB", (40, 30), (50, 10, 10))
                elif mode in ("PA", "I;16"):
                    image = Image.new(mode, (40, 30))
                else:
                    image = source.convert(mode)
                image.save(buffer, format)
            # Not every format has every mode.
            except (OSError, ValueError):
                continue
            yield f"{format} of mode {mode}", buffer.getvalue()


def _profiles() -> Iterator[Case]:
    good = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    profiles = {
        "sRGB": good,
        "swapped": makers.swapped_profile(),
        "Lab": lab,
        "cut": good[:200],
        "of zeros": bytes(400),
        "claiming to be huge": b"\x7f\xff\xff\xff" + good[4:],
    }
    for name, profile in profiles.items():
        for mode, format in (
            ("RGB", "JPEG"),
            ("L", "JPEG"),
            ("CMYK", "JPEG"),
            ("RGBA", "PNG"),
            ("L", "PNG"),
            ("RGB", "WEBP"),
            ("RGB", "AVIF"),
            ("CMYK", "TIFF"),
        ):
            image = makers.photograph(40, 30).convert(mode)
            data = makers.encoded(image, format, icc_profile=profile)
            yield f"{format} of mode {mode} with a profile {name}", data


def _bombs(good: dict[str, bytes]) -> Iterator[Case]:
    for side in (12_000, 30_000, 65_000):
        yield f"PNG bomb of {side}", makers.bomb(side, side)
    # As large as is let in, and nothing in it.
    yield "empty PNG of 121 MP", makers.bomb(11_000, 11_000)
    text = zlib.compress(bytes(50_000_000), 9)
    for name in (b"zTXt", b"iCCP"):
        chunks = makers.chunk(name, b"x\0\0" + text), makers.chunk(b"IDAT", b"")
        yield f"PNG with a {name.decode()} bomb", makers.png(9, 9, *chunks)
    many = makers.chunk(b"tEXt", b"key\0value") * 20_000
    yield "PNG of 20,000 comments", makers.png(9, 9, many)
    scans = good["JPEG"][:-2] + good["JPEG"][good["JPEG"].index(b"\xff\xda") :] * 300
    yield "JPEG of 300 scans", scans
    deep = b"II*\0\x08\0\0\0" + b"\x01\0" + bytes(12) + b"\x08\0\0\0"
    yield "TIFF whose directories are a circle", deep
    entries = b"".join(
        struct.pack("<HHII", tag, 4, 1, value)
        for tag, value in (
            *((256, 60_000), (257, 60_000), (258, 8), (259, 1), (262, 1)),
            *((273, 8), (277, 1), (278, 60_000), (279, 0xFFFFFFFF)),
        )
    )
    yield "TIFF of 3,600 MP", b"II*\0\x08\0\0\0\x09\0" + entries + bytes(4)


def _strangers() -> Iterator[Case]:
    yield "nothing", b""
    for count in (1, 2, 3, 8, 11, 12, 29):
        yield f"{count} zeros", bytes(count)
    for start in (
        *(
            b"\xff\xd8\xff",
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"RIFF\xff\xff\xff\xffWEBP",
        ),
        *(b"II*\0", b"MM\0*", b"BM", b"\0\0\0\x20ftypavif", b"\0\0\0\x20ftypheic"),
        *(b"\xff\x0a", b"8BPS", b"%PDF-1.7", b"%!PS", b"PK\3\4", b"\x1f\x8b", b"MZ"),
    ):
        yield f"only {start!r}", start
        yield f"{start!r} and noise", start + makers.noise(20, 20).tobytes()
        yield f"{start!r} and zeros", start + bytes(2000)
    yield "SVG", _SVG
    yield "SVG in UTF-16", _SVG.decode().encode("utf-16")
    yield "HTML", _HTML
