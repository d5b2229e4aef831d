"""The models endpoints: the catalog in the shape of the Models API.

Source: anthropic 2.12.0 types/model_info.py, model_capabilities.py.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from playground.simulator import paging
from playground.simulator.request import invalid
from playground.simulator.wire import Refusal
from playground.spec import catalog
from playground.spec.catalog import Model

LIFECYCLES = ("active", "deprecated", "retired")


def page(query: Sequence[tuple[str, str]], today: date) -> dict[str, Any]:
    """One page of the list; `query` has limit, after_id, before_id and lifecycle.

    Without a lifecycle, retired models are left out (SDK model_list_params).
    """
    wanted = [v for key, v in query if key in ("lifecycle", "lifecycle[]")]
    for each in wanted:
        if each not in LIFECYCLES:
            expected = "'active', 'deprecated' or 'retired'"
            raise invalid(f"lifecycle: Input should be {expected}")
    shown: list[paging.Item] = [
        (each.id, partial(info, each, today))
        for each in catalog.MODELS.values()
        if _lifecycle(each, today) in (wanted or LIFECYCLES[:2])
    ]
    return paging.by_id(dict(query), shown, "model")


def one(model_id: str, today: date) -> dict[str, Any]:
    """One model by id or alias. Raises Refusal 404 when there is none."""
    model = catalog.get(model_id)
    if not model.known:
        raise Refusal(404, "not_found_error", f"model: {model_id}")
    return info(model, today)


def info(model: Model, today: date) -> dict[str, Any]:
    """A model as the API describes it."""
    lifecycle = _lifecycle(model, today)
    announced = lifecycle != "active"
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": _moment(model.released) or "1970-01-01T00:00:00Z",
        "lifecycle": lifecycle,
        "deprecated_at": _moment(model.deprecated) if announced else None,
        "retires_at": _moment(model.retires) if announced else None,
        "line": model.line or None,
        "max_input_tokens": model.context_window,
        "max_tokens": model.max_output,
        "capabilities": _capabilities(model),
    }


def _lifecycle(model: Model, today: date) -> str:
    if catalog.is_retired(model, today):
        return "retired"
    deprecated = model.deprecated is not None and model.deprecated <= today
    return "deprecated" if deprecated else "active"


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
        # What the models can do; the simulator itself searches in a drill only.
        "server_tools": {
            **_each(("code_execution", "web_search"), ("code_execution", "web_search")),
            "supported": True,
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
