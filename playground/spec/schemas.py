"""The subset of JSON Schema that the API compiles: what falls outside it, and a way in.

Works on schemas alone; knows nothing of tools, formats or requests. From the
structured-outputs page (Aug 2026), measurements on Opus 5.5 (27 Sep 2026) and
recordings on Sonnet 4.6 (12 Aug 2026).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.spec import references
from playground.spec.references import DEFINITIONS, inner

MAX_OPTIONAL = 24
MAX_UNIONS = 16


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FORMATS = _words("date-time time date duration email hostname uri ipv4 ipv6 uuid")
_NOTES = _words(
    "title description default examples $comment $schema $id deprecated readOnly "
    "writeOnly"
)
"""Keywords that say something to the reader and restrict nothing."""
_ASIDE = _NOTES.union(DEFINITIONS)
_ANYWHERE = _ASIDE | {"type", "enum", "const"}
_KEYWORDS: Mapping[str, frozenset[str]] = {
    "object": frozenset(("properties", "required", "additionalProperties")),
    "array": frozenset(("items", "minItems")),
    "string": frozenset(("format", "pattern", "minLength", "maxLength")),
}
_LENGTHS = ("minLength", "maxLength")
# Look-around, back references, word borders; not what is escaped or in a class.
_REGEX_PART = re.compile(
    r"(?P<hard>\(\?(?:<?[=!]|P=)|\\[1-9bB])|\\.|\[(?:\\.|[^\]\\])*\]?", re.DOTALL
)
_TOO_DEEP = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """What is outside the subset: where, in the API's words and in plain ones.

    `sure` is False where the documentation and measurements disagree or are silent.
    """

    path: tuple[str | int, ...]
    api_message: str
    explanation: str
    sure: bool = True


def outside(schema: object) -> Iterator[Finding]:
    """Everything in a schema that the API refuses to compile, outermost first."""
    yield from _circular(schema)
    yield from _node(schema, (), 0)


def _node(schema: object, path: tuple[str | int, ...], depth: int) -> Iterator[Finding]:
    if not isinstance(schema, dict) or depth > _TOO_DEEP:
        return
    if not schema.keys() - _ASIDE:
        text = "Empty schema ({}) that accepts any JSON value is not supported."
        yield Finding(path, text, "This part of the schema allows anything at all.")
        return
    yield from _combined(schema, path)
    if not {"anyOf", "oneOf", "allOf", "not", "$ref"} & schema.keys():
        yield from _typed(schema, path)
    for more, each in inner(schema):
        yield from _node(each, path + more, depth + 1)


def _combined(
    schema: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[Finding]:
    """What is said of keywords that put schemas together."""
    if "oneOf" in schema:
        text = "Schema type 'oneOf' is not supported"
        yield Finding((*path, "oneOf"), text, "Only anyOf may list alternatives.")
    if "not" in schema:
        text = "Schema keyword 'not' is not supported"
        yield Finding((*path, "not"), text, "Nothing can be excluded by not.")
    for key in ("anyOf", "allOf"):
        beside = sorted(schema.keys() - _ASIDE - {key})
        if key in schema and beside:
            # allOf with neighbours is reported in the words of anyOf.
            text = f"For 'anyOf', '{', '.join(beside)}' is not supported"
            words = f"Nothing may stand beside {key}."
            yield Finding((*path, beside[0]), text, words)
    target = schema.get("$ref")
    if isinstance(target, str) and not target.startswith("#"):
        text = f"External reference '{target}' is not supported"
        words = "A $ref may only point into the same schema; wording assumed."
        yield Finding((*path, "$ref"), text, words)


def _typed(schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Finding]:
    """What is said of one place and the keywords of its type."""
    kinds = types(schema)
    known = _ANYWHERE.union(*(_KEYWORDS.get(kind, frozenset()) for kind in kinds))
    kind = kinds[0] if kinds else "object"
    if "object" in kinds and schema.get("additionalProperties") is not False:
        text = "For 'object' type, 'additionalProperties' must be explicitly set to "
        words = "An object must rule out properties that are not listed."
        yield Finding(path, f"{text}false", words)
    for key in schema:
        if kinds and key not in known:
            text = f"For '{kind}' type, property '{key}' is not supported"
            yield Finding((*path, key), text, f"{key} is outside the subset.")
    properties = schema.get("properties")
    if isinstance(properties, dict) and any(
        isinstance(each, bool) for each in properties.values()
    ):
        text = "For 'object' type, property 'properties' is not supported"
        words = "A property must be described; true or false is not enough."
        yield Finding((*path, "properties"), text, words)
    yield from _items(schema, path)
    yield from _strings(schema, path)


def _items(schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Finding]:
    if isinstance(schema.get("items"), list):
        text = "Invalid schema: Array types must be specified with a single object "
        words = "All items of a list share one schema."
        yield Finding((*path, "items"), f"{text}schema for 'items'.", words)
    if "array" in types(schema) and schema.get("minItems", 0) not in (0, 1):
        text = "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
        words = "minItems may be 0 or 1; wording assumed."
        yield Finding((*path, "minItems"), text, words)
    values = schema.get("enum")
    if isinstance(values, list) and any(isinstance(v, dict | list) for v in values):
        text = "Enum values must be strings, numbers, booleans or null"
        words = "An enum lists plain values only; wording assumed."
        yield Finding((*path, "enum"), text, words)


def _strings(
    schema: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[Finding]:
    if "string" not in types(schema):
        return
    pattern, form = schema.get("pattern"), schema.get("format")
    if isinstance(pattern, str) and any(
        part["hard"] for part in _REGEX_PART.finditer(pattern)
    ):
        text = f"Unsupported regex feature in pattern field: {pattern}"
        words = "A pattern can neither look around nor refer back."
        yield Finding((*path, "pattern"), text, words)
    if isinstance(form, str) and form not in FORMATS:
        text = f"For 'string' type, format '{form}' is not supported"
        words = f"{form} is not among the documented formats."
        yield Finding((*path, "format"), text, words, sure=False)
    for key in _LENGTHS:
        if key in schema:
            text = f"For 'string' type, property '{key}' is not supported"
            words = f"{key} is documented as unsupported, but was accepted when "
            words += "measured in Sep 2026."
            yield Finding((*path, key), text, words, sure=False)


def types(schema: Mapping[str, Any]) -> list[str]:
    """The types that a schema names, null last."""
    given = schema.get("type")
    listed = given if isinstance(given, list) else [given]
    named = [kind for kind in listed if isinstance(kind, str)]
    return sorted(named, key=lambda kind: kind == "null")


def counts(schema: object, depth: int = 0) -> tuple[int, int]:
    """How many optional parameters a schema has, and how many with alternatives."""
    if not isinstance(schema, dict) or depth > _TOO_DEEP:
        return 0, 0
    properties, required = schema.get("properties"), schema.get("required")
    listed = properties if isinstance(properties, dict) else {}
    needed = required if isinstance(required, list) else []
    optional = sum(name not in needed for name in listed)
    unions = sum(
        isinstance(each, dict)
        and ("anyOf" in each or isinstance(each.get("type"), list))
        for each in listed.values()
    )
    for _, each in inner(schema):
        more = counts(each, depth + 1)
        optional, unions = optional + more[0], unions + more[1]
    return optional, unions


def _circular(schema: object) -> Iterator[Finding]:
    """The first circle of references."""
    linked = references.links(schema)
    for _, start in references.backward(linked):
        way = references.circle(start, linked)
        text = "Circular reference detected in schema definitions: "
        text += " -> ".join(each[-1] if each else "#" for each in way)
        words = "A schema cannot contain itself, directly or by way of others."
        yield Finding(start, text, words)
        return
