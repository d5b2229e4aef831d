"""Every way in which a call can end badly has a kind and a sentence."""

import logging
import socket

import httpx2
import pytest

from playground.claude.errors import Failure

from .wire import KEY, Raw, collect, events, serve

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
STATUSES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def envelope(kind: str, message: str) -> dict:
    error = {"type": kind, "message": message, "details": None}
    return {"type": "error", "error": error, "request_id": "req_body"}


def failure(monkeypatch, settings, answer) -> Failure:
    serve(monkeypatch, settings, lambda request: answer)
    _, error = collect()
    assert isinstance(error, Failure)
    assert str(error) == error.sentence
    assert error.sentence.endswith((".", "!"))
    return error


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
def test_a_status_has_its_kind_its_words_and_its_number(
    monkeypatch, settings, status, kind
):
    answer = httpx2.Response(status, json=envelope(kind, "max_tokens: too many"))
    found = failure(monkeypatch, settings, answer)
    assert (found.kind, found.status, found.request_id) == (kind, status, "req_body")
    assert "max_tokens: too many." in found.sentence
    assert "max_tokens: too many" in found.body


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
def test_a_status_without_the_envelope_is_understood_too(
    monkeypatch, settings, status, kind
):
    answer = httpx2.Response(status, text="<h1>no</h1>")
    found = failure(monkeypatch, settings, answer)
    assert (found.kind, found.body) == (kind, "<h1>no</h1>")


def test_an_unheard_of_error_type_is_kept(monkeypatch, settings):
    answer = httpx2.Response(418, json=envelope("teapot_error", "Short and stout"))
    found = failure(monkeypatch, settings, answer)
    assert found.kind == "teapot_error"
    assert "Short and stout." in found.sentence


def test_the_header_tells_the_request_id(monkeypatch, settings):
    answer = httpx2.Response(404, headers={"request-id": "req_9"}, json={})
    assert failure(monkeypatch, settings, answer).request_id == "req_9"


def test_a_rate_limit_that_says_when_may_be_repeated(monkeypatch, settings):
    headers = {"retry-after": "7", "x-should-retry": "false"}
    answer = httpx2.Response(429, headers=headers, json={})
    assert "in 7 seconds" in failure(monkeypatch, settings, answer).sentence
    headers["x-should-retry"] = "true"
    headers["retry-after"] = "0.001"
    answer = httpx2.Response(429, headers=headers, json={})
    assert failure(monkeypatch, settings, answer).retryable


def test_a_rate_limit_that_does_not_say_when_may_not(monkeypatch, settings):
    found = failure(monkeypatch, settings, httpx2.Response(429, json={}))
    assert not found.retryable
    assert "spending limit" in found.sentence


def test_an_error_inside_the_stream_comes_after_what_was_said(monkeypatch, settings):
    data = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    broken = events(PING, f"event: error\ndata: {data}\n\n".encode(), PING)
    serve(monkeypatch, settings, lambda request: broken)
    came, error = collect()
    assert came[1:] == [Raw("ping", '{"type": "ping"}'), Raw("error", data)]
    assert isinstance(error, Failure)
    assert (error.kind, error.status) == ("overloaded_error", 200)
    assert (error.request_id, error.retryable) == ("req_1", True)


def test_a_rate_limit_inside_the_stream_is_no_spending_limit(monkeypatch, settings):
    data = '{"type":"error","error":{"type":"rate_limit_error","message":"Too fast"}}'
    broken = events(PING, f"event: error\ndata: {data}\n\n".encode())
    found = failure(monkeypatch, settings, broken)
    assert (found.kind, found.retryable) == ("rate_limit_error", True)
    assert found.sentence == (
        "The limit of requests or tokens is reached: Too fast. Send again in a little "
        "while. The text up to here is kept."
    )


@pytest.mark.parametrize("data", ["garbage", "[]", '{"error": "text"}', "{}"])
def test_an_error_event_of_any_shape_is_an_error(monkeypatch, settings, data):
    broken = events(f"event: error\ndata: {data}\n\n".encode())
    assert failure(monkeypatch, settings, broken).body == data


@pytest.mark.parametrize(
    ("kind", "body"), [("text/html", "<h1>Log in</h1>"), ("application/json", "{}")]
)
def test_a_200_that_is_no_stream_is_told_apart(monkeypatch, settings, kind, body):
    answer = httpx2.Response(200, headers={"content-type": kind}, text=body)
    found = failure(monkeypatch, settings, answer)
    assert (found.kind, found.status, found.body) == ("not_a_stream", 200, body)
    assert kind in found.sentence


@pytest.mark.parametrize("end", [(), (httpx2.ReadError("reset"),), (PING[:20],)])
def test_a_stream_that_breaks_off_is_interrupted(monkeypatch, settings, end):
    serve(monkeypatch, settings, lambda request: events(PING, *end))
    came, error = collect()
    assert len(came) == 2
    assert isinstance(error, Failure)
    assert (error.kind, error.retryable) == ("interrupted", True)


def test_silence_is_a_time_out(monkeypatch, settings):
    silent = events(PING, httpx2.ReadTimeout("silence"))
    assert failure(monkeypatch, settings, silent).kind == "timeout"


def test_no_answer_in_time_is_a_time_out(monkeypatch, settings):
    found = failure(monkeypatch, settings, httpx2.ConnectTimeout("slow"))
    assert (found.kind, found.retryable) == ("timeout", True)


def test_nobody_at_the_address_is_no_connection(settings, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.ANTHROPIC_API_KEY = KEY
    settings.ANTHROPIC_BASE_URL = f"http://127.0.0.1:{port}"
    monkeypatch.setattr("anthropic._base_client.INITIAL_RETRY_DELAY", 0)
    _, error = collect()
    assert isinstance(error, Failure)
    assert (error.kind, error.retryable) == ("connection", True)


def test_a_server_that_repeats_the_key_does_not_give_it_away(
    monkeypatch, settings, caplog
):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="anthropic")
    answer = httpx2.Response(401, json=envelope("authentication_error", f"bad {KEY}"))
    found = failure(monkeypatch, settings, answer)
    shown = f"{found} {found!r} {found.as_json()} {found.args} {caplog.text}"
    assert "/v1/messages" in caplog.text
    assert KEY not in shown
