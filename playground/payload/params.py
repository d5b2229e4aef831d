"""Saved params as a request has them: the body, the headers, the override laid over.

Knows no turn and no model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

API_VERSION = "2026-10-21"
# The keys of params that are no keys of the body: the SDK's own words for them.
EXTRA_HEADERS = "extra_headers"
EXTRA_BODY = "extra_body"
SENDABLE_HEADERS = ("anthropic-version", "anthropic-beta")
# What an override cannot change, since the page would show something else than is sent.
NOT_OVERRIDABLE = ("messages", "stream")


@dataclass(frozen=True, slots=True)
class Parts:
    """Params as they are sent: what goes into the body and what into the headers."""

    body: dict[str, Any]
    headers: dict[str, str]
    refused: tuple[str, ...] = ()
    override: dict[str, Any] = field(default_factory=dict)


def split(saved: Mapping[str, Any]) -> Parts:
    """Return what of the saved params goes where."""
    body = {k: v for k, v in saved.items() if k not in (EXTRA_HEADERS, EXTRA_BODY)}
    headers = {"anthropic-version": API_VERSION}
    refused = []
    extra = saved.get(EXTRA_HEADERS)
    for name, value in extra.items() if isinstance(extra, Mapping) else ():
        if name.lower() in SENDABLE_HEADERS and _is_header_value(value):
            headers[name.lower()] = value
        else:
            refused.append(f"{EXTRA_HEADERS}.{name}")
    over = saved.get(EXTRA_BODY)
    if over is not None and not isinstance(over, Mapping):
        refused.append(EXTRA_BODY)
    over = over if isinstance(over, Mapping) else {}
    refused += [f"{EXTRA_BODY}.{key}" for key in NOT_OVERRIDABLE if key in over]
    over = {k: v for k, v in over.items() if k not in NOT_OVERRIDABLE}
    return Parts(merged(body, over), headers, tuple(refused), over)


def merged(value: Any, override: Any) -> Any:
    """Lay the override over the value: objects merge key by key, at any depth; lists,
    text, numbers and null replace what was there."""
    if not (isinstance(value, Mapping) and isinstance(override, Mapping)):
        return override
    both = {key: merged(value[key], override[key]) for key in override if key in value}
    return {**value, **override, **both}


def body(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Return saved params as the body has them, the override merged into them."""
    return split(saved).body


def saved(body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """Return what a run sent as params that a revision can keep."""
    usual = split({}).headers
    extra = {
        name: headers[name] for name in headers if usual.get(name) != headers[name]
    }
    return {**body, EXTRA_HEADERS: extra} if extra else dict(body)


def _is_header_value(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()
