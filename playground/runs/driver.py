"""Drives a run from claim to outcome, detached from any browser."""

import asyncio
import contextvars
import logging
import os
import secrets
import socket
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection
from django.utils import timezone

from conversations.models import Run
from playground import payload
from playground.claude import endpoints
from playground.claude.endpoints import Endpoint
from playground.claude.errors import Failure
from playground.claude.stream import Opened, Raw, stream

from . import ends
from .live import LiveRun, hub

log = logging.getLogger(__name__)

WORKER = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"

OUR_MISTAKE = {
    "kind": "internal",
    "sentence": "The playground failed while it read the answer. What came before is "
    "kept; the server's log has the details. Run again, please.",
}
LOST_IMAGE = {
    "kind": "image",
    "sentence": "An image of this conversation is missing on the server's disk. "
    "Attach it again, or take it out.",
}
WRITE_ATTEMPTS = 4  # to write an end: one second apart, then two, then four

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


def start(run: int) -> None:
    """Have the run driven by this process, from any thread.

    Without an engine (a shell, a test without a server) the run stays pending and
    the sweeper of a server marks it interrupted.
    """
    hub.call(lambda: spawn(drive(run)))


async def drain(seconds: float) -> None:
    """Wait until the tasks have written their ends, at most `seconds`."""
    if _tasks:
        await asyncio.wait(_tasks, timeout=seconds)


def close_connection() -> None:
    """Let the next query connect anew. To be called on the thread that queries:
    elsewhere `connection` is another one, also as a bound method."""
    connection.close()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that is ours to drive, with the very bytes to send."""

    run: Run
    endpoint: Endpoint
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended before anything was sent."""

    run: Run
    status: str


async def drive(pk: int) -> None:
    """Claim the run, send it, and write what comes of it."""
    claimed = await sync_to_async(_claim)(pk)
    if claimed is None:
        return
    live = LiveRun.of(claimed.run)
    if isinstance(claimed, Ended):
        return hub.end(live, claimed.status, None)
    live.task = asyncio.current_task()
    hub.begin(live)
    if hub.is_stopping:
        # The shutdown came while we claimed: nobody else would cancel us.
        await _end(claimed, live, live.ending)
        return
    outcome: dict[str, Any] = {}
    try:
        status = await _stream(claimed, live, outcome)
    except asyncio.CancelledError:
        status = live.ending
    except Exception:
        # A mistake of ours must not leave a run that looks alive for ever.
        log.exception("run %s: the driver failed", pk)
        status, outcome["error"] = Run.Status.FAILED, OUR_MISTAKE
    await asyncio.shield(spawn(_end(claimed, live, status, **outcome)))


async def _stream(claimed: Claimed, live: LiveRun, outcome: dict[str, Any]) -> str:
    events = stream(claimed.endpoint, claimed.body, claimed.headers)
    try:
        async with aclosing(events):
            async for each in events:
                if isinstance(each, Raw):
                    hub.feed(live, each.name, each.data)
                elif isinstance(each, Opened):
                    outcome["request_id"] = (each.request_id or "")[:100]
    except Failure as failure:
        outcome["error"] = failure.as_json()
        outcome["request_id"] = (failure.request_id or "")[:100]
        return Run.Status.FAILED
    return Run.Status.DONE


async def _end(claimed: Claimed, live: LiveRun, status: str, **outcome: Any) -> None:
    """Write the outcome, then tell the viewers; the order keeps them from 404s."""
    if live.first_delta is not None:
        waited = timedelta(seconds=live.first_delta - live.started)
        outcome["first_token_at"] = claimed.run.started_at + waited  # type: ignore[operator]
    for attempt in range(WRITE_ATTEMPTS):
        try:
            head = await sync_to_async(_write_end)(claimed.run, live, status, outcome)
            return hub.end(live, status, head)
        except DatabaseError:
            log.exception("run %s: its end could not be written yet", live.run)
            await sync_to_async(close_connection)()
            await asyncio.sleep(2**attempt)
        except Exception:
            log.exception("run %s: its end cannot be written", live.run)
            break
    # Without a heartbeat the lease runs out, and a sweeper writes the end.
    hub.end(live, Run.Status.INTERRUPTED, None)


def _claim(pk: int) -> Claimed | Ended | None:
    now = timezone.now()
    claimed = Run.objects.filter(pk=pk, status=Run.Status.PENDING).update(
        status=Run.Status.STREAMING, worker=WORKER, started_at=now, heartbeat_at=now
    )
    if not claimed:
        return None
    run = Run.objects.select_related("conversation").get(pk=pk)
    if run.stop_requested_at is not None:
        return _ended(run, Run.Status.STOPPED)
    endpoint = endpoints.get(run.endpoint)
    if endpoint is None:
        gone = f"The endpoint {run.endpoint!r} is not configured any more."
        return _ended(run, Run.Status.FAILED, {"kind": "endpoint", "sentence": gone})
    made = payload.of_run(run)
    try:
        body = made.body_bytes()
    except OSError:
        log.exception("run %s: an image cannot be read", pk)
        return _ended(run, Run.Status.FAILED, LOST_IMAGE)
    return Claimed(run, endpoint, body, made.headers)


def _ended(run: Run, status: str, error: dict[str, Any] | None = None) -> Ended:
    ends.write(run, WORKER, status, ends.Message(), error=error)
    return Ended(run, status)


def _write_end(
    run: Run, live: LiveRun, status: str, outcome: dict[str, Any]
) -> int | None:
    unsaved = list(live.unsaved)
    if ends.write(run, WORKER, status, live.message, unsaved=unsaved, **outcome):
        del live.unsaved[: len(unsaved)]
        log.info("run %s ended: %s", run.pk, status)
    rows = Run.objects.select_related("conversation")
    # As an attempt wrote it, this one or an earlier.
    ended = rows.filter(pk=run.pk, worker=WORKER, status=status).first()
    if ended is None:
        # Deleted with its conversation, or swept while this process stood still.
        log.warning("run %s was no longer live when it ended %s", run.pk, status)
        return None
    return _place(ended)


def _place(run: Run) -> int | None:
    try:
        return ends.place(run)
    except DatabaseError:
        raise
    except Exception:
        # It is written, so it is kept: as a variant that somebody may use.
        log.exception("run %s: its reply could not be placed", run.pk)
        return None
