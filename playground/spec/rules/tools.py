"""Rules about tools: their definitions and the choice among them."""

import re
from collections.abc import Iterator
from typing import Any

from playground.spec.rules import keys
from playground.spec.rules.envelope import extra, missing
from playground.spec.rules.model import switch
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, as_dict, as_text, each_dict, rule

NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}", re.ASCII)
DOCUMENTED_NAME = 64
MAX_STRICT = 20
_AUTO = Fix(
    "set_param",
    "Let Claude choose",
    {"param": "tool_choice", "value": {"type": "auto"}},
)
_NO_CHOICE = Fix("remove_param", "Remove tool_choice", {"param": "tool_choice"})
_DELETE = Fix("delete_block", "Delete this tool")


def _custom(request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
    """The tools that a person defined, with their places."""
    for i, tool in each_dict(request.params.get("tools")):
        if tool.get("type", "custom") in ("custom", None):
            yield i, tool


# --- shape


@rule("SDK tool_param; wording recorded elsewhere", "2026-11")
def tool_shape(request: Request) -> Iterator[Problem]:
    """A tool is an object with a name."""
    tools = request.params.get("tools")
    for i, tool in enumerate(tools if isinstance(tools, list) else ()):
        if not isinstance(tool, dict):
            text = f"tools.{i}: Input does not match the expected shape."
            words = "A tool must be an object."
            yield Problem(f"tools.{i}", "error", text, words, (_DELETE,))
    for i, tool in _custom(request):
        if "name" not in tool:
            said = f"tools.{i}.custom.name"
            yield missing(f"tools.{i}.name", said, "A tool needs a name.", _DELETE)


@rule("define-tools page says 64; 128 in reports of Jun 2026", "2026-06")
def tool_name(request: Request) -> Iterator[Problem]:
    """A tool's name has letters, digits, _ and - only."""
    for i, tool in _custom(request):
        name, path = tool.get("name", "x"), f"tools.{i}.name"
        if not isinstance(name, str) or not NAME.fullmatch(name):
            text = f"tools.{i}.custom.name: String should match pattern "
            text += "'^[a-zA-Z0-9_-]{1,128}$'"
            words = "A tool's name has letters, digits, _ and - only."
            yield Problem(path, "error", text, words, (_DELETE,))
        elif len(name) > DOCUMENTED_NAME:
            words = "The documentation allows 64 characters; up to 128 seem to work."
            yield Problem(path, "warning", "", words)


@rule("recorded Aug 2026", "2026-08")
def tool_schema(request: Request) -> Iterator[Problem]:
    """A tool has a schema, and its input is an object."""
    for i, tool in _custom(request):
        path, said = f"tools.{i}.input_schema", f"tools.{i}.custom.input_schema"
        schema = tool.get("input_schema")
        if "input_schema" not in tool:
            yield missing(path, said, "A tool needs an input_schema.", _DELETE)
        elif not isinstance(schema, dict):
            text = f"{said}: Input does not match the expected shape."
            yield Problem(path, "error", text, "It must be an object.", (_DELETE,))
        elif "type" not in schema:
            fix = Fix("set_param", "Set it to object", {"value": "object"})
            yield missing(f"{path}.type", f"{said}.type", "It needs a type.", fix)
        elif schema["type"] != "object":
            text = f"{said}.type: Input should be 'object'"
            fix = Fix("set_param", "Set it to object", {"value": "object"})
            words = "A tool's input is always an object."
            yield Problem(f"{path}.type", "error", text, words, (fix,))


@rule("SDK tool_choice_*_param; wording from fixtures", "2026-11")
def tool_choice_shape(request: Request) -> Iterator[Problem]:
    """tool_choice is auto, any, tool with a name, or none."""
    choice = request.params.get("tool_choice")
    if not isinstance(choice, dict):
        return
    known = keys.TOOL_CHOICE.get(request.tool_choice)
    if known is None:
        text = "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'"
        words = "tool_choice is auto, any, tool or none."
        yield Problem("tool_choice.type", "error", text, words, (_AUTO, _NO_CHOICE))
        return
    for key in choice.keys() - known:
        said = f"tool_choice.{request.tool_choice}.{key}"
        words = f"tool_choice {request.tool_choice} takes no {key}."
        yield extra(f"tool_choice.{key}", said, words)
    if request.tool_choice == "tool" and "name" not in choice:
        path, words = "tool_choice.name", "Say which tool."
        yield missing(path, "tool_choice.tool.name", words, _AUTO)


# --- against each other and the model


@rule("error reports to Aug 2026", "2026-08")
def tool_names_unique(request: Request) -> Iterator[Problem]:
    """No two tools share a name."""
    seen: set[str] = set()
    for i, tool in each_dict(request.params.get("tools")):
        name = tool.get("name")
        if isinstance(name, str) and name in seen:
            text, words = "tools: Tool names must be unique.", f"{name} is there twice."
            yield Problem(f"tools.{i}.name", "error", text, words, (_DELETE,))
        elif isinstance(name, str):
            seen.add(name)


@rule("recorded Aug 2026; structured-outputs page", "2026-08")
def too_many_strict(request: Request) -> Iterator[Problem]:
    """At most 20 tools are strict."""
    tools = each_dict(request.params.get("tools"))
    strict = sum(tool.get("strict") is True for _, tool in tools)
    if strict > MAX_STRICT:
        text = f"Too many strict tools ({strict}). The maximum number of strict tools "
        text += "supported is 20. Try reducing the number of tools marked as strict."
        fix = Fix("limit_strict_tools", "Make the rest not strict")
        yield Problem("tools", "error", text, "At most 20 tools can be strict.", (fix,))


@rule("error reports", "2026-11")
def all_deferred(request: Request) -> Iterator[Problem]:
    """One tool at least is loaded from the start."""
    tools = [tool for _, tool in each_dict(request.params.get("tools"))]
    if tools and all(tool.get("defer_loading") is True for tool in tools):
        text = "All tools have defer_loading: true"
        where = {"param": f"tools.{len(tools) - 1}.defer_loading"}
        fix = Fix("remove_param", "Load the last from the start", where)
        words = "One tool at least must be loaded."
        yield Problem("tools", "error", text, words, (fix,))


@rule("error reports; type none unverified", "2026-11")
def choice_without_tools(request: Request) -> Iterator[Problem]:
    """tool_choice needs tools."""
    if request.params.get("tool_choice") is None or request.params.get("tools"):
        return
    text = "tool_choice may only be specified while providing tools."
    words = "There is no tool to choose."
    if request.tool_choice == "none":
        words += " Whether that matters for none is not confirmed."
        yield Problem("tool_choice", "warning", text, words, (_NO_CHOICE,))
    else:
        yield Problem("tool_choice", "error", text, words, (_NO_CHOICE,))


@rule("SDK tool_choice_tool_param; wording assumed", "2026-11")
def chosen_tool_absent(request: Request) -> Iterator[Problem]:
    """The tool that is asked for is among the tools."""
    name = as_dict(request.params.get("tool_choice")).get("name")
    tools = [tool.get("name") for _, tool in each_dict(request.params.get("tools"))]
    if request.tool_choice == "tool" and name is not None and name not in tools:
        text = f"tool_choice.name: tool '{name}' not found in provided tools"
        words = f"No tool is called {name}."
        yield Problem("tool_choice.name", "error", text, words, (_AUTO,))


# The table of models says nothing of server tools: an endpoint's own list does.
@rule("error reports; SDK ServerToolsCapability", "2026-11")
def tool_not_offered(request: Request) -> Iterator[Problem]:
    """A server tool is used where the endpoint offers it for the model."""
    for i, tool in each_dict(request.params.get("tools")):
        kind = as_text(tool.get("type"))
        if kind.rpartition("_")[0] in request.model.lacks:
            model = request.params.get("model")
            text = f"'{model}' does not support tool types: {kind}."
            words = f"The endpoint says that {request.model.name} has no such tool."
            yield Problem(f"tools.{i}.type", "error", text, words, (_DELETE,))


@rule("Opus 5.5, Sonnet 5.5, Fable pages; live Sep 2026", "2026-11")
def forced_choice_unsupported(request: Request) -> Iterator[Problem]:
    """The newest models cannot be forced to use a tool."""
    if request.tool_choice in ("any", "tool") and not request.model.forced_tool_choice:
        yield request.refuse(
            "forced_tool_choice",
            "tool_choice.type",
            'tool_choice: type "tool" and "any" are not supported for this model.',
            f"{request.model.name} cannot be forced to use a tool.",
            _AUTO,
            *switch(
                request,
                lambda m: m.forced_tool_choice and not m.restricted,
                same_line=True,
            ),
        )


@rule("extended-thinking page; error reports", "2026-11")
def forced_choice_with_thinking(request: Request) -> Iterator[Problem]:
    """A forced tool excludes a thinking budget."""
    if request.tool_choice in ("any", "tool") and request.thinking_type == "enabled":
        text = "Thinking may not be enabled when tool_choice forces tool use."
        words = "A forced tool leaves no room for thinking."
        off = Fix("remove_param", "Switch thinking off", {"param": "thinking"})
        yield Problem("tool_choice.type", "error", text, words, (_AUTO, off))
