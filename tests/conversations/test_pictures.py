"""What is attached becomes a master: upright, plain, small enough, of a fit format."""

from pathlib import Path

import pytest
from PIL import Image

from conversations import pictures
from conversations.pictures import sizes
from tests.pictures import makers


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(tmp_path: Path, orientation: int) -> None:
    upright = makers.each_pixel_different(41, 23)
    path = makers.saved(
        tmp_path,
        makers.stored(upright, orientation),
        "photo.png",
        exif=makers.exif(orientation),
    )
    picture = pictures.accept(path, "photo.png")
    assert makers.furthest(makers.opened(picture.data), upright) == 0
    assert ("turned upright" in picture.done) == (orientation > 1)
    assert (picture.width, picture.height) == (41, 23)


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_photo_is_scaled_and_then_turned(tmp_path: Path, orientation: int) -> None:
    upright = Image.linear_gradient("L").resize((900, 1400)).convert("RGB")
    upright = upright.resize((2700, 4200))
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}[orientation]
    path = makers.saved(
        tmp_path,
        upright.transpose(turn),
        "photo.jpg",
        exif=makers.exif(orientation),
    )
    picture = pictures.accept(path, "photo.jpg")
    wanted = upright.resize(sizes.fitted(2700, 4200))
    assert makers.furthest(makers.opened(picture.data), wanted) <= 12
    assert picture.done[:1] == ("turned upright",)
    assert "scaled down" in picture.done


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_no_metadata_stays(tmp_path: Path, format: str) -> None:
    xmp = b"<x:xmpmeta>SecretCamera</x:xmpmeta>"
    extra = {} if format == "PNG" else {"xmp": xmp}
    data = makers.encoded(
        makers.photograph(300, 200), format, exif=makers.exif(gps=True), **extra
    )
    assert b"SecretCamera" in data
    picture = pictures.accept(makers.written(tmp_path, data, "x"), "x")
    assert b"SecretCamera" not in picture.data
    assert not makers.opened(picture.data).getexif()
    assert "location data removed" in picture.done


def test_comments_are_metadata_too(tmp_path: Path) -> None:
    path = makers.saved(
        tmp_path, makers.photograph(90, 60), "x.jpg", comment=b"SecretCamera"
    )
    picture = pictures.accept(path, "x.jpg")
    assert b"SecretCamera" not in picture.data
    assert picture.done == ("metadata removed",)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP"])
def test_nothing_behind_the_picture_stays(tmp_path: Path, format: str) -> None:
    data = makers.encoded(makers.drawing(90, 60), format) + b"<script>alert(1)"
    picture = pictures.accept(makers.written(tmp_path, data, "x"), "x")
    assert b"<script>" not in picture.data


def test_a_colour_profile_is_applied_and_dropped(tmp_path: Path) -> None:
    red = Image.new("RGB", (60, 40), (250, 10, 20))
    path = makers.saved(tmp_path, red, "x.png", icc_profile=makers.swapped_profile())
    picture = pictures.accept(path, "x.png")
    image = makers.opened(picture.data)
    blue = Image.new("RGB", (60, 40), (20, 10, 250))
    assert makers.furthest(image, blue) <= 3
    assert "icc_profile" not in image.info
    assert picture.done == ("colours converted to sRGB",)


def test_a_profile_that_is_nonsense_is_ignored(tmp_path: Path) -> None:
    image = makers.drawing(60, 40)
    path = makers.saved(tmp_path, image, "x.png", icc_profile=b"nonsense" * 40)
    picture = pictures.accept(path, "x.png")
    assert makers.furthest(makers.opened(picture.data), image) == 0


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    cyan = Image.new("CMYK", (80, 60), (255, 0, 0, 0))
    picture = pictures.accept(makers.saved(tmp_path, cyan, "x.jpg", quality=95), "x")
    wanted = Image.new("RGB", (80, 60), (0, 255, 255))
    assert makers.furthest(makers.opened(picture.data), wanted) <= 3


def test_sixteen_bits_of_grey_are_scaled_not_clipped(tmp_path: Path) -> None:
    deep = Image.new("I;16", (3, 1))
    for x, value in enumerate((0, 128 * 257, 65535)):
        deep.putpixel((x, 0), value)
    picture = pictures.accept(makers.saved(tmp_path, deep, "x.png"), "x.png")
    assert makers.opened(picture.data).convert("L").tobytes() == bytes([0, 128, 255])


@pytest.mark.parametrize("name", ["x.png", "x.gif"])
def test_a_transparent_palette_stays_transparent(tmp_path: Path, name: str) -> None:
    image = makers.drawing(64, 48).quantize(16)
    image.putpixel((63, 0), 15)
    path = makers.saved(tmp_path, image, name, transparency=image.getpixel((20, 40)))
    picture = pictures.accept(path, name)
    wanted = makers.opened(path.read_bytes()).convert("RGBA")
    assert picture.media_type == "image/png"
    assert makers.furthest(makers.opened(picture.data), wanted) == 0
    assert wanted.getextrema()[3] == (0, 255)


def test_an_interlaced_png_looks_the_same(tmp_path: Path) -> None:
    data, wanted = makers.interlaced_png()
    picture = pictures.accept(makers.written(tmp_path, data, "x.png"), "x.png")
    assert makers.furthest(makers.opened(picture.data), wanted) == 0


def test_a_progressive_jpeg_looks_the_same(tmp_path: Path) -> None:
    image = makers.photograph(400, 300)
    path = makers.saved(tmp_path, image, "x.jpg", progressive=True, quality=90)
    picture = pictures.accept(path, "x.jpg")
    assert (
        makers.furthest(makers.opened(picture.data), makers.opened(path.read_bytes()))
        <= 12
    )


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_is_kept(tmp_path: Path, format: str) -> None:
    frames = [Image.new("RGB", (50, 30), (200 - 9 * n, 9 * n, 0)) for n in range(12)]
    options = {"lossless": True} if format == "WEBP" else {}
    data = makers.encoded(
        frames[0], format, save_all=True, append_images=frames[1:], **options
    )
    picture = pictures.accept(makers.written(tmp_path, data, "x"), "x")
    assert picture.frames == 12
    assert picture.done[0] == "first frame of 12 kept"
    assert makers.furthest(makers.opened(picture.data), frames[0]) <= 2


def test_the_type_comes_from_the_content(tmp_path: Path) -> None:
    data = makers.encoded(makers.drawing(30, 20), "PNG")
    picture = pictures.accept(makers.written(tmp_path, data, "x.jpg"), "x.jpg")
    assert picture.original_media_type == "image/png"
    assert picture.original_format == "PNG"
    assert picture.original_bytes == len(data)


def test_a_small_jpeg_loses_next_to_nothing(tmp_path: Path) -> None:
    path = makers.saved(tmp_path, makers.photograph(400, 300), "x.jpg", quality=70)
    picture = pictures.accept(path, "x.jpg")
    assert (
        makers.furthest(makers.opened(picture.data), makers.opened(path.read_bytes()))
        <= 12
    )
    assert len(picture.data) <= path.stat().st_size * 1.02
    assert picture.done == ()


def test_a_drawing_stays_exact(tmp_path: Path) -> None:
    image = makers.drawing(1600, 1200)
    picture = pictures.accept(makers.saved(tmp_path, image, "x.png"), "x.png")
    assert picture.media_type == "image/png"
    assert makers.furthest(makers.opened(picture.data), image) == 0


def test_a_photograph_becomes_jpeg(tmp_path: Path) -> None:
    image = makers.photograph(600, 400)
    picture = pictures.accept(makers.saved(tmp_path, image, "x.png"), "x.png")
    assert picture.media_type == "image/jpeg"
    assert picture.done == ("converted to JPEG",)


def test_a_transparent_photograph_keeps_its_transparency(tmp_path: Path) -> None:
    image = makers.photograph(2400, 1800)
    image.putalpha(Image.linear_gradient("L").resize((2400, 1800)))
    path = makers.saved(tmp_path, image, "x.png", compress_level=1)
    picture = pictures.accept(path, "x.png")
    assert picture.media_type == "image/webp"
    assert len(picture.data) <= pictures.LIMITS.MASTER_BYTES
    assert makers.opened(picture.data).getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("format", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "RGB"), ("PNG", "L"), ("PNG", "RGB"), ("WEBP", "RGB")],
)
def test_the_worst_of_noise_fits(tmp_path: Path, format: str, mode: str) -> None:
    fast = {"PNG": {"compress_level": 1}, "WEBP": {"method": 0}}.get(format, {})
    path = tmp_path / "noise"
    makers.noise(4000, 3000, mode).save(path, format, **fast)
    picture = pictures.accept(path, "noise")
    image = makers.opened(picture.data)
    assert len(picture.data) <= pictures.LIMITS.MASTER_BYTES
    assert image.size == (picture.width, picture.height)
    assert sizes.patches(*image.size) <= 4784


def test_a_single_pixel_is_a_picture(tmp_path: Path) -> None:
    image = Image.new("RGB", (1, 1), (1, 2, 3))
    picture = pictures.accept(makers.saved(tmp_path, image, "x.png"), "x.png")
    assert makers.opened(picture.data).convert("RGB").getpixel((0, 0)) == (1, 2, 3)


@pytest.mark.parametrize("size", [(1, 20_000), (20_000, 1), (3, 60_000)])
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_a_strip_stays_a_strip(
    tmp_path: Path, size: tuple[int, int], format: str
) -> None:
    path = tmp_path / "strip"
    Image.new("RGB", size, (9, 99, 199)).save(path, format)
    picture = pictures.accept(path, "strip")
    assert sorted((picture.width, picture.height)) == [1, 2576]


def test_a_huge_picture_is_reduced_without_seams(tmp_path: Path) -> None:
    ramp = Image.linear_gradient("L").resize((9001, 7003))
    path = makers.saved(tmp_path, ramp.convert("P"), "x.png", compress_level=1)
    picture = pictures.accept(path, "x.png")
    wanted = ramp.resize((picture.width, picture.height), Image.Resampling.BOX)
    assert makers.furthest(makers.opened(picture.data), wanted) <= 2


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"subsampling": 0},
        {"subsampling": 1},
        {"progressive": True},
        {"keep_rgb": 1},
    ],
    ids=str,
)
def test_a_jpeg_keeps_its_colours_when_it_is_shrunk(
    tmp_path: Path, options: dict[str, object]
) -> None:
    ramp = Image.linear_gradient("L").resize((3401, 2599))
    image = Image.merge(
        "RGB", (ramp, ramp.rotate(180), ramp.resize((1, 1)).resize(ramp.size))
    )
    path = makers.saved(tmp_path, image, "x.jpg", quality=95, **options)
    picture = pictures.accept(path, "x.jpg")
    wanted = image.resize((picture.width, picture.height))
    assert makers.furthest(makers.opened(picture.data), wanted) <= 6


def test_the_same_upload_gives_the_same_bytes(tmp_path: Path) -> None:
    path = makers.saved(tmp_path, makers.photograph(3000, 2000), "x.jpg")
    first = pictures.accept(path, "x.jpg")
    pictures.close()
    assert pictures.accept(path, "other.png") == first


def test_a_thumbnail_is_small_and_of_the_same_shape() -> None:
    data = makers.encoded(makers.photograph(1600, 800), "JPEG")
    small = makers.opened(pictures.thumbnail(data, 320))
    assert small.size == (320, 160)
    assert small.format == "WEBP"


def test_a_thumbnail_is_never_enlarged() -> None:
    data = makers.encoded(makers.drawing(40, 30), "PNG")
    assert makers.opened(pictures.thumbnail(data, 320)).size == (40, 30)


# The sizes of the published table, for both tiers.
@pytest.mark.parametrize(
    ("size", "side", "most", "wanted"),
    [
        ((1920, 1080), 1568, 1568, (1456, 819)),
        ((2000, 1500), 1568, 1568, (1269, 952)),
        ((3840, 2160), 1568, 1568, (1456, 819)),
        ((1092, 1092), 1568, 1568, (1092, 1092)),
        ((2000, 1500), 2576, 4784, (2000, 1500)),
        ((3840, 2160), 2576, 4784, (2576, 1449)),
        ((2160, 3840), 2576, 4784, (1449, 2576)),
    ],
)
def test_sizes_are_those_the_api_scales_to(size, side, most, wanted) -> None:
    assert sizes.fitted(*size, side=side, most=most) == wanted


@pytest.mark.parametrize(
    "shape", [(4000, 3000), (9001, 9000), (5000, 1000), (77, 9999)]
)
def test_no_larger_size_of_the_shape_would_fit(shape: tuple[int, int]) -> None:
    width, height = shape
    longest = max(sizes.fitted(width, height))
    larger = longest + 1
    other = max(1, int(min(shape) * larger / max(shape) + 0.5))
    assert larger > 2576 or sizes.patches(larger, other) > 4784
