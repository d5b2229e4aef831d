"""The simulator in process: a transport under the SDK's HTTP client.

Chunks pass one by one, so a stream is a stream (httpx2's ASGITransport collects).
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

import httpx2

from playground.simulator.engine import respond


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
        )
        return httpx2.Response(
            response.status,
            headers=response.headers,
            stream=_Chunks(response.chunks),
            request=request,
        )


class _Chunks(httpx2.AsyncByteStream):
    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            yield chunk

    async def aclose(self) -> None:
        await cast("AsyncGenerator[bytes]", self._chunks).aclose()
