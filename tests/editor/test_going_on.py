"""A reply that would be refused if it went on says so where it stands."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation, Run
from tests import elements, factories

from .conftest import head_of
from .replies import end, ended, last_turn, newest, page_of, sent, text, under_way

SEARCH = {
    "type": "server_tool_use",
    "id": "srvtoolu_1",
    "name": "web_search",
    "input": {"query": "x"},
}
WITH_SEARCH = {
    "model": "claude-opus-5-5",
    "tools": [{"type": "web_search_20250305", "name": "web_search"}],
}
ANYWAY = 'aria-label="Send anyway, whole"'


@pytest.fixture
def paused(anna: User, post: Callable) -> Conversation:
    """A search paused, and its tool was taken out of the settings meanwhile."""
    talk = ended(
        anna, text("Wait."), SEARCH, params=WITH_SEARCH, stop_reason="pause_turn"
    )
    post("settings/", to=talk, field="other", other="")
    return Conversation.objects.get(pk=talk.pk)


def fix_of(client: Client, talk: Conversation) -> str:
    """What the first fix at the reply posts."""
    page = elements.read(client.get(f"/c/{talk.pk}/"))
    return page.all("#turn-reply .ending button[name=fix]")[0]["value"]


def test_what_only_going_on_meets_is_told_at_the_end_of_the_reply(
    annas: Client, paused: Conversation
) -> None:
    page = page_of(annas, paused)
    assert "Continue would be refused:" in last_turn(page)
    assert "web_search" in last_turn(page).split('class="problem error"')[1]
    assert ANYWAY in last_turn(page)
    assert "Send anyway" not in page.split('id="composer-state"')[1]


def test_a_refused_continue_leaves_the_problem_on_the_page(
    post: Callable, paused: Conversation
) -> None:
    run = newest(paused)
    answer = post("continue/", to=paused, run=run.pk).content.decode()
    assert "Not sent: " in answer
    assert ANYWAY in answer
    assert under_way(paused) == []


def test_send_anyway_at_the_reply_sends_it_whole(
    post: Callable, paused: Conversation
) -> None:
    post("continue/", to=paused, anyway=newest(paused).pk)
    run = newest(paused)
    assert under_way(paused) == [run.pk]
    assert run.continues
    assert sent(run)[-1]["content"] == [text("Wait."), SEARCH]


def test_a_fix_of_the_reply_is_made_there(
    annas: Client, post: Callable, paused: Conversation
) -> None:
    key = fix_of(annas, paused)
    shown = post("fix/", to=paused, fix=key).content.decode()
    assert "srvtoolu_1" in shown
    post("fix/", to=paused, fix=key, apply=1, made_on=head_of(paused).number)
    (_, turn) = head_of(paused).load_turns()[-1]
    assert turn.blocks == [text("Wait.")]
    assert "would be refused" not in page_of(annas, paused)


def test_what_send_meets_as_well_has_its_card_already(
    annas: Client, anna: User
) -> None:
    params = {"max_tokens": 0}
    talk = ended(anna, text("Half"), params=params, stop_reason="max_tokens")
    turn = last_turn(page_of(annas, talk))
    assert "Continue would be refused, as Send would." in turn
    assert 'class="problem error"' not in turn
    assert ANYWAY in turn


def test_a_reply_that_may_go_on_is_told_nothing(annas: Client, anna: User) -> None:
    talk = ended(anna, text("Half \n"), stop_reason="max_tokens")
    assert "would be refused" not in page_of(annas, talk)
    assert ANYWAY not in page_of(annas, talk)


def test_a_change_further_up_is_told_at_the_reply(post: Callable, anna: User) -> None:
    talk = ended(
        anna, text("Wait."), SEARCH, params=WITH_SEARCH, stop_reason="pause_turn"
    )
    post("settings/", to=talk, field="other", other="")
    answer = post("turns/slot1/", to=talk, text="Another", role="user")
    assert "Continue would be refused:" in answer.content.decode()


@pytest.fixture
def failed(paused: Conversation) -> Any:
    """It went on all the same, and the API refused that."""
    why = "messages.1.content.0.text: cache_control cannot be set for empty text blocks"
    error = {"type": "invalid_request_error", "message": why}
    body = json.dumps({"type": "error", "error": error})
    told = {"kind": error["type"], "status": 400, "body": body, "sentence": "No."}
    head = head_of(paused)
    return factories.create_run(
        conversation=paused,
        slot=head.entries[-1].slot,
        continues=True,
        status=Run.Status.FAILED,
        error=told,
    )


def test_a_failed_continuation_names_its_place_and_offers_the_same(
    annas: Client, post: Callable, paused: Conversation, failed: Run
) -> None:
    turn = last_turn(page_of(annas, paused))
    assert 'href="#turn-reply">See turn 2' in turn
    assert "To run it again would be refused:" in turn
    post("continue/", to=paused, anyway="")
    assert newest(paused).pk != failed.pk
    assert under_way(paused) == [newest(paused).pk]


def test_a_refused_retry_offers_to_go_on_from_what_is_left(
    annas: Client, post: Callable, paused: Conversation
) -> None:
    post("continue/", to=paused, anyway=newest(paused).pk)
    end(newest(paused), text(" Found."))
    slot = head_of(paused).entries[-1].slot
    answer = post(f"turns/{slot}/segments/1/", to=paused, action="retry")
    assert "Not sent: " in answer.content.decode()
    turn = last_turn(page_of(annas, paused))
    assert "Continue would be refused:" in turn
    assert ANYWAY in turn
