import asyncio
import threading
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from playground import turnstile
from playground.turnstile import AT_ONCE, Turnstile

Message = MutableMapping[str, Any]
CROWD = AT_ONCE * 3


class Site:
    """Requests that work until they may go on, then stream until they may end."""

    def __init__(self) -> None:
        self.working = self.streaming = self.most = 0
        self.go_on, self.end = asyncio.Event(), asyncio.Event()
        self.changed = asyncio.Condition()
        self.threads: set[int] = set()

    async def __call__(self, scope: Message, receive: Callable, send: Callable) -> None:
        self.threads.add(await sync_to_async(threading.get_ident)())
        await self.count(working=1)
        await self.go_on.wait()
        await self.count(working=-1, streaming=1)
        await send({"type": "http.response.start"})
        await self.end.wait()

    async def count(self, working: int, streaming: int = 0) -> None:
        async with self.changed:
            self.working += working
            self.streaming += streaming
            self.most = max(self.most, self.working)
            self.changed.notify_all()


async def nothing(*_: object) -> None:
    pass


async def crowd(site: Site, until: Callable[[], bool]) -> None:
    """Let many come at once, and see them all out once something holds."""
    door = Turnstile(site)
    async with asyncio.timeout(30), asyncio.TaskGroup() as people:
        for _ in range(CROWD):
            people.create_task(door({}, nothing, nothing))
        async with site.changed:
            await site.changed.wait_for(until)
        site.go_on.set()
        site.end.set()


def test_a_crowd_takes_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "TURN", 60.0)

    async def come() -> Site:
        site = Site()
        await crowd(site, until=lambda: site.working == AT_ONCE)
        return site

    site = asyncio.run(come())
    assert site.most == AT_ONCE
    assert site.streaming == CROWD


def test_who_waits_for_something_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turnstile, "TURN", 0.0)

    async def come() -> None:
        site = Site()
        await crowd(site, until=lambda: site.working == CROWD)

    asyncio.run(come())


def test_who_streams_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "TURN", 60.0)

    async def come() -> None:
        site = Site()
        site.go_on.set()
        await crowd(site, until=lambda: site.streaming == CROWD)

    asyncio.run(come())


def test_the_next_request_gets_the_thread_of_the_last() -> None:
    async def come() -> set[int]:
        site = Site()
        site.go_on.set()
        site.end.set()
        door = Turnstile(site)
        for _ in range(CROWD):
            await door({}, nothing, nothing)
        return site.threads

    assert len(asyncio.run(come())) == 1


def test_who_steps_back_goes_on_after_those_who_came_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turnstile, "AT_ONCE", 1)
    monkeypatch.setattr(turnstile, "HEAD_START", 0.0)
    order: list[str] = []

    async def site(scope: Message, receive: Callable, send: Callable) -> None:
        if scope["name"] == "first":
            await scope["turnstile"].step_back()
        order.append(scope["name"])

    async def come() -> None:
        door = Turnstile(site)
        async with asyncio.TaskGroup() as people:
            for name in ("first", "second", "third"):
                people.create_task(door({"name": name}, nothing, nothing))

    asyncio.run(come())
    assert order == ["second", "third", "first"]
