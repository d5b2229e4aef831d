"""Makes the master of an admitted upload: upright, sRGB, no metadata, scaled to
what the most capable model sees. Runs in the worker; knows no process."""

import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile

from . import colour, encoding, gate, kinds, sizes
from .gate import Upload

# What a value of EXIF's Orientation asks for (EXIF 2.32, 4.6.4 A).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Shrinking by whole pixels first is faster; a factor of two remains for the filter.
_GAP = 2
# Rows converted at a time, so that a huge picture is never in memory twice.
_BAND = 256

_MEDIA_TYPES = kinds.ACCEPTED
# Whatever Pillow keeps of these blocks in `info`, by format.
_METADATA = ("exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop")


@dataclass(frozen=True, slots=True)
class _Metadata:
    orientation: int
    location: bool
    anything: bool


def made(path: Path, name: str) -> tuple[dict[str, Any], bytes]:
    """The facts of a `Picture` and the bytes of the master. Raises Refused."""
    with gate.admitted(path, name) as upload:
        wanted = sizes.fitted(*upload.size)
        with gate.decoding(name, upload.kind):
            _draft(upload, wanted)
            upload.image.load()
            metadata = _metadata(upload.image)
        result, changed_colours = _encoded(upload, wanted, metadata.orientation)
    width, height = upload.size
    facts = {
        "media_type": _MEDIA_TYPES[result.format],
        "width": result.size[0],
        "height": result.size[1],
        "original_format": upload.kind,
        "original_media_type": _MEDIA_TYPES[upload.kind],
        "original_width": width,
        "original_height": height,
        "original_bytes": upload.bytes,
        "frames": upload.frames,
        "done": _told(upload, metadata, changed_colours, result),
    }
    return facts, result.data


def thumbnail(data: bytes, side: int) -> bytes:
    """A small WebP of a master."""
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        image.draft("RGB", (2 * side, 2 * side))
        image.load()
        small = colour.without_needless_alpha(colour.plain(image))
        return encoding.thumbnail(small, side)


def _encoded(
    upload: Upload, wanted: tuple[int, int], orientation: int
) -> tuple[encoding.Encoded, bool]:
    image, profile = upload.image, upload.image.info.get("icc_profile")
    resampled = upload.size != wanted
    pixels, changed = colour.in_srgb(_shrunk(image, wanted), profile)
    untouched = not (resampled or changed or orientation in _UPRIGHT)
    if untouched and isinstance(image, JpegImageFile) and image.mode in ("L", "RGB"):
        data = encoding.kept(image)
        if data:
            return encoding.Encoded(data, "JPEG", wanted), False
    if orientation in _UPRIGHT:
        pixels = pixels.transpose(_UPRIGHT[orientation])
    quality = encoding.RESAMPLED if resampled else encoding.EXACT
    # A photograph that was kept exactly has all of its quality to lose.
    if upload.lossless:
        quality = encoding.RESAMPLED
    result = encoding.encoded(
        colour.without_needless_alpha(pixels),
        lossless=upload.lossless,
        quality=quality,
    )
    return result, changed


def _draft(upload: Upload, wanted: tuple[int, int]) -> None:
    # A JPEG decodes at a half, a quarter or an eighth of its size for less than
    # that share of the work, but only for a size of the same shape.
    if isinstance(upload.image, JpegImageFile) and wanted != upload.size:
        upload.image.draft(None, wanted)


def _shrunk(image: Image.Image, wanted: tuple[int, int]) -> Image.Image:
    width, height = image.size
    factors = (
        max(1, int(width / wanted[0] / _GAP)),
        max(1, int(height / wanted[1] / _GAP)),
    )
    reduced = colour.plain(image) if factors == (1, 1) else _reduced(image, factors)
    if reduced.size == wanted:
        return reduced
    return reduced.resize(
        wanted,
        Image.Resampling.LANCZOS,
        box=(0, 0, width / factors[0], height / factors[1]),
    )


def _reduced(image: Image.Image, factors: tuple[int, int]) -> Image.Image:
    """The means of blocks of pixels, made plain one band of rows at a time."""
    width, height = image.size
    step = factors[1] * max(1, _BAND // factors[1])
    result: Image.Image | None = None
    for top in range(0, height, step):
        band = image.crop((0, top, width, min(top + step, height)))
        part = colour.plain(band).reduce(factors)
        if result is None:
            size = (part.width, -(-height // factors[1]))
            result = Image.new(part.mode, size)
        result.paste(part, (0, top // factors[1]))
    assert result is not None
    return result


def _metadata(image: Image.Image) -> _Metadata:
    info = image.info
    anything = any(info.get(key) for key in _METADATA) or bool(
        getattr(image, "text", None)
    )
    try:
        exif = image.getexif()
        orientation = exif.get(ExifTags.Base.Orientation, 1)
        location = bool(exif.get_ifd(ExifTags.IFD.GPSInfo))
    # The errors of a damaged EXIF block, which no picture is refused for.
    except (SyntaxError, ValueError, KeyError, TypeError, OSError, struct.error):
        orientation, location = 1, False
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    text = xmp.decode("latin-1") if isinstance(xmp, bytes) else str(xmp)
    location = location or "GPSLatitude" in text
    if orientation not in _UPRIGHT:
        orientation = 1
    return _Metadata(orientation, location, anything)


def _told(
    upload: Upload,
    metadata: _Metadata,
    changed_colours: bool,
    result: encoding.Encoded,
) -> list[str]:
    full = sizes.fitted(*upload.size)
    scaled = sorted(result.size) != sorted(upload.size)
    said = {
        f"first frame of {upload.frames} kept": upload.frames > 1,
        "turned upright": metadata.orientation in _UPRIGHT,
        "location data removed": metadata.location,
        "other metadata removed": metadata.anything and metadata.location,
        "metadata removed": metadata.anything and not metadata.location,
        "colours converted to sRGB": changed_colours,
        "scaled down": scaled,
        "scaled down further to fit 1 MB": sorted(result.size) != sorted(full),
        f"converted to {result.format}": result.format != upload.kind,
    }
    return [sentence for sentence, true in said.items() if true]
