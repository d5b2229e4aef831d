"""What waits at the turn it answered: replies that were stopped, failed, interrupted
or overtaken, so that the conversation went on without them, and groups of runs. A reply
that is overtaken on its way waits there already.
"""

from collections.abc import Mapping

from conversations.models import Revision, Run, Turn
from playground.runs import variants

from . import figures
from .cards import Reply, Waiting
from .screen import Screen


def at_turns(screen: Screen, since: Revision | None = None) -> Mapping[str, Waiting]:
    """Return what waits at each slot of the head. Three queries, one more for what is
    on its way and two for `since`.

    Slots are left out where nothing waits, but for those that may have had something
    on `since`: they have an empty list. Groups that are shown whole do not count.
    """
    slots = {entry.slot for entry in screen.entries}
    before = {entry.slot for entry in since.entries} if since else slots
    beside = screen.run.pk if screen.run else None
    found: dict[str, Waiting] = {}
    for run, answered in variants.unplaced(screen.conversation, slots & before):
        if answered not in slots:
            continue
        here = found.setdefault(answered, Waiting())
        if run.slot not in slots and run.pk != beside:
            here.replies.append(_reply(run))
    _add_live(screen, since, found)
    _add_groups(screen, slots, found)
    return found


def _add_live(
    screen: Screen, since: Revision | None, found: dict[str, Waiting]
) -> None:
    """Add what is overtaken on its way, and the places where such a run may have stood
    on `since`: it has ended, or answers the end again.

    One whose turn is not in the script any more stands at the last one.
    """
    gone = _not_overtaken(screen, since) if since else []
    runs = [*screen.overtaken, *gone]
    slots = [entry.slot for entry in screen.entries]
    if not slots or not runs:
        return
    answered = [run.turns[-1] for run in runs if run.turns]
    slot_of = dict(Turn.objects.filter(pk__in=answered).values_list("pk", "slot"))
    before = {slot_of.get(run.turns[-1] if run.turns else 0) for run in gone}
    before |= {since.entries[-1].slot} if since and since.entries else set()
    for slot in slots:
        if slot in before:
            found.setdefault(slot, Waiting())
    for run in screen.overtaken:
        here = slot_of.get(run.turns[-1] if run.turns else 0)
        here = here if here in slots else slots[-1]
        found.setdefault(here, Waiting()).live.append(run)


def _not_overtaken(screen: Screen, since: Revision) -> list[Run]:
    """Return the runs of no group that have ended since, and the one at the end."""
    rows = screen.conversation.runs.filter(group="")
    ended = rows.filter(finished_at__gte=since.created_at).only("turns")
    return [*ended, *filter(None, [screen.live])]


def _add_groups(screen: Screen, slots: set[str], found: dict[str, Waiting]) -> None:
    whole = {group.id for group in screen.groups}
    answered = [line.answered for line in screen.lines if line.answered is not None]
    slot_of = dict(Turn.objects.filter(pk__in=answered).values_list("pk", "slot"))
    for line in screen.lines:
        # Where it is told now, and where it may have been until the head moved.
        for slot in (line.first.slot, slot_of.get(line.answered or 0)):
            if slot in slots:
                found.setdefault(slot, Waiting())
        slot = line.first.slot
        slot = slot if slot in slots else slot_of.get(line.answered or 0, "")
        if slot in slots and line.group not in whole:
            found[slot].groups.append(line)


def _reply(run: Run) -> Reply:
    told = Run.Status(run.status).label.lower()
    written = figures.output_tokens(run.usage)
    if written is not None:
        count = figures.counted(written, "token")
        told = f"{told}, {run.about}{count}{run.uncounted}"
    return Reply(run.pk, run.model, told)
