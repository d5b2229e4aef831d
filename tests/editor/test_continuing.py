"""Going on with a reply where that could do harm: twice, or from a call in the middle."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Run
from tests import factories

from .conftest import head_of, texts
from .replies import (
    call,
    end,
    ended,
    last_turn,
    newest,
    page_of,
    sent,
    text,
    under_way,
)

THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
THINKING = {"max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 1024}}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}


@pytest.mark.parametrize("content", [[text("One")], []], ids=["words", "nothing"])
def test_a_page_that_is_behind_does_not_go_on_again(
    post: Callable, anna: User, content: Any
) -> None:
    talk = factories.create_conversation(owner=anna)
    run = factories.create_run(
        conversation=talk,
        status="stopped" if content else "done",
        stop_reason="" if content else "end_turn",
        message={"role": "assistant", "content": content},
        has_reply=bool(content),
    )
    post("continue/", to=talk, run=run.pk, base=1)
    end(newest(talk), text(" two"))
    before = texts(talk)
    assert post("continue/", to=talk, run=run.pk, base=1).status_code == 409
    assert texts(talk) == before
    assert under_way(talk) == []


def searched(number: int) -> dict[str, Any]:
    return call(number, "web_search") | {"type": "server_tool_use"}


def found(number: int) -> dict[str, Any]:
    kind = {"type": "web_search_tool_result", "content": []}
    return {**kind, "tool_use_id": f"toolu_{number}"}


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ([searched(1)], 1),
        ([searched(1), found(1)], 3),
        ([searched(1), searched(2), found(2)], 1),
    ],
    ids=["without its result", "with its result", "one of two without"],
)
def test_a_search_that_was_stopped_is_left_out_when_the_reply_goes_on(
    post: Callable, anna: User, content: list[Any], kept: int
) -> None:
    talk = ended(anna, text("Wait."), *content, params={"tools": [SEARCH]})
    Run.objects.update(status="stopped")
    post("continue/", to=talk, run=newest(talk).pk)
    assert under_way(talk) == [newest(talk).pk]
    assert len(sent(newest(talk))[1]["content"]) == kept


@pytest.mark.parametrize(
    ("params", "content", "told"),
    [
        ({}, [text("Half")], "as a prefill"),
        (THINKING, [THOUGHT, text("Half")], "quotes the end"),
        ({"tools": [SEARCH]}, [text("Half"), searched(1), found(1)], "quotes the end"),
        ({}, [], "Adds a user turn that asks"),
    ],
    ids=["words", "thinking is on", "no words at the end", "nothing"],
)
def test_the_button_says_how_the_reply_will_go_on(
    annas: Client, anna: User, params: Any, content: list[Any], told: str
) -> None:
    reason = "max_tokens" if content else "end_turn"
    talk = ended(anna, *content, params=params, stop_reason=reason)
    assert told in last_turn(page_of(annas, talk))


def test_a_stretch_that_is_not_the_end_any_more_is_not_retried(
    post: Callable, anna: User
) -> None:
    talk = ended(anna, text("One"), stop_reason="max_tokens")
    post("continue/", to=talk, run=newest(talk).pk)
    end(newest(talk), text(" two"))
    seen = head_of(talk)
    post("turns/", to=talk, role="user", text="And now?")
    path = f"turns/{seen.entries[-1].slot}/segments/1/"
    answer = post(path, to=talk, action="retry", base=seen.number)
    assert answer.status_code == 409
    assert texts(talk) == ["Hello", "One two", "And now?"]
    assert under_way(talk) == []


def test_a_reply_with_sources_is_no_obstacle_to_the_next_question(
    post: Callable, anna: User
) -> None:
    source = {"type": "char_location", "cited_text": "Ants.", "document_index": 0}
    source |= {"start_char_index": 0, "end_char_index": 5, "document_title": None}
    reply = text("Ants.") | {"citations": [source | {"file_id": None}]}
    talk = ended(anna, reply, stop_reason="end_turn")
    post("send/", to=talk, role="user", text="And bees?")
    assert under_way(talk) == [newest(talk).pk]
    assert sent(newest(talk))[1]["content"][0]["citations"] == [source]


def test_a_conversation_goes_on_behind_its_compaction(
    post: Callable, anna: User
) -> None:
    block = {"type": "compaction", "content": "Ants.", "encrypted_content": "c2ln"}
    compact = [{"type": "compact_20260112", "pause_after_compaction": True}]
    params = {
        "model": "claude-opus-5-5",
        "context_management": {"edits": compact},
        "extra_headers": {"anthropic-beta": "compact-2026-01-12"},
    }
    talk = ended(anna, block, params=params, stop_reason="compaction")
    post("continue/", to=talk, run=newest(talk).pk)
    assert under_way(talk) == [newest(talk).pk]
    assert sent(newest(talk))[-1] == {"role": "assistant", "content": [block]}
