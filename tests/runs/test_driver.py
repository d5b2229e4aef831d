"""From claim to outcome: what a run leaves behind, however it ends."""

import asyncio

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone
from pytest_django import Settings

from conversations import editing, history
from conversations.models import Chunk, Run
from conversations.models.run import LEASE
from playground.runs import driver, ends, keeper
from playground.runs.live import LiveRun, hub

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


def test_the_chunks_add_up_to_the_message() -> None:
    run = drive(send(conversation(QUESTION)).run)
    assert ends.replayed(run).message == run.message


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
        while live is None or len(live.deltas) < deltas:
            live = hub.runs.get(live_run, live)
            await asyncio.sleep(0)
    return live


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", [Run.Status.STOPPED, Run.Status.INTERRUPTED])
def test_a_cancelled_run_keeps_what_it_had_said(
    settings: Settings, ending: str
) -> None:
    settings.SIMULATOR_SPEED = 200
    run = send(conversation(QUESTION)).run
    assert run is not None

    async def scenario() -> None:
        task = driver.spawn(driver.drive(run.pk))
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
        task = driver.spawn(driver.drive(run.pk))
        await _until(run.pk, 3)
        await keeper._record()
        await asyncio.gather(task)

    async_to_sync(scenario)()
    run.refresh_from_db()
    assert Chunk.objects.filter(run=run).count() >= 2
    assert ends.replayed(run).message == run.message


def test_a_run_without_a_living_worker_becomes_interrupted() -> None:
    run = send(conversation(QUESTION)).run
    assert run is not None
    said = drive(run)
    long_ago = timezone.now() - 2 * LEASE
    Run.objects.filter(pk=run.pk).update(
        status=Run.Status.STREAMING, heartbeat_at=long_ago, message=None
    )
    assert keeper.sweep() == 1
    run.refresh_from_db()
    assert run.status == Run.Status.INTERRUPTED
    assert run.content == said.content


def test_a_run_that_never_got_a_driver_becomes_interrupted() -> None:
    run = send(conversation(QUESTION)).run
    assert run is not None
    assert keeper.sweep() == 0
    Run.objects.update(created_at=timezone.now() - 2 * LEASE)
    assert keeper.sweep() == 1
    run.refresh_from_db()
    assert run.status == Run.Status.INTERRUPTED


def test_viewers_get_the_whole_first_and_then_what_is_new() -> None:
    talk = conversation(QUESTION)
    run = send(talk).run
    assert run is not None

    async def scenario() -> list[bytes]:
        head = await sync_to_async(history.head)(talk)
        seen = []
        live = LiveRun(run.pk, talk.pk, run.slot, False)
        hub.begin(live)
        hub.feed(live, "message_start", '{"type":"message_start","message":{}}')
        start = '{"type":"content_block_start","index":0,"content_block":'
        hub.feed(live, "content_block_start", start + '{"type":"text","text":""}}')
        async for event in hub.watch(talk.pk, head.number):
            seen.append(event)
            if len(seen) == 2:
                delta = '{"type":"content_block_delta","index":0,"delta":'
                for text in ("One ", "two"):
                    part = delta + f'{{"type":"text_delta","text":"{text}"}}}}'
                    hub.feed(live, "content_block_delta", part)
            if len(seen) == 3:
                hub.end(live, "done", 2)
            if len(seen) == 4:
                return seen
        return seen

    _, first, second, third = async_to_sync(scenario)()
    assert b'event: head\ndata: {"number": 1}' in first
    assert b"event: run" in first
    assert second.count(b"event: delta") == 1
    assert b'"text": "One two"' in second
    assert b"event: end" in third
    assert hub.viewers == {}
