"""The product itself in processes of its own, as `make run` starts it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from .pages import wait_until

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(data: Path, **more: str) -> dict[str, str]:
    """Only what the product needs of the environment of the tests."""
    ours = ("ANTHROPIC_", "DJANGO_", "TEST_", "DATABASE_URL")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return kept | {"DATA_DIR": str(data), **more}


def set_up(data: Path) -> None:
    """Make the database of a data folder."""
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment(data), check=True)


@contextmanager
def server(data: Path, port: int, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serve from a data folder; a second server of the same folder shares it all."""
    process = subprocess.Popen(
        [sys.executable, "-m", "playground"],
        cwd=ROOT,
        env=environment(data, PORT=str(port), **more),
    )
    try:
        wait_until(lambda: _answers(port, process), "the server answers")
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the server ended by itself"
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx2.TransportError:
        return False
