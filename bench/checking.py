"""What a check costs after one edit, beside reading everything again.

And how far the token estimate is off, where real counts are at hand.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playground.spec import rules
from playground.spec.rules import Summary

Message = dict[str, object]
PARAMS = {"model": "claude-opus-5-5", "max_tokens": 1024}
HEADERS = {"anthropic-version": "2026-10-21"}
SIZES = (10, 200, 1000)  # turns of 5 KB: 200 are 1 MB
WORDS = "The quick brown fox jumps over the lazy dog, twice a day. " * 90
REPEATS = 7
TRUTH = Path(__file__).parents[2] / "shared" / "recorded" / "token_truth.jsonl"


def main() -> None:
    print("\nA check in a conversation of turns of 5 KB")
    print(f"{'turns':>6} {'all read':>12} {'one edited':>12} {'ratio':>8}")
    edits = {}
    for size in SIZES:
        messages = [_message(number) for number in range(size)]
        known = [rules.summarise(message) for message in messages]
        whole = _median(partial(_all_read, messages))
        edits[size] = _median(partial(_one_edited, known))
        ratio = whole / edits[size]
        print(
            f"{size:6} {whole * 1000:9.2f} ms {edits[size] * 1000:9.2f} ms {ratio:8.0f}"
        )
    growth = edits[SIZES[-1]] / edits[SIZES[0]]
    print(f"One edit at {SIZES[-1]} turns against {SIZES[0]}: {growth:.2f} times")
    _token_estimate()


def _message(number: int) -> Message:
    role = "assistant" if number % 2 else "user"
    return {"role": role, "content": [{"type": "text", "text": f"{number} {WORDS}"}]}


def _all_read(messages: list[Message]) -> None:
    rules.check(PARAMS, HEADERS, [rules.summarise(message) for message in messages])


def _one_edited(known: list[Summary]) -> None:
    edited = rules.summarise(_message(-1))
    rules.check(PARAMS, HEADERS, [*known[:-1], edited])


def _median(work: Callable[[], None]) -> float:
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _token_estimate() -> None:
    if not TRUTH.exists():
        print("Token estimate: no real counts here to compare with.")
        return
    print("Token estimate against real counts, each project held out in turn")
    command = [sys.executable, "-m", "tests.spec.token_fit"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    print("\n".join(told.stdout.splitlines()[2:4]))
