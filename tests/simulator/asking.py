"""Requests for the simulator, short to write, and what comes back."""

import json
from collections.abc import Mapping
from typing import Any

from asgiref.sync import async_to_sync

from playground.simulator.engine import respond

HEADERS = {
    "authorization": "Bearer any",
    "anthropic-version": "2026-10-21",
    "content-type": "application/json",
}


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def assistant(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


def body(*messages: dict[str, Any], **params: Any) -> dict[str, Any]:
    return {
        "model": "claude-haiku-4-5",
        "max_tokens": 500,
        "messages": list(messages),
        **params,
    }


@async_to_sync
async def fetch(
    method: str, path: str, sent: bytes = b"", headers: Mapping[str, str] = HEADERS
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and whole body of a response of the engine."""
    response = await respond(method, path, headers, sent)
    chunks = [chunk async for chunk in response.chunks]
    return response.status, response.headers, b"".join(chunks)


def ask(*messages: dict[str, Any], **params: Any) -> dict[str, Any]:
    """The message that answers; fails on anything but 200."""
    sent = json.dumps(body(*messages, **params)).encode()
    status, _, answer = fetch("POST", "/v1/messages", sent)
    assert status == 200, answer
    return json.loads(answer)


def say(*messages: dict[str, Any], **params: Any) -> str:
    """The text of the answer."""
    content = ask(*messages, **params)["content"]
    return "".join(block.get("text", "") for block in content)


def refusal(sent: Any, headers: Mapping[str, str] = HEADERS) -> tuple[int, str, str]:
    """Status, type and message of the refusal; checks the envelope."""
    raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    status, got, answer = fetch("POST", "/v1/messages", raw, headers)
    envelope = json.loads(answer)
    assert status >= 400, answer
    assert set(envelope) == {"type", "error", "request_id"}
    assert envelope["type"] == "error"
    assert envelope["request_id"] == got["request-id"]
    return status, envelope["error"]["type"], envelope["error"]["message"]
