"""Rules about batches: what refuses a whole submission, and what an item cannot ask."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Rule, as_dict, each_dict, is_number

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

_PAGE = "batch-processing page, Aug 2026; wording assumed"


@dataclass(frozen=True, slots=True)
class Batch:
    """The requests of a submission, any JSON value, and its bytes; 0 is unknown."""

    requests: object
    size: int = 0

    @property
    def listed(self) -> list[Any]:
        return self.requests if isinstance(self.requests, list) else []


class SubmissionRule(Rule[Batch]):
    """A rule over a whole submission."""


class ItemRule(Rule[Mapping[str, Any]]):
    """A rule over the params of one item; paths start there."""


def _rule(
    source: str = _PAGE,
) -> Callable[[Callable[[Batch], Iterator[Problem]]], SubmissionRule]:
    return lambda find: SubmissionRule(find.__name__, find, source, "2026-11")


def _item_rule(
    find: Callable[[Mapping[str, Any]], Iterator[Problem]],
) -> ItemRule:
    return ItemRule(find.__name__, find, _PAGE, "2026-11")


@_rule()
def batch_shape(batch: Batch) -> Iterator[Problem]:
    """A batch is a list of objects with custom_id and params."""
    if not isinstance(batch.requests, list):
        text, words = "requests: Input should be a valid list", "A batch is a list."
        yield Problem("requests", "error", text, words)
    for n, each in enumerate(batch.listed):
        path = f"requests.{n}"
        if not isinstance(each, dict):
            text = f"{path}: Input does not match the expected shape."
            words = "A request of a batch is an object."
            yield Problem(path, "error", text, words)
            continue
        for key in ("custom_id", "params"):
            if key not in each:
                text, words = f"{path}.{key}: Field required", f"It needs {key}."
                yield Problem(f"{path}.{key}", "error", text, words)


@_rule()
def batch_empty(batch: Batch) -> Iterator[Problem]:
    """A batch has a request."""
    if batch.requests == []:
        text = "requests: List should have at least 1 item after validation, not 0"
        yield Problem("requests", "error", text, "A batch needs a request.")


@_rule()
def batch_too_long(batch: Batch) -> Iterator[Problem]:
    """A batch has at most 100,000 requests."""
    if (count := len(batch.listed)) > MOST:
        text = f"requests: {count} > {MOST}"
        words = "A batch has at most 100,000 requests."
        yield Problem("requests", "error", text, words)


@_rule("batch-processing and errors pages, Aug 2026")
def batch_too_large(batch: Batch) -> Iterator[Problem]:
    """A batch has at most 256 MB."""
    if batch.size > MAX_BYTES:
        text, words = "Request exceeds the maximum size", "A batch has at most 256 MB."
        kind = "request_too_large"
        yield Problem("requests", "error", text, words, status=413, error_type=kind)


@_rule("batch-processing page, Aug 2026; code bases to 2026")
def batch_custom_id(batch: Batch) -> Iterator[Problem]:
    """A custom_id has 1 to 64 letters, digits, _ and -."""
    for n, each in each_dict(batch.requests):
        name, path = each.get("custom_id", "x"), f"requests.{n}.custom_id"
        if not isinstance(name, str) or not CUSTOM_ID.fullmatch(name):
            text = f"{path}: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'"
            words = "A custom_id has 1 to 64 letters, digits, _ and -."
            yield Problem(path, "error", text, words)


@_rule()
def batch_custom_id_twice(batch: Batch) -> Iterator[Problem]:
    """No two requests share a custom_id."""
    seen: set[str] = set()
    for n, each in each_dict(batch.requests):
        name, path = each.get("custom_id"), f"requests.{n}.custom_id"
        if isinstance(name, str) and name in seen:
            text = f"{path}: custom_id '{name}' is not unique"
            yield Problem(path, "error", text, "Two requests have this custom_id.")
        elif isinstance(name, str):
            seen.add(name)


@_item_rule
def batch_stream(params: Mapping[str, Any]) -> Iterator[Problem]:
    """A batch streams nothing."""
    if params.get("stream") is True:
        fix = Fix("remove_param", "Remove stream")
        text = "stream: streaming is not supported in batches"
        yield Problem("stream", "error", text, "A batch streams nothing.", (fix,))


@_item_rule
def batch_nothing(params: Mapping[str, Any]) -> Iterator[Problem]:
    """A batch warms no cache: max_tokens is not 0."""
    limit = params.get("max_tokens")
    if is_number(limit) and limit == 0:
        fix = Fix("set_param", "Set max tokens to 1024", {"value": 1024})
        text = "max_tokens: Input should be greater than or equal to 1"
        words = "A batch warms no cache: max_tokens 0 is refused."
        yield Problem("max_tokens", "error", text, words, (fix,))


@_item_rule
def batch_param(params: Mapping[str, Any]) -> Iterator[Problem]:
    """Some parameters are not for batches."""
    for key in NOT_IN_A_BATCH:
        if params.get(key) is not None:
            fix = Fix("remove_param", f"Remove {key}")
            text = f"{key}: not supported in batches"
            words = f"{key} cannot be used in a batch."
            yield Problem(key, "error", text, words, (fix,))


SUBMISSION = (
    batch_shape,
    batch_empty,
    batch_too_long,
    batch_too_large,
    batch_custom_id,
    batch_custom_id_twice,
)
ITEM = (batch_stream, batch_nothing, batch_param)


def submission(requests: object, size: int = 0) -> Iterator[Problem]:
    """What refuses the whole batch. `size` is its length in bytes, 0 if unknown."""
    for each in SUBMISSION:
        yield from each(Batch(requests, size))


def item(params: object) -> Iterator[Problem]:
    """What one item cannot ask for in a batch; paths start at its params."""
    for each in ITEM:
        yield from each(as_dict(params))
