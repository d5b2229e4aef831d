"""Text boxes over content blocks: which blocks a person can edit as plain text, and
what the blocks become. Pure; whatever is no text stays exactly as it is.
"""

from collections.abc import Sequence
from typing import Any

from .text import fits_textarea

Blocks = Sequence[dict[str, Any]]


def is_text(block: object) -> bool:
    return (
        isinstance(block, dict)
        and block.get("type") == "text"
        and isinstance(block.get("text"), str)
    )


def as_blocks(content: Any) -> list[Any]:
    """Return content as blocks: the API takes a string for a single text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else [content]


def texts_of(blocks: Blocks) -> list[str]:
    """Return the text of each text block; one empty text when there is none."""
    return [block["text"] for block in blocks if is_text(block)] or [""]


def with_texts(blocks: Blocks, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the blocks with their texts replaced in order.

    A text without a block of its own becomes a block at the end. A block whose text
    was emptied goes, unless it is the only one: then the rule about it shows.
    """
    waiting = list(texts)
    kept: list[dict[str, Any]] = []
    emptied: list[dict[str, Any]] = []
    for block in blocks:
        if not (is_text(block) and waiting):
            kept.append(block)
            continue
        text = waiting.pop(0)
        changed = block if text == block["text"] else {**block, "text": text}
        (emptied if block["text"] and not text else kept).append(changed)
    kept += [{"type": "text", "text": text} for text in waiting if text]
    return kept or emptied[:1] or [{"type": "text", "text": ""}]


def needs_json(blocks: Blocks) -> bool:
    """True when a browser's text box would change the text by only showing it."""
    return not all(fits_textarea(text) for text in texts_of(blocks))


def other_kinds(blocks: Blocks) -> list[str]:
    """Return the types of the blocks that a text box leaves alone, for the reader."""
    return [str(block.get("type", "block")) for block in blocks if not is_text(block)]
