"""Sends a request as it is and tells its events as they come.

The SDK makes the call (auth, retries, errors, time-outs); the bytes of the answer are
split here, at a sixth of the price of the SDK's event objects, and none is lost.
"""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import anthropic
import httpx2
from anthropic import AsyncStream

from playground.claude import attempts, errors, reading
from playground.claude.attempts import Attempt
from playground.claude.client import client_for, key_of
from playground.claude.endpoints import Endpoint
from playground.claude.errors import Failure
from playground.claude.exchange import Exchange
from playground.claude.sse import Splitter

log = logging.getLogger(__name__)

LINGER = 1.0
"""Seconds that the server has to close after the last event; then we do."""
CLOSING = 1.0
"""Seconds that a connection has to close; then it is left to itself."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The answer has begun: an event stream with status 200."""

    request_id: str | None
    exchange: Exchange


class Listener(Protocol):
    """Who hears of an answer as it comes, from wherever its bytes come in: a task that
    had to wake for each would cost more than what is done with it."""

    def tried(self, attempt: Attempt) -> None:
        """An attempt has failed and is repeated; told before the wait."""

    def opened(self, opened: Opened) -> None:
        """The answer has begun."""

    def came(self, events: Sequence[tuple[str, str]]) -> None:
        """These events came: the name, empty where none was sent, and the data exactly
        as they came."""


async def stream(
    endpoint: Endpoint, body: bytes, headers: Mapping[str, str], listener: Listener
) -> None:
    """Send these bytes to /v1/messages, tell what comes, and come back at its end.

    Raises Failure, and what the listener raises; everything told before stays good.
    Cancelling closes the connection at once.
    """
    # A task of its own: one that does not end when it is given up can be left alone.
    task = asyncio.create_task(_stream(endpoint, body, headers, listener))
    try:
        await asyncio.wait((task,))
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait((task,), timeout=CLOSING)
        if not task.done():
            log.warning("a request to the API does not end")
        elif not task.cancelled():
            task.exception()  # whoever gave it up does not want to know it
        raise
    task.result()


async def _stream(
    endpoint: Endpoint, body: bytes, headers: Mapping[str, str], listener: Listener
) -> None:
    attempt = 1

    def tried(told: Attempt) -> None:
        nonlocal attempt
        attempt = told.number
        listener.tried(told)

    attempts.listener.set(tried)
    response: httpx2.Response | None = None
    try:
        response = await _send(endpoint, "/v1/messages", body, headers, stream=True)
        exchange = _exchange(endpoint, response)
        if not _is_event_stream(response):
            text = await _beginning(response)
            failure = errors.from_other_answer(response, text, "an event stream")
            failure.exchange = exchange
            raise failure
        await _hear(response, exchange, listener)
    except Failure as failure:
        failure.attempts = attempt
        if response is None:
            failure.add_attempts()
        raise failure.without(key_of(endpoint)) from None
    finally:
        if response is not None:
            await _close(response)


async def _hear(
    response: httpx2.Response, exchange: Exchange, listener: Listener
) -> None:
    request_id = response.headers.get("request-id")
    listener.opened(Opened(request_id, exchange))
    answer = _Answer(request_id, listener)
    try:
        async with asyncio.timeout(None) as answer.patience:
            await reading.read(response, answer.take)
    except TimeoutError:
        if not answer.is_complete:
            raise
    except httpx2.HTTPError as error:
        if not answer.is_complete:
            raise errors.from_cut(error, request_id) from error
        # What comes after the last event is optional.
    answer.end()


class _Answer:
    """Tells the events of an answer, and knows whether the last one has come."""

    patience: asyncio.Timeout

    def __init__(self, request_id: str | None, listener: Listener) -> None:
        self.is_complete = False
        self._request_id, self._tell = request_id, listener.came
        self._splitter = Splitter()

    def take(self, chunk: bytes) -> None:
        was_complete = self.is_complete
        self._came(self._splitter.feed(chunk))
        if self.is_complete and not was_complete:
            now = asyncio.get_running_loop().time()
            self.patience.reschedule(now + LINGER)

    def end(self) -> None:
        """Nothing follows. Raises Failure when the last event has not come."""
        self._came(_rest(self._splitter))
        if not self.is_complete:
            raise errors.from_cut(None, self._request_id)

    def _came(self, events: list[tuple[str, str]]) -> None:
        for number, (name, data) in enumerate(events, 1):
            if name == "error":
                self._tell(events[:number])
                raise errors.from_event(data, self._request_id)
            self.is_complete = self.is_complete or _is_last(name, data)
        if events:
            self._tell(events)


async def _close(response: httpx2.Response) -> None:
    try:
        async with asyncio.timeout(CLOSING):
            await response.aclose()
    except TimeoutError:
        log.warning("a connection to the API does not close")


async def count_tokens(
    endpoint: Endpoint, body: bytes, headers: Mapping[str, str] | None = None
) -> int:
    """Input tokens of a request, as the endpoint counts them. Raises Failure."""
    path = "/v1/messages/count_tokens"
    response = await _send(endpoint, path, body, headers or {}, stream=False)
    try:
        return int(response.json()["input_tokens"])
    except (ValueError, LookupError, TypeError):
        failure = errors.from_other_answer(response, response.text, "a token count")
        raise failure.without(key_of(endpoint)) from None


async def _send(
    endpoint: Endpoint,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    stream: bool,
) -> httpx2.Response:
    """Post the bytes as they are; the response is open when it is to be streamed."""
    client = client_for(endpoint)
    try:
        if not stream:
            return await client.post(
                path,
                cast_to=httpx2.Response,
                content=body,
                options={"headers": dict(headers)},
            )
        answer: AsyncStream[Any] = await client.post(
            path,
            cast_to=object,
            content=body,
            options={"headers": dict(headers)},
            stream=True,
            stream_cls=AsyncStream[object],
        )
        return answer.response
    except anthropic.APIStatusError as error:
        failure = errors.from_status(error)
        failure.exchange = _exchange(endpoint, error.response)
    except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
        failure = errors.from_connection(error)
    raise failure.without(key_of(endpoint)) from None


def _exchange(endpoint: Endpoint, response: httpx2.Response) -> Exchange:
    # The simulator's key is no secret, but a word that its address has in it.
    return Exchange.of(response, "" if endpoint.simulated else key_of(endpoint))


def _is_last(name: str, data: str) -> bool:
    # A proxy may have dropped the names; the data repeat them.
    return name == "message_stop" or (not name and '"message_stop"' in data[:40])


def _rest(splitter: Splitter) -> list[tuple[str, str]]:
    """The last event, should only its blank line be missing."""
    found = splitter.rest()
    try:
        for _, data in found:
            json.loads(data)
    except ValueError:
        return []  # cut off in the middle
    return found


def _is_event_stream(response: httpx2.Response) -> bool:
    kind = response.headers.get("content-type", "text/event-stream")
    return kind.partition(";")[0].strip().lower() == "text/event-stream"


async def _beginning(response: httpx2.Response) -> str:
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in response.aiter_bytes():
            parts.append(chunk)
            size += len(chunk)
            if size > errors.MAX_BODY:
                break
    except httpx2.HTTPError:
        pass  # it is not what we want anyway; what came of it says enough
    return b"".join(parts).decode("utf-8", "replace")
