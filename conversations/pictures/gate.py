"""Opens an upload inside the worker: decides what it is and refuses what is
unsafe before a single pixel is decoded. Knows no process and makes no output."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, PngImagePlugin
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from . import kinds, refusals
from .limits import LIMITS
from .refusals import Refused

# The classes themselves and not `Image.open`: nothing else can be opened, and a
# JPEG with a second picture behind the first (MPO) stays a JPEG.
_DECODERS: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "GIF": GifImageFile,
    "WebP": WebPImageFile,
}

# The second line behind the checks below.
Image.MAX_IMAGE_PIXELS = LIMITS.MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# Some programs write megabytes of compressed XMP; the total stays capped at 64 MB.
PngImagePlugin.MAX_TEXT_CHUNK = 16_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """An opened picture whose header passed; its pixels are not decoded yet."""

    name: str
    kind: str
    image: ImageFile
    size: tuple[int, int]
    frames: int
    bytes: int
    # Perhaps kept exactly in the file, as drawings and screenshots are.
    lossless: bool


@contextmanager
def admitted(path: Path, name: str) -> Iterator[Upload]:
    """The upload at `path`, opened. Raises Refused where it may not come in."""
    size = path.stat().st_size
    if size == 0:
        raise refusals.empty(name)
    if size > LIMITS.MAX_BYTES:
        raise refusals.too_many_bytes(name, size)
    with path.open("rb") as file:
        head = file.read(kinds.HEAD)
        file.seek(0)
        kind = kinds.kind(head)
        if kind is None:
            raise refusals.wrong_type(name, *kinds.described(head))
        if kind == "WebP":
            _check_canvas(name, head)
        with decoding(name, kind):
            image = _DECODERS[kind](file)
            # No frame is decoded by counting them.
            _check_size(name, *image.size, frames=1)
            frames = 1 if kind == "JPEG" else getattr(image, "n_frames", 1)
            _check_size(name, *image.size, frames=frames)
        lossy = kind == "JPEG" or (
            kind == "WebP" and not kinds.webp_may_be_lossless(head)
        )
        yield Upload(name, kind, image, image.size, frames, size, not lossy)


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
        raise refusals.too_large_webp(name, *canvas)


def _check_size(name: str, width: int, height: int, frames: int) -> None:
    if width * height * frames > LIMITS.MAX_PIXELS:
        raise refusals.too_many_pixels(name, width, height, frames)
    if max(width, height) > LIMITS.MAX_SIDE:
        raise refusals.too_long_a_side(name, width, height)
    if min(width, height) < 1:
        raise ValueError(f"a picture of {width} x {height} pixels")
