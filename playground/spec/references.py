"""References inside of a JSON schema: where they lead, and which go in circles.

Knows nothing of what the API compiles. Any value may be of any type.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

DEFINITIONS = ("$defs", "definitions")
_TOO_DEEP = 60
_PLACE = re.compile("[0-9]{1,6}", re.ASCII)

Pointer = tuple[str, ...]
"""The way from a whole schema to a place in it."""


def pointer(reference: object) -> Pointer | None:
    """The way that a reference into the same schema goes; None for any other."""
    if not isinstance(reference, str) or reference.partition("/")[0] != "#":
        return None
    return tuple(
        unquote(step).replace("~1", "/").replace("~0", "~")
        for step in reference.split("/")[1:]
    )


def to_definition(name: str) -> str:
    """The reference to a definition."""
    for sign, written in (("~", "~0"), ("/", "~1"), ("%", "%25")):
        name = name.replace(sign, written)
    return f"#/$defs/{name}"


def at(schema: object, way: Pointer) -> Any:
    """What stands there; None where nothing does."""
    found: Any = schema
    for step in way:
        if isinstance(found, list) and _PLACE.fullmatch(step):
            found = next(iter(found[int(step) : int(step) + 1]), None)
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return found


def inner(schema: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """The schemas directly inside a schema, with the way to each."""
    for key in ("properties", *DEFINITIONS):
        held = schema.get(key)
        for name, each in held.items() if isinstance(held, dict) else ():
            yield (key, name), each
    if isinstance(schema.get("items"), dict):
        yield ("items",), schema["items"]
    for key in ("items", "anyOf", "allOf", "oneOf"):
        held = schema.get(key)
        for i, each in enumerate(held if isinstance(held, list) else ()):
            yield (key, i), each


Links = Mapping[Pointer, list[Pointer]]


def links(schema: object) -> Links:
    """What the schema, its definitions and all that they refer to refer to."""
    found: dict[Pointer, list[Pointer]] = {}
    waiting: list[Pointer] = [()]
    for key in DEFINITIONS:
        held = at(schema, (key,))
        waiting += [(key, name) for name in (held if isinstance(held, dict) else ())]
    for here in waiting:
        if here not in found:
            ways = dict.fromkeys(_leading(at(schema, here), 0))
            found[here] = [way for way in ways if isinstance(at(schema, way), dict)]
            waiting += found[here]
    return found


def _leading(schema: object, depth: int) -> Iterator[Pointer]:
    """Where the references in a schema lead; its definitions are left out."""
    if not isinstance(schema, dict) or depth > _TOO_DEEP:
        return
    if (way := pointer(schema.get("$ref"))) is not None:
        yield way
    for more, each in inner(schema):
        if more[0] not in DEFINITIONS:
            yield from _leading(each, depth + 1)


def backward(linked: Links) -> Iterator[tuple[Pointer, Pointer]]:
    """The links that close a circle: without them nothing would contain itself."""
    done: set[Pointer] = set()
    for start in linked:
        way = {} if start in done else {start: iter(linked[start])}
        while way:
            here, rest = next(reversed(way.items()))
            link = next(rest, None)
            if link is None:
                del way[here]
                done.add(here)
            elif link in way:
                yield here, link
            elif link not in done:
                way[link] = iter(linked[link])


def circle(start: Pointer, linked: Links) -> tuple[Pointer, ...]:
    """The shortest way from a place to itself; empty when there is none."""
    ways: dict[Pointer, tuple[Pointer, ...]] = {start: (start,)}
    waiting = [start]
    for here in waiting:
        for link in linked[here]:
            if link == start:
                return (*ways[here], start)
            if link not in ways:
                ways[link] = (*ways[here], link)
                waiting.append(link)
    return ()
