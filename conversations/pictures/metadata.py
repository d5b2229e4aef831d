"""What a file says about its picture besides the pixels: read, told and left out.

Knows where each decoder keeps it, and nothing of pixels."""

import struct
from dataclasses import dataclass

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

# What a value of EXIF's Orientation asks for (EXIF 2.32, 4.6.4 A).
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Which stored sides are the left, top, right and bottom of the upright picture; -1:
# counted from the other end.
_SIDES = {
    2: ((0, -1), (1, 1)),
    3: ((0, -1), (1, -1)),
    4: ((0, 1), (1, -1)),
    5: ((1, 1), (0, 1)),
    6: ((1, 1), (0, -1)),
    7: ((1, -1), (0, -1)),
    8: ((1, -1), (0, 1)),
}
# Whatever Pillow keeps of these blocks in `info`, by format.
_BLOCKS = ("exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop")
# Description, maker, model, software, date, artist, XMP, copyright, IPTC, Photoshop,
# EXIF and GPS (TIFF 6.0 and what others added to it).
_TIFF_TAGS = {270, 271, 272, 305, 306, 315, 700, 33432, 33723, 34377, 34665, 34853}
_ERRORS = (SyntaxError, ValueError, KeyError, TypeError, OSError, struct.error)


@dataclass(frozen=True, slots=True)
class Metadata:
    # What is left to be done; a decoder may have done it already.
    orientation: int = 1
    turned: bool = False
    location: bool = False
    anything: bool = False

    def joined(self, later: "Metadata") -> "Metadata":
        """With what was found only behind the pixels."""
        return Metadata(
            later.orientation,
            self.turned or later.turned,
            self.location or later.location,
            self.anything or later.anything,
        )


def of(image: Image.Image) -> Metadata:
    """What is known of an opened picture; more may follow once it is loaded."""
    info = image.info
    anything = any(info.get(key) for key in _BLOCKS) or _has_text(image)
    try:
        exif = image.getexif()
        orientation = exif.get(ExifTags.Base.Orientation, 1)
        location = bool(exif.get_ifd(ExifTags.IFD.GPSInfo))
    # Those of a damaged EXIF block, which no picture is refused for.
    except _ERRORS:
        orientation, location = 1, False
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    text = xmp.decode("latin-1") if isinstance(xmp, bytes) else str(xmp)
    location = location or "GPSLatitude" in text
    turned = orientation in UPRIGHT
    # Pillow turns a TIFF itself when it is loaded, and forgets it was asked to.
    if not turned or isinstance(image, TiffImageFile):
        orientation = 1
    return Metadata(orientation, turned, location, anything)


def stored(
    box: tuple[int, int, int, int], size: tuple[int, int], orientation: int
) -> tuple[int, int, int, int]:
    """Where a box of the upright picture of `size` lies in the stored one."""
    if orientation not in _SIDES:
        return box
    low, high = [0, 0], [0, 0]
    for axis, (source, sign) in enumerate(_SIDES[orientation]):
        ends = (box[source], box[source + 2])
        if sign < 0:
            ends = (size[source] - ends[1], size[source] - ends[0])
        low[axis], high[axis] = ends
    return (low[0], low[1], high[0], high[1])


def _has_text(image: Image.Image) -> bool:
    if isinstance(image, TiffImageFile):
        return not _TIFF_TAGS.isdisjoint(image.tag_v2)
    if not isinstance(image, PngImageFile):
        return False
    # `image.text` would decode every frame of an animation.
    if image.png is not None:
        return bool(image.png.im_text)
    return bool(image.text)
