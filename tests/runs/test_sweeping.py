"""Which runs are taken for dead, and what is kept of them."""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.models import Chunk, Run
from playground.claude.message import Message
from playground.runs import claims, keeper
from playground.runs.live import hub
from playground.runs.live_run import LiveRun

from .talking import conversation, drive, send

QUESTION = ("user", "What is the Latin word for ant?")

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    made = send(conversation(QUESTION)).run
    assert made is not None
    return made


def look(times: int) -> int:
    """Sweep so often; returns how many runs were swept."""
    return sum(keeper.sweep() for _ in range(times))


def test_a_run_without_a_living_worker_becomes_interrupted(run: Run) -> None:
    said = drive(run).content
    Run.objects.update(status=Run.Status.STREAMING, message=None)
    assert look(keeper.LOOKS) == 1
    run.refresh_from_db()
    assert run.status == Run.Status.INTERRUPTED
    assert run.content == said


def test_the_log_of_a_dead_run_is_read_once(run: Run) -> None:
    drive(run)
    Run.objects.update(status=Run.Status.STREAMING, first_token_at=None)
    run.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        assert keeper.interrupt(run)
    table = Chunk._meta.db_table
    read = [q for q in queries if q["sql"].startswith("SELECT") and table in q["sql"]]
    assert len(read) == 1
    assert Run.objects.get().first_token_at is not None


def test_the_time_that_nobody_drove_it_is_no_time_of_the_run(run: Run) -> None:
    drive(run)
    run.refresh_from_db()
    died = run.started_at + timedelta(seconds=20)
    Run.objects.update(
        status=Run.Status.STREAMING,
        started_at=run.started_at - timedelta(hours=1),
        heartbeat_at=died - timedelta(hours=1),
        first_token_at=None,
    )
    look(keeper.LOOKS)
    was, run = run, Run.objects.get()
    assert run.seconds == 20
    assert run.seconds_to_first_token == pytest.approx(
        was.seconds_to_first_token, abs=0.002
    )


def test_a_run_that_never_got_a_driver_becomes_interrupted(run: Run) -> None:
    assert look(keeper.LOOKS - 1) == 0
    assert look(1) == 1
    run.refresh_from_db()
    assert run.status == Run.Status.INTERRUPTED


def test_a_run_that_cannot_be_swept_keeps_no_other_from_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = send(conversation(QUESTION)).run
    monkeypatch.setattr(keeper.ends, "replayed", {other: (Message(), {})}.__getitem__)
    assert look(keeper.LOOKS) == 1
    other.refresh_from_db()
    assert other.status == Run.Status.INTERRUPTED


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_heart_that_beats_is_alive_whatever_the_clocks_say(
    run: Run, days: int
) -> None:
    for beat in range(2 * keeper.LOOKS):
        at = timezone.now() + timedelta(days=days, microseconds=beat)
        Run.objects.update(
            status=Run.Status.STREAMING, worker="elsewhere", heartbeat_at=at
        )
        assert look(1) == 0


def test_a_heart_that_beats_while_it_is_looked_at_goes_on(run: Run) -> None:
    Run.objects.update(heartbeat_at=timezone.now(), status=Run.Status.STREAMING)
    assert not keeper.interrupt(run)
    run.refresh_from_db()
    assert run.is_live


def test_the_sweeper_leaves_what_this_process_drives(run: Run) -> None:
    Run.objects.update(status=Run.Status.STREAMING, worker=claims.WORKER)
    hub.runs[run.pk] = LiveRun(run.pk, run.conversation_id, run.slot, False)
    try:
        assert look(keeper.LOOKS) == 0
    finally:
        del hub.runs[run.pk]


@pytest.mark.parametrize(
    ("worker", "swept"),
    [
        (f"{claims.MACHINE}:{2**22 + 1}:dead", 1),  # no process has such a number
        (f"{claims.MACHINE}:{os.getpid()}:earlier", 1),
        (f"{claims.MACHINE}:1:alive", 0),
        (f"elsewhere/1:{os.getpid()}:there", 0),
        (claims.WORKER, 0),
    ],
    ids=["killed", "another life", "alive", "elsewhere", "this"],
)
def test_at_start_only_what_died_on_this_machine_is_swept(
    run: Run, worker: str, swept: int
) -> None:
    Run.objects.update(status=Run.Status.STREAMING, worker=worker)
    assert keeper.sweep_own_dead() == swept
