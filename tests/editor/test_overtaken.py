"""A reply on its way that the conversation has moved on from: seen, and stoppable."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from conversations.models import Conversation, Run
from tests.elements import Element, read
from tests.factories import create_conversation

from .conftest import head_of, texts
from .replies import end, newest, under_way

pytestmark = pytest.mark.usefixtures("no_driver")


@pytest.fixture
def talk(anna: User, post: Callable) -> Conversation:
    """One user turn, and a run under way that answers it."""
    made = create_conversation(owner=anna, turns=[("user", "What is an ant?")])
    post("send/", to=made)
    return made


@pytest.fixture
def page(annas: Client, talk: Conversation) -> Callable[[], Element]:
    return lambda: read(annas.get(f"/c/{talk.pk}/"))


def stops(element: Element) -> list[str]:
    return [
        button["formaction"]
        for button in element.all("button[formaction$=/stop/]")
        if "/runs/" in button["formaction"]
    ]


def test_what_answers_the_end_is_shown_at_the_end(page: Callable) -> None:
    assert page().all("#turn-slot1 .waiting .stream") == []
    assert len(page().all("article .stream")) == 1
    assert "disabled" in page().one("#composer-state button[data-send]")


def test_a_turn_added_meanwhile_leaves_the_reply_at_its_question(
    post: Callable, talk: Conversation, page: Callable
) -> None:
    run = newest(talk)
    answer = post("turns/", to=talk, role="user", text="And a bee?")
    waiting = read(answer).one("template[data-part=waiting-slot1]")
    assert waiting.one(".stream")["data-run"] == str(run.pk)
    articles = page().all("#script article")
    assert [each["data-slot"] for each in articles][0] == "slot1"
    assert len(articles) == 2
    assert stops(articles[0]) == [f"/runs/{run.pk}/stop/"]
    assert page().one("#status").words == "Streaming"


def test_what_was_added_can_be_sent_meanwhile(
    post: Callable, talk: Conversation, page: Callable
) -> None:
    first = newest(talk)
    post("turns/", to=talk, role="user", text="And a bee?")
    assert "disabled" not in page().one("#composer-state button[data-send]")
    post("send/", to=talk)
    second = newest(talk)
    assert under_way(talk) == [first.pk, second.pk]
    shown = page()
    assert stops(shown.one("#turn-slot1")) == [f"/runs/{first.pk}/stop/"]
    assert stops(shown.one("#composer")) == [f"/runs/{second.pk}/stop/"]
    foot = shown.all("#script article")[-1]
    assert [each["data-run"] for each in foot.all(".stream")] == [str(second.pk)]


def test_save_and_send_leaves_the_first_run_in_sight(
    post: Callable, talk: Conversation, page: Callable
) -> None:
    first = newest(talk)
    post("send/", to=talk, slot="slot1", text="What is a bee?", role="user")
    assert under_way(talk) == [first.pk, newest(talk).pk]
    runs = [each["data-run"] for each in page().all("#script .stream")]
    assert sorted(runs) == sorted(str(pk) for pk in under_way(talk))


def test_used_afterwards_it_stands_before_what_was_added(
    post: Callable, annas: Client, talk: Conversation, page: Callable
) -> None:
    run = newest(talk)
    post("turns/", to=talk, role="user", text="And a bee?")
    end(run, {"type": "text", "text": "An insect."})
    assert texts(talk) == ["What is an ant?", "And a bee?"]
    use = page().one("#waiting-slot1 button[formaction$=/use/]")
    annas.post(use["formaction"], {"base": head_of(talk).number})
    assert texts(talk) == ["What is an ant?", "An insect.", "And a bee?"]


def test_a_reply_that_came_to_nothing_leaves_its_place(
    post: Callable, annas: Client, talk: Conversation
) -> None:
    post("turns/", to=talk, role="user", text="And a bee?")
    Run.objects.update(status=Run.Status.STOPPED, finished_at=timezone.now())
    address = f"/c/{talk.pk}/patch/?since={head_of(talk).number}"
    patch = read(annas.get(address, headers={"HX-Request": "true"}))
    assert patch.one("template[data-part=waiting-slot1]").words == ""


def test_undo_brings_it_back_to_the_end(
    post: Callable, talk: Conversation, page: Callable
) -> None:
    post("turns/", to=talk, role="user", text="And a bee?")
    patch = read(post("undo/", to=talk))
    assert patch.one("template[data-part=waiting-slot1]").all(".stream") == []
    assert len(patch.all("article .stream")) == 1


def test_it_moves_on_with_the_last_turn_when_its_own_is_gone(
    post: Callable, talk: Conversation
) -> None:
    post("turns/", to=talk, role="user", text="And a bee?")
    post("turns/slot1/", to=talk, action="delete")
    last = head_of(talk).entries[-1].slot
    patch = read(post("turns/", to=talk, role="user", text="And a wasp?"))
    assert patch.one(f"template[data-part=waiting-{last}]").words == ""
    assert len(patch.all("template[data-part^=waiting-] .stream")) == 1


def test_without_its_turn_it_stands_at_the_last_one(
    post: Callable, talk: Conversation, page: Callable
) -> None:
    run = newest(talk)
    post("turns/", to=talk, role="user", text="And a bee?")
    post("turns/slot1/", to=talk, action="delete")
    article = page().one("#script article")
    assert stops(article) == [f"/runs/{run.pk}/stop/"]


def test_in_an_empty_script_it_stands_alone(
    post: Callable, talk: Conversation, page: Callable
) -> None:
    run = newest(talk)
    post("turns/slot1/", to=talk, action="delete")
    streams = page().all("#script .stream")
    assert [each["data-run"] for each in streams] == [str(run.pk)]
    assert stops(page().one("#composer")) == [f"/runs/{run.pk}/stop/"]
