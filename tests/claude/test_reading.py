"""The bytes of an answer do not depend on how its chunks come in."""

import asyncio
import re

import pytest
from asgiref.sync import async_to_sync
from hypothesis import given
from hypothesis import strategies as st

from playground.claude import client, reading
from playground.claude.reading import unwrapped
from playground.claude.stream import stream

from .test_sockets import HEAD, PING, STOP, chunk, request_of, with_server
from .wire import BODY, HEADERS, Heard, Raw, anthropic

PINGED, STOPPED = Raw("ping", "{}"), Raw("message_stop", '{"type":"message_stop"}')
DATA = st.lists(st.binary(min_size=1, max_size=40), min_size=1)


@given(DATA)
def test_whole_chunks_are_what_is_in_them(parts):
    assert unwrapped(b"".join(map(chunk, parts))) == b"".join(parts)


@given(DATA, st.binary(min_size=1, max_size=10), st.data())
def test_what_breaks_off_in_a_chunk_is_not_whole(parts, last, data):
    upto = data.draw(st.integers(1, len(chunk(last)) - 1))
    assert unwrapped(b"".join(map(chunk, parts)) + chunk(last)[:upto]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"data: {}\n\n",
        b"0\r\n\r\n",
        chunk(b"a") + b"0\r\n\r\n",
        b"1;x=y\r\na\r\n",
        b"+1\r\na\r\n",
        b"0x1\r\na\r\n",
        b" 1\r\na\r\n",
        b"1\na\n",
        b"2\r\na\r\n",
        b"1\r\nab\r\n",
        b"f" * 40 + b"\r\na\r\n",
    ],
)
def test_what_is_no_whole_chunk_is_left_to_aiohttp(data):
    assert unwrapped(data) is None


def test_what_looks_like_a_chunk_within_another_is_none(settings, monkeypatch):
    before, inside = b"event: y\r\n", b"c\r\ndata: inside\r\n"
    around = chunk(before + inside + b"\r\n")
    cut = around.index(inside)
    end = around[cut + len(inside) :]
    answers = [[chunk(PING), around[:cut], inside, end, chunk(STOP) + b"0\r\n\r\n"]]
    (came,) = heard_of(settings, monkeypatch, answers)
    assert came == [PINGED, Raw("y", "inside"), STOPPED]


@async_to_sync
async def heard_of(settings, monkeypatch, answers: list[list[bytes]]) -> list[list]:
    """The events of these answers, of which each piece comes in at once, all over one
    connection."""
    connections = []

    async def handle(reader, writer) -> None:
        connections.append(writer)
        for _ in answers:
            await request_of(reader)
            writer.write(HEAD)
            await writer.drain()

    waiting = iter(answers)

    async def read(response, take) -> None:
        transport = reading.beneath(response).connection.transport

        def come_in() -> None:
            for piece in next(waiting):
                transport.get_protocol().data_received(piece)

        asyncio.get_running_loop().call_soon(come_in)
        await read_answer(response, take)

    read_answer = reading.read
    monkeypatch.setattr(reading, "read", read)
    heard = [Heard() for _ in answers]

    async def work() -> None:
        async with asyncio.timeout(20):
            for each in heard:
                await stream(anthropic(), BODY, HEADERS, each)

    await with_server(settings, handle, work)
    await client.close()
    assert len(connections) == 1
    return [[e for e in each.all if isinstance(e, Raw)] for each in heard]


def test_any_cut_of_an_answer_gives_the_same_events(settings, monkeypatch):
    events = [PING, b'event: x\ndata: "\xc3\xa9"\n\n', PING + PING, PING, STOP]
    body = b"".join(map(chunk, events)) + b"0\r\n\r\n"
    between = re.split(rb"(?<=\n\n)", body)  # after events, but before chunks end
    answers = [
        [*map(chunk, events), b"0\r\n\r\n"],
        [body[i : i + 1] for i in range(len(body))],
        between,
        *([body[:cut], body[cut:]] for cut in range(1, len(body))),
        *(
            [*map(chunk, events[:2]), *pieces, *map(chunk, events[3:]), b"0\r\n\r\n"]
            for cut in range(1, len(chunk(events[2])))
            for pieces in [(chunk(events[2])[:cut], chunk(events[2])[cut:])]
        ),
    ]
    expected = [PINGED, Raw("x", '"é"'), PINGED, PINGED, PINGED, STOPPED]
    for pieces, came in zip(
        answers, heard_of(settings, monkeypatch, answers), strict=True
    ):
        assert came == expected, pieces
