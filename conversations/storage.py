"""The folder of images against the rows: what is unused, lost or left over."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from . import images, kept, pictures
from .models import Image, Rendition

# The row of a file may still be to come.
LEFT_OVER_AFTER = 3600  # seconds
BATCH = 500


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `bytes` are those of files that rows name."""

    files: int
    bytes: int
    # No turn shows these, and nobody has attached them for a day.
    unused: list[int]
    # Rows whose file is gone.
    lost: list[Image]
    lost_renditions: list[Rendition]
    # Files that no row names.
    left_over: list[Path] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not (self.lost or self.lost_renditions or self.left_over)


def report() -> Report:
    """Compare the folder with the rows; changes nothing."""
    found = {path.name: path for path in _files("images")}
    masters = list(Image.objects.only("id", "hash", "original_name", "owner"))
    smaller = list(Rendition.objects.select_related("image"))
    named = {row.hash for row in masters} | {row.hash for row in smaller}
    thumbnails = [p for p in _files("thumbnails") if p.stem not in named]
    strays = [path for name, path in found.items() if name not in named]
    return Report(
        files=len(named & set(found)),
        bytes=sum(_size(found[name]) for name in named & set(found)),
        unused=list(_unused().values_list("pk", flat=True)),
        lost=[row for row in masters if row.hash not in found],
        lost_renditions=[row for row in smaller if row.hash not in found],
        left_over=[path for path in (*strays, *thumbnails) if _is_old(path)],
    )


def repair(found: Report) -> tuple[int, int, int]:
    """Remove what is unused and left over, and make lost renditions again.

    Returns how many of each. A lost master cannot be made again; attaching the same
    picture once more brings its file back.
    """
    removed = remove_unused()
    swept = 0
    for path in found.left_over:
        # A row may have come since the report was made.
        if not images.in_use({path.stem}) and _is_old(path):
            path.unlink(missing_ok=True)
            swept += 1
    made = sum(_made_again(row) for row in found.lost_renditions)
    return removed, swept + kept.sweep(), made


def remove_unused() -> int:
    """Delete the images that no turn shows and nobody attached for a day."""
    removed = 0
    while ids := list(_unused().values_list("pk", flat=True)[:BATCH]):
        removed += images.remove_unused(ids)
    return removed


def _unused() -> "QuerySet[Image]":
    before = timezone.now() - images.HELD_FOR
    return Image.objects.filter(uses__isnull=True, attached_at__lt=before)


def _made_again(row: Rendition) -> bool:
    """Make a lost rendition again, if that gives the very bytes that were sent."""
    try:
        picture = pictures.rendition(images.read(row.image), row.max_side)
    except (pictures.Refused, FileNotFoundError):
        return False
    if images.digest_of(picture.data) != row.hash:
        return False
    images.keep(picture.data)
    return True


def _files(folder: str) -> Iterator[Path]:
    root = Path(settings.DATA_DIR) / folder
    return (path for path in root.glob("*/*") if path.is_file())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > LEFT_OVER_AFTER
    except FileNotFoundError:
        return False
