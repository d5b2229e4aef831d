"""What went wrong with a call, in plain words: made from the SDK's exceptions, from
errors inside a stream and from answers that are no stream.

Never matches on message text, whose wording may change (versioning page, Aug 2026).
"""

import json
import math
from typing import Any

import anthropic
import httpx2

from playground.claude import attempts
from playground.claude.attempts import TYPES
from playground.claude.exchange import Exchange

MAX_BODY = 64 * 1024
"""Characters of a raw body that are kept."""


class Failure(Exception):
    """A call that did not end well. `str()` is the sentence; no secret is in it.

    `kind` is the API's error type, or "connection", "timeout", "not_a_stream",
    "interrupted". `body` is the raw text of the answer, if there was one.
    `retry_after` are the seconds, from the end of the run on, after which sending
    again is worth while, if they are known; `retryable` says whether it ever is.
    `attempts` is how many requests were made, the last one included. `exchange` has
    the headers, where they were not told before.
    """

    def __init__(
        self,
        sentence: str,
        kind: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        body: str = "",
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind = kind
        self.status = status
        self.request_id = request_id
        self.body = body[:MAX_BODY]
        self.retryable = retryable
        self.retry_after = retry_after
        self.attempts = 1
        self.exchange: Exchange | None = None

    def add_attempts(self) -> None:
        """Let the sentence say how many attempts were made, where none was answered
        and there was more than one."""
        if self.attempts > 1:
            self.sentence += f" It was tried {self.attempts} times."
            self.args = (self.sentence,)

    def as_json(self) -> dict[str, Any]:
        """Everything of it, as JSON values."""
        return {
            "sentence": self.sentence,
            "kind": self.kind,
            "status": self.status,
            "request_id": self.request_id,
            "body": self.body,
            "retryable": self.retryable,
            "retry_after": self.retry_after,
            "attempts": self.attempts,
        }

    def without(self, secret: str) -> "Failure":
        """The same, should a server have repeated our key in its answer."""
        if secret:
            self.sentence = self.sentence.replace(secret, "…")
            self.body = self.body.replace(secret, "…")
            self.args = (self.sentence,)
        return self


# What each error type means and what can be done (errors page, Sep 2026).
_SENTENCES = {
    "invalid_request_error": "The API refused the request: {message} "
    "Change what it names and send again.",
    "authentication_error": "The API does not accept the key: {message} "
    "Check ANTHROPIC_API_KEY and start the server again.",
    "billing_error": "The account cannot pay for this request: {message} "
    "Look at billing in the Claude Console.",
    "permission_error": "The key may not do this: {message} "
    "Use a key that may, or another model.",
    "not_found_error": "The API does not know what was asked for: {message} "
    "Most often the model's name is wrong or the model is retired: choose another one.",
    "conflict_error": "Something else changed the same thing at once: {message} "
    "Send again.",
    "request_too_large": "The request is larger than the API accepts (32 MB): "
    "{message} Make images smaller or leave some out.",
    "rate_limit_error": "The limit of requests or tokens is reached: {message} {wait}",
    "api_error": "Something went wrong inside the API: {message} Send again; if it "
    "happens every time, change the request.",
    "timeout_error": "The API took too long over this request: {message} Send again, "
    "or ask for a shorter answer.",
    "overloaded_error": "The API is overloaded at the moment, for everybody: {message} "
    "{wait}",
}
SOON = "Send again in a little while."
SPENT = "It does not say when to try again: a spending limit may be used up."
_PASSING = {"api_error", "timeout_error", "overloaded_error", "conflict_error"}


def from_status(error: anthropic.APIStatusError) -> Failure:
    """From an answer with an error status, after the SDK's own attempts."""
    response, status = error.response, error.status_code
    said = error.type if isinstance(error.type, str) else ""
    kind = said or TYPES.get(status, "api_error")
    wait = attempts.retry_after(response.headers)
    told = response.headers.get("x-should-retry")
    # An attempt that is not repeated by itself because of its wait has one.
    retryable = kind in _PASSING and (told != "false" or bool(wait))
    when = f"Send again in {_duration(wait)}." if wait else SOON
    if kind == "rate_limit_error":
        retryable = wait is not None
        when = when if retryable else SPENT
    message = error.api_message if isinstance(error.api_message, str) else ""
    return Failure(
        _sentence(kind, message or f"HTTP status {status}.", when),
        kind,
        status=status,
        request_id=_request_id(response, error.body),
        body=response.text,
        retryable=retryable,
        retry_after=(wait or None) if retryable else None,
    )


def from_event(data: str, request_id: str | None) -> Failure:
    """From an error event inside a stream that began with status 200.

    It has no headers: that there is no `retry-after` says nothing here.
    """
    body = _json(data)
    error = body.get("error")
    error = error if isinstance(error, dict) else {}
    kind, message = error.get("type"), error.get("message")
    kind = kind if isinstance(kind, str) else "api_error"
    message = message if isinstance(message, str) else ""
    found = body.get("request_id")
    return Failure(
        f"{_sentence(kind, message, SOON)} The text up to here is kept.",
        kind,
        status=200,
        request_id=found if isinstance(found, str) else request_id,
        body=data,
        retryable=kind in _PASSING or kind == "rate_limit_error",
    )


def from_connection(error: anthropic.APIConnectionError | httpx2.HTTPError) -> Failure:
    """From a call that never got an answer."""
    if isinstance(error, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        return Failure(
            "No answer came in time. Send again; if it happens every time, check the "
            "network between this server and the API.",
            "timeout",
            retryable=True,
        )
    return Failure(
        "The API cannot be reached. Check ANTHROPIC_BASE_URL and the network of this "
        "server, then send again.",
        "connection",
        retryable=True,
    )


def from_cut(error: httpx2.HTTPError | None, request_id: str | None) -> Failure:
    """From a stream that stopped before its end: silence, a cut, or just no end."""
    if isinstance(error, httpx2.TimeoutException):
        sentence, kind = "The answer fell silent and was given up.", "timeout"
    else:
        sentence, kind = "The answer broke off before its end.", "interrupted"
    return Failure(
        f"{sentence} The text up to here is kept; continue from it or send again.",
        kind,
        status=200,
        request_id=request_id,
        retryable=True,
    )


def from_other_answer(response: httpx2.Response, body: str, wanted: str) -> Failure:
    """From a 200 that is not what was asked for: a page of a proxy, other JSON."""
    got = response.headers.get("content-type", "").partition(";")[0] or "nothing known"
    return Failure(
        f"Something other than the API answered: {wanted} was expected, {got} came. "
        "Check ANTHROPIC_BASE_URL and any proxy on the way.",
        "not_a_stream",
        status=response.status_code,
        request_id=_request_id(response, None),
        body=body,
    )


def _sentence(kind: str, message: str, when: str) -> str:
    message = message.strip()
    if message and not message.endswith((".", "!", "?")):
        message += "."
    form = _SENTENCES.get(kind, "The API answered with an error: {message}")
    return " ".join(form.format(message=message, wait=when).split())


def _duration(seconds: float) -> str:
    whole = math.ceil(seconds)
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if whole > 2 * length:
            return f"{math.ceil(whole / length):,} {unit}"
    return f"{whole} second{'s' * (whole != 1)}"


def _request_id(response: httpx2.Response, body: object) -> str | None:
    found = response.headers.get("request-id")
    if found is None and isinstance(body, dict):
        found = body.get("request_id")
    return found if isinstance(found, str) else None


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
