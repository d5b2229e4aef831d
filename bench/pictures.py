"""What the gateway for pictures costs beside a plain thumbnail, and what it keeps.

Both sides run here and now, in turn, each in a process of its own."""

import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from PIL import Image, ImageFilter, ImageMath

from conversations import pictures

Image.MAX_IMAGE_PIXELS = None
REPEATS = 3
SIDE = 1568
# Blocks whose means, variances and covariances are compared.
_BLOCK = 8

_PLAIN = """
import io, json, os, re, sys, time
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
Image.MAX_IMAGE_PIXELS = None
os.nice(5)
def memory(name):
    status = open("/proc/self/status").read()
    return int(re.search(name + r":\\s+(\\d+)", status)[1]) * 1024
base = memory("VmRSS")
started, used = time.perf_counter(), time.process_time()
image = Image.open(sys.argv[1])
image.thumbnail((int(sys.argv[2]), int(sys.argv[2])))
buffer = io.BytesIO()
image.convert("RGB").save(buffer, "JPEG", quality=85)
seconds, used = time.perf_counter() - started, time.process_time() - used
print(json.dumps([seconds, used, memory("VmHWM"), base, len(buffer.getvalue())]))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    seconds: float
    # Of the processor: what is left of the time when nothing else runs.
    cpu: float
    # Peak resident bytes of the whole process, and what it had before the picture.
    memory: int
    base: int
    bytes: int

    @property
    def added(self) -> int:
        return self.memory - self.base


def main() -> None:
    if not Path("/proc/self/status").exists():
        print("The memory of pictures can be measured on Linux alone.")
        return
    print(
        f"\nPictures: Image.thumbnail to {SIDE} px, saved as JPEG, against the gateway."
        "\nEach runs in a process that has started, imported its decoders and, in the"
        "\ngateway, had one tiny picture: that is its base. The ratios are of time, of"
        "\nprocessor time, of peak memory of the whole process, and of what the picture"
        "\nadded to the base. SSIM is against a lossless downscale; keeping is what the"
        "\ncopy for sharp crops costs on top.\n"
    )
    print(
        f"{'':10}  {'plain':22}  {'gateway':22}  {'master':11}  {'time':>5}  {'CPU':>5}"
        f"  memory  added   SSIM   keeping"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, path in _made(Path(folder)):
            _compare(name, path)
            path.unlink()


def _compare(name: str, path: Path) -> None:
    plain, ours = [], []
    picture: pictures.Picture | None = None
    for _ in range(REPEATS):
        plain.append(_plain(path))
        picture, cost = _gateway(path, None)
        ours.append(cost)
    assert picture
    one, two = _median(plain), _median(ours)
    _, three = _gateway(path, path.with_suffix(".kept"))
    sharpness = ssim(Image.open(io.BytesIO(picture.data)), _downscaled(path, picture))
    columns = [
        f"{name:10}",
        f"{_told(one):22}",
        f"{_told(two):22}",
        f"{picture.width} x {picture.height:4}",
        f"{two.seconds / one.seconds:5.2f}",
        f"{two.cpu / one.cpu:5.2f}",
        f"{two.memory / one.memory:6.2f}",
        f"{two.added / one.added:5.2f}",
        f"{sharpness:6.3f}",
        f"{three.cpu - two.cpu:+.2f} s, {(three.memory - two.memory) / 1e6:+.0f} MB",
    ]
    print(*columns, sep="  ", flush=True)


def ssim(one: Image.Image, other: Image.Image) -> float:
    """How alike two pictures are, 1 at most: the mean over blocks of their luminance.

    Source: Wang et al., Image Quality Assessment (2004), with its constants.
    """
    x, y = (image.convert("L").convert("F") for image in (one, other))

    def mean(left: Image.Image, right: Image.Image | None = None) -> Image.Image:
        if right is not None:
            left = ImageMath.lambda_eval(lambda of: of["a"] * of["b"], a=left, b=right)
        return left.reduce(_BLOCK)

    blocks: Image.Image = ImageMath.lambda_eval(
        _similarity, x=mean(x), y=mean(y), xx=mean(x, x), yy=mean(y, y), xy=mean(x, y)
    )
    values = cast(tuple[float, ...], blocks.get_flattened_data())
    return sum(values) / len(values)


def _similarity(of: dict[str, Any]) -> Any:
    x, y, small, smaller = of["x"], of["y"], (0.01 * 255) ** 2, (0.03 * 255) ** 2
    together = of["xy"] - x * y
    apart = of["xx"] - x * x + of["yy"] - y * y
    likeness = (2 * x * y + small) * (2 * together + smaller)
    return likeness / ((x * x + y * y + small) * (apart + smaller))


def _downscaled(path: Path, picture: pictures.Picture) -> Image.Image:
    with Image.open(path) as image:
        size = (picture.width, picture.height)
        return image.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _plain(path: Path) -> Cost:
    shown = subprocess.check_output([sys.executable, "-c", _PLAIN, path, str(SIDE)])
    return Cost(*json.loads(shown))


def _gateway(path: Path, upright: Path | None) -> tuple[pictures.Picture, Cost]:
    worker = pictures.Worker()
    with tempfile.NamedTemporaryFile() as first:
        Image.new("RGB", (9, 9)).save(first, "PNG")
        first.flush()
        # Starting is not what is measured: it happens once in fifty pictures.
        pictures.accept(Path(first.name), "first", worker=worker)
    assert worker.pid
    base = _memory(worker.pid, "VmRSS")
    started, used = time.perf_counter(), _cpu(worker.pid)
    picture = pictures.accept(path, path.name, upright=upright, worker=worker)
    seconds, used = time.perf_counter() - started, _cpu(worker.pid) - used
    peak = _memory(worker.pid, "VmHWM")
    worker.close()
    return picture, Cost(seconds, used, peak, base, len(picture.data))


def _memory(pid: int, name: str) -> int:
    """Bytes that a process has, or had at most (proc(5))."""
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def _cpu(pid: int) -> float:
    """Seconds of the processor that a process has used (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        max(cost.memory for cost in costs),
        min(cost.base for cost in costs),
        costs[0].bytes,
    )


def _told(cost: Cost) -> str:
    return (
        f"{cost.seconds:.2f} s {cost.base / 1e6:.0f}+{cost.added / 1e6:.0f} MB"
        f" {cost.bytes / 1000:.0f} KB"
    )


def _made(folder: Path) -> Iterator[tuple[str, Path]]:
    """Photographs of the sizes that matter, each made when its turn comes."""
    makes: list[tuple[str, tuple[int, int], float, dict[str, Any]]] = [
        ("12 MP JPEG", (4000, 3000), 0.1, {"format": "JPEG", "quality": 90}),
        ("48 MP JPEG", (8000, 6000), 0.1, {"format": "JPEG", "quality": 90}),
        ("100 MP PNG", (10_000, 10_000), 0.01, {"format": "PNG", "compress_level": 1}),
        ("64 MP WebP", (8000, 8000), 0.1, {"format": "WebP", "method": 0}),
    ]
    for name, size, grain, options in makes:
        path = folder / "photograph"
        photograph(*size, grain).save(path, **options)
        yield name, path


def photograph(width: int, height: int, grain: float) -> Image.Image:
    """Shapes of every size, the smaller the fainter, and the grain of a sensor."""
    bands = []
    for _ in "RGB":
        band = Image.effect_noise((4, 4), 180).resize((width, height))
        for side, share in ((16, 0.4), (64, 0.25), (256, 0.15), (1024, 0.1)):
            shape = Image.effect_noise((side, side), 160).resize((width, height))
            band = Image.blend(band, shape, share)
        noise = Image.effect_noise((width, height), 30)
        bands.append(Image.blend(band, noise, grain))
    return Image.merge("RGB", bands).filter(ImageFilter.BoxBlur(0.5))


if __name__ == "__main__":
    main()
