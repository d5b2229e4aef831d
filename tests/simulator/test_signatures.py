"""Signatures of thinking: what may change behind them, and what may not."""

import copy
import json

import pytest

from .asking import HEADERS, ask, assistant, body, fetch, refusal, user

BINDS, INTEGRITY_ONLY = "claude-opus-5-5", "claude-opus-5"
SHOWN = {"type": "adaptive", "display": "summarized"}
TOOL = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {}},
}


def talk(model: str, **params) -> list[dict]:
    """Question, answer, question, answer, question; the answers with thinking."""
    turns = [user("What of cats?")]
    for question in ("And of dogs?", "And of birds?"):
        answer = ask(*turns, model=model, **params)["content"]
        assert answer[0]["type"] == "thinking"
        turns += [assistant(answer), user(question)]
    return turns


def fits(turns: list[dict], model: str, **params) -> bool:
    return bool(ask(*turns, model=model, **params)["content"])


def refused(turns: list[dict], model: str, **params) -> str:
    status, kind, message = refusal(body(*turns, model=model, **params))
    assert (status, kind) == (400, "invalid_request_error")
    return message


@pytest.mark.parametrize("model", [BINDS, INTEGRITY_ONLY])
@pytest.mark.parametrize("params", [{}, {"thinking": SHOWN}])
def test_what_comes_back_unchanged_is_accepted(model, params):
    assert fits(talk(model, **params), model, **params)


def test_a_damaged_signature_is_refused():
    turns = talk(INTEGRITY_ONLY)
    block = turns[1]["content"][0]
    block["signature"] = "A" + block["signature"][1:-5] + "AAAA="
    said = "messages.1.content.0: Invalid `signature` in `thinking` block"
    assert refused(turns, INTEGRITY_ONLY) == said


@pytest.mark.parametrize("foreign", ["", "EqQBCgIYAhIM", "not base64", "ü" * 9])
def test_a_foreign_signature_is_refused(foreign):
    turns = talk(INTEGRITY_ONLY)
    turns[1]["content"][0]["signature"] = foreign
    assert "Invalid `signature`" in refused(turns, INTEGRITY_ONLY)


def test_altered_thinking_is_refused_in_the_newest_turn_as_such():
    turns = talk(INTEGRITY_ONLY, thinking=SHOWN)
    turns[3]["content"][0]["thinking"] += "!"
    message = refused(turns, INTEGRITY_ONLY, thinking=SHOWN)
    assert message.startswith("messages.3.content.0: `thinking` or")
    assert "cannot be modified" in message


def test_altered_thinking_is_refused_in_earlier_turns_by_its_signature():
    turns = talk(INTEGRITY_ONLY, thinking=SHOWN)
    turns[1]["content"][0]["thinking"] += "!"
    assert "Invalid `signature`" in refused(turns, INTEGRITY_ONLY, thinking=SHOWN)


def test_the_text_of_omitted_thinking_does_not_count():
    turns = talk(BINDS)
    turns[1]["content"][0]["thinking"] = "whatever"
    assert fits(turns, BINDS)


def edited(turns: list[dict]) -> list[dict]:
    return [user("What of horses?"), *turns[1:]]


def test_an_edit_before_it_breaks_the_binding():
    turns = edited(talk(BINDS))
    message = refused(turns, BINDS)
    assert message.startswith("messages.1.content.0: Invalid `signature`")
    assert "bound to a different conversation" in message


def test_models_that_do_not_bind_do_not_mind_an_edit():
    assert fits(edited(talk(INTEGRITY_ONLY)), INTEGRITY_ONLY)


@pytest.mark.parametrize(
    "params", [{"system": "Be brief"}, {"tools": [TOOL]}], ids=lambda p: next(iter(p))
)
def test_system_prompt_and_tools_are_bound_too(params):
    assert "different conversation" in refused(talk(BINDS), BINDS, **params)


@pytest.mark.parametrize(
    "params",
    [
        {"max_tokens": 900},
        {"output_config": {"effort": "low"}},
        {"metadata": {"user_id": "x"}},
        {"tools": [TOOL, {**TOOL, "name": "later", "defer_loading": True}]},
    ],
    ids=lambda p: next(iter(p)),
)
def test_other_settings_are_not_bound(params):
    tools = {"tools": [TOOL]} if "tools" in params else {}
    assert fits(talk(BINDS, **tools), BINDS, **params)


def test_cache_marks_may_move():
    turns = talk(BINDS)
    turns[0] = user(
        [
            {
                "type": "text",
                "text": "What of cats?",
                "cache_control": {"type": "ephemeral"},
            }
        ]
    )
    assert fits(turns, BINDS)


@pytest.mark.parametrize("gone", [[1], [3], [1, 3]])
def test_thinking_may_be_left_out_at_either_end(gone):
    turns = copy.deepcopy(talk(BINDS))
    for n in gone:
        del turns[n]["content"][0]
    assert fits(turns, BINDS)


def test_a_gap_in_the_thinking_is_noticed():
    turns = talk(BINDS)
    answer = ask(*turns, model=BINDS)["content"]
    turns += [assistant(answer), user("And of fish?")]
    del turns[3]["content"][0]
    assert refused(turns, BINDS).startswith("messages.5.content.0")


def test_thinking_that_was_left_out_may_not_return():
    turns = talk(BINDS)
    bare = copy.deepcopy(turns)
    del bare[1]["content"][0]
    del bare[3]["content"][0]
    answer = ask(*bare, model=BINDS)["content"]
    assert refused([*turns, assistant(answer), user("And?")], BINDS).startswith(
        "messages.5.content.0"
    )


def test_blocks_of_another_model_are_passed_over():
    assert fits(edited(talk(BINDS)), "claude-sonnet-5-5")


def test_dropping_instead_of_failing_can_be_asked_for():
    binding = {"prefix_mismatch_behavior": "drop_block"}
    thinking = {"type": "adaptive", "block_binding": binding}
    sent = body(*edited(talk(BINDS)), model=BINDS, thinking=thinking)
    headers = HEADERS | {"anthropic-beta": "thinking-binding-controls-2026-08-01"}
    raw = json.dumps(sent).encode()
    assert fetch("POST", "/v1/messages", raw, headers)[0] == 200


def test_a_tool_loop_keeps_its_thinking():
    asked = user("Use get_weather")
    params = {"model": BINDS, "tools": [TOOL]}
    answer = ask(asked, **params)
    call = answer["content"][-1]
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": "21"}
    assert ask(asked, assistant(answer["content"]), user([result]), **params)


def test_redacted_thinking_is_signed_too():
    asked = user("Of cats. drill: redact")
    content = ask(asked, model=BINDS)["content"]
    turns = [asked, assistant(content), user("More")]
    assert fits(turns, BINDS)
    content[0]["data"] = "x" + content[0]["data"][1:]
    assert "Invalid `signature`" in refused(turns, BINDS)


def test_counting_checks_the_same():
    sent = body(*edited(talk(BINDS)), model=BINDS)
    del sent["max_tokens"]
    raw = json.dumps(sent).encode()
    assert fetch("POST", "/v1/messages/count_tokens", raw)[0] == 400
