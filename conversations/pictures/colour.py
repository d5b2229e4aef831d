"""Pixels of any mode and profile become 8-bit grey or sRGB, with or without alpha."""

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from PIL import Image, ImageChops, ImageCms, ImageMath

# Of sRGB, nearly.
_GAMMA = 1 / 2.2
_SRGB = ImageCms.createProfile("sRGB")
# Rows that are worked on at a time.
BAND = 64
# Which mode the pixels must have for a profile of this colour space.
_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}

Converter = Callable[[Image.Image], Image.Image]


def bands(image: Image.Image, step: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """The picture by bands of rows, all but the last a multiple of `step` high, and
    where each begins."""
    height = step * max(1, BAND // step)
    for top in range(0, image.height, height):
        bottom = min(top + height, image.height)
        yield top, image.crop((0, top, image.width, bottom))


def plain(image: Image.Image) -> Image.Image:
    """The same picture as L, LA, RGB, RGBA or CMYK, so that it can be resampled."""
    mode = image.mode
    key = image.info.get("transparency")
    if mode.startswith("I;16"):
        return _from_16_bits(image, key)
    if mode in ("I", "F"):
        return _stretched(image)
    if mode in ("1", "L", "P", "RGB") and key is not None:
        if mode == "RGB" and max(key) > 255:
            # Of 16 bits a channel, of which the decoder kept the upper half.
            image.info["transparency"] = tuple(value >> 8 for value in key)
        return image.convert("RGBA")
    if mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return image
    wanted = {"1": "L", "La": "LA", "PA": "RGBA", "RGBa": "RGBA"}
    return image.convert(wanted.get(mode, "RGB"))


def _from_16_bits(image: Image.Image, key: object) -> Image.Image:
    # Pillow's own conversion clips at 255 instead of scaling.
    grey = image.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if not isinstance(key, int):
        return grey
    alpha = ImageMath.lambda_eval(
        lambda of: of["convert"]((of["deep"] != key) * 255, "L"),
        deep=image.convert("I"),
    )
    return Image.merge("LA", (grey, alpha))


def _stretched(image: Image.Image) -> Image.Image:
    """Measurements, whose range no file tells: 0 to 1, 8 or 16 bits or their own."""
    low, high = cast(tuple[float, float], image.getextrema())
    if low < 0 or high > 65535:
        base, span = low, (high - low) or 1.0
    elif high > 255:
        base, span = 0.0, 65535.0
    else:
        base, span = 0.0, 1.0 if image.mode == "F" and high <= 1 else 255.0
    factor, offset = 255 / span, 0.5 - base * 255 / span
    return image.point(lambda value: value * factor + offset).convert("L")


def without_needless_alpha(image: Image.Image) -> Image.Image:
    """The picture without its alpha channel where that is opaque everywhere."""
    if image.mode not in ("LA", "RGBA"):
        return image
    if image.getextrema()[-1] != (255, 255):
        return image
    return image.convert(image.mode[:-1])


def in_srgb(image: Image.Image, info: Mapping[Any, Any]) -> tuple[Image.Image, bool]:
    """The picture in sRGB, and whether that changed a colour or all of them.

    `info`: what the decoder found, with the profile or the gamma. A profile that is
    damaged or does not fit the pixels is ignored, as browsers do.
    """
    converter = _converter(image.mode.removesuffix("A"), info)
    if converter is None:
        is_print = image.mode == "CMYK"
        return (image.convert("RGB") if is_print else image), is_print
    mode = "RGB" if image.mode == "CMYK" else image.mode
    result, changed = Image.new(mode, image.size), False
    for top, band in bands(image):
        colours = band.convert(band.mode.removesuffix("A"))
        converted = converter(colours)
        changed = changed or _differ(colours, converted)
        if mode.endswith("A"):
            converted.putalpha(band.getchannel("A"))
        result.paste(converted, (0, top))
    return result, changed


def _converter(mode: str, info: Mapping[Any, Any]) -> Converter | None:
    """What brings L, RGB or CMYK to sRGB, as L or RGB; None where nothing does."""
    profile = info.get("icc_profile")
    return _through(mode, profile) if profile else _corrected(mode, info)


def _corrected(mode: str, info: Mapping[Any, Any]) -> Converter | None:
    """A PNG may tell its gamma alone (PNG, third edition, 11.3.2.2)."""
    gamma = info.get("gamma", _GAMMA)
    unusual = abs(gamma / _GAMMA - 1) > 0.05 and 0.05 < gamma < 20
    if "srgb" in info or not unusual or mode == "CMYK":
        return None
    exponent = _GAMMA / gamma
    levels = [round(255 * (value / 255) ** exponent) for value in range(256)]
    return lambda colours: colours.point(levels * len(mode))


def _through(mode: str, profile: bytes) -> Converter | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = _SPACES.get(source.profile.xcolor_space)
        if space is None or (space == "CMYK") != (mode == "CMYK"):
            return None
        if (space, mode) == ("L", "RGB"):
            return None
        transform = ImageCms.buildTransform(source, _SRGB, space, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None

    def convert(colours: Image.Image) -> Image.Image:
        converted = transform.apply(colours.convert(space))
        return converted.convert("RGB" if mode == "CMYK" else mode)

    return convert


def _differ(before: Image.Image, after: Image.Image) -> bool:
    # Two levels are rounding on the way through the profile.
    if before.mode != after.mode:
        before = before.convert(after.mode)
    difference = ImageChops.difference(before, after)
    return any(any(band.histogram()[3:]) for band in difference.split())
