"""Keeps an upload for an hour of cropping: nothing in it but the picture, upright.

Of JPEG, PNG and WebP the coded pixels are copied as they are, with no loss and in no
time; what turns them upright is a flag. All else is encoded again. Never served."""

import mmap
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from . import colour, encoding, metadata, scaling, sizes, webp
from .gate import Upload, admitted, decoding
from .limits import LIMITS
from .refusals import Refused
from .webp import Part

# Frames, tables, scans and restarts (ITU-T T.81, table B.1).
_JPEG_MARKERS = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD}
# What decides on colours: profile parts and the transform of Adobe.
_JPEG_BLOCKS = re.compile(rb"\xff(\xe2..ICC_PROFILE\0|\xee..Adobe)", re.DOTALL)
# Tells that colours are YCbCr; the original may hold a thumbnail.
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
# Neither bytes of a scan nor what has no length.
_MARKER = re.compile(rb"\xff+[^\x00\x01\xd0-\xd8\xff]")
_PNG_CHUNKS = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND"),
    *(b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP"),
}
_WEBP_CHUNKS = {b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L"}
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04


def keep(path: Path, upload: Upload, target: Path) -> int:
    """Write the upload of `path` to `target`; its bytes, or 0 if it is not kept.

    At most LIMITS.MAX_BYTES. That it cannot be kept is no reason to refuse it.
    """
    try:
        with decoding(upload.name, upload.kind):
            return _kept(path, upload, target)
    except (Refused, MemoryError):
        target.unlink(missing_ok=True)
        return 0


def _kept(path: Path, upload: Upload, target: Path) -> int:
    orientation = metadata.of(upload.image).orientation
    copy = None if upload.frames > 1 else _COPIES.get(upload.kind)
    if copy:
        # The pixels are not needed any more, and the file is looked at where it lies.
        upload.image.close()
        parts = list(copy(_mapped(path), orientation))
    else:
        parts = [_again(upload, orientation)]
    size = sum(map(len, parts))
    if size > LIMITS.MAX_BYTES:
        return 0
    with target.open("wb") as file:
        file.writelines(parts)
    # What was left out was perhaps needed after all.
    with target.open("rb") as written, admitted(written, upload.name):
        return size


def _mapped(path: Path) -> memoryview:
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _again(upload: Upload, orientation: int) -> bytes:
    image = upload.image
    factor = (LIMITS.KEPT_PIXELS / (image.width * image.height)) ** 0.5
    size = sizes.scaled(*image.size, min(1, factor))
    pixels, _ = colour.in_srgb(scaling.shrunk(image, size), image.info)
    if orientation in metadata.UPRIGHT:
        pixels = pixels.transpose(metadata.UPRIGHT[orientation])
    pixels = colour.without_needless_alpha(pixels)
    return encoding.nearly_exact(pixels, lossless=upload.lossless)


def _exif(orientation: int) -> bytes:
    """A TIFF of one entry: Orientation, a short (TIFF 6.0, section 2)."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"II*\0\x08\0\0\0\x01\0" + entry + bytes(4)


def _jpeg(data: memoryview, orientation: int) -> Iterator[Part]:
    yield b"\xff\xd8"
    if b"JFIF\0" in bytes(data[:32]):
        yield _JFIF
    if orientation > 1:
        exif = b"Exif\0\0" + _exif(orientation)
        yield b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    at = 2
    while found := _MARKER.search(data, at):
        at, marker = found.end() - 2, data[found.end() - 1]
        if marker == 0xD9:
            break
        end = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
        if marker == 0xDA:
            scanned = _MARKER.search(data, end)
            end = scanned.start() if scanned else len(data)
        if marker in _JPEG_MARKERS or _JPEG_BLOCKS.match(data, at):
            yield data[at:end]
        at = end
    yield b"\xff\xd9"


def _png(data: memoryview, orientation: int) -> Iterator[Part]:
    yield data[:8]
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = bytes(data[at + 4 : at + 8])
        if name in _PNG_CHUNKS:
            yield data[at:end]
        if name == b"IHDR" and orientation > 1:
            yield _png_chunk(b"eXIf", _exif(orientation))
        if name == b"IEND":
            break
        at = end


def _png_chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return (
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
    )


def _webp(data: memoryview, orientation: int) -> Iterator[Part]:
    chunks = [
        (name, content) for name, content in webp.chunks(data) if name in _WEBP_CHUNKS
    ]
    if chunks[0][0] == b"VP8X":
        flags = chunks[0][1][0] & ~(_WEBP_EXIF | _WEBP_XMP)
        if orientation > 1:
            flags |= _WEBP_EXIF
            chunks.append((b"EXIF", _exif(orientation)))
        chunks[0] = (b"VP8X", bytes([flags]) + bytes(chunks[0][1][1:]))
    length = sum(8 + len(content) + (len(content) & 1) for _, content in chunks)
    yield b"RIFF" + struct.pack("<I", 4 + length) + b"WEBP"
    for name, content in chunks:
        yield name + struct.pack("<I", len(content))
        yield content
        yield bytes(len(content) & 1)


_COPIES: dict[str, Callable[[memoryview, int], Iterator[Part]]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WebP": _webp,
}
