"""Commits revisions onto a conversation's head, and moves the head back and forth.

The only writer of turns and revisions. Every change of the head is a compare-and-set:
two people never overwrite each other silently.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from . import renditions
from .editing import Draft, Script
from .models import (
    Conversation,
    Entry,
    Image,
    ImageUse,
    Revision,
    Turn,
    text_of,
)
from .models.conversation import search_text, storable
from .models.image import is_reference, referred

# Sent after a transaction that moved a head: `conversation` (id) and `number`.
head_moved = Signal()

TITLE_FROM_TURN = 80  # characters of the first user turn that make a title
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


class UnknownImage(ValueError):
    """Blocks refer to an image that the author may not use."""

    def __init__(self, image: object) -> None:
        super().__init__(f"There is no image {image} that you may use here.")
        self.image = image


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
    _prepare(script)
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


def apply(
    conversation: Conversation,
    base: int,
    operation: Callable[[Script], Script],
    *,
    summary: str,
    author: User | None,
    touches: Collection[str] = (),
    params: Collection[str] = (),
) -> Revision:
    """Commit an operation that was made on revision number `base`.

    When the head has moved on, the operation is replayed on it, unless one of the
    slots or params that it `touches` was changed there: then Conflict. Returns the
    new head, or the old one when the operation changes nothing. Raises SlotGone
    when a slot is missing on `base` itself, Revision.DoesNotExist for no such base,
    and pictures.Refused when an image cannot be scaled as its block says.
    """
    for _ in range(REPLAYS):
        current = head(conversation)
        if current.number != base:
            made_on = conversation.revisions.get(number=base)
            _refuse_conflict(made_on, current, touches, params)
        before = Script.of(current)
        after = operation(before)
        if after == before:
            return current
        _prepare(after)
        try:
            return commit(conversation, current, after, summary, author)
        except HeadMoved:
            continue
    raise HeadMoved


def _prepare(script: Script) -> None:
    """Scale images before the commit, whose transaction others wait for."""
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
    for key in keys:
        if before.params.get(key) != after.params.get(key):
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
        return _commit(conversation, base, script, summary, author)


def _commit(
    conversation: Conversation,
    base: Revision | None,
    script: Script,
    summary: str,
    author: User | None,
) -> Revision:
    locked = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if locked.head_id != (base.pk if base else None):
        raise HeadMoved
    revision = Revision.objects.create(
        conversation=locked,
        number=_next_number(locked),
        parent=base,
        params=dict(script.params),
        turns=[list(e) for e in _save_turns(locked, script, author)],
        search=search_text(_system_text(script.params)),
        summary=storable(summary)[:200],
        author=author,
    )
    locked.head = revision
    locked.updated_at = timezone.now()
    locked.save(update_fields=["head", "updated_at"])
    if not locked.named:
        _title_from_turns(locked, revision)
    _copy_onto(conversation, locked)
    _announce(revision)
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


def _save_turns(
    conversation: Conversation, script: Script, author: User | None
) -> list[Entry]:
    entries = []
    for place in script.places:
        turn = place.turn
        if isinstance(turn, Draft):
            turn = _save_turn(conversation, place.slot, turn, author).pk
        entries.append(Entry(turn, place.slot, place.muted))
    return entries


def _save_turn(
    conversation: Conversation,
    slot: str,
    draft: Draft,
    author: User | None,
) -> Turn:
    turn = Turn.objects.create(
        conversation=conversation,
        slot=slot,
        role=draft.role,
        blocks=draft.blocks,
        segments=list(draft.segments),
        search=search_text(text_of(draft.blocks)),
        author=author,
    )
    wanted = image_ids(draft.blocks)
    if wanted:
        for image in _usable_images(conversation, author, wanted):
            ImageUse.objects.create(turn=turn, image=image)
    return turn


def image_ids(blocks: Any) -> list[Any]:
    """Return the ids of all image references in blocks, nested ones included."""
    found: dict[Any, None] = {}
    waiting = [blocks]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list | tuple):
            waiting.extend(value)
        elif isinstance(value, dict):
            if is_reference(value):
                found[_hashable(referred(value))] = None
            else:
                waiting.extend(value.values())
    return list(found)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, int | str) else repr(value)


def _usable_images(
    conversation: Conversation, author: User | None, ids: list[Any]
) -> list[Image]:
    """Return the images, all of them the author's or used in this conversation.

    Checked here and not in a form, because tying an image to a turn is what opens
    it to everybody who may read the conversation.
    """
    images = []
    for pk in ids:
        image = None
        if isinstance(pk, int) and not isinstance(pk, bool) and 0 < pk < 2**63:
            image = Image.objects.filter(pk=pk).first()
        if image is None or not (
            (author is not None and image.owner_id == author.pk)
            or image.uses.filter(turn__conversation=conversation).exists()
        ):
            raise UnknownImage(pk)
        images.append(image)
    return images


def _system_text(params: Mapping[str, Any]) -> str:
    return text_of(params.get("system") or "")


def _title_from_turns(conversation: Conversation, revision: Revision) -> None:
    """Let the first words of the first user turn be the title."""
    first = [entry.turn for entry in revision.entries[:10]]
    turns = Turn.objects.in_bulk(first)
    for pk in first:
        words = " ".join(turns[pk].text.split())
        if turns[pk].role == Turn.Role.USER and words:
            cut = words[:TITLE_FROM_TURN]
            title = cut if cut == words else cut.rstrip() + "…"
            if title != conversation.title:
                conversation.rename(title, named=False)
            return


def _copy_onto(conversation: Conversation, saved: Conversation) -> None:
    """Bring the caller's object up to date without another query."""
    for name in ("head", "updated_at", "title", "search_title"):
        setattr(conversation, name, getattr(saved, name))


def undo(conversation: Conversation, base: int) -> Revision:
    """Move the head to its parent and return it; the first revision stays.

    Raises HeadMoved when the head is no longer revision number `base`.
    """
    current = _expect_head(conversation, base)
    if current.parent is None:
        return current
    return _move_head(conversation, current, current.parent)


def redo(conversation: Conversation, base: int) -> Revision:
    """Move the head to its newest child and return it; without one it stays."""
    current = _expect_head(conversation, base)
    newest = current.children.order_by("-number").first()
    return _move_head(conversation, current, newest) if newest else current


def can_redo(revision: Revision) -> bool:
    return revision.children.exists()


def _expect_head(conversation: Conversation, base: int) -> Revision:
    current = head(conversation)
    if current.number != base:
        raise HeadMoved
    return current


def _move_head(
    conversation: Conversation, current: Revision, target: Revision
) -> Revision:
    moved = Conversation.objects.filter(pk=conversation.pk, head=current).update(
        head=target, updated_at=timezone.now()
    )
    if not moved:
        raise HeadMoved
    conversation.head = target
    _announce(target)
    return target
