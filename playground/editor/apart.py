"""What the requests of a group were sent with that not all of them were, in words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from conversations.models import Run
from playground.spec import catalog

from . import figures, text

LABELS = {"max_tokens": "max tokens", "stop_sequences": "stop sequences"}
QUOTED = 40  # characters of a text that names a column


def labels(runs: Sequence[Run]) -> list[str]:
    """Return what each run was sent with that not all of them were; of a single one
    its model, since a comparison may be left with that.
    """
    if len(runs) == 1:
        return [model_name(runs[0].params.get("model"))]
    keys = list(dict.fromkeys(key for run in runs for key in run.params))
    apart = [
        key
        for key in keys
        if len({json.dumps(run.params.get(key), sort_keys=True) for run in runs}) > 1
    ]
    return [", ".join(_said(key, run.params.get(key)) for key in apart) for run in runs]


def _said(key: str, value: Any) -> str:
    """Return a param in a few words."""
    if key == "model":
        return model_name(value)
    if key == "system":
        return f"system prompt {_quoted(value)}" if value else "no system prompt"
    name = LABELS.get(key, key)
    if isinstance(value, Mapping):
        if key == "thinking":
            budget = value.get("budget_tokens")
            more = f" with {figures.number(budget)} tokens" if budget else ""
            return f"thinking {text.shown(str(value.get('type')))}{more}"
        if key == "output_config" and set(value) == {"effort"}:
            return f"effort {text.shown(str(value['effort']))}"
    if value is None:
        return f"{'effort' if key == 'output_config' else name} not set"
    told = figures.number(value) if isinstance(value, int) else _quoted(value)
    return f"{text.shown(name)} {told}"


def _quoted(value: Any) -> str:
    words = " ".join((value if isinstance(value, str) else text.pretty(value)).split())
    return f"“{text.shown(words if len(words) <= QUOTED else words[:QUOTED] + '…')}”"


def model_name(model: object) -> str:
    return text.shown(catalog.get(model).name or str(model or "no model"))
