"""Streams stream: part by part, at their pace, and not on when nobody listens."""

import asyncio
import json
import threading

import httpx2
import pytest
from asgiref.sync import async_to_sync

from playground.simulator import engine, request
from playground.simulator.engine import respond
from playground.simulator.transport import SimulatorTransport

from .asking import HEADERS, body, user

STREAMED = json.dumps(body(user("Write of cats"), stream=True)).encode()


@pytest.fixture
def slept(monkeypatch) -> list[float]:
    """How long the simulator wanted to sleep each time; it never does."""
    seconds: list[float] = []
    real = asyncio.sleep

    async def sleep(asked: float) -> None:
        seconds.append(asked)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return seconds


async def posted(speed: float | None) -> engine.Response:
    return await respond("POST", "/v1/messages", HEADERS, STREAMED, speed=speed)


@async_to_sync
async def read(speed: float | None) -> list[bytes]:
    return [chunk async for chunk in (await posted(speed)).chunks]


def test_the_speed_is_in_tokens_a_second(slept):
    final = read(0.1)[-2].partition(b"data: ")[2]
    tokens = json.loads(final)["usage"]["output_tokens"]
    # No time passes here, so the last wait is for the whole answer.
    assert slept[-1] == pytest.approx(tokens / 0.1, rel=0.01)


@pytest.mark.parametrize("speed", [None, 0])
def test_without_a_speed_there_is_no_delay(slept, speed):
    assert len(read(speed)) > 20
    assert set(slept) == {0}


def test_the_transport_hands_on_each_event_by_itself():
    @async_to_sync
    async def received() -> list[bytes]:
        transport = SimulatorTransport()
        async with (
            httpx2.AsyncClient(transport=transport) as http,
            http.stream(
                "POST", "http://sim/v1/messages", content=STREAMED, headers=HEADERS
            ) as answer,
        ):
            return [chunk async for chunk in answer.aiter_raw()]

    chunks = received()
    assert len(chunks) > 20
    assert all(chunk.startswith(b"event: ") for chunk in chunks)


def test_hanging_up_ends_the_answer():
    @async_to_sync
    async def has_ended() -> bool:
        answer = await posted(0.001)  # the next word would be minutes away
        events = answer.chunks
        for _ in range(3):
            await anext(events)
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return await anext(events, None) is None

    assert has_ended()


@pytest.mark.parametrize(("padding", "is_same"), [(0, True), (300_000, False)])
def test_large_bodies_are_read_off_the_event_loop(monkeypatch, padding, is_same):
    threads: list[int] = []
    real = request.parse

    def noted(sent: bytes) -> dict:
        threads.append(threading.get_ident())
        return real(sent)

    monkeypatch.setattr(request, "parse", noted)

    @async_to_sync
    async def own_thread() -> int:
        sent = json.dumps(body(user("x" * padding + "y"))).encode()
        await respond("POST", "/v1/messages", HEADERS, sent)
        return threading.get_ident()

    assert (own_thread() == threads[0]) is is_same
