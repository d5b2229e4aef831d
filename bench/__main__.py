"""`make bench`: what starting, pages, pictures, uploads, checks and runs cost here.

Prints and judges nothing: times depend on the machine, so no test asserts them.
`make bench ARGS=runs` measures the runs alone, `ARGS="runs short"` in two minutes,
`ARGS=pictures` and `ARGS=uploads` those.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from functools import partial

from . import checking, pictures, runs, uploads
from .processes import free_port, manage

IMPORTS = ("django", "anthropic", "PIL.Image", "playground.asgi")
PAGES = ("/healthz", "/")
REPEATS = 50


def main() -> None:
    if "runs" in sys.argv:
        return runs.main("short" in sys.argv)
    if "uploads" in sys.argv:
        return uploads.main()
    if "pictures" in sys.argv:
        return pictures.main()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "playground.settings"}
    with tempfile.TemporaryDirectory() as folder:
        environment |= {"DATA_DIR": folder, "PORT": str(free_port())}
        for module in IMPORTS:
            _report(f"import {module}", 3, partial(_python, environment, module))
        for command in ("migrate", "prepare"):
            manage(environment, command)
        _measure_server(environment)
    pictures.main()
    uploads.main()
    checking.main()
    return runs.main()


def _measure_server(environment: dict[str, str]) -> None:
    address = f"http://127.0.0.1:{environment['PORT']}"
    started = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "playground"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert server.stdout is not None
    server.stdout.readline()
    _print("start to listening", [time.perf_counter() - started])
    try:
        for page in PAGES:
            _report(f"GET {page}", REPEATS, partial(_get, address + page))
    finally:
        started = time.perf_counter()
        server.send_signal(signal.SIGTERM)
        server.wait()
        _print("SIGTERM to end", [time.perf_counter() - started])


def _report(name: str, repeats: int, work: Callable[[], None]) -> None:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    _print(name, times)


def _print(name: str, seconds: list[float]) -> None:
    median = statistics.median(seconds) * 1000
    print(f"{name:28} {median:9.1f} ms   worst {max(seconds) * 1000:9.1f} ms")


def _python(environment: dict[str, str], module: str) -> None:
    subprocess.run(
        [sys.executable, "-c", f"import {module}"], env=environment, check=True
    )


def _get(url: str) -> None:
    with urllib.request.urlopen(url) as answer:
        answer.read()


if __name__ == "__main__":
    main()
