"""What a send commits, refuses, cuts back and never does twice."""

import pytest

from conversations import editing, history, sharing
from conversations.models import Run, Turn
from playground import payload
from playground.runs import ends, sending
from playground.runs.sending import AlreadyRunning
from playground.spec import catalog

from .talking import conversation, drive, person, send, texts

pytestmark = pytest.mark.django_db

QUESTION = ("user", "What is the Latin word for ant?")


def test_a_send_makes_a_pending_run_of_the_head_by_value() -> None:
    talk = conversation(QUESTION, system="Be terse.")
    run = send(talk).run
    assert run is not None
    assert run.status == Run.Status.PENDING
    assert run.turns == [entry.turn for entry in history.head(talk).entries]
    assert run.params["system"] == "Be terse."
    assert run.headers == {"anthropic-version": "2026-10-21"}


def test_the_same_send_key_never_starts_a_second_run() -> None:
    talk = conversation(QUESTION)
    first = send(talk, send_key="once")
    second = send(talk, send_key="once")
    assert second.run == first.run
    assert talk.runs.count() == 1


def test_a_second_send_of_a_live_head_finds_the_first() -> None:
    talk = conversation(QUESTION)
    first = send(talk).run
    with pytest.raises(AlreadyRunning) as refused:
        send(talk)
    assert refused.value.run == first


def test_what_is_open_is_committed_and_sent_in_one_go() -> None:
    talk = conversation()
    sent = send(
        talk,
        operation=lambda script: editing.append(script, editing.typed(*QUESTION)),
        summary="Added user turn",
    )
    assert sent.run is not None
    assert texts(talk) == [QUESTION]
    assert sent.revision.summary == "Added user turn"


def test_a_refused_send_keeps_the_turn_and_sends_nothing() -> None:
    talk = conversation(model="claude-opus-5-5")
    sent = send(
        talk,
        operation=lambda script: editing.append(
            editing.append(script, editing.typed(*QUESTION)),
            editing.typed("assistant", "The answer is ("),
        ),
    )
    assert sent.run is None
    assert [p.path for p in payload.refusals(sent.problems)] == ["messages.1"]
    assert texts(talk) == [QUESTION, ("assistant", "The answer is (")]


def test_send_anyway_sends_what_the_rulebook_refuses() -> None:
    talk = conversation(QUESTION, ("assistant", "It is"), model="claude-opus-5-5")
    assert send(talk).run is None
    run = drive(send(talk, anyway=True).run)
    assert run.status == Run.Status.FAILED
    assert "prefill" in run.error["sentence"]


def test_a_refused_run_again_leaves_the_reply_where_it_is() -> None:
    talk = conversation(QUESTION)
    drive(send(talk).run)
    before = texts(talk)
    history.apply(
        talk,
        history.head(talk).number,
        lambda script: editing.set_params(script, {"max_tokens": "abc"}),
        summary="Set max_tokens",
        author=person(),
    )
    assert send(talk).run is None
    assert texts(talk) == before


def test_an_endpoint_that_is_gone_is_said_and_nothing_is_sent() -> None:
    talk = conversation(QUESTION)
    talk.endpoint = "elsewhere"
    talk.save(update_fields=["endpoint"])
    sent = send(talk, anyway=True)
    assert sent.run is None
    assert "elsewhere" in sent.problems[0].explanation


@pytest.mark.parametrize("model", list(catalog.MODELS))
def test_run_again_never_sends_the_reply_itself(model: str) -> None:
    talk = conversation(QUESTION)
    drive(send(talk).run)
    _use_model(talk, model)
    run = send(talk, anyway=True).run
    assert run is not None
    assert [turn.role for turn in _sent(run)] == ["user"]


@pytest.mark.parametrize("model", ["claude-haiku-4-5", "claude-opus-5-5"])
def test_a_forked_reply_is_made_anew(model: str) -> None:
    talk = conversation(QUESTION)
    drive(send(talk).run)
    copy = sharing.fork(sharing.publish(history.head(talk), person()), person())
    _use_model(copy, model)
    run = send(copy).run
    assert run is not None
    assert [turn.role for turn in _sent(run)] == ["user"]


@pytest.mark.parametrize("model", list(catalog.MODELS))
def test_run_again_sends_the_typed_prefill_and_no_more(model: str) -> None:
    talk = conversation(QUESTION, ("assistant", "The answer is ("))
    drive(send(talk).run)
    assert texts(talk)[-1][1].startswith("The answer is (")
    _use_model(talk, model)
    run = send(talk, anyway=True).run
    assert run is not None
    assert _sent(run)[-1].text == "The answer is ("


def _use_model(talk: object, model: str) -> None:
    history.apply(
        talk,
        history.head(talk).number,
        lambda script: editing.set_params(script, {"model": model}),
        summary="Set model",
        author=person(),
    )


def _sent(run: Run) -> list[Turn]:
    turns = Turn.objects.in_bulk(run.turns)
    return [turns[pk] for pk in run.turns]


def test_run_again_keeps_the_replies_of_one_place_together() -> None:
    talk = conversation(QUESTION)
    first = drive(send(talk).run)
    second = drive(send(talk).run)
    assert first.slot == second.slot
    assert len(texts(talk)) == 2


def test_continue_sends_the_reply_whole_and_adds_behind_it() -> None:
    talk = conversation(QUESTION, max_tokens=8)
    first = drive(send(talk).run)
    said = texts(talk)[-1][1]
    run = send(talk, whole=True).run
    assert run is not None
    assert _sent(run)[-1].text == said
    drive(run)
    turn = history.head(talk).load_turns()[-1][1]
    assert turn.text.startswith(said)
    assert [mark["run"] for mark in turn.segments] == [first.pk, run.pk]


def test_an_earlier_reply_can_be_used_again() -> None:
    talk = conversation(QUESTION)
    first = drive(send(talk).run)
    said = texts(talk)[-1]
    drive(send(talk).run)
    ends.use(first, person())
    assert texts(talk) == [QUESTION, said]


def test_a_page_that_has_not_seen_the_reply_does_not_take_it_away() -> None:
    talk = conversation(QUESTION)
    drive(send(talk).run)
    before = texts(talk)
    with pytest.raises(history.HeadMoved):
        send(talk, base=1)
    assert texts(talk) == before
    assert talk.runs.count() == 1


def test_stop_is_asked_once_and_only_of_live_runs() -> None:
    talk = conversation(QUESTION)
    run = send(talk).run
    assert run is not None
    sending.stop(run)
    assert drive(run).status == Run.Status.STOPPED
    stopped_at = run.stop_requested_at
    sending.stop(run)
    run.refresh_from_db()
    assert run.stop_requested_at == stopped_at


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_was_taken_back_says_nothing_about_the_next() -> None:
    talk = conversation(("user", "Hello"), ("assistant", "Well"))
    drive(send(talk).run)
    history.apply(
        talk,
        history.head(talk).number,
        lambda script: editing.set_params(script, {"max_tokens": 0, "stream": 1}),
        summary="Nonsense",
        author=person(),
    )
    assert send(talk).problems
    history.apply(
        talk,
        history.head(talk).number,
        lambda script: editing.append(script, editing.typed("user", "And?")),
        summary="Added",
        author=person(),
    )
    made = payload.outline(history.head(talk))
    assert [summary.role for summary in made.summaries] == ["user", "assistant", "user"]
