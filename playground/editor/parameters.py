"""The settings as forms: each parses one field and says what it does to the params.

A form knows which keys of the params it touches; a change of the same keys by
somebody else is a conflict, a change of others is not.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from conversations import editing
from conversations.editing import Script
from conversations.models.json import changed_keys
from playground.payload import params

from . import json_input, text
from .forms import TypedText

MODEL_LENGTH = 200
WHOLE_NUMBER = re.compile(r"-?[0-9]+")
MOST_DIGITS = 12  # the largest limits have six
# Thinking types that take no other key beside the type.
BARE_THINKING = ("disabled", "between_tools")
ELSEWHERE = {
    "model": "Model",
    "max_tokens": "Max tokens",
    "stop_sequences": "Stop sequences",
    "thinking": "Thinking",
    "system": "the system prompt at the top of the script",
    params.EXTRA_BODY: "Override",
}
NOT_HERE = {
    "messages": "The messages are the turns of the script.",
    "stream": "Every request is streamed; “stream” is always true.",
}
# An override changes the body, and nothing that the page shows otherwise.
NOT_OVERRIDABLE = {
    **NOT_HERE,
    params.EXTRA_HEADERS: "Headers are no part of the body: set “extra_headers” under "
    "Other parameters.",
    params.EXTRA_BODY: "An override cannot hold another one.",
}


class Setting(forms.Form):
    """One field of the settings. `keys` are the params it may change."""

    keys: ClassVar[tuple[str, ...]]
    label: ClassVar[str]

    def apply(self, script: Script) -> Script:
        """Return the script with the setting made."""
        raise NotImplementedError

    def touched(self, saved: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the keys whose change by somebody else is a conflict."""
        return self.keys

    @property
    def summary(self) -> str:
        return f"Changed {self.label}"


class ModelSetting(Setting):
    keys = ("model",)
    label = "the model"
    model = forms.CharField(required=False, max_length=MODEL_LENGTH)
    # An id that is not in the catalog: newer than it, or of a compatible API.
    another = forms.CharField(required=False, max_length=MODEL_LENGTH)

    def clean(self) -> None:
        if not self.errors and not self.chosen:
            self.add_error("model", "Choose a model, or type a model id.")

    @property
    def chosen(self) -> str:
        data = self.cleaned_data
        return str(data.get("another") or data.get("model") or "")

    def apply(self, script: Script) -> Script:
        return editing.set_params(script, {"model": self.chosen})

    @property
    def summary(self) -> str:
        return f"Switched to {self.chosen}"


class MaxTokensSetting(Setting):
    keys = ("max_tokens",)
    label = "max tokens"
    max_tokens = TypedText(required=False)

    def clean_max_tokens(self) -> int | None:
        return whole_number(self.cleaned_data["max_tokens"], "Max tokens")

    def apply(self, script: Script) -> Script:
        return editing.set_params(script, dict(self.cleaned_data))

    @property
    def summary(self) -> str:
        value = self.cleaned_data["max_tokens"]
        return f"Max tokens {value:,}" if value is not None else "Took out max tokens"


class StopSequencesSetting(Setting):
    keys = ("stop_sequences",)
    label = "the stop sequences"
    stop_sequences = TypedText(required=False)

    def clean_stop_sequences(self) -> list[str] | None:
        return stop_sequences(self.cleaned_data["stop_sequences"]) or None

    def apply(self, script: Script) -> Script:
        return editing.set_params(script, dict(self.cleaned_data))


class ThinkingSetting(Setting):
    keys = ("thinking",)
    label = "thinking"
    thinking = forms.CharField(required=False, max_length=40)
    budget_tokens = TypedText(required=False)

    def clean_budget_tokens(self) -> int | None:
        return whole_number(self.cleaned_data["budget_tokens"], "The budget")

    def apply(self, script: Script) -> Script:
        kind = self.cleaned_data["thinking"]
        if not kind:
            return editing.set_params(script, {"thinking": None})
        old = script.params.get("thinking")
        kept = dict(old) if isinstance(old, dict) else {}
        kept.pop("budget_tokens", None)
        if kind in BARE_THINKING:
            kept = {}
        value = {**kept, "type": kind}
        budget = self.cleaned_data["budget_tokens"]
        if kind == "enabled" and budget is not None:
            value["budget_tokens"] = budget
        return editing.set_params(script, {"thinking": value})


class EffortSetting(Setting):
    keys = ("output_config",)
    label = "the effort"
    effort = forms.CharField(required=False, max_length=40)

    def apply(self, script: Script) -> Script:
        old = script.params.get("output_config")
        config = {k: v for k, v in _dict(old).items() if k != "effort"}
        if self.cleaned_data["effort"]:
            config["effort"] = self.cleaned_data["effort"]
        return editing.set_params(script, {"output_config": config or None})


class OtherSetting(Setting):
    """Every parameter that has no field of its own, as one JSON object."""

    keys = ()
    label = "other parameters"
    other = TypedText(required=False)

    def clean_other(self) -> dict[str, Any]:
        typed = json_object(self.cleaned_data["other"])
        for key in typed:
            if key in NOT_HERE:
                raise ValidationError(NOT_HERE[key])
            if key in ELSEWHERE:
                raise ValidationError(f"“{key}” is set under {ELSEWHERE[key]}.")
        if "effort" in _dict(typed.get("output_config")):
            raise ValidationError("“output_config.effort” is set under Effort.")
        return typed

    def touched(self, saved: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(changed_keys(other(saved), self.cleaned_data["other"]))

    def apply(self, script: Script) -> Script:
        kept = {k: v for k, v in script.params.items() if k in ELSEWHERE}
        effort = _dict(script.params.get("output_config")).get("effort")
        new = {**kept, **self.cleaned_data["other"]}
        if effort is not None:
            new["output_config"] = {**_dict(new.get("output_config")), "effort": effort}
        return replace(script, params=new)


class OverrideSetting(Setting):
    """JSON that is laid over the whole body last, whatever the fields say."""

    keys = (params.EXTRA_BODY,)
    label = "the override"
    override = TypedText(required=False)

    def clean_override(self) -> dict[str, Any]:
        typed = json_object(self.cleaned_data["override"])
        for key in typed:
            if key in NOT_OVERRIDABLE:
                raise ValidationError(NOT_OVERRIDABLE[key])
        return typed

    def apply(self, script: Script) -> Script:
        override = self.cleaned_data["override"] or None
        return editing.set_params(script, {params.EXTRA_BODY: override})

    @property
    def summary(self) -> str:
        if not self.cleaned_data["override"]:
            return "Took out the override"
        return "Changed the override"


SETTINGS: Mapping[str, type[Setting]] = {
    "model": ModelSetting,
    "max_tokens": MaxTokensSetting,
    "stop_sequences": StopSequencesSetting,
    "thinking": ThinkingSetting,
    "effort": EffortSetting,
    "other": OtherSetting,
    "override": OverrideSetting,
}


def json_object(typed: str) -> dict[str, Any]:
    """Return the object that was typed. Raises ValidationError."""
    try:
        return json_input.json_object(typed)
    except json_input.BadJSON as error:
        raise ValidationError(str(error)) from None


def other(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Return the params that have no field of their own."""
    rest = {key: value for key, value in saved.items() if key not in ELSEWHERE}
    config = rest.get("output_config")
    if isinstance(config, dict) and "effort" in config:
        rest["output_config"] = {k: v for k, v in config.items() if k != "effort"}
        if not rest["output_config"]:
            del rest["output_config"]
    return rest


def is_overridden(
    name: str, saved: Mapping[str, Any], override: Mapping[str, Any]
) -> bool:
    """Tell whether the override changes the parameters of this field."""
    keys = set(other(saved)) if name == "other" else set()
    if name in SETTINGS:
        keys |= set(SETTINGS[name].keys)
    return bool(keys & override.keys())


def whole_number(typed: str, name: str) -> int | None:
    """Return the number, None for nothing typed. Raises ValidationError."""
    digits = typed.strip()
    if not digits:
        return None
    if not WHOLE_NUMBER.fullmatch(digits):
        raise ValidationError(f"{name} takes a whole number such as 1024.")
    count = len(digits.removeprefix("-"))
    if count > MOST_DIGITS:
        told = f"{name} cannot have {count:,} digits: no model has such a limit."
        raise ValidationError(told)
    return int(digits)


def stop_sequences(typed: str) -> list[str]:
    """Return the sequences, one a line. What no line can hold is typed as JSON."""
    listed = _json_list(typed)
    if listed is not None:
        return listed
    return [line for line in typed.split("\n") if line]


def shown_stop_sequences(value: object) -> str:
    """Return the text that `stop_sequences` reads as the same value."""
    if value is None:
        return ""
    if isinstance(value, list) and all(map(_fits_line, value)):
        lines = "\n".join(value)
        if _json_list(lines) is None:
            return lines
    return text.pretty(value)


def _json_list(typed: str) -> list[str] | None:
    """Return a JSON list of strings of which one, at least, fits on no line."""
    try:
        value = json.loads(typed)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return None
    return value if not all(map(_fits_line, value)) else None


def _fits_line(value: object) -> bool:
    return (
        isinstance(value, str)
        and value != ""
        and "\n" not in value
        and text.fits_textarea(value)
    )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
