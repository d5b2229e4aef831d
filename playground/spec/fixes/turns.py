"""Fixes of turns and their blocks."""

from typing import Any

from playground.spec import paths
from playground.spec.fixes.bodies import Body, is_empty, place, text_of
from playground.spec.prefix import THOUGHTS


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


def move_to_system(body: Body, path: str) -> Body:
    """Move a system message's text to the end of the top-level system prompt."""
    n = place(body, path)
    if n is None:
        return dict(body)
    text, system = text_of(body["messages"][n]), body.get("system")
    if isinstance(system, list):
        joined: Any = [*system, {"type": "text", "text": text}]
    else:
        joined = f"{system}\n\n{text}" if system and isinstance(system, str) else text
    shorter = delete_message(body, path)
    return {**shorter, "system": joined} if text else shorter


def remove_thinking(body: Body, path: str) -> Body:
    """Take thinking out of every message; a message of nothing else goes too."""

    def is_thinking(block: Any) -> bool:
        return isinstance(block, dict) and block.get("type") in THOUGHTS

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


def exclude_message(body: Body, path: str) -> Body:
    """Leave the message out. Whoever keeps the turns may mute instead of deleting."""
    return delete_message(body, path)


def move_system_turn(body: Body, path: str) -> Body:
    """Move a run of system messages to the nearest place where it may stand.

    That is behind a user message and before an assistant message or the end; where
    there is none, its text goes to the system prompt.
    """
    n = place(body, path)
    if n is None or body["messages"][n].get("role") != "system":
        return dict(body)
    messages: list[Any] = body["messages"]
    roles = [m.get("role") if isinstance(m, dict) else None for m in messages]
    start, end = n, n + 1
    while start and roles[start - 1] == "system":
        start -= 1
    while end < len(roles) and roles[end] == "system":
        end += 1
    rest, left = messages[:start] + messages[end:], roles[:start] + roles[end:]
    legal = [
        i
        for i in range(1, len(rest) + 1)
        if left[i - 1] == "user" and (i == len(rest) or left[i] == "assistant")
    ]
    if not legal:
        return move_to_system(body, path)
    at = min(legal, key=lambda i: (abs(i - start), -i))
    return {**body, "messages": rest[:at] + messages[start:end] + rest[at:]}


def drop_thinking_from(body: Body, path: str) -> Body:
    """Take thinking out of the message and of all behind it."""
    n = place(body, path)
    if n is None:
        return dict(body)
    before, behind = body["messages"][:n], body["messages"][n:]
    cleared = remove_thinking({"messages": behind}, "")["messages"]
    return {**body, "messages": before + cleared}


def disable_citations(body: Body, path: str) -> Body:
    """Ask for no citations anywhere."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        return dict(body)
    return {**body, "messages": [_without_citations(each) for each in messages]}


def _without_citations(value: Any) -> Any:
    """The same object where nothing asks for citations."""
    if isinstance(value, list):
        made = [_without_citations(each) for each in value]
        same = all(a is b for a, b in zip(made, value, strict=True))
        return value if same else made
    if not isinstance(value, dict):
        return value
    inner = _without_citations(value.get("content"))
    changed = value if inner is value.get("content") else {**value, "content": inner}
    asked = changed.get("citations")
    if isinstance(asked, dict) and asked.get("enabled") is True:
        return {key: each for key, each in changed.items() if key != "citations"}
    return changed


def delete_empty_text(body: Body, path: str) -> Body:
    """Take out every text block of nothing or of white space, and emptied messages."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        return dict(body)
    kept = []
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, list):
            rest = [block for block in content if not is_empty(block)]
            if len(rest) == len(content):
                kept.append(message)
            elif rest:
                kept.append({**message, "content": rest})
        elif not isinstance(content, str) or content.strip():
            kept.append(message)
    return {**body, "messages": kept}
