"""What goes over the wire: events, errors, ids and headers in the API's own shape.

Sources: streaming and errors pages (Aug-Sep 2026), anthropic 2.12.0 types, recorded
responses. Knows nothing of why something is answered.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EVENT_STREAM = "text/event-stream; charset=utf-8"
JSON = "application/json"
ORGANIZATION = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A request that the API would refuse: HTTP status, error type and its words.

    `details` are machine-readable (`error_code` and more); `headers` go with it.
    """

    status: int
    type: str
    message: str
    details: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self, request_id: str | None) -> dict[str, Any]:
        """The error envelope (errors page, Sep 2026; SDK types/shared)."""
        details = dict(self.details) if self.details else None
        error = {"type": self.type, "message": self.message, "details": details}
        return {"type": "error", "error": error, "request_id": request_id}

    def body(self, request_id: str) -> bytes:
        return encode(self.as_json(request_id))


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


def new_id(prefix: str) -> str:
    """An id that nothing has had before."""
    return made_id(prefix, secrets.token_bytes(16))


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
        again = status >= 500 or status in (408, 409, 429)
        found["x-should-retry"] = "true" if again else "false"
    return found


@dataclass(frozen=True, slots=True)
class Cached:
    """Tokens of a prompt that were read from the cache or written to it."""

    read: int = 0
    written_5m: int = 0
    written_1h: int = 0

    @property
    def written(self) -> int:
        return self.written_5m + self.written_1h


def usage(
    input_tokens: int, output_tokens: int, cached: Cached, place: str
) -> dict[str, Any]:
    """The usage object of a message; `input_tokens` are all tokens of the prompt."""
    return {
        "input_tokens": input_tokens - cached.read - cached.written,
        "cache_creation_input_tokens": cached.written,
        "cache_read_input_tokens": cached.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": cached.written_5m,
            "ephemeral_1h_input_tokens": cached.written_1h,
        },
        "output_tokens": output_tokens,
        "service_tier": "standard",
        "inference_geo": place,
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
