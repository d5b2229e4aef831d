"""The columns of a comparison that is being put together: their settings, what the
rulebook predicts for each, and what each would cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from conversations.editing import Script
from playground import payload
from playground.payload.params import body
from playground.runs.groups import MOST_COLUMNS
from playground.spec import catalog

from . import apart, figures, ports, problems, settings_panel, text
from .forms import SystemForm, sentences
from .parameters import SETTINGS, ModelSetting
from .problems import Shown
from .screen import Screen
from .settings_panel import Field

KEYS = [f"c{number}" for number in range(MOST_COLUMNS)]
MORE = ("stop_sequences", "other", "override")  # behind a click
# What a column can have otherwise than the conversation, in the order of its fields.
FIELDS = ("model", "max_tokens", "thinking", "effort", *MORE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a column before it is sent."""

    problems: Sequence[Shown] = ()
    refused: bool = False
    tokens: str = ""
    cost: str = ""
    # A model that the conversation could be ported to, to have it accepted there.
    port: catalog.Model | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One side: its fields as they stand, and their errors or else its params."""

    key: str
    values: Mapping[str, str]
    params: Mapping[str, Any]
    errors: Sequence[str]
    verdict: Verdict
    # Whether the model was typed: from now on it stands among those to choose from.
    is_named: bool = False

    @property
    def number(self) -> int:
        return KEYS.index(self.key) + 1

    @property
    def anyway(self) -> bool:
        return bool(self.values.get("anyway"))

    @property
    def goes(self) -> bool:
        """Whether *Send* sends it as it stands."""
        return not self.errors and (self.anyway or not self.verdict.refused)

    @property
    def name(self) -> str:
        return apart.model_name(body(self.params).get("model"))

    def field(self, screen: Screen, name: str) -> Field:
        """Return one of its fields with what stands in it now."""
        found = settings_panel.for_params(screen, name, self.params)
        typed = self.values.get(name, found.value)
        if name == "thinking":
            budget = self.values.get("budget_tokens", found.extra)
            return replace(found, extra=budget)
        return replace(found, value=typed, exact=text.exact(typed))

    def fields(self, screen: Screen) -> list[Field]:
        return [self.field(screen, name) for name in FIELDS]


def values_of(params: Mapping[str, Any], screen: Screen) -> dict[str, str]:
    """Return the params as the fields of a column hold them."""
    found = {}
    for name in FIELDS:
        field = settings_panel.for_params(screen, name, params)
        found[name] = field.value
        if name == "thinking":
            found["budget_tokens"] = field.extra
    system = params.get("system")
    as_json = not isinstance(system, str | None) or bool(text.exact(system or ""))
    found["system"] = text.pretty(system) if as_json else (system or "")
    return {**found, "as": "json" if as_json else ""}


def suggested(screen: Screen, models: Iterable[str] = ()) -> list[dict[str, str]]:
    """Return the columns to begin with: the conversation as it is beside another
    model, or one for each of the models."""
    mine = values_of(screen.head.params, screen)
    chosen = list(models)[:MOST_COLUMNS]
    if not chosen:
        current = screen.head.params.get("model")
        other = ports.suggested(current, timezone.localdate())
        chosen = [mine["model"], *([other] if other else [])]
    return [{**mine, "model": model} for model in chosen]


def typed(data: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what a form holds, column by column; line breaks are LF."""
    names = (*FIELDS, "another", "budget_tokens", "system", "as", "anyway")
    return [
        {name: text.typed(data.get(f"{key}-{name}") or "") for name in names}
        for key in KEYS
        if f"{key}-model" in data
    ]


def columns(screen: Screen, given: Sequence[Mapping[str, str]]) -> list[Column]:
    """Return the columns, each asked of the rulebook."""
    return [
        _column(screen, key, values) for key, values in zip(KEYS, given, strict=False)
    ]


def _column(screen: Screen, key: str, values: Mapping[str, str]) -> Column:
    params, errors = _params(screen.head.params, values)
    verdict = Verdict() if errors else _verdict(screen, params)
    model = ModelSetting(values)
    is_named = bool(values.get("another")) and model.is_valid()
    if is_named:
        values = {**values, "model": model.chosen, "another": ""}
    return Column(key, values, params, errors, verdict, is_named)


def _params(
    saved: Mapping[str, Any], values: Mapping[str, str]
) -> tuple[Mapping[str, Any], list[str]]:
    """Make each setting of the column on the conversation's params."""
    script = Script((), saved)
    errors: list[str] = []
    for name in FIELDS:
        form = SETTINGS[name](values)
        if form.is_valid():
            script = form.apply(script)
        else:
            errors += sentences(form)
    system = SystemForm({"text": values.get("system", ""), "as": values.get("as", "")})
    if not system.is_valid():
        return script.params, errors + sentences(system)
    params = dict(script.params)
    params.pop("system", None)
    if system.value is not None:
        params = {**script.params, "system": system.value}
    return params, errors


def _verdict(screen: Screen, params: Mapping[str, Any]) -> Verdict:
    made = payload.with_params(screen.made, params)
    found = [problems.fixable_here(each) for each in payload.check(made)]
    told = payload.estimate(made)
    cost = "cost unknown"
    if told.low is not None and told.high is not None:
        cost = f"{figures.dollars(told.low)} to {figures.dollars(told.high)}"
    refused = bool(payload.refusals(found))
    return Verdict(
        [problems.shown(each) for each in found],
        refused,
        f"{figures.number(told.input.total)} tokens in, at most "
        f"{figures.number(told.max_output)} out",
        cost,
        _port(screen, made.model) if refused else None,
    )


def _port(screen: Screen, model: catalog.Model) -> catalog.Model | None:
    current = screen.head.params.get("model")
    offered = ports.targets(current, timezone.localdate())
    found = any(model.id == each.id for _, models in offered for each in models)
    return model if found else None
