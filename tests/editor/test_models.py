"""Refresh models: what a real endpoint lists is offered, and a failure is told."""

from collections.abc import Callable, Iterator

import httpx2
import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation
from playground.spec import catalog
from tests import factories
from tests.claude.test_models import NEW
from tests.claude.wire import serve


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    yield
    catalog.forget()


@pytest.fixture
def real(anna: User) -> Conversation:
    return factories.create_conversation(owner=anna, endpoint="anthropic")


def test_listed_models_can_be_chosen_and_are_marked(
    monkeypatch: pytest.MonkeyPatch, settings, post: Callable, real: Conversation
) -> None:
    serve(monkeypatch, settings, lambda _: httpx2.Response(200, json={"data": [NEW]}))
    shown = post("models/", real).content.decode()
    assert "1 models read" not in shown
    assert "1 model read" in shown
    assert "Claude Sonnet 6 (new here" in shown


def test_a_list_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, settings, post: Callable, real: Conversation
) -> None:
    serve(monkeypatch, settings, lambda _: httpx2.ConnectError("no"))
    answer = post("models/", real)
    assert answer.status_code == 409
    assert "could not be read" in answer.content.decode()


def test_the_simulator_has_no_list_to_read(
    annas: Client, post: Callable, conversation: Conversation
) -> None:
    assert post("models/").status_code == 409
    page = annas.get(f"/c/{conversation.pk}/").content.decode()
    assert "Refresh models" not in page


def test_a_real_endpoint_offers_to_read_its_list(
    settings, annas: Client, real: Conversation
) -> None:
    settings.ANTHROPIC_API_KEY = "sk-ant-x"
    assert "Refresh models" in annas.get(f"/c/{real.pk}/").content.decode()


def test_strangers_refresh_nothing(
    real: Conversation, browser_of: Callable[[User], Client]
) -> None:
    stranger = browser_of(factories.create_user())
    assert stranger.post(f"/c/{real.pk}/models/").status_code == 404
