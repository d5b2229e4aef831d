"""One open page: what waits for it, and what it is sent at once.

A page that keeps up is sent each event where it came in. To wake the task that answers
the page, and to go from there to the socket, would cost more than all else that a
token costs.
"""

import asyncio
import types
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from typing import Any

from conversations.access import Admission

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
"""How an ASGI server is told what to send."""


class Viewer:
    """One open page, and a bell for what waits.

    The bell is an `asyncio.Event` without the queue of those who wait for one.
    """

    def __init__(
        self, send: Send | None = None, admission: Admission | None = None
    ) -> None:
        self.admission = admission
        self.is_shut_out = False
        self.waiting: list[bytes] = []
        self.head: int | None = None
        self._send = send
        self._rung = False
        self._bell: asyncio.Future[Awaitable[None] | None] | None = None

    def tell(self, told: bytes) -> None:
        """Have it sent: at once when nothing waits and nothing is being sent."""
        if self._send is None or self._bell is None or self._bell.done():
            self.waiting.append(told)
            return self.ring()
        message = {"type": "http.response.body", "body": told, "more_body": True}
        try:
            sending = self._send(message).__await__()
            first = next(sending)
        except StopIteration:
            pass  # it is sent
        except Exception as error:
            self._bell.set_exception(error)  # of this page, not of the run's driver
        else:
            self._bell.set_result(_rest(first, sending))

    def shut_out(self) -> None:
        """Send nothing more: whoever watches may not any longer."""
        self.is_shut_out = True
        self.ring()

    def ring(self) -> None:
        self._rung = True
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)

    async def wait(self) -> None:
        """Come back once it rang after the last `take`. What is told meanwhile is sent
        at once, as long as nothing has to be waited for."""
        while not self._rung:
            self._bell = asyncio.get_running_loop().create_future()
            begun = await self._bell
            if begun is not None:
                await begun

    def take(self) -> bytes:
        self._rung = False
        told, self.waiting = b"".join(self.waiting), []
        return told


@types.coroutine
def _rest(first: Any, sending: Generator[Any, Any, None]) -> Generator[Any, Any, None]:
    """Go on with what has been begun and now waits for `first`."""
    yield first
    yield from sending
