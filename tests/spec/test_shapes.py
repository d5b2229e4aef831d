"""The types of the SDK: what they know, what rules know, and what does not fit."""

from typing import Any

import pytest

from playground.spec import shapes
from playground.spec.rules import check_body, keys
from tests.spec.bodies import assistant, body, system, text, tool, upload, user
from tests.spec.rules.case import TODAY


def test_the_sdk_knows_no_parameter_that_no_rule_was_written_for():
    assert shapes.parameters() == keys.PARAMS
    assert shapes.parameters(beta=True) - keys.PARAMS == keys.BETA_PARAMS
    assert shapes.counted() == keys.COUNTED_PARAMS


def test_the_sdk_knows_no_block_or_tool_that_no_rule_was_written_for():
    assert shapes.blocks() == keys.BLOCKS
    assert shapes.tools() == keys.TOOLS


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (text("x", cache_control={"type": "x"}), "cache_control.type"),
        ({"type": "image", "source": {"type": "url", "url": 1}}, "source.url.url"),
        ({"type": "tool_result", "tool_use_id": "x", "is_error": "no"}, "is_error"),
        ({"type": "text", "text": "x", "citations": [{}]}, "citations.0.type"),
    ],
)
def test_a_misfit_deep_inside_is_named_as_the_api_names_it(value: dict, said: str):
    found = shapes.misfits(user(value), "user")
    kind = value["type"]
    assert [each.said for each in found] == [f"content.0.{kind}.{said}"]


def test_an_upload_fits_where_an_image_does():
    assert shapes.misfits(user(upload()), "user") == []
    inside = {"type": "tool_result", "tool_use_id": "x", "content": [upload()]}
    assert shapes.misfits(user(inside), "user") == []


def test_a_response_is_cleaned_before_it_is_sent_back():
    given = {**text("x"), "parsed_output": None}
    used = {"type": "tool_use", "id": "a", "name": "b", "input": {}, "caller": None}
    found = shapes.misfits(assistant(given, used), "assistant")
    assert [(each.path, each.kind) for each in found] == [
        ("content.0.parsed_output", "extra"),
        ("content.1.caller", "value"),
    ]


def test_a_key_with_a_dot_is_reported_at_what_holds_it():
    problems = check_body(body(metadata={"a.b": 1}), {}, today=TODAY)
    assert [(p.path, p.api_message) for p in problems] == [
        ("metadata", "metadata.a.b: Extra inputs are not permitted")
    ]


def test_a_beta_header_lifts_what_only_the_beta_types_know():
    called = {
        "type": "mcp_tool_use",
        "id": "x",
        "name": "y",
        "input": {},
        "server_name": "s",
    }
    talk = body(user("x"), assistant(called), user("z"), mcp_servers=[])
    assert [p.severity for p in check_body(talk, {}, today=TODAY)] == 2 * ["error"]
    header = {"anthropic-beta": "mcp-client-2025-11-20"}
    assert check_body(talk, header, today=TODAY) == []


def severities(header: str, *messages: Any, **params: Any) -> list[str]:
    asked = body(*messages, **params)
    found = check_body(asked, {"anthropic-beta": header}, today=TODAY)
    return [problem.severity for problem in found]


OTHER = "files-api-2025-04-14"
BOUND = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "error"}}


@pytest.mark.parametrize(
    ("header", "messages", "params"),
    [
        (
            "mid-conversation-output-config-2026-07-01",
            [user("x"), {**system(), "output_config": {"effort": "low"}}],
            {},
        ),
        (
            "mid-conversation-system-clear-at-2026-08-21",
            [user("x"), {**system("y"), "clear_at": "next_user_message"}],
            {},
        ),
        ("thinking-binding-controls-2026-08-01", [], {"thinking": BOUND}),
        (
            "thinking-display-updates-2026-08-18",
            [],
            {"thinking": {"type": "adaptive", "display": "updates"}},
        ),
        ("server-side-fallback-2026-07-01", [], {"fallbacks": "default"}),
    ],
    ids=str,
)
def test_what_one_beta_turns_on_no_other_does(header: str, messages: Any, params: Any):
    assert "error" not in severities(header, *messages, **params)
    assert "error" not in severities(f"{OTHER}, {header}", *messages, **params)
    assert "error" in severities(OTHER, *messages, **params)


def test_where_no_page_names_the_beta_another_one_is_only_doubtful():
    asked = {"context_management": {"edits": []}}
    assert severities("context-management-2025-06-27", **asked) == []
    assert severities("compact-2026-01-12", **asked) == []
    assert severities(OTHER, **asked) == ["warning"]


def test_beside_a_beta_header_an_unheard_of_block_is_only_doubtful():
    talk = body(user({"type": "hologram"}), tools=[tool(type="hammer")])
    header = {"anthropic-beta": "advisor-tool-2026-03-01"}
    found = check_body(talk, header, today=TODAY)
    assert {p.severity for p in found} == {"warning"}


def test_a_place_is_reported_once():
    talk = body(user("x"), thinking={"type": "enabled", "budget_tokens": "many"})
    found = [p for p in check_body(talk, {}, today=TODAY) if "budget" in p.path]
    assert [p.rule for p in found] == ["thinking_budget"]


def test_a_message_of_many_blocks_is_looked_at_in_slices():
    blocks = [text("x") for _ in range(2 * shapes.SLICE + 5)]
    blocks[shapes.SLICE + 7] = {"type": "text"}
    [found] = shapes.message_misfits({**user(*blocks), "name": 1}, "user")[1:]
    assert found.path == f"content.{shapes.SLICE + 7}.text"
    assert found.said == f"content.{shapes.SLICE + 7}.text.text"
