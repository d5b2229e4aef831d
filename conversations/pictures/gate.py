"""Opens an upload inside the worker: decides what it is and refuses what is
unsafe before a single pixel is decoded. Knows no process and makes no output."""

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import AvifImagePlugin, Image, PngImagePlugin
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from . import kinds, refusals
from .limits import LIMITS
from .refusals import Refused
from .webp import PlainWebPFile
from .webp import available as webp_available

# The classes themselves and not `Image.open`: nothing else can be opened, and a
# JPEG with a second picture behind the first (MPO) stays a JPEG.
_DECODERS: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "GIF": GifImageFile,
    "WebP": WebPImageFile,
    "AVIF": AvifImageFile,
    "TIFF": TiffImageFile,
    "BMP": BmpImageFile,
}
_LOSSY = ("JPEG", "AVIF", "HEIC")
_VIDEO = ("AVIF", "HEIC")

# The second line behind the checks below.
Image.MAX_IMAGE_PIXELS = LIMITS.MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# Some programs write megabytes of compressed XMP; the total stays capped at 64 MB.
PngImagePlugin.MAX_TEXT_CHUNK = 16_000_000
# A thread takes address space even while it has nothing to do.
AvifImagePlugin.DEFAULT_MAX_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Upload:
    """An opened picture whose header passed; its pixels are not decoded yet."""

    name: str
    file: BinaryIO
    kind: str
    image: ImageFile
    size: tuple[int, int]
    frames: int
    bytes: int
    # Perhaps kept exactly in the file, as drawings and screenshots are.
    lossless: bool

    @property
    def photographed(self) -> bool:
        """Whether its format hardly ever holds drawings."""
        return self.kind in ("JPEG", "HEIC")


@contextmanager
def admitted(file: BinaryIO, name: str) -> Iterator[Upload]:
    """The upload, opened. Raises Refused where it may not come in."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise refusals.empty(name)
    if size > LIMITS.MAX_BYTES:
        raise refusals.too_many_bytes(name, size)
    file.seek(0)
    head = file.read(kinds.HEAD)
    file.seek(0)
    kind = kinds.kind(head)
    if kind is None:
        raise refusals.wrong_type(name, *kinds.described(head))
    decoder = _decoder(name, kind, head)
    with decoding(name, kind):
        image = decoder(file)
        # No frame is decoded by counting them.
        _check_size(name, *image.size, frames=1)
        frames = 1 if kind == "JPEG" else getattr(image, "n_frames", 1)
        _check_size(name, *image.size, frames=frames)
        if kind in _VIDEO and image.width * image.height > LIMITS.MAX_VIDEO_PIXELS:
            raise refusals.too_large_to_decode(
                name, kind, *image.size, LIMITS.MAX_VIDEO_PIXELS
            )
    lossy = kind in _LOSSY or (kind == "WebP" and not kinds.webp_may_be_lossless(head))
    yield Upload(name, file, kind, image, image.size, frames, size, not lossy)


def _decoder(name: str, kind: str, head: bytes) -> type[ImageFile]:
    if kind == "HEIC":
        return _heic_decoder(name)
    if kind == "WebP":
        if kinds.webp_is_plain(head) and webp_available():
            return PlainWebPFile
        _check_canvas(name, head)
    return _DECODERS[kind]


def _heic_decoder(name: str) -> type[ImageFile]:
    """That of pillow-heif, which is no dependency: its wheels are under the GPL."""
    try:
        module: Any = importlib.import_module("pillow_heif")
    except ImportError as error:
        raise refusals.no_heic_decoder(name) from error
    module.options.DECODE_THREADS = min(4, os.cpu_count() or 1)
    # Nothing but the picture itself is wanted.
    module.options.THUMBNAILS = module.options.DEPTH_IMAGES = False
    module.options.AUX_IMAGES = False
    decoder: type[ImageFile] = module.HeifImageFile
    return decoder


@contextmanager
def decoding(name: str, kind: str) -> Iterator[None]:
    """Whatever the decoder throws at hostile bytes becomes a refusal."""
    try:
        yield
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(
            "pixels",
            f"{refusals.quoted(name)} has more than"
            f" {LIMITS.MAX_PIXELS // 1_000_000} megapixels, which is the limit.",
        ) from error
    # Broad on purpose: decoders fail on damaged bytes with errors of a dozen types
    # (SyntaxError, struct.error, IndexError …). The cause reaches the server's log.
    except Exception as error:
        raise refusals.damaged(name, kind) from error


def _check_canvas(name: str, head: bytes) -> None:
    canvas = kinds.webp_canvas(head)
    if canvas is None:
        return
    _check_size(name, *canvas, frames=1)
    if canvas[0] * canvas[1] > LIMITS.MAX_WEBP_PIXELS:
        raise refusals.too_large_to_decode(
            name, "animated or transparent WebP", *canvas, LIMITS.MAX_WEBP_PIXELS
        )


def _check_size(name: str, width: int, height: int, frames: int) -> None:
    if width * height * frames > LIMITS.MAX_PIXELS:
        raise refusals.too_many_pixels(name, width, height, frames)
    if max(width, height) > LIMITS.MAX_SIDE:
        raise refusals.too_long_a_side(name, width, height)
    if min(width, height) < 1:
        raise ValueError(f"a picture of {width} x {height} pixels")
