"""The least that stands between upstream and a browser: bytes in, bytes out.

`python -m bench.relay PORT UPSTREAM`: a bare ASGI application in uvicorn that passes
on what aiohttp reads. What the playground costs is told as a multiple of this.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import aiohttp
import uvicorn

Event = MutableMapping[str, Any]
HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]


class Relay:
    """Posts what it is posted to `upstream`, and streams the answer back."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.session: aiohttp.ClientSession | None = None

    async def __call__(
        self,
        scope: Event,
        receive: Callable[[], Awaitable[Event]],
        send: Callable[[Event], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        # A caller who has gone must not keep upstream talking: what is measured next
        # would share the machine with answers that nobody reads.
        gone = asyncio.ensure_future(receive())
        async with self._session().post(self.upstream, data=body) as answer:
            await send(
                {"type": "http.response.start", "status": 200, "headers": HEADERS}
            )
            async for chunk in answer.content.iter_any():
                if gone.done():
                    return
                await send(
                    {"type": "http.response.body", "body": chunk, "more_body": True}
                )
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _session(self) -> aiohttp.ClientSession:
        if self.session is None:
            connector = aiohttp.TCPConnector(limit=0)
            timeout = aiohttp.ClientTimeout(total=None)
            self.session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        return self.session


class Server(uvicorn.Server):
    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        print("ready", flush=True)


if __name__ == "__main__":
    config = uvicorn.Config(
        Relay(f"http://127.0.0.1:{sys.argv[2]}/v1/messages"),
        port=int(sys.argv[1]),
        backlog=2048,
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    Server(config).run()
