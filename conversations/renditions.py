"""What of an image is sent: its master, or a smaller rendition where a block says so.

A rendition is made once and kept, so that the same request always has the same bytes.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from . import images, pictures
from .models import Image, Rendition
from .models.image import references, referred

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """The bytes that go into a request: where they lie and what they measure."""

    hash: str
    media_type: str
    width: int
    height: int
    size: int
    # Whether it is smaller than the master because a block says so.
    scaled: bool = False

    @property
    def base64_size(self) -> int:
        """Length of the bytes once encoded for the request, padding included."""
        return (self.size + 2) // 3 * 4


def sent(image: Image, max_side: Any = None) -> Sent:
    """Return what is sent of the image where its source says `max_side` (any JSON).

    Makes the rendition if there is none yet. Where that fails the master is sent,
    and the rules see its size.
    """
    if not _is_smaller(image, max_side):
        return _facts(image)
    for row in image.renditions.all():
        if row.max_side == max_side:
            return _facts(row, scaled=True)
    try:
        return _facts(make(image, max_side), scaled=True)
    except (pictures.Refused, OSError) as error:
        logger.warning("Image %s is not scaled: %s", image.pk, error)
        return _facts(image)


def of_source(image: Image, source: dict[str, Any]) -> Sent:
    """Return what is sent where the source refers to the image."""
    return sent(image, source.get("max_side"))


def is_settled(image: Image, max_side: Any) -> bool:
    """Whether `sent` will give the same answer for ever."""
    if not _is_smaller(image, max_side):
        return True
    return any(row.max_side == max_side for row in image.renditions.all())


def make(image: Image, max_side: int) -> Rendition:
    """Return the rendition, made if it is not there. Blocks while the worker scales.

    Raises pictures.Refused, and OSError without the master's file.
    """
    known = Rendition.objects.filter(image=image, max_side=max_side).first()
    if known is not None:
        return known
    picture = pictures.rendition(images.read(image), max_side)
    digest = images.keep(picture.data)
    row, _ = Rendition.objects.get_or_create(
        image=image,
        max_side=max_side,
        defaults={
            "hash": digest,
            "media_type": picture.media_type,
            "width": picture.width,
            "height": picture.height,
            "size": len(picture.data),
        },
    )
    # Another person's clean-up may have taken the same bytes in between.
    if row.hash == digest:
        images.keep(picture.data)
    return row


def prepare(blocks: Any) -> None:
    """Make the renditions that the blocks ask for, before they are committed: a
    transaction does not wait for the worker. Raises pictures.Refused.
    """
    wanted = set(_wanted(blocks))
    found = Image.objects.prefetch_related("renditions").in_bulk(
        [pk for pk, _ in wanted]
    )
    for pk, max_side in sorted(wanted):
        image = found.get(pk)
        if image is not None and not is_settled(image, max_side):
            try:
                make(image, max_side)
            except FileNotFoundError:
                # Reading it will say so; there is nothing to scale.
                logger.warning("Image %s has lost its file", pk)


def _is_smaller(image: Image, max_side: Any) -> bool:
    return _is_side(max_side) and max_side < max(image.width, image.height)


def _is_side(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _wanted(blocks: Any) -> Iterator[tuple[int, int]]:
    for source in references(blocks):
        pk, side = referred(source), source.get("max_side")
        if _is_side(pk) and pk < 2**63 and _is_side(side) and side < 2**31:
            yield pk, side


def _facts(row: Image | Rendition, *, scaled: bool = False) -> Sent:
    return Sent(row.hash, row.media_type, row.width, row.height, row.size, scaled)
