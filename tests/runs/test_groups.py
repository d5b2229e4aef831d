"""Several runs of one request: what is made, what waits, what never moves the head."""

from typing import Any

import pytest

from conversations import editing, history, segments
from conversations.editing import Draft, Script
from conversations.history import HeadMoved
from conversations.models import Conversation, Run, Turn
from playground.payload import refusals
from playground.runs import ends, groups, sending
from playground.runs.groups import Column, Sent
from playground.runs.sending import AlreadyRunning

from .talking import HAIKU, conversation, drive, person, send, texts

pytestmark = pytest.mark.django_db

QUESTION = ("user", "What is the Latin word for ant? drill: vary")
REFUSING = {"model": "claude-opus-5-5", "max_tokens": 1024}


def times(talk: Conversation, count: int = 3, **options: Any) -> Sent:
    options.setdefault("base", history.head(talk).number)
    options.setdefault("send_key", "once")
    return groups.run_times(talk, person(), count, **options)


def compare(talk: Conversation, *columns: Column, **options: Any) -> Sent:
    options.setdefault("base", history.head(talk).number)
    options.setdefault("send_key", "once")
    return groups.compare(talk, person(), columns, **options)


def test_run_times_makes_a_group_of_pending_runs_at_one_slot() -> None:
    sent = times(conversation(QUESTION))
    assert [run.position for run in sent.runs] == [1, 2, 3]
    assert {run.status for run in sent.runs} == {Run.Status.PENDING}
    assert {run.group for run in sent.runs} == {sent.group}
    assert len({run.slot for run in sent.runs}) == 1


def test_a_double_click_is_one_group() -> None:
    talk = conversation(QUESTION)
    first, second = times(talk, send_key="k"), times(talk, send_key="k")
    assert second.group == first.group
    assert list(second.runs) == list(first.runs)
    assert talk.runs.count() == 3


def test_what_is_open_is_committed_before_it_is_sent() -> None:
    talk = conversation()
    sent = times(
        talk,
        operation=lambda script: editing.append(script, editing.typed(*QUESTION)),
        summary="Added user turn",
    )
    assert texts(talk) == [QUESTION]
    assert all(run.turns == sent.runs[0].turns != [] for run in sent.runs)


def test_a_refused_group_keeps_the_commit_and_sends_nothing() -> None:
    talk = conversation(QUESTION, ("assistant", "It is"), **REFUSING)
    sent = times(talk)
    assert sent.runs == []
    assert sent.problems[0][0].path == "messages.1"
    assert len(times(talk, anyway=True).runs) == 3


def test_replies_of_a_group_wait_and_never_move_the_head() -> None:
    talk = conversation(QUESTION)
    for run in times(talk).runs:
        assert drive(run).status == Run.Status.DONE
    assert texts(talk) == [QUESTION]


def test_a_reply_of_a_group_can_be_used_and_undone() -> None:
    talk = conversation(QUESTION)
    runs = [drive(run) for run in times(talk).runs]
    ends.use(runs[1], person())
    assert texts(talk)[-1] == ("assistant", runs[1].content[0]["text"])
    history.undo(talk, history.head(talk).number)
    assert texts(talk) == [QUESTION]


def test_the_reply_at_the_end_stays_and_is_not_sent() -> None:
    talk = conversation(QUESTION)
    first = drive(send(talk).run)
    before = history.head(talk)
    sent = times(talk)
    assert history.head(talk) == before
    assert [run.slot for run in sent.runs] == [first.slot] * 3
    assert all(run.turns == first.turns for run in sent.runs)


def test_the_typed_part_of_a_continued_prefill_is_what_is_sent() -> None:
    talk = conversation(QUESTION, ("assistant", "The answer is ("))
    first = drive(send(talk).run)
    said = texts(talk)
    sent = times(talk)
    assert texts(talk) == said
    assert all(run.turns == first.turns and run.continues for run in sent.runs)
    drive(sent.runs[0])
    ends.use(Run.objects.get(pk=sent.runs[0].pk), person())
    assert texts(talk)[-1][1].startswith("The answer is (")


def test_the_typed_part_is_found_where_no_run_here_has_sent_it() -> None:
    reply = Draft(
        "assistant",
        [{"type": "text", "text": "It is Formica."}],
        [segments.begin((0, 0), None), segments.begin((0, 5), 1)],
    )
    script = editing.append(Script((), HAIKU), editing.typed(*QUESTION))
    script = editing.append(script, reply)
    talk = history.begin(person(), script, endpoint="simulator")
    sent = times(talk)
    assert texts(talk)[-1][1] == "It is Formica."
    assert Turn.objects.get(pk=sent.runs[0].turns[-1]).text == "It is"


def test_columns_are_sent_by_value_with_their_own_params() -> None:
    talk = conversation(QUESTION)
    sent = compare(
        talk, Column(HAIKU), Column({**HAIKU, "max_tokens": 5, "system": "Terse."})
    )
    assert [run.params["max_tokens"] for run in sent.runs] == [1024, 5]
    assert sent.runs[1].params["system"] == "Terse."
    assert len({run.slot for run in sent.runs}) == 1
    assert history.head(talk).params == HAIKU


def test_a_refused_column_is_left_out_and_its_number_stays_free() -> None:
    talk = conversation(QUESTION, ("assistant", "It is"))
    sent = compare(talk, Column(REFUSING), Column(HAIKU))
    assert [run.position for run in sent.runs] == [2]
    assert [bool(refusals(found)) for found in sent.problems] == [True, False]


def test_a_refused_column_goes_anyway_when_asked() -> None:
    talk = conversation(QUESTION, ("assistant", "It is"))
    sent = compare(talk, Column(REFUSING, anyway=True), Column(HAIKU))
    assert [drive(run).status for run in sent.runs] == ["failed", "done"]


def test_a_comparison_of_what_nobody_sees_any_more_is_refused() -> None:
    talk = conversation(QUESTION)
    drive(send(talk).run)
    with pytest.raises(HeadMoved):
        compare(talk, Column(HAIKU), base=1)


def test_one_run_of_a_group_can_be_sent_again_at_its_place() -> None:
    talk = conversation(QUESTION)
    first = times(talk).runs[1]
    sending.stop(first)
    drive(first)
    fresh = groups.again(first, person(), "again")
    assert (fresh.position, fresh.slot, fresh.params) == (2, first.slot, first.params)
    assert groups.again(first, person(), "again") == fresh
    with pytest.raises(AlreadyRunning) as refused:
        groups.again(first, person(), "twice")
    assert refused.value.run == fresh


def test_what_was_overridden_is_known_when_it_is_sent_again() -> None:
    first = times(conversation(QUESTION, extra_body={"max_tokens": 9})).runs[0]
    sending.stop(first)
    drive(first)
    fresh = groups.again(first, person(), "again")
    assert fresh.override == first.override == {"max_tokens": 9}


def test_stop_ends_all_runs_of_the_group_and_no_other() -> None:
    talk = conversation(QUESTION)
    single = send(talk).run
    sent = times(talk)
    groups.stop(talk, sent.group)
    assert {drive(run).status for run in sent.runs} == {Run.Status.STOPPED}
    assert drive(single).status == Run.Status.DONE


def test_replies_to_one_turn_share_a_slot_though_a_setting_changed_between() -> None:
    talk = conversation(QUESTION)
    first = times(talk).runs[0]
    history.apply(
        talk,
        history.head(talk).number,
        lambda script: editing.set_params(script, {"max_tokens": 9}),
        summary="Max tokens 9",
        author=person(),
    )
    assert send(talk).run.slot == first.slot  # type: ignore[union-attr]
    assert times(talk, send_key="later").runs[0].slot == first.slot
