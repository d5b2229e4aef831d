"""Commits revisions onto a conversation's head, and moves the head back and forth.

The only writer of revisions. Every change of the head is a compare-and-set:
two people never overwrite each other silently.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from . import renditions, turn_rows
from .editing import Draft, Script
from .models import (
    Conversation,
    Revision,
    Turn,
    text_of,
)
from .models.conversation import TITLE_FIELDS, search_text, storable
from .models.json import changed_keys

# Sent after a transaction that moved a head: `conversation` (id) and `number`.
head_moved = Signal()

TITLE_FROM_TURN = 80  # characters of the first user turn that make a title
TITLING = 10  # turns among which it is looked for
REPLAYS = 8  # a head that moves this often within one request is a live-lock


class HeadMoved(Exception):
    """Somebody else committed in between; nothing was written."""


class Conflict(Exception):
    """The slot or param itself was changed on the new head.

    `slot` names it (or the param's key); `head` is the revision that has the other
    version.
    """

    def __init__(self, slot: str, head: Revision) -> None:
        super().__init__(slot)
        self.slot = slot
        self.head = head


def begin(
    owner: User,
    script: Script,
    *,
    endpoint: str,
    title: str = "",
    hint: str = "",
    example: bool = False,
    summary: str = "Started",
) -> Conversation:
    """Create a conversation with its first revision."""
    prepare(script)
    with transaction.atomic():
        conversation = Conversation(
            owner=owner, endpoint=endpoint, hint=hint, example=example
        )
        conversation.save()
        if title:
            conversation.rename(title)
        _commit(conversation, None, script, summary, owner)
    return conversation


def head(conversation: Conversation) -> Revision:
    """Return the head as it is in the database now."""
    return Revision.objects.get(headed=conversation.pk)


def held(pk: UUID) -> Conversation:
    """Return the conversation, and keep others from moving its head until the
    transaction ends. Raises Conversation.DoesNotExist.

    The head is read afterwards: joined to a row that had to be waited for, PostgreSQL
    would look for the new head among what there was before the wait.
    """
    return Conversation.objects.select_for_update().get(pk=pk)


def hold(conversation: Conversation) -> Revision:
    """Like `held`, for an object at hand, which becomes what the database holds.
    Returns the head."""
    found = held(conversation.pk)
    _copy_onto(conversation, found)
    conversation.head = found.head
    return _head_of(conversation)


def _head_of(conversation: Conversation) -> Revision:
    if conversation.head is None:
        raise Revision.DoesNotExist
    return conversation.head


def apply(
    conversation: Conversation,
    base: int | None,
    operation: Callable[[Script], Script],
    *,
    summary: str,
    author: User | None,
    touches: Collection[str] = (),
    params: Collection[str] = (),
    is_held: bool = False,
) -> Revision:
    """Commit an operation that was made on revision number `base`, None for the head.

    When the head has moved on, the operation is replayed on it, unless one of the
    slots or params that it `touches` was changed there: then Conflict. Returns the
    new head, or the old one when the operation changes nothing. Raises SlotGone
    when a slot is missing on `base` itself, Revision.DoesNotExist for no such base,
    and pictures.Refused when an image cannot be scaled as its block says. `is_held`
    says that the caller holds the conversation, and has called `prepare` before.
    """
    for _ in range(REPLAYS):
        current = _head_of(conversation) if is_held else head(conversation)
        if base is not None and current.number != base:
            made_on = conversation.revisions.get(number=base)
            _refuse_conflict(made_on, current, touches, params)
        before = Script.of(current)
        after = operation(before)
        if after == before:
            return current
        if is_held:
            return _commit(conversation, current, after, summary, author)
        prepare(after)
        try:
            return commit(conversation, current, after, summary, author)
        except HeadMoved:
            continue
    raise HeadMoved


def prepare(script: Script) -> None:
    """Scale images before the commit, whose transaction others wait for.

    Raises pictures.Refused.
    """
    drafts = [place.turn for place in script.places if isinstance(place.turn, Draft)]
    renditions.prepare([draft.blocks for draft in drafts])


def _refuse_conflict(
    made_on: Revision, current: Revision, slots: Collection[str], keys: Collection[str]
) -> None:
    before, after = Script.of(made_on), Script.of(current)
    for slot in slots:
        then, now = before.entry(slot), after.entry(slot)
        if then is None or now is None or then.turn != now.turn:
            raise Conflict(slot, current)
    for key in changed_keys(before.params, after.params):
        if key in keys:
            raise Conflict(key, current)


def commit(
    conversation: Conversation,
    base: Revision,
    script: Script,
    summary: str,
    author: User | None,
) -> Revision:
    """Make `script` the head if the head still is `base`; else raise HeadMoved."""
    with transaction.atomic():
        found = held(conversation.pk)
        if found.head_id != base.pk:
            raise HeadMoved
        _copy_onto(conversation, found)
        return _commit(conversation, base, script, summary, author)


def _commit(
    conversation: Conversation,
    base: Revision | None,
    script: Script,
    summary: str,
    author: User | None,
) -> Revision:
    saved = turn_rows.save(conversation, script, author)
    revision = Revision.objects.create(
        conversation=conversation,
        number=_next_number(conversation),
        parent=base,
        params=dict(script.params),
        turns=[list(each) for each in turn_rows.entries(script, saved)],
        search=search_text(_system_text(script.params)),
        summary=storable(summary)[:200],
        author=author,
    )
    revision.loaded.update((turn.pk, turn) for turn in saved.values())
    revision.fresh.update(revision.loaded)
    if not conversation.named and not _keeps_title(conversation, base, revision):
        conversation.set_title(_title(revision))
    _save_head(conversation, revision)
    return revision


def _announce(revision: Revision) -> None:
    """Tell whoever watches, once the move can be seen by others."""
    transaction.on_commit(
        lambda: head_moved.send(
            sender=Revision,
            conversation=revision.conversation_id,
            number=revision.number,
        )
    )


def _next_number(conversation: Conversation) -> int:
    newest = conversation.revisions.order_by("-number").values_list("number", flat=True)
    return (newest.first() or 0) + 1


def _system_text(params: Mapping[str, Any]) -> str:
    return text_of(params.get("system") or "")


def _keeps_title(
    conversation: Conversation, base: Revision | None, revision: Revision
) -> bool:
    """Whether the turns that the title was taken from stand where they stood."""
    before = _titling(base) if base else []
    return bool(conversation.title) and _titling(revision)[: len(before)] == before


def _titling(revision: Revision) -> list[int]:
    return [entry.turn for entry in revision.entries[:TITLING]]


def _title(revision: Revision) -> str:
    return title_of(revision.load(_titling(revision)).values())


def title_of(turns: Iterable[Turn]) -> str:
    """Return the first words of the first user turn, empty without one."""
    for turn in turns:
        words = " ".join(turn.text.split())
        if turn.role == Turn.Role.USER and words:
            cut = words[:TITLE_FROM_TURN]
            return storable(cut if cut == words else cut.rstrip() + "…")
    return ""


def _copy_onto(conversation: Conversation, found: Conversation) -> None:
    """Bring the caller's object up to date without another query."""
    for field in Conversation._meta.concrete_fields:
        setattr(conversation, field.attname, getattr(found, field.attname))


def undo(conversation: Conversation, base: int) -> Revision:
    """Move the head to its parent and return it; the first revision stays.

    Raises HeadMoved when the head is no longer revision number `base`.
    """
    with transaction.atomic():
        current = _hold_at(conversation, base)
        if current.parent is None:
            return current
        return _move_head(conversation, current.parent)


def redo(conversation: Conversation, base: int) -> Revision:
    """Move the head to its newest child and return it; without one it stays."""
    with transaction.atomic():
        current = _hold_at(conversation, base)
        newest = current.children.order_by("-number").first()
        return _move_head(conversation, newest) if newest else current


def can_redo(revision: Revision) -> bool:
    return revision.children.exists()


def way_to(revision: Revision, goal: int) -> str:
    """Return which of *Undo* and *Redo* leads from a revision to the one with this id,
    however often it is pressed; empty for neither. One query."""
    rows = Revision.objects.filter(conversation=revision.conversation_id)
    parents = dict(rows.order_by("number").values_list("pk", "parent_id"))
    newest = {parent: pk for pk, parent in parents.items()}
    for word, following in (("Undo", parents), ("Redo", newest)):
        at: int | None = revision.pk
        while at is not None and at != goal:
            at = following.get(at)
        if at == goal:
            return word
    return ""


def _hold_at(conversation: Conversation, base: int) -> Revision:
    current = hold(conversation)
    if current.number != base:
        raise HeadMoved
    return current


def _move_head(conversation: Conversation, target: Revision) -> Revision:
    if not conversation.named:
        conversation.set_title(_title(target))
    _save_head(conversation, target)
    return target


def _save_head(conversation: Conversation, head: Revision) -> None:
    conversation.head, conversation.updated_at = head, timezone.now()
    conversation.save(update_fields=["head", "updated_at", *TITLE_FIELDS])
    _announce(head)
