"""Sends a request as it is and gives back its events as they come.

The SDK makes the call (auth, retries, errors, time-outs); the bytes of the answer are
split here, at a sixth of the price of the SDK's event objects, and none is lost.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import anthropic
import httpx2
from anthropic import AsyncStream

from playground.claude import attempts, errors
from playground.claude.attempts import Attempt
from playground.claude.client import client_for, key_of
from playground.claude.endpoints import Endpoint
from playground.claude.errors import Failure
from playground.claude.sse import Splitter

LINGER = 1.0
"""Seconds that the server has to close after the last event; then we do."""
_KEPT_BACK = frozenset({"set-cookie"})


@dataclass(frozen=True, slots=True)
class Opened:
    """The answer has begun: an event stream with status 200."""

    request_id: str | None
    status: int
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Raw:
    """One event, its data exactly as they came. `name` is empty where none was sent."""

    name: str
    data: str


Event = Attempt | Opened | Raw


async def stream(
    endpoint: Endpoint, body: bytes, headers: Mapping[str, str]
) -> AsyncGenerator[Event, None]:
    """Send these bytes to /v1/messages and yield what comes.

    First an Attempt for each that fails and is repeated, before the wait; then an
    Opened; then what the answer holds. Raises Failure; everything yielded before stays
    good. Closing the generator, or cancelling whoever reads it, closes the connection
    at once.
    """
    sending = _Sending(endpoint, body, headers)
    try:
        while isinstance(told := await sending.told(), Attempt):
            yield told
        response = told or await sending.fails()
        if not _is_event_stream(response):
            text = await _beginning(response)
            raise errors.from_other_answer(response, text, "an event stream")
        request_id = response.headers.get("request-id")
        shown = {k: v for k, v in response.headers.items() if k not in _KEPT_BACK}
        yield Opened(request_id, response.status_code, shown)
        splitter, is_complete = Splitter(), False
        read: _Reading = sending.first
        is_open = True
        while is_open:
            chunk = await _next(read, is_complete, request_id)
            is_open, read = chunk is not None, sending.next
            for name, data in splitter.feed(chunk) if chunk else _rest(splitter):
                yield Raw(name, data)
                if name == "error":
                    raise errors.from_event(data, request_id)
                is_complete = is_complete or _is_last(name, data)
        if not is_complete:
            raise errors.from_cut(None, request_id)
    except Failure as failure:
        raise failure.without(key_of(endpoint)) from None
    finally:
        await sending.close()


_Reading = Callable[[], Awaitable[bytes | None]]


class _Sending:
    """A request under way in a task of its own, so that its attempts can be told.

    The task also reads the first bytes at once: those that lie ready when a connection
    breaks are lost to whoever comes later.
    """

    def __init__(
        self, endpoint: Endpoint, body: bytes, headers: Mapping[str, str]
    ) -> None:
        self._told: asyncio.Queue[Attempt | httpx2.Response | None] = asyncio.Queue()
        self._response: httpx2.Response | None = None
        self._task = asyncio.create_task(self._run(endpoint, body, headers))
        self._task.add_done_callback(lambda _: self._told.put_nowait(None))

    async def _run(
        self, endpoint: Endpoint, body: bytes, headers: Mapping[str, str]
    ) -> bytes | None:
        attempts.listener.set(self._told.put_nowait)
        response = await _send(endpoint, "/v1/messages", body, headers, stream=True)
        self._response = response
        self._told.put_nowait(response)
        if not _is_event_stream(response):
            return None
        chunks = response.aiter_bytes()
        self.next: _Reading = partial(anext, chunks, None)
        return await self.next()

    async def told(self) -> Attempt | httpx2.Response | None:
        """The next attempt, or the answer; None when there will not be one."""
        return await self._told.get()

    async def fails(self) -> NoReturn:
        """Raise why there is no answer."""
        await self._task
        raise AssertionError("A request without an answer has not failed.")

    async def first(self) -> bytes | None:
        """The first bytes of the answer."""
        return await self._task

    async def close(self) -> None:
        """Give up the request, or close its answer."""
        self._task.cancel()
        await asyncio.wait((self._task,))
        if not self._task.cancelled():
            self._task.exception()  # whoever wanted to know it has seen it
        if self._response is not None:
            await self._response.aclose()


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
    except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
        failure = errors.from_connection(error)
    raise failure.without(key_of(endpoint)) from None


async def _next(
    read: _Reading, is_complete: bool, request_id: str | None
) -> bytes | None:
    """The next bytes, None at the end. What comes after the last event is optional."""
    try:
        if not is_complete:
            return await read()
        async with asyncio.timeout(LINGER):
            return await read()
    except TimeoutError:
        return None
    except httpx2.HTTPError as error:
        if is_complete:
            return None
        raise errors.from_cut(error, request_id) from error


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
