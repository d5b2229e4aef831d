"""What breaks the rules of pairing.py, and the nearest body that does not."""

from tests.spec.bodies import (
    TEXT,
    assistant,
    body,
    call,
    result,
    server_call,
    server_result,
    tool,
    user,
)
from tests.spec.rules.case import Case


def unanswered(n: int, ids: str) -> str:
    return f"messages.{n}: `tool_use` ids were found without `tool_result` blocks immediately after: {ids}. Each `tool_use` block must have a corresponding `tool_result` block in the next message."


def unexpected(path: str) -> str:
    return f"{path}: unexpected `tool_use_id` found in `tool_result` blocks: toolu_2. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."


def talk(*after: dict, before: tuple = (call(),)) -> dict:
    return body(user("Add."), assistant(*before), *after, tools=[tool()])


TWO = (call(), call("toolu_2"))
CASES = [
    Case(
        "call_without_result",
        talk(user("x")),
        "messages.1.content.0",
        unanswered(1, "toolu_1"),
        talk(user(result())),
    ),
    Case(
        "call_without_result",
        talk(user(result()), before=(TEXT, call(), call("toolu_2"))),
        "messages.1.content.2",
        unanswered(1, "toolu_2"),
        talk(user(result(), result("toolu_2")), before=(TEXT, call(), call("toolu_2"))),
    ),
    Case(
        "call_without_result",
        talk(user(TEXT, result())),
        "messages.1.content.0",
        unanswered(1, "toolu_1"),
        talk(user(result(), TEXT)),
    ),
    # Neighbouring user turns count as one, in the numbers of the message as well.
    Case(
        "call_without_result",
        talk(user("x"), user(result())),
        "messages.1.content.0",
        unanswered(1, "toolu_1"),
        talk(user(result()), user("x")),
    ),
    Case(
        "call_without_result",
        talk(user(result()), user("x"), user(result("toolu_2")), before=TWO),
        "messages.1.content.1",
        unanswered(1, "toolu_2"),
        talk(user(result()), user(result("toolu_2")), user("x"), before=TWO),
    ),
    Case(
        "result_without_call",
        body(user("x"), user(result("toolu_2"))),
        "messages.1.content.0",
        unexpected("messages.0.content.1"),
        body(
            user("x"),
            assistant(call("toolu_2")),
            assistant("y"),
            user(result("toolu_2")),
        ),
    ),
    Case(
        "result_without_call",
        talk(user(result(), result("toolu_2"))),
        "messages.2.content.1",
        unexpected("messages.2.content.1"),
        talk(user(result())),
    ),
    Case(
        "result_without_call",
        body(user(result("toolu_2"))),
        "messages.0.content.0",
        unexpected("messages.0.content.0"),
        talk(user(result("toolu_2")), before=(call("toolu_2"),)),
    ),
    Case(
        "server_call_without_result",
        body(user("x"), assistant(server_call()), user("y")),
        "messages.1.content.0",
        "`web_search` tool use with id `srvtoolu_1` was found without a corresponding `web_search_tool_result` block",
        body(user("x"), assistant(server_call(), server_result()), user("y")),
    ),
]
