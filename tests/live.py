"""The real site on a real socket, in a thread of the test process.

pytest-django's own live server speaks WSGI, which cannot stream.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.settled.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        finally:
            self.settled.set()


@contextmanager
def served() -> Iterator[str]:
    """Serve the site, lifespan included; gives its address without a slash."""
    from playground.asgi import application, ending

    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(
        uvicorn.Config(
            ASGIStaticFilesHandler(application),
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )
    )
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, daemon=True
    )
    thread.start()
    assert server.settled.wait(30), "the live server did not start"
    assert server.started, "the live server failed to start"
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        assert server.loop is not None
        server.loop.call_soon_threadsafe(ending.begin)
        server.should_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive(), "the live server did not stop"
