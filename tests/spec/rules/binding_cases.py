"""What breaks the rules of binding.py that read bodies; the others are told more."""

from tests.spec.bodies import OLD_HAIKU, TEXT, assistant, body, call, result, tool, user
from tests.spec.rules.case import Case

BUDGET = {"type": "enabled", "budget_tokens": 1024}
SIGNED = {"type": "thinking", "thinking": "hm", "signature": "x"}
CASES = [
    Case(
        "thinking_unsigned",
        body(user("x"), assistant({**SIGNED, "signature": ""}, TEXT), user("y")),
        "messages.1.content.0",
        "messages.1.content.0: Invalid `signature` in `thinking` block",
        body(user("x"), assistant(SIGNED, TEXT), user("y")),
    ),
    Case(
        "manual_thinking_first",
        body(
            user("x"),
            assistant(call()),
            user(result()),
            tools=[tool()],
            model=OLD_HAIKU,
            thinking=BUDGET,
        ),
        "messages.1.content.0",
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).",
        body(
            user("x"),
            assistant(SIGNED, call()),
            user(result()),
            tools=[tool()],
            model=OLD_HAIKU,
            thinking=BUDGET,
        ),
    ),
]
