"""The page of the editor: what it shows of the head, and to whom."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation
from tests import factories


def page_of(client: Client, conversation: Conversation) -> str:
    response = client.get(f"/c/{conversation.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_turns_stand_in_order_under_their_names(
    annas: Client, conversation: Conversation
) -> None:
    page = page_of(annas, conversation)
    names = re.findall(r'aria-label="(\w+ turn \d)"', page)
    assert names == ["User turn 1", "Assistant turn 2"]
    assert page.index("What is an ant?") < page.index("An insect.")


def test_anonymous_people_are_sent_to_the_login(
    anna: User, conversation: Conversation, client: Client
) -> None:
    response = client.get(f"/c/{conversation.pk}/")
    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_strangers_get_404(
    conversation: Conversation, browser_of: Callable[[User], Client]
) -> None:
    stranger = browser_of(factories.create_user())
    assert stranger.get(f"/c/{conversation.pk}/").status_code == 404


def test_teammates_see_what_the_team_may(browser_of: Callable, anna: User) -> None:
    shared = factories.create_conversation(owner=anna, team=True)
    assert "Hello" in page_of(browser_of(factories.create_user()), shared)


def test_posting_to_the_page_is_refused(
    annas: Client, conversation: Conversation
) -> None:
    assert annas.post(f"/c/{conversation.pk}/").status_code == 405


def test_an_empty_conversation_says_what_to_do(annas: Client, anna: User) -> None:
    page = page_of(annas, factories.create_conversation(owner=anna, turns=[]))
    assert "No turns yet." in page
    assert "Send anyway" not in page


def test_examples_say_what_to_try(annas: Client, anna: User) -> None:
    example = factories.create_conversation(owner=anna, hint="Press Send.")
    assert "Press Send." in page_of(annas, example)


def test_a_typed_last_assistant_turn_is_a_prefill(
    annas: Client, conversation: Conversation
) -> None:
    page = page_of(annas, conversation)
    assert 'class="seam"' in page
    assert "off: the conversation already ends in a typed assistant turn" in page


def test_a_last_turn_that_calls_a_tool_is_no_prefill(annas: Client, anna: User) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "weigh", "input": {}}
    turns = [("user", "Weigh it."), ("assistant", [call])]
    made = factories.create_conversation(owner=anna, turns=turns)
    assert '<span class="note">synthetic</span>' in page_of(annas, made)


def test_a_reply_shows_its_figures_and_can_run_again(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    run = factories.create_reply(conversation=made)
    page = page_of(annas, made)
    assert "10 in · 5 out" in page
    assert f"/runs/{run.pk}/" in page
    assert "Run again" in page
    assert 'class="prefilled"' not in page


def test_a_failed_run_keeps_its_text_and_offers_it(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    factories.create_run(
        conversation=made,
        status="failed",
        has_reply=True,
        message={"content": [{"type": "text", "text": "Half an answ"}]},
        error={"sentence": "The API is overloaded.", "body": "{}"},
        request_id="req_17",
    )
    page = page_of(annas, made)
    for shown in ("Half an answ", "The API is overloaded.", "req_17", "Use this reply"):
        assert shown in page


def test_a_problem_stands_under_its_turn_with_fixes(annas: Client, anna: User) -> None:
    made = factories.create_conversation(
        owner=anna,
        turns=[("user", "Hi"), ("assistant", "The answer is (")],
        params={"model": "claude-opus-5-5"},
    )
    turn = page_of(annas, made).split('id="turn-slot2"')[1].split("</article>")[0]
    assert "does not support assistant message prefill" in turn
    assert "/fix/" in turn
    assert 'class="problem error"' in turn


@pytest.mark.parametrize("kind", ["user", "assistant"])
def test_the_page_takes_the_same_queries_for_more_turns(
    annas: Client, anna: User, kind: str
) -> None:
    counts = []
    for number in (10, 100):
        turns = [("user", "a"), (kind, "b")] * (number // 2) + [("user", "end")]
        made = factories.create_conversation(owner=anna, turns=turns)
        page_of(annas, made)  # summaries are kept from here on
        with CaptureQueriesContext(connection) as counted:
            page_of(annas, made)
        counts.append(len(counted))
    assert counts[0] == counts[1]
