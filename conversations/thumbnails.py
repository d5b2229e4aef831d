"""Small versions of images for cards: made when first looked at, kept by hash."""

from . import images, pictures
from .models import Image

MEDIA_TYPE = pictures.THUMBNAIL_MEDIA_TYPE
# Twice what a card shows, for screens with fine pixels.
SIDE = 320


def read(image: Image) -> bytes:
    """Return the thumbnail's bytes, a WebP of at most SIDE pixels wide and high.

    Blocks while the worker makes it. Raises pictures.Refused, and FileNotFoundError
    without the master's file.
    """
    target = images.thumbnail_path(image.hash)
    try:
        return target.read_bytes()
    except FileNotFoundError:
        data = pictures.thumbnail(images.read(image), SIDE)
        images.write(target, data)
        return data
