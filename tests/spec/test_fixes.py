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


@pytest.mark.parametrize("name", ["prefill_to_instruction", "continue_in_new_turn"])
@pytest.mark.parametrize(
    "talk",
    [
        (user("x"), system("s"), assistant("{")),
        (user("x"), system("s"), system("t"), assistant("{")),
        (user("x"), assistant("")),
        (user("x"), assistant(" ")),
        (user("x"), assistant(text("y"), text(""))),
        (user("x"), system("s"), assistant("")),
    ],
    ids=str,
)
def test_a_prefill_of_any_kind_is_made_acceptable(name: str, talk: tuple):
    before = body(*talk)
    after = fixes.apply(name, before, f"messages.{len(talk) - 1}")
    assert not [p for p in check_body(after, {}, today=TODAY) if p.severity == "error"]


def test_calls_and_results_without_partner_go_and_the_rest_stays():
    before = body(
        user("x"),
        assistant(text("a"), call("1"), call("2")),
        user(result("1"), result("9"), text("b")),
        assistant(call("3")),
    )
    after = fixes.apply("pair_tool_calls", before, "messages.1.content.2")
    assert after["messages"] == [
        user("x"),
        assistant(text("a"), call("1")),
        user(result("1"), text("b")),
    ]
    assert after["messages"][0] is before["messages"][0]


def test_a_removed_call_takes_its_late_result_along():
    before = body(user("x"), assistant(call("1")), user(text("b"), result("1")))
    after = fixes.apply("pair_tool_calls", before, "messages.1")
    assert after["messages"] == [user("x"), user(text("b"))]


def test_a_result_becomes_text_behind_the_others():
    before = body(user(result("1", content="one"), result("2")))
    after = fixes.apply("result_to_text", before, "messages.0.content.0")
    kept, said = after["messages"][0]["content"]
    assert kept == result("2")
    assert said["text"].endswith("one")


def test_all_uploads_that_are_longer_are_scaled_and_no_others():
    before = body(user(upload(3000, 1500)), user(upload(900)), user(png(3000, 3000)))
    after = fixes.apply("set_max_side_of_all", before, "", max_side=2000)
    source = after["messages"][0]["content"][0]["source"]
    assert (source["max_side"], source["width"], source["height"]) == (2000, 2000, 1000)
    assert after["messages"][1] is before["messages"][1]
    assert after["messages"][2] is before["messages"][2]


def test_the_newest_images_are_kept():
    before = body(user(png()), user(result(content=[png(), text("t")])), user(png()))
    after = fixes.apply("delete_oldest_images", before, "messages", keep=1)
    kinds = [block["type"] for m in after["messages"] for block in m["content"]]
    assert kinds == ["text", "tool_result", "image"]
    assert after["messages"][1]["content"][0]["content"][0]["type"] == "text"


@pytest.mark.parametrize(
    ("talk", "order"),
    [
        ((system("s"), user("a"), assistant("b")), "user system assistant"),
        ((user("a"), assistant("b"), system("s")), "user system assistant"),
        ((user("a"), system("s"), user("b")), "user user system"),
    ],
)
def test_a_system_turn_moves_to_the_nearest_legal_place(talk: tuple, order: str):
    before = body(*talk)
    path = f"messages.{[m['role'] for m in talk].index('system')}"
    after = fixes.apply("move_system_turn", before, path)
    assert [m["role"] for m in after["messages"]] == order.split()


def test_a_system_turn_without_a_legal_place_goes_to_the_prompt():
    before = body(system("s"), assistant("b"))
    after = fixes.apply("move_system_turn", before, "messages.0")
    assert (after["system"], after["messages"]) == ("s", [assistant("b")])


def test_thinking_is_dropped_from_a_turn_on_and_kept_before():
    before = body(assistant(THOUGHT, text("a")), user("b"), assistant(THOUGHT))
    after = fixes.apply("drop_thinking_from", before, "messages.1")
    assert after["messages"] == before["messages"][:2]


def test_a_prefill_of_json_becomes_a_format_and_its_stop_sequence_goes():
    before = body(user("a"), assistant('{"name": "'), stop_sequences=["}", "END"])
    after = fixes.apply("prefill_to_format", before, "messages.1")
    schema = after["output_config"]["format"]["schema"]
    assert list(schema["properties"]) == ["name"]
    assert after["stop_sequences"] == ["END"]
    assert [p for p in check_body(after, {}, today=TODAY) if p.severity == "error"] == (
        []
    )


def test_the_former_name_of_the_format_is_replaced():
    form = {
        "type": "json_schema",
        "schema": {"type": "object", "additionalProperties": False},
    }
    before = body(output_format=form, output_config={"effort": "low"})
    after = fixes.apply("rename_param", before, "output_format")
    assert after["output_config"] == {"effort": "low", "format": form}
    assert "output_format" not in after


def test_a_budget_becomes_adaptive_thinking_and_keeps_its_display():
    thinking = {"type": "enabled", "budget_tokens": 1024, "display": "omitted"}
    after = fixes.apply("thinking_to_effort", body(thinking=thinking), "", effort="low")
    assert after["thinking"] == {"type": "adaptive", "display": "omitted"}
    assert after["output_config"] == {"effort": "low"}


def test_everything_empty_goes_at_once():
    before = body(user("a"), assistant(" "), user(text(""), text("b")), user(text(" ")))
    after = fixes.apply("delete_empty_text", before, "messages")
    assert after["messages"] == [user("a"), user(text("b"))]


def test_citations_are_switched_off_inside_results_too():
    found = {"type": "search_result", "citations": {"enabled": True}, "content": []}
    before = body(user("a"), user(result(content=[found])))
    after = fixes.apply("disable_citations", before, "messages.1")
    assert "citations" not in after["messages"][1]["content"][0]["content"][0]
    assert after["messages"][0] is before["messages"][0]
