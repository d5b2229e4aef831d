"""The rulebook: what the API refuses, in the order in which it would say so.

`summarise` does all work on text, once a message; `check` looks at summaries only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from playground.spec.rules import batch
from playground.spec.rules.order import ORDER
from playground.spec.rules.problem import Fix, Problem, Severity
from playground.spec.rules.reading import read
from playground.spec.rules.rule import MessageRule, Request, as_dict
from playground.spec.rules.shape import without_repeats
from playground.spec.rules.summary import Image, Summary

__all__ = [
    "Fix",
    "Image",
    "Problem",
    "Severity",
    "Summary",
    "batch",
    "check",
    "check_batch",
    "check_body",
    "summarise",
]


def summarise(message: object) -> Summary:
    """Read one message: its own findings and the facts that other rules need.

    `message` is any JSON value; a good one is in the API's shape, where an image's
    source may be `{"type": "image_ref", "image": id, "media_type", "width", "height",
    "bytes": length of the base64 text}`. Depends on nothing else, so that the result
    can be kept as long as the message. Never raises.
    """
    return read(message)


def check(
    params: Mapping[str, Any],
    headers: Mapping[str, Any],
    summaries: Sequence[Summary],
    *,
    today: date | None = None,
    counting: bool = False,
    batched: bool = False,
) -> list[Problem]:
    """The problems of a request: `params` is its body without `messages`.

    The first error is the one that the API would report. `counting` asks as
    count_tokens would, `batched` as a batch does of each of its requests. Values may be
    of any type; never raises.
    """
    day = today or date.today()
    request = Request(params, headers, summaries, day, counting, batched)
    problems: list[Problem] = []
    for each in ORDER:
        if isinstance(each, MessageRule):
            problems += request.findings.get(each.name, ())
        elif each.counting or not counting:
            problems += each(request)
    return without_repeats(problems)


def check_body(
    body: object,
    headers: Mapping[str, Any],
    *,
    today: date | None = None,
    counting: bool = False,
    batched: bool = False,
) -> list[Problem]:
    """The same for a whole request body: any JSON value, messages included."""
    params = dict(as_dict(body))
    if "messages" not in params:
        text, words = "messages: Field required", "A request has messages."
        return [Problem("messages", "error", text, words, rule="messages_list")]
    messages = params.pop("messages")
    if not isinstance(messages, list):
        text, words = "messages: Input should be a valid list", "It must be a list."
        return [Problem("messages", "error", text, words, rule="messages_list")]
    summaries = [summarise(message) for message in messages]
    return check(
        params, headers, summaries, today=today, counting=counting, batched=batched
    )


def check_batch(
    requests: object,
    headers: Mapping[str, Any],
    *,
    size: int = 0,
    today: date | None = None,
) -> list[Problem]:
    """The problems of a Message Batch: `requests` is any JSON value.

    What refuses the whole submission comes first; then what would make single items
    end as errored, with paths like "requests.3.params.max_tokens". `size` is the length
    of the body in bytes, 0 if unknown. `batch.submission` gives the first part alone.
    """
    problems = list(batch.submission(requests, size))
    for n, each in enumerate(requests if isinstance(requests, list) else ()):
        if isinstance(each, dict) and isinstance(each.get("params"), dict):
            params = each["params"]
            found = [*batch.item(params)]
            found += check_body(params, headers, today=today, batched=True)
            prefix = f"requests.{n}.params."
            problems += [replace(p, path=f"{prefix}{p.path}") for p in found]
    return problems
