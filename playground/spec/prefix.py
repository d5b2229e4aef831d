"""What stands before thinking, as far as thinking is bound to it: a running hash.

Cache marks and other thinking do not count, nor does where one message ends and the
next of the same role begins (preserved-thinking page, Sep 2026). The editor predicts
with it and the simulator refuses with it.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

THOUGHTS = ("thinking", "redacted_thinking")
_ASIDE = ("cache_control", "caller")


def unmarked(value: Any) -> Any:
    """The same without cache marks at any depth."""
    if isinstance(value, dict):
        return {k: unmarked(v) for k, v in value.items() if k != "cache_control"}
    return [unmarked(inner) for inner in value] if isinstance(value, list) else value


def written(value: Any) -> bytes:
    """One line of JSON, the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def print_of(block: Any) -> bytes:
    """The fingerprint of a content block."""
    if isinstance(block, dict):
        block = {key: value for key, value in block.items() if key not in _ASIDE}
    return hashlib.sha256(written(unmarked(block))).digest()[:16]


def signature(block: Mapping[str, Any]) -> str:
    """What a thinking block was signed with; empty when it is none."""
    kind = block.get("type")
    key = {"thinking": "signature", "redacted_thinking": "data"}.get(
        kind if isinstance(kind, str) else ""
    )
    value = block.get(key) if key else None
    return value if isinstance(value, str) else ""


class Prefix:
    """Begins with the system prompt and the tools of a request's params."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        system, tools = params.get("system"), params.get("tools")
        if isinstance(system, str):
            system = [{"type": "text", "text": system}] if system else []
        loaded = [
            each
            for each in (tools if isinstance(tools, list) else ())
            if not (isinstance(each, dict) and each.get("defer_loading"))
        ]
        self._role = ""
        self._hash = hashlib.sha256(print_of([system or [], loaded]))

    def add(self, role: str, prints: bytes) -> None:
        """Go past blocks of a message, given by their fingerprints, joined. Thinking is
        not to be among them."""
        if not prints:
            return
        if role != self._role:
            self._role = role
            self._hash.update(role.encode())
        self._hash.update(prints)

    def digest(self, role: str, more: bytes = b"") -> bytes:
        """Of all before a block of this role, with `more` blocks of it in between."""
        now = self._hash.copy()
        if role != self._role:
            now.update(role.encode())
        now.update(more)
        return now.digest()[:16]
