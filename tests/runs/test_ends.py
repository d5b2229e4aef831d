"""Ends that go wrong: no run may look alive for ever, and nobody waits in vain."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError
from django.utils import timezone

from conversations import deleting, images, turn_rows
from conversations.models import Conversation, Run
from playground.claude.message import Message
from playground.editor import outcomes, run_usage
from playground.runs import driver, ends, keeper, sending
from playground.runs.claims import Claim
from playground.runs.live import hub
from playground.runs.live_run import LiveRun
from tests import factories

from .talking import conversation, drive, send, texts

QUESTION = ("user", "What is the Latin word for ant?")

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """The ends that viewers would be told of."""
    ended: list[tuple[int, str]] = []
    tell = hub.end

    def end(live: LiveRun, status: str, head: int | None) -> None:
        ended.append((live.run, status))
        tell(live, status, head)

    monkeypatch.setattr(hub, "end", end)
    return ended


def _once(failing: Exception, then: Callable[..., Any]) -> Callable[..., Any]:
    failures = [failing]

    def call(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return then(*arguments)

    return call


def _no_wait(_: float) -> "asyncio.Future[None]":
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done.set_result(None)
    return done


@pytest.mark.parametrize(
    "odd",
    [
        {"stop_reason": "\ud800"},
        {"stop_reason": "end\0turn"},
        {"stop_reason": [], "usage": {"output_tokens": 10**15}},
        {"usage": {"input_tokens": 10**30}},
        {"content": [{"type": ["text"], "text": "Ants."}]},
    ],
)
def test_a_run_ends_whatever_the_api_says_of_it(odd: dict[str, Any]) -> None:
    run = send(conversation(QUESTION)).run
    message = Message()
    start = {"type": "message_start", "message": {"usage": {}, **odd}}
    message.feed("message_start", json.dumps(start))
    assert ends.write(run, run.worker, Run.Status.DONE, message)
    run.refresh_from_db()
    assert run.status == Run.Status.DONE
    assert run.message.items() >= odd.items()
    assert run_usage.of(run) is not None


@pytest.mark.django_db(transaction=True)
def test_a_reply_is_placed_although_the_database_failed_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    busy = OperationalError("database is locked")
    monkeypatch.setattr(ends, "place", _once(busy, ends.place))
    monkeypatch.setattr(driver.asyncio, "sleep", _no_wait)
    talk = conversation(QUESTION)
    run = drive(send(talk).run)
    assert run.status == Run.Status.DONE
    assert texts(talk)[-1] == ("assistant", run.content[0]["text"])


def test_a_conversation_deleted_at_the_end_leaves_no_live_run(
    monkeypatch: pytest.MonkeyPatch, told: list[tuple[int, str]]
) -> None:
    talk = conversation(QUESTION)
    run = send(talk).run
    assert run is not None
    write = ends.write

    def write_and_delete(*arguments: Any, **outcome: Any) -> bool:
        done = write(*arguments, **outcome)
        deleting.delete(Conversation.objects.get(pk=talk.pk))
        return done

    monkeypatch.setattr(ends, "write", write_and_delete)
    async_to_sync(driver.drive)(Claim(run.pk))
    assert hub.runs == {}
    assert [pk for pk, _ in told] == [run.pk]


def test_a_reply_that_cannot_be_placed_waits_as_a_variant(
    told: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def place(run: Run) -> int | None:
        raise turn_rows.UnknownImage(7)

    monkeypatch.setattr(ends, "place", place)
    talk = conversation(QUESTION)
    run = drive(send(talk).run)
    assert run.status == Run.Status.DONE
    assert texts(talk) == [QUESTION]
    assert told == [(run.pk, Run.Status.DONE)]
    assert hub.runs == {}


def test_an_image_whose_file_is_lost_fails_the_run_with_a_sentence(
    told: list[tuple[int, str]],
) -> None:
    talk = conversation()
    picture = factories.create_image(owner=talk.owner)
    block = {"type": "image", "source": {"type": "image_ref", "image": picture.pk}}
    talk = factories.create_conversation(owner=talk.owner, turns=[("user", [block])])
    run = send(talk).run
    images.path(picture.hash).unlink()
    drive(run)
    assert run is not None
    run.refresh_from_db()
    assert run.status == Run.Status.FAILED
    assert run.error
    assert "sentence" in run.error
    assert told == [(run.pk, Run.Status.FAILED)]


def test_a_stop_before_the_driver_began_is_told_to_viewers(
    told: list[tuple[int, str]],
) -> None:
    run = send(conversation(QUESTION)).run
    assert run is not None
    sending.stop(run)
    assert drive(run).status == Run.Status.STOPPED
    assert told == [(run.pk, Run.Status.STOPPED)]


@pytest.mark.parametrize("count", ["12", 1.5, [1], {"a": 1}])
def test_odd_usage_of_a_cut_stream_is_no_obstacle_to_its_end(count: object) -> None:
    run = send(conversation(QUESTION)).run
    assert run is not None
    Run.objects.filter(pk=run.pk).update(status=Run.Status.STREAMING)
    made = ends.Message()
    usage = {"input_tokens": count, "output_tokens": count}
    begun = {"type": "message_start", "message": {"content": [], "usage": usage}}
    made.feed("message_start", json.dumps(begun))
    assert ends.write(run, "", Run.Status.STOPPED, made)


def stopped(*blocks: dict[str, Any], then: dict[str, Any] | None = None) -> Run:
    """A run that was stopped when these blocks, and perhaps a last count, had come."""
    run = send(conversation(QUESTION)).run
    assert run is not None
    made = Message()
    usage = {"input_tokens": 100, "output_tokens": 1}
    events = [{"type": "message_start", "message": {"content": [], "usage": usage}}]
    for index, block in enumerate(blocks):
        at = {"index": index, "content_block": block}
        events.append({"type": "content_block_start", **at})
    events += [then] if then else []
    for event in events:
        made.feed("", json.dumps(event))
    assert ends.write(run, run.worker, Run.Status.STOPPED, made)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize(
    "thought",
    [
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "thinking", "thinking": "A summary", "signature": ""},
        {"type": "redacted_thinking", "data": "x"},
    ],
)
def test_thinking_that_nobody_can_count_makes_the_figures_the_least(
    thought: dict[str, Any],
) -> None:
    line = outcomes.status_line(stopped(thought))
    assert line.startswith("Stopped · 100 in · at least ")
    assert " out (hidden thinking not counted) · " in line
    assert line.endswith("at least $0.0001")


def test_what_was_written_without_thinking_is_about_right() -> None:
    assert "thinking" not in outcomes.status_line(stopped({"type": "text"}))
    assert "about 1 out" in outcomes.status_line(stopped({"type": "text"}))


def test_the_input_of_a_call_that_was_cut_is_counted() -> None:
    call = {"type": "tool_use", "id": "t", "name": "n", "input": {}}
    piece = {"type": "input_json_delta", "partial_json": '{"city": "' + "Rome " * 40}
    then = {"type": "content_block_delta", "index": 0, "delta": piece}
    assert stopped(call, then=then).usage["output_tokens"] > 40


def test_a_count_that_came_before_the_stop_is_no_estimate() -> None:
    thought = {"type": "thinking", "thinking": "", "signature": ""}
    delta = {"stop_reason": "end_turn"}
    then = {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 900}}
    run = stopped(thought, then=then)
    assert not run.usage_is_estimated
    assert "100 in · 900 out" in outcomes.status_line(run)


def served(usage: dict[str, Any], **message: Any) -> Run:
    """A run whose answer ended with this usage."""
    run = send(conversation(QUESTION)).run
    assert run is not None
    made = Message()
    start = {"content": [], "usage": {"input_tokens": 1, "output_tokens": 1}, **message}
    delta = {"stop_reason": "end_turn"}
    made.feed("", json.dumps({"type": "message_start", "message": start}))
    made.feed("", json.dumps({"type": "message_delta", "delta": delta, "usage": usage}))
    assert ends.write(run, run.worker, Run.Status.DONE, made)
    run.refresh_from_db()
    return run


def test_a_compaction_is_in_the_cost_and_beside_the_counts_of_the_reply() -> None:
    spent = {"input_tokens": 180_000, "output_tokens": 3_500}
    reply = {"input_tokens": 23_000, "output_tokens": 1_000}
    iterations = [{"type": "compaction", **spent}, {"type": "message", **reply}]
    run = served({**reply, "iterations": iterations}, model="claude-haiku-4-5")
    assert run.cost == Decimal("0.2255")  # 203,000 x $1 + 4,500 x $5 per million
    told = "23,000 in · 1,000 out · 183,500 more beside the reply"
    assert told in outcomes.status_line(run)
    table = run_usage.of(run)
    assert table is not None
    assert table.total == "$0.2255"
    assert [(row.label, row.count, row.dollars) for row in table.rows] == [
        ("Input, not cached", "23,000", "$0.023"),
        ("Output", "1,000", "$0.005"),
        ("Compaction: input, not cached", "180,000", "$0.18"),
        ("Compaction: output", "3,500", "$0.0175"),
    ]
    assert run_usage.APART in table.notes


def test_a_reply_by_a_fallback_costs_what_its_model_costs() -> None:
    spent = {"input_tokens": 1000, "output_tokens": 1000}
    run = served(spent, model="claude-opus-5-5")
    assert run.model != "claude-opus-5-5"
    assert run.cost == Decimal("0.024")  # 1,000 x $4 + 1,000 x $20 per million


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failing", [TypeError("ours"), OperationalError("busy")])
def test_a_beat_that_fails_is_followed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, failing: Exception
) -> None:
    beats: list[float] = []

    def sleep(seconds: float) -> "asyncio.Future[None]":
        beats.append(seconds)
        if len(beats) > 2:
            raise asyncio.CancelledError
        return _no_wait(seconds)

    async def record() -> None:
        raise failing

    monkeypatch.setattr(keeper.asyncio, "sleep", sleep)
    monkeypatch.setattr(keeper, "_record", record)
    with pytest.raises(asyncio.CancelledError):
        async_to_sync(keeper.keep)()
    assert len(beats) == 3


def test_a_clock_that_is_set_back_makes_no_run_end_before_it_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    monkeypatch.setattr(ends, "timezone", SimpleNamespace(now=lambda: an_hour_ago))
    run = drive(send(conversation(QUESTION)).run)
    assert run.seconds is not None
    assert run.seconds >= run.seconds_to_first_token >= 0
