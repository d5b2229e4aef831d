"""The words that several replies go on with, shown before each of them: the end of a
prefill, and the seam.

Values for templates; nothing here asks the database.
"""

from typing import Any

from conversations import reading, segments
from conversations.models import Run, Turn
from conversations.reading import Text
from playground.spec import catalog

from . import cards

LONGEST = 400
"""Characters of typed text that stand before each reply."""


def text(run: Run, sent: Turn) -> Text | None:
    """Return the text that a live run goes on with; None where its reply is a block of
    its own."""
    blocks, marks = _end(sent)
    if not blocks:
        return None
    return reading.texts(blocks, marks, key=_key(run), open_end=True)[0]


def blocks(run: Run, sent: Turn, model: catalog.Model) -> list[cards.Block]:
    """Return the blocks of the run's reply, with the text that it goes on with."""
    whole, marks = segments.complete(*_end(sent), run.content, run.pk)
    return cards.blocks_in(whole, marks, _key(run), model)


def _key(run: Run) -> str:
    return f"run-{run.pk}"


def _end(sent: Turn) -> tuple[list[Any], list[Any]]:
    """Return the last block of the turn alone, with its segments, if it is a text."""
    blocks = reading.as_blocks(sent.blocks)
    last = len(blocks) - 1
    if not blocks or not reading.is_text(blocks[last]):
        return [], []
    words = blocks[last]["text"]
    made = segments.stretches(last, words, sent.segments)
    if all(run is None for _, run in made):
        return [{"type": "text", "text": _shortened(words)}], []
    marks, offset = [], 0
    for piece, run in made:
        marks.append(segments.begin((0, offset), run))
        offset += len(piece)
    return [blocks[last]], marks


def _shortened(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    return "… " + words[-LONGEST:].partition(" ")[2]
