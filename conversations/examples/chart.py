"""Draws the picture of the example with an image: four bars on a line, as a PNG."""

import struct
import zlib

NAME = "four-bars.png"
WIDTH, HEIGHT = 560, 350
BASELINE = 310  # rows from the top
PALETTE = (
    (255, 254, 251),  # paper
    (95, 96, 88),  # line
    (43, 92, 138),  # blue
    (13, 107, 87),  # green
    (200, 138, 24),  # amber
    (155, 44, 20),  # red
)
# Left edge, height and colour of each bar, in pixels.
BARS = ((60, 120, 2), (180, 245, 3), (300, 180, 4), (420, 65, 5))
BAR_WIDTH = 80


def png() -> bytes:
    """Return the file: the same bytes each time, one byte a pixel before packing."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    palette = bytes(value for colour in PALETTE for value in colour)
    rows = b"".join(b"\0" + _row(y) for y in range(HEIGHT))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", palette)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def _row(y: int) -> bytes:
    row = bytearray(WIDTH)
    if BASELINE <= y < BASELINE + 3:
        row[30 : WIDTH - 30] = b"\1" * (WIDTH - 60)
    for left, height, colour in BARS:
        if BASELINE - height <= y < BASELINE:
            row[left : left + BAR_WIDTH] = bytes([colour]) * BAR_WIDTH
    return bytes(row)


def _chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file: length, name, data, checksum (PNG specification, 5.3)."""
    checksum = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + checksum
