"""Claiming a run: with the request that its sender has just made, or from the rows."""

import pytest

from conversations.models import Run
from playground import payload
from playground.payload import Payload
from playground.runs import driver, sending
from playground.runs.claims import Claim, Claimed, Ended

from .talking import conversation, send

pytestmark = pytest.mark.django_db

QUESTION = ("user", "Which insects?")

Started = list[tuple[Run, Payload]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """What would have been driven."""
    found: Started = []
    monkeypatch.setattr(driver, "start", lambda *what: found.append(what))
    return found


def test_what_was_just_made_is_what_the_run_has_kept(started: Started) -> None:
    talk = conversation(QUESTION, ("assistant", "Well,\u2028 \ud83d"), max_tokens=7)
    send(talk, anyway=True)
    claimed = Claim(*started[0])()
    assert isinstance(claimed, Claimed)
    kept = Run.objects.get()
    assert claimed.body == payload.of_run(kept).body_bytes()
    assert claimed.headers == kept.headers
    for field in ("status", "worker", "started_at", "slot", "continues", "turns"):
        assert getattr(claimed.run, field) == getattr(kept, field), field


def test_a_run_that_was_stopped_before_its_claim_is_not_sent(started: Started) -> None:
    send(conversation(QUESTION))
    run, made = started[0]
    sending.stop(run)
    claimed = Claim(run, made)()
    assert isinstance(claimed, Ended)
    assert Run.objects.get().status == Run.Status.STOPPED


def test_nobody_claims_what_another_drives(started: Started) -> None:
    send(conversation(QUESTION))
    run, made = started[0]
    Run.objects.update(status=Run.Status.STREAMING, worker="elsewhere")
    assert Claim(run, made)() is None
    assert Claim(run.pk)() is None


def test_a_claim_whose_answer_was_lost_is_made_again(started: Started) -> None:
    send(conversation(QUESTION))
    claim = Claim(*started[0])
    first, second = claim(), claim()
    assert isinstance(first, Claimed)
    assert isinstance(second, Claimed)
    assert first.body == second.body


def test_what_was_forgotten_is_made_anew(started: Started) -> None:
    send(conversation(QUESTION))
    run, made = started[0]
    claim = Claim(run, made)
    claim.forget()
    claimed = claim()
    assert isinstance(claimed, Claimed)
    assert claimed.body == made.body_bytes()
