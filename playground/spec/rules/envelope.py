"""Rules about the request around its messages: keys, types, limits."""

from collections.abc import Callable, Iterator
from typing import Any

from playground.spec.rules import keys
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import (
    Request,
    as_dict,
    each_dict,
    is_number,
    rule,
)

MAX_MESSAGES = 100_000
MAX_BODY = 32 * 1024 * 1024


def extra(path: str, said: str, explanation: str) -> Problem:
    """The refusal of a key that the API does not know."""
    message = f"{said}: Extra inputs are not permitted"
    label = f"Remove {path.rpartition('.')[2]}"
    return Problem(path, "error", message, explanation, (Fix("remove_param", label),))


def missing(path: str, said: str, explanation: str, *fixes: Fix) -> Problem:
    """The refusal of a request without a key that it must have."""
    return Problem(path, "error", f"{said}: Field required", explanation, fixes)


# --- shape


@rule("SDK message_create_params; error reports", "2026-11", counting=False)
def max_tokens_required(request: Request) -> Iterator[Problem]:
    """A request says how long the answer may be."""
    if "max_tokens" not in request.params:
        fix = Fix("set_param", "Set max tokens to 1024", {"value": 1024})
        yield missing(
            "max_tokens", "max_tokens", "Say how long the answer may be.", fix
        )


@rule("SDK message_create_params", "2026-11")
def model_required(request: Request) -> Iterator[Problem]:
    """A request names a model."""
    if "model" not in request.params:
        fix = Fix("set_model", "Use Claude Sonnet 5.5", {"model": "claude-sonnet-5-5"})
        yield missing("model", "model", "Choose a model.", fix)


@rule("SDK message_count_tokens_params; refusal unverified", "2026-11")
def not_counted(request: Request) -> Iterator[Problem]:
    """Counting tokens takes fewer parameters than sending."""
    if request.counting:
        for key in sorted(keys.PARAMS - keys.COUNTED_PARAMS):
            if key in request.params:
                words = f"Counting tokens takes no {key}; it may be refused."
                yield Problem(key, "warning", "", words)


_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "model": ("string", lambda v: isinstance(v, str)),
    "max_tokens": ("integer", is_number),
    "system": ("list", lambda v: isinstance(v, str | list)),
    "stop_sequences": ("list", lambda v: isinstance(v, list)),
    "stream": ("boolean", lambda v: isinstance(v, bool)),
    "tools": ("list", lambda v: isinstance(v, list)),
    **{
        key: ("dictionary", lambda v: isinstance(v, dict))
        for key in ("thinking", "tool_choice", "output_config", "metadata")
    },
    "temperature": ("number", lambda v: is_number(v) or isinstance(v, float)),
    "top_p": ("number", lambda v: is_number(v) or isinstance(v, float)),
    "top_k": ("integer", is_number),
}
_SOUND = {"max_tokens": Fix("set_param", "Set max tokens to 1024", {"value": 1024})}
_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "list": "a list",
    "boolean": "true or false",
    "dictionary": "an object",
}


# Pydantic's wording, as the API uses it elsewhere; null counts as left out.
@rule("SDK message_create_params; wording assumed", "2026-11")
def wrong_type(request: Request) -> Iterator[Problem]:
    """Parameters are of their types."""
    for key, (kind, fits) in _TYPES.items():
        if key not in request.params:
            continue
        value = request.params[key]
        if key in keys.SAMPLING and request.version >= "2026-10-21":
            continue  # refused altogether
        if fits(value) or (value is None and key not in ("model", "max_tokens")):
            continue
        words = _WORDS[kind]
        if key == "system":
            words = "text or a list of text blocks"
        yield Problem(
            key,
            "error",
            f"{key}: Input should be a valid {kind}",
            f"{key} must be {words}.",
            (_SOUND.get(key) or Fix("remove_param", f"Remove {key}"),),
        )


@rule("SDK message_create_params; wording assumed", "2026-11")
def system_block(request: Request) -> Iterator[Problem]:
    """The system prompt is text, or text blocks."""
    system = request.params.get("system")
    for i, block in enumerate(system if isinstance(system, list) else ()):
        text = as_dict(block).get("text")
        if as_dict(block).get("type") != "text" or not isinstance(text, str):
            yield Problem(
                f"system.{i}",
                "error",
                f"system.{i}: Input does not match the expected shape.",
                "The system prompt takes text blocks only.",
                (Fix("delete_block", "Delete this block"),),
            )


# Of message content it is known.
@rule("reports of the same rule for message content; unverified here", "2026-11")
def empty_system_text(request: Request) -> Iterator[Problem]:
    """A text block of the system prompt is not empty."""
    for i, block in each_dict(request.params.get("system")):
        if block.get("type") == "text" and block.get("text") == "":
            yield Problem(
                f"system.{i}",
                "warning",
                "system: text content blocks must be non-empty",
                "A text block of the system prompt is empty. That this is refused is "
                "known of turns only.",
                (Fix("delete_block", "Delete this block"),),
            )


@rule("wording unverified", "2026-11", counting=False)
def max_tokens_negative(request: Request) -> Iterator[Problem]:
    """max_tokens is not negative."""
    value = request.params.get("max_tokens")
    if is_number(value) and value < 0:
        yield Problem(
            "max_tokens",
            "error",
            "max_tokens: Input should be greater than or equal to 0",
            "max_tokens cannot be negative.",
            (Fix("set_param", "Set max tokens to 1024", {"value": 1024}),),
        )


@rule("reports: mcp-web-ui 5 (Apr 2025), litellm 3286; seen Oct 2026", "2026-10")
def stop_sequences(request: Request) -> Iterator[Problem]:
    """A stop sequence is text, and not only white space."""
    entries = request.params.get("stop_sequences")
    for i, entry in enumerate(entries if isinstance(entries, list) else ()):
        path = f"stop_sequences.{i}"
        fix = Fix("remove_param", "Remove this stop sequence")
        if not isinstance(entry, str):
            message = f"{path}: Input should be a valid string"
            yield Problem(
                path, "error", message, "A stop sequence must be text.", (fix,)
            )
        elif not entry.strip():
            rest = "contain non-whitespace" if entry else "be non-empty"
            message = f"stop_sequences: each stop sequence must {rest}"
            words = "A stop sequence needs at least one character that is not a space."
            yield Problem(path, "error", message, words, (fix,))


@rule("measured Jun and Sep 2026", "2026-09")
def no_messages(request: Request) -> Iterator[Problem]:
    """A request has at least one message."""
    if not request.summaries:
        yield Problem(
            "messages",
            "error",
            "messages: at least one message is required",
            "There is nothing to send yet: write a user turn.",
        )


@rule("SDK message_create_params docstring; wording unverified", "2026-11")
def too_many_messages(request: Request) -> Iterator[Problem]:
    """A request has at most 100,000 messages."""
    if (count := len(request.summaries)) > MAX_MESSAGES:
        message = f"messages: {count} > {MAX_MESSAGES}"
        words = f"A request takes at most {MAX_MESSAGES:,} messages."
        yield Problem("messages", "error", message, words)


@rule("errors page, Sep 2026; reports to Oct 2026", "2026-10")
def body_too_large(request: Request) -> Iterator[Problem]:
    """A request has at most 32 MB; the size is known nearly, from below."""
    images = sum(image.bytes for _, each in request.notable for image in each.images)
    size = images + sum([each.size for each in request.summaries])
    if size > MAX_BODY:
        fixes = [Fix("set_max_side_of_all", "Scale all to 1568 px", {"max_side": 1568})]
        yield Problem(
            "messages",
            "error",
            "Request exceeds the maximum size",
            f"The request has {size / 1024**2:.0f} MB, of which images "
            f"{images / 1024**2:.0f} MB; it may have 32 MB.",
            tuple(fixes if images else ()),
            status=413,
            error_type="request_too_large",
        )
