"""How the API sees an image: its scaled size and tokens, and the size in its header.

Arithmetic on sizes and the first bytes of a file; nothing is ever decoded here.
"""

import base64
import binascii
import struct
from typing import Literal, NamedTuple

Tier = Literal["standard", "high"]

PATCH = 28
"""Side in pixels of what costs one token (vision page, Aug 2026)."""


HEADER_BYTES = 300_000
"""How much of a file is looked at: enough to skip a JPEG's thumbnail and profiles."""


class Limit(NamedTuple):
    edge: int
    tokens: int


LIMITS: dict[str, Limit] = {"standard": Limit(1568, 1568), "high": Limit(2576, 4784)}


class Header(NamedTuple):
    media_type: str
    width: int
    height: int


def scaled(width: int, height: int, tier: Tier) -> tuple[int, int]:
    """The size in pixels at which the model sees the image; never larger.

    The largest of the same proportions that meets the tier's limits for the long edge
    and for tokens.
    """
    if _fits(width, height, tier):
        return width, height
    long, short = max(width, height), min(width, height)
    # The short edge rounds to the nearest pixel; the long edge is searched for.
    low, high = 1, min(long, LIMITS[tier].edge)
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(middle, _other(middle, long, short), tier):
            low = middle
        else:
            high = middle - 1
    other = _other(low, long, short)
    return (low, other) if width >= height else (other, low)


def tokens(width: int, height: int, tier: Tier) -> int:
    """What an image of that size in pixels costs on a model of that tier."""
    if width <= 0 or height <= 0:
        return 0
    return _patches(*scaled(width, height, tier))


def _other(edge: int, long: int, short: int) -> int:
    return max(1, (edge * short * 2 + long) // (2 * long))


def _patches(width: int, height: int) -> int:
    return -(-width // PATCH) * -(-height // PATCH)


def _fits(width: int, height: int, tier: Tier) -> bool:
    limit = LIMITS[tier]
    return max(width, height) <= limit.edge and _patches(width, height) <= limit.tokens


def first_bytes(data: str) -> bytes:
    """The beginning of a file from its base64 text; empty when it is none."""
    start = data[: HEADER_BYTES // 3 * 4]
    try:
        return base64.b64decode(start[: len(start) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""


def header(data: bytes) -> Header | None:
    """Format and size from the start of a JPEG, PNG, GIF or WebP file, else None.

    The size is 0 when it stands behind what is looked at.
    """
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return Header("image/png", *struct.unpack(">II", data[16:24]))
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return Header("image/gif", *struct.unpack("<HH", data[6:10]))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
    except (struct.error, IndexError):
        pass  # cut off in the middle of its header
    if data.startswith(b"\xff\xd8") and len(data) >= HEADER_BYTES:
        return Header("image/jpeg", 0, 0)
    return None


def _webp(data: bytes) -> Header | None:
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    elif kind == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (v & 0x3FFF for v in struct.unpack("<HH", data[26:30]))
    else:
        return None
    return Header("image/webp", width, height)


def _jpeg(data: bytes) -> Header | None:
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        marker, length = struct.unpack(">xBH", data[at : at + 4])
        # Start of frame; C4, C8 and CC share the range but are tables.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Header("image/jpeg", width, height)
        at += 2 + length
