"""A plain WebP, shrunk while it is decoded: a tenth of the memory, half the time.

Pillow's own reader holds the whole picture four times. This one asks the libwebp
that Pillow has loaded, by its stable C interface (decode.h); where that cannot be
reached, `available()` is False. Knows no limits."""

import ctypes
from ctypes import POINTER, Structure, Union, byref, c_int, c_size_t, c_uint32, c_void_p
from functools import cache
from typing import Any, ClassVar

from PIL import Image, ImageFile, _webp

# The major version of the interface; libwebp refuses to talk to another.
_ABI = 0x0200
_RGB = 0
_OK = 0

Part = bytes | memoryview


class _Features(Structure):
    _fields_: ClassVar = [
        ("width", c_int),
        ("height", c_int),
        ("has_alpha", c_int),
        ("has_animation", c_int),
        ("format", c_int),
        ("pad", c_uint32 * 5),
    ]


class _RGBA(Structure):
    _fields_: ClassVar = [("rgba", c_void_p), ("stride", c_int), ("size", c_size_t)]


class _YUVA(Structure):
    _fields_: ClassVar = [
        ("planes", c_void_p * 4),
        ("strides", c_int * 4),
        ("sizes", c_size_t * 4),
    ]


class _Planes(Union):
    _fields_: ClassVar = [("RGBA", _RGBA), ("YUVA", _YUVA)]


class _Buffer(Structure):
    _fields_: ClassVar = [
        ("colorspace", c_int),
        ("width", c_int),
        ("height", c_int),
        ("is_external_memory", c_int),
        ("u", _Planes),
        ("pad", c_uint32 * 4),
        ("private_memory", c_void_p),
    ]


class _Options(Structure):
    _fields_: ClassVar = [
        ("bypass_filtering", c_int),
        ("no_fancy_upsampling", c_int),
        ("use_cropping", c_int),
        ("crop", c_int * 4),
        ("use_scaling", c_int),
        ("scaled_width", c_int),
        ("scaled_height", c_int),
        ("use_threads", c_int),
        ("dithering_strength", c_int),
        ("flip", c_int),
        ("alpha_dithering_strength", c_int),
        ("pad", c_uint32 * 5),
    ]


class _Config(Structure):
    _fields_: ClassVar = [
        ("input", _Features),
        ("output", _Buffer),
        ("options", _Options),
    ]


@cache
def _library() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(_webp.__file__)
        library.WebPDecode.argtypes = [c_void_p, c_size_t, POINTER(_Config)]
        library.WebPGetFeaturesInternal.argtypes = [
            c_void_p,
            c_size_t,
            POINTER(_Features),
            c_int,
        ]
        library.WebPInitDecoderConfigInternal.argtypes = [POINTER(_Config), c_int]
    # A Pillow that was linked otherwise: its own reader does.
    except (OSError, AttributeError, TypeError):
        return None
    return library if library.WebPInitDecoderConfigInternal(_Config(), _ABI) else None


def available() -> bool:
    """Whether libwebp can be reached and speaks the version known here."""
    return _library() is not None


class PlainWebPFile(ImageFile.ImageFile):
    """Opens a WebP without animation; transparency is left out.

    `draft` halves, thirds, … it on loading, each pixel the mean of those it covers.
    """

    format = "WEBP"

    def _open(self) -> None:
        assert self.fp is not None
        self._data = self.fp.read()
        features = _Features()
        status = _reached().WebPGetFeaturesInternal(
            self._data, len(self._data), byref(features), _ABI
        )
        if status != _OK or features.has_animation:
            raise SyntaxError(f"no plain WebP: {status}")
        self._size = (features.width, features.height)
        self._mode = "RGB"
        self.info.update(_metadata(self._data))
        self.tile = [ImageFile._Tile("raw", (0, 0, *self.size), 0, self.mode)]

    def draft(
        self, mode: str | None, size: tuple[int, int] | None
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        """As Pillow's: the smallest whole fraction that is at least `size`."""
        if not size or not self.tile:
            return None
        width, height = self.size
        factor = min(width // size[0], height // size[1])
        if factor < 2:
            return None
        self._size = (-(-width // factor), -(-height // factor))
        return self.mode, (0, 0, width / factor, height / factor)

    def load(self) -> Any:
        """Decode, once."""
        if self.tile:
            pixels = _decoded(self._data, self.size)
            self.im = Image.frombuffer("RGB", self.size, pixels, "raw", "RGB", 0, 1).im
            self._data, self.tile = b"", []
        return super().load()


def chunks(data: Part) -> list[tuple[bytes, Part]]:
    """Name and content of every whole chunk (RFC 9649, section 2.3)."""
    found = []
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    at = 12
    while at + 8 <= end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            break
        found.append((bytes(data[at : at + 4]), data[at + 8 : at + 8 + length]))
        at += 8 + length + (length & 1)
    return found


def _metadata(data: bytes) -> dict[str | tuple[int, int], Any]:
    names = {b"ICCP": "icc_profile", b"EXIF": "exif", b"XMP ": "xmp"}
    return {
        names[name]: bytes(content)
        for name, content in chunks(data)
        if name in names and content
    }


def _reached() -> ctypes.CDLL:
    library = _library()
    assert library
    return library


def _decoded(data: bytes, size: tuple[int, int]) -> bytearray:
    config = _Config()
    _reached().WebPInitDecoderConfigInternal(byref(config), _ABI)
    stride = 3 * size[0]
    pixels = bytearray(stride * size[1])
    place = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    config.options.use_scaling = 1
    config.options.scaled_width, config.options.scaled_height = size
    config.output.colorspace = _RGB
    config.output.is_external_memory = 1
    config.output.u.RGBA = _RGBA(ctypes.addressof(place), stride, len(pixels))
    status = _reached().WebPDecode(data, len(data), byref(config))
    if status == 1:
        raise MemoryError
    if status != _OK:
        raise OSError(f"WebP decoder status {status}")
    return pixels
