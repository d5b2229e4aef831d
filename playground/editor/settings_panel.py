"""The settings as the inspector shows them: fields with their choices for one model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone

from playground.claude import endpoints
from playground.payload.params import EXTRA_BODY
from playground.spec import catalog, vision

from . import parameters, text
from .problems import Shown
from .screen import Screen

OVERRIDE_HINT = (
    "Laid over the whole request last, for what no field has. Objects merge key by "
    "key, at any depth; lists, text, numbers and null replace what was there. The "
    "messages and “stream” cannot be overridden."
)
THINKING_LABELS = {
    "adaptive": "Adaptive",
    "enabled": "Enabled, with a budget",
    "disabled": "Disabled",
    "between_tools": "Between tools only",
}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed that could not be saved, and why."""

    values: Mapping[str, str]
    error: str = ""
    # For a conflict: what is saved now, who saved it, and the revision it is in.
    theirs: str = ""
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the settings, ready for its template."""

    name: str
    label: str
    value: str = ""
    note: str = ""
    hint: str = ""
    options: Sequence[Option] = ()
    groups: Sequence[tuple[str, Sequence[Option]]] = ()
    chips: Sequence[tuple[str, bool]] = ()
    ports: bool = False
    refreshes: bool = False
    rows: int = 0
    placeholder: str = ""
    exact: str = ""
    extra: str = ""
    extra_shown: bool = False
    # Whether the override changes what this field says.
    overridden: bool = False
    problems: Sequence[Shown] = ()
    typed: Typed | None = field(default=None)

    @property
    def id(self) -> str:
        return f"setting-{self.name}"


def fields(screen: Screen, typed: Mapping[str, Typed] | None = None) -> list[Field]:
    """Return all fields from the top; `typed` replaces what could not be saved."""
    return [one(screen, name, (typed or {}).get(name)) for name in MAKERS]


def one(screen: Screen, name: str, typed: Typed | None = None) -> Field:
    """Return one field. Raises KeyError for a name that there is not."""
    found = MAKERS[name](screen, screen.head.params, screen.made.model)
    problems = screen.problems.fields.get(name, ())
    overridden = parameters.is_overridden(
        name, screen.head.params, screen.made.override
    )
    told = {"problems": problems, "overridden": overridden}
    values: dict[str, Any] = {"name": name, **told, **found}
    if typed is not None:
        values["typed"] = typed
        values["exact"] = ""
        values["value"] = typed.values.get(name, values.get("value", ""))
        values["extra"] = typed.values.get("budget_tokens", values.get("extra", ""))
    return Field(**values)


def for_params(screen: Screen, name: str, params: Mapping[str, Any]) -> Field:
    """Return one field as it stands with other params than the head's."""
    found = MAKERS[name](screen, params, catalog.get(params.get("model")))
    return Field(**{"name": name, **found})


def _endpoint(screen: Screen, params: Any, model: catalog.Model) -> dict[str, Any]:
    current = screen.conversation.endpoint
    options = [
        Option(e.name, e.label, e.name == current) for e in endpoints.available()
    ]
    if not any(option.selected for option in options):
        options.append(Option(current, f"{current} (not configured here)", True))
    return {"label": "Endpoint", "value": current, "options": options}


def _model(screen: Screen, params: Any, model: catalog.Model) -> dict[str, Any]:
    current = text.shown(str(params.get("model", "")))
    return {
        "label": "Model",
        "value": current,
        "note": _price(model),
        "groups": _models(current),
        "chips": _chips(model),
        "ports": True,
        "refreshes": screen.endpoint is not None and not screen.endpoint.simulated,
    }


def _max_tokens(screen: Screen, params: Any, model: catalog.Model) -> dict[str, Any]:
    return {
        "label": "Max tokens",
        "value": _shown(params.get("max_tokens")),
        "note": f"up to {model.max_output:,}" if model.known else "",
    }


def _stop_sequences(
    screen: Screen, params: Any, model: catalog.Model
) -> dict[str, Any]:
    value = parameters.shown_stop_sequences(params.get("stop_sequences"))
    return {
        "label": "Stop sequences",
        "value": text.in_textarea(value),
        "exact": text.exact(value),
        "note": "one a line",
        "rows": 2,
        "hint": 'One with a line break in it: a JSON list, ["\\n\\nHuman:"].',
    }


def _thinking(screen: Screen, params: Any, model: catalog.Model) -> dict[str, Any]:
    value = params.get("thinking")
    thinking = value if isinstance(value, dict) else {}
    current = str(thinking.get("type") or "")
    accepted = [kind for kind in THINKING_LABELS if kind in model.thinking]
    unset = f"Not set ({model.thinking_default} by default)"
    options = [Option("", unset, not current)]
    options += [Option(k, THINKING_LABELS[k], k == current) for k in accepted]
    if current and current not in accepted:
        options.append(Option(current, _refused(current, model), True))
    return {
        "label": "Thinking",
        "value": current,
        "options": options,
        "extra": _shown(thinking.get("budget_tokens")),
        "extra_shown": current == "enabled",
    }


def _effort(screen: Screen, params: Any, model: catalog.Model) -> dict[str, Any]:
    value = params.get("output_config")
    config = value if isinstance(value, dict) else {}
    current = str(config.get("effort") or "")
    default = f" ({model.effort_default} by default)" if model.effort_default else ""
    options = [Option("", f"Not set{default}", not current)]
    options += [Option(e, e.capitalize(), e == current) for e in model.efforts]
    if current and current not in model.efforts:
        options.append(Option(current, _refused(current, model), True))
    return {
        "label": "Effort",
        "value": current,
        "options": options,
        "note": "" if model.efforts else f"{model.name} has none",
    }


def _other(screen: Screen, params: Any, model: catalog.Model) -> dict[str, Any]:
    rest = parameters.other(params)
    return {
        "label": "Other parameters",
        "value": text.pretty(rest) if rest else "",
        "note": "JSON",
        "rows": 3,
        "placeholder": '{"metadata": {"user_id": "…"}}',
        "hint": "The parameters that have no field of their own.",
    }


def _override(screen: Screen, params: Any, model: catalog.Model) -> dict[str, Any]:
    override = params.get(EXTRA_BODY)
    return {
        "label": "Override",
        "value": text.pretty(override) if override else "",
        "note": "JSON",
        "rows": 3,
        "placeholder": '{"thinking": {"type": "adaptive", "display": "summarized"}}',
        "hint": OVERRIDE_HINT,
    }


MAKERS = {
    "endpoint": _endpoint,
    "model": _model,
    "max_tokens": _max_tokens,
    "stop_sequences": _stop_sequences,
    "thinking": _thinking,
    "effort": _effort,
    "other": _other,
    "override": _override,
}


def _refused(value: str, model: catalog.Model) -> str:
    return f"{text.shown(value)} (refused by {model.name})"


def _shown(value: object) -> str:
    return "" if value is None else text.pretty(value)


def _price(model: catalog.Model) -> str:
    if model.price is None:
        return ""
    read, written = model.price.input.normalize(), model.price.output.normalize()
    return f"${read:f} in · ${written:f} out"


def _chips(model: catalog.Model) -> list[tuple[str, bool]]:
    """Return what the model can (True) and cannot do, in a few words each."""
    if not model.known:
        return []
    window = model.context_window
    size = f"{window // 1_000_000}M" if window >= 1_000_000 else f"{window // 1000}k"
    if model.learned:  # the list of an endpoint tells no more
        return [
            ("structured output", model.structured_outputs),
            (f"{size} context", True),
        ]
    return [
        ("prefill", model.prefill),
        (f"images {vision.LIMITS[model.image_tier].edge} px", True),
        ("structured output", model.structured_outputs),
        ("mid-turn system", model.system_role),
        ("forced tools", model.forced_tool_choice),
        (f"{size} context", True),
    ]


def _models(current: str) -> list[tuple[str, list[Option]]]:
    """Return the catalog by line, and the current id where it is not in it."""
    today = timezone.localdate()
    lines = list(dict.fromkeys(model.line for model in catalog.MODELS.values()))
    rows = sorted(catalog.MODELS.values(), key=lambda model: lines.index(model.line))
    groups = [
        (
            line.capitalize() or "Others",
            [Option(m.id, _model_label(m, today), m.id == current) for m in of_line],
        )
        for line, of_line in groupby(rows, key=lambda model: model.line)
    ]
    if current not in catalog.MODELS:
        groups.append(("Another id", [Option(current, current or "none", True)]))
    return groups


def _model_label(model: catalog.Model, today: date) -> str:
    if catalog.is_retired(model, today):
        return f"{model.name} (retired)"
    if model.learned:
        return f"{model.name} (new here: limits known, habits not)"
    if model.deprecated and model.deprecated <= today:
        return f"{model.name} (deprecated)"
    return f"{model.name} (verified organisations)" if model.restricted else model.name
