"""Tokens before sending: counted by a real endpoint, else estimated and called so."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from django.contrib.auth.models import User

from conversations.models import Conversation
from tests import factories
from tests.claude.wire import Server, serve

COUNT = {"input_tokens": 12_345}


@pytest.fixture
def real(anna: User) -> Conversation:
    params = {"system": "Be terse."}
    return factories.create_conversation(
        owner=anna, endpoint="anthropic", params=params
    )


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[Any], Server]:
    return lambda answer: serve(monkeypatch, settings, lambda request: answer)


def test_a_real_endpoint_counts_what_is_typed_and_all_before_it(
    wire: Callable, post: Callable, real: Conversation
) -> None:
    server = wire(httpx2.Response(200, json=COUNT))
    shown = post("estimate/", real, text="And now?").content.decode()
    assert "12,345 tokens in with this" in shown
    assert "counted by the API" in shown
    (request,) = server.requests
    assert request.url.path == "/v1/messages/count_tokens"
    sent = json.loads(request.content)
    assert sent["system"] == "Be terse."
    assert [message["role"] for message in sent["messages"]] == ["user", "user"]
    assert not {"max_tokens", "stream"} & set(sent)


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(400, json={"error": {"type": "invalid_request_error"}}),
        httpx2.Response(200, json={}),
        httpx2.Response(401, text="no"),
    ],
)
def test_without_a_count_the_estimate_is_ours_and_says_so(
    wire: Callable, post: Callable, real: Conversation, answer: httpx2.Response
) -> None:
    wire(answer)
    shown = post("estimate/", real, text="And now?").content.decode()
    assert "about " in shown
    assert "estimated here" in shown


def test_the_simulator_is_not_asked(post: Callable) -> None:
    assert "estimated here" in post("estimate/", text="Hm?").content.decode()


def test_nothing_typed_asks_nobody(
    wire: Callable, post: Callable, real: Conversation
) -> None:
    server = wire(httpx2.Response(200, json=COUNT))
    post("estimate/", real, text="")
    assert server.requests == []
