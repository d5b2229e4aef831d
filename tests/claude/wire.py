"""A server that is not there: it records what is sent and answers what it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, NamedTuple

import httpx2
import pytest
from asgiref.sync import async_to_sync

from playground.claude import attempts, client, endpoints
from playground.claude.attempts import Attempt, Watching
from playground.claude.stream import Opened, stream

KEY = "sk-ant-very-secret"
BODY = b'{"model":"claude-haiku-4-5", "stream":true,  "x":"\xc3\xa9\\u00e9"}'
HEADERS = {"anthropic-version": "2026-10-21"}


class Raw(NamedTuple):
    """One event, its data exactly as they came."""

    name: str
    data: str


class Heard:
    """What was told, in order."""

    def __init__(self) -> None:
        self.all: list[Attempt | Opened | Raw] = []
        self._news = asyncio.Event()

    def tried(self, attempt: Attempt) -> None:
        self._note(attempt)

    def opened(self, opened: Opened) -> None:
        self._note(opened)

    def came(self, events: Sequence[tuple[str, str]]) -> None:
        self._note(*(Raw(name, data) for name, data in events))

    def _note(self, *told: Attempt | Opened | Raw) -> None:
        self.all += told
        self._news.set()

    async def until(self, count: int) -> None:
        """Wait until so much was told."""
        async with asyncio.timeout(5):
            while len(self.all) < count:
                self._news.clear()
                await self._news.wait()


async def leave(streaming: "asyncio.Task[None]") -> None:
    """Give up what is being read."""
    streaming.cancel()
    await asyncio.wait([streaming])


class Chunks(httpx2.AsyncByteStream):
    """A body in parts; an exception among them is raised in its place, and the end of
    a body that is `held` back does not come."""

    def __init__(self, *parts: bytes | Exception, held: bool = False) -> None:
        self.held = held
        self.parts = parts
        self.given = 0
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            self.given += 1
            yield part
        if self.held:
            await asyncio.Event().wait()

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
) -> tuple[list[Any], Exception | None]:
    """Everything that comes, and the exception at its end, if there was one."""
    heard = Heard()
    try:
        await stream(endpoint or anthropic(), body, HEADERS | headers, heard)
    except Exception as error:
        return heard.all, error
    finally:
        await client.close()
    return heard.all, None
