"""What can be done to a revision: pure operations on places and params.

An operation takes a script and returns a new one. It knows neither database nor
person; `history` loads, commits and replays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import segments
from .models import Entry, Revision, Turn, new_slot
from .models.image import substituted
from .models.json import changed_keys, plain

# Before an address or the id of a document among attached images.
BY_URL = "url:"
DOCUMENT = "file:"
# What the payload says on a reference for rules and estimates.
SIZES = frozenset({"media_type", "width", "height", "bytes", "pages"})


class SlotGone(LookupError):
    """The operation names a slot that the script does not have."""

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        self.slot = slot


@dataclass(frozen=True, slots=True)
class Draft:
    """A turn that is not saved yet: role, blocks and segments as in `Turn`."""

    role: str
    blocks: Sequence[Any]
    segments: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A slot with a saved turn (its id) or a draft, and whether it is muted."""

    slot: str
    turn: int | Draft
    muted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """The content of a revision, saved or not. Equal are those written alike."""

    places: tuple[Place, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Script):
            return NotImplemented
        if self.places != other.places:
            return False
        return not changed_keys(self.params, other.params)

    @classmethod
    def of(cls, revision: Revision) -> "Script":
        """Read a saved revision, without loading its turns."""
        places = (Place(e.slot, e.turn, e.muted) for e in revision.entries)
        return cls(tuple(places), revision.params)

    @property
    def last(self) -> Place | None:
        """The last place that is not muted."""
        return next((p for p in reversed(self.places) if not p.muted), None)

    def index(self, slot: str) -> int:
        """Return the slot's place from 0. Raises SlotGone."""
        for index, place in enumerate(self.places):
            if place.slot == slot:
                return index
        raise SlotGone(slot)

    def entry(self, slot: str) -> Entry | None:
        """Return the saved entry of the slot, or None when it is absent or unsaved."""
        for place in self.places:
            if place.slot == slot and isinstance(place.turn, int):
                return Entry(place.turn, place.slot, place.muted)
        return None


def typed(role: str, text: str, media: Sequence[int | dict[str, Any]] = ()) -> Draft:
    """Return a turn typed in the composer: images and other blocks, then its text.

    An empty text beside them leaves no text block; an empty turn keeps its empty
    block, so that the rule about it has something to point at.
    """
    blocks = [image_block(each) if isinstance(each, int) else each for each in media]
    if text or not blocks:
        blocks.append({"type": "text", "text": text})
    return Draft(role, blocks)


def image_block(image: int) -> dict[str, Any]:
    """Return the block that stands for an image until the payload is built."""
    return {"type": "image", "source": {"type": "image_ref", "image": image}}


def document_block(file: int) -> dict[str, Any]:
    """Return the block that stands for a PDF until the payload is built."""
    return {"type": "document", "source": {"type": "file_ref", "file": file}}


def url_block(url: str) -> dict[str, Any]:
    """Return the block of an image that the API fetches by itself."""
    return {"type": "image", "source": {"type": "url", "url": url}}


def append(script: Script, draft: Draft, slot: str | None = None) -> Script:
    """Put a turn after the last one."""
    return insert(script, len(script.places), draft, slot)


def insert(script: Script, index: int, draft: Draft, slot: str | None = None) -> Script:
    """Put a turn before the one at `index`."""
    place = Place(slot or new_slot(), draft)
    return replace(
        script, places=(*script.places[:index], place, *script.places[index:])
    )


def insert_above(script: Script, slot: str, draft: Draft) -> Script:
    return insert(script, script.index(slot), draft)


def insert_below(script: Script, slot: str, draft: Draft) -> Script:
    return insert(script, script.index(slot) + 1, draft)


def rewrite(script: Script, slot: str, draft: Draft) -> Script:
    """Replace the turn in the slot, which keeps its place and its mute."""
    return _at(script, slot, turn=draft)


def duplicate(script: Script, slot: str, copy: Draft) -> Script:
    """Put a copy below, in a slot of its own. `copy` is the turn's content."""
    index = script.index(slot)
    place = Place(new_slot(), copy, script.places[index].muted)
    return replace(
        script, places=(*script.places[: index + 1], place, *script.places[index + 1 :])
    )


def mute(script: Script, slot: str, muted: bool) -> Script:
    """Keep the turn in the revision but leave it out of the request, or undo that."""
    return _at(script, slot, muted=muted)


def move(script: Script, slot: str, steps: int) -> Script:
    """Move the turn by `steps` places (negative: up), as far as there is room."""
    index = script.index(slot)
    rest = [place for place in script.places if place.slot != slot]
    rest.insert(max(0, min(len(rest), index + steps)), script.places[index])
    return replace(script, places=tuple(rest))


def delete(script: Script, slot: str) -> Script:
    """Take the turn out. Earlier revisions still have it."""
    script.index(slot)
    return replace(script, places=tuple(p for p in script.places if p.slot != slot))


def set_params(script: Script, changes: Mapping[str, Any]) -> Script:
    """Set params by key; a value of None takes the key out of the request."""
    params = {**script.params, **changes}
    return replace(script, params={k: v for k, v in params.items() if v is not None})


def edited(turn: Turn, blocks: Sequence[Any]) -> Draft:
    """Return the turn with new blocks, attributed to who wrote which stretch."""
    # What nobody changed stays as it is: it may hold the text that it came in.
    before = {plain(block): block for block in turn.blocks}
    blocks = [before.get(plain(b), b) for b in without_sizes(list(blocks))]
    kept = segments.after_edit(turn.blocks, turn.segments, blocks)
    return Draft(turn.role, blocks, kept)


def without_sizes(value: Any) -> Any:
    """Return blocks whose references say no sizes: those are the image's own."""

    def bare(reference: dict[str, Any]) -> dict[str, Any]:
        return {key: reference[key] for key in reference if key not in SIZES}

    return substituted(value, bare)


def copied(turn: Turn) -> Draft:
    """Return the turn's content for a new slot."""
    return Draft(turn.role, turn.blocks, turn.segments)


def place_reply(
    script: Script, slot: str, draft: Draft, answered: str | None
) -> Script:
    """Put a reply into its slot, else below the turn it answered, else at the end."""
    slots = [place.slot for place in script.places]
    if slot in slots:
        return mute(rewrite(script, slot, draft), slot, False)
    if answered in slots:
        return insert(script, slots.index(answered) + 1, draft, slot)
    return append(script, draft, slot)


def completed(sent: Turn, reply: Sequence[Any], run: int) -> Draft:
    """Return the turn that was sent last, completed by the reply behind the seam."""
    joined, seams = segments.complete(sent.blocks, sent.segments, reply, run)
    return Draft(sent.role, joined, seams)


def cut_back(turn: Turn | Draft | None) -> Draft | None:
    """Return what a person typed of a turn that ends in a reply, without blocks if a
    model wrote all of it; None where no reply is at the end."""
    if turn is None:
        return None
    kept = segments.cut_back(turn.blocks, turn.segments)
    return None if kept is None else Draft(turn.role, *kept)


def reply_turn(reply: Sequence[Any], run: int) -> Draft:
    """Return a whole reply as an assistant turn."""
    blocks, seams = segments.complete([], [], reply, run)
    return Draft(Turn.Role.ASSISTANT, blocks, seams)


def _at(script: Script, slot: str, **changes: Any) -> Script:
    index = script.index(slot)
    place = replace(script.places[index], **changes)
    return replace(
        script, places=(*script.places[:index], place, *script.places[index + 1 :])
    )
