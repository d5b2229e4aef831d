"""A Messages API that says when it said each token: `python -m bench.upstream PORT`.

Every request is answered with as many tokens as its text asks for ("200 tokens"), at a
steady pace. Each token is a mark, its number and the time of its sending, so that
whoever reads it knows how long it was on its way: clocks of one machine agree.
"""

import asyncio
import json
import re
import sys
import time
from typing import cast

import uvloop

PACE = 50  # tokens a second
WORDS_A_LINE, LINES_A_PARAGRAPH = 12, 5
ASKED = re.compile(rb"(\d+) tokens")

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n"
)
USAGE = {"input_tokens": 12, "output_tokens": 1}
STARTED: dict[str, object] = {
    "id": "msg_bench",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-5-5",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": USAGE,
}


def mark(number: int, now: float) -> str:
    """Return token `number`, counted from 0, as text: its number and its time."""
    end = " "
    if number % WORDS_A_LINE == WORDS_A_LINE - 1:
        is_last = number // WORDS_A_LINE % LINES_A_PARAGRAPH == LINES_A_PARAGRAPH - 1
        end = "\n\n" if is_last else "\n"
    return f"{number}={now:.6f}{end}"


def _event(name: str, **data: object) -> bytes:
    text = json.dumps({"type": name, **data}, separators=(",", ":"))
    return f"event: {name}\ndata: {text}\n\n".encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


BEGINNING = _chunk(
    _event("message_start", message=STARTED)
    + _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
)


class Answer(asyncio.Protocol):
    """One connection: reads requests, answers each at the pace."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.read = b""
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.read += data
        head, ends, body = self.read.partition(b"\r\n\r\n")
        stated = re.search(rb"(?i)content-length: *(\d+)", head)
        if not ends or len(body) < int(stated[1] if stated else 0):
            return
        self.read = b""
        asked = ASKED.search(body)
        self.wanted, self.number = int(asked[1]) if asked else 1, 0
        self.next = self.loop.time()
        self.transport.write(HEAD + BEGINNING)
        self.say()

    def connection_lost(self, error: Exception | None) -> None:
        if self.timer is not None:
            self.timer.cancel()

    def say(self) -> None:
        """Send the next token, and come again when the one after it is due."""
        delta = {"type": "text_delta", "text": mark(self.number, time.monotonic())}
        event = _event("content_block_delta", index=0, delta=delta)
        self.transport.write(_chunk(event))
        self.number += 1
        self.next += 1 / PACE
        again = self.say if self.number < self.wanted else self.finish
        self.timer = self.loop.call_at(self.next, again)

    def finish(self) -> None:
        self.timer = None
        usage = {**USAGE, "output_tokens": self.wanted}
        delta = {"stop_reason": "end_turn", "stop_sequence": None}
        events = (
            _event("content_block_stop", index=0)
            + _event("message_delta", delta=delta, usage=usage)
            + _event("message_stop")
        )
        self.transport.write(_chunk(events) + b"0\r\n\r\n")


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        Answer, "127.0.0.1", port, backlog=2048
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
