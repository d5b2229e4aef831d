"""Paths into a request body ("messages.3.content.1"): find, and change a copy."""

import re
from collections.abc import Callable, Sequence
from typing import Any

Part = str | int

_PLACE = re.compile(r"0|[1-9][0-9]{0,8}")


def parts(path: str) -> list[Part]:
    """The keys and places of a path, with places as numbers."""
    return [int(p) if _PLACE.fullmatch(p) else p for p in path.split(".") if p]


def at(value: Any, path: Sequence[Part]) -> Any:
    """What the path leads to, None when it leads nowhere."""
    for part in path:
        key = _key(value, part)
        if key is None:
            return None
        value = value[key]
    return value


def changed(
    value: Any, path: Sequence[Part], change: Callable[[Any, Any], None]
) -> Any:
    """A copy in which `change(holder, key)` was done to a copy of the last holder.

    Only what lies on the path is copied. The last key may be missing in its object;
    a path that leads nowhere else gives an unchanged copy.
    """
    copy = value.copy() if isinstance(value, dict | list) else value
    if not path or not isinstance(copy, dict | list):
        return copy
    part = str(path[0]) if isinstance(copy, dict) else path[0]
    if len(path) == 1:
        if isinstance(copy, dict) or _key(copy, part) is not None:
            change(copy, part)
    elif (key := _key(copy, part)) is not None:
        copy[key] = changed(copy[key], path[1:], change)
    return copy


def put(new: Any) -> Callable[[Any, Any], None]:
    """A change that sets the value."""

    def change(holder: Any, key: Any) -> None:
        holder[key] = new

    return change


def take(holder: Any, key: Any) -> None:
    """A change that takes the value out."""
    if not isinstance(holder, dict) or key in holder:
        del holder[key]


def _key(holder: Any, part: Part) -> Any:
    if isinstance(holder, dict):
        return str(part) if str(part) in holder else None
    if isinstance(holder, list) and isinstance(part, int) and part < len(holder):
        return part
    return None
