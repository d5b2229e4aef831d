"""A reply that is not in the script: what its card says and offers."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories

from .conftest import head_of
from .replies import last_turn, page_of, text


@pytest.mark.parametrize("status", ["stopped", "failed", "interrupted"])
def test_a_reply_that_is_not_in_the_script_says_that_it_is_left_out(
    annas: Client, anna: User, status: str
) -> None:
    talk = factories.create_conversation(owner=anna)
    content = {"role": "assistant", "content": [text("One")]}
    factories.create_run(
        conversation=talk, status=status, message=content, has_reply=True
    )
    assert "what you send next leaves it out" in page_of(annas, talk)


def test_thinking_that_broke_off_is_not_offered(annas: Client, anna: User) -> None:
    talk = factories.create_conversation(owner=anna)
    thought = {"type": "thinking", "thinking": "Well", "signature": ""}
    for content, offered in (([thought], False), ([thought, text("Half")], True)):
        factories.create_run(
            conversation=talk,
            status="stopped",
            message={"role": "assistant", "content": content},
            has_reply=True,
        )
        turn = last_turn(page_of(annas, talk))
        assert ("Use this reply" in turn, "Continue" in turn) == (offered, offered)
        assert ("takes nothing back" in turn) != offered
        assert "Run again" in turn


def test_used_all_the_same_it_says_what_helps(
    annas: Client, post: Callable, anna: User
) -> None:
    talk = factories.create_conversation(owner=anna)
    thought = {"type": "thinking", "thinking": "Well", "signature": ""}
    run = factories.create_run(
        conversation=talk,
        status="stopped",
        message={"role": "assistant", "content": [thought]},
        has_reply=True,
    )
    annas.post(f"/runs/{run.pk}/use/", {"base": head_of(talk).number})
    turn = last_turn(page_of(annas, talk))
    assert "before its first word. Run it again." in turn
    assert "Go on from its end" not in turn


def test_a_run_that_was_stopped_at_once_says_that_nothing_came(
    annas: Client, anna: User
) -> None:
    talk = factories.create_conversation(owner=anna)
    factories.create_run(conversation=talk, status="stopped")
    page = page_of(annas, talk)
    assert "Stopped before anything came." in page
    assert "leaves it out" not in page
