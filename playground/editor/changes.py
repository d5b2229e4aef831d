"""What a person asked for, as an operation on the script that history can replay."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from conversations import editing, history
from conversations.editing import Draft, Script, SlotGone
from conversations.models import Conversation, Revision, Turn
from conversations.models.conversation import SLOT_LENGTH
from conversations.models.json import dumps, is_same

from .forms import ComposerForm, TurnForm
from .parameters import Setting

WHERE = ("above", "below")


@dataclass(frozen=True, slots=True)
class Change:
    """An operation, its line in the history, and what it must not overwrite.

    `shows` is the slot whose article must be drawn anew in any case.
    """

    operation: Callable[[Script], Script]
    summary: str
    slots: Set[str] = frozenset()
    params: Set[str] = frozenset()
    shows: str = ""


def commit(
    conversation: Conversation, user: Any, base: int, change: Change
) -> Revision:
    """Make the change on what the person saw. Raises like `history.apply`."""
    return history.apply(
        conversation,
        base,
        change.operation,
        summary=change.summary,
        author=user,
        touches=change.slots,
        params=change.params,
    )


def added(form: ComposerForm) -> Change | None:
    """Append what the composer holds; None when it is empty."""
    drafts = form.drafts()
    if not drafts:
        return None
    slots = [_slot(form, draft, number) for number, draft in enumerate(drafts)]

    def operation(script: Script) -> Script:
        for draft, slot in zip(drafts, slots, strict=True):
            if script.entry(slot) is None:
                script = editing.append(script, draft, slot)
        return script

    if len(drafts) == 2:
        return Change(operation, f"Added {_a(drafts[0].role)} turn and a prefill")
    return Change(operation, f"Added {_a(drafts[0].role)} turn")


def _slot(form: ComposerForm | TurnForm, draft: Draft, number: int = 0) -> str:
    """Return the slot of a new turn: the same for the same content under the same key,
    so that a retry after a lost answer finds the turn there."""
    content = dumps([form.cleaned_data["send_key"], number, draft.role, draft.blocks])
    return sha256(content.encode()).hexdigest()[:SLOT_LENGTH]


def turn(made_on: Revision, slot: str, form: TurnForm, where: str = "") -> Change:
    """Write the turn in the slot, or a new one above or below it.

    A turn that `made_on` does not have any more comes back at the end.
    """
    number = number_of(made_on, slot)
    if where in WHERE:
        return _inserted(slot, number, form, where)
    if number is None:
        # As it last stood there: its images are in no text box and come back too.
        gone = made_on.conversation.turns.filter(slot=slot).last()
        role = form.cleaned_data["role"] or Turn.Role.USER
        draft = Draft(role, form.blocks(gone.blocks if gone else ()))
        back = _slot(form, draft)
        return Change(
            lambda script: (
                editing.append(script, draft, back)
                if script.entry(back) is None
                else script
            ),
            "Put back a deleted turn",
            shows=back,
        )
    written = Turn.objects.get(pk=made_on.entries[number - 1].turn)
    draft = editing.edited(written, form.blocks(written.blocks))
    return rewritten(slot, draft, written, f"Edited turn {number}")


def rewritten(slot: str, draft: Draft, written: Turn, summary: str) -> Change:
    """Put the draft in the place of the turn `written`, if it says anything else."""

    def operation(script: Script) -> Script:
        if is_same(draft.blocks, written.blocks):
            return script
        return editing.rewrite(script, slot, draft)

    return Change(operation, summary, slots=frozenset([slot]), shows=slot)


def _inserted(slot: str, number: int | None, form: TurnForm, where: str) -> Change:
    draft = Draft(form.cleaned_data["role"] or Turn.Role.USER, form.blocks())
    new = _slot(form, draft)

    def operation(script: Script) -> Script:
        if script.entry(new) is not None:
            return script
        index = script.index(slot) + (where == "below")
        return editing.insert(script, index, draft, new)

    summary = f"Inserted {_a(draft.role)} turn {where} turn {number}"
    return Change(operation, summary, shows=new)


def action(made_on: Revision, slot: str, name: str) -> Change | None:
    """Return what a button of a turn's toolbar does; None for no such button.

    Raises SlotGone when `made_on` has no such turn.
    """
    number = number_of(made_on, slot)
    if number is None:
        raise SlotGone(slot)
    if name == "duplicate":
        copy = editing.copied(Turn.objects.get(pk=made_on.entries[number - 1].turn))
        return Change(
            lambda script: editing.duplicate(script, slot, copy),
            f"Duplicated turn {number}",
        )
    found = ACTIONS.get(name)
    if found is None:
        return None
    operation, summary, is_checked = found
    slots = frozenset([slot]) if is_checked else frozenset()
    return Change(lambda script: operation(script, slot), summary.format(number), slots)


# Name → operation, line in the history, and whether the turn must be as it was seen.
ACTIONS: Mapping[str, tuple[Callable[[Script, str], Script], str, bool]] = {
    "mute": (lambda s, slot: editing.mute(s, slot, True), "Muted turn {}", False),
    "unmute": (lambda s, slot: editing.mute(s, slot, False), "Unmuted turn {}", False),
    "up": (lambda s, slot: editing.move(s, slot, -1), "Moved turn {} up", False),
    "down": (lambda s, slot: editing.move(s, slot, 1), "Moved turn {} down", False),
    "delete": (editing.delete, "Deleted turn {}", True),
}


def setting(form: Setting, params: Mapping[str, Any]) -> Change:
    """Make the setting, where `params` are what the person saw."""
    touched = frozenset(form.touched(params))

    def operation(script: Script) -> Script:
        # What the person left alone is as it is now: one field holds many parameters.
        theirs = {k: v for k, v in script.params.items() if k not in touched}
        made = form.apply(script).params
        mine = {k: v for k, v in made.items() if k in touched or k in theirs}
        return replace(script, params={**mine, **theirs})

    return Change(operation, form.summary, params=touched)


def system(value: Any) -> Change:
    """Set the system prompt; None takes it out."""
    return Change(
        lambda script: editing.set_params(script, {"system": value}),
        "Changed the system prompt" if value else "Took out the system prompt",
        params=frozenset(["system"]),
    )


def number_of(revision: Revision, slot: str) -> int | None:
    """Return the turn's number on the screen, None when it is not there."""
    slots = [entry.slot for entry in revision.entries]
    return slots.index(slot) + 1 if slot in slots else None


def _a(role: str) -> str:
    return f"an {role}" if role == Turn.Role.ASSISTANT else f"a {role}"
