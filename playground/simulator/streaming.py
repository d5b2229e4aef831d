"""An Answer as server-sent events, at a pace. Grammar: streaming page, Aug 2026."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from playground.simulator.answers import Answer, pieces
from playground.simulator.request import Request
from playground.simulator.wire import event, made_id, message, usage
from playground.spec.tokens import estimate_text


def whole(request: Request, answer: Answer) -> dict[str, Any]:
    """The answer as one message, for a request that does not stream."""
    body = message(
        made_id("msg", request.seed),
        request.model_id,
        usage(request.input_tokens, answer.output_tokens),
    )
    if answer.thinking_tokens is not None:
        details = {"thinking_tokens": answer.thinking_tokens}
        body["usage"]["output_tokens_details"] = details
    body["content"] = answer.content
    body["stop_reason"] = answer.stop_reason
    body["stop_sequence"] = answer.stop_sequence
    return body


async def stream(
    request: Request, answer: Answer, speed: float | None
) -> AsyncIterator[bytes]:
    """The events of the answer, `speed` tokens a second; None or 0: without delay."""
    loop = asyncio.get_running_loop()
    start, said = loop.time(), 0.0
    for tokens, sent in events(request, answer):
        said += tokens
        # By the clock, so that late wake-ups do not add up.
        due = start + said / speed if speed else 0
        await asyncio.sleep(max(0, due - loop.time()))
        yield sent


def events(request: Request, answer: Answer) -> Iterator[tuple[float, bytes]]:
    """Each event with the number of tokens that it stands for."""
    body = whole(request, answer)
    skeleton = {
        **body,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage(request.input_tokens, min(1, answer.output_tokens)),
    }
    yield 0, event("message_start", message=skeleton)
    if not answer.content:
        yield 0, event("ping")
    for index, block in enumerate(answer.content):
        empty = {key: _EMPTY.get(key, value) for key, value in block.items()}
        yield 0, event("content_block_start", index=index, content_block=empty)
        if index == 0:
            yield 0, event("ping")
        for tokens, delta in _deltas(block, request.model.tokenizer, answer):
            yield tokens, event("content_block_delta", index=index, delta=delta)
        yield 0, event("content_block_stop", index=index)
    delta = {
        "stop_reason": answer.stop_reason,
        "stop_sequence": answer.stop_sequence,
        "stop_details": None,
    }
    # The last event repeats the counts, but not the split or the tier.
    counts = {key: body["usage"][key] for key in _FINAL_COUNTS if key in body["usage"]}
    yield 0, event("message_delta", delta=delta, usage=counts)
    yield 0, event("message_stop")


_EMPTY: dict[str, Any] = {"text": "", "thinking": "", "signature": "", "input": {}}
_FINAL_COUNTS = (
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "output_tokens_details",
)


def _deltas(
    block: dict[str, Any], tokenizer: str, answer: Answer
) -> Iterator[tuple[float, dict[str, Any]]]:
    if block["type"] == "text":
        for tokens, part in _weighed(block["text"], tokenizer):
            yield tokens, {"type": "text_delta", "text": part}
    elif block["type"] == "thinking":
        for tokens, part in _weighed(block["thinking"], tokenizer):
            yield tokens, {"type": "thinking_delta", "thinking": part}
        # Thinking that is not shown takes its time all the same.
        hidden = 0 if block["thinking"] else answer.thinking_tokens or 0
        yield hidden, {"type": "signature_delta", "signature": block["signature"]}
    else:
        yield 0, {"type": "input_json_delta", "partial_json": ""}
        for tokens, part in _weighed(json.dumps(block["input"]), tokenizer):
            yield tokens, {"type": "input_json_delta", "partial_json": part}


def _weighed(text: str, tokenizer: str) -> Iterator[tuple[float, str]]:
    parts = pieces(text)
    share = estimate_text(text, tokenizer) / len(parts) if parts else 0
    return ((share, part) for part in parts)
