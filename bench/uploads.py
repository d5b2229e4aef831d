"""A hundred photographs at once while answers stream: how long the uploads take, what
memory they take, and how much later the tokens come than without them."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop

from . import crowd
from .processes import free_port, manage, peak_memory, started
from .runs import quantile
from .viewers import Person, Seen, person_at

STREAMS = 20
TOKENS = 500  # ten seconds, in which the uploads are not yet over
LARGE = 100_000_000


def main() -> None:
    if not Path("/proc/self/status").exists():
        print("The memory of uploads can be measured on Linux alone.")
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        upstream, port = free_port(), free_port()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "DATA_DIR": folder,
            "PORT": str(port),
            "ANTHROPIC_API_KEY": "no-key",
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{upstream}",
        }
        for command in ("migrate", "prepare"):
            manage(environment, command)
        stack.enter_context(started("bench.upstream", upstream))
        server = stack.enter_context(started("playground", env=environment))
        _streamed(port)  # what is used for the first time is slow
        print(f"\nUploads, with {STREAMS} answers streaming at 50 tokens/s")
        _large_file(port, server)
        alone = _row("streams alone", _streamed(port))
        with _uploading(port, server):
            beside = _row("beside uploads", _streamed(port))
        ratios = (f"{b / a:7.1f}" for a, b in zip(alone, beside, strict=True))
        print(f"{'ratio':14} p50 {' p95 '.join(ratios)}", flush=True)


def _streamed(port: int) -> list[Seen]:
    async def watched() -> list[Seen]:
        headers, token = await person_at(port)
        people = [Person(port, headers, token) for _ in range(STREAMS)]
        for person in people:
            await person.begin()
        await asyncio.gather(*(person.send(TOKENS) for person in people))
        await asyncio.gather(*(p.stream.ended for p in people if p.stream))
        for person in people:
            person.close()
        return [person.seen for person in people]

    return uvloop.run(watched())


def _row(name: str, seen: Sequence[Seen]) -> tuple[float, float]:
    delays = sorted(delay * 1000 for each in seen for delay in each.delays)
    p50, p95, p99 = (quantile(delays, share) for share in (0.5, 0.95, 0.99))
    print(
        f"{name:14} p50 {p50:7.2f} p95 {p95:7.2f} p99 {p99:7.2f} "
        f"worst {delays[-1]:7.2f} ms, lost {len(seen) * TOKENS - len(delays)}",
        flush=True,
    )
    return p50, p95


@contextmanager
def _uploading(port: int, server: int) -> Iterator[None]:
    """Upload while the block runs, and print what came of it."""
    before, begun = peak_memory(server), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.crowd", f"http://127.0.0.1:{port}"],
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()
    with _watched(server) as worker:
        yield
        ended = "before" if process.poll() is not None else "after"
        waits = int(process.stdout.readline())
        process.wait()
    print(
        f"{crowd.PEOPLE * crowd.EACH} uploads of 12 MP by {crowd.PEOPLE} people: "
        f"{time.perf_counter() - begun:.0f} s, over {ended} the streams; "
        f"told to wait {waits} times"
    )
    print(
        f"peak memory: server {before / 1e6:.0f} MB before and "
        f"{peak_memory(server) / 1e6:.0f} MB after, worker {max(worker) / 1e6:.0f} MB"
    )


@contextmanager
def _watched(server: int) -> Iterator[list[int]]:
    """The peak memory of its worker, which is replaced after some pictures."""
    peaks, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            peaks.extend(map(_peak, _children(server)))

    thread = threading.Thread(target=watch)
    thread.start()
    yield peaks
    over.set()
    thread.join()


def _large_file(port: int, server: int) -> None:
    """A file as large as may be, which is no picture: only its way is measured."""
    browser = crowd.Browser(f"http://127.0.0.1:{port}")
    data = b"\x89PNG\r\n\x1a\n" + bytes(LARGE - 8)
    before, begun = peak_memory(server), time.perf_counter()
    status = browser.upload(data)
    print(
        f"one file of {LARGE / 1e6:.0f} MB: {time.perf_counter() - begun:.1f} s, status"
        f" {status}; the server's peak memory rose by"
        f" {(peak_memory(server) - before) / 1e6:.1f} MB"
    )


def _peak(pid: int) -> int:
    try:
        return peak_memory(pid)
    except FileNotFoundError:
        return 0


def _children(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if re.search(rf"PPid:\s+{pid}$", text, re.MULTILINE):
            found.append(int(status.parent.name))
    return found
