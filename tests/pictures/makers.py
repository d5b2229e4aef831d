"""Makes pictures, good and hostile, for the tests of the gateway. Seeded: the same
call gives the same bytes."""

import io
import random
import struct
import zlib
from pathlib import Path

from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw

# Where a stored picture's first row and first column belong (EXIF 2.32, 4.6.4 A).
_SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


def saved(folder: Path, image: Image.Image, name: str, **options: object) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def written(folder: Path, data: bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def noise(width: int, height: int, mode: str = "RGB", seed: int = 1) -> Image.Image:
    """Nothing compresses worse."""
    data = random.Random(seed).randbytes(width * height * len(mode))
    return Image.frombytes(mode, (width, height), data)


def photograph(width: int, height: int, seed: int = 1) -> Image.Image:
    """A soft picture with a sensor's grain."""
    soft = Image.radial_gradient("L").resize((width, height))
    bands = [
        Image.blend(soft, noise(width, height, "L", seed + band), 0.15)
        for band in range(3)
    ]
    return Image.merge("RGB", bands)


def drawing(width: int, height: int) -> Image.Image:
    """Flat colours and sharp edges, different in every corner."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 3, height // 4), fill=(200, 30, 40))
    draw.rectangle((width // 2, height // 2, width, height), fill=(20, 60, 220))
    draw.line((0, height, width, 0), fill=(0, 120, 0), width=max(1, width // 60))
    return image


def each_pixel_different(width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            image.putpixel((x, y), (x * 255 // width, y * 255 // height, x ^ y))
    return image


def stored(upright: Image.Image, orientation: int) -> Image.Image:
    """How a camera held that way stores a picture that is meant to look upright."""
    row, column = _SIDES[orientation]
    width, height = upright.size
    image = Image.new("RGB", (height, width) if orientation >= 5 else (width, height))
    for y in range(image.height):
        for x in range(image.width):
            at = {row: y, column: x}
            source = (
                at["left"] if "left" in at else width - 1 - at["right"],
                at["top"] if "top" in at else height - 1 - at["bottom"],
            )
            image.putpixel((x, y), upright.getpixel(source))
    return image


def exif(orientation: int = 1, *, gps: bool = False) -> Image.Exif:
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = orientation
    block[ExifTags.Base.Model] = "SecretCamera"
    if gps:
        block.get_ifd(ExifTags.IFD.GPSInfo).update(
            {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (52.0, 31.0)}
        )
    return block


def swapped_profile() -> bytes:
    """sRGB with the primaries of red and blue exchanged."""
    profile = bytearray(
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    places = {}
    for index in range(int.from_bytes(profile[128:132], "big")):
        entry = 132 + 12 * index
        places[bytes(profile[entry : entry + 4])] = entry
    red, blue = places[b"rXYZ"], places[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


def chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png(
    width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2
) -> bytes:
    """A PNG with any header, however little its data has to do with it."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def bomb(width: int, height: int) -> bytes:
    """A few bytes that claim to be a huge picture."""
    return png(width, height, chunk(b"IDAT", zlib.compress(bytes(1000))))


def interlaced_png() -> tuple[bytes, Image.Image]:
    """An Adam7 picture of 8 x 8 greys, which no writer at hand makes; and how it looks."""
    values = [[(x * 29 + y * 7) % 256 for x in range(8)] for y in range(8)]
    passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ]
    rows = b"".join(
        b"\0" + bytes(values[y][x] for x in range(left, 8, across))
        for left, top, across, down in passes
        for y in range(top, 8, down)
    )
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows))]
    data = b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IEND", b"")])
    return data, Image.frombytes("L", (8, 8), bytes(sum(values, [])))


def furthest(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel of any pixel; sizes must be the same."""
    assert one.size == other.size
    difference = ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))
    return max(most for _, most in difference.getextrema())
