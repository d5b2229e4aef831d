"""Claims a run for this process and makes the bytes to send.

Works on the database and knows no event loop.
"""

import logging
import os
import secrets
import socket
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from conversations.formatting import Continued
from conversations.models import Run
from playground import payload
from playground.claude import endpoints
from playground.claude.endpoints import Endpoint
from playground.payload import Payload

from . import ends

log = logging.getLogger(__name__)

UNANSWERED = (OperationalError, InterfaceError)  # as opposed to answers that say no


def _machine() -> str:
    """Where process numbers are the same: containers may share a name, and each has
    numbers of its own."""
    try:
        numbers = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        numbers = 0  # no Linux
    return f"{socket.gethostname()[:25]}/{numbers}"


MACHINE = _machine()
WORKER = f"{MACHINE}:{os.getpid()}:{secrets.token_hex(4)}"

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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that is ours to drive, with the very bytes to send."""

    run: Run
    endpoint: Endpoint
    body: bytes
    headers: dict[str, str]
    behind: Continued | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended before anything was sent."""

    run: Run
    status: str


class Claim:
    """Claims a run, once: a second attempt knows a claim whose answer was lost.

    `made` is what the run sends, where whoever asked for it has just made it.
    """

    def __init__(self, run: Run | int, made: Payload | None = None) -> None:
        self.pk = run if isinstance(run, int) else run.pk
        # A copy: the one who asked still shows the run as it was.
        self._ready = (copy(run), made) if isinstance(run, Run) and made else None
        self._free = Q(status=Run.Status.PENDING)

    def forget(self) -> None:
        """Let go what was made; it is made anew from what the run has kept."""
        self._ready = None

    def __call__(self) -> Claimed | Ended | None:
        now = timezone.now()
        rows = Run.objects.filter(self._free, pk=self.pk)
        self._free |= Q(status=Run.Status.STREAMING, worker=WORKER)
        values = {
            "status": Run.Status.STREAMING,
            "worker": WORKER,
            "started_at": now,
            "heartbeat_at": now,
        }
        ready = None
        with transaction.atomic():  # so that it waits with the other writers
            if self._ready and rows.filter(stop_requested_at=None).update(**values):
                ready = self._ready
            elif not rows.update(**values):
                return None
        if ready is None:
            run = Run.objects.filter(pk=self.pk).first()
            return prepared(run) if run is not None else None  # none: deleted since
        run, made = ready
        for name, value in values.items():
            setattr(run, name, value)
        return prepared(run, made)


def prepared(run: Run, made: Payload | None = None) -> Claimed | Ended:
    """Make the bytes to send; what keeps them from being made is the run's end."""
    if run.stop_requested_at is not None:
        return ended(run, Run.Status.STOPPED)
    endpoint = endpoints.get(run.endpoint)
    if endpoint is None:
        gone = f"The endpoint {run.endpoint!r} is not configured any more."
        return ended(run, Run.Status.FAILED, {"kind": "endpoint", "sentence": gone})
    try:
        made = made or payload.of_run(run)
        sent, behind = made.body_bytes(), ends.text_behind(run)
        return Claimed(run, endpoint, sent, made.headers, behind)
    except UNANSWERED:
        raise
    except OSError:
        log.exception("run %s: an image cannot be read", run.pk)
        return ended(run, Run.Status.FAILED, LOST_IMAGE)
    except Exception:
        log.exception("run %s: its request cannot be made", run.pk)
        return ended(run, Run.Status.FAILED, OUR_MISTAKE)


def ended(run: Run, status: str, error: dict[str, Any] | None = None) -> Ended:
    ends.write(run, WORKER, status, ends.Message(), error=error)
    return Ended(run, status)
