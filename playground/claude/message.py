"""Adds up the events of a stream to a message, as the final one of the SDK for betas.

Whatever the SDK would skip is kept aside in `unread`. Pure; no connection.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

from jiter import from_json

Kind = Literal["text", "thinking", "input_json"]

_TEXTS: dict[str, tuple[str, str, Kind]] = {
    # delta type: block type, field, kind
    "text_delta": ("text", "text", "text"),
    "thinking_delta": ("thinking", "thinking", "thinking"),
}
TOOL_USES = ("tool_use", "server_tool_use", "mcp_tool_use")
"""The blocks whose input comes in pieces."""
# The counts of message_delta that replace those of message_start.
_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "server_tool_use",
    "output_tokens_details",
    "iterations",
    "fallback_credit",
)
# What else of the message a message_delta may bring, beside its own delta.
_BESIDE = ("context_management", "input_transformations")


@dataclass(slots=True)  # not frozen: that would make it three times as dear
class Delta:
    """New text for the block at `index`. For input_json it is a piece of JSON."""

    index: int
    kind: Kind
    text: str


class Message:
    """The message so far. `feed` never raises: what it cannot use goes to `unread`."""

    def __init__(self) -> None:
        self._message: dict[str, Any] = {}
        # Pieces are joined only when somebody looks: adding up strings is quadratic.
        self._pieces: dict[int, list[str]] = {}
        self._inputs: dict[int, str] = {}
        # Data of events that hold JSON as a whole: of blocks that came at once, by
        # block, and of the sources of each. Whoever keeps the message wants it exact.
        self.begun: dict[int, str] = {}
        self.cited: dict[int, list[str]] = {}
        self.is_complete = False
        self.unread: list[tuple[str, str]] = []

    @property
    def message(self) -> dict[str, Any]:
        """The message as the API would have returned it; empty before it starts.

        Input of a tool call that is no whole JSON yet is as much as can be read.
        """
        for index in list(self._pieces):
            self._settle(index)
        return self._message

    @property
    def count(self) -> int:
        """How many blocks have begun. Settles nothing, so it may be asked often."""
        return len(self._message.get("content") or ())

    @property
    def inputs(self) -> dict[int, str]:
        """The input of tool calls as it came so far, by block."""
        self.message  # noqa: B018  settles what is open
        return dict(self._inputs)

    @property
    def unreadable_inputs(self) -> dict[int, str]:
        """Tool input that is no JSON at all, as it came, by block."""
        return {
            i: raw for i, raw in self.inputs.items() if raw and _parsed(raw) is None
        }

    def feed(self, name: str, data: str) -> Delta | None:
        """Take one event; returns the text that it adds, if it does."""
        try:
            delta = self._take(_read(data), data)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self.unread.append((name, data))
            return None
        if delta is _UNKNOWN:
            self.unread.append((name, data))
            return None
        return delta

    def _take(self, event: dict[str, Any], data: str) -> Delta | None:
        match event["type"]:
            case "content_block_delta":
                return self._add(event["index"], event["delta"], data)
            case "content_block_start":
                if event["index"] != len(self._message["content"]):
                    return _UNKNOWN
                block = _typed(event["content_block"])
                self._message["content"].append(block)
                self._message |= _served_by(block)
                self.begun[event["index"]] = data
            case "content_block_stop":
                self._settle(event["index"])
            case "message_start":
                if self._message:
                    return _UNKNOWN
                self._message = _started(event["message"])
            case "message_delta":
                self._finish(event["delta"], event.get("usage") or {})
                told = {k: event[k] for k in _BESIDE if event.get(k) is not None}
                self._message.update(told)
            case "message_stop":
                self.is_complete = True
            case "ping" | "error":
                pass
            case _:
                return _UNKNOWN
        return None

    def _add(self, index: int, delta: dict[str, Any], data: str) -> Delta | None:
        block, kind = self._message["content"][index], delta["type"]
        if kind in _TEXTS and block["type"] == _TEXTS[kind][0]:
            _, field, shown = _TEXTS[kind]
            return self._append(index, shown, delta[field])
        if kind == "input_json_delta" and block["type"] in TOOL_USES:
            return self._append(index, "input_json", delta["partial_json"])
        if kind == "signature_delta" and block["type"] == "thinking":
            block["signature"] = delta["signature"]
            self.begun.pop(index, None)
        elif kind == "compaction_delta" and block["type"] == "compaction":
            block.update({k: v for k, v in delta.items() if k != "type"})
            self.begun.pop(index, None)
        elif kind == "citations_delta" and block["type"] == "text":
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]
            self.cited.setdefault(index, []).append(data)
            self.begun.pop(index, None)
        else:
            return _UNKNOWN
        return None

    def _append(self, index: int, kind: Kind, text: str) -> Delta:
        if not isinstance(text, str):
            raise TypeError(f"{kind} must be text")
        self._pieces.setdefault(index, []).append(text)
        return Delta(index, kind, text)

    def _settle(self, index: int) -> None:
        """Move the pieces of a block into it."""
        pieces = self._pieces.pop(index, None)
        if pieces is None:
            return
        block, text = self._message["content"][index], "".join(pieces)
        if block["type"] not in TOOL_USES:
            field = block["type"]  # text has text, thinking has thinking
            before = block.get(field)
            block[field] = (before if isinstance(before, str) else "") + text
            self.begun.pop(index, None)
            return
        self._inputs[index] = self._inputs.get(index, "") + text
        if self._inputs[index]:
            self.begun.pop(index, None)
        # Before the first piece with text in it, what the block began with holds.
        parsed = _parsed(self._inputs[index]) if self._inputs[index] else None
        if parsed is not None:
            block["input"] = parsed

    def _finish(self, delta: dict[str, Any], usage: dict[str, Any]) -> None:
        for field in ("stop_reason", "stop_sequence", "stop_details"):
            self._message[field] = delta.get(field)
        if delta.get("container") is not None:
            self._message["container"] = delta["container"]
        known = dict(self._message["usage"])
        known.update((k, usage[k]) for k in _COUNTS if usage.get(k) is not None)
        self._message["usage"] = known


_UNKNOWN = Delta(-1, "text", "")


def _read(data: str) -> Any:
    """Read an event's JSON with the faster parser, and what it refuses with Python's:
    halves of surrogate pairs, deep nesting."""
    try:
        return from_json(data.encode())
    except ValueError:
        return json.loads(data)


def _started(message: dict[str, Any]) -> dict[str, Any]:
    """A copy of the message of message_start, on whose shape others can rely."""
    content, usage = message.get("content"), message.get("usage")
    blocks = content if isinstance(content, list) else []
    return {
        **message,
        "content": [_typed(each) for each in blocks if isinstance(each, dict)],
        "usage": dict(usage) if isinstance(usage, dict) else {},
    }


def _typed(block: dict[str, Any]) -> dict[str, Any]:
    """A copy of the block, with a type in any case."""
    return {**block, "type": block.get("type", "")}


def _served_by(block: dict[str, Any]) -> dict[str, Any]:
    """The model that goes on from a block of its kind; nothing from any other."""
    follows = block.get("to") if block["type"] == "fallback" else None
    model = follows.get("model") if isinstance(follows, dict) else None
    return {"model": model} if isinstance(model, str) else {}


def _parsed(raw: str) -> Any:
    """As much of the JSON as can be read; None when that is nothing.

    Other than in the SDK a text that broke off is part of it: people have seen it grow,
    and it may be all that the call holds.
    """
    try:
        return from_json(raw.encode(), partial_mode="trailing-strings")
    except ValueError:
        return None
