"""The content of a reply as it is kept: blocks with the text that they came in."""

from typing import Any

from conversations.models.json import exact, member
from playground.claude.message import Message


def of(message: Message) -> list[Any]:
    """Return the blocks. What came as whole JSON keeps its text, so that it can go
    back unchanged: blocks that came at once, sources, and the input of tool calls.
    """
    return [
        _block(message, index, block)
        for index, block in enumerate(message.message.get("content") or [])
    ]


def _block(message: Message, index: int, block: dict[str, Any]) -> dict[str, Any]:
    try:
        return _exact(message, index, block)
    except (ValueError, LookupError, TypeError, RecursionError):
        return block  # as it was read; nothing of a reply is lost for its spelling


def _exact(message: Message, index: int, block: dict[str, Any]) -> dict[str, Any]:
    begun = message.begun.get(index)
    if begun is not None:
        found = exact(member(begun, "content_block"))
        return found if found == block else block  # unless it got a type from us
    cited = message.cited.get(index)
    if cited:
        texts = [member(member(data, "delta"), "citation") for data in cited]
        before = block["citations"][: -len(texts)]
        block = {**block, "citations": [*before, *map(exact, texts)]}
    given = _whole(message.inputs.get(index, ""))
    return block if given is None else {**block, "input": given}


def _whole(raw: str) -> Any:
    """Input that is an object and has ended; None where it broke off or is none."""
    try:
        value = exact(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
