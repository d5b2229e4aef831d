"""Fixes that bring schemas into the subset that the API compiles."""

from typing import Any

from playground.spec import lowering, paths
from playground.spec.fixes.bodies import Body


def lower_schema(body: Body, path: str, param: str = "") -> Body:
    """The nearest schema inside the subset in place of the one at `param`."""
    parts = paths.parts(param or path)
    schema = paths.at(body, parts)
    if not isinstance(schema, dict):
        return dict(body)
    made = lowering.lowered(schema)
    if parts[:1] == ["tools"] and made.get("type") != "object":
        made = {"type": "object", "properties": {}, "additionalProperties": False}
    return paths.changed(body, parts, paths.put(made))


def lower_schemas(body: Body, path: str) -> Body:
    """Every compiled schema with all parameters required and no alternatives."""
    made = dict(body)
    tools = body.get("tools")
    if isinstance(tools, list):
        made["tools"] = [
            {**tool, "input_schema": lowering.simplest(tool["input_schema"])}
            if isinstance(tool, dict)
            and tool.get("strict") is True
            and isinstance(tool.get("input_schema"), dict)
            else tool
            for tool in tools
        ]
    where: list[Any] = ["output_config", "format", "schema"]
    if isinstance(schema := paths.at(body, where), dict):
        made = paths.changed(made, where, paths.put(lowering.simplest(schema)))
    return made
