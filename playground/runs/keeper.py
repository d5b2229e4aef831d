"""The heartbeat of this process: records live runs, hears stops, sweeps the dead."""

import asyncio
import logging
import os
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import DatabaseError, transaction
from django.utils import timezone

from conversations import access
from conversations.access import Admission
from conversations.models import Conversation, Run

from . import ends, queue, remote
from .claims import MACHINE, WORKER
from .driver import close_connection
from .live import hub
from .live_run import LiveRun

log = logging.getLogger(__name__)

BEAT = 0.5  # seconds between checkpoints: what a crash may cost
SWEEP_EVERY = 4  # beats between looks at other processes' runs and heads
LOOKS = 3  # that find a heart where it was before: about five seconds

# Runs that are driven elsewhere or nowhere: the heartbeat, and looks that found it so.
_still: dict[int, tuple[datetime | None, int]] = {}


async def keep() -> None:
    """Beat until cancelled. A database that is busy costs a beat, nothing more."""
    beat = 0
    while True:
        await asyncio.sleep(BEAT)
        beat += 1
        try:
            await _record()
            await remote.follow()
            if beat % SWEEP_EVERY == 0:
                await _look_around()
        except DatabaseError:
            log.exception("the database did not answer; trying again")
            # A connection that broke stays broken; the next beat gets a new one.
            await sync_to_async(close_connection)()
        except Exception:
            # Without beats no run is recorded, stopped or swept any more.
            log.exception("a beat failed; going on")


async def _record() -> None:
    """Write what is new of all live runs in one transaction, and hear stops."""
    lives = hub.own()
    if not lives:
        return
    batches = [(live, list(live.unsaved)) for live in lives]
    stops, alive = await sync_to_async(_write_beat)(batches)
    for live in lives:
        if live.run in stops:
            hub.cancel(live.run, Run.Status.STOPPED)
        elif live.run not in alive and live.run in hub.runs:
            hub.cancel(live.run, Run.Status.INTERRUPTED)


Batches = list[tuple[LiveRun, list[tuple[int, str, str]]]]


def _write_beat(batches: Batches) -> tuple[set[int], set[int]]:
    """Returns the runs that somebody stopped, and those that still are ours."""
    pks = [live.run for live, _ in batches]
    with transaction.atomic():
        ours = Run.objects.live().filter(pk__in=pks, worker=WORKER)
        ours.update(heartbeat_at=timezone.now())
        rows = dict(ours.values_list("pk", "stop_requested_at"))
        ends.append_chunks(
            (live.run, live.chunks, events)
            for live, events in batches
            if live.run in rows
        )
    # Here, on the one thread that writes: the end of a run must not write them again.
    for live, events in batches:
        if live.run in rows:
            live.saved(len(events))
    return {pk for pk, stopped in rows.items() if stopped}, set(rows)


async def _look_around() -> None:
    withdrawn = await sync_to_async(_withdrawn)(hub.admissions())
    for admission, conversations in withdrawn.items():
        hub.shut_out(admission, conversations)
    for conversation, number in await sync_to_async(_heads)(list(hub.viewers)):
        if hub.heads.get(conversation) != number:
            hub.move(conversation, number)
    await remote.discover()
    await sync_to_async(sweep)()


def _withdrawn(watched: dict[Admission, set[UUID]]) -> dict[Admission, set[UUID]]:
    """What is watched by those who may not any more."""
    return {
        admission: conversations - access.still_open(admission, conversations)
        for admission, conversations in watched.items()
    }


def _heads(conversations: Iterable[UUID]) -> list[tuple[UUID, int]]:
    """Where the heads are: another process may have moved them."""
    watched = list(conversations)
    if not watched:
        return []
    rows = Conversation.objects.filter(pk__in=watched, head__isnull=False)
    return list(rows.values_list("pk", "head__number"))


def sweep() -> int:
    """Mark runs without a living worker as interrupted. Never sends again.

    A worker is dead when a heart stands still at look after look; no clock of another
    machine is believed, nor that ours was not set. To look is to write: while the
    database is locked, no worker can renew its heartbeats, and no look is counted.
    Returns how many. What their chunks hold is kept as the partial reply.
    """
    with transaction.atomic():
        beats = dict(Run.objects.live().values_list("pk", "heartbeat_at"))
    still = {}
    for pk, beat in beats.items():
        if not _is_ours(pk):
            before, looks = _still.get(pk, (beat, 0))
            still[pk] = (beat, looks + 1 if before == beat else 1)
    _still.clear()
    _still.update(still)
    dead = [pk for pk, (_, looks) in still.items() if looks >= LOOKS]
    runs = Run.objects.live().filter(pk__in=dead).select_related("conversation")
    return sum(_swept(run) for run in runs if run.heartbeat_at == beats[run.pk])


def _swept(run: Run) -> bool:
    try:
        return interrupt(run)
    except DatabaseError:
        raise
    except Exception:
        # One whose end cannot be made must not keep the others alive.
        log.exception("run %s cannot be marked as interrupted", run.pk)
        return False


def _is_ours(run: int) -> bool:
    """Whether its driver is here: a late beat is no death."""
    return queue.has(run) or (run in hub.runs and not hub.runs[run].remote)


def sweep_own_dead() -> int:
    """Sweep at start what a killed process of this machine left behind."""
    swept = 0
    for run in Run.objects.live().exclude(worker="").select_related("conversation"):
        if not _is_alive(run.worker):
            swept += _swept(run)
    return swept


def _is_alive(worker: str) -> bool:
    """Whether the process that drives may still be there; True when unsure."""
    machine, _, rest = worker.partition(":")
    pid, _, _ = rest.partition(":")
    if worker == WORKER or machine != MACHINE or not pid.isdigit():
        return True
    if int(pid) == os.getpid():
        return False  # our own number, another life
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def interrupt(run: Run) -> bool:
    """Mark one run as interrupted, with what it had said and what that cost.

    False when its heart has beaten since `run` was read.
    """
    with transaction.atomic():
        as_read = {"worker": run.worker, "heartbeat_at": run.heartbeat_at}
        same = Run.objects.live().filter(pk=run.pk, **as_read)
        if same.select_for_update().first() is None:
            return False
        message, times = ends.replayed(run)
        ends.write(run, run.worker, Run.Status.INTERRUPTED, message, **times)
    log.warning("run %s was interrupted: its worker is gone", run.pk)
    hub.call(_tell, run)
    return True


def _tell(run: Run) -> None:
    """Tell the viewers of a run that nobody here drove or followed."""
    if run.pk not in hub.runs:
        hub.end(LiveRun.of(run), Run.Status.INTERRUPTED, None)
