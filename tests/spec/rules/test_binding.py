"""Thinking that comes back: what the keeper of a turn tells of it, and what follows."""

from dataclasses import replace
from typing import Any

import pytest

from playground.spec.rules import Problem, check, summarise
from tests.spec.bodies import (
    OLD_HAIKU,
    OPUS,
    TEXT,
    assistant,
    call,
    result,
    tool,
    user,
)
from tests.spec.rules.case import TODAY

THOUGHT = {"type": "thinking", "thinking": "", "signature": "x"}
MISMATCH = 'messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
BETA = {"anthropic-beta": "thinking-binding-controls-2026-08-01"}


def told(
    model: str, thinking: Any = None, *, batched: bool = False, **facts: Any
) -> list[Problem]:
    """The problems of a conversation whose thinking has a history."""
    talk = [user("a"), assistant(THOUGHT, TEXT), user("b")]
    summaries = [summarise(message) for message in talk]
    summaries[1] = replace(summaries[1], **facts)
    params = {"model": model, "max_tokens": 4096}
    if thinking:
        params["thinking"] = thinking
    return check(params, BETA, summaries, today=TODAY, batched=batched)


def test_nothing_is_said_of_thinking_that_nobody_tells_of():
    assert told("claude-fable-5-2") == []
    assert told("claude-fable-5-2", bound="intact") == []


@pytest.mark.parametrize(
    ("model", "severity"),
    [("claude-fable-5-2", "error"), (OPUS, "warning"), ("claude-opus-5", None)],
)
def test_an_edit_before_bound_thinking_is_refused_by_some(model: str, severity: str):
    found = told(model, bound="moved")
    said = [(p.path, p.severity, p.api_message) for p in found]
    assert said == ([("messages.1.content.0", severity, MISMATCH)] if severity else [])


def test_what_is_asked_for_decides_between_an_error_and_a_dropped_block():
    def asking(behaviour: str) -> list[str]:
        binding = {"prefix_mismatch_behavior": behaviour}
        thinking = {"type": "adaptive", "block_binding": binding}
        return [p.severity for p in told(OPUS, thinking, bound="moved")]

    assert asking("error") == ["error"]
    assert asking("drop_block") == ["note"]


def test_a_batch_drops_bound_thinking_unless_told_otherwise():
    found = told("claude-fable-5-2", batched=True, bound="moved")
    assert [p.severity for p in found] == ["note"]


def test_thinking_that_was_changed_is_refused_everywhere():
    problem = told("claude-opus-5", bound="altered")[0]
    assert problem.severity == "error"
    assert problem.api_message == (
        "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest "
        "assistant message cannot be modified. These blocks must remain as they were "
        "in the original response."
    )
    assert [fix.name for fix in problem.fixes] == [
        "drop_thinking_from",
        "remove_thinking",
    ]


@pytest.mark.parametrize(
    ("model", "maker", "severity"),
    [
        (OPUS, "claude-fable-5", "note"),
        (OPUS, "claude-fable-5-2", "warning"),
        ("claude-mythos-5-2", "claude-fable-5-2", None),
        ("claude-sonnet-5-5", "claude-opus-5", "warning"),
        ("claude-sonnet-5-5", "claude-haiku-5-5", "note"),
        ("claude-sonnet-5-5", "claude-opus-4-8", None),
        ("claude-sonnet-5-5", "claude-sonnet-5", None),
        (OPUS, OPUS, None),
    ],
)
def test_thinking_of_another_model_is_left_out_silently(
    model: str, maker: str, severity: str | None
):
    found = told(model, made_by=maker)
    left_out = [p for p in found if p.rule == "thinking_of_other_model"]
    assert [p.severity for p in left_out] == ([severity] if severity else [])


def test_what_a_model_cannot_read_is_not_refused_for_what_stands_before_it():
    found = told("claude-sonnet-5-5", made_by="claude-opus-5", bound="moved")
    assert [p.rule for p in found] == ["thinking_of_other_model"]


def test_thinking_that_another_endpoint_signed_is_refused():
    problem = told("claude-opus-5", bound="elsewhere")[0]
    said = "messages.1.content.0: Invalid `signature` in `thinking` block"
    assert (problem.severity, problem.api_message) == ("error", said)


@pytest.mark.parametrize(
    ("model", "maker", "more"),
    [(OPUS, OLD_HAIKU, "more"), (OLD_HAIKU, OPUS, "fewer")],
)
def test_a_model_of_another_tokenizer_counts_otherwise(
    model: str, maker: str, more: str
):
    params = {"model": model, "max_tokens": 4096}
    written = replace(summarise(assistant("b")), made_by=maker)
    summaries = [summarise(user("a")), written, summarise(user("c"))]
    [problem] = [
        p
        for p in check(params, {}, summaries, today=TODAY)
        if p.rule == "tokenizer_changed"
    ]
    assert (problem.path, problem.severity) == ("model", "note")
    assert f"30 % {more} tokens" in problem.explanation


def test_a_finished_tool_loop_needs_no_thinking_in_front():
    talk = [user("x"), assistant(call()), user(result()), assistant("ok"), user("y")]
    params = {
        "model": OLD_HAIKU,
        "max_tokens": 4096,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "tools": [tool()],
    }
    found = check(params, {}, [summarise(m) for m in talk], today=TODAY)
    assert [p for p in found if p.severity == "error"] == []
