"""Schemas: whatever is given, the lowered one is inside the subset."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.spec import lowering, schemas

NAMES = st.text("abc", min_size=1, max_size=3)
REFERENCES = NAMES.map(lambda name: {"$ref": f"#/$defs/{name}"})
PLAIN = st.sampled_from(
    [
        {},
        True,
        False,
        None,
        5,
        {"type": "string"},
        {"type": "integer", "minimum": 1},
        {"type": ["string", "null"], "maxLength": 3},
        {"type": "array"},
        {"enum": ["a", {"b": 1}]},
        {"const": {"a": 1}},
        {"type": "string", "pattern": "(?!x)"},
        {"not": {"type": "string"}},
        {"if": {}, "then": {}},
        {"$ref": "https://example.com/x"},
        {"type": "object", "patternProperties": {}},
    ]
)


def outside(pattern: str) -> list[str]:
    schema = {"type": "string", "pattern": pattern}
    return [finding.api_message for finding in schemas.outside(schema)]


@pytest.mark.parametrize(
    "pattern",
    [r"^C:\\bin$", r"^\\1$", r"^\(?=$", r"[(?=]", r"[\b]", "(?:a|b)", "[" * 9],
)
def test_a_pattern_is_not_refused_for_what_is_escaped(pattern: str):
    assert outside(pattern) == []


@pytest.mark.parametrize(
    "pattern", [r"\bx", r"(a)\1", r"\\\b", "(?=x)", "(?<!x)", "[a](?!x)", "(?P=n)"]
)
def test_a_pattern_that_looks_around_is_refused(pattern: str):
    assert outside(pattern) == [
        f"Unsupported regex feature in pattern field: {pattern}"
    ]


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    listed = st.lists(inner, max_size=3)
    named = st.dictionaries(NAMES, inner, max_size=3)
    return st.one_of(
        st.builds(lambda p: {"type": "object", "properties": p}, named),
        st.builds(lambda i: {"type": "array", "items": i, "maxItems": 2}, inner),
        st.builds(lambda i: {"type": "array", "items": i}, listed),
        st.builds(lambda o: {"oneOf": o, "type": "string"}, listed),
        st.builds(lambda o: {"anyOf": o, "description": "x"}, listed),
        st.builds(lambda o: {"allOf": o, "properties": {}}, listed),
        st.builds(lambda p, d: {"properties": p, "$defs": d}, named, named),
    )


SCHEMAS = st.recursive(PLAIN | REFERENCES, _around, max_leaves=12)


@given(SCHEMAS)
def test_a_lowered_schema_has_nothing_outside_the_subset(schema: Any):
    made = lowering.lowered(schema)
    assert [found for found in schemas.outside(made) if found.sure] == []


@given(SCHEMAS)
def test_the_simplest_schema_has_nothing_optional_and_no_alternatives(schema: Any):
    assert schemas.counts(lowering.simplest(schema)) == (0, 0)


def test_what_cannot_be_enforced_is_said_in_the_description():
    made = lowering.lowered({"type": "integer", "minimum": 3, "description": "Size"})
    assert made == {"type": "integer", "description": 'Size\n\n{"minimum": 3}'}


def test_a_circle_through_two_definitions_is_found():
    two = {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}
    found = next(iter(schemas.outside({"$ref": "#/$defs/a", "$defs": two})))
    assert found.api_message.endswith("a -> b -> a")


def test_a_definition_used_twice_is_no_circle():
    schema = {
        "type": "object",
        "properties": {"x": {"$ref": "#/$defs/a"}, "y": {"$ref": "#/$defs/a"}},
        "additionalProperties": False,
        "$defs": {"a": {"type": "string"}},
    }
    assert list(schemas.outside(schema)) == []


@pytest.mark.parametrize(
    ("reference", "way"),
    [("#", "# -> #"), ("#/properties/kids", "kids -> kids")],
)
def test_a_schema_that_contains_itself_is_refused(reference: str, way: str):
    kids = {"type": "array", "items": {"$ref": reference}}
    schema = {**thing(kids=kids), "required": ["kids"]}
    text = f"Circular reference detected in schema definitions: {way}"
    assert [found.api_message for found in schemas.outside(schema)] == [text]
    made = lowering.lowered(schema)
    assert list(schemas.outside(made)) == []
    assert "JSON text of" in str(made)


def test_a_reference_to_another_property_is_no_circle():
    schema = thing(a={"type": "string"}, b={"$ref": "#/properties/a"})
    assert list(schemas.outside(schema)) == []
    assert lowering.lowered(schema)["properties"]["b"] == {"$ref": "#/$defs/a"}


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def shared(layers: int, width: int) -> dict[str, Any]:
    """Definitions that each refer to the next one several times."""
    last = {"type": "integer", "minimum": 1}
    definitions = {
        f"L{n}": thing(
            **{
                f"p{k}": {"$ref": f"#/$defs/L{n + 1}"} if n < layers - 1 else last
                for k in range(width)
            }
        )
        for n in range(layers)
    }
    return {"$ref": "#/$defs/L0", "$defs": definitions}


def test_shared_definitions_are_lowered_once_each():
    made = lowering.lowered(shared(14, 2))
    assert made["properties"]["p0"] == {"$ref": "#/$defs/L1"}
    assert made["type"] == "object"
    assert list(made["$defs"]) == [f"L{n}" for n in range(1, 14)]
    assert "minimum" in made["$defs"]["L13"]["properties"]["p0"]["description"]


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"a": 1}, True),
        ({"a": "1"}, False),
        ({}, False),
        ({"a": 1, "b": 2}, False),
        ({"a": True}, False),
        ([], False),
    ],
)
def test_an_example_fits_its_schema_or_not(value: Any, fits: bool):
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    assert lowering.fits(value, schema) is fits
