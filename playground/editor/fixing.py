"""Carries what the rulebook changed in a request body back to the turns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conversations import editing
from conversations.editing import Script
from conversations.models import Revision, Turn, new_slot
from playground import payload
from playground.spec import fixes

from .writing import as_blocks


@dataclass(frozen=True, slots=True)
class Change:
    """A fix as an operation on the script, with what it touches for conflicts."""

    operation: Callable[[Script], Script]
    slots: frozenset[str]
    params: frozenset[str]


def fix(
    revision: Revision, name: str, path: str, arguments: Mapping[str, Any]
) -> Change:
    """Return the operation that applies a fix of the rulebook to the revision.

    Raises `fixes.UnknownFix`.
    """
    made = payload.build(revision)
    before = payload.assemble(made.params, made.messages)
    return carried(revision, made, fixes.apply(name, before, path, **arguments))


def carried(
    revision: Revision, made: payload.Payload, after: Mapping[str, Any]
) -> Change:
    """Return the operation that makes the revision send the body `after`.

    Messages that are the same objects as those of `made` stay as they are.
    """
    before = payload.assemble(made.params, made.messages)
    keys = {
        key
        for key in {*before, *after} - {"messages", "stream"}
        if before.get(key) != after.get(key)
    }
    params = {key: after.get(key) for key in keys}
    turns = {turn.slot: turn for _, turn in revision.load_turns()}
    steps = _steps(made, after["messages"], turns)

    def operation(script: Script) -> Script:
        for _, step in steps:
            script = step(script)
        return editing.set_params(script, params) if params else script

    slots = frozenset(slot for slot, _ in steps if slot)
    return Change(operation, slots, frozenset(keys))


Step = tuple[str | None, Callable[[Script], Script]]


def _steps(
    made: payload.Payload, after: Sequence[dict[str, Any]], turns: Mapping[str, Turn]
) -> list[Step]:
    """Turn changed messages into operations; untouched ones are the same objects."""
    at = {id(message): index for index, message in enumerate(made.messages)}
    steps: list[Step] = []
    old = 0
    above: str | None = None
    for index, message in enumerate(after):
        known = at.get(id(message))
        if known is not None:
            steps += [_delete(slot) for slot in made.slots[old:known]]
            above, old = made.slots[known], known + 1
            continue
        kept = {id(rest) for rest in after[index + 1 :]}
        if old < len(made.messages) and id(made.messages[old]) not in kept:
            above = made.slots[old]
            steps.append(_rewrite(turns[above], message))
            old += 1
        else:
            slot = new_slot()
            steps.append(_insert(above, slot, message))
            above = slot
    return steps + [_delete(slot) for slot in made.slots[old:]]


def _delete(slot: str) -> Step:
    return slot, lambda script: editing.delete(script, slot)


def _rewrite(turn: Turn, message: Mapping[str, Any]) -> Step:
    draft = editing.edited(turn, as_blocks(message["content"]))
    draft = replace(draft, role=message["role"])
    return turn.slot, lambda script: editing.rewrite(script, turn.slot, draft)


def _insert(above: str | None, slot: str, message: Mapping[str, Any]) -> Step:
    draft = editing.Draft(message["role"], as_blocks(message["content"]))

    def insert(script: Script) -> Script:
        index = 0 if above is None else script.index(above) + 1
        return editing.insert(script, index, draft, slot)

    return None, insert
