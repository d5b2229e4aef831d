"""What breaks the rules of system_turns.py, and what does not."""

from tests.spec.bodies import (
    HAIKU,
    TEXT,
    assistant,
    body,
    png,
    server_call,
    server_result,
    system,
    user,
)
from tests.spec.rules.case import Case

TAIL = "; the directive-only form (content: [] with output_config) is accepted at any position"

DIRECTIVE = {**system(), "output_config": {"effort": "low"}}

CASES = [
    Case(
        "beta_shape_of_message",
        body(user("x"), DIRECTIVE),
        "messages.1.output_config",
        "messages.1.output_config: Extra inputs are not permitted",
        body(user("x"), DIRECTIVE),
        good_headers={"anthropic-beta": "mid-conversation-output-config-2026-07-01"},
    ),
    Case(
        "system_role_unsupported",
        body(user("x"), system("y"), model="claude-sonnet-5"),
        "messages.1",
        "role 'system' is not supported on this model",
        body(user("x"), system("y")),
    ),
    Case(
        "system_role_unsupported",
        body(user("x"), system("y"), model=HAIKU),
        "messages.1",
        "role 'system' is not supported on this model",
        body(user("x"), model=HAIKU),
        "warning",
    ),
    Case(
        "system_role_place",
        body(system("y"), user("x")),
        "messages.0",
        "messages.0: use the top-level 'system' parameter for the initial system prompt"
        + TAIL,
        body(user("x"), system("y")),
    ),
    Case(
        "system_role_place",
        body(user("x"), assistant("a"), system("y")),
        "messages.2",
        "messages.2: role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result"
        + TAIL,
        body(user("x"), assistant(server_call(), server_result()), system("y")),
    ),
    Case(
        "system_role_place",
        body(user("x"), system("y"), system("z"), user("x")),
        "messages.1",
        "messages.1: role 'system' must precede an 'assistant' message or end the array"
        + TAIL,
        body(user("x"), system("y"), system("z"), assistant("a"), user("x")),
    ),
    Case(
        "system_role_content",
        body(user("x"), system()),
        "messages.1",
        "messages.1: system content must contain at least one block",
        body(user("x"), {**system(), "output_config": {}}),
    ),
    Case(
        "system_role_content",
        body(user("x"), system(png())),
        "messages.1.content.0",
        "messages.1: role 'system' supports text, tool_addition, and tool_removal blocks only",
        body(user("x"), system(TEXT)),
    ),
]
