"""Input tokens as a real endpoint counts them, free of charge, before sending."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from asgiref.sync import async_to_sync

from conversations.models import Revision
from conversations.models.json import dumps, wire
from playground.claude.endpoints import Endpoint
from playground.claude.errors import Failure
from playground.claude.stream import count_tokens
from playground.payload import Payload
from playground.payload.memory import Memory
from playground.spec.rules import keys

SECONDS = 4.0  # what somebody who types is not told by then is no use
MOST_IMAGES = 2_000_000  # characters of base64 that are worth sending to be counted
KEPT = 1_000

# By the number of the head and the endpoint.
_kept: Memory[tuple[int, str], int] = Memory(KEPT)


def known(head: Revision, endpoint: Endpoint | None) -> int | None:
    """Return what the endpoint counted for *Send* of this head, if it was asked."""
    if endpoint is None:
        return None
    return _kept.get(head.conversation_id, (head.number, endpoint.label))


def keep(head: Revision, endpoint: Endpoint | None, counted: int) -> None:
    """Remember what the endpoint counted, as long as there is room."""
    if endpoint is not None:
        _kept.keep(head.conversation_id, (head.number, endpoint.label), counted)


def counted(
    endpoint: Endpoint | None, made: Payload, more: Sequence[Mapping[str, Any]] = ()
) -> int | None:
    """Count a payload with `more` messages after it, as the endpoint does.

    None where only the local estimate is to be had: at the simulator, with many
    images or newly attached ones, and when the endpoint refuses or takes too long.
    """
    if endpoint is None or endpoint.simulated or "image_ref" in dumps(more):
        return None
    if sum(image.base64_size for image in made.images.values()) > MOST_IMAGES:
        return None
    body = made.body()
    body = {key: body[key] for key in body if key in keys.COUNTED_PARAMS}
    body["messages"] = [*body["messages"], *more]
    try:
        return async_to_sync(_ask)(endpoint, wire(body), made.headers)
    except (Failure, TimeoutError):
        return None


async def _ask(endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> int:
    async with asyncio.timeout(SECONDS):
        return await count_tokens(endpoint, body, headers)
