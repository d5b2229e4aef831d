"""Beyond a set number of live runs in this process, a run waits its turn.

More streams than a process can carry would be late for everybody at once; whoever
comes later waits in order, is told how many are before, and can stop waiting.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .live import hub
from .live_run import LiveRun

MOST_LIVE = 500

_driving: set[int] = set()
_waiting: dict[LiveRun, asyncio.Event] = {}


def is_full() -> bool:
    """Whether a run that comes now has to wait."""
    return bool(_waiting) or len(_driving) >= MOST_LIVE


def has(run: int) -> bool:
    """Whether the run is driven here or about to be."""
    return run in _driving


async def wait(live: LiveRun) -> None:
    """Wait until it is the run's turn; it is shown with how many are before it."""
    turn = _waiting[live] = asyncio.Event()
    live.ahead = len(_waiting) - 1
    hub.begin(live)
    _let_in()  # those before it may have ended while it was being written down
    try:
        await turn.wait()
    except asyncio.CancelledError:
        _driving.discard(live.run)
        raise
    finally:
        _waiting.pop(live, None)
        hub.runs.pop(live.run, None)
        _let_in()


@asynccontextmanager
async def driving(run: int) -> AsyncIterator[None]:
    """Count the run among those that are driven."""
    _driving.add(run)
    try:
        yield
    finally:
        _driving.discard(run)
        _let_in()


def _let_in() -> None:
    for live, turn in list(_waiting.items()):
        if len(_driving) >= MOST_LIVE:
            break
        _driving.add(live.run)
        del _waiting[live]
        turn.set()
    for ahead, live in enumerate(_waiting):
        hub.queue(live, ahead)
