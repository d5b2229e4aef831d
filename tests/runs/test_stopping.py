"""Stops, deletions and closed tabs while an upstream answers."""

import threading
from contextlib import suppress

import pytest

from conversations import deleting, history
from conversations.models import Chunk, Conversation, Revision, Run
from playground.payload import Payload
from playground.runs import claims, ends, sending
from playground.runs.live import hub
from tests.factories import create_user

from .pages import wait_until
from .stage import Stage, at_once, said
from .talking import texts
from .upstream import (
    begin,
    count,
    counted,
    finish,
    last_events,
    refuse,
    say,
    silence,
    wait_for,
)


def stop(stage: Stage, *runs: Run) -> None:
    with stage.person() as person:
        for run in runs:
            assert person.post(f"/runs/{run.pk}/stop/").status_code == 200


def test_two_tabs_stop_at_once(stage: Stage) -> None:
    with stage.under_way(begin, count()) as runs:
        stage.saying(*runs)
        at_once(lambda: stop(stage, *runs), lambda: stop(stage, *runs))
        stage.hung_up()
    for run in runs:
        assert run.status == Run.Status.STOPPED
        assert counted(said(run)) > 0
        assert run.usage_is_estimated
        assert run.cost > 0
        assert ends.replayed(run)[0].message == run.message


def test_a_stop_before_the_first_byte(stage: Stage) -> None:
    with stage.under_way(silence) as runs:
        stage.answering(*runs)
        stop(stage, *runs)
        stage.hung_up()
    assert [run.status for run in runs] == [Run.Status.STOPPED] * 2


def test_a_stop_behind_the_last_event_finds_a_whole_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.claude.stream.LINGER", 30)
    with stage.under_way(begin, say("One"), last_events, silence) as runs:
        for run in runs:
            wait_until(lambda run=run: is_whole(run), "the last event has come")
        stop(stage, *runs)
        stage.hung_up()
    for run in runs:
        assert run.status == Run.Status.DONE
        assert texts(run.conversation)[1:] == [("assistant", "One")]


def is_whole(run: Run) -> bool:
    live = hub.runs.get(run.pk)
    return live is not None and live.message.is_complete


def test_a_connection_that_stays_open_takes_no_time_of_the_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.claude.stream.LINGER", 0.2)
    for run in stage.play(begin, say("One"), last_events, silence):
        assert run.status == Run.Status.DONE
        *_, (last, name, _) = run.chunks.last().events
        assert name == "message_stop"
        assert run.seconds == pytest.approx(last / 1000, abs=0.002)


def test_a_stop_while_an_attempt_is_waited_for(stage: Stage) -> None:
    stage.upstream.will(refuse(429, "rate_limit_error", retry_after="50"))
    with stage.under_way(begin, say("Too late"), finish) as runs:
        stage.asked(2)
        stop(stage, *runs)
    assert [run.status for run in runs] == [Run.Status.STOPPED] * 2
    assert len(stage.upstream.requests) == 2


def test_a_closed_tab_stops_nothing(stage: Stage) -> None:
    gate = threading.Event()
    stage.upstream.will(begin, say("One, "), wait_for(gate), say("two."), finish)
    talk = stage.talk()
    with stage.page(talk):
        run = stage.send(talk)
        stage.saying(run)
    gate.set()
    assert stage.ended(run).status == Run.Status.DONE
    assert said(run) == "One, two."


def test_a_deleted_conversation_hangs_up(stage: Stage) -> None:
    stage.upstream.will(begin, count())
    talk = stage.talk()
    with stage.page(talk):
        run = stage.send(talk)
        stage.saying(run)
        with stage.person() as person:
            person.post(f"/c/{talk.pk}/delete/")
        stage.hung_up()
    assert not Conversation.objects.filter(pk=talk.pk).exists()
    assert not Chunk.objects.filter(run=run.pk).exists()


def test_a_conversation_deleted_while_the_end_is_written(stage: Stage) -> None:
    gates = [threading.Event() for _ in range(6)]
    for gate in gates:
        stage.upstream.forget()
        stage.upstream.will(begin, say("One"), wait_for(gate), finish)
        talk = stage.talk()
        run = stage.send(talk)
        stage.saying(run)
        at_once(gate.set, lambda talk=talk: deleting.delete(talk))
        stage.hung_up()
        assert not Run.objects.filter(pk=run.pk).exists()
        assert not Chunk.objects.filter(run=run.pk).exists()


def test_a_send_and_a_deletion_at_once(stage: Stage) -> None:
    stage.upstream.will(begin, count())
    for _ in range(6):
        talk = stage.talk()
        base = history.head(talk).number

        def send(talk: Conversation = talk, base: int = base) -> None:
            with suppress(Conversation.DoesNotExist, Revision.DoesNotExist):
                stage.send(talk, base=base)

        at_once(send, lambda talk=talk: deleting.delete(talk))
        assert not Conversation.objects.filter(pk=talk.pk).exists()
    stage.hung_up()


def test_a_stop_at_the_moment_of_the_claim(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = claims.prepared

    def stopped_then(run: Run, *made: Payload) -> object:
        claimed = prepared(run, *made)
        sending.stop(run)
        return claimed

    monkeypatch.setattr(claims, "prepared", stopped_then)
    for run in stage.play(silence):
        assert run.status == Run.Status.STOPPED


def test_a_page_hears_no_more_once_its_conversation_is_withdrawn(
    stage: Stage,
) -> None:
    stage.upstream.will(begin, count())
    talk = stage.talk()
    stranger = create_user()
    with stage.page(talk) as page:
        run = stage.send(talk)
        wait_until(lambda: page.texts.get(run.pk), "the page shows the run")
        Conversation.objects.filter(pk=talk.pk).update(owner=stranger)
        wait_until(lambda: talk.pk not in hub.viewers, "the page is shut out")
        shown = page.texts[run.pk]
        kept = hub.runs[run.pk].chunks
        wait_until(lambda: hub.runs[run.pk].chunks > kept, "the run goes on")
        assert page.texts[run.pk] == shown
        hub.call(hub.cancel, run.pk, Run.Status.STOPPED)
        stage.hung_up()
