"""Which stretch of an assistant turn a person typed and which came from which run.

Pure functions over blocks and segments (see `Turn.segments`). The border between two
stretches is the seam.
"""

from collections.abc import Sequence
from typing import Any

from .models.json import is_same, without_nulls

Block = dict[str, Any]
Segment = dict[str, Any]
Position = tuple[int, int]

ELSEWHERE = 0
"""In the place of a run's id: a model wrote it, in a run that is not of this
conversation (see `sharing.fork`). No row has this id."""


def position(segment: Segment) -> Position:
    """Where the segment begins: block index, code points into that block's text."""
    return segment["block"], segment["offset"]


def begin(at: Position, run: int | None) -> Segment:
    return {"block": at[0], "offset": at[1], "run": run}


def ends_in_reply(segments: Sequence[Segment]) -> bool:
    """True when a model wrote the last stretch, so that Send makes it anew."""
    return bool(segments) and segments[-1]["run"] is not None


def holds_reply(segments: Sequence[Segment]) -> bool:
    """True when a model wrote any stretch of the turn."""
    return any(segment["run"] is not None for segment in segments)


def runs_in(segments: Sequence[Segment]) -> list[int]:
    """The runs of this conversation that have a stretch in the turn, in order."""
    runs = (segment["run"] for segment in segments)
    return [run for run in runs if run is not None and run != ELSEWHERE]


def elsewhere(segments: Sequence[Segment]) -> list[Segment]:
    """Return who wrote what without any run's id, for a copy in a conversation that
    has none of the runs. Neighbours that runs wrote become one stretch."""
    found: list[Segment] = []
    for segment in segments:
        run = None if segment["run"] is None else ELSEWHERE
        if not found or found[-1]["run"] != run:
            found.append(begin(position(segment), run))
    return found


def after_edit(
    old: Sequence[Block], segments: Sequence[Segment], new: Sequence[Block]
) -> list[Segment]:
    """Attribute an edited turn: from the first changed character on it is the person's.

    A reply that was only cut short ends in an empty typed stretch. So Send continues
    from there instead of making the reply anew.
    """
    if not segments:
        return []
    at = first_difference(old, new)
    if at is None:
        return list(segments)
    kept = [segment for segment in segments if position(segment) < at]
    if not kept or kept[-1]["run"] is not None:
        kept.append(begin(at, None))
    return kept if holds_reply(kept) else []


def first_difference(old: Sequence[Block], new: Sequence[Block]) -> Position | None:
    """Return where `new` departs from `old`, or None when they are equal."""
    for index, (before, after) in enumerate(zip(old, new, strict=False)):
        if is_same(before, after):
            continue
        texts = before.get("text"), after.get("text")
        if not (isinstance(texts[0], str) and isinstance(texts[1], str)):
            return index, 0
        if not is_same({**before, "text": ""}, {**after, "text": ""}):
            return index, 0
        return index, _common_prefix(texts[0], texts[1])
    return None if len(old) == len(new) else (min(len(old), len(new)), 0)


def _common_prefix(first: str, second: str) -> int:
    """Length of the common beginning, by bisection: slices compare at C speed."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[:middle] == second[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def as_input(blocks: Sequence[Block]) -> list[Block]:
    """Return reply blocks as a request may carry them.

    The API answers with fields that are null (`citations`, `caller`, and `file_id` of
    a citation) and refuses some of them when they come back. Everything that has a
    value stays as it is, and so does the title of a source: it may be null.
    """
    return [_as_input(without_nulls(block)) for block in blocks]


def _as_input(block: Block) -> Block:
    sources = block.get("citations")
    if not isinstance(sources, list):
        return block
    kept = [
        without_nulls(each, "file_id") if isinstance(each, dict) else each
        for each in sources
    ]
    return block if kept == sources else {**block, "citations": kept}


def complete(
    blocks: Sequence[Block],
    segments: Sequence[Segment],
    reply: Sequence[Block],
    run: int,
) -> tuple[list[Block], list[Segment]]:
    """Join a prefill and the reply that continues it; the seam is where they meet.

    Plain text continues inside the last text block, since the API's answer holds
    only the continuation. Anything else follows as blocks of its own.
    """
    before = list(segments) or ([begin((0, 0), None)] if blocks else [])
    rest = as_input(reply)
    joined = list(blocks)
    at = (len(joined), 0)
    if joined and rest and _is_text(joined[-1]) and _is_text(rest[0], alone=True):
        typed = joined[-1]["text"]
        at = (len(joined) - 1, len(typed))
        joined[-1] = {**joined[-1], "text": typed + rest[0]["text"]}
        rest = rest[1:]
    return joined + rest, [*before, begin(at, run)]


def _is_text(block: Any, *, alone: bool = False) -> bool:
    """Whether it is a block with text, whatever else was typed as JSON; `alone`:
    without anything beside it."""
    if not isinstance(block, dict) or block.get("type") != "text":
        return False
    return isinstance(block.get("text"), str) and (not alone or len(block) == 2)


def cut_back(
    blocks: Sequence[Block], segments: Sequence[Segment]
) -> tuple[list[Block], list[Segment]] | None:
    """Return the part before the reply that ends the turn, empty if nothing is left;
    None for a turn that a person ended by hand.
    """
    kept = list(segments)
    at: Position | None = None
    while kept and kept[-1]["run"] is not None:
        at = position(kept.pop())
    return None if at is None else cut(blocks, segments, at)


def cut(
    blocks: Sequence[Block], segments: Sequence[Segment], at: Position
) -> tuple[list[Block], list[Segment]]:
    """Return the part of the turn before a place in it."""
    left = list(blocks[: at[0]])
    if at[1]:
        broken = blocks[at[0]]
        left.append({**broken, "text": broken["text"][: at[1]]})
    kept = [segment for segment in segments if position(segment) < at]
    return left, kept if holds_reply(kept) else []


def stretches(
    index: int, text: str, segments: Sequence[Segment]
) -> list[tuple[str, int | None]]:
    """Split one block's text into (text, run or None), for showing the seams."""
    run: int | None = None
    marks: list[tuple[int, int | None]] = []
    for segment in segments:
        block, offset = position(segment)
        if block < index or (block == index and offset == 0):
            run = segment["run"]
        elif block == index:
            marks.append((offset, segment["run"]))
    parts: list[tuple[str, int | None]] = []
    start = 0
    for offset, following in marks:
        parts.append((text[start:offset], run))
        start, run = offset, following
    parts.append((text[start:], run))
    return [part for part in parts if part[0]] or [("", run)]
