"""Text boxes over content blocks: which blocks a person can edit as plain text, and
what the blocks become. Pure; whatever is no text stays exactly as it is.
"""

from collections.abc import Sequence
from typing import Any

from conversations.reading import as_blocks, is_text

from .text import fits_textarea

__all__ = [
    "as_blocks",
    "is_text",
    "needs_json",
    "other_kinds",
    "texts_of",
    "with_texts",
]

Blocks = Sequence[dict[str, Any]]


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
