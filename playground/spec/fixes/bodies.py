"""What fixes have in common: a body, and how to read a message of it."""

from typing import Any

from playground.spec import paths

Body = dict[str, Any]


def place(body: Body, path: str) -> int | None:
    """Which message the path leads into; None when there is none."""
    parts = paths.parts(path)[:2]
    found = isinstance(paths.at(body, parts), dict) and len(parts) == 2
    return parts[1] if found and isinstance(parts[1], int) else None


def blocks_of(message: Any) -> list[Any]:
    """Content as blocks; text becomes one."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return content if isinstance(content, list) else []


def text_of(message: Any) -> str:
    """The text of a message, its text blocks put together."""
    texts = (b.get("text") for b in blocks_of(message) if isinstance(b, dict))
    return "".join(text for text in texts if isinstance(text, str))


def is_empty(block: Any) -> bool:
    """Whether it is text of nothing or of white space."""
    if not isinstance(block, dict) or block.get("type") != "text":
        return False
    text = block.get("text")
    return isinstance(text, str) and not text.strip()
