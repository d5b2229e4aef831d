"""One run that is under way, in memory, and how viewers are told of it."""

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii
from typing import Any
from uuid import UUID

from conversations.formatting import Continued
from conversations.models import Run
from playground.claude.attempts import Attempt
from playground.claude.message import TOOL_USES, Delta, Message

from .formatting import Formatted

WAITING = "waiting"
"""How a run stands that is in the queue."""


@dataclass(eq=False)
class LiveRun:
    """A run that streams, or waits for its turn to: the message so far."""

    run: int
    conversation: UUID
    slot: str
    continues: bool
    # The text that the reply's first block goes on with, for its HTML.
    behind: Continued | None = None
    message: Message = field(default_factory=Message)
    # The text blocks as HTML, by index.
    formatted: dict[int, Formatted] = field(default_factory=dict)
    status: str = "streaming"
    # Events that no chunk holds yet: [milliseconds since the start, name, data].
    unsaved: list[tuple[int, str, str]] = field(default_factory=list)
    chunks: int = 0  # written so far
    begun: int = 0  # blocks that viewers were told of
    started: float = field(default_factory=time.monotonic)
    first_delta: float | None = None
    completed: float | None = None  # when the last event of a whole answer came
    # How many are before it, while it waits for its turn.
    ahead: int = 0
    # The attempt that is waited for, and when it comes.
    attempt: Attempt | None = None
    attempt_at: float = 0.0
    task: "asyncio.Task[None] | None" = None
    # Driven by another process; what it writes down is shown here.
    remote: bool = False
    # Set by whoever cancels the task, so that it knows which end to write.
    ending: str = "interrupted"
    cancelled: float | None = None  # when

    @classmethod
    def of(
        cls, run: Run, behind: Continued | None = None, *, remote: bool = False
    ) -> "LiveRun":
        live = cls(run.pk, run.conversation_id, run.slot, run.continues, behind)
        live.remote = remote
        live.status = WAITING if run.status == Run.Status.PENDING else "streaming"
        return live

    def feed(self, events: Iterable[tuple[str, str]]) -> bytes:
        """Take events of the stream, exactly as they came at once. Returns the events
        that viewers are told, if there are any."""
        now = time.monotonic()
        came = int((now - self.started) * 1000)
        self.attempt = None
        told = []
        for name, data in events:
            self.unsaved.append((came, name, data))
            delta = self.message.feed(name, data)
            if delta is None:
                if self.message.count != self.begun:
                    told.append(self._begun())
                continue
            if self.first_delta is None:
                self.first_delta = now
            if delta.kind == "text":
                self._format(delta.index, delta.text)
            told.append(delta_event(self.run, delta))
        if self.message.is_complete and self.completed is None:
            self.completed = now
        return b"".join(told)

    def _format(self, index: int, text: str) -> None:
        formatted = self.formatted.get(index)
        if formatted is None:
            behind = None if index else self.behind
            formatted = self.formatted[index] = Formatted(behind)
        formatted.feed(text)

    def _begun(self) -> bytes:
        """The blocks that have just begun, or come as a whole; as a rule one."""
        before, self.begun = self.begun, self.message.count
        new = list(enumerate(self.message.message["content"]))[before:]
        for index, block in new:
            text = block.get("text")
            if block["type"] == "text" and isinstance(text, str) and text:
                self._format(index, text)
        return b"".join(
            event("block", {"run": self.run, "index": index, **shown(block)})
            for index, block in new
        )

    def saved(self, events: int) -> None:
        """Note that a chunk holds the first so many of the unsaved events."""
        del self.unsaved[:events]
        self.chunks += events > 0

    def whole(self) -> dict[str, Any]:
        """The run as a viewer that comes now must see it."""
        return {
            "run": self.run,
            "slot": self.slot,
            "status": self.status,
            "continues": self.continues,
            "ahead": self.ahead,
            "attempt": self.coming(),
            "blocks": self._blocks(),
        }

    def coming(self) -> dict[str, Any] | None:
        """The attempt that is waited for, and in how many seconds it comes."""
        if self.attempt is None:
            return None
        told = self.attempt
        return {
            "run": self.run,
            "number": told.number,
            "of": told.of,
            "seconds": max(0.0, self.attempt_at - time.monotonic()),
            "kind": told.kind,
        }

    def _blocks(self) -> list[dict[str, Any]]:
        blocks = [shown(each) for each in self.message.message.get("content") or []]
        for index, formatted in self.formatted.items():
            blocks[index] |= formatted.whole()
        for index, text in self.message.inputs.items():
            blocks[index] |= {"text": text}  # what comes next is a piece of that
        return blocks


def shown(block: dict[str, Any]) -> dict[str, Any]:
    """Return a block as viewers are told it: type, name if it has one, and text.

    What is neither text nor thinking nor a call is shown as the JSON it is.
    """
    kind = block["type"]
    if kind in ("text", "thinking"):
        return {"type": kind, "text": block.get(kind) or ""}
    called = kind in TOOL_USES
    told = block.get("input") or "" if called else block
    text = json.dumps(told, ensure_ascii=False, indent=2) if told else ""
    return {"type": kind, "name": str(block.get("name") or ""), "text": text}


def event(name: str, data: object) -> bytes:
    """Encode a server-sent event. JSON keeps line breaks out of the data line."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def delta_event(run: int, delta: Delta) -> bytes:
    """Encode the event that each token is, at a tenth of the price of `event`."""
    text = encode_basestring_ascii(delta.text)
    data = f'{{"run": {run}, "index": {delta.index:d}, "text": {text}}}'
    return f"event: delta\ndata: {data}\n\n".encode()
