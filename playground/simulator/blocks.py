"""The content blocks of messages, one by one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


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
