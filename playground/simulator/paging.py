"""Lists in pages: by the id before or after, or by an opaque cursor.

Source: anthropic 2.12.0 pagination.py. Knows nothing of what is listed.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.simulator.request import invalid

DEFAULT_LIMIT = 20
MAX_LIMIT = 1000

Item = tuple[str, Callable[[], Any]]
"""An id, and how to write what it belongs to."""


def by_id(query: Mapping[str, str], items: Sequence[Item], noun: str) -> dict[str, Any]:
    """The page between cursors `after_id` and `before_id`; `limit` items at most."""
    limit = _limit(query)
    ids = [id for id, _ in items]
    for cursor in ("after_id", "before_id"):
        if cursor in query and query[cursor] not in ids:
            raise invalid(f"{cursor}: {noun} {query[cursor]} was not found")
    if "after_id" in query:
        rest = items[ids.index(query["after_id"]) + 1 :]
        shown = rest[:limit]
    elif "before_id" in query:
        rest = items[: ids.index(query["before_id"])]
        shown = rest[-limit:]
    else:
        rest, shown = items, items[:limit]
    return {
        "data": [write() for _, write in shown],
        "first_id": shown[0][0] if shown else None,
        "has_more": len(rest) > limit,
        "last_id": shown[-1][0] if shown else None,
    }


def by_cursor(query: Mapping[str, str], items: Sequence[Item]) -> dict[str, Any]:
    """The page that the opaque `page` leads to, and the cursor of the next one."""
    limit, start = _limit(query), 0
    if query.get("page"):
        start = _start(query["page"], [id for id, _ in items])
    shown = items[start : start + limit]
    more = len(items) > start + limit
    return {
        "data": [write() for _, write in shown],
        "first_id": shown[0][0] if shown else None,
        "has_more": more,
        "last_id": shown[-1][0] if shown else None,
        "next_page": _cursor(shown[-1][0]) if more else None,
    }


def _cursor(after: str) -> str:
    return f"page_{base64.urlsafe_b64encode(after.encode()).decode()}"


def _start(cursor: str, ids: list[str]) -> int:
    try:
        encoded = cursor.removeprefix("page_").encode("ascii")
        return ids.index(base64.urlsafe_b64decode(encoded).decode()) + 1
    except (binascii.Error, ValueError):
        raise invalid("page: Invalid page cursor") from None


def _limit(query: Mapping[str, str]) -> int:
    text = query.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise invalid("limit: Input should be a valid integer")
    if not 1 <= int(text) <= MAX_LIMIT:
        raise invalid(f"limit: Input should be between 1 and {MAX_LIMIT}")
    return int(text)
