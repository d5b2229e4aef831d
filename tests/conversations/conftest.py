"""Anna, her conversation, and her browser."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import editing, history
from conversations.models import Conversation, Share
from tests.factories import create_conversation, create_image, create_user

from .shares import publish

QUESTION = (("user", "What is the capital?"),)
PARAMS = {"system": "Be brief.", "stop_sequences": ["END"]}


@pytest.fixture
def anna() -> User:
    return create_user(username="anna")


@pytest.fixture
def conversation(anna: User) -> Conversation:
    return create_conversation(
        owner=anna, turns=QUESTION, params=PARAMS, title="Capitals"
    )


@pytest.fixture
def member(anna: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(anna)
    return client


@pytest.fixture
def shown_and_hidden(anna: User) -> tuple[Share, int, int]:
    """A share, the image it shows, and one of a muted turn."""
    shown = create_image(owner=anna, shade=1).pk
    hidden = create_image(owner=anna, shade=2).pk
    conversation = create_conversation(
        owner=anna,
        turns=[("user", [editing.image_block(pk)]) for pk in (shown, hidden)],
    )
    history.apply(
        conversation,
        1,
        lambda script: editing.mute(script, "slot2", True),
        summary="",
        author=None,
    )
    return publish(conversation), shown, hidden
