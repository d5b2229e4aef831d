"""Carries what the rulebook changed in a request body back to the turns."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conversations import editing
from conversations.editing import Script
from conversations.models import Revision, Turn, new_slot
from conversations.models.json import changed_keys
from playground import payload
from playground.payload.params import EXTRA_BODY
from playground.spec import fixes
from playground.spec.rules import Fix, Problem

from . import screen
from .changes import Change
from .writing import as_blocks

Body = dict[str, Any]


def body_of(made: payload.Payload) -> Body:
    """Return the body as the rulebook takes it."""
    return payload.assemble(made.params, made.messages)


def fix(
    revision: Revision, problem: Problem, chosen: Fix, *, whole: bool = False
) -> Change:
    """Return the change that applies a fix of the problem to the revision.

    The problem is one of what *Send* sends, or of the `whole` with a reply at its end.
    Raises `fixes.UnknownFix`.
    """
    made = payload.build(revision) if whole else screen.payload_as_sent(revision)[0]
    slot = made.origin(problem.path).slot
    if chosen.name == "exclude_message" and slot is not None:
        return Change(
            lambda script: editing.mute(script, slot, True), chosen.label, {slot}
        )
    before = body_of(made)
    after = fixes.apply(chosen.name, before, problem.path, **chosen.arguments)
    return carried(revision, made, after, chosen.label)


def carried(
    revision: Revision, made: payload.Payload, after: Mapping[str, Any], summary: str
) -> Change:
    """Return the change that makes the revision send the body `after`.

    Messages that are the same objects as those of `made` stay as they are, wherever
    they stand now.
    """
    keys = set(changed_keys(_beside_messages(body_of(made)), _beside_messages(after)))
    turns = {turn.slot: turn for _, turn in revision.load_turns()}
    steps = _Carrying(made, turns).steps(after["messages"])

    def operation(script: Script) -> Script:
        for step in steps:
            script = step.make(script)
        return with_params(script, after, keys) if keys else script

    slots = frozenset(step.slot for step in steps if step.slot)
    overridden = {EXTRA_BODY} if keys & made.override.keys() else set()
    return Change(operation, summary, slots, frozenset(keys | overridden))


def _beside_messages(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in body if key not in ("messages", "stream")}


def with_params(
    script: Script, after: Mapping[str, Any], keys: Collection[str]
) -> Script:
    """Set the keys as `after` has them. A null that somebody typed stays a null.

    The override lets go of them, since it would undo what is set here.
    """
    kept = {k: v for k, v in script.params.items() if k in after or k not in keys}
    new = {key: after[key] for key in after if key in keys}
    found = {**kept, **new}
    override = found.pop(EXTRA_BODY, None)
    if isinstance(override, Mapping):
        override = {k: v for k, v in override.items() if k not in keys}
    if override:
        found[EXTRA_BODY] = override
    return replace(script, params=found)


@dataclass(frozen=True, slots=True)
class _Step:
    """One operation; `slot` is the turn that must still be as it was seen."""

    make: Callable[[Script], Script]
    slot: str | None = None


@dataclass(slots=True)
class _Carrying:
    """The way from the messages of a body to operations on slots."""

    made: payload.Payload
    turns: Mapping[str, Turn]
    done: list[_Step] = field(default_factory=list)

    def steps(self, after: Sequence[dict[str, Any]]) -> list[_Step]:
        at = {id(message): index for index, message in enumerate(self.made.messages)}
        places = [at.get(id(message)) for message in after]
        gone = set(range(len(self.made.messages))) - set(places)
        above: str | None = None
        last = furthest = -1
        for message, place in zip(after, places, strict=True):
            if place is None and last + 1 in gone:
                place = last + 1
                gone.discard(place)
                self._rewrite(self.made.slots[place], message)
            if place is None:
                above = self._insert(above, message)
                continue
            slot = self.made.slots[place]
            if place < furthest:
                self._move(slot, above)
            above, last, furthest = slot, place, max(furthest, place)
        for place in sorted(gone):
            self._delete(self.made.slots[place])
        return self.done

    def _delete(self, slot: str) -> None:
        self.done.append(_Step(lambda script: editing.delete(script, slot), slot))

    def _rewrite(self, slot: str, message: Mapping[str, Any]) -> None:
        turn, role = self.turns[slot], message["role"]
        draft = editing.edited(turn, _blocks(message))
        kept = draft.segments if role == turn.role else ()
        draft = replace(draft, role=role, segments=kept)
        self.done.append(_Step(lambda s: editing.rewrite(s, slot, draft), slot))

    def _insert(self, above: str | None, message: Mapping[str, Any]) -> str:
        draft = editing.Draft(message["role"], _blocks(message))
        slot = new_slot()
        self.done.append(
            _Step(lambda s: editing.insert(s, _below(s, above), draft, slot))
        )
        return slot

    def _move(self, slot: str, above: str | None) -> None:
        def move(script: Script) -> Script:
            here, there = script.index(slot), _below(script, above)
            return editing.move(script, slot, there - here - (there > here))

        self.done.append(_Step(move, slot))


def _blocks(message: Mapping[str, Any]) -> list[Any]:
    blocks: list[Any] = editing.without_sizes(as_blocks(message["content"]))
    return blocks


def _below(script: Script, slot: str | None) -> int:
    return 0 if slot is None else script.index(slot) + 1
