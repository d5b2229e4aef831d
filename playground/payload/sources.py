"""The images of a request: references found, measured, and replaced by their bytes."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from conversations import images, renditions
from conversations.models import Image
from conversations.models.image import substituted
from conversations.renditions import Sent

PIECE = 3 * 64 * 1024  # bytes read at once: whole groups of base64


def replaced(
    value: Any,
    shown: Mapping[int, Image],
    source: Callable[[Image, dict[str, Any]], dict[str, Any]],
) -> Any:
    """Return the value with references to these images replaced, nested ones too."""

    def found(reference: dict[str, Any]) -> dict[str, Any]:
        image = images.of_source(reference, shown)
        return reference if image is None else source(image, reference)

    return substituted(value, found)


def sized(content: Any, shown: Mapping[int, Image]) -> Any:
    """Return content whose references say what the rules measure of the images."""
    return replaced(content, shown, _sized)


def _sized(image: Image, reference: dict[str, Any]) -> dict[str, Any]:
    sent = renditions.of_source(image, reference)
    if image.pages is not None:
        return {**reference, "pages": image.pages, "bytes": sent.base64_size}
    return {
        **reference,
        "media_type": sent.media_type,
        "width": sent.width,
        "height": sent.height,
        "bytes": sent.base64_size,
    }


def is_settled(source: dict[str, Any], shown: Mapping[int, Image]) -> bool:
    """Whether what is sent of the image will be the same for ever."""
    image = images.of_source(source, shown)
    return image is None or renditions.is_settled(image, source.get("max_side"))


def abbreviated(sent: Sent) -> str:
    return f"… {sent.base64_size:,} characters of base64 …"


def encoded(sent: Sent) -> str:
    """Return the base64 of the bytes that are sent. Reads the file: OSError."""
    return b"".join(_encoded(sent)).decode("ascii")


def _encoded(sent: Sent) -> Iterator[bytes]:
    with images.path(sent.hash).open("rb") as file:
        while piece := file.read(PIECE):
            yield base64.b64encode(piece)


Piece = bytes | Sent
"""A stretch of a body: bytes, or an image whose base64 stands there."""


def written(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Yield a body's bytes a little at a time. Reads files: OSError."""
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
        else:
            yield from _encoded(piece)


def length(pieces: Iterable[Piece]) -> int:
    """Return how many bytes `written` yields."""
    return sum(
        len(piece) if isinstance(piece, bytes) else piece.base64_size
        for piece in pieces
    )


def lost(pieces: Iterable[Piece]) -> list[Sent]:
    """Return the images whose files are not there."""
    return [
        piece
        for piece in pieces
        if not isinstance(piece, bytes) and not images.path(piece.hash).is_file()
    ]
