"""Signatures of thinking blocks: made, and refused when they do not fit any more.

A signature says for which model, behind which prefix and after which earlier block the
thinking was made, under an HMAC. The key is no secret: it has to outlive a restart, and
protects nothing but the rehearsal. Source: preserved-thinking page (Sep 2026).
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from playground.simulator import blocks
from playground.simulator.request import Request, invalid
from playground.spec.prefix import THOUGHTS, Prefix, print_of, signature

_KEY = b"the simulator's thinking is invented"
_VERSION = b"\x01"
_DIGEST = 16
_LENGTH = 1 + 1 + 4 * _DIGEST + 32
_NONE = bytes(_DIGEST)


@dataclass(frozen=True, slots=True)
class _Claim:
    hidden: bool
    text: bytes
    model: bytes
    prefix: bytes
    before: bytes


class Signer:
    """Signs the thinking that answers a request. Reads the whole request once."""

    def __init__(self, request: Request) -> None:
        prefix, thoughts = Prefix(request.params), [_NONE]
        for _, _, role, block in blocks.each(request.messages):
            if block.get("type") in THOUGHTS:
                thoughts.append(_digest(signature(block).encode()))
            else:
                prefix.add(role, print_of(block))
        self._model = request.model.id
        self._prefix = prefix.digest("assistant")
        self._before = thoughts[-1]

    def sign(self, shown: str, *, hidden: bool) -> str:
        """The signature of a block; `hidden` when its text is not shown."""
        parts = (
            _VERSION,
            b"\x01" if hidden else b"\x00",
            _digest(shown.encode()),
            _digest(self._model.encode()),
            self._prefix,
            self._before,
        )
        body = b"".join(parts)
        return base64.b64encode(body + _mac(body)).decode()


def check(request: Request) -> None:
    """Raise Refusal for the first thinking block whose signature does not fit.

    Blocks of another model are passed over: the API drops them silently.
    """
    if not any(summary.thinking for summary in request.summaries):
        return
    prefix, before, binds = Prefix(request.params), None, _binds(request)
    latest = max(
        (n for n, m in enumerate(request.messages) if m.get("role") == "assistant"),
        default=-1,
    )
    own = _digest(request.model.id.encode())
    for n, m, role, block in blocks.each(request.messages):
        if block.get("type") not in THOUGHTS:
            prefix.add(role, print_of(block))
            continue
        path, claim = f"messages.{n}.content.{m}", _claim(signature(block))
        if claim is None:
            raise invalid(f"{path}: {_INVALID}")
        if not claim.hidden and claim.text != _digest(_text(block).encode()):
            raise invalid(f"{path}: {_MODIFIED if n == latest else _INVALID}")
        if claim.model == own and binds:
            moved = claim.prefix != prefix.digest("assistant")
            gap = before is not None and claim.before != before
            if moved or gap:
                raise invalid(f"{path}: {_BOUND} {_what_changed(moved)}")
        before = _digest(signature(block).encode())


_INVALID = "Invalid `signature` in `thinking` block"
_MODIFIED = (
    "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot "
    "be modified. These blocks must remain as they were in the original response."
)
_BOUND = (
    "Invalid `signature` in `thinking` block. The block is bound to a different "
    "conversation. Remove the block, or set "
    '`thinking.block_binding.prefix_mismatch_behavior` to "drop_block". This requires '
    "the `thinking-binding-controls-2026-08-01` beta header."
)


def _what_changed(moved: bool) -> str:
    if moved:
        return "What stands before the block has changed since it was made."
    return "An earlier thinking block is missing or has come back."


def _binds(request: Request) -> bool:
    """Whether the prefix counts: the simulator is an account made after Aug 2026."""
    thinking = request.params.get("thinking")
    binding = thinking.get("block_binding") if isinstance(thinking, dict) else None
    if isinstance(binding, dict) and "prefix_mismatch_behavior" in binding:
        return bool(binding["prefix_mismatch_behavior"] != "drop_block")
    if request.batched:
        return False  # unless told otherwise it drops such blocks
    return isinstance(binding, dict) or request.model.prefix_binding != "never"


def _text(block: dict[str, Any]) -> str:
    value = block.get("thinking")
    return value if isinstance(value, str) else ""


def _claim(signature: str) -> _Claim | None:
    """What a signature says; None when it is not ours or was altered."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[:-32], raw[-32:]
    if len(raw) != _LENGTH or raw[:1] != _VERSION:
        return None
    if not hmac.compare_digest(mac, _mac(body)):
        return None
    parts = [body[n : n + _DIGEST] for n in range(2, len(body), _DIGEST)]
    return _Claim(body[1] == 1, *parts)


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()[:_DIGEST]


def _mac(body: bytes) -> bytes:
    return hmac.new(_KEY, body, hashlib.sha256).digest()
