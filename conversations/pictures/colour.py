"""Pixels of any mode and profile become 8-bit grey or sRGB, with or without alpha."""

import io

from PIL import Image, ImageChops, ImageCms

_SRGB = ImageCms.createProfile("sRGB")
# Which mode the pixels must have for a profile of this colour space.
_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def plain(image: Image.Image) -> Image.Image:
    """The same picture as L, LA, RGB, RGBA or CMYK, so that it can be resampled."""
    mode = image.mode
    if mode.startswith("I"):
        # 16-bit grey. Pillow's own conversion clips at 255 instead of scaling.
        return image.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if mode in ("1", "L", "P", "RGB") and "transparency" in image.info:
        return image.convert("RGBA")
    if mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return image
    wanted = {"1": "L", "La": "LA", "PA": "RGBA", "RGBa": "RGBA"}
    return image.convert(wanted.get(mode, "RGB"))


def without_needless_alpha(image: Image.Image) -> Image.Image:
    """The picture without its alpha channel where that is opaque everywhere."""
    if image.mode not in ("LA", "RGBA"):
        return image
    if image.getextrema()[-1] != (255, 255):
        return image
    return image.convert(image.mode[:-1])


def in_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, bool]:
    """The picture in sRGB, and whether that changed a colour visibly.

    A profile that is damaged or does not fit the pixels is ignored, as browsers do.
    """
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colours = image.convert(image.mode[:-1]) if alpha else image
    converted = _through(colours, profile) if profile else None
    if converted is None:
        converted = colours.convert("RGB") if colours.mode == "CMYK" else colours
    changed = _differ(colours, converted)
    if alpha:
        if converted.mode == "L":
            return Image.merge("LA", (converted, alpha)), changed
        return Image.merge("RGBA", (*converted.split(), alpha)), changed
    return converted, changed


def _through(colours: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _SPACES.get(source.profile.xcolor_space)
        if mode is None or (mode == "CMYK") != (colours.mode == "CMYK"):
            return None
        if (mode, colours.mode) == ("L", "RGB"):
            return None
        converted = ImageCms.profileToProfile(
            colours.convert(mode), source, _SRGB, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    if converted is not None and mode == "L":
        return converted.convert("L")
    return converted


def _differ(before: Image.Image, after: Image.Image) -> bool:
    # Two levels are rounding on the way through the profile.
    if before.mode != after.mode:
        before = before.convert(after.mode)
    difference = ImageChops.difference(before, after)
    return any(any(band.histogram()[3:]) for band in difference.split())
