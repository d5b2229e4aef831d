"""Brings a schema into the subset that the API compiles, and checks plain examples.

What cannot be enforced any more is said in a description, as the SDK's own
transformation does, so that the model still reads it.
"""

import json
from collections.abc import Mapping
from typing import Any

from playground.spec import references, schemas
from playground.spec.references import Pointer

_SCALARS = ("string", "number", "boolean", "null")
_DEEPEST = 40


def lowered(schema: object) -> dict[str, Any]:
    """The nearest schema inside the subset; of anything that is no schema, text."""
    return _within_limits(_Lowering(schema).whole())


def simplest(schema: object) -> dict[str, Any]:
    """The same with every parameter required and the first of all alternatives."""
    return _simpler(lowered(schema), True, True)


class _Lowering:
    """Lowers a schema and, once each, what its references lead to."""

    def __init__(self, root: object) -> None:
        self._root = root
        links = references.links(root)
        self._onward = {here: set(ways) for here, ways in links.items()}
        for here, way in references.backward(links):
            self._onward[here].discard(way)
        self._here: Pointer = ()
        self._names: dict[Pointer, str] = {}
        self._waiting: list[Pointer] = []

    def whole(self) -> dict[str, Any]:
        made = self._lower(self._root, 0)
        held: dict[str, dict[str, Any]] = {}
        for here in self._waiting:
            self._here = here
            lower = self._lower(references.at(self._root, here), 0)
            held[self._names[here]] = lower
        while "$ref" in made:  # some take a schema only with its type
            way = references.pointer(made["$ref"]) or ("",)
            made = held.pop(way[-1])
        return {**made, "$defs": held} if held else made

    def _lower(self, schema: object, depth: int) -> dict[str, Any]:
        if not isinstance(schema, dict) or not schema or depth > _DEEPEST:
            return {"anyOf": [{"type": kind} for kind in _SCALARS]}
        if "$ref" in schema:
            return self._referring(schema["$ref"])
        kept = {
            k: v for k, v in schema.items() if k in ("title", "description", "default")
        }
        for key in ("anyOf", "oneOf"):
            options = schema.get(key)
            if isinstance(options, list) and options:
                lower = [self._lower(each, depth + 1) for each in options]
                return kept | {"anyOf": lower}
        if isinstance(parts := schema.get("allOf"), list) and parts:
            return self._lower(_merged(schema, parts), depth + 1)
        return self._typed(schema, kept, depth)

    def _referring(self, reference: object) -> dict[str, Any]:
        """The reference to a lowered definition; a circle ends in JSON text."""
        way = references.pointer(reference)
        if way is None or way not in self._onward[self._here]:
            about = f"JSON text of {way[-1] if way else reference}."
            return {"type": "string", "description": about}
        if way not in self._names:
            name, taken = way[-1], set(self._names.values())
            while name in taken:
                name += "_"
            self._names[way] = name
            self._waiting.append(way)
        return {"$ref": references.to_definition(self._names[way])}

    def _typed(
        self, schema: Mapping[str, Any], kept: dict[str, Any], depth: int
    ) -> dict[str, Any]:
        made = dict(kept)
        kinds = schemas.types(schema) or (["object"] if "properties" in schema else [])
        if kinds:
            made["type"] = kinds[0] if len(kinds) == 1 else kinds
        if "object" in kinds:
            made |= self._object(schema, depth)
        if "array" in kinds:
            items = schema.get("items")
            if isinstance(items, list):
                items = {"anyOf": items} if items else {}
            made["items"] = self._lower(items, depth + 1)
            if schema.get("minItems") in (0, 1):
                made["minItems"] = schema["minItems"]
        if isinstance(values := schema.get("enum"), list):
            made["enum"] = [v for v in values if not isinstance(v, dict | list)]
        made |= {
            key: schema[key] for key in ("const", "format", "pattern") if key in schema
        }
        return _annotated(schema, made)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        held, needed = schema.get("properties"), schema.get("required")
        properties = {
            name: self._lower(each, depth + 1)
            for name, each in (held if isinstance(held, dict) else {}).items()
            if each is not False
        }
        listed = needed if isinstance(needed, list) else []
        required = [name for name in listed if name in properties]
        return {
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }


def _merged(schema: Mapping[str, Any], parts: list[Any]) -> dict[str, Any]:
    """The parts of an allOf as one schema."""
    whole = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        for key, value in (part if isinstance(part, dict) else {}).items():
            mine = whole.get(key)
            if isinstance(mine, dict) and isinstance(value, dict):
                whole[key] = {**mine, **value}
            elif isinstance(mine, list) and isinstance(value, list):
                whole[key] = mine + [each for each in value if each not in mine]
            else:
                whole.setdefault(key, value)
    return whole


def _annotated(schema: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Take out what is still refused and say in the description what got lost."""
    for _ in range(len(made)):
        bad = [f for f in schemas.outside(made) if len(f.path) == 1]
        if not bad:
            break
        made.pop(str(bad[0].path[0]), None)
    if not made.keys() - {"title", "description", "default"}:
        made["anyOf"] = [{"type": kind} for kind in _SCALARS]
    aside = {"properties", "items", "$defs", "definitions", "additionalProperties"}
    lost = {k: v for k, v in schema.items() if k not in made and k not in aside}
    if lost:
        said = json.dumps(lost, ensure_ascii=False, sort_keys=True, default=str)
        before = made.get("description")
        made["description"] = f"{before}\n\n{said}" if before else said
    return made


def _within_limits(schema: dict[str, Any]) -> dict[str, Any]:
    """Require what is optional, and take the first alternative, where too many."""
    optional, unions = schemas.counts(schema)
    if optional < schemas.MAX_OPTIONAL and unions < schemas.MAX_UNIONS:
        return schema
    return _simpler(
        schema, optional >= schemas.MAX_OPTIONAL, unions >= schemas.MAX_UNIONS
    )


def _simpler(schema: dict[str, Any], require: bool, choose: bool) -> dict[str, Any]:
    made = dict(schema)
    options = made.get("anyOf")
    if choose and isinstance(options, list):
        rest = {key: value for key, value in made.items() if key != "anyOf"}
        return _simpler({**rest, **options[0]}, require, choose)
    if choose and isinstance(made.get("type"), list):
        made["type"] = made["type"][0]
    if isinstance(held := made.get("properties"), dict):
        made["properties"] = {k: _simpler(v, require, choose) for k, v in held.items()}
        if require:
            made["required"] = list(held)
    if isinstance(made.get("items"), dict):
        made["items"] = _simpler(made["items"], require, choose)
    if isinstance(options, list):
        made["anyOf"] = [_simpler(each, require, choose) for each in options]
    if isinstance(held := made.get("$defs"), dict):
        made["$defs"] = {k: _simpler(v, require, choose) for k, v in held.items()}
    return made


def fits(value: object, schema: object, depth: int = 0) -> bool:
    """Whether a value plainly agrees with a schema: types, required, enum, listed keys.

    Lenient: what is not understood is taken to agree.
    """
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return True
    kinds = schemas.types(schema)
    if kinds and not any(_is(value, kind) for kind in kinds):
        return False
    if isinstance(allowed := schema.get("enum"), list) and value not in allowed:
        return False
    if isinstance(options := schema.get("anyOf"), list) and options:
        return any(fits(value, each, depth + 1) for each in options)
    if isinstance(value, list):
        return all(fits(each, schema.get("items"), depth + 1) for each in value)
    if not isinstance(value, dict):
        return True
    needed, held = schema.get("required"), schema.get("properties")
    known = held if isinstance(held, dict) else {}
    if any(name not in value for name in (needed if isinstance(needed, list) else ())):
        return False
    if schema.get("additionalProperties") is False and value.keys() - known.keys():
        return False
    return all(fits(each, known.get(name), depth + 1) for name, each in value.items())


_PYTHON: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def _is(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return kind not in _PYTHON or isinstance(value, _PYTHON[kind])
