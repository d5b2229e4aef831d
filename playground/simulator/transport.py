"""The simulator in process: a transport under the SDK's HTTP client.

Chunks pass one by one, so a stream is a stream (httpx2's ASGITransport collects).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

import httpx2

from playground.simulator.engine import respond
from playground.simulator.streaming import Broken


class SimulatorTransport(httpx2.AsyncBaseTransport):
    """Answers every request itself, whatever its host. `speed` in tokens a second."""

    def __init__(self, speed: float | None = None) -> None:
        self.speed = speed

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await respond(
            request.method,
            request.url.raw_path.decode("ascii"),
            dict(request.headers),
            await request.aread(),
            speed=self.speed,
            base=f"{request.url.scheme}://{request.url.netloc.decode('ascii')}",
        )
        return httpx2.Response(
            response.status,
            headers=response.headers,
            stream=_Chunks(response.chunks, _patience(request)),
            request=request,
        )


def _patience(request: httpx2.Request) -> float | None:
    """Seconds that the client waits for the next bytes; None is for ever."""
    return (request.extensions.get("timeout") or {}).get("read")


class _Chunks(httpx2.AsyncByteStream):
    """Fails as a socket does: breaks off, and is given up when silent too long."""

    def __init__(self, chunks: AsyncIterator[bytes], patience: float | None) -> None:
        self._chunks = chunks
        self._patience = patience

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (chunk := await self._next()) is not None:
                yield chunk
        except Broken as broken:
            raise httpx2.ReadError(str(broken)) from None
        except TimeoutError:
            raise httpx2.ReadTimeout("The simulator fell silent.") from None

    async def _next(self) -> bytes | None:
        async with asyncio.timeout(self._patience):
            return await anext(self._chunks, None)

    async def aclose(self) -> None:
        await cast("AsyncGenerator[bytes]", self._chunks).aclose()
