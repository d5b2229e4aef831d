"""Rows and files of images: accept an upload, store by hash, read, clean up.

Files come before rows, and rows go before files, so that no row ever lacks its file.
"""

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from . import kept, pictures
from .models import Image, ImageUse, Rendition, Turn
from .models.image import references, referred
from .pictures import pdf

# An image that no turn shows waits so long for the form that it was attached to.
HELD_FOR = timedelta(days=1)
NAME_LENGTH = 255
PDF_SIGNATURE = b"%PDF-"
RENDITION_FACTS = ("hash", "media_type", "width", "height", "size")


def accept(upload: UploadedFile, owner: User) -> Image:
    """Turn an upload into a stored image of `owner`.

    Blocks while the worker decodes. Raises `pictures.Refused`, whose sentence is
    for the person who attached it.
    """
    name = (upload.name or "image").replace("\0", "")[:NAME_LENGTH]
    with _admitted(name), _on_disk(upload) as file, kept.place() as upright:
        if _is_pdf(file):
            return _accept_pdf(file, name, owner)
        picture = pictures.accept(file, name, upright=upright)
        image = store(picture, name, owner)
        kept.keep(upright, image)
    return image


def _is_pdf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(PDF_SIGNATURE)) == PDF_SIGNATURE


def _accept_pdf(file: Path, name: str, owner: User) -> Image:
    """Keep a PDF as it is: Claude reads its text as well as its pages."""
    found = pdf.inspect(file, name)
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    facts = {
        "media_type": pdf.MEDIA_TYPE,
        "width": 0,
        "height": 0,
        "size": found.bytes,
        "pages": found.pages,
        "original_media_type": pdf.MEDIA_TYPE,
        "original_width": 0,
        "original_height": 0,
        "original_size": found.bytes,
    }
    return _row(owner, digest, name, facts, lambda: _copy(file, path(digest)))


def _copy(file: Path, target: Path) -> None:
    if not target.exists():
        with _replacing(target) as opened, file.open("rb") as source:
            shutil.copyfileobj(source, opened)


# Each that waits for the worker holds a thread, a connection and a file on disk.
MOST_WAITING = 16
_waiting = threading.BoundedSemaphore(MOST_WAITING)


@contextmanager
def _admitted(name: str) -> Iterator[None]:
    """Turn an upload away at once while too many wait; the browser comes again."""
    if not _waiting.acquire(blocking=False):
        raise pictures.refusals.busy(name)
    try:
        yield
    finally:
        _waiting.release()


@contextmanager
def _on_disk(upload: UploadedFile) -> Iterator[Path]:
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(upload.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile() as spooled:
        for chunk in upload.chunks():
            spooled.write(chunk)
        spooled.flush()
        yield Path(spooled.name)


def store(picture: pictures.Picture, name: str, owner: User) -> Image:
    """Keep the master under its hash; the same picture twice is one image."""
    digest = digest_of(picture.data)
    facts = {
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "size": len(picture.data),
        "original_media_type": picture.original_media_type,
        "original_width": picture.original_width,
        "original_height": picture.original_height,
        "original_size": picture.original_bytes,
        "done": list(picture.done),
    }
    return _row(owner, digest, name, facts, lambda: keep(picture.data))


def _row(
    owner: User,
    digest: str,
    name: str,
    facts: dict[str, Any],
    write: Callable[[], object],
) -> Image:
    write()
    image, created = Image.objects.get_or_create(
        owner=owner, hash=digest, defaults={"original_name": name, **facts}
    )
    if not created:
        attach_again([image.pk])
    # A clean-up of the same bytes may have come in between.
    write()
    return image


def attach_again(ids: Iterable[int]) -> None:
    """Note that a form shows these images now, so that a clean-up leaves them to it."""
    Image.objects.filter(pk__in=list(ids)).update(attached_at=timezone.now())


def keep(data: bytes) -> str:
    """Write the bytes under their SHA-256, if they are not there, and return that."""
    digest = digest_of(data)
    write(path(digest), data)
    return digest


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def path(digest: str) -> Path:
    """Where the bytes with this SHA-256 lie."""
    return Path(settings.DATA_DIR) / "images" / digest[:2] / digest


def thumbnail_path(digest: str) -> Path:
    """Where the thumbnail of the image with this SHA-256 lies, once it is made."""
    return Path(settings.DATA_DIR) / "thumbnails" / digest[:2] / f"{digest}.webp"


def read(image: Image) -> bytes:
    """Return the master's bytes."""
    return path(image.hash).read_bytes()


def write(target: Path, data: bytes) -> None:
    """Write a whole file or none, unless it is there."""
    if not target.exists():
        with _replacing(target) as file:
            file.write(data)


@contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes the target's place when it is whole: a reader never
    sees half an image."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def copy_for(image: Image, owner: User) -> Image:
    """Give another person their own row for the same bytes (for a fork)."""
    fields = {
        field.attname: getattr(image, field.attname)
        for field in Image._meta.concrete_fields
        if field.attname not in {"id", "owner_id", "hash", "created_at"}
    }
    copy, _ = Image.objects.get_or_create(owner=owner, hash=image.hash, defaults=fields)
    for row in image.renditions.all():
        sizes = {name: getattr(row, name) for name in RENDITION_FACTS}
        Rendition.objects.get_or_create(
            image=copy, max_side=row.max_side, defaults=sizes
        )
    return copy


def used_by(turns: Iterable[Turn]) -> dict[int, Image]:
    """Return the images of the turns by id, with their renditions.

    Two queries; none where there are no images.
    """
    with_images = [turn for turn in turns if any(references(turn.blocks))]
    if not with_images:
        return {}
    uses = (
        ImageUse.objects.filter(turn__in=with_images)
        .select_related("image")
        .prefetch_related("image__renditions")
    )
    return {use.image_id: use.image for use in uses}


def of_source(source: Mapping[str, Any], shown: Mapping[int, Image]) -> Image | None:
    """Return the image that a reference means, if it is one of these."""
    pk = referred(source)
    is_id = isinstance(pk, int) and not isinstance(pk, bool)
    return shown.get(pk) if is_id else None


def remove_unused(ids: Iterable[int]) -> int:
    """Delete those of the images that no turn shows any more. Returns how many.

    An image that was attached a second time within the last day stays: it may be in
    an open form. A file goes after its last row: the same bytes may be another
    person's image too.
    """
    recent = timezone.now() - HELD_FOR
    held = Q(attached_at__gt=F("created_at")) & Q(attached_at__gt=recent)
    with transaction.atomic():
        unused = Image.objects.filter(~held, pk__in=list(ids), uses__isnull=True)
        rows = list(unused)
        smaller = Rendition.objects.filter(image__in=rows)
        digests = {row.hash for row in rows} | {row.hash for row in smaller}
        unused.delete()
        transaction.on_commit(lambda: remove_files(digests))
        transaction.on_commit(lambda: kept.forget([row.pk for row in rows]))
    return len(rows)


def remove_files(digests: Iterable[str]) -> None:
    """Remove the files that no row names any more."""
    wanted = set(digests)
    for digest in wanted - in_use(wanted):
        path(digest).unlink(missing_ok=True)
        thumbnail_path(digest).unlink(missing_ok=True)


def in_use(digests: Collection[str]) -> set[str]:
    """Return those of the hashes that a row names."""
    found: set[str] = set()
    for rows in (Image.objects, Rendition.objects):
        found |= set(rows.filter(hash__in=digests).values_list("hash", flat=True))
    return found
