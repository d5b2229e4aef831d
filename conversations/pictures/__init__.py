"""Bytes in, bytes out, in a worker process: what is attached becomes what is sent.

The only user of Pillow, which is imported in the worker alone. Knows no Django."""

import atexit
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import kinds, refusals
from .limits import LIMITS, Limit, Limits
from .refusals import Refused
from .worker import Worker

__all__ = [
    "LIMITS",
    "THUMBNAIL_MEDIA_TYPE",
    "Limit",
    "Limits",
    "Picture",
    "Refused",
    "Worker",
    "accept",
    "close",
    "thumbnail",
]

THUMBNAIL_MEDIA_TYPE = "image/webp"

_WORKER = Worker()
# At exit it is ended and waited for; the child of a fork has none of its own.
atexit.register(_WORKER.close)
os.register_at_fork(after_in_child=_WORKER.forget)


@dataclass(frozen=True, slots=True)
class Picture:
    """A master with what it was made from. Widths and heights are pixels.

    The original's are those its file declares, before it was turned upright.
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


def accept(path: Path, name: str, *, worker: Worker = _WORKER) -> Picture:
    """Make the master of the upload at `path`; `name` is for sentences alone.

    Blocks, so call it in a thread. Raises Refused with a sentence for people, and
    OSError where the file cannot be found.
    """
    size = path.stat().st_size
    if size > LIMITS.MAX_BYTES:
        raise refusals.too_many_bytes(name, size)
    job = {"do": "accept", "path": str(path.resolve()), "name": name}
    facts, data = worker.run(job)
    try:
        return _picture(facts, data)
    except (TypeError, ValueError) as error:
        raise refusals.crashed(name) from error


def thumbnail(data: bytes, side: int = 320, *, worker: Worker = _WORKER) -> bytes:
    """A WebP of a master, at most `side` pixels wide and high, for cards.

    Blocks, so call it in a thread. Raises Refused.
    """
    job = {"do": "thumbnail", "side": side, "name": "This image"}
    return worker.run(job, data)[1]


def close() -> None:
    """End the worker and whatever it is doing. A later call starts a new one."""
    _WORKER.close()


def _picture(facts: dict[str, Any], data: bytes) -> Picture:
    # The worker decodes hostile bytes: its word is not taken for what is served.
    if facts.get("media_type") not in kinds.ACCEPTED.values():
        raise ValueError("a master of a type that is not sent")
    if not 0 < len(data) <= LIMITS.MASTER_BYTES:
        raise ValueError(f"a master of {len(data)} bytes")
    return Picture(data=data, **{**facts, "done": tuple(facts["done"])})
