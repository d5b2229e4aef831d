"""JSON as a person types it: strict, and every refusal says where and why."""

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any, NoReturn

DEEPEST = 100  # levels; what shows and checks JSON calls itself for each
TOO_DEEP = "This JSON is nested too deeply."


class BadJSON(ValueError):
    """The sentence is for the person who typed it."""


def parse(text: str) -> Any:
    """Return the value. Raises BadJSON for what is no JSON or would not survive it:
    keys given twice, NaN, numbers beyond what a float holds, and endless nesting.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadJSON(f"This is not JSON at {where}: {error.msg}.") from None
    except RecursionError:
        raise BadJSON(TOO_DEEP) from None
    except BadJSON:
        raise
    except ValueError:  # int() refuses to read more than 4,300 digits
        raise BadJSON("This JSON has a number with too many digits.") from None
    if not _is_shallow(value):
        raise BadJSON(TOO_DEEP)
    return value


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [each for holder in level for each in _members(holder)]
        if not level:
            return True
    return False


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def content(text: str) -> list[dict[str, Any]]:
    """Return the content blocks of a turn: typed as a list of them, or as a string,
    which the API calls short for one text block. Raises BadJSON.
    """
    value = parse(text)
    if isinstance(value, str):
        return [{"type": "text", "text": value}]
    if not isinstance(value, list):
        raise BadJSON("Content is a list of blocks or a string.")
    for number, block in enumerate(value, 1):
        if not isinstance(block, dict):
            raise BadJSON(f"Block {number} is no object such as {{'type': 'text', …}}.")
    return value


def json_object(text: str) -> dict[str, Any]:
    """Return an object; nothing typed is an empty one. Raises BadJSON."""
    value = parse(text) if text.strip() else {}
    if not isinstance(value, dict):
        raise BadJSON('This takes a JSON object such as {"metadata": {…}}.')
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadJSON(f"The key {json.dumps(key)} is given twice.")
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise BadJSON(f"{name} is no JSON value.")


def _number(digits: str) -> float:
    value = float(digits)
    if not isfinite(value):
        raise BadJSON(f"The number {digits[:40]} is too large.")
    return value
