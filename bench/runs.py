"""What a token costs on its way through: every run recorded and watched by one viewer,
beside a bare relay of the same bytes.

The sides take turns, so that whatever else the machine does hits both; the ratios are
what counts. Upstream, relay and playground are processes of their own; the viewers are
this one.
"""

import asyncio
import os
import resource
import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from . import kept, limits
from .processes import cpu, free_port, manage, peak_memory, started
from .upstream import PACE
from .viewers import Caller, Person, Seen, person_at

COUNTS = (1, 20, 100, 300)
TOKENS, TOKENS_SHORT = 1000, 250
FIRSTS = 30  # sends one after the other, for the time to the first token
PATIENCE = 20.0  # seconds beyond the time that an answer takes
GAP = 0.02  # seconds from one send to the next, where the start is not the question
CROWD, CROWD_TOKENS = 300, 250  # what is sent at once
HEADING = (
    f"{'runs':>5} {'':10} {'p50':>7} {'p95':>7} {'p99 ms':>7} {'started':>8} "
    f"{'refused':>7} {'lost':>5} {'CPU s/1000':>10} {'peak MB':>7}"
)

Viewer = Person | Caller
Maker = Callable[[], Viewer]


@dataclass(frozen=True, slots=True)
class Side:
    """One way from upstream to a viewer, and the process that goes it."""

    name: str
    pid: int
    make: Maker


def main(short: bool = False) -> None:
    """Print it all: about seven minutes, the short variant two."""
    _raise_limit()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        upstream, relay, port = free_port(), free_port(), free_port()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "DATA_DIR": folder,
            "PORT": str(port),
            "ACCESS": "local",
            "ANTHROPIC_API_KEY": "no-key",
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{upstream}",
        }
        for command in ("migrate", "prepare"):
            manage(environment, command)
        stack.enter_context(started("bench.upstream", upstream))
        relaying = stack.enter_context(started("bench.relay", relay, upstream))
        serving = stack.enter_context(started("playground", env=environment))
        headers, token = uvloop.run(person_at(port))
        sides = (
            Side("relay", relaying, lambda: Caller(relay)),
            Side("playground", serving, lambda: Person(port, headers, token)),
        )
        _first_tokens(sides, upstream)
        _runs(sides, TOKENS_SHORT if short else TOKENS)
        _at_once(sides)
        print(kept.told(Path(folder) / "db.sqlite3"), flush=True)
        for side in sides:
            uvloop.run(limits.most_under(side.name, side.make, short))


def _first_tokens(sides: Sequence[Side], upstream: int) -> None:
    """How much later the first token is than on a direct call, everything warm."""
    direct = Side("direct", 0, lambda: Caller(upstream))
    times: dict[str, list[float]] = {}
    for number in range(FIRSTS + 3):
        for side in (direct, *sides):
            seen = uvloop.run(_pass(side, 1, 5))[0][0]
            if number >= 3:  # what is used for the first time is slow
                times.setdefault(side.name, []).append(seen.times[0] - seen.asked)
    best = statistics.median(times["direct"])
    print(f"\nTime to the first token, {FIRSTS} sends one after the other")
    print(f"{'direct':10} p50 {best * 1000:6.1f} ms")
    for side in sides:
        found = sorted(times[side.name])
        middle, late = quantile(found, 0.5) - best, quantile(found, 0.95) - best
        print(
            f"{side.name:10} p50 {middle * 1000:+6.1f} ms   p95 {late * 1000:+6.1f} ms",
            flush=True,
        )


def _runs(sides: Sequence[Side], tokens: int) -> None:
    print(f"\nRuns of {tokens} tokens at {PACE} tokens/s, each with one viewer")
    print(HEADING)
    for count in COUNTS:
        rows = []
        for side in sides:
            seen, used = uvloop.run(_pass(side, count, tokens, GAP))
            rows.append(_row(side, seen, tokens, used, steady=True))
        ratios = (b / a if a else 0.0 for a, b in zip(*rows, strict=True))
        p50, p95, p99, each = ratios
        print(
            f"{'':5} {'ratio':10} {p50:7.1f} {p95:7.1f} {p99:7.1f} {'':8} {'':7} "
            f"{'':5} {each:10.2f}",
            flush=True,
        )


def _at_once(sides: Sequence[Side]) -> None:
    print(
        f"\n{CROWD} runs of {CROWD_TOKENS} tokens sent at once, delays from the start"
    )
    print(HEADING)
    for side in sides:
        seen, used = uvloop.run(_pass(side, CROWD, CROWD_TOKENS))
        _row(side, seen, CROWD_TOKENS, used, steady=False)


def _row(
    side: Side, seen: Sequence[Seen], tokens: int, used: float, *, steady: bool
) -> tuple[float, float, float, float]:
    """Print and return the quantiles of the delays and the seconds for 1,000 tokens.
    Steady are the delays once the last run has begun and its send is answered."""
    first = min(each.asked for each in seen)
    begun = max((each.times[0] for each in seen if each.times), default=first)
    settled = max([begun, *(each.answered for each in seen)]) if steady else first
    delays = sorted(
        delay * 1000
        for each in seen
        for at, delay in zip(each.times, each.delays, strict=True)
        if at >= settled
    )
    came = sum(len(each.delays) for each in seen)
    refused = sum(each.status != 200 for each in seen)
    p50, p95, p99 = (quantile(delays, share) for share in (0.5, 0.95, 0.99))
    thousand = used / max(1, came) * 1000
    print(
        f"{len(seen):5} {side.name:10} {p50:7.2f} {p95:7.2f} {p99:7.2f} "
        f"{begun - first:6.2f} s {refused:7} {len(seen) * tokens - came:5} "
        f"{thousand:10.4f} {peak_memory(side.pid) / 1e6:7.0f}",
        flush=True,
    )
    return p50, p95, p99, thousand


async def _pass(
    side: Side, count: int, tokens: int, gap: float = 0.0
) -> tuple[list[Seen], float]:
    """Let so many viewers send, one every `gap` seconds. Returns what each saw, and
    the seconds of the processor that it took."""
    viewers = [side.make() for _ in range(count)]
    for viewer in viewers:
        await viewer.begin()
    before = cpu(side.pid) if side.pid else 0.0
    try:
        async with asyncio.timeout(tokens / PACE + count * gap + PATIENCE):
            async with asyncio.TaskGroup() as sends:
                for viewer in viewers:
                    sends.create_task(viewer.send(tokens))
                    await asyncio.sleep(gap)
            await asyncio.gather(*(v.stream.ended for v in viewers if v.stream))
    except TimeoutError:
        pass  # what is missing is counted as lost
    used = cpu(side.pid) - before if side.pid else 0.0
    for viewer in viewers:
        viewer.close()
    return [viewer.seen for viewer in viewers], used


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _raise_limit() -> None:
    """A viewer is a connection or two here and in each of the servers."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
