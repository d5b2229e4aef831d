"""Faults between us and the API, over real sockets, watched and unwatched."""

import pytest

from conversations.models import Run

from .stage import Stage, said
from .upstream import ANSWER, Call, begin, cut, error_event, refuse, say, silence


def test_a_stream_that_is_cut_keeps_its_text(stage: Stage) -> None:
    for run in stage.play(begin, say("One, ", "two"), cut):
        assert run.status == Run.Status.FAILED
        assert run.error["kind"] == "interrupted"
        assert said(run) == "One, two"
        assert run.usage_is_estimated


def test_a_stream_without_an_end_keeps_its_text(stage: Stage) -> None:
    for run in stage.play(
        begin, say("One, ", "two"), lambda call: call.write(b"0\r\n\r\n")
    ):
        assert run.error["kind"] == "interrupted"
        assert said(run) == "One, two"


def test_an_error_inside_a_stream_keeps_its_text(stage: Stage) -> None:
    for run in stage.play(begin, say("One, ", "two"), error_event):
        assert run.status == Run.Status.FAILED
        assert run.error["kind"] == "overloaded_error"
        assert said(run) == "One, two"


@pytest.mark.parametrize("odd", ["req_\ud800", "req_\0"])
def test_a_failure_of_an_odd_request_is_written_all_the_same(
    stage: Stage, odd: str
) -> None:
    async def failing(call: Call) -> None:
        await call.event("error", error={"type": "api_error"}, request_id=odd)

    for run in stage.play(begin, say("One"), failing, cut):
        assert run.status == Run.Status.FAILED
        assert run.error["kind"] == "api_error"
        assert run.request_id.startswith("req_")


def test_silence_is_given_up_and_keeps_its_text(stage: Stage) -> None:
    stage.be_patient(0.2)
    for run in stage.play(begin, say("One, ", "two"), silence):
        assert run.status == Run.Status.FAILED
        assert run.error["kind"] == "timeout"
        assert said(run) == "One, two"


def test_an_overload_passes(stage: Stage) -> None:
    stage.upstream.will(refuse(529))
    stage.upstream.will(refuse(529))
    for run in stage.play(*ANSWER):
        assert run.status == Run.Status.DONE
        assert said(run) == "One, two."
    assert len(stage.upstream.requests) == 6


def test_a_limit_that_says_when_is_waited_for(stage: Stage) -> None:
    stage.upstream.will(refuse(429, "rate_limit_error", retry_after_ms="20"))
    for run in stage.play(*ANSWER):
        assert run.status == Run.Status.DONE
        assert said(run) == "One, two."
    assert len(stage.upstream.requests) == 4


def test_a_limit_that_does_not_say_when_is_told_at_once(stage: Stage) -> None:
    for run in stage.play(refuse(429, "rate_limit_error")):
        assert run.status == Run.Status.FAILED
        assert run.error["retryable"] is False
        assert run.error["attempts"] == 1
        assert run.request_id == "req_refused"
    assert len(stage.upstream.requests) == 2


def test_a_limit_that_lasts_is_told_with_its_time(stage: Stage) -> None:
    for run in stage.play(refuse(429, "rate_limit_error", retry_after="240")):
        assert run.error["retryable"] is True
        assert run.error["retry_after"] == 240
    assert len(stage.upstream.requests) == 2


def test_an_overload_that_stays_says_how_often_it_was_tried(stage: Stage) -> None:
    for run in stage.play(refuse(529)):
        assert run.status == Run.Status.FAILED
        assert run.error["attempts"] == 4
        assert "By the drill." in run.error["body"]
    assert len(stage.upstream.requests) == 8


def test_an_error_after_one_that_passed_says_so_too(stage: Stage) -> None:
    stage.upstream.will(refuse(529))
    for run in stage.play(begin, say("One"), error_event):
        assert run.error["attempts"] == 2
        assert said(run) == "One"


@pytest.mark.parametrize(
    ("drill", "status", "kind", "has_text"),
    [
        ("cut", "failed", "interrupted", True),
        ("error event", "failed", "overloaded_error", True),
        ("silence", "failed", "timeout", True),
        ("spend cap", "failed", "rate_limit_error", False),
        ("web page", "failed", "not_a_stream", False),
        ("overload twice", "done", None, True),
    ],
)
def test_the_simulators_drills_end_as_the_real_thing(
    stage: Stage, drill: str, status: str, kind: str | None, has_text: bool
) -> None:
    stage.be_patient(0.5)
    for run in stage.play(drill=drill):
        assert run.status == status
        assert (run.error or {}).get("kind") == kind
        assert bool(said(run)) == has_text
        assert run.has_reply == has_text
