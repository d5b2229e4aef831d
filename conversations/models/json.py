"""JSON whose bytes matter: text in the database, values in Python.

An object that came from the API keeps the text that it came in, so that it goes back
as it was written: key order, escapes, `1e5`, `1.0` and numbers of any length.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from json.decoder import WHITESPACE, scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from django.db import models

_EXACT = "\0json"
"""The only key of an object in the database that is kept as its text."""
_DECODER = json.JSONDecoder()


class Exact(dict[str, Any]):
    """An object and the JSON text that it was read from. Not to be changed in place.

    Nothing looks into it for images of ours: there are none in what the API wrote.
    """

    __slots__ = ("text",)

    def __init__(self, value: dict[str, Any], text: str) -> None:
        super().__init__(value)
        self.text = text


def exact(text: str) -> Any:
    """Read JSON; an object keeps its text where writing it anew would change that."""
    value = json.loads(text)
    if isinstance(value, dict) and plain(value) != text:
        return Exact(value, text)
    return value


def dumps(value: object) -> str:
    """Serialise for the database, to ASCII JSON text without repairing anything.

    Key order, `\\u0000`, lone surrogates and long numbers survive both databases,
    which jsonb and SQLite's JSON functions do not promise. ASCII escapes also keep
    the NUL character, which PostgreSQL's text type refuses, out of the column.
    """
    if _holds_exact(value):
        value = _replaced(value, lambda each: {_EXACT: each.text})
    return plain(value)


def loads(text: str) -> Any:
    """Read what `dumps` wrote."""
    if r'"\u0000json":' in text:
        return json.loads(text, object_hook=_restored)
    return json.loads(text)


def wire(value: object) -> bytes:
    """Serialise for a request: as `dumps`, and every exact object as it was written."""
    if not _holds_exact(value):
        return plain(value).encode("ascii")
    token, texts = secrets.token_hex(16), []

    def stand_in(each: Exact) -> str:
        texts.append(each.text)
        return f"{token}{len(texts) - 1}"

    written = plain(_replaced(value, stand_in))
    written = re.sub(rf'"{token}(\d+)"', lambda found: texts[int(found[1])], written)
    return written.encode("utf-8")


def plain(value: object) -> str:
    """Return the value as JSON, whatever text it came in."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def is_same(one: object, other: object) -> bool:
    """True when both are written alike: unlike `==`, 1 is neither 1.0 nor true, and
    the order of keys counts."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return plain(one) == plain(other)


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the keys that stand in one of them only or are written differently there,
    in the order of `before` and then of what is new."""
    return [
        key
        for key in dict.fromkeys([*before, *after])
        if key not in before or key not in after or not is_same(before[key], after[key])
    ]


def _holds_exact(value: object) -> bool:
    """Look through lists and objects; the events of a run are tuples and have none."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each, Exact) or _EXACT in each:
                return True
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return False


def _replaced(value: Any, by: Callable[[Exact], object]) -> Any:
    if isinstance(value, list):
        return [_replaced(each, by) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value, Exact):
        return by(value)
    if _EXACT in value:  # somebody's own: it must not be taken for ours
        return by(Exact(value, plain(value)))
    return {key: _replaced(each, by) for key, each in value.items()}


def _restored(value: dict[str, Any]) -> Any:
    text = value.get(_EXACT)
    if len(value) != 1 or not isinstance(text, str):
        return value
    return Exact(json.loads(text), text)


# The text of members


def member(text: str, key: str) -> str:
    """Return the text of a member of an object. Raises KeyError."""
    found = [text[begin:end] for name, _, begin, end in _members(text) if name == key]
    if not found:
        raise KeyError(key)
    return found[-1]  # as JSON readers take it when a key is there twice


def without_nulls(value: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the object without members that are null, the others as they are; with
    `names`, without those of these names only."""

    def goes(key: str, is_null: bool) -> bool:
        return is_null and (not names or key in names)

    rest = {key: each for key, each in value.items() if not goes(key, each is None)}
    if not isinstance(value, Exact) or len(rest) == len(value):
        return rest if len(rest) != len(value) else value
    kept = [
        value.text[name:end]
        for key, name, begin, end in _members(value.text)
        if not goes(key, value.text[begin:end] == "null")
    ]
    return Exact(rest, f"{{{','.join(kept)}}}")


def _members(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield each member's key and where its name begins, its value begins and ends."""
    at = _skip(text, text.index("{") + 1)
    while text[at] != "}":
        name = at
        key, at = scanstring(text, at + 1, True)
        begin = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, begin)
        yield key, name, begin, end
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = WHITESPACE.match(text, at)
    return found.end() if found else at


class JSONText(models.TextField):
    """A TextField that holds ASCII-escaped JSON and reads as the parsed value."""

    if TYPE_CHECKING:  # what the stubs' mypy plugin reads
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> Any:
        return None if value is None else loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else dumps(value)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return dumps(self.value_from_object(obj))
