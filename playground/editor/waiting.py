"""Replies that wait at the turn they answered: they were stopped, failed, interrupted
or overtaken, and the conversation went on without them.
"""

from collections.abc import Mapping, Sequence

from conversations.models import Revision, Run
from playground.runs import variants

from . import figures
from .cards import Reply
from .screen import Screen


def at_turns(
    screen: Screen, since: Revision | None = None
) -> Mapping[str, Sequence[Reply]]:
    """Return the replies that wait at each slot of the head. Two queries.

    Slots are left out where none waits, but for those that may have had one on
    `since`: they have an empty list.
    """
    slots = {entry.slot for entry in screen.entries}
    before = {entry.slot for entry in since.entries} if since else slots
    beside = screen.run.pk if screen.run else None
    found: dict[str, list[Reply]] = {}
    for run, answered in variants.unplaced(screen.conversation, slots & before):
        if answered not in slots:
            continue
        here = found.setdefault(answered, [])
        if run.slot not in slots and run.pk != beside:
            here.append(_reply(run))
    return found


def _reply(run: Run) -> Reply:
    told = Run.Status(run.status).label.lower()
    written = figures.output_tokens(run.usage)
    if written is not None:
        about = "about " if run.usage_is_estimated else ""
        told = f"{told}, {about}{figures.counted(written, 'token')}"
    return Reply(run.pk, run.model, told)
