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
from playground.claude.stream import Raw, stream

from .wire import BODY, HEADERS, KEY, anthropic

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
    came: list = []
    failures: list[Failure] = []

    async def work() -> None:
        try:
            async for event in stream(anthropic(), BODY, HEADERS):
                came.append(event)
        except Failure as failure:
            failures.append(failure)

    await with_server(settings, handle, work)
    return came, failures[0] if failures else None


def test_events_come_while_the_server_still_writes(settings):
    seen: list[bytes] = []

    @async_to_sync
    async def run() -> None:
        arrived = asyncio.Event()

        async def handle(reader, writer) -> None:
            seen.append(await request_of(reader))
            writer.write(HEAD + chunk(PING))
            await asyncio.wait_for(arrived.wait(), 5)
            writer.write(chunk(STOP) + b"0\r\n\r\n")
            await writer.drain()

        async def work() -> None:
            async for event in stream(anthropic(), BODY, HEADERS):
                if isinstance(event, Raw):
                    arrived.set()

        await with_server(settings, handle, work)

    run()
    assert seen[0].endswith(BODY)


@pytest.mark.parametrize("how", ["closed", "cancelled"])
def test_whoever_stops_reading_hangs_up_at_once(settings, how):
    hung_up: list[bytes] = []

    @async_to_sync
    async def run() -> None:
        async def handle(reader, writer) -> None:
            await request_of(reader)
            writer.write(HEAD + chunk(PING))
            hung_up.append(await asyncio.wait_for(reader.read(), 5))

        async def work() -> None:
            reading = stream(anthropic(), BODY, HEADERS)
            await anext(reading)
            await anext(reading)
            if how == "closed":
                await reading.aclose()
                return
            waiting = asyncio.ensure_future(anext(reading))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

        await with_server(settings, handle, work)

    run()
    assert hung_up == [b""]


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
    came: list = []
    try:
        async for event in stream(anthropic(), json.dumps(body).encode(), HEADERS):
            came.append(event)
    except Failure as failure:
        return came, failure
    finally:
        await client.close()
    return came, None


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
