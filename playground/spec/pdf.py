"""What a PDF tells without being rendered: its pages, and whether it is sound.

Looks for marks in the bytes and in compressed object streams; follows no references.
"""

import base64
import binascii
import re
import zlib
from typing import Literal

Fault = Literal["", "empty", "invalid", "encrypted"]

_HEADER_WITHIN = 1024
_MOST_INFLATED = 4_000_000
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_COUNT = re.compile(rb"/Type\s*/Pages\b[^>]{0,400}?/Count\s+(\d{1,6})", re.DOTALL)
_COUNT_FIRST = re.compile(rb"/Count\s+(\d{1,6})[^>]{0,400}?/Type\s*/Pages\b", re.DOTALL)
_OBJECTS = re.compile(rb"/Type\s*/ObjStm\b[^>]{0,400}>>\s*stream\r?\n")
_ENCRYPTED = re.compile(rb"/Encrypt\s+(\d+\s+\d+\s+R|<<)")


def read(data: str) -> tuple[int, Fault]:
    """The pages of a PDF in base64, 0 where they cannot be counted, and its fault."""
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return 0, "invalid"
    if not raw:
        return 0, "empty"
    if b"%PDF-" not in raw[:_HEADER_WITHIN]:
        return 0, "invalid"
    if _ENCRYPTED.search(raw):
        return 0, "encrypted"
    return _pages(raw), ""


def _pages(raw: bytes) -> int:
    room = _MOST_INFLATED
    most = _seen(raw)
    inside = 0
    for found in _OBJECTS.finditer(raw):
        inflated = _inflated(raw[found.end() :], room)
        room -= len(inflated)
        inside += len(_PAGE.findall(inflated))
        most = max(most, inside, _seen(inflated))
        if room <= 0:
            break
    return most


def _seen(part: bytes) -> int:
    counts = [int(n) for each in (_COUNT, _COUNT_FIRST) for n in each.findall(part)]
    return max([len(_PAGE.findall(part)), *counts])


def _inflated(part: bytes, room: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(part, max(room, 1))
    except zlib.error:
        return b""
