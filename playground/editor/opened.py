"""An open editor of a turn: what its form shows, fresh or with what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from conversations import authors
from conversations.models import Conversation, Revision, Turn

from . import text, writing
from .forms import ALL_ROLES, TurnForm, sentences

JSON_ONLY = (
    "This text has characters that a text box would change (lone carriage returns or "
    "half characters), so it is edited as JSON."
)
DELETED = "This turn was deleted meanwhile{by}. Save puts yours back at the end."
CHANGED = "This turn was changed meanwhile{by}. Save replaces this version with yours:"


@dataclass(frozen=True, slots=True)
class Box:
    shown: str
    exact: str


@dataclass(frozen=True, slots=True)
class Editor:
    """The form of one turn. `where` is set while the turn is still to be inserted."""

    conversation: Conversation
    slot: str
    base: int
    role: str
    where: str = ""
    mode: str = "text"
    boxes: Sequence[Box] = ()
    json: str = ""
    note: str = ""
    error: str = ""
    conflict: str = ""
    theirs: Sequence[str] = ()
    # The turn that is edited was deleted meanwhile.
    is_gone: bool = False

    roles = ALL_ROLES

    @property
    def id(self) -> str:
        return f"editor-{self.slot}" + (f"-{self.where}" if self.where else "")

    @property
    def action(self) -> str:
        return reverse("editor:turn", args=[self.conversation.pk, self.slot])

    @property
    def send(self) -> str:
        return reverse("editor:send", args=[self.conversation.pk])

    @property
    def page(self) -> str:
        return self.conversation.get_absolute_url()


def of(conversation: Conversation, head: Revision, turn: Turn, mode: str) -> Editor:
    """Return the editor of a turn as it stands on the head."""
    blocks = writing.as_blocks(turn.blocks)
    made = Editor(conversation, turn.slot, head.number, turn.role)
    if mode == "json" or writing.needs_json(blocks):
        note = "" if mode == "json" else JSON_ONLY
        return replace(made, mode="json", json=text.pretty(blocks), note=note)
    kinds = text.shown(", ".join(writing.other_kinds(blocks)))
    note = f"Kept as it is: {kinds}. See Edit JSON." if kinds else ""
    return replace(made, boxes=_boxes(writing.texts_of(blocks)), note=note)


def empty(conversation: Conversation, head: Revision, turn: Turn, where: str) -> Editor:
    """Return the editor of a new turn beside `turn`, of the role that one is not."""
    is_user = turn.role == Turn.Role.USER
    role = Turn.Role.ASSISTANT if is_user else Turn.Role.USER
    return Editor(
        conversation, turn.slot, head.number, role, where=where, boxes=_boxes([""])
    )


def again(
    conversation: Conversation, slot: str, base: int, form: TurnForm, where: str
) -> Editor:
    """Return the editor with everything that was typed, and why it was not saved."""
    typed = form.typed()
    return Editor(
        conversation,
        slot,
        base,
        form.data.get("role") or Turn.Role.USER,
        where=where,
        mode=typed["mode"],
        boxes=_boxes(typed["texts"]),
        json=typed["json"],
        error=" ".join(sentences(form)),
    )


def conflicted(mine: Editor, head: Revision, reader: Any) -> Editor:
    """Return the editor with the other version beside it. Saving it is knowing."""
    entry = next((each for each in head.entries if each.slot == mine.slot), None)
    by = authors.changed_by(head, reader)
    if entry is None:
        return replace(
            mine, conflict=DELETED.format(by=by), base=head.number, is_gone=True
        )
    blocks = writing.as_blocks(Turn.objects.get(pk=entry.turn).blocks)
    if mine.mode == "json":
        theirs = [text.pretty(blocks)]
    else:
        theirs = [text.shown(each) for each in writing.texts_of(blocks)]
    return replace(
        mine, conflict=CHANGED.format(by=by), theirs=theirs, base=head.number
    )


def with_error(mine: Editor, sentence: str) -> Editor:
    return replace(mine, error=sentence)


def _boxes(texts: Sequence[str]) -> list[Box]:
    return [Box(text.in_textarea(each), text.exact(each)) for each in texts]
