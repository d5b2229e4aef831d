"""Where images and documents stand in a turn: among its blocks, or within a tool
result there. Pure; content is whatever a person typed as JSON.
"""

from collections.abc import Sequence
from typing import Any

from conversations.blocks import is_media, is_result
from conversations.numbers import is_number

# Index among the turn's blocks; within a tool result also the one in its content.
Place = tuple[int, ...]


class Elsewhere(LookupError):
    """The block is not there, or holds another image than the person saw."""


def read(written: str) -> Place:
    """Return the place that an address names: "2", or "2-0". Raises Elsewhere."""
    parts = written.split("-")
    if len(parts) > 2 or not all(map(is_number, parts)):
        raise Elsewhere(written)
    return tuple(int(part) for part in parts)


def written(place: Place) -> str:
    return "-".join(map(str, place))


def beside(blocks: Sequence[Any], place: Place) -> list[Any]:
    """Return the blocks among which that of the place stands. Raises Elsewhere."""
    if len(place) == 1:
        return list(blocks)
    outer = blocks[place[0]] if place[0] < len(blocks) else None
    content = outer["content"] if is_result(outer) and "content" in outer else None
    if not isinstance(content, list):
        raise Elsewhere(place)
    return list(content)


def at(blocks: Sequence[Any], place: Place) -> dict[str, Any]:
    """Return the image or document at the place. Raises Elsewhere."""
    among = beside(blocks, place)
    if place[-1] >= len(among) or not is_media(among[place[-1]]):
        raise Elsewhere(place)
    block: dict[str, Any] = among[place[-1]]
    return block


def replaced(blocks: Sequence[Any], place: Place, *made: Any) -> list[Any]:
    """Return the turn's blocks with those made instead of the one at the place."""
    among = beside(blocks, place)
    among[place[-1] : place[-1] + 1] = made
    return _with(blocks, place, among)


def moved(blocks: Sequence[Any], place: Place, by: int) -> list[Any]:
    """Let it change places with the image before (-1) or after (1) it, if there is
    one; a label before each stays where it is."""
    among = beside(blocks, place)
    indices = [index for index, each in enumerate(among) if is_media(each)]
    to = indices.index(place[-1]) + by
    if 0 <= to < len(indices):
        one, other = place[-1], indices[to]
        among[one], among[other] = among[other], among[one]
    return _with(blocks, place, among)


def moved_in(blocks: Sequence[Any], place: Place) -> list[Any]:
    """Put it at the end of the tool result before it, or else of the first after it."""
    results = [index for index, each in enumerate(blocks) if is_result(each)]
    before = [index for index in results if index < place[0]]
    if len(place) > 1 or not results:
        raise Elsewhere(place)
    index = before[-1] if before else results[0]
    content = blocks[index].get("content") or []
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise Elsewhere(place)
    made = list(blocks)
    made[index] = {**blocks[index], "content": [*content, at(blocks, place)]}
    del made[place[0]]
    return made


def moved_out(blocks: Sequence[Any], place: Place) -> list[Any]:
    """Put it behind the tool result that it stands in."""
    if len(place) == 1:
        raise Elsewhere(place)
    made = replaced(blocks, place)
    made.insert(place[0] + 1, at(blocks, place))
    return made


def _with(blocks: Sequence[Any], place: Place, among: list[Any]) -> list[Any]:
    if len(place) == 1:
        return among
    made = list(blocks)
    made[place[0]] = {**blocks[place[0]], "content": among}
    return made
