"""Request bodies for tests: a sound one, changed by keywords."""

import base64
import struct
from typing import Any

OPUS, SONNET, HAIKU = "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"
OLD_HAIKU, OLD_OPUS = "claude-haiku-4-5", "claude-opus-4-5"
SIX, SEVEN = "claude-opus-4-6", "claude-opus-4-7"
TEXT = {"type": "text", "text": "Hello"}
EPHEMERAL = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}


def body(*messages: Any, **params: Any) -> dict[str, Any]:
    """A body that breaks no rule; keywords replace, None takes away."""
    made = {"model": OPUS, "max_tokens": 4096, **params}
    made["messages"] = list(messages) or [user("Hello")]
    return {key: value for key, value in made.items() if value is not None}


def user(*content: Any) -> dict[str, Any]:
    return _message("user", content)


def assistant(*content: Any) -> dict[str, Any]:
    return _message("assistant", content)


def system(*content: Any) -> dict[str, Any]:
    return _message("system", content)


def _message(role: str, content: tuple[Any, ...]) -> dict[str, Any]:
    if len(content) == 1 and isinstance(content[0], str):
        return {"role": role, "content": content[0]}
    return {"role": role, "content": list(content)}


def text(typed: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": typed, **more}


def png(width: int = 100, height: int = 100, media_type: str = "image/png") -> dict:
    """An image block with real bytes, as far as a PNG's header goes."""
    data = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height)
    source = {
        "type": "base64",
        "media_type": media_type,
        "data": base64.b64encode(data).decode(),
    }
    return {"type": "image", "source": source}


def upload(width: int = 100, height: int = 100, bytes: int = 1000) -> dict[str, Any]:
    """An image block that refers to an upload."""
    source = {
        "type": "image_ref",
        "image": "7",
        "media_type": "image/png",
        "width": width,
        "height": height,
        "bytes": bytes,
    }
    return {"type": "image", "source": source}


def call(id: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": id, "name": "add", "input": {}, **more}


def result(id: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": id, **more}


def server_call(id: str = "srvtoolu_1") -> dict[str, Any]:
    return {"type": "server_tool_use", "id": id, "name": "web_search", "input": {}}


def server_result(id: str = "srvtoolu_1") -> dict[str, Any]:
    return {"type": "web_search_tool_result", "tool_use_id": id, "content": []}


def tool(name: str = "add", **more: Any) -> dict[str, Any]:
    return {"name": name, "input_schema": {"type": "object"}, **more}
