"""Makes masters of admitted uploads: upright, sRGB, no metadata, scaled to what the
most capable model sees, perhaps cut, turned or blackened. Runs in the worker."""

from dataclasses import dataclass
from typing import Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from . import colour, encoding, kinds, metadata, planes, refusals, scaling, sizes
from .gate import Upload, decoding
from .limits import LIMITS
from .metadata import Metadata

# Two thirds of the time of Lanczos, and no difference on photographs (SSIM 0.998);
# the edges of drawings and letters are worth the third.
_SOFTER = Image.Resampling.BICUBIC

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
    with decoding(upload.name, upload.kind):
        before = metadata.of(upload.image)
        stored = _stored_box(upload, change, before.orientation)
        whole = (stored[2] - stored[0], stored[3] - stored[1])
        wanted = sizes.fitted(*whole, side=change.side)
        pixels = _decoded(upload, stored, wanted)
        found = before.joined(metadata.of(upload.image))
    # Not in `_encoded`, so that no more than two copies are there at a time.
    pixels, recoloured = colour.in_srgb(pixels, upload.image.info)
    resampled = whole != wanted
    result = _encoded(upload, pixels, found, change, resampled, recoloured)
    cut = whole if change.box else None
    done = [
        *_told_of_change(change, cut, found),
        *([] if change != PLAIN else _told_of_upload(upload, found)),
        *_told(upload, recoloured, result, whole, wanted),
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
    pixels: Image.Image,
    found: Metadata,
    change: Change,
    resampled: bool,
    recoloured: bool,
) -> encoding.Encoded:
    image = upload.image
    turn = metadata.UPRIGHT.get(found.orientation)
    upright = turn is None and change == PLAIN
    untouched = upright and not (resampled or recoloured)
    if untouched and isinstance(image, JpegImageFile) and image.mode in ("L", "RGB"):
        data = encoding.kept(image)
        if data:
            return encoding.Encoded(data, "JPEG", image.size)
    tables = None if resampled else _tables(image, found, change)
    if turn is not None:
        pixels = pixels.transpose(turn)
    pixels = _changed(upload.name, pixels, change)
    # A photograph that was kept exactly has all of its quality to lose.
    exact = not (resampled or upload.lossless)
    return encoding.encoded(
        colour.without_needless_alpha(pixels),
        photographed=upload.photographed,
        lossless=upload.lossless,
        quality=encoding.EXACT if exact else encoding.RESAMPLED,
        tables=tables,
    )


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


def _decoded(upload: Upload, box: Box, wanted: tuple[int, int]) -> Image.Image:
    """The box of the stored picture at the wanted size, plain."""
    whole = (box[2] - box[0], box[3] - box[1])
    filter = _SOFTER if upload.photographed else Image.Resampling.LANCZOS
    if wanted == whole:
        upload.image.load()
        return scaling.shrunk(_cut(upload, box), wanted, filter)
    if whole == upload.size and planes.are_in(upload.image):
        return planes.shrunk(upload.file, wanted, filter)
    # JPEG and plain WebP decode at a fraction of their size for less than that share
    # of the work, but only for a size of the same shape.
    width, height = upload.size
    size = (
        max(1, width * wanted[0] // whole[0]),
        max(1, height * wanted[1] // whole[1]),
    )
    if upload.kind == "WebP":
        # Its pixels are means, which leave the filter less to work with.
        size = (size[0] * scaling.GAP, size[1] * scaling.GAP)
    upload.image.draft(None, size)
    upload.image.load()
    return scaling.shrunk(_cut(upload, box), wanted, filter)


def _cut(upload: Upload, box: Box) -> Image.Image:
    """The box, given in pixels of the upload, out of what was decoded of it."""
    image, (width, height) = upload.image, upload.size
    if box == (0, 0, width, height):
        return image
    across, down = image.width / width, image.height / height
    left, top = int(box[0] * across), int(box[1] * down)
    right, bottom = round(box[2] * across), round(box[3] * down)
    return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


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
    recoloured: bool,
    result: encoding.Encoded,
    whole: tuple[int, int],
    wanted: tuple[int, int],
) -> list[str]:
    smaller = sorted(result.size) != sorted(wanted)
    said = {
        "colours converted to sRGB": recoloured,
        "scaled down": smaller or wanted != whole,
        "scaled down further to fit 1 MB": smaller,
        f"converted to {result.format}": result.format != upload.kind,
        "quality lowered to fit 1 MB": result.lowered,
    }
    return [sentence for sentence, true in said.items() if true]
