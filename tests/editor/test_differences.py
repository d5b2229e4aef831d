"""The difference between replies at an address of its own."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation, Run
from tests import factories
from tests.elements import Element

from .test_groups import member, page


@pytest.fixture
def asked(anna: User) -> Conversation:
    return factories.create_conversation(owner=anna)


@pytest.fixture
def runs(asked: Conversation) -> list[Run]:
    said = ["one\nthe red ant\n", "one\nthe blue ant\n", "one\nthe red ant\n"]
    return [member(asked, number, text) for number, text in enumerate(said, 1)]


def shown(client: Client, talk: Conversation, query: str = "") -> Element:
    return page(client, f"/c/{talk.pk}/difference/{query}")


def marked(section: Element) -> list[str]:
    """What is marked, without the words for those who hear it."""
    return [str(each.inside[1]) for each in section.all("pre") for each in _marks(each)]


def _marks(pre: Element) -> list[Element]:
    return [each for each in pre.inside if isinstance(each, Element)]


def test_the_first_is_shown_against_all_others(
    annas: Client, asked: Conversation, runs: list[Run]
) -> None:
    second, third = shown(annas, asked, "?group=g1").all(".difference section")
    assert marked(second) == ["red", "blue"]
    assert "the same, character by character" in third.words


def test_two_can_be_chosen_by_the_address(
    annas: Client, asked: Conversation, runs: list[Run]
) -> None:
    query = f"?from={runs[1].pk}&to={runs[0].pk}"
    sections = shown(annas, asked, query).all(".difference section")
    assert [marked(each) for each in sections] == [["blue", "red"]]


def test_what_is_marked_up_in_a_reply_is_text_here(
    annas: Client, asked: Conversation
) -> None:
    member(asked, 1, "<b>one</b>")
    member(asked, 2, "<b>two</b>")
    assert not shown(annas, asked, "?group=g1").all(".difference b")


def test_a_reply_from_elsewhere_is_not_there(
    annas: Client, asked: Conversation, runs: list[Run]
) -> None:
    other = factories.create_run(conversation=factories.create_conversation())
    path = f"/c/{asked.pk}/difference/?from={runs[0].pk}&to={other.pk}"
    assert annas.get(path).status_code == 404
    assert annas.get(f"/c/{asked.pk}/difference/?from=x").status_code == 404


def test_without_two_replies_it_says_how_to_get_them(
    annas: Client, asked: Conversation
) -> None:
    assert "There is nothing to compare yet" in shown(annas, asked).words
