"""Sorts the problems of a request to the places on the screen where they belong."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from playground.payload import Outline, params
from playground.spec.rules import Fix, Problem
from playground.spec.rules.order import ORDER

from . import text

# Fields of the settings by the first part of a path; whatever is not here is JSON
# under "Other parameters", and whatever the override touches is under "Override".
FIELDS = ("model", "max_tokens", "stop_sequences", "thinking", "system", "endpoint")
EVERYWHERE = "request"
KNOWN = frozenset(rule.name for rule in ORDER)
RETURNED = "returned"
"""The rule's name of a problem that the API told, and no rule of ours."""
FOR_ALL = frozenset({"set_max_side_of_all"})
# Where the problems of a field stand: its name for people and its address.
PLACES = {
    "model": ("Model", "#setting-model"),
    "max_tokens": ("Max tokens", "#setting-max_tokens"),
    "stop_sequences": ("Stop sequences", "#setting-stop_sequences"),
    "thinking": ("Thinking", "#setting-thinking"),
    "effort": ("Effort", "#setting-effort"),
    "other": ("Other parameters", "#setting-other"),
    "override": ("Override", "#setting-override"),
    "endpoint": ("Endpoint", "#setting-endpoint"),
    "system": ("the system prompt", "#system"),
    EVERYWHERE: ("Settings", "#settings"),
}


@dataclass(frozen=True, slots=True)
class FixButton:
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem as its card shows it."""

    severity: str
    explanation: str
    api_message: str
    status: int
    fixes: tuple[FixButton, ...] = ()
    # The rule's place on the page of rules; empty where it has none.
    rule: str = ""
    # How many more blocks of the turn it is said of; one fix settles them all.
    also: int = 0


@dataclass(slots=True)
class Sorted:
    """Problems by slot and by field of the settings, in the API's order."""

    slots: dict[str, list[Shown]] = field(default_factory=dict)
    fields: dict[str, list[Shown]] = field(default_factory=dict)
    refused: bool = False


def sort(made: Outline, problems: Iterable[Problem]) -> Sorted:
    """Place each problem. An empty conversation is no problem yet: it says so itself.

    `refused` tells that the API would refuse, so that *Send anyway* has a meaning.
    """
    found = Sorted()
    for problem in problems:
        origin = made.origin(problem.path)
        if origin.param == "messages" and not made.slots:
            continue
        card = shown(problem)
        if origin.slot is not None:
            _add(found.slots.setdefault(origin.slot, []), card, problem)
        else:
            found.fields.setdefault(field_of(problem.path, made), []).append(card)
        # What the API once said stops no send: only our own rules do.
        found.refused |= problem.severity == "error" and problem.rule != RETURNED
    return found


def _add(cards: list[Shown], card: Shown, problem: Problem) -> None:
    """Say once what one fix settles for all: twenty images are not twenty cards."""
    settled = any(fix.name in FOR_ALL for fix in problem.fixes)
    for index, each in enumerate(cards):
        if settled and each.rule == card.rule:
            cards[index] = replace(each, also=each.also + 1)
            return
    cards.append(card)


def fixable_here(problem: Problem) -> Problem:
    """Return the problem without fixes that nothing on the screen can make."""
    if problem.path != "stream":
        return problem
    fixes = tuple(fix for fix in problem.fixes if fix.name != "remove_param")
    return replace(problem, fixes=fixes)


def field_of(path: str, made: Outline) -> str:
    """Return the field of the settings that a path of the body is edited in."""
    first, _, rest = path.partition(".")
    if first == "stream":  # always on, so it is the limit that can change
        first = "max_tokens"
    if first == params.EXTRA_BODY or first in made.override:
        return "override"
    if first in FIELDS:
        return first
    if first == "messages":
        return EVERYWHERE
    if first == "output_config" and rest.split(".")[0] in ("", "effort"):
        return "effort"
    return "other"


def key_of(problem: Problem, fix: Fix) -> str:
    """Return what a fix's button posts: compared, never parsed."""
    return json.dumps([fix.name, problem.path, dict(fix.arguments)], sort_keys=True)


def find(problems: Iterable[Problem], key: str) -> tuple[Problem, Fix] | None:
    """Return the problem and fix behind a button, None when they are gone."""
    for problem in problems:
        for fix in problem.fixes:
            if key_of(problem, fix) == key:
                return problem, fix
    return None


def shown(problem: Problem) -> Shown:
    """Return the problem as its card shows it."""
    buttons = tuple(
        FixButton(text.shown(fix.label), key_of(problem, fix)) for fix in problem.fixes
    )
    return Shown(
        problem.severity,
        text.shown(problem.explanation),
        text.shown(problem.api_message),
        problem.status,
        buttons,
        problem.rule if problem.rule in KNOWN else "",
    )
