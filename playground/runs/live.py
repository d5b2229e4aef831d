"""What is under way in this process, in memory, and who watches it.

Lives on the event loop; other threads come in through `hub.call`. A viewer first gets
the whole so far, then what is new, at its own pace: it keeps a place in each run's
list of deltas, so a slow browser holds up nobody and nothing is queued twice.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from conversations.models import Run
from playground.claude.message import Delta, Message

HEARTBEAT = 15.0  # seconds; proxies close connections that are silent for 30 to 60
LONGEST_WATCH = 900.0  # seconds; the browser comes again and is authorised anew


@dataclass
class LiveRun:
    """A run that streams: the message so far and every delta in order."""

    run: int
    conversation: UUID
    slot: str
    continues: bool
    message: Message = field(default_factory=Message)
    deltas: list[Delta] = field(default_factory=list)
    status: str = "streaming"
    # Events that no chunk holds yet: [milliseconds since the start, name, data].
    unsaved: list[tuple[int, str, str]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    first_delta: float | None = None
    task: "asyncio.Task[None] | None" = None
    # Driven by another process; what it writes down is shown here.
    remote: bool = False
    # Set by whoever cancels the task, so that it knows which end to write.
    ending: str = "interrupted"

    @classmethod
    def of(cls, run: Run, *, remote: bool = False) -> "LiveRun":
        return cls(run.pk, run.conversation_id, run.slot, run.continues, remote=remote)

    def feed(self, name: str, data: str) -> None:
        """Take one event of the stream, exactly as it came."""
        now = time.monotonic()
        self.unsaved.append((int((now - self.started) * 1000), name, data))
        delta = self.message.feed(name, data)
        if delta is not None:
            if self.first_delta is None:
                self.first_delta = now
            self.deltas.append(delta)

    def whole(self) -> dict[str, Any]:
        """The run as a viewer that comes now must see it."""
        return {
            "run": self.run,
            "slot": self.slot,
            "status": self.status,
            "continues": self.continues,
            "blocks": shown_blocks(self.message),
        }


def shown_blocks(message: Message) -> list[dict[str, Any]]:
    """Return type and text of each block so far, for the browser."""
    shown = []
    for block in message.message.get("content") or []:
        kind = block.get("type")
        text = block.get("text") or block.get("thinking") or ""
        if kind == "tool_use" or kind == "server_tool_use":
            text = json.dumps(block.get("input"), ensure_ascii=False)
        shown.append({"type": kind, "text": text})
    return shown


class Viewer:
    """One open page: what it has seen, and a bell for what is new."""

    def __init__(self) -> None:
        self.bell = asyncio.Event()
        self.head: int | None = None
        self.seen: dict[int, int] = {}
        self.ended: set[int] = set()


class Hub:
    """The live runs and the viewers of this process."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping: asyncio.Event | None = None
        self.runs: dict[int, LiveRun] = {}
        self.heads: dict[UUID, int] = {}
        self.viewers: dict[UUID, set[Viewer]] = {}
        # The ends of runs, for viewers of their conversation: run → (status, head).
        self.ends: dict[UUID, dict[int, tuple[str, int | None]]] = {}

    def call(self, function: Callable[..., object], *arguments: object) -> bool:
        """Run `function` on the event loop, from any thread. False without one."""
        if self.loop is None or self.loop.is_closed():
            return False
        self.loop.call_soon_threadsafe(function, *arguments)
        return True

    def begin(self, live: LiveRun) -> None:
        self.runs[live.run] = live
        self.ring(live.conversation)

    def feed(self, live: LiveRun, name: str, data: str) -> None:
        before = len(live.deltas)
        live.feed(name, data)
        if len(live.deltas) != before:
            self.ring(live.conversation)

    def end(self, live: LiveRun, status: str, head: int | None) -> None:
        """Say how the run ended; `head` is the number of the head afterwards."""
        live.status = status
        self.runs.pop(live.run, None)
        if live.conversation in self.viewers:
            self.ends[live.conversation][live.run] = (status, head)
        self.ring(live.conversation)

    def move(self, conversation: UUID, number: int) -> None:
        """Note where the head of a conversation is now."""
        if conversation in self.viewers:
            self.heads[conversation] = number
            self.ring(conversation)

    def ring(self, conversation: UUID) -> None:
        for viewer in self.viewers.get(conversation, ()):
            viewer.bell.set()

    async def watch(self, conversation: UUID, head: int) -> AsyncIterator[bytes]:
        """Yield server-sent events for one page until it goes or we stop."""
        viewer = Viewer()
        self.viewers.setdefault(conversation, set()).add(viewer)
        # The page that opens the stream shows the runs that ended before.
        viewer.ended.update(self.ends.setdefault(conversation, {}))
        self.heads.setdefault(conversation, head)
        closing = time.monotonic() + LONGEST_WATCH
        try:
            yield b"retry: 2000\n\n"
            while time.monotonic() < closing and not self.is_stopping:
                viewer.bell.clear()
                events = self._news(conversation, viewer)
                if events:
                    yield b"".join(events)
                    continue
                if not await self._ring_or_silence(viewer):
                    yield b": still here\n\n"
        finally:
            self._leave(conversation, viewer)

    @property
    def is_stopping(self) -> bool:
        return self.stopping is not None and self.stopping.is_set()

    def _leave(self, conversation: UUID, viewer: Viewer) -> None:
        viewers = self.viewers[conversation]
        viewers.discard(viewer)
        if not viewers:
            for table in (self.viewers, self.ends, self.heads):
                table.pop(conversation, None)

    async def _ring_or_silence(self, viewer: Viewer) -> bool:
        try:
            async with asyncio.timeout(HEARTBEAT):
                await viewer.bell.wait()
        except TimeoutError:
            return False
        return True

    def _news(self, conversation: UUID, viewer: Viewer) -> list[bytes]:
        events = []
        head = self.heads[conversation]
        if head != viewer.head:
            viewer.head = head
            events.append(event("head", {"number": head}))
        for live in self.runs.values():
            if live.conversation == conversation:
                events += self._news_of(live, viewer)
        for run, (status, number) in self.ends[conversation].items():
            if run not in viewer.ended:
                viewer.ended.add(run)
                told = {"run": run, "status": status, "number": number}
                events.append(event("end", told))
        return events

    def _news_of(self, live: LiveRun, viewer: Viewer) -> list[bytes]:
        seen = viewer.seen.get(live.run)
        viewer.seen[live.run] = len(live.deltas)
        if seen is None:
            return [event("run", live.whole())]
        return [
            event("delta", {"run": live.run, "index": i, "kind": kind, "text": text})
            for i, kind, text in _joined(live.deltas[seen:])
        ]

    def own(self) -> list[LiveRun]:
        """The runs that this process drives."""
        return [live for live in self.runs.values() if not live.remote]

    def stop_all(self) -> None:
        """End every stream to a browser and every run: the server goes down."""
        if self.stopping is not None:
            self.stopping.set()
        for conversation in list(self.viewers):
            self.ring(conversation)
        for live in self.own():
            self.cancel(live.run, "interrupted")

    def cancel(self, run: int, ending: str) -> None:
        """End a run of this process; its driver writes `ending` as its status."""
        live = self.runs.get(run)
        if live is not None and live.task is not None:
            live.ending = ending
            live.task.cancel()


def _joined(deltas: list[Delta]) -> list[tuple[int, str, str]]:
    """Join neighbouring deltas of one kind, so that a slow page gets fewer events."""
    joined: list[tuple[int, str, str]] = []
    for delta in deltas:
        if joined and joined[-1][:2] == (delta.index, delta.kind):
            joined[-1] = (delta.index, delta.kind, joined[-1][2] + delta.text)
        else:
            joined.append((delta.index, delta.kind, delta.text))
    return joined


def event(name: str, data: object) -> bytes:
    """Encode a server-sent event. JSON keeps line breaks out of the data line."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


hub = Hub()
