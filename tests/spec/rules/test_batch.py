"""Batches: what refuses the whole, and what only an item."""

from typing import Any

import pytest

from playground.spec.rules import batch, check_batch, check_body
from tests.spec.bodies import HAIKU, OLD_HAIKU, SIX, assistant, body, user
from tests.spec.rules.case import TODAY

FABLE = "claude-fable-5-2"


def item(name: str = "a", **params: Any) -> dict[str, Any]:
    return {"custom_id": name, "params": body(model=HAIKU, **params)}


def said(*requests: Any, **more: Any) -> list[tuple[str, str]]:
    found = check_batch(list(requests), {}, today=TODAY, **more)
    return [(p.path, p.api_message) for p in found]


def test_a_sound_batch_has_no_problems():
    assert said(item("a"), item("b")) == []


@pytest.mark.parametrize("name", ["", "a b", "ä", "x" * 65, 5])
def test_a_custom_id_has_a_pattern(name: Any):
    assert said(item("a"), item(name)) == [
        (
            "requests.1.custom_id",
            "requests.1.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
        )
    ]


@pytest.mark.parametrize(
    ("model", "limit"),
    [(HAIKU, 300_000), (SIX, 300_000), (OLD_HAIKU, 64_000), (FABLE, 128_000)],
)
def test_a_beta_lets_answers_in_a_batch_be_longer(model: str, limit: int):
    headers = {"anthropic-beta": "output-300k-2026-03-24"}

    def rules_of(max_tokens: int) -> list[str]:
        asked = {**item()["params"], "model": model, "max_tokens": max_tokens}
        items = [{"custom_id": "a", "params": asked}]
        found = check_batch(items, headers, today=TODAY)
        return [problem.rule for problem in found if problem.severity == "error"]

    assert rules_of(limit) == []
    assert rules_of(limit + 1) == ["max_tokens_over_limit"]
    alone = check_body(body(model=model, max_tokens=limit), headers, today=TODAY)
    assert any(p.rule == "max_tokens_over_limit" for p in alone) is (limit == 300_000)


def test_a_custom_id_is_unique():
    assert [path for path, _ in said(item("a"), item("a"))] == ["requests.1.custom_id"]


def test_a_batch_is_a_list_of_objects_and_not_empty():
    assert check_batch("x", {})[0].rule == "batch_shape"
    assert check_batch([], {})[0].rule == "batch_empty"
    assert said(5)[0][0] == "requests.0"
    assert [path for path, _ in said({})] == [
        "requests.0.custom_id",
        "requests.0.params",
    ]


def test_a_batch_is_neither_too_long_nor_too_large():
    many = [{"custom_id": str(i), "params": {}} for i in range(100_001)]
    assert [p.rule for p in batch.submission(many)] == ["batch_too_long"]
    assert [p.rule for p in batch.submission(many[1:])] == []
    assert check_batch([item()], {}, size=256 * 1024**2 + 1, today=TODAY)[0].status == (
        413
    )


@pytest.mark.parametrize(
    ("params", "key"),
    [({"stream": True}, "stream"), ({"max_tokens": 0}, "max_tokens")],
)
def test_an_item_neither_streams_nor_warms_a_cache(params: dict, key: str):
    assert [path for path, _ in said(item(**params))] == [f"requests.0.params.{key}"]
    assert said(item()) == []


def test_an_item_has_no_speed():
    assert said(item(speed="standard"))[0] == (
        "requests.0.params.speed",
        "speed: not supported in batches",
    )


def test_the_rules_hold_for_every_item():
    bad = {"custom_id": "b", "params": body(user("x"), assistant("{"), model=HAIKU)}
    assert [path for path, _ in said(item(), bad)] == ["requests.1.params.messages.1"]
