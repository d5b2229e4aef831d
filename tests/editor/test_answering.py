"""Answering the tool calls of a reply, right below them."""

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.models import Conversation, Run
from tests import factories

from .conftest import head_of
from .replies import (
    TOOL,
    call,
    ended,
    last_turn,
    newest,
    page_of,
    sent,
    text,
    under_way,
)


def waiting_for_tools(anna: User) -> tuple[Conversation, str]:
    params = {"tools": [TOOL]}
    calls = (call(1), call(2))
    talk = ended(anna, text("So."), *calls, params=params, stop_reason="tool_use")
    return talk, head_of(talk).entries[-1].slot


def test_open_calls_have_a_field_each(annas: Client, anna: User) -> None:
    talk, slot = waiting_for_tools(anna)
    turn = last_turn(page_of(annas, talk))
    for number in (0, 1):
        assert f'name="result-{number}"' in turn
    assert f"/turns/{slot}/answer/" in turn


def test_calls_of_the_same_id_have_a_field_each(
    annas: Client, post: Callable, anna: User
) -> None:
    talk = ended(anna, call(1), call(1), stop_reason="tool_use")
    turn = last_turn(page_of(annas, talk))
    for number in (0, 1):
        assert turn.count(f'name="result-{number}"') == 1
    slot = head_of(talk).entries[-1].slot
    post(f"turns/{slot}/answer/", to=talk, **{"result-0": "a", "result-1": "b"})
    results = list(head_of(talk).load_turns())[-1][1].blocks
    assert [result["content"] for result in results] == ["a", "b"]


def test_results_make_one_user_turn_in_the_order_of_the_calls(
    post: Callable, anna: User
) -> None:
    talk, slot = waiting_for_tools(anna)
    results = {"result-0": " 12\r\n°C ", "result-1": "", "error-1": "1"}
    post(f"turns/{slot}/answer/", to=talk, **results)
    assert [turn.role for _, turn in head_of(talk).load_turns()][-1] == "user"
    turn = list(head_of(talk).load_turns())[-1][1]
    assert turn.blocks == [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": " 12\n°C "},
        {"type": "tool_result", "tool_use_id": "toolu_2", "is_error": True},
    ]
    assert under_way(talk) == []


def test_results_are_saved_and_sent(post: Callable, anna: User) -> None:
    talk, slot = waiting_for_tools(anna)
    results = {"result-0": "a", "result-1": "b", "send": "1"}
    post(f"turns/{slot}/answer/", to=talk, **results)
    assert under_way(talk) == [newest(talk).pk]
    assert sent(newest(talk))[-1]["role"] == "user"


def test_an_image_goes_into_the_result(
    post: Callable, annas: Client, anna: User
) -> None:
    talk, slot = waiting_for_tools(anna)
    upload = SimpleUploadedFile("grey.png", factories.png(), "image/png")
    post(f"turns/{slot}/answer/", to=talk, **{"result-0": "a", "files-0": upload})
    turn = list(head_of(talk).load_turns())[-1][1]
    assert [each["type"] for each in turn.blocks[0]["content"]] == ["text", "image"]
    assert 'alt="grey.png"' in page_of(annas, talk)


def test_a_file_that_is_no_image_says_so(post: Callable, anna: User) -> None:
    talk, slot = waiting_for_tools(anna)
    before = head_of(talk).number
    upload = SimpleUploadedFile("a.png", b"no image", "image/png")
    answer = post(f"turns/{slot}/answer/", to=talk, **{"files-0": upload})
    assert answer.status_code == 422
    assert head_of(talk).number == before


def test_calls_that_were_answered_are_not_answered_twice(
    post: Callable, anna: User
) -> None:
    talk, slot = waiting_for_tools(anna)
    post(f"turns/{slot}/answer/", to=talk, **{"result-0": "a"})
    assert post(f"turns/{slot}/answer/", to=talk).status_code == 409


@pytest.mark.parametrize(
    "ended_so",
    [
        {"stop_reason": "max_tokens"},
        {"stop_reason": "model_context_window_exceeded"},
        {"stop_reason": "refusal"},
    ],
    ids=lambda fields: fields["stop_reason"],
)
def test_a_call_that_was_cut_off_has_no_field_and_says_why(
    annas: Client, post: Callable, anna: User, ended_so: dict[str, str]
) -> None:
    params = {"tools": [TOOL]}
    talk = ended(anna, call(1), call(2), params=params, **ended_so)
    turn = last_turn(page_of(annas, talk))
    assert "result-0" not in turn
    assert "not whole: it cannot be answered or sent back" in turn
    slot = head_of(talk).entries[-1].slot
    answer = post(f"turns/{slot}/answer/", to=talk, **{"result-0": "a"})
    assert answer.status_code == 409
    assert len(head_of(talk).entries) == 2


def test_a_call_that_the_limit_cut_off_is_made_again_with_more(
    annas: Client, anna: User
) -> None:
    talk = ended(anna, call(1), params={"tools": [TOOL]}, stop_reason="max_tokens")
    assert "Raise to 2,048 and run again" in last_turn(page_of(annas, talk))


@pytest.mark.parametrize("status", ["stopped", "failed", "interrupted"])
def test_a_call_that_broke_off_with_its_run_has_no_field(
    annas: Client, anna: User, status: str
) -> None:
    talk = ended(anna, call(1), params={"tools": [TOOL]})
    Run.objects.filter(pk=newest(talk).pk).update(status=status)
    assert "result-0" not in last_turn(page_of(annas, talk))
    # The API had said that the call was the end of it.
    Run.objects.filter(pk=newest(talk).pk).update(stop_reason="tool_use")
    assert "result-0" in last_turn(page_of(annas, talk))


def test_a_whole_call_before_the_words_that_were_cut_has_its_field(
    annas: Client, anna: User
) -> None:
    talk = ended(anna, call(1), text("And"), stop_reason="max_tokens")
    assert "result-0" in last_turn(page_of(annas, talk))


def test_a_call_that_somebody_made_whole_has_its_field(
    annas: Client, post: Callable, anna: User
) -> None:
    talk = ended(anna, text("So."), call(1), stop_reason="max_tokens")
    slot = head_of(talk).entries[-1].slot
    whole = [text("So."), call(1) | {"input": {"city": "Rome"}}]
    post(f"turns/{slot}/", to=talk, **{"as": "json"}, json=json.dumps(whole))
    assert "Rome" in last_turn(page_of(annas, talk))
    assert "result-0" in last_turn(page_of(annas, talk))
