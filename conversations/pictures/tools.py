"""What can be asked for: one function a job, each from bytes to facts and bytes.

Runs in the worker; raises Refused."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from . import colour, encoding, gate, keeping, kinds, master, pages, sizes
from .limits import LIMITS
from .master import Box, Change

Answer = tuple[dict[str, Any], bytes]


def accept(job: dict[str, Any], data: bytes) -> Answer:
    """The master of the file at `path`, which is kept at `upright` if that is given."""
    name, path = job["name"], Path(job["path"])
    with path.open("rb") as file, gate.admitted(file, name) as upload:
        facts, result = master.prepared(upload)
        if job["upright"]:
            facts["kept_bytes"] = keeping.keep(path, upload, Path(job["upright"]))
    return facts, result


def rendition(job: dict[str, Any], data: bytes) -> Answer:
    """The master no larger than `side`; itself where it already is."""
    return _changed(job, data, Change(side=min(job["side"], LIMITS.MASTER_SIDE)))


def crop(job: dict[str, Any], data: bytes) -> Answer:
    """The part within `box`, cut out of the kept upload where there still is one."""
    with gate.admitted(io.BytesIO(data), job["name"]) as upload:
        frame = upload.size
    change = Change(box=_box(job["box"]), frame=frame)
    if job["upright"]:
        try:
            with (
                Path(job["upright"]).open("rb") as file,
                gate.admitted(file, job["name"]) as upload,
            ):
                return master.prepared(upload, change)
        except FileNotFoundError:
            # Its hour is over.
            pass
    return _changed(job, data, change)


def rotate(job: dict[str, Any], data: bytes) -> Answer:
    """The master turned clockwise by `turns` quarters."""
    return _changed(job, data, Change(turns=job["turns"] % 4))


def redact(job: dict[str, Any], data: bytes) -> Answer:
    """The master without the pixels within `boxes`, which become black."""
    return _changed(job, data, Change(black=tuple(map(_box, job["boxes"]))))


def thumbnail(job: dict[str, Any], data: bytes) -> Answer:
    """A small WebP of a master."""
    side = job["side"]
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        image.draft("RGB", (2 * side, 2 * side))
        image.load()
        small = colour.without_needless_alpha(colour.plain(image))
        return {}, encoding.thumbnail(small, side)


def document(job: dict[str, Any], data: bytes) -> Answer:
    """How many pages the PDF at `path` has."""
    return pages.counted(Path(job["path"]), job["name"]), b""


_JOBS = (accept, rendition, crop, rotate, redact, thumbnail, document)
JOBS = {job.__name__: job for job in _JOBS}


def _changed(job: dict[str, Any], data: bytes, change: Change) -> Answer:
    with gate.admitted(io.BytesIO(data), job["name"]) as upload:
        fits = upload.size == sizes.fitted(*upload.size, side=change.side)
        is_master = upload.kind in kinds.SENT
        if (
            is_master
            and fits
            and replace(change, side=LIMITS.MASTER_SIDE) == master.PLAIN
        ):
            # The same bytes, so that no cache of them is lost for nothing.
            return master.facts(upload, upload.kind, upload.size, []), data
        return master.prepared(upload, change)


def _box(numbers: list[int]) -> Box:
    left, top, right, bottom = numbers
    return (left, top, right, bottom)
