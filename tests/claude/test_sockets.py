"""The same over real connections, where closing and cutting have a meaning."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from asgiref.sync import async_to_sync

from playground.claude import attempts, client
from playground.claude.attempts import Attempt
from playground.claude.errors import Failure
from playground.claude.stream import Opened, stream

from .wire import BODY, HEADERS, KEY, Heard, Raw, anthropic, leave

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
PING = b"event: ping\ndata: {}\n\n"
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def request_of(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(len(BODY))


async def with_server(settings, handle: Handler, work: Callable[[], Awaitable[None]]):
    """Do the work while this server stands where Anthropic is."""
    done = asyncio.Event()

    async def handle_once(reader, writer) -> None:
        try:
            await handle(reader, writer)
        finally:
            writer.close()
            done.set()

    server = await asyncio.start_server(handle_once, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings.ANTHROPIC_API_KEY = KEY
    settings.ANTHROPIC_BASE_URL = f"http://127.0.0.1:{port}"
    try:
        await work()
        await asyncio.wait_for(done.wait(), 5)
    finally:
        await client.close()
        server.close()


@async_to_sync
async def read_to_the_end(settings, handle: Handler) -> tuple[list, Failure | None]:
    heard = Heard()
    failures: list[Failure] = []

    async def work() -> None:
        try:
            await stream(anthropic(), BODY, HEADERS, heard)
        except Failure as failure:
            failures.append(failure)

    await with_server(settings, handle, work)
    return heard.all, failures[0] if failures else None


def test_events_come_while_the_server_still_writes(settings):
    seen: list[bytes] = []

    @async_to_sync
    async def run() -> None:
        heard = Heard()

        async def handle(reader, writer) -> None:
            seen.append(await request_of(reader))
            writer.write(HEAD + chunk(PING))
            await heard.until(2)
            writer.write(chunk(STOP) + b"0\r\n\r\n")
            await writer.drain()

        async def work() -> None:
            await stream(anthropic(), BODY, HEADERS, heard)

        await with_server(settings, handle, work)

    run()
    assert seen[0].endswith(BODY)


@async_to_sync
async def hang_up(settings, work: Callable[[], Awaitable[None]]) -> list[bytes]:
    """What a server reads that has begun its answer and waits; one empty read where
    `work` has hung up."""
    read: list[bytes] = []

    async def handle(reader, writer) -> None:
        await request_of(reader)
        writer.write(HEAD + chunk(PING))
        read.append(await asyncio.wait_for(reader.read(), 5))

    await with_server(settings, handle, work)
    return read


def test_whoever_stops_reading_hangs_up_at_once(settings):
    async def work() -> None:
        heard = Heard()
        streaming = asyncio.create_task(stream(anthropic(), BODY, HEADERS, heard))
        await heard.until(2)
        await leave(streaming)

    assert hang_up(settings, work) == [b""]


def test_a_connection_is_used_again_for_the_next_answer(settings):
    """Also when the end came in the same bytes as the last event, or after them."""
    ends = (b"", b"0\r\n\r\n")
    answered: list[int] = []

    @async_to_sync
    async def run() -> None:
        heard = Heard()

        async def handle(reader, writer) -> None:
            for end in (*ends, *ends):
                await request_of(reader)
                writer.write(HEAD + chunk(PING))
                await heard.until(3 * len(answered) + 2)
                writer.write(chunk(STOP) + end)
                if not end:
                    await heard.until(3 * len(answered) + 3)
                    writer.write(b"0\r\n\r\n")
                answered.append(len(heard.all))

        async def work() -> None:
            for _ in range(4):
                await stream(anthropic(), BODY, HEADERS, heard)

        await with_server(settings, handle, work)
        told = [type(each) for each in heard.all]
        assert told == [Opened, Raw, Raw] * 4

    run()
    assert len(answered) == 4


def test_what_a_listener_raises_over_a_socket_ends_the_stream(settings):
    class Broken(Heard):
        def came(self, events: object) -> None:
            raise LookupError("a bug")

    async def work() -> None:
        with pytest.raises(LookupError, match="a bug"):
            await stream(anthropic(), BODY, HEADERS, Broken())

    assert hang_up(settings, work) == [b""]


def test_an_answer_is_read_below_the_wrappers_of_the_sdk(settings, monkeypatch):
    monkeypatch.delattr(httpx2.Response, "aiter_bytes")

    async def handle(reader, writer) -> None:
        await request_of(reader)
        writer.write(HEAD + chunk(PING) + chunk(STOP) + chunk(b""))
        await writer.drain()

    came, failure = read_to_the_end(settings, handle)
    assert [each.name for each in came if isinstance(each, Raw)] == [
        "ping",
        "message_stop",
    ]
    assert failure is None


def test_a_cut_in_the_middle_of_a_chunk_is_interrupted(settings):
    async def handle(reader, writer) -> None:
        await request_of(reader)
        writer.write(HEAD + chunk(PING) + b"ff\r\nevent: x")
        await writer.drain()

    came, failure = read_to_the_end(settings, handle)
    assert came[-1] == Raw("ping", "{}")
    assert failure is not None
    assert failure.kind == "interrupted"


def test_a_server_that_falls_silent_is_given_up(settings, monkeypatch):
    monkeypatch.setattr(client, "DEFAULT_TIMEOUT", httpx2.Timeout(0.1))

    async def handle(reader, writer) -> None:
        await request_of(reader)
        writer.write(HEAD + chunk(PING))
        await reader.read()

    _, failure = read_to_the_end(settings, handle)
    assert failure is not None
    assert failure.kind == "timeout"


def test_a_server_that_stays_after_the_last_event_is_left(settings, monkeypatch):
    monkeypatch.setattr("playground.claude.stream.LINGER", 0.01)

    async def handle(reader, writer) -> None:
        await request_of(reader)
        writer.write(HEAD + chunk(STOP))
        await reader.read()

    came, failure = read_to_the_end(settings, handle)
    assert failure is None
    assert came[-1].name == "message_stop"


@async_to_sync
async def drilled(words: str) -> tuple[list, Failure | None]:
    """What comes of a drill that the simulator does over HTTP."""
    body = {
        "model": "claude-haiku-4-5",
        "max_tokens": 300,
        "messages": [{"role": "user", "content": f"Of cats. drill: {words}"}],
        "stream": True,
    }
    heard = Heard()
    try:
        await stream(anthropic(), json.dumps(body).encode(), HEADERS, heard)
    except Failure as failure:
        return heard.all, failure
    finally:
        await client.close()
    return heard.all, None


@pytest.fixture
def simulated(live_url, settings, monkeypatch):
    """The site's own simulator, reached as if it were Anthropic."""
    settings.ANTHROPIC_API_KEY = KEY
    settings.ANTHROPIC_BASE_URL = f"{live_url}/simulator"
    monkeypatch.setattr(attempts, "FIRST_WAIT", 0.002)


def test_two_overloads_are_told_and_then_it_answers(simulated):
    came, failure = drilled("overload twice")
    assert failure is None
    told = [each for each in came if isinstance(each, Attempt)]
    assert [(each.number, each.status) for each in told] == [(2, 529), (3, 529)]
    assert came[-1].name == "message_stop"


def test_a_cut_upstream_keeps_what_came_before(simulated):
    came, failure = drilled("cut")
    assert failure is not None
    assert failure.kind == "interrupted"
    assert any("text_delta" in getattr(each, "data", "") for each in came)


def test_an_error_event_upstream_keeps_what_came_before(simulated):
    came, failure = drilled("error event")
    assert failure is not None
    assert (failure.kind, failure.retryable) == ("overloaded_error", True)
    assert came[-1].name == "error"


def test_a_page_of_a_proxy_is_told_apart(simulated):
    _, failure = drilled("web page")
    assert failure is not None
    assert failure.kind == "not_a_stream"
