"""Lets one request work at a time, on threads that stay and keep their connections.

Django gives each request a thread, and each thread opens the database anew. When
hundreds come at once, as many threads fight over the interpreter, and the streams of
tokens wait behind them all; two already answer fewer requests a second than one. Here a
request waits for its turn instead, and gets one of a few lanes. One that is slow
because it waits for something else holds up nobody: its turn ends after a moment, and
its lane is replaced by another one.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext, sync_to_async
from django.db import connections

AT_ONCE = 1  # request; two share one interpreter, and both hold up the streams
TURN = 0.1  # seconds; whoever takes longer waits for something, and not for us
KEPT = 8  # lanes that wait for the next request
HEAD_START = 0.01  # seconds that a run gets before the answer to its send is drawn

Message = MutableMapping[str, Any]
Application = Callable[..., Awaitable[None]]


class Turns:
    """So many at once. Who asked for a turn goes before who has stepped back."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._queues: tuple[deque[asyncio.Future[None]], ...] = (deque(), deque())

    async def take(self, *, stepped_back: bool) -> None:
        if self._free > 0:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queues[stepped_back].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give()
            raise

    def give(self) -> None:
        for queue in self._queues:
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    return turn.set_result(None)
        self._free += 1


class Turnstile:
    """In front of Django; begins anew on each event loop."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self.turns = Turns(AT_ONCE)
            self.idle: list[ThreadSensitiveContext] = []
        visit = scope["turnstile"] = Visit(self)
        await visit.enter()

        def noting_send(message: Message) -> Awaitable[None]:
            # What follows is sending, which takes as long as somebody reads.
            visit.leave()
            return send(message)

        try:
            await self._application(scope, receive, noting_send)
        finally:
            visit.leave()

    async def close(self) -> None:
        """Close the connections of the lanes that wait."""
        while self._loop is asyncio.get_running_loop() and self.idle:
            SyncToAsync.thread_sensitive_context.set(self.idle.pop())
            await sync_to_async(connections.close_all)()


class Visit:
    """One request on its way through: its turn and its lane while it works."""

    def __init__(self, turnstile: Turnstile) -> None:
        self._turns, self._idle = turnstile.turns, turnstile.idle
        self._has_turn = False
        self._lane: ThreadSensitiveContext | None = None

    async def enter(self, *, stepped_back: bool = False) -> None:
        await self._turns.take(stepped_back=stepped_back)
        self._has_turn = True
        self._lane = self._idle.pop() if self._idle else ThreadSensitiveContext()
        SyncToAsync.thread_sensitive_context.set(self._lane)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(TURN, self._end_turn)

    def leave(self) -> None:
        """Done, but for what is still to be sent. Any number of times."""
        lane, self._lane = self._lane, None
        if lane is None:
            return
        self._timer.cancel()
        self._end_turn()
        # One that nobody keeps ends by itself.
        if len(self._idle) < KEPT:
            self._idle.append(lane)

    async def step_back(self) -> None:
        """Let go what the request has begun, and who comes after it; then go on."""
        self.leave()
        await asyncio.sleep(HEAD_START)
        await self.enter(stepped_back=True)

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns.give()
