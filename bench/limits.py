"""The largest number of runs whose tokens still come in time."""

import asyncio
import time
from collections.abc import Callable

from .upstream import PACE
from .viewers import Caller, Person

FIRST, STEP = 200, 50
MOST = 1200
LATE = 0.050  # seconds
GAP = 0.02  # seconds from one send to the next
PATIENCE = 60.0  # seconds until all have been answered
SETTLE, WATCH = 2.0, 4.0  # seconds after each step
ENOUGH = 100_000  # tokens: nobody ends before the measurement does

Maker = Callable[[], Person | Caller]


async def most_under(name: str, make: Maker, short: bool) -> int:
    """Add runs step by step until p95 is over 50 ms or the pace is lost; print it."""
    viewers: list[Person | Caller] = []
    sends: list[asyncio.Task[None]] = []
    best, told = 0, ""
    for count in range(FIRST, MOST + 1, STEP * 2 if short else STEP):
        new = [make() for _ in range(count - len(viewers))]
        for viewer in new:
            await viewer.begin()
        viewers += new
        for viewer in new:  # one after the other: starting is not what is measured
            sends.append(asyncio.create_task(viewer.send(ENOUGH)))
            await asyncio.sleep(GAP)
        await asyncio.wait(sends, timeout=PATIENCE)
        late, pace = await _watched(viewers)
        if late > LATE or pace < 0.98:
            told = f"; at {count} {late * 1000:.0f} ms and {pace:.0%} of the pace"
            break
        best, told = count, f" ({late * 1000:.1f} ms)"
    for send in sends:
        send.cancel()
    await asyncio.gather(*sends, return_exceptions=True)
    for viewer in viewers:
        viewer.close()
    print(f"Most runs with p95 under 50 ms, {name:10} {best}{told}", flush=True)
    return best


async def _watched(viewers: list[Person | Caller]) -> tuple[float, float]:
    """Return the p95 of the delays for a while, and the share of the pace."""
    await asyncio.sleep(SETTLE)
    before = [len(viewer.seen.delays) for viewer in viewers]
    started = time.monotonic()
    await asyncio.sleep(WATCH)
    seconds = time.monotonic() - started
    delays = sorted(
        delay
        for viewer, start in zip(viewers, before, strict=True)
        for delay in viewer.seen.delays[start:]
    )
    if not delays:
        return float("inf"), 0.0
    late = delays[int(len(delays) * 0.95)]
    return late, len(delays) / (len(viewers) * seconds * PACE)
