"""The server as `make run` starts it, in a process of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOO_LATE = "timeout graceful shutdown exceeded"  # what uvicorn logs if it must cut

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """Start the server with a new database and these variables."""
    servers = []

    def started(**variables: str) -> subprocess.Popen[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "PORT": str(port),
        } | variables
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        server = subprocess.Popen(
            [sys.executable, "-m", "playground"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        servers.append(server)
        return server

    yield started
    for server in servers:
        if server.poll() is None:
            server.kill()
        server.communicate()


def test_it_says_where_it_is_and_what_it_talks_to(start: Start, port: int) -> None:
    server = start()
    assert server.stdout is not None
    line = server.stdout.readline()
    assert f"http://127.0.0.1:{port}" in line
    assert "simulator" in line.lower()
    server.terminate()
    rest, _ = server.communicate(timeout=20)
    assert rest == ""


def test_a_taken_port_is_one_line_and_not_a_traceback(start: Start, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        output, errors = start().communicate(timeout=20)
    assert output == ""
    assert errors.startswith(f"Port {port} on 127.0.0.1 is taken.")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_while_a_stream_is_open(
    start: Start, port: int, number: signal.Signals
) -> None:
    server = start(SIMULATOR_SPEED="1")
    assert server.stdout is not None
    server.stdout.readline()
    with open_stream(port) as stream:
        server.send_signal(number)
        assert b"message_stop" not in stream.read()  # cut, but ended properly
    _, errors = server.communicate(timeout=20)
    assert server.returncode == {signal.SIGTERM: -15, signal.SIGINT: 0}[number]
    assert TOO_LATE not in errors
    assert "Traceback" not in errors


@contextmanager
def open_stream(port: int) -> Iterator[http.client.HTTPResponse]:
    """A reply of the simulator that would take minutes, its first line read."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    message = {"role": "user", "content": "Tell me a long story."}
    body = {
        "model": "claude-haiku-4-5",
        "max_tokens": 1000,
        "messages": [message],
        "stream": True,
    }
    headers = {
        "content-type": "application/json",
        "anthropic-version": "2023-06-01",
        "x-api-key": "any",
    }
    with closing(connection):
        connection.request("POST", "/simulator/v1/messages", json.dumps(body), headers)
        with connection.getresponse() as stream:
            assert stream.status == 200
            assert stream.readline() == b"event: message_start\n"
            yield stream
