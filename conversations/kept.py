"""Uploads as they came, upright and stripped, for an hour of sharp crops. Never served.

A file lies under its image's id and not under a hash: whoever has only the master of
the same picture, by a fork for instance, gets nothing sharper than that.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from .models import Image

SECONDS = 3600
# Of all that is kept: a team that attaches many scans has the newest.
MOST_BYTES = 2_000_000_000


def path(image: Image) -> Path:
    """Where the upload of the image lies, as long as it does."""
    return _folder() / str(image.pk)


def of(image: Image) -> Path | None:
    """Return the kept upload, None when its hour is over."""
    found = path(image)
    try:
        age = time.time() - found.stat().st_mtime
    except FileNotFoundError:
        return None
    return found if age < SECONDS else None


@contextmanager
def place() -> Iterator[Path]:
    """Give a place to write an upload to; what is still there at the end is removed."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def keep(written: Path, image: Image) -> None:
    """Keep what was written for the image, and let go of what is too old."""
    try:
        if not written.stat().st_size:
            return
        os.replace(written, path(image))
    except FileNotFoundError:
        return  # the worker does not keep what is too large
    sweep()


def forget(images: list[int]) -> None:
    """Remove what is kept of images that are deleted."""
    for pk in images:
        (_folder() / str(pk)).unlink(missing_ok=True)


def sweep() -> int:
    """Remove what is older than an hour, and the oldest above the limit.

    Returns how many. A server sweeps when an upload comes and every few minutes.
    """
    removed = room = 0
    now = time.time()
    for modified, size, file in sorted(_files(), reverse=True):
        room += size
        if now - modified >= SECONDS or room > MOST_BYTES:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def _files() -> Iterator[tuple[float, int, Path]]:
    try:
        entries = list(os.scandir(_folder()))
    except FileNotFoundError:
        return
    for entry in entries:
        try:
            facts = entry.stat()
        except FileNotFoundError:
            continue  # another process swept it
        yield facts.st_mtime, facts.st_size, Path(entry.path)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "kept"
