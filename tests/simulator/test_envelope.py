"""What goes with every answer: limits, versions, details, encodings, request ids."""

import gzip
import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from playground.simulator import engine, workspaces
from playground.simulator.answers import answer
from playground.simulator.limits import Meter
from playground.simulator.request import read

from .asking import HEADERS, body, fetch, user

RECORDED = Path(settings.BASE_DIR).parent / "shared/recorded/exchanges"
HELLO = json.dumps(body(user("Hello"))).encode()


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/v1/messages", HELLO),
        ("POST", "/v1/messages", b"{"),
        ("GET", "/v1/models", b""),
        ("GET", "/v1/nothing", b""),
        ("POST", "/v1/messages/batches", b"{}"),
    ],
)
def test_every_answer_says_what_is_left(method, path, sent):
    _, headers, _ = fetch(method, path, sent)
    for what in ("requests", "tokens", "input-tokens", "output-tokens"):
        start = f"anthropic-ratelimit-{what}"
        assert int(headers[f"{start}-remaining"]) <= int(headers[f"{start}-limit"])
        assert headers[f"{start}-reset"].endswith("Z")


@pytest.mark.skipif(not RECORDED.exists(), reason="no recordings beside the project")
def test_the_limits_have_the_recorded_names():
    recorded: set[str] = set()
    for path in RECORDED.glob("*.json"):
        headers = json.loads(path.read_text("utf-8")).get("headers") or {}
        recorded |= {name.lower() for name in headers if "ratelimit" in name.lower()}
    _, ours, _ = fetch("GET", "/v1/models")
    assert recorded == {name for name in ours if "ratelimit" in name}


@pytest.mark.skipif(not RECORDED.exists(), reason="no recordings beside the project")
def test_a_refusal_has_the_recorded_envelope():
    recorded: set[str] = set()
    for path in RECORDED.glob("*.json"):
        exchange = json.loads(path.read_text("utf-8"))
        if exchange["status"] >= 400:
            recorded |= {"/".join(sorted(exchange["body"]))}
            assert set(exchange["body"]["error"]) == {"type", "message"}
    ours = json.loads(fetch("GET", "/v1/nothing")[2])
    assert "/".join(sorted(ours)) in recorded
    # Details came after the recordings were made.
    assert set(ours["error"]) == {"type", "message", "details"}


def test_what_is_used_is_no_longer_left():
    workspaces.forget()
    first = fetch("POST", "/v1/messages", HELLO)[1]
    second = fetch("POST", "/v1/messages", HELLO)[1]
    for what in ("requests", "input-tokens", "output-tokens"):
        name = f"anthropic-ratelimit-{what}-remaining"
        assert int(second[name]) < int(first[name])


def test_a_new_minute_begins_anew():
    now = [120.0]
    meter = Meter(lambda: now[0])
    meter.spend(requests=5)
    spent = meter.headers()
    now[0] += 60
    fresh = meter.headers()
    name = "anthropic-ratelimit-requests-remaining"
    assert int(fresh[name]) == int(spent[name]) + 5
    assert spent["anthropic-ratelimit-requests-reset"] == "1970-01-01T00:03:00Z"


def test_no_two_requests_have_the_same_id():
    ids = {fetch("POST", "/v1/messages", HELLO)[1]["request-id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_refusal_may_have_details():
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (9000).to_bytes(4, "big") * 2
    data = b64encode(header + b"\x08\x02\0\0\0").decode()
    source = {"type": "base64", "media_type": "image/png", "data": data}
    sent = json.dumps(body(user([{"type": "image", "source": source}]))).encode()
    status, _, raw = fetch("POST", "/v1/messages", sent)
    details = json.loads(raw)["error"]["details"]
    assert status == 400
    assert details["error_code"] == "image_dimensions_too_large"
    assert details["max_side_length_pixels"] == 8000
    assert details["paths"][0].startswith("messages.0.content.0")


def encoded(sent: bytes, how: str) -> tuple[int, dict]:
    headers = HEADERS | {"content-encoding": how}
    status, _, raw = fetch("POST", "/v1/messages", sent, headers)
    return status, json.loads(raw)


def test_a_zipped_body_is_understood():
    assert encoded(gzip.compress(HELLO), "gzip")[0] == 200
    assert encoded(HELLO, "identity")[0] == 200


@pytest.mark.parametrize(
    ("sent", "how", "code"),
    [
        (HELLO, "br", "request_body_encoding_unsupported"),
        (HELLO, "gzip", "request_body_encoding_invalid"),
        (
            gzip.compress(b" " * (engine.MAX_BODY + 1)),
            "gzip",
            "request_body_too_large_after_decoding",
        ),
    ],
)
def test_what_cannot_be_unzipped_has_its_code(sent, how, code):
    status, refused = encoded(sent, how)
    assert status in (400, 413)
    assert refused["error"]["details"] == {"error_code": code}


def test_the_context_window_ends_an_answer():
    sent = json.dumps(body(user("Write 500 words"), max_tokens=5000)).encode()
    asked = read(sent, {"anthropic-version": "2026-10-21"})
    full = replace(asked, input_tokens=asked.model.context_window - 20)
    given = answer(full)
    assert given.stop_reason == "model_context_window_exceeded"
    assert given.output_tokens == 20


def listed(query: str = "") -> set[str]:
    _, _, raw = fetch("GET", f"/v1/models?limit=1000{query}")
    return {each["lifecycle"] for each in json.loads(raw)["data"]}


def test_retired_models_are_listed_only_when_asked_for():
    assert "retired" not in listed()
    assert listed("&lifecycle=retired") == {"retired"}
    assert listed("&lifecycle[]=retired&lifecycle[]=active") == {"retired", "active"}
    assert fetch("GET", "/v1/models?lifecycle=gone")[0] == 400
