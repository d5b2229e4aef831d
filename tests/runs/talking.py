"""Conversations to send, made without the screen."""

import uuid
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from conversations import editing, history
from conversations.editing import Script
from conversations.models import Conversation, Run
from playground.runs import driver, sending
from playground.runs.claims import Claim
from playground.runs.sending import Sent

PREFILLABLE = "claude-haiku-4-5"
HAIKU = {"model": PREFILLABLE, "max_tokens": 1024}


def person(name: str = "anna") -> User:
    return get_user_model().objects.get_or_create(username=name)[0]


def conversation(*turns: tuple[str, str], **params: Any) -> Conversation:
    """A conversation of (role, text) turns, owned by Anna."""
    script = Script((), HAIKU | params)
    for role, text in turns:
        script = editing.append(script, editing.typed(role, text))
    return history.begin(person(), script, endpoint="simulator")


def send(talk: Conversation, **options: Any) -> Sent:
    """Send the head as the *Send* button does."""
    options.setdefault("base", history.head(talk).number)
    options.setdefault("send_key", uuid.uuid4().hex)
    return sending.send(talk, person(), **options)


def drive(run: Run | None) -> Run:
    """Drive a pending run to its end and return it as it is then."""
    assert run is not None
    async_to_sync(driver.drive)(Claim(run.pk))
    run.refresh_from_db()
    return run


def texts(talk: Conversation) -> list[tuple[str, str]]:
    """The head as (role, text) of its turns."""
    return [(turn.role, turn.text) for _, turn in history.head(talk).load_turns()]
