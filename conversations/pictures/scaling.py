"""Many pixels to fewer, a band of rows at a time: a huge picture is never in memory
twice."""

from collections.abc import Iterator

from PIL import Image

from . import colour

# Shrinking by whole pixels first is faster; a factor of two remains for the filter.
GAP = 2


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
        max(1, int(width / wanted[0] / GAP)),
        max(1, int(height / wanted[1] / GAP)),
    )
    reduced = colour.plain(image) if factors == (1, 1) else _reduced(image, factors)
    if reduced.size == wanted:
        return reduced
    result = Image.new(reduced.mode, wanted)
    size = (width / factors[0], height / factors[1])
    for top, band in rows(reduced, wanted, filter, size):
        result.paste(band, (0, top))
    return result


def rows(
    image: Image.Image,
    wanted: tuple[int, int],
    filter: Image.Resampling,
    size: tuple[float, float] | None = None,
) -> Iterator[tuple[int, Image.Image]]:
    """The bands of the picture at the wanted size, and where each begins.

    `size`: how wide and high it is, if its last pixels are not whole ones.
    """
    across, down = size or image.size
    scale = down / wanted[1]
    for top in range(0, wanted[1], colour.BAND):
        bottom = min(top + colour.BAND, wanted[1])
        box = (0, top * scale, across, min(bottom * scale, down))
        yield top, image.resize((wanted[0], bottom - top), filter, box=box)


def _reduced(image: Image.Image, factors: tuple[int, int]) -> Image.Image:
    """The means of blocks of pixels, made plain one band of rows at a time."""
    # With alpha it would be converted whole, and be in memory twice.
    if image.mode in ("L", "RGB", "CMYK") and "transparency" not in image.info:
        return image.reduce(factors)
    result: Image.Image | None = None
    for top, band in colour.bands(image, factors[1]):
        part = colour.plain(band).reduce(factors)
        if result is None:
            size = (part.width, -(-image.height // factors[1]))
            result = Image.new(part.mode, size)
        result.paste(part, (0, top // factors[1]))
    assert result is not None
    return result
