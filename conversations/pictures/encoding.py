"""Pixels to bytes: which format suits a picture, and which quality fits the limit.

The same pixels always give the same bytes. Knows nothing of where they come from."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageChops
from PIL.JpegImagePlugin import JpegImageFile

from . import sizes
from .limits import LIMITS

# First quality of a picture that was resampled, and of one that was not.
RESAMPLED, EXACT = 85, 92
# Below this, artefacts cost more than pixels: the picture is made smaller instead.
POOREST = 40
# Drawings and screenshots have more than this share of pixels equal to their
# neighbour; photographs, whose sensors make noise, a tenth of it.
FLAT_SHARE = 0.35
# So few pixels cost little in any format, and an icon is no photograph.
SMALL = 256 * 256
# Lossless WebP is at best a third of a fast PNG: beyond it nothing lossless fits.
WEBP_GAIN = 3


@dataclass(frozen=True, slots=True)
class Encoded:
    data: bytes
    format: str
    size: tuple[int, int]


def encoded(image: Image.Image, *, lossless: bool, quality: int) -> Encoded:
    """The picture within LIMITS.MASTER_BYTES, in the format that suits its content.

    `lossless`: the upload held its pixels exactly, so that exactness is worth
    keeping. `quality`: the first one to try for a photograph.
    """
    has_alpha = image.mode in ("LA", "RGBA")
    if has_alpha or (lossless and (_is_small(image) or is_flat(image))):
        sharp = _sharp(image)
        if sharp:
            return sharp
        # Keeps transparency, and edges better than a JPEG of as many bytes.
        return _smaller_until_it_fits(image, "WebP", _lossy_webp, quality)
    return _smaller_until_it_fits(image, "JPEG", _jpeg, quality)


def kept(image: JpegImageFile) -> bytes | None:
    """A JPEG encoded again with its own tables, which loses next to nothing.

    None where the result is too large or its tables cannot be used again.
    """
    try:
        data = _saved(image, "JPEG", quality="keep")
    except (ValueError, OSError):
        return None
    return data if len(data) <= LIMITS.MASTER_BYTES else None


def thumbnail(image: Image.Image, side: int) -> bytes:
    """A WebP at most `side` pixels wide and high, never enlarged."""
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _lossy_webp(image, 80)


def is_flat(image: Image.Image) -> bool:
    """Whether the picture is drawn, written or of few colours: no photograph."""
    if image.getcolors(16 if image.mode in ("L", "LA") else 256) is not None:
        return True
    width, height = image.size
    if width >= height:
        here, there = (0, 0, width - 1, height), (1, 0, width, height)
    else:
        here, there = (0, 0, width, height - 1), (0, 1, width, height)
    bands = ImageChops.difference(image.crop(here), image.crop(there)).split()
    most = bands[0]
    for band in bands[1:]:
        most = ImageChops.lighter(most, band)
    histogram = most.histogram()
    return histogram[0] >= FLAT_SHARE * sum(histogram)


def _is_small(image: Image.Image) -> bool:
    return image.width * image.height <= SMALL


def _sharp(image: Image.Image) -> Encoded | None:
    """The picture without any loss, or None where that does not fit."""
    best = _in_palette(image)
    # The fastest level first: the best one takes seconds where it is in vain.
    if len(_png(best, 1)) > LIMITS.MASTER_BYTES * WEBP_GAIN:
        return None
    data = _png(best, 6)
    if len(data) <= LIMITS.MASTER_BYTES:
        return Encoded(data, "PNG", image.size)
    data = _saved(image, "WebP", lossless=True, quality=50, method=3, exact=True)
    if len(data) <= LIMITS.MASTER_BYTES:
        return Encoded(data, "WebP", image.size)
    return None


def _smaller_until_it_fits(
    image: Image.Image,
    format: str,
    encode: Callable[[Image.Image, int], bytes],
    quality: int,
) -> Encoded:
    limit = LIMITS.MASTER_BYTES
    while len(data := encode(image, quality)) > limit:
        if quality > POOREST:
            quality = max(POOREST, _guess(quality, len(data) / limit))
            continue
        factor = (limit / len(data)) ** 0.5 * 0.98
        image = image.resize(
            sizes.scaled(*image.size, factor), Image.Resampling.LANCZOS
        )
    return Encoded(data, format, image.size)


def _guess(quality: int, excess: float) -> int:
    """A quality at which the bytes should be `excess` times fewer; always lower.

    Bytes fall with about the 0.6th power of the quantiser, whose step for a quality
    is the usual one of libjpeg (jcparam.c, jpeg_quality_scaling).
    """
    step = 200 - 2 * quality if quality >= 50 else 5000 / quality
    step *= excess ** (1 / 0.6)
    wanted = (200 - step) / 2 if step <= 100 else 5000 / step
    return min(quality - 2, int(wanted))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    # Not optimize=True: two per cent smaller, but Pillow's buffer can overflow.
    return _saved(image, "JPEG", quality=quality)


def _lossy_webp(image: Image.Image, quality: int) -> bytes:
    return _saved(image, "WebP", quality=quality, method=2)


def _png(image: Image.Image, level: int) -> bytes:
    return _saved(image, "PNG", compress_level=level)


def _in_palette(image: Image.Image) -> Image.Image:
    """The picture by palette where that loses nothing: a third of the bytes."""
    if image.mode != "RGB" or image.getcolors(256) is None:
        return image
    indexed = image.quantize(256, dither=Image.Dither.NONE)
    if ImageChops.difference(indexed.convert("RGB"), image).getbbox():
        return image
    return indexed


def _saved(image: Image.Image, format: str, **options: object) -> bytes:
    # Comments, profiles and text that the encoder would copy from the upload.
    image.info.clear()
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()
