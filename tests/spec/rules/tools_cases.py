"""What breaks the rules of tools.py, and the nearest body that does not."""

from tests.spec.bodies import SIX, body, tool
from tests.spec.rules.case import Case

ADAPTIVE = {"type": "adaptive"}
BUDGET = {"type": "enabled", "budget_tokens": 2048}
FORCED = {"type": "any"}
NAMED = {"type": "tool", "name": "add"}
CASES = [
    Case(
        "tool_shape",
        body(tools=["add"]),
        "tools.0",
        "tools.0: Input does not match the expected shape.",
        body(tools=[tool()]),
    ),
    Case(
        "tool_shape",
        body(tools=[{"input_schema": {"type": "object"}}]),
        "tools.0.name",
        "tools.0.custom.name: Field required",
        body(tools=[tool()]),
    ),
    Case(
        "tool_name",
        body(tools=[tool("a b")]),
        "tools.0.name",
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        body(tools=[tool("a_b")]),
    ),
    Case(
        "tool_name",
        body(tools=[tool("a" * 129)]),
        "tools.0.name",
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        body(tools=[tool("a" * 64)]),
    ),
    Case(
        "tool_name",
        body(tools=[tool("a" * 65)]),
        "tools.0.name",
        "",
        body(tools=[tool("a" * 64)]),
        "warning",
    ),
    Case(
        "tool_schema",
        body(tools=[{"name": "a"}]),
        "tools.0.input_schema",
        "tools.0.custom.input_schema: Field required",
        body(tools=[{"name": "bash", "type": "bash_20250124"}]),
    ),
    Case(
        "tool_schema",
        body(tools=[tool(input_schema=True)]),
        "tools.0.input_schema",
        "tools.0.custom.input_schema: Input does not match the expected shape.",
        body(tools=[tool()]),
    ),
    Case(
        "tool_schema",
        body(tools=[tool(input_schema={})]),
        "tools.0.input_schema.type",
        "tools.0.custom.input_schema.type: Field required",
        body(tools=[tool()]),
    ),
    Case(
        "tool_schema",
        body(tools=[tool(input_schema={"type": "string"})]),
        "tools.0.input_schema.type",
        "tools.0.custom.input_schema.type: Input should be 'object'",
        body(tools=[tool()]),
    ),
    Case(
        "tool_choice_shape",
        body(tools=[tool()], tool_choice={"type": "some"}),
        "tool_choice.type",
        "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'",
        body(tools=[tool()], tool_choice={"type": "none"}),
    ),
    Case(
        "tool_choice_shape",
        body(tools=[tool()], tool_choice={"type": "auto", "name": "add"}),
        "tool_choice.name",
        "tool_choice.auto.name: Extra inputs are not permitted",
        body(tools=[tool()], tool_choice={"type": "auto"}),
    ),
    Case(
        "tool_choice_shape",
        body(tools=[tool()], tool_choice={"type": "tool"}, model=SIX),
        "tool_choice.name",
        "tool_choice.tool.name: Field required",
        body(tools=[tool()], tool_choice=NAMED, model=SIX),
    ),
    Case(
        "tool_names_unique",
        body(tools=[tool(), tool()]),
        "tools.1.name",
        "tools: Tool names must be unique.",
        body(tools=[tool(), tool("sub")]),
    ),
    Case(
        "too_many_strict",
        body(tools=[tool(f"t{i}", strict=True) for i in range(21)]),
        "tools",
        "Too many strict tools (21). The maximum number of strict tools supported is 20. Try reducing the number of tools marked as strict.",
        body(tools=[tool(f"t{i}", strict=i > 0) for i in range(21)]),
    ),
    Case(
        "all_deferred",
        body(tools=[tool(defer_loading=True)]),
        "tools",
        "All tools have defer_loading: true",
        body(tools=[tool(defer_loading=True), tool("b")]),
    ),
    Case(
        "choice_without_tools",
        body(tool_choice={"type": "auto"}),
        "tool_choice",
        "tool_choice may only be specified while providing tools.",
        body(tool_choice={"type": "auto"}, tools=[tool()]),
    ),
    Case(
        "choice_without_tools",
        body(tool_choice={"type": "none"}),
        "tool_choice",
        "tool_choice may only be specified while providing tools.",
        body(),
        "warning",
    ),
    Case(
        "chosen_tool_absent",
        body(tools=[tool("sub")], tool_choice=NAMED, model=SIX),
        "tool_choice.name",
        "tool_choice.name: tool 'add' not found in provided tools",
        body(tools=[tool()], tool_choice=NAMED, model=SIX),
    ),
    Case(
        "forced_choice_unsupported",
        body(tools=[tool()], tool_choice=FORCED),
        "tool_choice.type",
        'tool_choice: type "tool" and "any" are not supported for this model.',
        body(tools=[tool()], tool_choice=FORCED, model="claude-fable-5"),
    ),
    Case(
        "forced_choice_with_thinking",
        body(tools=[tool()], tool_choice=FORCED, model=SIX, thinking=BUDGET),
        "tool_choice.type",
        "Thinking may not be enabled when tool_choice forces tool use.",
        body(tools=[tool()], tool_choice=FORCED, model=SIX, thinking=ADAPTIVE),
    ),
]
