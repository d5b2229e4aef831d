"""What breaks the rules of prefill.py, and the nearest body that does not."""

from tests.spec.bodies import (
    OLD_HAIKU,
    OLD_OPUS,
    TEXT,
    assistant,
    body,
    call,
    server_call,
    server_result,
    text,
    tool,
    user,
)
from tests.spec.rules.case import Case

NO_PREFILL = "This model does not support assistant message prefill. The conversation must end with a user message."
ENABLED = {"type": "enabled", "budget_tokens": 1024}
FORMAT = {"format": {"type": "json_schema", "schema": {}}}
CASES = [
    Case(
        "prefill_unsupported",
        body(user("x"), assistant("{")),
        "messages.1",
        NO_PREFILL,
        body(user("x"), assistant("{"), model=OLD_HAIKU),
    ),
    Case(
        "prefill_unsupported",
        body(user("x"), assistant("{"), model="claude-x"),
        "messages.1",
        NO_PREFILL,
        body(user("x"), model="claude-x"),
        "warning",
    ),
    Case(
        "prefill_unsupported",
        body(user("x"), assistant(TEXT)),
        "messages.1",
        NO_PREFILL,
        body(user("x"), assistant(server_call(), server_result())),
    ),
    Case(
        "paused_or_prefill",
        body(user("x"), assistant(server_call(), server_result(), TEXT)),
        "messages.1",
        "",
        body(user("x"), assistant(server_call(), server_result())),
        "warning",
    ),
    Case(
        "prefill_with_tools",
        body(user("x"), assistant("{"), model=OLD_HAIKU, tools=[tool()]),
        "messages.1",
        "",
        body(user("x"), assistant("{"), model=OLD_HAIKU),
        "warning",
    ),
    Case(
        "prefill_unsupported",
        body(user("x"), assistant(TEXT), tools=[tool()]),
        "messages.1",
        NO_PREFILL,
        body(user("x"), assistant(TEXT, call()), tools=[tool()]),
    ),
    Case(
        "prefill_ends_in_whitespace",
        body(user("x"), assistant("{ "), model=OLD_HAIKU),
        "messages.1.content",
        "messages: final assistant content cannot end with trailing whitespace",
        body(user("x"), assistant(" {"), model=OLD_HAIKU),
    ),
    Case(
        "prefill_ends_in_whitespace",
        body(user("x"), assistant(TEXT, text("{\n")), model=OLD_OPUS),
        "messages.1.content.1",
        "messages: final assistant content cannot end with trailing whitespace",
        body(assistant(text("{\n")), user("x"), model=OLD_OPUS),
    ),
    Case(
        "prefill_with_thinking",
        body(user("x"), assistant("{"), model=OLD_OPUS, thinking=ENABLED),
        "messages.1",
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).",
        body(user("x"), assistant("{"), model=OLD_OPUS, thinking={"type": "disabled"}),
    ),
    Case(
        "prefill_with_format",
        body(user("x"), assistant("{"), model=OLD_OPUS, output_config=FORMAT),
        "messages.1",
        "output_config.format: prefilling the assistant message is not supported with an output format.",
        body(user("x"), model=OLD_OPUS, output_config=FORMAT),
    ),
]
