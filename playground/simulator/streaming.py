"""An Answer as server-sent events, at a pace. Grammar: streaming page, Aug 2026."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from playground.simulator.answers import Answer, pieces
from playground.simulator.request import Request
from playground.simulator.wire import encode, event, message, usage
from playground.spec.tokens import estimate_text

SILENCE = 900.0
LATE = 10.0
"""Seconds of the drills: more than a client's patience, and less."""
CRAWL = 2.0
"""Tokens a second."""


class Broken(Exception):
    """A drill breaks the connection off."""


def whole(request: Request, answer: Answer) -> dict[str, Any]:
    """The answer as one message, for a request that does not stream."""
    body = message(
        answer.id,
        request.model_id,
        _usage(request, answer, answer.output_tokens),
    )
    if answer.thinking_tokens is not None:
        details = {"thinking_tokens": answer.thinking_tokens}
        body["usage"]["output_tokens_details"] = details
    body["content"] = answer.content
    body["stop_reason"] = answer.stop_reason
    body["stop_sequence"] = answer.stop_sequence
    body["stop_details"] = answer.stop_details
    return body


async def stream(
    request: Request, answer: Answer, speed: float | None
) -> AsyncIterator[bytes]:
    """The events of the answer, `speed` tokens a second; None or 0: without delay.

    Raises Broken in the middle when a drill asks for it.
    """
    if answer.manner == "late":
        await asyncio.sleep(LATE)
    speed = CRAWL if answer.manner == "crawl" else speed
    loop = asyncio.get_running_loop()
    start, said = loop.time(), 0.0
    for tokens, sent in events(request, answer):
        said += tokens
        # By the clock, so that late wake-ups do not add up.
        due = start + said / speed if speed else 0
        await asyncio.sleep(max(0, due - loop.time()))
        yield sent
        if said >= answer.output_tokens / 2 and answer.manner in _IN_THE_MIDDLE:
            async for last in _fail(answer.manner):
                yield last
            return


async def at_once(
    request: Request, answer: Answer, speed: float | None
) -> AsyncIterator[bytes]:
    """The whole message after the time that it takes; drills as in a stream."""
    if answer.manner == "late":
        await asyncio.sleep(LATE)
    speed = CRAWL if answer.manner == "crawl" else speed
    await asyncio.sleep(answer.output_tokens / speed if speed else 0)
    body = encode(whole(request, answer))
    if answer.manner in ("cut", "silence"):
        yield body[: len(body) // 2]
        async for _ in _fail(answer.manner):
            pass
    yield body


_IN_THE_MIDDLE = ("cut", "error", "silence")


async def _fail(manner: str) -> AsyncIterator[bytes]:
    if manner == "error":
        error = {"type": "overloaded_error", "message": "Overloaded", "details": None}
        yield event("error", error=error)
        return
    if manner == "silence":
        await asyncio.sleep(SILENCE)
    raise Broken("A drill broke the answer off.")


def events(request: Request, answer: Answer) -> Iterator[tuple[float, bytes]]:
    """Each event with the number of tokens that it stands for."""
    body = whole(request, answer)
    skeleton = {
        **body,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "usage": _usage(request, answer, min(1, answer.output_tokens)),
    }
    yield 0, event("message_start", message=skeleton)
    if not answer.content:
        yield 0, event("ping")
    for index, block in enumerate(answer.content):
        empty = _skeleton(block)
        yield 0, event("content_block_start", index=index, content_block=empty)
        if index == 0:
            yield 0, event("ping")
        for tokens, delta in _deltas(block, request.model.tokenizer, answer):
            yield tokens, event("content_block_delta", index=index, delta=delta)
        yield 0, event("content_block_stop", index=index)
    delta = {
        "stop_reason": answer.stop_reason,
        "stop_sequence": answer.stop_sequence,
        "stop_details": answer.stop_details,
    }
    # The last event repeats the counts, but not the split or the tier.
    counts = {key: body["usage"][key] for key in _FINAL_COUNTS if key in body["usage"]}
    yield 0, event("message_delta", delta=delta, usage=counts)
    yield 0, event("message_stop")


# What comes in deltas; blocks of other types come whole in their first event.
_EMPTY: dict[str, dict[str, Any]] = {
    "text": {"text": "", "citations": []},
    "thinking": {"thinking": "", "signature": ""},
    "tool_use": {"input": {}},
    "server_tool_use": {"input": {}},
}


def _usage(request: Request, answer: Answer, output_tokens: int) -> dict[str, Any]:
    """What was used, and where and how fast, which changes its price."""
    params, model = request.params, request.model
    place = params.get("inference_geo")
    if not isinstance(place, str):
        place = "global" if model.inference_geo else "not_available"
    used = usage(request.input_tokens, output_tokens, answer.cached, place)
    if (speed := params.get("speed")) is not None:
        fast = speed == "fast" and model.fast_price is not None
        used["speed"] = "fast" if fast else "standard"
    return used


_FINAL_COUNTS = (
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "output_tokens_details",
)


def _skeleton(block: dict[str, Any]) -> dict[str, Any]:
    empty = _EMPTY.get(block["type"], {})
    return {key: empty.get(key, value) for key, value in block.items()}


def _deltas(
    block: dict[str, Any], tokenizer: str, answer: Answer
) -> Iterator[tuple[float, dict[str, Any]]]:
    match block["type"]:
        case "text":
            for tokens, part in _weighed(block["text"], tokenizer):
                yield tokens, {"type": "text_delta", "text": part}
            for citation in block.get("citations", ()):
                yield 0, {"type": "citations_delta", "citation": citation}
        case "thinking":
            for tokens, part in _weighed(block["thinking"], tokenizer):
                yield tokens, {"type": "thinking_delta", "thinking": part}
            # Thinking that is not shown takes its time all the same.
            hidden = 0 if block["thinking"] else answer.thinking_tokens or 0
            yield hidden, {"type": "signature_delta", "signature": block["signature"]}
        case "tool_use" | "server_tool_use":
            yield 0, {"type": "input_json_delta", "partial_json": ""}
            for tokens, part in _weighed(json.dumps(block["input"]), tokenizer):
                yield tokens, {"type": "input_json_delta", "partial_json": part}


def _weighed(text: str, tokenizer: str) -> Iterator[tuple[float, str]]:
    parts = pieces(text)
    share = estimate_text(text, tokenizer) / len(parts) if parts else 0
    return ((share, part) for part in parts)
