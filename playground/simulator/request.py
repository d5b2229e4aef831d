"""Reads a request body into a Request, or refuses it in the API's words.

Order, assumed (it is undocumented): JSON, shape, then whatever the rulebook says.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.simulator.wire import Refusal
from playground.spec import catalog, rules, tokens
from playground.spec.catalog import Model
from playground.spec.rules import Summary
from playground.spec.rules.encoding import REFUSED
from playground.spec.rules.limits import longer_than_the_window
from playground.spec.rules.surprises import unknown_beta

MAX_DEPTH = 200
"""Deeper JSON is refused, so that nothing behind this module has to fear recursion."""

_YEAR = re.compile("20[0-9]{2}")

_FEW = 500
"""Blocks that are written in one go: no other thread can run meanwhile."""

# What changes neither the answer nor its ids: how it is delivered, and who asked.
_NOT_MEANING = ("stream", "metadata", "service_tier")


@dataclass(frozen=True)
class Request:
    """A request that the rules let through."""

    params: dict[str, Any]
    messages: list[dict[str, Any]]
    summaries: list[Summary]
    model: Model
    model_id: str
    input_tokens: int
    seed: str
    """A hash of all that the answer depends on."""
    batched: bool = False


def read(
    body: bytes | Mapping[str, Any],
    headers: Mapping[str, str],
    *,
    counting: bool = False,
    batched: bool = False,
) -> Request:
    """The request in these bytes (or what they say); `counting` reads it for a count,
    `batched` as one of a batch.

    Raises Refusal with the first error that the API would report.
    """
    whole = parse(body) if isinstance(body, bytes) else body
    messages = whole.get("messages")
    params = {key: value for key, value in whole.items() if key != "messages"}
    if not isinstance(messages, list):
        missing = "messages" not in whole
        raise invalid(
            "messages: Field required"
            if missing
            else "messages: Input should be a valid list"
        )
    for n, each in enumerate(messages):
        if not isinstance(each, dict):
            raise invalid(f"messages.{n}: Input does not match the expected shape.")
    summaries = [rules.summarise(each) for each in messages]
    for problem in rules.check(
        params, headers, summaries, counting=counting, batched=batched
    ):
        if problem.severity == "error" or _is_sure(problem, counting):
            raise refusal_of(problem)
    model_id = params.get("model")
    if not isinstance(model_id, str):
        raise invalid("model: Input should be a valid string")
    return Request(
        params=params,
        messages=messages,
        summaries=summaries,
        model=catalog.get(model_id),
        model_id=model_id,
        input_tokens=tokens.request_tokens(params, summaries).total,
        seed=_seed(whole),
        batched=batched,
    )


def _is_sure(problem: rules.Problem, counting: bool) -> bool:
    """Whether the simulator knows what to the rules is doubtful."""
    if problem.rule == longer_than_the_window.name:
        return not counting  # by the very count that is billed
    # Newer betas are let through: their names end in a date.
    return problem.rule == unknown_beta.name and not _YEAR.search(problem.api_message)


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object in these bytes: UTF-8, no NaN, no lone surrogates."""
    try:
        text = body.decode("utf-8")
        # A scanner that let a lone surrogate through would fail when answering.
        value = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, object_hook=_let_others
        )
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
            _check_depth(value)
    except RecursionError:
        raise invalid("The request body is not valid JSON: nested too deeply") from None
    except UnicodeDecodeError:
        raise invalid("The request body is not valid JSON: not valid UTF-8") from None
    except UnicodeEncodeError:
        raise invalid(REFUSED) from None
    except ValueError as error:
        raise invalid(f"The request body is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise invalid("Input should be a valid dictionary")
    return value


_TOO_LARGE = re.compile(r"max allowed size[^:]*: (\d+) pixels")


def refusal_of(problem: rules.Problem) -> Refusal:
    """The rulebook's words; machine-readable details where the API has them."""
    details: dict[str, Any] | None = None
    if side := _TOO_LARGE.search(problem.api_message):
        details = {
            "error_code": "image_dimensions_too_large",
            "max_side_length_pixels": int(side[1]),
            "paths": [problem.path],
        }
    return Refusal(problem.status, problem.error_type, problem.api_message, details)


def invalid(message: str) -> Refusal:
    """A 400 of the ordinary kind."""
    return Refusal(400, "invalid_request_error", message)


def _let_others(made: dict[str, Any]) -> dict[str, Any]:
    """Do nothing, in Python: between objects other threads may run, so that a large
    body that is read in a thread does not hold up every stream."""
    return made


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("number out of range")
    return number


def _check_depth(value: Any) -> None:
    layer, depth = [value], 0
    while layer:
        depth += 1
        if depth > MAX_DEPTH:
            raise RecursionError
        layer = [
            inner
            for each in layer
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]


def _seed(whole: Mapping[str, Any]) -> str:
    meaning = {key: value for key, value in whole.items() if key not in _NOT_MEANING}
    digest = hashlib.sha256()
    for part in _parts(meaning, 4):
        digest.update(part)
    return digest.hexdigest()


def _parts(value: Any, depth: int) -> Iterator[bytes]:
    """JSON of a value piece by piece, down to a few blocks: none takes long."""
    if depth and isinstance(value, dict):
        for key in sorted(value):
            yield _written(key)
            yield from _parts(value[key], depth - 1)
    elif depth > 1 and isinstance(value, list):
        for each in value:
            yield from _parts(each, depth - 1)
    elif isinstance(value, list):
        for start in range(0, len(value), _FEW):
            yield _written(value[start : start + _FEW])
    else:
        yield _written(value)
    yield b"."


def _written(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
