"""Bytes in, bytes out, in a worker process: what is attached becomes what is sent.

The only user of Pillow, which is imported in the worker alone. Knows no Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import kinds, refusals
from .limits import LIMITS, Limit, Limits
from .refusals import Refused
from .worker import SHARED, Worker

__all__ = [
    "LIMITS",
    "THUMBNAIL_MEDIA_TYPE",
    "Box",
    "Limit",
    "Limits",
    "Picture",
    "Refused",
    "Worker",
    "accept",
    "close",
    "crop",
    "redact",
    "rendition",
    "rotate",
    "thumbnail",
]

THUMBNAIL_MEDIA_TYPE = "image/webp"

# Left, top, right and bottom in pixels of the master; what is outside is cut off.
Box = tuple[int, int, int, int]
# Of a master that a sentence is about.
_NAME = "This image"


@dataclass(frozen=True, slots=True)
class Picture:
    """A master with what it was made from. Widths and heights are pixels.

    The original's are those its file declares, before it was turned upright; of a
    changed master, the original is what it was made from: a master or a kept upload.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    original_format: str
    original_media_type: str
    original_width: int
    original_height: int
    original_bytes: int
    frames: int
    # What was done to it, in plain words for the card.
    done: tuple[str, ...]
    # Of the upright upload as it was kept for cropping; 0 if it was not.
    kept_bytes: int = 0


def accept(
    path: Path, name: str, *, upright: Path | None = None, worker: Worker = SHARED
) -> Picture:
    """Make the master of the upload at `path`; `name` is for sentences alone.

    With `upright`, the worker also writes the upload there for `crop`: at full size,
    upright and without metadata, at most LIMITS.MAX_BYTES; `kept_bytes` tells whether
    it did. Whoever asked for it removes it. Blocks, so call it in a thread. Raises
    Refused with a sentence for people, and OSError where the file cannot be found.
    """
    size = path.stat().st_size
    if size > LIMITS.MAX_BYTES:
        raise refusals.too_many_bytes(name, size)
    job = {"do": "accept", "path": str(path.resolve()), "name": name}
    return _made(worker, {**job, "upright": _place(upright)})


def rendition(data: bytes, max_side: int, *, worker: Worker = SHARED) -> Picture:
    """A smaller version of a master, at most `max_side` pixels wide and high.

    The same bytes where it already is; else the same bytes every time, as long as the
    decoders stay the same: keep them. Blocks. Raises Refused.
    """
    if max_side < 1:
        raise ValueError(f"a side of {max_side} pixels")
    return _made(worker, {"do": "rendition", "side": max_side, "name": _NAME}, data)


def crop(
    data: bytes, box: Box, *, upright: Path | None = None, worker: Worker = SHARED
) -> Picture:
    """A new master of what is within the box, sharp if the kept upload is still there.

    `upright` must show what the master shows: never give that of an image from which
    something was redacted. Blocks. Raises Refused.
    """
    job = {"do": "crop", "box": box, "upright": _place(upright), "name": _NAME}
    return _made(worker, job, data)


def rotate(data: bytes, quarter_turns: int, *, worker: Worker = SHARED) -> Picture:
    """A new master, turned clockwise by quarters. Blocks. Raises Refused."""
    return _made(worker, {"do": "rotate", "turns": quarter_turns, "name": _NAME}, data)


def redact(data: bytes, boxes: Sequence[Box], *, worker: Worker = SHARED) -> Picture:
    """A new master whose pixels within the boxes are gone, and black instead.

    Blocks. Raises Refused.
    """
    if not boxes:
        raise ValueError("nothing to redact")
    return _made(worker, {"do": "redact", "boxes": list(boxes), "name": _NAME}, data)


def thumbnail(data: bytes, side: int = 320, *, worker: Worker = SHARED) -> bytes:
    """A WebP of a master, at most `side` pixels wide and high, for cards.

    Blocks, so call it in a thread. Raises Refused.
    """
    job = {"do": "thumbnail", "side": side, "name": _NAME}
    return worker.run(job, data)[1]


def close() -> None:
    """End the worker and whatever it is doing. A later call starts a new one."""
    SHARED.close()


def _place(path: Path | None) -> str | None:
    return str(path.resolve()) if path else None


def _made(worker: Worker, job: dict[str, Any], data: bytes = b"") -> Picture:
    facts, result = worker.run(job, data)
    try:
        # The worker decodes hostile bytes: its word is not taken for what is served.
        if facts.get("media_type") not in kinds.SENT.values():
            raise ValueError("a master of a type that is not sent")
        if not 0 < len(result) <= LIMITS.MASTER_BYTES:
            raise ValueError(f"a master of {len(result)} bytes")
        return Picture(data=result, **{**facts, "done": tuple(facts["done"])})
    except (TypeError, ValueError) as error:
        raise refusals.crashed(job["name"]) from error
