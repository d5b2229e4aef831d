"""One request in, one response out: the envelope, then a route, or a refusal.

Pure asyncio: knows neither Django nor sockets, so that it serves both the transport
under the SDK and the pages under /simulator/. Who may call is decided before it.
"""

import asyncio
import zlib
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from playground.simulator import routes, wire, workspaces
from playground.simulator.call import OFF_LOOP, Call, Response, once
from playground.simulator.request import invalid
from playground.simulator.wire import Refusal
from playground.spec.rules.surprises import VERSIONS

__all__ = ["MAX_BODY", "Response", "respond"]

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a body (errors page, Aug 2026). Batches and files may be larger there."""
_GZIP = 31


async def respond(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    speed: float | None = None,
    base: str = "",
) -> Response:
    """Answer a request of the Messages API; `path` may have a query.

    `speed` is in tokens a second; None or 0 means without delay. `base` is the address
    at which the API is reached, without a slash at its end.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    request_id = wire.new_id("req")
    workspace = None
    try:
        _check_envelope(lower, len(body))
        workspace = workspaces.of(key_of(lower))
        workspace.meter.spend(requests=1)
        body = await _decoded(lower.get("content-encoding", ""), body)
        parts = urlsplit(path)
        route, ids = routes.find(method, parts.path)
        query = parse_qsl(parts.query, keep_blank_values=True)
        call = Call(query, lower, body, base, speed, request_id, workspace)
        response = await route(call, *ids)
    except Refusal as refusal:
        response = refused(refusal, request_id)
    if workspace is not None:
        response.headers.update(workspace.meter.headers())
    return response


def refused(refusal: Refusal, request_id: str) -> Response:
    """The error envelope as a response."""
    sent = wire.headers(wire.JSON, request_id, status=refusal.status)
    sent.update(refusal.headers)
    if refusal.status == 429 and "retry-after" not in refusal.headers:
        sent["x-should-retry"] = "false"  # recorded Jun 2026: waiting does not help
    return Response(refusal.status, sent, once(refusal.body(request_id)))


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


def unauthenticated(key: str) -> Refusal:
    """No key, or not a good one."""
    words = "invalid x-api-key" if key else "x-api-key header is required"
    return Refusal(401, "authentication_error", words)


def _check_envelope(headers: Mapping[str, str], size: int) -> None:
    if not (key := key_of(headers)):
        raise unauthenticated(key)
    if size > MAX_BODY:
        raise too_large()
    version = headers.get("anthropic-version")
    if not version:
        raise invalid("anthropic-version: header is required")
    if version not in VERSIONS:
        raise invalid(f'anthropic-version: "{version}" is not a valid version')


async def _decoded(encoding: str, body: bytes) -> bytes:
    """The body without its Content-Encoding (SDK types/shared, error codes)."""
    if encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() != "gzip":
        details = {"error_code": "request_body_encoding_unsupported"}
        words = "Content-Encoding is not supported"
        raise Refusal(400, "invalid_request_error", words, details)
    if len(body) > OFF_LOOP // 4:
        return await asyncio.to_thread(_unzipped, body)
    return _unzipped(body)


def _unzipped(body: bytes) -> bytes:
    try:
        unpacking = zlib.decompressobj(_GZIP)
        found = unpacking.decompress(body, MAX_BODY + 1)
    except zlib.error:
        details = {"error_code": "request_body_encoding_invalid"}
        words = "The body is not valid gzip"
        raise Refusal(400, "invalid_request_error", words, details) from None
    if len(found) > MAX_BODY:
        details = {"error_code": "request_body_too_large_after_decoding"}
        raise Refusal(413, "request_too_large", too_large().message, details)
    return found
