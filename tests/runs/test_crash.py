"""SIGKILL in the middle of a stream: nothing that was written down is lost."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds for things that take about two


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def server(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The product itself, as `make run` starts it, with a slow simulator."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("ANTHROPIC_", "DJANGO_", "TEST_", "DATABASE_URL"))
    } | {"DATA_DIR": str(data), "PORT": str(port), "SIMULATOR_SPEED": "15"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "playground"], cwd=ROOT, env=environment
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended by itself"
        try:
            if httpx2.get(address).status_code == 200:
                return
        except httpx2.TransportError:
            pass
    pytest.fail("the server did not answer")


class Person:
    """A browser without a screen: cookies, forms and one event stream."""

    def __init__(self, port: int) -> None:
        self.web = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self.web.close()

    def post(self, path: str, **fields: str) -> httpx2.Response:
        page = self.web.get("/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token is not None
        return self.web.post(
            path,
            data=fields | {"csrfmiddlewaretoken": token[1]},
            follow_redirects=True,
        )

    def watch(self, path: str, characters: int) -> str:
        """Read the event stream until the reply has that many characters."""
        said = ""
        with self.web.stream("GET", path) as response:
            for line in response.iter_lines():
                found = re.search(r'"text": "((?:[^"\\]|\\.)*)"', line)
                said += found[1] if found else ""
                if len(said) >= characters:
                    return said
        pytest.fail("the stream ended early")


def test_a_killed_server_leaves_an_interrupted_run_with_its_text(
    tmp_path: Path,
) -> None:
    port = free_port()
    with server(tmp_path, port) as process, Person(port) as person:
        page = person.post("/c/")
        address = page.url.path
        person.post(
            f"{address}send/",
            base="1",
            role="user",
            text="Tell me about ants, at length.",
            send_key="the-only-one",
        )
        seen = person.watch(f"{address}events", 40)
        # What was shown for more than half a second is on disk, whatever comes.
        seen_later = person.watch(f"{address}events", len(seen) + 40)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with server(tmp_path, port), Person(port) as person:
        page = person.web.get(address)
        assert page.status_code == 200
        assert "Interrupted" in page.text
        assert seen[:20] in page.text
        assert seen_later.startswith(seen[:20])
