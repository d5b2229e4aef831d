"""Makes masters of admitted uploads: upright, sRGB, no metadata, scaled to what the
most capable model sees, perhaps cut, turned or blackened. Runs in the worker."""

from dataclasses import dataclass
from typing import Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from . import colour, encoding, kinds, metadata, refusals, sizes
from .gate import Upload, decoding
from .limits import LIMITS
from .metadata import Metadata

# Shrinking by whole pixels first is faster; a factor of two remains for the filter.
_GAP = 2
# Two thirds of the time of Lanczos, and no difference on photographs (SSIM 0.998);
# the edges of drawings and letters are worth the third.
_SOFTER = Image.Resampling.BICUBIC
# Rows converted at a time, so that a huge picture is never in memory twice.
_BAND = 256

_TURNS = {
    1: Image.Transpose.ROTATE_270,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}

# Left, top, right, bottom.
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What is wanted beyond a plain master. Boxes are pixels of the upright picture
    when it is `frame` wide and high (its own size if None)."""

    box: Box | None = None
    frame: tuple[int, int] | None = None
    # Quarters, clockwise.
    turns: int = 0
    black: tuple[Box, ...] = ()
    side: int = LIMITS.MASTER_SIDE


PLAIN = Change()


def prepared(upload: Upload, change: Change = PLAIN) -> tuple[dict[str, Any], bytes]:
    """The facts of a `Picture` and the bytes of the master. Raises Refused."""
    image = upload.image
    with decoding(upload.name, upload.kind):
        before = metadata.of(image)
        stored = _stored_box(upload, change, before.orientation)
        whole = (stored[2] - stored[0], stored[3] - stored[1])
        wanted = sizes.fitted(*whole, side=change.side)
        _draft(upload, whole, wanted)
        image.load()
        found = before.joined(metadata.of(image))
    result, changed_colours = _encoded(upload, stored, wanted, found, change)
    cut = whole if change.box else None
    done = [
        *_told_of_change(change, cut, found),
        *([] if change != PLAIN else _told_of_upload(upload, found)),
        *_told(upload, changed_colours, result, whole, wanted),
    ]
    return facts(upload, result.format, result.size, done), result.data


def facts(
    upload: Upload, format: str, size: tuple[int, int], done: list[str]
) -> dict[str, Any]:
    """What a `Picture` tells besides its bytes."""
    width, height = upload.size
    return {
        "media_type": kinds.SENT[format],
        "width": size[0],
        "height": size[1],
        "original_format": upload.kind,
        "original_media_type": kinds.ACCEPTED[upload.kind],
        "original_width": width,
        "original_height": height,
        "original_bytes": upload.bytes,
        "frames": upload.frames,
        "done": done,
    }


def _encoded(
    upload: Upload,
    stored: Box,
    wanted: tuple[int, int],
    found: Metadata,
    change: Change,
) -> tuple[encoding.Encoded, bool]:
    image = upload.image
    resampled = (stored[2] - stored[0], stored[3] - stored[1]) != wanted
    photographed = upload.kind in ("JPEG", "HEIC")
    pixels, changed = colour.in_srgb(
        shrunk(
            _cut(image, stored, upload.size),
            wanted,
            _SOFTER if photographed else Image.Resampling.LANCZOS,
        ),
        image.info,
    )
    turn = metadata.UPRIGHT.get(found.orientation)
    upright = turn is None and change == PLAIN
    untouched = upright and not (resampled or changed)
    if untouched and isinstance(image, JpegImageFile) and image.mode in ("L", "RGB"):
        data = encoding.kept(image)
        if data:
            return encoding.Encoded(data, "JPEG", wanted), False
    tables = None if resampled else _tables(image, found, change)
    if turn is not None:
        pixels = pixels.transpose(turn)
    pixels = _changed(upload.name, pixels, change)
    # A photograph that was kept exactly has all of its quality to lose.
    exact = not (resampled or upload.lossless)
    result = encoding.encoded(
        colour.without_needless_alpha(pixels),
        photographed=photographed,
        lossless=upload.lossless,
        quality=encoding.EXACT if exact else encoding.RESAMPLED,
        tables=tables,
    )
    return result, changed


def _tables(
    image: Image.Image, found: Metadata, change: Change
) -> encoding.Tables | None:
    swapped = (found.orientation >= 5) != (change.turns % 2 == 1)
    return encoding.Tables.of(image, turned=swapped)


def _changed(name: str, pixels: Image.Image, change: Change) -> Image.Image:
    if change.turns:
        pixels = pixels.transpose(_TURNS[change.turns])
    for box in change.black:
        left, top, right, bottom = _within(name, box, pixels.size)
        size = (right - left, bottom - top)
        pixels.paste(_black(pixels.mode, size), (left, top))
    return pixels


def _black(mode: str, size: tuple[int, int]) -> Image.Image:
    return Image.new("L", size, 0).convert(mode)


def _stored_box(upload: Upload, change: Change, orientation: int) -> Box:
    """Which pixels of the stored picture are wanted, at least one."""
    width, height = upload.size
    if change.box is None:
        return (0, 0, width, height)
    upright = (height, width) if orientation >= 5 else (width, height)
    frame = change.frame or upright
    box = _within(upload.name, change.box, frame)
    across, down = upright[0] / frame[0], upright[1] / frame[1]
    left, right = round(box[0] * across), round(box[2] * across)
    top, bottom = round(box[1] * down), round(box[3] * down)
    whole = (
        left,
        top,
        min(max(right, left + 1), upright[0]),
        min(max(bottom, top + 1), upright[1]),
    )
    return metadata.stored(whole, upright, orientation)


def _within(name: str, box: Box, size: tuple[int, int]) -> Box:
    left, top, right, bottom = box
    inside = (max(0, left), max(0, top), min(right, size[0]), min(bottom, size[1]))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        raise refusals.outside(name, *size)
    return inside


def _draft(upload: Upload, whole: tuple[int, int], wanted: tuple[int, int]) -> None:
    # JPEG and plain WebP decode at a fraction of their size for less than that share
    # of the work, but only for a size of the same shape.
    if wanted == whole:
        return
    width, height = upload.size
    target = (
        max(1, width * wanted[0] // whole[0]),
        max(1, height * wanted[1] // whole[1]),
    )
    if upload.kind == "WebP":
        # Its pixels are means, which leave the filter less to work with.
        target = (target[0] * _GAP, target[1] * _GAP)
    upload.image.draft(None, target)


def _cut(image: Image.Image, box: Box, size: tuple[int, int]) -> Image.Image:
    """The box, given in pixels of `size`, out of a picture that may be smaller."""
    if box == (0, 0, *size):
        return image
    across, down = image.width / size[0], image.height / size[1]
    left, top = int(box[0] * across), int(box[1] * down)
    right, bottom = round(box[2] * across), round(box[3] * down)
    return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def shrunk(
    image: Image.Image,
    wanted: tuple[int, int],
    filter: Image.Resampling = Image.Resampling.LANCZOS,
) -> Image.Image:
    """The picture at a size that is no larger, in a mode that `colour.plain` makes."""
    if image.mode in ("I", "F"):
        # Which values are white is decided by all of them, not band by band.
        image = colour.plain(image)
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
        filter,
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


def _told_of_change(
    change: Change, cut: tuple[int, int] | None, found: Metadata
) -> list[str]:
    said = []
    if cut:
        across, down = cut[::-1] if found.orientation >= 5 else cut
        said.append(f"cropped to {across} × {down} pixels")
    if change.turns:
        degrees = {1: "90° clockwise", 2: "180°", 3: "90° anticlockwise"}
        said.append(f"turned by {degrees[change.turns]}")
    if change.black:
        many = len(change.black)
        said.append(f"{many} rectangle{'s' * (many > 1)} blacked out")
    return said


def _told_of_upload(upload: Upload, found: Metadata) -> list[str]:
    unit = "page" if upload.kind == "TIFF" else "frame"
    said = {
        f"first {unit} of {upload.frames} kept": upload.frames > 1,
        "turned upright": found.turned,
        "location data removed": found.location,
        "other metadata removed": found.anything and found.location,
        "metadata removed": found.anything and not found.location,
    }
    return [sentence for sentence, true in said.items() if true]


def _told(
    upload: Upload,
    changed_colours: bool,
    result: encoding.Encoded,
    whole: tuple[int, int],
    wanted: tuple[int, int],
) -> list[str]:
    smaller = sorted(result.size) != sorted(wanted)
    said = {
        "colours converted to sRGB": changed_colours,
        "scaled down": smaller or wanted != whole,
        "scaled down further to fit 1 MB": smaller,
        f"converted to {result.format}": result.format != upload.kind,
        "quality lowered to fit 1 MB": result.lowered,
    }
    return [sentence for sentence, true in said.items() if true]
