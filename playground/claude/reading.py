"""The bytes of an answer as they come, at the price of reading a socket.

An answer over aiohttp is taken where it comes in: the three generators above it, a
task that wakes for each token, and aiohttp's timer, which begins anew with each, cost
more than the socket. Silence is noticed here instead, by a timer that looks when the
last token was.

What comes in whole chunks, as tokens do, is taken out of them here and aiohttp is not
told, whose parser and buffer would make half of what a token costs. Everything else
goes the usual way.
"""

import asyncio
import re
from collections.abc import Callable

import aiohttp
import httpx2

Take = Callable[[bytes], None]

_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})\r\n")


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


def unwrapped(data: bytes) -> bytes | None:
    """Return what is in these chunks of HTTP/1.1 (RFC 9112, section 7.1); None unless
    they are whole, have no extensions, and none is the last one, which is empty."""
    parts, at = [], 0
    while found := _CHUNK_SIZE.match(data, at):
        begin = found.end()
        at = begin + int(found[1], 16)
        if at == begin or data[at : at + 2] != b"\r\n":
            return None
        parts.append(data[begin:at])
        at += 2
    return b"".join(parts) if parts and at == len(data) else None


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
        # Nothing is begun in aiohttp's parser: it waits for a chunk.
        self._is_between = False
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
        whole = unwrapped(data)
        if whole is None or not self._is_between:
            self._aiohttp.data_received(data)
            self._look(whole)
        elif not self._over.done():
            self._is_silent = False
            try:
                self._take(whole)
            except Exception as error:
                self._over.set_exception(error)
                self._end()

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

    def _look(self, whole: bytes | None = None) -> None:
        """Take what aiohttp has read; these whole chunks, if it began with a chunk."""
        if self._over.done():
            return
        try:
            chunk = self._content.read_nowait()
            self._is_between = chunk == whole
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
