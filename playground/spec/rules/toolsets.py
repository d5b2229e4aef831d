"""Rules about tools that Anthropic defines: toolsets, and calls that were paused."""

from collections.abc import Iterator
from typing import Any

from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, as_dict, as_text, each_dict, rule

FINE_GRAINED = "fine-grained-tool-streaming-2025-05-14"
_DELETE = Fix("delete_block", "Delete this tool")


def _toolsets(request: Request) -> list[tuple[int, str, dict[str, Any]]]:
    tools = each_dict(request.params.get("tools"))
    typed = [(i, as_text(tool.get("type")), tool) for i, tool in tools]
    return [(i, kind, tool) for i, kind, tool in typed if "_toolset_" in kind]


@rule("tool-reference page, Aug 2026; wording assumed", "2026-08")
def toolset_twice(request: Request) -> Iterator[Problem]:
    """A toolset is listed once."""
    seen: set[str] = set()
    for i, kind, _ in _toolsets(request):
        family = kind.rpartition("_")[0]
        if family in seen:
            text = f"tools.{i}: duplicate toolset '{kind}'"
            words = "This toolset is there twice."
            yield Problem(f"tools.{i}", "error", text, words, (_DELETE,))
        seen.add(family)


@rule("tool-reference page, Aug 2026; wording assumed", "2026-08")
def toolset_chosen(request: Request) -> Iterator[Problem]:
    """tool_choice cannot name a toolset."""
    name = as_dict(request.params.get("tool_choice")).get("name")
    families = {kind.rpartition("_toolset_")[0] for _, kind, _ in _toolsets(request)}
    kinds = {kind for _, kind, _ in _toolsets(request)} | families
    if request.tool_choice == "tool" and isinstance(name, str) and name in kinds:
        text = f"tool_choice.name: toolset '{name}' cannot be chosen"
        words = "A toolset as a whole cannot be forced."
        auto = {"param": "tool_choice", "value": {"type": "auto"}}
        fix = Fix("set_param", "Let Claude choose", auto)
        yield Problem("tool_choice.name", "error", text, words, (fix,))


# The header is not part of the body, so that no fix reaches it.
@rule("fine-grained-tool-streaming page, Aug 2026; wording assumed", "2026-08")
def toolset_with_old_streaming(request: Request) -> Iterator[Problem]:
    """The old header for eager tool input excludes toolsets."""
    if FINE_GRAINED in request.betas:
        for i, kind, _ in _toolsets(request)[:1]:
            text = f"tools.{i}: '{kind}' is not supported with the {FINE_GRAINED} beta"
            words = "Take the old beta header away; eager_input_streaming replaces it."
            yield Problem(f"tools.{i}", "error", text, words, (_DELETE,))


@rule("tool-reference page, Aug 2026; wording assumed", "2026-08")
def toolset_called_from_code(request: Request) -> Iterator[Problem]:
    """Members of a toolset are not called from code execution."""
    for i, _, tool in _toolsets(request):
        for name, config in as_dict(tool.get("configs")).items():
            callers = as_dict(config).get("allowed_callers")
            if isinstance(callers, list) and any(each != "direct" for each in callers):
                path = f"tools.{i}.configs"
                text = f"{path}.{name}.allowed_callers: Input should be 'direct'"
                words = "Only Claude itself can call the members of a toolset."
                fix = Fix("remove_param", "Remove the configs")
                yield Problem(path, "error", text, words, (fix,))


# A paused turn comes back as the last message, with the tools that it had.
@rule("server-tools page, Aug 2026", "2026-11")
def paused_tool_missing(request: Request) -> Iterator[Problem]:
    """Whoever resumes a paused turn offers the tool that it was using."""
    final = request.final
    if final is None or final.role != "assistant":
        return
    done = {call.id for _, each in request.notable for call in each.server_results}
    offered = {
        as_text(tool.get("name")) for _, tool in each_dict(request.params.get("tools"))
    }
    for call in final.server_uses:
        if call.id in done or call.name in offered or final.tool_uses:
            continue
        text = f"`{call.name}` tool use with id `{call.id}` was found without a "
        text += f"corresponding `{call.name}_tool_result` block, but no `{call.name}` "
        text += "tool was provided"
        words = f"This turn was using {call.name}, which is no longer among the tools."
        path = f"{request.final_path}.content.{call.place}"
        fix = Fix("delete_block", "Delete the call")
        yield Problem(path, "error", text, words, (fix,))


@rule("seen accepted once through a gateway (weak)", "2026-11")
def call_id_twice(request: Request) -> Iterator[Problem]:
    """Every tool call has an id of its own."""
    seen: set[str] = set()
    for n, each in request.notable:
        for call in each.tool_uses:
            if call.id and call.id in seen:
                words = f"The id {call.id} is used for two calls. It was accepted "
                words += "once, through a gateway; nothing confirms it."
                path = f"messages.{n}.content.{call.place}"
                yield Problem(path, "warning", "", words)
            seen.add(call.id)
