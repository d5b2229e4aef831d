"""What goes over the wire: events, errors, ids and headers in the API's own shape.

Sources: streaming and errors pages (Aug-Sep 2026), anthropic 2.12.0 types, recorded
responses. Knows nothing of why something is answered.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EVENT_STREAM = "text/event-stream; charset=utf-8"
JSON = "application/json"
ORGANIZATION = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A request that the API would refuse: HTTP status, error type and its words."""

    status: int
    type: str
    message: str

    def body(self, request_id: str) -> bytes:
        error = {"type": self.type, "message": self.message}
        return encode({"type": "error", "error": error, "request_id": request_id})


def encode(value: Any) -> bytes:
    """JSON as the API writes it: UTF-8, no spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def event(name: str, **fields: Any) -> bytes:
    """One server-sent event; its data repeat the name as `type`."""
    return b"event: %b\ndata: %b\n\n" % (
        name.encode(),
        encode({"type": name, **fields}),
    )


def made_id(prefix: str, *parts: str | bytes) -> str:
    """An id that looks like the API's and is the same for the same parts."""
    digest = hashlib.sha256(b"\0".join(_bytes(part) for part in (prefix, *parts)))
    letters = base64.b32encode(digest.digest()).decode()[:24]
    return f"{prefix}_01{letters}"


def made_signature(seed: str, thinking: str) -> str:
    """Opaque base64 text, as thinking blocks carry it."""
    return base64.b64encode(
        hashlib.sha512(f"{seed}\0{thinking}".encode()).digest()
    ).decode()


def headers(content_type: str, request_id: str, *, status: int = 200) -> dict[str, str]:
    """Response headers; a refusal also says whether to try again."""
    found = {
        "content-type": content_type,
        "request-id": request_id,
        "anthropic-organization-id": ORGANIZATION,
    }
    if content_type == EVENT_STREAM:
        found["cache-control"] = "no-cache"
    if status >= 400:
        found["x-should-retry"] = "true" if status >= 500 else "false"
    return found


def usage(input_tokens: int, output_tokens: int) -> dict[str, Any]:
    """The usage object of a message. Nothing is cached here, so those counts are 0."""
    return {
        "input_tokens": input_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {
            "ephemeral_5m_input_tokens": 0,
            "ephemeral_1h_input_tokens": 0,
        },
        "output_tokens": output_tokens,
        "service_tier": "standard",
        "inference_geo": "not_available",
    }


def message(id: str, model: str, usage: Mapping[str, Any]) -> dict[str, Any]:
    """A message without content, as `message_start` has it."""
    return {
        "model": model,
        "id": id,
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "usage": dict(usage),
    }


def _bytes(part: str | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.encode()
