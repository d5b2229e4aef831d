"""Porting: from every model of the catalog to every other, with everything in it."""

import itertools
from typing import Any

import pytest

from playground.spec import catalog, porting
from playground.spec.catalog import MODELS, Model
from playground.spec.porting import Ported, port
from playground.spec.rules import check_body
from tests.spec.bodies import (
    HAIKU,
    OLD_HAIKU,
    OPUS,
    SIX,
    SONNET,
    TEXT,
    assistant,
    body,
    call,
    png,
    result,
    system,
    text,
    tool,
    upload,
    user,
)
from tests.spec.rules.case import TODAY

THOUGHT = {"type": "thinking", "thinking": "hm", "signature": "x"}
HOUR = {"type": "ephemeral", "ttl": "1h"}
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
PAIRS = list(itertools.permutations(MODELS, 2))


def everything(model: Model) -> dict[str, Any]:
    """A conversation that uses all that differs between models, and their setting."""
    thinking: dict[str, Any] = {"type": "adaptive", "display": "summarized"}
    if "adaptive" not in model.thinking:
        thinking = {"type": "enabled", "budget_tokens": 2000}
    exact = {"transformations": {"oversized_image": "error"}}
    return body(
        user({**upload(2576, 1449), **exact}, png(), text("Look", cache_control=HOUR)),
        assistant(THOUGHT, TEXT, call()),
        user(result(content=[png()]), text("And?")),
        assistant(THOUGHT, TEXT),
        user("Go on"),
        system("Be brief."),
        assistant('{"a": "'),
        model=model.id,
        system=[text("You are helpful.", cache_control=HOUR)],
        tools=[tool(strict=True, input_schema=SCHEMA), tool("sub")],
        tool_choice={"type": "tool", "name": "add"},
        thinking=thinking,
        output_config={
            "effort": "max",
            "format": {"type": "json_schema", "schema": SCHEMA},
        },
        max_tokens=model.max_output,
        stop_sequences=["}"],
        cache_control={"type": "ephemeral"},
        temperature=0.5,
        inference_geo="us",
        speed="fast",
    )


def refused(ported: Ported) -> list[str]:
    found = check_body(ported.body, {}, today=TODAY)
    return [
        f"{p.rule} {p.path}"
        for p in found
        if p.severity == "error" and p.rule != "unavailable_model"
    ]


@pytest.mark.parametrize(("source", "target"), PAIRS, ids="-".join)
def test_what_is_ported_has_no_errors(source: str, target: str):
    given = everything(catalog.get(source))
    ported = port(given, target, today=TODAY)
    assert ported.body["model"] == target
    assert refused(ported) == []
    assert all(change.explanation for change in ported.changes)


@pytest.mark.parametrize(
    "kind", [None, "adaptive", "enabled", "disabled", "between_tools"]
)
@pytest.mark.parametrize("loop", [True, False])
def test_thinking_of_every_kind_can_be_taken_to_every_model(kind: Any, loop: bool):
    talk = [user("x"), assistant(THOUGHT, call()), user(result())]
    thinking = {"type": kind} if kind else None
    if kind == "enabled":
        thinking = {"type": kind, "budget_tokens": 1024}
    for source, target in itertools.product((SIX, SONNET, OLD_HAIKU, HAIKU), MODELS):
        given = body(
            *(talk if loop else talk[:1]),
            model=source,
            thinking=thinking,
            tools=[tool()],
            output_config={"effort": "xhigh"},
        )
        assert refused(port(given, target, today=TODAY)) == []


def test_a_plain_conversation_is_left_alone():
    given = body(user("x"), assistant("y"), user("z"))
    ported = port(given, SONNET)
    assert ported.body == {**given, "model": SONNET}
    assert all(
        a is b for a, b in zip(given["messages"], ported.body["messages"], strict=True)
    )


def test_the_body_stays_as_it_is():
    given = everything(catalog.get(OLD_HAIKU))
    port(given, OPUS)
    assert given == everything(catalog.get(OLD_HAIKU))


def test_a_turn_is_read_anew_only_when_a_fix_has_changed_it(monkeypatch):
    read: list[Any] = []
    summarise = porting.summarise
    monkeypatch.setattr(
        porting, "summarise", lambda turn: read.append(turn) or summarise(turn)
    )
    turns = [assistant(text("y"), text("")) for _ in range(20)]
    ported = port(body(*turns, user("x")), SONNET, today=TODAY)
    assert refused(ported) == []
    assert len(read) == 21 + 20


def test_a_budget_becomes_an_effort_and_back():
    given = body(
        model=SIX, thinking={"type": "enabled", "budget_tokens": 3000}, max_tokens=9000
    )
    newer = port(given, OPUS).body
    assert (newer["thinking"], newer["output_config"]) == (
        {"type": "adaptive"},
        {"effort": "low"},
    )
    older = port(newer, OLD_HAIKU).body
    assert older["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert "output_config" not in older


def test_a_prefill_becomes_an_instruction_and_is_explained():
    given = body(user("x"), assistant("{"), model=OLD_HAIKU)
    ported = port(given, OPUS)
    assert ported.body["messages"][-1]["role"] == "user"
    assert "messages.1" in [change.path for change in ported.changes]


def test_a_change_of_tokenizer_and_of_silent_thinking_is_noted():
    notes = [c.path for c in port(body(model=SIX), OPUS).changes if not c.made]
    assert notes == ["model", "thinking", "output_config.effort"]


def test_the_prefill_stays_where_it_is_taken():
    given = body(user("x"), assistant("{"), model=OLD_HAIKU)
    assert port(given, "claude-opus-4-5").body["messages"] == given["messages"]
