"""The images of a request, as far as the simulator sees them."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from playground.simulator import colours
from playground.simulator.request import Request
from playground.spec import vision
from playground.spec.rules import Image

HEADER_TEXT = 400_000
"""How much base64 is decoded for format, size and colours: past a JPEG's thumbnail."""
COLOURED = 5
"""Of how many images the colours are looked for."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image block: what its bytes say (media type, pixels), or zeros."""

    media_type: str
    width: int
    height: int
    source: str
    colours: tuple[str, ...] = ()


def of(request: Request) -> list[Picture]:
    """Every image of the request, in order."""
    found = [
        (image, message)
        for message, summary in zip(request.messages, request.summaries, strict=True)
        for image in summary.images
    ]
    return [
        _picture(image, message, n < COLOURED)
        for n, (image, message) in enumerate(found)
    ]


def _picture(image: Image, message: dict[str, Any], is_coloured: bool) -> Picture:
    block: Any = message
    for step in image.path.split("."):
        block = block[int(step)] if isinstance(block, list) else block.get(step)
    source = block.get("source") if isinstance(block, dict) else None
    source = source if isinstance(source, dict) else {}
    data, kind = source.get("data"), source.get("type")
    start = _beginning(data) if isinstance(data, str) else b""
    found = vision.header(start)
    if found is None:
        return Picture("", 0, 0, kind if isinstance(kind, str) else "")
    named = tuple(colours.dominant(start)) if is_coloured else ()
    return Picture(*found, source="base64", colours=named)


def _beginning(data: str) -> bytes:
    """The beginning of a file from its base64 text; empty when it is none."""
    start = data[:HEADER_TEXT]
    try:
        return base64.b64decode(start[: len(start) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""
