"""Keeps an upload for an hour of cropping: nothing in it but the picture, upright.

Of JPEG, PNG and WebP the coded pixels are copied as they are, with no loss and in no
time; what turns them upright is a flag. All else is encoded again. Never served."""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from . import colour, encoding, master, metadata, sizes, webp
from .gate import Upload, admitted, decoding
from .limits import LIMITS
from .refusals import Refused

# Frames, tables, scans and restarts (ITU-T T.81, table B.1).
_JPEG_MARKERS = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD}
# What decides on colours: profile parts and the transform of Adobe.
_JPEG_BLOCKS = re.compile(rb"\xff(\xe2..ICC_PROFILE\0|\xee..Adobe)", re.DOTALL)
# Tells that colours are YCbCr; the original may hold a thumbnail.
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_END_OF_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_PNG_CHUNKS = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND"),
    *(b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP"),
}
_WEBP_CHUNKS = {b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L"}
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04


def keep(path: Path, upload: Upload, target: Path) -> int:
    """Write the loaded upload of `path` to `target`; its bytes, or 0 if it is not kept.

    At most LIMITS.MAX_BYTES. That it cannot be kept is no reason to refuse it.
    """
    try:
        with decoding(upload.name, upload.kind):
            return _kept(path, upload, target)
    except (Refused, MemoryError):
        target.unlink(missing_ok=True)
        return 0


def _kept(path: Path, upload: Upload, target: Path) -> int:
    found = metadata.of(upload.image)
    parts = list(_copied(path, upload, found.orientation))
    parts = parts or [_again(upload, found.orientation)]
    size = sum(map(len, parts))
    if size > LIMITS.MAX_BYTES:
        return 0
    with target.open("wb") as file:
        file.writelines(parts)
    # What was left out was perhaps needed after all.
    with target.open("rb") as written, admitted(written, upload.name):
        return size


def _copied(path: Path, upload: Upload, orientation: int) -> Iterator[bytes]:
    if upload.kind == "JPEG":
        return _jpeg(path.read_bytes(), orientation)
    if upload.kind == "PNG":
        return _png(path.read_bytes(), orientation)
    if upload.kind == "WebP" and upload.frames == 1:
        return _webp(path.read_bytes(), orientation)
    return iter(())


def _again(upload: Upload, orientation: int) -> bytes:
    image = upload.image
    factor = (LIMITS.KEPT_PIXELS / (image.width * image.height)) ** 0.5
    size = sizes.scaled(*image.size, min(1, factor))
    pixels, _ = colour.in_srgb(master.shrunk(image, size), image.info)
    if orientation in metadata.UPRIGHT:
        pixels = pixels.transpose(metadata.UPRIGHT[orientation])
    pixels = colour.without_needless_alpha(pixels)
    return encoding.nearly_exact(pixels, lossless=upload.lossless)


def _exif(orientation: int) -> bytes:
    """A TIFF of one entry: Orientation, a short (TIFF 6.0, section 2)."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"II*\0\x08\0\0\0\x01\0" + entry + bytes(4)


def _jpeg(data: bytes, orientation: int) -> Iterator[bytes]:
    yield b"\xff\xd8"
    if data.find(b"JFIF\0", 0, 32) > 0:
        yield _JFIF
    if orientation > 1:
        exif = b"Exif\0\0" + _exif(orientation)
        yield b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    at = 2
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 3:
        marker = data[at + 1]
        if marker == 0xD9:
            break
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            found = _END_OF_SCAN.search(data, end)
            end = found.start() if found else len(data)
        if marker in _JPEG_MARKERS or _JPEG_BLOCKS.match(data, at):
            yield data[at:end]
        at = end
    yield b"\xff\xd9"


def _png(data: bytes, orientation: int) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
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


def _webp(data: bytes, orientation: int) -> Iterator[bytes]:
    chunks = [
        (name, content) for name, content in webp.chunks(data) if name in _WEBP_CHUNKS
    ]
    if chunks[0][0] == b"VP8X":
        flags = chunks[0][1][0] & ~(_WEBP_EXIF | _WEBP_XMP)
        if orientation > 1:
            flags |= _WEBP_EXIF
            chunks.append((b"EXIF", _exif(orientation)))
        chunks[0] = (b"VP8X", bytes([flags]) + chunks[0][1][1:])
    parts = [
        name + struct.pack("<I", len(content)) + content + bytes(len(content) & 1)
        for name, content in chunks
    ]
    yield b"RIFF" + struct.pack("<I", 4 + sum(map(len, parts))) + b"WEBP"
    yield from parts
