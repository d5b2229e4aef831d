"""A call of the API as routes see it, and the response that they give."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from playground.simulator import wire
from playground.simulator.workspaces import Workspace

OFF_LOOP = 32 * 1024
"""Bodies of more bytes are read in a thread, so that streams do not stand still: to
read and check text takes about 0.2 ms a kilobyte."""

T = TypeVar("T")


@dataclass(slots=True)
class Response:
    """`chunks` can be read once; closing it early ends the answer.

    `streams` says that the chunks are worth passing on one by one.
    """

    status: int
    headers: dict[str, str]
    chunks: AsyncIterator[bytes]
    streams: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A request that may be answered. Header names are in lower case."""

    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    base: str
    """Where the API is reached, for the links that it gives."""
    speed: float | None
    request_id: str
    workspace: Workspace

    async def work(self, work: Callable[[], T], *, always_off: bool = False) -> T:
        """Do it, in a thread when the body is large."""
        if always_off or len(self.body) > OFF_LOOP:
            return await asyncio.to_thread(work)
        return work()

    def json(self, value: Any) -> Response:
        """An answer of one JSON value."""
        headers = wire.headers(wire.JSON, self.request_id)
        return Response(200, headers, once(wire.encode(value)))


async def once(body: bytes) -> AsyncIterator[bytes]:
    """A body in one piece."""
    yield body
