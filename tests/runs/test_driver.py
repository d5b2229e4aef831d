"""From claim to outcome: what a run leaves behind, however it ends."""

import asyncio

import pytest
from asgiref.sync import async_to_sync
from pytest_django import Settings

from conversations import editing, history
from conversations.models import Chunk, Run
from playground.runs import driver, ends, keeper
from playground.runs.claims import Claim
from playground.runs.live import hub
from playground.runs.live_run import LiveRun

from .talking import conversation, drive, person, send, texts

QUESTION = ("user", "What is the Latin word for ant?")

pytestmark = pytest.mark.django_db


def test_a_run_answers_and_moves_the_head() -> None:
    talk = conversation(QUESTION)
    run = drive(send(talk).run)
    assert run.status == Run.Status.DONE
    assert run.stop_reason == "end_turn"
    assert run.usage["output_tokens"] > 0
    assert run.cost > 0
    assert run.request_id.startswith("req_")
    assert texts(talk)[-1] == ("assistant", run.content[0]["text"])


def test_the_reply_completes_a_prefill_behind_the_seam() -> None:
    prefill = "The answer is ("
    talk = conversation(QUESTION, ("assistant", prefill))
    run = drive(send(talk).run)
    turn = history.head(talk).load_turns()[-1][1]
    assert turn.text == prefill + run.content[0]["text"]
    assert turn.segments == [
        {"block": 0, "offset": 0, "run": None},
        {"block": 0, "offset": len(prefill), "run": run.pk},
    ]


def test_a_run_keeps_its_headers_and_prices() -> None:
    run = drive(send(conversation(QUESTION)).run)
    assert run.exchange["status"] == 200
    assert run.exchange["sent"]["anthropic-version"] == run.headers["anthropic-version"]
    assert run.exchange["came"]["request-id"] == run.request_id
    assert run.exchange["attempts"] == []
    assert run.prices["output"] == "5"


def test_a_failed_run_keeps_the_headers_that_came() -> None:
    run = drive(send(conversation(QUESTION, model="claude-nonesuch"), anyway=True).run)
    assert run.exchange["status"] == 404
    assert run.exchange["came"]["request-id"] == run.request_id


def test_an_overridden_run_is_kept_as_it_was_sent() -> None:
    talk = conversation(QUESTION, extra_body={"max_tokens": 9})
    run = send(talk).run
    assert run.params["max_tokens"] == 9
    assert "extra_body" not in run.params
    assert run.override == {"max_tokens": 9}
    assert drive(run).stop_reason == "max_tokens"


def test_the_chunks_add_up_to_the_message() -> None:
    run = drive(send(conversation(QUESTION)).run)
    assert ends.replayed(run)[0].message == run.message


def test_a_reply_waits_when_the_head_has_moved_on() -> None:
    talk = conversation(QUESTION)
    run = send(talk).run
    history.apply(
        talk,
        1,
        lambda script: editing.append(script, editing.typed("user", "And butterfly?")),
        summary="Added user turn",
        author=person(),
    )
    drive(run)
    assert texts(talk) == [QUESTION, ("user", "And butterfly?")]
    ends.use(run, person())
    assert [role for role, _ in texts(talk)] == ["user", "assistant", "user"]


def test_only_one_driver_claims_a_run() -> None:
    run = send(conversation(QUESTION)).run
    drive(run)
    chunks = Chunk.objects.filter(run=run).count()
    drive(run)
    assert Chunk.objects.filter(run=run).count() == chunks


def test_a_failed_run_says_what_the_api_said() -> None:
    talk = conversation(QUESTION, model="claude-nonesuch")
    run = drive(send(talk, anyway=True).run)
    assert run.status == Run.Status.FAILED
    assert run.error["status"] == 404
    assert run.request_id
    assert texts(talk) == [QUESTION]


async def _until(live_run: int, deltas: int) -> LiveRun:
    """Wait until the run has that many deltas; the engine rings, nobody polls."""
    live = None
    async with asyncio.timeout(30):
        while live is None or _deltas(live) < deltas:
            live = hub.runs.get(live_run, live)
            await asyncio.sleep(0)
    return live


def _deltas(live: LiveRun) -> int:
    return sum(name == "content_block_delta" for _, name, _ in live.unsaved)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", [Run.Status.STOPPED, Run.Status.INTERRUPTED])
def test_a_cancelled_run_keeps_what_it_had_said(
    settings: Settings, ending: str
) -> None:
    settings.SIMULATOR_SPEED = 200
    run = send(conversation(QUESTION)).run
    assert run is not None

    async def scenario() -> None:
        task = driver.spawn(driver.drive(Claim(run.pk)))
        await _until(run.pk, 5)
        hub.cancel(run.pk, ending)
        await asyncio.gather(task, return_exceptions=True)

    async_to_sync(scenario)()
    run.refresh_from_db()
    assert run.status == ending
    assert run.content[0]["text"]
    assert run.usage_is_estimated
    assert run.cost > 0


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_and_the_end_write_each_event_once(settings: Settings) -> None:
    settings.SIMULATOR_SPEED = 500
    run = send(conversation(QUESTION)).run
    assert run is not None

    async def scenario() -> None:
        task = driver.spawn(driver.drive(Claim(run.pk)))
        await _until(run.pk, 3)
        await keeper._record()
        await asyncio.gather(task)

    async_to_sync(scenario)()
    run.refresh_from_db()
    assert Chunk.objects.filter(run=run).count() >= 2
    assert ends.replayed(run)[0].message == run.message
