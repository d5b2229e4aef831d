"""A change that the playground offers: shown as a difference first, applied on a click.

Fixes and ports are proposals. Nothing is changed by looking at one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from conversations import diffing
from conversations.diffing import Difference
from conversations.editing import Script
from conversations.models import Revision

from .changes import Change


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would change, why, and what to mind."""

    title: str
    difference: Difference
    reasons: Sequence[str] = ()
    cautions: Sequence[str] = field(default=())


CACHED = (
    "What changes stands before text that may be cached: the next request writes its "
    "cache anew from there on."
)
BOUND = (
    "Later turns hold thinking that is bound to what came before it. Models that check "
    "this refuse it after the change."
)


def of(revision: Revision, change: Change, reasons: Sequence[str] = ()) -> Proposal:
    """Return what the change would do to the revision, without doing it."""
    before = Script.of(revision)
    found = diffing.scripts(before, change.operation(before))
    return Proposal(change.summary, found, reasons, _cautions(revision, found))


def _cautions(revision: Revision, found: Difference) -> list[str]:
    """Say what a change in the middle breaks: caches, and thinking bound to it."""
    touched = [turn.number for turn in found.turns if turn.what != ("muted",)]
    if not touched:
        return []
    later = [turn for entry, turn in revision.load_turns()[min(touched) :]]
    kinds = {
        block.get("type")
        for turn in later
        for block in turn.blocks
        if isinstance(block, dict)
    }
    marked = any("cache_control" in str(turn.blocks) for turn in later)
    cautions = []
    if marked or "cache_control" in revision.params:
        cautions.append(CACHED)
    if kinds & {"thinking", "redacted_thinking"}:
        cautions.append(BOUND)
    return cautions
