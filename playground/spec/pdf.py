"""What a PDF tells without being rendered: its pages, and whether it is sound.

Looks for marks in the bytes and in compressed object streams. Of the references it
follows two, from the end of the file to the catalog and on to the page tree.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

Fault = Literal["", "empty", "invalid", "encrypted"]

_HEADER_WITHIN = 1024
_MOST_INFLATED = 4_000_000
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_COUNT = re.compile(rb"/Type\s*/Pages\b[^>]{0,400}?/Count\s+(\d{1,6})", re.DOTALL)
_COUNT_FIRST = re.compile(rb"/Count\s+(\d{1,6})[^>]{0,400}?/Type\s*/Pages\b", re.DOTALL)
_OBJECTS = re.compile(rb"/Type\s*/ObjStm\b[^>]{0,400}>>\s*stream\r?\n")
_ENCRYPTED = re.compile(rb"/Encrypt\s+(\d+\s+\d+\s+R|<<)")

# The way to the page tree.
_CATALOG = re.compile(rb"/Root\s+(\d{1,9})\s+\d+\s+R\b")
_TREE = re.compile(rb"/Pages\s+(\d{1,9})\s+\d+\s+R\b")
_LENGTH = re.compile(rb"/Count\s+(\d{1,9})\b(?!\s+\d+\s+R\b)")
_FIRST = re.compile(rb"/First\s+(\d{1,9})\b(?!\s+\d+\s+R\b)")
_BEFORE = 400
"""Bytes of a stream's dictionary that may stand before its type."""


class Found(NamedTuple):
    """The pages, 0 where they cannot be told, and the fault of a PDF."""

    pages: int
    fault: Fault = ""
    counted: bool = True
    """Whether the page tree says so; a guess may be of pages that are gone."""


@dataclass(frozen=True, slots=True)
class _Packed:
    """A compressed object stream: where it stands, its content, where objects begin."""

    place: int
    inflated: bytes
    first: int


def read(data: str) -> Found:
    """What there is to say of a PDF in base64."""
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return Found(0, "invalid")
    if not raw:
        return Found(0, "empty")
    if b"%PDF-" not in raw[:_HEADER_WITHIN]:
        return Found(0, "invalid")
    if _ENCRYPTED.search(raw):
        return Found(0, "encrypted")
    packed, all_of_them = _unpacked(raw)
    # Another PDF inside of this one would have objects of the same numbers.
    if all_of_them and raw.count(b"%PDF-") == 1:
        pages = _in_tree(raw, packed)
        if pages is not None:
            return Found(pages)
    return Found(_guessed(raw, packed), counted=False)


def _unpacked(raw: bytes) -> tuple[list[_Packed], bool]:
    """The object streams in their order, and whether these are all."""
    packed: list[_Packed] = []
    room = _MOST_INFLATED
    for found in _OBJECTS.finditer(raw):
        if room <= 0:
            return packed, False
        inflated = _inflated(raw[found.end() :], room)
        room -= len(inflated)
        start = max(0, found.start() - _BEFORE)
        firsts = _FIRST.findall(raw, start, found.end())
        packed.append(_Packed(found.end(), inflated, int(firsts[-1]) if firsts else 0))
    return packed, room > 0


def _inflated(part: bytes, room: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(part, room)
    except zlib.error:
        return b""


def _in_tree(raw: bytes, packed: list[_Packed]) -> int | None:
    """The pages as the newest page tree has them; None where no way leads there."""
    roots = _CATALOG.findall(raw)
    catalog = _newest(int(roots[-1]), raw, packed) if roots else b""
    tree = _TREE.search(catalog)
    count = _LENGTH.search(_newest(int(tree[1]), raw, packed)) if tree else None
    return int(count[1]) if count else None


def _newest(number: int, raw: bytes, packed: list[_Packed]) -> bytes:
    """The object of that number that was written last; empty where there is none.

    What is saved again is put behind what was there before.
    """
    place, text = -1, b""
    # A pattern that looked behind itself would be three times as slow.
    for found in re.finditer(rb"%d\s+\d+\s+obj\b" % number, raw):
        if not raw[found.start() - 1 : found.start()].isdigit():
            place = found.end()
    if place >= 0:
        text = raw[place:].partition(b"endobj")[0]
    for each in packed:
        if each.place > place and (inside := _object(number, each)):
            place, text = each.place, inside
    return text


def _object(number: int, packed: _Packed) -> bytes:
    """The object of that number in a stream, which begins with numbers and places."""
    head = packed.inflated[: packed.first].split()
    if b"%d" % number not in head[::2]:
        return b""
    at = head[::2].index(b"%d" % number)
    starts = [int(each) for each in head[1::2] if _is_place(each)][at : at + 2]
    body = packed.inflated[packed.first :]
    return body[slice(*starts)] if len(starts) > 1 else body[sum(starts) :]


def _is_place(digits: bytes) -> bool:
    return digits.isdigit() and len(digits) < 10


def _guessed(raw: bytes, packed: list[_Packed]) -> int:
    """Marks of pages, some of which may be of pages that are no longer there."""
    most, inside = _seen(raw), 0
    for each in packed:
        inside += len(_PAGE.findall(each.inflated))
        most = max(most, inside, _seen(each.inflated))
    return most


def _seen(part: bytes) -> int:
    counts = [int(n) for each in (_COUNT, _COUNT_FIRST) for n in each.findall(part)]
    return max([len(_PAGE.findall(part)), *counts])
