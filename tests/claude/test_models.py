"""The models of an endpoint: read page by page, learned, and never required."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import pytest
from asgiref.sync import async_to_sync

from playground.claude import client, models
from playground.claude.errors import Failure
from playground.simulator import listing
from playground.spec import catalog, listed
from playground.spec.rules import check_body
from tests.spec.bodies import assistant, body, user

from .wire import KEY, anthropic, serve

TODAY = date(2026, 11, 20)
NEW = {
    "type": "model",
    "id": "claude-sonnet-6",
    "display_name": "Claude Sonnet 6",
    "created_at": "2026-12-01T00:00:00Z",
    "lifecycle": "active",
    "line": "sonnet",
    "max_input_tokens": 2_000_000,
    "max_tokens": 256_000,
    "capabilities": {
        "effort": {"supported": True, "low": {"supported": True}},
        "structured_outputs": {"supported": False},
        "thinking": {"types": {"adaptive": {"supported": True}}},
    },
}


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    yield
    catalog.forget()


@async_to_sync
async def refresh() -> int:
    try:
        return await models.refresh(anthropic(), TODAY)
    finally:
        await client.close()


def answers(*pages: Any) -> Any:
    """Give these pages one after the other."""
    waiting = list(pages)
    return lambda request: httpx2.Response(200, json=waiting.pop(0))


def test_the_list_is_read_to_its_end(monkeypatch, settings):
    more = {"data": [NEW], "has_more": True, "last_id": "claude-sonnet-6"}
    rest = {"data": [{**NEW, "id": "claude-x"}, 5], "has_more": False}
    server = serve(monkeypatch, settings, answers(more, rest))
    assert refresh() == 2
    assert server.requests[1].url.params["after_id"] == "claude-sonnet-6"
    assert catalog.get("claude-x").learned


def test_a_new_model_has_its_limits_and_is_doubted_elsewhere(monkeypatch, settings):
    serve(monkeypatch, settings, answers({"data": [NEW]}))
    refresh()
    model = catalog.get("claude-sonnet-6")
    assert (model.context_window, model.max_output) == (2_000_000, 256_000)
    assert (model.efforts, model.structured_outputs) == (("low",), False)
    tried = body(user("x"), assistant("{"), model="claude-sonnet-6")
    problems = check_body(tried, {}, today=TODAY)
    assert "error" not in {problem.severity for problem in problems}
    assert "prefill_unsupported" in {problem.rule for problem in problems}


def test_the_list_overrides_the_table_for_what_it_tells():
    before = catalog.get("claude-opus-5-5")
    told = {**NEW, "id": before.id, "lifecycle": "deprecated", "max_tokens": 5}
    told["retires_at"] = "2027-01-31T00:00:00Z"
    row = listed.model(told, TODAY)
    assert row is not None
    assert (row.max_output, row.retires) == (5, date(2027, 1, 31))
    assert (row.price, row.prefill, row.name) == (
        before.price,
        before.prefill,
        before.name,
    )


@pytest.mark.parametrize(
    ("lifecycle", "retires", "is_retired"),
    [
        ("retired", None, True),
        ("retired", "2027-05-01T00:00:00Z", True),
        ("deprecated", "2026-01-01T00:00:00Z", False),
        ("active", None, False),
    ],
)
def test_the_lifecycle_alone_tells_what_is_retired(lifecycle, retires, is_retired):
    row = listed.model({**NEW, "lifecycle": lifecycle, "retires_at": retires}, TODAY)
    assert row is not None
    assert catalog.is_retired(row, TODAY) is is_retired


def test_the_simulators_own_list_changes_nothing_that_it_tells():
    for model in list(catalog.MODELS.values()):
        row = listed.model(listing.info(model, TODAY), TODAY)
        assert row is not None
        assert (row.thinking, row.efforts) == (model.thinking, model.efforts)
        assert (row.context_window, row.max_output, row.structured_outputs) == (
            model.context_window,
            model.max_output,
            model.structured_outputs,
        )


@pytest.mark.parametrize("info", [None, 5, {}, {"id": 5}, [], "x"])
def test_what_describes_no_model_is_left_out(info):
    assert listed.model(info, TODAY) is None


def test_nonsense_in_a_list_is_left_out():
    odd = {"max_tokens": True, "max_input_tokens": -1, "capabilities": [], "line": 7}
    row = listed.model({"id": "claude-y", "created_at": "soon", **odd}, TODAY)
    assert row == listed.model({"id": "claude-y"}, TODAY)


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(401, json={"error": {"type": "x", "message": KEY}}),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json={"data": 5}),
        httpx2.ConnectError("no"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_failure_without_our_key(
    monkeypatch, settings, answer
):
    serve(monkeypatch, settings, lambda request: answer)
    with pytest.raises(Failure) as caught:
        refresh()
    assert KEY not in str(caught.value) + caught.value.body
    assert not any(model.learned for model in catalog.MODELS.values())
