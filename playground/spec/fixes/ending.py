"""Fixes of a final assistant turn."""

import re
from typing import Any

from playground.spec import paths
from playground.spec.fixes.bodies import Body, blocks_of, is_empty, place, text_of

PREFILL_INSTRUCTION = (
    "Begin your reply with exactly the following text and continue from there without "
    "any introduction:\n\n{}"
)
CONTINUE_INSTRUCTION = (
    "Your previous response was interrupted and ended with:\n\n{}\n\n"
    "Continue from where you left off."
)
TAIL = 500
"""Characters of an interrupted response that the instruction quotes."""


def strip_trailing_whitespace(body: Body, path: str) -> Body:
    """Remove white space at the end of the text that the path leads to."""
    parts = paths.parts(path)
    if len(parts) == 2:
        parts.append("content")
    if isinstance(paths.at(body, parts), dict):
        parts.append("text")
    text = paths.at(body, parts)
    if not isinstance(text, str):
        return dict(body)
    return paths.changed(body, parts, paths.put(text.rstrip()))


def prefill_to_instruction(body: Body, path: str) -> Body:
    """Take the prefill out and ask for it in the user turn before it, or a new one."""
    n = place(body, path)
    if n is None:
        return dict(body)
    messages = list(body["messages"])
    text = text_of(messages.pop(n))
    if not text.strip():
        return {**body, "messages": messages}
    asked = PREFILL_INSTRUCTION.format(text)
    while n and _role(messages[n - 1]) == "system":  # after which no user may speak
        n -= 1
    if n and _role(before := messages[n - 1]) == "user":
        block = {"type": "text", "text": asked}
        messages[n - 1] = {**before, "content": [*blocks_of(before), block]}
    else:
        messages.insert(n, {"role": "user", "content": asked})
    return {**body, "messages": messages}


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def continue_in_new_turn(body: Body, path: str) -> Body:
    """Leave the assistant turn and ask in a new user turn to go on from its end.

    The replacement that Anthropic's migration pages name for continuing a cut reply.
    Empty text of the turn goes, and the turn with it when there is nothing else.
    """
    n = place(body, path)
    if n is None:
        return dict(body)
    messages = list(body["messages"])
    blocks = blocks_of(messages[n])
    said = [block for block in blocks if not is_empty(block)]
    if not said:
        return {**body, "messages": messages[:n] + messages[n + 1 :]}
    if len(said) < len(blocks):
        messages[n] = {**messages[n], "content": said}
    asked = CONTINUE_INSTRUCTION.format(text_of(messages[n])[-TAIL:])
    messages.insert(n + 1, {"role": "user", "content": asked})
    return {**body, "messages": messages}


def prefill_to_format(body: Body, path: str) -> Body:
    """Ask for JSON by an output format instead of beginning it.

    The schema is a first draft: an object with the first key of the prefill. Stop
    sequences that ended the JSON early go.
    """
    n = place(body, path)
    if n is None:
        return dict(body)
    messages = list(body["messages"])
    name = _first_key(text_of(messages.pop(n)))
    schema = {
        "type": "object",
        "properties": {name: {"type": "string"}},
        "required": [name],
        "additionalProperties": False,
    }
    config = body.get("output_config")
    kept = config if isinstance(config, dict) else {}
    form = {"type": "json_schema", "schema": schema}
    made = {**body, "messages": messages, "output_config": {**kept, "format": form}}
    stops = body.get("stop_sequences")
    if isinstance(stops, list):
        rest = [stop for stop in stops if stop not in ("}", "]", "```")]
        made["stop_sequences"] = rest
        if not rest:
            del made["stop_sequences"]
    return made


def _first_key(text: str) -> str:
    found = re.search(r'"([A-Za-z0-9_-]{1,64})"\s*:', text)
    return found.group(1) if found else "answer"
