"""Invented JSON: the keys that a prompt asks for, values for them, schema instances.

Knows no request: it is given texts, schemas and a seed.
"""

import random
import re
from collections.abc import Mapping
from typing import Any

from playground.spec import references

MOST = 2_000
"""Values of one instance: shared definitions may unfold into any number. Long texts
count as several, and have no more characters than this."""

MAX_NESTING = 8
"""How deep a schema is followed; the rules refuse recursion on their own."""

_NUMBERS = re.compile(
    r"(?:^|[_\W])(?:age|count|number|quantity|year|total|score|rating|amount|size|width"
    r"|height|length|pages?|id|price|cost)s?$",
    re.I,
)
_MONEY = re.compile(r"price|cost|amount", re.I)
_TRUTHS = re.compile(r"^(?:is|has|can|should)[_A-Z]|^(?:valid|ok|correct)$")
_LISTS = re.compile(r"(?:items|tags|keywords|topics|names|colou?rs|values|list)$", re.I)
_FORMATS = {
    "date-time": "2026-01-01T12:00:00Z",
    "time": "12:00:00Z",
    "date": "2026-01-01",
    "duration": "PT1H",
    "email": "simulator@example.com",
    "hostname": "example.com",
    "uri": "https://example.com/simulator",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_KEY = r"[A-Za-z_][A-Za-z0-9_-]{0,40}"
_LISTED = re.compile(
    rf"\b(?:keys?|fields?|properties|property|attributes?|extract|containing)\b"
    rf"(?: called| named| are| is)?(?: the)?[ :]+"
    rf"((?:[`'\"<]?{_KEY}[`'\">]?(?:, and | and |, | & )(?:the )?)*"
    rf"[`'\"<]?{_KEY}[`'\">]?)",
    re.I,
)
_NO_KEYS = {"the", "a", "an", "and", "of", "json", "from", "in", "as", "this", "only"}


def asked_keys(text: str) -> list[str]:
    """The keys that a text asks for: an example, a list, tags or quoted words."""
    found = re.findall(rf'"({_KEY})"\s*:', text)
    if not found:
        closed = set(re.findall(rf"</({_KEY})>", text))
        opened = re.findall(rf"<({_KEY})>", text)
        found = [tag for tag in opened if tag not in closed]
    if not found:
        for listed in _LISTED.findall(text):
            words = re.findall(_KEY, re.sub(r"\band\b|\bthe\b", " ", listed))
            found += [word for word in words if word.lower() not in _NO_KEYS]
    if not found:
        found = re.findall(rf"[`'\"]({_KEY})[`'\"]", text)
    return list(dict.fromkeys(key for key in found if key.lower() not in _NO_KEYS))


def value_for(key: str, seed: str) -> Any:
    """A value that suits the name of a key, the same for the same seed."""
    chance = random.Random(f"{seed}:{key}")
    if _TRUTHS.search(key):
        return chance.random() < 0.5
    if _NUMBERS.search(key):
        number = chance.randint(1, 99)
        return number + 0.99 if _MONEY.search(key) else number
    if _LISTS.search(key):
        return [f"invented {n}" for n in range(1, chance.randint(2, 3) + 1)]
    return f"invented {key}" if key else "invented by the simulator"


def instance(schema: Mapping[str, Any], seed: str) -> Any:
    """A small value that a JSON schema (the API's subset of it) accepts."""
    return _Instance(schema, seed).of(schema, "", 0)


class _Instance:
    def __init__(self, root: Mapping[str, Any], seed: str) -> None:
        self.root = root
        self.seed = seed
        self.left = MOST

    def of(self, schema: Any, key: str, depth: int) -> Any:
        schema = self._resolved(schema)
        self.left -= 1
        if "const" in schema:
            return schema["const"]
        ends = depth > MAX_NESTING or self.left <= 0
        for choice in ("enum", "anyOf", "oneOf"):
            options = schema.get(choice)
            if isinstance(options, list) and options and (choice == "enum" or not ends):
                chosen = random.Random(f"{self.seed}:{key}:{choice}").choice(options)
                return chosen if choice == "enum" else self.of(chosen, key, depth + 1)
        if ends:
            return None
        match _type(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                least = schema.get("minItems", 0)
                count = max(1, least) if isinstance(least, int) else 1
                items = schema.get("items", {"type": "string"})
                return [self.of(items, key, depth + 1) for _ in range(min(count, 5))]
            case "integer" | "number" as kind:
                return self._number(schema, key, kind)
            case "boolean":
                return random.Random(f"{self.seed}:{key}").random() < 0.5
            case "null":
                return None
        return self._string(schema, key)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        required = schema.get("required")
        required = [
            key
            for key in (required if isinstance(required, list) else ())
            if isinstance(key, str)
        ]
        # The API puts required properties first.
        keys = dict.fromkeys([*required, *properties])
        return {key: self.of(properties.get(key, {}), key, depth + 1) for key in keys}

    def _number(self, schema: Mapping[str, Any], key: str, kind: str) -> float:
        number: float = random.Random(f"{self.seed}:{key}").randint(1, 99)
        low, high = schema.get("minimum"), schema.get("maximum")
        number = max(number, low) if isinstance(low, (int, float)) else number
        number = min(number, high) if isinstance(high, (int, float)) else number
        return int(number) if kind == "integer" else float(number)

    def _string(self, schema: Mapping[str, Any], key: str) -> str:
        form = schema.get("format")
        if isinstance(form, str) and form in _FORMATS:
            return _FORMATS[form]
        text = f"invented {key}" if key else "invented by the simulator"
        least, most = schema.get("minLength"), schema.get("maxLength")
        text = text.ljust(min(least, MOST), ".") if isinstance(least, int) else text
        self.left -= len(text) // 10
        return text[:most] if isinstance(most, int) else text

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        """The schema itself, or what its local `$ref` leads to."""
        for _ in range(MAX_NESTING):
            if not isinstance(schema, dict):
                return {}
            way = references.pointer(schema.get("$ref"))
            if way is None:
                break
            schema = references.at(self.root, way)
        return schema if isinstance(schema, dict) else {}


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if kind is None and "properties" in schema:
        return "object"
    return kind if isinstance(kind, str) else "string"
