"""People and conversations that the tests of the editor share."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from conversations import history
from conversations.models import Conversation, Revision
from playground.runs import driver
from tests import factories


@pytest.fixture
def anna(accounts: None, db: None) -> User:
    return factories.create_user(username="anna")


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """A signed-in browser of a person."""

    def sign_in(user: User) -> Client:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def annas(anna: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(anna)


@pytest.fixture
def conversation(anna: User) -> Conversation:
    """Two turns of Anna's, in slot1 and slot2."""
    return factories.create_conversation(
        owner=anna, turns=[("user", "What is an ant?"), ("assistant", "An insect.")]
    )


@pytest.fixture
def post(annas: Client, conversation: Conversation) -> Callable[..., HttpResponse]:
    """Post to an address below the conversation as the page's script does."""

    def send(
        path: str, to: Conversation = conversation, htmx: bool = True, **data: Any
    ) -> Any:
        headers = {"HX-Request": "true"} if htmx else {}
        base = {"base": head_of(to).number}
        return annas.post(f"/c/{to.pk}/{path}", {**base, **data}, headers=headers)

    return send


def head_of(conversation: Conversation) -> Revision:
    return history.head(conversation)


def texts(conversation: Conversation) -> list[str]:
    """The text of each turn of the head, in order."""
    return [turn.text for _, turn in head_of(conversation).load_turns()]


@pytest.fixture
def no_driver(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Runs are made but nobody drives them; gives the runs that would have been."""
    started: list[int] = []
    monkeypatch.setattr(driver, "start", lambda run, made=None: started.append(run.pk))
    return started
