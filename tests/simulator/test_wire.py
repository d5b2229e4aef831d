"""The shape of everything that goes over the wire, beside the real thing."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from playground.claude.sse import Splitter

from .asking import HEADERS, ask, body, fetch, refusal, user

SHARED = Path(settings.BASE_DIR).parent / "shared"
RECORDED = SHARED / "recorded/exchanges"
MALFORMED = SHARED / "corpora/json/jsontestsuite"
THINKING = (
    "0xPlaygrounds__rig--raw_stream_capture_matrix"
    "__terminal_raw_round_trips_for_thinking_stream.00.json"
)
TOOL_USE = (
    "0xPlaygrounds__rig--messages_tool_args__zero_argument_tool_use_streaming.00.json"
)
needs_recordings = pytest.mark.skipif(
    not RECORDED.exists(), reason="no recorded exchanges beside the project"
)
SHOWN = {"type": "enabled", "budget_tokens": 1024}
TOOL = {"name": "ping", "input_schema": {"type": "object", "properties": {}}}


def streamed(**params: object) -> list[tuple[str, dict]]:
    sent = json.dumps(body(user("Please ping"), stream=True, **params)).encode()
    status, headers, raw = fetch("POST", "/v1/messages", sent)
    assert status == 200, raw
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    return [(name, json.loads(data)) for name, data in Splitter().feed(raw)]


def recorded(name: str) -> list[tuple[str, dict]]:
    found = json.loads((RECORDED / name).read_text("utf-8"))
    return [(each["event"], each["data"]) for each in found["sse_events"]]


def keys(value: object) -> object:
    """The keys of objects within objects; what stands under them does not matter."""
    if isinstance(value, dict):
        # Input, ids and the like are data, not shape.
        return {k: None if k == "input" else keys(v) for k, v in value.items()}
    return None


def shapes(events: list[tuple[str, dict]]) -> list[object]:
    """Each kind of event in order, once for a run of equal ones."""
    found: list[object] = []
    for name, data in events:
        shape = (name, keys(data))
        if not found or found[-1] != shape:
            found.append(shape)
    return found


@needs_recordings
def test_a_thinking_stream_has_the_recorded_events_and_keys():
    ours = streamed(max_tokens=2000, thinking=SHOWN, model="claude-sonnet-4-6")
    assert shapes(ours) == shapes(recorded(THINKING))


@needs_recordings
def test_a_forced_tool_call_has_the_recorded_events_and_keys():
    ours = streamed(tools=[TOOL], tool_choice={"type": "any"})
    assert shapes(ours) == shapes(recorded(TOOL_USE))


@needs_recordings
def test_a_message_has_the_recorded_keys():
    name = (
        "0xPlaygrounds__rig--empty_end_turn"
        "__prompt_loop_accepts_empty_terminal_turn_after_tool_result.01.json"
    )
    real = json.loads((RECORDED / name).read_text("utf-8"))["body"]
    assert keys(ask(user("Hello"))) == keys(real)


@needs_recordings
def test_a_listed_model_has_at_least_the_recorded_keys():
    name = "0xPlaygrounds__rig--models__list_models_smoke.00.json"
    real = json.loads((RECORDED / name).read_text("utf-8"))["body"]
    _, _, raw = fetch("GET", "/v1/models")
    ours = json.loads(raw)
    assert set(real) <= set(ours)
    assert set(real["data"][0]) <= set(ours["data"][0])
    capabilities = ours["data"][0]["capabilities"]
    assert set(real["data"][0]["capabilities"]) <= set(capabilities)


def test_every_event_repeats_its_name():
    assert all(name == data["type"] for name, data in streamed())


def test_the_stream_has_the_order_of_the_grammar():
    events = streamed(model="claude-opus-5-5")
    names = [name for name, _ in events]
    assert names[:3] == ["message_start", "content_block_start", "ping"]
    assert names[-2:] == ["message_delta", "message_stop"]
    blocks = [data["index"] for name, data in events if name == "content_block_start"]
    ends = [data["index"] for name, data in events if name == "content_block_stop"]
    assert blocks == ends == [0, 1]


def test_the_last_counts_are_those_of_the_whole_message():
    events = streamed()
    final = next(data for name, data in events if name == "message_delta")
    whole = ask(user("Please ping"))["usage"]
    assert final["usage"]["output_tokens"] == whole["output_tokens"]
    assert events[0][1]["message"]["usage"]["input_tokens"] == whole["input_tokens"]


@pytest.mark.parametrize(
    ("model", "asked", "said"),
    [
        ("claude-opus-5-5", {}, {"inference_geo": "global"}),
        ("claude-haiku-4-5", {}, {"inference_geo": "not_available"}),
        (
            "claude-opus-5-5",
            {"speed": "fast", "inference_geo": "us"},
            {"speed": "fast", "inference_geo": "us"},
        ),
        (
            "claude-opus-4-6",
            {"speed": "fast"},
            {"speed": "standard", "inference_geo": "global"},
        ),
    ],
)
def test_the_usage_says_where_and_how_fast_it_ran(model, asked, said):
    used = ask(user("Hello"), model=model, **asked)["usage"]
    assert {k: used[k] for k in ("speed", "inference_geo") if k in used} == said


def test_a_stream_says_who_it_is_and_asks_not_to_be_kept():
    sent = json.dumps(body(user("Hi"), stream=True)).encode()
    _, headers, _ = fetch("POST", "/v1/messages", sent)
    assert headers["request-id"].startswith("req_")
    assert headers["cache-control"] == "no-cache"
    assert headers["anthropic-organization-id"]


@pytest.mark.skipif(not MALFORMED.exists(), reason="no JSON corpus beside the project")
def test_a_malformed_body_is_refused_with_the_envelope():
    for path in sorted(MALFORMED.glob("test_parsing/*.json")):
        status, kind, _ = refusal(path.read_bytes())
        assert (status, kind) == (400, "invalid_request_error"), path.name


@pytest.mark.skipif(not MALFORMED.exists(), reason="no JSON corpus beside the project")
def test_malformed_json_inside_a_request_never_breaks_the_simulator():
    start = b'{"model":"claude-haiku-4-5","max_tokens":5,"messages":[{"role":"user",'
    for path in sorted(MALFORMED.glob("test_parsing/*.json")):
        part = path.read_bytes()
        for rest in (b'"content":' + part, b'"content":"x"}],"tools":[{"name":' + part):
            status, _, raw = fetch("POST", "/v1/messages", start + rest + b"}]}")
            assert status in (200, 400), path.name
            json.loads(raw)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "not valid JSON"),
        (b"[1", "not valid JSON"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": 1e999}', "out of range"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'\xff{"a": 1}', "UTF-8"),
        (b"[" * 100_000, "too deeply"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "too deeply"),
        (b"[]", "dictionary"),
        (b"{}", "Field required"),
    ],
)
def test_what_is_wrong_with_a_body_is_said(sent, words):
    status, kind, message = refusal(sent)
    assert (status, kind) == (400, "invalid_request_error")
    assert words in message


@pytest.mark.parametrize("messages", [5, "x", None, {}, [5], [[]], [None]])
def test_messages_of_a_wrong_shape_are_refused(messages):
    sent = {**body(), "messages": messages}
    assert refusal(sent)[2].startswith("messages")


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in HEADERS.items() if key != name}


@pytest.mark.parametrize("key", ["", "Basic abc", "Bearer", "Bearer  "])
def test_without_a_key_nobody_is_answered(key):
    headers = {**HEADERS, "authorization": key}
    refused = (401, "authentication_error", "x-api-key header is required")
    assert refusal(body(user("Hi")), headers) == refused


@pytest.mark.parametrize("version", ["2023-01-01", "2023-06-01", "2026-10-21"])
def test_every_version_of_the_api_is_answered(version: str):
    headers = HEADERS | {"anthropic-version": version}
    assert fetch("GET", "/v1/models", b"", headers)[0] == 200


@pytest.mark.parametrize("version", ["2023-06-01", "2026-10-21"])
@pytest.mark.parametrize("key", [("authorization", "Bearer k"), ("x-api-key", "k")])
def test_a_plain_client_streams_with_either_key_under_either_version(version, key):
    headers = without("authorization") | {"anthropic-version": version, key[0]: key[1]}
    sent = json.dumps(body(user("Hi"), stream=True)).encode()
    status, told, raw = fetch("POST", "/v1/messages", sent, headers)
    assert (status, told["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert raw.startswith(b"event: message_start\n")
    assert raw.endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')


def test_either_way_of_giving_the_key_is_understood():
    headers = without("authorization") | {"X-Api-Key": "k"}
    assert fetch("GET", "/v1/models", b"", headers)[0] == 200
    assert fetch("GET", "/v1/models")[0] == 200


def test_a_request_needs_a_version():
    message = refusal(body(user("Hi")), without("anthropic-version"))[2]
    assert message == "anthropic-version: header is required"


@pytest.mark.parametrize(("version", "status"), [("2023-06-01", 200), ("2019-1", 400)])
def test_known_versions_are_understood(version, status):
    headers = {**HEADERS, "anthropic-version": version}
    assert fetch("GET", "/v1/models", b"", headers)[0] == status


def test_sampling_is_for_the_old_version_only():
    sent = body(user("Hi"), temperature=0.5)
    assert refusal(sent)[2] == "temperature: Extra inputs are not permitted"
    old = {**HEADERS, "anthropic-version": "2023-06-01"}
    assert fetch("POST", "/v1/messages", json.dumps(sent).encode(), old)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/messages", 405),
        ("POST", "/v1/models", 405),
        ("POST", "/v1/completes", 404),
        ("GET", "/", 404),
        ("GET", "/v1/models/claude-x", 404),
    ],
)
def test_what_is_not_there_is_refused_in_the_envelope(method, path, status):
    got, _, raw = fetch(method, path, b"{}")
    assert got == status
    assert json.loads(raw)["type"] == "error"


@pytest.mark.parametrize(
    ("beta", "status"),
    [
        ("invalid-beta-name", 400),
        ("files-api-2025-04-14", 200),
        ("new-2027-01-01", 200),
    ],
)
def test_a_beta_that_cannot_be_one_is_refused(beta: str, status: int):
    sent = json.dumps(body(user("Hello"))).encode()
    headers = {**HEADERS, "anthropic-beta": beta}
    assert fetch("POST", "/v1/messages", sent, headers)[0] == status


def test_an_unknown_model_is_not_found():
    sent = body(user("Hi"), model="claude-2.1")
    assert refusal(sent) == (404, "not_found_error", "model: claude-2.1")


def test_a_prefill_is_refused_by_a_model_without_it():
    sent = body(
        user("Hi"), {"role": "assistant", "content": "("}, model="claude-opus-5"
    )
    assert "does not support assistant message prefill" in refusal(sent)[2]


def test_over_32_megabytes_is_too_large():
    assert refusal(b" " * (32 * 1024 * 1024 + 1))[:2] == (413, "request_too_large")


def test_a_prompt_that_is_longer_than_the_window_is_refused_but_counted():
    sent = body(user("word " * 200_000))
    status, kind, message = refusal(sent)
    assert (status, kind) == (400, "invalid_request_error")
    raw = json.dumps(sent).encode()
    counted = json.loads(fetch("POST", "/v1/messages/count_tokens", raw)[2])
    said = f"prompt is too long: {counted['input_tokens']} tokens > 200000 maximum"
    assert message == said


def test_tokens_are_counted_without_a_limit():
    sent = body(user("Hello"))
    del sent["max_tokens"]
    _, _, raw = fetch("POST", "/v1/messages/count_tokens", json.dumps(sent).encode())
    assert json.loads(raw) == {
        "input_tokens": ask(user("Hello"))["usage"]["input_tokens"]
    }


def test_the_list_of_models_has_pages():
    _, _, raw = fetch("GET", "/v1/models?limit=2")
    first = json.loads(raw)
    assert (len(first["data"]), first["has_more"]) == (2, True)
    _, _, raw = fetch("GET", f"/v1/models?limit=1&after_id={first['first_id']}")
    assert json.loads(raw)["first_id"] == first["last_id"]
    _, _, raw = fetch("GET", f"/v1/models?limit=5&before_id={first['last_id']}")
    assert [each["id"] for each in json.loads(raw)["data"]] == [first["first_id"]]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1001", "after_id=x"])
def test_a_page_that_cannot_be_is_refused(query):
    assert fetch("GET", f"/v1/models?{query}")[0] == 400


def test_a_model_is_found_by_its_alias():
    _, _, raw = fetch("GET", "/v1/models/claude-haiku-4-5-20251001")
    assert json.loads(raw)["display_name"] == "Claude Haiku 4.5"


def test_the_old_completions_are_refused_in_the_recorded_words():
    sent = json.dumps({"model": "claude-haiku-4-5", "prompt": "Hi"}).encode()
    status, _, raw = fetch("POST", "/v1/complete", sent)
    assert (status, json.loads(raw)["error"]["message"]) == (
        400,
        '"claude-haiku-4-5" is not supported on this API. Please use the Messages API '
        "instead.",
    )
