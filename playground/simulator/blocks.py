"""The content blocks of messages, and values without what does not count in them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

THOUGHTS = ("thinking", "redacted_thinking")


def of(content: object) -> list[Any]:
    """The blocks of content; text is one text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return content if isinstance(content, list) else []


def each(
    messages: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[int, int, str, dict[str, Any]]]:
    """Every block as (message, place in it, role, block)."""
    for n, message in enumerate(messages):
        role = message.get("role")
        for m, block in enumerate(of(message.get("content"))):
            if isinstance(block, dict):
                yield n, m, role if isinstance(role, str) else "", block


def unmarked(value: Any) -> Any:
    """The same without cache marks at any depth."""
    if isinstance(value, dict):
        return {k: unmarked(v) for k, v in value.items() if k != "cache_control"}
    return [unmarked(inner) for inner in value] if isinstance(value, list) else value


def written(value: Any) -> bytes:
    """One line of JSON, the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"
