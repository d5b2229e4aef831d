"""Fixes that pair tool calls with their results."""

from typing import Any

from playground.spec import paths
from playground.spec.fixes.bodies import Body, blocks_of, place, text_of


def add_tool_results(body: Body, path: str) -> Body:
    """Answer the open tool calls of the message with empty results."""
    n = place(body, path)
    if n is None:
        return dict(body)
    messages = list(body["messages"])
    follower = messages[n + 1] if n + 1 < len(messages) else None
    follows = isinstance(follower, dict) and follower.get("role") == "user"
    rest = blocks_of(follower) if follows else []
    given = [b for b in rest if isinstance(b, dict) and b.get("type") == "tool_result"]
    answered = [block.get("tool_use_id") for block in given]
    results = given + [
        {"type": "tool_result", "tool_use_id": block["id"], "content": ""}
        for block in blocks_of(messages[n])
        if isinstance(block, dict)
        and block.get("type") == "tool_use"
        and "id" in block
        and block["id"] not in answered
    ]
    others = [block for block in rest if block not in given]
    turn = {"role": "user", "content": results + others}
    messages[n + 1 : n + 1 + follows] = [turn]
    return {**body, "messages": messages}


def pair_tool_calls(body: Body, path: str) -> Body:
    """Take out every call without a result and every result without a call.

    A message of nothing else goes too. Neighbours of one role count as one turn.
    """
    messages = body.get("messages")
    if not isinstance(messages, list):
        return dict(body)
    while True:
        kept = _paired(messages)
        if len(kept) == len(messages) and all(map(_is, kept, messages)):
            return {**body, "messages": kept}
        messages = kept


def _is(one: Any, other: Any) -> bool:
    return one is other


def _paired(messages: list[Any]) -> list[Any]:
    turns = _turns(messages)
    kept: list[Any] = []
    for t, turn in enumerate(turns):
        before = turns[t - 1] if t else []
        behind = turns[t + 1] if t + 1 < len(turns) else []
        for message in turn:
            made = _kept(message, _ids(before, "tool_use", "id"), _leading_ids(behind))
            if made is not None:
                kept.append(made)
    return kept


def _turns(messages: list[Any]) -> list[list[Any]]:
    """Neighbouring messages of one role."""
    turns: list[list[Any]] = []
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        if turns and role in ("user", "assistant") and _role(turns[-1][0]) == role:
            turns[-1].append(message)
        else:
            turns.append([message])
    return turns


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def _ids(turn: list[Any], kind: str, key: str) -> list[Any]:
    return [
        block.get(key)
        for message in turn
        for block in blocks_of(message)
        if isinstance(block, dict) and block.get("type") == kind
    ]


def _leading_ids(turn: list[Any]) -> list[Any]:
    """The results at the beginning of a user turn: only those count."""
    ids: list[Any] = []
    for block in (b for message in turn for b in blocks_of(message)):
        if not isinstance(block, dict) or block.get("type") != "tool_result":
            break
        ids.append(block.get("tool_use_id"))
    return ids if turn and _role(turn[0]) == "user" else []


def _kept(message: Any, called: list[Any], answered: list[Any]) -> Any:
    """The message without what has no partner; None when nothing is left."""
    blocks, role = blocks_of(message), _role(message)

    def has_partner(block: Any) -> bool:
        kind = block.get("type") if isinstance(block, dict) else None
        if kind == "tool_use" and role == "assistant":
            return block.get("id") in answered
        return kind != "tool_result" or (
            role == "user" and block.get("tool_use_id") in called
        )

    rest = [block for block in blocks if has_partner(block)]
    if len(rest) == len(blocks):
        return message
    return {**message, "content": rest} if rest else None


def result_to_text(body: Body, path: str) -> Body:
    """Turn a result into text, behind the results that stay."""
    n, parts = place(body, path), paths.parts(path)
    block = paths.at(body, parts)
    if n is None or not isinstance(block, dict) or len(parts) != 4:
        return dict(body)
    content = block.get("content")
    said = content if isinstance(content, str) else text_of(block)
    text = {"type": "text", "text": f"Result of a tool:\n\n{said or '(empty)'}"}
    message = body["messages"][n]
    rest = [each for each in blocks_of(message) if each is not block]
    first = sum(isinstance(b, dict) and b.get("type") == "tool_result" for b in rest)
    made = {**message, "content": [*rest[:first], text, *rest[first:]]}
    return paths.changed(body, parts[:2], paths.put(made))
