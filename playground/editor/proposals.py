"""A change that the playground offers: shown as a difference first, applied on a click.

Fixes and ports are proposals. Nothing is changed by looking at one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from conversations import differences, diffing, segments
from conversations.diffing import Difference
from conversations.editing import Script
from conversations.models import Conversation, Revision, Turn
from conversations.views.requests import Request
from playground.spec.prefix import THOUGHTS

from . import text
from .changes import Change

CACHED = (
    "What changes stands before text that may be cached: the next request writes its "
    "cache anew from there on."
)
BOUND = (
    "Later turns hold thinking that is bound to what came before it. Models that check "
    "this refuse it after the change."
)
REPLY = (
    "The reply at the end goes, as it does when it is sent again. Undo brings it back."
)
# Params that stand before the messages in what is cached (prompt-caching page).
BEFORE_MESSAGES = {"model", "tools", "system", "tool_choice", "thinking"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would change, why, and what to mind."""

    title: str
    difference: Difference
    reasons: Sequence[str] = ()
    cautions: Sequence[str] = ()


def of(
    revision: Revision,
    change: Change,
    reasons: Sequence[str] = (),
    cautions: Sequence[str] = (),
) -> Proposal:
    """Return what the change would do to the revision, without doing it."""
    before = Script.of(revision)
    found = diffing.scripts(before, change.operation(before))
    minded = [*cautions, *_cautions(revision, found)]
    said = [text.shown(reason) for reason in reasons]
    return Proposal(text.shown(change.summary), found, said, minded)


def _cautions(revision: Revision, found: Difference) -> list[str]:
    """Say what a change breaks: caches, thinking bound to it, a reply at the end."""
    rows = revision.load_turns()
    first = _first_changed(found, len(rows))
    later = [turn for entry, turn in rows[first:] if not entry.muted]
    cautions = []
    if first < len(rows) and _is_cached(revision, [t for _, t in rows[first - 1 :]]):
        cautions.append(CACHED)
    if any(kind in THOUGHTS for turn in later for kind in _kinds(turn)):
        cautions.append(BOUND)
    touched = {turn.slot for turn in found.turns if turn.what != ("muted",)}
    last = next((turn for entry, turn in reversed(rows) if not entry.muted), None)
    if last and last.slot in touched and segments.ends_in_reply(last.segments):
        cautions.append(REPLY)
    return cautions


def _first_changed(found: Difference, count: int) -> int:
    """Return the number of the first turn that changes, as turns are counted; the
    count of all turns when nothing in or before them changes."""
    if {param.key for param in found.params} & BEFORE_MESSAGES:
        return 0
    return min((turn.number for turn in found.turns), default=count)


def _is_cached(revision: Revision, turns: Sequence[Turn]) -> bool:
    params = revision.params
    return any(
        _mentions(value, "cache_control")
        for value in (params, *(turn.blocks for turn in turns))
    )


def _mentions(value: Any, key: str) -> bool:
    if isinstance(value, dict):
        return key in value or any(_mentions(each, key) for each in value.values())
    return isinstance(value, list) and any(_mentions(each, key) for each in value)


def _kinds(turn: Turn) -> Iterator[object]:
    return (block.get("type") for block in turn.blocks if isinstance(block, dict))


def html(
    request: Request,
    conversation: Conversation,
    revision: Revision,
    proposal: Proposal,
    **more: Any,
) -> SafeString:
    """Return the proposal for its dialog. `more` holds `action`, where *Apply* posts,
    and `fields`, the pairs that it posts besides."""
    context = {
        "conversation": conversation.pk,
        "revision": revision.number,
        "proposal": proposal,
        "parts": differences.parts(proposal.difference),
        **more,
    }
    return render_to_string("editor/_proposal.html", context, request)
