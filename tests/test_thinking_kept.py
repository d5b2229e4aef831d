"""Thinking of replies: what an edit does to it is known before sending.

The simulator makes and refuses it by its signatures, which the editor never reads.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from conversations import editing, history
from conversations.editing import Script
from conversations.models import Conversation, Run
from playground import payload
from playground.spec.rules import Problem

from .runs.talking import conversation, drive, person, send

OPUS = "claude-opus-5-5"
MOVED = "thinking_bound_elsewhere"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talk() -> Conversation:
    """A question, a reply that was thought, and the next question."""
    made = conversation(("user", "Why is the sky blue?"), model=OPUS, max_tokens=4096)
    drive(send(made).run)
    change(made, lambda s: editing.append(s, editing.typed("user", "And at night?")))
    return made


def change(talk: Conversation, operation: Callable[[Script], Script]) -> None:
    base = history.head(talk).number
    history.apply(talk, base, operation, summary="Edited", author=person())


def rewrite(talk: Conversation, n: int, text: str) -> None:
    """Type another text in place of turn `n`, counted from 0."""
    slot = history.head(talk).entries[n].slot
    change(talk, lambda s: editing.rewrite(s, slot, editing.typed("user", text)))


def set_params(talk: Conversation, **params: Any) -> None:
    change(talk, lambda s: Script(s.places, {**s.params, **params}))


def found(talk: Conversation) -> list[Problem]:
    talk.refresh_from_db()
    problems = payload.check(payload.outline(history.head(talk)))
    return [p for p in problems if "thinking" in p.rule]


def refusal(talk: Conversation) -> str:
    """What the simulator says of the head when it is sent anyway."""
    run = drive(send(talk, anyway=True).run)
    assert run.status == Run.Status.FAILED
    assert run.error
    return str(json.loads(run.error["body"])["error"]["message"])


def test_nothing_is_wrong_while_nothing_was_edited(talk: Conversation) -> None:
    assert found(talk) == []
    assert drive(send(talk).run).status == Run.Status.DONE


def test_an_edit_before_it_is_told_where_the_api_would_refuse(
    talk: Conversation,
) -> None:
    rewrite(talk, 0, "Why is the sea blue?")
    [problem] = found(talk)
    assert (problem.rule, problem.path) == (MOVED, "messages.1.content.0")
    assert refusal(talk).startswith(problem.api_message)


def test_undo_makes_it_good_again(talk: Conversation) -> None:
    rewrite(talk, 0, "Why is the sea blue?")
    history.undo(talk, history.head(talk).number)
    assert found(talk) == []


@pytest.mark.parametrize("params", [{"system": "Be brief."}, {"tools": [{}]}])
def test_system_prompt_and_tools_stand_before_it(
    talk: Conversation, params: dict[str, Any]
) -> None:
    set_params(talk, **params)
    assert [problem.rule for problem in found(talk)] == [MOVED]


@pytest.mark.parametrize(
    "params",
    [
        {"max_tokens": 2048},
        {"output_config": {"effort": "high"}},
        {"thinking": {"type": "adaptive", "display": "summarized"}},
    ],
)
def test_other_settings_do_not_touch_it(
    talk: Conversation, params: dict[str, Any]
) -> None:
    set_params(talk, **params)
    assert found(talk) == []
    assert drive(send(talk).run).status == Run.Status.DONE


def test_neither_does_a_cache_mark(talk: Conversation) -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    block = {"type": "text", "text": "Why is the sky blue?", **mark}
    slot = history.head(talk).entries[0].slot
    draft = editing.Draft("user", [block])
    change(talk, lambda s: editing.rewrite(s, slot, draft))
    assert found(talk) == []
    assert drive(send(talk).run).status == Run.Status.DONE


def test_thinking_of_the_simulator_does_not_hold_elsewhere(talk: Conversation) -> None:
    talk.endpoint = "anthropic"
    talk.save(update_fields=["endpoint"])
    [problem] = found(talk)
    assert (problem.rule, problem.severity) == ("thinking_from_elsewhere", "error")


def test_a_changed_signature_is_told_and_refused(talk: Conversation) -> None:
    entry, turn = history.head(talk).load_turns()[1]
    thought, *rest = turn.blocks
    forged = [{**thought, "thinking": "No.", "signature": "bm8="}, *rest]
    draft = editing.edited(turn, forged)
    change(talk, lambda s: editing.rewrite(s, entry.slot, draft))
    [problem] = found(talk)
    assert (problem.rule, problem.severity) == ("thinking_altered", "error")
    assert "`signature`" in refusal(talk)


def test_thinking_that_was_taken_away_is_missed_only_in_a_gap(
    talk: Conversation,
) -> None:
    drive(send(talk).run)
    change(talk, lambda s: editing.append(s, editing.typed("user", "And at noon?")))
    drive(send(talk).run)
    change(talk, lambda s: editing.append(s, editing.typed("user", "Thanks.")))
    without_thinking(talk, 1)
    assert found(talk) == []
    assert drive(send(talk).run).status == Run.Status.DONE
    history.undo(talk, history.head(talk).number)
    history.undo(talk, history.head(talk).number)
    without_thinking(talk, 3)
    [problem] = found(talk)
    assert (problem.rule, problem.path) == (MOVED, "messages.5.content.0")
    assert refusal(talk).startswith(problem.api_message)


def without_thinking(talk: Conversation, n: int) -> None:
    entry, turn = history.head(talk).load_turns()[n]
    draft = editing.edited(turn, turn.blocks[1:])
    change(talk, lambda s: editing.rewrite(s, entry.slot, draft))
