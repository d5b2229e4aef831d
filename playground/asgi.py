"""The site as an ASGI application: lifespan, body limit, static files, then Django.

Django knows no lifespan, and a server waits for ever for open streams when it is
asked to stop; so the engine's beginning and end, and the signal that ends the
streams, are tied in here.
"""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from types import FrameType
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.db import connections
from servestatic import ServeStaticASGI

from . import logs
from .turnstile import Turnstile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)


class TooLarge(Exception):
    """A body that did not state its length went over the limit while it was read."""


def limited(application: Application, limit: int) -> Application:
    """Refuse bodies of more than `limit` bytes with 413, before they are spooled."""

    async def limited_application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await application(scope, receive, send)
        with logs.request():
            stated = dict(scope["headers"]).get(b"content-length", b"0")
            if stated.isdigit() and int(stated) > limit:
                await _discard(receive, limit * 10)
                return await _refuse(scope, send, limit)
            received = 0
            answered = False

            async def counting_receive() -> Message:
                nonlocal received
                message = await receive()
                received += len(message.get("body", b""))
                if received > limit:
                    raise TooLarge
                return message

            def noting_send(message: Message) -> Awaitable[None]:
                nonlocal answered
                answered = True
                return send(message)

            try:
                await application(scope, counting_receive, noting_send)
            except TooLarge:
                if answered:
                    raise
                await _discard(receive, limit * 10)
                await _refuse(scope, send, limit)

    return limited_application


async def _discard(receive: Receive, most: int) -> None:
    """Read on without keeping: browsers show no answer while they are still sending.

    Not for ever: whoever sends more than `most` bytes loses the connection.
    """
    discarded = 0
    while discarded <= most:
        message = await receive()
        discarded += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


async def _refuse(scope: Scope, send: Send, limit: int) -> None:
    log.warning("%s %s 413: body over the limit", scope["method"], scope["path"])
    sentence = f"This is too much at once: the limit is {limit // 1024**2} MB.\n"
    body = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        # htmx shows it as a notice, and leaves alone what was typed.
        (b"hx-retarget", b"#notice"),
        (b"hx-reswap", b"innerHTML"),
        (b"x-request-id", logs.request_id.get().encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def with_static_files(application: Application, root: Path) -> Application:
    """Serve what `make run` collected; without it, Django answers alone."""
    if not root.is_dir():
        return application
    return ServeStaticASGI(
        application,
        root=root,
        prefix="static",
        allow_all_origins=False,
        add_headers_function=_add_static_headers,
    )


def _add_static_headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def at_public_scheme(application: Application, public_url: str) -> Application:
    """The proxy speaks plain HTTP to us; PUBLIC_URL says what people speak to it."""
    if not public_url.startswith("https://"):
        return application

    async def secure(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "scheme": "https"}
        await application(scope, receive, send)

    return secure


def with_send(application: Application) -> Application:
    """Let a view that streams send by itself, once its answer has begun."""

    async def sendable(scope: Scope, receive: Receive, send: Send) -> None:
        await application({**scope, "send": send}, receive, send)

    return sendable


class Ending:
    """The end of the server, in two steps: streams are told to end, then ended."""

    GRACE = 0.4  # seconds for streams to end by themselves

    def __init__(self) -> None:
        self._over: asyncio.Event | None = None

    def expect(self) -> None:
        """The event loop runs: from now on there can be an end."""
        self._over = asyncio.Event()

    def begin(self) -> None:
        """To be called on the event loop. Servers wait for open streams without end,
        and tell the lifespan only afterwards."""
        from playground.runs import lifecycle

        lifecycle.begin_shutdown()
        if self._over is not None:
            asyncio.get_running_loop().call_later(self.GRACE, self._over.set)

    def begin_on_signals(self) -> None:
        """The server has its handlers in place by now: put ours before them."""
        loop = asyncio.get_running_loop()

        def chain(number: signal.Signals) -> None:
            servers = signal.getsignal(number)

            def handler(received: int, frame: FrameType | None) -> None:
                loop.call_soon_threadsafe(self.begin)
                if callable(servers):
                    servers(received, frame)

            signal.signal(number, handler)

        if threading.current_thread() is threading.main_thread():
            chain(signal.SIGTERM)
            chain(signal.SIGINT)

    async def receive(self, receive: Receive) -> Message:
        """The next message, or that the client has gone once the end has come."""
        if self._over is None:
            return await receive()
        message = asyncio.ensure_future(receive())
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait([message, over], return_when=asyncio.FIRST_COMPLETED)
            return message.result() if message.done() else {"type": "http.disconnect"}
        finally:
            message.cancel()
            over.cancel()


ending = Ending()


def ended(application: Application) -> Application:
    """Let no stream outlive the server: Django stops one whose client has gone."""

    async def ended_application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await application(scope, receive, send)
        body_is_read = False
        open_stream = False

        async def ending_receive() -> Message:
            nonlocal body_is_read
            if body_is_read:
                return await ending.receive(receive)
            message = await receive()
            body_is_read = not message.get("more_body", False)
            return message

        def noting_send(message: Message) -> Awaitable[None]:
            nonlocal open_stream
            open_stream = message.get("more_body", False)
            return send(message)

        await application(scope, ending_receive, noting_send)
        if open_stream:
            await send({"type": "http.response.body", "body": b""})

    return ended_application


def with_lifespan(application: Application, turnstile: Turnstile) -> Application:
    """Start and stop the engine with the server."""

    async def lively(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            return await application(scope, receive, send)
        # Late: it loads models, which need a Django that is set up.
        from playground.runs import lifecycle

        await receive()
        await lifecycle.startup()
        ending.expect()
        ending.begin_on_signals()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await lifecycle.shutdown()
        await sync_to_async(connections.close_all)()  # that of the engine's thread
        await turnstile.close()
        await send({"type": "lifespan.shutdown.complete"})

    return lively


def build(django: Application) -> Application:
    from django.conf import settings

    turnstile = Turnstile(django)
    site = with_static_files(turnstile, settings.STATIC_ROOT)
    site = with_send(limited(ended(site), settings.BODY_LIMIT))
    return with_lifespan(at_public_scheme(site, settings.PUBLIC_URL), turnstile)


application = build(cast(Application, get_asgi_application()))
