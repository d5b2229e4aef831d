"""Turns as rows: saved once, never changed, tied to the images that they show.

The only writer of turns.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from .editing import Draft, Script
from .models import Conversation, Entry, Image, ImageUse, Turn, text_of
from .models.conversation import search_text
from .models.image import references, referred
from .models.json import is_same


class UnknownImage(ValueError):
    """Blocks refer to an image that the author may not use."""

    def __init__(self, image: object) -> None:
        super().__init__(f"There is no image {image} that you may use here.")
        self.image = image


def save(
    conversation: Conversation, script: Script, author: User | None
) -> dict[str, Turn]:
    """Save what is new in the script and return it by slot. Raises UnknownImage."""
    return {
        place.slot: _save(conversation, place.slot, place.turn, author)
        for place in script.places
        if isinstance(place.turn, Draft)
    }


def entries(script: Script, saved: Mapping[str, Turn]) -> list[Entry]:
    """Return the places of the script, with the rows that were saved for it."""
    return [
        Entry(
            saved[place.slot].pk if isinstance(place.turn, Draft) else place.turn,
            place.slot,
            place.muted,
        )
        for place in script.places
    ]


def _save(
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
        images = _usable_images(conversation, author, wanted)
        ImageUse.objects.bulk_create(
            ImageUse(turn=turn, image=image) for image in images
        )
    return turn


def kept_turn(
    conversation: Conversation, slot: str, draft: Draft, author: User | None
) -> Turn:
    """Return a turn of the slot with just this content, to send it without a commit.

    It is saved if the slot never held it.
    """
    content = [draft.role, draft.blocks, list(draft.segments)]
    for turn in conversation.turns.filter(slot=slot).order_by("-pk"):
        if is_same([turn.role, turn.blocks, turn.segments], content):
            return turn
    return _save(conversation, slot, draft, author)


def image_ids(blocks: Any) -> list[Any]:
    """Return the ids of all image references in blocks, nested ones included."""
    return list({_hashable(referred(each)): None for each in references(blocks)})


def _hashable(value: Any) -> Any:
    return value if isinstance(value, int | str) else repr(value)


def _usable_images(
    conversation: Conversation, author: User | None, ids: list[Any]
) -> list[Image]:
    """Return the images, all of them the author's or used in this conversation.

    Checked here and not in a form, because tying an image to a turn is what opens
    it to everybody who may read the conversation.
    """
    found = Image.objects.in_bulk([pk for pk in ids if _is_number(pk)])
    usable = {
        pk
        for pk, image in found.items()
        if author is not None and image.owner_id == author.pk
    }
    if len(usable) < len(found):
        uses = ImageUse.objects.filter(turn__conversation=conversation)
        usable |= set(uses.values_list("image", flat=True).distinct())
    for pk in ids:
        if not _is_number(pk) or pk not in found or pk not in usable:
            raise UnknownImage(pk)
    return [found[pk] for pk in ids]


def _is_number(pk: Any) -> bool:
    """Whether it can be the id of a row; JSON holds anything."""
    return isinstance(pk, int) and not isinstance(pk, bool) and 0 < pk < 2**63
