"""What breaks the rules of schema.py, and the nearest body that does not."""

from typing import Any

from tests.spec.bodies import body, tool, user
from tests.spec.rules.case import Case

TEXT = {"type": "string"}
PDF = {"type": "text", "media_type": "text/plain", "data": "x"}
CITED = {"type": "document", "source": PDF, "citations": {"enabled": True}}


def thing(required: bool = True, **properties: Any) -> dict[str, Any]:
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": list(properties)} if required else made


def form(schema: Any) -> dict[str, Any]:
    return {"format": {"type": "json_schema", "schema": schema}}


def asks(schema: Any) -> dict[str, Any]:
    return body(output_config=form(schema))


def strict(*schemas: Any) -> dict[str, Any]:
    tools = [
        tool(f"t{i}", strict=True, input_schema=schema)
        for i, schema in enumerate(schemas)
    ]
    return body(tools=tools)


def refused(
    bad: Any, place: str, said: str, good: Any, severity: str = "error"
) -> Case:
    """One property of an output format."""
    path = f"output_config.format.schema{place}"
    said = f"output_config.format.schema: {said}"
    return Case(
        "schema_subset", asks(thing(p=bad)), path, said, asks(thing(p=good)), severity
    )


NODE = {"$ref": "#/$defs/Node"}
OPTIONAL = {f"o{i}": TEXT for i in range(25)}
UNIONS = {f"u{i}": {"type": ["string", "null"]} for i in range(17)}
P = ".properties.p"

CASES = [
    Case(
        "format_schema",
        body(output_config={"format": {"type": "json_schema"}}),
        "output_config.format.schema",
        "output_config.format.schema: Field required",
        asks(thing()),
    ),
    Case(
        "format_schema",
        asks(True),
        "output_config.format.schema",
        "output_config.format.schema: Input does not match the expected shape.",
        asks(thing()),
    ),
    Case(
        "schema_subset",
        asks({"type": "object", "properties": {}}),
        "output_config.format.schema",
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
        asks(thing()),
    ),
    refused(
        {"type": "integer", "minimum": 1},
        f"{P}.minimum",
        "For 'integer' type, property 'minimum' is not supported",
        {"type": "integer"},
    ),
    refused(
        {"type": "array", "items": TEXT, "maxItems": 3},
        f"{P}.maxItems",
        "For 'array' type, property 'maxItems' is not supported",
        {"type": "array", "items": TEXT, "minItems": 1},
    ),
    refused(
        {"type": "array", "items": [TEXT]},
        f"{P}.items",
        "Invalid schema: Array types must be specified with a single object schema for 'items'.",
        {"type": "array", "items": TEXT},
    ),
    refused(
        {"type": "array", "items": TEXT, "minItems": 2},
        f"{P}.minItems",
        "For 'array' type, 'minItems' values other than 0 or 1 are not supported",
        {"type": "array", "items": TEXT, "minItems": 0},
    ),
    refused(
        {"oneOf": [TEXT]},
        f"{P}.oneOf",
        "Schema type 'oneOf' is not supported",
        {"anyOf": [TEXT]},
    ),
    refused(
        {"not": TEXT}, f"{P}.not", "Schema keyword 'not' is not supported", {"const": 1}
    ),
    refused(
        {"anyOf": [TEXT], "type": "string", "discriminator": {}},
        f"{P}.discriminator",
        "For 'anyOf', 'discriminator, type' is not supported",
        {"anyOf": [TEXT], "description": "x"},
    ),
    refused(
        {"allOf": [TEXT], "properties": {}, "required": [], "type": "object"},
        f"{P}.properties",
        "For 'anyOf', 'properties, required, type' is not supported",
        {"allOf": [TEXT]},
    ),
    refused(
        {"type": "object", "additionalProperties": False, "if": {}},
        f"{P}.if",
        "For 'object' type, property 'if' is not supported",
        {"type": "object", "additionalProperties": False},
    ),
    refused(
        {"description": "x"},
        P,
        "Empty schema ({}) that accepts any JSON value is not supported.",
        TEXT,
    ),
    refused(
        {"type": "string", "pattern": "(?=x)"},
        f"{P}.pattern",
        "Unsupported regex feature in pattern field: (?=x)",
        {"type": "string", "pattern": "^[a-z]+$"},
    ),
    refused(
        {"$ref": "https://example.com/a.json"},
        f"{P}.$ref",
        "External reference 'https://example.com/a.json' is not supported",
        {"enum": ["a"]},
    ),
    refused(
        {"enum": [{"a": 1}]},
        f"{P}.enum",
        "Enum values must be strings, numbers, booleans or null",
        {"enum": ["a", 1, None]},
    ),
    refused(
        {"type": "string", "maxLength": 3},
        f"{P}.maxLength",
        "For 'string' type, property 'maxLength' is not supported",
        TEXT,
        "warning",
    ),
    refused(
        {"type": "string", "format": "phone"},
        f"{P}.format",
        "For 'string' type, format 'phone' is not supported",
        {"type": "string", "format": "email"},
        "warning",
    ),
    Case(
        "schema_subset",
        asks({**thing(n=NODE), "$defs": {"Node": thing(n=NODE)}}),
        "output_config.format.schema.$defs.Node",
        "output_config.format.schema: Circular reference detected in schema definitions: Node -> Node",
        asks({**thing(n=NODE), "$defs": {"Node": thing(n=TEXT)}}),
    ),
    Case(
        "schema_subset",
        asks(thing(n={"$ref": "#"})),
        "output_config.format.schema",
        "output_config.format.schema: Circular reference detected in schema definitions: # -> #",
        asks(thing(n=TEXT)),
    ),
    Case(
        "schema_subset",
        strict({**thing(n=NODE), "$defs": {"Node": thing(n=NODE)}}),
        "tools.0.input_schema.$defs.Node",
        "tools.0.custom: Invalid schema: Circular reference detected in schema definitions: Node -> Node. Self-referencing or mutually-referencing definitions are not supported.",
        body(tools=[tool(input_schema={**thing(n=NODE), "$defs": {"Node": NODE}})]),
    ),
    Case(
        "schema_subset",
        strict(thing(value=True)),
        "tools.0.input_schema.properties",
        "tools.0.custom: For 'object' type, property 'properties' is not supported",
        strict(thing(value=TEXT)),
    ),
    Case(
        "schema_too_large",
        strict(thing(False, **OPTIONAL)),
        "tools.0.input_schema",
        "Schemas contains too many optional parameters (25), which would make grammar compilation inefficient. Reduce the number of optional parameters in your tool schemas (limit: 24).",
        strict(thing(True, **OPTIONAL)),
    ),
    Case(
        "schema_too_large",
        strict(thing(**UNIONS)),
        "tools.0.input_schema",
        "Schemas contains too many parameters with union types (17 parameters with type arrays or anyOf). This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters (limit: 16 parameters with unions).",
        body(tools=[tool(input_schema=thing(**UNIONS))]),
    ),
    Case(
        "schema_too_large",
        strict(thing(False, **dict(list(OPTIONAL.items())[:24]))),
        "tools.0.input_schema",
        "Schema is too complex for compilation. Try reducing the number of tools or simplifying tool schemas.",
        strict(thing(False, **dict(list(OPTIONAL.items())[:23]))),
    ),
    Case(
        "format_with_citations",
        body(user(CITED), output_config=form(thing())),
        "messages.0",
        "output_config.format: citations are not supported with an output format.",
        body(user({**CITED, "citations": None}), output_config=form(thing())),
    ),
    Case(
        "input_examples",
        body(tools=[tool(input_schema=thing(a=TEXT), input_examples=[{"a": 1}])]),
        "tools.0.input_examples.0",
        "tools.0.custom.input_examples.0: does not match the tool's input_schema",
        body(tools=[tool(input_schema=thing(a=TEXT), input_examples=[{"a": "x"}])]),
    ),
]
