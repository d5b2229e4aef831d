"""Browsers without a screen: forms, and a page that follows its events."""

import http.client
import json
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2

PATIENCE = 60.0  # seconds for things that take about two


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait for what other threads and processes do. Fails with what was awaited."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"waited in vain until {what}"
        time.sleep(0.01)


class Person:
    """A browser with cookies that posts forms."""

    def __init__(self, address: str) -> None:
        self.web = httpx2.Client(base_url=address, timeout=PATIENCE)
        self._token = ""

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self.web.close()

    def token(self) -> str:
        if not self._token:
            page = self.web.get("/").text
            found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert found is not None
            self._token = found[1]
        return self._token

    def post(self, path: str, **fields: str) -> httpx2.Response:
        data = fields | {"csrfmiddlewaretoken": self.token()}
        return self.web.post(path, data=data, follow_redirects=True)

    @contextmanager
    def posting(self, path: str, **fields: str) -> Iterator[None]:
        """Post a form, and go without having read the answer."""
        data = fields | {"csrfmiddlewaretoken": self.token()}
        request = self.web.build_request("POST", path, data=data)
        connection = http.client.HTTPConnection(urlsplit(str(request.url)).netloc)
        with closing(connection):
            connection.request("POST", path, request.content, dict(request.headers))
            yield


class Page:
    """An open page: adds up what its events tell, and comes again when it is cut."""

    def __init__(self, address: str, path: str) -> None:
        self.texts: dict[int, str] = {}
        self.ends: dict[int, str] = {}
        self.connections = 0
        # What it had been shown at which moment: (monotonic seconds, run, text).
        self.shown: list[tuple[float, int, str]] = []
        self._blocks: dict[int, list[dict[str, Any]]] = {}
        self._at = urlsplit(address).netloc
        self._path = path
        self._socket: socket.socket | None = None
        self._is_open = True
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> "Page":
        self._thread.start()
        wait_until(lambda: self.connections, "the page is connected")
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Go away, as a closed tab does."""
        self._is_open = False
        if self._socket is not None:
            with suppress(OSError):  # cut already
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)

    def shown_before(self, moment: float, run: int) -> str:
        """What the page had been shown of the run until then."""
        texts = [text for at, of, text in self.shown if of == run and at <= moment]
        return texts[-1] if texts else ""

    def _follow(self) -> None:
        while self._is_open:
            connection = http.client.HTTPConnection(self._at, timeout=PATIENCE)
            with closing(connection), suppress(OSError, http.client.HTTPException):
                self._read(connection)
            time.sleep(random.uniform(0.01, 0.1))

    def _read(self, connection: http.client.HTTPConnection) -> None:
        connection.connect()
        self._socket = connection.sock
        connection.request("GET", self._path)
        with connection.getresponse() as response:
            name = ""
            for line in response:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "retry":  # the first line of a stream
                    self.connections += 1
                elif field == "event":
                    name = value
                elif field == "data":
                    self._event(name, json.loads(value))

    def _event(self, name: str, data: dict[str, Any]) -> None:
        match name:
            case "run":
                self._blocks[data["run"]] = [dict(each) for each in data["blocks"]]
            case "block":
                self._blocks[data["run"]].append(dict(data))
            case "delta":
                self._blocks[data["run"]][data["index"]]["text"] += data["text"]
            case "end":
                self.ends[data["run"]] = data["status"]
        if name in ("run", "block", "delta"):
            self._show(data["run"])

    def _show(self, run: int) -> None:
        blocks = self._blocks[run]
        text = "".join(each["text"] for each in blocks if each["type"] == "text")
        self.texts[run] = text
        self.shown.append((time.monotonic(), run, text))
