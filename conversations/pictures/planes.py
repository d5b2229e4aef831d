"""The light and the colours of a JPEG apart, so that it is shrunk without ever being
in memory whole and in colour.

A JPEG keeps its light (Y) and two differences of colour (Cb, Cr), which cameras store
at half the size and which a master has at half its size. Each is decoded as large as
it is needed: two goes take a third of the memory of one, and about as long."""

from typing import BinaryIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from . import scaling

_YCBCR_IDS = [1, 2, 3]


def are_in(image: Image.Image) -> bool:
    """Whether it is a JPEG of light and differences of colour, as nearly all are.

    The rules are those of libjpeg (jdapimin.c, default_decompress_parms).
    """
    if not isinstance(image, JpegImageFile) or image.mode != "RGB":
        return False
    if "jfif" in image.info:
        return True
    if "adobe" in image.info:
        return image.info.get("adobe_transform") == 1
    return [layer[0] for layer in image.layer] == _YCBCR_IDS


def shrunk(
    file: BinaryIO,
    size: tuple[int, int],
    filter: Image.Resampling,
) -> Image.Image:
    """The picture of the JPEG file at a smaller size, in RGB."""
    half = (-(-size[0] // 2), -(-size[1] // 2))
    blue, red = _decoded(file, "YCbCr", half).split()[1:]
    light = scaling.shrunk(_decoded(file, "L", size), size, filter)
    result = Image.new("RGB", size)
    bands = (scaling.rows(plane, size, filter) for plane in (light, blue, red))
    for (top, y), (_, cb), (_, cr) in zip(*bands, strict=True):
        result.paste(Image.merge("YCbCr", (y, cb, cr)).convert("RGB"), (0, top))
    return result


def _decoded(file: BinaryIO, mode: str, size: tuple[int, int]) -> Image.Image:
    """In a mode of fewer bytes, at least as large as `size`."""
    file.seek(0)
    image = JpegImageFile(file)
    image.draft(mode, size)
    image.load()
    return image
