"""Answering the tool calls of a reply, right below them."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.models import Conversation
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
