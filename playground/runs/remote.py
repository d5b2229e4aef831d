"""Shows runs that another process drives to the viewers of this one.

That process writes chunks every half second; here they are read and fed to the same
viewers, that much later. Costs nothing while nobody watches.
"""

from asgiref.sync import sync_to_async

from conversations.models import Chunk, Run

from . import claims, ends
from .live import hub
from .live_run import WAITING, LiveRun

# The last chunk that was read and how many of its events, by run: should the answer to
# its commit get lost there, it is written again with what has come since.
_read_to: dict[int, tuple[int, int]] = {}


async def discover() -> None:
    """Begin to follow live runs elsewhere whose conversation is watched here."""
    if not hub.viewers:
        return
    for live in await sync_to_async(_elsewhere)(set(hub.runs)):
        if live.run not in hub.runs:
            _read_to[live.run] = (0, 0)
            hub.begin(live)


def _elsewhere(known: set[int]) -> list[LiveRun]:
    rows = Run.objects.live().filter(conversation__in=list(hub.viewers))
    rows = rows.exclude(worker__in=["", claims.WORKER])
    return [
        LiveRun.of(run, ends.text_behind(run), remote=True)
        for run in rows
        if run.pk not in known
    ]


async def follow() -> None:
    """Feed what has been written since the last look, and tell of ends."""
    followed = [live for live in hub.runs.values() if live.remote]
    for live in followed:
        events, status = await sync_to_async(_read)(live.run)
        if live.status == WAITING and status == Run.Status.STREAMING:
            live.status = status
            hub.begin(live)  # it got its turn there
        hub.feed(live, [(name, data) for _, name, data in events])
        live.unsaved.clear()
        if status not in Run.LIVE or live.conversation not in hub.viewers:
            _read_to.pop(live.run, None)
            hub.end(live, status, None)


def _read(pk: int) -> tuple[list[tuple[int, str, str]], str]:
    """Return the new events and then the status, so that no last chunk is missed."""
    status = Run.objects.filter(pk=pk).values_list("status", flat=True).first()
    events: list[tuple[int, str, str]] = []
    last, read = _read_to[pk]
    for chunk in Chunk.objects.filter(run=pk, number__gte=last):
        events += chunk.events[read if chunk.number == last else 0 :]
        _read_to[pk] = (chunk.number, len(chunk.events))
    return events, status or Run.Status.INTERRUPTED
