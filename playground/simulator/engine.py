"""One request in, one response out: which path is answered by what, and refusals.

Pure asyncio: knows neither Django nor sockets, so that it serves both the transport
under the SDK and the pages under /simulator/. Who may call is decided before it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from playground.simulator import listing, streaming, wire
from playground.simulator.answers import Answer, answer
from playground.simulator.request import Request, invalid, read
from playground.simulator.wire import Refusal

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a body (errors page, Aug 2026)."""
VERSIONS = ("2023-06-01", "2026-10-21")
OFF_LOOP = 32 * 1024
"""Bodies of more bytes are read in a thread, so that streams do not stand still: to
read and check text takes about 0.2 ms a kilobyte."""


@dataclass(slots=True)
class Response:
    """`chunks` can be read once; closing it early ends the answer."""

    status: int
    headers: dict[str, str]
    chunks: AsyncIterator[bytes]


async def respond(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    speed: float | None = None,
) -> Response:
    """Answer a request of the Messages API; `path` may have a query.

    `speed` is in tokens a second; None or 0 means without delay.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    request_id = wire.made_id("req", method, path, body)
    try:
        _check_envelope(lower, len(body))
        return await _route(method, path, lower, body, request_id, speed)
    except Refusal as refusal:
        return refused(refusal, request_id)


def refused(refusal: Refusal, request_id: str) -> Response:
    """The error envelope as a response."""
    sent = wire.headers(wire.JSON, request_id, status=refusal.status)
    return Response(refusal.status, sent, _once(refusal.body(request_id)))


def key_of(headers: Mapping[str, str]) -> str:
    """The key of a request: x-api-key wins over a Bearer token. Empty if none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return headers.get("x-api-key", "").strip() or bearer


def too_large() -> Refusal:
    """A body over 32 MB."""
    return Refusal(
        413, "request_too_large", "Request exceeds the maximum size of 32 MB"
    )


def unauthenticated() -> Refusal:
    """No key, or not a good one."""
    return Refusal(401, "authentication_error", "invalid x-api-key")


def _check_envelope(headers: Mapping[str, str], size: int) -> None:
    if not key_of(headers):
        raise unauthenticated()
    if size > MAX_BODY:
        raise too_large()
    version = headers.get("anthropic-version")
    if not version:
        raise invalid("anthropic-version: header is required")
    if version not in VERSIONS:
        raise invalid(f'anthropic-version: "{version}" is not a valid version')


async def _route(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    request_id: str,
    speed: float | None,
) -> Response:
    parts = urlsplit(path)
    match parts.path.strip("/").split("/"):
        case ["v1", "messages"]:
            _allow(method, "POST")
            request, given = await _read(body, lambda: _answered(body, headers))
            if request.params.get("stream") is True:
                sent = wire.headers(wire.EVENT_STREAM, request_id)
                return Response(200, sent, streaming.stream(request, given, speed))
            await asyncio.sleep(given.output_tokens / speed if speed else 0)
            return _json(streaming.whole(request, given), request_id)
        case ["v1", "messages", "count_tokens"]:
            _allow(method, "POST")
            counted = await _read(body, lambda: read(body, headers, counting=True))
            return _json({"input_tokens": counted.input_tokens}, request_id)
        case ["v1", "models"]:
            _allow(method, "GET")
            query = dict(parse_qsl(parts.query))
            return _json(listing.page(query, date.today()), request_id)
        case ["v1", "models", model_id]:
            _allow(method, "GET")
            return _json(listing.one(unquote(model_id), date.today()), request_id)
    raise Refusal(404, "not_found_error", "Not found")


async def _read(body: bytes, work: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(work) if len(body) > OFF_LOOP else work()


def _answered(body: bytes, headers: Mapping[str, str]) -> tuple[Request, Answer]:
    request = read(body, headers)
    return request, answer(request)


def _allow(method: str, allowed: str) -> None:
    if method != allowed:
        raise Refusal(405, "invalid_request_error", "Method Not Allowed")


def _json(value: Any, request_id: str) -> Response:
    sent = wire.headers(wire.JSON, request_id)
    return Response(200, sent, _once(wire.encode(value)))


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
