"""The Message Batches API, from creation to results."""

import json

import pytest

from playground.simulator import batches, workspaces
from playground.simulator.batches import Batches

from .asking import HEADERS, ask, assistant, body, fetch, user

URL = "/v1/messages/batches"


@pytest.fixture(autouse=True)
def clock() -> list[float]:
    """No batches, and a clock that is moved by hand."""
    workspaces.forget()
    now = [1_790_000_000.0]
    workspaces.of("any").batches = Batches(lambda: now[0])
    return now


def item(custom_id: str, **params) -> dict:
    return {"custom_id": custom_id, "params": body(user("Hello"), **params)}


def call(method: str, path: str, sent: object = None) -> tuple[int, dict]:
    raw = b"" if sent is None else json.dumps(sent).encode()
    status, _, answer = fetch(method, path, raw)
    return status, json.loads(answer)


def made(*items: dict) -> dict:
    status, batch = call("POST", URL, {"requests": list(items)})
    assert status == 200, batch
    return batch


def results(batch: dict) -> dict[str, dict]:
    status, headers, raw = fetch("GET", f"{URL}/{batch['id']}/results")
    assert status == 200, raw
    assert headers["content-type"] == "application/x-jsonl"
    lines = [json.loads(line) for line in raw.splitlines()]
    return {line["custom_id"]: line["result"] for line in lines}


def test_a_batch_begins_in_progress_and_ends(clock):
    batch = made(item("a"), item("b"))
    assert batch["processing_status"] == "in_progress"
    assert batch["request_counts"]["processing"] == 2
    assert (batch["ended_at"], batch["results_url"]) == (None, None)
    clock[0] += batches.LASTS
    _, ended = call("GET", f"{URL}/{batch['id']}")
    assert ended["processing_status"] == "ended"
    assert ended["request_counts"]["succeeded"] == 2
    assert ended["results_url"].endswith(f"{URL}/{batch['id']}/results")
    assert ended["ended_at"] > ended["created_at"]


def test_results_are_messages_and_errors(clock):
    batch = made(item("good"), item("bad", model="claude-x"), item("s", stream=True))
    clock[0] += batches.LASTS
    found = results(batch)
    assert found["good"]["message"]["usage"]["service_tier"] == "batch"
    assert found["bad"]["error"]["error"]["type"] == "not_found_error"
    assert found["s"]["type"] == "errored"
    counts = call("GET", f"{URL}/{batch['id']}")[1]["request_counts"]
    assert (counts["succeeded"], counts["errored"], counts["processing"]) == (1, 2, 0)


@pytest.mark.parametrize("params", [{"max_tokens": 0}, {"speed": "fast"}])
def test_what_a_batch_does_not_take_is_an_errored_line(clock, params):
    batch = made(item("a", **params))
    clock[0] += batches.LASTS
    assert results(batch)["a"]["type"] == "errored"


@pytest.mark.parametrize(
    ("thinking", "ends"),
    [
        ({"type": "adaptive"}, "succeeded"),
        (
            {
                "type": "adaptive",
                "block_binding": {"prefix_mismatch_behavior": "error"},
            },
            "errored",
        ),
    ],
)
def test_a_batch_drops_thinking_of_an_edited_history(clock, thinking, ends):
    asked = {"model": "claude-opus-5-5", "max_tokens": 2000}
    reply = ask(user("Hello"), **asked)["content"]
    turns = [user("Edited"), assistant(reply), user("Go on")]
    params = body(*turns, thinking=thinking, **asked)
    sent = {"requests": [{"custom_id": "a", "params": params}]}
    beta = {"anthropic-beta": "thinking-binding-controls-2026-08-01"}
    raw = json.dumps(sent).encode()
    batch = json.loads(fetch("POST", URL, raw, {**HEADERS, **beta})[2])
    clock[0] += batches.LASTS
    assert results(batch)["a"]["type"] == ends


def test_a_canceled_batch_ends_without_answers(clock):
    batch = made(item("a"))
    _, canceling = call("POST", f"{URL}/{batch['id']}/cancel")
    assert canceling["processing_status"] == "canceling"
    assert canceling["cancel_initiated_at"]
    clock[0] += batches.CANCELS
    assert results(batch) == {"a": {"type": "canceled"}}
    assert call("POST", f"{URL}/{batch['id']}/cancel")[0] == 400


def test_only_what_has_ended_has_results_and_can_be_deleted(clock):
    batch = made(item("a"))
    assert call("GET", f"{URL}/{batch['id']}/results")[0] == 404
    assert call("DELETE", f"{URL}/{batch['id']}")[0] == 400
    clock[0] += batches.LASTS
    deleted = {"id": batch["id"], "type": "message_batch_deleted"}
    assert call("DELETE", f"{URL}/{batch['id']}") == (200, deleted)
    assert call("GET", f"{URL}/{batch['id']}")[0] == 404


def test_the_list_has_pages_newest_first():
    ids = [made(item("a"))["id"] for _ in range(3)]
    _, first = call("GET", f"{URL}?limit=2")
    assert [each["id"] for each in first["data"]] == [ids[2], ids[1]]
    assert first["has_more"]
    _, last = call("GET", f"{URL}?after_id={first['last_id']}")
    assert [each["id"] for each in last["data"]] == [ids[0]]
    assert not last["has_more"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "requests: Field required"),
        ({"requests": 5}, "valid list"),
        ({"requests": []}, "at least 1 item"),
        ({"requests": [5]}, "requests.0: Input"),
        ({"requests": [{"custom_id": "a b", "params": {}}]}, "requests.0.custom_id"),
        ({"requests": [{"custom_id": "a"}]}, "requests.0.params"),
        ({"requests": [{"custom_id": "a", "params": {}}] * 2}, "not unique"),
        ({"requests": [{"custom_id": "a", "params": {}, "x": 1}]}, "requests.0.x"),
        ({"requests": [{"custom_id": "a", "params": {}}], "x": 1}, "x: Extra"),
    ],
)
def test_an_unsound_list_is_refused_as_a_whole(sent, words):
    status, refused = call("POST", URL, sent)
    assert status == 400
    assert words in refused["error"]["message"]


def test_what_is_in_a_request_is_not_looked_at_before_its_time():
    assert made({"custom_id": "a", "params": {"nonsense": 1}})["id"]


def test_the_oldest_that_has_ended_makes_room(clock, monkeypatch):
    monkeypatch.setattr(batches, "MAX_BATCHES", 2)
    first, second = made(item("a")), made(item("b"))
    assert call("POST", URL, {"requests": [item("c")]})[0] == 400
    clock[0] += batches.LASTS
    call("GET", URL)
    made(item("c"))
    assert call("GET", f"{URL}/{first['id']}")[0] == 404
    assert call("GET", f"{URL}/{second['id']}")[0] == 200
