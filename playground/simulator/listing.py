"""The models endpoints: the catalog in the shape of the Models API.

Source: anthropic 2.12.0 types/model_info.py, model_capabilities.py.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from playground.simulator.request import invalid
from playground.simulator.wire import Refusal
from playground.spec import catalog
from playground.spec.catalog import Model

DEFAULT_LIMIT = 20
MAX_LIMIT = 1000


def page(query: Mapping[str, str], today: date) -> dict[str, Any]:
    """One page of the list; `query` has limit, after_id and before_id as text."""
    limit = _limit(query.get("limit"))
    listed = list(catalog.MODELS.values())
    ids = [each.id for each in listed]
    for cursor in ("after_id", "before_id"):
        if cursor in query and query[cursor] not in ids:
            raise invalid(f"{cursor}: model {query[cursor]} was not found")
    if "after_id" in query:
        rest = listed[ids.index(query["after_id"]) + 1 :]
        shown, more = rest[:limit], len(rest) > limit
    elif "before_id" in query:
        rest = listed[: ids.index(query["before_id"])]
        shown, more = rest[-limit:], len(rest) > limit
    else:
        shown, more = listed[:limit], len(listed) > limit
    return {
        "data": [info(each, today) for each in shown],
        "first_id": shown[0].id if shown else None,
        "has_more": more,
        "last_id": shown[-1].id if shown else None,
    }


def one(model_id: str, today: date) -> dict[str, Any]:
    """One model by id or alias. Raises Refusal 404 when there is none."""
    model = catalog.get(model_id)
    if not model.known:
        raise Refusal(404, "not_found_error", f"model: {model_id}")
    return info(model, today)


def info(model: Model, today: date) -> dict[str, Any]:
    """A model as the API describes it."""
    retired = catalog.is_retired(model, today)
    deprecated = model.deprecated is not None and model.deprecated <= today
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": _moment(model.released) or "1970-01-01T00:00:00Z",
        "lifecycle": (
            "retired" if retired else "deprecated" if deprecated else "active"
        ),
        "deprecated_at": _moment(model.deprecated) if deprecated else None,
        "retires_at": _moment(model.retires) if deprecated or retired else None,
        "line": model.line or None,
        "max_input_tokens": model.context_window,
        "max_tokens": model.max_output,
        "capabilities": _capabilities(model),
    }


def _capabilities(model: Model) -> dict[str, Any]:
    kinds = ("adaptive", "between_tools", "disabled", "enabled")
    levels = ("low", "medium", "high", "max", "xhigh")
    return {
        "batch": _supported(True),
        "citations": _supported(True),
        "code_execution": _supported(False),
        "context_management": {
            **_each(
                (
                    "clear_thinking_20251015",
                    "clear_tool_uses_20250919",
                    "compact_20260112",
                ),
                (),
            ),
            "supported": False,
        },
        "effort": {**_each(levels, model.efforts), "supported": bool(model.efforts)},
        "image_input": _supported(True),
        "pdf_input": _supported(True),
        "server_tools": {
            **_each(("code_execution", "web_search"), ()),
            "supported": False,
        },
        "structured_outputs": _supported(model.structured_outputs),
        "thinking": {
            "supported": bool(model.thinking - {"disabled"}),
            "types": _each(kinds, model.thinking),
        },
    }


def _each(names: Iterable[str], supported: Iterable[str]) -> dict[str, Any]:
    return {name: _supported(name in supported) for name in names}


def _supported(value: bool) -> dict[str, bool]:
    return {"supported": value}


def _moment(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00Z" if day else None


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise invalid("limit: Input should be a valid integer")
    if not 1 <= int(text) <= MAX_LIMIT:
        raise invalid(f"limit: Input should be between 1 and {MAX_LIMIT}")
    return int(text)
