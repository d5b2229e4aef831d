"""Beyond the set number of live runs a run waits its turn, and says so."""

import asyncio

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from conversations.models import Run
from playground.runs import driver, keeper, queue
from playground.runs.claims import Claim
from playground.runs.live import hub
from playground.runs.live_run import LiveRun
from tests.runs.talking import conversation, send

pytestmark = pytest.mark.django_db(transaction=True)


def pending() -> Run:
    run = send(conversation(("user", "Which ants are red?"))).run
    assert run is not None
    return run


@pytest.fixture(autouse=True)
def one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_LIVE", 1)


async def until_waiting(run: Run) -> "asyncio.Task[None]":
    """Have the run driven while the only place is taken."""
    task = driver.spawn(driver.drive(Claim(run.pk)))
    live = None
    async with asyncio.timeout(30):
        while live is None:
            live = hub.runs.get(run.pk)
            await asyncio.sleep(0)
    return task


def test_a_run_begins_when_one_before_it_has_ended() -> None:
    first, second = pending(), pending()

    async def scenario() -> None:
        async with queue.driving(0):
            one = await until_waiting(first)
            two = await until_waiting(second)
            assert hub.runs[first.pk].whole()["status"] == "waiting"
            assert [hub.runs[run.pk].ahead for run in (first, second)] == [0, 1]
        await asyncio.gather(one, two)

    async_to_sync(scenario)()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.status == second.status == Run.Status.DONE
    assert second.started_at >= first.finished_at
    assert not queue.is_full()


def test_a_run_begins_when_the_place_became_free_while_it_was_queued() -> None:
    run = pending()

    async def scenario() -> None:
        async with queue.driving(0):
            assert queue.is_full()
        async with asyncio.timeout(30):
            await queue.wait(LiveRun.of(run))
        async with queue.driving(run.pk):
            pass

    async_to_sync(scenario)()
    assert (hub.runs, queue.is_full()) == ({}, False)


def test_a_waiting_run_can_be_stopped_and_sends_nothing() -> None:
    run = pending()

    async def scenario() -> None:
        async with queue.driving(0):
            task = await until_waiting(run)
            hub.cancel(run.pk, Run.Status.STOPPED)
            await asyncio.wait([task])

    async_to_sync(scenario)()
    run.refresh_from_db()
    assert (run.status, run.started_at) == (Run.Status.STOPPED, None)
    assert (hub.runs, queue.is_full()) == ({}, False)


def test_the_heart_of_a_waiting_run_beats() -> None:
    run = pending()

    async def scenario() -> None:
        async with queue.driving(0):
            task = await until_waiting(run)
            await sync_to_async(Run.objects.filter(pk=run.pk).update)(
                heartbeat_at=run.created_at
            )
            await keeper._record()
            assert run.pk in hub.runs
            beaten = await Run.objects.aget(pk=run.pk)
            assert beaten.heartbeat_at > run.created_at
        await asyncio.gather(task)

    async_to_sync(scenario)()
