"""Pixels to bytes: which format suits a picture, and which quality fits the limit.

The same pixels always give the same bytes. Knows nothing of where they come from."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image, ImageChops, JpegImagePlugin
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
    # Whether the limit, and not the first choice, decided on the quality.
    lowered: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """How a JPEG was quantised: again with the same tables, it loses little more."""

    quantization: list[list[int]]
    subsampling: int

    @classmethod
    def of(cls, image: Image.Image, *, turned: bool) -> "Tables | None":
        """Those of a JPEG, for its pixels as they are or with swapped axes."""
        if not isinstance(image, JpegImageFile) or image.mode not in ("L", "RGB"):
            return None
        tables = [list(table) for _, table in sorted(image.quantization.items())]
        if turned:
            tables = [
                [table[row * 8 + column] for column in range(8) for row in range(8)]
                for table in tables
            ]
        # Half the colours down alone, turned, would need a shape no encoder offers.
        halved = JpegImagePlugin.get_sampling(image) == 2
        return cls(tables, 2 if halved else 0)


def encoded(
    image: Image.Image,
    *,
    photographed: bool,
    lossless: bool,
    quality: int,
    tables: Tables | None = None,
) -> Encoded:
    """The picture within LIMITS.MASTER_BYTES, in the format that suits its content.

    `photographed`: it comes in a format that hardly ever holds drawings. `lossless`:
    the upload held its pixels exactly. `quality`: the first one to try for a
    photograph, unless `tables` do.
    """
    drawn = not photographed and (_is_small(image) or is_flat(image))
    if drawn or image.mode in ("LA", "RGBA"):
        sharp = _sharp(image)
        if sharp:
            return sharp
        # Keeps transparency, and edges better than a JPEG of as many bytes.
        result = _smaller_until_it_fits(image, "WebP", _lossy_webp, quality)
        return replace(result, lowered=result.lowered or lossless)
    if tables:
        data = _as_before(image, tables)
        if data and len(data) <= LIMITS.MASTER_BYTES:
            return Encoded(data, "JPEG", image.size)
    result = _smaller_until_it_fits(image, "JPEG", _jpeg, quality)
    return replace(result, lowered=result.lowered or bool(tables))


def kept(image: JpegImageFile) -> bytes | None:
    """A JPEG encoded again with its own tables, which loses next to nothing.

    None where the result is too large or its tables cannot be used again.
    """
    try:
        data = _saved(image, "JPEG", quality="keep")
    except (ValueError, OSError):
        return None
    return data if len(data) <= LIMITS.MASTER_BYTES else None


def _as_before(image: Image.Image, tables: Tables) -> bytes | None:
    try:
        return _saved(
            image,
            "JPEG",
            qtables=tables.quantization[: 1 if image.mode == "L" else None],
            subsampling=tables.subsampling,
        )
    # Tables of 16 bits, or none at all.
    except (ValueError, TypeError, OSError):
        return None


def nearly_exact(image: Image.Image, *, lossless: bool) -> bytes:
    """The picture at full size, for cutting something out of it later."""
    exact = lossless and (_is_small(image) or is_flat(image))
    if exact or image.mode in ("LA", "RGBA"):
        return _png(image, 1)
    return _saved(image, "JPEG", quality=95, subsampling=0)


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
    limit, first = LIMITS.MASTER_BYTES, quality
    while len(data := encode(image, quality)) > limit:
        if quality > POOREST:
            quality = max(POOREST, _guess(quality, len(data) / limit))
            continue
        factor = (limit / len(data)) ** 0.5 * 0.98
        image = image.resize(
            sizes.scaled(*image.size, factor), Image.Resampling.LANCZOS
        )
    return Encoded(data, format, image.size, lowered=quality < first)


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
    buffer = io.BytesIO()
    # Comments, profiles and text that the encoder would copy from the upload.
    info, image.info = image.info, {}
    try:
        image.save(buffer, format, **options)
    finally:
        image.info = info
    return buffer.getvalue()
