"""Makes sense of an error that came back from an endpoint.

By its code first, then by its wording, then by its type. Where the request is at hand
the rule behind the error is asked for the exact place and the fitting fixes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.spec.error_codes import SENTENCES
from playground.spec.known_errors import KNOWN, Known
from playground.spec.paths import at, parts
from playground.spec.rules import Fix, Problem, check_body, keys
from playground.spec.rules.rule import as_dict

TYPES: Mapping[str, str] = {
    "invalid_request_error": "The API does not accept this request.",
    "authentication_error": "The API does not accept the key.",
    "billing_error": "There is something wrong with the payment of this account.",
    "permission_error": "This key may not do that.",
    "not_found_error": "There is nothing at this address, or no such model.",
    "conflict_error": "Something changed meanwhile: try again.",
    "request_too_large": "The request is larger than 32 MB.",
    "rate_limit_error": "Too much at once for this account: wait, then try again.",
    "api_error": "Something went wrong inside the API: try again.",
    "timeout_error": "The API took too long: try again, or stream the answer.",
    "overloaded_error": "The API has too much to do for everybody: try again.",
}
"""Plain words by type (errors page, Sep 2026)."""

BY_STATUS: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an error means: the rule behind it, the place, plain words, what helps.

    `path` leads into the request body as far as the error tells; the fixes are meant
    for `fixes.apply` at that path.
    """

    rule: str | None
    path: str | None
    explanation: str
    fixes: tuple[Fix, ...] = ()


def recognise(
    status: int,
    error_type: str,
    message: str,
    error_code: str | None = None,
    *,
    details: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Recognised:
    """What an error of the API means. Never raises, and always has an explanation.

    `details` is the error's `details` object; `body` and `headers` are those of the
    request that failed, if they are at hand.
    """
    if error_code in SENTENCES:
        return _by_code(str(error_code), message, as_dict(details), body)
    for known in KNOWN:
        if found := known.pattern.search(message):
            groups = {key: value or "" for key, value in found.groupdict().items()}
            words = known.words.format_map(groups)
            path = _ours(groups.get("path") or known.path, body)
            fixes = tuple(_filled(fix, groups) for fix in known.fixes)
            made = Recognised(known.rule, _aimed(path, fixes), words, fixes)
            return _asked(made, known, message, body, headers)
    kind = error_type if error_type in TYPES else BY_STATUS.get(status, "")
    words = TYPES.get(kind, f"The endpoint answered with status {status}.")
    return Recognised(None, None, words)


def _filled(fix: Fix, groups: Mapping[str, str]) -> Fix:
    """The fix with the numbers that the error names."""
    arguments = {
        key: int(groups[value[1:-1]])
        if isinstance(value, str) and value[:1] == "{"
        else value
        for key, value in fix.arguments.items()
    }
    return Fix(fix.name, fix.label.format_map(groups), arguments)


def _aimed(path: str | None, fixes: tuple[Fix, ...]) -> str | None:
    """The place that the fixes work on: the block of a source, the schema of a tool."""
    if path is None or not fixes:
        return path
    kept = path.split(".")
    names = {fix.name for fix in fixes}
    if names & {"delete_block", "set_max_side"} and "source" in kept:
        kept = kept[: kept.index("source")]
    if "lower_schema" in names and len(kept) == 2 and kept[0] == "tools":
        kept.append("input_schema")
    return ".".join(kept)


def _by_code(
    code: str, message: str, details: dict[str, Any], body: Mapping[str, Any] | None
) -> Recognised:
    if code == "image_dimensions_too_large":
        return _too_long(details, message)
    first = code.partition("_")[0]
    fixes: tuple[Fix, ...] = ()
    path = None
    if first in ("compaction", "thread"):
        path = first
        fixes = (Fix("remove_param", f"Remove {first}", {"param": first}),)
    elif code in ("tool_name_conflict", "available_tools_limit_exceeded"):
        path = "tools"
    elif code in ("tool_reference_unresolved", "file_expired"):
        path = "messages"
    if code == "request_body_too_large_after_decoding":
        path = "messages"
        smaller = {"max_side": 1568}
        fixes = (Fix("set_max_side_of_all", "Scale all images to 1568", smaller),)
    return Recognised(None, path, SENTENCES[code], fixes)


def _too_long(details: dict[str, Any], message: str) -> Recognised:
    listed, most = details.get("paths"), details.get("max_side_length_pixels")
    side = most if isinstance(most, int) else 2000
    first = listed[0] if isinstance(listed, list) and listed else "messages"
    path = _ours(first if isinstance(first, str) else "messages", None)
    words = f"An image is longer than {side:,} pixels, which is too much here."
    fixes = (
        Fix("set_max_side_of_all", f"Scale all to {side} pixels", {"max_side": side}),
        Fix("delete_block", "Delete this image"),
    )
    return Recognised("image_side", path, words, fixes)


def _asked(
    made: Recognised,
    known: Known,
    message: str,
    body: Mapping[str, Any] | None,
    headers: Mapping[str, str] | None,
) -> Recognised:
    """The rule's own place and fixes, where it finds the same in the request."""
    if body is None:
        return made
    problems = check_body(body, headers or {})
    found = [p for p in problems if p.api_message and p.api_message == message]
    found = found or [p for p in problems if p.rule == known.rule]
    if not found:
        return made
    problem: Problem = found[0]
    fixes = problem.fixes or made.fixes
    return Recognised(problem.rule, problem.path, made.explanation, fixes)


_TAGS = {
    "content": keys.BLOCKS | {"pdf"},
    "tools": keys.TOOLS,
    "source": frozenset(("base64", "url", "file", "text", "content")),
    "thinking": frozenset(keys.THINKING),
    "tool_choice": frozenset(keys.TOOL_CHOICE),
}


def _ours(said: str | None, body: Mapping[str, Any] | None) -> str | None:
    """The API's path without the types that it names on the way.

    Where the request is at hand, only as far as it leads somewhere.
    """
    if said is None:
        return None
    messages = as_dict(body).get("messages")
    if said == "messages.last":
        last = len(messages) - 1 if isinstance(messages, list) and messages else None
        return "messages" if last is None else f"messages.{last}"
    kept: list[str] = []
    list_of = ""  # the key whose entry or object we are at
    for part in said.split("."):
        if part in _TAGS.get(list_of, ()) and kept[-1:] != ["messages"]:
            list_of = part if part == "tool_result" else ""
            continue
        kept.append(part)
        if not part.isdecimal():
            list_of = part
    if kept[-1:] == ["type"] and len(kept) > 2:
        kept = kept[:-1] if kept[0] == "messages" else kept
    while body is not None and len(kept) > 1 and not _leads(body, kept):
        kept.pop()
    return ".".join(kept)


def _leads(body: Mapping[str, Any], kept: list[str]) -> bool:
    holder = at(body, parts(".".join(kept[:-1])))
    last = kept[-1]
    if isinstance(holder, list):
        return last.isdecimal() and int(last) < len(holder)
    return isinstance(holder, dict)


def stopped(
    stop_reason: str | None,
    stop_details: Mapping[str, Any] | None = None,
    *,
    output_tokens: int = 0,
) -> str:
    """What the end of an answer means, in plain words; empty for an ordinary end.

    Sources: handling-stop-reasons page, Aug 2026; release notes of 2 Jun and 24 Sep
    2026 for what a refusal costs.
    """
    if stop_reason == "refusal":
        return _refused(as_dict(stop_details).get("category"), output_tokens)
    return {
        "max_tokens": "The answer was cut off: max_tokens was reached.",
        "model_context_window_exceeded": "The answer was cut off: the window is full.",
        "pause_turn": "The answer paused in its tools: send it back as it is to go on.",
        "compaction": "The conversation was compacted: go on with the new block.",
    }.get(stop_reason or "", "")


BILLED_REFUSALS = frozenset(("bio", "frontier_llm", "reasoning_extraction"))
"""Billed even before any output, since 24 Sep 2026 (release notes)."""


def _refused(category: object, output_tokens: int) -> str:
    about = f" ({category})" if isinstance(category, str) else ""
    if output_tokens > 0:
        cost = "What was written until then is billed."
    elif category in BILLED_REFUSALS:
        cost = "It is billed although nothing was written."
    else:
        cost = "It costs nothing."
    return f"Claude declined to answer{about}. {cost}"
