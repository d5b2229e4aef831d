"""What those who watch a run are told, and in which order."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync

from playground.claude.attempts import Attempt
from playground.runs import formatting
from playground.runs import live as watching
from playground.runs.live import Hub
from playground.runs.live_run import LiveRun

Events = list[tuple[str, dict[str, Any]]]
START = {"type": "message_start", "message": {}}
BLOCK = {
    "type": "content_block_start",
    "index": 0,
    "content_block": {"type": "text", "text": ""},
}


def text(words: str) -> dict[str, Any]:
    delta = {"type": "text_delta", "text": words}
    return {"type": "content_block_delta", "index": 0, "delta": delta}


def feed(hub: Hub, live: LiveRun, *events: dict[str, Any]) -> None:
    for event in events:
        hub.feed(live, [(event["type"], json.dumps(event))])


def read(told: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in told.decode().split("\n\n"):
        if part.startswith("event: "):
            name, _, data = part.removeprefix("event: ").partition("\ndata: ")
            yield name, json.loads(data)


async def told(watch: AsyncIterator[bytes], until: str) -> Events:
    """The events up to the first of that name."""
    found: Events = []
    async with asyncio.timeout(30):
        async for each in watch:
            found += read(each)
            if any(name == until for name, _ in found):
                break
    return found


def watched(steps: Callable[[Hub, LiveRun], None], until: str) -> Events:
    """What a page is told that came after the first word and sees these steps."""

    async def scenario() -> Events:
        hub, live = Hub(), LiveRun(7, uuid4(), "slot", False)
        hub.begin(live)
        feed(hub, live, START, BLOCK, text("One"))
        watch = hub.watch(live.conversation, 4)
        first = await told(watch, "run")
        steps(hub, live)
        return first + await told(watch, until)

    return async_to_sync(scenario)()


def test_a_page_gets_the_whole_first_and_then_what_is_new() -> None:
    def steps(hub: Hub, live: LiveRun) -> None:
        feed(hub, live, text(" two"), text(" three"))
        hub.end(live, "done", 5)

    events = watched(steps, until="end")
    assert [name for name, _ in events] == ["head", "run", "delta", "delta", "end"]
    assert events[1][1]["blocks"] == [
        {"type": "text", "text": "One", "done": "", "open": "", "upto": 0}
    ]
    assert [data["text"] for name, data in events if name == "delta"] == [
        " two",
        " three",
    ]
    assert events[-1][1] == {"run": 7, "status": "done", "number": 5}


def test_text_is_formatted_with_the_place_that_it_reaches() -> None:
    def steps(hub: Hub, live: LiveRun) -> None:
        feed(hub, live, text(".\n\n*Two* 🐜"))
        hub.format(live)

    (_, formatted) = watched(steps, until="format")[-1]
    assert formatted["done"] == "<p>One.</p>\n"
    assert formatted["open"] == "<p><em>Two</em> 🐜</p>\n"
    assert formatted["upto"] == len("One.\n\n*Two* 🐜") + 1  # the ant is two units


def test_text_that_a_block_begins_with_is_formatted_too() -> None:
    live, hub = LiveRun(7, uuid4(), "slot", False), Hub()
    begun = {**BLOCK, "content_block": {"type": "text", "text": "*One* "}}
    feed(hub, live, START, begun, text("two"))
    hub.viewers[live.conversation] = set()
    hub.format(live)
    (block,) = live.whole()["blocks"]
    assert block["open"] == "<p><em>One</em> two</p>\n"
    assert block["upto"] == len("*One* two")


def test_who_comes_later_gets_what_was_formatted_before() -> None:
    live = LiveRun(7, uuid4(), "slot", False)
    hub = Hub()
    feed(hub, live, START, BLOCK, text("One.\n\nTwo."))
    hub.format(live)
    feed(hub, live, text(" Three"))
    (block,) = live.whole()["blocks"]
    assert block == {
        "type": "text",
        "text": "One.\n\nTwo. Three",
        "done": "<p>One.</p>\n",
        "open": "<p>Two.</p>\n",
        "upto": 10,
    }


def test_a_long_open_block_is_not_formatted_for_every_word() -> None:
    live, hub = LiveRun(7, uuid4(), "slot", False), Hub()
    feed(hub, live, START, BLOCK, text("word " * 1000))
    hub.format(live)
    feed(hub, live, text("word"))
    assert not live.formatted[0].is_due
    feed(hub, live, text("word " * 40))
    assert live.formatted[0].is_due


def test_an_open_block_that_takes_too_long_is_left_as_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(formatting, "DEAREST", -1)
    made = formatting.Formatted()
    made.feed("One\n\n- two")
    assert made.take()["done"] == "<p>One</p>\n"
    made.feed(" and much more" * 50)
    assert made.is_due
    made.take()
    made.feed(" and much more" * 50)
    assert not made.is_due


def test_a_page_that_does_not_keep_up_gets_the_whole_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "MOST_WAITING", 4)

    def steps(hub: Hub, live: LiveRun) -> None:
        hub.end(LiveRun(8, live.conversation, "slot", False), "done", None)
        feed(hub, live, *[text(f" {n}") for n in range(10)])
        hub.end(live, "done", None)

    events = watched(steps, until="end")
    whole = [data["blocks"][0]["text"] for name, data in events if name == "run"][-1]
    after = events[events.index(("run", [d for n, d in events if n == "run"][-1])) :]
    rest = "".join(data["text"] for name, data in after if name == "delta")
    assert whole + rest == "One 0 1 2 3 4 5 6 7 8 9"
    assert [data["run"] for name, data in events if name == "end"] == [8, 7]


def test_a_call_is_told_with_its_name_and_its_input_as_it_came() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "weigh", "input": {}}
    part = {"type": "input_json_delta", "partial_json": '{"ants": [1'}

    def steps(hub: Hub, live: LiveRun) -> None:
        feed(
            hub,
            live,
            {"type": "content_block_start", "index": 1, "content_block": call},
        )
        feed(hub, live, {"type": "content_block_delta", "index": 1, "delta": part})
        told = {"type": "tool_use", "name": "weigh"}
        assert live.whole()["blocks"][1] == told | {"text": '{"ants": [1'}

    block, delta = watched(steps, until="delta")[-2:]
    assert block == (
        "block",
        {"run": 7, "index": 1, "type": "tool_use", "name": "weigh", "text": ""},
    )
    assert delta == ("delta", {"run": 7, "index": 1, "text": '{"ants": [1'})


def test_a_block_that_nobody_knows_is_told_as_it_is() -> None:
    odd = {"type": "hologram", "beam": [1, 2]}
    start = {"type": "content_block_start", "index": 1, "content_block": odd}
    events = watched(lambda hub, live: feed(hub, live, start), until="block")
    assert json.loads(events[-1][1]["text"]) == odd


def test_a_block_is_told_whatever_comes_first_in_its_event() -> None:
    def steps(hub: Hub, live: LiveRun) -> None:
        feed(hub, live, dict(reversed({**BLOCK, "index": 1}.items())))

    told = watched(steps, "block")[-1]
    assert told == ("block", {"run": 7, "index": 1, "type": "text", "text": ""})


def test_a_block_out_of_order_does_not_tell_the_last_one_again() -> None:
    def steps(hub: Hub, live: LiveRun) -> None:
        feed(hub, live, {**BLOCK, "index": 9}, text("Two"))

    assert "block" not in [name for name, _ in watched(steps, "delta")]


def test_an_attempt_that_failed_is_told_until_an_answer_comes() -> None:
    def steps(hub: Hub, live: LiveRun) -> None:
        hub.retry(live, Attempt(2, 4, 3.0, "overloaded_error", 529))
        assert live.whole()["attempt"]["number"] == 2
        feed(hub, live, text("!"))
        assert live.whole()["attempt"] is None

    events = watched(steps, until="delta")
    attempt = next(data for name, data in events if name == "attempt")
    assert (attempt["number"], attempt["of"], attempt["kind"]) == (
        2,
        4,
        "overloaded_error",
    )
    assert 0 < attempt["seconds"] <= 3


def test_nothing_is_kept_of_pages_that_have_gone() -> None:
    async def scenario() -> Hub:
        hub, conversation = Hub(), uuid4()
        watch = hub.watch(conversation, 1)
        await anext(watch)
        await watch.aclose()  # type: ignore[attr-defined]
        return hub

    hub = async_to_sync(scenario)()
    assert (hub.viewers, hub.heads) == ({}, {})


class Connection:
    """Where a server sends an answer: full now and then, or broken."""

    def __init__(self) -> None:
        self.sent = b""
        self.has_room = asyncio.Event()
        self.has_room.set()
        self.error: Exception | None = None
        self._news = asyncio.Event()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self.error is not None:
            raise self.error
        while not self.has_room.is_set():
            await self.has_room.wait()
        self.sent += message["body"]
        self._news.set()

    async def answer(self, parts: AsyncIterator[bytes]) -> None:
        """Send an answer as Django does."""
        async for part in parts:
            await self.send({"body": part})

    @property
    def told(self) -> Events:
        return list(read(self.sent))

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not is_so():
                self._news.clear()
                await self._news.wait()


def connected(
    steps: Callable[[Hub, LiveRun, Connection, "asyncio.Task[None]"], Awaitable[None]],
) -> Connection:
    """The connection of a page that has been told the whole and sees these steps."""

    async def scenario() -> Connection:
        hub, live, made = Hub(), LiveRun(7, uuid4(), "slot", False), Connection()
        hub.begin(live)
        feed(hub, live, START, BLOCK, text("One"))
        watch = hub.watch(live.conversation, 4, made.send)
        page = asyncio.create_task(made.answer(watch))
        await made.until(lambda: len(made.told) == 2)
        await asyncio.sleep(0)
        await steps(hub, live, made, page)
        page.cancel()
        await asyncio.wait([page])
        return made

    return async_to_sync(scenario)()


def words(events: Events) -> str:
    return "".join(data["text"] for name, data in events if name == "delta")


def test_a_page_that_keeps_up_is_sent_each_event_where_it_comes_in() -> None:
    async def steps(hub: Hub, live: LiveRun, made: Connection, _: object) -> None:
        feed(hub, live, text(" two"), text(" three"))
        assert words(made.told) == " two three"

    connected(steps)


def test_what_comes_while_a_connection_is_full_follows_in_order() -> None:
    async def steps(hub: Hub, live: LiveRun, made: Connection, _: object) -> None:
        for number in range(3):
            made.has_room.clear()
            feed(hub, live, text(f" a{number}"), text(f" b{number}"))
            await asyncio.sleep(0)
            feed(hub, live, text(f" c{number}"))
            made.has_room.set()
            feed(hub, live, text(f" d{number}"))
            last = f" d{number}"
            await made.until(lambda last=last: last in words(made.told))  # type: ignore[misc]

    told = words(connected(steps).told).split()
    assert told == [f"{letter}{n}" for n in range(3) for letter in "abcd"]


def test_a_page_whose_connection_stays_full_can_go() -> None:
    async def steps(hub: Hub, live: LiveRun, made: Connection, page: Any) -> None:
        made.has_room.clear()
        feed(hub, live, text(" two"), text(" three"))
        await asyncio.sleep(0)
        page.cancel()
        await asyncio.wait([page])
        assert hub.viewers == {}

    connected(steps)


def test_a_connection_that_fails_ends_its_page_and_no_run() -> None:
    async def steps(hub: Hub, live: LiveRun, made: Connection, page: Any) -> None:
        made.error = RuntimeError("no more")
        feed(hub, live, text(" two"), text(" three"))
        await asyncio.wait([page])
        assert page.exception() is made.error
        assert hub.viewers == {}

    connected(steps)
