"""The bytes of an answer as they come, at the price of reading a socket.

An answer over aiohttp is taken where it comes in: the three generators above it, a
task that wakes for each token, and aiohttp's timer, which begins anew with each, cost
more than the socket. Silence is noticed here instead, by a timer that looks when the
last token was.
"""

import asyncio
from collections.abc import Callable

import aiohttp
import httpx2

Take = Callable[[bytes], None]


async def read(response: httpx2.Response, take: Take) -> None:
    """Hand the bytes of an open answer on, and come back at its end.

    Raises httpx2.HTTPError when it breaks off, and what `take` raises.
    """
    answer = beneath(response)
    if answer is None:
        async for chunk in response.aiter_bytes():
            take(chunk)
        return
    try:
        await _Listener(answer, take).listen()
    except aiohttp.SocketTimeoutError as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except (aiohttp.ClientError, OSError) as error:
        raise httpx2.ReadError(str(error)) from error


def beneath(response: httpx2.Response) -> aiohttp.ClientResponse | None:
    """The aiohttp answer that the SDK's transport has wrapped, if it can be read as
    it is. It has no public name; where it cannot be found the usual way is taken."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return None
    transport = getattr(response.stream, "_stream", None)
    answer = getattr(transport, "_aiohttp_response", None)
    return answer if isinstance(answer, aiohttp.ClientResponse) else None


class _Listener(asyncio.Protocol):
    """Stands between a connection and aiohttp while an answer is read: passes on what
    comes in, and takes at once what aiohttp makes of it.

    Gives up an answer in which nothing came for as long as aiohttp was told, or for
    less than twice that.
    """

    def __init__(self, answer: aiohttp.ClientResponse, take: Take) -> None:
        self._content, self._take = answer.content, take
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._is_silent = True
        self._timer: asyncio.TimerHandle | None = None
        connection = answer.connection  # None when everything has come
        self._transport = connection.transport if connection else None
        self._protocol = connection.protocol if connection else None

    async def listen(self) -> None:
        """Come back at the end of the answer."""
        self._begin()
        try:
            self._look()
            await self._over
        finally:
            self._end()

    def data_received(self, data: bytes) -> None:
        self._aiohttp.data_received(data)
        self._look()

    def eof_received(self) -> None:
        self._aiohttp.eof_received()
        self._look()

    def connection_lost(self, error: Exception | None) -> None:
        self._aiohttp.connection_lost(error)
        self._look()

    def pause_writing(self) -> None:
        self._aiohttp.pause_writing()

    def resume_writing(self) -> None:
        self._aiohttp.resume_writing()

    def _begin(self) -> None:
        if self._transport is None or self._protocol is None:
            return
        self._aiohttp = self._protocol
        self._limit, self._protocol.read_timeout = self._protocol.read_timeout, None
        self._transport.set_protocol(self)
        self._wait()

    def _end(self) -> None:
        """Let aiohttp have its connection back: it may be used for another answer."""
        if self._timer is not None:
            self._timer.cancel()
        transport, self._transport = self._transport, None
        if transport is not None and transport.get_protocol() is self:
            transport.set_protocol(self._aiohttp)

    def _look(self) -> None:
        if self._over.done():
            return
        try:
            chunk = self._content.read_nowait()
            if chunk:
                self._is_silent = False
                self._take(chunk)
            if self._content.at_eof():
                self._over.set_result(None)
            elif self._transport is None:
                raise aiohttp.ServerDisconnectedError
        except Exception as error:
            self._over.set_exception(error)
        if self._over.done():
            self._end()

    def _wait(self) -> None:
        if self._limit:
            self._timer = self._loop.call_later(self._limit, self._give_up)

    def _give_up(self) -> None:
        if not self._is_silent:
            self._is_silent = True
            return self._wait()
        if not self._over.done():
            self._over.set_exception(aiohttp.SocketTimeoutError("nothing came"))
