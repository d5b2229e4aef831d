"""Every fix: what it changes, and that it leaves everything else alone."""

import pytest

from playground.spec import fixes
from playground.spec.rules import check_body
from tests.spec.bodies import (
    OLD_HAIKU,
    assistant,
    body,
    call,
    png,
    result,
    system,
    text,
    upload,
    user,
)
from tests.spec.rules.case import TODAY

THOUGHT = {"type": "thinking", "thinking": "", "signature": "x"}


def test_an_unknown_fix_is_a_key_error():
    with pytest.raises(fixes.UnknownFix):
        fixes.apply("make_it_work", body(), "")
    assert issubclass(fixes.UnknownFix, KeyError)


def test_the_body_and_untouched_messages_stay_the_same_objects():
    before = body(user("a"), assistant("b "), model=OLD_HAIKU)
    after = fixes.apply("strip_trailing_whitespace", before, "messages.1.content")
    assert after["messages"][0] is before["messages"][0]
    assert before["messages"][1] == assistant("b ")
    assert after["messages"][1] == assistant("b")


def test_white_space_is_stripped_from_the_last_block():
    before = body(user("a"), assistant(text("b "), text("c \n")))
    after = fixes.apply("strip_trailing_whitespace", before, "messages.1.content.1")
    assert after["messages"][1]["content"] == [text("b "), text("c")]


def test_a_message_is_deleted_by_any_path_into_it():
    before = body(user("a"), user(text("b")), user("c"))
    after = fixes.apply("delete_message", before, "messages.1.content.0")
    assert after["messages"] == [user("a"), user("c")]


def test_a_block_is_deleted_and_an_emptied_message_with_it():
    before = body(user("a"), user(text("b"), text("c")))
    once = fixes.apply("delete_block", before, "messages.1.content.0.text")
    assert once["messages"][1]["content"] == [text("c")]
    twice = fixes.apply("delete_block", once, "messages.1.content.0")
    assert twice["messages"] == [user("a")]


def test_a_nested_image_is_deleted_inside_its_result():
    before = body(user(result(content=[text("x"), png()])))
    after = fixes.apply("delete_block", before, "messages.0.content.0.content.1")
    assert after["messages"][0]["content"] == [result(content=[text("x")])]


def test_a_param_is_set_at_the_path_or_at_another():
    assert fixes.apply("set_param", body(), "max_tokens", value=1)["max_tokens"] == 1
    value = {"param": "max_tokens", "value": 9}
    assert fixes.apply("set_param", body(), "thinking", **value)["max_tokens"] == 9


def test_a_param_is_removed_and_what_it_empties():
    before = body(stop_sequences=["a"], output_config={"effort": "low"})
    once = fixes.apply("remove_param", before, "stop_sequences.0")
    twice = fixes.apply("remove_param", once, "output_config.effort")
    assert twice == body()


def test_the_model_is_set():
    after = fixes.apply("set_model", body(), "messages.1", model=OLD_HAIKU)
    assert after == body(model=OLD_HAIKU)


def test_the_role_is_set():
    after = fixes.apply("set_role", body(assistant(png())), "messages.0", role="user")
    assert after["messages"] == [user(png())]


def test_an_upload_is_given_a_longest_side_and_its_new_size():
    before = body(user(upload(9000, 4500)))
    after = fixes.apply("set_max_side", before, "messages.0.content.0", max_side=2000)
    source = after["messages"][0]["content"][0]["source"]
    assert (source["max_side"], source["width"], source["height"]) == (2000, 2000, 1000)


def test_open_calls_get_empty_results_before_what_is_there():
    before = body(user("x"), assistant(call(), call("b")), user(text("y"), result("b")))
    after = fixes.apply("add_tool_results", before, "messages.1.content.0")
    assert after["messages"][2]["content"] == [
        result("b"),
        result(content=""),
        text("y"),
    ]


def test_open_calls_at_the_end_get_a_turn_of_their_own():
    before = body(user("x"), assistant(call()))
    after = fixes.apply("add_tool_results", before, "messages.1.content.0")
    assert after["messages"][2:] == [user(result(content=""))]


def test_a_system_turn_joins_the_system_prompt():
    before = body(user("x"), system("Be brief."), system="Be kind.")
    after = fixes.apply("move_to_system", before, "messages.1")
    assert after["system"] == "Be kind.\n\nBe brief."
    assert after["messages"] == [user("x")]


def test_thinking_is_removed_everywhere():
    before = body(user("x"), assistant(THOUGHT), assistant(THOUGHT, text("y")))
    after = fixes.apply("remove_thinking", before, "thinking")
    assert after["messages"] == [user("x"), assistant(text("y"))]


def test_a_prefill_becomes_an_instruction_in_the_last_user_turn():
    before = body(user(png(), text("Answer in JSON.")), assistant("{braces}"))
    after = fixes.apply("prefill_to_instruction", before, "messages.1")
    (turn,) = after["messages"]
    assert turn["content"][:2] == before["messages"][0]["content"]
    assert turn["content"][2]["text"].endswith("{braces}")


def test_a_prefill_without_a_user_turn_before_it_becomes_one():
    after = fixes.apply("prefill_to_instruction", body(assistant("A:")), "messages.0")
    (turn,) = after["messages"]
    assert turn["role"] == "user"
    assert turn["content"].endswith("A:")


def test_a_cut_reply_is_quoted_in_a_new_user_turn():
    before = body(user("x"), assistant("Once upon a"))
    after = fixes.apply("continue_in_new_turn", before, "messages.1")
    assert after["messages"][:2] == before["messages"]
    assert "Once upon a" in after["messages"][2]["content"]


@pytest.mark.parametrize(
    "path", ["", "messages", "messages.9", "messages.0.content.7", "x.y"]
)
@pytest.mark.parametrize(
    "name",
    [
        "delete_block",
        "delete_message",
        "remove_param",
        "prefill_to_instruction",
        "continue_in_new_turn",
        "add_tool_results",
        "move_to_system",
        "strip_trailing_whitespace",
    ],
)
def test_a_path_that_leads_nowhere_upsets_no_fix(name: str, path: str):
    assert isinstance(fixes.apply(name, {"messages": "none"}, path), dict)


@pytest.mark.parametrize("fix", [0, 1, 2, 3])
def test_each_fix_of_a_refused_prefill_makes_it_acceptable(fix: int):
    before = body(user("x"), assistant("y"))
    (problem,) = check_body(before, {}, today=TODAY)
    chosen = problem.fixes[fix]
    after = fixes.apply(chosen.name, before, problem.path, **chosen.arguments)
    assert not [p for p in check_body(after, {}, today=TODAY) if p.severity == "error"]
