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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that is ours to drive, with the very bytes to send."""

    run: Run
    endpoint: Endpoint
    body: bytes
    headers: dict[str, str]


async def drive(pk: int) -> None:
    """Claim the run, send it, and write what comes of it."""
    claimed = await sync_to_async(_claim)(pk)
    if claimed is None:
        return
    run = claimed.run
    live = LiveRun(run.pk, run.conversation_id, run.slot, run.continues)
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
            await sync_to_async(connection.close)()
            await asyncio.sleep(2**attempt)
    # Without a heartbeat the lease runs out, and a sweeper writes the end.
    hub.end(live, Run.Status.INTERRUPTED, None)


def _claim(pk: int) -> Claimed | None:
    now = timezone.now()
    claimed = Run.objects.filter(pk=pk, status=Run.Status.PENDING).update(
        status=Run.Status.STREAMING, worker=WORKER, started_at=now, heartbeat_at=now
    )
    if not claimed:
        return None
    run = Run.objects.select_related("conversation").get(pk=pk)
    if run.stop_requested_at is not None:
        ends.write(run, WORKER, Run.Status.STOPPED, ends.Message())
        return None
    endpoint = endpoints.get(run.endpoint)
    if endpoint is None:
        error = {
            "sentence": f"The endpoint {run.endpoint!r} is not configured any more.",
            "kind": "endpoint",
        }
        ends.write(run, WORKER, Run.Status.FAILED, ends.Message(), error=error)
        return None
    made = payload.of_run(run)
    return Claimed(run, endpoint, made.body_bytes(), made.headers)


def _write_end(
    run: Run, live: LiveRun, status: str, outcome: dict[str, Any]
) -> int | None:
    unsaved = list(live.unsaved)
    if not ends.write(run, WORKER, status, live.message, unsaved=unsaved, **outcome):
        # Deleted with its conversation, or swept while this process stood still.
        log.warning("run %s was no longer live when it ended %s", run.pk, status)
        return None
    del live.unsaved[: len(unsaved)]
    log.info("run %s ended: %s", run.pk, status)
    return ends.place(Run.objects.select_related("conversation").get(pk=run.pk))
