"""Input tokens as a real endpoint counts them, free of charge, before sending."""

import asyncio
from collections.abc import Sequence
from typing import Any

from asgiref.sync import async_to_sync

from conversations.models.json import dumps
from playground import payload
from playground.claude.endpoints import Endpoint
from playground.claude.errors import Failure
from playground.claude.stream import count_tokens
from playground.spec.rules import keys

from .screen import Screen

SECONDS = 4.0  # what somebody who types is not told by then is no use
MOST_IMAGES = 2_000_000  # characters of base64 that are worth sending to be counted


def counted(shown: Screen, messages: Sequence[dict[str, Any]]) -> int | None:
    """Count the conversation with `messages` after it, as the endpoint does.

    None where only the local estimate is to be had: at the simulator, with typed or
    many images, and when the endpoint refuses or takes too long.
    """
    endpoint = shown.endpoint
    if endpoint is None or endpoint.simulated or "image_ref" in dumps(messages):
        return None
    made = payload.build(shown.head)
    if sum(image.base64_size for image in made.images.values()) > MOST_IMAGES:
        return None
    body = made.body()
    body = {key: body[key] for key in body if key in keys.COUNTED_PARAMS}
    body["messages"] = [*body["messages"], *messages]
    try:
        return async_to_sync(_ask)(endpoint, dumps(body).encode("ascii"), made.headers)
    except (Failure, TimeoutError):
        return None


async def _ask(endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> int:
    async with asyncio.timeout(SECONDS):
        return await count_tokens(endpoint, body, headers)
