"""A wording of the API, and fixes that several of them share."""

import re
from dataclasses import dataclass

from playground.spec.rules.problem import Fix

AUTO = Fix(
    "set_param",
    "Let Claude choose",
    {"param": "tool_choice", "value": {"type": "auto"}},
)
OFF = Fix("remove_param", "Leave thinking to the model", {"param": "thinking"})
DELETE_BLOCK = Fix("delete_block", "Delete this block")
DELETE_TURN = Fix("delete_message", "Delete this turn")
REMOVE = Fix("remove_param", "Remove it")
PAIR = Fix("pair_tool_calls", "Remove calls and results without partner")
LOWER_ALL = Fix("lower_schemas", "Require every parameter and drop alternatives")
NO_THINKING = Fix("remove_thinking", "Remove all thinking")
LOWER = Fix("lower_schema", "Bring the schema into the supported subset")
SONNET = Fix("set_model", "Switch to Claude Sonnet 5.5", {"model": "claude-sonnet-5-5"})
NO_EFFORT = Fix("remove_param", "Remove effort", {"param": "output_config.effort"})

PATH = r"(?P<path>[a-z_]+(?:\.[A-Za-z0-9_$-]+)*)"
"""The API's path at the beginning of many texts."""


def set_to(label: str, param: str, value: object) -> Fix:
    return Fix("set_param", label, {"param": param, "value": value})


@dataclass(frozen=True, slots=True)
class Known:
    """A wording of the API. The group "path" leads to the place, else `path` does.

    `words` may name other groups of the pattern in braces.
    """

    rule: str | None
    pattern: re.Pattern[str]
    words: str
    fixes: tuple[Fix, ...] = ()
    path: str | None = None


def known(
    rule: str | None, pattern: str, words: str, *fixes: Fix, path: str | None = None
) -> Known:
    return Known(rule, re.compile(pattern, re.DOTALL), words, fixes, path)
