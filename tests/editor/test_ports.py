"""Port to…: the whole migration looked at, then made as one revision."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation
from playground.editor import ports
from tests import factories

from .conftest import head_of, texts

HTMX = {"HX-Request": "true"}
OLD, NEW = "claude-haiku-4-5", "claude-haiku-5-5"


@pytest.fixture
def prefilled(anna: User) -> Conversation:
    turns = [("user", "Which insects?"), ("assistant", "The answer is (")]
    params = {"model": OLD, "top_k": 5}
    return factories.create_conversation(owner=anna, turns=turns, params=params)


def look(client: Client, conversation: Conversation, **data: Any) -> Any:
    return client.get(f"/c/{conversation.pk}/port/", data, headers=HTMX)


def test_a_port_is_shown_whole_with_its_reasons(
    annas: Client, prefilled: Conversation
) -> None:
    answer = look(annas, prefilled, target=NEW)
    shown = answer.content.decode()
    assert answer.headers["HX-Retarget"] == "#proposal"
    for part in ("model", "top_k", "does not continue an assistant turn", "<del>"):
        assert part in shown
    assert head_of(prefilled).number == 1


def test_a_port_is_one_revision_that_the_model_accepts(
    post: Callable, prefilled: Conversation
) -> None:
    answer = post("port/", prefilled, target=NEW, made_on=1, apply=1)
    head = head_of(prefilled)
    assert answer.status_code == 200
    assert (head.number, head.summary) == (2, "Ported to Claude Haiku 5.5")
    assert head.params["model"] == NEW
    assert "top_k" not in head.params
    assert not ports.to(head, OLD).left
    assert 'class="problem error"' not in answer.content.decode()


def test_without_a_choice_the_newest_of_the_line_is_shown(
    annas: Client, prefilled: Conversation
) -> None:
    assert f'value="{NEW}" selected' in look(annas, prefilled).content.decode()


def test_without_scripts_a_port_is_a_page(
    annas: Client, post: Callable, prefilled: Conversation
) -> None:
    page = annas.get(f"/c/{prefilled.pk}/port/", {"target": NEW})
    assert "Port to another model" in page.content.decode()
    assert "hx-post=" not in page.content.decode().partition('class="panel"')[2]
    assert post("port/", prefilled, htmx=False, target=NEW).status_code == 302
    assert head_of(prefilled).params["model"] == NEW


@pytest.mark.parametrize("target", ["no-such-model", OLD, "claude-mythos-preview"])
def test_there_is_no_port_to_nowhere(
    annas: Client, post: Callable, prefilled: Conversation, target: str
) -> None:
    assert look(annas, prefilled, target=target).status_code == 422
    answer = post("port/", prefilled, target=target)
    assert answer.status_code == 422
    assert "Choose a model of the list" in answer.content.decode()
    assert head_of(prefilled).number == 1


def test_a_port_over_somebody_elses_change_of_the_model_is_a_conflict(
    post: Callable, prefilled: Conversation
) -> None:
    post("settings/", prefilled, field="model", model="claude-opus-5-5")
    answer = post("port/", prefilled, target=NEW, made_on=1, apply=1)
    assert answer.status_code == 409
    assert head_of(prefilled).params["model"] == "claude-opus-5-5"


def test_muted_turns_are_not_touched(post: Callable, anna: User) -> None:
    turns = [("user", "One"), ("assistant", "Muted"), ("user", "Two")]
    made = factories.create_conversation(owner=anna, turns=turns)
    post("turns/slot2/", made, action="mute")
    post("port/", made, target=NEW)
    assert texts(made) == ["One", "Muted", "Two"]
    assert [entry.muted for entry in head_of(made).entries] == [False, True, False]


def test_strangers_port_nothing(
    prefilled: Conversation, browser_of: Callable[[User], Client]
) -> None:
    stranger = browser_of(factories.create_user())
    assert look(stranger, prefilled, target=NEW).status_code == 404
    posted = stranger.post(f"/c/{prefilled.pk}/port/", {"target": NEW})
    assert posted.status_code == 404


def test_a_port_is_offered_beside_a_model_that_is_retired(
    annas: Client, anna: User
) -> None:
    params = {"model": "claude-mythos-preview"}
    made = factories.create_conversation(owner=anna, params=params)
    page = annas.get(f"/c/{made.pk}/").content.decode()
    assert f"/c/{made.pk}/port/" in page
    assert "was retired" in page


def test_an_unknown_model_is_ported_to_sonnet_unless_one_says_otherwise() -> None:
    assert ports.suggested("my-model", date(2026, 11, 20)) == "claude-sonnet-5-5"
