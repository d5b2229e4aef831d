"""Fixes that make images smaller or fewer. Sizes are said on the source, not done."""

from collections.abc import Mapping
from typing import Any

from playground.spec import paths
from playground.spec.fixes.bodies import Body, blocks_of
from playground.spec.fixes.params import set_param


def set_max_side(body: Body, path: str, max_side: int) -> Body:
    """Say on an uploaded image's source how long a side may be when it is sent."""
    parts = paths.parts(path)
    source = paths.at(body, [*parts, "source"])
    if not isinstance(source, dict) or source.get("type") != "image_ref":
        return dict(body)
    changed = {**source, "max_side": max_side}
    longest = max((_size(source, side) for side in ("width", "height")), default=0)
    if longest > max_side:
        for side in ("width", "height"):
            changed[side] = max(1, _size(source, side) * max_side // longest)
        if "bytes" in source:  # about, until it is scaled
            changed["bytes"] = _size(source, "bytes") * max_side**2 // longest**2
    return set_param(body, path, changed, ".".join(map(str, [*parts, "source"])))


def _size(source: Mapping[str, Any], side: str) -> int:
    value = source.get(side)
    return value if isinstance(value, int) else 0


def set_max_side_of_all(body: Body, path: str, max_side: int) -> Body:
    """The same for every uploaded image of the conversation that is longer."""
    made = dict(body)
    for place in _images(body):
        source = paths.at(body, [*paths.parts(place), "source"])
        sides = [_size(source, side) for side in ("width", "height")]
        if isinstance(source, dict) and max(sides) > max_side:
            made = set_max_side(made, place, max_side)
    return made


def delete_oldest_images(body: Body, path: str, keep: int) -> Body:
    """Put a line of text in place of every image but the newest ones."""
    made = body
    gone = {"type": "text", "text": "[An image was here.]"}
    for place in _images(body)[: -keep or None]:
        made = paths.changed(made, paths.parts(place), paths.put(gone))
    return dict(made)


def _images(body: Body) -> list[str]:
    """Paths of all images, those in tool results among them."""
    messages = body.get("messages")
    found: list[str] = []
    for n, message in enumerate(messages if isinstance(messages, list) else ()):
        for i, block in enumerate(blocks_of(message)):
            found += _within(block, f"messages.{n}.content.{i}")
    return found


def _within(block: Any, path: str) -> list[str]:
    if not isinstance(block, dict):
        return []
    if block.get("type") == "image":
        return [path]
    if block.get("type") != "tool_result":
        return []
    inner = enumerate(blocks_of(block))
    return [place for j, b in inner for place in _within(b, f"{path}.content.{j}")]
