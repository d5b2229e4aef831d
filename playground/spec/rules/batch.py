"""Rules about batches: what refuses a whole submission, and what an item cannot ask."""

import re
from collections.abc import Iterator
from typing import Any

from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import as_dict, is_number

SOURCE = "batch-processing page, Aug 2026; custom_id: code bases to 2026"
MOST = 100_000
MAX_BYTES = 256 * 1024 * 1024
CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}", re.ASCII)

NOT_IN_A_BATCH = (
    "speed",
    "thread",
    "store",
    "previous_thread_event_id",
    "cache_hint",
    "context_hint",
    "fallbacks",
)
"""Parameters that an item cannot have (batch-processing page, Aug 2026)."""


def submission(requests: object, size: int = 0) -> Iterator[Problem]:
    """What refuses the whole batch. `size` is its length in bytes, 0 if unknown."""
    if not isinstance(requests, list):
        text, words = "requests: Input should be a valid list", "A batch is a list."
        yield Problem("requests", "error", text, words, rule="batch_shape")
        return
    if not requests:
        text = "requests: List should have at least 1 item after validation, not 0"
        words = "A batch needs a request."
        yield Problem("requests", "error", text, words, rule="batch_empty")
    if len(requests) > MOST:
        text = f"requests: {len(requests)} > {MOST}"
        words = "A batch has at most 100,000 requests; wording assumed."
        yield Problem("requests", "error", text, words, rule="batch_too_long")
    if size > MAX_BYTES:
        yield Problem(
            "requests",
            "error",
            "Request exceeds the maximum size",
            "A batch has at most 256 MB.",
            status=413,
            error_type="request_too_large",
            rule="batch_too_large",
        )
    yield from _ids(requests)


def _ids(requests: list[Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for n, each in enumerate(requests):
        path = f"requests.{n}"
        if not isinstance(each, dict):
            text = f"{path}: Input does not match the expected shape."
            words = "A request of a batch is an object."
            yield Problem(path, "error", text, words, rule="batch_shape")
            continue
        for key in ("custom_id", "params"):
            if key not in each:
                text, words = f"{path}.{key}: Field required", f"It needs {key}."
                where = f"{path}.{key}"
                yield Problem(where, "error", text, words, rule="batch_shape")
        name = each.get("custom_id", "x")
        where = f"{path}.custom_id"
        if not isinstance(name, str) or not CUSTOM_ID.fullmatch(name):
            text = f"{where}: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'"
            words = "A custom_id has 1 to 64 letters, digits, _ and -."
            yield Problem(where, "error", text, words, rule="batch_custom_id")
        elif "custom_id" in each and name in seen:
            text = f"{where}: custom_id '{name}' is not unique"
            words = "Two requests have this custom_id; wording assumed."
            yield Problem(where, "error", text, words, rule="batch_custom_id_twice")
        else:
            seen.add(name)


def item(params: object) -> Iterator[Problem]:
    """What one item cannot ask for in a batch; paths start at its params."""
    given = as_dict(params)
    if given.get("stream") is True:
        fix = Fix("remove_param", "Remove stream")
        text = "stream: streaming is not supported in batches"
        words = "A batch streams nothing; wording assumed."
        yield Problem("stream", "error", text, words, (fix,), rule="batch_stream")
    limit = given.get("max_tokens")
    if is_number(limit) and limit == 0:
        fix = Fix("set_param", "Set max tokens to 1024", {"value": 1024})
        text = "max_tokens: Input should be greater than or equal to 1"
        words = "A batch warms no cache: max_tokens 0 is refused; wording assumed."
        yield Problem("max_tokens", "error", text, words, (fix,), rule="batch_nothing")
    for key in NOT_IN_A_BATCH:
        if given.get(key) is not None:
            fix = Fix("remove_param", f"Remove {key}")
            text = f"{key}: not supported in batches"
            words = f"{key} cannot be used in a batch; wording assumed."
            yield Problem(key, "error", text, words, (fix,), rule="batch_param")
