"""The page of a group, and what is told of it elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation
from playground.editor import groups
from tests import factories

from .conftest import head_of
from .test_groups import asked, member, page

__all__ = ["asked"]

pytestmark = pytest.mark.usefixtures("no_driver")


def test_the_page_of_a_group_has_a_column_for_each_reply(
    annas: Client, asked: Conversation
) -> None:
    member(
        asked, 1, "Yes", model="claude-opus-5-5", params={"model": "claude-opus-5-5"}
    )
    member(asked, 2, status="streaming", has_reply=False)
    shown = page(annas, f"/c/{asked.pk}/compare/g1/")
    first, second = shown.all("article.column")
    assert "Claude Opus 5.5" in first["aria-label"]
    assert first.one("[aria-label^='Use']")
    assert second.one("[data-run]")
    assert "keeps its own model, Claude Haiku 4.5" in shown.words


def test_each_other_reply_links_to_its_difference_from_the_first(
    annas: Client, asked: Conversation
) -> None:
    first, second = member(asked, 1, "Yes"), member(asked, 2, "No")
    path = f"/c/{asked.pk}/difference/?group=g1&from={first.pk}&to={second.pk}"
    for address in ("", "compare/g1/"):
        shown = page(annas, f"/c/{asked.pk}/{address}")
        assert path in [link["href"] for link in shown.all("a[href]")]


def test_what_is_left_of_a_comparison_names_its_model(asked: Conversation) -> None:
    group = groups.of([member(asked, 2, "Yes")])[0]
    assert group.title == "Comparison of 1"
    assert group.members[0].label == "Claude Haiku 4.5"


def test_buttons_on_that_page_lead_back_to_it(
    annas: Client, asked: Conversation
) -> None:
    run = member(asked, 1, "Yes")
    answer = annas.post(f"/runs/{run.pk}/again/", {"page": "group", "send_key": "k"})
    assert answer.headers["Location"] == f"/c/{asked.pk}/compare/g1/"
    answer = annas.post(f"/runs/{run.pk}/use/", {"page": "group"})
    assert answer.headers["Location"] == f"/c/{asked.pk}/"


def test_more_replies_and_groups_need_no_more_queries(
    annas: Client, asked: Conversation, django_assert_max_num_queries: Any
) -> None:
    def count(path: str) -> int:
        with django_assert_max_num_queries(100) as queries:
            annas.get(path)
        return len(queries)

    annas.get("/")
    paths = [f"/c/{asked.pk}/", f"/c/{asked.pk}/compare/g1/", f"/c/{asked.pk}/compare/"]
    member(asked, 1, "Yes")
    few = [count(path) for path in paths]
    for position in range(2, 12):
        member(asked, position, str(position))
        member(asked, 1, "Yes", group=f"other{position}")
    assert [count(path) for path in paths] == few


def test_head_is_where_it_was_after_the_group(post: Callable, anna: User) -> None:
    talk = factories.create_conversation(owner=anna)
    factories.create_reply(conversation=talk)
    before = head_of(talk)
    post("replies/", talk, count="2")
    assert head_of(talk) == before
    assert {run.slot for run in talk.runs.all()} == {"reply"}


def test_using_a_reply_by_another_model_says_that_the_model_stays(
    annas: Client, asked: Conversation
) -> None:
    run = member(asked, 1, "Yes", model="claude-opus-5-5")
    answer = annas.post(f"/runs/{run.pk}/use/", headers={"HX-Request": "true"})
    told = "by Claude Opus 5.5. The conversation keeps its own model, Claude Haiku 4.5."
    assert told in answer.content.decode()
    assert head_of(asked).params["model"] == "claude-haiku-4-5"


def test_a_warning_about_the_model_of_a_group_is_said_once(
    annas: Client, asked: Conversation
) -> None:
    for position in (1, 2, 3):
        params = {"model": "claude-opus-5-5", "max_tokens": 9, "temperature": 0.5}
        member(asked, position, "A.", params=params)
    shown = page(annas, f"/c/{asked.pk}/compare/g1/")
    told = [problem.words for problem in shown.all(".group-page .problem")]
    assert told
    assert len(told) == len(set(told))
    assert not shown.all(".column .problem")
