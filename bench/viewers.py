"""Browsers without a screen: raw connections that time each token as it comes in."""

import asyncio
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

MARK = re.compile(rb"(\d+)=(\d+\.\d{6})")
FIELD = (
    '--%(border)s\r\nContent-Disposition: form-data; name="%(name)s"\r\n\r\n'
    "%(value)s\r\n"
)


@dataclass
class Seen:
    """What one viewer saw: how late each token was, and when, in seconds."""

    delays: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    asked: float = 0.0
    answered: float = 0.0  # when the server had said that it was sent
    status: int = 0


class Stream(asyncio.Protocol):
    """A connection whose answer is a stream; counts the marks in it, each once."""

    def __init__(self, request: bytes, seen: Seen, end: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.request, self.seen, self.end = request, seen, end
        self.rest = b""
        self.next = 0
        self.opened: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if not self.opened.done():
            self.seen.status = int(data[9:12])
            self.opened.set_result(None)
        # A mark may be cut in two, a line of an event ends it.
        whole, line_end, rest = (self.rest + data).rpartition(b"\n")
        self.rest = rest
        for number, sent in MARK.findall(whole):
            if int(number) >= self.next:  # else a part that was shown again
                self.next = int(number) + 1
                self.seen.delays.append(now - float(sent))
                self.seen.times.append(now)
        if self.end in whole and not self.ended.done():
            self.ended.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        for future in (self.opened, self.ended):
            if not future.done():
                future.set_result(None)


async def open_stream(port: int, request: bytes, seen: Seen, end: bytes) -> Stream:
    """Connect, send the request, and come back once the answer has begun."""
    loop = asyncio.get_running_loop()
    _, stream = await loop.create_connection(
        lambda: Stream(request, seen, end), "127.0.0.1", port
    )
    await stream.opened
    return stream


def get(path: str, headers: Mapping[str, str]) -> bytes:
    return _request("GET", path, headers, b"")


def post(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    return _request("POST", path, {**headers, "Content-Length": str(len(body))}, body)


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def asked(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request on a connection of its own; return status and answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return int(answer[9:12] or 0), answer


class Person:
    """Somebody at the playground: one conversation, its page's stream, one send."""

    def __init__(self, port: int, headers: Mapping[str, str], token: str) -> None:
        self.port, self.token = port, token
        self.headers = {**headers, "Connection": "close"}
        self.seen = Seen()
        self.stream: Stream | None = None

    async def begin(self) -> None:
        """Start a conversation and open the stream of its page."""
        request = self._form("/c/", {})
        status, answer = await asked(self.port, request)
        found = re.search(rb"(?i)location: (\S+)", answer)
        assert found, f"no conversation was begun: {status}"
        self.address = found[1].decode()
        # One without a name would be opened again for the next person.
        request = self._form(f"{self.address}title/", {"title": "Measured"})
        status, _ = await asked(self.port, request)
        assert status < 400, f"the conversation was not named: {status}"
        stream = get(f"{self.address}events", self.headers)
        self.stream = await open_stream(self.port, stream, self.seen, b"event: end")

    async def send(self, tokens: int) -> None:
        """Press *Send*; the stream shows what comes of it."""
        fields = {
            "base": "1",
            "send_key": uuid.uuid4().hex,
            "role": "user",
            "text": f"Please answer in {tokens} tokens.",
            "prefill": "",
        }
        request = self._form(f"{self.address}send/", fields)
        self.seen.asked = time.monotonic()
        self.seen.status, _ = await asked(self.port, request)
        self.seen.answered = time.monotonic()

    def close(self) -> None:
        if self.stream is not None:
            self.stream.transport.close()

    def _form(self, path: str, fields: Mapping[str, str]) -> bytes:
        border = uuid.uuid4().hex
        every = {"csrfmiddlewaretoken": self.token, **fields}
        parts = (
            FIELD % {"border": border, "name": name, "value": value}
            for name, value in every.items()
        )
        body = f"{''.join(parts)}--{border}--\r\n".encode()
        kind = f"multipart/form-data; boundary={border}"
        headers = {**self.headers, "Content-Type": kind}
        if fields:  # a fragment of a page, not a page
            headers["HX-Request"] = "true"
        return post(path, headers, body)


async def person_at(port: int) -> tuple[dict[str, str], str]:
    """Open the start page; return the headers and the token of its forms."""
    status, page = await asked(port, get("/", {"Connection": "close"}))
    cookie = re.search(rb"(?i)set-cookie: (csrftoken=\w+)", page)
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert cookie, f"the start page answered {status}"
    assert token, "the start page has no form"
    return {"Cookie": cookie[1].decode()}, token[1].decode()


class Caller:
    """Somebody who asks an API, or a relay in front of it, and reads the stream."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen = Seen()
        self.stream: Stream | None = None

    async def begin(self) -> None:
        """A caller has nothing to prepare."""

    async def send(self, tokens: int) -> None:
        body = f'{{"messages": "Please answer in {tokens} tokens."}}'.encode()
        request = post("/v1/messages", {"Content-Type": "application/json"}, body)
        end = b"event: message_stop"
        self.seen.asked = time.monotonic()
        self.stream = await open_stream(self.port, request, self.seen, end)
        self.seen.answered = time.monotonic()

    def close(self) -> None:
        if self.stream is not None:
            self.stream.transport.close()
