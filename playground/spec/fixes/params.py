"""Fixes of what stands around the messages, or anywhere by its path."""

from typing import Any

from playground.spec import paths
from playground.spec.fixes.bodies import Body


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


def rename_param(body: Body, path: str, to: str = "output_config.format") -> Body:
    """Move a top-level parameter to another path, where nothing stands yet."""
    if path not in body:
        return dict(body)
    rest = {key: value for key, value in body.items() if key != path}
    outer, _, inner = to.partition(".")
    if not inner:
        return {**rest, outer: body[path]}
    held = rest.get(outer)
    kept = held if isinstance(held, dict) else {}
    return {**rest, outer: {**kept, inner: kept.get(inner) or body[path]}}


def thinking_to_effort(body: Body, path: str, effort: str) -> Body:
    """Let the model decide when to think, as hard as the effort says."""
    config = body.get("output_config")
    given = body.get("thinking")
    kept = config if isinstance(config, dict) else {}
    display = given.get("display") if isinstance(given, dict) else None
    thinking = {"type": "adaptive"} | ({"display": display} if display else {})
    effort = kept.get("effort") or effort
    return {**body, "thinking": thinking, "output_config": {**kept, "effort": effort}}


def limit_strict_tools(body: Body, path: str, most: int = 20) -> Body:
    """Take `strict` from all tools but the first ones."""
    listed = body.get("tools")
    tools: list[Any] = []
    strict = 0
    for tool in listed if isinstance(listed, list) else ():
        if isinstance(tool, dict) and tool.get("strict") is True:
            strict += 1
            if strict > most:
                tool = {key: value for key, value in tool.items() if key != "strict"}
        tools.append(tool)
    return {**body, "tools": tools} if isinstance(listed, list) else dict(body)
