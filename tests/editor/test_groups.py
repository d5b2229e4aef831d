"""Run ×N: what is made, how the card and the page of a group show it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from conversations.models import Conversation, Run
from playground.editor import groups, screen
from tests import factories
from tests.elements import Element, read

from .conftest import texts

pytestmark = pytest.mark.usefixtures("no_driver")


@pytest.fixture
def asked(anna: User) -> Conversation:
    """One user turn of Anna's, in slot1, without an answer."""
    return factories.create_conversation(owner=anna)


def member(talk: Conversation, position: int, text: str = "", **fields: Any) -> Run:
    """A run of group g1: done with that text, unless `fields` say otherwise."""
    done = {
        "status": Run.Status.DONE,
        "message": {"content": [{"type": "text", "text": text}]},
        "has_reply": True,
        "usage": {"input_tokens": 10, "output_tokens": position},
        "cost": Decimal("0.01"),
    }
    place = {"group": "g1", "position": position}
    return factories.create_run(conversation=talk, **{**done, **place, **fields})


def page(client: Client, path: str) -> Element:
    return read(client.get(path))


def test_run_times_commits_the_turn_and_makes_so_many_runs(
    post: Callable, asked: Conversation
) -> None:
    answer = post("replies/", asked, text="More?", role="user", count="4")
    assert answer.status_code == 200
    assert texts(asked) == ["Hello", "More?"]
    assert asked.runs.count() == 4
    assert answer.content.decode().count("data-run=") == 4


def test_below_replies_that_nobody_chose_the_person_writes_next(
    asked: Conversation,
) -> None:
    assert screen.of(asked).next_role == "assistant"
    member(asked, 1, "One")
    member(asked, 2, "Two")
    assert screen.of(asked).next_role == "user"


@pytest.mark.parametrize("count", ["", "1", "21", "two", "2.5", "９９"])
def test_a_count_out_of_bounds_is_refused_at_its_place(
    post: Callable, asked: Conversation, count: str
) -> None:
    answer = post("replies/", asked, text="Kept", count=count)
    assert answer.status_code == 422
    assert "between 2 and 20" in answer.content.decode()
    assert texts(asked) == ["Hello"]
    assert not asked.runs.exists()


def test_a_browser_without_scripts_gets_its_text_and_count_back(
    post: Callable, asked: Conversation
) -> None:
    answer = post("replies/", asked, htmx=False, text="Kept", count="50")
    soup = read(answer)
    assert soup.one("#composer-count")["value"] == "50"
    assert "Kept" in soup.one("#composer-text").text


def test_the_same_key_twice_is_one_group(post: Callable, asked: Conversation) -> None:
    for _ in range(2):
        assert post("replies/", asked, count="3", send_key="k").status_code == 200
    assert asked.runs.count() == 3


def test_what_is_refused_is_said_and_not_sent(
    post: Callable, conversation: Conversation
) -> None:
    post("settings/", field="model", model="claude-opus-5-5")
    assert "Not sent:" in post("replies/", count="2").content.decode()
    assert not conversation.runs.exists()


def test_answers_are_counted_by_their_text(annas: Client, asked: Conversation) -> None:
    for position, text in enumerate(["Yes", "No", "Yes", "yes"], 1):
        member(asked, position, text)
    card = page(annas, f"/c/{asked.pk}/").one("#group-g1")
    assert "3 different answers in 4" in card.all("summary")[0].words
    assert [each.words for each in card.all(".share")] == [
        "2 in 4",
        "1 in 4",
        "1 in 4",
    ]


def test_replies_that_broke_off_are_no_answers_of_their_own(
    annas: Client, asked: Conversation
) -> None:
    for position, text in enumerate(["Yes", "No", "Yes"], 1):
        member(asked, position, text)
    for position, status in enumerate(["stopped", "failed", "interrupted"], 4):
        member(asked, position, f"Y{position}", status=status)
    card = page(annas, f"/c/{asked.pk}/").one("#group-g1")
    told = card.all("summary")[0].words
    assert "2 different answers in 3 complete of 6 replies" in told
    assert [each.words for each in card.all(".share")] == [
        "2 in 3",
        "1 in 3",
        "stopped",
        "failed",
        "interrupted",
    ]
    # They are there to be read and used all the same.
    assert "Y4" in card.words
    assert len(card.all("[aria-label^='Use']")) == 6


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        (["done", "done"], "All 2 answers are the same"),
        (["done", "done", "stopped"], "2 complete of 3 replies, all the same"),
        (["done", "stopped"], "1 complete of 2 replies"),
        (["stopped", "failed"], "No complete answer"),
        (["done", "done", "streaming"], "All 2 answers are the same so far"),
        (
            ["done", "failed", "streaming"],
            "1 complete of 3 replies so far",
        ),
        (["stopped", "streaming"], "No answer yet"),
    ],
)
def test_how_many_answers_are_the_same_is_said_of_complete_ones(
    asked: Conversation, statuses: list[str], told: str
) -> None:
    runs = [member(asked, n, "Yes", status=s) for n, s in enumerate(statuses, 1)]
    assert groups.of(runs)[0].told == told


def test_thinking_and_ids_make_no_other_answer(asked: Conversation) -> None:
    def content(nonce: str) -> dict[str, Any]:
        thought = {"type": "thinking", "thinking": nonce, "signature": nonce}
        call = {"type": "tool_use", "id": nonce, "name": "add", "input": {"a": 1}}
        return {"content": [thought, call]}

    runs = [member(asked, n, message=content(str(n))) for n in (1, 2)]
    assert groups.of(runs)[0].told == "All 2 answers are the same"


def test_the_spread_has_least_median_and_most(asked: Conversation) -> None:
    runs = [
        member(asked, n, usage={"output_tokens": count})
        for n, count in enumerate([9, 5, 100], 1)
    ]
    spread = groups.of(runs)[0].spreads[-1]
    assert (spread.least, spread.median, spread.most) == ("5", "9", "100")


def test_a_reply_that_was_stopped_is_not_the_shortest_one(asked: Conversation) -> None:
    start = timezone.now()
    runs = [
        member(
            asked,
            seconds,
            status="stopped" if seconds == 1 else "done",
            started_at=start,
            first_token_at=start + timedelta(seconds=0.5),
            finished_at=start + timedelta(seconds=seconds),
        )
        for seconds in (1, 8, 9)
    ]
    least = {each.name: each.least for each in groups.of(runs)[0].spreads}
    assert least == {
        "First token": "0.50 s",
        "Whole reply": "8.00 s",
        "Tokens out": "8",
    }


def test_the_cost_is_that_of_all_runs_also_of_those_run_again(
    asked: Conversation,
) -> None:
    made = [member(asked, 1), member(asked, 2), member(asked, 2)]
    runs = [Run.objects.get(pk=run.pk) for run in made]
    group = groups.of(runs)[0]
    assert group.cost == "$0.0300"
    assert [each.run for each in group.members] == [runs[0], runs[2]]
    assert list(group.members[1].earlier) == [runs[1]]


def test_lines_of_answers_begin_where_they_differ(asked: Conversation) -> None:
    same = "The same words stand at the beginning of both of these, for a while; "
    runs = [member(asked, n, same + end) for n, end in enumerate(["ant", "bee"], 1)]
    assert [a.excerpt for a in groups.of(runs)[0].answers] == ["… ant", "… bee"]


def test_a_line_without_words_says_what_came(
    annas: Client, asked: Conversation
) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    member(asked, 1, message={"content": [thought]}, status="done")
    member(asked, 2, "")
    shown = page(annas, f"/c/{asked.pk}/")
    lines = [each.words for each in shown.all("details.group .excerpt")]
    assert lines == ["only thinking, no answer", "an empty text"]


def test_a_failed_one_says_so_and_can_be_run_again_alone(
    annas: Client, post: Callable, asked: Conversation
) -> None:
    member(asked, 1, "Yes")
    failed = {"status": "failed", "has_reply": False, "message": None}
    run = member(asked, 2, error={"sentence": "It is overloaded."}, **failed)
    card = page(annas, f"/c/{asked.pk}/").one("#group-g1")
    assert "Reply 2 Failed: It is overloaded." in card.words
    assert card.one("[aria-label^='Run']")["formaction"].endswith(f"{run.pk}/again/")
    annas.post(f"/runs/{run.pk}/again/", {"send_key": "k"})
    fresh = asked.runs.last()
    assert fresh is not None
    assert (fresh.group, fresh.position, fresh.status) == ("g1", 2, "pending")


@pytest.mark.parametrize("path", ["/", "/compare/g1/"], ids=["card", "page"])
def test_one_that_was_declined_says_so(
    annas: Client, asked: Conversation, path: str
) -> None:
    details = {"type": "refusal", "category": "bio", "explanation": "No."}
    message = {"content": [], "stop_reason": "refusal", "stop_details": details}
    member(asked, 1, "Yes")
    member(asked, 2, message=message, has_reply=False, stop_reason="refusal")
    shown = annas.get(f"/c/{asked.pk}{path}").content.decode()
    assert "The model declined (bio). It says: “No.”" in shown
    assert "The answer is empty" not in shown


def test_a_run_of_no_group_is_not_run_again_there(
    annas: Client, asked: Conversation
) -> None:
    run = factories.create_run(conversation=asked, status=Run.Status.DONE)
    assert annas.post(f"/runs/{run.pk}/again/").status_code == 409
    assert asked.runs.count() == 1


def test_stop_is_asked_of_all_that_are_under_way(
    annas: Client, asked: Conversation
) -> None:
    done, live = member(asked, 1, "Yes"), member(asked, 2, status="streaming")
    annas.post(f"/c/{asked.pk}/compare/g1/stop/")
    stopped = asked.runs.filter(stop_requested_at__isnull=False)
    assert list(stopped) == [live]
    assert done not in stopped


def test_the_status_line_counts_them(annas: Client, asked: Conversation) -> None:
    member(asked, 1, "Yes")
    member(asked, 2, status="streaming", has_reply=False)
    shown = page(annas, f"/c/{asked.pk}/")
    assert shown.one("#status").words == "Streaming 1 of 2 replies"
    stop = shown.all("#composer-state button")[0]
    assert stop["formaction"] == f"/c/{asked.pk}/compare/g1/stop/"
    assert "disabled" not in shown.one("#composer [data-send]")


def test_while_one_is_on_its_way_each_keeps_its_place(
    annas: Client, asked: Conversation
) -> None:
    member(asked, 1, status="streaming", has_reply=False)
    member(asked, 2, "Yes")
    card = page(annas, f"/c/{asked.pk}/").one("#group-g1")
    assert [each["aria-label"] for each in card.all("section.member")] == [
        "Reply 1",
        "Reply 2",
    ]
    assert "1 answer so far" in card.words
    assert not card.all("details.answer")


def test_using_a_reply_puts_it_into_the_script_and_folds_the_card(
    annas: Client, asked: Conversation
) -> None:
    member(asked, 1, "Yes")
    chosen = member(asked, 2, "No")
    annas.post(f"/runs/{chosen.pk}/use/")
    assert texts(asked) == ["Hello", "No"]
    shown = page(annas, f"/c/{asked.pk}/")
    assert "open" not in shown.one("#group-g1")
    assert "2 of 2" in shown.one("nav[aria-label=Replies]").words


def test_a_group_that_was_passed_over_is_told_of_at_its_turn(
    annas: Client, post: Callable, asked: Conversation
) -> None:
    member(asked, 1, "Yes")
    member(asked, 2, "No")
    answer = post("turns/", asked, text="And then?", role="user").content.decode()
    line = page(annas, f"/c/{asked.pk}/").one("#waiting-slot1")
    assert "2 replies side by side" in line.words
    assert f"/c/{asked.pk}/compare/g1/" in answer
