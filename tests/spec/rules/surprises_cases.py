"""What the rules of surprises.py point out, and the nearest body where they do not."""

from tests.spec.bodies import (
    EPHEMERAL,
    HAIKU,
    OLD_HAIKU,
    assistant,
    body,
    call,
    png,
    result,
    text,
    tool,
    user,
)
from tests.spec.rules.case import Case

LONG = "Every good boy does fine. " * 2000
FORMAT = {
    "format": {
        "type": "json_schema",
        "schema": {"type": "object", "additionalProperties": False},
    }
}
LOOP = (user("x"), assistant(call()))
MARKED = text(LONG, cache_control=EPHEMERAL)
MANY = [text(f"part {n}") for n in range(25)]
CASES = [
    Case(
        "unknown_version",
        body(),
        "anthropic-version",
        "anthropic-version: 2024-01-01 is not a valid version",
        body(),
        "warning",
        {"anthropic-version": "2024-01-01"},
        {"anthropic-version": "2023-06-01"},
    ),
    Case(
        "unknown_beta",
        body(),
        "anthropic-beta",
        "Unexpected value(s) `x-2026` for the `anthropic-beta` header. Please consult our documentation at platform.claude.com/docs or try again without the header.",
        body(),
        "warning",
        {"anthropic-beta": "x-2026"},
        {"anthropic-beta": "advisor-tool-2026-03-01"},
    ),
    Case(
        "prefix_not_cached",
        body(user("short"), cache_control=EPHEMERAL),
        "cache_control",
        "",
        body(user(LONG), cache_control=EPHEMERAL),
        "warning",
    ),
    Case(
        "cache_out_of_sight",
        body(user("x"), assistant("y"), user(*MANY, MARKED)),
        "messages.2.content.25.cache_control",
        "",
        body(user("x"), assistant("y"), user(*MANY[:10], MARKED, *MANY[10:], MARKED)),
        "warning",
    ),
    Case(
        "prefix_not_cached",
        body(user(text("short", cache_control=EPHEMERAL))),
        "messages.0.content.0.cache_control",
        "",
        body(user(MARKED)),
        "warning",
    ),
    Case(
        "prefix_not_cached",
        body(user(LONG), system=[text("short", cache_control=EPHEMERAL)]),
        "system.0.cache_control",
        "",
        body(user("x"), system=[MARKED]),
        "warning",
    ),
    Case(
        "answer_cut_by_window",
        body(user(LONG * 13), model=OLD_HAIKU, max_tokens=64_000),
        "max_tokens",
        "",
        body(user(LONG * 13), model=OLD_HAIKU, max_tokens=1000),
        "note",
    ),
    Case(
        "dearer_when_long",
        body(user(LONG * 10), model=HAIKU),
        "model",
        "",
        body(user(LONG), model=HAIKU),
        "note",
    ),
    Case(
        "text_after_results",
        body(*LOOP, user(result(), text("Go on."))),
        "messages.2.content.1",
        "",
        body(*LOOP, user(result())),
        "note",
    ),
    Case(
        "only_first_frame",
        body(
            user(
                {
                    "type": "image",
                    "source": {
                        "type": "base64",
                        "media_type": "image/gif",
                        "data": "R0lGODlhAQABAAAAACw=",
                    },
                }
            )
        ),
        "messages.0.content.0",
        "",
        body(user(png())),
        "note",
    ),
    Case(
        "forced_tool_skips_thinking",
        body(tools=[tool()], tool_choice={"type": "any"}, model=HAIKU),
        "tool_choice.type",
        "",
        body(tools=[tool()], tool_choice={"type": "auto"}, model=HAIKU),
        "note",
    ),
    Case(
        "format_may_break",
        body(output_config=FORMAT, max_tokens=100),
        "max_tokens",
        "",
        body(output_config=FORMAT, max_tokens=4096),
        "warning",
    ),
    Case(
        "deferred_without_search",
        body(tools=[tool(), tool("b", defer_loading=True)]),
        "tools.1.defer_loading",
        "",
        body(
            tools=[
                tool("b", defer_loading=True),
                {
                    "type": "tool_search_tool_bm25_20251119",
                    "name": "tool_search_tool_bm25",
                },
            ]
        ),
        "warning",
    ),
]
