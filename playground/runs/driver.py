"""Drives a run from claim to outcome, detached from any browser."""

import asyncio
import contextvars
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from conversations.models import Conversation, Revision, Run
from conversations.models.conversation import storable
from playground.claude.attempts import Attempt
from playground.claude.errors import Failure
from playground.claude.stream import Opened, stream
from playground.payload import Payload

from . import ends, queue
from .claims import OUR_MISTAKE, UNANSWERED, WORKER, Claim, Claimed, Ended, ended
from .live import hub
from .live_run import LiveRun

log = logging.getLogger(__name__)

Result = TypeVar("Result")


# Seconds between attempts when the database does not answer; twice as many each time.
FIRST_WAIT, MOST_WAIT = 0.25, 8.0

_tasks: set[asyncio.Task[None]] = set()


def spawn(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start a task that outlives the request it was asked for in.

    The clean context matters: a task that inherits a request's context keeps that
    request's database connection for itself. The set keeps a strong reference.
    """
    loop = asyncio.get_running_loop()
    task = loop.create_task(coroutine, context=contextvars.Context())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


def start(run: Run, made: Payload | None = None) -> None:
    """Have the run driven by this process once it is committed, from any thread.

    `made` is what it sends, where that is at hand. Without an engine (a shell, a test
    without a server) the run stays pending and the sweeper of a server marks it
    interrupted.
    """
    claim = Claim(run, made)
    transaction.on_commit(lambda: hub.call(lambda: spawn(drive(claim))))


async def drain(seconds: float) -> None:
    """Wait until the tasks have written their ends, at most `seconds`."""
    until = time.monotonic() + seconds
    while _tasks and (left := until - time.monotonic()) > 0:
        # One that ends may have started another: the one that writes its end.
        await asyncio.wait(_tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)


def close_connection() -> None:
    """Let the next query connect anew. To be called on the thread that queries:
    elsewhere `connection` is another one, also as a bound method."""
    with suppress(DatabaseError):  # a broken one may not even close
        connection.close()


async def _persist(work: Callable[[], Result], what: str) -> Result:
    """Do the work on the database's thread, again until the database answers.

    What a run has said is in memory meanwhile, and the keeper tells that it lives.
    """
    wait = FIRST_WAIT
    while True:
        try:
            return await sync_to_async(work)()
        except UNANSWERED:
            log.exception("%s; trying again", what)
        await sync_to_async(close_connection)()
        await asyncio.sleep(wait)
        wait = min(2 * wait, MOST_WAIT)


async def drive(claim: Claim) -> None:
    """Claim the run, send it, and write what comes of it."""
    pk = claim.pk
    if queue.is_full():
        claim.forget()  # many may wait, for long
        if not await _has_its_turn(pk):
            return
    async with queue.driving(pk):
        claimed = await _persist(claim, f"run {pk} could not be claimed")
        claim.forget()  # the bytes are there now, and the run may take minutes
        if claimed is not None:
            await _drive(claimed)


async def _has_its_turn(pk: int) -> bool:
    """Wait in the queue. False when the run was stopped, or is not there any more."""
    run = await _persist(partial(_queued, pk), f"run {pk} could not be queued")
    if run is None:
        return False
    live = LiveRun.of(run)
    live.task = asyncio.current_task()
    try:
        await queue.wait(live)
    except asyncio.CancelledError:
        await asyncio.shield(spawn(_give_up(run, live)))
        return False
    return True


async def _give_up(run: Run, live: LiveRun) -> None:
    end = partial(ended, run, live.ending)
    await _persist(end, f"run {run.pk}: its end could not be written")
    hub.end(live, live.ending, None)


def _queued(pk: int) -> Run | None:
    """Take the run without driving it, so that its heart beats while it waits."""
    rows = Run.objects.filter(pk=pk, status=Run.Status.PENDING)
    rows.update(worker=WORKER, heartbeat_at=timezone.now())
    return rows.filter(worker=WORKER).first()


async def _drive(claimed: "Claimed | Ended") -> None:
    if isinstance(claimed, Ended):
        return hub.end(LiveRun.of(claimed.run), claimed.status, None)
    live = LiveRun.of(claimed.run, claimed.behind)
    live.task = asyncio.current_task()
    hub.begin(live)
    outcome: dict[str, Any] = {}
    try:
        if hub.is_stopping:
            # The shutdown came while we claimed: nobody else would cancel us.
            raise asyncio.CancelledError
        status = await _stream(claimed, live, outcome)
    except asyncio.CancelledError:
        # Of a whole answer only the end of the connection was waited for.
        is_whole = live.message.is_complete
        status = Run.Status.DONE if is_whole else live.ending
    except Exception:
        # A mistake of ours must not leave a run that looks alive for ever.
        log.exception("run %s: the driver failed", claimed.run.pk)
        status, outcome["error"] = Run.Status.FAILED, OUR_MISTAKE
    await asyncio.shield(spawn(_end(claimed, live, status, **outcome)))


async def _stream(claimed: Claimed, live: LiveRun, outcome: dict[str, Any]) -> str:
    answer = _Answer(live, outcome)
    try:
        await stream(claimed.endpoint, claimed.body, claimed.headers, answer)
    except Failure as failure:
        outcome["error"] = failure.as_json()
        outcome["request_id"] = storable(failure.request_id or "")[:100]
        if failure.exchange is not None:
            answer.exchange |= asdict(failure.exchange)
        return Run.Status.FAILED
    return Run.Status.DONE


class _Answer:
    """Hears an answer for its run: shows it to the viewers and notes its outcome."""

    def __init__(self, live: LiveRun, outcome: dict[str, Any]) -> None:
        self._live, self._outcome = live, outcome
        self.exchange: dict[str, Any] = {"attempts": []}
        outcome["exchange"] = self.exchange

    def tried(self, attempt: Attempt) -> None:
        self.exchange["attempts"].append(asdict(attempt))
        hub.retry(self._live, attempt)

    def opened(self, opened: Opened) -> None:
        self._outcome["request_id"] = storable(opened.request_id or "")[:100]
        self.exchange |= asdict(opened.exchange)

    def came(self, events: Sequence[tuple[str, str]]) -> None:
        hub.feed(self._live, events)


async def _end(claimed: Claimed, live: LiveRun, status: str, **outcome: Any) -> None:
    """Write the outcome, then tell the viewers; the order keeps them from 404s."""
    # Counted from the start: the clock may have been set meanwhile.
    started, began = claimed.run.started_at, live.started
    over = time.monotonic() if live.completed is None else live.completed
    took = timedelta(seconds=over - began)
    outcome["finished_at"] = started + took  # type: ignore[operator]
    if live.first_delta is not None:
        waited = timedelta(seconds=live.first_delta - began)
        outcome["first_token_at"] = started + waited  # type: ignore[operator]
    write = partial(_write_end, claimed.run, live, status, outcome)
    try:
        head = await _persist(write, f"run {live.run}: its end could not be written")
    except Exception:
        log.exception("run %s: its end cannot be written", live.run)
        # Without a heartbeat the lease runs out, and a sweeper writes the end.
        return hub.end(live, Run.Status.INTERRUPTED, None)
    hub.end(live, status, head)


def _write_end(
    run: Run, live: LiveRun, status: str, outcome: dict[str, Any]
) -> int | None:
    unsaved = list(live.unsaved)
    outcome = {**outcome, "unsaved": unsaved, "number": live.chunks}
    if ends.write(run, WORKER, status, live.message, late=True, **outcome):
        live.saved(len(unsaved))
        log.info("run %s ended: %s", run.pk, status)
        return _place(run)
    # As an earlier attempt wrote it, whose answer was lost.
    ended = Run.objects.filter(pk=run.pk, worker=WORKER, status=status).first()
    if ended is None:
        # Deleted with its conversation.
        log.warning("run %s was no longer live when it ended %s", run.pk, status)
        return None
    return _place(ended)


def _place(run: Run) -> int | None:
    try:
        return ends.place(run)
    except UNANSWERED:
        raise
    except (Conversation.DoesNotExist, Revision.DoesNotExist):
        return None  # deleted since
    except Exception:
        # It is written, so it is kept: as a variant that somebody may use.
        log.exception("run %s: its reply could not be placed", run.pk)
        return None
