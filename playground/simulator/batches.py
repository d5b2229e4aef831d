"""The Message Batches API: kept in memory, worked off when somebody looks.

A batch takes `LASTS` seconds by the clock; its requests are answered at the first look
after that, so no task of the server runs on by itself. Source: batch-processing page
(Aug 2026), anthropic 2.12.0 types/messages/message_batch.py.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from playground.simulator import moments, paging
from playground.simulator.request import invalid, refusal_of
from playground.simulator.wire import Refusal, encode, new_id
from playground.spec import rules

LASTS = 3.0
CANCELS = 0.5
"""Seconds that a batch is `in_progress`, and `canceling`."""
MAX_REQUESTS = 10_000
"""The API itself takes 100,000."""
MAX_BATCHES = 100
MAX_BYTES = 64 * 1024 * 1024
"""Of all batches of a workspace, requests and results; the oldest ended make room."""
_OUTCOMES = ("processing", "succeeded", "errored", "canceled", "expired")

Answer = Callable[[Mapping[str, Any], Mapping[str, str]], Mapping[str, Any]]
"""From params and headers to the message that answers; raises Refusal."""


@dataclass(slots=True)
class Batch:
    id: str
    headers: Mapping[str, str]
    requests: list[tuple[str, Mapping[str, Any]]]
    size: int
    created: float
    due: float
    canceled: float | None = None
    ended: float | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_OUTCOMES, 0))
    lines: list[bytes] = field(default_factory=list)

    def as_json(self, base: str) -> dict[str, Any]:
        """A batch as the API describes it; `base` is where the API is reached."""
        status = "in_progress" if self.canceled is None else "canceling"
        results = f"{base}/v1/messages/batches/{self.id}/results"
        ended = self.ended is not None
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": "ended" if ended else status,
            "request_counts": dict(self.counts),
            "created_at": moments.rfc3339(self.created),
            "expires_at": moments.rfc3339(self.created + moments.DAY),
            "ended_at": _moment(self.ended),
            "cancel_initiated_at": _moment(self.canceled),
            "archived_at": None,
            "results_url": results if ended else None,
        }

    def end(self, answer: Answer) -> None:
        """Answer every request, or mark it canceled."""
        for custom_id, params in self.requests:
            result = {"type": "canceled"}
            if self.canceled is None:
                result = _result(params, self.headers, answer)
            self.counts[result["type"]] += 1
            line = encode({"custom_id": custom_id, "result": result}) + b"\n"
            self.lines.append(line)
        self.counts["processing"] = 0
        self.size = sum(map(len, self.lines))
        self.requests = []
        self.ended = self.due


class Batches:
    """The batches of a workspace. May be used from several threads."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._batches: dict[str, Batch] = {}
        self._lock = threading.Lock()

    def create(
        self, whole: Mapping[str, Any], size: int, headers: Mapping[str, str]
    ) -> Batch:
        """Keep the requests of a body of `size` bytes; nothing in them is checked yet.

        Raises Refusal when the list itself is not sound.
        """
        requests = _requests(whole, size)
        now = self._clock()
        batch = Batch(new_id("msgbatch"), headers, requests, size, now, now + LASTS)
        batch.counts["processing"] = len(requests)
        with self._lock:
            self._make_room(size)
            self._batches[batch.id] = batch
        return batch

    def is_due(self) -> bool:
        """Whether there is a batch to end."""
        now = self._clock()
        return any(b.ended is None and b.due <= now for b in self._batches.values())

    def settle(self, answer: Answer) -> None:
        """End what is due. Takes as long as its answers do: not for the event loop."""
        with self._lock:
            now = self._clock()
            for batch in list(self._batches.values()):
                if batch.ended is None and batch.due <= now:
                    batch.end(answer)

    def page(self, query: Mapping[str, str], base: str) -> dict[str, Any]:
        """One page of the list, newest first."""
        shown: list[paging.Item] = [
            (each.id, partial(each.as_json, base))
            for each in reversed(list(self._batches.values()))
        ]
        return paging.by_id(query, shown, "message batch")

    def one(self, id: str) -> Batch:
        """The batch of this id. Raises Refusal 404."""
        if id not in self._batches:
            raise Refusal(404, "not_found_error", "Not found")
        return self._batches[id]

    def cancel(self, id: str) -> Batch:
        """Begin to cancel it; a second time changes nothing."""
        batch = self.one(id)
        if batch.ended is not None:
            raise invalid(f"Message batch {id} has already ended.")
        if batch.canceled is None:
            batch.canceled = self._clock()
            batch.due = min(batch.due, batch.canceled + CANCELS)
        return batch

    def delete(self, id: str) -> dict[str, Any]:
        """Forget it, once it has ended."""
        if self.one(id).ended is None:
            raise invalid(f"Message batch {id} is still processing; cancel it first.")
        self._batches.pop(id, None)
        return {"id": id, "type": "message_batch_deleted"}

    def results(self, id: str) -> list[bytes]:
        """The lines of JSON, once it has ended."""
        batch = self.one(id)
        if batch.ended is None:
            words = f"Message Batch {id} has no available results."
            raise Refusal(404, "not_found_error", words)
        return batch.lines

    def _make_room(self, size: int) -> None:
        for batch in list(self._batches.values()):
            held = sum(each.size for each in self._batches.values())
            if len(self._batches) < MAX_BATCHES and held + size <= MAX_BYTES:
                return
            if batch.ended is not None:
                del self._batches[batch.id]
        if len(self._batches) >= MAX_BATCHES:
            raise invalid(f"The simulator keeps {MAX_BATCHES} batches at a time.")


def _requests(
    whole: Mapping[str, Any], size: int
) -> list[tuple[str, Mapping[str, Any]]]:
    for key in whole.keys() - {"requests"}:
        raise invalid(f"{key}: Extra inputs are not permitted")
    if "requests" not in whole:
        raise invalid("requests: Field required")
    for problem in rules.batch.submission(whole["requests"], size):
        raise refusal_of(problem)
    if len(whole["requests"]) > MAX_REQUESTS:
        raise invalid(f"requests: the simulator takes at most {MAX_REQUESTS}")
    return [_request(n, each) for n, each in enumerate(whole["requests"])]


def _request(n: int, given: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(given["params"], dict):
        raise invalid(f"requests.{n}.params: Input should be a valid dictionary")
    for key in given.keys() - {"custom_id", "params"}:
        raise invalid(f"requests.{n}.{key}: Extra inputs are not permitted")
    return given["custom_id"], given["params"]


def _result(
    params: Mapping[str, Any], headers: Mapping[str, str], answer: Answer
) -> dict[str, Any]:
    try:
        for problem in rules.batch.item(params):
            raise refusal_of(problem)
        return {"type": "succeeded", "message": answer(params, headers)}
    except Refusal as refusal:
        return {"type": "errored", "error": refusal.as_json(new_id("req"))}


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else moments.rfc3339(seconds)
