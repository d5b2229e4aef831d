"""Reads what an endpoint lists of a model into a row of the catalog.

Source: anthropic 2.12.0 types/model_info.py, model_capabilities.py. What the list does
not tell stays as the table has it; of a new model it counts as unverified.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from playground.spec import catalog
from playground.spec.catalog import Model

# What no list tells, though rules follow from it.
UNTOLD = frozenset(
    {
        "prefill",
        "forced_tool_choice",
        "sampling",
        "system_role",
        "image_tier",
        "tokenizer",
        "prefix_binding",
        "thinking_default",
        "disabled_efforts",
        "min_cacheable_tokens",
        "max_images",
        "inference_geo",
    }
)


def model(info: object, today: date) -> Model | None:
    """The row of a listed model: its own with what the list says, or a new one.

    None for what describes no model. Values of other types than the API's are left
    out. Never raises.
    """
    if not isinstance(info, dict) or not isinstance(info.get("id"), str):
        return None
    known = catalog.get(info["id"])
    if known.known:
        return _updated(known, info, today)
    name = info.get("display_name")
    line = info.get("line")
    fresh = Model(
        info["id"],
        name if isinstance(name, str) and name else info["id"],
        line if isinstance(line, str) else "",
        released=_day(info.get("created_at")),
        unverified=UNTOLD,
        learned=True,
    )
    return _updated(fresh, info, today)


def _updated(row: Model, info: Mapping[str, Any], today: date) -> Model:
    changes: dict[str, Any] = {**_limits(info), **_abilities(info)}
    lifecycle = info.get("lifecycle")
    if lifecycle in ("active", "deprecated", "retired"):
        changes |= _life(row, lifecycle, info, today)
    return replace(row, **changes)


def _limits(info: Mapping[str, Any]) -> dict[str, int]:
    told = {
        "context_window": info.get("max_input_tokens"),
        "max_output": info.get("max_tokens"),
    }
    return {
        key: value
        for key, value in told.items()
        if isinstance(value, int) and not isinstance(value, bool) and value > 0
    }


def _life(
    row: Model, lifecycle: str, info: Mapping[str, Any], today: date
) -> dict[str, date | None]:
    """`lifecycle` alone tells whether it is retired: a date may be overdue."""
    deprecated, retires = _day(info.get("deprecated_at")), _day(info.get("retires_at"))
    yesterday = today - timedelta(days=1)
    if lifecycle == "retired":
        gone = retires or row.retires or yesterday
        return {"deprecated": deprecated, "retires": min(gone, yesterday)}
    if lifecycle == "active":
        return {"deprecated": None, "retires": None}
    overdue = retires is not None and retires < today
    return {
        "deprecated": deprecated or row.deprecated or today,
        "retires": None if overdue else retires,
    }


def _abilities(info: Mapping[str, Any]) -> dict[str, Any]:
    told = _dict(info.get("capabilities"))
    changes: dict[str, Any] = {}
    outputs = _dict(told.get("structured_outputs")).get("supported")
    if isinstance(outputs, bool):
        changes["structured_outputs"] = outputs
    types = _dict(_dict(told.get("thinking")).get("types"))
    if types:
        changes["thinking"] = frozenset(_supported(types))
    if told:
        changes["lacks"] = _lacking(told)
    effort = _dict(told.get("effort"))
    if effort.get("supported") is False:
        changes |= {"efforts": (), "effort_default": None}
    elif listed := _supported(effort):
        order = [*Model("", "", "").efforts, *sorted(listed)]
        changes["efforts"] = tuple(e for e in dict.fromkeys(order) if e in listed)
    return changes


def _supported(each: Mapping[str, Any]) -> set[str]:
    return {key for key, value in each.items() if _dict(value).get("supported") is True}


def _lacking(told: Mapping[str, Any]) -> frozenset[str]:
    tools = _dict(told.get("server_tools"))
    given = {key: told.get(key) for key in ("image_input", "pdf_input")}
    given |= {key: tools.get(key) for key in ("web_search", "code_execution")}
    return frozenset(k for k, v in given.items() if _dict(v).get("supported") is False)


def _day(moment: object) -> date | None:
    if not isinstance(moment, str):
        return None
    try:
        day = datetime.fromisoformat(moment).date()
    except ValueError:
        return None
    return day if day.year > 1970 else None  # the epoch stands for unknown


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
