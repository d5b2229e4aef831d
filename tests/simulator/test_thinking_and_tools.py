"""Blocks other than text."""

import json

from .asking import ask, user

TOOL = {
    "name": "get_weather",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
    },
}


def kinds(answer):
    return [block["type"] for block in answer["content"]]


def test_a_model_that_thinks_by_default_thinks_first():
    answer = ask(user("Hello"), model="claude-opus-5-5")
    assert kinds(answer) == ["thinking", "text"]


def test_omitted_thinking_is_empty_signed_and_counted():
    answer = ask(user("Hello"), model="claude-opus-5-5")
    block, usage = answer["content"][0], answer["usage"]
    assert block["thinking"] == ""
    assert block["signature"]
    assert usage["output_tokens_details"]["thinking_tokens"] > 0
    assert usage["output_tokens_details"]["thinking_tokens"] < usage["output_tokens"]


def test_summarized_thinking_can_be_read():
    thinking = {"type": "adaptive", "display": "summarized"}
    answer = ask(user("Hello"), model="claude-opus-5-5", thinking=thinking)
    assert "Hello" in answer["content"][0]["thinking"]


def test_thinking_that_uses_up_the_limit_leaves_no_text():
    answer = ask(user("Hello"), model="claude-opus-5-5", max_tokens=5)
    assert kinds(answer) == ["thinking"]
    assert answer["stop_reason"] == "max_tokens"


def test_thinking_turned_off_is_off():
    answer = ask(user("Hello"), model="claude-opus-5", thinking={"type": "disabled"})
    assert kinds(answer) == ["text"]


def test_a_tool_named_by_the_user_is_called_with_fitting_input():
    answer = ask(user("Use get_weather for Paris"), tools=[TOOL])
    call = answer["content"][-1]
    assert answer["stop_reason"] == "tool_use"
    assert (call["type"], call["name"]) == ("tool_use", "get_weather")
    assert isinstance(call["input"]["city"], str)
    assert isinstance(call["input"]["days"], int)


def test_a_tool_that_nobody_names_is_not_called():
    answer = ask(user("Is it warm in Paris?"), tools=[TOOL])
    assert (kinds(answer), answer["stop_reason"]) == (["text"], "end_turn")


def test_a_forced_tool_is_called_without_words():
    forced = {"type": "any"}
    answer = ask(user("Is it warm?"), tools=[TOOL], tool_choice=forced)
    assert kinds(answer) == ["tool_use"]


def test_a_tool_result_is_answered_in_text():
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "21 degrees"}
    answer = ask(
        user("Use get_weather"),
        {"role": "assistant", "content": [call]},
        user([result]),
        tools=[TOOL],
    )
    assert kinds(answer) == ["text"]
    assert "21 degrees" in json.dumps(answer)
