"""What removes a problem: pure changes of a whole request body.

A fix gets the path of its problem and returns a changed copy; messages that it does not
touch stay the same objects. A path that leads nowhere changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from playground.spec import paths

Body = dict[str, Any]

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


class UnknownFix(KeyError):
    """No fix has that name."""


def apply(name: str, body: Body, path: str, /, **arguments: Any) -> Body:
    """The body after the fix `name` of the problem at `path`; `body` stays as it is.

    Raises UnknownFix for a name that is not in FIXES, and nothing else for the paths
    and arguments of problems that `check` finds.
    """
    fix = FIXES.get(name)
    if fix is None:
        raise UnknownFix(name)
    return fix(body, path, **arguments)


# --- anywhere in the body


def set_param(body: Body, path: str, value: Any, param: str = "") -> Body:
    """Set what the path, or `param` instead of it, leads to."""
    return paths.changed(body, paths.parts(param or path), paths.put(value))


def remove_param(body: Body, path: str, param: str = "") -> Body:
    """Take out a key or list entry; an object or list left empty by that goes too."""
    parts = paths.parts(param or path)
    changed = paths.changed(body, parts, paths.take)
    if (
        len(parts) > 1
        and parts[0] != "messages"
        and paths.at(changed, parts[:-1]) in ({}, [])
    ):
        return remove_param(changed, ".".join(map(str, parts[:-1])))
    return changed


def set_model(body: Body, path: str, model: str) -> Body:
    """Change the model and nothing that depends on it."""
    return {**body, "model": model}


# --- messages and blocks


def delete_message(body: Body, path: str) -> Body:
    """Take out the message that the path leads into."""
    return paths.changed(body, paths.parts(path)[:2], paths.take)


def delete_block(body: Body, path: str) -> Body:
    """Take out the innermost list entry on the path; an emptied message goes too."""
    parts = paths.parts(path)
    while parts and not isinstance(parts[-1], int):
        parts = parts[:-1]
    if parts[:1] == ["messages"] and len(parts) == 4:
        blocks = paths.at(body, parts[:3])
        if isinstance(blocks, list) and len(blocks) == 1 and parts[3] == 0:
            return delete_message(body, path)
    return paths.changed(body, parts, paths.take)


def set_role(body: Body, path: str, role: str) -> Body:
    """Give the message that the path leads into another role."""
    return paths.changed(body, [*paths.parts(path)[:2], "role"], paths.put(role))


def set_max_side(body: Body, path: str, max_side: int) -> Body:
    """Say on an uploaded image's source how long a side may be when it is sent."""
    parts = paths.parts(path)
    source = paths.at(body, [*parts, "source"])
    if not isinstance(source, dict) or source.get("type") != "image_ref":
        return dict(body)
    changed = {**source, "max_side": max_side}
    longest = max((_size(source, side) for side in ("width", "height")), default=0)
    if longest > max_side:
        for side in ("width", "height"):
            changed[side] = max(1, _size(source, side) * max_side // longest)
    return set_param(body, path, changed, ".".join(map(str, [*parts, "source"])))


def add_tool_results(body: Body, path: str) -> Body:
    """Answer the open tool calls of the message with empty results."""
    n = _message_place(body, path)
    if n is None:
        return dict(body)
    messages = list(body["messages"])
    follower = messages[n + 1] if n + 1 < len(messages) else None
    follows = isinstance(follower, dict) and follower.get("role") == "user"
    rest = _blocks(follower) if follows else []
    given = [b for b in rest if isinstance(b, dict) and b.get("type") == "tool_result"]
    answered = [block.get("tool_use_id") for block in given]
    results = given + [
        {"type": "tool_result", "tool_use_id": block["id"], "content": ""}
        for block in _blocks(messages[n])
        if isinstance(block, dict)
        and block.get("type") == "tool_use"
        and "id" in block
        and block["id"] not in answered
    ]
    others = [block for block in rest if block not in given]
    turn = {"role": "user", "content": results + others}
    messages[n + 1 : n + 1 + follows] = [turn]
    return {**body, "messages": messages}


def move_to_system(body: Body, path: str) -> Body:
    """Move a system message's text to the end of the top-level system prompt."""
    n = _message_place(body, path)
    if n is None:
        return dict(body)
    text, system = _text(body["messages"][n]), body.get("system")
    if isinstance(system, list):
        joined: Any = [*system, {"type": "text", "text": text}]
    else:
        joined = f"{system}\n\n{text}" if system and isinstance(system, str) else text
    shorter = delete_message(body, path)
    return {**shorter, "system": joined} if text else shorter


def remove_thinking(body: Body, path: str) -> Body:
    """Take thinking out of every message; a message of nothing else goes too."""

    def is_thinking(block: Any) -> bool:
        kinds = ("thinking", "redacted_thinking")
        return isinstance(block, dict) and block.get("type") in kinds

    messages = body.get("messages")
    if not isinstance(messages, list):
        return dict(body)
    kept = []
    for message in messages:
        blocks = message.get("content") if isinstance(message, dict) else None
        if not isinstance(blocks, list) or not any(map(is_thinking, blocks)):
            kept.append(message)
        elif rest := [block for block in blocks if not is_thinking(block)]:
            kept.append({**message, "content": rest})
    return {**body, "messages": kept}


# --- the end of the conversation


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
    n = _message_place(body, path)
    if n is None:
        return dict(body)
    messages = list(body["messages"])
    text = _text(messages.pop(n))
    if not text.strip():
        return {**body, "messages": messages}
    asked = PREFILL_INSTRUCTION.format(text)
    before = messages[n - 1] if n else None
    if isinstance(before, dict) and before.get("role") == "user":
        block = {"type": "text", "text": asked}
        messages[n - 1] = {**before, "content": [*_blocks(before), block]}
    else:
        messages.insert(n, {"role": "user", "content": asked})
    return {**body, "messages": messages}


def continue_in_new_turn(body: Body, path: str) -> Body:
    """Leave the assistant turn and ask in a new user turn to go on from its end.

    The replacement that Anthropic's migration pages name for continuing a cut reply.
    """
    n = _message_place(body, path)
    if n is None:
        return dict(body)
    messages = list(body["messages"])
    asked = CONTINUE_INSTRUCTION.format(_text(messages[n])[-TAIL:])
    messages.insert(n + 1, {"role": "user", "content": asked})
    return {**body, "messages": messages}


FIXES: Mapping[str, Callable[..., Body]] = {
    fix.__name__: fix
    for fix in (
        set_param,
        remove_param,
        set_model,
        delete_message,
        delete_block,
        set_role,
        set_max_side,
        add_tool_results,
        move_to_system,
        remove_thinking,
        strip_trailing_whitespace,
        prefill_to_instruction,
        continue_in_new_turn,
    )
}


def _message_place(body: Body, path: str) -> int | None:
    parts = paths.parts(path)[:2]
    found = isinstance(paths.at(body, parts), dict) and len(parts) == 2
    return parts[1] if found and isinstance(parts[1], int) else None


def _blocks(message: Any) -> list[Any]:
    """Content as blocks; text becomes one."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return content if isinstance(content, list) else []


def _text(message: Any) -> str:
    """The text of a message, its text blocks put together."""
    texts = (b.get("text") for b in _blocks(message) if isinstance(b, dict))
    return "".join(text for text in texts if isinstance(text, str))


def _size(source: Mapping[str, Any], side: str) -> int:
    value = source.get(side)
    return value if isinstance(value, int) else 0
