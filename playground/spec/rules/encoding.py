"""Rules about what JSON can carry: text of whole characters."""

import re
from collections.abc import Iterator
from typing import Any

from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Message, Request, message_rule, rule

HALF = re.compile(
    "[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]"
)
"""Half of a surrogate pair without the other half."""
REFUSED = "The request body is not valid JSON: no low surrogate in string"
_SOURCE = (
    "error reports (“no low surrogate in string”), 2025 and 2026; place unverified"
)
_WORDS = (
    "This text holds half of a character, as it is left where an emoji was cut in two: "
    "{}. A request with it cannot be read."
)
_NAMED = (
    "A name in here holds half of a character: {}. A request with it cannot be read."
)
_REPLACE = Fix("replace_halves", "Put \ufffd in its place")


@message_rule(_SOURCE, "2026-11")
def half_a_character(message: Message) -> Iterator[Problem]:
    """The text of a turn has no half of a surrogate pair."""
    yield from _found(message.given)


@rule(_SOURCE, "2026-11")
def half_a_character_in_params(request: Request) -> Iterator[Problem]:
    """Parameters have no half of a surrogate pair."""
    yield from _found(dict(request.params))


def _found(given: object) -> Iterator[Problem]:
    """The first in each text, told with its path; of a name with that of its holder."""
    left: list[tuple[str, Any]] = [("", given)]
    while left:
        path, value = left.pop()
        before = f"{path}." if path else ""
        if isinstance(value, dict):
            names = [key for key in value if _half(key)]
            if names:
                words = _NAMED.format(_half(names[0]))
                yield Problem(path, "error", REFUSED, words, (_REPLACE,))
            left += [(f"{before}{k}", v) for k, v in value.items() if k not in names]
        elif isinstance(value, list):
            left += [(f"{before}{n}", v) for n, v in enumerate(value)]
        elif half := _half(value):
            yield Problem(path, "error", REFUSED, _WORDS.format(half), (_REPLACE,))


def _half(value: object) -> str:
    """The first half in a text, written as JSON does; empty where there is none."""
    if not isinstance(value, str) or value.isascii():
        return ""
    found = HALF.search(value)
    return f"\\u{ord(found[0]):04x}" if found else ""
