"""What is known of each turn, read once: turns never change.

The conversation is part of the key because it is unique beyond this database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from conversations import images
from conversations.models import Image, Turn
from conversations.models.image import references
from playground.spec import rules
from playground.spec.prefix import print_of
from playground.spec.rules import Summary

from . import sources
from .memory import Memory

KEPT = 20_000  # about a kilobyte each


@dataclass(frozen=True, slots=True)
class Known:
    """A turn without its text."""

    slot: str
    summary: Summary
    prints: tuple[bytes, ...]
    """Fingerprints of its blocks, thinking too."""
    spoken: bytes
    """Those of all but thinking, joined."""
    thought: bytes
    """That of its last thinking, if any."""
    segments: tuple[tuple[int, int, int | None], ...]
    """Where each stretch begins (block, offset), and the run that wrote it."""

    @property
    def run(self) -> int | None:
        """The run that wrote the first stretch that a person did not type; one that
        there is not where nobody here knows how it was made (`segments.ELSEWHERE`)."""
        return next((run for _, _, run in self.segments if run is not None), None)


_known: Memory[int, Known] = Memory(KEPT)


def of(
    conversation: UUID,
    pks: Iterable[int],
    load: Callable[[list[int]], Mapping[int, Turn]] | None = None,
) -> dict[int, Known]:
    """Return what is known of these turns; `load` gets those not read before."""
    wanted = list(pks)
    found = {pk: kept for pk in wanted if (kept := _known.get(conversation, pk))}
    missing = [pk for pk in wanted if pk not in found]
    if missing:
        turns = (load or Turn.objects.in_bulk)(missing)
        shown = images.used_by(turns.values())
        for pk, turn in turns.items():
            found[pk] = read(conversation, turn, shown)
    return found


def read(conversation: UUID, turn: Turn, shown: Mapping[int, Image]) -> Known:
    """Return what is known of a loaded turn whose images are `shown`."""
    known = _known.get(conversation, turn.pk)
    if known is not None:
        return known
    message = as_message(turn, shown)
    summary = rules.summarise(message)
    prints = tuple(print_of(block) for block in turn.blocks)
    made = Known(
        turn.slot,
        summary,
        prints,
        b"".join(p for n, p in enumerate(prints) if n not in summary.thoughts),
        prints[summary.thoughts[-1]] if summary.thoughts else b"",
        tuple((s["block"], s["offset"], s["run"]) for s in turn.segments),
    )
    if all(sources.is_settled(each, shown) for each in references(message)):
        _known.keep(conversation, turn.pk, made)
    return made


def as_message(turn: Turn, shown: Mapping[int, Image]) -> dict[str, Any]:
    """Return the turn as a message whose references say what the rules measure."""
    return {"role": turn.role, "content": sources.sized(turn.blocks, shown)}


def forget(conversation: UUID) -> None:
    """Drop what is kept of the conversation's turns (see `Memory.forget`)."""
    _known.forget(conversation)
