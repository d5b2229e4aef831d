"""Fixes: shown as a difference, applied on a click, carried back to the turns."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import differences, diffing, editing
from conversations.editing import Script
from conversations.models import Conversation
from playground.editor import fixing, problems, proposals, screen
from playground.spec.rules import Fix, Problem
from tests import factories
from tests.spec.rules.case import Case
from tests.spec.rules.test_rules import CASES

from .conftest import head_of, texts

PREFILL = [("user", "Say {"), ("assistant", "{ ")]
BROKEN = [case for case in CASES if isinstance(case.bad, dict)]


def offered(conversation: Conversation) -> list[tuple[Problem, Fix]]:
    """Each fix button of the screen with its problem."""
    found = screen.of(conversation).found
    return [(problem, fix) for problem in found for fix in problem.fixes]


def key_of(conversation: Conversation, name: str) -> str:
    problem, fix = next(pair for pair in offered(conversation) if pair[1].name == name)
    return problems.key_of(problem, fix)


def saved(owner: User, body: dict[str, Any]) -> Conversation | None:
    """The body as a conversation; None for what no turns can hold."""
    messages = body.get("messages")
    rows = messages if isinstance(messages, list) else [None]
    if not all(
        isinstance(row, dict) and set(row) == {"role", "content"} for row in rows
    ):
        return None
    if not all(isinstance(row["content"], str | list) for row in rows):
        return None
    if '"image_ref"' in json.dumps(rows) or not all(r["role"] for r in rows):
        return None
    # The editor always streams, so no revision says it.
    params = {k: v for k, v in body.items() if k not in ("messages", "stream")}
    params |= {key: None for key in ("model", "max_tokens") if key not in params}
    turns = [(row["role"], row["content"]) for row in rows]
    try:
        return factories.create_conversation(owner=owner, turns=turns, params=params)
    except (AttributeError, TypeError):
        return None


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_every_fix_button_changes_something(anna: User, case: Case) -> None:
    made = saved(anna, case.bad)
    if made is None:
        pytest.skip("no turns hold this body")
    head = head_of(made)
    for problem, chosen in offered(made):
        change = fixing.fix(head, problem, chosen)
        before = Script.of(head)
        assert diffing.scripts(before, change.operation(before)), (problem.rule, chosen)


def test_pressing_a_fix_shows_its_difference_and_changes_nothing(
    post: Callable, anna: User
) -> None:
    made = factories.create_conversation(owner=anna, turns=PREFILL)
    answer = post("fix/", made, fix=key_of(made, "strip_trailing_whitespace"))
    shown = answer.content.decode()
    assert answer.headers["HX-Retarget"] == "#proposal"
    assert "Assistant turn 2" in shown
    assert "<del>" in shown
    assert head_of(made).number == 1


def test_apply_makes_the_change_that_was_shown(post: Callable, anna: User) -> None:
    made = factories.create_conversation(owner=anna, turns=PREFILL)
    key = key_of(made, "strip_trailing_whitespace")
    answer = post("fix/", made, fix=key, made_on=1, apply=1)
    assert "Done:" in answer.content.decode()
    assert texts(made) == ["Say {", "{"]
    assert "strip_trailing_whitespace" not in {fix.name for _, fix in offered(made)}


def test_without_scripts_a_fix_is_made_at_once(post: Callable, anna: User) -> None:
    made = factories.create_conversation(owner=anna, turns=PREFILL)
    key = key_of(made, "strip_trailing_whitespace")
    assert post("fix/", made, htmx=False, fix=key).status_code == 302
    assert texts(made) == ["Say {", "{"]


def test_a_fix_of_a_turn_that_was_changed_meanwhile_is_a_conflict(
    post: Callable, anna: User
) -> None:
    made = factories.create_conversation(owner=anna, turns=PREFILL)
    key = key_of(made, "strip_trailing_whitespace")
    post("turns/slot2/", made, text="[ ")
    answer = post("fix/", made, fix=key, made_on=1, apply=1)
    assert answer.status_code == 409
    assert texts(made) == ["Say {", "[ "]


def test_a_fix_follows_changes_elsewhere(post: Callable, anna: User) -> None:
    made = factories.create_conversation(owner=anna, turns=PREFILL)
    key = key_of(made, "strip_trailing_whitespace")
    post("turns/slot1/", made, text="Say [")
    assert post("fix/", made, fix=key, made_on=1, apply=1).status_code == 200
    assert texts(made) == ["Say [", "{"]


@pytest.mark.parametrize("made_on", ["x", "99"])
def test_a_fix_on_a_revision_that_is_not_there_is_404(
    post: Callable, made_on: str
) -> None:
    assert post("fix/", fix="[]", made_on=made_on).status_code == 404


def test_a_stranger_sees_no_fix(
    conversation: Conversation, browser_of: Callable[[User], Client]
) -> None:
    stranger = browser_of(factories.create_user())
    address = f"/c/{conversation.pk}/fix/"
    answer = stranger.post(address, {"fix": "[]"}, headers={"HX-Request": "true"})
    assert answer.status_code == 404


def test_a_system_turn_is_moved_without_another_turn_being_written(
    anna: User, post: Callable
) -> None:
    turns = [("system", "Be brief."), ("user", "One"), ("assistant", "Two")]
    params = {"model": "claude-opus-5-5"}
    made = factories.create_conversation(owner=anna, turns=turns, params=params)
    before = [entry.turn for entry in head_of(made).entries]
    key = key_of(made, "move_system_turn")
    post("fix/", made, fix=key, apply=1)
    first, second, third = before
    assert [entry.turn for entry in head_of(made).entries] == [second, first, third]


def test_a_fix_leaves_a_null_that_somebody_typed(post: Callable, anna: User) -> None:
    params = {"max_tokens": 10**9, "metadata": None}
    made = factories.create_conversation(owner=anna, params=params)
    key = next(
        problems.key_of(p, f) for p, f in offered(made) if p.path == "max_tokens"
    )
    post("fix/", made, fix=key, apply=1)
    assert head_of(made).params["metadata"] is None
    assert head_of(made).params["max_tokens"] < 10**9


def test_a_reply_at_the_end_is_not_touched_by_fixes_elsewhere(
    post: Callable, anna: User
) -> None:
    made = factories.create_conversation(owner=anna, params={"max_tokens": 10**9})
    factories.create_reply(conversation=made, text="Hello.")
    post("fix/", made, fix=key_of(made, "set_param"), apply=1)
    assert texts(made) == ["Hello", "Hello."]


def test_what_a_change_in_the_middle_breaks_is_said(anna: User) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "x"}
    marked = {"type": "text", "text": "End", "cache_control": {"type": "ephemeral"}}
    turns = [("user", " "), ("assistant", [thought, {"type": "text", "text": "Yes"}])]
    turns.append(("user", [marked]))
    made = factories.create_conversation(owner=anna, turns=turns)
    head = head_of(made)
    problem, chosen = next(
        p for p in offered(made) if p[0].path.startswith("messages.0")
    )
    proposal = proposals.of(head, fixing.fix(head, problem, chosen))
    assert {proposals.CACHED, proposals.BOUND} <= set(proposal.cautions)


def test_long_text_beside_a_change_is_cut(anna: User) -> None:
    turns = [("user", "Say {"), ("assistant", "word " * 10_000)]
    made = factories.create_conversation(owner=anna, turns=turns)
    head = head_of(made)
    change = fixing.fix(
        head, *next(p for p in offered(made) if p[1].name.startswith("strip"))
    )
    (part,) = differences.parts(proposals.of(head, change).difference)
    assert sum(len(piece.text) for piece in part.pieces) < 1000
    assert part.pieces[-1].text == "␣"


def test_what_one_fix_settles_for_many_images_is_said_once(
    annas: Client, anna: User
) -> None:
    images = [
        factories.create_image(owner=anna, shade=shade, width=2400, height=9)
        for shade in range(21)
    ]
    blocks = [editing.image_block(image.pk) for image in images]
    talk = factories.create_conversation(owner=anna, turns=[("user", blocks)])
    page = annas.get(f"/c/{talk.pk}/").content.decode()
    assert page.count("With more than 20 images") == 1
    assert "the same for 20 more" in page
