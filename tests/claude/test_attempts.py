"""What is told of failed attempts, and which of them are left to a person."""

import asyncio
import email.utils
import json
import time

import httpx2
import pytest
from asgiref.sync import async_to_sync

from playground.claude import attempts, client, endpoints
from playground.claude.attempts import Attempt, retry_after
from playground.claude.errors import Failure
from playground.claude.stream import Opened, stream

from .wire import BODY, HEADERS, Heard, anthropic, collect, events, leave, serve

STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
SOON = {"retry-after-ms": "1"}


def refused(status: int, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers=named, json={})


def told(monkeypatch, settings, *answers) -> tuple[list[Attempt], Exception | None]:
    """The attempts that are told while the server gives these answers."""
    left = iter(answers)
    serve(monkeypatch, settings, lambda request: next(left))
    came, error = collect()
    return [each for each in came if isinstance(each, Attempt)], error


def test_each_attempt_is_told_before_the_answer(monkeypatch, settings):
    busy = httpx2.Response(529, headers=SOON)
    left = iter([busy, httpx2.Response(500, headers=SOON), events(STOP)])
    serve(monkeypatch, settings, lambda request: next(left))
    (first, second, opened, _), error = collect()
    assert error is None
    assert first == Attempt(2, 4, 0.001, "overloaded_error", 529)
    assert second == Attempt(3, 4, 0.001, "api_error", 500)
    assert isinstance(opened, Opened)


def test_after_the_last_attempt_nothing_is_told(monkeypatch, settings):
    answers = [httpx2.Response(529, headers=SOON) for _ in range(4)]
    came, error = told(monkeypatch, settings, *answers)
    assert [each.number for each in came] == [2, 3, 4]
    assert isinstance(error, Failure)
    assert (error.kind, error.retryable) == ("overloaded_error", True)
    assert error.as_json()["attempts"] == 4


def test_the_attempt_is_told_while_it_is_waited_for(monkeypatch, settings):
    answer = refused(429, retry_after="59")
    serve(monkeypatch, settings, lambda request: answer)

    @async_to_sync
    async def first() -> object:
        heard = Heard()
        streaming = asyncio.create_task(stream(anthropic(), BODY, HEADERS, heard))
        await heard.until(1)
        await leave(streaming)
        await client.close()
        return heard.all[0]

    assert first() == Attempt(2, 4, 59.0, "rate_limit_error", 429)


def test_nobody_there_is_told_too(monkeypatch, settings):
    answers = [httpx2.ConnectError("no"), httpx2.ReadTimeout("no"), events(STOP)]
    came, error = told(monkeypatch, settings, *answers)
    assert error is None
    assert [(each.kind, each.status) for each in came] == [
        ("connection", None),
        ("timeout", None),
    ]


@pytest.mark.parametrize("should_retry", ["true", "false", ""])
def test_a_spending_limit_is_not_tried_again(monkeypatch, settings, should_retry):
    answer = refused(429, x_should_retry=should_retry)
    came, error = told(monkeypatch, settings, answer)
    assert came == []
    assert isinstance(error, Failure)
    assert (error.retryable, error.retry_after) == (False, None)


@pytest.mark.parametrize("status", [429, 529])
def test_a_wait_of_over_a_minute_becomes_a_button(monkeypatch, settings, status):
    came, error = told(monkeypatch, settings, refused(status, retry_after="300"))
    assert came == []
    assert isinstance(error, Failure)
    assert (error.retryable, error.retry_after) == (True, 300.0)
    assert error.as_json()["retry_after"] == 300.0
    assert "in 5 minutes" in error.sentence


@pytest.mark.parametrize(
    "headers",
    [
        {"retry_after": "0"},
        {"retry_after_ms": "0"},
        {"retry_after": "-3"},
        {"retry_after": "nan"},
        {"retry_after": "inf"},
        {"retry_after": "Thu, 01 Jan 2026 00:00:00 GMT"},
    ],
)
def test_a_limit_that_names_no_wait_is_tried_again_as_usual(
    monkeypatch, settings, headers
):
    monkeypatch.setattr(attempts, "backoff", lambda before: 0.002)
    answers = [refused(429, **headers) for _ in range(4)]
    came, error = told(monkeypatch, settings, *answers)
    assert [each.number for each in came] == [2, 3, 4]
    assert all(0 < each.wait_seconds <= 0.002 for each in came)
    assert isinstance(error, Failure)
    assert (error.retryable, error.retry_after) == (True, None)
    assert "in a little while" in error.sentence


def test_no_wait_does_not_make_a_refusal_worth_repeating(monkeypatch, settings):
    answer = refused(500, x_should_retry="false", retry_after="0")
    came, error = told(monkeypatch, settings, answer)
    assert came == []
    assert isinstance(error, Failure)
    assert not error.retryable


def test_what_the_server_does_not_want_repeated_is_not(monkeypatch, settings):
    came, error = told(monkeypatch, settings, refused(500, x_should_retry="false"))
    assert came == []
    assert isinstance(error, Failure)
    assert not error.retryable


def test_waits_grow_and_have_an_end():
    waits = [attempts.backoff(n) for n in range(7)]
    assert waits == [0.5, 1, 2, 4, 8, 8, 8]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "0"}, 0.0),
        ({"retry-after": "-1"}, 0.0),
        ({"retry-after": "inf"}, 0.0),
        ({"retry-after": "nan"}, 0.0),
        ({"retry-after-ms": "nan", "retry-after": "7"}, 7.0),
        ({"retry-after": "soon"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 2026 00:00:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}, 0.0),
        ({"retry-after": f"Fri, 31 Dec {'9' * 30} 23:59:59 GMT"}, 0.0),
        ({"retry-after": " "}, None),
        ({}, None),
    ],
)
def test_every_way_to_say_when_is_understood(headers, seconds):
    assert retry_after(headers) == seconds


def test_a_date_is_a_way_to_say_when():
    date = email.utils.formatdate(time.time() + 100, usegmt=True)
    seconds = retry_after({"retry-after": date})
    assert seconds is not None
    assert 90 < seconds <= 100


def drilled(words: str) -> tuple[list, Exception | None]:
    body = {
        "model": "claude-haiku-4-5",
        "max_tokens": 200,
        "messages": [{"role": "user", "content": f"Hello. drill: {words}"}],
        "stream": True,
    }
    return collect(endpoints.SIMULATOR, json.dumps(body).encode())


def test_the_drill_of_two_overloads_ends_in_an_answer(monkeypatch):
    monkeypatch.setattr(attempts, "FIRST_WAIT", 0.002)
    came, error = drilled("overload twice")
    assert error is None
    assert [each.number for each in came if isinstance(each, Attempt)] == [2, 3]
    assert came[-1].name == "message_stop"


@pytest.mark.parametrize(
    ("words", "kind", "retryable"),
    [
        ("long wait", "rate_limit_error", True),
        ("spend cap", "rate_limit_error", False),
        ("unpaid", "billing_error", False),
        ("web page", "not_a_stream", False),
        ("cut", "interrupted", True),
        ("error event", "overloaded_error", True),
    ],
)
def test_drills_fail_as_the_real_thing(words, kind, retryable):
    _, error = drilled(words)
    assert isinstance(error, Failure)
    assert (error.kind, error.retryable) == (kind, retryable)


def test_the_drill_of_silence_is_given_up(monkeypatch):
    monkeypatch.setattr(client, "DEFAULT_TIMEOUT", httpx2.Timeout(0.05))
    came, error = drilled("silence")
    assert isinstance(error, Failure)
    assert error.kind == "timeout"
    assert any("text_delta" in getattr(each, "data", "") for each in came)


def test_the_headers_of_a_failure_are_kept_as_they_came(monkeypatch, settings):
    told = {"retry-after": "90", "anthropic-ratelimit-requests-remaining": "0"}
    serve(monkeypatch, settings, lambda _: httpx2.Response(429, headers=told))
    _, error = collect()
    assert error.exchange.status == 429
    assert error.exchange.came.items() >= told.items()
    assert "x-should-retry" not in error.exchange.came
