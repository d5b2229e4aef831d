"""What breaks the rules of toolsets.py, and the nearest body that does not."""

from tests.spec.bodies import (
    SIX,
    assistant,
    body,
    call,
    result,
    server_call,
    tool,
    user,
)
from tests.spec.rules.case import Case

COMPUTER = {"type": "computer_toolset_20260801"}
BROWSER = {"type": "browser_toolset_20260801"}
SEARCH = {"type": "web_search_20260318", "name": "web_search"}
OLD = {"anthropic-beta": "fine-grained-tool-streaming-2025-05-14"}
CODE = {"zoom": {"allowed_callers": ["code_execution_20260120"]}}
CASES = [
    Case(
        "toolset_twice",
        body(tools=[COMPUTER, COMPUTER]),
        "tools.1",
        "tools.1: duplicate toolset 'computer_toolset_20260801'",
        body(tools=[COMPUTER, BROWSER]),
    ),
    Case(
        "shape_of_params",
        body(tools=[{**COMPUTER, "strict": True}]),
        "tools.0.strict",
        "tools.0.computer_toolset_20260801.strict: Extra inputs are not permitted",
        body(tools=[COMPUTER, tool(strict=True)]),
    ),
    Case(
        "shape_of_params",
        body(tools=[{**COMPUTER, "defer_loading": True}]),
        "tools.0.defer_loading",
        "tools.0.computer_toolset_20260801.defer_loading: Extra inputs are not permitted",
        body(tools=[COMPUTER, tool(defer_loading=True)]),
    ),
    Case(
        "toolset_chosen",
        body(tools=[COMPUTER], tool_choice={"type": "tool", "name": "computer"}),
        "tool_choice.name",
        "tool_choice.name: toolset 'computer' cannot be chosen",
        body(
            tools=[COMPUTER, tool()],
            tool_choice={"type": "tool", "name": "add"},
            model=SIX,
        ),
    ),
    Case(
        "toolset_with_old_streaming",
        body(tools=[COMPUTER]),
        "tools.0",
        "tools.0: 'computer_toolset_20260801' is not supported with the fine-grained-tool-streaming-2025-05-14 beta",
        body(tools=[tool()]),
        headers=OLD,
    ),
    Case(
        "toolset_called_from_code",
        body(tools=[{**COMPUTER, "configs": CODE}]),
        "tools.0.configs",
        "tools.0.configs.zoom.allowed_callers: Input should be 'direct'",
        body(tools=[{**COMPUTER, "configs": {"zoom": {"enabled": False}}}]),
    ),
    Case(
        "paused_tool_missing",
        body(user("x"), assistant(server_call())),
        "messages.1.content.0",
        "`web_search` tool use with id `srvtoolu_1` was found without a corresponding `web_search_tool_result` block, but no `web_search` tool was provided",
        body(user("x"), assistant(server_call()), tools=[SEARCH]),
    ),
    Case(
        "call_id_twice",
        body(*2 * (user("x"), assistant(call()), user(result()))),
        "messages.4.content.0",
        "",
        body(user("x"), assistant(call()), user(result())),
        "warning",
    ),
]
