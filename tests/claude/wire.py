"""A server that is not there: it records what is sent and answers what it is told."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from asgiref.sync import async_to_sync

from playground.claude import attempts, client, endpoints
from playground.claude.attempts import Watching
from playground.claude.stream import Event, stream

KEY = "sk-ant-very-secret"
BODY = b'{"model":"claude-haiku-4-5", "stream":true,  "x":"\xc3\xa9\\u00e9"}'
HEADERS = {"anthropic-version": "2026-10-21"}


class Chunks(httpx2.AsyncByteStream):
    """A body in parts; an exception among them is raised in its place."""

    def __init__(self, *parts: bytes | Exception) -> None:
        self.parts = parts
        self.given = 0
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            self.given += 1
            yield part

    async def aclose(self) -> None:
        self.is_closed = True


def events(*parts: bytes | Exception | Chunks, **headers: str) -> httpx2.Response:
    """A response that is an event stream, of these parts or of one Chunks."""
    sent = {"content-type": "text/event-stream", "request-id": "req_1", **headers}
    stream = parts[0] if parts and isinstance(parts[0], Chunks) else Chunks(*parts)
    return httpx2.Response(200, headers=sent, stream=stream)


class Server:
    """Answers each request with what `answer` makes of it."""

    def __init__(self, answer: Callable[[httpx2.Request], Any]) -> None:
        self.answer = answer
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer


def serve(
    monkeypatch: pytest.MonkeyPatch, settings: Any, answer: Callable[..., Any]
) -> Server:
    """Put a Server where Anthropic is, with no waiting between attempts."""
    settings.ANTHROPIC_API_KEY = KEY
    server = Server(answer)

    def http_client(endpoint: endpoints.Endpoint) -> httpx2.AsyncClient:
        return Watching(transport=httpx2.MockTransport(server))

    monkeypatch.setattr(client, "http_client", http_client)
    monkeypatch.setattr("anthropic._base_client.INITIAL_RETRY_DELAY", 0)
    monkeypatch.setattr(attempts, "FIRST_WAIT", 0)
    return server


def anthropic() -> endpoints.Endpoint:
    found = endpoints.get("anthropic")
    assert found is not None
    return found


@async_to_sync
async def collect(
    endpoint: endpoints.Endpoint | None = None, body: bytes = BODY, **headers: str
) -> tuple[list[Event], Exception | None]:
    """Everything that comes, and the exception at its end, if there was one."""
    came: list[Event] = []
    try:
        async for event in stream(endpoint or anthropic(), body, HEADERS | headers):
            came.append(event)
    except Exception as error:
        return came, error
    finally:
        await client.close()
    return came, None
