"""A database that fails, answers that get lost, workers taken for dead: over sockets."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from conversations.models import Run
from playground.payload import Payload
from playground.runs import claims, driver, ends, live
from playground.runs.live import hub
from playground.runs.live_run import LiveRun

from .pages import wait_until
from .stage import Stage, said
from .upstream import ANSWER, begin, count, counted, finish, say, wait_for


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "FIRST_WAIT", 0.01)


def failing(times: int, then: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, but that the database does not answer so many times."""
    left = [OperationalError("the database is away")] * times

    def call(*arguments: Any, **named: Any) -> Any:
        if left:
            raise left.pop()
        return then(*arguments, **named)

    return call


def test_a_claim_that_fails_is_made_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "prepared", failing(3, claims.prepared))
    for run in stage.play(*ANSWER):
        assert run.status == Run.Status.DONE
        assert said(run) == "One, two."
    assert len(stage.upstream.requests) == 2


def test_a_request_that_cannot_be_made_fails_with_a_sentence(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Payload, "body_bytes", lambda made: 1 / 0)
    for run in stage.play(*ANSWER):
        assert run.status == Run.Status.FAILED
        assert run.error["kind"] == "internal"
    assert not stage.upstream.requests


def test_an_end_is_written_however_long_the_database_is_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "MOST_WAIT", 0.01)
    monkeypatch.setattr(ends, "write", failing(20, ends.write))
    for run in stage.play(*ANSWER):
        assert run.status == Run.Status.DONE
        assert said(run) == "One, two."


@contextmanager
def lost_answers(times: int) -> Iterator[None]:
    """So many commits succeed, but the answer that they did does not come."""
    commit, left = BaseDatabaseWrapper.commit, [True] * times

    def commit_unheard(self: BaseDatabaseWrapper) -> None:
        commit(self)
        if left and threading.current_thread() is not threading.main_thread():
            left.pop()
            raise OperationalError("the connection is lost")

    BaseDatabaseWrapper.commit = commit_unheard  # type: ignore[method-assign]
    try:
        yield
    finally:
        BaseDatabaseWrapper.commit = commit  # type: ignore[method-assign]


def test_a_checkpoint_whose_answer_is_lost_is_not_written_twice(stage: Stage) -> None:
    gate = threading.Event()
    steps = (begin, say("One, "), wait_for(gate), say("two."), finish)
    with lost_answers(3), stage.under_way(*steps) as runs:
        stage.saying(*runs)
        wait_until(lambda: kept_of(runs) == ["One, "] * 2, "the text is on disk")
        gate.set()
    for run in runs:
        assert said(run) == "One, two."
        assert ends.replayed(run)[0].message == run.message


def kept_of(runs: list[Run]) -> list[str]:
    """The text of each run as its chunks have it."""
    found = [ends.replayed(run)[0].message.get("content") or [{}] for run in runs]
    return [blocks[0].get("text", "") for blocks in found]


def test_a_worker_that_was_taken_for_dead_keeps_all_it_heard(stage: Stage) -> None:
    with stage.under_way(begin, count()) as runs:
        stage.saying(*runs)
        for run in runs:
            run.refresh_from_db()
            assert ends.write(run, run.worker, "interrupted", ends.Message())
        stage.hung_up()
    for run in runs:
        assert run.status == Run.Status.INTERRUPTED
        assert counted(said(run)) > 0
        assert ends.replayed(run)[0].message == run.message


@contextmanager
def locked() -> Iterator[None]:
    """Nobody can write a run meanwhile."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            connection.cursor().execute("LOCK TABLE conversations_run IN SHARE MODE")
        yield


def test_a_stop_hangs_up_although_the_database_is_locked(stage: Stage) -> None:
    with stage.under_way(begin, count()) as runs, stage.person() as person:
        stage.saying(*runs)
        person.token()
        asked = [
            threading.Thread(target=person.post, args=[f"/runs/{run.pk}/stop/"])
            for run in runs
        ]
        with locked():
            for thread in asked:
                thread.start()
            stage.hung_up()
        for thread in asked:
            thread.join()
    assert [run.status for run in runs] == [Run.Status.STOPPED] * 2
    assert all(counted(said(run)) > 0 for run in runs)


@async_to_sync
async def cancellations() -> int:
    """How often a driver is cancelled that two tabs stop and one after the other."""
    run = LiveRun(1, UUID(int=1), "slot", False)
    run.task = asyncio.create_task(asyncio.sleep(0))
    hub.runs[run.run] = run
    for _ in range(2):
        hub.cancel(run.run, Run.Status.STOPPED)
    del hub.runs[run.run]
    return run.task.cancelling()


def test_a_second_stop_does_not_disturb_the_first() -> None:
    assert cancellations() == 1


def test_a_driver_that_is_stuck_is_stopped_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "HANGING_UP", -1.0)
    assert cancellations() == 2


def test_a_text_that_cannot_be_formatted_costs_nobody_else_his_looks(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def format_none(live: LiveRun) -> None:
        looks.append(live.run)
        raise ValueError

    monkeypatch.setattr(hub, "format", format_none)
    gate = threading.Event()
    with stage.under_way(begin, say("One"), wait_for(gate), finish):
        wait_until(lambda: len(looks) > 2, "it is looked at again and again")
        gate.set()
