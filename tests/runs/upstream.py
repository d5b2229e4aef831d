"""The Messages API on a socket of this machine, doing what a test tells it.

An answer is a row of steps. The first attempt of each call gets the first answer, the
next one the next, and the last answer is given to all that follow. What is open is
counted, so that a test can tell what was left.
"""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    b"request-id: req_upstream\r\ntransfer-encoding: chunked\r\n\r\n"
)
KEY = "sk-ant-upstream"


class Call:
    """A request that is being answered."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def event(self, name: str, **data: Any) -> None:
        event = f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n"
        await self.write(b"%x\r\n%b\r\n" % (len(event), event.encode()))


Step = Callable[[Call], Awaitable[None]]


def refuse(status: int, kind: str = "overloaded_error", **headers: str) -> Step:
    """An answer with an error status; `retry_after_ms` is the header of that name."""
    error = {"type": "error", "error": {"type": kind, "message": "By the drill."}}
    body = json.dumps(error).encode()
    lines = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "request-id": "req_refused",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())

    async def step(call: Call) -> None:
        await call.write(f"HTTP/1.1 {status} Drill\r\n{head}\r\n".encode() + body)

    return step


async def begin(call: Call) -> None:
    """The beginning of a stream, up to the first text block."""
    usage = {"input_tokens": 7, "output_tokens": 1}
    message = {
        "id": "msg_upstream",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    await call.write(HEAD)
    await call.event("message_start", message=message)
    block = {"type": "text", "text": ""}
    await call.event("content_block_start", index=0, content_block=block)


def say(*texts: str) -> Step:
    """Each text as a delta of its own."""

    async def step(call: Call) -> None:
        for text in texts:
            delta = {"type": "text_delta", "text": text}
            await call.event("content_block_delta", index=0, delta=delta)

    return step


def count(every: float = 0.01) -> Step:
    """The numbers from 1, one every so many seconds, until the other side hangs up."""

    async def step(call: Call) -> None:
        for number in range(1, 1_000_000):
            await say(f"{number} ")(call)
            await asyncio.sleep(every)

    return step


def counted(text: str) -> int:
    """How far the text has counted. Anything lost or twice is an error."""
    numbers = text.split(" ")[:-1]  # the last may be cut
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    return len(numbers)


def wait_for(gate: threading.Event) -> Step:
    """Nothing, until the test opens the gate."""

    async def step(call: Call) -> None:
        await asyncio.to_thread(gate.wait, 30)

    return step


async def last_events(call: Call) -> None:
    """All of a stream's end but that of the answer: the connection stays open."""
    await call.event("content_block_stop", index=0)
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    await call.event("message_delta", delta=delta, usage={"output_tokens": 9})
    await call.event("message_stop")


async def finish(call: Call) -> None:
    """The proper end of a stream."""
    await last_events(call)
    await call.write(b"0\r\n\r\n")


async def error_event(call: Call) -> None:
    """An error inside a stream that began with 200, and its end."""
    error = {"type": "overloaded_error", "message": "By the drill."}
    await call.event("error", error=error)
    await call.write(b"0\r\n\r\n")


async def cut(call: Call) -> None:
    """The connection breaks off, in the middle of a chunk."""
    await call.write(b"ff\r\nevent: content_bl")
    call.writer.transport.abort()


async def silence(call: Call) -> None:
    """Nothing, until the other side hangs up."""
    await call.reader.read()


ANSWER = (begin, say("One, ", "two."), finish)


class Upstream:
    """A server in a thread of its own, from `with` on."""

    def __init__(self) -> None:
        self.answers: list[tuple[Step, ...]] = []
        self.requests: list[dict[str, Any]] = []
        self.busy = 0  # requests that are being answered
        self.connections = 0  # open ones, idle or not
        self.address = ""
        self._ready = threading.Event()
        self._over: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def will(self, *steps: Step) -> None:
        """Give this answer to the next attempt of every call."""
        self.answers.append(steps)

    def forget(self) -> None:
        self.answers.clear()
        self.requests.clear()

    def __enter__(self) -> "Upstream":
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._over()
        self._thread.join(30)

    async def _run(self) -> None:
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        self.address = f"http://{host}:{port}"
        self._over = lambda: loop.call_soon_threadsafe(over.set)
        self._ready.set()
        await over.wait()
        server.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        try:
            while True:
                line, attempt, body = await _request(reader)
                call = Call(reader, writer)
                if b"/v1/messages " not in line:
                    await refuse(404, "not_found_error")(call)
                    continue
                self.requests.append(json.loads(body))
                await self._answer(call, attempt)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side has gone, or the test is over
        finally:
            writer.close()
            self.connections -= 1

    async def _answer(self, call: Call, attempt: int) -> None:
        self.busy += 1
        try:
            for step in self.answers[min(attempt, len(self.answers) - 1)]:
                await step(call)
        finally:
            self.busy -= 1


async def _request(reader: asyncio.StreamReader) -> tuple[bytes, int, bytes]:
    """The first line of a request, the attempts before it, and its body."""
    line = await reader.readline()
    if not line:
        raise ConnectionResetError
    said = {}
    while (header := await reader.readuntil(b"\n")).strip():
        name, _, value = header.partition(b":")
        said[name.lower()] = value.strip()
    body = await reader.readexactly(int(said.get(b"content-length", 0)))
    return line, int(said.get(b"x-stainless-retry-count", 0)), body
