"""Tokens before sending: counted by a real endpoint, else estimated and called so."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from conversations.models import Conversation
from playground.editor import counting
from playground.payload.memory import Memory
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
def get(annas: Client, conversation: Conversation) -> Callable[..., HttpResponse]:
    """Ask for an address below the conversation as the page's script does."""

    def fetch(path: str, of: Conversation = conversation) -> Any:
        return annas.get(f"/c/{of.pk}/{path}", headers={"HX-Request": "true"})

    return fetch


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_kept", Memory(counting.KEPT))


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[Any], Server]:
    return lambda answer: serve(monkeypatch, settings, lambda request: answer)


def test_a_real_endpoint_counts_what_is_typed_and_all_before_it(
    wire: Callable, post: Callable, real: Conversation
) -> None:
    server = wire(httpx2.Response(200, json=COUNT))
    shown = post("estimate/", real, text="And now?").content.decode()
    assert "12,345 tokens in with this" in shown
    assert "Counted by the API" in shown
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
    assert "Estimated here" in shown


def test_the_simulator_is_not_asked(post: Callable) -> None:
    assert "Estimated here" in post("estimate/", text="Hm?").content.decode()


def test_nothing_typed_asks_nobody(
    wire: Callable, post: Callable, real: Conversation
) -> None:
    server = wire(httpx2.Response(200, json=COUNT))
    post("estimate/", real, text="")
    assert server.requests == []


# The figures of the page


def figures(get: Callable, real: Conversation, base: int = 1) -> str:
    return get(f"count/?base={base}", real).content.decode()


def test_the_page_asks_for_the_count_and_shows_an_estimate_meanwhile(
    get: Callable, wire: Callable, real: Conversation
) -> None:
    server = wire(httpx2.Response(200, json=COUNT))
    page = get("", real).content.decode()
    assert f'hx-get="/c/{real.pk}/count/?base=1" hx-trigger="load delay' in page
    assert "This request <span>estimated" in page
    assert server.requests == []


def test_the_count_takes_the_place_of_the_estimate_everywhere(
    get: Callable, wire: Callable, real: Conversation
) -> None:
    wire(httpx2.Response(200, json=COUNT))
    shown = figures(get, real)
    assert "counted by the API" in shown
    assert "<td>Input, counted</td><td>12,345</td>" in shown
    assert '12,345<span class="spare"> tokens</span> in' in shown


def test_a_head_is_counted_once(
    get: Callable, wire: Callable, real: Conversation
) -> None:
    server = wire(httpx2.Response(200, json=COUNT))
    figures(get, real)
    page = get("", real).content.decode()
    assert "12,345" in page
    assert "/count/" not in page
    assert get("count/?base=1", real).status_code == 204
    assert len(server.requests) == 1


def test_without_a_count_the_page_stays_as_it_is(
    get: Callable, wire: Callable, real: Conversation
) -> None:
    wire(httpx2.Response(529, json={}))
    assert get("count/?base=1", real).status_code == 204


def test_a_page_of_an_older_head_is_not_counted(
    get: Callable, post: Callable, wire: Callable, real: Conversation
) -> None:
    server = wire(httpx2.Response(200, json=COUNT))
    post("turns/", real, text="And now?")
    assert get("count/?base=1", real).status_code == 204
    assert server.requests == []


def test_what_would_be_refused_is_not_counted(
    get: Callable, wire: Callable, anna: User
) -> None:
    params = {"model": "claude-opus-5-5"}
    turns = [("user", "Hi"), ("assistant", "Well")]
    talk = factories.create_conversation(
        owner=anna, endpoint="anthropic", params=params, turns=turns
    )
    server = wire(httpx2.Response(200, json=COUNT))
    assert "/count/" not in get("", talk).content.decode()
    assert get("count/?base=1", talk).status_code == 204
    assert server.requests == []


def test_the_simulator_is_not_asked_for_the_page(get: Callable) -> None:
    assert "/count/" not in get("").content.decode()
