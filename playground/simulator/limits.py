"""The rate-limit headers: what is spent in the current minute. Nothing is enforced.

Source: rate-limits page (Aug 2026) and recorded headers. Limits are those of the
middle tier; tokens read from the cache do not count.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

REQUESTS, INPUT, OUTPUT = 5_000, 2_000_000, 400_000
_MINUTE = 60


class Meter:
    """Counts requests and tokens by the minute. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._minute = 0
        self._spent = [0, 0, 0]

    def spend(self, requests: int = 0, input: int = 0, output: int = 0) -> None:
        """Count something towards this minute."""
        self._turn()
        for n, amount in enumerate((requests, input, output)):
            self._spent[n] += amount

    def headers(self) -> dict[str, str]:
        """Limit, what remains of it, and when it is whole again (RFC 3339)."""
        self._turn()
        end = datetime.fromtimestamp((self._minute + 1) * _MINUTE, UTC)
        reset = end.strftime("%Y-%m-%dT%H:%M:%SZ")
        limits = (REQUESTS, INPUT, OUTPUT)
        left = [max(0, n - spent) for n, spent in zip(limits, self._spent, strict=True)]
        rows = {
            "requests": (REQUESTS, left[0]),
            "input-tokens": (INPUT, left[1]),
            "output-tokens": (OUTPUT, left[2]),
            "tokens": (INPUT + OUTPUT, left[1] + left[2]),
        }
        found: dict[str, str] = {}
        for name, (limit, remaining) in rows.items():
            found[f"anthropic-ratelimit-{name}-limit"] = str(limit)
            found[f"anthropic-ratelimit-{name}-remaining"] = str(remaining)
            found[f"anthropic-ratelimit-{name}-reset"] = reset
        return found

    def _turn(self) -> None:
        minute = int(self._clock() // _MINUTE)
        if minute != self._minute:
            self._minute, self._spent = minute, [0, 0, 0]
