"""The attempts of a call: told as they fail, and not repeated where that is no use.

The SDK repeats; it obeys two headers, which are written here for every failed attempt,
so that what is told is what happens. Knows no event of a stream.
"""

import email.utils
import math
import random
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx2

from playground.claude.exchange import AS_CAME

ATTEMPTS = 4
"""How often a call is tried."""
PATIENCE = 60.0
"""Longer waits, in seconds, are left to a person."""
FIRST_WAIT, MOST_WAIT = 0.5, 8.0
"""Seconds of the waits when the API names none; each is twice the one before."""
_COUNT = "x-stainless-retry-count"
_AGAIN = (408, 409, 429)
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""Error types by status, where the body does not name one (errors page, Sep 2026)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt has failed, and attempt `number` `of` so many follows the wait.

    `kind` is an error type of the API, "connection" or "timeout". Without a `status`
    there was no answer, and the wait is at most `wait_seconds`.
    """

    number: int
    of: int
    wait_seconds: float
    kind: str
    status: int | None


listener: ContextVar[Callable[[Attempt], None] | None] = ContextVar(
    "listener", default=None
)
"""Whom the attempts of the calls in this context are told."""


class Watching(httpx2.AsyncClient):
    """An HTTP client whose failed sends are told and marked."""

    async def send(self, request: httpx2.Request, **more: Any) -> httpx2.Response:
        before = int(request.headers.get(_COUNT, "0"))
        try:
            response = await super().send(request, **more)
        except httpx2.HTTPError as error:
            is_late = isinstance(error, httpx2.TimeoutException)
            _tell(before, backoff(before), "timeout" if is_late else "connection")
            raise
        if response.status_code >= 400:
            _mark(response, before)
        return response


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks to wait; None when it does not say.

    0.0 where it says so without a wait: none, one that is over, no number, one without
    an end. The usual back-off holds then.
    """
    told = False
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        told = told or bool(value)
        seconds = _number(value)
        if seconds is not None:
            return max(0.0, seconds * factor)
    date = _until(headers.get("retry-after", ""))
    if date is not None:
        return max(0.0, date)
    return 0.0 if told else None


def _number(value: str) -> float | None:
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _until(date: str) -> float | None:
    """The seconds until a date, negative when it is over; None for no date."""
    try:
        parsed = email.utils.parsedate_tz(date)
        return email.utils.mktime_tz(parsed) - time.time() if parsed else None
    except (ValueError, OverflowError):  # of a year that no calendar has
        return None


def backoff(before: int) -> float:
    """The longest wait after so many attempts before this one."""
    return min(FIRST_WAIT * 2.0 ** min(before, 10), MOST_WAIT)


def _mark(response: httpx2.Response, before: int) -> None:
    """Write down whether and when it is tried again, and tell it."""
    status, headers = response.status_code, response.headers
    response.extensions[AS_CAME] = dict(headers)
    told, asked = headers.get("x-should-retry"), retry_after(headers)
    again = told == "true" or (told != "false" and (status in _AGAIN or status >= 500))
    # A 429 without the header is a spending limit (errors page, Sep 2026).
    if (status == 429 and asked is None) or (asked or 0.0) > PATIENCE:
        again = False
    headers["x-should-retry"] = "true" if again else "false"
    if not again or before + 1 >= ATTEMPTS:
        return
    wait = asked or backoff(before) * random.uniform(0.75, 1)
    headers["retry-after-ms"] = str(round(wait * 1000))
    _tell(before, wait, TYPES.get(status, "api_error"), status)


def _tell(before: int, wait: float, kind: str, status: int | None = None) -> None:
    tell = listener.get()
    if tell is not None and before + 1 < ATTEMPTS:
        tell(Attempt(before + 2, ATTEMPTS, wait, kind, status))
