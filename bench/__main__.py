"""`make bench`: what starting, pages, pictures, uploads and checks cost here.

Prints and judges nothing: times depend on the machine, so no test asserts them.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from functools import partial

from . import checking, pictures, uploads

IMPORTS = ("django", "anthropic", "PIL.Image", "playground.asgi")
PAGES = ("/healthz", "/")
REPEATS = 50


def main() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "playground.settings"}
    with tempfile.TemporaryDirectory() as folder:
        environment |= {"DATA_DIR": folder, "PORT": str(_free_port())}
        for module in IMPORTS:
            _report(f"import {module}", 3, partial(_python, environment, module))
        for command in ("migrate", "prepare"):
            _manage(environment, command)
        _measure_server(environment)
    pictures.main()
    checking.main()


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
        uploads.main(address, server.pid)
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


def _manage(environment: dict[str, str], command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", command, "--verbosity", "0"],
        env=environment,
        check=True,
    )


def _get(url: str) -> None:
    with urllib.request.urlopen(url) as answer:
        answer.read()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
