"""Which colours a PNG has most of, from its own rows; other formats are passed over.

Looks at the upper part only when the image is large: to undo the filters of a row
costs about a millisecond per ten thousand bytes. No picture library: plain zlib.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

MAX_ROWS_BYTES = 300_000
"""How much of the unpacked image is looked at."""
MAX_SAMPLES = 4_000
_SHARE = 0.15
"""A colour that covers less of the image is not spoken of."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

_NAMES = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (220, 30, 30),
    "orange": (255, 150, 0),
    "yellow": (250, 230, 40),
    "green": (40, 160, 60),
    "turquoise": (50, 200, 200),
    "blue": (40, 80, 210),
    "purple": (130, 50, 160),
    "pink": (245, 140, 190),
    "brown": (125, 75, 40),
}
_RGB = tuple[int, int, int]


def dominant(data: bytes) -> list[str]:
    """Up to three names of colours, most frequent first; empty when it cannot tell.

    `data` may be the beginning of a file.
    """
    try:
        pixels = list(_pixels(data))
    except (struct.error, zlib.error, IndexError, ValueError):
        return []
    if not pixels:
        return []
    step = max(1, len(pixels) // MAX_SAMPLES)
    counts = Counter(_named(pixel) for pixel in pixels[::step])
    whole = counts.total()
    common = counts.most_common(3)
    return [name for name, count in common if count >= whole * _SHARE]


def _pixels(data: bytes) -> Iterator[_RGB]:
    """The pixels of as many rows as are looked at."""
    if not data.startswith(_SIGNATURE):
        return
    width, height, depth, kind, _, _, interlaced = struct.unpack(
        ">IIBBBBB", data[16:29]
    )
    channels = _CHANNELS.get(kind, 0)
    stride = width * channels
    if depth != 8 or interlaced or not channels or not 0 < stride < MAX_ROWS_BYTES:
        return
    packed, palette = _chunks(data)
    rows = min(height, MAX_ROWS_BYTES // (stride + 1))
    raw = zlib.decompressobj().decompress(packed, rows * (stride + 1))
    before = bytes(stride)
    for start in range(0, len(raw) - stride, stride + 1):
        line = raw[start + 1 : start + 1 + stride]
        before = _unfiltered(raw[start], line, before, channels)
        for n in range(0, stride, channels):
            yield _rgb(before[n : n + channels], kind, palette)


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    """The packed rows and the palette."""
    packed: list[bytes] = []
    palette, place = b"", 8
    while place + 8 <= len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + size]
        if name == b"IDAT":
            packed.append(body)
        elif name == b"PLTE":
            palette = body
        place += size + 12
    return b"".join(packed), palette


def _unfiltered(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    """A row without its filter (PNG specification, section 9)."""
    if kind == 0:
        return line
    if kind == 2:
        return bytes((a + b) & 255 for a, b in zip(line, above, strict=True))
    row = bytearray(line)
    for n, byte in enumerate(line):
        left = row[n - step] if n >= step else 0
        up = above[n]
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            guess = _paeth(left, up, above[n - step] if n >= step else 0)
        row[n] = (byte + guess) & 255
    return bytes(row)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    near = abs(guess - left), abs(guess - up), abs(guess - corner)
    if near[0] <= near[1] and near[0] <= near[2]:
        return left
    return up if near[1] <= near[2] else corner


def _rgb(pixel: bytes, kind: int, palette: bytes) -> _RGB:
    """Red, green and blue on a white ground."""
    if kind == 3:
        start = pixel[0] * 3
        red, green, blue = palette[start : start + 3]
        return red, green, blue
    grey = kind in (0, 4)
    parts = pixel[:1] * 3 if grey else pixel[:3]
    alpha = pixel[-1] if kind in (4, 6) else 255
    red, green, blue = ((each * alpha + 255 * (255 - alpha)) // 255 for each in parts)
    return red, green, blue


def _named(pixel: _RGB) -> str:
    def distance(name: str) -> int:
        return sum((a - b) ** 2 for a, b in zip(pixel, _NAMES[name], strict=True))

    return min(_NAMES, key=distance)
